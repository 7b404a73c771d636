/** Reads data files by their format, which their names tell. */

import { TrainerError } from '../core/errors.js';
import { readCsv } from './csv.js';
import { readIdxFiles } from './idx.js';

/**
 * @typedef {import('./data_files.js').DataFiles} DataFiles
 * @typedef {import('./data_files.js').NamedFile} NamedFile
 * @typedef {import('./idx.js').IdxParser} IdxParser
 */

/**
 * @param {IdxParser} engine
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
  if (tables.length === 1) return readCsv(first.bytes, first.name, first.reading);
  return readIdxFiles(engine, files, name ?? first.name);
}
