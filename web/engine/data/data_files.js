/** Data from files, whatever their format: read once, then made into a data set for each config that wants one. */

import { countElements } from './judging.js';

/**
 * @typedef {import('../config/config.js').Config} Config
 * @typedef {import('./dataset.js').Dataset} Dataset
 * @typedef {import('../config/reading_fields.js').Reading} Reading
 * @typedef {import('./judging.js').DataInput} DataInput
 *
 * @typedef {object} DatasetMaker  of an engine, what a data set of files needs
 * @property {(input: DataInput) => Dataset} createDataset
 * @property {(input: DataInput, config: Config) => Dataset} splitDataset
 *
 * @typedef {{ name: string, bytes: Uint8Array, reading?: Reading }} NamedFile  reading: what is asked of a table
 *
 * @typedef {object} DataFiles  what the files hold, before any config chose from it
 * @property {string} name
 * @property {Uint8Array | Float32Array} images  [count][elements]
 * @property {Uint8Array} [labels]  [count] class numbers
 * @property {Float32Array} [targets]  [count], for regression, instead of labels
 * @property {number[]} shape  of one sample: [features] or [channels, height, width]
 * @property {number} classes  0 for regression
 * @property {string[] | null} classNames  in the order of the class numbers, where the files name them
 * @property {boolean} scalePerFeature  columns with units of their own: one mean and deviation each
 * @property {boolean} [scaleTargets]  targets in a unit of their own: standardized as features are
 * @property {string | null} target  the column that is learned, where the data has columns with names
 * @property {string[]} [columns]  the names of all columns, where there are any: what a reading may ask for
 * @property {string[]} notes  what the reader should know of how the files were read, a sentence each
 * @property {import('./judging.js').Samples | null} validation  null: split some off
 */

/**
 * @typedef {object} DataReport  what of files a run learns
 * @property {number} train  samples to train on
 * @property {number} val  samples to validate on
 * @property {number} features  numbers of a sample
 * @property {string | null} target
 * @property {number} classes  0 for regression
 * @property {string[]} notes
 */

/**
 * What a run learns, as a plain object.
 *
 * @param {Dataset} dataset
 * @param {DataFiles | null} data  null for generated data
 * @returns {DataReport}
 */
export function reportData({ trainCount, valCount, shape, classes }, data) {
  return {
    train: trainCount,
    val: valCount,
    features: countElements(shape),
    target: data?.target ?? null,
    classes,
    notes: data?.notes ?? [],
  };
}

/**
 * The data set that a config takes from files: the first `samples` and `val_samples`, or `val_fraction` split off.
 *
 * @param {DatasetMaker} engine
 * @param {DataFiles} data
 * @param {import('../config/config.js').Config} config
 * @returns {Dataset}
 */
export function createFileDataset(engine, data, config) {
  const input = { ...data, scaleTargets: data.scaleTargets && config.standardize };
  return data.validation ? engine.createDataset(input) : engine.splitDataset(input, config);
}
