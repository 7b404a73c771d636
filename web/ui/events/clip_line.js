/**
 * What the clipping threshold does to a run's steps, wherever its line is drawn in the histogram of norms: the share that
 * it shortens, by how much on average, and the lower rate that would do the same.
 */

import { equivalentRate, isLowerRate, sayClipScale } from '../../engine/config/clip_rate.js';
import { meanClipScale, shareAbove } from '../../engine/run/norm_bars.js';
import { AGGRESSIVE_SHARE, adviseOnAggressive } from '../../engine/study/judge/playbook.js';
import { number, percent } from '../../engine/words/numbers.js';

/**
 * @typedef {object} ClipEffect
 * @property {number} share  of the steps that are shortened
 * @property {number} scale  mean of min(1, λ / ‖g‖)
 * @property {number | null} rate  that does the same without clipping; null where there is none
 */

/**
 * @param {import('../state/run.js').Run} run  whose norms were counted
 * @param {ArrayLike<number>} edges  of their bins
 * @param {number} threshold  λ
 * @returns {ClipEffect | null}  null where no norm was counted
 */
export function clipEffect({ bins, summary, inForce: { optimizer, lr } }, edges, threshold) {
  if (!bins || !summary) return null;
  const scale = meanClipScale(bins, edges, threshold, summary.tiny_norms);
  return {
    share: shareAbove(bins, edges, threshold, summary.tiny_norms),
    scale,
    rate: equivalentRate({ optimizer, lr }, scale),
  };
}

/** Whether so many steps are shortened that the rate should be lowered instead. @param {ClipEffect} effect */
export function isInDisguise({ share }) {
  return share > AGGRESSIVE_SHARE;
}

/**
 * "λ = 0.5 would have clipped 63 % of these steps; the mean step keeps 0.42 of its gradient’s length, as at η 0.0084
 * instead of 0.02."
 *
 * @param {ClipEffect} effect
 * @param {number} threshold
 * @param {{ optimizer: unknown, lr: unknown }} settings  with which the steps were taken
 */
export function sayClipLine({ share, scale }, threshold, settings) {
  const shortened = `λ = ${number(threshold)} would have clipped ${percent(share, 0)} of these steps`;
  return scale < 1 ? `${shortened}; ${sayClipScale(settings, scale)}.` : `${shortened}.`;
}

/**
 * What is advised beside that line, '' where nothing is: of a rule without such a rate the line itself says so.
 *
 * @param {ClipEffect} effect
 * @param {{ optimizer: unknown, clip: unknown }} settings  with which the steps were taken
 */
export function adviseOnLine(effect, settings) {
  return isInDisguise(effect) && isLowerRate(settings) ? adviseOnAggressive(settings) : '';
}
