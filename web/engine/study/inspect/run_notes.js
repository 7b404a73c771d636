/** What a reader of a log should know of it: what it shows beside the verdict, and what it cannot show. */

import { count, number, percent } from '../../words/numbers.js';
import { list, plural } from '../../words/sentences.js';
import { LONG_SHARE, LONGEST_SHARE } from '../judge/playbook.js';
import { noteCheckpoints } from './checkpoints.js';
import { endsOf } from './levels.js';
import { noteOdd } from './odd_values.js';

/** @typedef {import('./findings.js').Findings} Findings */

/** Of steps that are named. */
const NAMED_MAX = 6;

/** A mean over the rows before is no reason for the loss to peak more rows behind the norm. */
const ROWS_APART = 5;

/** A norm that is so many times as large at the end grows. */
const GROWN = 10;

/** Why there is no verdict. @type {Record<import('../../logs/roles.js').Game, string>} */
const GAMES = {
  adversarial:
    'Generator and discriminator play against each other: their losses need not fall where training works, nor does their sum, so there is no verdict.',
  reinforcement:
    'By its losses of policy and value this is reinforcement learning, whose data change with the policy: the loss need not fall where training works, so there is no verdict.',
};

/** Within this share of the loss of guessing it is that. */
const NEAR_GUESSING = 0.05;

/** Above the loss of guessing by so much, a loss is not the mean over tokens or classes. */
const ABOVE_GUESSING = 1.5;

/** @param {Findings} found @returns {string[]} */
export function noteRun(found) {
  return [
    ...noteVerdict(found),
    ...noteRises(found),
    ...noteFall(found),
    ...noteClimb(found),
    ...noteStill(found),
    ...noteTurns(found),
    ...noteOdd(found),
    ...noteScale(found),
    ...noteNorms(found),
    ...noteRate(found),
    ...noteCheckpoints(found),
    ...noteValidation(found),
  ];
}

/** @param {Findings} found @returns {string[]} */
function noteVerdict({ run, figures, losses, loss, interval }) {
  const { reward } = run.series;
  const notes = [];
  if (!losses) {
    notes.push(
      `There is no loss in it, so no verdict: it holds ${list(run.names.slice(0, 8).map((name) => `"${name}"`))}. Where one of these is the loss under another name, say which: on the command line by --role loss=NAME.`,
    );
    if (reward)
      notes.push(
        `"${reward.name}" goes from ${number(reward.value[0])} to ${number(reward.value[reward.value.length - 1])}.`,
      );
    return notes;
  }
  if (!run.series.loss)
    notes.push('No training loss is logged: the validation loss is judged, which shows less of it.');
  if (loss?.divergedAt !== null && loss !== null) {
    const at = losses.step.indexOf(loss.divergedAt);
    notes.push(
      losses.value[at] === 0
        ? `From ${figures.unit} ${count(loss.divergedAt)} to the end the loss is 0 beside a norm that is not finite: that is what is logged where losses that are not finite are filtered. The run is dead, however good it looks.`
        : `From ${figures.unit} ${count(loss.divergedAt)} to the end (${plural(losses.step.length - at, 'row')}) the loss is not finite.`,
    );
  } else if (loss && !loss.isJudged) {
    notes.push(
      run.game
        ? GAMES[run.game]
        : losses.value.every((value) => value === 0 || Number.isNaN(value))
          ? 'The loss is 0 throughout, as in reinforcement learning with advantages that sum to 0: it says nothing of stability.'
          : losses.step.length < 2
            ? 'One row is too few for a verdict.'
            : 'The loss is 0 or below it, as in reinforcement learning or with a likelihood of densities: ratios of it mean nothing, so there is no verdict.',
    );
    if (reward)
      notes.push(
        `"${reward.name}" goes from ${number(reward.value[0])} to ${number(reward.value[reward.value.length - 1])}.`,
      );
  }
  if (loss && loss.doubted > 0) {
    notes.push(
      `${plural(loss.doubted, 'row')} rose over the limit by no more than the log’s own noise, and ${loss.doubted === 1 ? 'was' : 'were'} not counted.`,
    );
  }
  // Of a loss that is no number the norm often is none either, and what is left of it has no peak.
  const apart = figures.episodes.find(
    ({ norm_peak, peak, loss_peak }) =>
      norm_peak &&
      norm_peak.step < peak &&
      peak - norm_peak.step <= ROWS_APART * interval &&
      Number.isFinite(loss_peak),
  );
  if (apart?.norm_peak && interval > 1) {
    notes.push(
      `The norm peaks at ${figures.unit} ${count(apart.norm_peak.step)} (${number(apart.norm_peak.value)}), the loss at ${count(apart.peak)}: a logged loss is often a mean since the row before, a norm that of one step.`,
    );
  }
  return notes;
}

