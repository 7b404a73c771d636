/** JSON as logs hold it: with bare NaN and Infinity, which Python writes and JSON.parse refuses, and cut anywhere. */

const NON_FINITE = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g;

/** Of a text that ends in its middle. */
export const CUT = 'The file is cut: what stands before the cut was read.';

/**
 * A value; numbers that JSON lacks are the texts "NaN", "Infinity" and "-Infinity".
 *
 * @param {string} text
 * @returns {unknown}  undefined where it is no JSON even so
 */
export function parseLoosely(text) {
  try {
    return JSON.parse(text);
  } catch {
    // NaN may be all that is wrong.
  }
  try {
    return JSON.parse(text.replace(NON_FINITE, (found) => (found[0] === '"' ? found : `"${found}"`)));
  } catch {
    return undefined;
  }
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
export function isRecord(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const BRACE = 123;
const CLOSED = 125;
const QUOTE = 34;
const BACKSLASH = 92;
const LIST_END = 93;

/**
 * The objects of a list, one after the other, however the text goes on: a file that was cut gives those before the cut.
 *
 * @param {string} text
 * @param {number} from  behind the list's bracket
 * @returns {Generator<Record<string, unknown>>}
 */
export function* objectsIn(text, from) {
  let depth = 0;
  let begin = from;
  for (let at = from; at < text.length; at++) {
    const letter = text.charCodeAt(at);
    if (letter === QUOTE) {
      at++;
      while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
    } else if (letter === BRACE) {
      if (depth++ === 0) begin = at;
    } else if (letter === CLOSED) {
      if (--depth < 0) return;
      if (depth > 0) continue;
      const value = parseLoosely(text.slice(begin, at + 1));
      if (isRecord(value)) yield value;
    } else if (letter === LIST_END && depth === 0) return;
  }
}
