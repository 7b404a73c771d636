/** The gallery: phenomena of training that anyone can see, each with settings to play with and an experiment. */

import { batchSize } from './entries/batch_size.js';
import { clipBadInit } from './entries/clip_bad_init.js';
import { clipIsLowerLr } from './entries/clip_is_lower_lr.js';
import { clipOutliers } from './entries/clip_outliers.js';
import { cyclical } from './entries/cyclical.js';
import { edgeOfStability } from './entries/edge_of_stability.js';
import { figure4 } from './entries/figure_4.js';
import { figure7 } from './entries/figure_7.js';
import { fourRates } from './entries/four_rates.js';
import { hiddenSpike } from './entries/hidden_spike.js';
import { momentumOrAdam } from './entries/momentum_or_adam.js';
import { noisyRangeTest } from './entries/noisy_range_test.js';
import { normPlacement } from './entries/norm_placement.js';
import { growingScores } from './entries/sequences/growing_scores.js';
import { longMemory } from './entries/sequences/long_memory.js';
import { postLnWarmup } from './entries/sequences/post_ln_warmup.js';
import { recurrentCliff } from './entries/sequences/recurrent_cliff.js';
import { warmupInside } from './entries/sequences/warmup_inside.js';
import { shortRangeTest } from './entries/short_range_test.js';
import { warmupNotClip } from './entries/warmup_not_clip.js';

/**
 * @typedef {import('./entry.js').Entry} Entry
 * @typedef {import('./entry.js').Cell} Cell
 * @typedef {import('./entry.js').CellTrial} CellTrial
 * @typedef {import('./entry.js').Results} Results
 * @typedef {import('./entry.js').Judgement} Judgement
 */

/** In the order of a course. @type {Entry[]} */
export const ENTRIES = [
  shortRangeTest,
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
  postLnWarmup,
  warmupInside,
  growingScores,
  longMemory,
  recurrentCliff,
];

/** @param {string} id @returns {Entry | undefined} */
export function findEntry(id) {
  return ENTRIES.find((entry) => entry.id === id);
}
