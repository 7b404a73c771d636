/** The lower rate that clipping comes down to, for the page's line, the clip study and the diagnosis alike. */

import { number, significant } from '../words/numbers.js';
import { dividesByGradient } from './rules.js';

/**
 * η times the mean of min(1, λ / ‖g‖): the rate that takes steps as long without clipping, on average.
 *
 * @param {{ optimizer: unknown, lr: unknown }} settings  of the clipped steps
 * @param {number} scale  the mean
 * @returns {number | null}  null where nothing is shortened, and for rules whose steps hardly depend on the size of the
 *   gradient
 */
export function equivalentRate({ optimizer, lr }, scale) {
  if (dividesByGradient(/** @type {string} */ (optimizer)) || !(scale < 1)) return null;
  return significant(Number(lr) * scale);
}

/** What is said of the others. */
export const NO_LOWER_RATE = 'this update rule divides by the gradient’s size: no lower rate stands for that';

/** Whether clipping comes down to a lower rate at all. @param {{ optimizer: unknown, clip: unknown }} settings */
export function isLowerRate({ optimizer, clip }) {
  return clip === 'update' || !dividesByGradient(/** @type {string} */ (optimizer));
}

/**
 * "the mean step keeps 0.42 of its gradient’s length, as at η 0.0084 instead of 0.02".
 *
 * @param {{ optimizer: unknown, lr: unknown }} settings
 * @param {number} scale
 */
export function sayClipScale(settings, scale) {
  const rate = equivalentRate(settings, scale);
  const mean = `the mean step keeps ${number(scale)} of its gradient’s length`;
  return rate === null
    ? `${mean}, but ${NO_LOWER_RATE}`
    : `${mean}, as at η ${number(rate)} instead of ${number(Number(settings.lr))}`;
}
