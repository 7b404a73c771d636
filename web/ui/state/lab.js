/**
 * The page's one state: the settings being edited, the runs so far, the event log, and everything that the worker
 * answers. Components read it and call its methods; it knows no element.
 *
 * Events: `change` when something to read or to click changed (at most ten times a second while training), `rows`
 * when the curves of a run grew, `show` when another view, or another part of one, was opened.
 *
 * @typedef {import('../../engine/config/config.js').Field} Field
 * @typedef {any} Config
 * @typedef {{ field: string | null, message: string, position?: number | null }} Problem
 * @typedef {{ label: string, why?: string, act: () => void }} Action
 * @typedef {{ id: number, runId: number | null, step: number | null, tone: 'quiet' | 'you' | 'good' | 'bad' | 'warn',
 *             text: string, actions: Action[], key?: string }} LogEntry
 *
 * @typedef {{ parent: Run, step: number, changes: import('./run.js').Change[], isPaused: boolean }} Fork
 *   where a run begins that was forked, and with which changes
 *
 * @typedef {object} Narrator  who says in the log what happens to runs and data; every member may be left out
 * @property {(run: Run, notices: string[]) => void} [started]  notices: sentences of the engine's
 * @property {(run: Run) => void} [progressed]  its newest rows are in
 * @property {(run: Run, change: import('./run.js').Change, was: any) => void} [adjusted]  was: the value before
 * @property {(run: Run) => void} [ended]
 * @property {(run: Run, fork: Fork) => void} [forked]
 * @property {(data: import('./data_sets.js').LoadedData) => void} [loaded]
 */

import { defaultConfig, fieldApplies } from '../../engine/config/config.js';
import { configFromSearch, configToFlags, configToSearch, sameValue } from '../../engine/config/config_text.js';
import { changeSettings, defaultBeside } from '../../engine/config/rules.js';
import { promiseDigest, splitAddress } from './address.js';
import { DataSets } from './data_sets.js';
import { KnownRates } from './known_rates.js';
import { Run } from './run.js';
import { listenTo } from './run_listener.js';
import { memorableName } from './run_names.js';

/** Colours of runs that are not in focus, by theme name; the one in focus wears the quantities' own. */
const RUN_COLORS = ['run-1', 'run-2', 'run-3', 'run-4', 'run-5', 'run-6'];

/** Runs whose state stays in the worker, so that they can be looked at and forked. */
const RUNS_IN_WORKER = 8;

/** Earlier runs drawn behind the one in focus. */
const OVERLAYS = 5;

const LOG_LENGTH = 60;

/** How long a live setting must rest before it acts: a drag is one change, not fifty. */
const SETTLE_MS = 140;

export class Lab extends EventTarget {
  /** @type {Run[]} oldest first */
  runs = [];
  /** @type {Run | null} the one the controls act on */
  active = null;
  /** @type {Run | null} the one drawn in full */
  focus = null;
  /** @type {Run | null} pinned: what the others are held against */
  baseline = null;
  /** @type {Run | null} the earlier one that is pointed at in the table */
  pointed = null;
  /** @type {LogEntry[]} newest first */
  log = [];
  /** What was refused; the problem of the settings in the panel is the preview's. @type {Problem[]} */
  problems = [];
  /** The setting that the panel is to bring into sight. @type {string | null} */
  sought = null;
  /** @type {{ steps: Uint32Array, rates: Float32Array, totalSteps: number, facts: any, problem: Problem | null } | null} */
  preview = null;
  /** The view that is open; views.js lists them. */
  view = 'live';
  /** What is open within the view, where it has parts with names, such as a lesson, or settings of its own. */
  item = '';
  /** What the link that was opened says will come out of its settings. @type {{ settings: string, digest: string } | null} */
  promise = null;
  /** Where to rewind to, while it is being chosen. @type {{ run: Run, step: number } | null} */
  rewinding = null;
  rates = new KnownRates();
  stepsPerSecond = 0;
  /** main.js gives one that knows the words. @type {Narrator} */
  narrator = {};
  ready = false;
  /** Why nothing can be trained here, as a sentence: the engine could not be loaded. @type {string | null} */
  engineProblem = null;

