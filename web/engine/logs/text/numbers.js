/** Where numbers stand in a line of text, and what hangs on them. */

/** What letters behind numbers stand for. */
export const SCALES = new Map([
  ['K', 1e3],
  ['M', 1e6],
  ['B', 1e9],
]);

/** What follows a number and is no part of a word. */
const UNIT = /^(ms|s|m|h|sec|secs|min|gb|mb|kb|g|k|b|x|it|gib|mib|[mb])\b/i;

/** @param {number} letter */
function isWordLetter(letter) {
  return (
    (letter >= 97 && letter <= 122) || (letter >= 65 && letter <= 90) || (letter >= 48 && letter <= 57) || letter === 95
  );
}

/** ∞ */
const INFINITY = 0x221e;

const NUMBER =
  /[-+]?(?:\d{1,3}(?:,\d{3})+(?!,?\d)(?:\.\d+)?|1\.#(?:inf|ind|qnan|snan)0*|∞|(?:\d+\.\d*|\.\d+)[dD][-+]\d+|\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|nan(?:\(ind\))?|inf(?:inity)?)/iy;

/**
 * Where a number that begins here ends; -1 where none does.
 *
 * @param {string} line @param {number} at
 */
export function numberEnd(line, at) {
  const letter = line.charCodeAt(at);
  const isStart =
    (letter >= 48 && letter <= 57) ||
    letter === 45 ||
    letter === 43 ||
    letter === 46 ||
    (letter | 32) === 110 ||
    (letter | 32) === 105 ||
    letter === INFINITY;
  if (!isStart) return -1;
  NUMBER.lastIndex = at;
  const found = NUMBER.exec(line);
  if (!found) return -1;
  // "[1,200]" is two numbers.
  const isPair = found[0].includes(',') && /[[(]/.test(line[at - 1] ?? '');
  const end = at + (isPair ? found[0].indexOf(',') : found[0].length);
  const next = line.charCodeAt(end);
  // A time, a date, a version; a word that only begins so.
  if (next === 58 && isDigit(line.charCodeAt(end + 1)) && isDigit(letter)) return -1;
  if (next === 46 && isDigit(line.charCodeAt(end + 1))) return -1;
  if (next === 45 && isDigit(line.charCodeAt(end + 1)) && found[0].length === 4) return -1;
  if (isWordLetter(next) && !UNIT.test(line.slice(end, end + 5))) return -1;
  return end;
}

/** Of "1.2K" and "3M". @param {string} line @param {number} end */
export function scaleBehind(line, end) {
  const scale = SCALES.get(line[end]?.toUpperCase() ?? '');
  return scale !== undefined && !isWordLetter(line.charCodeAt(end + 1)) ? scale : 1;
}

/** Letters of the unit behind a number: they are no name of the next. @param {string} line @param {number} end */
export function unitLength(line, end) {
  return isWordLetter(line.charCodeAt(end)) ? (UNIT.exec(line.slice(end, end + 5))?.[0].length ?? 0) : 0;
}

/** @param {number} letter */
function isDigit(letter) {
  return letter >= 48 && letter <= 57;
}

/** Past a word with all that hangs on it, so that no number is found within. @param {string} line @param {number} at */
export function skipWord(line, at) {
  if (!isWordLetter(line.charCodeAt(at))) return at + 1;
  while (at < line.length) {
    const letter = line.charCodeAt(at);
    const next = line.charCodeAt(at + 1);
    const hangsOn =
      (letter === 46 || letter === 45 || letter === 43 || letter === 58 || letter === 47) && isWordLetter(next);
    // "s:0" is a name and its number, "12:03" a time.
    if (letter === 58 && !isDigit(line.charCodeAt(at - 1))) return at + 1;
    if (!isWordLetter(letter) && !hangsOn) return at;
    at++;
  }
  return at;
}
