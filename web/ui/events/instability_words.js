/** What is said of a training that became unstable: the verdict is the engine's, the numbers are those in force. */

import { instabilityInWords, kindOfEpisode } from '../../engine/config/verdicts.js';
import { count, number, percent } from '../../engine/words/numbers.js';
import { capitalize, plural } from '../../engine/words/sentences.js';
import { openEpisode } from './learning.js';
import { beginOfEpisode, causeInWords, causeOfEnd, causeOfEpisode } from './live_cause.js';

/** @typedef {import('../state/run.js').Run} Run @typedef {import('../state/run.js').Episode} Episode */

/** A rise that took longer than this to show is not called sudden. */
const SUDDEN_STEPS = 100;

/** An episode of instability in a sentence or two. @param {Run} run @param {Episode} episode */
export function sentenceForEpisode(run, episode) {
  const ratio = episode.loss_peak / episode.loss_before;
  const begin = beginOfEpisode(run, episode);
  const within = Math.max(1, episode.peak - begin);
  const kind = kindInWords(episode, begin);
  const norm = episode.norm_peak / episode.norm_typical;
  const loss = !(ratio > 1.05)
    ? `The loss left its old minimum of ${number(episode.loss_before)}.`
    : `The loss ${growth(ratio)} within ${plural(within, 'step')}, from ${number(episode.loss_before)} to ${number(episode.loss_peak)}.`;
  const size =
    Number.isFinite(norm) && norm > 1.2
      ? ` The gradient norm reached ${number(norm, { digits: 2 })} × its 90th percentile before.`
      : '';
  const cause = causeOfEpisode(run, episode);
  // The runs' table has the first of the two steps, the log's entry the second.
  const times = `began at ${count(begin)}, noticed at ${count(episode.detected_at)}`;
  return `${kind}${cause ? ` after ${causeInWords(cause)}` : ''} (${times}). ${loss}${size}`;
}

/** That a network is dead. @param {Run} run */
export function sentenceForDeath({ summary, latestLoss }) {
  return (
    `Dead since step ${count(summary?.dead_at ?? 0)}: the network gives the training samples one and the same answer, or nearly all of them, and hardly a gradient is left that could change that. ` +
    `Guessing costs ${number(summary?.baseline_loss)}, the loss is ${number(latestLoss)}, and more steps will not change that.`
  );
}

/** A factor as one says it: "doubled", "tripled", "rose 14-fold". @param {number} ratio */
function growth(ratio) {
  if (!Number.isFinite(ratio)) return 'left every bound';
  if (ratio >= 1.8 && ratio < 2.5) return 'doubled';
  if (ratio >= 2.5 && ratio < 3.5) return 'tripled';
  if (ratio >= 3.5) return `rose ${number(ratio, { digits: 2 })}-fold`;
  return `rose by ${percent(ratio - 1, 0)}`;
}

/** Of which kind it is. @param {Episode} episode @param {number} begin */
function kindInWords(episode, begin) {
  const kind = kindOfEpisode(episode);
  const named = capitalize(instabilityInWords(kind));
  if (kind === 'early') return named;
  const isSudden = episode.detected_at - begin <= SUDDEN_STEPS;
  return `${named}: ${isSudden ? 'sudden' : 'a slow rise'}, after a steady decline`;
}

/** How a run diverged, in sentences. @param {Run} run */
export function sentenceForDivergence(run) {
  const at = run.summary?.diverged_at ?? run.step;
  const before = lastFiniteInWords(run);
  const cause = causeOfEnd(run);
  if (cause) {
    return `Diverged at step ${count(at)}, after ${causeInWords(cause)}: the loss is no longer a finite number, so training stopped there and the weights keep their last values.${before}`;
  }
  // An earlier episode may have been of another kind, and may have passed.
  const last = run.episodes.at(-1);
  const kind = last ? kindOfEpisode(last) : 'mid';
  return (
    `Diverged at step ${count(at)}: the loss is no longer a finite number, so training stopped there and the weights keep their last values.${before} ` +
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
    return ` The loss had reached ${number(open.loss_peak)} at step ${count(open.peak)}.`;
  }
  return ` The last finite loss was ${number(last.loss)} at step ${count(last.step)}, with a gradient norm of ${number(last.grad_norm)}.`;
}
