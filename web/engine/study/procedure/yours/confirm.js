/**
 * What seeds that did not choose it say of a fix: what is best by three seeds may be so by chance, above all at the edge
 * of stability.
 */

import { isClearlyBetter, isSurelyBetter, meanLoss } from '../../judge/better.js';
import { meritOf, trainWhatWorks } from './rate_climb.js';

/**
 * @typedef {import('../procedure.js').Procedure} Procedure
 * @typedef {import('../trainings.js').Point} Point
 * @typedef {import('../../trial/trial.js').TrialResult} TrialResult
 *
 * @typedef {object} Confirmed
 * @property {Point} fix  the best by all seeds
 * @property {Point | null} fresh  the same with the other seeds alone; null where these could not be trained
 */

/** How many others are held against what seems to be the best. */
const RIVALS = 2;

/** Means that differ by no more than this share of L₀ are as good: what was chosen first stands. */
const TIE_SHARE = 0.004;

/** A mean differs beyond chance by more than so many of its standard errors. */
const ERRORS = 2;

/**
 * Points with other seeds besides those they were trained with.
 *
 * @param {Procedure} procedure
 * @param {Point[]} points  each trained with the procedure's seeds
 * @returns {Promise<Point[] | null>}  null where the budget does not suffice
 */
export async function joinFresh(procedure, points) {
  const fresh = await trainFresh(procedure, points);
  return fresh?.map(({ trials }, i) => ({ ...points[i], trials: [...points[i].trials, ...trials] })) ?? null;
}

/** @param {Procedure} procedure @param {Point[]} points @returns {Promise<Point[] | null>} */
async function trainFresh({ trainings, seeds }, points) {
  const fresh = await trainWhatWorks(
    trainings,
    points.map(({ config }) => ({ ...config, seed: config.seed + seeds })),
    seeds,
  );
  return fresh.length === points.length ? fresh : null;
}

/**
 * @param {Procedure} procedure
 * @param {Point} fix  what seems to be the best
 * @param {Point[]} others  each trained with as many seeds
 * @param {Point[]} plain  what takes the cause away and changes nothing else: the best of it is held against the fix in
 *   any case
 * @returns {Promise<Confirmed>}
 */
export async function confirmFix(procedure, fix, others, plain) {
  const { seeds } = procedure;
  // Who asks for one seed does not want to know.
  if (seeds === 1) return { fix, fresh: null };
  const isSame = (/** @type {Point} */ point, /** @type {Point} */ other) => keyOf(point) === keyOf(other);
  const rivals = others
    .filter((point, i) => !isSame(point, fix) && others.findIndex((other) => isSame(other, point)) === i)
    .filter((point) => point.trials.length === seeds && Number.isFinite(meritOf(point)))
    .sort((a, b) => meanLoss(a.trials) - meanLoss(b.trials));
  const held = [fix, ...rivals.slice(0, RIVALS)];
  const isPlain = (/** @type {Point} */ point) => plain.some((one) => isSame(one, point));
  if (!held.some(isPlain)) held.push(...rivals.filter(isPlain).slice(0, 1));
  const fresh = await trainFresh(procedure, held);
  if (fresh === null) return { fix, fresh: null };
  const all = held.map(({ trials }, i) => [...trials, ...fresh[i].trials]);
  const means = all.map(meanLoss);
  const limit = Math.min(...means) + TIE_SHARE * fix.trials[0].baseline_loss;
  const best = means[0] <= limit ? 0 : means.indexOf(Math.min(...means));
  const own = means.indexOf(Math.min(...means.filter((_, i) => isPlain(held[i]))));
  // What changes more than it must is worth it only where that shows.
  const isWorth = (/** @type {TrialResult[]} */ trials, /** @type {TrialResult[]} */ others) =>
    isBeyondChance(trials, others) || isSurelyBetter({ trials }, { trials: others });
  const chosen = own >= 0 && !isWorth(all[best], all[own]) ? own : best;
  return { fix: held[chosen], fresh: fresh[chosen] };
}

/**
 * Whether runs are better, seed against seed, by more than the error of the mean of their differences.
 *
 * @param {TrialResult[]} trials
 * @param {TrialResult[]} others  with the same seeds
 */
function isBeyondChance(trials, others) {
  const gains = trials.map((trial, i) => meanLoss([others[i]]) - meanLoss([trial]));
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
  const squares = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0);
  return mean > ERRORS * Math.sqrt(squares / (gains.length - 1) / gains.length);
}

/**
 * Whether a gain is one with other seeds too: half of what it was.
 *
 * @param {Procedure} procedure
 * @param {Point} baseline
 * @param {Confirmed} confirmed
 */
export async function isGainConfirmed(procedure, baseline, { fix, fresh }) {
  if (fresh === null) return true;
  const [again] = (await trainFresh(procedure, [baseline])) ?? [];
  if (!again) return true;
  const gainOf = (/** @type {Point} */ own, /** @type {Point} */ other) =>
    meanLoss(own.trials) - meanLoss(other.trials);
  return gainOf(again, fresh) >= gainOf(baseline, fix) / 2 || isClearlyBetter(fresh, again);
}

/** @param {Point} point */
function keyOf({ config }) {
  return JSON.stringify(config);
}
