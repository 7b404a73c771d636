/**
 * Rises of a loss that were over before they counted as an instability, and still are no noise: the spikes of a few dozen
 * steps that trainings of large networks break at. A verdict they are not; nobody is to be told to raise the rate after them.
 */

import { firstFrom, highestWithin } from '../../logs/cells/rows.js';
import { selectAt } from '../../logs/cells/select.js';
import { RATE_UP } from './levels.js';

/**
 * @typedef {import('../../logs/settle.js').Series} Series
 *
 * @typedef {object} Rise
 * @property {number} begin  the last step before it
 * @property {number} peak
 * @property {number} back  the first step behind it
 * @property {number} loss_before  usual in the rows before
 * @property {number} loss_peak
 * @property {number | null} norm_peak  where norms are logged
 */

/** It stands out of what rows differ by by so many standard deviations, and by so much at least. */
const NOISE = 8;
const OUTSTANDING = 1.2;

/** Without norms it is a rise by so much: files of harder samples, one behind the other, make smaller ones. */
const OUTSTANDING_ALONE = 1.5;

/** Rows that noise is measured in, those that share a measurement, and how many there must be. */
const NOISE_ROWS = 60;
const NOISE_BLOCK = 16;
const NOISE_ROWS_MIN = 20;

/** Rows whose median is the level before a rise. */
const LEVEL_ROWS = 15;

/** The quantile of absolute second differences, and what it is for a normal noise of deviation 1. */
const QUANTILE = 0.9;
const OF_QUANTILE = 1.6448536269514722 * Math.sqrt(6);

/** Without norms it takes so many rows in a row; with them fewer, where the norm leaps beyond so many times its 90th percentile. */
const ROWS = 4;
const ROWS_WITH_NORM = 2;
const NORM_LEAP = 2;

/** The norm may leap so many rows before the loss does. */
const ROWS_BEFORE = 3;

/** What takes more of the log is another level, not a rise. */
const LONGEST_SHARE = 0.1;

/**
 * @param {Series} losses
 * @param {Float64Array} smoothed  of each row
 * @param {{ norms?: Series, p90?: number | null, rates?: Series }} beside
 * @returns {Rise[]}
 */
export function findRises({ step, value }, smoothed, { norms, p90 = null, rates }) {
  const last = step.length - 1;
  const needed = norms ? ROWS_WITH_NORM : ROWS;
  const least = norms ? OUTSTANDING : OUTSTANDING_ALONE;
  /** @type {Rise[]} */
  const rises = [];
  let measured = -NOISE_BLOCK;
  let noise = 0;
  for (let i = NOISE_ROWS_MIN; i <= last; i++) {
    if (!(value[i] > smoothed[i - 1] * OUTSTANDING)) continue;
    if (!isAboveLevel(value, i, least)) continue;
    if (i >= measured + NOISE_BLOCK) {
      measured = i;
      noise = noiseBefore(value, i);
    }
    if (!isAboveLevel(value, i, Math.exp(NOISE * noise))) continue;
    const level = levelBefore(value, i);
    const limit = level * Math.sqrt(least);
    let end = i;
    let peak = i;
    for (; end <= last && !(value[end] < limit); end++) if (value[end] > value[peak]) peak = end;
    if (end - i >= needed && end <= last && step[end] - step[i] <= LONGEST_SHARE * (step[last] - step[0])) {
      const from = Math.max(0, i - ROWS_BEFORE);
      const norm = (norms && highestWithin(norms, step[from], step[end])?.value) ?? null;
      const leaps = !norms || (norm !== null && p90 !== null && norm > NORM_LEAP * p90);
      if (leaps && !(rates && goesUp(rates, step[from], step[end])))
        rises.push({
          begin: step[i - 1],
          peak: step[peak],
          back: step[end],
          loss_before: level,
          loss_peak: value[peak],
          norm_peak: norm,
        });
    }
    i = end;
  }
  return rises;
}

/** Of rows far apart the running mean is one of few: the median of the rows before is their level. @param {Float64Array} value @param {number} row */
function levelBefore(value, row) {
  const before = value
    .slice(row - LEVEL_ROWS, row)
    .filter((each) => Number.isFinite(each))
    .sort();
  return before[before.length >> 1];
}

/**
 * Whether a row is above its level by a factor: above more than half of the rows before. Of noisy losses a third of all
 * rows is asked, and most need no median.
 *
 * @param {Float64Array} value @param {number} row @param {number} factor
 */
function isAboveLevel(value, row, factor) {
  let [finite, below] = [0, 0];
  for (let i = row - LEVEL_ROWS; i < row; i++) {
    if (!Number.isFinite(value[i])) continue;
    finite++;
    if (value[row] > value[i] * factor) below++;
  }
  return below > finite >> 1;
}

/** Second differences that are being measured. */
const differences = new Float64Array(NOISE_ROWS);

/** Standard deviation of the log loss from row to row, in the rows before one. @param {Float64Array} value @param {number} row */
function noiseBefore(value, row) {
  let count = 0;
  let at = Math.max(0, row - NOISE_ROWS - 1);
  let [before, here] = [Math.log(value[at++]), Math.log(value[at++])];
  for (; at < row; at++) {
    const next = Math.log(value[at]);
    const difference = Math.abs(before - 2 * here + next);
    if (Number.isFinite(difference)) differences[count++] = difference;
    [before, here] = [here, next];
  }
  return count < NOISE_ROWS_MIN / 2
    ? Number.POSITIVE_INFINITY
    : selectAt(differences, Math.floor(QUANTILE * (count - 1)), count) / OF_QUANTILE;
}

/** @param {Series} rates @param {number} from @param {number} to */
function goesUp(rates, from, to) {
  const before = rates.value[Math.max(0, firstFrom(rates.step, from) - 1)];
  const highest = highestWithin(rates, from, to);
  return highest !== null && highest.value > RATE_UP * before;
}
