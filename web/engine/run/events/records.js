/**
 * TensorFlow's record files: each record is its length, a checksum of that, its bytes, and a checksum of those.
 * Source: tensorflow/core/lib/io/record_writer.h; polynomial: RFC 3720, appendix B.4.
 */

/** Castagnoli's polynomial, bits reversed. */
const POLYNOMIAL = 0x82f63b78;

/** What is added to a checksum that was turned. */
const MASK = 0xa282ead8;

/** Bytes of a record before and behind its data. */
export const HEAD_BYTES = 12;
export const FOOT_BYTES = 4;

/** @type {Uint32Array | null} */
let table = null;

/**
 * CRC-32C as record files mask it: a checksum of data that holds checksums would else be weak.
 *
 * @param {Uint8Array} bytes @param {number} from @param {number} to
 */
export function maskedCrc(bytes, from, to) {
  table ??= makeTable();
  let crc = 0xffffffff;
  for (let i = from; i < to; i++) crc = table[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
  crc = ~crc >>> 0;
  return (((crc >>> 15) | (crc << 17)) + MASK) >>> 0;
}

function makeTable() {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? POLYNOMIAL ^ (crc >>> 1) : crc >>> 1;
    return crc;
  });
}

/** A record as it stands in a file. @param {Uint8Array} data */
export function frameRecord(data) {
  const end = HEAD_BYTES + data.length;
  const framed = new Uint8Array(end + FOOT_BYTES);
  const view = new DataView(framed.buffer);
  view.setUint32(0, data.length, true);
  view.setUint32(8, maskedCrc(framed, 0, 8), true);
  framed.set(data, HEAD_BYTES);
  view.setUint32(end, maskedCrc(framed, HEAD_BYTES, end), true);
  return framed;
}
