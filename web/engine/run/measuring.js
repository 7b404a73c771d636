/** What can be measured of a run without changing it: gradient, loss, predictions, sharpness, statistics. */

import { argumentError, checkFlag, checkNumber, checkWhole, isArrayOf, readOptions } from '../core/arguments.js';
import { askReal, askRecord, readRecord, recordBytes } from '../core/record.js';
import { splitIndex } from '../data/dataset.js';
import { checkSplit, readIndices } from '../data/judging.js';

/**
 * @typedef {import('../core/wasm.js').Core} Core
 * @typedef {import('../data/judging.js').Split} Split
 * @typedef {import('./layout.js').Layout} Layout
 * @typedef {import('./run_facts.js').RunFacts} RunFacts
 *
 * @typedef {import('../core/record.js').Records['unit_size']} UnitSize
 * @typedef {{ step: number, units: UnitSize[] }} UnitSizes  after so many steps
 * @typedef {{ loss: number, accuracy: number | null, exact?: number | null }} Score  accuracy: of tokens the share of
 *   scored positions; null for regression, and where the loss is not finite. exact: of a task of tokens, the share of
 *   samples with every scored position right; only there
 *
 * @typedef {object} SharpnessOptions
 * @property {number} [samples]  the first so many training samples, 512 by default; at most those of the run
 * @property {number} [iterations]  of Lanczos at most, 20 by default, and never more than 100; it ends earlier where the
 *   value has settled
 * @property {boolean} [preconditioned]  of P^-1/2 H P^-1/2 for rules that divide by P (rule_fields.h)
 */

/** Samples that the units' sizes are measured over, where nobody says. */
export const UNIT_SAMPLES = 64;

/** Samples that sharpness is measured over, where nobody says. */
export const SHARPNESS_SAMPLES = 512;

export class Measuring {
  #core;
  #layout;
  #handle;
  #facts;
  #evaluating = false;
  #sharpening = false;

  /** @param {Core} core @param {Layout} layout @param {RunFacts} facts */
  constructor(core, layout, facts) {
    this.#core = core;
    this.#layout = layout;
    this.#handle = layout.handle;
    this.#facts = facts;
  }

  /** Most samples of one pass. */
  get rowsMax() {
    return this.#core.call.tscope_trainer_rows_max(this.#handle);
  }

  // ---- gradient ----------------------------------------------------------------------------------------------------

