/** Arrays as files hold them: any type of number, in either order of bytes, rows first or columns first. */

import { dataError } from '../data_error.js';

/**
 * @typedef {object} NumberType
 * @property {'bool' | 'uint' | 'int' | 'float'} kind
 * @property {number} size  bytes of a number
 * @property {boolean} isBig  big-endian
 *
 * @typedef {object} FileArray
 * @property {string} name  of the file, and of the array in it
 * @property {number[]} shape
 * @property {NumberType | { kind: 'text', size: number, read: (bytes: Uint8Array) => string }} type
 * @property {boolean} [isFortran]  the first index runs fastest
 * @property {Uint8Array} bytes  the numbers, and nothing else
 */

/** @param {number[]} shape */
export function countNumbers(shape) {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * The i-th number of an array as it lies in the file.
 *
 * @param {FileArray} array
 * @returns {(i: number) => number}
 */
export function readerOf({ name, type, bytes }) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (type.kind === 'text') throw dataError(`${name} holds texts, but numbers are needed.`);
  const isLittle = !type.isBig;
  switch (`${type.kind}${type.size}`) {
    case 'bool1':
      return (i) => (bytes[i] ? 1 : 0);
    case 'uint1':
      return (i) => bytes[i];
    case 'int1':
      return (i) => view.getInt8(i);
    case 'uint2':
      return (i) => view.getUint16(2 * i, isLittle);
    case 'int2':
      return (i) => view.getInt16(2 * i, isLittle);
    case 'uint4':
      return (i) => view.getUint32(4 * i, isLittle);
    case 'int4':
      return (i) => view.getInt32(4 * i, isLittle);
    case 'uint8':
      return (i) =>
        2 ** 32 * view.getUint32(8 * i + (isLittle ? 4 : 0), isLittle) +
        view.getUint32(8 * i + (isLittle ? 0 : 4), isLittle);
    case 'int8':
      return (i) =>
        2 ** 32 * view.getInt32(8 * i + (isLittle ? 4 : 0), isLittle) +
        view.getUint32(8 * i + (isLittle ? 0 : 4), isLittle);
    case 'float2':
      return (i) => halfToNumber(view.getUint16(2 * i, isLittle));
    case 'float4':
      return (i) => view.getFloat32(4 * i, isLittle);
    case 'float8':
      return (i) => view.getFloat64(8 * i, isLittle);
    default:
      throw dataError(`${name} holds numbers of ${type.size} bytes, which cannot be read.`);
  }
}

/** IEEE 754's binary16. @param {number} bits */
function halfToNumber(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

/**
 * How far apart neighbours along each dimension lie, in numbers.
 *
 * @param {FileArray} array
 * @returns {number[]}
 */
export function stridesOf({ shape, isFortran }) {
  const strides = new Array(shape.length);
  let step = 1;
  for (let k = 0; k < shape.length; k++) {
    const axis = isFortran ? k : shape.length - 1 - k;
    strides[axis] = step;
    step *= shape[axis];
  }
  return strides;
}
