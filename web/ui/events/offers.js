/**
 * What to offer when a training becomes unstable: the playbook's remedies that fit, in its order, as buttons; and where
 * the hand on the controls brought it about, to take that back.
 *
 * @typedef {import('../state/run.js').Run} Run
 * @typedef {import('../state/run.js').Episode} Episode
 * @typedef {{ label: string, why: string, changes: import('../../engine/config/config.js').SomeSettings, forkAt?: number }} Offer  forkAt: the step from
 *   which a fork has the changes; without it they are those of a new run
 * @typedef {import('../../engine/config/config.js').Config} Config
 */

import { dividesByGradient } from '../../engine/config/rules.js';
import { kindOfEpisode } from '../../engine/config/verdicts.js';
import { countBlocks, listVariations, placementOf, placeNorms } from '../../engine/model_text/norm_placement.js';
import {
  ADAM_RATE,
  clipLabel,
  GENTLER,
  GUESSED_THRESHOLD,
  LAST_RESORT,
  longestWarmup,
  OTHER_RULES,
  REMEDIES,
} from '../../engine/study/judge/playbook.js';
import { ordinal, whichNorms } from '../../engine/words/norms.js';
import { number, significant } from '../../engine/words/numbers.js';
import { plural } from '../../engine/words/sentences.js';
import { settingInSentence } from '../../engine/words/settings.js';
import { hasLearned, troubleInWords } from './learning.js';
import { causeOfEnd, causeOfEpisode } from './live_cause.js';

/** A threshold is lowered where the one in force is at least so many times the one that is suggested. */
const HARDER_FROM = 1.05;

/** What a remedy comes down to for a run that is over, whose network is made of a model text; those of transformers are the diagnosis’ to try. @type {Partial<Record<import('../../engine/study/judge/playbook.js').RemedyKind, (run: Run, model: string) => Offer[]>>} */
const OFFERS = {
  warmup: ({ inForce }) => offerWarmup(inForce),
  clipping: offerClipping,
  optimizer: ({ inForce }) => offerAdam(inForce),
  normalization: (_, model) => offerNormalization(model),
  rezero: (_, model) => offerRezero(model),
  lower_rate: offerLowerRate,
};

/**
 * Offers for a new run from the start; after a live change that broke it, for a fork from just before.
 * @param {Run} run @param {string} model the text that the run's network was made of
 * @returns {Offer[]}
 */
export function offersFor(run, model) {
  const cause = causeOfEnd(run);
  if (cause) return offersForCause(run, cause);
  // The remedies are for what is unstable: what stays calm and learns nothing takes steps that are too short.
  const isCalm = run.summary?.infeasible === 1 && run.status === 'complete' && !run.episodes.length;
  if (isCalm && !troubleInWords(run) && !restsAtGuessing(run))
    return [...offerHigherRate(run.inForce), ...offerNormalization(model)];
  return REMEDIES.flatMap(({ kind }) => OFFERS[kind]?.(run, model) ?? []);
}

/** Whether it came down to guessing and hardly a gradient leads on from there, as after first steps too long: a Post-LN transformer without a warmup. @param {Run} run */
function restsAtGuessing({ summary, series, startStep, step }) {
  const normAt = (/** @type {number} */ at) => Number(series.grad_norm.at(at));
  return !!summary && summary.smoothed_loss < 1.05 * summary.baseline_loss && 4 * normAt(step - 1) < normAt(startStep);
}

/** The longest warmup that is worth a try, in tens of steps, where there is less of it. @param {Config} config @returns {Offer[]} */
function offerWarmup(config) {
  const warmup = Math.max(10, Math.round(longestWarmup(Number(config.steps)) / 10) * 10);
  if (Number(config.warmup_steps) >= warmup) return [];
  return [
    {
      label: `Warm up over ${plural(warmup, 'step')}`,
      why: 'a new run; a slow start lets the network move to where large steps are safe',
      changes: { warmup_steps: warmup },
    },
  ];
}

/** @param {Run} run @returns {Offer[]} */
function offerClipping(run) {
  const config = run.inForce;
  const suggested = suggestedClip(run);
  if (config.clip === 'off') {
    const threshold = suggested ?? GUESSED_THRESHOLD;
    const why =
      suggested === null
        ? 'a guess: there are too few norms of a network that learns for a percentile'
        : `the ${percentileInWords(run)}: only the outliers are shortened`;
    return [{ label: clipLabel(threshold), why, changes: { clip: 'norm', clip_norm: threshold } }];
  }
  if (suggested === null || config.clip !== 'norm' || !(Number(config.clip_norm) > suggested * HARDER_FROM)) return [];
  return [
    { label: `Clip harder, at ${number(suggested)}`, why: 'a lower threshold', changes: { clip_norm: suggested } },
  ];
}

/** @param {Config} config @returns {Offer[]} */
function offerAdam(config) {
  if (dividesByGradient(config.optimizer)) return [];
  return [
    {
      label: 'Try Adam',
      why: 'it scales every step by the gradient’s own size, so large gradients do not mean large steps; its rates are smaller',
      changes: { optimizer: OTHER_RULES.plain.optimizer, lr: Math.min(Number(config.lr), ADAM_RATE) },
    },
  ];
}

/** @param {string} model @returns {Offer[]} */
function offerNormalization(model) {
  return architectures(model).map(({ label, model: changed }) => ({
    label,
    why: 'keeps each layer’s outputs in scale, whatever the weights do',
    changes: { model: changed },
  }));
}

