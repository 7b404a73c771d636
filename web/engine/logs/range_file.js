/** Curves of learning-rate finders: rates that rise and a loss for each, as JSON or as a table. */

import { describeValue } from '../config/names.js';
import { plural } from '../words/sentences.js';
import { readValue } from './columns.js';
import { isRecord } from './loose_json.js';
import { classify } from './names.js';

/**
 * @typedef {object} RangeFile
 * @property {string} name
 * @property {number[]} lr  rising
 * @property {number[]} loss
 * @property {number | null} said  the rate that the file itself suggests
 * @property {string[]} notes
 */

/** Of a curve, at least so many points, over so many times the first rate. */
const POINTS_MIN = 5;
const SPAN_MIN = 3;

/** Names under which files say what their own rule found. */
const SAID = /^(optimal_?lr|suggest(ed|ion)(_lr)?|best_?lr|lr_?suggestion)$/i;

/** @param {string} name @param {unknown} value @returns {RangeFile | null} */
export function readRangeJson(name, value) {
  if (!isRecord(value)) return null;
  const lists = Object.entries(value).filter((entry) => Array.isArray(entry[1]));
  const lr = lists.find(([key]) => classify(key).kind === 'lr')?.[1];
  const loss = lists.find(([key]) => classify(key).kind === 'loss')?.[1];
  if (!Array.isArray(lr) || !Array.isArray(loss)) {
    const inner = Object.values(value).filter(isRecord);
    return inner.length === 1 ? readRangeJson(name, inner[0]) : null;
  }
  const said = Object.entries(value).find(([key, member]) => SAID.test(key) && typeof member === 'number');
  return judge(name, {
    rates: lr.map(numberOf),
    losses: loss.map(numberOf),
    said: said ? Number(said[1]) : null,
    notes: [...noteOthers('rate', wordsIn(lr)), ...noteOthers('loss', wordsIn(loss))],
  });
}

/** What is no number, of a list. @param {unknown[]} members */
function wordsIn(members) {
  const others = members.filter((member) => typeof member === 'string' && readValue(member.trim()) === null);
  return { at: others, first: others[0] };
}

/** @param {string} what @param {{ at: ArrayLike<unknown>, first: unknown } | undefined} others */
function noteOthers(what, others) {
  const rows = others?.at.length ?? 0;
  return rows > 0
    ? [`The ${what} is no number in ${plural(rows, 'row')}, the first time ${describeValue(others?.first)}.`]
    : [];
}

/** What is no number is no 0 either. @param {unknown} member */
function numberOf(member) {
  if (typeof member === 'number') return member;
  return (typeof member === 'string' ? readValue(member.trim()) : null) ?? Number.NaN;
}

/**
 * @param {string} name
 * @param {import('./table.js').LogTable} table
 * @returns {RangeFile | null}
 */
export function readRangeTable(name, { names, columns }) {
  const counts = names.filter((each) => ['step', 'epoch', null].includes(classify(each).kind) || each === '');
  const lr = columns.find((column) => classify(column.name).kind === 'lr');
  const losses = columns.filter((column) => classify(column.name).kind === 'loss');
  if (!lr || losses.length !== 1 || names.length - counts.length > 2 || names.length > 4) return null;
  const byRow = new Map(Array.from(losses[0].at, (at, i) => [at, losses[0].value[i]]));
  const rows = Array.from(lr.at).filter((at) => byRow.has(at));
  const rates = rows.map((at) => lr.value[lr.at.indexOf(at)]);
  const told = (lr.others?.at.length ?? 0) + (losses[0].others?.at.length ?? 0);
  const alone = lr.at.length + losses[0].at.length - 2 * rows.length - told;
  return judge(name, {
    rates,
    losses: rows.map((at) => byRow.get(at) ?? Number.NaN),
    said: null,
    notes: [
      ...noteOthers('rate', lr.others),
      ...noteOthers('loss', losses[0].others),
      ...(alone > 0 ? [`In ${plural(alone, 'row')} stands a rate without a loss, or a loss without a rate.`] : []),
    ],
  });
}

/**
 * @param {string} name @param {{ rates: number[], losses: number[], said: number | null, notes: string[] }} curve
 * @returns {RangeFile | null}
 */
function judge(name, { rates, losses, said, notes }) {
  const points = Math.min(rates.length, losses.length);
  if (points < POINTS_MIN) return null;
  const lr = rates.slice(0, points);
  const loss = losses.slice(0, points);
  const rises = lr.every((rate, i) => rate > 0 && (i === 0 || rate > lr[i - 1]));
  if (!rises || lr[points - 1] < SPAN_MIN * lr[0]) return null;
  if (rates.length !== losses.length)
    notes.push(`It has ${rates.length} rates and ${losses.length} losses: the first ${points} were taken for pairs.`);
  return { name, lr, loss, said, notes };
}
