/**
 * Whether one setting is better than another beyond what seeds differ by, seed against seed: what a diagnosis of the
 * user's own settings rests on. Held against each other by best checkpoint, as the playbook does it.
 */

import { medianOf } from '../trial/statistics.js';
import { bestLoss, isUnstableRate, judgePoint } from './judge.js';

/**
 * @typedef {import('./judge.js').Judged & { baseline_loss: number,
 *   val?: { loss: number, accuracy: number | null } | null }} Held
 * @typedef {{ trials: Held[] }} HeldPoint  one setting, trained with the same seeds as the other
 */

/**
 * How much lower the loss must be to matter. Classes: in shares of L₀, the loss of guessing; the more, the less of it shows
 * in the accuracy. Below that, nobody would change a setting for it. Regression knows no accuracy, and its noise is a
 * large part of its loss: there the gain is also a share of the loss itself.
 */
export const CLEAR_GAIN = {
  classes: [
    { accuracy: 0.03, baseline_share: 0.03 },
    { accuracy: 0.01, baseline_share: 0.1 },
    { accuracy: -Infinity, baseline_share: 0.15 },
  ],
  regression: { baseline_share: 0.005, loss_share: 0.15 },
  odd_regression: { baseline_share: 0.0025, loss_share: 0.075 },
};

/** What is odd is to blame, unless another rate makes up for it and is better by more than this: of L₀, or of the loss. */
const FAR_GAIN = { baseline_share: 0.1, regression_share: 0.3 };

/** What a run has at its end that another lost: so much more accuracy or, for regression, at most this share of its loss. */
const KEPT = { accuracy: 0.1, loss_share: 0.4 };

/** Below this share of the least that can matter a difference is none. */
const TIE_SHARE = 0.2;

/** A seed is left behind where it is worse by so many times the least that can matter. */
const SURE = 3;

/** One seed cannot tell a gain from chance: it must be so many times larger. */
const ALONE = 1.5;

/**
 * **Clearly better**: the median of the seeds gains as much as matters, most seeds gain at least half of that, none
 * loses as much, and the median gains more than the steadier setting's seeds differ by. A run that ends no
 * better than guessing, diverges, or loses what it had, is worse than any that learns as far and keeps it.
 *
 * @param {HeldPoint} point
 * @param {HeldPoint} other  what it is held against
 * @param {{ isOdd?: boolean, isStrict?: boolean }} [how]  isOdd: what it goes without is odd, so that a smaller gain
 *   matters, as it does where it trains calmly and the other does not; isStrict: not even there
 */
export function isClearlyBetter({ trials }, { trials: others }, { isOdd = false, isStrict = false } = {}) {
  if (!judgePoint(trials).feasible) return false;
  const isSeen = isOdd || (!isStrict && isUnstableRate(others) && !isUnstableRate(trials));
  const need = neededGain(trials, others, { isSeen, isOdd }) * (trials.length === 1 ? ALONE : 1);
  if (!Number.isFinite(need)) return true;
  const pairs = trials.flatMap((trial, i) => (others[i] ? [gainOf(trial, others[i])] : []));
  const saved = pairs.filter(({ isSaved, gain }) => isSaved && gain >= -need / 2).length;
  const gaining = pairs.filter(({ isSaved, gain }) => gain >= need / 2 || (isSaved && gain >= -need / 2)).length;
  // However little a gain must be, a loss counts from where any would.
  const isWorse = pairs.some(({ gain }) => gain < -neededGain(trials, others));
  if (isWorse) return false;
  if (2 * saved > pairs.length || endsFarBetter(trials, others)) return true;
  const [losses, othersLosses] = [trials, others].map((some) => some.map(bestLoss));
  const gain = Number(medianOf(othersLosses)) - Number(medianOf(losses));
  return 2 * gaining > pairs.length && gain >= need && gain > Math.min(rangeOf(losses), rangeOf(othersLosses));
}

/**
 * **Far better**: whether a setting is better by so much that it cannot be one that merely makes up for another.
 *
 * @param {HeldPoint} point
 * @param {HeldPoint} other
 */
export function isFarBetter(point, other) {
  if (!isClearlyBetter(point, other)) return false;
  const [loss, otherLoss] = [point, other].map(({ trials }) => Number(medianOf(trials.map(bestLoss))));
  const isRegression = accuracyOf(other.trials) === null;
  const baseline = Number(medianOf(other.trials.map(({ baseline_loss }) => baseline_loss)));
  return otherLoss - loss > (isRegression ? FAR_GAIN.regression_share * otherLoss : FAR_GAIN.baseline_share * baseline);
}

/**
 * **More surely better**: no worse in the median, while the seed that fares worst is better by as much as matters: some
 * seeds of the other are left behind, and none of these.
 *
 * @param {HeldPoint} point
 * @param {HeldPoint} other
 */
