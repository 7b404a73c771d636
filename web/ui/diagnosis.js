/**
 * The diagnosis on the page: what was asked for, what is known so far, every trial it trained, and its way out of the
 * page. The procedure itself is a study (engine/study/diagnose.js).
 *
 * @typedef {import('../engine/study/diagnose.js').Diagnosis} Report
 * @typedef {import('../engine/study/bench.js').Run} Run
 * @typedef {import('../engine/study/curve.js').Curve} Curve
 * @typedef {import('../engine/study/trial.js').TrialResult} TrialResult
 * @typedef {import('../engine/study/patients.js').Patient} Patient
 * @typedef {{ diagnose: typeof import('../engine/study/diagnose.js').diagnose, patients: Patient[], betterShare: number,
 *             formatReport: (report: Report, curves: Record<string, Curve>) => string }} Procedure
 * @typedef {{ settings: string, config: Record<string, any>, share: number }} Training  one that is going on
 */
import { configFromSearch, configToSearch, parseSettings } from '../engine/config.js';
import { plain, save } from './export.js';
import { openInLive } from './open_in_live.js';
import { describeChanges, duration, plural } from './words.js';

export class Diagnosis {
  seeds = 3;
  /** Steps of training that it may take; null is as many as it needs. @type {number | null} */
  budget = null;
  /** @type {'idle' | 'running' | 'done' | 'stopped' | 'failed'} */
  status = 'idle';
  problem = '';
  /** What is known by the end of the last stage. @type {Report | null} */
  report = null;
  /** What is being done now. */
  stage = '';
  steps = 0;
  runs = 0;
  /** The settings that are examined. @type {Record<string, any> | null} */
  examined = null;
  /** The prepared patient that is examined, if it is one. @type {Patient | null} */
  patient = null;
  /** Trials by their settings, the finished ones. @type {Map<string, TrialResult>} */
  trials = new Map();
  /** Finished trials of the present stage. @type {TrialResult[]} */
  fresh = [];
  /** @type {Map<string, Training>} */
  training = new Map();

  #lab;
  #studies;
  /** @type {Procedure | null} */
  #procedure = null;
  #startedAt = 0;
  #endedAt = 0;
  #dataId = /** @type {number | null} */ (null);
  /** @type {Record<string, Curve>} */
  #curves = {};
  /** @type {(() => void) | null} */
  #cancel = null;

  /** @param {import('./lab.js').Lab} lab @param {any} studies @param {Promise<Procedure>} procedure */
  constructor(lab, studies, procedure) {
    this.#lab = lab;
    this.#studies = studies;
    procedure.then((arrived) => {
      this.#procedure = arrived;
      lab.touch();
    });
  }

  /** Whether the procedure is there: it is fetched after what the first view needs. */
  get ready() {
    return this.#procedure !== null;
  }

  get patients() {
    return this.#procedure?.patients ?? [];
  }

  /** How far below the untreated best checkpoint a better one must be. */
  get betterShare() {
    return this.#procedure?.betterShare ?? 1;
  }

  get seconds() {
    return ((this.status === 'running' ? performance.now() : this.#endedAt) - this.#startedAt) / 1000;
  }

  /** Whether the instability has been named: what follows the probe rests on it. */
  get judged() {
    const { report, status } = this;
    return !!report && (status === 'done' || status === 'stopped' || report.where !== null);
  }

  /** Where it stands, in words. */
  get progressWords() {
    const done = `${plural(this.runs, 'run')}, ${plural(this.steps, 'step')}`;
    if (this.status === 'running') return `${done} so far`;
    return `${done} in ${duration(this.seconds)}`;
  }

  /** @param {Patient | null} [patient] null: the settings of the live view */
  async start(patient = null) {
    const lab = this.#lab;
    const procedure = this.#procedure;
    if (!procedure) return;
    /** @type {Record<string, any>} */
    const config = patient ? parseSettings(patient.config).config : { ...lab.draft, changes: [], sharpness_every: 0 };
    const data = config.dataset === 'custom' ? lab.data.chosen : null;
    if (config.dataset === 'custom' && !data) {
      this.#fail(
        'These settings need your data: drop IDX or CSV files on the page, or choose another data set in Live.',
      );
      return;
    }
    Object.assign(this, { report: null, problem: '', stage: '', steps: 0, runs: 0, fresh: [] });
    this.trials = new Map();
    this.training = new Map();
    this.#curves = {};
    this.patient = patient;
    this.examined = config;
    this.#dataId = data?.id ?? null;
    this.status = 'running';
    this.#startedAt = performance.now();
    const study = this.#studies.run(
      (/** @type {any} */ runner, /** @type {AbortSignal} */ signal) =>
        procedure.diagnose({
          runner: this.#watch(runner),
          config,
          seeds: this.seeds,
          budget: this.budget ?? Number.POSITIVE_INFINITY,
          now: () => performance.now(),
          signal,
          onProgress: (/** @type {import('../engine/study/diagnose.js').Progress} */ progress) => this.#hear(progress),
          onStage: (/** @type {Report} */ report, /** @type {Record<string, Curve>} */ curves) =>
            this.#take(report, curves),
        }),
      { config, files: data?.files ?? null },
    );
    this.#cancel = study.cancel;
    lab.touch();
    try {
      const { diagnosis, curves } = await study.result;
      this.#take(diagnosis, curves);
      this.status = diagnosis.interrupted ? 'stopped' : 'done';
      if (!patient) lab.rates.sweep(diagnosis.lr_best, diagnosis.lr_unstable, config);
    } catch (error) {
      const { code, message } = /** @type {any} */ (error);
      if (code === 'cancelled') this.status = this.report ? 'stopped' : 'idle';
      else this.#fail(message);
    }
    this.#endedAt = performance.now();
    this.#cancel = null;
    this.training.clear();
    lab.touch();
  }

