/** The arrays of data files in a memory that several engines share: each has its data sets, all have the same samples. */

import { isArrayOf } from '../core/arguments.js';
import { storeInCommon } from '../core/wasm.js';
import { dataError, judgeLayout, readInput } from './judging.js';

/** @typedef {import('./data_files.js').DataFiles} DataFiles */

/**
 * @param {object} common  the memory
 * @param {DataFiles} data
 * @returns {DataFiles | null}  for Engine.adoptData of every engine there; null where there is no room left
 */
export function storeData(common, data) {
  let isWhole = true;
  const stored = mapArrays(data, (array) => {
    const copy = storeInCommon(common, array);
    isWhole &&= copy !== null;
    return copy ?? array;
  });
  return isWhole ? stored : null;
}

/**
 * The same data with other arrays.
 *
 * @param {DataFiles} given
 * @param {<T extends Uint8Array | Float32Array>(array: T) => T} change
 * @returns {DataFiles}
 * @throws {import('../core/errors.js').TrainerError} where it holds other things than arrays of bytes or floats
 */
export function mapArrays(given, change) {
  const data = /** @type {DataFiles} */ (readInput(given));
  // A text has no arrays yet.
  if (typeof data.text === 'string') return data;
  judgeLayout(data);
  /** @param {import('./judging.js').Samples} samples */
  const mapSamples = ({ images, labels, targets }) => ({
    images: change(checkArray('images', images)),
    ...(labels && { labels: change(checkArray('labels', labels)) }),
    ...(targets && { targets: change(checkArray('targets', targets)) }),
  });
  return { ...data, ...mapSamples(data), validation: data.validation && mapSamples(data.validation) };
}

/** @template {Uint8Array | Float32Array} T @param {string} name @param {T} array @returns {T} */
function checkArray(name, array) {
  if (isArrayOf(array, Uint8Array) || isArrayOf(array, Float32Array)) return array;
  throw dataError(name, `${name} must be a Uint8Array or a Float32Array.`);
}
