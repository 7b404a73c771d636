/** Data from files, whatever their format: read once, then made into a data set for each config that wants one. */

/**
 * @typedef {import('../config/config.js').Config} Config
 * @typedef {import('./dataset.js').Dataset} Dataset
 * @typedef {import('./judging.js').DataInput} DataInput
 *
 * @typedef {object} DatasetMaker  of an engine, what a data set of files needs
 * @property {(input: DataInput) => Dataset} createDataset
 * @property {(input: DataInput, config: Config) => Dataset} splitDataset
 *
 * @typedef {{ name: string, bytes: Uint8Array }} NamedFile
 *
 * @typedef {object} DataFiles  what the files hold, before any config chose from it
 * @property {string} name
 * @property {Uint8Array | Float32Array} images  [count][elements]
 * @property {Uint8Array} labels  [count]
 * @property {number[]} shape  of one sample: [features] or [channels, height, width]
 * @property {number} classes
 * @property {string[] | null} classNames  in the order of the class numbers, where the files name them
 * @property {boolean} scalePerFeature  columns with units of their own: one mean and deviation each
 * @property {{ images: Uint8Array | Float32Array, labels: Uint8Array } | null} validation  null: split some off
 */

/**
 * The data set that a config takes from files: the first `samples` and `val_samples`, or `val_fraction` split off.
 *
 * @param {DatasetMaker} engine
 * @param {DataFiles} data
 * @param {import('../config/config.js').Config} config
 * @returns {Dataset}
 */
export function createFileDataset(engine, data, config) {
  return data.validation ? engine.createDataset(data) : engine.splitDataset(data, config);
}
