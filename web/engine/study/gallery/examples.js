/**
 * Trials made up of the few facts that judges look at: with them an entry gives examples of results that show its
 * phenomenon, and of results that do not. The tests hold its judge to them.
 */

/**
 * @typedef {import('./entry.js').CellTrial} CellTrial
 * @typedef {import('./entry.js').TrialFacts} TrialFacts
 */

/** @param {TrialFacts} [facts] @returns {CellTrial} */
export function makeTrial({
  loss = 0.5,
  accuracy = 0.8,
  valLoss = loss,
  diverged = false,
  verdict = 'stable',
  ...facts
} = {}) {
  const trial = {
    seed: 1,
    diverged,
    verdict,
    train: { last50: diverged ? NaN : loss, first: 3, loss },
    val: diverged ? null : { loss: valLoss, accuracy },
    grad_norm: { p50: 2, p90: 4, max: 50 },
    clipped_fraction: 0,
    evaluations: [],
    sharpness: [],
    config: {},
    curve: null,
    seconds: 0,
    ...facts,
  };
  return /** @type {CellTrial} */ (/** @type {unknown} */ (trial));
}

/** A loss that falls from 2.3, and is back there at a step. @param {number} to @param {number} [riseAt] @returns {TrialFacts} */
export function fallingTo(to, riseAt = Infinity) {
  const loss = Array.from({ length: 1500 }, (_, step) => (step < riseAt ? to + (2.3 - to) * 0.98 ** step : 2.3));
  return { curve: { loss } };
}

/** Range tests, one seed each. @param {(number | null)[]} rates  of steepest descent @returns {TrialFacts[]} */
export function suggesting(rates) {
  return rates.map((steepest) => ({ range: { suggestion: { steepest } } }));
}
