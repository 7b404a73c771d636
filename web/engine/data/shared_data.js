/** The arrays of data files in a memory that several engines share: each has its data sets, all have the same samples. */

import { storeInCommon } from '../core/wasm.js';

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
 * @param {DataFiles} data
 * @param {<T extends Uint8Array | Float32Array>(array: T) => T} change
 * @returns {DataFiles}
 */
export function mapArrays(data, change) {
  /** @param {import('./judging.js').Samples} samples */
  const mapSamples = ({ images, labels, targets }) => ({
    images: change(images),
    ...(labels && { labels: change(labels) }),
    ...(targets && { targets: change(targets) }),
  });
  return { ...data, ...mapSamples(data), validation: data.validation && mapSamples(data.validation) };
}
