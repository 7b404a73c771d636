/**
 * What to say when a training becomes unstable, and what to offer: the tuning playbook's remedies, in its order, the
 * lower learning rate last.
 *
 * @typedef {import('../state/run.js').Run} Run
 * @typedef {{ label: string, why: string, changes: Record<string, any>, forkAt?: number }} Remedy
 */

import { dividesByGradient } from '../../engine/config/rules.js';
import { instabilityInWords, kindOfEpisode } from '../../engine/config/verdicts.js';
import { countBlocks, listVariations, placementOf, placeNorms } from '../../engine/model_text/block_edit.js';
import { LONGEST_SHARE } from '../../engine/study/judge/playbook.js';
import { count, number, percent, significant } from '../../engine/words/numbers.js';
import { capitalize, plural } from '../../engine/words/sentences.js';
import { settingInSentence } from '../../engine/words/settings.js';
import { SCHEMA } from '../../generated/schema.js';
import { causeInWords, causeOfEnd, liveCause } from './live_cause.js';

/**
 * Remedies for a new run from the start; after a live change that broke it, for a fork from just before.
 * @param {Run} run @param {string} model the text that the run's network was made of
 * @returns {Remedy[]}
 */
export function remediesFor(run, model) {
  const cause = causeOfEnd(run);
  if (cause) return remediesForCause(run, cause, run.episodes[run.episodes.length - 1]);
  const config = run.inForce;
  /** @type {Remedy[]} */
  const remedies = [];
  const warmup = warmupRemedy(config);
  if (warmup) remedies.push(warmup);
  const suggested = suggestedClip(run);
  const before = suggested === null ? clipBefore(run) : null;
  if (before !== null && config.clip === 'off') {
    remedies.push({
      label: `Clip at ${number(before)}`,
      why: 'the 90th percentile of the norms before it became unstable',
      changes: { clip: 'norm', clip_norm: before },
    });
  } else if (suggested === null && config.clip === 'off') {
    remedies.push({
      label: 'Clip at 1',
      why: 'a guess: there are too few norms of a network that learns for a percentile',
      changes: { clip: 'norm', clip_norm: 1 },
    });
  } else if (suggested !== null && config.clip === 'off') {
    remedies.push({
      label: `Clip at ${number(suggested)}`,
      why: `the ${number(Number(config.clip_percentile))}th percentile of the norms so far: only the outliers are shortened`,
      changes: { clip: 'norm', clip_norm: suggested },
    });
  } else if (suggested !== null && config.clip === 'norm' && Number(config.clip_norm) > suggested * 1.05) {
    remedies.push({
      label: `Clip harder, at ${number(suggested)}`,
      why: 'a lower threshold',
      changes: { clip_norm: suggested },
    });
  }
  if (!dividesByGradient(config.optimizer)) {
    remedies.push({
      label: 'Try Adam',
      why: 'it scales every step by the gradient’s own size, so large gradients do not mean large steps; its rates are smaller',
      changes: { optimizer: 'adam', lr: Math.min(Number(config.lr), 0.001) },
    });
  }
  for (const { label, model: changed } of architectures(model)) {
    remedies.push({
      label,
      why: 'keeps each layer’s outputs in scale, whatever the weights do',
      changes: { model: changed },
    });
  }
  if (placementOf(model) && placementOf(model)?.id !== 'rezero') {
    remedies.push({
      label: 'Start branches at 0 (ReZero)',
      why: 'every residual branch begins as the identity',
      changes: { model: placeNorms(model, 'rezero') },
    });
  }
  const lower = significant(Number(config.lr) / 10);
  remedies.push({
    label: `Lower η to ${number(lower)}`,
    why: 'the last resort: it works, and it is slow',
    changes: { lr: lower },
  });
  return remedies;
}

/**
 * What can be done about a live change: take it back, or keep it and shorten the steps that it made too long. Settings
 * from the start are not to blame.
 * @param {Run} run @param {import('./live_cause.js').LiveCause} cause
 * @param {import('../state/run.js').Episode} [episode] that followed it
 * @returns {Remedy[]}
 */
