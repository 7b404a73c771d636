/**
 * One training: its memory, its steps, its measurements.
 *
 *     const trainer = engine.createTrainer(config, dataset);
 *     for (const { step, loss } of trainer.step(100)) plot(step, loss);
 *     trainer.set({ lr: 0.001 });
 *     const { loss, accuracy } = trainer.evaluate('val');
 *     trainer.dispose();
 *
 * A trainer's memory is not freed by forgetting it: call dispose. Steps allocate nothing in wasm memory.
 *
 * The work is done by run_facts.js (what follows from the settings), layout.js (memory), stepping.js (steps, live
 * changes, snapshots), tensors.js and measuring.js. This file says what a user may ask of them.
 */

import { argumentError, checkWhole, readList, readOptions } from '../core/arguments.js';
import { TrainerError } from '../core/errors.js';
import { readIndices } from '../data/judging.js';
import { Layout } from './layout.js';
import { readMaterial } from './material.js';
import { Measuring, needsWidePass, readSharpnessOptions, UNIT_SAMPLES } from './measuring.js';
import { mergeBins, readNormEdges } from './norm_bars.js';
import { RunFacts } from './run_facts.js';
import { readAttention } from './sequences/attention_maps.js';
import { generate } from './sequences/generation.js';
import { LossSlice } from './slice/loss_slice.js';
import { Stepping } from './stepping.js';
import { Tensors } from './tensors.js';

/**
 * @typedef {import('../core/wasm.js').Core} Core
 * @typedef {import('../data/dataset.js').Dataset} Dataset
 * @typedef {import('../data/judging.js').Split} Split
 * @typedef {import('../config/config.js').Config} Config
 * @typedef {import('../config/config.js').Change} Change
 * @typedef {import('../config/config.js').GivenSettings} GivenSettings
 * @typedef {import('./measuring.js').Score} Score
 * @typedef {import('./measuring.js').SharpnessOptions} SharpnessOptions
 * @typedef {import('./stepping.js').ForkChange} ForkChange
 * @typedef {import('./stepping.js').Row} Row
 * @typedef {import('./stepping.js').Snapshot} Snapshot
 * @typedef {import('./tensors.js').Tensor} Tensor
 *
 * @typedef {{ tensors: Tensors, stepping: Stepping, measuring: Measuring }} Parts
 */

export class Trainer extends RunFacts {
  #core;
  #layout;
  /** @type {Parts} */
  #parts;
  #disposed = false;

