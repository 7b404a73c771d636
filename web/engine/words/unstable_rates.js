/**
 * From which rate on training is unstable, as it is said. lr_unstable is looked for above lr* alone; but lr* may be unstable
 * itself, and so may rates below it: then that is said first.
 */

import { number } from './numbers.js';
import { agree, ofSeeds } from './sentences.js';

/**
 * @typedef {{ lr_best: number | null, lr_unstable: number | null, lr_first_unstable: number | null }} UnstableRates  as
 *   study/judge/judge.js finds them
 */

/** Whether training is unstable at lr* already, or below. @param {UnstableRates} rates */
function isBestUnstable({ lr_best, lr_first_unstable }) {
  return lr_best !== null && lr_first_unstable !== null && lr_first_unstable <= lr_best;
}

/**
 * In a table: "0.928"; "0.431, lr* itself; above it 0.928".
 *
 * @param {UnstableRates} rates
 * @param {(rate: number) => string} [say]
 */
export function sayUnstableFrom(rates, say = number) {
  const { lr_best, lr_unstable, lr_first_unstable } = rates;
  if (isBestUnstable(rates)) {
    const where = lr_first_unstable === lr_best ? 'lr* itself; above it' : 'below lr*; above it';
    return `${say(Number(lr_first_unstable))}, ${where} ${lr_unstable === null ? 'none of those tried' : say(lr_unstable)}`;
  }
  if (lr_unstable !== null) return say(lr_unstable);
  return lr_best === null ? 'not known: no rate learns' : 'none of those tried';
}

/**
 * In a sentence, after "unstable": "at rates from η 0.928 on"; "at the best rate itself, η 0.431, and above it from
 * η 0.928 on". '' where no rate is.
 *
 * @param {UnstableRates} rates
 */
export function atUnstableRates(rates) {
  const { lr_best, lr_unstable, lr_first_unstable } = rates;
  if (isBestUnstable(rates)) {
    const where =
      lr_first_unstable === lr_best
        ? `at the best rate itself, η ${number(lr_best)}`
        : `below the best rate, at η ${number(lr_first_unstable)}`;
    return lr_unstable === null ? where : `${where}, and above it from η ${number(lr_unstable)} on`;
  }
  return lr_unstable === null ? '' : `at rates from η ${number(lr_unstable)} on`;
}

/**
 * Of the seeds at one rate, those that were unstable, though it is the best rate; '' where none was.
 *
 * @param {number} lr
 * @param {{ unstable: number, seeds: number }} figures  of its point
 */
export function sayUnstableAt(lr, { unstable, seeds }) {
  if (unstable === 0) return '';
  const who =
    seeds === 1 ? 'training is unstable' : `${ofSeeds(unstable, seeds)} ${agree(unstable, 'is', 'are')} unstable`;
  return `At η ${number(lr)} itself ${who}: it is the best checkpoint that counts, and the run may not end there.`;
}
