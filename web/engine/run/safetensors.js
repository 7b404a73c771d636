/**
 * Weights as a safetensors file: eight bytes of header length, a JSON header, then the numbers.
 * Source: github.com/huggingface/safetensors, "Format". What is written is little-endian float32; floats of other
 * widths are read as well.
 *
 * The same weights always give the same bytes: names are sorted, offsets follow the names, and the header is padded
 * with spaces so that the numbers begin at a multiple of 8.
 */

import { plainText } from '../config/names.js';
import { TrainerError } from '../core/errors.js';
import { list, plural } from '../words/sentences.js';
import { quote, readHeader } from './safetensors_header.js';
import { nameSome } from './weight_faults.js';

/**
 * @typedef {import('./tensors.js').Tensor} Tensor
 * @typedef {Tensor & { dtype: string }} StoredTensor  dtype: what its numbers are in the file
 * @typedef {{ tensors: StoredTensor[], metadata: Record<string, string> }} Weights
 */

/** Files of weights that are taken for this format, by their first bytes. */
const OTHERS = [
  {
    begin: [0x50, 0x4b, 3, 4],
    says: 'a zip archive, as torch.save, Keras and NumPy write; save its tensors as safetensors',
  },
  { begin: [0x80], says: 'a pickle, as old versions of torch.save write; save its tensors as safetensors' },
  { begin: [0x89, 0x48, 0x44, 0x46], says: 'HDF5, as Keras writes it; save its tensors as safetensors' },
  { begin: [0x47, 0x47, 0x55, 0x46], says: 'GGUF; save its tensors as safetensors' },
  { begin: [0x7b], says: 'JSON, maybe the index of a model in several files; name one of those' },
];

/** The largest header that a reader accepts; the format's own limit. */
const HEADER_MAX = 100_000_000;

/**
 * @param {Tensor[]} tensors
 * @param {Record<string, string>} [metadata]  free text by name
 * @returns {Uint8Array}
 */
export function writeSafetensors(tensors, metadata = {}) {
  const sorted = [...tensors].sort((a, b) => compareText(a.name, b.name));
  /** @type {Record<string, unknown>} */
  const header = {};
  if (Object.keys(metadata).length > 0) {
    header.__metadata__ = Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => compareText(a, b)));
  }
  let offset = 0;
  for (const { name, shape, data } of sorted) {
    const end = offset + 4 * data.length;
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, end] };
    offset = end;
  }
  const text = JSON.stringify(header);
  const encoded = new TextEncoder().encode(text + ' '.repeat((8 - (utf8Length(text) % 8)) % 8));

  const bytes = new Uint8Array(8 + encoded.length + offset);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(encoded.length), true);
  bytes.set(encoded, 8);
  let at = 8 + encoded.length;
  for (const { data } of sorted) {
    for (const value of data) {
      if (Number.isNaN(value)) view.setUint32(at, 0x7fc00000, true);
      else view.setFloat32(at, value, true);
      at += 4;
    }
  }
  return bytes;
}

/**
 * @param {Uint8Array} bytes  a whole file
 * @param {string} fileName  for the sentence of an error
 * @returns {Weights}  the numbers as float32, whatever the file's floats are
 * @throws {TrainerError} where the file is not safetensors, is cut short, or holds anything but floats
 */
