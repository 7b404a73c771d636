/**
 * LR sensitivity: how much is lost, on average, by a rate that is not the best one. Source: Wortsman et al. 2023,
 * "Small-scale proxies for large-scale Transformer training instabilities".
 */

import { medianOf } from '../trial/statistics.js';

/**
 * @typedef {object} Outcome  what of a trial it takes; a TrialResult has it
 * @property {boolean} [diverged]
 * @property {number} [baseline_loss]
 * @property {{ loss: number } | null} [val]
 * @property {{ loss: number }} [train]
 */

/** Rates of a logarithmic grid may be rounded: steps between their logarithms differ by no more than this share. */
const UNEVEN = 0.15;

/**
 * The mean over the rates of min(final loss, L₀), less the lowest of them: 0 where every rate comes to the same, L₀ less
 * the best where all others fail. The final loss is that of the validation data, of the training without such, at the
 * end and not at the best checkpoint; a run that diverged has none, and counts as L₀. Over seeds the median.
 *
 * @param {{ lr: number, trials: Outcome[] }[]} points  one per rate, in any order
 * @returns {number | null}  null where the rates are not spaced logarithmically, or a trial does not say how it ended
 */
export function lrSensitivity(points) {
  const rising = [...points].sort((a, b) => a.lr - b.lr);
  if (!areLogSpaced(rising.map(({ lr }) => lr))) return null;
  const losses = rising.map(({ trials }) => medianOf(trials.map(finalLoss)) ?? Number.NaN);
  if (losses.some(Number.isNaN)) return null;
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  // Losses that are all alike have a mean that may round below them.
  return Math.max(0, mean - Math.min(...losses));
}

/** @param {Outcome} trial */
function finalLoss({ diverged = false, baseline_loss = Number.NaN, val, train }) {
  const loss = val?.loss ?? train?.loss;
  if (loss === undefined) return Number.NaN;
  // Not the other way round: a NaN is no lower than L₀.
  return !diverged && loss < baseline_loss ? loss : baseline_loss;
}

/** @param {number[]} rates  rising */
function areLogSpaced(rates) {
  if (rates.length < 3 || !(rates[0] > 0)) return false;
  const steps = rates.slice(1).map((rate, i) => Math.log(rate / rates[i]));
  const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
  return steps.every((step) => Math.abs(step - mean) <= UNEVEN * mean);
}
