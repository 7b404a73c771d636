/**
 * What is packed with gzip, or as a zip file packs it, unpacked piece by piece: how much there must be is known before
 * memory is taken for it, and what says otherwise, or goes on past it, ends at once.
 */

import { dataError, makeRoom } from '../data_error.js';
import { startsWith } from './marks.js';

/** So many packed bytes at a time: what they can grow to is bounded too. */
const PIECE = 1 << 14;

/** The most that deflate can pack into a byte, and what a block of it may hold besides. */
const RATIO_MAX = 1032;
const SLACK = 1024;

/** Marks of what packs files but cannot be unpacked here: [its first bytes, its name]. @type {[number[], string][]} */
const OTHER_PACKERS = [
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'xz'],
  [[0x42, 0x5a, 0x68], 'bzip2'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'zstd'],
  [[0x37, 0x7a, 0xbc, 0xaf], '7z'],
  [[0x52, 0x61, 0x72, 0x21], 'rar'],
];

/**
 * @param {import('../data_files.js').NamedFile} file
 * @throws {TrainerError} where it is packed by a program that is not known here
 */
export function refuseOtherPackers({ name, bytes }) {
  const packer = OTHER_PACKERS.find(([mark]) => startsWith(bytes, mark));
  if (packer) throw dataError(`${name} is packed with ${packer[1]}, which cannot be unpacked here: unpack it first.`);
}

/**
 * Whether so many packed bytes can hold so much.
 *
 * @param {number} packed
 * @param {number} unpacked
 */
export function canHold(packed, unpacked) {
  return unpacked <= RATIO_MAX * packed + SLACK;
}

/**
 * Unpacks a gzip file of a format whose head says how long the whole is.
 *
 * @param {import('../data_files.js').NamedFile} file
 * @param {{ headBytes: number, measure: (head: Uint8Array) => number,
 *           room?: (bytes: number) => Uint8Array | null }} format  measure: the length, in bytes, of what begins so; it
 *   is given at least headBytes where there are as many, and throws where they make no sense; room: where the whole is
 *   to lie, if there is such a place
 * @returns {Promise<Uint8Array>}
 * @throws {TrainerError} naming the file
 */
export async function gunzip({ name, bytes }, { headBytes, measure, room }) {
  const reader = openGunzip([bytes]);
  try {
    const head = await readHead(reader, name, headBytes);
    const length = measure(head);
    const said = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4).getUint32(0, true);
    if (!canHold(bytes.length, length) || said !== length % 2 ** 32) {
      throw dataError(
        `${name}: its header promises ${length} bytes, which the gzip data does not hold: it is damaged or cut short.`,
      );
    }
    return await fill({ reader, length, name, head, whole: room?.(length) });
  } finally {
    reader.cancel().catch(() => {});
  }
}

/**
 * The first bytes of a gzip file, as many as there are up to headBytes, and maybe more.
 *
 * @param {import('../data_files.js').NamedFile} file
 * @param {number} headBytes
 * @returns {Promise<Uint8Array>}
 * @throws {TrainerError} naming the file
 */
export async function peekGunzip({ name, bytes }, headBytes) {
  const reader = openGunzip([bytes]);
  try {
    return await readHead(reader, name, headBytes);
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** @param {ReadableStreamDefaultReader<Uint8Array>} reader @param {string} name @param {number} headBytes */
async function readHead(reader, name, headBytes) {
  let head = new Uint8Array();
  while (head.length < headBytes) {
    const piece = await readPiece(reader, name);
    if (!piece) break;
    head = join(head, piece);
  }
  return head;
}

/**
 * Unpacks a part of a zip file, whose length and checksum its directory says.
 *
 * @param {{ name: string, packed: Uint8Array, length: number, checksum: number }} part
 * @returns {Promise<Uint8Array>}
 * @throws {TrainerError} naming the part
 */
export async function inflate({ name, packed, length, checksum }) {
  if (!canHold(packed.length, length)) {
    throw dataError(`${name}: ${packed.length} packed bytes cannot hold the ${length} that the zip file promises.`);
  }
  // As a gzip file of its own, so that the same reader unpacks it and checks it.
  const head = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);
  const foot = new Uint8Array(8);
  new DataView(foot.buffer).setUint32(0, checksum, true);
  new DataView(foot.buffer).setUint32(4, length, true);
  const reader = openGunzip([head, packed, foot]);
  try {
    return await fill({ reader, length, name, head: new Uint8Array() });
  } finally {
    reader.cancel().catch(() => {});
  }
}

/**
 * @param {Uint8Array[]} parts  that follow each other
 * @returns {ReadableStreamDefaultReader<Uint8Array>}
 */
function openGunzip(parts) {
  let part = 0;
  let at = 0;
  /** @type {ReadableStream<BufferSource>} */
  const packed = new ReadableStream({
    pull(controller) {
      while (part < parts.length && at === parts[part].length) {
        part++;
        at = 0;
      }
      if (part === parts.length) return controller.close();
      const piece = parts[part].subarray(at, at + PIECE);
      at += piece.length;
      controller.enqueue(/** @type {Uint8Array<ArrayBuffer>} */ (piece));
    },
  });
  return packed.pipeThrough(new DecompressionStream('gzip')).getReader();
}

/**
 * @param {{ reader: ReadableStreamDefaultReader<Uint8Array>, length: number, name: string, head: Uint8Array,
 *           whole?: Uint8Array | null }} what  head: what has been read already; whole: where to
 */
async function fill({ reader, length, name, head, whole: given }) {
  const whole = given ?? makeRoom(Uint8Array, length, name);
  let at = 0;
  for (let piece = /** @type {Uint8Array | null} */ (head); piece; piece = await readPiece(reader, name)) {
    if (at + piece.length > length) throw dataError(`${name}: its header promises ${length} bytes, but more follow.`);
    whole.set(piece, at);
    at += piece.length;
  }
  if (at < length) throw dataError(`${name}: its header promises ${length} bytes, but ${at} follow.`);
  return whole;
}

/** @param {ReadableStreamDefaultReader<Uint8Array>} reader @param {string} name */
async function readPiece(reader, name) {
  try {
    const { done, value } = await reader.read();
    return done ? null : value;
  } catch {
    throw dataError(`${name}: the gzip data is damaged or cut short.`);
  }
}

/** @param {Uint8Array} first @param {Uint8Array} second */
function join(first, second) {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
