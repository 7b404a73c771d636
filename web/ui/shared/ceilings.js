/**
 * Where the axes of charts end, so that a blow-up leaves in sight what came before it: a loss of 1e34 would press the
 * curve into a line at the bottom. What lies above is marked at the top.
 *
 * @typedef {import('../state/run.js').Run} Run
 * @typedef {import('../../engine/study/trial/trial.js').TrialResult} TrialResult
 */

/** So many times the loss that training began with, or that of guessing, where it began lower. */
export const LOSS_HEADROOM = 30;

/** So many times the first norm, or the typical one: outliers of a hundred times are seen in full. */
const NORM_HEADROOM = 1000;

/** @param {Run} run */
export function lossCeiling({ series, startStep, summary }) {
  return over([series.loss.at(startStep), summary?.baseline_loss], LOSS_HEADROOM);
}

/** @param {Run} run */
export function normCeiling({ series, startStep, summary }) {
  return over([series.grad_norm.at(startStep), summary?.typical_p90], NORM_HEADROOM);
}

/** Of the losses of several trainings. @param {{ curve?: TrialResult['curve'], baseline_loss: number }[]} trials */
export function trialsCeiling(trials) {
  const starts = trials.flatMap(({ curve, baseline_loss }) => [Number(curve?.loss[0] ?? Number.NaN), baseline_loss]);
  return over(starts, LOSS_HEADROOM);
}

/** Of a curve that is read off. @param {(number | string)[]} losses */
export function curveCeiling(losses) {
  return over(losses.slice(0, 1).map(Number), LOSS_HEADROOM);
}

/**
 * The largest of some values times a factor; undefined where none of them says anything.
 * @param {(number | null | undefined)[]} values @param {number} factor
 */
function over(values, factor) {
  const known = values.filter((value) => value !== null && value !== undefined && value > 0 && Number.isFinite(value));
  return known.length ? factor * Math.max(...known.map(Number)) : undefined;
}
