/**
 * A folder of PNG images for each class, with or without folders "train" and "val" or "test" above them, as torchvision
 * and Keras have them. Grey images have one channel, coloured ones three; alpha is a channel of its own unless it is
 * opaque everywhere.
 */

import { plural } from '../../words/sentences.js';
import { nameClasses } from '../arrays/labels.js';
import { PNG } from '../choose_files.js';
import { dataError, makeRoom } from '../data_error.js';
import { damaged, decodePng, openPng } from './png.js';

/**
 * @typedef {import('./png.js').Png} Png
 * @typedef {import('../data_files.js').NamedFile} NamedFile
 * @typedef {NamedFile & { path: string[] }} Image  path: the folders that it lies in, without those that all lie in
 * @typedef {{ count: number, isColour: boolean, hasAlpha: boolean, isDeep: boolean, width: number, height: number,
 *   transpose: boolean }} Format  of all images
 */

/** Folders that tell sets apart, by how good a validation set they are. @type {[string, RegExp][]} */
const SPLITS = [
  ['train', /^(train|training)$/i],
  ['val', /^(val|valid|validation|dev)$/i],
  ['test', /^(test|testing|t10k)$/i],
];

/** What 8 bits count to, and how many steps of 16 bits are one of theirs. */
const WHITE = 255;
const DEEP_STEPS = 257;

/**
 * @param {NamedFile[]} files  names: paths with "/" between their parts
 * @param {string} name  what the data set is called
 * @returns {import('../data_files.js').DataFiles}
 * @throws {TrainerError} naming the file
 */
export function readImageFolder(files, name) {
  const foreign = files.find((file) => !PNG.test(file.name));
  if (foreign) throw dataError(`${foreign.name} is no PNG image, as the files beside it are.`);
  const { train, validation, notes } = sortImages(files, name);
  const found = nameClasses(
    [train, ...(validation ? [validation] : [])].map((images) => ({
      name,
      values: images.map(({ path }) => path[0]),
    })),
  );
  const images = [...train, ...(validation ?? [])].map(openPng);
  const format = judgeFormat(images, files[0].reading?.transpose ?? false);
  const pixels = drawAll(images, format);
  const elements = pixels.length / images.length;
  const shape = [
    elements / (format.width * format.height),
    ...(format.transpose ? [format.width, format.height] : [format.height, format.width]),
  ];
  if (shape[0] % 2 === 0)
    notes.push(`Some of the images are transparent: their alpha is the last of ${shape[0]} channels.`);
  const trained = train.length * elements;
  return {
    name,
    images: pixels.subarray(0, trained),
    labels: found.labels[0],
    shape,
    classes: found.classes,
    classNames: found.classNames,
    scalePerFeature: false,
    scaleTogether: format.isDeep,
    target: null,
    notes: [...notes, ...found.notes],
    validation: validation && { images: pixels.subarray(trained), labels: found.labels[1] },
  };
}

/**
 * The images that have a class, each with its class first in its path.
 *
 * @param {NamedFile[]} files
 * @param {string} where
 * @returns {{ train: Image[], validation: Image[] | null, notes: string[] }}
 */
