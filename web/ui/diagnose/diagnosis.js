/**
 * The diagnosis on the page, or one of its parts on its own: what was asked for, what is known so far, every trial it
 * trained, and its way out of the page. The procedures themselves are studies (engine/study).
 *
 * @typedef {import('../../engine/study/procedure/diagnose.js').Diagnosis} Diagnosed
 * @typedef {import('../../engine/study/procedure/standalone.js').Study} Study
 * @typedef {import('./procedure_texts.js').ProcedureId} ProcedureId
 * @typedef {import('../../engine/study/procedure/trainings.js').Run} Run
 * @typedef {import('../../engine/study/trial/curve.js').Curve} Curve
 * @typedef {import('../../engine/study/trial/trial.js').TrialResult} TrialResult
 * @typedef {import('../../engine/study/procedure/patients.js').Patient} Patient
 * @typedef {import('../../engine/study/trial/runner.js').TrialRunner} TrialRunner
 * @typedef {import('../../engine/config/config.js').Config} Config
 * @typedef {import('../../engine/config/config.js').SomeSettings} SomeSettings
 * @typedef {import('../../engine/study/procedure/standalone.js').StandaloneOptions & { multiple: number, lengths: number[] }} StudyOptions
 *   multiple: of the unstable rate that warmup is to reach; lengths: of the warmups to try, none where they are planned
 *
 * @typedef {object} Procedures
 * @property {typeof import('../../engine/study/procedure/diagnose.js').diagnose} diagnose
 * @property {Record<Exclude<ProcedureId, 'diagnosis'>, (how: StudyOptions) => Promise<import('../../engine/study/procedure/standalone.js').Outcome>>} studies
 * @property {Record<string, string>} titles  of the studies
 * @property {Patient[]} patients
 * @property {number} betterShare
 * @property {typeof import('../../engine/study/procedure/diagnosis_words.js').headlineOf} headlineOf
 * @property {typeof import('../../engine/study/procedure/diagnosis_words.js').isBeyondSeeds} isBeyondSeeds
 * @property {(report: Diagnosed, curves: Record<string, Curve>) => string} formatReport
 * @property {(study: Study, curves: Record<string, Curve>) => string} formatStudyReport
 *
 * @typedef {{ settings: string, config: Config, share: number }} Training  one that is going on
 */
import { parseSettings, totalSteps } from '../../engine/config/config.js';
import { changesBetween, configFromSearch, configToSearch } from '../../engine/config/config_text.js';
import { SEEDS, WARMUP_MULTIPLE } from '../../engine/study/judge/playbook.js';
import { duration } from '../../engine/words/numbers.js';
import { plural } from '../../engine/words/sentences.js';
import { describeChanges } from '../../engine/words/settings.js';
import { plain, save } from '../shared/export.js';
import { openInLive } from '../shared/open_in_live.js';

/**
 * Trainings that a whole diagnosis takes with each seed: the sweep and what is above it where nothing is wrong, and with
 * the remedies, some of them tried in several ways.
 */
const TRAININGS = { least: 8, most: 45 };

export class Diagnosis {
  seeds = SEEDS;
  /** Steps of training that it may take; null is as many as it needs. @type {number | null} */
  budget = null;
  /** @type {'idle' | 'running' | 'done' | 'stopped' | 'failed'} */
  status = 'idle';
  problem = '';
  /** What is to be done. @type {ProcedureId} */
  wanted = 'diagnosis';
  /** What was done last, or is being done: the report is of it. @type {ProcedureId} */
  conducted = 'diagnosis';
  /** Of the unstable rate that warmup is to reach. */
  multiple = WARMUP_MULTIPLE;
  /** Lengths of warmup to try, in steps; none where the study plans them. @type {number[]} */
  lengths = [];
  /** Of the unclipped norms: the threshold; null is the settings' own. @type {number | null} */
  percentile = null;
  /** What the diagnosis knows by the end of the last stage. @type {Diagnosed | null} */
  report = null;
  /** The same of a study. @type {Study | null} */
  study = null;
  /** What is being done now. */
  stage = '';
  steps = 0;
  runs = 0;
  /** The settings that are examined. @type {Config | null} */
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
  /** @type {Procedures | null} */
  #procedures = null;
  #startedAt = 0;
  #endedAt = 0;
  #dataId = /** @type {number | null} */ (null);
  /** @type {Record<string, Curve>} */
  #curves = {};
  /** @type {(() => void) | null} */
  #cancel = null;

