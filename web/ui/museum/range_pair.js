/** A range test, read rightly and mistakenly, and a training with each of the rates that were read off it. */

import { parseSettings } from '../../engine/config/config.js';
import { RANGE_MISTAKES, TRIED } from './range_exhibits.js';

/**
 * @typedef {import('../../engine/study/trial/trial.js').TrialResult} TrialResult
 * @typedef {import('../../engine/config/config.js').Config} Config
 * @typedef {{ lr: number[], smoothed: number[], suggested: number }} Reading  of a test
 * @typedef {Pick<import('../../engine/engine.js').Engine, 'parseRangeOptions' | 'createRangeCurve' | 'suggest'>} Formulas
 */

/**
 * The test's own run: the rate rises at every step.
 *
 * @param {Config} config  that is trained with what the test suggests
 * @param {string} mistake  none for a right one
 */
export function testConfig(config, mistake) {
  const isLinear = readingOf(mistake).mode === 'linear';
  const { changes, ...settings } = config;
  return parseSettings({
    ...settings,
    schedule: isLinear ? 'range_linear' : 'range_exponential',
    lr_min: TRIED.lr_min,
    lr: TRIED.lr_max,
    steps: TRIED.points,
  }).config;
}

/**
 * What a test says, with a mistake or without. The core smooths and suggests; a preset of its own brings the mistake.
 *
 * @param {Formulas} formulas
 * @param {TrialResult} trial  of testConfig, every step recorded
 * @param {string} mistake
 * @returns {Reading}
 * @throws {Error} where the test ended too early to read anything off it
 */
export function readTest(formulas, { curve }, mistake) {
  const { smoothing, slope, mode = 'exponential' } = readingOf(mistake);
  const ours = formulas.parseRangeOptions({ ...TRIED, mode });
  const smoother = formulas.createRangeCurve({ ...ours, preset: smoothing ?? ours.preset });
  /** @type {number[]} */
  const lr = [];
  /** @type {number[]} */
  const smoothed = [];
  for (const [i, loss] of (curve?.loss ?? []).entries()) {
    if (!Number.isFinite(loss)) break;
    const point = smoother.add(loss);
    lr.push(/** @type {NonNullable<typeof curve>} */ (curve).lr[i]);
    smoothed.push(point.smoothed);
    if (point.stop) break;
  }
  const { steepest } = formulas.suggest(lr, smoothed, { mode, ...(slope ? { preset: slope } : {}) });
  if (steepest === null) throw new Error(`The test exploded after ${lr.length} points: too few to read a rate off.`);
  return { lr, smoothed, suggested: steepest };
}

/** @param {string} mistake */
function readingOf(mistake) {
  return RANGE_MISTAKES.find(({ name }) => name === mistake)?.reading ?? {};
}
