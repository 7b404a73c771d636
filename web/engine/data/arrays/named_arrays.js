/**
 * Arrays that go by names, in an .npz file or as .npy files of a folder: which of them are images and which labels, to
 * train on and to validate on. Keras' mnist.npz says x_train and y_test, MedMNIST train_images and val_labels, others X
 * and y, images and labels, data and target.
 */

import { agree, plural } from '../../words/sentences.js';
import { someOf } from '../csv/words.js';
import { dataError, ownName } from '../data_error.js';
import { openZip } from '../packed/zip.js';
import { assembleData } from './assemble.js';
import { readNpy } from './npy.js';

/**
 * @typedef {import('./file_array.js').FileArray} FileArray
 * @typedef {import('../data_files.js').NamedFile} NamedFile
 *
 * @typedef {{ name: string, bytes: () => Promise<Uint8Array> }} Source  name: the array's
 *
 * @typedef {{ source: Source, split: Split, role: Role }} Found
 */

/** @typedef {'train' | 'val' | 'test'} Split */
/** @typedef {'images' | 'labels'} Role */

/** What the words of an array's name say. @type {[Split, RegExp][]} */
const SPLITS = [
  ['train', /^(train|training|tr)$/],
  ['val', /^(val|valid|validation|dev)$/],
  ['test', /^(test|testing|te|t10k)$/],
];

/** "y_data" are labels. @type {[Role, RegExp][]} */
const ROLES = [
  ['labels', /^(y|ys|label|labels|target|targets|class|classes|lab)$/],
  ['images', /^(x|xs|image|images|img|imgs|data|features|feature|inputs|input|samples|digits)$/],
];

/** np.savez's own names for two arrays that were given without. @type {Record<string, Role>} */
const POSITIONAL = { arr_0: 'images', arr_1: 'labels' };

/**
 * @param {NamedFile[]} files  one .npz, or several of one array each, such as Kuzushiji-MNIST's
 * @param {string} name  what the data set is called
 * @returns {Promise<import('../data_files.js').DataFiles>}
 * @throws {TrainerError} naming the file
 */
export function readNpz(files, name) {
  const [{ name: where, reading }] = files;
  const sources = files.flatMap((file) => {
    const parts = openZip(file).filter((part) => part.name.endsWith('.npy'));
    if (parts.length === 0) throw dataError(`${file.name} holds no arrays: an .npz file is a zip file of .npy files.`);
    if (files.length > 1 && parts.length > 1) {
      throw dataError(
        `${file.name} must come alone: it holds ${plural(parts.length, 'array')}, and others lie beside it.`,
      );
    }
    const nameOf = (/** @type {string} */ part) =>
      (files.length > 1 ? ownName(file.name) : part).replace(/\.np[yz]$/i, '');
    return parts.map((part) => ({ name: nameOf(part.name), bytes: part.read }));
  });
  return readSources(sources, { name, where: files.length > 1 ? null : where, reading });
}

/**
 * @param {NamedFile[]} files  .npy
 * @param {string} name
 * @returns {Promise<import('../data_files.js').DataFiles>}
 */
export function readNpyFiles(files, name) {
  const sources = files.map((file) => ({
    name: ownName(file.name).replace(/\.npy$/i, ''),
    bytes: async () => file.bytes,
  }));
  return readSources(sources, { name, where: null, reading: files[0].reading });
}

/**
 * @param {Source[]} sources
 * @param {{ name: string, where: string | null, reading?: import('../../config/reading_fields.js').Reading }} how  where: the file they are in
 */
async function readSources(sources, { name, where, reading }) {
  const { train, validation, left } = chooseArrays(sources, where, name);
  const read = async (/** @type {Source} */ source) =>
    readNpy({ name: where ? `${where}: ${source.name}` : source.name, bytes: await source.bytes() });
  const readPair = async (/** @type {{ images: Source, labels: Source }} */ { images, labels }) => ({
    images: await read(images),
    labels: await read(labels),
  });
  const notes = left.length > 0 ? [`Left out: ${listNames(left)}.`] : [];
  const pairs = { train: await readPair(train), validation: validation && (await readPair(validation)) };
  return assembleData(pairs, { name, reading, notes });
}

/** @param {Source[]} sources @param {string | null} where @param {string} name  of the data set */
function chooseArrays(sources, where, name) {
  const found = sources.flatMap((source) => identify(source, sources.length));
  const twice = found.find((a) => found.some((b) => a !== b && a.split === b.split && a.role === b.role));
  if (twice) {
    const same = found.filter(({ split, role }) => split === twice.split && role === twice.role);
    throw dataError(
      `${listNames(same.map(({ source }) => source))} are both the same part of a data set; only one can be used.`,
    );
  }
  const pairOf = (/** @type {Split} */ split) => {
    const [images, labels] = /** @type {Role[]} */ (['images', 'labels']).map(
      (role) => found.find((part) => part.split === split && part.role === role)?.source,
    );
    return images && labels ? { images, labels } : null;
  };
  const train = pairOf('train');
  if (!train) {
    const arrays = `${agree(sources.length, 'only the array', 'the arrays')} ${listNames(sources)}`;
    throw dataError(
      `${where ?? name} has ${arrays}; images and labels are found by names such as x_train and y_train, or X and y.`,
    );
  }
  const validation = pairOf('val') ?? pairOf('test');
  const used = [train, validation].flatMap((pair) => (pair ? [pair.images, pair.labels] : []));
  return { train, validation, left: sources.filter((source) => !used.includes(source)) };
}

/**
 * @param {Source} source
 * @param {number} count  of arrays there are
 * @returns {Found[]}  one, or none where the name says nothing
 */
function identify(source, count) {
  const words = source.name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  // Also x_train without anything between: "xtrain", "trainx".
  const parts = words.flatMap(
    (word) =>
      /^(x|y)(train|val|test)$/.exec(word)?.slice(1) ?? /^(train|val|test)(x|y)$/.exec(word)?.slice(1) ?? [word],
  );
  const split = SPLITS.find(([, pattern]) => parts.some((part) => pattern.test(part)))?.[0] ?? 'train';
  const role = ROLES.find(([, pattern]) => parts.some((part) => pattern.test(part)))?.[0];
  if (role) return [{ source, split, role }];
  return count === 2 && Object.hasOwn(POSITIONAL, source.name)
    ? [{ source, split, role: POSITIONAL[source.name] }]
    : [];
}

/** @param {Source[]} sources */
function listNames(sources) {
  return someOf(sources.map(({ name }) => name));
}
