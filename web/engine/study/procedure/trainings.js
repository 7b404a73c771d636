/**
 * The trainings of a longer procedure: settings over seeds, never the same run twice, within the steps that the
 * procedure may take.
 */

import { totalSteps } from '../../config/config.js';
import { configToSearch } from '../../config/config_text.js';
import { FIELD_BY_NAME } from '../../config/schema.js';
import { judgePoint } from '../judge/judge.js';
import { onAbort } from '../trial/abort.js';

/**
 * @typedef {import('../trial/runner.js').TrialRunner} TrialRunner
 * @typedef {import('../trial/trial.js').TrialResult} TrialResult
 * @typedef {import('../trial/trial.js').CurveDetail} CurveDetail
 * @typedef {import('../../config/config.js').Config} Config
 * @typedef {import('../../config/config.js').SomeSettings} SomeSettings
 *
 * @typedef {object} Run  a trial as a report tells it
 * @property {string} id  names its curve
 * @property {SomeSettings} changes  what it differs in from the settings that are examined
 * @property {string} settings  all that is not at its default, as in a permalink
 * @property {number} seed
 * @property {number} steps  taken
 * @property {number | null} diverged_at
 * @property {boolean} infeasible
 * @property {import('../../config/verdicts.js').Verdict} verdict
 * @property {import('../trial/trial.js').EpisodeReport[]} episodes
 * @property {number} baseline_loss
 * @property {TrialResult['best']} best
 * @property {TrialResult['val']} val
 * @property {TrialResult['grad_norm']} grad_norm
 * @property {number} clipped_fraction
 * @property {string} digest
 *
 * @typedef {object} Point  of the space of settings: one of them, trained with each seed
 * @property {Config} config  complete
 * @property {TrialResult[]} trials  one per seed
 * @property {import('../judge/judge.js').PointFigures} figures
 */

/** No rate is higher: some settings only learn beyond what there is. */
export const HIGHEST_RATE = Number(FIELD_BY_NAME.get('lr')?.max);

/** Whether the engine takes a rate. @param {number} lr */
export function isRate(lr) {
  return lr <= HIGHEST_RATE;
}

export class Trainings {
  #runner;
  #signal;
  #onTrial;
  /** @type {Map<string, Promise<TrialResult>>} */
  #trials = new Map();
  /** @type {Map<TrialResult, string>} */
  #ids = new Map();
  /** What was asked for: a trial's own config has what was left out filled in. @type {Map<TrialResult, Config>} */
  #asked = new Map();
  #reserved = 0;
  #taken = 0;

  /**
   * @param {object} options
   * @param {TrialRunner} options.runner
   * @param {number} [options.budget]  steps that may be taken
   * @param {import('../trial/abort.js').Signal} [options.signal]
   * @param {(trial: TrialResult) => void} [options.onTrial]  a run was computed, in order of finishing
   */
  constructor({ runner, budget = Infinity, signal, onTrial = () => {} }) {
    this.#runner = runner;
    this.budget = budget;
    this.#signal = signal;
    this.#onTrial = onTrial;
  }

  /** Steps taken by runs that are finished. */
  get stepsTaken() {
    return this.#taken;
  }

  /** Steps that may still be asked for. */
  get stepsLeft() {
    return this.budget - this.#taken - this.#reserved;
  }

