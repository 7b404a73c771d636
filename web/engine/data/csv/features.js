/** What a network is shown of a table: its columns of numbers, its texts as zeros and ones, and what of both is left out. */

import { count } from '../../words/numbers.js';
import { list, plural } from '../../words/sentences.js';
import { areTooNear, FIRST_WORD, valuesIn } from './blocks.js';
import { isIndex } from './index_columns.js';
import { isMissing } from './numbers.js';
import { notANumber } from './table.js';
import { FEW } from './target.js';
import { quoted, someOf, tableError } from './words.js';

/**
 * @typedef {import('./column.js').Column} Column
 * @typedef {import('./table.js').Table} Table
 *
 * @typedef {object} NumberFeature
 * @property {number} column
 * @property {number} input  its place in a sample
 * @property {number} offset  what is subtracted, in double
 *
 * @typedef {object} WordFeature  a column of texts: each of its values has an input, which is 1 where it stands
 * @property {number} column
 * @property {Int32Array} inputOf  of each word: the place of its input in a sample, or -1
 * @property {Map<number, number>} inputOfNumber  likewise of the numbers among the texts
 *
 * @typedef {object} Features
 * @property {NumberFeature[]} numbers
 * @property {WordFeature[]} texts
 * @property {number} inputs  numbers of a sample
 */

/** What a column without a name is called in sentences. */
export const NAMELESS = '(no name)';

/** Values of a text column that get inputs, at most. */
const VALUES_MAX = 50;
/** A value that stands in a smaller share of the rows gets no input: standardized, it would be an outlier. */
const SHARE_MIN = 0.005;
/** A column that lacks more of its numbers than this is left out, and so are columns that would cost more of the rows. */
const MISSING_MAX = 0.5;
/**
 * @param {Table} table
 * @param {{ target: number, ignored: Set<number>, notes: string[] }} how
 * @returns {Features}
 */
export function chooseFeatures(table, { target, ignored, notes }) {
  const { columns, blocks, fileName } = table;
  /** @type {Map<string, string[]>} */
  const leftOut = new Map();
  const leave = (/** @type {Column} */ { name }, /** @type {string} */ reason) => {
    leftOut.set(reason, [...(leftOut.get(reason) ?? []), name || NAMELESS]);
  };
  const candidates = columns.map((_, i) => i).filter((i) => i !== target && !ignored.has(i));
  const filled = candidates.filter((i) => columns[i].filled > 0);
  /** @type {number[]} */
  const numeric = [];
  /** @type {WordFeature[]} */
  const texts = [];
  const inputs = { next: 0 };
  for (const i of candidates) {
    const column = columns[i];
    if (column.filled === 0) leave(column, 'nothing stands in it');
    else if (isIndex(table, i, filled)) leave(column, 'it numbers the rows');
    else if (column.missing > MISSING_MAX * blocks.rows) leave(column, 'more than half of it is missing');
    else if (column.texts === 0) {
      if (column.least === column.most) leave(column, 'it says the same everywhere');
      else if (isTooSmall(column)) leave(column, 'its numbers are too small for floats');
      else numeric.push(i);
    } else {
      const values = valuesOf(table, i);
      if (values === null)
        leave(column, holdsDates(column) ? 'it holds dates or times' : 'it holds too many different texts');
      else if (values.length < 2) leave(column, 'it says the same everywhere');
      else texts.push(encodeTexts(column, i, values, blocks.rows, inputs));
    }
  }
  dropCostly(table, numeric, leave);
  const before = inputs.next;
  // Numbers come first, in the file's order.
  for (const text of texts) {
    for (const [word, input] of text.inputOf.entries()) if (input >= 0) text.inputOf[word] = input + numeric.length;
    for (const [value, input] of text.inputOfNumber) text.inputOfNumber.set(value, input + numeric.length);
  }
  const numbers = numeric.map((column, input) => ({ column, input, offset: offsetOf(columns[column]) }));
  for (const [reason, names] of leftOut) notes.push(`Left out, because ${reason}: ${someOf(names)}.`);
  if (numbers.length + before === 0) {
    const [[reason, names] = []] = leftOut;
    const why = names ? ` (${someOf(names)} is left out, because ${reason})` : '';
    throw tableError(fileName, `has no column to learn from besides its target ${quoted(columns[target].name)}${why}`);
  }
  if (texts.length > 0) {
    const named = someOf(texts.map(({ column }) => columns[column].name));
    notes.push(`Texts became inputs of 0 and 1, ${before} for the values of ${named}.`);
  }
  const shifted = numbers.filter(({ offset }) => offset !== 0);
  if (shifted.length > 0) {
    const named = shifted.map(({ column, offset }) => `${columns[column].name} from ${offset}`);
    notes.push(`Counted from the smallest value, as floats cannot tell the values apart: ${someOf(named)}.`);
  }
  return { numbers, texts, inputs: numbers.length + before };
}

