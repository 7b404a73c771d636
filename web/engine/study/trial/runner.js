import { TrainerError } from '../../core/errors.js';
import { runTrial } from './trial.js';

/**
 * What a study asks for runs. A study does not know where its runs are computed: the runner below computes them on
 * this thread, in slices, so that whatever else the thread does goes on; worker/pool.js has one that spreads trials
 * over workers. A trial's result is the same wherever it was computed, `seconds` apart.
 *
 * @typedef {import('../../engine.js').Engine} Engine
 * @typedef {import('../../run/trainer.js').Trainer} Trainer
 * @typedef {import('../../config/config.js').Config} Config
 * @typedef {{ loss: number, diverged: boolean }} StepResult
 *
 * @typedef {object} StudyRun  a run of a study's own: no other training knows of it
 * @property {(settings: import('../../config/config.js').SomeSettings) => Promise<StepResult>} step  sets live settings, takes one step
 * @property {() => Promise<number>} evaluate  loss on the whole validation set
 * @property {number} baseline  L₀, the loss of guessing
 * @property {() => void} dispose
 *
 * @typedef {object} TrialRunner  computes whole trainings
 * @property {(config: Config, options?: import('./trial.js').TrialOptions) =>
 *     Promise<import('./trial.js').TrialResult>} trial  any number may be asked for at once; rejects with the signal's
 *   reason where it was given up, and with a TrainerError where the config makes no run
 * @property {number} jobs  how many trials are computed at once; the others wait for their turn, first come first served
 * @property {number} [wanted]  how many it had best be asked for at once, where that is more than it computes: those that
 *   wait can begin without a word from who asked
 *
 * @typedef {object} StepRunner  computes runs that a study leads step by step
 * @property {(config: Config) => Promise<StudyRun>} makeRun
 *
 * @typedef {TrialRunner & StepRunner} Runner
 */

/** How long work goes on before it lets others have the thread, in milliseconds. */
const SLICE_MS = 12;

/** @implements {Runner} */
export class LocalRunner {
  #createTrainer;
  #now;
  #yieldNow;
  #sliceEnds = 0;
  /** The trial that was asked for last: the next one waits for it. @type {Promise<unknown>} */
  #newest = Promise.resolve();

  /**
   * @param {object} options
   * @param {(config: Config) => Trainer} options.createTrainer  a new trainer, this runner's to dispose of
   * @param {() => number} options.now  a clock in milliseconds
   * @param {(ms?: number) => Promise<void>} options.yieldNow  lets other work go first
   */
  constructor({ createTrainer, now, yieldNow }) {
    this.#createTrainer = createTrainer;
    this.#now = now;
    this.#yieldNow = yieldNow;
  }

  get jobs() {
    return 1;
  }

  /**
   * @param {Config} config
   * @param {import('./trial.js').TrialOptions} [options]
   * @returns {Promise<import('./trial.js').TrialResult>}
   */
  trial(config, options) {
    const result = this.#newest.then(() =>
      runTrial({
        createTrainer: this.#createTrainer,
        config,
        now: this.#now,
        yieldNow: this.#yieldNow,
        ...options,
      }),
    );
    this.#newest = result.catch(() => {});
    return result;
  }

  /** @param {Config} config @returns {Promise<StudyRun>} */
  async makeRun(config) {
    await this.#breathe();
    const trainer = this.#createTrainer(config);
    return {
      step: async (settings) => {
        trainer.set(settings);
        for (;;) {
          await this.#breathe();
          const { rows, diverged } = trainer.advanceRows(1, () => this.#now() >= this.#sliceEnds);
          if (rows.length > 0) return { loss: rows[0].loss, diverged };
        }
      },
      evaluate: async () => {
        if (!trainer.beginEvaluation('val', 0)) {
          throw new TrainerError('setting', 'on', 'on must be train: there is no validation data.');
        }
        for (;;) {
          await this.#breathe();
          const score = trainer.advanceEvaluation();
          if (score) return score.loss;
        }
      },
      baseline: trainer.summary().baseline_loss,
      dispose: () => trainer.dispose(),
    };
  }

  /** Yields where the present slice is used up. */
  async #breathe() {
    if (this.#now() < this.#sliceEnds) return;
    await this.#yieldNow();
    this.#sliceEnds = this.#now() + SLICE_MS;
  }
}