  /**
   * Steps that these settings may take where they are trained now; what was trained before costs nothing.
   *
   * @param {Config[]} configs
   * @param {number} seeds
   */
  costOf(configs, seeds) {
    const keys = new Map(configs.flatMap((config) => seedsOf(config, seeds)).map((own) => [configToSearch(own), own]));
    return [...keys].reduce((sum, [key, config]) => sum + (this.#trials.has(key) ? 0 : totalSteps(config)), 0);
  }

  /** @param {Config[]} configs @param {number} seeds */
  canAfford(configs, seeds) {
    return this.costOf(configs, seeds) <= this.stepsLeft;
  }

  /**
   * Trains settings with seed, seed + 1, …, as many at once as the runner has jobs.
   *
   * @param {Config[]} configs  complete
   * @param {number} seeds
   * @param {CurveDetail} [record]
   * @returns {Promise<Point[]>}  in the order given
   * @throws whatever makes a run impossible, and the signal's reason where the procedure was given up
   */
  async train(configs, seeds, record = 'curve') {
    const stopper = new AbortController();
    const forget = onAbort(this.#signal, () => stopper.abort(this.#signal?.reason));
    const asked = configs
      .flatMap((config) => seedsOf(config, seeds))
      .map((config) => this.#ask(config, record, stopper));
    try {
      // All are waited for, so that none is still running when the first failure is told.
      const ends = await Promise.allSettled(asked);
      const failed = ends.find((end) => end.status === 'rejected');
      if (failed) throw stopper.signal.reason ?? failed.reason;
      const trials = /** @type {PromiseFulfilledResult<TrialResult>[]} */ (ends).map(({ value }) => value);
      return configs.map((config, i) => {
        const own = trials.slice(i * seeds, (i + 1) * seeds);
        for (const trial of own) this.#nameRun(trial);
        return { config, trials: own, figures: judgePoint(own) };
      });
    } finally {
      forget();
    }
  }

  /**
   * A trial as a report tells it.
   *
   * @param {TrialResult} trial
   * @param {Config} examined  what its settings are compared with
   * @returns {Run}
   */
  describeRun(trial, examined) {
    const config = this.#asked.get(trial) ?? trial.config;
    const { seed, steps, diverged_at, infeasible, verdict, episodes, baseline_loss } = trial;
    return {
      id: this.#nameRun(trial),
      changes: changesBetween(examined, config),
      settings: configToSearch(config),
      seed,
      steps,
      diverged_at,
      infeasible,
      verdict,
      episodes,
      baseline_loss,
      best: trial.best,
      val: trial.val,
      grad_norm: trial.grad_norm,
      clipped_fraction: trial.clipped_fraction,
      digest: trial.digest,
    };
  }

  /** Every run's curve, by its id. @returns {Record<string, import('../trial/curve.js').Curve>} */
  get curves() {
    return Object.fromEntries([...this.#ids].flatMap(([{ curve }, id]) => (curve ? [[id, curve]] : [])));
  }

  /** @param {TrialResult} trial */
  #nameRun(trial) {
    const id = this.#ids.get(trial) ?? `run-${this.#ids.size + 1}`;
    this.#ids.set(trial, id);
    return id;
  }

  /**
   * @param {Config} config
   * @param {CurveDetail} record
   * @param {AbortController} stopper
   */
  #ask(config, record, stopper) {
    const key = configToSearch(config);
    const known = this.#trials.get(key);
    if (known) return known;
    const planned = totalSteps(config);
    this.#reserved += planned;
    const asked = this.#runner.trial(config, { record, signal: stopper.signal }).then(
      (trial) => {
        this.#reserved -= planned;
        this.#taken += trial.steps;
        this.#asked.set(trial, config);
        this.#onTrial(trial);
        return trial;
      },
      (error) => {
        this.#reserved -= planned;
        this.#trials.delete(key);
        stopper.abort(error);
        throw error;
      },
    );
    this.#trials.set(key, asked);
    return asked;
  }
}

/**
 * The runs of a setting: one per seed, from its own on.
 *
 * @param {Config} config
 * @param {number} seeds
 * @returns {Config[]}
 */
export function seedsOf(config, seeds) {
  return Array.from({ length: seeds }, (_, i) => ({ ...config, seed: config.seed + i }));
}

/**
 * What one config says otherwise than another, seeds apart.
 *
 * @param {Config} from
 * @param {Config} to
 * @returns {SomeSettings}
 */
export function changesBetween(from, to) {
  const names = Object.keys(to).filter((name) => name !== 'seed' && name !== 'changes');
  const settings = /** @type {SomeSettings} */ (/** @type {unknown} */ (to));
  return Object.fromEntries(names.filter((name) => to[name] !== from[name]).map((name) => [name, settings[name]]));
}

/**
 * The trial that stands for a point: the one whose best is the seeds' median; of an even number, the better of the
 * middle two.
 *
 * @param {Point} point
 * @returns {TrialResult}
 */
export function medianTrial({ trials }) {
  const rising = [...trials].sort((a, b) => (a.best?.loss ?? Infinity) - (b.best?.loss ?? Infinity));
  return rising[(rising.length - 1) >> 1];
}