export function isSurelyBetter(point, other) {
  if (!judgePoint(point.trials).feasible || !isAsGood(point, other)) return false;
  const [worst, othersWorst] = [point, other].map(({ trials }) => Math.max(...trials.map(lossOrGuess)));
  return othersWorst - worst >= neededGain(point.trials, other.trials, { isSeen: true }) * SURE;
}

/**
 * What settings are worth by the mean of their seeds, of which one that does not learn counts as guessing: the less, the
 * better, and the fewer seeds are left behind.
 *
 * @param {Held[]} trials
 */
export function meanLoss(trials) {
  return trials.reduce((sum, trial) => sum + lossOrGuess(trial), 0) / trials.length;
}

/** @param {Held} trial */
function lossOrGuess(trial) {
  return trial.infeasible ? trial.baseline_loss : Math.min(bestLoss(trial), trial.baseline_loss);
}

/**
 * Whether one seed looks as if its setting might be clearly better: worth training with the others.
 *
 * @param {Held} trial
 * @param {Held} other
 */
export function looksBetter(trial, other) {
  const { isSaved, gain } = gainOf(trial, other);
  if (trial.infeasible) return false;
  const need = neededGain([trial], [other], { isSeen: true });
  return (
    !Number.isFinite(need) || endsFarBetter([trial], [other]) || gain >= need / 2 || (isSaved && gain >= -need / 2)
  );
}

/**
 * Whether two settings are as good as each other for all that matters: what is left to choose between them is which of
 * them trains more calmly.
 *
 * @param {HeldPoint} point
 * @param {HeldPoint} best  not worse
 */
export function isAsGood({ trials }, { trials: others }) {
  return lossBehind(trials, others) <= neededGain(trials, others, { isSeen: true, isOdd: true }) * TIE_SHARE;
}

/**
 * Whether nobody would miss the difference: a setting is worse by less than the least that can matter at all. What trains
 * calmly and is that good is to be preferred to what does not.
 *
 * @param {HeldPoint} point
 * @param {HeldPoint} best  not worse
 */
export function isGoodEnough({ trials }, { trials: others }) {
  return judgePoint(trials).feasible && lossBehind(trials, others) < neededGain(others, trials, { isSeen: true });
}

/**
 * Whether every seed keeps to its end what the same seed of the other loses, by so much that it is beyond doubt: best
 * checkpoints do not show it.
 *
 * @param {Held[]} trials
 * @param {Held[]} others
 */
function endsFarBetter(trials, others) {
  return trials.every(({ val }, i) => {
    const other = others[i]?.val;
    if (!val || !other) return false;
    if (val.accuracy !== null && other.accuracy !== null) return val.accuracy - other.accuracy >= KEPT.accuracy;
    return val.loss < KEPT.loss_share * other.loss;
  });
}

/** By how much the median loss of some is above that of others. @param {Held[]} trials @param {Held[]} others */
function lossBehind(trials, others) {
  return Number(medianOf(trials.map(bestLoss))) - Number(medianOf(others.map(bestLoss)));
}

/** @param {Held} trial @param {Held} other  of the same seed */
function gainOf(trial, other) {
  return { isSaved: other.infeasible && !trial.infeasible, gain: bestLoss(other) - bestLoss(trial) };
}

/**
 * The gain in the median loss from which on it matters; infinite where the other has no finite loss, so that any is.
 *
 * @param {Held[]} trials
 * @param {Held[]} others
 * @param {{ isSeen?: boolean, isOdd?: boolean }} [how]  isSeen: as if accuracy gained too; isOdd: for regression, half
 */
function neededGain(trials, others, { isSeen = false, isOdd = false } = {}) {
  const baseline = Number(medianOf(others.map(({ baseline_loss }) => baseline_loss)));
  const loss = Number(medianOf(others.map(bestLoss)));
  if (!Number.isFinite(loss)) return Infinity;
  const [accuracy, othersAccuracy] = [trials, others].map(accuracyOf);
  if (accuracy === null || othersAccuracy === null) {
    const { baseline_share, loss_share } = isOdd ? CLEAR_GAIN.odd_regression : CLEAR_GAIN.regression;
    return Math.max(baseline_share * baseline, loss_share * loss);
  }
  const gained = isSeen ? Infinity : accuracy - othersAccuracy;
  // What an accuracy is counted in is a sample: a hundredth need not come out as one.
  const tier = CLEAR_GAIN.classes.find((row) => gained >= row.accuracy - 1e-9);
  return baseline * /** @type {{ baseline_share: number }} */ (tier).baseline_share;
}

/** Median accuracy of the best checkpoints; null for regression. @param {Held[]} trials */
export function accuracyOf(trials) {
  const known = trials.flatMap(({ best }) => (best === null || best.accuracy === null ? [] : [best.accuracy]));
  return medianOf(known);
}

/** @param {number[]} losses */
function rangeOf(losses) {
  return losses.length < 2 ? 0 : Math.max(...losses) - Math.min(...losses);
}
