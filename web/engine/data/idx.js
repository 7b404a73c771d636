/**
 * IDX files (MNIST's format), plain or gzip: unpacking, and finding out which files belong together.
 *
 * What a file holds is read from its header (labels have rank 1, images more; QMNIST's labels are rows of integers),
 * and which set it belongs to from its name: `t10k`, `test` or `val` is the validation set, anything else is the
 * training set. Its header is idx_header.js's.
 */

import { READING_FIELDS } from '../config/reading_fields.js';
import { TrainerError } from '../core/errors.js';
import { assembleData, checkCounts } from './arrays/assemble.js';
import { countNumbers } from './arrays/file_array.js';
import { dataError, ownName } from './data_error.js';
import { refuseForeign } from './foreign_files.js';
import { HEADER_MAX } from './idx_header.js';
import { gunzip, peekGunzip, refuseOtherPackers } from './packed/inflate.js';
import { isGzip } from './packed/marks.js';

/**
 * @typedef {import('./arrays/file_array.js').FileArray} FileArray
 * @typedef {import('./data_files.js').NamedFile} NamedFile
 * @typedef {import('./idx_header.js').IdxHeader} IdxHeader
 *
 * @typedef {object} IdxParser  of an engine, what reading IDX files needs
 * @property {(bytes: Uint8Array, how?: { isWhole?: boolean }) => IdxHeader} parseIdx
 * @property {(bytes: number) => Uint8Array | null} makeRoom  in a memory that the engine shares, where it does
 *
 * @typedef {FileArray & { isLabels: boolean }} IdxFile
 */

const VALIDATION_WORD = /(^|[^a-z])(t10k|test|val|validation)([^a-z]|$)/i;

/** EMNIST's images lie on their sides, and nothing in the files says so but their names. */
const TRANSPOSED_NAME = /emnist/i;

/**
 * @param {IdxParser} engine
 * @param {NamedFile[]} files  training images and labels, and those of the validation set where there is one
 * @param {string} name  what the data set is called
 * @returns {Promise<import('./data_files.js').DataFiles>}
 * @throws {TrainerError} naming the file
 */
export async function readIdxFiles(engine, files, name) {
  // What does not fit together is not unpacked.
  pairSets(await mapInTurn(files, (file) => peekIdx(engine, file)));
  const parsed = await mapInTurn(files, (file) => readIdx(engine, file));
  const { train, validation } = pairSets(parsed);
  const { reading } = files[0];
  const notes = noteNames(parsed, train.images, reading?.transpose ?? false);
  return assembleData({ train, validation }, { name, reading, firstColumn: true, notes });
}

/** By the file's own name: its folder may be called anything. @param {IdxFile} file */
function isValidation({ name }) {
  return VALIDATION_WORD.test(ownName(name));
}

/** Whether a file is worth reading as IDX, by its name alone. @param {string} name */
export function isIdxName(name) {
  return /(idx\d?-[a-z]+|\.idx\d?|-ubyte)(\.gz)?$/i.test(name);
}

/**
 * The IDX files among some; of one that is there plain and packed, the plain one.
 *
 * @param {string[]} names
 * @returns {string[]}  sorted
 */
export function chooseIdxFiles(names) {
  const idx = names.filter(isIdxName).sort();
  return idx.filter((name) => !(name.endsWith('.gz') && idx.includes(name.slice(0, -3))));
}

/**
 * Unpacks a file where it is gzip, and parses its header.
 *
 * @param {IdxParser} engine
 * @param {NamedFile} file
 * @returns {Promise<IdxFile>}
 */
export async function readIdx(engine, file) {
  const measure = (/** @type {Uint8Array} */ head) => {
    const { shape, offset, type } = parseNamed(engine, file, head, false);
    return offset + type.size * countNumbers(shape);
  };
  refuseOtherPackers(file);
  const room = (/** @type {number} */ bytes) => engine.makeRoom(bytes);
  const isPacked = isGzip(file.bytes);
  const bytes = isPacked ? await gunzip(file, { headBytes: HEADER_MAX, measure, room }) : file.bytes;
  return describe(engine, file, bytes, true);
}

