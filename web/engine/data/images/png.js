/**
 * PNG files as numbers: every colour type, depth and interlacing of the standard, and nothing that is only for the eye
 * (gamma, profiles, chromaticities). One decoder for Node and browsers, whose own may differ in the last bit.
 * Source: Portable Network Graphics (PNG) Specification, third edition.
 */

import { unzlibSync } from 'fflate';
import { dataError } from '../data_error.js';
import { canHold } from '../packed/inflate.js';
import { startsWith } from '../packed/marks.js';
import { crc32 } from '../packed/zip.js';

/**
 * @typedef {object} Png  a file, not decoded yet
 * @property {string} name
 * @property {number} width
 * @property {number} height
 * @property {number} depth  bits of a sample
 * @property {boolean} isColour
 * @property {boolean} hasAlpha  of its own, in each pixel
 * @property {boolean} isIndexed  its samples are colours of the palette
 * @property {boolean} isInterlaced
 * @property {Uint8Array} palette  [colours][red, green, blue]
 * @property {Uint8Array | null} transparency  the palette's alphas, or the colour that is transparent
 * @property {Uint8Array[]} packed
 */

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** What pictures that are called .png often are instead. @type {[number[], string][]} */
const OTHERS = [
  [[0xff, 0xd8, 0xff], 'a JPEG'],
  [[0x47, 0x49, 0x46, 0x38], 'a GIF'],
  [[0x42, 0x4d], 'a BMP'],
  [[0x52, 0x49, 0x46, 0x46], 'a WebP'],
];

const COLOUR = 2;
const PALETTE = 1;
const ALPHA = 4;

/** The depths of each colour type. @type {Record<number, number[]>} */
const DEPTHS = { 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] };

/** Where the pixels of Adam7's passes lie: [first column, first row, columns between, rows between]. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];
const WHOLE = [[0, 0, 1, 1]];

/** More pixels than a sample of a data set can have. */
const PIXELS_MAX = 1 << 24;

/**
 * Everything of a file but its pixels.
 *
 * @param {import('../data_files.js').NamedFile} file
 * @returns {Png}
 * @throws {TrainerError} naming the file
 */
