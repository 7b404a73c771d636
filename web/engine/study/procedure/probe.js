/**
 * The playbook's probe for an early instability that nobody sees: an abbreviated run of about 500 steps at twice the
 * best learning rate, evaluated after every step, beside what evaluation every eval_every steps would have shown.
 */

import { figure, plural } from '../../words/wording.js';
import { PROBE_RISE } from '../judge/verdict.js';

/**
 * @typedef {import('../../config/config.js').Config} Config
 * @typedef {import('../trial/trial.js').TrialResult} TrialResult
 * @typedef {{ step: number, loss: number }} Point  loss: of the validation samples; of the batches without them
 *
 * @typedef {object} ProbeFigures
 * @property {number} lr
 * @property {number} steps
 * @property {Point | null} first  after the first step
 * @property {Point | null} peak  the highest evaluation
 * @property {Point | null} coarse_peak  the highest that evaluation every coarse_every steps would have seen
 * @property {number} coarse_every
 * @property {number} batch_rise  highest batch loss of the first 20 steps, as a multiple of the first batch's loss
 * @property {boolean} early  an episode of early instability that the evaluations show as well, because a batch alone
 *   may have a high loss for its samples, and in which the batch loss rises by more than the choice of a batch can do
 * @property {boolean} hidden  early, and no coarse evaluation shows a blow-up
 *
 * @typedef {object} Probe
 * @property {TrialResult} trial
 * @property {Point[]} fine
 * @property {Point[]} coarse
 * @property {ProbeFigures} figures
 * @property {string[]} says
 */

const STEPS = 500;
const FACTOR = 2;

/** Validation samples of each evaluation: it is made after every step. */
const VAL_SAMPLES = 256;

/** A blow-up shows in an evaluation that is so many times the loss of knowing nothing but the class frequencies. */
const BLOW_UP = 1.2;

/** Steps in which a single batch's loss tells of a blow-up at the start. */
const START_STEPS = 20;

/** Evaluations that evidence holds: a blow-up at the start is over by then. */
const EVALUATIONS_TOLD = 60;

/**
 * @param {Config} config  complete
 * @param {number} lr_best
 * @returns {Config}
 */
export function planProbe(config, lr_best) {
  const val_samples = config.val_samples === 0 ? VAL_SAMPLES : Math.min(config.val_samples, VAL_SAMPLES);
  const steps = Math.min(STEPS, config.steps);
  return { ...config, lr: Number((FACTOR * lr_best).toPrecision(6)), steps, eval_every: 1, val_samples, changes: [] };
}

/**
 * @param {TrialResult} trial  of planProbe's config, every step recorded
 * @param {number} coarseEvery  steps between evaluations as the user would make them; 0 at the end only
 * @returns {Probe}
 */
export function judgeProbe(trial, coarseEvery) {
  const fine = trial.evaluations.map(({ step, val_loss, train_loss }) => ({ step, loss: val_loss ?? train_loss }));
  const every = coarseEvery > 0 ? coarseEvery : Infinity;
  const coarse = fine.filter(({ step }, i) => step % every === 0 || i === fine.length - 1);
  const losses = trial.curve?.loss.slice(0, START_STEPS) ?? [];
  const limit = BLOW_UP * Math.max(trial.baseline_loss, trial.train.first);
  const [peak, coarsePeak] = [highest(fine), highest(coarse)];
  const hasEpisode = trial.episodes.some(({ kind }) => kind === 'early');
  const batch_rise = losses.length > 0 ? Math.max(...losses) / trial.train.first : NaN;
  const isSeen = (peak?.loss ?? 0) >= limit;
  const early = hasEpisode && (trial.diverged || (isSeen && batch_rise >= PROBE_RISE));
  /** @type {ProbeFigures} */
  const figures = {
    lr: trial.config.lr,
    steps: trial.steps,
    first: fine[0] ?? null,
    peak,
    coarse_peak: coarsePeak,
    coarse_every: coarseEvery,
    batch_rise,
    early,
    hidden: early && !trial.diverged && (coarsePeak?.loss ?? 0) < limit,
  };
  return { trial, fine, coarse, figures, says: sayProbe(trial, figures, { hasEpisode, isSeen }) };
}

/** @param {Point[]} points @returns {Point | null} */
function highest(points) {
  /** @type {Point | null} */
  let top = null;
  for (const point of points) if (!top || !(point.loss <= top.loss)) top = point;
  return top;
}

/**
 * @param {TrialResult} trial
 * @param {ProbeFigures} figures
 * @param {{ hasEpisode: boolean, isSeen: boolean }} signs  isSeen: an evaluation shows a blow-up
 */
function sayProbe(
  trial,
  { lr, steps, peak, coarse_peak, coarse_every, early, hidden, batch_rise },
  { hasEpisode, isSeen },
) {
  const run = `${plural(steps, 'step')} at 2 × lr* = ${figure(lr)}, evaluated after every step`;
  if (trial.diverged) return [`${run}: training diverged at step ${trial.diverged_at}.`];
  if (!early && hasEpisode && isSeen) {
    return [
      `${run}: the loss rises for a while, to ${figure(peak?.loss)} at step ${peak?.step}, but batches reach no more than ${figure(batch_rise)} × the first loss ${figure(trial.train.first)} within ${START_STEPS} steps. A blow-up at the start counts from ${PROBE_RISE} × on.`,
    ];
  }
  if (!early && hasEpisode) {
    return [
      `${run}: batches reach ${figure(batch_rise)} × the first loss ${figure(trial.train.first)} within ${START_STEPS} steps, but no evaluation does: the highest is ${figure(peak?.loss)}. It is those samples that are costly, not a blow-up of the network.`,
    ];
  }
  if (!early) return [`${run}: no early instability; the highest evaluation is ${figure(peak?.loss)}.`];
  const seen = coarse_every > 0 ? `Evaluation every ${plural(coarse_every, 'step')}` : 'Evaluation at the end only';
  const says = [
    `${run}: the loss blows up at the start. A batch reaches ${figure(batch_rise)} × the first loss ${figure(trial.train.first)} within ${START_STEPS} steps, and the highest evaluation is ${figure(peak?.loss)} at step ${peak?.step}.`,
  ];
  says.push(
    hidden
      ? `${seen} would have missed it: the highest it sees is ${figure(coarse_peak?.loss)} at step ${coarse_peak?.step}.`
      : `${seen} shows it too: it sees ${figure(coarse_peak?.loss)} at step ${coarse_peak?.step}.`,
  );
  return says;
}

/**
 * What the probe says, as evidence.
 *
 * @param {import('./inquiry.js').Inquiry} inquiry
 * @param {Probe} probe  the one that is drawn
 * @param {import('./workbench.js').Cell} cell  of all its seeds
 * @param {string[]} [says]
 */
export function addProbeEvidence(inquiry, { figures, fine, says: own }, cell, says = own) {
  inquiry.addEvidence({
    kind: 'probe',
    title: 'The first steps at 2 × lr*, evaluated every step',
    says,
    numbers: { ...figures, evaluations: fine.slice(0, EVALUATIONS_TOLD) },
    thresholds: { batch_rise: PROBE_RISE, evaluation_rise: BLOW_UP },
    cells: [cell],
  });
}
