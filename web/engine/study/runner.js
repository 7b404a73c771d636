/**
 * What a study asks for runs. A study does not know where its runs are computed: the runner below computes them on
 * this thread, in slices, so that whatever else the thread does goes on.
 *
 * @typedef {import('../engine.js').Engine} Engine
 * @typedef {import('../trainer.js').Trainer} Trainer
 * @typedef {{ loss: number, diverged: boolean }} StepResult
 *
 * @typedef {object} StudyRun  a run of a study's own: no other training knows of it
 * @property {(settings: Record<string, any>) => Promise<StepResult>} step  sets live settings, takes one step
 * @property {() => Promise<number>} evaluate  loss on the whole validation set
 * @property {() => void} dispose
 *
 * @typedef {object} Runner
 * @property {(config: Record<string, any>) => Promise<StudyRun>} makeRun
 */

/** How long work goes on before it lets others have the thread, in milliseconds. */
const SLICE_MS = 12;

/** @implements {Runner} */
export class LocalRunner {
  #createTrainer;
  #now;
  #yieldNow;
  #sliceEnds = 0;

  /**
   * @param {object} options
   * @param {(config: Record<string, any>) => Trainer} options.createTrainer  a new trainer, this runner's to dispose of
   * @param {() => number} options.now  a clock in milliseconds
   * @param {() => Promise<void>} options.yieldNow  lets other work go first
   */
  constructor({ createTrainer, now, yieldNow }) {
    this.#createTrainer = createTrainer;
    this.#now = now;
    this.#yieldNow = yieldNow;
  }

  /** @param {Record<string, any>} config @returns {Promise<StudyRun>} */
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
        trainer.beginEvaluation('val', 0);
        for (;;) {
          await this.#breathe();
          const score = trainer.advanceEvaluation();
          if (score) return score.loss;
        }
      },
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
