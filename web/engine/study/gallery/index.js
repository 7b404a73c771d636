/** The gallery: phenomena of training that anyone can see, each with settings to play with and an experiment. */

import { batchSize } from './batch_size.js';
import { clipBadInit } from './clip_bad_init.js';
import { clipIsLowerLr } from './clip_is_lower_lr.js';
import { clipOutliers } from './clip_outliers.js';
import { cyclical } from './cyclical.js';
import { edgeOfStability } from './edge_of_stability.js';
import { figure4 } from './figure_4.js';
import { figure7 } from './figure_7.js';
import { fourRates } from './four_rates.js';
import { hiddenSpike } from './hidden_spike.js';
import { momentumOrAdam } from './momentum_or_adam.js';
import { noisyRangeTest } from './noisy_range_test.js';
import { normPlacement } from './norm_placement.js';
import { rangeTest } from './range_test.js';
import { warmupNotClip } from './warmup_not_clip.js';

/**
 * @typedef {import('./entry.js').Entry} Entry
 * @typedef {import('./entry.js').Cell} Cell
 * @typedef {import('./entry.js').CellTrial} CellTrial
 * @typedef {import('./entry.js').Results} Results
 * @typedef {import('./entry.js').Judgement} Judgement
 */

/** In the order of a course. @type {Entry[]} */
export const ENTRIES = [
  rangeTest,
  fourRates,
  noisyRangeTest,
  cyclical,
  figure4,
  figure7,
  hiddenSpike,
  edgeOfStability,
  clipOutliers,
  clipBadInit,
  warmupNotClip,
  clipIsLowerLr,
  momentumOrAdam,
  normPlacement,
  batchSize,
];

/** @param {string} id @returns {Entry | undefined} */
export function findEntry(id) {
  return ENTRIES.find((entry) => entry.id === id);
}
