/**
 * The runs of the page: starting and forking them, pausing and rewinding, which of them are drawn, and what the others
 * are held against.
 *
 * @typedef {import('../../engine/config/config.js').Config} Config
 * @typedef {import('../../engine/config/config.js').SomeSettings} SomeSettings
 *
 * @typedef {object} Rest  of the lab: what they ask of it besides what whoever listens to a run does
 * @property {import('./data_sets.js').DataSets} data
 * @property {import('./start_weights.js').StartWeights} weights
 * @property {import('./comparison.js').Comparison} compare
 * @property {Run | null} active
 * @property {Run | null} focus
 * @property {Run | null} liveRun
 * @property {string | null} engineProblem
 * @property {(view: string) => void} show
 *
 * @typedef {import('./run_listener.js').Lab & Rest} Lab
 *
 * @typedef {{ config: Config, name?: string, color?: string, dataId: number | null,
 *   weights: import('../../worker/protocol.js').NamedBytes | null }} Members  of a run; config: its own; color: that it
 *   had before
 */

import { changeSettings } from '../../engine/config/rules.js';
import { CALM, rememberSpeed, stepsPerSecond, wantsFullSpeed } from './pace.js';
import { settingsOfPreset } from './preset.js';
import { Run } from './run.js';
import { listenTo } from './run_listener.js';
import { memorableName } from './run_names.js';

/** Colours of runs, by theme name: each keeps its own as long as it lives, whoever comes, goes or is looked at. */
const RUN_COLORS = ['loss', 'run-1', 'run-2', 'run-3', 'run-4', 'run-5', 'run-6'];

/** Runs whose state stays in the worker, so that they can be looked at and forked. */
const RUNS_IN_WORKER = 8;

/** Earlier runs drawn behind the one in focus; more of them where those that repeat each other are drawn as one. */
const OVERLAYS = 5;
const OVERLAYS_GROUPED = 30;

/** Longest name that a run may be given. */
const NAME_MAX = 60;

export class Runs {
  /** @type {Run[]} oldest first */
  list = [];
  /** @type {Run | null} pinned: what the others are held against */
  baseline = null;
  /** @type {Run | null} the earlier one that is pointed at in the table */
  pointed = null;
  /** Where to rewind to, while it is being chosen. @type {{ run: Run, step: number } | null} */
  rewinding = null;
  /** @type {import('./pace.js').Speed} */
  speed = 0;
  /** Whether a hand chose it. */
  #isSpeedChosen = false;

  #lab;
  #client;
  #maker;
  #nextId = 1;
  /** What runs that are gone on with go on from. @type {WeakMap<Run, import('../../worker/protocol.js').Past>} */
  #pasts = new WeakMap();

  /** @param {Lab} lab @param {Pick<import('../../worker/client.js').WorkerClient, 'start' | 'fork' | 'ask'>} client @param {import('./run.js').SeriesMaker} series */
  constructor(lab, client, series) {
    this.#lab = lab;
    this.#client = client;
    this.#maker = series;
  }

  // ---- starting --------------------------------------------------------------------------------------------------

  /** Starts a new run with the panel's settings. The one before it stays on the page. @param {{ paused?: boolean }} [how] */
  start({ paused = false } = {}) {
    const { draft, engineProblem } = this.#lab;
    if (engineProblem || !draft.check()) return;
    const { settings } = draft;
    const run = this.#add({ ...settings, changes: [...settings.changes] });
    draft.recording = settings.changes.length > 0 ? run : null;
    this.#send(run, paused);
    this.#lab.touch();
  }