  /** Of the views that work beside the live training. @type {{ readonly isBusy: boolean }[]} */
  #models = [];
  /** What was open within each view when it was left. @type {Map<string, string>} */
  #items = new Map();
  #client;
  #schema;
  #maker;
  #nextRun = 1;
  #nextEntry = 1;
  #changeTimer = 0;
  #previewTimer = 0;
  #previewRunning = false;
  #previewAgain = false;
  /** The settings that the preview is of. @type {Config | null} */
  #previewed = null;
  /** @type {Map<string, number>} */
  #settling = new Map();

  /**
   * @param {{ client: any, schema: any, series: import('./run.js').SeriesMaker,
   *           presets: { name: string, sentence: string, config: Config }[] }} parts
   */
  constructor({ client, schema, series, presets }) {
    super();
    this.#client = client;
    this.#schema = schema;
    this.#maker = series;
    this.presets = presets;
    /** @type {Field[]} */
    this.fields = schema.fields;
    /** @type {Config} the settings in the panel */
    this.draft = defaultConfig();
    this.data = new DataSets(this, client);
    client.ready.then(() => {
      this.ready = true;
      this.touch();
    });
  }

  /** The engine could not be loaded, and will not be. @param {string} reason */
  giveUp(reason) {
    this.engineProblem = `The engine could not be loaded: ${reason}`;
    this.ready = false;
    // What waited for it never began, and what was said of it is said in the sentence.
    for (const run of this.runs.filter(({ parameters }) => parameters === 0)) {
      this.log = this.log.filter(({ runId }) => runId !== run.id);
      this.removeRun(run);
    }
    this.note(null, 'bad', this.engineProblem, [{ label: 'Reload the page', act: () => location.reload() }]);
  }

  /** Threads that train the run on screen together. */
  get threads() {
    return this.#client.threads;
  }

  /** Edges of the bins that runs count their gradient norms in. */
  get normEdges() {
    return this.#client.normEdges;
  }

  // ---- reading ---------------------------------------------------------------------------------------------------

  /** @param {string} name */
  field(name) {
    return /** @type {Field} */ (this.fields.find((field) => field.name === name));
  }

  /** Whether a field has an effect. @param {Field} field @param {Config} [config] */
  applies = (field, config = this.draft) => fieldApplies(field, config);

  /** The run whose controls are live: running or paused. */
  get liveRun() {
    return this.active?.alive ? this.active : null;
  }

  /** Whether an earlier run is drawn at full strength. @param {Run} run */
  standsOut(run) {
    return run === this.baseline || run === this.pointed;
  }

  /** Earlier runs drawn behind the one in focus: the newest, and what stands out. The first is drawn first. */
  get overlays() {
    const drawable = this.runs.filter((run) => run !== this.focus && !run.hidden && run.series.loss.length > 0);
    const faint = drawable.filter((run) => !this.standsOut(run));
    const strong = drawable.filter((run) => this.standsOut(run));
    return [...faint.slice(-(OVERLAYS - strong.length)), ...strong];
  }

  /** Whether the panel holds the settings of a link or a run with recorded changes, untouched. */
  get replaying() {
    return (this.draft.changes?.length ?? 0) > 0;
  }

  /** What a control shows: its setting, or during a replay what is in force now. @param {string} name */
  shown(name) {
    const { liveRun } = this;
    return this.replaying && liveRun && this.field(name).live ? liveRun.inForce[name] : this.draft[name];
  }

  /** Fields edited since the active run started that act only on a new run. */
  get pending() {
    const { active } = this;
    if (!active) return [];
    const now = this.replaying ? active.config : active.inForce;
    const fields = this.fields.filter(
      (field) =>
        !sameValue(this.draft[field.name], now[field.name]) &&
        !(active.alive && field.live) &&
        (this.applies(field) || this.applies(field, now)),
    );
    return fields;
  }

