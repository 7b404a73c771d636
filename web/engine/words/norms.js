/**
 * A run's unclipped gradient norms in words. A threshold is read off the typical ones, those of no episode of instability
 * (C's summary counts them); what an explosion did is told apart from them.
 */

import { SCHEMA } from '../../generated/schema.js';
import { number, percent } from './numbers.js';
import { plural } from './sentences.js';

/**
 * @typedef {object} NormFigures  of C's summary; null or NaN where there are too few norms
 * @property {number | null} typical_p50
 * @property {number | null} typical_p90
 * @property {number} norm_p50  of all steps
 * @property {number} norm_p90
 * @property {number} norm_max
 * @property {string} when  which norms the typical ones are, '' for all
 */

/**
 * Which norms the typical ones are, where they are not all: those before an instability that has not ended, or all but
 * those of one that has, or of a bump.
 */
const WHICH = {
  lasting: 'before the instability',
  over: 'apart from the instability',
  bump: 'apart from the bump',
};

/** @param {{ lasts: boolean, isBump: boolean }} episodes  the run's, of which there are some */
export function whichTypical({ lasts, isBump }) {
  if (lasts) return WHICH.lasting;
  return isBump ? WHICH.bump : WHICH.over;
}

/** Of a run; '' where all norms are typical. @param {Record<string, number>} summary  C's */
export function whichNorms({ steps, typical_count, in_episode, dead_at, verdict }) {
  if (!(typical_count < steps)) return '';
  return whichTypical({
    lasts: in_episode !== 0 || dead_at >= 0,
    isBump: SCHEMA.verdicts[verdict]?.name === 'recovered',
  });
}

/** What a norm is that is too small for a bin of the run's histogram; so it is told, C having the lowest bin's edge for it. */
export const TINY = 'below 1e-12';
const TINY_EDGE = 1.001e-12;

/** A norm, or a percentile of norms. @param {number | null} value */
export function normInWords(value) {
  return value !== null && value > 0 && value <= TINY_EDGE ? TINY : number(value);
}

/** "90th", "2.5th", "91st". @param {number} percentile */
export function ordinal(percentile) {
  const last = percentile % 10;
  const isTeen = percentile % 100 > 10 && percentile % 100 < 14;
  const ending = (!isTeen && /** @type {Record<number, string>} */ ({ 1: 'st', 2: 'nd', 3: 'rd' })[last]) || 'th';
  return `${number(percentile)}${ending}`;
}

/**
 * "median 1.2, 90th percentile 2.4, largest 9"; where there was an instability, of before it, and the largest of all.
 * @param {NormFigures} figures
 */
export function normsInWords({ typical_p50, typical_p90, norm_p50, norm_p90, norm_max, when }) {
  // Of no norms the largest is 0, and is as little known as their median.
  const largest = normInWords(norm_max || norm_p50);
  if (!when) return `median ${normInWords(norm_p50)}, 90th percentile ${normInWords(norm_p90)}, largest ${largest}`;
  const isKnown = Number.isFinite(typical_p90 ?? Number.NaN);
  const before = isKnown
    ? `median ${normInWords(typical_p50)}, 90th percentile ${normInWords(typical_p90)} ${when}`
    : `too few ${when} for a percentile`;
  return `${before}; largest of all ${largest}`;
}

/** The same of a run's summary. @param {Record<string, number>} summary */
export function summaryNormsInWords(summary) {
  const { typical_p50, typical_p90, norm_p50, norm_p90, norm_max } = summary;
  return normsInWords({ typical_p50, typical_p90, norm_p50, norm_p90, norm_max, when: whichNorms(summary) });
}

/**
 * "31 % of the 400 steps with λ in force": what came before clipping was on is not counted.
 * @param {Record<string, number>} summary @param {(share: number) => string} [say]
 */
export function clippedInWords({ clipped_fraction, clippable_steps }, say = (share) => percent(share)) {
  return `${say(clipped_fraction)} of the ${plural(clippable_steps, 'step')} with λ in force`;
}
