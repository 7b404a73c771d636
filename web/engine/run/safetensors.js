/**
 * Weights as a safetensors file: eight bytes of header length, a JSON header, then the numbers.
 * Source: github.com/huggingface/safetensors, "Format". All tensors are little-endian float32 here.
 *
 * The same weights always give the same bytes: names are sorted, offsets follow the names, and the header is padded
 * with spaces so that the numbers begin at a multiple of 8.
 */

import { TrainerError } from '../core/errors.js';

/**
 * @typedef {import('./tensors.js').Tensor} Tensor
 * @typedef {{ tensors: Tensor[], metadata: Record<string, string> }} Weights
 */

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
 * @returns {Weights}
 * @throws {TrainerError} where the file is not safetensors, is cut short, or holds anything but float32
 */
export function readSafetensors(bytes, fileName) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = bytes.length >= 8 ? Number(view.getBigUint64(0, true)) : Infinity;
  if (headerLength > Math.min(HEADER_MAX, bytes.length - 8)) {
    throw weightsError(fileName, 'is not a safetensors file');
  }
  const header = parseHeader(bytes.subarray(8, 8 + headerLength), fileName);
  const begin = 8 + headerLength;
  const room = bytes.length - begin;

  /** @type {Tensor[]} */
  const tensors = [];
  for (const [name, entry] of Object.entries(header)) {
    // PyTorch's batchnorm counts its batches, which nothing here needs.
    if (name === '__metadata__' || name.endsWith('num_batches_tracked')) continue;
    tensors.push(readTensor(name, entry, { view, begin, room, fileName }));
  }
  const metadata = Object.fromEntries(
    Object.entries(header.__metadata__ ?? {}).map(([name, text]) => [name, String(text)]),
  );
  return { tensors, metadata };
}

/**
 * @param {string} name
 * @param {unknown} entry
 * @param {{ view: DataView, begin: number, room: number, fileName: string }} file
 * @returns {Tensor}
 */
function readTensor(name, entry, { view, begin, room, fileName }) {
  const { dtype, shape, data_offsets } = /** @type {{ dtype?: unknown, shape?: unknown, data_offsets?: unknown }} */ (
    entry ?? {}
  );
  const isShape = Array.isArray(shape) && shape.every((n) => Number.isSafeInteger(n) && n >= 0);
  const [from, to] = Array.isArray(data_offsets) ? data_offsets : [];
  if (!isShape || !Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || to < from) {
    throw weightsError(fileName, `describes the tensor ${name} in a way that makes no sense`);
  }
  if (dtype !== 'F32') {
    throw weightsError(fileName, `stores the tensor ${name} as ${dtype}; only F32 is understood`);
  }
  const count = shape.reduce((product, n) => product * n, 1);
  if (to - from !== 4 * count) {
    throw weightsError(fileName, `gives ${name} ${to - from} bytes, but its shape needs ${4 * count}`);
  }
  if (to > room) throw weightsError(fileName, `ends before the tensor ${name} does: it is cut short`);
  const data = new Float32Array(count);
  for (let i = 0; i < count; i++) data[i] = view.getFloat32(begin + from + 4 * i, true);
  return { name, shape, data };
}

/**
 * @param {Uint8Array} bytes
 * @param {string} fileName
 * @returns {Record<string, unknown>}
 */
function parseHeader(bytes, fileName) {
  try {
    const header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (header && typeof header === 'object' && !Array.isArray(header)) return header;
  } catch {
    // Neither UTF-8 nor JSON: the same sentence as for JSON of another kind.
  }
  throw weightsError(fileName, 'is not a safetensors file');
}

/** @param {string} fileName @param {string} what */
function weightsError(fileName, what) {
  return new TrainerError('data', 'weights', `${fileName} ${what}.`);
}

/** Order by UTF-16 units: the same in every locale. @param {string} a @param {string} b */
function compareText(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** @param {string} text */
function utf8Length(text) {
  return new TextEncoder().encode(text).length;
}