  /** Whether the data that would be trained on is another than the active run's. */
  get dataPending() {
    return (
      !!this.active &&
      this.draft.dataset === 'custom' &&
      this.active.inForce.dataset === 'custom' &&
      this.active.dataId !== this.data.chosenId
    );
  }

  /** @param {string} name */
  isDefault(name) {
    return sameValue(this.draft[name], defaultBeside(this.field(name), this.draft));
  }

  /** A field with the default that it has beside the other settings. @param {Field} field @returns {Field} */
  withDefault(field) {
    const usual = defaultBeside(field, this.draft);
    return usual === field.default ? field : { ...field, default: usual };
  }

  /** The model text that a config stands for. @param {Config} config @param {number[]} [shape] */
  modelText(config, shape) {
    if (config.model !== null && config.model !== undefined) return String(config.model);
    const image = shape ? shape.length === 3 : this.isImageData(config);
    return image ? this.#schema.models.images : this.#schema.models.points;
  }

  /** @param {Config} config */
  isImageData(config) {
    if (config.dataset === 'custom') return (this.data.chosen?.shape.length ?? 3) === 3;
    return config.dataset === 'glyphs';
  }

  /** @param {Run} run */
  classNamesOf(run) {
    return this.data.find(run.dataId)?.classNames ?? null;
  }

  // ---- settings --------------------------------------------------------------------------------------------------

  /**
   * Opens the page: settings from the address, or those of a preset where the address has none.
   * @param {string} search the address's query
   * @param {Config} otherwise partial settings for a bare address
   * @param {import('./server_data.js').Offered[]} offered the server's own data; Fashion-MNIST is what a bare address
   *   trains on where it is there
   */
  async open(search, otherwise, offered = []) {
    this.data.offered = offered;
    const { slug, digest, rest } = splitAddress(search);
    const { config, problems } = configFromSearch(rest);
    const bare = !rest && slug === null && digest === null;
    this.draft = { ...config, ...(bare ? otherwise : {}) };
    this.problems = problems;
    if (digest !== null) this.promise = { settings: configToSearch(this.draft), digest };
    const wanted = slug ?? (bare ? 'fashion-mnist' : null);
    const set = offered.find((other) => other.name === wanted);
    if (set) await this.data.loadOffered(set, { quiet: true });
    else if (slug !== null) {
      this.report({
        field: 'dataset',
        message: `This link trains on the data set “${slug.slice(0, 40)}”, which this server does not have. Drop its files on the page.`,
      });
    }
    this.requestPreview();
    this.touch();
  }

  /** Edits a setting; a live one acts on the running training. @param {string} name @param {any} value */
  setField(name, value) {
    const field = this.field(name);
    this.draft = changeSettings(this.draft, { [name]: value });
    if (name === 'dataset') this.draft.loss = value === 'plane' ? 'squared_error' : this.field('loss').default;
    this.#forget(name);
    if (field.live) {
      // From here on the run is the hand's, not the recording's.
      if (this.replaying && this.liveRun) {
        const now = this.liveRun.inForce;
        for (const other of this.fields)
          if (other.live && other.name !== name) this.draft[other.name] = now[other.name];
      }
      this.draft.changes = [];
      this.#forget('changes');
      clearTimeout(this.#settling.get(name));
      this.#settling.set(name, Number(setTimeout(() => this.#adjust(name), SETTLE_MS)));
    }
    this.requestPreview();
    this.touch();
  }

  /** @param {string} name */
  #adjust(name) {
    this.#settling.delete(name);
    const run = this.liveRun;
    if (!run || run.status === 'waiting' || sameValue(run.inForce[name], this.draft[name])) return;
    run.handle?.adjust(name, this.draft[name]);
  }

  /** Changes several settings: live ones at once, others wait for a restart. @param {Config} changes */
  setFields(changes) {
    for (const [name, value] of Object.entries(changes)) this.setField(name, value);
  }

  /** @param {string} name */
  resetField(name) {
    this.setField(name, this.withDefault(this.field(name)).default);
  }

