/**
 * What to say when a training becomes unstable, and what to offer: the tuning playbook's remedies, in its order, the
 * lower learning rate last.
 *
 * @typedef {import('./run.js').Run} Run
 * @typedef {{ label: string, why: string, changes: Record<string, any>, forkAt?: number }} Remedy
 */
import { countBlocks, listVariations, placementOf, placeNorms } from '../engine/study/block_edit.js';
import { LONGEST_WARMUP_SHARE, NORMS_NEEDED } from './thresholds.js';
import { growth, number } from './words.js';

/** The kind of an episode that C judged to be early (record_fields.h); the other one is mid-training. */
const EARLY = 1;

/**
 * Remedies for a new run from the start.
 * @param {Run} run @param {string} model the text that the run's network was made of
 * @returns {Remedy[]}
 */
export function remediesFor(run, model) {
  const config = run.inForce;
  /** @type {Remedy[]} */
  const remedies = [];
  const warmup = warmupRemedy(config);
  if (warmup) remedies.push(warmup);
  const suggested = suggestedClip(run);
  if (suggested === null && config.clip === 'off') {
    remedies.push({
      label: 'Clip at 1',
      why: 'a guess: there are too few norms for a percentile',
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
  if (['sgd', 'momentum', 'nesterov'].includes(config.optimizer)) {
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
  const lower = Number((Number(config.lr) / 10).toPrecision(3));
  remedies.push({
    label: `Lower η to ${number(lower)}`,
    why: 'the last resort: it works, and it is slow',
    changes: { lr: lower },
  });
  return remedies;
}

/** The longest warmup that is worth a try, where there is less of it. @param {Record<string, any>} config @returns {Remedy | null} */
function warmupRemedy(config) {
  const warmup = Math.max(10, Math.round((Number(config.steps) * LONGEST_WARMUP_SHARE) / 10) * 10);
  if (Number(config.warmup_steps) >= warmup) return null;
  return {
    label: `Warm up over ${warmup} steps`,
    why: 'a new run; a slow start lets the network move to where large steps are safe',
    changes: { warmup_steps: warmup },
  };
}

/** The percentile of the norms, rounded as one would type it, or null. @param {Run} run */
export function suggestedClip(run) {
  const value = run.summary?.norm_suggested ?? Number.NaN;
  if (run.step - run.startStep < NORMS_NEEDED) return null;
  return Number.isFinite(value) && value > 0 ? Number(value.toPrecision(3)) : null;
}

/**
 * What can be done about an episode while the run goes on: clip from now, or go back to before it and fork.
 * @param {Run} run @param {import('./run.js').Episode} episode
 * @returns {Remedy[]}
 */
export function remediesForEpisode(run, episode) {
  const config = run.inForce;
  const typical = episode.norm_typical;
  /** @type {Record<string, any>} */
  const changes = {};
  const known = episode.detected_at - run.startStep >= NORMS_NEEDED && Number.isFinite(typical) && typical > 0;
  if (known) {
    changes.clip = 'norm';
    changes.clip_norm = Number(typical.toPrecision(2));
  } else changes.lr = Number((Number(config.lr) / 3).toPrecision(2));
  const what = changes.clip ? `clip at ${number(changes.clip_norm)}` : `η ${number(changes.lr)}`;
  /** @type {Remedy[]} */
  const remedies = [];
  if (changes.clip && !(config.clip === 'norm' && Number(config.clip_norm) <= changes.clip_norm)) {
    if (run.alive)
      remedies.push({ label: `Clip at ${number(changes.clip_norm)}`, why: 'from the next step on', changes });
  } else if (changes.clip) {
    delete changes.clip;
    delete changes.clip_norm;
    changes.lr = Number((Number(config.lr) / 3).toPrecision(2));
  }
  const warmup = warmupRemedy(config);
  if (episode.kind === EARLY && warmup) remedies.unshift(warmup);
  const at = Math.max(run.startStep, Math.floor(episode.begin / 10) * 10);
  remedies.push({
    label: `Rewind to ${at} and fork`,
    why: `the same batches from there on, with ${changes.clip ? what : `η ${number(changes.lr)}`}`,
    changes,
    forkAt: at,
  });
  return remedies;
}

/** An episode of instability in a sentence or two. @param {import('./run.js').Episode} episode */
export function sentenceForEpisode(episode) {
  const ratio = episode.loss_peak / episode.loss_before;
  const within = Math.max(1, episode.peak - episode.begin);
  const kind =
    episode.kind === EARLY ? 'Early instability' : 'Mid-training instability: sudden, after a steady decline';
  const norm = episode.norm_peak / episode.norm_typical;
  const loss = !(ratio > 1.05)
    ? `The loss left its old minimum of ${number(episode.loss_before)}.`
    : `The smoothed loss ${growth(ratio)} within ${within} step${within === 1 ? '' : 's'}, from ${number(episode.loss_before)} to ${number(episode.loss_peak)}.`;
  const size =
    Number.isFinite(norm) && norm > 1.2
      ? ` The gradient norm reached ${number(Number(norm.toPrecision(2)))} × its 90th percentile.`
      : '';
  return `${kind}. ${loss}${size}`;
}

/** How a run diverged, in sentences. @param {Run} run */
export function sentenceForDivergence(run) {
  const at = run.summary?.diverged_at ?? run.step;
  const last = run.lastFinite;
  const before = last
    ? ` The last finite loss was ${number(last.loss)} at step ${last.step}, with a gradient norm of ${number(last.norm)}.`
    : '';
  // An earlier episode may have been of another kind, and may have passed.
  const early = run.episodes.at(-1)?.kind === EARLY;
  return (
    `Diverged at step ${at}: the loss is no longer a finite number, so training stopped there and the weights keep their last values.${before} ` +
    (early
      ? 'This is early instability: training had hardly got going when a step became too large.'
      : 'This is mid-training instability: it had been going well, then a step became too large.')
  );
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