  /**
   * Made by Engine.createTrainer.
   *
   * @param {Core} core
   * @param {Config} config  complete, valid, the trainer's own
   * @param {Dataset} dataset
   * @param {Change[] | null} callersChanges  a list that is to stay equal to config.changes
   * @throws {TrainerError} where config, model and data do not fit together, or memory does not suffice
   */
  constructor(core, config, dataset, callersChanges) {
    super(config, dataset);
    this.#core = core;
    this.#layout = new Layout(core, config, dataset);
    this.#parts = {
      tensors: new Tensors(core, this.#layout.handle),
      stepping: new Stepping(core, this.#layout, { config, dataset, callersChanges }),
      measuring: new Measuring(core, this.#layout, this),
    };
  }

  // ---- where it stands ---------------------------------------------------------------------------------------------

  /** The settings in force for the next step, live changes included. @returns {Config} */
  get settings() {
    return this.#parts.stepping.settings;
  }

  /** The settings that the last step was taken with; before the first, those that the run began with. @returns {Config} */
  get lastStepSettings() {
    return this.#parts.stepping.lastSettings;
  }

  /** The steps taken at the next recorded change; Infinity where none is to come. */
  get nextChangeStep() {
    return this.#parts.stepping.nextChangeStep;
  }

  /** Trainable numbers. */
  get parameterCount() {
    return this.#parts.tensors.parameterCount;
  }

  /** Steps taken; a step that diverged does not count. */
  get stepsTaken() {
    return this.#parts.stepping.stepsTaken;
  }

  /** Whether a large batch is in the middle of a step. */
  get midStep() {
    return this.#parts.stepping.midStep;
  }

  /** Bytes of a snapshot. */
  get stateBytes() {
    return this.#layout.stateBytes;
  }

  /** Bytes of memory that the run takes: its state, and what it computes with. */
  get memoryBytes() {
    return this.#layout.bytes;
  }

  // ---- steps -------------------------------------------------------------------------------------------------------

  /** Takes steps, fewer where the run ends. @param {number} [count] @returns {Row[]}  one per step taken */
  step(count = 1) {
    checkWhole('count', count, { orInfinity: true });
    /** @type {Row[]} */
    const rows = [];
    while (rows.length < count) {
      const { rows: more, ended } = this.advanceRows(count - rows.length);
      for (const row of more) rows.push(row);
      if (ended) break;
    }
    return rows;
  }

  /** As advancePacked, with plain rows. @param {number} maxSteps @param {() => boolean} [shouldStop] */
  advanceRows(maxSteps, shouldStop) {
    const { stepping } = this.#usable;
    const { rowCount, diverged, ended } = stepping.advance(maxSteps, shouldStop);
    return { rows: stepping.readRows(rowCount), diverged, ended };
  }

  /**
   * Takes up to maxSteps steps, and of a large batch at least a chunk, until shouldStop says so.
   *
   * @param {number} maxSteps
   * @param {() => boolean} [shouldStop]  asked after every step, and after every chunk of a large batch
   * @param {ArrayBuffer | null} [buffer]  for the rows, instead of a new one
   * @returns {{ rows: ArrayBuffer, rowCount: number, diverged: boolean, ended: boolean }}
   *   rows: rowCount rows of the schema's metrics, a 32-bit word each, the caller's; at most 1,024. ended: no step is left.
   */
  advancePacked(maxSteps, shouldStop, buffer = null) {
    const { stepping } = this.#usable;
    const { rowCount, diverged, ended } = stepping.advance(maxSteps, shouldStop);
    return { rows: stepping.copyRows(rowCount, buffer), rowCount, diverged, ended };
  }

  /**
   * Changes live settings from the next step on, and records it in config.changes. All or none.
   *
   * @param {Omit<GivenSettings, 'changes'>} settings  lr, momentum, weight_decay, clipping, eval_every, sharpness_every
   * @returns {Change[]}  as recorded
   * @throws {TrainerError} where a setting is unknown or not live, or a value out of range
   */
  set(settings) {
    return this.#usable.stepping.set(settings);
  }

  // ---- snapshots ---------------------------------------------------------------------------------------------------

  /** The state of the run: restored, it goes on to the same bits. A step that is half done starts again. @returns {Snapshot} */
  snapshot() {
    return this.#usable.stepping.snapshot();
  }

  /**
   * Goes back, or forward, to a snapshot: parameters, moments, counters, random numbers, and config.changes as it was.
   *
   * @param {Snapshot} snapshot  of a run with the same fixed settings and data
   * @param {{ changes?: Change[] }} [options]  changes: the list to go on with instead, as for a fork. Up to the
   *   snapshot's step it should be the snapshot's.
   * @throws {TrainerError} where the snapshot is another configuration's or damaged, or a change is none; nothing changes
   */
  restore(snapshot, options) {
    const { stepping, measuring } = this.#usable;
    stepping.restore(snapshot, readOptions('restore', options, ['changes']).changes);
    measuring.dropProgress();
  }

  /**
   * A second run that goes on from here with changes of its own; this one is untouched.
   *
   * @param {{ changes?: ForkChange[] }} [options]  step: from stepsTaken, the default
   * @returns {Trainer}  the caller's to dispose of
   * @throws {TrainerError} where a change is not one of set's, or is of the past
   */
  fork(options) {
    const { changes = [] } = readOptions('fork', options, ['changes']);
    const list = this.#usable.stepping.forkChanges(
      readList('changes', changes, 'changes, such as { field: "lr", value: 0.01 }'),
    );
    const snapshot = this.snapshot();
    const trainer = new Trainer(this.#core, { ...this.config, changes: list }, this.dataset, null);
    try {
      trainer.restore(snapshot, { changes: list });
    } catch (error) {
      trainer.dispose();
      throw error;
    }
    return trainer;
  }

  // ---- tensors -----------------------------------------------------------------------------------------------------

  /** Copies of the parameters, in model order. @returns {Tensor[]} */
  get parameters() {
    return this.#usable.tensors.copyParameters();
  }

  /** Copies of the parameters and of batchnorm's running statistics, in model order. @returns {Tensor[]} */
  tensors() {
    return this.#usable.tensors.copyAll();
  }

  /**
   * Writes the parameters. Moments, counters and running statistics stay as they are.
   *
   * @param {{ data: Float32Array | number[], shape?: number[] }[]} tensors  in the order of `parameters`
   * @throws {TrainerError} where their number, a length or a shape is wrong; then nothing is written
   */
  setParameters(tensors) {
    const { tensors: own, stepping } = this.#usable;
    own.writeParameters(tensors);
    stepping.beginStepAgain();
  }

  /**
   * Writes parameters and running statistics by their names. Every parameter must be there; running statistics may be
   * missing.
   *
   * @param {Tensor[]} tensors
   * @throws {TrainerError} naming the tensor that is missing, unknown or of another shape; then nothing is written
   */
  setTensors(tensors) {
    const { tensors: own, stepping } = this.#usable;
    own.writeNamed(tensors);
    stepping.beginStepAgain();
  }

  /** What another program needs to train the same, beside the weights. @param {Split[]} splits  whose samples */
  material(splits) {
    const { stepping } = this.#usable;
    return readMaterial(this.#core, this.#layout.handle, this, splits, () => stepping.dropHalfStep());
  }

  // ---- measurements ------------------------------------------------------------------------------------------------

  /**
   * Loss and gradient of training samples: training mode with this batch's statistics, dropout off, unclipped, no
   * weight decay. Changes nothing of the run.
   *
   * @param {ArrayLike<number>} given  indices of training samples
   * @returns {{ loss: number, gradient: Tensor[] }}  gradient: in the order of `parameters`
   */
  lossAndGradient(given) {
    this.#checkUsable();
    const indices = readIndices(given, this.trainCount);
    if (indices.length === 0) throw argumentError('indices', 'indices is empty.');
    return this.#inOnePass(indices.length, ({ measuring, tensors, stepping }) => {
      const loss = measuring.measureGradient(indices);
      stepping.dropHalfStep();
      return { loss, gradient: tensors.copyGradient() };
    });
  }

  /** The loss over a whole split, in evaluation mode; changes nothing. @param {Split} split @returns {Score | null}  null without validation data */
  evaluate(split) {
    return this.#usable.measuring.evaluate(split);
  }

  /** Begins an evaluation for advanceEvaluation(); see Measuring.beginEvaluation. @param {Split} split @param {number} limit */
  beginEvaluation(split, limit) {
    return this.#usable.measuring.beginEvaluation(split, limit);
  }

  /** The next chunk of samples. @returns {(Score & { count: number }) | null}  null while it is not finished; count: samples */
  advanceEvaluation() {
    return this.#usable.measuring.advanceEvaluation();
  }

  /** Lets an evaluation count for the run's best. @param {number} loss @param {number | null} accuracy */
  recordBest(loss, accuracy) {
    this.#usable.measuring.recordBest(loss, accuracy);
  }

  /**
   * What the network says of samples: softmax probabilities, or plain outputs for squared error, [indices][outputs].
   * @param {Split} split @param {ArrayLike<number>} indices
   */
  predict(split, indices) {
    return this.#usable.measuring.predict(split, indices);
  }

  /**
   * The same of inputs of any origin, given in the data's own units (they are standardized as the data is) and in the
   * network's resolution.
   * @param {Float32Array} inputs  [count][elements of inputShape]
   */
  predictInputs(inputs) {
    return this.#usable.measuring.predictInputs(inputs);
  }

  /** Samples as they are stored. @param {Split} split @param {ArrayLike<number>} indices */
  readSamples(split, indices) {
    this.#checkUsable();
    return this.dataset.readSamples(split, indices);
  }

  /** The stored pixels, or features, of one sample. @param {Split} split @param {number} i */
  samplePixels(split, i) {
    return this.readSamples(split, [i]).inputs;
  }

  /** Where attention looks for a sample, layer by layer; changes nothing. @param {Split} split @param {number} index */
  attention(split, index) {
    this.#checkUsable();
    return readAttention(this.#core, this.#layout.handle, this, split, index);
  }

  /** How the network goes on with a prompt; changes nothing. @param {string} prompt @param {import('./sequences/generation.js').GenerationOptions} [options] */
  generate(prompt, options) {
    this.#checkUsable();
    return generate(this.#core, this.#layout.handle, this, prompt, options);
  }

  /**
   * The largest eigenvalue of the loss Hessian over the first training samples. Changes nothing of the run.
   *
   * @param {SharpnessOptions} [options]
   * @returns {number}
   */
  sharpness(options) {
    this.#checkUsable();
    const how = readSharpnessOptions(options);
    const measure = (/** @type {Parts} */ { measuring, stepping }) => {
      const sharpness = measuring.sharpness(how);
      stepping.dropHalfStep();
      return sharpness;
    };
    if (how.preconditioned) return measure(this.#usable);
    return this.#inOnePass(Math.min(how.samples, this.trainCount), measure);
  }

  /** Starts to measure sharpness for advanceSharpness(); no step may be taken meanwhile. @param {SharpnessOptions} [options] */
  beginSharpness(options) {
    const { measuring, stepping } = this.#usable;
    measuring.beginSharpness(readSharpnessOptions(options));
    stepping.dropHalfStep();
  }

  /** The next chunk of samples. @returns {number | null} the sharpness where it is found */
  advanceSharpness() {
    return this.#usable.measuring.advanceSharpness();
  }

  /**
   * What (preconditioned) sharpness times the learning rate may not exceed at the next step, by the update rule's
   * theory: 2 for SGD, 2 + 2γ for Momentum, (2 + 2β₁) / (1 - β₁) for Adam; NaN where the theory does not know it.
   */
  get stabilityLimit() {
    return this.#usable.measuring.stabilityLimit(this.stepsTaken);
  }

  /** How large activations, gradient and weights are in each unit; see Measuring.sizeUnits. @param {number} [samples] */
  unitSizes(samples = UNIT_SAMPLES) {
    return this.#usable.measuring.sizeUnits(samples);
  }

  /** SHA-256, hexadecimal, of all parameters as little-endian float32 in PyTorch's layout, in model order. */
  digest() {
    return this.#usable.measuring.digest();
  }

  /** Where the run stands: the schema's record `summary`. */
  summary() {
    return this.#usable.measuring.summary();
  }

  /** Of the summary, the smoothed loss of the batches; NaN before the first step. */
  get smoothedLoss() {
    return this.#usable.measuring.smoothedLoss();
  }

  /** The episodes of instability so far: the schema's record `episode` each. */
  episodes() {
    return this.#usable.measuring.episodes();
  }

  /** Counts of the unclipped norms, but of tiny ones; bin i covers Engine.normEdges[i] to [i + 1]. @returns {Uint32Array} */
  normBins() {
    return this.#usable.measuring.normBins();
  }

  /** The same as bars of neighbouring bins, from the smallest norm to the largest: at most 48, few enough to draw. */
  normHistogram() {
    return mergeBins(this.normBins(), readNormEdges(this.#core));
  }

  /**
   * A slice through the loss surface around the present parameters: a plane in which to ask for the loss anywhere.
   *
   * @param {import('./slice/loss_slice.js').GivenSlice} [options]  the schema's table `slice`; path: points of
   *   the run's past, of which the plane `path` is made, and which any plane shows
   * @returns {LossSlice}  the caller's to dispose of; it stays where the trainer stood
   * @throws {TrainerError} where an option is wrong, or the path spans no plane
   */
  slice(options) {
    const { tensors } = this.#usable;
    const run = { handle: this.#layout.handle, tensors, check: () => this.#checkUsable() };
    return new LossSlice(this.#core, run, options);
  }

  /** Measures in passes that are wide enough; see needsWidePass. @template R @param {number} samples @param {(parts: Parts) => R} measure @returns {R} */
  #inOnePass(samples, measure) {
    const parts = this.#usable;
    if (!needsWidePass(parts, samples, this.trainCount)) return measure(parts);
    const wide = new Trainer(this.#core, { ...this.config, changes: [], batch: samples }, this.dataset, null);
    try {
      wide.setParameters(this.parameters);
      return measure(wide.#parts);
    } finally {
      wide.dispose();
    }
  }

  // ---- its end -----------------------------------------------------------------------------------------------------

  /** Frees the run's memory. A second call does nothing; any other use throws. */
  dispose() {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#layout.free();
  }

  #checkUsable() {
    if (this.#disposed) throw new TrainerError('disposed', null, 'The trainer has been disposed of.');
  }

  /** The parts of a trainer that has not been disposed of. */
  get #usable() {
    this.#checkUsable();
    return this.#parts;
  }
}
