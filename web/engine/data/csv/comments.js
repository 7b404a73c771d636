/** Lines at a table's head that begin with "#" and say something of it. */

import { decodeLoosely } from './encoding.js';

const SIGN = 35;
const BLANK = 32;
const LINE_FEED = 10;
const RETURN = 13;

/** What parts cells, to tell a line of names from one of words. */
const PARTERS = [/\t/g, /;/g, /\|/g, /,/g, /[ \t]+/g];

/**
 * A table's head with blanks in place of such lines, so that all lines keep their numbers. The last of them may name the
 * columns, as NumPy's savetxt writes it: then only its sign goes, where a blank follows it.
 *
 * @param {Uint8Array} head
 * @returns {{ head: Uint8Array, comments: number }}  comments: lines that became blank
 */
export function blankComments(head) {
  const lines = [...listComments(head)];
  if (lines.length === 0) return { head, comments: 0 };
  const blanked = head.slice();
  const last = lines[lines.length - 1];
  const text = (/** @type {{ begin: number, end: number }} */ { begin, end }) =>
    decodeLoosely(head.subarray(begin, end)).replace(/^#+ */, '').trim();
  const below = lineAt(head, afterLine(head, last.end));
  const namesColumns = countParts(text(last)) === countParts(text(below)) && countParts(text(below)) !== '';
  for (const line of namesColumns ? lines.slice(0, -1) : lines) blanked.fill(BLANK, line.begin, line.end);
  if (namesColumns && /^#+ /.test(decodeLoosely(head.subarray(last.begin, last.end)))) {
    for (let at = last.begin; head[at] === SIGN; at++) blanked[at] = BLANK;
  }
  return { head: blanked, comments: lines.length - (namesColumns ? 1 : 0) };
}

/** The lines of comment before the first of another kind. @param {Uint8Array} head */
function* listComments(head) {
  for (let at = 0; at < head.length; ) {
    const line = lineAt(head, at);
    if (head[line.begin] === SIGN) yield line;
    else if (line.begin < line.end) return;
    at = afterLine(head, line.end);
  }
}

/** @param {Uint8Array} head @param {number} begin */
function lineAt(head, begin) {
  let end = begin;
  while (end < head.length && head[end] !== LINE_FEED && head[end] !== RETURN) end++;
  return { begin, end };
}

/** Where the next line begins. @param {Uint8Array} head @param {number} end  of this one */
function afterLine(head, end) {
  return head[end] === RETURN && head[end + 1] === LINE_FEED ? end + 2 : end + 1;
}

/** How often what parts cells most clearly stands in a line; '' where nothing does. @param {string} line */
function countParts(line) {
  const parter = PARTERS.find((pattern) => line.match(pattern));
  return parter ? `${parter} ${line.match(parter)?.length}` : '';
}
