/** How the user's own settings fare, by their runs and by what was found to be wrong with them. */

import { luckOf } from '../../../config/fate.js';
import { SCHEMA } from '../../../config/schema.js';
import { isUnstable } from '../../judge/judge.js';
import { kindOf } from '../../judge/verdict.js';
import { medianOf } from '../../trial/statistics.js';

/**
 * @typedef {import('../trainings.js').Point} Point
 * @typedef {import('../../trial/trial.js').TrialResult} TrialResult
 * @typedef {import('../../judge/causes.js').CauseId} CauseId
 * @typedef {import('../../judge/causes.js').OwnVerdict} OwnVerdict
 */

/**
 * At guessing: the loss ends no higher than so many times L₀, or what it began with, beyond which a run has blown up; and
 * so for the accuracy.
 */
const GUESSING = { loss: 1.5, accuracy: 1.3 };

/** Learning is slow where another setting gets as far in this share of the steps. */
const TWICE_AS_FAST = 0.5;

/** Nothing is learned that holds for other samples: validation never gets below this share of L₀, training below that. */
const MEMORIZED = { validation: 0.85, training: 0.5 };

/**
 * @param {Point} baseline
 * @param {CauseId[]} causes
 * @param {Point | null} fix
 * @returns {OwnVerdict}
 */
export function judgeOwn({ trials }, causes, fix) {
  const isMost = (/** @type {(trial: TrialResult) => boolean} */ isSo) =>
    2 * trials.filter(isSo).length > trials.length;
  if (isMost(({ diverged }) => diverged)) return 'diverged';
  // An instability that costs nothing beyond what seeds differ by is none that matters.
  if (causes[0] === 'none') return 'stable';
  const isQuiet = !isMost(isUnstable);
  if (isQuiet && causes[0] === 'rate_too_low') return 'slow';
  if (isMost(isGuessing)) return 'dead';
  if (!isQuiet) return kindOf(trials) ?? 'early';
  // What never got below where it began has blown up; what is not far below guessing is on its way.
  if (isMost(({ train, baseline_loss }) => train.last50 > highestQuiet(train, baseline_loss))) return 'early';
  // Wrong labels keep the loss as high as that of guessing, and more steps change nothing.
  if (isMost(({ infeasible }) => infeasible)) return causes[0] === 'not_optimization' ? 'stable' : 'slow';
  // Some seeds learn nothing, and others are unstable: few are left that train.
  if (isMost((trial) => trial.infeasible || isUnstable(trial))) return kindOf(trials) ?? 'slow';
  return fix !== null && isSlow(trials, fix.trials) ? 'slow' : 'stable';
}

/** Whether a run ends no better than guessing, and not by a loss that has merely grown. @param {TrialResult} trial */
function isGuessing({ infeasible, train, val, baseline_loss }) {
  if (!infeasible || train.last50 > highestQuiet(train, baseline_loss)) return false;
  if (typeof val?.accuracy !== 'number') return train.last50 <= GUESSING.loss * baseline_loss;
  return val.accuracy <= GUESSING.accuracy * luckOf(baseline_loss);
}

/** Below this a loss has not grown: it may have been far above guessing from the first step on. @param {TrialResult['train']} train @param {number} baseline */
function highestQuiet({ first }, baseline) {
  return GUESSING.loss * Math.max(baseline, first);
}

/** Whether others get as far as these in half of the steps. @param {TrialResult[]} trials @param {TrialResult[]} others */
function isSlow(trials, others) {
  const shares = trials.flatMap(({ best }, i) => {
    if (best === null || !others[i]) return [];
    const reached = others[i].evaluations.find(({ val_loss, train_loss }) => (val_loss ?? train_loss) <= best.loss);
    return [reached ? reached.step / best.step : Infinity];
  });
  return (medianOf(shares) ?? Infinity) <= TWICE_AS_FAST;
}

/**
 * Whether the training loss is where it should be and the validation loss is not: more of the same would not help.
 *
 * @param {TrialResult[]} trials
 */
export function lacksSamples(trials) {
  const learning = trials.filter(({ train, baseline_loss }) => train.last50 < MEMORIZED.training * baseline_loss);
  return 2 * learning.length > trials.length && !generalizes(trials);
}

/** Whether what is learned holds for validation data as well. @param {TrialResult[]} trials */
export function generalizes(trials) {
  return mostReach(trials, MEMORIZED.validation);
}

/** Whether anything is known of validation data that guessing does not know. @param {TrialResult[]} trials */
export function isBelowGuessing(trials) {
  return mostReach(trials, SCHEMA.definitions.infeasible_share);
}

/** Whether half of the trials at least have a checkpoint at this share of L₀. @param {TrialResult[]} trials @param {number} share */
function mostReach(trials, share) {
  const reaching = trials.filter(({ best, baseline_loss }) => best === null || best.loss <= share * baseline_loss);
  return 2 * reaching.length >= trials.length;
}

/**
 * Validation at the end of the runs: loss and accuracy, each the median of the seeds; null without validation data.
 *
 * @param {Point} point
 */
export function scoreOf({ trials }) {
  const scores = trials.flatMap(({ val }) => val ?? []);
  if (scores.length === 0) return null;
  const losses = scores.map(({ loss }) => (Number.isNaN(loss) ? Infinity : loss));
  const accuracies = scores.flatMap(({ accuracy }) => accuracy ?? []);
  return { loss: Number(medianOf(losses)), accuracy: medianOf(accuracies) };
}