  /**
   * Loss of training samples; their gradient is left in the run's memory. A step that is half done is lost.
   *
   * @param {ArrayLike<number>} indices  judged, at least one
   * @returns {number}
   */
  measureGradient(indices) {
    const core = this.#core;
    const count = indices.length;
    return core.withMemory(4 * count, (pointer) => {
      core.view(Int32Array, pointer, count).set(indices);
      return core.call.tscope_trainer_measure_gradient(this.#handle, pointer, count);
    });
  }

  /**
   * How large activations, gradient and weights are in each unit, from the first to the implied last layer, by a pass over
   * the first training samples. Changes nothing of the run.
   *
   * @param {number} samples  at most; no more than one pass has are taken
   * @returns {UnitSize[] | null}  null while a step is half done, whose gradient would be lost
   */
  sizeUnits(samples) {
    checkWhole('samples', samples, { min: 1 });
    const core = this.#core;
    const taken = core.call.tscope_trainer_measure_units(this.#handle, samples);
    if (taken === 0) return null;
    const count = core.call.tscope_trainer_unit_count(this.#handle);
    return Array.from({ length: count }, (_, i) =>
      askRecord(core, 'unit_size', (pointer) => core.call.tscope_trainer_unit_size(this.#handle, i, taken, pointer)),
    );
  }

  // ---- evaluation --------------------------------------------------------------------------------------------------

  /** The loss over a whole split. @param {Split} split @returns {Score | null}  null where the split has no samples */
  evaluate(split) {
    if (!this.beginEvaluation(split, 0)) return null;
    for (;;) {
      const score = this.advanceEvaluation();
      if (!score) continue;
      const { count, ...found } = score;
      return found;
    }
  }

  /**
   * Begins an evaluation that advanceEvaluation carries out, a chunk per call. One evaluation at a time.
   *
   * @param {Split} split
   * @param {number} limit  the first samples only; 0 is all
   * @returns {boolean}  false where the split has no samples
   */
  beginEvaluation(split, limit) {
    checkWhole('limit', limit);
    if (checkSplit(split) === 'val' && this.#facts.valCount === 0) return false;
    this.#core.call.tscope_trainer_evaluate_begin(this.#handle, splitIndex(this.#core, split), limit);
    this.#evaluating = true;
    return true;
  }

  /** @returns {(Score & { count: number }) | null}  null while it is not finished; count: samples */
  advanceEvaluation() {
    if (!this.#evaluating) throw argumentError(null, 'There is no evaluation in progress.');
    const core = this.#core;
    const score = core.withMemory(recordBytes('evaluation'), (pointer) =>
      this.#layout.work('evaluation', () => core.call.tscope_trainer_evaluate_advance(this.#handle, pointer))
        ? readRecord(core, pointer, 'evaluation')
        : null,
    );
    if (!score) return null;
    this.#evaluating = false;
    const { loss, count } = score;
    const accuracy = Number.isNaN(score.accuracy) ? null : score.accuracy;
    const { isTask } = this.#facts.dataset;
    return { loss, accuracy, ...(isTask ? { exact: accuracy === null ? null : score.exact } : {}), count };
  }

  /** Of what is in progress: the parameters that it was of are gone. */
  dropProgress() {
    this.#evaluating = false;
    this.#sharpening = false;
  }

  /** Lets an evaluation count for the run's best. @param {number} loss @param {number | null} accuracy */
  recordBest(loss, accuracy) {
    checkNumber('loss', loss);
    if (accuracy !== null) checkNumber('accuracy', accuracy);
    this.#core.call.tscope_trainer_record_best(this.#handle, loss, accuracy ?? NaN);
  }

  // ---- predictions -------------------------------------------------------------------------------------------------

  /**
   * @param {Split} split
   * @param {ArrayLike<number>} given  indices
   * @returns {Float32Array}  [indices][outputs]; of tokens [indices][positions][outputs]
   */
  predict(split, given) {
    const indices = readIndices(given, checkSplit(split) === 'val' ? this.#facts.valCount : this.#facts.trainCount);
    const core = this.#core;
    const count = indices.length;
    const outputs = count * this.#facts.dataset.predictions;
    return core.withMemory(4 * (count + outputs), (pointer) => {
      const results = pointer + 4 * count;
      core.view(Int32Array, pointer, count).set(indices);
      core.call.tscope_trainer_predict(this.#handle, splitIndex(core, split), pointer, count, results);
      return core.view(Float32Array, results, outputs).slice();
    });
  }

  /**
   * @param {Float32Array} inputs  [count][elements of inputShape]
   * @returns {Float32Array}  [count][outputs]; of tokens [count][positions][outputs]
   */
  predictInputs(inputs) {
    const elements = this.#facts.inputShape.reduce((product, size) => product * size, 1);
    if (!isArrayOf(inputs, Float32Array) || inputs.length % elements !== 0) {
      throw argumentError('inputs', `inputs must be a Float32Array of ${elements} numbers per sample.`);
    }
    const core = this.#core;
    const count = inputs.length / elements;
    const outputs = count * this.#facts.dataset.predictions;
    return core.withMemory(4 * (inputs.length + outputs), (pointer) => {
      const results = pointer + 4 * inputs.length;
      core.view(Float32Array, pointer, inputs.length).set(inputs);
      core.call.tscope_trainer_predict_inputs(this.#handle, pointer, count, results);
      return core.view(Float32Array, results, outputs).slice();
    });
  }

  // ---- sharpness ---------------------------------------------------------------------------------------------------

  /** @param {ReturnType<typeof readSharpnessOptions>} options @returns {number} */
  sharpness(options) {
    this.beginSharpness(options);
    for (;;) {
      const sharpness = this.advanceSharpness();
      if (sharpness !== null) return sharpness;
    }
  }

  /**
   * Starts to measure sharpness; advanceSharpness() goes on with it. A step that is half done is lost.
   *
   * @param {ReturnType<typeof readSharpnessOptions>} options
   */
  beginSharpness({ samples, iterations, preconditioned }) {
    const rows = Math.min(samples, this.#facts.trainCount);
    this.#core.call.tscope_trainer_sharpness_begin(this.#handle, rows, iterations, preconditioned ? 1 : 0);
    this.#sharpening = true;
  }

  /** The next chunk of samples. @returns {number | null} the sharpness where it is found */
  advanceSharpness() {
    if (!this.#sharpening) throw argumentError(null, 'There is no measurement of sharpness in progress.');
    const core = this.#core;
    return core.withMemory(8, (pointer) => {
      const isDone = core.call.tscope_trainer_sharpness_advance(this.#handle, pointer);
      if (isDone) this.#sharpening = false;
      return isDone ? core.view(Float64Array, pointer, 1)[0] : null;
    });
  }

  /** What (preconditioned) sharpness times the learning rate may not exceed at this step. @param {number} step */
  stabilityLimit(step) {
    return this.#core.call.tscope_rule_stability_limit(this.#core.call.tscope_trainer_config(this.#handle), step);
  }

  // ---- where the run stands ----------------------------------------------------------------------------------------

  /** SHA-256, hexadecimal, of all parameters as little-endian float32 in PyTorch's layout, in model order. */
  digest() {
    return this.#core.withMemory(65, (pointer) => {
      this.#core.call.tscope_trainer_digest(this.#handle, pointer);
      return this.#core.readText(pointer, 65);
    });
  }

  /** Where the run stands. */
  summary() {
    return askRecord(this.#core, 'summary', (pointer) =>
      this.#core.call.tscope_trainer_summarize(this.#handle, pointer),
    );
  }

  /** The summary's smoothed_loss alone. */
  smoothedLoss() {
    return askReal(this.#core, 'summary', 'smoothed_loss', (pointer) =>
      this.#core.call.tscope_trainer_summarize(this.#handle, pointer),
    );
  }

  /** The episodes of instability so far. */
  episodes() {
    const from = this.#core.call.tscope_trainer_episodes(this.#handle);
    return Array.from({ length: this.summary().episode_count }, (_, i) =>
      readRecord(this.#core, from + i * recordBytes('episode'), 'episode'),
    );
  }

  /** Counts of the unclipped norms, bin by bin. */
  normBins() {
    const from = this.#core.call.tscope_trainer_norm_bins(this.#handle);
    const bins = this.#core.view(Uint32Array, from, this.#core.constants.NORM_BINS).slice();
    // A norm of 0, or below all bins, has no place among them: the summary counts those.
    bins[0] -= this.summary().tiny_norms;
    return bins;
  }
}

/**
 * @param {unknown} given  SharpnessOptions, of which undefined are none
 * @throws {import('../core/errors.js').TrainerError}
 */
export function readSharpnessOptions(given) {
  const {
    samples = SHARPNESS_SAMPLES,
    iterations = 20,
    preconditioned = false,
  } = readOptions('sharpness', given, ['samples', 'iterations', 'preconditioned']);
  return {
    samples: checkWhole('samples', samples, { min: 1 }),
    iterations: checkWhole('iterations', iterations, { min: 1 }),
    preconditioned: checkFlag('preconditioned', preconditioned),
  };
}

/**
 * Batch statistics belong to one pass. Where a model has them, and a run's passes are too narrow for so many samples, it
 * is measured in a trainer with the same parameters whose passes are wide enough. Whether it is so.
 *
 * @param {{ measuring: Measuring, tensors: import('./tensors.js').Tensors }} parts  of the run
 * @param {number} samples
 * @param {number} trainCount
 * @throws {import('../core/errors.js').TrainerError} where it is more than the data has
 */
export function needsWidePass({ measuring, tensors }, samples, trainCount) {
  if (!(samples > measuring.rowsMax) || !tensors.hasRunning) return false;
  if (samples <= trainCount) return true;
  const message = `A model with batchnorm measures at most its ${trainCount} training samples at once, not ${samples}.`;
  throw argumentError('indices', message);
}
