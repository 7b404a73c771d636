/** The header of an IDX file, parsed and checked by C; what is made of the files is idx.js's. */

import { argumentError, checkFlag, isArrayOf, readOptions } from '../core/arguments.js';
import { callChecked } from '../core/problem.js';

/**
 * @typedef {import('../core/wasm.js').Core} Core
 * @typedef {import('./arrays/file_array.js').NumberType} NumberType
 *
 * @typedef {object} IdxHeader
 * @property {number[]} shape
 * @property {number} offset  of the first data byte
 * @property {NumberType} type
 */

/** The format's types, by their codes in C. @type {[string, NumberType['kind']][]} */
const TYPES = [
  ['IDX_UNSIGNED_BYTES', 'uint'],
  ['IDX_SIGNED_BYTES', 'int'],
  ['IDX_SHORTS', 'int'],
  ['IDX_INTS', 'int'],
  ['IDX_FLOATS', 'float'],
  ['IDX_DOUBLES', 'float'],
];

/** The bytes that C's parser may need to see. */
export const HEADER_MAX = 20;

/**
 * The header of an IDX file.
 *
 * @param {Core} core
 * @param {Uint8Array} bytes  unpacked
 * @param {{ isWhole?: boolean }} [how]  isWhole: bytes are the whole file, so that the data must fill it
 * @returns {IdxHeader}
 * @throws {TrainerError} where it is no IDX file, or too short or too long
 */
export function parseIdxHeader(core, bytes, how) {
  if (!isArrayOf(bytes, Uint8Array)) throw argumentError('bytes', 'bytes must be a Uint8Array.');
  const isWhole = checkFlag('isWhole', readOptions('parseIdx', how, ['isWhole']).isWhole ?? true);
  const { IDX_BYTES } = core.constants;
  const parse = isWhole ? core.call.tscope_idx_parse : core.call.tscope_idx_header;
  return core.withMemory(IDX_BYTES + HEADER_MAX, (idx) => {
    const header = core.bytes(idx + IDX_BYTES, HEADER_MAX);
    header.fill(0);
    header.set(bytes.subarray(0, HEADER_MAX));
    callChecked(core, (problem) => parse(idx + IDX_BYTES, bytes.length, idx, problem));
    const [rank, ...rest] = core.view(Int32Array, idx, 8);
    const [offset, code, size] = rest.slice(4);
    const [, kind] = TYPES.find(([constant]) => core.constants[constant] === code) ?? TYPES[0];
    return { shape: rest.slice(0, rank), offset, type: { kind, size, isBig: true } };
  });
}
