/**
 * Data sets in wasm memory: read-only, shared by any number of trainers, freed when the last user has let go.
 */

import { SCHEMA } from '../config/schema.js';
import { argumentError, readGiven } from '../core/arguments.js';
import { TrainerError } from '../core/errors.js';
import { callChecked } from '../core/problem.js';
import { askRecord, recordBytes, settingsBytes, writeRecord, writeSettings } from '../core/record.js';
import { copyRows, gatherSamples, standardizeTargets } from './gather.js';
import { checkSplit, countElements, judgeInput, readIndices, readInput } from './judging.js';
import { isTokenInput, judgeTokens, splitTokens } from './tokens.js';

/**
 * @typedef {import('../core/wasm.js').Core} Core
 * @typedef {import('../config/config.js').Config} Config
 * @typedef {import('../core/record.js').Records['dataset_facts']} DatasetFacts
 * @typedef {import('./judging.js').Split} Split
 * @typedef {import('./judging.js').Samples} Samples
 * @typedef {import('./judging.js').GivenData} GivenData
 * @typedef {{ length: number, vocabulary: number, scoredFrom: number, symbols: string[] }} Tokens  see Dataset.tokens
 */

export class Dataset {
  #core;
  /** The tscope_dataset, and every other block of memory that belongs to it. */
  #blocks;
  #facts;
  #users = 1;
  #disposed = false;

  /** What its reader should know of how it was taken from files, a sentence each. @type {string[]} */
  notes = [];

  /** How the ids of tokens are written, where they are the caller's own. @type {string[] | null} */
  symbols = null;

  /**
   * @param {Core} core
   * @param {number[]} blocks  addresses, the data set's from now on; the first is the tscope_dataset
   */
  constructor(core, blocks) {
    this.#core = core;
    this.#blocks = blocks;
    this.#facts = readFacts(core, blocks[0]);
  }

