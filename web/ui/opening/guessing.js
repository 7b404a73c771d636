/** What guessing by the classes' frequencies would come to: the line that a run has to leave. */

import { luckOf } from '../../engine/config/fate.js';

/**
 * @typedef {import('../state/run.js').Run} Run
 * @typedef {import('../../charts/line/scene.js').Horizontal} Horizontal
 */

/** Classes are equally frequent where the loss of guessing is that near to the logarithm of their number. */
const EVEN = 0.005;

/** @param {Run} run @returns {Horizontal[]} */
export function guessedLoss({ summary }) {
  const loss = summary?.baseline_loss ?? Number.NaN;
  return loss > 0 && Number.isFinite(loss) ? [{ y: loss, label: 'guessing', color: 'faint' }] : [];
}

/** How often guessing is right, where that follows from its loss: of classes that are equally frequent. @param {Run} run */
export function guessedShare({ summary, classes, inForce }) {
  if (!summary || !(classes > 0) || inForce.loss !== 'cross_entropy') return null;
  // Smoothed labels make any classes look more alike.
  const even = EVEN * (1 - (inForce.label_smoothing ?? 0)) ** 2;
  return Math.abs(summary.baseline_loss - Math.log(classes)) < even ? luckOf(summary.baseline_loss) : null;
}

/** @param {Run} run @returns {Horizontal[]} */
export function guessedAccuracy(run) {
  const share = guessedShare(run);
  return share === null ? [] : [{ y: share, label: 'guessing', color: 'faint' }];
}
