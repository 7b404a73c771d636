/**
 * Arrays of a file as samples: vectors [features], or images [channels][height][width] wherever the file has its
 * channels. Bytes stay bytes, and images of other types become bytes where nothing is lost by it.
 */

import { plural } from '../../words/sentences.js';
import { areTooNear } from '../csv/blocks.js';
import { someOf } from '../csv/words.js';
import { dataError, makeRoom, ownName } from '../data_error.js';
import { countElements } from '../judging.js';
import { readerOf, stridesOf } from './file_array.js';

/**
 * @typedef {import('./file_array.js').FileArray} FileArray
 *
 * @typedef {object} Layout
 * @property {number} count
 * @property {number[]} shape  of one sample
 * @property {number[]} steps  between neighbouring samples, channels, rows and columns of the file's numbers
 * @property {boolean} isImage
 *
 * @typedef {object} SampleArrays
 * @property {number[]} shape
 * @property {(Uint8Array | Float32Array)[]} images  one for each array
 * @property {boolean} scalePerFeature
 * @property {boolean} scaleTogether
 * @property {string[]} notes
 */

/** As many channels as pixels have: grey, colours, colours and alpha. */
const CHANNELS = [1, 3, 4];

/**
 * @param {FileArray[]} arrays  training samples, and those to validate on
 * @param {{ transpose: boolean }} how  transpose: rows of pixels are stored where columns should be
 * @returns {SampleArrays}
 * @throws {TrainerError} naming the array
 */
export function readSamples(arrays, { transpose }) {
  const layouts = arrays.map((array) => layOut(array, transpose));
  const [first] = layouts;
  for (const [i, { shape }] of layouts.entries()) {
    if (String(shape) !== String(first.shape)) {
      throw dataError(
        `${arrays[i].name} has samples of ${shape.join('×')}, but ${arrays[0].name} of ${first.shape.join('×')}.`,
      );
    }
  }
  const areBytes = arrays.every((array) => holdsBytes(array, first.isImage));
  const { starts, notes } = areBytes || first.isImage ? NO_STARTS : findStarts(arrays, layouts);
  const unclear = sayUnclear(arrays[0]);
  return {
    shape: first.shape,
    images: arrays.map((array, i) => (areBytes ? copyBytes(array, layouts[i]) : copyFloats(array, layouts[i], starts))),
    scalePerFeature: !areBytes && !first.isImage,
    scaleTogether: !areBytes && first.isImage,
    notes: [...notes, ...unclear],
  };
}

/** Images that may have their channels first or last. @param {FileArray} array */
function sayUnclear({ name, shape: [, first, , last], shape }) {
  const areBoth = shape.length === 4 && CHANNELS.includes(first) && CHANNELS.includes(last) && first * last > 1;
  if (!areBoth) return [];
  return [
    `${ownName(name)} was read as ${shape.join(' × ')} with ${plural(last, 'channel')} last; they could be first.`,
  ];
}

/** @type {{ starts: Float64Array | null, notes: string[] }} */
const NO_STARTS = { starts: null, notes: [] };

/**
 * From where the columns of a table are counted, so that floats can tell their values apart: seconds since 1970 are as
 * large as a float is coarse.
 *
 * @param {FileArray[]} arrays
 * @param {Layout[]} layouts  of vectors
 */
function findStarts(arrays, layouts) {
  const areFloats = arrays.every(({ type: { kind, size } }) => size <= 2 || (kind === 'float' && size <= 4));
  if (areFloats) return NO_STARTS;
  const [columns] = layouts[0].shape;
  const least = new Float64Array(columns).fill(Infinity);
  const most = new Float64Array(columns).fill(-Infinity);
  for (const [i, array] of arrays.entries()) {
    const read = readerOf(array);
    const { count, steps } = layouts[i];
    for (let n = 0; n < count; n++) {
      for (let x = 0; x < columns; x++) {
        const value = read(n * steps[0] + x * steps[3]);
        if (value < least[x]) least[x] = value;
        if (value > most[x]) most[x] = value;
      }
    }
  }
  const starts = least.map((low, x) => (Number.isFinite(low) && areTooNear(low, most[x]) ? low : 0));
  const told = [...starts.keys()].filter((x) => starts[x] !== 0 && most[x] > least[x]);
  if (told.length === 0) return { starts, notes: [] };
  const named = someOf(told.map((x) => `column ${x} from ${starts[x]}`));
  const how = 'Counted from the smallest value, as floats cannot tell the values apart';
  return { starts, notes: [`${how}: ${named} (columns counted from 0).`] };
}

/**
 * Images with their rows and columns exchanged.
 *
 * @template {Uint8Array | Float32Array} T
 * @param {T} images
 * @param {number[]} shape  of one
 * @returns {T}
 */
