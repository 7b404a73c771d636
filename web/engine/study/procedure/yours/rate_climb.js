/** The best rate of some settings, from a rate that is known: up or down for as long as it gets better. */

import { TrainerError } from '../../../core/errors.js';
import { significant } from '../../../words/numbers.js';
import { isAsGood, isGoodEnough } from '../../judge/better.js';
import { isUnstableRate, judgePoint } from '../../judge/judge.js';
import { scoreOf } from './own_verdict.js';

/**
 * @typedef {import('../trainings.js').Trainings} Trainings
 * @typedef {import('../trainings.js').Point} Point
 * @typedef {import('../../../config/config.js').Config} Config
 */

/** Further than so many steps of the climb nobody's rate is off. */
const STEPS_MOST = 8;

/**
 * Trains settings, as far as the budget and their shapes allow.
 *
 * @param {Trainings} trainings
 * @param {Config[]} configs
 * @param {number} seeds
 * @returns {Promise<Point[]>}  of those that could be trained
 */
export async function trainWhatWorks(trainings, configs, seeds) {
  /** @type {Config[]} */
  const planned = [];
  for (const config of configs) if (trainings.canAfford([...planned, config], seeds)) planned.push(config);
  try {
    return await trainings.train(planned, seeds);
  } catch (error) {
    // An edit is made on a text or a setting alone: what stands beside it may forbid what it makes.
    if (!(error instanceof TrainerError)) throw error;
    if (planned.length === 1) return [];
  }
  /** @type {Point[]} */
  const points = [];
  for (const config of planned) points.push(...(await trainWhatWorks(trainings, [config], seeds)));
  return points;
}

/**
 * @param {Trainings} trainings
 * @param {Point} from  trained with as many seeds
 * @param {{ ratio: number, seeds: number, steps?: number }} how  ratio: from rate to rate
 * @returns {Promise<Point[]>}  all that were trained, from among them
 */
export async function climbRates(trainings, from, { ratio, seeds, steps = STEPS_MOST }) {
  const points = [from];
  let best = from;
  for (const factor of [ratio, 1 / ratio]) {
    for (let i = 0; i < steps; i++) {
      const config = { ...best.config, lr: significant(best.config.lr * factor) };
      const [next] = await trainWhatWorks(trainings, [config], seeds);
      if (!next) break;
      points.push(next);
      if (!(meritOf(next) < meritOf(best))) break;
      best = next;
    }
    // Where it went up it need not be looked at from below again.
    if (best !== from) break;
  }
  return points;
}

/** What the best of several points has least of: the median best loss; what fails to learn comes last. @param {Point} point */
export function meritOf({ trials }) {
  const { feasible, loss } = judgePoint(trials);
  return feasible && loss !== null ? loss : Infinity;
}

/**
 * The best of several points; null of none that learns. Of those that are as good, by best checkpoint, one that trains
 * without instability, and of these the one that ends best: it is what one gets who does not keep checkpoints.
 *
 * @param {Point[]} points
 * @returns {Point | null}
 */
export function bestOf(points) {
  const rising = points.filter((point) => Number.isFinite(meritOf(point))).sort((a, b) => meritOf(a) - meritOf(b));
  const [best] = rising;
  if (!best) return null;
  const asGood = rising.filter((point) => isAsGood(point, best));
  const calm = asGood.filter(({ trials }) => !isUnstableRate(trials));
  return (calm.length > 0 ? calm : asGood).reduce((chosen, point) => (endsBetter(point, chosen) ? point : chosen));
}

/**
 * In place of an unstable fix, which cures nothing, the best that is calm with as many seeds and good enough; null of none.
 *
 * @param {Point} fix
 * @param {Point[]} others
 */
export function calmestOf(fix, others) {
  return bestOf(others.filter((one) => one.trials.length === fix.trials.length && isCalmInstead(one, fix)));
}

/**
 * Whether a setting trains calmly, another does not, and nobody would miss the difference.
 *
 * @param {Point} one
 * @param {Point} other
 */
export function isCalmInstead(one, other) {
  return !isUnstableRate(one.trials) && isUnstableRate(other.trials) && isGoodEnough(one, other);
}

/** Whether runs end with a higher accuracy or, for regression, a lower loss. @param {Point} point @param {Point} other */
function endsBetter(point, other) {
  const [own, others] = [scoreOf(point), scoreOf(other)];
  if (own === null || others === null) return false;
  if (own.accuracy !== null && others.accuracy !== null) return own.accuracy > others.accuracy;
  return own.loss < others.loss;
}
