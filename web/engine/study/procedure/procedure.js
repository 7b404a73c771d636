/**
 * What the playbook's procedures share, whatever they look for: trainings within a budget, evidence that is told as
 * soon as it is known, and an account of what was done and what was not.
 */

import { totalSteps } from '../../config/config.js';
import { configToSearch } from '../../config/config_text.js';
import { TrainerError } from '../../core/errors.js';
import { duration, number } from '../../words/numbers.js';
import { plural, seedsEach } from '../../words/sentences.js';
import { SEEDS } from '../judge/playbook.js';
import { describeCompared } from './compared.js';
import { HIGHEST_RATE, Trainings } from './trainings.js';

/**
 * @typedef {import('./trainings.js').Point} Point
 * @typedef {import('./trainings.js').Run} Run
 * @typedef {import('./compared.js').Compared} Compared
 * @typedef {import('../trial/curve.js').Curve} Curve
 * @typedef {import('../../config/config.js').Config} Config
 * @typedef {'baseline' | 'sweep' | 'edge' | 'above' | 'probe' | 'search' | 'norms' | 'range' | 'tuning' | 'regularization'
 *   | 'unfair' | 'fair' | 'compared' | 'causes'} EvidenceKind
 *
 * @typedef {object} Evidence
 * @property {EvidenceKind} kind
 * @property {string} title
 * @property {string[]} says
 * @property {Record<string, any>} numbers
 * @property {Record<string, number>} thresholds  what the numbers were held against
 * @property {Run[]} runs  with their settings
 * @property {Compared[]} [compared]  of compared: settings side by side, the first is what the others are held against
 *
 * @typedef {{ title: string, steps: number, runs: number }} Progress  of the stage that is going on
 *
 * @typedef {object} Account  members that every procedure's result has
 * @property {Config} config  the user's own, complete
 * @property {string} settings  the same as a permalink has it
 * @property {number} seeds
 * @property {Evidence[]} evidence
 * @property {string[]} skipped  what was not done, and why
 * @property {number | null} budget  steps; null without one
 * @property {number} steps  taken
 * @property {number} runs  trained
 * @property {boolean} interrupted
 * @property {number} seconds
 *
 * @typedef {object} ProcedureOptions
 * @property {import('../trial/runner.js').TrialRunner} runner
 * @property {Config} config  complete
 * @property {number} [seeds]  seed, seed + 1, …
 * @property {number} [budget]  steps of training; Infinity, the default, is as many as it takes
 * @property {() => number} now  a clock in milliseconds
 * @property {import('../trial/abort.js').Signal} [signal]  ends the procedure: it reports what it knows by then
 * @property {(progress: Progress) => void} [onProgress]
 */

/** The share of a budget that a procedure's main stage may take before seeds are given up. */
const MAIN_SHARE = 0.6;

export class Procedure {
  #begun;
  #now;
  #signal;
  #onProgress;
  #tell;
  #title = '';
  #runs = 0;
  #interrupted = false;

  /** The user's own settings. @type {Config} */
  config;
  /** @type {Evidence[]} */
  evidence = [];
  /** @type {string[]} */
  skipped = [];

