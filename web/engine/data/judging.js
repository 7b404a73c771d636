/**
 * What callers give, judged before anything is done with it: data of their own, names of splits, numbers of samples.
 * What is wrong is a TrainerError of one sentence.
 */

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
 * @property {number[]} shape  of one sample: [features] or [channels, height, width]
 * @property {number} [classes]  2 … 256, needed with labels
 * @property {Samples | null} [validation]
 * @property {boolean} [scalePerFeature]  float features have units of their own (a CSV's columns): standardize each by
 *   its mean and deviation over the training data
 * @property {boolean} [scaleTogether]  floats are all of one kind (pixels): standardize them by one mean and deviation
 * @property {boolean} [scaleTargets]  likewise the targets, each of its outputs
 *
 * @typedef {Samples & DataExtras} DataInput
 */

const CLASSES_MAX = 256;

/** Most numbers in the data: what an int32 can count. */
const COUNT_MAX = 2 ** 31 - 1;

/** @param {string | null} field @param {string} message */
function dataError(field, message) {
  return new TrainerError('data', field, message);
}

/**
 * @param {DataInput} input
 * @returns {{ samples: number, shape: number[], classes: number, outputs: number }}
 */
export function judgeInput(input) {
  if (typeof input !== 'object' || input === null) {
    throw dataError(null, 'A data set is made of an object { images, labels, shape, classes }.');
  }
  const shape = judgeShape(input.shape);
  const classes = judgeClasses(input);
  const train = judgeSamples(input, { shape, classes, prefix: '' });
  const layout = { shape, classes, ...train };
  const { validation } = input;
  if (validation === undefined || validation === null) return layout;
  if (typeof validation !== 'object') {
    throw dataError('validation', 'validation must be an object { images, labels } or { images, targets }.');
  }
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

/** @param {unknown} shape @returns {number[]} */
function judgeShape(shape) {
  const list = Array.isArray(shape) ? shape : [];
  const isShape = list.length === 1 || list.length === 3;
  const product = list.reduce((total, size) => total * size, 1);
  if (!isShape || !list.every((size) => Number.isInteger(size) && size > 0) || product > COUNT_MAX) {
    throw dataError('shape', 'shape must be [features] or [channels, height, width], in whole numbers from 1.');
  }
  return [...list];
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
    throw dataError('classes', `classes must be a whole number between 2 and ${CLASSES_MAX}, not ${classes}.`);
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
  if (!(images instanceof Uint8Array || images instanceof Float32Array)) {
    throw dataError(`${prefix}images`, `${prefix}images must be a Uint8Array or a Float32Array.`);
  }
  if (labels && targets) throw dataError(`${prefix}targets`, `Give ${prefix}labels or ${prefix}targets, not both.`);
  const elements = countElements(shape);
  if (images.length === 0) throw dataError(`${prefix}images`, `${prefix}images is empty.`);
  if (images.length % elements !== 0) {
    throw dataError(
      `${prefix}images`,
      `${prefix}images has ${images.length} numbers, which is no multiple of a sample's ${elements} (${shape.join(' × ')}).`,
    );
  }
  const samples = rows ? rows.length : images.length / elements;
  if (isFloats(images)) checkFinite(images, `${prefix}images`);
  if (labels) {
    checkLabels(labels, { samples, classes, name: `${prefix}labels` });
    return { samples, outputs: classes };
  }
  if (!(targets instanceof Float32Array)) {
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

/** @param {unknown} labels @param {{ samples: number, classes: number, name: string }} expected */
function checkLabels(labels, { samples, classes, name }) {
  if (!(labels instanceof Uint8Array)) throw dataError(name, `${name} must be a Uint8Array.`);
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
  return values instanceof Float32Array;
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
  throw new TrainerError(
    'argument',
    'split',
    `split must be "train" or "val", not ${JSON.stringify(split) ?? 'undefined'}.`,
  );
}

/**
 * @param {ArrayLike<number>} indices
 * @param {number} count  samples there are
 * @throws {TrainerError} where one is no whole number from 0 to count - 1
 */
export function checkIndices(indices, count) {
  const list = /** @type {unknown} */ (indices);
  if (!Array.isArray(list) && !ArrayBuffer.isView(list)) {
    throw new TrainerError('argument', 'indices', 'indices must be a list of sample numbers.');
  }
  for (let i = 0; i < indices.length; i++) {
    if (Number.isInteger(indices[i]) && indices[i] >= 0 && indices[i] < count) continue;
    const message = `indices[${i}] is ${indices[i]}, but samples run from 0 to ${count - 1}.`;
    throw new TrainerError('argument', 'indices', message);
  }
}
