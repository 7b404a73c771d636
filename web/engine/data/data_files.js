/**
 * Data from files, whatever their format: read once, then made into a data set for each config that wants one.
 */

import { TrainerError } from '../core/errors.js';
import { readCsv } from './csv.js';
import { readIdxFiles } from './idx.js';

/**
 * @typedef {import('../engine.js').Engine} Engine
 * @typedef {import('./idx.js').NamedFile} NamedFile
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
 * @param {Engine} engine
 * @param {NamedFile[]} files  one CSV file, or the IDX files of one data set
 * @param {string} [name]  what the data set is called; a file's name by default
 * @returns {Promise<DataFiles>}
 * @throws {TrainerError} naming the file that is wrong
 */
export async function readDataFiles(engine, files, name) {
  const [first] = files;
  if (!first) throw new TrainerError('data', 'dataset', 'There is no file to read.');
  const tables = files.filter((file) => /\.(csv|tsv)$/i.test(file.name));
  if (tables.length > 0 && files.length > 1) {
    throw new TrainerError('data', 'dataset', `${tables[0].name} must come alone: a CSV file is a whole data set.`);
  }
  if (tables.length === 1) return readCsv(first.bytes, first.name);
  return readIdxFiles(engine, files, name ?? first.name);
}

/**
 * The data set that a config takes from files: the first `samples` and `val_samples`, or `val_fraction` split off.
 *
 * @param {Engine} engine
 * @param {DataFiles} data
 * @param {import('../config/config.js').Config} config
 * @returns {import('./dataset.js').Dataset}
 */
export function createFileDataset(engine, data, config) {
  return data.validation ? engine.createDataset(data) : engine.splitDataset(data, config);
}