  /** What the setting dataset calls it: `custom` for data of one's own. */
  get name() {
    return String(optionsOf('dataset')[this.#facts.generator].name);
  }

  /** Of one sample, in full resolution: [features], [channels, height, width], [positions, numbers] or [tokens]. */
  get shape() {
    const { channels, height, width } = this.#facts;
    if (this.isImage) return [channels, height, width];
    if (this.isTokens) return [width];
    return this.#is('KIND_SEQUENCE') ? [width, channels] : [channels];
  }

  get isImage() {
    return this.#is('KIND_IMAGE');
  }

  get isTokens() {
    return this.#is('KIND_TOKENS');
  }

  /** Whether only a part of a sample's tokens is scored: the answer to the others. */
  get isTask() {
    return this.isTokens && this.#facts.scored_from > 0;
  }

  /** What a model that is left out means for these data: its name among the schema's models. */
  get models() {
    if (this.isImage) return 'images';
    return this.isTokens || this.#is('KIND_SEQUENCE') ? 'tokens' : 'points';
  }

  /**
   * What samples of tokens are: T inputs, each from `vocabulary` ids, of which the predictions from position scoredFrom on
   * are scored; symbols: how the ids are written. Null for other data.
   *
   * @returns {Tokens | null}
   */
  get tokens() {
    if (!this.isTokens) return null;
    const { width, classes, scored_from, alphabet } = this.#facts;
    const drawn = alphabet ? [...new TextDecoder().decode(this.#core.bytes(alphabet, classes).slice())] : null;
    const symbols = this.symbols ?? drawn ?? Array.from({ length: classes }, (_, id) => String(id));
    return { length: width, vocabulary: classes, scoredFrom: scored_from, symbols };
  }

  /** Numbers that a network for these data predicts of one sample: the outputs, at each position where it is tokens. */
  get predictions() {
    return this.outputs * (this.isTokens ? this.#facts.width : 1);
  }

  /** @param {'KIND_IMAGE' | 'KIND_SEQUENCE' | 'KIND_TOKENS'} kind */
  #is(kind) {
    return this.#facts.kind === this.#core.constants[kind];
  }

  /** 0 for regression. */
  get classes() {
    return this.#facts.classes;
  }

  /** Outputs of a network for this data: the classes, or the targets per sample. */
  get outputs() {
    return this.#facts.outputs;
  }

  /** All training samples; the setting samples may let a run see fewer. */
  get trainCount() {
    return this.#facts.train_count;
  }

  get valCount() {
    return this.#facts.val_count;
  }

  /** Mean and deviation of all training bytes; null where inputs are used as they are, or have a pair per feature. */
  get scaling() {
    const { scaling, mean, deviation } = this.#facts;
    return scaling === this.#core.constants.SCALING_GLOBAL ? { mean, deviation } : null;
  }

  /** The address of the tscope_dataset. @throws {TrainerError} code `disposed` */
  get pointer() {
    if (this.#users === 0) throw new TrainerError('disposed', null, 'The data set has been disposed of.');
    return this.#blocks[0];
  }

  /**
   * Throws where dispose has been called, even if trainers still keep the memory alive, and where the data set lives
   * in another engine's memory.
   *
   * @param {Core} core
   */
  checkUsable(core) {
    if (core !== this.#core) throw new TrainerError('argument', 'dataset', 'The data set belongs to another engine.');
    if (this.#disposed) throw new TrainerError('disposed', null, 'The data set has been disposed of.');
  }

  /**
   * Samples as they are stored: pixels 0 … 255, coordinates or columns, before pooling, scaling and label noise.
   *
   * @param {Split} split
   * @param {ArrayLike<number>} given  indices
   * @returns {{ shape: number[], inputs: Float32Array, labels: Uint8Array | null, targets: Float32Array | null,
   *   ids?: Uint8Array }}
   *   inputs: [indices][elements]; labels: null for regression and for tokens; targets: [indices][outputs], null for
   *   classes; ids: [indices][T + 1], the whole of samples of tokens
   */
  readSamples(split, given) {
    checkSplit(split);
    const core = this.#core;
    const { shape, pointer, outputs } = this;
    const elements = countElements(shape);
    const facts = this.#facts;
    const indices = readIndices(given, split === 'val' ? facts.val_count : facts.train_count);
    const count = indices.length;
    const [from, labelsFrom, targetsFrom, stride] =
      split === 'val'
        ? [facts.val_inputs, facts.val_labels, facts.val_targets, facts.val_stride]
        : [facts.train_inputs, facts.train_labels, facts.train_targets, facts.train_stride];
    const ids = this.isTokens ? new Uint8Array(count * (elements + 1)) : null;
    const inputs = new Float32Array(count * elements);
    const labels = labelsFrom ? new Uint8Array(count) : null;
    const targets = targetsFrom ? new Float32Array(count * outputs) : null;
    for (let i = 0; i < count; i++) {
      const sample = indices[i];
      core.call.tscope_dataset_make(pointer, splitIndex(core, split), sample);
      const stored =
        facts.format === core.constants.FORMAT_BYTES
          ? core.bytes(from + sample * stride, elements)
          : core.view(Float32Array, from + sample * stride, elements);
      inputs.set(stored, i * elements);
      ids?.set(core.bytes(from + sample * stride, elements + 1), i * (elements + 1));
      if (labels) labels[i] = core.data.getUint8(labelsFrom + sample);
      targets?.set(core.view(Float32Array, targetsFrom + 4 * sample * outputs, outputs), i * outputs);
    }
    return { shape, inputs, labels, targets, ...(ids ? { ids } : {}) };
  }

  /** Keeps the memory alive for one more user, who calls release later. */
  retain() {
    this.#users++;
  }

  /** @throws {TrainerError} code `disposed`, where nobody has it any more */
  release() {
    if (this.#users === 0) throw new TrainerError('disposed', null, 'The data set has been disposed of.');
    this.#users--;
    if (this.#users > 0) return;
    for (const block of this.#blocks) this.#core.free(block);
  }

  /** Gives the data set up; trainers that use it keep its memory until they are disposed of. Harmless twice. */
  dispose() {
    if (this.#disposed) return;
    this.#disposed = true;
    if (this.#users > 0) this.release();
  }
}

/**
 * A data set of the caller's own arrays, which are copied unless they lie in the core's memory (Engine.adoptData).
 *
 * @param {Core} core
 * @param {GivenData} given
 * @returns {Dataset}
 * @throws {TrainerError} code `data`, in one sentence, where anything does not fit together; code `memory`
 */
export function createDataset(core, given) {
  const input = readInput(given);
  if (isTokenInput(input)) return createTokens(core, judgeTokens(input));
  const layout = judgeInput(input);
  if (input.scaleTargets && input.targets) return createDataset(core, standardizeTargets(input, layout.outputs));
  const { constants } = core;
  return buildDataset(core, (take) => {
    const dataset = take(constants.DATASET_BYTES);
    const elements = countElements(layout.shape);
    const facts = {
      generator: optionsOf('dataset').findIndex(({ name }) => name === 'custom'),
      ...describeShape(core, layout.shape),
      classes: layout.classes,
      outputs: layout.outputs,
      format: input.images instanceof Float32Array ? constants.FORMAT_FLOATS : constants.FORMAT_BYTES,
      scaling: constants.SCALING_NONE,
      ...placeSamples(core, take, input, 'train', elements),
      ...(input.validation ? placeSamples(core, take, input.validation, 'val', elements) : {}),
    };
    writeFacts(core, dataset, facts);
    callChecked(core, (problem) => core.call.tscope_dataset_check(dataset, problem));
    if (input.scalePerFeature && input.images instanceof Float32Array) {
      core.call.tscope_dataset_scale_features(dataset, take(4 * elements), take(4 * elements));
    }
    if (input.scaleTogether && input.images instanceof Float32Array) {
      core.call.tscope_dataset_scale_together(dataset);
    }
  });
}

/**
 * Data without a validation set, with one: val_fraction of it, chosen by data_seed, is held back; of tokens the last.
 *
 * @template {GivenData} Given
 * @param {Core} core
 * @param {Given} given
 * @param {Config} config  complete
 * @returns {Given}
 * @throws {TrainerError} as createDataset
 */
export function splitData(core, given, config) {
  const input = readInput(given);
  const split = isTokenInput(input) ? splitTokens(input, config) : splitSamples(core, input, config);
  return /** @type {Given} */ (/** @type {unknown} */ (split));
}

/** @param {Core} core @param {import('./judging.js').DataInput} input  readInput's @param {Config} config */
function splitSamples(core, input, config) {
  const { samples, shape } = judgeInput({ ...input, validation: null });
  if (!(config.val_fraction > 0)) return { ...input, validation: null };
  const [train, val] = core.withMemory(4 * samples, (order) => {
    const count = core.call.tscope_dataset_split(samples, config.val_fraction, config.data_seed, order);
    const indices = core.view(Int32Array, order, samples);
    return [indices.slice(0, count), indices.slice(count)];
  });
  if (train.length === 0 || val.length === 0) {
    throw new TrainerError(
      'data',
      'val_fraction',
      `val_fraction ${config.val_fraction} of ${samples} samples leaves ${train.length} for training and ${val.length} for validation; both need at least one.`,
    );
  }
  const elements = countElements(shape);
  return { ...input, ...gatherSamples(input, train, elements), validation: gatherSamples(input, val, elements) };
}

/**
 * A generated data set.
 *
 * @param {Core} core
 * @param {Config} config  complete; dataset is not custom
 * @returns {Dataset}
 * @throws {TrainerError} where the counts make no sense; code `memory`
 */
export function generateDataset(core, config) {
  return core.withMemory(settingsBytes(SCHEMA.fields) + 16, (settings) => {
    writeSettings(core, settings, SCHEMA.fields, config);
    const size = settings + settingsBytes(SCHEMA.fields);
    callChecked(core, (problem) => core.call.tscope_dataset_generate_size(settings, size, problem));
    const bytes = core.data.getUint32(size, true);
    return buildDataset(core, (take) => {
      const dataset = take(core.constants.DATASET_BYTES);
      const memory = take(bytes);
      callChecked(core, (problem) => core.call.tscope_dataset_generate(settings, memory, bytes, dataset, problem));
    });
  });
}

/** @param {Core} core @param {import('./tokens.js').TokenData} data  judged */
function createTokens(core, { length, vocabulary, scoredFrom, stride, symbols, train, val }) {
  const { constants } = core;
  const dataset = buildDataset(core, (take) => {
    const pointer = take(constants.DATASET_BYTES);
    const place = (/** @type {Uint8Array} */ ids) => core.addressOf(ids) ?? copyArray(core, take, ids);
    writeFacts(core, pointer, {
      generator: optionsOf('dataset').findIndex(({ name }) => name === 'custom'),
      kind: constants.KIND_TOKENS,
      channels: 1,
      height: 1,
      width: length,
      classes: vocabulary,
      outputs: vocabulary,
      scored_from: scoredFrom,
      format: constants.FORMAT_BYTES,
      scaling: constants.SCALING_NONE,
      train_count: train.count,
      train_stride: stride.train,
      train_inputs: place(train.ids),
      ...(val ? { val_count: val.count, val_stride: stride.val, val_inputs: place(val.ids) } : {}),
    });
    callChecked(core, (problem) => core.call.tscope_dataset_check(pointer, problem));
  });
  dataset.symbols = symbols;
  return dataset;
}

/** @param {Core} core @param {number[]} shape  [features], [positions, numbers] or [channels, height, width] */
function describeShape({ constants }, shape) {
  const [first, second, third] = shape;
  if (shape.length === 3) return { kind: constants.KIND_IMAGE, channels: first, height: second, width: third };
  if (shape.length === 2) return { kind: constants.KIND_SEQUENCE, channels: second, height: 1, width: first };
  return { kind: constants.KIND_VECTOR, channels: first, height: 1, width: 1 };
}

// ---- memory --------------------------------------------------------------------------------------------------------

/**
 * Runs fill, which takes blocks of memory, the tscope_dataset first; where it throws, they are freed.
 *
 * @param {Core} core
 * @param {(take: (bytes: number) => number) => void} fill
 */
function buildDataset(core, fill) {
  /** @type {number[]} */
  const blocks = [];
  try {
    fill((bytes) => {
      const block = core.allocate(bytes, 'The data set');
      blocks.push(block);
      return block;
    });
    return new Dataset(core, blocks);
  } catch (error) {
    for (const block of blocks) core.free(block);
    throw error;
  }
}

/**
 * @param {Core} core
 * @param {(bytes: number) => number} take
 * @param {Samples} samples  judged
 * @param {Split} split
 * @param {number} elements  of one sample
 * @returns {Partial<DatasetFacts>}
 */
function placeSamples(core, take, { images, labels, targets, rows }, split, elements) {
  const place = (/** @type {Uint8Array | Float32Array} */ array) =>
    core.addressOf(array) ?? copyArray(core, take, array);
  return {
    [`${split}_count`]: rows ? rows.length : images.length / elements,
    [`${split}_inputs`]: rows ? placeRows(core, take, images, rows, elements) : place(images),
    [`${split}_labels`]: labels ? place(labels) : 0,
    [`${split}_targets`]: targets ? place(targets) : 0,
  };
}

/**
 * @param {Core} core
 * @param {(bytes: number) => number} take
 * @param {Uint8Array | Float32Array} array
 * @returns {number}  the address of the copy
 */
function copyArray(core, take, array) {
  const address = take(array.byteLength);
  if (array instanceof Float32Array) core.view(Float32Array, address, array.length).set(array);
  else core.bytes(address, array.length).set(array);
  return address;
}

/**
 * @param {Core} core
 * @param {(bytes: number) => number} take
 * @param {Uint8Array | Float32Array} images
 * @param {Int32Array} rows
 * @param {number} elements  of one
 * @returns {number}  the address of the copy
 */
function placeRows(core, take, images, rows, elements) {
  const length = rows.length * elements;
  const address = take(length * images.BYTES_PER_ELEMENT);
  copyRows(
    images,
    rows,
    elements,
    images instanceof Float32Array ? core.view(Float32Array, address, length) : core.bytes(address, length),
  );
  return address;
}

/** @param {Core} core @param {number} dataset @param {Partial<DatasetFacts>} facts */
function writeFacts(core, dataset, facts) {
  core.withMemory(recordBytes('dataset_facts'), (record) => {
    writeRecord(core, record, 'dataset_facts', facts);
    core.call.tscope_wasm_dataset_write(dataset, record);
  });
}

/** @param {Core} core @param {number} dataset */
function readFacts(core, dataset) {
  return askRecord(core, 'dataset_facts', (record) => core.call.tscope_wasm_dataset_read(dataset, record));
}

/** @param {string} field */
function optionsOf(field) {
  return /** @type {import('../config/schema_text.js').Field} */ (SCHEMA.fields.find(({ name }) => name === field))
    .options;
}

/** @param {Core} core @param {Split} split */
export function splitIndex({ constants }, split) {
  return split === 'val' ? constants.SPLIT_VAL : constants.SPLIT_TRAIN;
}

/**
 * @param {unknown} dataset
 * @param {Core} core
 * @returns {asserts dataset is Dataset}
 * @throws {TrainerError} where it is none of this engine's, or has been disposed of
 */
export function checkDataset(dataset, core) {
  const isOne = readGiven('dataset', () => dataset instanceof Dataset);
  if (!isOne) throw argumentError('dataset', 'dataset must be what createDataset returns.');
  /** @type {Dataset} */ (dataset).checkUsable(core);
}
