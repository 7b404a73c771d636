/**
 * What a run came to, in figures: one row for a column of the runs' table, of its CSV and of the JSON.
 *
 * @typedef {import('../state/run.js').Run} Run
 * @typedef {{ name: string, label: string, of: (run: Run) => number | null, say: (value: number | null) => string }} Figure
 *   of: null where there is none
 */

import { duration, number, percent } from '../../engine/words/numbers.js';
import { scoresOf } from './scores.js';

/** @type {Figure[]} */
export const FIGURES = [
  {
    name: 'best_val_loss',
    label: 'Best val. loss',
    of: (run) => scoresOf(run.evaluations).bestLoss,
    say: (loss) => number(loss),
  },
  {
    name: 'last_val_loss',
    label: 'Last val. loss',
    of: (run) => scoresOf(run.evaluations).lastLoss,
    say: (loss) => number(loss),
  },
  {
    name: 'best_val_accuracy',
    label: 'Best val. accuracy',
    of: (run) => scoresOf(run.evaluations).bestAccuracy,
    say: (share) => percent(share, 1),
  },
  {
    name: 'last_val_accuracy',
    label: 'Last val. accuracy',
    of: (run) => scoresOf(run.evaluations).lastAccuracy,
    say: (share) => percent(share, 1),
  },
  { name: 'clipped_fraction', label: 'Clipped', of: clippedFraction, say: (share) => percent(share, 0) },
  { name: 'seconds', label: 'Time', of: (run) => run.seconds, say: (seconds) => duration(Number(seconds)) },
];

/** None where nothing could be clipped. @param {Run} run */
function clippedFraction({ summary, inForce }) {
  if (!summary || (inForce.clip === 'off' && !(summary.clipped_steps > 0))) return null;
  return summary.clipped_fraction;
}

/** A run's figures by name. @param {Run} run @returns {Record<string, number | null>} */
export function figuresOf(run) {
  return Object.fromEntries(FIGURES.map(({ name, of }) => [name, of(run)]));
}
