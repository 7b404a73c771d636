/** Texts by their digest. */

/** Of a text, to tell one from another: its length and FNV-1a over its characters. @param {string} text */
export function digestOfText(text) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return `${text.length}-${hash.toString(16)}`;
}