export function transposeImages(images, [channels, height, width]) {
  const Type = /** @type {new (length: number) => T} */ (images.constructor);
  const plane = height * width;
  const layout = {
    count: images.length / (channels * plane),
    shape: [channels, width, height],
    steps: [channels * plane, plane, 1, width],
    isImage: true,
  };
  return copyInto(new Type(images.length), (i) => images[i], layout);
}

/**
 * @param {FileArray} array
 * @param {boolean} transpose
 * @returns {Layout}
 */
function layOut(array, transpose) {
  const { name, shape } = array;
  const [count, ...rest] = shape;
  const [step, ...steps] = stridesOf(array);
  if (count === undefined) throw dataError(`${name} is a single number: there must be a row for each sample.`);
  if (count === 0) throw dataError(`${name} has no samples.`);
  if (rest.length < 2) {
    if (transpose) throw dataError(`${name} has no images to be transposed: its samples are rows of numbers.`);
    return { count, shape: [rest[0] ?? 1], steps: [step, 0, 0, steps[0] ?? 0], isImage: false };
  }
  if (rest.length > 3) {
    throw dataError(`${name} has ${shape.length} dimensions; a sample is a vector or an image, which have at most 4.`);
  }
  const isLast = rest.length === 3 && CHANNELS.includes(rest[2]);
  const [c, h, w] = rest.length === 2 ? [-1, 0, 1] : isLast ? [2, 0, 1] : [0, 1, 2];
  const [row, column] = transpose ? [w, h] : [h, w];
  return {
    count,
    shape: [rest[c] ?? 1, rest[row], rest[column]],
    steps: [step, steps[c] ?? 0, steps[row], steps[column]],
    isImage: true,
  };
}

/**
 * Whether samples are kept as bytes. Columns of a table have units of their own, so that only what is stored in bytes
 * is taken for pixels there.
 *
 * @param {FileArray} array
 * @param {boolean} isImage
 */
function holdsBytes(array, isImage) {
  const { kind, size } = array.type;
  if (size === 1 && (kind === 'uint' || kind === 'bool')) return true;
  if (!isImage) return false;
  const read = readerOf(array);
  const length = array.bytes.length / size;
  for (let i = 0; i < length; i++) {
    const value = read(i);
    if (!(value >= 0 && value <= 255 && Number.isInteger(value))) return false;
  }
  return true;
}

/** @param {FileArray} array @param {Layout} layout */
function copyBytes(array, layout) {
  const { type, bytes, name } = array;
  if (type.size === 1 && isInOrder(layout)) return bytes;
  return copyInto(makeRoom(Uint8Array, layout.count * countElements(layout.shape), name), readerOf(array), layout);
}

/** @param {FileArray} array @param {Layout} layout @param {Float64Array | null} starts  of the columns of vectors */
function copyFloats(array, layout, starts) {
  const elements = countElements(layout.shape);
  const floats = makeRoom(Float32Array, layout.count * elements, array.name);
  const read = readerOf(array);
  copyInto(floats, read, layout);
  if (starts?.some((start) => start !== 0)) {
    const [step, , , across] = layout.steps;
    for (let i = 0; i < floats.length; i++) {
      const x = i % elements;
      floats[i] = read(Math.floor(i / elements) * step + x * across) - starts[x];
    }
  }
  const wrong = floats.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    const value = Number.isNaN(floats[wrong]) ? 'NaN' : 'a number that is infinite or too large';
    throw dataError(`${array.name}: sample ${Math.floor(wrong / elements)}, counted from 0, holds ${value}.`);
  }
  return floats;
}

/** Whether the file has the numbers as they are wanted. @param {Layout} layout */
function isInOrder({ count, shape, steps }) {
  const [channels, height, width] = shape.length === 3 ? shape : [1, 1, shape[0]];
  const wanted = [channels * height * width, height * width, width, 1];
  return [count, channels, height, width].every((size, k) => size === 1 || steps[k] === wanted[k]);
}

/**
 * @template {Uint8Array | Float32Array} T
 * @param {T} to
 * @param {(i: number) => number} read
 * @param {Layout} layout
 * @returns {T}
 */
function copyInto(to, read, { count, shape, steps }) {
  const [channels, height, width] = shape.length === 3 ? shape : [1, 1, shape[0]];
  let at = 0;
  for (let n = 0; n < count; n++) {
    for (let c = 0; c < channels; c++) {
      for (let y = 0; y < height; y++) {
        const first = n * steps[0] + c * steps[1] + y * steps[2];
        for (let x = 0; x < width; x++) to[at++] = read(first + x * steps[3]);
      }
    }
  }
  return to;
}