/** @param {Findings} found @returns {string[]} */
function noteRises({ rises, figures: { unit, norms } }) {
  if (rises.length === 0) return [];
  const [most, ...others] = [...rises].sort((a, b) => b.loss_peak / b.loss_before - a.loss_peak / a.loss_before);
  const norm =
    most.norm_peak !== null && norms?.p50
      ? `, with a norm of ${number(most.norm_peak)} (median ${number(norms.p50)})`
      : '';
  const more =
    others.length === 0
      ? ''
      : others.length < NAMED_MAX
        ? `; so it did at ${list(
            others
              .map(({ peak }) => peak)
              .sort((a, b) => a - b)
              .map(count),
          )}, less high`
        : `; so it did ${count(others.length)} times more, less high`;
  return [
    `The loss rose from ${number(most.loss_before)} to ${number(most.loss_peak)} at ${unit} ${count(most.peak)}${norm} and was back at ${count(most.back)}: far out of the noise, if short of what counts as an instability here${more}.`,
  ];
}

/** @param {Findings} found @returns {string[]} */
function noteFall({ level, figures, given }) {
  if (!level) return [];
  const guess = given !== null && Math.abs(level.last / given - 1) < NEAR_GUESSING ? ', which is that of guessing' : '';
  return [
    `The loss did not fall: it is ${number(level.first)} in the first tenth of the rows and ${number(level.last)} in the last (medians)${guess}, over ${plural(figures.steps, figures.unit)}.`,
  ];
}

/** @param {Findings} found @returns {string[]} */
function noteClimb({ climb, figures: { unit } }) {
  return climb === null
    ? []
    : [
        `The loss rises again: it is ${number(climb.lowest)} about ${unit} ${count(climb.at)} and ${number(climb.last)} in the last tenth of the rows (medians): no noise, if short of what counts as an instability here.`,
      ];
}

/** @param {Findings} found @returns {string[]} */
function noteStill({ still, vanished, figures: { unit } }) {
  const notes = [];
  if (still)
    notes.push(
      `From ${unit} ${count(still.from)} to the end (${plural(still.rows, 'row')}) the loss is ${number(still.value)} and does not move: nothing is learned there, unless decimals are cut.`,
    );
  if (vanished)
    notes.push(
      `From ${unit} ${count(vanished.from)} to the end (${plural(vanished.rows, 'row')}) the norm is 0: no gradient is left, unless decimals are cut.`,
    );
  return notes;
}

/** @param {Findings} found @returns {string[]} */
function noteTurns({ turns }) {
  return turns === null
    ? []
    : [
        `From row to row the loss goes up and down in turn (in ${percent(turns)} of the rows; of batches that have nothing to do with each other it turns in two of three): its steps overshoot, as at the edge of stability, or two kinds of batches alternate.`,
      ];
}

/** @param {Findings} found @returns {string[]} */
function noteScale({ figures, loss, summed, given }) {
  const notes = [];
  const { loss_scale } = figures;
  if (loss_scale !== null)
    notes.push(
      `The logged loss is ${loss_scale} times the logarithm of the logged perplexity: it was summed, over gradient accumulation for example. Divide by ${loss_scale} before comparing it with the loss of guessing.`,
    );
  if (summed !== null)
    notes.push(
      `The training loss is about ${summed} times the validation loss: dropout, augmentation or smoothed labels in training alone do so, and so does a sum over gradient accumulation, to be divided before it is judged against the loss of guessing.`,
    );
  const first = loss?.smoothed.find((value) => Number.isFinite(value));
  if (given !== null && loss_scale === null && first !== undefined && first > ABOVE_GUESSING * given)
    notes.push(
      `The loss begins at ${number(first)}, ${number(first / given, { digits: 2 })} times that of guessing (${number(given)}): a network at initialization should be near it, unless the loss is a sum.`,
    );
  return notes;
}

