/**
 * LR sensitivity before and after a remedy: whether it only helps at the rate at which it was tried, or makes more of the
 * rates usable. It costs as many trainings as the sweep has rates, so it is measured with one seed, of networks with attention,
 * for which it was thought of (Wortsman et al. 2023).
 */

import { number } from '../../words/numbers.js';
import { lrSensitivity } from '../judge/sensitivity.js';

/**
 * @typedef {import('./trainings.js').Trainings} Trainings
 * @typedef {import('./trainings.js').Point} Point
 *
 * @typedef {object} Tried  what of a remedy it takes
 * @property {string} kind
 * @property {import('../../config/config.js').SomeSettings} changes
 * @property {boolean} solved
 *
 * @typedef {{ before: number, after: number }} Sensitivity  over the same rates, with the same seed
 */

/** What has rates of its own cannot be compared over those of another. */
const WITH_RATES = ['optimizer', 'lr'];

/**
 * @param {object} what
 * @param {Trainings} what.trainings
 * @param {import('../../config/config.js').Config} what.config  as examined
 * @param {Tried} what.remedy
 * @param {Point[]} what.swept  the points of the sweep
 * @returns {Promise<Sensitivity | null>}  null where it cannot be compared, or the budget does not suffice
 */
export async function measureSensitivity({ trainings, config, remedy, swept }) {
  const { lr, ...changes } = remedy.changes;
  if (!remedy.solved || Object.keys(changes).length === 0 || WITH_RATES.includes(remedy.kind)) return null;
  const rising = [...swept].sort((a, b) => a.config.lr - b.config.lr);
  const before = sensitivityOf(rising);
  const configs = rising.map((point) => ({ ...config, ...changes, lr: point.config.lr }));
  if (before === null || !trainings.canAfford(configs, 1)) return null;
  const after = sensitivityOf(await trainings.train(configs, 1));
  return after === null ? null : { before, after };
}

/** @param {Sensitivity} sensitivity @returns {string} */
export function saySensitivity({ before, after }) {
  const better = after < before ? 'With it' : 'It is no remedy for that: with it';
  return `LR sensitivity over the rates of the sweep, one seed: ${number(before)} without. ${better} ${number(after)}.`;
}

/** Of the first seed alone. @param {Point[]} points */
function sensitivityOf(points) {
  return lrSensitivity(points.map(({ config, trials }) => ({ lr: config.lr, trials: trials.slice(0, 1) })));
}
