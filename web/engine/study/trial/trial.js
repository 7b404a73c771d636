/**
 * A trial: one training as a value. A study asks for trials and judges them; what is in one is enough to decide
 * everything that the studies decide, and it survives JSON.
 */

import { reportRun } from '../../run/run_report.js';
import { Session } from '../../run/session.js';
import { onAbort } from './abort.js';
import { CurveRecorder } from './curve.js';

/**
 * @typedef {import('../../config/config.js').Config} Config
 * @typedef {import('../../run/trainer.js').Trainer} Trainer
 * @typedef {import('../../run/session.js').Evaluation} Evaluation
 * @typedef {import('../../run/session.js').Sharpness} Sharpness
 * @typedef {import('../../run/session.js').Score} Score
 * @typedef {import('../../run/run_report.js').EpisodeReport} EpisodeReport
 * @typedef {import('./curve.js').Curve} Curve
 * @typedef {import('./curve.js').CurveDetail} CurveDetail
 * @typedef {import('../../config/verdicts.js').Verdict} Verdict
 *
 * @typedef {object} TrialNorms  unclipped gradient norms
 * @property {number} p50
 * @property {number} p90
 * @property {number} max
 * @property {number} untypical  how many are an instability's, or a dead network's: what follows leaves them out, and is
 *   NaN where too few are left
 * @property {number} suggested  a threshold to clip at: the percentile clip_percentile
 * @property {number} typical  90th percentile
 * @property {number} typical_p50
 *
 * @typedef {object} TrialResult
 * @property {Config} config  complete, changes included: it replays the trial
 * @property {number} seed
 * @property {number} steps  steps taken
 * @property {boolean} diverged
 * @property {number | null} diverged_at
 * @property {boolean} infeasible  diverged, or the smoothed loss did not end below 0.95 × baseline_loss
 * @property {Verdict} verdict
 * @property {EpisodeReport[]} episodes
 * @property {number} train_samples  how many there are to train on
 * @property {number} baseline_loss  L₀, the loss of predicting the class frequencies (regression: the constant mean)
 * @property {{ step: number, loss: number, accuracy: number | null } | null} best  lowest validation loss of the
 *   evaluations, training loss without validation data; null where no evaluation was finite
 * @property {Score | null} val  all validation data, at the end; null without
 * @property {{ loss: number, last50: number, first: number }} train  batch losses: loss is the smoothed one at the
 *   end, last50 the mean of the last 50 steps, first the first step's
 * @property {TrialNorms} grad_norm
 * @property {import('../../run/norm_bars.js').NormHistogram} norm_histogram  of the unclipped norms of all steps
 * @property {number} clipped_fraction  of the steps that had a threshold in force
 * @property {number} clip_scale  mean of what clipping multiplied by in them; 1 where there were none
 * @property {Curve | null} curve
 * @property {Evaluation[]} evaluations
 * @property {Sharpness[]} sharpness
 * @property {number} seconds
 * @property {string} digest
 *
 * @typedef {{ step: number, totalSteps: number, smoothed: number }} TrialProgress  step: steps taken
 *
 * @typedef {object} TrialOptions
 * @property {CurveDetail} [record]  every: all steps in the curve; curve, the default: at most 400 that keep its
 *   extremes; none
 * @property {import('./abort.js').Signal} [signal]  gives the trial up
 * @property {(progress: TrialProgress) => void} [onProgress]  at most ten times a second
 */

/** Least time between two reports of progress, in milliseconds. */
const PROGRESS_MS = 100;

/**
 * Trains from the first step to the last, or to divergence.
 *
 * @param {{ createTrainer: (config: Config) => Trainer, config: Config, now: () => number,
 *           yieldNow: (ms?: number) => Promise<void>, sliceMs?: number } & TrialOptions} trial
 *   createTrainer: a new trainer, the trial's to dispose of; now: a clock in milliseconds; yieldNow: lets other work
 *   go first; sliceMs: how long others wait at most, as a session has it when left out
 * @returns {Promise<TrialResult>}
 * @throws whatever createTrainer throws, and the signal's reason where the trial was given up
 */
export async function runTrial({
  createTrainer,
  config,
  record = 'curve',
  now,
  yieldNow,
  sliceMs,
  signal,
  onProgress = () => {},
}) {
  signal?.throwIfAborted();
  const begun = now();
  const trainer = createTrainer(config);
  const recorder = new CurveRecorder(record);
  /** @type {Evaluation[]} */
  const evaluations = [];
  /** @type {Sharpness[]} */
  const sharpness = [];
  let toldAt = begun;
  const session = new Session(trainer, {
    now,
    yieldNow,
    sliceMs,
    // Of the training data a trial tells the batches' losses.
    scoresTrain: false,
    observer: {
      rows: (rows, count) => recorder.add(rows, count),
      forgetsRows: true,
      evaluated: (evaluation) => evaluations.push(evaluation),
      sharpened: (measured) => sharpness.push(measured),
      sliced: () => {
        if (now() - toldAt < PROGRESS_MS) return;
        toldAt = now();
        onProgress(describeProgress(trainer));
      },
    },
  });
  const forgetSignal = onAbort(signal, () => session.stop());
  try {
    const end = await session.run();
    signal?.throwIfAborted();
    return {
      ...describeTrial(trainer, end),
      train: { loss: trainer.smoothedLoss, last50: recorder.lastLoss, first: recorder.firstLoss },
      curve: recorder.curve,
      evaluations,
      sharpness,
      seconds: (now() - begun) / 1000,
    };
  } finally {
    forgetSignal();
    trainer.dispose();
  }
}

/** @param {Trainer} trainer @returns {TrialProgress} */
function describeProgress(trainer) {
  return { step: trainer.stepsTaken, totalSteps: trainer.totalSteps, smoothed: trainer.smoothedLoss };
}

/** @param {Trainer} trainer @param {import('../../run/session.js').RunEnd} end */
function describeTrial(trainer, end) {
  const {
    config,
    steps,
    diverged,
    diverged_at,
    infeasible,
    verdict,
    episodes,
    best,
    val,
    grad_norm,
    clipped_fraction,
    digest,
  } = reportRun(trainer, end, { samplesPerSecond: 0 });
  const { baseline_loss, ...summary } = trainer.summary();
  return {
    config,
    seed: config.seed,
    steps,
    diverged,
    diverged_at,
    infeasible,
    verdict,
    episodes,
    train_samples: trainer.trainCount,
    baseline_loss,
    best,
    val,
    grad_norm: {
      ...grad_norm,
      untypical: steps - summary.typical_count,
      suggested: summary.norm_suggested,
      typical: summary.typical_p90,
      typical_p50: summary.typical_p50,
    },
    norm_histogram: trainer.normHistogram(),
    clipped_fraction,
    clip_scale: summary.clip_scale,
    digest,
  };
}
