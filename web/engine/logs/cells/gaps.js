/** Rows that lack a number which stands in the others: pandas writes NaN as nothing, and JSON as null. */

import { classify, isCounting } from '../names.js';
import { selectAt } from './select.js';

/**
 * @typedef {import('../columns.js').Column} Column
 * @typedef {import('../columns.js').RawRun} RawRun
 * @typedef {import('../roles.js').Role} Role
 *
 * @typedef {import('./parts.js').Part} Part
 * @typedef {{ rows: number, beside: string, isEmpty: boolean }} Blank  rows without a loss after the last one; beside: the
 *   column that goes on; isEmpty: where the loss should stand is nothing
 * @typedef {{ role: Role, beside: string | null, steps: number[], of: number, isAtHead: boolean, isToEnd: boolean }} Gap  steps
 *   whose rows lack a number; beside: a column that stands there, null where a text says that nothing does; of: so many rows, with those that hold one; isAtHead,
 *   isToEnd: the rows before the first number, or after the last one, are among them
 */

/** A column stands beside another where it has a number in this share of the other's rows. */
const BESIDE_SHARE = 0.9;
/** Where a row without a number means nothing: a print that has none, and the steps of other runs. */
const GAPPED = new Set(['text', 'W&B’s chart']);
/** The loss has ended, or not begun, where so many rows lack it; ended, if they are more than twice as many as ever before. */
const BLANK_ROWS = 3;

/** What a row is: it holds the number, or lacks it, or is of another kind. */
const OWN = 1;
const DUE = 2;
const FOREIGN = 3;

/**
 * Rows after the last loss in which goes on what stood beside every one.
 *
 * @param {Column} loss @param {RawRun} raw @param {Float64Array} ofRow @param {Part} part
 * @returns {Blank | null}
 */
export function findBlank(loss, { columns, source }, ofRow, part) {
  const { to } = part;
  const rows = loss.at.subarray(...part.within(loss.at));
  const isText = source === 'text';
  if ((GAPPED.has(source) && !isText) || rows.length < 2) return null;
  const last = rows[rows.length - 1];
  const widest = rows.reduce((most, row, i) => (i > 0 ? Math.max(most, row - rows[i - 1]) : most), 0);
  const marks = markRows(rows, ofRow.length);
  /** @type {Blank} */
  let blank = { rows: 0, beside: '', isEmpty: !loss.others?.at.some((row) => row > last && row < to) };
  // A line that prints something else, such as a validation, names counters and times as well.
  if (isText) markForeign(columns, part, marks);
  for (const { name, at } of columns) {
    const { kind } = classify(name);
    if (isText && (isCounting(kind) || kind === 'time')) continue;
    let [shared, beyond] = [0, 0];
    for (const row of at.subarray(...part.within(at))) {
      if (marks[row] === OWN) shared++;
      else if (marks[row] !== FOREIGN && row > last && row < to && ofRow[row] > ofRow[last]) beyond++;
    }
    if (shared >= BESIDE_SHARE * rows.length && beyond >= blank.rows) blank = { ...blank, rows: beyond, beside: name };
  }
  return blank.rows >= Math.max(BLANK_ROWS, 2 * widest + 1) ? blank : null;
}

/**
 * Rows that lack a loss, a rate or a norm though they are due by how often it is logged, and hold what stands beside it
 * elsewhere. Counters stand in any row, and tell only where nothing else is logged.
 *
 * @param {Partial<Record<Role, Column>>} columns @param {RawRun} raw @param {import('../steps.js').Steps} place @param {Part} part
 * @param {Blank | null} blank  how the loss ends, which is told already
 * @returns {Gap[]}
 */
export function findGaps(columns, raw, place, part, blank) {
  const { ofRow } = place;
  const isText = raw.source === 'text';
  if (GAPPED.has(raw.source) && !isText) return [];
  return /** @type {[Role, Column][]} */ (Object.entries(columns)).flatMap(([role, column]) => {
    if (role === 'reward') return [];
    const rows = column.at.subarray(...part.within(column.at));
    const { from, to } = part;
    const due = dueRows(rows, { from, to, isEnded: role === 'loss' && blank !== null });
    const lacking =
      due.length === 0
        ? null
        : isText
          ? keepSaid(due, column, ofRow)
          : keepLacking(due, { column, rows, raw, place, part });
    if (!lacking) return [];
    const { beside, found } = lacking;
    const [first, last] = [rows[0], rows[rows.length - 1]];
    return [
      {
        role,
        beside,
        steps: found.map((row) => ofRow[row]),
        of: rows.length + found.length,
        isAtHead: found[0] < first,
        isToEnd: found[found.length - 1] > last,
      },
    ];
  });
}

