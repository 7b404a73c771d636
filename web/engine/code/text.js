/** What code is put together from: literals that nothing of a user's can leave, comments, lists in lines. */

/** Characters that are not shown, or turn a line round: they stand as escapes. */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Columns that lines of code keep to, where they can. */
const WIDTH = 100;

/** @param {string} text @param {(code: number) => string} show */
function quote(text, show) {
  const escaped = text.replace(/["\\]/g, '\\$&').replace(HIDDEN, (c) => show(/** @type {number} */ (c.codePointAt(0))));
  return `"${escaped}"`;
}

/** @param {number} code @param {number} digits */
const hex = (code, digits) => code.toString(16).padStart(digits, '0');

/** A text as a literal of Python. @param {string} text */
export function pythonText(text) {
  return quote(text, (code) => (code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`));
}

/** A text as a literal of JavaScript. @param {string} text */
export function javaScriptText(text) {
  return quote(text, (code) => `\\u{${hex(code, 1)}}`);
}

/** A comment, a line each; what could end a line, or hide in it, is shown as a sign. @param {string} sign @param {string} text */
export function comment(sign, text) {
  return text
    .split('\n')
    .map((line) => `${sign} ${line.replace(HIDDEN, '�')}`.trimEnd())
    .join('\n');
}

/** Lines further in; empty ones stay empty. @param {string} text @param {number} [spaces] */
export function indent(text, spaces = 4) {
  return text.replace(/^(?=.)/gm, ' '.repeat(spaces));
}

/**
 * A list in brackets, in as many lines as it takes.
 *
 * @param {string[]} items
 * @param {number} [spaces]  of the lines within
 */
export function listInLines(items, spaces = 4) {
  const short = `[${items.join(', ')}]`;
  if (short.length < WIDTH - 20) return short;
  const lines = [''];
  for (const item of items) {
    const line = lines[lines.length - 1];
    if (line !== '' && line.length + item.length + 2 > WIDTH - spaces) lines.push(`${item},`);
    else lines[lines.length - 1] = line === '' ? `${item},` : `${line} ${item},`;
  }
  return `[\n${indent(lines.join('\n'), spaces)}\n]`;
}

/** Lines of code, those that are left out (false, null) apart. @param {(string | false | null | undefined)[]} lines */
export function lines(...lines) {
  return lines.filter((line) => typeof line === 'string').join('\n');
}

/** Parts of a file, two empty lines between them as Python has it, or one. @param {(string | false | null)[]} parts @param {number} [gap] */
export function joinParts(parts, gap = 2) {
  return `${parts.filter((part) => typeof part === 'string' && part !== '').join('\n'.repeat(gap + 1))}\n`;
}

/** @param {Uint8Array} bytes */
export function toBase64(bytes) {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
