/**
 * Where to clip, as the playbook describes it: log the unclipped gradient norm, clip at its 90th percentile, try
 * harder where that does not suffice, and do not mistake extreme clipping for anything but a lower learning rate.
 */

import { equivalentRate, isLowerRate, sayClipScale } from '../../config/clip_rate.js';
import { dividesByGradient, usesSetting } from '../../config/rules.js';
import { ordinal } from '../../words/norms.js';
import { number, percent, significant } from '../../words/numbers.js';
import { AGGRESSIVE_SHARE, clipLabel, HARDER, IN_DISGUISE, ROUND_THRESHOLDS } from '../judge/playbook.js';
import { healthyOf, whichNormsOf } from '../judge/trial_words.js';
import { medianOf } from '../trial/statistics.js';

/**
 * @typedef {import('../trial/trial.js').TrialResult} TrialResult
 * @typedef {import('../../config/config.js').Config} Config
 *
 * @typedef {object} Threshold  read off runs whose gradients were not clipped
 * @property {number} threshold  λ: median over the seeds of the percentile clip_percentile of the typical unclipped norms
 * @property {number} typical  median of the typical norms
 * @property {number} largest  of all norms, over the seeds
 * @property {string} when  which norms the typical ones are: '' where they are all
 * @property {number} lr  the rate at which the norms were measured
 *
 * @typedef {import('./compared.js').Candidate & { kind: 'norm' | 'adaptive' | 'update' | 'in_warmup' }} ClipPlan
 */

/** What decides whether a step is clipped. */
const CLIP_SETTINGS = ['clip', 'clip_norm', 'clip_percentile', 'clip_in_warmup'];

/**
 * λ from runs that were not clipped. Norms are only worth a percentile where the run neither diverged nor died.
 *
 * @param {TrialResult[]} trials  of one setting
 * @returns {Threshold | null}  null where no seed gives a percentile
 */
export function readThreshold(trials) {
  const healthy = healthyOf(trials);
  const norms = healthy.map(({ grad_norm }) => grad_norm);
  if (norms.length === 0) return null;
  return {
    threshold: significant(/** @type {number} */ (medianOf(norms.map(({ suggested }) => suggested)))),
    typical: /** @type {number} */ (medianOf(norms.map(({ typical_p50 }) => typical_p50))),
    largest: Math.max(...norms.map(({ max }) => max)),
    when: whichNormsOf(healthy),
    lr: healthy[0].config.lr,
  };
}

/** λ and the median norm as evidence has them: null where no seed gives a percentile. @param {TrialResult[]} trials */
export function describeThreshold(trials) {
  const { threshold = null, typical = null } = readThreshold(trials) ?? {};
  return { threshold, typical };
}

/**
 * Clipping by the norm at λ and, to try harder, below it.
 *
 * @param {Config} config
 * @param {number | null} threshold  null where no percentile is known: round thresholds then
 * @returns {ClipPlan[]}
 */
export function planNormClips(config, threshold) {
  const thresholds = threshold === null ? ROUND_THRESHOLDS : HARDER.map((factor) => significant(factor * threshold));
  return thresholds.map((clip_norm) => planNormClip(config, clip_norm));
}

/** @param {Config} config @param {number} clip_norm @returns {ClipPlan} */
export function planNormClip(config, clip_norm) {
  return {
    kind: 'norm',
    id: `clip-${clip_norm}`,
    label: clipLabel(clip_norm),
    config: { ...config, clip: 'norm', clip_norm },
  };
}

/**
 * The other ways to clip: a running percentile, the update instead of the gradient, and clipping outside warmup only.
 *
 * @param {Config} config
 * @param {number} threshold  of the gradient's norm
 * @returns {ClipPlan[]}
 */