function remediesForCause(run, { change, back, since }, episode) {
  const forkAt = Math.max(run.startStep, Math.floor(since / 10) * 10);
  /** @type {Remedy[]} */
  const remedies = [
    {
      label: `Put ${settingInSentence(change.field, back, ' back to ')} and fork at ${forkAt}`,
      why: 'the same weights and batches as just before the change, and without it',
      changes: { [change.field]: back },
      forkAt,
    },
  ];
  const typical = episode && episodeClip(run, episode);
  if (typical && ['lr', 'momentum'].includes(change.field) && run.inForce.clip === 'off') {
    const kept = settingInSentence(change.field, change.value);
    remedies.push({
      label: `Keep ${kept}, clip at ${number(typical)}, fork at ${forkAt}`,
      why: 'the 90th percentile of the norms before: whether clipping alone bears the change',
      changes: { [change.field]: change.value, clip: 'norm', clip_norm: typical },
      forkAt,
    });
  }
  return remedies;
}

/** The longest warmup that is worth a try, where there is less of it. @param {Record<string, any>} config @returns {Remedy | null} */
function warmupRemedy(config) {
  const warmup = Math.max(10, Math.round((Number(config.steps) * LONGEST_SHARE) / 10) * 10);
  if (Number(config.warmup_steps) >= warmup) return null;
  return {
    label: `Warm up over ${warmup} steps`,
    why: 'a new run; a slow start lets the network move to where large steps are safe',
    changes: { warmup_steps: warmup },
  };
}

/** Whether a smoothed loss is clearly below that of guessing: C's bound of feasible. @param {Run} run @param {number} loss */
export function isLearned({ summary }, loss) {
  return !!summary && loss < SCHEMA.definitions.infeasible_share * summary.baseline_loss;
}

/**
 * Whether a run learns, or did before the episode that goes on: the norms of a network that never learned, or died, are
 * far from those that training needs.
 * @param {Run} run
 */
function hasLearned(run) {
  const { summary, status } = run;
  if (!summary || (!run.alive && status !== 'diverged' && summary.infeasible === 1)) return false;
  return isLearned(run, openEpisode(run)?.loss_before ?? summary.smoothed_loss);
}

/** The last episode, where the run has not recovered from it. @param {Run} run */
function openEpisode({ episodes }) {
  const last = episodes[episodes.length - 1];
  return last && last.recovered_at < 0 ? last : null;
}

/** The typical norm before the episode in which a run that had learned came to its end, or null. @param {Run} run */
function clipBefore(run) {
  const episode = openEpisode(run);
  return episode && isLearned(run, episode.loss_before) ? episodeClip(run, episode) : null;
}

/** The percentile of the norms, rounded as one would type it, or null where they mean nothing. @param {Run} run */
export function suggestedClip(run) {
  const value = run.summary?.norm_suggested ?? Number.NaN;
  if (run.step - run.startStep < SCHEMA.definitions.adaptive_norms || !hasLearned(run)) return null;
  return Number.isFinite(value) && value > 0 ? significant(value) : null;
}

/**
 * What can be done about an episode while the run goes on: clip from now, or go back to before it and fork.
 * @param {Run} run @param {import('../state/run.js').Episode} episode
 * @returns {Remedy[]}
 */
export function remediesForEpisode(run, episode) {
  const cause = liveCause(run, episode.begin, episode.detected_at);
  if (cause) return remediesForCause(run, cause, episode);
  const config = run.inForce;
  /** @type {Record<string, any>} */
  const changes = {};
  const typical = episodeClip(run, episode);
  if (typical !== null) {
    changes.clip = 'norm';
    changes.clip_norm = typical;
  } else changes.lr = significant(Number(config.lr) / 3, 2);
  const what = changes.clip ? `clip at ${number(changes.clip_norm)}` : `η ${number(changes.lr)}`;
  /** @type {Remedy[]} */
  const remedies = [];
  if (changes.clip && !(config.clip === 'norm' && Number(config.clip_norm) <= changes.clip_norm)) {
    if (run.alive)
      remedies.push({ label: `Clip at ${number(changes.clip_norm)}`, why: 'from the next step on', changes });
  } else if (changes.clip) {
    delete changes.clip;
    delete changes.clip_norm;
    changes.lr = significant(Number(config.lr) / 3, 2);
  }
  const warmup = warmupRemedy(config);
  if (kindOfEpisode(episode) === 'early' && warmup) remedies.unshift(warmup);
  const at = Math.max(run.startStep, Math.floor(episode.begin / 10) * 10);
  remedies.push({
    label: `Rewind to ${at} and fork`,
    why: `the same batches from there on, with ${changes.clip ? what : `η ${number(changes.lr)}`}`,
    changes,
    forkAt: at,
  });
  return remedies;
}

