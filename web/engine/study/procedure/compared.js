/**
 * Settings held against each other by what counts: their best checkpoint, over seeds. The playbook compares a remedy
 * with the baseline so, and so are fixed and cyclical rates, batch sizes and update rules compared.
 */

import { count, number, percent } from '../../words/numbers.js';
import { bestLoss, findBestPoint } from '../judge/judge.js';
import { countStates } from '../judge/trial_words.js';
import { medianOf } from '../trial/statistics.js';
import { creditWarmup } from './after_warmup.js';
import { changesBetween, medianTrial } from './trainings.js';

/**
 * @typedef {import('./trainings.js').Trainings} Trainings
 * @typedef {import('./trainings.js').Point} Point
 * @typedef {import('../../config/config.js').Config} Config
 *
 * @typedef {object} Candidate
 * @property {string} id
 * @property {string} label
 * @property {Config} config  complete
 *
 * @typedef {object} Compared  one of several settings that are held against each other
 * @property {string} id
 * @property {string} label
 * @property {import('../../config/config.js').SomeSettings} changes  to the settings that are examined
 * @property {import('../judge/judge.js').PointFigures} figures
 * @property {number | null} low  the best seed's best
 * @property {number | null} high  the worst seed's best; null where it has none
 * @property {import('../trial/trial.js').TrialResult['best']} best  of the trial that stands for the seeds
 * @property {number | null} accuracy  median of the accuracies at the seeds' best; null for regression
 * @property {{ loss: number | null, accuracy: number | null } | null} end  medians at the last step, on validation data;
 *   null without
 * @property {number} clipped_fraction  median of the seeds
 * @property {import('./trainings.js').Run[]} runs  one per seed
 */

/**
 * @param {Trainings} trainings
 * @param {Candidate} candidate
 * @param {Point} point  its runs
 * @param {Config} examined
 * @returns {Compared}
 */
export function describeCompared(trainings, { id, label }, point, examined) {
  const credited = creditWarmup(point, examined);
  const losses = credited.trials.map(bestLoss);
  const [low, high] = [Math.min(...losses), Math.max(...losses)];
  return {
    id,
    label,
    changes: changesBetween(examined, point.config),
    figures: credited.figures,
    low: Number.isFinite(low) ? low : null,
    high: Number.isFinite(high) ? high : null,
    best: medianTrial(credited).best,
    accuracy: medianOfKnown(credited.trials.map(({ best }) => best?.accuracy)),
    end: point.trials.some(({ val }) => val)
      ? {
          loss: medianOfKnown(point.trials.map(({ val }) => val?.loss)),
          accuracy: medianOfKnown(point.trials.map(({ val }) => val?.accuracy)),
        }
      : null,
    clipped_fraction: /** @type {number} */ (medianOf(point.trials.map(({ clipped_fraction }) => clipped_fraction))),
    runs: point.trials.map((trial) => trainings.describeRun(trial, examined)),
  };
}

/** The feasible one with the lowest median of best; of none that is feasible, the first. @param {Compared[]} compared */
export function lowest(compared) {
  return compared[Math.max(0, findBestPoint(compared))];
}

/** @param {(number | null | undefined)[]} values */
function medianOfKnown(values) {
  return medianOf(values.flatMap((value) => (typeof value === 'number' && Number.isFinite(value) ? [value] : [])));
}

/** A best checkpoint: "0.35 (87.2 % right)". @param {Compared} compared */
export function scoreInWords({ figures, accuracy }) {
  return `${number(figures.loss)}${accuracy === null ? '' : ` (${percent(accuracy, 1)} right)`}`;
}

/** @param {Compared} compared */
export function sayCompared(compared) {
  const { label, best, end, runs } = compared;
  const at = best === null ? '' : ` at step ${count(best.step)}`;
  const right = end && end.accuracy !== null ? `, ${percent(end.accuracy, 1)} right` : '';
  const ends = end && end.loss !== null ? `; at the end ${number(end.loss)}${right}` : '';
  return `${label}: ${scoreInWords(compared)}${at}${ends}; ${countStates(runs)}.`;
}

/** "the best checkpoint is 0.3", or that there is none. @param {number | null} loss */
export function sayBest(loss) {
  return loss === null ? 'no checkpoint has a finite loss' : `the best checkpoint is ${number(loss)}`;
}