/** @param {Findings} found @returns {string[]} */
function noteNorms({ run, figures, norms }) {
  if (!norms || !figures.norms) return [];
  const notes = [];
  const { grad_norm } = run.series;
  const isAlive = figures.diverged_at === null;
  if (norms.scaled)
    notes.push(
      `The norms are so large (median ${number(norms.p50)}) that they presumably still carry the loss scale of 16-bit training: no threshold follows from them. Log the norm after unscaling (scaler.unscale_).`,
    );
  const growth = grad_norm && figures.verdict === 'stable' && !norms.scaled ? endsOf(grad_norm.value) : null;
  if (growth && growth.last > GROWN * growth.first)
    notes.push(
      `The norm grows: its median is ${number(growth.first)} in the first tenth of the rows and ${number(growth.last)} in the last, so that a percentile of all rows suits neither.`,
    );
  if (norms.after_clipping)
    notes.push(
      `No norm exceeds ${number(norms.max)} and many are it: they were logged after clipping at that threshold. Log the norm before clipping, which clip_grad_norm_ returns.`,
    );
  if (norms.non_finite > 0 && isAlive && grad_norm) {
    const where = Array.from(grad_norm.step).filter((_, i) => !Number.isFinite(grad_norm.value[i]));
    const steps =
      where.length <= NAMED_MAX
        ? `at ${list(where.map(count))}`
        : `in ${count(where.length)} of ${count(grad_norm.step.length)} rows`;
    notes.push(
      norms.trailing > 2
        ? `The norm is not finite in the last ${count(norms.trailing)} rows while the loss goes on: updates are being skipped or spoiled; the run needs looking at.`
        : `The norm is not finite ${steps}, and finite again after it: a scaler of 16-bit training skips such updates. That is no divergence.`,
    );
  }
  return notes;
}

/** @param {Findings} found @returns {string[]} */
function noteRate({ run, figures, rate }) {
  const notes = [];
  const { warmup, planned } = figures;
  if (rate && rate.skipped > 0)
    notes.push(
      `The rate stands at 0 up to ${figures.unit} ${count(rate.skipped)}, as where the first updates are skipped.`,
    );
  if (warmup && warmup.steps > 0) {
    const judged =
      planned === null || warmup.share === null
        ? ''
        : warmup.share > LONGEST_SHARE * 1.05
          ? `: longer than ${percent(LONGEST_SHARE)} asks for more steps`
          : warmup.share > LONG_SHARE * 1.05
            ? `: above ${percent(LONG_SHARE)} it asks for more steps`
            : '';
    const of = planned === null ? 'of what is logged' : 'of the run';
    const size = warmup.share === null ? '' : `, ${percent(warmup.share)} ${of}${judged}`;
    const last = run.series.lr?.step.at(-1) ?? 0;
    notes.push(
      rate && figures.schedule === null && rate.peakAt >= 0.98 * last
        ? `The rate rises to the end of the log: its warmup is ${plural(warmup.steps, figures.unit)}, or longer.`
        : `Warmup of ${plural(warmup.steps, figures.unit)}${size}.`,
    );
  }
  if (run.series.lr && run.series.lr.step.length < 2)
    notes.push('The rate was logged once, so nothing is said of its schedule.');
  for (const episode of figures.episodes) {
    if (episode.lr === null || !rate) continue;
    const peak =
      episode.lr_peak === null || episode.lr_peak === episode.lr
        ? ''
        : `, and was highest at ${number(episode.lr_peak)}${sayPlace(episode.peak, episode.lr_peak, rate)}`;
    notes.push(
      `The episode of ${figures.unit} ${count(episode.begin)} began at a rate of ${number(episode.lr)}${sayPlace(episode.begin, episode.lr, rate)}${peak}.`,
    );
  }
  return notes;
}

/**
 * Where a step stands: on the ramp, or behind its top. How far up the ramp is told by the rate itself: where first updates
 * were skipped, or a ramp is no straight line, the share of its steps is another one.
 *
 * @param {number} step @param {number} lr  at that step @param {import('../../logs/log_verdict.js').LogRate} rate
 */
export function sayPlace(step, lr, { warmup, peak, peakAt }) {
  if (!warmup) return '';
  if (step < peakAt) return `, ${percent(lr / peak)} of the peak that the warmup leads to`;
  return step < 1.5 * peakAt + 10 ? ', at the top of the warmup' : '';
}

/** Instability that only the validation loss shows. @param {Findings} found @returns {string[]} */
function noteValidation({ validation, figures }) {
  const episodes = (validation?.episodes ?? []).filter(({ recovered_at }) => recovered_at !== null);
  return episodes.map(
    ({ kind, begin, peak, loss_before, loss_peak, recovered_at }) =>
      `The validation loss has an episode of its own (${kind}): from ${number(loss_before)} at ${figures.unit} ${count(begin)} to ${number(loss_peak)} at ${count(peak)}, back at ${count(recovered_at)}.`,
  );
}

/** What was not found. @param {Findings} found @returns {string[]} */
export function noteMissing({ run: { series } }) {
  const { loss, lr, grad_norm, val_loss } = series;
  if (!loss) return [];
  const missing = [
    ...(lr ? [] : ['the learning rate']),
    ...(grad_norm ? [] : ['the gradient norm before clipping']),
    ...(val_loss ? [] : ['a validation loss']),
  ];
  return missing.length > 0 ? [`Not found in the log: ${list(missing)}.`] : [];
}