/**
 * What a file says that it holds, before it is unpacked: its bytes are missing.
 *
 * @param {IdxParser} engine
 * @param {NamedFile} file
 * @returns {Promise<IdxFile>}
 */
async function peekIdx(engine, file) {
  refuseOtherPackers(file);
  return describe(engine, file, isGzip(file.bytes) ? await peekGunzip(file, HEADER_MAX) : file.bytes, false);
}

/** @param {IdxParser} engine @param {NamedFile} file @param {Uint8Array} bytes  unpacked @param {boolean} isWhole @returns {IdxFile} */
function describe(engine, file, bytes, isWhole) {
  const { shape, offset, type } = parseNamed(engine, file, bytes, isWhole);
  const isLabels = shape.length === 1 || (/label/i.test(ownName(file.name)) && isListOfLabels(shape));
  return { name: file.name, shape, type, bytes: isWhole ? bytes.subarray(offset) : new Uint8Array(), isLabels };
}

/** Whether each sample may have a row of numbers, as QMNIST's labels do, or a single one. @param {number[]} shape */
function isListOfLabels([, ...rest]) {
  return rest.length === 1 || rest.every((size) => size === 1);
}

/** @param {IdxParser} engine @param {NamedFile} file @param {Uint8Array} bytes @param {boolean} isWhole */
function parseNamed(engine, { name }, bytes, isWhole) {
  try {
    return engine.parseIdx(bytes, { isWhole });
  } catch (error) {
    refuseForeign(name, bytes);
    if (error instanceof TrainerError) throw dataError(`${name}: ${error.message}`);
    throw error;
  }
}

/**
 * One file after the other: each may need much memory for a while.
 *
 * @template T
 * @param {NamedFile[]} files
 * @param {(file: NamedFile) => Promise<T>} work
 * @returns {Promise<T[]>}
 */
async function mapInTurn(files, work) {
  const results = [];
  for (const file of files) results.push(await work(file));
  return results;
}

/** @param {IdxFile[]} files */
function pairSets(files) {
  const train = pairFiles(files.filter((file) => !isValidation(file)));
  const validation = pairFiles(files.filter(isValidation));
  if (train) return { train, validation };
  const alone = validation ? ` beside ${validation.images.name}` : '';
  throw dataError(`There are no training images${alone}: a file such as train-images-idx3-ubyte is needed.`);
}

/**
 * The images and labels among the files of one set, or null where there are none.
 *
 * @param {IdxFile[]} files
 */
function pairFiles(files) {
  if (files.length === 0) return null;
  const images = files.filter(({ isLabels }) => !isLabels);
  const labels = files.filter(({ isLabels }) => isLabels);
  for (const several of [images, labels]) {
    if (several.length > 1) {
      throw dataError(
        `${several[0].name} and ${several[1].name} are both the same part of a data set; only one can be used.`,
      );
    }
  }
  if (images.length === 0) throw dataError(`${labels[0].name} has no images beside it.`);
  if (labels.length === 0) throw dataError(`${images[0].name} has no labels beside it.`);
  const pair = { images: images[0], labels: labels[0] };
  checkCounts(pair);
  return pair;
}

/**
 * What the names of the files say, and the files do not.
 *
 * @param {IdxFile[]} files
 * @param {IdxFile} images  to train on
 * @param {boolean} transpose
 */
function noteNames(files, images, transpose) {
  const notes = files
    .filter(({ name, isLabels }) => (isLabels ? /image/i : /label/i).test(ownName(name)))
    .map(({ name, isLabels }) => `${ownName(name)} holds ${isLabels ? 'labels' : 'images'}, whatever its name says.`);
  if (TRANSPOSED_NAME.test(ownName(images.name)) && !transpose) {
    const { label, name } = READING_FIELDS.find((field) => field.name === 'transpose') ?? READING_FIELDS[0];
    notes.push(`EMNIST stores images with rows and columns exchanged: "${label}" (--${name}) turns them upright.`);
  }
  return notes;
}
