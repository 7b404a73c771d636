/**
 * A sweep's trials as its charts show them: one point per setting, with what its seeds say.
 *
 * @typedef {import('../../engine/study/sweep.js').SweepResult} SweepResult
 * @typedef {import('../../engine/study/sweep.js').SweepTrial} SweepTrial
 * @typedef {'best' | 'error' | 'loss'} Measure
 * @typedef {'good' | 'slow' | 'unstable' | 'infeasible'} Outcome
 * @typedef {object} SweepPoint
 * @property {string} key
 * @property {import('../../engine/config/config.js').SomeSettings} changes
 * @property {SweepTrial[]} trials  one per seed, so far
 * @property {Outcome} outcome
 * @property {number | null} value  the seeds' median; null where it is not finite
 * @property {number[]} values  of the feasible seeds
 * @property {number} infeasible  how many seeds are
 */

import { isInstability } from '../../engine/config/verdicts.js';
/** What may stand on the y axis. @type {{ id: Measure, label: string, of: (trial: SweepTrial) => number | null | undefined }[]} */
export const MEASURES = [
  { id: 'best', label: 'Best validation loss', of: (trial) => trial.best?.loss },
  {
    id: 'error',
    label: 'Final validation error',
    of: (trial) => (typeof trial.val?.accuracy === 'number' ? 1 - trial.val.accuracy : null),
  },
  { id: 'loss', label: 'Final validation loss', of: (trial) => trial.val?.loss },
];

/** Which loss decides: training's, where there is no validation data. @param {SweepTrial} trial */
export function lossOf({ val }) {
  return val === null ? 'training loss' : 'validation loss';
}

/** What a measure is called of these trials. @param {Measure} id @param {SweepTrial[]} trials */
export function labelOf(id, [trial]) {
  const { label } = MEASURES.find((measure) => measure.id === id) ?? MEASURES[0];
  return id === 'best' && trial ? `Best ${lossOf(trial)}` : label;
}

/** What each outcome means; the words stand beside the charts. @type {Record<Outcome, string>} */
export const OUTCOMES = {
  good: 'trained',
  slow: 'slow: less than half of the best one’s progress',
  unstable: 'unstable, yet trained',
  infeasible: 'infeasible: diverged, or ends no better than guessing',
};

/**
 * @param {SweepResult} result @param {Measure} measure
 * @returns {SweepPoint[]} those that have a trial, in the order of the grid
 */
export function pointsOf(result, measure) {
  /** @type {Map<string, SweepTrial[]>} */
  const groups = new Map();
  for (const trial of result.trials) {
    const key = pointKey(trial.changes);
    groups.set(key, [...(groups.get(key) ?? []), trial]);
  }
  const of = (MEASURES.find(({ id }) => id === measure) ?? MEASURES[0]).of;
  return [...groups].map(([key, trials], i) => {
    const values = trials.filter((trial) => !trial.infeasible).map(of);
    const finite = values.filter((value) => typeof value === 'number' && Number.isFinite(value));
    return {
      key,
      changes: trials[0].changes,
      trials,
      outcome: judgeOutcome(result, i, trials),
      value: middleOf(trials.map((trial) => of(trial) ?? Number.POSITIVE_INFINITY)),
      values: /** @type {number[]} */ (finite),
      infeasible: trials.length - values.length,
    };
  });
}

/** @param {import('../../engine/config/config.js').SomeSettings} changes */
export function pointKey(changes) {
  return JSON.stringify(changes);
}

/**
 * Infeasible as the study judged it; unstable where at least half of the seeds are unstable or infeasible, which is
 * what makes a rate lr_unstable; slow where the loss fell less than half as far below its baseline as the best one's.
 * @param {SweepResult} result @param {number} index of the point @param {SweepTrial[]} trials its own
 * @returns {Outcome}
 */
function judgeOutcome(result, index, trials) {
  const point = result.points[index];
  if (!point.feasible || point.loss === null) return 'infeasible';
  const blown = trials.filter((trial) => trial.infeasible || isInstability(trial.verdict)).length;
  if (2 * blown >= trials.length) return 'unstable';
  const best = result.leading?.median ?? point.loss;
  const start = trials[0].baseline_loss;
  return start - point.loss < (start - best) / 2 ? 'slow' : 'good';
}

/** @param {number[]} values @returns {number | null} */
function middleOf(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const middle = sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  return Number.isFinite(middle) ? middle : null;
}
