/**
 * The sweep as the page knows it: what is to be swept, the sweep that runs, and what it has found so far. It lives
 * with the lab, so leaving its view loses nothing.
 *
 * @typedef {import('../../engine/study/sweep.js').SweepResult} SweepResult
 * @typedef {import('../../engine/study/sweep.js').SweepTrial} SweepTrial
 * @typedef {import('../../worker/study_client.js').SweepHandle} SweepHandle
 * @typedef {import('./sweep_axis.js').AxisDraft} AxisDraft
 * @typedef {import('./sweep_points.js').Measure} Measure
 */

import { changeSettings } from '../../engine/config/rules.js';
import { count, number } from '../../engine/words/numbers.js';
import { plural } from '../../engine/words/sentences.js';
import { settingsInWords } from '../../engine/words/settings.js';
import { proposeAxis, wantedAxis } from './sweep_axis.js';

export class Sweep {
  /** @type {AxisDraft[]} one or two */
  axes;
  seeds = 1;
  jobs = Math.max(1, globalThis.navigator?.hardwareConcurrency ?? 2);
  /** @type {Measure} */
  measure = 'best';
  /** How it is drawn: by one or two settings, or with an axis for everything. @type {'plot' | 'parallel'} */
  shows = 'plot';
  /** What the parallel axes are narrowed to, by their names, in shares of their lengths. @type {Map<string, [number, number]>} */
  ranges = new Map();
  /** The sweep that runs. @type {SweepHandle | null} */
  running = null;
  /** @type {import('../../engine/study/sweep.js').SweepPlan | null} */
  plan = null;
  /** Of what is finished. @type {SweepResult | null} */
  result = null;
  problem = '';
  /** What is looked at: a point by its settings' key, and which of its seeds. @type {{ point: string, seed: number } | null} */
  chosen = null;
  /** Seconds that the last sweep took, or has taken. */
  seconds = 0;

  #lab;
  #studies;
  /** Shares of the trials that are running, by key. @type {Map<string, number>} */
  #shares = new Map();
  /** The data set that was swept on. @type {number | null} */
  #dataId = null;
  #beganAt = 0;

  /** @param {import('../state/lab.js').Lab} lab @param {Pick<import('../../worker/study_client.js').StudyClient, 'sweep'>} studies */
  constructor(lab, studies) {
    this.#lab = lab;
    this.#studies = studies;
    this.axes = [proposeAxis(lab.field('lr'), lab.draft.settings)];
  }

  // ---- what is to be swept ---------------------------------------------------------------------------------------

  /** @param {number} index @param {string} name of a setting */
  setField(index, name) {
    const lab = this.#lab;
    this.axes = this.axes.map((axis, i) => (i === index ? proposeAxis(lab.field(name), lab.draft.settings) : axis));
    lab.touch();
  }

  /** @param {number} index @param {Partial<AxisDraft>} changes */
  edit(index, changes) {
    this.axes = this.axes.map((axis, i) => (i === index ? { ...axis, ...changes } : axis));
    this.problem = '';
    this.#lab.touch();
  }

  addAxis() {
    const lab = this.#lab;
    const name = this.axes[0].field === 'warmup_steps' ? 'lr' : 'warmup_steps';
    this.axes = [...this.axes, proposeAxis(lab.field(name), lab.draft.settings)];
    lab.touch();
  }

  /** @param {number} index */
  removeAxis(index) {
    this.axes = this.axes.filter((_, i) => i !== index);
    this.#lab.touch();
  }

  /** @param {{ seeds?: number, jobs?: number, measure?: Measure, shows?: 'plot' | 'parallel' }} options */
  set(options) {
    Object.assign(this, options);
    this.#lab.touch();
  }

  // ---- the sweep that runs ---------------------------------------------------------------------------------------

