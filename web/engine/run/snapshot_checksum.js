/** What tells a snapshot that something changed from one that nothing did. It guards against damage, not against intent. */

/** Odd, so that multiplying loses nothing: of two contents that differ in one word the sums differ. */
const FACTORS = [0x9e3779b1, 0x85ebca77];

/**
 * @param {{ step: number, changes: unknown[], belongsTo: string, state: Uint8Array }} snapshot
 * @returns {string}  16 hexadecimal digits
 */
export function checksumOf({ step, changes, belongsTo, state }) {
  const about = new TextEncoder().encode(JSON.stringify([step, changes, belongsTo]));
  let [a, b] = [state.length, about.length];
  for (const words of [wordsOf(about), wordsOf(state)]) {
    for (let i = 0; i < words.length; i++) {
      const word = words[i];
      a = Math.imul(a ^ word, FACTORS[0]);
      a ^= a >>> 15;
      b = Math.imul(b + word, FACTORS[1]);
      b = (b << 13) | (b >>> 19);
    }
  }
  return [a, b].map((sum) => (sum >>> 0).toString(16).padStart(8, '0')).join('');
}

/** Bytes four at a time, filled up with zeros; a copy where they do not begin at a word. @param {Uint8Array} bytes */
function wordsOf(bytes) {
  if (bytes.length % 4 === 0 && bytes.byteOffset % 4 === 0) {
    return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  }
  const padded = new Uint8Array(4 * Math.ceil(bytes.length / 4));
  padded.set(bytes);
  return new Uint32Array(padded.buffer);
}