/** The typical norm before an episode, as one would type it; null where too few were seen. @param {Run} run @param {import('../state/run.js').Episode} episode */
function episodeClip(run, { detected_at, norm_typical }) {
  const known =
    detected_at - run.startStep >= SCHEMA.definitions.adaptive_norms &&
    Number.isFinite(norm_typical) &&
    norm_typical > 0;
  return known ? significant(norm_typical, 2) : null;
}

/** An episode of instability in a sentence or two. @param {Run} run @param {import('../state/run.js').Episode} episode */
export function sentenceForEpisode(run, episode) {
  const ratio = episode.loss_peak / episode.loss_before;
  const within = Math.max(1, episode.peak - episode.begin);
  const kind = kindInWords(episode);
  const norm = episode.norm_peak / episode.norm_typical;
  const loss = !(ratio > 1.05)
    ? `The loss left its old minimum of ${number(episode.loss_before)}.`
    : `The smoothed loss ${growth(ratio)} within ${plural(within, 'step')}, from ${number(episode.loss_before)} to ${number(episode.loss_peak)}.`;
  const size =
    Number.isFinite(norm) && norm > 1.2
      ? ` The gradient norm reached ${number(norm, { digits: 2 })} × its 90th percentile.`
      : '';
  const cause = liveCause(run, episode.begin, episode.detected_at);
  // The runs' table has the first of the two steps, the log's entry the second.
  const times = `began at ${count(episode.begin)}, noticed at ${count(episode.detected_at)}`;
  return `${kind}${cause ? ` after ${causeInWords(cause)}` : ''} (${times}). ${loss}${size}`;
}

/** A factor as one says it: "doubled", "tripled", "rose 14-fold". @param {number} ratio */
function growth(ratio) {
  if (!Number.isFinite(ratio)) return 'left every bound';
  if (ratio >= 1.8 && ratio < 2.5) return 'doubled';
  if (ratio >= 2.5 && ratio < 3.5) return 'tripled';
  if (ratio >= 3.5) return `rose ${number(ratio, { digits: 2 })}-fold`;
  return `rose by ${percent(ratio - 1, 0)}`;
}

/** A rise that took longer than this to show is not called sudden. */
const SUDDEN_STEPS = 100;

/** Of which kind it is. @param {import('../state/run.js').Episode} episode */
function kindInWords(episode) {
  const kind = kindOfEpisode(episode);
  const named = capitalize(instabilityInWords(kind));
  if (kind === 'early') return named;
  const isSudden = episode.detected_at - episode.begin <= SUDDEN_STEPS;
  return `${named}: ${isSudden ? 'sudden' : 'a slow rise'}, after a steady decline`;
}

/** How a run diverged, in sentences. @param {Run} run */
export function sentenceForDivergence(run) {
  const at = run.summary?.diverged_at ?? run.step;
  const before = lastFiniteInWords(run);
  const cause = causeOfEnd(run);
  if (cause) {
    return `Diverged at step ${at}, after ${causeInWords(cause)}: the loss is no longer a finite number, so training stopped there and the weights keep their last values.${before}`;
  }
  // An earlier episode may have been of another kind, and may have passed.
  const last = run.episodes.at(-1);
  const kind = last ? kindOfEpisode(last) : 'mid';
  return (
    `Diverged at step ${at}: the loss is no longer a finite number, so training stopped there and the weights keep their last values.${before} ` +
    `This is ${instabilityInWords(kind)}: ` +
    (kind === 'early'
      ? 'training had hardly got going when a step became too large.'
      : 'it had been going well, then a step became too large.')
  );
}

/** What the loss was before it was no number any more. @param {Run} run */
function lastFiniteInWords(run) {
  const { lastFinite: last } = run;
  if (!last) return '';
  const open = openEpisode(run);
  // A single batch may lie far below the peak that the episode's own sentence tells.
  if (open && open.loss_peak > 2 * last.loss) {
    return ` The smoothed loss had reached ${number(open.loss_peak)} at step ${open.peak}.`;
  }
  return ` The last finite loss was ${number(last.loss)} at step ${last.step}, with a gradient norm of ${number(last.grad_norm)}.`;
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