  async run() {
    const lab = this.#lab;
    // The sharpness decides nothing in a trial and would take most of its time.
    /** @type {import('../state/lab.js').Config} */
    const config = { ...lab.draft.settings, changes: [], sharpness_every: 0 };
    const over = this.axes.map((axis) => wantedAxis(axis, lab.field(axis.field)));
    const data = config.dataset === 'custom' ? lab.data.chosen : null;
    this.problem = '';
    this.#shares.clear();
    try {
      const handle = this.#studies.sweep(
        { config, over, seeds: this.seeds, jobs: this.jobs, files: data?.files ?? null },
        {
          onTrial: (_, { key }) => {
            this.#shares.delete(key);
            this.result = handle.soFar();
            lab.touchSoon();
          },
          onProgress: ({ key }, { step, totalSteps }) => {
            this.#shares.set(key, totalSteps ? step / totalSteps : 0);
            lab.touchSoon();
          },
        },
      );
      this.running = handle;
      this.plan = handle.plan;
      this.result = handle.soFar();
      this.chosen = null;
      this.ranges.clear();
      this.#dataId = data?.id ?? null;
      this.#beganAt = performance.now();
      lab.touch();
      this.result = await handle.result;
      this.#tell();
    } catch (error) {
      this.problem = /** @type {Error} */ (error).message;
    }
    this.seconds = this.elapsed;
    this.running = null;
    lab.touch();
  }

  stop() {
    this.running?.cancel();
  }

  get isBusy() {
    return this.running !== null;
  }

  get elapsed() {
    return (performance.now() - this.#beganAt) / 1000;
  }

  /** Trainings finished and planned, the share of the work that is done, and the seconds it may still take. */
  get progress() {
    const all = this.plan?.trials.length ?? 0;
    const done = this.result?.trials.length ?? 0;
    const begun = [...this.#shares.values()].reduce((sum, share) => sum + share, 0);
    const share = all ? Math.min(1, (done + begun) / all) : 0;
    return { done, all, share, left: share > 0.02 ? (this.elapsed * (1 - share)) / share : Number.NaN };
  }

  // ---- what it found ---------------------------------------------------------------------------------------------

  /** Lets the rest of the page know. */
  #tell() {
    const lab = this.#lab;
    const { result } = this;
    if (!result?.complete) return;
    const { best, summary } = result;
    if (summary) {
      for (const row of summary.rows)
        lab.rates.sweep(row.lr_best, row.lr_first_unstable, changeSettings(result.config, row.changes));
    }
    const trainings = plural(result.trials.length, 'training');
    if (!best) lab.log.note(null, 'warn', `The sweep of ${trainings} found nothing that trains.`);
    else {
      const words = this.settingsInWords(best.changes);
      lab.log.note(null, 'good', `The sweep of ${trainings} is done. Best: ${words}, with ${number(best.median)}.`, [
        { label: 'See it', act: () => lab.show('sweep') },
      ]);
    }
  }

  /** "η 0.1, warmup 100". @param {import('../../engine/config/config.js').SomeSettings} changes */
  settingsInWords(changes) {
    return settingsInWords(changes, { rounded: true });
  }

  /** Narrows a parallel axis, or widens it. @param {string} name @param {[number, number] | null} range */
  narrow(name, range) {
    if (range) this.ranges.set(name, range);
    else this.ranges.delete(name);
    this.#lab.touch();
  }

  /** Widens all of them. */
  widen() {
    this.ranges.clear();
    this.#lab.touch();
  }

  /** @param {string} point @param {number} seed */
  choose(point, seed) {
    this.chosen = { point, seed };
    this.#lab.touch();
  }

  /** A trial as a run on the Live view: the same settings, the same bits. @param {SweepTrial} trial */
  openInLive(trial) {
    const lab = this.#lab;
    if (!this.result) return;
    const config = { ...changeSettings(this.result.config, trial.changes), seed: trial.seed };
    if (this.#dataId !== null) lab.data.chosenId = this.#dataId;
    lab.weights.choose(null);
    lab.draft.take({ ...lab.draft.settings, ...config, changes: [] }, []);
    lab.runs.start();
    lab.log.note(
      lab.active,
      'you',
      `From the sweep: ${this.settingsInWords(trial.changes)}, seed ${count(trial.seed)}.`,
    );
    lab.show('live');
  }
}