/** What is subtracted from a column so that its values survive as floats. @param {Column} column */
export function offsetOf({ least, most }) {
  return areTooNear(least, most) ? least : 0;
}

/** The smallest number that a float keeps all digits of. */
const FLOAT_MIN = 2 ** -126;

/** Whether floats would make zeros of a column's numbers. @param {Column} column */
export function isTooSmall({ least, most }) {
  return least < most && Math.max(-least, most) < FLOAT_MIN;
}

/** Dates as years or days begin them, with months as numbers or names, and times of a day. */
const DATE =
  /^(\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}[-. ]+\p{L}{3,9}\.?[-, ]+\d{2,4}|\p{L}{3,9}\.? \d{1,2},? \d{4})([T ].*)?$|^\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[ap]\.?m\.?)?$/iu;

/** @param {Column} column */
function holdsDates({ words }) {
  return words.filter(({ text }) => DATE.test(text)).length > words.length / 2;
}

/**
 * The different values of a column with texts, and how often each stands there.
 *
 * @param {Table} table
 * @param {number} i
 * @returns {{ key: string | number, count: number }[] | null}  null where they are free texts
 */
function valuesOf({ columns, blocks, fileName }, i) {
  const column = columns[i];
  const words = column.words.filter(({ text, value }) => !isMissing(text) && Number.isNaN(value));
  /** @type {Map<number, number>} */
  const numbers = new Map();
  if (column.numbers > 0) {
    for (const value of valuesIn(blocks, i)) {
      numbers.set(value, (numbers.get(value) ?? 0) + 1);
      if (numbers.size > VALUES_MAX) break;
    }
  }
  const areFew = column.texts <= Math.max(1, FEW * column.filled);
  const isCategory = numbers.size <= VALUES_MAX / 2 && words.every((word) => word.count > 1);
  if (areFew && column.numbers > 0 && !isCategory) throw notANumber(fileName, column, words[0]);
  const different = column.hasMoreWords ? Infinity : words.length + numbers.size;
  if (different > VALUES_MAX || (different > 2 && different > column.filled / 2)) return null;
  return [
    ...[...numbers].sort(([a], [b]) => a - b).map(([key, times]) => ({ key, count: times })),
    ...words
      .map((word) => ({ key: word.text, count: word.count }))
      .sort((a, b) => (a.key.toLowerCase() < b.key.toLowerCase() ? -1 : 1)),
  ];
}

/**
 * @param {Column} column
 * @param {number} i
 * @param {{ key: string | number, count: number }[]} values  at least two
 * @param {number} rows
 * @param {{ next: number }} inputs
 * @returns {WordFeature}
 */