/**
 * Rows in which a number would stand, if it came as regularly as it usually does.
 *
 * @param {Float64Array} rows  that hold one @param {{ from: number, to: number, isEnded: boolean }} within
 */
function dueRows(rows, { from, to, isEnded }) {
  if (rows.length < 2) return [];
  const apart = rows.subarray(1).map((row, i) => row - rows[i]);
  // One row may hold two.
  const usual = Math.max(1, selectAt(apart.slice(), apart.length >> 1));
  /** @type {number[]} */
  const due = [];
  for (let row = rows[0] - usual; row >= from; row -= usual) due.unshift(row);
  if (due.length < BLANK_ROWS) due.length = 0;
  for (let i = 0; i < apart.length; i++)
    for (let row = rows[i] + usual; row <= rows[i] + apart[i] - usual; row += usual) due.push(row);
  if (!isEnded) for (let row = rows[rows.length - 1] + usual; row < to; row += usual) due.push(row);
  return due;
}

/** Of a text: those of which it says that nothing is there. @param {number[]} due @param {Column} column @param {Float64Array} ofRow */
function keepSaid(due, { absent }, ofRow) {
  const said = new Set(absent);
  const found = due.filter((row) => said.has(row) && ofRow[row] >= 0);
  return found.length > 0 ? { beside: null, found } : null;
}

/**
 * Those of the rows that are like the ones with a number: they hold what stands beside it, and nothing that never does, as
 * rows of validation do.
 *
 * @param {number[]} due
 * @param {{ column: Column, rows: Float64Array, raw: RawRun, place: import('../steps.js').Steps, part: Part }} of
 */
function keepLacking(due, { column, rows, raw, place: { ofRow, name: counter }, part }) {
  const marks = markRows(rows, ofRow.length);
  for (const row of due) if (marks[row] === 0) marks[row] = DUE;
  const foreign = new Set(column.others?.at);
  /** @type {{ name: string, found: number[] }[]} */
  const beside = [];
  /** @type {typeof beside} */
  const counters = [];
  for (const { name, at: all } of raw.columns) {
    const at = all.subarray(...part.within(all));
    if (name === column.name) continue;
    let shared = 0;
    /** @type {number[]} */
    const found = [];
    for (const row of at) {
      if (marks[row] === OWN) shared++;
      else if (marks[row] === DUE) found.push(row);
    }
    const { kind } = classify(name);
    if (shared >= BESIDE_SHARE * rows.length)
      (isCounting(kind) || kind === 'time' ? counters : beside).push({ name, found });
    else if (shared === 0) for (const row of found) foreign.add(row);
  }
  // Another row of a step may hold it; where steps are counted by the losses, such a row has that of the next one.
  const steps = new Set(counter === 'row' ? [] : due.map((row) => ofRow[row]));
  const held = new Set(rows.map((row) => ofRow[row]).filter((step) => steps.has(step)));
  const isKept = (/** @type {number} */ row) =>
    !foreign.has(row) && ofRow[row] >= 0 && !held.has(ofRow[row]) && !part.isDropped(row, ofRow[row]);
  const [most = null] = (beside.length > 0 ? beside : counters)
    .map(({ name, found }) => ({ beside: name, found: found.filter(isKept) }))
    .toSorted((a, b) => b.found.length - a.found.length);
  return most && most.found.length > 0 ? most : null;
}

/** Rows that hold what never stands beside the number. @param {Column[]} columns @param {Part} part @param {Uint8Array} marks */
function markForeign(columns, part, marks) {
  for (const { at: all } of columns) {
    const at = all.subarray(...part.within(all));
    if (!at.some((row) => marks[row] === OWN)) for (const row of at) marks[row] = FOREIGN;
  }
}

/** Of each row, whether it holds the number. @param {Float64Array} rows  that do @param {number} length */
function markRows(rows, length) {
  const marks = new Uint8Array(length);
  for (const row of rows) marks[row] = OWN;
  return marks;
}
