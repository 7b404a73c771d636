/** Which bytes a file writes its letters in, and all of them as UTF-8. */

import { tableError } from './words.js';

/** @typedef {'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'} Encoding */

/** Bytes that are looked at where no mark tells. */
const LOOKED_AT = 4096;

/** Marks at the begin of a file. @type {[number[], Encoding][]} */
const MARKS = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];

/**
 * The encoding that a file's first bytes tell: by their mark, or by where the zero bytes of UTF-16 stand.
 *
 * @param {Uint8Array} head
 * @param {string} fileName
 * @returns {{ encoding: Encoding, mark: number }}  mark: bytes of the mark
 */
export function findEncoding(head, fileName) {
  for (const [bytes, encoding] of MARKS) {
    if (bytes.every((byte, i) => head[i] === byte)) return { encoding, mark: bytes.length };
  }
  const looked = head.subarray(0, LOOKED_AT & ~1);
  const zeros = [0, 0];
  for (let i = 0; i < looked.length; i++) if (looked[i] === 0) zeros[i & 1]++;
  const [even, odd] = zeros.map((count) => count / (looked.length / 2 || 1));
  if (odd > 0.6 && even === 0) return { encoding: 'utf-16le', mark: 0 };
  if (even > 0.6 && odd === 0) return { encoding: 'utf-16be', mark: 0 };
  if (even + odd > 0) throw tableError(fileName, 'is no text: it holds zero bytes');
  return { encoding: 'utf-8', mark: 0 };
}

/**
 * The bytes of a file as UTF-8, without its mark.
 *
 * @param {AsyncIterable<Uint8Array>} bytes
 * @param {{ encoding: Encoding, mark: number }} how
 * @returns {AsyncGenerator<Uint8Array>}
 */
export async function* toUtf8(bytes, { encoding, mark }) {
  let left = mark;
  const decoder = encoding === 'utf-8' ? null : new TextDecoder(encoding, { ignoreBOM: true });
  const encoder = new TextEncoder();
  for await (const chunk of bytes) {
    const skipped = Math.min(left, chunk.length);
    left -= skipped;
    const own = skipped > 0 ? chunk.subarray(skipped) : chunk;
    if (own.length === 0) continue;
    yield decoder ? encoder.encode(decoder.decode(own, { stream: true })) : own;
  }
  const last = decoder?.decode();
  if (last) yield encoder.encode(last);
}

const strict = new TextDecoder('utf-8', { fatal: true });
const lenient = new TextDecoder('utf-8');

/**
 * A cell's text.
 *
 * @param {Uint8Array} bytes  UTF-8
 * @param {number} begin
 * @param {number} end
 * @param {import('./tokenizer.js').Dialect | null} mended  how quotes are written in it, where there are any
 * @returns {string | null}  null where the bytes are no UTF-8
 */
export function decodeCell(bytes, begin, end, mended) {
  let text = '';
  for (let i = begin; i < end; i++) {
    if (bytes[i] > 127) {
      try {
        text = strict.decode(bytes.subarray(begin, end));
      } catch {
        return null;
      }
      break;
    }
    text += String.fromCharCode(bytes[i]);
  }
  return (mended ? mendQuotes(text, mended) : text).trim();
}

/** @param {string} text @param {import('./tokenizer.js').Dialect} dialect */
function mendQuotes(text, { quote, escapes }) {
  return escapes ? text.replace(/\\(.)/gs, '$1') : text.replaceAll(quote + quote, quote);
}

/** Text of a file's begin, whatever it holds. @param {Uint8Array} bytes */
export function decodeLoosely(bytes) {
  return lenient.decode(bytes);
}
