/** Data files by hand, for tests: IDX, .npy, zip and PNG, valid and otherwise. */

import { deflateRawSync, deflateSync } from 'node:zlib';
import { crc32 } from '../../web/engine/data/packed/zip.js';

/** @param {string} text */
const encode = (text) => new TextEncoder().encode(text);

/** @param {Uint8Array[]} parts */
export function concat(parts) {
  return new Uint8Array(Buffer.concat(parts));
}

/** An IDX file. @param {number} type @param {number[]} shape @param {ArrayLike<number>} data  bytes */
export function writeIdx(type, shape, data) {
  const head = new Uint8Array(4 + 4 * shape.length);
  head.set([0, 0, type, shape.length]);
  for (const [i, size] of shape.entries()) new DataView(head.buffer).setUint32(4 + 4 * i, size);
  return concat([head, Uint8Array.from(data)]);
}

/** @param {string} descr @param {number[]} shape @param {Uint8Array} data @param {boolean} [isFortran] */
export function writeNpy(descr, shape, data, isFortran = false) {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const header = `{'descr': '${descr}', 'fortran_order': ${isFortran ? 'True' : 'False'}, 'shape': (${sizes}), }`;
  const text = `${header.padEnd(117)}\n`;
  return concat([Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length, 0), encode(text), data]);
}

/**
 * @param {Record<string, Uint8Array>} files
 * @param {{ method?: 'stored' | 'deflated', change?: (part: { length: number, checksum: number, flags: number }) => void }} [how]
 *   change: what the directory says of each
 */
export function writeZip(files, { method = 'deflated', change = () => {} } = {}) {
  const parts = [];
  const directory = [];
  let at = 0;
  for (const [name, bytes] of Object.entries(files)) {
    const packed = method === 'deflated' ? new Uint8Array(deflateRawSync(bytes)) : bytes;
    const facts = { length: bytes.length, checksum: crc32(bytes), flags: 0 };
    change(facts);
    const common = new Uint8Array(26);
    const view = new DataView(common.buffer);
    view.setUint16(0, 20, true);
    view.setUint16(2, facts.flags, true);
    view.setUint16(4, method === 'deflated' ? 8 : 0, true);
    view.setUint32(10, facts.checksum, true);
    view.setUint32(14, packed.length, true);
    view.setUint32(18, facts.length, true);
    view.setUint16(22, encode(name).length, true);
    const local = concat([encode('PK\x03\x04'), common, encode(name), packed]);
    const entry = new Uint8Array(14);
    new DataView(entry.buffer).setUint32(10, at, true);
    directory.push(concat([encode('PK\x01\x02'), Uint8Array.of(20, 0), common, entry, encode(name)]));
    parts.push(local);
    at += local.length;
  }
  const list = concat(directory);
  const end = new Uint8Array(18);
  const view = new DataView(end.buffer);
  view.setUint16(4, directory.length, true);
  view.setUint16(6, directory.length, true);
  view.setUint32(8, list.length, true);
  view.setUint32(12, at, true);
  return concat([...parts, list, encode('PK\x05\x06'), end]);
}

/**
 * A PNG without filters or interlacing.
 *
 * @param {{ width: number, height: number, depth?: number, type?: number, lines: Uint8Array,
 *   extra?: [string, Uint8Array][] }} image  lines: as they are packed, with a filter byte each
 */
export function writePng({ width, height, depth = 8, type = 0, lines, extra = [] }) {
  const head = new Uint8Array(13);
  new DataView(head.buffer).setUint32(0, width);
  new DataView(head.buffer).setUint32(4, height);
  head.set([depth, type], 8);
  const chunk = (/** @type {string} */ kind, /** @type {Uint8Array} */ content) => {
    const frame = new Uint8Array(12 + content.length);
    const view = new DataView(frame.buffer);
    view.setUint32(0, content.length);
    frame.set(encode(kind), 4);
    frame.set(content, 8);
    view.setUint32(8 + content.length, crc32(frame.subarray(4, 8 + content.length)));
    return frame;
  };
  return concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', head),
    ...extra.map(([kind, content]) => chunk(kind, content)),
    chunk('IDAT', new Uint8Array(deflateSync(lines))),
    chunk('IEND', new Uint8Array()),
  ]);
}

/** A grey image. @param {number} width @param {number} height @param {(i: number) => number} value */
export function writeGrey(width, height, value) {
  const lines = new Uint8Array(height * (width + 1));
  for (let i = 0; i < width * height; i++) lines[Math.floor(i / width) * (width + 1) + 1 + (i % width)] = value(i);
  return writePng({ width, height, lines });
}

/** A PNG whose chunks have the checksums that belong to what is in them now. @param {Uint8Array} bytes */
export function sealPng(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > bytes.length) break;
    view.setUint32(end, crc32(bytes.subarray(at + 4, end)));
    at = end + 4;
  }
  return bytes;
}