  discardEdits() {
    if (!this.active) return;
    this.draft = { ...this.active.inForce, changes: this.draft.changes };
    this.data.chosenId = this.active.dataId ?? this.data.chosenId;
    this.problems = [];
    this.requestPreview();
    this.touch();
  }

  /** Takes a preset's settings and starts at once. @param {{ config: Config }} preset */
  applyPreset(preset) {
    this.draft = changeSettings(defaultConfig(), preset.config);
    // Curves of another task behind this one would only confuse; a click brings them back.
    for (const run of this.runs) run.hidden = true;
    this.problems = [];
    this.requestPreview();
    this.start();
  }

  /** Puts a run's settings back into the panel. @param {Run} run */
  restoreSettings(run) {
    this.draft = { ...run.config };
    if (run.dataId !== null) this.data.chosenId = run.dataId;
    this.note(null, 'quiet', `The settings of ${run.name} are back in the panel.`, [
      { label: 'Run them again', act: () => this.start() },
    ]);
    this.requestPreview();
    this.touch();
  }

  /** The address of what is in focus, or of the panel where it was edited since. @param {Run | null} [run] */
  permalink(run) {
    const edited = this.pending.length > 0 || !this.active;
    const config = run ? run.config : edited ? this.draft : /** @type {Run} */ (this.active).config;
    const query = configToSearch(config).replace(/^\?/, '');
    const slug = this.data.find(run?.dataId ?? this.data.chosenId)?.slug;
    const all = [config.dataset === 'custom' && slug ? `data=${encodeURIComponent(slug)}` : '', query].filter(Boolean);
    // A bare address is an invitation, which opens with settings of its own.
    return `?${all.join('&') || `dataset=${config.dataset}`}`;
  }

  /** The address to give away: of a run that has ended, it promises the bits. */
  get link() {
    const { focus: run } = this;
    const address = this.permalink(run);
    const hasEnded = run?.end && (run.status === 'complete' || run.status === 'diverged');
    return hasEnded ? `${address}&${promiseDigest(run.end?.digest ?? '')}` : address;
  }

  /** Names of the files that whoever opens the link must have; the server's own data comes by itself. @returns {string[]} */
  get linkWants() {
    const { focus: run } = this;
    if ((run?.config ?? this.draft).dataset !== 'custom') return [];
    const data = this.data.find(run?.dataId ?? this.data.chosenId);
    return !data || data.slug ? [] : data.files.map(({ name }) => name);
  }

  /** What trains a run again, headless, to the same bits. @param {Run} run */
  commandOf(run) {
    const { slug = null } = this.data.find(run.dataId) ?? {};
    const data = run.config.dataset === 'custom' ? `--data ${slug ? `data/${slug}` : 'FOLDER'}` : '';
    return ['trainscope train', data, configToFlags(run.config)].filter(Boolean).join(' ');
  }

  requestPreview() {
    clearTimeout(this.#previewTimer);
    this.#previewTimer = Number(setTimeout(() => this.#preview(), 60));
  }

  async #preview() {
    if (this.#previewRunning) {
      this.#previewAgain = true;
      return;
    }
    if (this.draft.dataset === 'custom' && this.data.chosenId === null) return;
    this.#previewRunning = true;
    const { draft } = this;
    try {
      this.preview = await this.#client.ask('preview', { config: draft, dataId: this.data.chosenId });
    } catch (error) {
      const { message, field = null, position = null } = /** @type {any} */ (error);
      this.preview = {
        steps: new Uint32Array(),
        rates: new Float32Array(),
        totalSteps: 0,
        facts: null,
        problem: { message, field, position },
      };
    }
    this.#previewed = draft;
    this.#previewRunning = false;
    if (this.#previewAgain) {
      this.#previewAgain = false;
      this.#preview();
    }
    this.touch();
  }

  /** Whether the panel's settings were looked at and found right. Data that is not there is asked for at the start. */
  get isStartable() {
    if (this.draft.dataset === 'custom' && this.data.chosenId === null) return true;
    return this.#previewed === this.draft && !this.preview?.problem;
  }