/** @param {string} model @returns {Offer[]} */
function offerRezero(model) {
  const placement = placementOf(model);
  if (!placement || placement.id === 'rezero') return [];
  return [
    {
      label: 'Start branches at 0 (ReZero)',
      why: 'every residual branch begins as the identity',
      changes: { model: placeNorms(model, 'rezero') },
    },
  ];
}

/** @param {Config} config @returns {Offer[]} */
function offerHigherRate(config) {
  const higher = significant(Number(config.lr) * LAST_RESORT);
  return [
    {
      label: `Raise η to ${number(higher)}`,
      why: 'nothing is unstable',
      changes: { lr: higher },
    },
  ];
}

/** A rate that a hand has lowered so far already has not been tried from the start. @param {Run} run @returns {Offer[]} */
function offerLowerRate({ config, inForce }) {
  const rates = /** @type {number[]} */ ([inForce.lr, config.lr]);
  const lower = Math.min(rates[0], significant(Math.max(...rates) / LAST_RESORT));
  return [
    {
      label: `Lower η to ${number(lower)}`,
      why: 'the last resort: it works, and it is slow',
      changes: { lr: lower },
    },
  ];
}

/**
 * Normalization and residual connections that the model lacks: its blocks as x + Norm(f(x)), or what it has no blocks of.
 * @param {string} model
 */
function architectures(model) {
  const placement = placementOf(model)?.id;
  if (placement === 'bare' || placement === 'after')
    return [{ label: 'Normalize: x + Norm(f(x))', model: placeNorms(model, 'last') }];
  if (placement === 'none') return [{ label: 'Add residual connections', model: placeNorms(model, 'last') }];
  if (countBlocks(model) > 0) return [];
  return listVariations(model).filter(({ label }) => label.startsWith('Add'));
}

/**
 * What can be done about a live change: take it back, or keep it and shorten the steps that it made too long. Settings
 * from the start are not to blame.
 * @param {Run} run @param {import('./live_cause.js').LiveCause} cause
 * @returns {Offer[]}
 */
function offersForCause(run, { change, back, since }) {
  const forkAt = Math.max(run.startStep, Math.floor(since / 10) * 10);
  /** @type {Offer[]} */
  const offers = [
    {
      label: `Put ${settingInSentence(change.field, back, ' back to ')} and fork at ${forkAt}`,
      why: 'the same weights and batches as just before the change, and without it',
      changes: { [change.field]: back },
      forkAt,
    },
  ];
  const typical = suggestedClip(run);
  if (typical !== null && ['lr', 'momentum'].includes(change.field) && run.inForce.clip === 'off') {
    const kept = settingInSentence(change.field, change.value);
    offers.push({
      label: `Keep ${kept}, clip at ${number(typical)}, fork at ${forkAt}`,
      why: `the ${percentileInWords(run)}: whether clipping alone bears the change`,
      changes: { [change.field]: change.value, clip: 'norm', clip_norm: typical },
      forkAt,
    });
  }
  return offers;
}

/** "90th percentile of the norms so far", or "apart from the instability": what the suggested threshold is. @param {Run} run */
function percentileInWords({ inForce, summary }) {
  const when = (summary && whichNorms(summary)) || 'so far';
  return `${ordinal(Number(inForce.clip_percentile))} percentile of the norms ${when}`;
}

/** The percentile of the typical norms, rounded as one would type it, or null where they mean nothing. @param {Run} run */
export function suggestedClip(run) {
  const value = run.summary?.norm_suggested ?? Number.NaN;
  if (!hasLearned(run)) return null;
  return Number.isFinite(value) && value > 0 ? significant(value) : null;
}

/**
 * What can be done about an episode while the run goes on, in the playbook's order: clip from now, or go back to before
 * it and fork; where clipping is no way out, the remedies for a new run come before a fork at a lower rate.
 * @param {Run} run @param {Episode} episode @param {string} model the text that the run's network was made of
 * @returns {Offer[]}
 */
export function offersForEpisode(run, episode, model) {
  const cause = causeOfEpisode(run, episode);
  if (cause) return offersForCause(run, cause);
  const config = run.inForce;
  const threshold = suggestedClip(run);
  const clips = threshold !== null && !(config.clip === 'norm' && Number(config.clip_norm) <= threshold);
  const at = Math.max(run.startStep, Math.floor(episode.begin / 10) * 10);
  /** @param {Offer['changes']} changes @param {string} words @returns {Offer} */
  const rewind = (changes, words) => ({
    label: `Rewind to ${at} and fork`,
    why: `the same batches from there on, with ${words}`,
    changes,
    forkAt: at,
  });
  // A warmup is over before a run gets to a mid-training instability.
  const warmups = kindOfEpisode(episode) === 'early' ? offerWarmup(config) : [];
  if (clips) {
    /** @type {Offer['changes']} */
    const changes = { clip: 'norm', clip_norm: threshold };
    const now = run.alive ? [{ label: clipLabel(threshold), why: 'from the next step on', changes }] : [];
    return [...warmups, ...now, rewind(changes, `clip at ${number(threshold)}`)];
  }
  const others = [...offerAdam(config), ...offerNormalization(model), ...offerRezero(model)];
  const lower = gentler(config);
  return [...warmups, ...others, rewind({ lr: lower }, `η ${number(lower)}, the last resort`)];
}

/** The rate of a fork that is to train on where the run did not. @param {Config} config */
export function gentler(config) {
  return significant(Number(config.lr) / GENTLER, 2);
}
