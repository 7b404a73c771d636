/** What the tuning playbook would say about settings, before anything is studied: sentences, and nothing is done. */

import { isAggressive, sayAggressive } from './clip.js';
import { isLongWarmup, sayLongWarmup } from './warmup.js';

/**
 * About one run.
 *
 * @param {Record<string, any>} config
 * @param {{ clipped_fraction: number }} report  of the run
 * @returns {string[]}
 */
export function adviseRun(config, report) {
  const trials = /** @type {import('./trial.js').TrialResult[]} */ ([report]);
  return [
    ...(isLongWarmup(config.warmup_steps, config.steps) ? [sayLongWarmup(config.warmup_steps, config.steps)] : []),
    ...(config.clip === 'norm' && isAggressive(trials) ? [sayAggressive(config, trials, null)] : []),
  ];
}

/**
 * About a sweep that varies the batch size, which is not to be compared alone.
 *
 * @param {string[]} fields  what the sweep varies
 * @returns {string[]}
 */
export function adviseSweep(fields) {
  if (!fields.includes('batch')) return [];
  const fixed = [
    ...(fields.includes('lr') ? [] : ['the learning rate']),
    ...(fields.includes('steps') ? [] : ['the number of steps']),
  ];
  if (fixed.length === 0) return [];
  const verb = fixed.length > 1 ? 'are' : 'is';
  return [
    `The batch size is varied while ${fixed.join(' and ')} ${verb} kept: a gap between batch sizes typically goes away when rate, momentum, regularization and steps are tuned for each.`,
  ];
}
