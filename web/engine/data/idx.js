/**
 * IDX files (MNIST's format), plain or gzip: unpacking, and finding out which files belong together.
 *
 * What a file holds is read from its header (labels have rank 1, images more), and which set it belongs to from its
 * name: `t10k`, `test` or `val` is the validation set, anything else is the training set. The header itself is
 * parsed and checked by C.
 */

import { TrainerError } from '../core/errors.js';
import { callChecked } from '../core/problem.js';

/**
 * @typedef {import('../core/wasm.js').Core} Core
 * @typedef {{ shape: number[], offset: number }} IdxHeader  offset: of the first data byte
 * @typedef {{ parseIdx: (bytes: Uint8Array) => IdxHeader }} IdxParser  of an engine, what reading IDX files needs
 * @typedef {import('./data_files.js').NamedFile} NamedFile
 * @typedef {{ name: string, shape: number[], data: Uint8Array }} IdxFile
 * @typedef {{ images: IdxFile, labels: IdxFile }} Pair
 */

/** The bytes of a header: magic number and four sizes. */
const HEADER_MAX = 20;

const VALIDATION_WORD = /(^|[^a-z])(t10k|test|val|validation)([^a-z]|$)/i;

/**
 * @param {IdxParser} engine
 * @param {NamedFile[]} files  training images and labels, and those of the validation set where there is one
 * @param {string} name  what the data set is called
 * @returns {Promise<import('./data_files.js').DataFiles>}
 * @throws {TrainerError} naming the file
 */
export async function readIdxFiles(engine, files, name) {
  const parsed = [];
  for (const file of files) parsed.push(await readIdx(engine, file));
  const train = pairFiles(parsed.filter((file) => !isValidation(file)));
  const validation = pairFiles(parsed.filter(isValidation));
  if (!train) {
    const alone = validation ? ` beside ${validation.images.name}` : '';
    throw dataError(`There are no training images${alone}: a file such as train-images-idx3-ubyte is needed.`);
  }
  if (validation && String(elementShape(validation.images)) !== String(elementShape(train.images))) {
    throw dataError(
      `${validation.images.name} has samples of ${elementShape(validation.images).join('×')}, but ${train.images.name} of ${elementShape(train.images).join('×')}.`,
    );
  }
  const labels = validation ? [train.labels.data, validation.labels.data] : [train.labels.data];
  const classes = 1 + Math.max(1, ...labels.map(largest));
  return {
    name,
    images: train.images.data,
    labels: train.labels.data,
    shape: elementShape(train.images),
    classes,
    classNames: null,
    scalePerFeature: false,
    target: null,
    notes: [],
    validation: validation && { images: validation.images.data, labels: validation.labels.data },
  };
}

/**
 * The header of an IDX file.
 *
 * @param {Core} core
 * @param {Uint8Array} bytes  the whole file, unpacked
 * @returns {IdxHeader}
 * @throws {TrainerError} where it is no IDX file of bytes, or too short or too long
 */
export function parseIdxHeader(core, bytes) {
  const { IDX_BYTES } = core.constants;
  return core.withMemory(IDX_BYTES + HEADER_MAX, (idx) => {
    const header = core.bytes(idx + IDX_BYTES, HEADER_MAX);
    header.fill(0);
    header.set(bytes.subarray(0, HEADER_MAX));
    callChecked(core, (problem) => core.call.tscope_idx_parse(idx + IDX_BYTES, bytes.length, idx, problem));
    const [rank, ...rest] = core.view(Int32Array, idx, 6);
    return { shape: rest.slice(0, rank), offset: rest[4] };
  });
}

/** By the file's own name: its folder may be called anything. @param {IdxFile} file */
function isValidation({ name }) {
  return VALIDATION_WORD.test(name.replace(/^.*[/\\]/, ''));
}

/** Whether a file is worth reading as IDX, by its name alone. @param {string} name */
function isIdxName(name) {
  return /(idx\d?-ubyte|\.idx\d?|-ubyte)(\.gz)?$/i.test(name);
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
  const bytes = isGzip(file.bytes) ? await gunzip(file) : file.bytes;
  try {
    const { shape, offset } = engine.parseIdx(bytes);
    return { name: file.name, shape, data: bytes.subarray(offset) };
  } catch (error) {
    if (error instanceof TrainerError) throw dataError(`${file.name}: ${error.message}`);
    throw error;
  }
}

/** @param {Uint8Array} bytes */
function isGzip(bytes) {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** @param {NamedFile} file @returns {Promise<Uint8Array>} */
async function gunzip({ name, bytes }) {
  try {
    const packed = new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (bytes)]).stream();
    const unpacked = packed.pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(unpacked).arrayBuffer());
  } catch {
    throw dataError(`${name}: the gzip data is damaged or cut short.`);
  }
}

/**
 * The images and labels among the files of one set, or null where there are none.
 *
 * @param {IdxFile[]} files
 * @returns {Pair | null}
 */
function pairFiles(files) {
  if (files.length === 0) return null;
  const images = files.filter((file) => file.shape.length > 1);
  const labels = files.filter((file) => file.shape.length === 1);
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
  if (pair.images.shape[0] !== pair.labels.shape[0]) {
    throw dataError(
      `${pair.labels.name} has ${pair.labels.shape[0]} labels, but ${pair.images.name} has ${pair.images.shape[0]} images.`,
    );
  }
  if (pair.images.shape[0] === 0) throw dataError(`${pair.images.name} has no images.`);
  return pair;
}

/** The shape of one sample: [features] or [channels, height, width]. @param {IdxFile} file */
function elementShape({ shape }) {
  const [, ...rest] = shape;
  return rest.length === 2 ? [1, ...rest] : rest;
}

/** @param {Uint8Array} labels */
function largest(labels) {
  let result = 0;
  for (const label of labels) if (label > result) result = label;
  return result;
}

/** @param {string} message */
function dataError(message) {
  return new TrainerError('data', 'dataset', message);
}