  cancel() {
    this.#cancel?.();
  }

  /** The same runner, with an ear on every trial. @param {any} runner */
  #watch(runner) {
    return {
      jobs: runner.jobs,
      trial: async (/** @type {Record<string, any>} */ config, /** @type {any} */ options) => {
        const settings = configToSearch(config);
        const training = { settings, config, share: 0 };
        try {
          const trial = await runner.trial(config, {
            ...options,
            onProgress: (/** @type {any} */ { step, totalSteps }) => {
              training.share = step / totalSteps;
              this.training.set(settings, training);
              this.#lab.touchSoon();
            },
          });
          this.trials.set(settings, trial);
          this.fresh = [...this.fresh, trial];
          return trial;
        } finally {
          this.training.delete(settings);
        }
      },
    };
  }

  /** @param {import('../engine/study/diagnose.js').Progress} progress */
  #hear({ title, steps, runs }) {
    if (title !== this.stage) this.fresh = [];
    this.stage = title;
    this.steps = steps;
    this.runs = runs;
    this.#lab.touchSoon();
  }

  /** @param {Report} report @param {Record<string, Curve>} curves */
  #take(report, curves) {
    // The procedure goes on filling its lists: what is drawn must not change behind the page's back.
    this.report = {
      ...report,
      evidence: [...report.evidence],
      remedies: [...report.remedies],
      skipped: [...report.skipped],
    };
    this.#curves = curves;
    this.fresh = [];
    this.#lab.touch();
  }

  /** @param {string} message */
  #fail(message) {
    this.status = 'failed';
    this.problem = message;
    this.#lab.touch();
  }

  // ---- reading ---------------------------------------------------------------------------------------------------

  /** The trials of some runs, as far as they were trained on this page. @param {Run[]} runs */
  trialsOf(runs) {
    return runs.map((run) => this.trials.get(run.settings)).filter((trial) => trial !== undefined);
  }

  /** The trials of changed settings, by seed. @param {Record<string, any>} changes */
  trialsWith(changes) {
    const config = /** @type {Record<string, any>} */ (this.examined);
    return Array.from({ length: this.seeds }, (_, i) =>
      this.trials.get(configToSearch({ ...config, ...changes, seed: Number(config.seed) + i })),
    ).filter((trial) => trial !== undefined);
  }

  /** What a run changes of the settings that are examined, in words. @param {Record<string, any>} changes */
  changesInWords(changes) {
    const lab = this.#lab;
    const before = /** @type {Record<string, any>} */ (this.examined);
    return describeChanges(lab.fields, before, { ...before, ...changes }, lab.applies);
  }

  // ---- taking home -----------------------------------------------------------------------------------------------

  /** A run as a training on the live view: the same settings, the same bits. @param {string} settings as in a permalink */
  openInLive(settings) {
    const { config } = configFromSearch(settings);
    const words = this.changesInWords(changesOf(/** @type {Record<string, any>} */ (this.examined), config));
    openInLive(this.#lab, config, this.#dataId, `From the diagnosis: ${words || 'the settings as they are'}.`);
  }

  saveJson() {
    const { report } = this;
    if (!report) return;
    const text = JSON.stringify({ ...report, curves: this.#curves }, plain, 1);
    save(new Blob([text], { type: 'application/json' }), 'trainscope-diagnosis.json');
  }

  saveHtml() {
    const { report } = this;
    if (!report || !this.#procedure) return;
    const text = this.#procedure.formatReport(report, this.#curves);
    save(new Blob([text], { type: 'text/html' }), 'trainscope-diagnosis.html');
  }
}

/** What one config says otherwise than another. @param {Record<string, any>} from @param {Record<string, any>} to */
function changesOf(from, to) {
  return Object.fromEntries(Object.entries(to).filter(([name, value]) => name !== 'changes' && value !== from[name]));
}
