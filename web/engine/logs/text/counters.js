/** Counters of a line that have no name: they stand in brackets at its begin, or behind its loss. */

import { classify } from '../names.js';

/** @typedef {import('../names.js').Lead} Lead */

/** A number, whole or in thousands. */
const COUNT = String.raw`\s*\d[\d.,]*[kKMB]?\s*`;

/** At the begin of a line, or behind what glog puts there. */
const LEAD = /^\s*(?:[IWEF]\d{4} [^\]]*\] )?\[\s*$/;

/** What may stand behind the number. */
const NEXT = /[\]/,kKMB]/;

/** "[1000/4.0k]" and, with an epoch first, "[0/5][50/1583]" and "[1,  2000]". */
const OF_TOTAL = new RegExp(`^${COUNT}/${COUNT}\\]`);
const EPOCH_FIRST = new RegExp(String.raw`^(?:${COUNT}/${COUNT}\]\s*\[${COUNT}/${COUNT}|\d+,\s+\d+)\]`);

/** Steps of a build are counted so, too. */
const LOSS = /loss/i;

/** @type {Lead} */
const ROUND = { name: 'iter', validation: null, place: null };
/** @type {Lead} */
const EPOCH = { name: 'epoch', validation: null, place: null };

/**
 * What the first number of a line counts, where a bracket is all that stands before it.
 *
 * @param {string} line @param {number} at @param {number} end  from where to where the number stands @returns {Lead | null}
 */
export function counterAtHead(line, at, end) {
  if (!NEXT.test(line[end] ?? '') || !LEAD.test(line.slice(0, at))) return null;
  if (line[end] === ']') return ROUND;
  if (!LOSS.test(line)) return null;
  const counters = line.slice(at);
  if (EPOCH_FIRST.test(counters)) return EPOCH;
  return OF_TOTAL.test(counters) ? ROUND : null;
}

/**
 * Whether a number without a name counts the steps of an epoch: "Epoch: [3][ 50/1251]", "[0/5][50/1583]", "[1,  2000]", and
 * "loss: 2.3  [   64/60000]".
 *
 * @param {string} line @param {number} end  behind the number
 * @param {{ place: Lead['place'], text: string, before: string, names: string[] }} where  text: what
 *   stands before it; before: what the number before was; names: of the line so far
 */
export function isInner(line, end, { place, text, before, names }) {
  if (before === 'epoch') return place === 'inner' || (/^,\s+$/.test(text) && line[end] === ']');
  if (place !== 'inner') return false;
  if (before === 'epochs') return /^\]\s*\[\s*$/.test(text);
  const isAtEnd = before === 'loss' && text.includes('[') && /^\s*\/\s*\d+\s*\]\s*$/.test(line.slice(end));
  return isAtEnd && !names.some((name) => classify(name).kind === 'step');
}
