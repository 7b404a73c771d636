/** Which files of a folder, or of what was dropped, are one data set: by their names alone, before any is read. */

import { dataError } from './data_error.js';
import { chooseIdxFiles } from './idx.js';
import { isTextName } from './text_file.js';

/** What systems and archivers leave in folders. */
const LITTER = /^(\..*|__MACOSX|Thumbs\.db|desktop\.ini|Icon\r)$/i;

export const PNG = /\.png$/i;
const OTHER_IMAGE = /\.(jpe?g|gif|bmp|webp|tiff?|avif|heic|ppm|pgm)$/i;
const TABLE = /\.(csv|tsv|tab|psv|data|txt)(\.gz)?$/i;
export const NPZ = /\.npz$/i;
const NPY = /\.npy$/i;

/** Whether a file is a table of text; such a file is best given as a stream. What is called .txt may be prose. @param {string} name */
export function isTableName(name) {
  return TABLE.test(name) && !isTextName(name);
}

/**
 * @param {string[]} names  paths with "/" between their parts
 * @param {string} where  what holds them, for a sentence
 * @returns {string[]}  IDX files, images of classes, .npz or .npy files, or one table
 * @throws {TrainerError} where there are none, or more than one data set
 */
export function chooseDataFiles(names, where) {
  const kept = names.filter((name) => !name.split('/').some((part) => LITTER.test(part)));
  const idx = shallowest(chooseIdxFiles(kept));
  if (idx.length > 0) return idx;
  for (const pattern of [NPZ, NPY]) {
    const arrays = shallowest(kept.filter((name) => pattern.test(name)));
    if (arrays.length > 0) return arrays;
  }
  const images = kept.filter((name) => PNG.test(name));
  const others = kept.filter((name) => OTHER_IMAGE.test(name));
  if (images.length > 0 && others.length > 0) {
    throw dataError(
      `${where} holds ${others[0]} beside PNG images; only PNG can be read, so convert the others first.`,
    );
  }
  if (images.length > 0) return images;
  if (others.length > 0) {
    throw dataError(`${where} holds images such as ${others[0]}; only PNG can be read, so convert them first.`);
  }
  const tables = shallowest(kept.filter((name) => TABLE.test(name)));
  const data = tables.filter((name) => !/\.txt(\.gz)?$/i.test(name));
  const found = data.length > 0 ? data : tables;
  if (found.length > 1) throw severalError(where, found);
  if (found.length === 1) return found;
  const packed = shallowest(kept.filter((name) => /\.zip$/i.test(name)));
  if (packed.length === 1) return packed;
  throw dataError(
    `${where} has no data files: IDX (train-images-idx3-ubyte …), .npz, .npy, a folder of PNG images for each class, or a CSV file.`,
  );
}

/** Those that lie least deep. @param {string[]} names */
function shallowest(names) {
  const depthOf = (/** @type {string} */ name) => name.split('/').length;
  const depth = Math.min(...names.map(depthOf));
  return names.filter((name) => depthOf(name) === depth);
}

/** @param {string} where @param {string[]} names */
function severalError(where, names) {
  return dataError(`${where} holds ${names[0]} and ${names[1]}, which are a data set each: use one of them.`);
}
