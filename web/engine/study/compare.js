/**
 * Comparing settings by what counts: their best checkpoint, over seeds. The playbook compares a remedy with the
 * baseline so, and so are four learning rates, cyclical and fixed rates, batch sizes and update rules compared.
 */

import { Bench, medianTrial } from './bench.js';
import { bestLoss, findBestPoint } from './judge.js';

/**
 * @typedef {import('./bench.js').Cell} Cell
 * @typedef {import('../config.js').Config} Config
 *
 * @typedef {object} Contestant
 * @property {string} id
 * @property {string} label
 * @property {Config} config  complete
 *
 * @typedef {object} Standing
 * @property {string} id
 * @property {string} label
 * @property {Config} config
 * @property {import('./judge.js').PointFigures} figures  loss: the median of the seeds' best
 * @property {number | null} low  the best seed's best
 * @property {number | null} high  the worst seed's best; null where it has none
 * @property {number | null} accuracy  of the median trial's best
 * @property {import('./trial.js').TrialResult} median  the trial that stands for the seeds
 * @property {import('./trial.js').TrialResult[]} trials  one per seed
 *
 * @typedef {object} Comparison
 * @property {Standing[]} cells  in the order given
 * @property {string | null} best  id of the feasible cell with the lowest median of best
 */

/**
 * @param {object} study
 * @param {import('./runner.js').TrialRunner} study.runner
 * @param {Contestant[]} study.cells
 * @param {number} [study.seeds]  each cell is trained with its seed, seed + 1, …
 * @param {import('./trial.js').CurveDetail} [study.record]
 * @param {AbortSignal} [study.signal]
 * @param {(trial: import('./trial.js').TrialResult) => void} [study.onTrial]
 * @returns {Promise<Comparison>}
 */
export async function runComparison({ runner, cells, seeds = 3, record = 'curve', signal, onTrial }) {
  const bench = new Bench({ runner, signal, onTrial });
  const trained = await bench.train(
    cells.map(({ config }) => config),
    seeds,
    record,
  );
  return rankCells(cells, trained);
}

/**
 * @param {Contestant[]} cells
 * @param {Cell[]} trained  of the same order
 * @returns {Comparison}
 */
export function rankCells(cells, trained) {
  const standings = cells.map((cell, i) => describeStanding(cell, trained[i]));
  const best = findBestPoint(standings);
  return { cells: standings, best: best < 0 ? null : standings[best].id };
}

/** @param {Contestant} contestant @param {Cell} cell @returns {Standing} */
function describeStanding({ id, label, config }, cell) {
  const losses = cell.trials.map(bestLoss);
  const median = medianTrial(cell);
  return {
    id,
    label,
    config,
    figures: cell.figures,
    low: finiteOrNull(Math.min(...losses)),
    high: finiteOrNull(Math.max(...losses)),
    accuracy: median.best?.accuracy ?? null,
    median,
    trials: cell.trials,
  };
}

/** @param {number} value */
function finiteOrNull(value) {
  return Number.isFinite(value) ? value : null;
}
