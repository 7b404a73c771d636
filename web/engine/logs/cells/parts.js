/** Runs that stand one behind the other in a file's rows, rows that were done again, and rows that are out of order. */

import { wordsOf } from '../names.js';
import { firstBehind, firstFrom } from './rows.js';

/**
 * @typedef {import('../columns.js').Column} Column
 * @typedef {import('../columns.js').RawRun} RawRun
 */

/** A step back by less than this share of the way is a resumed run that repeats some steps; by more, another start. */
const REPEATED_SHARE = 0.25;

/** Rows of one run. */
export class Part {
  /** The row behind its last one. */
  to;
  /** Where it was resumed, and the least step that was done again at one of these or behind. @type {number[]} */
  #ends = [];
  /** @type {number[]} */
  #least = [];

  /** @param {number} from @param {number} to */
  constructor(from, to) {
    this.from = from;
    this.to = to;
  }

  /** Whether any steps were done again. */
  get repeated() {
    return this.#ends.length > 0;
  }

  /** @param {number} row @param {number} step  from which on the run was resumed there */
  resume(row, step) {
    this.#ends.push(row);
    this.#least.push(step);
    for (let i = this.#least.length - 2; i >= 0 && this.#least[i] > step; i--) this.#least[i] = step;
  }

  /** Whether a row's step was done again behind it. @param {number} row @param {number} step */
  isDropped(row, step) {
    const i = firstBehind(this.#ends, row);
    return i < this.#ends.length && step >= this.#least[i];
  }

  /** Of places in order, the first one within, and the first one behind. @param {ArrayLike<number>} at @returns {[number, number]} */
  within(at) {
    return [firstFrom(at, this.from), firstFrom(at, this.to)];
  }
}

/**
 * @param {RawRun} raw
 * @param {{ ofRow: Float64Array }} place
 * @param {Column | null} lead
 * @returns {Part[]}
 */
export function cutRows(raw, { ofRow }, lead) {
  const starts = Array.from(raw.facts.starts ?? []).sort((a, b) => a - b);
  const parts = [new Part(0, ofRow.length)];
  const rows = lead ? lead.at : Float64Array.from(ofRow.keys());
  let before = -1;
  let most = -Infinity;
  for (const row of rows) {
    const step = ofRow[row];
    if (Number.isNaN(step)) continue;
    const part = parts[parts.length - 1];
    const start = starts[firstBehind(starts, row) - 1];
    const isStart = before >= 0 && start > before;
    if (isStart || (step < most && isOtherStart(step, most))) {
      const from = isStart ? start : row;
      part.to = from;
      parts.push(new Part(from, ofRow.length));
      most = -Infinity;
    } else if (step < most) {
      part.resume(row, step);
      most = -Infinity;
    }
    most = Math.max(most, step);
    before = row;
  }
  return parts;
}

/** Columns that tell runs apart. */
const NAMING =
  /^((random |rng |torch |train )?seed|(run|trial|fold|replicate|repeat|repetition|replica)( id| number| no| index)?)$/;

/** The words of a column that tells runs apart; null of any other. @param {string} name */
function readNaming(name) {
  const words = wordsOf(name).join(' ');
  return NAMING.test(words) ? words : null;
}

/**
 * What a column calls the runs of a file: "seed 3".
 *
 * @param {RawRun} raw @param {Part[]} parts
 * @returns {string[] | null}  null where none has a number of its own for each
 */
export function nameParts({ columns }, parts) {
  for (const { name, at, value } of columns) {
    const words = readNaming(name);
    if (words === null) continue;
    const told = parts.map((part) => new Set(value.subarray(...part.within(at))));
    if (told.some(({ size }) => size !== 1)) continue;
    const names = new Set(told.map(([number]) => `${words} ${number}`));
    if (names.size === parts.length) return [...names];
  }
  return null;
}

/** @param {number} step @param {number} most  reached before */
export function isOtherStart(step, most) {
  return most - step > REPEATED_SHARE * most;
}

// ---- order ---------------------------------------------------------------------------------------------------------

/** Steps back that are no resumed runs, as a share of the rows. */
const MIXED_SHARE = 0.1;

/** Steps that occur twice, as a share of the rows, where these go to and fro all the same: runs have most in common. */
const TWICE_SHARE = 0.05;

/**
 * The rows in the order of their steps, where they came in another one: newest first, or from several processes. No step
 * occurs twice then, and in order they are as far apart as from row to row; or the rows go to and fro, more often than runs
 * begin, and no column tells runs apart.
 *
 * @param {RawRun} raw @param {{ ofRow: Float64Array }} place @param {Column | null} lead
 * @returns {RawRun | null}  null where there is nothing to put in order
 */
export function sortRows(raw, { ofRow }, lead) {
  if (!lead || raw.facts.starts || raw.facts.bars || raw.facts.ends || !goesBack(lead, ofRow)) return null;
  const steps = Float64Array.from(lead.at, (row) => ofRow[row]).filter((step) => !Number.isNaN(step));
  const moves = steps.subarray(1).map((step, i) => step - steps[i]);
  const back = moves.reduce((sum, move) => sum + Number(move < 0), 0);
  const sorted = steps.slice().sort();
  const gaps = sorted
    .subarray(1)
    .map((step, i) => step - sorted[i])
    .sort();
  const usual = gaps[gaps.length >> 1];
  const move = moves.map(Math.abs).sort()[moves.length >> 1];
  const twice = firstBehind(gaps, 0);
  const isMixed = back >= MIXED_SHARE * steps.length && twice <= TWICE_SHARE * steps.length;
  const isEven = gaps[0] > 0.5 * usual && (move <= 1.5 * usual || isMixed);
  return isEven || (isMixed && !hasNames(raw)) ? { ...raw, ...inOrderOf(raw, ofRow, twice > 0) } : null;
}

/** Whether a column tells several runs apart. @param {RawRun} raw */
function hasNames({ columns }) {
  return columns.some(({ name, value }) => readNaming(name) !== null && value.some((each) => each !== value[0]));
}

/** @param {Column} lead @param {Float64Array} ofRow */
function goesBack({ at }, ofRow) {
  let before = -Infinity;
  for (let i = 0; i < at.length; i++) {
    const step = ofRow[at[i]];
    if (step < before) return true;
    if (!Number.isNaN(step)) before = step;
  }
  return false;
}

/** @param {RawRun} raw @param {Float64Array} ofRow @param {boolean} isTwice  a step occurs twice @returns {Pick<RawRun, 'columns' | 'notes'>} */
function inOrderOf(raw, ofRow, isTwice) {
  // A row without a step stays behind the one before it.
  let last = -Infinity;
  const keys = ofRow.map((step) => {
    if (!Number.isNaN(step)) last = step;
    return last;
  });
  const order = Float64Array.from(ofRow.keys()).sort((a, b) => keys[a] - keys[b] || a - b);
  const place = new Float64Array(order.length);
  for (const [i, row] of order.entries()) place[row] = i;
  /** Columns may share their places. @type {Map<Float64Array, { at: Float64Array, from: Float64Array }>} */
  const known = new Map();
  const sort = (/** @type {Float64Array} */ at) => {
    const found = known.get(at);
    if (found) return found;
    const from = Float64Array.from(at.keys()).sort((a, b) => place[at[a]] - place[at[b]]);
    const sorted = { at: from.map((i) => place[at[i]]), from };
    known.set(at, sorted);
    return sorted;
  };
  return {
    columns: raw.columns.map((column) => {
      const { at, from } = sort(column.at);
      return {
        ...column,
        at,
        value: from.map((i) => column.value[i]),
        ...(column.others && { others: { ...column.others, at: sort(column.others.at).at } }),
        ...(column.absent && { absent: sort(column.absent).at }),
      };
    }),
    notes: [
      ...raw.notes,
      `The rows do not come in the order of their steps${isTwice ? '' : ', of which none occurs twice'}: they were put in order.`,
    ],
  };
}