function sortImages(files, where) {
  const images = files
    .map((file) => ({ ...file, path: file.name.split('/').slice(0, -1) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  while (images.every(({ path }) => path.length > 0 && path[0] === images[0].path[0])) {
    for (const { path } of images) path.shift();
  }
  const inFolders = images.filter(({ path }) => path.length > 0);
  if (inFolders.length === 0) {
    throw dataError(
      `${where} has its images in one folder, such as ${images[0].name}: a folder for each class is needed.`,
    );
  }
  const splitOf = (/** @type {Image} */ { path }) => SPLITS.find(([, word]) => word.test(path[0]))?.[0];
  if (!inFolders.every(splitOf)) return { train: inFolders, validation: null, notes: noteLeft(images, inFolders) };

  const inSplit = (/** @type {string} */ split) =>
    inFolders
      .filter((image) => splitOf(image) === split && image.path.length > 1)
      .map((image) => ({ ...image, path: image.path.slice(1) }));
  const [train, val, test] = SPLITS.map(([split]) => inSplit(split));
  if (train.length === 0) throw dataError(`${where} has no folder "train" with a folder of images for each class.`);
  const validation = val.length > 0 ? val : test.length > 0 ? test : null;
  return { train, validation, notes: noteLeft(images, [...train, ...(validation ?? [])]) };
}

/** @param {Image[]} images @param {Image[]} used */
function noteLeft(images, used) {
  if (used.length === images.length) return [];
  const names = new Set(used.map(({ name }) => name));
  const left = images.filter(({ name }) => !names.has(name));
  return [`Left out: ${plural(left.length, 'image')}, such as ${left[0].name}.`];
}

/** @param {Png[]} images @param {boolean} transpose @returns {Format} */
function judgeFormat(images, transpose) {
  const [{ name, width, height }] = images;
  const other = images.find((image) => image.width !== width || image.height !== height);
  if (other) {
    throw dataError(
      `${name} is ${width}×${height} pixels large, but ${other.name} ${other.width}×${other.height}: all must be of one size.`,
    );
  }
  return {
    count: images.length,
    isColour: images.some((image) => image.isColour && !isGreyPalette(image)),
    hasAlpha: images.some((image) => image.hasAlpha || image.transparency !== null),
    isDeep: images.some(({ depth }) => depth === 16),
    width,
    height,
    transpose,
  };
}

/** @param {Png} png */
function isGreyPalette({ isIndexed, palette }) {
  return isIndexed && palette.every((value, i) => value === palette[i - (i % 3)]);
}

/**
 * @param {Png[]} images
 * @param {Format} format
 * @returns {Uint8Array | Float32Array}  [images][channels][rows][columns], values 0 … 255
 */
function drawAll(images, format) {
  const plane = format.width * format.height;
  const colours = format.isColour ? 3 : 1;
  const channels = colours + (format.hasAlpha ? 1 : 0);
  const length = images.length * channels * plane;
  const pixels = format.isDeep
    ? makeRoom(Float32Array, length, images[0].name)
    : makeRoom(Uint8Array, length, images[0].name);
  for (const [i, image] of images.entries()) {
    const own = pixels.subarray(i * channels * plane, (i + 1) * channels * plane);
    draw(image, format, own);
  }
  if (!format.hasAlpha) return pixels;
  for (let i = 0; i < images.length; i++) {
    const alpha = pixels.subarray((i * channels + colours) * plane, (i + 1) * channels * plane);
    if (alpha.some((/** @type {number} */ value) => value !== WHITE)) return pixels;
  }
  for (let i = 0; i < images.length; i++) {
    pixels.copyWithin(i * colours * plane, i * channels * plane, (i * channels + colours) * plane);
  }
  return pixels.slice(0, images.length * colours * plane);
}

/**
 * @param {Png} png
 * @param {Format} format
 * @param {Uint8Array | Float32Array} planes
 */
function draw(png, format, planes) {
  const { width, height, transpose } = format;
  const { channels, samples } = decodePng(png);
  const plane = width * height;
  const colours = format.isColour ? 3 : 1;
  const scale = png.depth === 16 ? 1 : WHITE / (2 ** png.depth - 1);
  const steps = png.depth === 16 ? DEEP_STEPS : 1;
  const { palette, transparency, isIndexed, isColour, hasAlpha } = png;
  const key = transparency && !isIndexed ? readKey(transparency) : null;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * channels;
      const to = transpose ? x * height + y : y * width + x;
      const index = isIndexed ? samples[from] : 0;
      if (isIndexed && 3 * index >= palette.length) throw damaged(png.name);
      for (let c = 0; c < colours; c++) {
        planes[c * plane + to] = isIndexed
          ? palette[3 * index + c]
          : (samples[from + (isColour ? c : 0)] * scale) / steps;
      }
      if (!format.hasAlpha) continue;
      let alpha = WHITE;
      if (hasAlpha) alpha = (samples[from + channels - 1] * scale) / steps;
      else if (isIndexed) alpha = transparency?.[index] ?? WHITE;
      else if (key?.every((value, c) => c >= channels || value === samples[from + c])) alpha = 0;
      planes[colours * plane + to] = alpha;
    }
  }
}

/** The transparent colour of images without alpha. @param {Uint8Array} bytes @returns {number[]} */
function readKey(bytes) {
  return Array.from({ length: bytes.length >> 1 }, (_, i) => 256 * bytes[2 * i] + bytes[2 * i + 1]);
}
