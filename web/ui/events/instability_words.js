/** What is said of a training that became unstable, in one sentence each, and the numbers behind it: the engine's. */

import { instabilityInWords, kindOfEpisode } from '../../engine/config/verdicts.js';
import { count, number, numberOrNaN, percent } from '../../engine/words/numbers.js';
import { capitalize, plural } from '../../engine/words/sentences.js';
import { openEpisode } from './learning.js';
import { beginOfEpisode, causeInWords, causeOfEnd, causeOfEpisode } from './live_cause.js';

/**
 * @typedef {import('../state/run.js').Run} Run
 * @typedef {import('../state/run.js').Episode} Episode
 * @typedef {import('../state/log.js').Told} Told
 */

/** A rise that took longer than this to show is not called sudden. */
const SUDDEN_STEPS = 100;

/** What grew by more than this is not counted any more. */
const COUNTED_UP_TO = 1e6;

/** An episode of instability: what happened, and its numbers. @param {Run} run @param {Episode} episode @returns {Told} */
export function episodeInWords(run, episode) {
  const { loss_before: before, loss_peak: peak, norm_peak, norm_typical, detected_at } = episode;
  const begin = beginOfEpisode(run, episode);
  const ratio = peak / before;
  const within = plural(Math.max(1, episode.peak - begin), 'step');
  const rise = ratio > 1.05 ? `${growth(ratio)} within ${within}` : 'left its old minimum';
  const loss = Number.isNaN(peak) ? 'became NaN' : rise;
  const way = Number.isNaN(before) ? 'was' : `went from ${number(before)} to`;
  const isLate = kindOfEpisode(episode) !== 'early';
  const cause = causeOfEpisode(run, episode);
  const after = cause ? ` after ${causeInWords(cause)}` : '';
  const isSlow = isLate && detected_at - begin > SUDDEN_STEPS;
  const size = norm_peak / norm_typical;
  const norm = size > 1.2 ? ` The gradient norm reached ${times(size)} its 90th percentile before.` : '';
  return {
    text: `${nameKind(episode)}${after}${isSlow ? ', a slow rise' : ''}: the loss ${loss}.`,
    // Charts shade it from the first of the two steps, and headline and table name that one.
    numbers:
      `It began at ${count(begin)}, noticed at ${count(detected_at)}${isLate ? ', after a steady decline' : ''}. ` +
      `The loss ${way} ${sayLoss(peak)}.${norm}`,
  };
}

/** That a network is dead. @param {Run} run @returns {Told} */
export function deathInWords({ summary, latestLoss, lastFinite }) {
  const norm = lastFinite ? ` The gradient norm is ${number(lastFinite.grad_norm)}: it moves that one answer.` : '';
  return {
    text: `Dead since step ${count(summary?.dead_at ?? 0)}: it gives nearly all training samples the same answer, and hardly any of its gradient reaches the weights that could change that.`,
    numbers: `Guessing costs ${number(summary?.baseline_loss)}, the loss is ${number(latestLoss)}, and more steps will not change that.${norm}`,
  };
}

/** A factor as one says it: "doubled", "tripled", "rose 14-fold". @param {number} ratio */
function growth(ratio) {
  if (!Number.isFinite(ratio)) return 'grew beyond what a float holds';
  if (ratio > COUNTED_UP_TO) return 'grew more than a million times';
  if (ratio >= 1.8 && ratio < 2.5) return 'doubled';
  if (ratio >= 2.5 && ratio < 3.5) return 'tripled';
  if (ratio >= 3.5) return `rose ${number(ratio, { digits: 2 })}-fold`;
  return `rose by ${percent(ratio - 1, 0)}`;
}

/** A multiple: "2.3 ×", "more than a million times". @param {number} ratio */
function times(ratio) {
  return ratio > COUNTED_UP_TO ? 'more than a million times' : `${number(ratio, { digits: 2 })} ×`;
}

/** @param {number} loss */
function sayLoss(loss) {
  return loss === Number.POSITIVE_INFINITY ? 'more than a float holds' : numberOrNaN(loss);
}

/** Of which kind it is. @param {Episode} episode */
function nameKind(episode) {
  return capitalize(instabilityInWords(kindOfEpisode(episode)));
}

/** How a run diverged. @param {Run} run @returns {Told} */
export function divergenceInWords(run) {
  const at = count(run.summary?.diverged_at ?? run.step);
  const cause = causeOfEnd(run);
  const stopped = 'Training stopped there, and the weights keep their last values.';
  const before = lastFiniteInWords(run);
  if (cause) {
    return {
      text: `Diverged at step ${at}, after ${causeInWords(cause)}: the loss is no longer a finite number.`,
      numbers: `${stopped}${before}`,
    };
  }
  // An earlier episode may have been of another kind, and may have passed.
  const last = run.episodes.at(-1);
  const kind = last ? kindOfEpisode(last) : 'mid';
  const isEarly = kind === 'early';
  const when = isEarly ? 'when training had hardly got going' : 'after it had been going well';
  return {
    text: `Diverged at step ${at}: the loss is no longer a finite number.`,
    numbers: `${stopped}${before} This is ${instabilityInWords(kind)}: a step became too large, ${when}.`,
  };
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