  /**
   * Asks the worker for a run. It may refuse: the run before goes on until this one is taken.
   * @param {Run} run @param {boolean} paused @param {import('../../worker/protocol.js').Past} [past]  it goes on from there
   */
  #send(run, paused, past) {
    run.handle = this.#client.start(
      {
        config: run.config,
        dataId: run.dataId,
        weights: run.weights,
        past,
        paused,
        stepsPerSecond: stepsPerSecond(this.speed, run.config),
      },
      listenTo(this.#lab, run),
    );
    run.enter(paused ? 'paused' : 'running');
  }

  /** The worker has taken a run. @param {Run} run */
  accept(run) {
    for (const other of this.#aliveBefore(run)) this.#stop(other);
    // What was wrong with a link is told beside the run that it opens with.
    if (run.id > 1) this.#lab.draft.problems = [];
  }

  /**
   * The worker does not take a run. Where it is only crowded, the run before makes room and the worker is asked again,
   * once: then none is left to make room.
   * @param {Run} run @param {import('../../worker/protocol.js').RejectedMessage} refusal
   */
  async refuse(run, { code, field, message, position }) {
    if (code === 'memory' && this.#aliveBefore(run).length > 0 && (await this.#fitsAlone(run))) {
      for (const other of this.#aliveBefore(run)) this.#stop(other);
      this.#send(run, run.status === 'paused', this.#pasts.get(run));
      return;
    }
    this.remove(run);
    this.#lab.draft.report({ field, position, message });
    if (run.id > 1) this.#lab.draft.seek(field);
  }

  /** @param {Run} run */
  #fitsAlone({ config, dataId }) {
    return this.#client.ask('preview', { config, dataId }).then(
      ({ fits }) => fits,
      () => false,
    );
  }

  /** @param {Run} run */
  #aliveBefore(run) {
    return this.list.filter((other) => other.alive && other.id < run.id);
  }

  /** @param {Run} run */
  #stop(run) {
    run.handle?.stop();
    run.enter('stopped');
    // A run that never took a step is not worth a row.
    if (run.step === run.startStep && run.series.loss.length === 0) this.remove(run);
  }

  /** @param {Members} members */
  #make({ config, name, color, dataId, weights }) {
    const id = this.#nextId++;
    const own = { id, name: name ?? memorableName(id - 1), color: color ?? this.#rarestColor() };
    return new Run({ ...own, config, dataId, weights, series: this.#maker });
  }

  /** The colour that the fewest runs wear; of those the first. */
  #rarestColor() {
    const worn = RUN_COLORS.map((color) => this.list.filter((run) => run.color === color).length);
    return RUN_COLORS[worn.indexOf(Math.min(...worn))];
  }

  /** @param {Config} config  the run's own @param {string} [name] */
  #add(config, name) {
    const { draft, data, weights } = this.#lab;
    const dataId = config.dataset === 'custom' ? data.chosenId : null;
    const run = this.#make({ config, name, dataId, weights: weights.chosen });
    run.preset = draft.preset;
    this.list = [...this.list, run];
    this.#lab.active = run;
    this.#lab.focus = run;
    for (const old of this.list.filter((other) => !other.alive).slice(0, -RUNS_IN_WORKER)) {
      old.handle?.discard();
      old.handle = null;
    }
    this.#lab.touchRows();
    return run;
  }

  /**
   * A run that was kept beyond the page: it can be read, and gone on with where there is a past.
   * @param {Members} members
   */
  bringBack(members) {
    const run = this.#make(members);
    run.status = 'stopped';
    this.list = [...this.list, run];
    return run;
  }

  /**
   * Goes on with a run that is in no worker, from a snapshot up to which its curves reach.
   * @param {Run} run @param {import('../../worker/protocol.js').Past} past
   */
  goOn(run, past) {
    const { draft, data, weights } = this.#lab;
    if (run.dataId !== null) data.chosenId = run.dataId;
    weights.choose(run.weights);
    this.#lab.active = run;
    this.focusOn(run);
    draft.take({ ...run.inForce, changes: [] }, []);
    this.#pasts.set(run, past);
    this.#send(run, false, past);
    this.#lab.touch();
  }

  /** A new run at a rate that a study found, beside the one before. @param {number} lr */
  trainAt(lr) {
    const { draft, weights } = this.#lab;
    // The study started from random weights.
    weights.choose(null);
    draft.take({ ...draft.settings, lr, changes: [] });
    this.start();
    this.#lab.show('live');
  }

  /** A new run with another's settings but for some, beside it. @param {Run} run @param {SomeSettings} edits */
  startBeside(run, edits) {
    const { draft, data, weights } = this.#lab;
    if (run.dataId !== null) data.chosenId = run.dataId;
    weights.choose(run.weights);
    draft.take(changeSettings({ ...run.inForce, changes: [] }, edits), []);
    this.start();
  }

  /** Takes a preset's settings and starts at once. @param {{ id: string, config: SomeSettings }} preset */
  applyPreset(preset) {
    // Curves of another task behind this one would only confuse; a click brings them back.
    for (const run of this.list) run.hidden = true;
    this.#lab.weights.choose(null);
    this.#lab.draft.take(settingsOfPreset(preset), []);
    this.#lab.draft.preset = preset.id;
    this.start();
  }

  /** Puts a run's settings back into the panel. @param {Run} run */
  restoreSettings(run) {
    const { draft, data, weights, log } = this.#lab;
    if (run.dataId !== null) data.chosenId = run.dataId;
    weights.choose(run.weights);
    draft.take({ ...run.config, changes: [...run.changes] });
    draft.preset = run.preset;
    log.note(null, 'quiet', `The settings of ${run.name} are back in the panel.`, [
      { label: 'Run them again', act: () => this.start() },
    ]);
  }

  // ---- going on --------------------------------------------------------------------------------------------------

  /** Run, pause, or start anew where the run has ended. */
  toggle() {
    const run = this.#lab.liveRun;
    if (!run) this.start();
    else if (run.status === 'running') run.handle?.pause();
    else {
      run.handle?.resume();
      run.enter('running');
    }
    this.#lab.touch();
  }

  /** One step; on a fresh page or after the end, the first step of a new run. @param {number} [steps] */
  stepOnce(steps = 1) {
    if (!this.#lab.liveRun) this.start({ paused: true });
    const run = this.#lab.liveRun;
    if (!run) return;
    run.handle?.step(steps);
    this.#lab.touch();
  }

  /** The speed limit of the run that the controls act on; 0 is as fast as it goes. */
  get stepsPerSecond() {
    const { active, draft } = this.#lab;
    return stepsPerSecond(this.speed, active?.config ?? draft.settings);
  }

  /** @param {import('./pace.js').Speed} speed */
  setSpeed(speed) {
    this.speed = speed;
    this.#lab.liveRun?.handle?.setSpeed(this.stepsPerSecond);
    this.#lab.touch();
  }

  /** A hand chooses the speed. @param {import('./pace.js').Speed} speed */
  chooseSpeed(speed) {
    this.#isSpeedChosen = true;
    rememberSpeed(speed);
    this.setSpeed(speed);
  }

  /** What starts now is to be watched, unless a hand chose otherwise. */
  calmDown() {
    if (!this.#isSpeedChosen && !wantsFullSpeed()) this.setSpeed(CALM);
  }

  /** From step 0 again, with the panel's settings. */
  reset() {
    this.start();
  }

  // ---- going back ------------------------------------------------------------------------------------------------

  /** Chooses a step of the run in focus to go back to. @param {number} step */
  rewindTo(step) {
    const run = this.rewinding?.run ?? this.#lab.focus;
    if (!run?.handle || run.step === 0) return;
    this.rewinding = { run, step: Math.min(Math.max(Math.round(step), 0), run.step) };
    this.#lab.touch();
  }

  forgetRewind() {
    this.rewinding = null;
    this.#lab.touch();
  }

  /** Goes back to the step chosen: a fork that waits for changes. */
  rewind() {
    const { rewinding } = this;
    if (!rewinding) return;
    this.rewinding = null;
    this.fork(rewinding.run, rewinding.step, {}, { paused: true });
  }

  /**
   * @param {Run} parent
   * @param {number} step
   * @param {SomeSettings} changes  live settings
   * @param {{ paused?: boolean }} [how]  paused: it waits at the step instead of going on
   */
  fork(parent, step, changes, { paused = false } = {}) {
    const { draft, log, narrator } = this.#lab;
    const { handle } = parent;
    if (!handle) {
      log.note(
        parent,
        'warn',
        `${parent.name} is too old to be forked: its state is no longer kept. Run its settings again first.`,
      );
      return;
    }
    for (const run of this.list) if (run.alive) this.#stop(run);
    const list = Object.entries(changes).map(([field, value]) => ({ step, field, value }));
    const kept = parent.changes.filter((change) => change.step < step);
    const config = { ...parent.config, changes: [...kept, ...list] };
    const run = this.#add(config, `${parent.name.split(' · ')[0]} · fork at ${step}`);
    run.dataId = parent.dataId;
    run.weights = parent.weights;
    run.preset = parent.preset;
    run.parentId = parent.id;
    run.handle = this.#client.fork(
      handle,
      { step, changes: list, paused, stepsPerSecond: stepsPerSecond(this.speed, config) },
      listenTo(this.#lab, run),
    );
    run.enter(paused ? 'paused' : 'running');
    const inForce = Object.fromEntries(kept.map(({ field, value }) => [field, value]));
    draft.take({ ...config, ...inForce, ...changes, changes: [] });
    draft.preset = parent.preset;
    narrator.forked?.(run, { parent, step, changes: list, isPaused: paused });
  }

  // ---- showing ---------------------------------------------------------------------------------------------------

  /** Whether an earlier run is drawn at full strength. @param {Run} run */
  standsOut(run) {
    return run === this.baseline || run === this.pointed;
  }

  /** Earlier runs drawn behind the one in focus: the newest, and what stands out. The first is drawn first. */
  get overlays() {
    const { focus } = this.#lab;
    const drawable = this.list.filter((run) => run !== focus && !run.hidden && run.series.loss.length > 0);
    const faint = drawable.filter((run) => !this.standsOut(run));
    const strong = drawable.filter((run) => this.standsOut(run));
    const most = this.#lab.compare.grouping === 'none' ? OVERLAYS : OVERLAYS_GROUPED;
    return [...faint.slice(-Math.max(1, most - strong.length)), ...strong];
  }

  /** @param {Run} run */
  focusOn(run) {
    this.#lab.focus = run;
    run.hidden = false;
    this.#redraw();
  }

  /** @param {Run} run */
  toggleHidden(run) {
    run.hidden = !run.hidden;
    this.#redraw();
  }

  /** Hides runs, or draws them again; the one in focus stays. @param {Run[]} runs @param {boolean} hidden */
  hide(runs, hidden) {
    for (const run of runs) run.hidden = hidden && run !== this.#lab.focus;
    this.#redraw();
  }

  /** Pins the baseline, or lets it go where it was pinned. @param {Run} run */
  pinBaseline(run) {
    this.baseline = this.baseline === run ? null : run;
    this.#redraw();
  }

  /** Points at a run in the charts, or at none. @param {Run | null} run */
  pointAt(run) {
    if (run === this.pointed) return;
    this.pointed = run;
    this.#redraw();
  }

  /** @param {Run} run @param {string} name */
  rename(run, name) {
    run.name = name.trim().slice(0, NAME_MAX) || run.name;
    this.#lab.touch();
  }

  /** @param {Run} run */
  remove(run) {
    const lab = this.#lab;
    this.list = this.list.filter((other) => other !== run);
    run.handle?.discard();
    run.handle = null;
    if (lab.active === run) lab.active = this.list[this.list.length - 1] ?? null;
    if (lab.focus === run) lab.focus = lab.active;
    if (this.baseline === run) this.baseline = null;
    if (this.pointed === run) this.pointed = null;
    if (this.rewinding?.run === run) this.rewinding = null;
    this.#redraw();
  }

  #redraw() {
    this.#lab.touchRows();
    this.#lab.touch();
  }
}
