/**
 * How trials are judged: one function per definition. They count over trials what C found in each of them (episodes,
 * infeasibility, best); no study decides by anything else.
 */

import { isInstability } from '../../config/verdicts.js';
import { medianOf } from '../trial/statistics.js';
import { lrSensitivity } from './sensitivity.js';

/**
 * @typedef {object} Judged  what of a trial decides; a TrialResult has it
 * @property {boolean} infeasible
 * @property {import('../../config/verdicts.js').Verdict} verdict
 * @property {{ step: number, loss: number, accuracy: number | null } | null} best
 *
 * @typedef {object} PointFigures  a setting, over its seeds
 * @property {number | null} loss  median of the trials' best; null where it is not finite
 * @property {boolean} feasible
 * @property {number} seeds  trials
 * @property {number} infeasible  how many of them are infeasible
 * @property {number} unstable  how many of them have an episode of instability
 *
 * @typedef {object} RateFigures
 * @property {number | null} lr_best  lr*, null where no rate is feasible
 * @property {number | null} best_loss  median of best at lr*
 * @property {number | null} lr_unstable  null where no rate above lr* is unstable
 * @property {number | null} lr_first_unstable  the lowest rate at which half the seeds are unstable, be it lr* or below; null
 *   where none is
 * @property {boolean} at_edge
 * @property {number | null} lr_sensitivity  what is lost on average by a rate that is not the best one; null where no rate
 *   is feasible, or the rates are not spaced logarithmically
 */

/** lr* is at the edge where lr_unstable is at most so many grid points above it. */
export const EDGE_POINTS = 2;

/**
 * **best** of a trial: its lowest validation loss over the evaluations, the earliest on ties (training loss without
 * validation data). Infinity where no evaluation was finite.
 *
 * @param {Judged} trial
 */
export function bestLoss(trial) {
  return trial.best?.loss ?? Infinity;
}

/** **Unstable**: at least one episode of loss instability that was no passing bump. @param {Judged} trial */
export function isUnstable(trial) {
  return isInstability(trial.verdict);
}

/**
 * ***Does not blow up***: feasible, with no episode.
 *
 * @param {Judged} trial
 */
export function doesNotBlowUp(trial) {
  return !trial.infeasible && !isUnstable(trial);
}

/**
 * A setting over its seeds. It is **feasible** where more than half of its seeds are: half of them infeasible is
 * what makes a rate lr_unstable.
 *
 * @param {Judged[]} trials  of one setting, one per seed; at least one
 * @returns {PointFigures}
 */
export function judgePoint(trials) {
  const infeasible = trials.filter((trial) => trial.infeasible).length;
  const loss = /** @type {number} */ (medianOf(trials.map(bestLoss)));
  return {
    loss: Number.isFinite(loss) ? loss : null,
    feasible: 2 * infeasible < trials.length,
    seeds: trials.length,
    infeasible,
    unstable: trials.filter(isUnstable).length,
  };
}

/**
 * The index of the best point: among the feasible, the lowest median of best, the first on ties. -1 where none is.
 *
 * @param {{ figures: PointFigures }[]} points
 */
export function findBestPoint(points) {
  let found = -1;
  let lowest = Infinity;
  for (const [i, { figures }] of points.entries()) {
    if (!figures.feasible || figures.loss === null || figures.loss >= lowest) continue;
    found = i;
    lowest = figures.loss;
  }
  return found;
}

/**
 * **Unstable or infeasible at a rate**: at least half of the seeds are.
 *
 * @param {Judged[]} trials
 */
export function isUnstableRate(trials) {
  return 2 * trials.filter((trial) => !doesNotBlowUp(trial)).length >= trials.length;
}

/**
 * What a sweep of the learning rate says.
 *
 * **lr\***: among feasible rates the one with the lowest seed-median of best. **lr_unstable**: the lowest rate above
 * lr* at which at least half the seeds are unstable or infeasible. **At the edge**: lr* is within two grid points of
 * lr_unstable.
 *
 * @param {{ lr: number, trials: (Judged & import('./sensitivity.js').Outcome)[] }[]} points  one per rate, in any order
 * @returns {RateFigures}
 */
export function judgeRates(points) {
  const rising = [...points]
    .sort((a, b) => a.lr - b.lr)
    .map((point) => ({ ...point, figures: judgePoint(point.trials) }));
  const best = findBestPoint(rising);
  if (best < 0) {
    return {
      lr_best: null,
      best_loss: null,
      lr_unstable: null,
      lr_first_unstable: null,
      at_edge: false,
      lr_sensitivity: null,
    };
  }
  const unstable = rising.findIndex(({ trials }, i) => i > best && isUnstableRate(trials));
  // A rate up to lr* that does not learn is too low, and not unstable.
  const first = rising.find(({ figures }, i) => i === unstable || 2 * figures.unstable >= figures.seeds);
  return {
    lr_best: rising[best].lr,
    best_loss: rising[best].figures.loss,
    lr_unstable: unstable < 0 ? null : rising[unstable].lr,
    lr_first_unstable: first?.lr ?? null,
    at_edge: unstable >= 0 && unstable - best <= EDGE_POINTS,
    lr_sensitivity: lrSensitivity(rising),
  };
}

/**
 * Trials of one setting each, in the order in which the settings first appear.
 *
 * @template {Judged} T
 * @param {T[]} trials
 * @param {(trial: T) => unknown} keyOf  what tells the settings apart; it must survive JSON
 * @returns {T[][]}
 */
export function groupTrials(trials, keyOf) {
  /** @type {Map<string, T[]>} */
  const groups = new Map();
  for (const trial of trials) {
    const key = JSON.stringify(keyOf(trial));
    const group = groups.get(key);
    if (group) group.push(trial);
    else groups.set(key, [trial]);
  }
  return [...groups.values()];
}
