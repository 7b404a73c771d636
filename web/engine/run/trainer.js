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
 */

import { judgeLiveValue } from '../config/config.js';
import { FIELD_BY_NAME, fieldIndex, SCHEMA } from '../config/schema.js';
import { TrainerError } from '../core/errors.js';
import { callChecked } from '../core/problem.js';
import {
  METRICS_BYTES,
  readMetrics,
  readRecord,
  recordBytes,
  settingsBytes,
  settingWord,
  writeSettings,
} from '../core/record.js';
import { checkIndices, checkSplit, splitIndex } from '../data/dataset.js';
import { LiveChanges } from './live_changes.js';
import { mergeBins, readNormEdges } from './norm_bars.js';

/**
 * @typedef {import('../core/wasm.js').Core} Core
 * @typedef {import('../data/dataset.js').Dataset} Dataset
 * @typedef {import('../data/dataset.js').Split} Split
 * @typedef {import('../config/config.js').Config} Config
 * @typedef {import('../config/config.js').Change} Change
 *
 * @typedef {{ name: string, shape: number[], data: Float32Array }} Tensor  in PyTorch's layout
 * @typedef {{ loss: number, accuracy: number | null }} Score  accuracy: null for regression
 *
 * @typedef {object} SharpnessOptions
 * @property {number} [samples]  the first so many training samples, 512 by default; at most those of the run
 * @property {number} [iterations]  of Lanczos at most, 20 by default, and never more than 100; it ends earlier where the
 *   value has settled
 * @property {boolean} [preconditioned]  of P^-1/2 H P^-1/2 for rules that divide by P (RMSProp, the Adams)
 *
 * @typedef {object} Row  one step's measurements
 * @property {number} step  steps taken before this one, so the first is 0
 * @property {number} lr  the rate this step used
 * @property {number} loss  mean loss of the batch, before the update
 * @property {number} smoothed_loss
 * @property {number} accuracy  of the batch, before the update; NaN for regression
 * @property {number} smoothed_accuracy
 * @property {number} grad_norm  before clipping
 * @property {number} clip_threshold  0 where nothing could be clipped
 * @property {number} clip_scale  1 is untouched
 * @property {number} events  bits, as the schema's metrics say
 * @property {boolean} diverged  loss or norm is not finite: the step was not applied and the run has ended
 *
 * @typedef {object} Snapshot  a plain object: it survives structured cloning
 * @property {number} step  steps taken
 * @property {Change[]} changes
 * @property {string} belongsTo  the fixed settings and the data's shape, which a trainer must share to take it
 * @property {Uint8Array} state
 */

/** Samples that sharpness is measured over, where nobody says. */
const SHARPNESS_SAMPLES = 512;

/** Rows that one call of advancePacked can return at most. */
const PACKED_ROWS = 1024;

/** The one pattern that every NaN has in what leaves the engine. */
const NAN_BITS = 0x7fc00000;

