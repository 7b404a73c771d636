/** How the gallery's judges count and speak. */

import { number, percent } from '../../words/numbers.js';
import { ofSeeds } from '../../words/sentences.js';

/**
 * @typedef {import('./entry.js').CellTrial} CellTrial
 * @typedef {import('./entry.js').Results} Results
 */

/** How many steps the mean goes over that tells a rise from the noise of batches. */
const MEAN_STEPS = 10;

/** Mean batch loss of the last 50 steps; infinite for a run that diverged. @param {CellTrial} trial */
export function finalLoss(trial) {
  return trial.diverged || Number.isNaN(trial.train.last50) ? Infinity : trial.train.last50;
}

/** Validation loss at the end; infinite for a run that diverged. @param {CellTrial} trial */
export function finalValLoss(trial) {
  const loss = trial.diverged ? null : trial.val?.loss;
  return loss === null || loss === undefined || Number.isNaN(loss) ? Infinity : loss;
}

/** Validation accuracy at the end; 0 for a run that diverged. @param {CellTrial} trial */
export function finalAccuracy(trial) {
  return trial.diverged ? 0 : (trial.val?.accuracy ?? 0);
}

/** Of some cells those that were trained: a quick check leaves some out. @param {Results} results @param {readonly string[]} ids */
export function trainedOf(results, ids) {
  return ids.filter((id) => results[id]);
}

/**
 * In how many seeds something holds.
 *
 * @param {Results} results
 * @param {(trialOf: (cell: string) => CellTrial) => boolean} holds  trialOf: the seed's trial of a cell
 * @returns {{ passed: boolean, count: number, of: number }}  passed: in every seed, of which there is at least one
 */
export function everySeed(results, holds) {
  const of = Math.min(...Object.values(results).map((trials) => trials.length));
  const seeds = Array.from({ length: of }, (_, seed) => (/** @type {string} */ cell) => results[cell][seed]);
  const count = seeds.filter(holds).length;
  return { passed: of > 0 && count === of, count, of };
}

/**
 * The lowest and the highest of some values: "0.41 … 0.43", or one where they read alike.
 *
 * @param {number[]} values
 * @param {(value: number) => string} [write]
 */
export function span(values, write = writeLoss) {
  const [low, high] = [write(Math.min(...values)), write(Math.max(...values))];
  return low === high ? low : `${low} … ${high}`;
}

/** A loss in a few characters; a run that diverged has none. @param {number} loss */
export function writeLoss(loss) {
  return Number.isFinite(loss) ? number(loss) : 'diverged';
}

/** @param {number} share */
export function writePercent(share) {
  return percent(share, 0);
}

/** "3 of 3 seeds". @param {{ count: number, of: number }} seeds */
export function writeSeeds({ count, of }) {
  return ofSeeds(count, of);
}

/**
 * The sudden rise after a decline: the first step at which the mean of ten losses is twice its minimum so far, and at
 * least 0.3 above it. Null where there is none.
 *
 * @param {number[]} losses  of every step
 * @returns {{ step: number, minimum: number, minimumStep: number } | null}
 */
export function findSuddenRise(losses) {
  let sum = 0;
  let minimum = Infinity;
  let minimumStep = 0;
  for (let step = 0; step < losses.length; step++) {
    sum += losses[step] - (step >= MEAN_STEPS ? losses[step - MEAN_STEPS] : 0);
    if (step < MEAN_STEPS - 1) continue;
    const mean = sum / MEAN_STEPS;
    if (mean < minimum) {
      minimum = mean;
      minimumStep = step;
    } else if (!(mean <= Math.max(2 * minimum, minimum + 0.3))) return { step, minimum, minimumStep };
  }
  return null;
}

/** The highest of the first losses, and its step. @param {number[]} losses @param {number} count */
export function findPeak(losses, count) {
  const first = losses.slice(0, count).map((loss) => (Number.isNaN(loss) ? Infinity : loss));
  const loss = Math.max(...first);
  return { loss, step: first.indexOf(loss) };
}

/** The largest value over the smallest; infinite where one is missing. @param {(number | null | undefined)[]} values */
export function ratioOf(values) {
  const rates = values.map((value) => value ?? 0);
  return Math.max(...rates) / Math.min(...rates);
}
