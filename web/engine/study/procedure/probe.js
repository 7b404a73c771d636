/**
 * The playbook's probe for an early instability that nobody sees: an abbreviated run of about 500 steps at twice the
 * best learning rate, evaluated after every step, beside what evaluation every eval_every steps would have shown. On
 * its own it finds lr* with a sweep and probes with every seed; a diagnosis has the sweep already and probes with one.
 */

import { count, number, significant } from '../../words/numbers.js';
import { agree, ofSeeds, plural } from '../../words/sentences.js';
import { PROBE_RISE } from '../judge/verdict.js';
import { runStandalone, sweepFor } from './standalone.js';

/**
 * @typedef {import('../../config/config.js').Config} Config
 * @typedef {import('../trial/trial.js').TrialResult} TrialResult
 * @typedef {{ step: number, loss: number }} Evaluated  loss: of the validation samples; of the batches without them
 *
 * @typedef {object} ProbeFigures
 * @property {number} lr
 * @property {number} steps
 * @property {Evaluated | null} first  after the first step
 * @property {Evaluated | null} peak  the highest evaluation
 * @property {Evaluated | null} coarse_peak  the highest that evaluation every coarse_every steps would have seen
 * @property {number} coarse_every
 * @property {number} batch_rise  highest batch loss of the first 20 steps, as a multiple of the first batch's loss
 * @property {boolean} early  an episode of early instability that the evaluations show as well, because a batch alone
 *   may have a high loss for its samples, and in which the batch loss rises by more than the choice of a batch can do
 * @property {boolean} hidden  early, and no coarse evaluation shows a blow-up
 *
 * @typedef {object} Probe
 * @property {TrialResult} trial
 * @property {Evaluated[]} fine
 * @property {Evaluated[]} coarse
 * @property {ProbeFigures} figures
 * @property {string[]} says
 *
 * @typedef {ProbeFigures & { seed: number, diverged_at: number | null }} SeedProbe
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
  return { ...config, lr: significant(FACTOR * lr_best, 6), steps, eval_every: 1, val_samples, changes: [] };
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

/** @param {Evaluated[]} points @returns {Evaluated | null} */
function highest(points) {
  /** @type {Evaluated | null} */
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
  const run = `${plural(steps, 'step')} at 2 × lr* = ${number(lr)}, evaluated after every step`;
  if (trial.diverged) return [`${run}: training diverged at step ${count(trial.diverged_at)}.`];
  if (!early && hasEpisode && isSeen) {
    return [
      `${run}: the loss rises for a while, to ${sayPoint(peak)}, but batches reach no more than ${number(batch_rise)} × the first loss ${number(trial.train.first)} within ${START_STEPS} steps. A blow-up at the start counts from ${PROBE_RISE} × on.`,
    ];
  }
  if (!early && hasEpisode) {
    return [
      `${run}: batches reach ${number(batch_rise)} × the first loss ${number(trial.train.first)} within ${START_STEPS} steps, but no evaluation does: the highest is ${number(peak?.loss)}. It is those samples that are costly, not a blow-up of the network.`,
    ];
  }
  if (!early) return [`${run}: no early instability; the highest evaluation is ${number(peak?.loss)}.`];
  const seen = coarse_every > 0 ? `Evaluation every ${plural(coarse_every, 'step')}` : 'Evaluation at the end only';
  const says = [
    `${run}: the loss blows up at the start. A batch reaches ${number(batch_rise)} × the first loss ${number(trial.train.first)} within ${START_STEPS} steps, and the highest evaluation is ${sayPoint(peak)}.`,
  ];
  says.push(
    hidden
      ? `${seen} would have missed it: the highest it sees is ${sayPoint(coarse_peak)}.`
      : `${seen} shows it too: it sees ${sayPoint(coarse_peak)}.`,
  );
  return says;
}

/** @param {Evaluated | null} point */
function sayPoint(point) {
  return point === null ? 'nothing' : `${number(point.loss)} at step ${count(point.step)}`;
}

/**
 * What the probe says, as evidence.
 *
 * @param {import('./procedure.js').Procedure} procedure
 * @param {Probe} probe  the one that is drawn
 * @param {import('./trainings.js').Point} point  of all its seeds
 * @param {string[]} [says]
 */
