/** Columns that only say which row it is: a network would learn the order of the file from them. */

import { valuesIn } from './blocks.js';

/**
 * @typedef {import('./column.js').Column} Column
 * @typedef {import('./table.js').Table} Table
 */

/** So many numbers that differ are enough to believe that all do. */
const COMPARED_MAX = 100_000;
/** Rows from which on a first column that counts them is no chance. */
const COUNTED_MIN = 10;

const INDEX_NAME =
  /^(|unnamed: ?\d+|index|idx|i|id|row|rows|row[ _.]?(id|no|num|names?|index)|rownames?|rn|no|nr|s\.?l?\.? ?no|serial|#|obs|observation|x|x1)\.?$/i;
const ID_NAME = /(^|[ _.-])(id|uuid|guid)$|[a-z](Id|ID)$/i;

/** Whether a column is called like one that numbers the rows, and does. @param {Column} column */
export function numbersRows({ name, texts, missing, isWhole, isCounting }) {
  const isNamed = INDEX_NAME.test(name) || ID_NAME.test(name);
  return isNamed && isCounting && isWhole && texts + missing === 0;
}

/**
 * Whether a column only says which row it is.
 *
 * @param {Table} table
 * @param {number} i
 * @param {number[]} filled  columns that may be features
 */
export function isIndex({ columns, blocks, layout }, i, filled) {
  const column = columns[i];
  if (layout.hasRowNames && i === 0) return true;
  const { name, isCounting, least, missing } = column;
  const isNumber = column.texts === 0 && column.isWhole && missing === 0;
  if (blocks.rows < 2 || !(isNumber || ID_NAME.test(name))) return false;
  const isNamed = (layout.hasHeader && INDEX_NAME.test(name)) || ID_NAME.test(name);
  const isFirst = i === filled[0] && filled.length > 1 && (least === 0 || least === 1) && blocks.rows >= COUNTED_MIN;
  if (isNumber && isCounting) return (isNamed && filled.length > 1) || isFirst;
  return ID_NAME.test(name) && blocks.rows >= COUNTED_MIN && areDifferent(column, blocks, i);
}

/** Whether no value stands twice in a column. @param {Column} column @param {import('./blocks.js').Blocks} blocks @param {number} i */
function areDifferent(column, blocks, i) {
  if (column.numbers === 0) return column.hasMoreWords || column.words.every((word) => word.count === 1);
  const seen = new Set();
  for (const value of valuesIn(blocks, i)) {
    if (seen.has(value)) return false;
    seen.add(value);
    if (seen.size >= COMPARED_MAX) break;
  }
  return true;
}
