/** Cells that hold something and no number, in columns that play a role or, by their names, would. */

import { describeValue, shorten } from '../../config/names.js';
import { count } from '../../words/numbers.js';
import { plural } from '../../words/sentences.js';
import { classify } from '../names.js';

/**
 * @typedef {import('../columns.js').Column} Column
 * @typedef {import('../columns.js').RawRun} RawRun
 * @typedef {import('../roles.js').Role} Role
 *
 * @typedef {{ role: Role, name: string, rows: number, first: string | null, at: string, steps: number[], isAll: boolean }} OddCells  cells
 *   that hold something and no number; first, at: what the first one holds, where that is known, and where it stands, in
 *   words; steps: where they have one; isAll: no cell of that name holds a number
 */

/**
 * @param {Partial<Record<Role, Column>>} columns @param {RawRun} raw @param {import('../steps.js').Steps} place
 * @param {import('./parts.js').Part | undefined} part  rows of the run, where numbers come in rows
 * @returns {OddCells[]}
 */
export function findOdd(columns, { facts: { wordy = [] } }, { ofRow, unit }, part) {
  const sayPlace = (/** @type {number} */ at) => {
    const step = part ? ofRow[at] : at;
    return step >= 0 ? `at ${unit} ${count(step)}` : `in row ${count(at + 1)}`;
  };
  const found = /** @type {[Role, Column][]} */ (Object.entries(columns)).map(([role, column]) => ({
    role,
    ...column,
    isAll: false,
  }));
  const missing = wordy.map(({ name, others }) => ({ role: roleOf(name), name, others, isAll: true }));
  return [...found, ...missing].flatMap(({ role, name, others, isAll }) => {
    if (!others || role === null || (isAll && columns[role])) return [];
    const at = part ? others.at.subarray(...part.within(others.at)) : others.at;
    if (at.length === 0) return [];
    const first = at[0] === others.at[0] ? describeValue(others.first) : null;
    const steps = Array.from(at, (row) => (part ? ofRow[row] : row)).filter((step) => step >= 0);
    return [{ role, name, rows: at.length, first, at: sayPlace(at[0]), steps, isAll }];
  });
}

/** The role that a name has. @param {string} name @returns {Role | null} */
function roleOf(name) {
  const { kind, split } = classify(name);
  if (kind === 'loss') return split === 'val' ? 'val_loss' : 'loss';
  return kind === 'lr' || kind === 'grad_norm' ? kind : null;
}

/** A table's column that is a loss by its name and holds none; null where there is none such. @param {string} name @param {import('../columns.js').Wordy[]} wordy */
export function sayWordy(name, wordy) {
  const loss = wordy.find((column) => roleOf(column.name) === 'loss');
  if (!loss) return null;
  const { at, first } = loss.others;
  return `${name} is a table whose "${shorten(loss.name)}" holds no number: in ${plural(at.length, 'row')} stands something else, the first time ${describeValue(first)}.`;
}