  /**
   * @param {import('../state/lab.js').Lab} lab
   * @param {Pick<import('../../worker/study_client.js').StudyClient, 'run' | 'jobs'>} studies
   * @param {Promise<Procedures>} procedures
   */
  constructor(lab, studies, procedures) {
    this.#lab = lab;
    this.#studies = studies;
    procedures.then((arrived) => {
      this.#procedures = arrived;
      lab.touch();
    });
  }

  /** Whether the procedure is there: it is fetched after what the first view needs. */
  get ready() {
    return this.#procedures !== null;
  }

  get patients() {
    return this.#procedures?.patients ?? [];
  }

  /** What a procedure is called. @param {ProcedureId} id */
  titleOf(id) {
    return id === 'diagnosis' ? 'Whole diagnosis' : (this.#procedures?.titles[id] ?? '');
  }

  /** What is known, whichever procedure it is from. @returns {Diagnosed | Study | null} */
  get known() {
    return this.conducted === 'diagnosis' ? this.report : this.study;
  }

  /** @param {{ seeds?: number, budget?: number | null, wanted?: ProcedureId, multiple?: number, lengths?: number[], percentile?: number | null }} options */
  set(options) {
    Object.assign(this, options);
    this.#lab.touch();
  }

  /** What the report answers first. */
  get headline() {
    const { report, judged } = this;
    return judged && report && this.#procedures ? this.#procedures.headlineOf(report) : null;
  }

  /**
   * What the variant that is recommended is to the settings: a cure where they were sick and gain more than seeds
   * differ by, else a remedy.
   * @param {import('../../engine/study/procedure/remedies.js').Remedy} remedy
   */
  isCure(remedy) {
    const { report } = this;
    const runs = remedy.tried.find(({ label }) => label === remedy.label)?.runs ?? [];
    // What is to be set instead is the fix, where there is one.
    return (
      report?.where === 'baseline' && !report.yours?.fix && !!this.#procedures?.isBeyondSeeds(runs, report.untreated)
    );
  }

  /**
   * What a whole diagnosis may take, before it starts: steps, and seconds where the live run tells how long a step is.
   * @returns {{ steps: [number, number], seconds: [number, number] | null } | null}
   */
  get estimate() {
    const lab = this.#lab;
    const { settings, preview } = lab.draft;
    const each = this.seeds * totalSteps(settings);
    if (each === 0 || preview?.problem) return null;
    const limit = this.budget ?? Number.POSITIVE_INFINITY;
    const [least, most] = [TRAININGS.least, TRAININGS.most].map((trainings) => Math.min(limit, trainings * each));
    const known = lab.active?.stepMs && !lab.draft.pending.length ? lab.active.stepMs : 0;
    const perStep = known / 1000 / this.#studies.jobs;
    return { steps: [least, most], seconds: known ? [least * perStep, most * perStep] : null };
  }

  /** How far below the untreated best checkpoint a better one must be. */
  get betterShare() {
    return this.#procedures?.betterShare ?? 1;
  }

  get seconds() {
    return ((this.status === 'running' ? performance.now() : this.#endedAt) - this.#startedAt) / 1000;
  }

  /** Whether the user's settings have been judged: what follows rests on it. */
  get judged() {
    const { report, status } = this;
    return !!report && (status === 'done' || status === 'stopped' || report.yours !== null);
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
    const procedures = this.#procedures;
    if (!procedures) return;
    /** @type {Config} */
    const config = patient
      ? parseSettings(patient.config).config
      : { ...lab.draft.settings, changes: [], sharpness_every: 0 };
    if (this.wanted === 'clip' && this.percentile !== null) config.clip_percentile = this.percentile;
    const data = config.dataset === 'custom' ? lab.data.chosen : null;
    if (config.dataset === 'custom' && !data) {
      this.#fail(
        'These settings need your data: drop IDX or CSV files on the page, or choose another data set in Live.',
      );
      return;
    }
    Object.assign(this, { report: null, study: null, problem: '', stage: '', steps: 0, runs: 0, fresh: [] });
    this.conducted = this.wanted;
    this.trials = new Map();
    this.training = new Map();
    this.#curves = {};
    this.patient = patient;
    this.examined = config;
    this.#dataId = data?.id ?? null;
    this.status = 'running';
    this.#startedAt = performance.now();
    const study = this.#studies.run((runner, signal) => this.#conduct(procedures, config, runner, signal), {
      config,
      files: data?.files ?? null,
    });
    this.#cancel = study.cancel;
    lab.touch();
    try {
      const { known, curves } = await study.result;
      this.#take(known, curves);
      this.status = known.interrupted ? 'stopped' : 'done';
      if (!patient && known.lr_best !== null) lab.rates.sweep(known.lr_best, known.lr_first_unstable, config);
    } catch (error) {
      const { code, message } = /** @type {import('../../engine/core/errors.js').TrainerError} */ (error);
      if (code === 'cancelled') this.status = this.known ? 'stopped' : 'idle';
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

  get isBusy() {
    return this.status === 'running';
  }

  /**
   * @param {Procedures} procedures
   * @param {Config} config
   * @param {TrialRunner} runner
   * @param {AbortSignal} signal
   * @returns {Promise<{ known: Diagnosed | Study, curves: Record<string, Curve> }>}
   */
  async #conduct(procedures, config, runner, signal) {
    const how = {
      runner: this.#watch(runner),
      config,
      seeds: this.seeds,
      budget: this.budget ?? Number.POSITIVE_INFINITY,
      multiple: this.multiple,
      lengths: this.lengths,
      now: () => performance.now(),
      signal,
      onProgress: (/** @type {import('../../engine/study/procedure/procedure.js').Progress} */ progress) =>
        this.#hear(progress),
      onStage: (/** @type {Diagnosed | Study} */ known, /** @type {Record<string, Curve>} */ curves) =>
        this.#take(known, curves),
    };
    if (this.conducted === 'diagnosis') {
      const { diagnosis, curves } = await procedures.diagnose(how);
      return { known: diagnosis, curves };
    }
    const { study, curves } = await procedures.studies[this.conducted](how);
    return { known: study, curves };
  }

  /** The same runner, with an ear on every trial. @param {TrialRunner} runner @returns {TrialRunner} */
  #watch(runner) {
    return {
      jobs: runner.jobs,
      trial: async (config, options) => {
        const settings = configToSearch(config);
        const training = { settings, config, share: 0 };
        try {
          const trial = await runner.trial(config, {
            ...options,
            onProgress: ({ step, totalSteps }) => {
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

  /** @param {import('../../engine/study/procedure/procedure.js').Progress} progress */
  #hear({ title, steps, runs }) {
    if (title !== this.stage) this.fresh = [];
    this.stage = title;
    this.steps = steps;
    this.runs = runs;
    this.#lab.touchSoon();
  }

  /** @param {Diagnosed | Study} known  a value of its own, so that it stays as it is @param {Record<string, Curve>} curves */
  #take(known, curves) {
    if ('procedure' in known) this.study = /** @type {Study} */ (known);
    else this.report = /** @type {Diagnosed} */ (known);
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

  /** The trials of changed settings, by seed. @param {SomeSettings} changes */
  trialsWith(changes) {
    const config = /** @type {Config} */ (this.examined);
    return Array.from({ length: this.seeds }, (_, i) =>
      this.trials.get(configToSearch({ ...config, ...changes, seed: Number(config.seed) + i })),
    ).filter((trial) => trial !== undefined);
  }

  /** What a run changes of the settings that are examined, in words. @param {SomeSettings} changes */
  changesInWords(changes) {
    const lab = this.#lab;
    const before = /** @type {Config} */ (this.examined);
    return describeChanges(lab.fields, before, { ...before, ...changes }, lab.draft.applies);
  }

  // ---- taking home -----------------------------------------------------------------------------------------------

  /** A run as a training on the live view: the same settings, the same bits. @param {string} settings as in a permalink */
  openInLive(settings) {
    const { config } = configFromSearch(settings);
    const words = this.changesInWords(changesBetween(/** @type {Config} */ (this.examined), config));
    const from = this.conducted === 'diagnosis' ? 'diagnosis' : this.titleOf(this.conducted).toLowerCase();
    openInLive(this.#lab, config, this.#dataId, `From the ${from}: ${words || 'the settings as they are'}.`);
  }

  saveJson() {
    const { known } = this;
    if (!known) return;
    const text = JSON.stringify({ ...known, curves: this.#curves }, plain, 1);
    save(new Blob([text], { type: 'application/json' }), `${this.#fileName}.json`);
  }

  /** Every trial that was trained, step by step. */
  async saveCsv() {
    const { saveCsv, trialsToCsv } = await import('../shared/study_export.js');
    const trials = [...this.trials].map(([settings, trial]) => ({ label: settings || 'all at their defaults', trial }));
    saveCsv(trialsToCsv(trials), this.conducted);
  }

  saveHtml() {
    const procedures = this.#procedures;
    if (!procedures) return;
    const text = this.study
      ? procedures.formatStudyReport(this.study, this.#curves)
      : this.report && procedures.formatReport(this.report, this.#curves);
    if (text) save(new Blob([text], { type: 'text/html' }), `${this.#fileName}.html`);
  }

  get #fileName() {
    return `trainscope-${this.conducted}`;
  }
}