export class Trainer {
  #core;
  #dataset;
  #block;
  #handle;
  #rows;
  #config;
  #changes;
  /** What the last step was taken with. @type {Config} */
  #stepSettings;
  #tensors;
  #size;
  #stepsTaken = 0;
  #midStep = false;
  #evaluating = false;
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
    this.#core = core;
    this.#dataset = dataset;
    this.#config = config;
    this.#changes = new LiveChanges(config, callersChanges);
    this.#stepSettings = config;
    const size = measureRun(core, config, dataset);
    const bytes = size.state + size.scratch;
    /** @type {number[]} */
    const taken = [];
    try {
      this.#block = core.allocate(bytes, 'This run');
      taken.push(this.#block);
      this.#rows = core.allocate(PACKED_ROWS * METRICS_BYTES);
      taken.push(this.#rows);
      this.#handle = initRun(core, config, dataset, { block: this.#block, bytes });
    } catch (error) {
      for (const block of taken) core.free(block);
      if (error instanceof TrainerError && error.code === 'memory') error.field ??= 'model';
      throw error;
    }
    dataset.retain();
    this.#size = size;
    this.#tensors = readTensors(core, this.#handle);
    this.#makeDueChanges();
  }

  // ---- what it is --------------------------------------------------------------------------------------------------

  /**
   * The settings of the run from its first step on, and its changes: together they replay it. `settings` has the
   * values in force now.
   */
  get config() {
    return this.#config;
  }

  /** The config as reports name it: a model that was left out is the text that its absence means. @returns {Config} */
  get reportedConfig() {
    const { images, points } = SCHEMA.models;
    return { ...this.#config, model: this.#config.model ?? (this.#dataset.isImage ? images : points) };
  }

  /** The settings in force for the next step, live changes included. @returns {Config} */
  get settings() {
    return this.#changes.settingsAfter(this.#stepsTaken);
  }

  /** The settings that the last step was taken with; before the first, those that the run began with. @returns {Config} */
  get lastStepSettings() {
    return this.#stepSettings;
  }

  /** The steps taken at the next recorded change; Infinity where none is to come. */
  get nextChangeStep() {
    return this.#changes.nextStep(this.#stepsTaken);
  }

  get dataset() {
    return this.#dataset;
  }

  /** Shape of one input as the network sees it, pooling included: [features] or [channels, height, width]. */
  get inputShape() {
    const [channels, ...size] = this.#dataset.shape;
    return [channels, ...size.map((length) => Math.floor(length / this.#config.downsample))];
  }

  /** Training samples that this run sees. */
  get trainCount() {
    return limitCount(this.#dataset.trainCount, this.#config.samples);
  }

  /** Validation samples that this run sees. */
  get valCount() {
    return limitCount(this.#dataset.valCount, this.#config.val_samples);
  }

  /** Samples per step. */
  get batchRows() {
    const { batch } = this.#config;
    return batch === 0 ? this.trainCount : Math.min(batch, this.trainCount);
  }

  /** Trainable numbers. */
  get parameterCount() {
    return this.#tensors.reduce((sum, tensor) => sum + (tensor.is_running ? 0 : tensor.count), 0);
  }

  /** Steps of the whole run: warmup_steps + steps. */
  get totalSteps() {
    return this.#config.warmup_steps + this.#config.steps;
  }

  /** Steps taken; a step that diverged does not count. */
  get stepsTaken() {
    return this.#stepsTaken;
  }

  /** Whether a large batch is in the middle of a step. */
  get midStep() {
    return this.#midStep;
  }

  /** Bytes of a snapshot. */
  get stateBytes() {
    return this.#size.state;
  }

  /** Bytes of memory that the run takes: its state, and what it computes with. */
  get memoryBytes() {
    return this.#size.state + this.#size.scratch;
  }

  /** What the user should know about these settings, in sentences. */
  get notices() {
    const { batch } = this.#config;
    if (batch <= this.trainCount) return [];
    return [
      `The batch of ${batch} is larger than the ${this.trainCount} training samples: each step takes all of them.`,
    ];
  }

  // ---- steps -------------------------------------------------------------------------------------------------------

  /**
   * Takes steps, fewer where the run ends.
   *
   * @param {number} [count]
   * @returns {Row[]}  one per step; empty after the run's end
   */
  step(count = 1) {
    if (!(count >= 0) || !(Number.isInteger(count) || count === Infinity)) {
      throw new TrainerError('argument', 'count', `count must be a whole number from 0, not ${count}.`);
    }
    /** @type {Row[]} */
    const rows = [];
    while (rows.length < count) {
      const { rows: more, ended } = this.advanceRows(count - rows.length);
      for (const row of more) rows.push(row);
      if (ended) break;
    }
    return rows;
  }

  /**
   * As advancePacked, with plain rows.
   *
   * @param {number} maxSteps
   * @param {() => boolean} [shouldStop]
   * @returns {{ rows: Row[], diverged: boolean, ended: boolean }}
   */
  advanceRows(maxSteps, shouldStop) {
    const { rowCount, diverged, ended } = this.#advance(maxSteps, shouldStop);
    const view = this.#core.data;
    /** @type {Row[]} */
    const rows = [];
    for (let i = 0; i < rowCount; i++) {
      const row = readMetrics(view, this.#rows + i * METRICS_BYTES);
      rows.push(/** @type {Row} */ ({ ...row, diverged: (row.events & SCHEMA.events.diverged) !== 0 }));
    }
    return { rows, diverged, ended };
  }

  /**
   * Takes up to maxSteps steps, and of a large batch at least a chunk, until shouldStop says so.
   *
   * @param {number} maxSteps
   * @param {() => boolean} [shouldStop]  asked after every step, and after every chunk of a large batch
   * @returns {{ rows: ArrayBuffer, rowCount: number, diverged: boolean, ended: boolean }}
   *   rows: rowCount rows of the schema's metrics, a 32-bit word each, the caller's; at most 1,024. ended: no step is left.
   */
  advancePacked(maxSteps, shouldStop) {
    const { rowCount, diverged, ended } = this.#advance(maxSteps, shouldStop);
    const rows = this.#core.bytes(this.#rows, rowCount * METRICS_BYTES).slice().buffer;
    return { rows, rowCount, diverged, ended };
  }

  /** @param {number} maxSteps @param {(() => boolean) | undefined} shouldStop */
  #advance(maxSteps, shouldStop) {
    this.#checkUsable();
    const { step, diverged: fatal, complete } = SCHEMA.events;
    const advance = this.#core.call.tscope_trainer_advance;
    const most = Math.min(maxSteps, PACKED_ROWS);
    let rowCount = 0;
    let diverged = false;
    let ended = false;
    while (rowCount < most && !ended) {
      if (!this.#midStep) this.#makeDueChanges();
      const events = advance(this.#handle, this.#rows + rowCount * METRICS_BYTES);
      this.#midStep = (events & (step | complete)) === 0;
      ended = (events & complete) !== 0;
      if (events & step) {
        rowCount++;
        diverged = (events & fatal) !== 0;
        if (!diverged) {
          this.#stepSettings = this.#changes.settings;
          this.#stepsTaken++;
        }
      }
      if (shouldStop?.()) break;
    }
    return { rowCount, diverged, ended };
  }

  // ---- live changes ------------------------------------------------------------------------------------------------

  /**
   * Changes live settings from the next step on, and records it in config.changes. All or none.
   *
   * @param {Record<string, any>} settings  lr, momentum, weight_decay, clipping, eval_every, sharpness_every
   * @returns {Change[]}  as recorded
   * @throws {TrainerError} where a setting is unknown or not live, or a value out of range
   */
  set(settings) {
    this.#checkUsable();
    if (typeof settings !== 'object' || settings === null) {
      throw new TrainerError('argument', 'settings', 'set takes an object of live settings, such as { lr: 0.01 }.');
    }
    const step = this.#stepsTaken;
    const changes = Object.entries(settings).map(([field, value]) => {
      const judged = judgeLiveValue(field, value);
      if ('complaint' in judged) throw new TrainerError('setting', field, judged.complaint);
      return { step, field, value: judged.value };
    });
    this.#changes.add(step, changes);
    this.#makeDueChanges();
    return changes;
  }

  /** Makes the changes that are due before the next step. */
  #makeDueChanges() {
    for (;;) {
      const change = this.#changes.takeDue(this.#stepsTaken);
      if (!change) return;
      this.#write(change.field, change.value);
    }
  }

  /** @param {string} name @param {any} value */
  #write(name, value) {
    const field = /** @type {import('../config/schema_text.js').Field} */ (FIELD_BY_NAME.get(name));
    callChecked(this.#core, (problem) =>
      this.#core.call.tscope_trainer_set(this.#handle, fieldIndex(name), settingWord(field, value), problem),
    );
  }

  // ---- snapshots ---------------------------------------------------------------------------------------------------

  /** The state of the run: restored, it goes on to the same bits. A step that is half done starts again. @returns {Snapshot} */
  snapshot() {
    this.#checkUsable();
    const core = this.#core;
    const from = core.call.tscope_trainer_state(this.#handle);
    const state = core.bytes(from, this.#size.state).slice();
    // From the parameters on the state is floats to its end.
    const floats = core.call.tscope_trainer_parameters(this.#handle) - from;
    canonicalizeNaN(new Uint32Array(state.buffer, floats));
    return {
      step: this.#stepsTaken,
      changes: this.#config.changes.map((/** @type {Change} */ change) => ({ ...change })),
      belongsTo: this.#describeFixed(),
      state,
    };
  }

  /**
   * Goes back, or forward, to a snapshot: parameters, moments, counters, random numbers, and config.changes as it was.
   *
   * @param {Snapshot} snapshot  of a run with the same fixed settings and data
   * @param {{ changes?: Change[] }} [options]  changes: the list to go on with instead, as for a fork; judged already,
   *   sorted by step. Up to the snapshot's step it should be the snapshot's.
   * @throws {TrainerError} where the snapshot is another configuration's
   */
  restore(snapshot, { changes = snapshot?.changes } = {}) {
    this.#checkUsable();
    const isSnapshot = snapshot?.state instanceof Uint8Array && Array.isArray(changes);
    if (!isSnapshot || snapshot.belongsTo !== this.#describeFixed() || snapshot.state.length !== this.#size.state) {
      throw new TrainerError(
        'argument',
        'snapshot',
        'The snapshot belongs to a run with other settings, model or data.',
      );
    }
    const core = this.#core;
    core.bytes(core.call.tscope_trainer_state(this.#handle), this.#size.state).set(snapshot.state);
    this.#beginStepAgain();
    this.#stepsTaken = snapshot.step;
    this.#evaluating = false;
    // The values of the live settings follow from the list alone, so that both always agree.
    const settings = this.#changes.replace(this.#config, changes, snapshot.step);
    for (const { name, live } of SCHEMA.fields) if (live) this.#write(name, settings[name]);
    this.#stepSettings = settings;
    this.#makeDueChanges();
  }

  /**
   * A second run that goes on from here with changes of its own; this one is untouched.
   *
   * @param {{ changes?: { step?: number, field: string, value: any }[] }} [options]  step: from stepsTaken, the default
   * @returns {Trainer}  the caller's to dispose of
   */
  fork({ changes = [] } = {}) {
    const step = this.#stepsTaken;
    const added = changes.map((change) => {
      const judged = judgeLiveValue(change.field, change.value);
      if ('complaint' in judged) throw new TrainerError('setting', change.field, judged.complaint);
      if ((change.step ?? step) < step) {
        throw new TrainerError('setting', 'changes', `A fork at step ${step} cannot change what came before it.`);
      }
      return { step: change.step ?? step, field: change.field, value: judged.value };
    });
    const list = [...this.#config.changes, ...added].sort((a, b) => a.step - b.step);
    const trainer = new Trainer(this.#core, { ...this.#config, changes: list }, this.#dataset, null);
    trainer.restore(this.snapshot(), { changes: list });
    return trainer;
  }

  #describeFixed() {
    const settings = SCHEMA.fields.filter(({ live }) => !live).map(({ name }) => this.#config[name]);
    const { name, shape, classes, outputs, trainCount, valCount } = this.#dataset;
    return JSON.stringify([settings, name, shape, classes, outputs, trainCount, valCount]);
  }

  // ---- tensors -----------------------------------------------------------------------------------------------------

  /** Copies of the parameters, in model order. @returns {Tensor[]} */
  get parameters() {
    return this.tensors().filter((_, i) => !this.#tensors[i].is_running);
  }

  /** Copies of the parameters and of batchnorm's running statistics, in model order. @returns {Tensor[]} */
  tensors() {
    this.#checkUsable();
    return this.#tensors.map((tensor) => this.#copyTensor(tensor, this.#baseOf(tensor)));
  }

  /**
   * Writes the parameters. Moments, counters and running statistics stay as they are.
   *
   * @param {{ data: Float32Array | number[], shape?: number[] }[]} tensors  in the order of `parameters`
   * @throws {TrainerError} where their number, a length or a shape is wrong; then nothing is written
   */
  setParameters(tensors) {
    this.#checkUsable();
    const own = this.#tensors.filter((tensor) => !tensor.is_running);
    if (!Array.isArray(tensors) || tensors.length !== own.length) {
      const count = Array.isArray(tensors) ? tensors.length : String(tensors);
      throw new TrainerError(
        'argument',
        'parameters',
        `The model has ${own.length} tensors of parameters, not ${count}.`,
      );
    }
    for (let i = 0; i < own.length; i++) checkTensor(tensors[i], own[i]);
    for (let i = 0; i < own.length; i++) this.#writeTensor(tensors[i], own[i]);
    this.#beginStepAgain();
  }

  /**
   * Writes parameters and running statistics by their names. Every parameter must be there; running statistics may be
   * missing.
   *
   * @param {Tensor[]} tensors
   * @throws {TrainerError} naming the tensor that is missing, unknown or of another shape; then nothing is written
   */
  setTensors(tensors) {
    this.#checkUsable();
    const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
    for (const own of this.#tensors) {
      const given = byName.get(own.name);
      if (given) checkTensor(given, own);
      else if (!own.is_running) throw new TrainerError('data', 'weights', `The weights lack the tensor ${own.name}.`);
    }
    const known = new Set(this.#tensors.map(({ name }) => name));
    const unknown = tensors.find(({ name }) => !known.has(name));
    if (unknown) throw new TrainerError('data', 'weights', `The model has no tensor ${unknown.name}.`);
    for (const own of this.#tensors) {
      const given = byName.get(own.name);
      if (given) this.#writeTensor(given, own);
    }
    this.#beginStepAgain();
  }

  /** What was computed with other parameters is no part of the next step. */
  #beginStepAgain() {
    this.#core.call.tscope_trainer_restored(this.#handle);
    this.#midStep = false;
  }

  /** @param {TensorPlace} tensor @returns {number}  the address of its first block's base */
  #baseOf(tensor) {
    const { tscope_trainer_running, tscope_trainer_parameters } = this.#core.call;
    return tensor.is_running ? tscope_trainer_running(this.#handle) : tscope_trainer_parameters(this.#handle);
  }

  /** @param {TensorPlace} tensor @param {number} base @returns {Tensor} */
  #copyTensor({ name, shape, offset, count }, base) {
    const data = this.#core.view(Float32Array, base + 4 * offset, count).slice();
    canonicalizeNaN(new Uint32Array(data.buffer));
    return { name, shape: [...shape], data };
  }

  /** @param {{ data: ArrayLike<number> }} tensor  judged @param {TensorPlace} place */
  #writeTensor({ data }, place) {
    this.#core.view(Float32Array, this.#baseOf(place) + 4 * place.offset, place.count).set(data);
  }

  // ---- measurements ------------------------------------------------------------------------------------------------

  /**
   * Loss and gradient of training samples: training mode with this batch's statistics, dropout off, unclipped, no
   * weight decay. Changes nothing of the run.
   *
   * @param {ArrayLike<number>} indices  of training samples
   * @returns {{ loss: number, gradient: Tensor[] }}  gradient: in the order of `parameters`
   */
  lossAndGradient(indices) {
    this.#checkUsable();
    checkIndices(indices, this.trainCount);
    const count = indices.length;
    if (count === 0) throw new TrainerError('argument', 'indices', 'indices is empty.');
    const core = this.#core;
    const wide = this.#widened(count);
    if (wide) {
      try {
        return wide.lossAndGradient(indices);
      } finally {
        wide.dispose();
      }
    }
    const loss = core.withMemory(4 * count, (pointer) => {
      core.view(Int32Array, pointer, count).set(indices);
      return core.call.tscope_trainer_measure_gradient(this.#handle, pointer, count);
    });
    this.#midStep = false;
    const base = core.call.tscope_trainer_gradient(this.#handle);
    const gradient = this.#tensors
      .filter(({ is_running }) => !is_running)
      .map((tensor) => this.#copyTensor(tensor, base));
    return { loss, gradient };
  }

  /**
   * The loss over a whole split, in evaluation mode. Changes nothing of the run.
   *
   * @param {Split} split
   * @returns {Score | null}  null without validation data
   */
  evaluate(split) {
    if (!this.beginEvaluation(split, 0)) return null;
    for (;;) {
      const score = this.advanceEvaluation();
      if (score) return { loss: score.loss, accuracy: score.accuracy };
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
    this.#checkUsable();
    if (checkSplit(split) === 'val' && this.valCount === 0) return false;
    this.#core.call.tscope_trainer_evaluate_begin(this.#handle, splitIndex(this.#core, split), limit);
    this.#evaluating = true;
    return true;
  }

  /** @returns {(Score & { count: number }) | null}  null while it is not finished; count: samples */
  advanceEvaluation() {
    this.#checkUsable();
    if (!this.#evaluating) throw new TrainerError('argument', null, 'There is no evaluation in progress.');
    const core = this.#core;
    const members = SCHEMA.records.evaluation;
    const score = core.withMemory(recordBytes(members), (pointer) =>
      core.call.tscope_trainer_evaluate_advance(this.#handle, pointer) ? readRecord(core, pointer, members) : null,
    );
    if (!score) return null;
    this.#evaluating = false;
    const { loss, accuracy, count } = score;
    return { loss, accuracy: this.#dataset.classes > 0 ? accuracy : null, count };
  }

  /**
   * Lets an evaluation count for the run's best.
   *
   * @param {number} loss
   * @param {number | null} accuracy
   */
  recordBest(loss, accuracy) {
    this.#checkUsable();
    this.#core.call.tscope_trainer_record_best(this.#handle, loss, accuracy ?? NaN);
  }

  /**
   * What the network says of samples.
   *
   * @param {Split} split
   * @param {ArrayLike<number>} indices
   * @returns {Float32Array}  [indices][outputs]: softmax probabilities, or plain outputs for squared error
   */
  predict(split, indices) {
    this.#checkUsable();
    checkIndices(indices, checkSplit(split) === 'val' ? this.valCount : this.trainCount);
    const core = this.#core;
    const count = indices.length;
    const outputs = count * this.#dataset.outputs;
    return core.withMemory(4 * (count + outputs), (pointer) => {
      const results = pointer + 4 * count;
      core.view(Int32Array, pointer, count).set(indices);
      core.call.tscope_trainer_predict(this.#handle, splitIndex(core, split), pointer, count, results);
      return core.view(Float32Array, results, outputs).slice();
    });
  }

  /**
   * What the network says of inputs of any origin, given in the data's own units (they are standardized as the data is)
   * and in the network's resolution.
   *
   * @param {Float32Array} inputs  [count][elements of inputShape]
   * @returns {Float32Array}  [count][outputs], as predict
   */
  predictInputs(inputs) {
    this.#checkUsable();
    const elements = this.inputShape.reduce((product, size) => product * size, 1);
    if (!(inputs instanceof Float32Array) || inputs.length % elements !== 0) {
      throw new TrainerError('argument', 'inputs', `inputs must be a Float32Array of ${elements} numbers per sample.`);
    }
    const core = this.#core;
    const count = inputs.length / elements;
    const outputs = count * this.#dataset.outputs;
    return core.withMemory(4 * (inputs.length + outputs), (pointer) => {
      const results = pointer + 4 * inputs.length;
      core.view(Float32Array, pointer, inputs.length).set(inputs);
      core.call.tscope_trainer_predict_inputs(this.#handle, pointer, count, results);
      return core.view(Float32Array, results, outputs).slice();
    });
  }

  /**
   * Samples as they are stored.
   *
   * @param {Split} split
   * @param {ArrayLike<number>} indices
   */
  readSamples(split, indices) {
    this.#checkUsable();
    return this.#dataset.readSamples(checkSplit(split), indices);
  }

  /** The stored pixels, or features, of one sample. @param {Split} split @param {number} i */
  samplePixels(split, i) {
    return this.readSamples(split, [i]).inputs;
  }

  /**
   * The largest eigenvalue of the loss Hessian over the first training samples. Changes nothing of the run.
   *
   * @param {SharpnessOptions} [options]
   * @returns {number}
   */
  sharpness(options = {}) {
    const wide = options.preconditioned
      ? null
      : this.#widened(Math.min(options.samples ?? SHARPNESS_SAMPLES, this.trainCount));
    if (wide) {
      try {
        return wide.sharpness(options);
      } finally {
        wide.dispose();
      }
    }
    this.beginSharpness(options);
    for (;;) {
      const sharpness = this.advanceSharpness();
      if (sharpness !== null) return sharpness;
    }
  }

  /**
   * Batch statistics belong to one pass. Where a model has them, and one of this run's passes is too narrow for so many
   * samples, a trainer with the same parameters whose passes are wide enough; the caller's to dispose of.
   *
   * @param {number} samples
   * @returns {Trainer | null}  null where this one will do
   * @throws {TrainerError} where it is more than the data has, or memory
   */
  #widened(samples) {
    const rowsMax = this.#core.call.tscope_trainer_rows_max(this.#handle);
    if (!(samples > rowsMax) || !this.#tensors.some(({ is_running }) => is_running)) return null;
    if (samples > this.trainCount) {
      const message = `A model with batchnorm measures at most its ${this.trainCount} training samples at once, not ${samples}.`;
      throw new TrainerError('argument', 'indices', message);
    }
    const wide = new Trainer(this.#core, { ...this.#config, changes: [], batch: samples }, this.#dataset, null);
    wide.setParameters(this.parameters);
    return wide;
  }

  /**
   * Starts to measure sharpness; advanceSharpness() goes on with it. No step may be taken in between.
   *
   * @param {SharpnessOptions} [options]
   */
  beginSharpness({ samples = SHARPNESS_SAMPLES, iterations = 20, preconditioned = false } = {}) {
    this.#checkUsable();
    checkCount('samples', samples);
    checkCount('iterations', iterations);
    const rows = Math.min(samples, this.trainCount);
    this.#midStep = false;
    this.#core.call.tscope_trainer_sharpness_begin(this.#handle, rows, iterations, preconditioned ? 1 : 0);
  }

  /** The next chunk of samples. @returns {number | null} the sharpness where it is found */
  advanceSharpness() {
    this.#checkUsable();
    const core = this.#core;
    return core.withMemory(8, (pointer) => {
      const isDone = core.call.tscope_trainer_sharpness_advance(this.#handle, pointer);
      return isDone ? core.view(Float64Array, pointer, 1)[0] : null;
    });
  }

  /**
   * What (preconditioned) sharpness times the learning rate may not exceed, by the update rule's theory: 2 for SGD,
   * 2 + 2γ for Momentum, (2 + 2β₁) / (1 - β₁) for Adam.
   */
  get stabilityLimit() {
    this.#checkUsable();
    return this.#core.call.tscope_rule_stability_limit(this.#core.call.tscope_trainer_config(this.#handle));
  }

  /** SHA-256, hexadecimal, of all parameters as little-endian float32 in PyTorch's layout, in model order. */
  digest() {
    this.#checkUsable();
    return this.#core.withMemory(65, (pointer) => {
      this.#core.call.tscope_trainer_digest(this.#handle, pointer);
      return this.#core.readText(pointer, 65);
    });
  }

  /** Where the run stands: the members of the schema's record `summary`, as numbers. @returns {Record<string, number>} */
  summary() {
    this.#checkUsable();
    const members = SCHEMA.records.summary;
    return this.#core.withMemory(recordBytes(members), (pointer) => {
      this.#core.call.tscope_trainer_summarize(this.#handle, pointer);
      return readRecord(this.#core, pointer, members);
    });
  }

  /** The episodes of instability so far: the schema's record `episode` each. @returns {Record<string, number>[]} */
  episodes() {
    const { episode_count: count } = this.summary();
    const members = SCHEMA.records.episode;
    const from = this.#core.call.tscope_trainer_episodes(this.#handle);
    return Array.from({ length: count }, (_, i) => readRecord(this.#core, from + i * recordBytes(members), members));
  }

  /** Counts of the unclipped norms; bin i covers Engine.normEdges[i] to [i + 1]. @returns {Uint32Array} */
  normBins() {
    this.#checkUsable();
    const from = this.#core.call.tscope_trainer_norm_bins(this.#handle);
    return this.#core.view(Uint32Array, from, this.#core.constants.NORM_BINS).slice();
  }

  /**
   * The same as bars of neighbouring bins, from the smallest norm to the largest: at most 48, few enough to draw.
   *
   * @returns {import('./norm_bars.js').NormHistogram}
   */
  normHistogram() {
    return mergeBins(this.normBins(), readNormEdges(this.#core));
  }

  /** Frees the run's memory. A second call does nothing; any other use throws. */
  dispose() {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#core.free(this.#block);
    this.#core.free(this.#rows);
    this.#dataset.release();
  }

  #checkUsable() {
    if (this.#disposed) throw new TrainerError('disposed', null, 'The trainer has been disposed of.');
  }
}

// ---- memory ----------------------------------------------------------------------------------------------------------

/**
 * @typedef {{ name: string, shape: number[], offset: number, count: number, is_running: number }} TensorPlace
 *   offset, count: in floats
 */

/**
 * The bytes that a run needs, known before there is one.
 *
 * @param {Core} core
 * @param {Config} config  complete
 * @param {Dataset} dataset
 * @returns {Record<string, number>}  state and scratch
 * @throws {TrainerError} where config, model and data do not fit together
 */
export function measureRun(core, config, dataset) {
  const members = SCHEMA.records.run_size;
  return withConfig(core, config, (settings) =>
    core.withMemory(recordBytes(members), (size) => {
      callChecked(
        core,
        (problem) => core.call.tscope_trainer_size(settings, dataset.pointer, size, problem),
        config.model,
      );
      return readRecord(core, size, members);
    }),
  );
}

/**
 * @param {Core} core
 * @param {Config} config
 * @param {Dataset} dataset
 * @param {{ block: number, bytes: number }} memory
 * @returns {number}  the address of the tscope_trainer
 */
function initRun(core, config, dataset, { block, bytes }) {
  return withConfig(core, config, (settings) =>
    core.withMemory(4, (handle) => {
      callChecked(
        core,
        (problem) => core.call.tscope_trainer_init(settings, dataset.pointer, block, bytes, handle, problem),
        config.model,
      );
      const trainer = core.data.getUint32(handle, true);
      core.call.tscope_trainer_use_team(trainer, core.team);
      return trainer;
    }),
  );
}

/**
 * Runs work with the address of a config record.
 *
 * @template R
 * @param {Core} core
 * @param {Config} config
 * @param {(settings: number) => R} work
 * @returns {R}
 */
export function withConfig(core, config, work) {
  return core.withMemory(settingsBytes(SCHEMA.fields), (settings) => {
    writeSettings(core, settings, SCHEMA.fields, config);
    return work(settings);
  });
}

/** @param {Core} core @param {number} handle @returns {TensorPlace[]} */
function readTensors(core, handle) {
  const members = SCHEMA.records.tensor;
  const count = core.call.tscope_trainer_tensor_count(handle);
  return core.withMemory(recordBytes(members), (pointer) =>
    Array.from({ length: count }, (_, i) => {
      core.call.tscope_trainer_tensor(handle, i, pointer);
      const { name, rank, shape0, shape1, shape2, shape3, offset, count, is_running } = readRecord(
        core,
        pointer,
        members,
      );
      return { name, shape: [shape0, shape1, shape2, shape3].slice(0, rank), offset, count, is_running };
    }),
  );
}

// ---- judging ---------------------------------------------------------------------------------------------------------

/**
 * @param {{ data: unknown, shape?: number[] }} tensor
 * @param {TensorPlace} own
 */
function checkTensor(tensor, { name, shape, count }) {
  const { data, shape: given } = tensor ?? {};
  const isVector =
    data instanceof Float32Array || (Array.isArray(data) && data.every((value) => typeof value === 'number'));
  if (!isVector) throw new TrainerError('argument', name, `${name} must have data, a Float32Array.`);
  if (data.length !== count) {
    throw new TrainerError(
      'argument',
      name,
      `${name} has ${count} numbers (${shape.join(' × ')}), not ${data.length}.`,
    );
  }
  if (given && (given.length !== shape.length || given.some((size, i) => size !== shape[i]))) {
    throw new TrainerError('argument', name, `${name} has the shape ${shape.join(' × ')}, not ${given.join(' × ')}.`);
  }
}

/** @param {string} name @param {number} value */
function checkCount(name, value) {
  if (Number.isInteger(value) && value > 0) return;
  throw new TrainerError('argument', name, `${name} must be a whole number from 1, not ${value}.`);
}

/** @param {number} count @param {number} limit  0: all */
function limitCount(count, limit) {
  return limit > 0 ? Math.min(count, limit) : count;
}

/** @param {Uint32Array} words  float32 bits, changed in place */
function canonicalizeNaN(words) {
  for (let i = 0; i < words.length; i++) if ((words[i] & 0x7fffffff) > 0x7f800000) words[i] = NAN_BITS;
}
