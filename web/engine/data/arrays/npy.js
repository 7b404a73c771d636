/**
 * NumPy's .npy files: a header that is a Python dictionary, then the numbers in either order of bytes and of indices.
 * Source: numpy.lib.format, versions 1 to 3.
 */

import { dataError } from '../data_error.js';
import { startsWith } from '../packed/marks.js';
import { countNumbers } from './file_array.js';

/**
 * @typedef {import('./file_array.js').FileArray} FileArray
 */

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Numbers that can be read, as the header writes them without the order of bytes. @type {Record<string, 'bool' | 'uint' | 'int' | 'float'>} */
const KINDS = { b: 'bool', u: 'uint', i: 'int', f: 'float' };
const SIZES = { bool: [1], uint: [1, 2, 4, 8], int: [1, 2, 4, 8], float: [2, 4, 8] };

/** @param {Uint8Array} bytes */
export function isNpy(bytes) {
  return startsWith(bytes, MAGIC);
}

/**
 * @param {import('../data_files.js').NamedFile} file
 * @returns {FileArray}
 * @throws {TrainerError} naming the file
 */
export function readNpy({ name, bytes }) {
  if (!isNpy(bytes)) throw dataError(`${name} is no .npy file: its first bytes are not NumPy’s.`);
  const { header, offset } = readHeader(name, bytes);
  const order = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1];
  const isFortran = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const shape = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(header)?.[1];
  if (order === undefined && /'descr'\s*:\s*\[/.test(header)) {
    throw dataError(`${name} holds records of several fields; save each field as an array of its own.`);
  }
  if (order === undefined || isFortran === undefined || shape === undefined) {
    throw dataError(`${name}: its header makes no sense.`);
  }
  const array = {
    name,
    shape: shape
      .split(',')
      .filter((size) => size.trim() !== '')
      .map((size) => Number.parseInt(size, 10)),
    type: readType(name, order),
    isFortran: isFortran === 'True',
    bytes: bytes.subarray(offset),
  };
  const promised = array.type.size * countNumbers(array.shape);
  if (promised !== array.bytes.length) {
    throw dataError(
      `${name}: its header promises ${array.shape.join(' x ')} numbers of ${array.type.size} bytes, but ${array.bytes.length} bytes follow it.`,
    );
  }
  return array;
}

/** @param {string} name @param {Uint8Array} bytes */
function readHeader(name, bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [version] = bytes.subarray(MAGIC.length);
  if (version !== undefined && !(version >= 1 && version <= 3)) {
    throw dataError(`${name} is of version ${version} of NumPy’s format; 1 to 3 can be read.`);
  }
  const start = version === 1 ? 10 : 12;
  const length = bytes.length < start ? Infinity : version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (start + length > bytes.length) throw dataError(`${name} ends within its header.`);
  return { header: new TextDecoder().decode(bytes.subarray(start, start + length)), offset: start + length };
}

/** @param {string} name @param {string} text  such as "<f4" @returns {FileArray['type']} */
function readType(name, text) {
  const [, order, letter, digits] = /^([<>|=]?)([a-zA-Z])(\d*)$/.exec(text) ?? [];
  const size = Number(digits);
  const isBig = order === '>';
  if (letter === 'O') {
    throw dataError(
      `${name} holds pickled Python objects, which are not read: save numbers, with dtype float32 for example.`,
    );
  }
  if (letter === 'U' && size > 0) return { kind: 'text', size: 4 * size, read: (bytes) => readWide(bytes, isBig) };
  if (letter === 'S' && size > 0) {
    return { kind: 'text', size, read: (bytes) => new TextDecoder().decode(bytes).replace(/\0+$/, '') };
  }
  const kind = KINDS[letter];
  if (kind && SIZES[kind].includes(size)) return { kind, size, isBig };
  throw dataError(`${name} holds numbers of the type "${text.slice(0, 20)}", which cannot be read.`);
}

/** UTF-32 without its padding. @param {Uint8Array} bytes @param {boolean} isBig */
function readWide(bytes, isBig) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = '';
  for (let at = 0; at < bytes.length; at += 4) {
    const code = view.getUint32(at, !isBig);
    text += String.fromCodePoint(code <= 0x10ffff ? code : 0xfffd);
  }
  return text.replace(/\0+$/, '');
}