  /** The problem that a control should show: of what is in it. @param {string} name */
  problemOf(name) {
    return this.preview?.problem?.field === name ? this.preview.problem : null;
  }

  /** The problems that no control shows. */
  get loose() {
    const found = this.preview?.problem ?? null;
    const field = this.fields.find(({ name }) => name === found?.field);
    const others = this.problems.filter((problem) => problem.field === null || problem.field !== found?.field);
    return found && !(field && this.applies(field)) ? [found, ...others] : others;
  }

  /** Goes to a setting's control. @param {string | null} name */
  seek(name) {
    this.sought = name;
    this.show('live');
  }

  /** A setting was edited: what was wrong with it is over. @param {string} name */
  #forget(name) {
    this.problems = this.problems.filter((problem) => problem.field !== name);
  }

  /** @param {Problem} problem */
  dismiss(problem) {
    this.problems = this.problems.filter((other) => other !== problem);
    this.touch();
  }

  // ---- training --------------------------------------------------------------------------------------------------

  /** Starts a new run with the panel's settings. The one before it stays on the page. @param {{ paused?: boolean }} [how] */
  start({ paused = false } = {}) {
    if (this.engineProblem) return;
    if (this.draft.dataset === 'custom' && this.data.chosenId === null) {
      this.report({
        field: 'dataset',
        message: 'This needs your data: drop IDX or CSV files on the page, or choose another data set.',
      });
      return;
    }
    if (this.#previewed === this.draft && this.preview?.problem) {
      this.seek(this.preview.problem.field);
      return;
    }
    const run = this.#newRun({ ...this.draft, changes: [...(this.draft.changes ?? [])] });
    this.#send(run, paused);
    this.touch();
  }

  /** Asks the worker for a run. It may refuse: the run before goes on until this one is taken. @param {Run} run @param {boolean} paused */
  #send(run, paused) {
    run.handle = this.#client.start(
      { config: run.config, dataId: run.dataId, paused, stepsPerSecond: this.stepsPerSecond },
      listenTo(this, run),
    );
    run.enter(paused ? 'paused' : 'running');
  }

  /** The worker has taken a run. @param {Run} run */
  accept(run) {
    for (const other of this.#aliveBefore(run)) this.#stop(other);
    // What was wrong with a link is told beside the run that it opens with.
    if (run.id > 1) this.problems = [];
  }

  /**
   * The worker does not take a run. Where it is only crowded, the run before makes room and the worker is asked again,
   * once: then none is left to make room.
   * @param {Run} run @param {{ code: string, field: string | null, message: string, position: number | null }} refusal
   */
  async refuse(run, { code, field, message, position }) {
    if (code === 'memory' && this.#aliveBefore(run).length > 0 && (await this.#fitsAlone(run))) {
      for (const other of this.#aliveBefore(run)) this.#stop(other);
      this.#send(run, run.status === 'paused');
      return;
    }
    this.removeRun(run);
    this.report({ field, position, message });
    if (run.id > 1) this.seek(field);
  }

  /** @param {Run} run */
  #fitsAlone({ config, dataId }) {
    return this.#client.ask('preview', { config, dataId }).then(
      () => true,
      () => false,
    );
  }

  /** @param {Run} run */
  #aliveBefore(run) {
    return this.runs.filter((other) => other.alive && other.id < run.id);
  }

  /** @param {Run} run */
  #stop(run) {
    run.handle?.stop();
    run.enter('stopped');
    // A run that never took a step is not worth a row.
    if (run.step === run.startStep && run.series.loss.length === 0) this.removeRun(run);
  }

  /** @param {Config} config @param {Partial<{ name: string }>} [given] */
  #newRun(config, { name } = {}) {
    const id = this.#nextRun++;
    const run = new Run({
      id,
      name: name ?? memorableName(id - 1),
      color: RUN_COLORS[(id - 1) % RUN_COLORS.length],
      config,
      dataId: config.dataset === 'custom' ? this.data.chosenId : null,
      series: this.#maker,
    });
    this.runs = [...this.runs, run];
    this.active = run;
    this.focus = run;
    for (const old of this.runs.filter((other) => !other.alive).slice(0, -RUNS_IN_WORKER)) {
      old.handle?.discard();
      old.handle = null;
    }
    this.touchRows();
    return run;
  }

  /** Run, pause, or start anew where the run has ended. */
  toggle() {
    const run = this.liveRun;
    if (!run) this.start();
    else if (run.status === 'running') run.handle?.pause();
    else {
      run.handle?.resume();
      run.enter('running');
    }
    this.touch();
  }

  /** One step; on a fresh page or after the end, the first step of a new run. @param {number} [steps] */
  stepOnce(steps = 1) {
    if (!this.liveRun) this.start({ paused: true });
    const run = /** @type {Run} */ (this.liveRun);
    if (!run) return;
    run.handle?.step(steps);
    this.touch();
  }

  /** @param {number} stepsPerSecond 0 is as fast as it goes */
  setSpeed(stepsPerSecond) {
    this.stepsPerSecond = stepsPerSecond;
    this.liveRun?.handle?.setSpeed(stepsPerSecond);
    this.touch();
  }

  /** From step 0 again, with the panel's settings. */
  reset() {
    this.start();
  }

  /** Chooses a step of the run in focus to go back to. @param {number} step */
  rewindTo(step) {
    const run = this.rewinding?.run ?? this.focus;
    if (!run?.handle || run.step === 0) return;
    this.rewinding = { run, step: Math.min(Math.max(Math.round(step), 0), run.step) };
    this.touch();
  }

  forgetRewind() {
    this.rewinding = null;
    this.touch();
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
   * @param {Config} changes  live settings
   * @param {{ paused?: boolean }} [how]  paused: it waits at the step instead of going on
   */
  fork(parent, step, changes, { paused = false } = {}) {
    const { handle } = parent;
    if (!handle) {
      this.note(
        parent,
        'warn',
        `${parent.name} is too old to be forked: its state is no longer kept. Run its settings again first.`,
      );
      return;
    }
    for (const run of this.runs) if (run.alive) this.#stop(run);
    const list = Object.entries(changes).map(([field, value]) => ({ step, field, value }));
    const kept = parent.changes.filter((change) => change.step < step);
    const run = this.#newRun(
      { ...parent.config, changes: [...kept, ...list] },
      { name: `${parent.name.split(' · ')[0]} · fork at ${step}` },
    );
    run.dataId = parent.dataId;
    run.parentId = parent.id;
    run.handle = this.#client.fork(
      handle,
      { step, changes: list, paused, stepsPerSecond: this.stepsPerSecond },
      listenTo(this, run),
    );
    run.enter(paused ? 'paused' : 'running');
    this.draft = { ...run.config, ...changes, changes: [] };
    for (const change of kept) this.draft[change.field] = changes[change.field] ?? change.value;
    this.narrator.forked?.(run, { parent, step, changes: list, isPaused: paused });
    this.requestPreview();
  }

  // ---- runs ------------------------------------------------------------------------------------------------------

  /** @param {Run} run */
  focusOn(run) {
    this.focus = run;
    run.hidden = false;
    this.touchRows();
    this.touch();
  }

  /** @param {Run} run */
  toggleHidden(run) {
    run.hidden = !run.hidden;
    this.touchRows();
    this.touch();
  }

  /** Pins the baseline, or lets it go where it was pinned. @param {Run} run */
  pinBaseline(run) {
    this.baseline = this.baseline === run ? null : run;
    this.touchRows();
    this.touch();
  }

  /** Points at a run in the charts, or at none. @param {Run | null} run */
  pointAt(run) {
    if (run === this.pointed) return;
    this.pointed = run;
    this.touchRows();
    this.touch();
  }

  /** @param {Run} run @param {string} name */
  rename(run, name) {
    run.name = name.trim().slice(0, 60) || run.name;
    this.touch();
  }

  /** @param {Run} run */
  removeRun(run) {
    this.runs = this.runs.filter((other) => other !== run);
    run.handle?.discard();
    run.handle = null;
    if (this.active === run) this.active = this.runs[this.runs.length - 1] ?? null;
    if (this.focus === run) this.focus = this.active;
    if (this.baseline === run) this.baseline = null;
    if (this.pointed === run) this.pointed = null;
    if (this.rewinding?.run === run) this.rewinding = null;
    this.touchRows();
    this.touch();
  }

  /** From now on the panel's data set is the one chosen from the shelf. */
  takeData() {
    this.draft = { ...this.draft, dataset: 'custom' };
    this.#forget('dataset');
  }

  // ---- views -----------------------------------------------------------------------------------------------------

  /** The first training samples of a generated data set. @param {string} dataset @param {number} count */
  glimpse(dataset, count) {
    return this.#client.ask('glimpse', { config: { dataset }, count });
  }

  makePoints() {
    return this.#maker.createPoints();
  }

  /** What is known about rates for the panel's settings. */
  get rateMarks() {
    return this.rates.marks(this.draft, this.runs);
  }

  /** A rate that a study found: into the panel, and back to the training. @param {number} lr */
  useRate(lr) {
    this.setField('lr', lr);
    this.show('live');
  }

  /** A new run at a rate that a study found, beside the one before. @param {number} lr */
  trainAt(lr) {
    this.draft = { ...this.draft, lr, changes: [] };
    this.requestPreview();
    this.start();
    this.show('live');
  }

  /**
   * Opens a view; without an item where it was left, and a second time at its beginning.
   * @param {string} view @param {string} [item]
   */
  show(view, item) {
    this.#items.set(this.view, this.item);
    this.item = item ?? (view === this.view ? '' : (this.#items.get(view) ?? ''));
    this.view = view;
    this.dispatchEvent(new Event('show'));
    this.touch();
  }

  /** Lets a view's model have a say in whether the page may be left. @param {{ readonly isBusy: boolean }} model */
  register(model) {
    this.#models.push(model);
  }

  /** Whether leaving the page would lose what its address does not bring back. */
  get wouldLose() {
    const { runs, active } = this;
    const isStudying = this.#models.some(({ isBusy }) => isBusy);
    // A recording that plays again is in the address; what a hand changes now may not be.
    const isByHand = !!active && (active.parentId !== null || (active.changes.length > 0 && !this.replaying));
    return isStudying || runs.length > 1 || isByHand;
  }

  // ---- saying ----------------------------------------------------------------------------------------------------

  /** What cannot be done, at the control that it is about. @param {Problem} problem */
  report(problem) {
    this.problems = [...this.problems.filter((other) => other.field !== problem.field), problem];
    this.touch();
  }

  /**
   * Writes into the event log. An entry with the key of an older one at nearly the same step replaces it.
   * @param {Run | null} run @param {LogEntry['tone']} tone @param {string} text @param {Action[]} [actions]
   * @param {number | null} [step] @param {string} [key]
   */
  note(run, tone, text, actions = [], step = null, key) {
    this.log = [{ id: this.#nextEntry++, runId: run?.id ?? null, step, tone, text, actions, key }, ...this.log].slice(
      0,
      LOG_LENGTH,
    );
    this.touch();
  }

  /** The curves of a run grew. */
  touchRows() {
    this.dispatchEvent(new Event('rows'));
  }

  /** Something changed that must be seen at once. */
  touch() {
    clearTimeout(this.#changeTimer);
    this.#changeTimer = 0;
    this.dispatchEvent(new Event('change'));
  }

  /** Something changed that a tenth of a second later is soon enough for. */
  touchSoon() {
    if (this.#changeTimer) return;
    this.#changeTimer = Number(
      setTimeout(() => {
        this.#changeTimer = 0;
        this.dispatchEvent(new Event('change'));
      }, 100),
    );
  }
}