export function readSafetensors(bytes, fileName) {
  const fail = (/** @type {string} */ what) => new TrainerError('data', 'weights', `${plainText(fileName)} ${what}.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = bytes.length >= 8 ? Number(view.getBigUint64(0, true)) : Infinity;
  if (headerLength > Math.min(HEADER_MAX, bytes.length - 8)) {
    const other = OTHERS.find(({ begin }) => begin.every((byte, i) => bytes[i] === byte));
    throw fail(`is not a safetensors file${other ? ` but ${other.says}` : ''}`);
  }
  const begin = 8 + headerLength;
  const { entries, metadata } = readHeader(bytes.subarray(8, begin), fail);
  const places = entries.map(([name, entry]) => placeOf(name, entry, fail));
  judgePlaces(places, bytes.length - begin, fail);
  // PyTorch's batchnorm counts its batches, which nothing here needs.
  const needed = places.filter(({ name }) => !name.endsWith('num_batches_tracked'));
  const foreign = needed.filter(({ dtype }) => !FLOATS.has(dtype));
  if (foreign.length > 0) {
    const dtypes = [...new Set(foreign.map(({ dtype }) => quote(dtype)))].slice(0, 3);
    throw fail(
      `stores ${nameSome(foreign.map(({ name }) => name))} as ${list(dtypes)}; ${[...FLOATS.keys()].join(', ')} are understood`,
    );
  }
  return { tensors: needed.map((place) => readTensor(place, view, begin)), metadata };
}

/** @typedef {{ name: string, dtype: string, shape: number[], from: number, to: number, count: number }} Place */

/**
 * @param {string} name
 * @param {unknown} entry  what the header says of it
 * @param {(what: string) => Error} fail
 * @returns {Place}
 */
function placeOf(name, entry, fail) {
  const { dtype, shape, data_offsets } = /** @type {{ dtype?: unknown, shape?: unknown, data_offsets?: unknown }} */ (
    entry ?? {}
  );
  const isSize = (/** @type {unknown} */ n) => Number.isSafeInteger(n) && Number(n) >= 0;
  const isShape = Array.isArray(shape) && shape.every(isSize);
  const [from, to, ...more] = Array.isArray(data_offsets) ? data_offsets : [];
  if (typeof dtype !== 'string' || !isShape || !isSize(from) || !isSize(to) || to < from || more.length > 0) {
    throw fail(`describes the tensor ${quote(name)} in a way that makes no sense`);
  }
  const count = shape.includes(0) ? 0 : shape.reduce((product, n) => product * n, 1);
  const width = FLOATS.get(dtype)?.width;
  if (width !== undefined && to - from !== width * count) {
    throw fail(`gives ${quote(name)} ${to - from} bytes, but its shape needs ${width * count}`);
  }
  return { name, dtype, shape, from, to, count };
}

/**
 * The format knows no gaps and no numbers that two tensors share, so either is a sign that something is wrong.
 *
 * @param {Place[]} places
 * @param {number} room  bytes after the header
 * @param {(what: string) => Error} fail
 */
function judgePlaces(places, room, fail) {
  const byOffset = [...places].sort((a, b) => a.from - b.from || a.to - b.to);
  let end = 0;
  for (const { name, from, to } of byOffset) {
    if (to > room) throw fail(`ends before the tensor ${quote(name)} does: it is cut short`);
    if (from < end) throw fail(`lets the tensor ${quote(name)} begin inside another`);
    if (from > end) throw fail(`has ${plural(from - end, 'byte')} before ${quote(name)} that belong to no tensor`);
    end = to;
  }
  if (end < room) throw fail(`has ${plural(room - end, 'byte')} at its end that belong to no tensor`);
}

/** What a file's floats are: bytes each, and how one is read. */
const FLOATS = new Map(
  /** @type {[string, { width: number, read: (view: DataView, at: number) => number }][]} */ ([
    ['F32', { width: 4, read: (view, at) => view.getFloat32(at, true) }],
    ['F64', { width: 8, read: (view, at) => view.getFloat64(at, true) }],
    ['F16', { width: 2, read: (view, at) => fromHalf(view.getUint16(at, true)) }],
    ['BF16', { width: 2, read: (view, at) => fromBrain(view.getUint16(at, true)) }],
  ]),
);

/** IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction. @param {number} bits */
function fromHalf(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  // Below the smallest exponent there is no leading 1.
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

const word = new DataView(new ArrayBuffer(4));

/** bfloat16 is the upper half of a float32. @param {number} bits */
function fromBrain(bits) {
  word.setUint32(0, bits << 16);
  return word.getFloat32(0);
}

/** @param {Place} place @param {DataView} view @param {number} begin  of the numbers @returns {StoredTensor} */
function readTensor({ name, dtype, shape, from, count }, view, begin) {
  const { width, read } = /** @type {{ width: number, read: (view: DataView, at: number) => number }} */ (
    FLOATS.get(dtype)
  );
  const data = new Float32Array(count);
  if (dtype === 'F32') {
    // Where wasm runs, memory is in the file's order.
    new Uint8Array(data.buffer).set(new Uint8Array(view.buffer, view.byteOffset + begin + from, width * count));
    return { name, shape, data, dtype };
  }
  for (let i = 0; i < count; i++) data[i] = read(view, begin + from + width * i);
  return { name, shape, data, dtype };
}

/** Order by UTF-16 units: the same in every locale. @param {string} a @param {string} b */
function compareText(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** @param {string} text */
function utf8Length(text) {
  return new TextEncoder().encode(text).length;
}