  /** @param {ProcedureOptions} options @param {() => void} tell  called when evidence was added */
  constructor({ runner, config, seeds = SEEDS, budget, now, signal, onProgress }, tell) {
    // Live changes would override what the procedures vary.
    this.config = { ...config, changes: [] };
    this.seeds = seeds;
    this.trainings = new Trainings({ runner, budget, signal, onTrial: () => this.#countRun() });
    this.#begun = now();
    this.#now = now;
    this.#signal = signal;
    this.#onProgress = onProgress ?? (() => {});
    this.#tell = tell;
    if (config.changes.length > 0) {
      this.skipped.push(
        `${plural(config.changes.length, 'live change')} of the settings: the procedure examines the settings from which the run starts.`,
      );
    }
  }

  /**
   * Gives up seeds where the budget cannot pay for them.
   *
   * @param {number} runs  with each seed, of the stage that takes most
   * @param {string} what  those runs, in words
   * @throws {TrainerError} where the budget does not suffice for a single run
   */
  fitBudget(runs, what) {
    const { budget } = this.trainings;
    const run = totalSteps(this.config);
    if (budget < run) {
      throw new TrainerError(
        'setting',
        'budget',
        `budget must be at least ${run}, the steps of one run of these settings, not ${budget}.`,
      );
    }
    const asked = this.seeds;
    while (this.seeds > 1 && this.seeds * runs * run > MAIN_SHARE * budget) this.seeds--;
    if (this.seeds < asked) {
      this.skipped.push(
        `${plural(asked - this.seeds, 'seed')} of ${asked}: the budget of ${plural(budget, 'step')} does not allow more than ${this.seeds} of ${what}.`,
      );
    }
  }

  /** @param {string} title  of the stage that begins */
  begin(title) {
    this.#signal?.throwIfAborted();
    this.#title = title;
    this.#report();
  }

  /** @param {Omit<Evidence, 'runs'> & { points: Point[] }} evidence */
  addEvidence({ points, ...evidence }) {
    const runs = points.flatMap(({ trials }) => trials.map((trial) => this.trainings.describeRun(trial, this.config)));
    this.evidence.push({ ...evidence, runs });
    this.#tell();
  }

  /**
   * Trains settings, to be held against each other.
   *
   * @param {import('./compared.js').Candidate[]} candidates
   * @param {string} what  they are, in words
   * @returns {Promise<{ compared: Compared[], points: Point[] } | null>}  null where the budget does not suffice: this has
   *   been said
   */
  async compare(candidates, what) {
    const configs = candidates.map(({ config }) => config);
    if (!this.trainings.canAfford(configs, this.seeds)) {
      this.skip(what);
      return null;
    }
    const points = await this.trainings.train(configs, this.seeds);
    const compared = candidates.map((one, i) => describeCompared(this.trainings, one, points[i], this.config));
    return { compared, points };
  }

  /** Says that the budget does not suffice for something. @param {string} what */
  skip(what) {
    this.skipped.push(
      `${what}: ${plural(Math.max(0, this.trainings.stepsLeft), 'step')} are left of the budget of ${plural(this.trainings.budget, 'step')}.`,
    );
  }

  /** Says that something would ask for a rate that the engine does not take. @param {string} what */
  skipBeyond(what) {
    this.skipped.push(`${what}: there is no rate above ${number(HIGHEST_RATE)}.`);
  }

  /**
   * What to do with an error: an interruption ends the procedure in order where something is known by then.
   *
   * @param {unknown} error
   * @param {boolean} isKnown
   * @throws the error otherwise
   */
  endBy(error, isKnown) {
    if (!this.#signal?.aborted || !isKnown) throw error;
    this.#interrupted = true;
    this.skipped.push(`Interrupted during: ${this.#title.toLowerCase()}. What follows it was not done.`);
  }

  /** @returns {Account} */
  account() {
    const { budget } = this.trainings;
    return {
      config: this.config,
      settings: configToSearch(this.config),
      seeds: this.seeds,
      evidence: [...this.evidence],
      skipped: [...this.skipped],
      budget: Number.isFinite(budget) ? budget : null,
      steps: this.trainings.stepsTaken,
      runs: this.#runs,
      interrupted: this.#interrupted,
      seconds: (this.#now() - this.#begun) / 1000,
    };
  }

  #countRun() {
    this.#runs++;
    this.#report();
  }

  #report() {
    this.#onProgress({ title: this.#title, steps: this.trainings.stepsTaken, runs: this.#runs });
  }
}

/** What a procedure took, as a sentence. @param {Account} account */
export function sayEffort({ runs, steps, seeds, seconds, budget, interrupted }) {
  const limit = budget === null ? '' : ` of a budget of ${plural(budget, 'step')}`;
  return `${plural(runs, 'run')}, ${plural(steps, 'step')}${limit}, ${seedsEach(seeds)}, ${duration(seconds)}${interrupted ? '; interrupted' : ''}.`;
}
