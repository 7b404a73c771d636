/**
 * Zip files: their directory, with the large sizes of zip64, and parts that are stored or deflated. That is what NumPy's
 * .npz files are, and what data sets are often handed around as.
 */

import { dataError } from '../data_error.js';
import { inflate } from './inflate.js';
import { startsWith } from './marks.js';

/**
 * @typedef {object} ZipPart
 * @property {string} name  its path within the file
 * @property {number} length  bytes, unpacked
 * @property {() => Promise<Uint8Array>} read
 *
 * @typedef {object} Place  of a part
 * @property {string} name
 * @property {number} flags
 * @property {number} method
 * @property {number} checksum
 * @property {number} packed
 * @property {number} length
 * @property {number} at
 */

/** The signatures of the parts of a zip file. */
const LOCAL = 0x04034b50;
const ENTRY = 0x02014b50;
const END = 0x06054b50;
const END64 = 0x06064b50;
const END64_LOCATOR = 0x07064b50;

const END_BYTES = 22;
/** The end is followed by a comment of any text. */
const COMMENT_MAX = 0xffff;

const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;

/** What stands where a size is too large, and is said by zip64's field instead. */
const TOO_LARGE = 0xffffffff;
const ZIP64_FIELD = 1;

/** @param {Uint8Array} bytes */
export function isZip(bytes) {
  return startsWith(bytes, [0x50, 0x4b, 3, 4]) || startsWith(bytes, [0x50, 0x4b, 5, 6]);
}

/**
 * The files within a zip file, without its folders.
 *
 * @param {import('../data_files.js').NamedFile} file
 * @returns {ZipPart[]}
 * @throws {TrainerError} naming the file
 */
export function openZip({ name, bytes }) {
  const damaged = () => dataError(`${name}: the zip file is damaged or cut short.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return [...listPlaces(view, bytes)]
      .filter((place) => !place.name.endsWith('/'))
      .map((place) => ({
        name: place.name,
        length: place.length,
        read: () => readPart({ view, bytes, place, name: `${name}: ${place.name}`, damaged }),
      }));
  } catch (error) {
    // Whatever lies outside of the file.
    if (error instanceof RangeError) throw damaged();
    throw error;
  }
}

/** @param {DataView} view @param {Uint8Array} bytes @returns {Iterable<Place>} */
function* listPlaces(view, bytes) {
  const { count, start } = findDirectory(view);
  let at = start;
  for (let i = 0; i < count; i++) {
    if (view.getUint32(at, true) !== ENTRY) throw new RangeError();
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const commentLength = view.getUint16(at + 32, true);
    const next = at + 46 + nameLength + extraLength + commentLength;
    if (next > bytes.length) throw new RangeError();
    const place = {
      name: new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength)),
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      checksum: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      length: view.getUint32(at + 24, true),
      at: view.getUint32(at + 42, true),
    };
    widen(view, place, at + 46 + nameLength, extraLength);
    yield place;
    at = next;
  }
}

/** @param {DataView} view */
function findDirectory(view) {
  const last = view.byteLength - END_BYTES;
  for (let at = last; at >= Math.max(0, last - COMMENT_MAX); at--) {
    if (view.getUint32(at, true) !== END || view.getUint16(at + 20, true) !== last - at) continue;
    const end = { count: view.getUint16(at + 10, true), start: view.getUint32(at + 16, true) };
    if (at >= 20 && view.getUint32(at - 20, true) === END64_LOCATOR) {
      const end64 = readLarge(view, at - 20 + 8);
      if (view.getUint32(end64, true) !== END64) throw new RangeError();
      return { count: readLarge(view, end64 + 32), start: readLarge(view, end64 + 48) };
    }
    return end;
  }
  throw new RangeError();
}

/**
 * Takes the sizes that did not fit from zip64's field.
 *
 * @param {DataView} view @param {Place} place @param {number} from @param {number} length  of all extra fields
 */
function widen(view, place, from, length) {
  for (let at = from; at + 4 <= from + length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== ZIP64_FIELD) continue;
    let value = at + 4;
    for (const size of /** @type {const} */ (['length', 'packed', 'at'])) {
      if (place[size] !== TOO_LARGE) continue;
      place[size] = readLarge(view, value);
      value += 8;
    }
    return;
  }
}

/** @param {DataView} view @param {number} at */
function readLarge(view, at) {
  const value = Number(view.getBigUint64(at, true));
  if (!Number.isSafeInteger(value)) throw new RangeError();
  return value;
}

/**
 * @param {{ view: DataView, bytes: Uint8Array, place: Place, name: string, damaged: () => Error }} what
 * @returns {Promise<Uint8Array>}
 */
async function readPart({ view, bytes, place, name, damaged }) {
  const { flags, method, checksum, packed: size, length, at } = place;
  if (flags & ENCRYPTED) throw dataError(`${name} is encrypted.`);
  if (method !== STORED && method !== DEFLATED) {
    throw dataError(`${name} is packed by method ${method} of zip; only stored and deflated files can be unpacked.`);
  }
  if (at + 30 > bytes.length || view.getUint32(at, true) !== LOCAL) throw damaged();
  const start = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  if (start + size > bytes.length) throw damaged();
  const packed = bytes.subarray(start, start + size);
  if (method === DEFLATED) return inflate({ name, packed, length, checksum });
  if (size !== length || crc32(packed) !== checksum) throw damaged();
  return packed;
}

/** @type {Uint32Array | null} */
let crcTable = null;

/** The checksum of zip, gzip and PNG. @param {Uint8Array} bytes */
export function crc32(bytes) {
  crcTable ??= makeCrcTable();
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = crcTable[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

function makeCrcTable() {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
    return crc;
  });
}
