/** A learning rate that was chosen, beside a sweep of the same settings: is it as good as any? */

import { findRate } from '../../web/engine/study/auto_rate.js';
import { medianOf } from '../../web/engine/study/trial/statistics.js';

/**
 * @typedef {import('../../web/engine/config/config.js').Config} Config
 * @typedef {import('../../web/engine/study/trial/runner.js').Runner} Runner
 * @typedef {{ best: number, good: number[] }} Swept  good: rates that are as good as the best
 * @typedef {'within' | 'wrong' | 'refused'} Kind
 */

/** How far from a good rate a choice may be. */
export const FACTOR = 3;
/** Of L₀: a difference of loss that no chart shows. */
const UNSEEN_SHARE = 1e-3;

/**
 * A rate's result is the median over the seeds of the run's lowest validation loss, infinite where the run diverged or
 * stayed infeasible. As good as the best rate are all whose result is no further from its than seeds differ by: the
 * deviation of a difference between one run with either rate, √(a² + b²), where a and b are robust standard deviations
 * over the seeds, 1.4826 times the median distance from the median.
 *
 * @param {Runner} runner
 * @param {Config[]} configs  one per seed
 * @param {number[]} rates  rising
 * @returns {Promise<Swept>}
 */
export async function sweepRates(runner, configs, rates) {
  const results = [];
  let unseen = 0;
  for (const lr of rates) {
    const losses = [];
    for (const config of configs) {
      const { best, diverged, infeasible, baseline_loss } = await runner.trial({ ...config, lr }, { record: 'none' });
      unseen = UNSEEN_SHARE * baseline_loss;
      losses.push(diverged || infeasible ? Infinity : (best?.loss ?? Infinity));
    }
    const median = Number(medianOf(losses));
    results.push({ lr, median, deviation: deviationOf(losses, median) });
  }
  const best = results.reduce((a, b) => (b.median < a.median ? b : a));
  const isGood = (/** @type {typeof best} */ { median, deviation }) =>
    median - best.median <= Math.max(unseen, Math.hypot(best.deviation, deviation));
  return {
    best: best.lr,
    good: results.filter((one) => Number.isFinite(one.median) && isGood(one)).map(({ lr }) => lr),
  };
}

/** @param {number[]} losses @param {number} median */
function deviationOf(losses, median) {
  const distances = losses.map((loss) => (Number.isFinite(loss) ? Math.abs(loss - median) : Infinity));
  const middle = 1.4826 * Number(medianOf(distances));
  return Number.isFinite(middle) ? middle : 0;
}

/**
 * What `--auto-lr` trains these settings with; null where it refuses.
 *
 * @param {import('../../web/engine/engine.js').Engine} engine
 * @param {Runner} runner
 * @param {Config} config
 * @param {import('../../web/engine/study/auto_rate.js').Way} [way]
 * @returns {Promise<{ lr: number | null, says: string }>}
 */
export async function chooseRate(engine, runner, config, way) {
  try {
    return await findRate({ engine, runner, config, way, now: () => performance.now() });
  } catch (error) {
    const { field, message } = /** @type {{ field?: string, message: string }} */ (error);
    if (field === 'auto_lr') return { lr: null, says: message };
    throw error;
  }
}

/** @param {number | null} lr @param {Swept} swept @returns {Kind} */
export function judgeChoice(lr, { good }) {
  if (lr === null) return 'refused';
  return good.some((rate) => isNear(lr, rate)) ? 'within' : 'wrong';
}

/** @param {number} lr @param {number} rate */
export function isNear(lr, rate) {
  return Math.max(lr / rate, rate / lr) <= FACTOR;
}
