/**
 * What callers give, judged before anything is done with it: data of their own, names of splits, numbers of samples.
 * What is wrong is a TrainerError of one sentence.
 */

import { copyMembers } from '../config/members.js';
import { describeValue, isList } from '../config/names.js';
import { argumentError, isArrayOf, readGiven, readList, readNumbers } from '../core/arguments.js';
import { TrainerError } from '../core/errors.js';

/**
 * @typedef {'train' | 'val'} Split
 *
 * @typedef {object} Samples
 * @property {Uint8Array | Float32Array} images  [count][elements of shape]: bytes are standardized by the training
 *   data's mean and deviation (unless the setting standardize is off), floats are used as they are
 * @property {Uint8Array} [labels]  [count] class numbers
 * @property {Float32Array} [targets]  [count][outputs], for regression, instead of labels
 * @property {Int32Array} [rows]  [count]: which samples of images they are, in this order; left out, all of them. Images
 *   are many, so that parts of them are copied once only, to where they are used
 *
 * @typedef {object} DataExtras
 * @property {number[]} shape  of one sample: [features], [positions, numbers] for a sequence, or [channels, height, width]
 * @property {number} [classes]  2 … 256, needed with labels
 * @property {Samples | null} [validation]
 * @property {boolean} [scalePerFeature]  float features have units of their own (a CSV's columns): standardize each by
 *   its mean and deviation over the training data
 * @property {boolean} [scaleTogether]  floats are all of one kind (pixels): standardize them by one mean and deviation
 * @property {boolean} [scaleTargets]  likewise the targets, each of its outputs
 *
 * @typedef {Samples & DataExtras} DataInput
 * @typedef {DataInput | import('./tokens.js').TokenInput | import('./tokens.js').TextInput} GivenData
 */

const CLASSES_MAX = 256;

/** Most numbers in the data: what an int32 can count. */
const COUNT_MAX = 2 ** 31 - 1;

/** @param {string | null} field @param {string} message */
export function dataError(field, message) {
  return new TrainerError('data', field, message);
}

const FLAGS = /** @type {const} */ (['scalePerFeature', 'scaleTogether', 'scaleTargets']);

/**
 * A data set as it was given, read once: what is judged is what is used.
 *
 * @param {unknown} given
 * @returns {DataInput}  a copy, over the same arrays
 * @throws {TrainerError} where it cannot be read
 */
export function readInput(given) {
  const input = /** @type {DataInput | null} */ (readGiven('A data set', () => copyMembers(given)));
  if (!input) throw dataError(null, 'A data set is made of an object { images, labels, shape, classes }.');
  const wrong = FLAGS.find((name) => !['boolean', 'undefined'].includes(typeof input[name]));
  if (wrong) throw dataError(wrong, `${wrong} must be true or false, not ${describeValue(input[wrong])}.`);
  if (input.validation === undefined || input.validation === null) return input;
  const validation = /** @type {Samples | null} */ (readGiven('validation', () => copyMembers(input.validation)));
  if (validation) return { ...input, validation };
  throw dataError('validation', 'validation must be an object { images, labels } or { images, targets }.');
}

/**
 * @param {DataInput} input  readInput's
 * @returns {{ samples: number, shape: number[], classes: number, outputs: number }}
 */
export function judgeInput(input) {
  const { shape, classes } = judgeLayout(input);
  const train = judgeSamples(input, { shape, classes, prefix: '' });
  const layout = { shape, classes, ...train };
  const { validation } = input;
  if (validation === undefined || validation === null) return layout;
  const val = judgeSamples(validation, { shape, classes, prefix: 'validation.' });
  if (isFloats(validation.images) !== isFloats(input.images)) {
    throw dataError('validation', 'validation.images must be of the same type as images.');
  }
  if (!validation.labels !== !input.labels) {
    const kind = input.labels ? 'labels' : 'targets';
    throw dataError('validation', `validation must have ${kind}, as the training data has.`);
  }
  if (val.outputs !== train.outputs) {
    throw dataError(
      'validation',
      `validation.targets has ${val.outputs} numbers per sample, but targets has ${train.outputs}.`,
    );
  }
  return layout;
}

/** Of what kind the samples are, without a look at them. @param {DataInput} input */
export function judgeLayout(input) {
  return { shape: judgeShape(input.shape), classes: judgeClasses(input) };
}

/** @param {unknown} shape @returns {number[]} */
function judgeShape(shape) {
  const list = isList(shape) ? readList('shape', shape) : [];
  const isShape = list.length >= 1 && list.length <= 3 && list.every(isSize);
  if (!isShape || countElements(/** @type {number[]} */ (list)) > COUNT_MAX) {
    throw dataError(
      'shape',
      'shape must be [features] or [channels, height, width], or [positions, numbers] of a sequence, in whole numbers from 1.',
    );
  }
  return /** @type {number[]} */ (list);
}

/** @param {unknown} size */
function isSize(size) {
  return Number.isInteger(size) && Number(size) > 0;
}

