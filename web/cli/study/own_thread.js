/**
 * A runner that trains on the command's own thread, one trial after the other: where only one is to be trained at a
 * time, a worker would read all code and compile the core once more, and take longer for that than for many a trial.
 * Each arithmetic has an engine of its own, each engine one set of the data.
 */

import { TrainerError } from '../../engine/core/errors.js';
import { runTrial } from '../../engine/study/trial/trial.js';
import { createEngine } from '../../platform/node/index.js';
import { WorkerData } from '../../worker/worker_data.js';
import { now, SLICE_MS, yieldNow } from '../timing.js';

/**
 * @typedef {import('../../engine/core/arithmetic.js').Arithmetic} Arithmetic
 * @typedef {import('../../engine/data/data_files.js').DataFiles} DataFiles
 * @typedef {import('../../engine/engine.js').Engine} Engine
 * @typedef {{ engine: Engine, sets: WorkerData }} Place  where trials of one arithmetic are trained
 */

/** The id of the study's own data. */
const DATA_ID = 1;

/**
 * @typedef {import('../../engine/study/trial/runner.js').TrialRunner} TrialRunner
 * @implements {TrialRunner}
 */
export class OwnThread {
  #data;
  #arithmetic;
  /** @type {Map<Arithmetic, Promise<Place>>} */
  #places = new Map();
  /** The trial that was asked for last: the next one waits for it. @type {Promise<unknown>} */
  #newest = Promise.resolve();
  #isDisposed = false;

  /**
   * @param {object} options
   * @param {DataFiles | null} options.data  what the setting dataset calls custom
   * @param {Arithmetic | null} [options.arithmetic]  of all trials, whatever their configs say; null: as they say
   * @param {Engine | null} [options.engine]  that the command has already
   */
  constructor({ data, arithmetic = null, engine = null }) {
    this.#data = data;
    this.#arithmetic = arithmetic;
    if (engine) this.#places.set(engine.arithmetic, Promise.resolve(this.#furnish(engine)));
  }

  get jobs() {
    return 1;
  }

  /** @type {TrialRunner['trial']} */
  trial(config, options) {
    const result = this.#newest.then(() => this.#run(config, options));
    this.#newest = result.catch(() => {});
    return result;
  }

  /** Trials that wait are rejected with code "disposed". */
  dispose() {
    this.#isDisposed = true;
  }

  /** @type {TrialRunner['trial']} */
  async #run(config, options) {
    if (this.#isDisposed) throw new TrainerError('disposed', null, 'The study has ended.');
    const arithmetic = this.#arithmetic ?? /** @type {Arithmetic} */ (config.arithmetic);
    const { engine, sets } = await this.#find(arithmetic);
    return runTrial({
      createTrainer: (planned) => engine.createTrainer(planned, sets.find(planned, DATA_ID)),
      config: { ...config, arithmetic },
      now,
      yieldNow,
      sliceMs: SLICE_MS,
      ...options,
    });
  }

  /** @param {Arithmetic} arithmetic @returns {Promise<Place>} */
  #find(arithmetic) {
    const known = this.#places.get(arithmetic);
    if (known) return known;
    const place = createEngine({ arithmetic }).then((engine) => this.#furnish(engine));
    this.#places.set(arithmetic, place);
    return place;
  }

  /** @param {Engine} engine @returns {Place} */
  #furnish(engine) {
    const sets = new WorkerData(engine);
    if (this.#data) sets.keepFiles(DATA_ID, this.#data);
    return { engine, sets };
  }
}