export function openPng({ name, bytes }) {
  if (!startsWith(bytes, SIGNATURE)) {
    const other = OTHERS.find(([mark]) => startsWith(bytes, mark));
    throw dataError(`${name} is no PNG image${other ? ` but ${other[1]}; convert it first` : ''}.`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  /** @type {Png | null} */
  let png = null;
  for (let at = SIGNATURE.length; ; ) {
    const length = at + 12 <= bytes.length ? view.getUint32(at) : Infinity;
    if (at + 12 + length > bytes.length) throw damaged(name);
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const content = bytes.subarray(at + 8, at + 8 + length);
    if (
      /^[A-Z]|tRNS/.test(kind) &&
      crc32(bytes.subarray(at + 4, at + 8 + length)) !== view.getUint32(at + 8 + length)
    ) {
      throw damaged(name);
    }
    if (!png) {
      if (kind !== 'IHDR' || length !== 13) throw damaged(name);
      png = readHeader(name, view, at + 8);
    } else if (kind === 'PLTE') png.palette = content;
    else if (kind === 'tRNS') png.transparency = content;
    else if (kind === 'IDAT') png.packed.push(content);
    else if (kind === 'IEND') break;
    at += 12 + length;
  }
  if (png.palette.length % 3 !== 0) throw damaged(name);
  return png;
}

/** @param {string} name @param {DataView} view @param {number} at @returns {Png} */
function readHeader(name, view, at) {
  const [width, height] = [view.getUint32(at), view.getUint32(at + 4)];
  const [depth, type, compression, filter, interlace] = Array.from({ length: 5 }, (_, i) => view.getUint8(at + 8 + i));
  if (!DEPTHS[type]?.includes(depth) || compression !== 0 || filter !== 0 || interlace > 1 || !width || !height) {
    throw damaged(name);
  }
  if (width * height > PIXELS_MAX) {
    throw dataError(`${name} has ${width}×${height} pixels; at most ${PIXELS_MAX} are possible.`);
  }
  return {
    name,
    width,
    height,
    depth,
    isColour: (type & COLOUR) !== 0,
    hasAlpha: (type & ALPHA) !== 0,
    isIndexed: (type & PALETTE) !== 0,
    isInterlaced: interlace === 1,
    palette: new Uint8Array(),
    transparency: null,
    packed: [],
  };
}

/** Numbers of a pixel in the file. @param {Png} png */
function channelsOf({ isIndexed, isColour, hasAlpha }) {
  return isIndexed ? 1 : (isColour ? 3 : 1) + (hasAlpha ? 1 : 0);
}

/**
 * The numbers of a file as they are written there: palette indices, or 1 to 4 samples of `depth` bits for each pixel.
 *
 * @param {Png} png
 * @returns {{ channels: number, samples: Uint16Array }}  [height][width][channels]
 * @throws {TrainerError} naming the file
 */
export function decodePng(png) {
  const { name, width, height, depth, isInterlaced } = png;
  const channels = channelsOf(png);
  const passes = (isInterlaced ? PASSES : WHOLE)
    .map(([x, y, dx, dy]) => ({
      x,
      y,
      dx,
      dy,
      columns: Math.ceil((width - x) / dx),
      rows: Math.ceil((height - y) / dy),
    }))
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
  const bytesOf = (/** @type {number} */ columns) => Math.ceil((columns * channels * depth) / 8);
  const length = passes.reduce((sum, { columns, rows }) => sum + rows * (1 + bytesOf(columns)), 0);
  const lines = unpack(png, length);
  const samples = new Uint16Array(width * height * channels);
  const reach = Math.max(1, (channels * depth) >> 3);
  let at = 0;
  for (const { x, y, dx, dy, columns, rows } of passes) {
    const size = bytesOf(columns);
    let above = new Uint8Array(size);
    for (let row = 0; row < rows; row++) {
      const line = lines.subarray(at + 1, at + 1 + size);
      if (!undoFilter(lines[at], line, above, reach)) throw damaged(name);
      const first = (y + row * dy) * width + x;
      for (let column = 0; column < columns; column++) {
        for (let c = 0; c < channels; c++) {
          samples[(first + column * dx) * channels + c] = sampleAt(line, column * channels + c, depth);
        }
      }
      above = line;
      at += 1 + size;
    }
  }
  return { channels, samples };
}

/** @param {Png} png @param {number} length  of the lines, with a byte for the filter of each */
function unpack({ name, packed }, length) {
  const size = packed.reduce((sum, part) => sum + part.length, 0);
  if (!canHold(size, length)) throw damaged(name);
  let whole = packed[0];
  if (packed.length !== 1) {
    whole = new Uint8Array(size);
    let at = 0;
    for (const part of packed) {
      whole.set(part, at);
      at += part.length;
    }
  }
  try {
    const lines = unzlibSync(whole, { out: new Uint8Array(length) });
    if (lines.length === length) return lines;
  } catch {
    // As what is too short.
  }
  throw damaged(name);
}

/** @param {Uint8Array} line @param {number} i @param {number} depth */
function sampleAt(line, i, depth) {
  if (depth === 8) return line[i];
  if (depth === 16) return 256 * line[2 * i] + line[2 * i + 1];
  const bit = i * depth;
  return (line[bit >> 3] >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
}

/**
 * Turns differences into bytes, in place.
 *
 * @param {number} filter
 * @param {Uint8Array} line
 * @param {Uint8Array} above  the line before, done already
 * @param {number} reach  bytes between a pixel and the one to its left
 * @returns {boolean}  whether there is such a filter
 */
function undoFilter(filter, line, above, reach) {
  switch (filter) {
    case 0:
      return true;
    case 1:
      for (let i = reach; i < line.length; i++) line[i] += line[i - reach];
      return true;
    case 2:
      for (let i = 0; i < line.length; i++) line[i] += above[i];
      return true;
    case 3:
      for (let i = 0; i < line.length; i++) line[i] += ((i < reach ? 0 : line[i - reach]) + above[i]) >> 1;
      return true;
    case 4:
      for (let i = 0; i < line.length; i++) {
        line[i] += i < reach ? above[i] : paeth(line[i - reach], above[i], above[i - reach]);
      }
      return true;
    default:
      return false;
  }
}

/** Whichever of left, up and corner is nearest to left + up - corner. @param {number} a @param {number} b @param {number} c */
function paeth(a, b, c) {
  const toA = Math.abs(b - c);
  const toB = Math.abs(a - c);
  const toC = Math.abs(a + b - 2 * c);
  return toA <= toB && toA <= toC ? a : toB <= toC ? b : c;
}

/** @param {string} name */
export function damaged(name) {
  return dataError(`${name}: the PNG image is damaged or cut short.`);
}
