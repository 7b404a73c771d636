/** What packed files begin with. */

/** @param {Uint8Array} bytes */
export function isGzip(bytes) {
  return startsWith(bytes, [0x1f, 0x8b]);
}

/** @param {Uint8Array} bytes @param {number[]} mark */
export function startsWith(bytes, mark) {
  return mark.every((byte, i) => bytes[i] === byte);
}
