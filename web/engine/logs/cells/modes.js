/** Rows that say in a word whether they are of training or of validation: {"split": "val", "loss": 0.5}. */

import { classify, isCounting } from '../names.js';

/** @typedef {import('../columns.js').Column} Column @typedef {import('../table.js').LogTable} LogTable */

/** What the word is called. */
const MODE = /^(mode|split|phase|stage|subset|partition)$/i;
const VALIDATION = /^(val|valid|validation|validate|dev|test|testing|eval|evaluation)$/i;

/** Before the names of what is of validation. */
const PREFIX = 'val/';

/** What stands before the names of a record's members: nothing in training. @param {Record<string, unknown>} record */
export function prefixOf(record) {
  const isValidation = Object.entries(record).some(
    ([key, value]) => typeof value === 'string' && MODE.test(key) && VALIDATION.test(value.trim()),
  );
  return isValidation ? PREFIX : '';
}

/** Columns of a table, those of rows of validation apart; counters mean the same in any. @param {LogTable} table @returns {Column[]} */
export function partByMode({ columns, words }) {
  /** @type {Set<number>} */
  const rows = new Set();
  for (const [name, { at, text }] of words)
    if (MODE.test(name)) for (const [i, row] of at.entries()) if (VALIDATION.test(text[i])) rows.add(row);
  if (rows.size === 0) return columns;
  return columns.flatMap((column) => {
    if (isCounting(classify(column.name).kind)) return [column];
    const parts = [pick(column, (row) => !rows.has(row)), pick(column, (row) => rows.has(row), PREFIX)];
    return parts.filter(({ at }) => at.length > 0);
  });
}

/** @param {Column} column @param {(row: number) => boolean} isIn @param {string} [prefix] @returns {Column} */
function pick({ name, at, value, others }, isIn, prefix = '') {
  const kept = others?.at.filter(isIn);
  return {
    name: prefix + name,
    at: at.filter(isIn),
    value: value.filter((_, i) => isIn(at[i])),
    ...(others && kept && kept.length > 0 && { others: { ...others, at: kept } }),
  };
}