export function planClipVariants(config, threshold) {
  /** @type {ClipPlan[]} */
  const plans = [
    {
      kind: 'adaptive',
      id: 'adaptive',
      label: `Clip at the running ${ordinal(config.clip_percentile)} percentile`,
      config: { ...config, clip: 'adaptive' },
    },
  ];
  const perGradient = updatePerGradient(config);
  if (perGradient !== null) {
    const clip_norm = significant(threshold * perGradient);
    plans.push({
      kind: 'update',
      id: 'update',
      label: `Clip the update at ${number(clip_norm)}`,
      config: { ...config, clip: 'update', clip_norm },
    });
  }
  if (config.warmup_steps > 0) {
    plans.push({
      kind: 'in_warmup',
      id: 'not-in-warmup',
      label: `${clipLabel(threshold)}, but not in warmup`,
      config: { ...config, clip: 'norm', clip_norm: threshold, clip_in_warmup: false },
    });
  }
  return plans;
}

/**
 * The norm that an update settles at, per unit of a constant gradient's norm: η for SGD, η / (1 - γ) with momentum.
 * The others scale their gradients themselves: null.
 *
 * @param {Config} config
 */
function updatePerGradient({ optimizer, lr, momentum }) {
  if (dividesByGradient(optimizer)) return null;
  if (!usesSetting(optimizer, 'momentum')) return lr;
  return momentum < 1 ? lr / (1 - momentum) : null;
}

/** Whether these runs are clipped so often that the rate should be cut instead. @param {TrialResult[]} trials */
export function isAggressive(trials) {
  return /** @type {number} */ (medianOf(trials.map(({ clipped_fraction }) => clipped_fraction))) > AGGRESSIVE_SHARE;
}

/**
 * The rate that does the same as these runs' clipping.
 *
 * @param {Config} config  clipping by the norm
 * @param {TrialResult[]} trials  of it
 * @returns {number | null}
 */
export function equivalentRateOf(config, trials) {
  return config.clip === 'norm' ? equivalentRate(config, scaleOf(trials)) : null;
}

/** What their steps keep of their length. @param {TrialResult[]} trials */
function scaleOf(trials) {
  return /** @type {number} */ (medianOf(trials.map(({ clip_scale }) => clip_scale)));
}

/**
 * What the playbook says of clipping more than half of the steps.
 *
 * @param {Config} config
 * @param {TrialResult[]} trials
 */
export function sayAggressive(config, trials) {
  const share = /** @type {number} */ (medianOf(trials.map(({ clipped_fraction }) => clipped_fraction)));
  // One rate stands for one threshold, not for several.
  const instead =
    config.clip === 'norm' && config.changes.length === 0 ? `; ${sayClipScale(config, scaleOf(trials))}` : '';
  const told = `${wayOfClipping(config)} shortens ${percent(share)} of the steps with λ in force, more than ${percent(AGGRESSIVE_SHARE)}`;
  // A rule that divides by the size of the gradient takes steps as long whatever that is.
  if (!isLowerRate(config)) return `${told}${instead}.`;
  return `${told}: ${IN_DISGUISE}${instead}.`;
}

/** "Clipping at 2.4"; without a threshold where a run had more than one. @param {Config} config */
function wayOfClipping(config) {
  const { clip, clip_norm, clip_percentile, changes } = config;
  const hasOne = !changes.some(({ field, step }) => step > 0 && CLIP_SETTINGS.includes(field));
  if (!hasOne) return 'Clipping, as it was set and changed,';
  if (clip === 'adaptive') return `Clipping at the running ${ordinal(clip_percentile)} percentile`;
  return clip === 'update' ? `Clipping the update at ${number(clip_norm)}` : `Clipping at ${number(clip_norm)}`;
}

/**
 * @param {Threshold} measured
 * @param {number} percentile
 */
export function sayThreshold({ threshold, typical, largest, lr, when }, percentile) {
  const told = `At η ${number(lr)} the unclipped gradient norm has median ${number(typical)}`;
  const at = `${ordinal(percentile)} percentile ${number(threshold)}`;
  return when
    ? `${told} and ${at} ${when}; its largest value of all is ${number(largest)}.`
    : `${told}, ${at} and largest value ${number(largest)}.`;
}
