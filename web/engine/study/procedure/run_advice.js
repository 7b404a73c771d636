/** What the tuning playbook would say about a run's settings, before anything is studied: sentences, and nothing is done. */

import { isAggressive, sayAggressive } from './clip_threshold.js';
import { isLongWarmup, sayLongWarmup } from './warmup.js';

/**
 * @param {import('../../config/config.js').Config} config
 * @param {{ clipped_fraction: number, clip_scale: number }} summary  of the run
 * @returns {string[]}
 */
export function adviseRun(config, summary) {
  const trials = /** @type {import('../trial/trial.js').TrialResult[]} */ ([summary]);
  return [
    ...(isLongWarmup(config.warmup_steps, config.steps) ? [sayLongWarmup(config.warmup_steps, config.steps)] : []),
    ...(isAggressive(trials) ? [sayAggressive(config, trials)] : []),
  ];
}