function encodeTexts(column, i, values, rows, inputs) {
  // Of two values, the second says all: yes after no, true after false.
  const shown = values.length === 2 ? [values[1]] : values.filter((value) => value.count >= SHARE_MIN * rows);
  const inputOf = new Int32Array(FIRST_WORD + column.words.length + 1).fill(-1);
  const inputOfNumber = new Map();
  for (const { key } of shown) {
    const input = inputs.next++;
    if (typeof key === 'number') inputOfNumber.set(key, input);
    else inputOf[FIRST_WORD + column.words.findIndex(({ text }) => text === key)] = input;
  }
  return { column: i, inputOf, inputOfNumber };
}

/**
 * Leaves columns out until those that lack numbers cost no more than half of the rows.
 *
 * @param {Table} table
 * @param {number[]} numeric
 * @param {(column: Column, reason: string) => void} leave
 */
function dropCostly({ columns, blocks }, numeric, leave) {
  for (;;) {
    const lacking = numeric.filter((i) => columns[i].missing > 0);
    if (lacking.length === 0) return;
    const keep = new Uint8Array(blocks.rows).fill(1);
    if (markWhole(blocks, lacking, keep) >= (1 - MISSING_MAX) * blocks.rows) return;
    const worst = lacking.reduce((a, b) => (columns[b].missing > columns[a].missing ? b : a));
    leave(columns[worst], 'too much of it is missing');
    numeric.splice(numeric.indexOf(worst), 1);
  }
}

/**
 * Takes the rows out that lack a number.
 *
 * @param {import('./blocks.js').Blocks} blocks
 * @param {number[]} needed  columns
 * @param {Uint8Array} keep  of each row: 1 where it is kept
 * @returns {number}  rows that are kept
 */
export function markWhole(blocks, needed, keep) {
  let first = 0;
  let kept = 0;
  for (const block of blocks.list) {
    if (!block) continue;
    const { cells } = block;
    const doubtful = needed.filter((i) => block.words.has(i));
    for (let row = 0; row < block.rows; row++) {
      for (const i of doubtful) if (Number.isNaN(cells[row * blocks.columns + i])) keep[first + row] = 0;
      kept += keep[first + row];
    }
    first += block.rows;
  }
  return kept;
}

/** @param {Table} table @param {number[]} needed @param {number} left @param {number} all */
export function sayLacking({ columns }, needed, left, all) {
  const lacking = needed.map((i) => columns[i]).filter(({ missing }) => missing > 0);
  const names = lacking.map(({ name }) => name);
  const what = [
    ...(lacking.some(({ missing, infinite }) => missing > infinite) ? ['missing'] : []),
    ...(lacking.some(({ infinite }) => infinite > 0) ? ['infinite'] : []),
  ];
  return `${count(left)} of ${plural(all, 'row')} left out: a number is ${what.join(' or ')}, in ${someOf(names)}.`;
}

/** How columns of another style were read. @param {Table} table @param {number[]} used @returns {string[]} */
export function sayStyles({ columns, layout }, used) {
  const grouped = used.filter((i) => columns[i].style.group !== '' && columns[i].numbers > 0);
  const affixed = used.filter((i) => columns[i].style.affix !== '' && columns[i].numbers > 0);
  const doubts = layout.doubts.filter(({ column }) => used.includes(column));
  const marks = [...new Set(grouped.map((i) => columns[i].style.group))].map((mark) =>
    mark === ' ' ? 'blanks' : quoted(mark),
  );
  return [
    ...(grouped.length > 0
      ? [
          `Between thousands stand ${list(marks)}, which are no decimal marks: ${someOf(grouped.map((i) => columns[i].name))}.`,
        ]
      : []),
    ...(affixed.length > 0
      ? [`Read without their sign: ${someOf(affixed.map((i) => `${columns[i].name} (${columns[i].style.affix})`))}.`]
      : []),
    ...(doubts.length > 0
      ? [
          `Taken for decimals, though they could be thousands: ${someOf(doubts.map(({ column, text }) => `${text} in ${columns[column].name}`))}.`,
        ]
      : []),
  ];
}
