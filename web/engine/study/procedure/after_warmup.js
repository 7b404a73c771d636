/**
 * What a warmup is credited with: the checkpoints of after it. What was reached on the way up was reached at lower rates,
 * and says nothing of the one that the warmup leads to.
 */

import { judgePoint } from '../judge/judge.js';

/**
 * @typedef {import('./trainings.js').Point} Point
 * @typedef {import('../trial/trial.js').TrialResult} TrialResult
 * @typedef {import('../../config/config.js').Config} Config
 */

/**
 * The same runs, their best checkpoints looked for after a warmup that the examined settings have not.
 *
 * @param {Point} point
 * @param {Config} examined
 * @returns {Point}
 */
export function creditWarmup(point, examined) {
  const { config } = point;
  if (config.warmup_steps <= examined.warmup_steps) return point;
  const trials = point.trials.map((trial) => ({ ...trial, best: bestAfter(trial, config.warmup_steps) }));
  return { config, trials, figures: judgePoint(trials) };
}

/** @param {TrialResult} trial @param {number} warmup @returns {TrialResult['best']} */
function bestAfter({ best, evaluations }, warmup) {
  if (best === null || best.step > warmup) return best;
  /** @type {TrialResult['best']} */
  let found = null;
  for (const { step, train_loss, val_loss, val_accuracy } of evaluations) {
    const loss = val_loss ?? train_loss;
    if (step > warmup && loss < (found?.loss ?? Infinity)) found = { step, loss, accuracy: val_accuracy };
  }
  return found;
}
