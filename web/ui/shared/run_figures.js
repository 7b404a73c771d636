/**
 * What a run came to, in figures: one row for a column of the runs' table, of its CSV and of the JSON.
 *
 * @typedef {import('../state/run.js').Run} Run
 * @typedef {object} Figure
 * @property {string} name
 * @property {string} label
 * @property {(run: Run) => number | null} of  null where there is none
 * @property {(value: number | null) => string} say
 * @property {(difference: number) => string} sayDifference  of a difference that is positive
 * @property {-1 | 0 | 1} better  whether less of it is better, or more, or neither
 */

import { duration, number, percent, significant } from '../../engine/words/numbers.js';
import { scoresOf } from './scores.js';

/** @type {Figure[]} */
export const FIGURES = [
  {
    name: 'best_val_loss',
    label: 'Best val. loss',
    of: (run) => scoresOf(run.evaluations).bestLoss,
    say: (loss) => number(loss),
    sayDifference: sayLess,
    better: -1,
  },
  {
    name: 'last_val_loss',
    label: 'Last val. loss',
    of: (run) => scoresOf(run.evaluations).lastLoss,
    say: (loss) => number(loss),
    sayDifference: sayLess,
    better: -1,
  },
  {
    name: 'best_val_accuracy',
    label: 'Best val. accuracy',
    of: (run) => scoresOf(run.evaluations).bestAccuracy,
    say: (share) => percent(share, 1),
    sayDifference: sayPoints,
    better: 1,
  },
  {
    name: 'last_val_accuracy',
    label: 'Last val. accuracy',
    of: (run) => scoresOf(run.evaluations).lastAccuracy,
    say: (share) => percent(share, 1),
    sayDifference: sayPoints,
    better: 1,
  },
  {
    name: 'clipped_fraction',
    label: 'Clipped',
    of: clippedFraction,
    say: (share) => percent(share, 0),
    sayDifference: sayPoints,
    better: 0,
  },
  {
    name: 'seconds',
    label: 'Time',
    of: (run) => (run.step > 0 ? run.seconds : null),
    say: (seconds) => (seconds === null ? '–' : duration(seconds)),
    sayDifference: (seconds) => duration(seconds),
    better: 0,
  },
];

/** None where nothing could be clipped. @param {Run} run */
function clippedFraction({ summary, inForce }) {
  if (!summary || (inForce.clip === 'off' && !(summary.clipped_steps > 0))) return null;
  return summary.clipped_fraction;
}

/** A run's figures by name. @param {Run} run @returns {Record<string, number | null>} */
export function figuresOf(run) {
  return Object.fromEntries(FIGURES.map(({ name, of }) => [name, of(run)]));
}

/** @param {number} difference  of losses */
function sayLess(difference) {
  return number(significant(difference, 2));
}

/** @param {number} difference  of shares */
function sayPoints(difference) {
  return (100 * difference).toFixed(1);
}

/**
 * How a figure differs from a baseline's, with its sign: "−0.04"; null where one of both has none.
 * @param {Figure} figure @param {number | null} value @param {number | null} base
 * @returns {{ words: string, tone: 'good' | 'bad' | '' } | null}
 */
export function differenceOf({ sayDifference, better }, value, base) {
  if (value === null || base === null || !Number.isFinite(value) || !Number.isFinite(base)) return null;
  const difference = value - base;
  const size = sayDifference(Math.abs(difference));
  if (difference === 0 || /^0(\.0*)?$/.test(size)) return { words: '±0', tone: '' };
  const tone = better === 0 ? '' : Math.sign(difference) === better ? 'good' : 'bad';
  return { words: `${difference > 0 ? '+' : '−'}${size}`, tone };
}

/** The lowest, the middle and the highest of some runs' figure, as one says it. @param {Figure} figure @param {Run[]} runs @param {'median' | 'mean'} middle */
export function sayRange({ of, say }, runs, middle) {
  const values = runs.flatMap((run) => of(run) ?? []).filter(Number.isFinite);
  if (values.length === 0) return { middle: '–', range: '' };
  const rising = values.sort((a, b) => a - b);
  const half = rising.length >> 1;
  const median = rising.length % 2 ? rising[half] : (rising[half - 1] + rising[half]) / 2;
  const mean = rising.reduce((sum, value) => sum + value, 0) / rising.length;
  const range = rising.length > 1 ? `${say(rising[0])} … ${say(rising[rising.length - 1])}` : '';
  return { middle: say(middle === 'mean' ? mean : median), range };
}