export function addProbeEvidence(procedure, { figures, fine, says: own }, point, says = own) {
  procedure.addEvidence({
    kind: 'probe',
    title: 'The first steps at 2 × lr*, evaluated every step',
    says,
    numbers: { ...figures, evaluations: fine.slice(0, EVALUATIONS_TOLD) },
    thresholds: { batch_rise: PROBE_RISE, evaluation_rise: BLOW_UP },
    points: [point],
  });
}

// ---- on its own ----------------------------------------------------------------------------------------------------

/**
 * @param {import('./standalone.js').StandaloneOptions & { lr_best?: number | null }} options  lr_best: where it is known,
 *   no sweep is made
 * @returns {Promise<import('./standalone.js').Outcome>}  the study's `probes` are the figures of each seed
 */
export function runProbeStudy({ lr_best = null, ...options }) {
  return runStandalone('probe', options, async (procedure, known) => {
    known.probes = [];
    known.early = known.hidden = null;
    if (lr_best === null) await sweepFor(procedure, known);
    else known.lr_best = lr_best;
    if (known.lr_best === null) {
      known.says = ['There is nothing to probe: training works at no rate of the sweep.'];
      known.tone = 'bad';
      return;
    }
    const { trainings, config } = procedure;
    const planned = planProbe(config, known.lr_best);
    procedure.begin('Probing the first steps at 2 × lr*');
    let { seeds } = procedure;
    while (seeds > 0 && !trainings.canAfford([planned], seeds)) seeds--;
    if (seeds < procedure.seeds) {
      procedure.skip(`The probe of ${plural(planned.steps, 'step')} with ${plural(procedure.seeds - seeds, 'seed')}`);
    }
    if (seeds === 0) return;
    const [point] = await trainings.train([planned], seeds, 'every');
    const probes = point.trials.map((trial) => judgeProbe(trial, config.eval_every));
    // The seed that shows most is the one to look at.
    const shown =
      probes.find(({ figures }) => figures.hidden) ?? probes.find(({ figures }) => figures.early) ?? probes[0];
    const early = probes.filter(({ figures }) => figures.early).length;
    known.probes = probes.map(({ figures, trial }) => ({
      seed: trial.seed,
      ...figures,
      diverged_at: trial.diverged_at,
    }));
    known.early = early > 0;
    known.hidden = probes.some(({ figures }) => figures.hidden);
    known.says = sayVerdict(known.probes, planned.lr);
    known.tone = known.probes.every(isCalm) ? 'good' : 'bad';
    known.offer = {
      label: `the probe at ${number(planned.lr)}`,
      settings: trainings.describeRun(shown.trial, config).settings,
    };
    const which =
      early > 0 && seeds > 1
        ? [
            `${ofSeeds(early, seeds)} ${agree(early, 'blows', 'blow')} up at the start; seed ${shown.trial.seed} is drawn.`,
          ]
        : [];
    addProbeEvidence(procedure, shown, point, [...shown.says, ...which]);
  });
}

/** @param {SeedProbe} probe */
function isCalm({ early, diverged_at }) {
  return !early && diverged_at === null;
}

/** @param {SeedProbe[]} probes @param {number} lr @returns {string[]} */
function sayVerdict(probes, lr) {
  const early = probes.filter((one) => one.early).length;
  const hidden = probes.filter((one) => one.hidden).length;
  const diverged = probes.filter(({ diverged_at }) => diverged_at !== null).length;
  const at = `at ${number(lr)}, twice the best rate`;
  if (early === 0 && diverged > 0) {
    return [
      `No early instability ${at}, but ${ofSeeds(diverged, probes.length)} ${agree(diverged, 'diverges', 'diverge')} later.`,
    ];
  }
  if (early === 0) {
    return [
      `No early instability ${at}: no blow-up at the start, with an evaluation after every one of ${plural(probes[0].steps, 'step')}.`,
      'At this rate there is nothing for a warmup to cure.',
    ];
  }
  const every = probes[0].coarse_every;
  const seen = every > 0 ? `evaluation every ${plural(every, 'step')}` : 'evaluation at the end only';
  return [
    `Early instability ${at}: the loss blows up at the start in ${ofSeeds(early, probes.length)}.`,
    hidden > 0
      ? `It is hidden: ${seen} misses it in ${ofSeeds(hidden, probes.length)}. Evaluate after every step at the start.`
      : `It is not hidden: ${seen} shows it as well.`,
    'A warmup of the learning rate is the first remedy to try: the warmup study finds how long it must be.',
  ];
}