/** @param {DataInput} input @returns {number}  0 for regression */
function judgeClasses({ labels, targets, classes }) {
  if (labels && targets) throw dataError('targets', 'Give labels or targets, not both.');
  if (!labels && !targets) throw dataError('labels', 'Either labels or targets must be given.');
  if (targets) {
    if (classes) throw dataError('classes', 'classes belongs to labels; with targets it must be left out.');
    return 0;
  }
  if (classes === undefined || classes === null) {
    throw dataError('classes', 'classes is missing: with labels, say how many classes there are.');
  }
  if (!Number.isInteger(classes) || classes < 2 || classes > CLASSES_MAX) {
    throw dataError(
      'classes',
      `classes must be a whole number between 2 and ${CLASSES_MAX}, not ${describeValue(classes)}.`,
    );
  }
  return classes;
}

/**
 * @param {Samples} input
 * @param {{ shape: number[], classes: number, prefix: string }} layout
 * @returns {{ samples: number, outputs: number }}
 */
function judgeSamples(input, { shape, classes, prefix }) {
  const { images, labels, targets, rows } = input;
  if (!(isArrayOf(images, Uint8Array) || isFloats(images))) {
    throw dataError(`${prefix}images`, `${prefix}images must be a Uint8Array or a Float32Array.`);
  }
  if (labels && targets) throw dataError(`${prefix}targets`, `Give ${prefix}labels or ${prefix}targets, not both.`);
  const elements = countElements(shape);
  if (images.length === 0) throw dataError(`${prefix}images`, `${prefix}images is empty.`);
  if (images.length % elements !== 0) {
    throw dataError(
      `${prefix}images`,
      `${prefix}images has ${images.length} numbers, which is no multiple of a sample’s ${elements} (${shape.join(' × ')}).`,
    );
  }
  if (rows !== undefined) checkRows(rows, images.length / elements, `${prefix}rows`);
  const samples = rows ? rows.length : images.length / elements;
  if (isFloats(images)) checkFinite(images, `${prefix}images`);
  if (labels) {
    checkLabels(labels, { samples, classes, name: `${prefix}labels` });
    return { samples, outputs: classes };
  }
  if (!isFloats(targets)) {
    const name = classes ? 'labels' : 'targets';
    throw dataError(`${prefix}${name}`, `${prefix}${name} must be a ${classes ? 'Uint8Array' : 'Float32Array'}.`);
  }
  if (targets.length === 0 || targets.length % samples !== 0) {
    throw dataError(
      `${prefix}targets`,
      `${prefix}targets has ${targets.length} numbers, which is no multiple of the ${samples} samples.`,
    );
  }
  checkFinite(targets, `${prefix}targets`);
  return { samples, outputs: targets.length / samples };
}

/** @param {unknown} rows @param {number} count  samples that images hold @param {string} name */
function checkRows(rows, count, name) {
  if (!isArrayOf(rows, Int32Array) || rows.length === 0)
    throw dataError(name, `${name} must be an Int32Array of samples.`);
  const wrong = rows.findIndex((row) => row < 0 || row >= count);
  if (wrong < 0) return;
  throw dataError(name, `${name}[${wrong}] is ${rows[wrong]}, but samples run from 0 to ${count - 1}.`);
}

/** @param {unknown} labels @param {{ samples: number, classes: number, name: string }} expected */
function checkLabels(labels, { samples, classes, name }) {
  if (!isArrayOf(labels, Uint8Array)) throw dataError(name, `${name} must be a Uint8Array.`);
  if (labels.length !== samples) {
    throw dataError(name, `${name} has ${labels.length} entries, but there are ${samples} samples.`);
  }
  const wrong = labels.findIndex((label) => label >= classes);
  if (wrong >= 0) {
    throw dataError(
      name,
      `${name}[${wrong}] is ${labels[wrong]}, but with ${classes} classes labels run from 0 to ${classes - 1}.`,
    );
  }
}

/** @param {Float32Array | Uint8Array} values @param {string} name */
function checkFinite(values, name) {
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw dataError(name, `${name}[${wrong}] is ${values[wrong]}; every number must be finite.`);
}

/** @param {unknown} values @returns {values is Float32Array} */
function isFloats(values) {
  return isArrayOf(values, Float32Array);
}

/** @param {number[]} shape */
export function countElements(shape) {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * @param {unknown} split
 * @returns {Split}
 * @throws {TrainerError} where it is neither "train" nor "val"
 */
export function checkSplit(split) {
  if (split === 'train' || split === 'val') return split;
  throw argumentError('split', `split must be "train" or "val", not ${describeValue(split)}.`);
}

/**
 * @param {unknown} given
 * @param {number} count  samples there are
 * @returns {ArrayLike<number>}  a typed array as it is, a copy of a list
 * @throws {TrainerError} where one is no whole number from 0 to count - 1
 */
export function readIndices(given, count) {
  const indices = isList(given) ? readList('indices', given) : readNumbers('indices', given);
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i];
    if (Number.isInteger(index) && Number(index) >= 0 && Number(index) < count) continue;
    throw argumentError('indices', `indices[${i}] is ${describeValue(index)}, but samples run from 0 to ${count - 1}.`);
  }
  return /** @type {ArrayLike<number>} */ (indices);
}
