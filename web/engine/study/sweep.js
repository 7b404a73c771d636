/**
 * Sweeps: a grid over one setting or several, every point trained with several seeds, and what the whole says.
 *
 *     const result = await runSweep({ runner, config, over: ['lr=1e-4:1:9', 'warmup_steps=0,100'], seeds: 3 });
 *     result.summary.lr_best;
 *
 * A trial is named by its key, the settings that make it; so trials that are known from an earlier sweep are not
 * computed again, whatever grid they belonged to. Trials come out in the order of the grid, whoever computed them in
 * which order.
 */

import { findBestPoint, groupTrials, judgePoint, judgeRates } from './judge/judge.js';
import { adviseSweep } from './sweep_advice.js';
import { planSweep } from './sweep_plan.js';
import { onAbort } from './trial/abort.js';

/**
 * @typedef {import('./trial/runner.js').TrialRunner} TrialRunner
 * @typedef {import('./trial/trial.js').TrialResult} TrialResult
 * @typedef {import('./trial/trial.js').TrialProgress} TrialProgress
 * @typedef {import('./trial/trial.js').CurveDetail} CurveDetail
 * @typedef {import('./judge/judge.js').PointFigures} PointFigures
 * @typedef {import('./judge/judge.js').RateFigures} RateFigures
 * @typedef {import('../config/config.js').Config} Config
 * @typedef {import('./sweep_axes.js').Axis} Axis
 * @typedef {import('./sweep_axes.js').Settings} Settings
 * @typedef {import('./sweep_plan.js').PlannedTrial} PlannedTrial
 * @typedef {import('./sweep_plan.js').SweepPlan} SweepPlan
 *
 * @typedef {Omit<TrialResult, 'config' | 'seconds' | 'norm_histogram' | 'curve' | 'evaluations' | 'sharpness'> &
 *           Partial<Pick<TrialResult, 'curve' | 'evaluations' | 'sharpness'>> & { changes: Settings }} SweepTrial
 *   a TrialResult told as what was changed; the curves only where they were asked for
 *
 * @typedef {{ changes: Settings } & PointFigures} SweepPoint
 * @typedef {{ changes: Settings } & RateFigures} RateRow  changes: the values on the axes other than lr
 * @typedef {RateFigures & { rows: RateRow[] }} RateSummary  the figures are those of the row with the best point
 *
 * @typedef {SweepTrial & { median: number }} BestTrial  median: of the best of its point's seeds
 *
 * @typedef {object} SweepResult
 * @property {Config} config
 * @property {Axis[]} over
 * @property {number} seeds
 * @property {number | null} sample  how many points were to be drawn instead of a grid
 * @property {SweepTrial[]} trials
 * @property {SweepPoint[]} points  the same over the seeds
 * @property {BestTrial | null} best  of the best point, the trial whose best is the seeds' median (of an even number, the
 *   better of the middle two); null where no point is feasible, and where trials of the grid are missing: the best may be
 *   among them
 * @property {BestTrial | null} leading  the same of those that are here
 * @property {RateSummary | null} summary  null where lr is not swept, or drawn together with other
 *   settings, and where trials are missing
 * @property {number} size  trials of the whole grid, other shards' included
 * @property {{ changes: Settings, seed: number }[]} missing  what of this plan is not among the trials
 * @property {string[]} notes  what to keep in mind about what is varied
 * @property {boolean} complete  false where the sweep was given up before its last trial
 */

// ---- the sweep -------------------------------------------------------------------------------------------------------

/**
 * Trains every trial of a sweep, as many at once as the runner has jobs.
 *
 * @param {(Parameters<typeof planSweep>[0] | { plan: SweepPlan }) & {
 *   runner: TrialRunner,
 *   known?: Map<string, SweepTrial>,
 *   record?: CurveDetail,
 *   onTrial?: (trial: SweepTrial, planned: PlannedTrial) => void,
 *   onProgress?: (planned: PlannedTrial, progress: TrialProgress) => void,
 *   signal?: import('./trial/abort.js').Signal,
 * }} sweep  what planSweep takes, or its plan, and: known: finished trials by key, which are not computed again; record:
 *   none, the default, leaves curves, evaluations and sharpness out; onTrial: a trial has just been computed, in order
 *   of finishing; known trials are not told; signal: gives the sweep up
 * @returns {Promise<SweepResult>}  where the signal gave the sweep up, of the trials that were finished
 * @throws {TrainerError} with what makes a trial impossible
 */
export async function runSweep(sweep) {
  const { runner, known = new Map(), record = 'none', onTrial, onProgress, signal } = sweep;
  const plan = 'plan' in sweep ? sweep.plan : planSweep(sweep);
  const done = plan.trials.map((planned) => recallTrial(planned, known));
  const waiting = plan.trials.map((_, i) => i).filter((i) => !done[i]);
  const stopper = new AbortController();
  const forgetSignal = onAbort(signal, () => stopper.abort(signal?.reason));

  /** One of the lanes in which trials follow each other. */
  const work = async () => {
    for (let i = waiting.shift(); i !== undefined; i = waiting.shift()) {
      stopper.signal.throwIfAborted();
      const planned = plan.trials[i];
      const result = await runner.trial(planned.config, {
        record,
        signal: stopper.signal,
        onProgress: onProgress && ((progress) => onProgress(planned, progress)),
      });
      const trial = describeTrial(planned, result, record);
      done[i] = trial;
      onTrial?.(trial, planned);
    }
  };
  try {
    const lanes = Array.from({ length: Math.min(runner.wanted ?? runner.jobs, waiting.length) }, async () => {
      try {
        await work();
      } catch (error) {
        // The first lane to fail ends the others.
        stopper.abort(error);
        throw error;
      }
    });
    const ends = await Promise.allSettled(lanes);
    if (ends.some(({ status }) => status === 'rejected') && !signal?.aborted) throw stopper.signal.reason;
  } finally {
    forgetSignal();
  }
  return summarizeSweep(
    plan,
    done.filter((trial) => trial !== undefined),
  );
}

/**
 * @param {PlannedTrial} planned
 * @param {TrialResult} result
 * @param {CurveDetail} record
 * @returns {SweepTrial}
 */
function describeTrial({ changes }, result, record) {
  const { config, seconds, curve, evaluations, sharpness, norm_histogram, ...told } = result;
  const { seed, diverged, infeasible, val, best, verdict, ...rest } = told;
  return {
    changes,
    seed,
    diverged,
    infeasible,
    val,
    best,
    verdict,
    ...rest,
    ...(record !== 'none' && { curve, evaluations, sharpness }),
  };
}

/**
 * The trials of a plan that are known, in its order.
 *
 * @param {SweepPlan} plan
 * @param {Map<string, SweepTrial>} known  by key
 * @returns {SweepTrial[]}
 */
export function recallTrials(plan, known) {
  return plan.trials.map((planned) => recallTrial(planned, known)).filter((trial) => trial !== undefined);
}

/**
 * A trial as this sweep's: the one it was computed for may have had other axes.
 *
 * @param {PlannedTrial} planned
 * @param {Map<string, SweepTrial>} known
 * @returns {SweepTrial | undefined}
 */
function recallTrial({ key, changes, seed }, known) {
  const trial = known.get(key);
  return trial && { ...trial, changes, seed };
}

/**
 * What the trials of a sweep say, all of them or those that are finished.
 *
 * @param {SweepPlan} plan
 * @param {SweepTrial[]} trials  in the order of the plan; some may be missing
 * @returns {SweepResult}
 */
export function summarizeSweep({ config, axes, seeds, sample, size, trials: planned }, trials) {
  const groups = groupTrials(trials, ({ changes }) => changes);
  const points = groups.map((group) => ({ changes: group[0].changes, trials: group, figures: judgePoint(group) }));
  const best = findBestPoint(points);
  const leading = best < 0 ? null : describeBest(points[best]);
  const isWhole = trials.length === size;
  const isOfRates = axes.some(({ field }) => field === 'lr');
  return {
    config,
    over: axes,
    seeds,
    sample,
    trials,
    points: points.map(({ changes, figures }) => ({ changes, ...figures })),
    best: isWhole ? leading : null,
    leading,
    // Of points that were drawn, hardly two share their other settings.
    summary: isWhole && isOfRates && (sample === null || axes.length === 1) ? summarizeRates(trials) : null,
    size,
    missing: listMissing(planned, trials),
    notes: adviseSweep(axes.map(({ field }) => field)),
    complete: trials.length === planned.length,
  };
}

/** @param {PlannedTrial[]} planned @param {SweepTrial[]} trials */
function listMissing(planned, trials) {
  if (trials.length === planned.length) return [];
  /** @param {{ changes: Settings, seed: number }} trial */
  const nameOf = ({ changes, seed }) => JSON.stringify([changes, seed]);
  const here = new Set(trials.map(nameOf));
  return planned.filter((trial) => !here.has(nameOf(trial))).map(({ changes, seed }) => ({ changes, seed }));
}

/** @param {{ trials: SweepTrial[], figures: PointFigures }} point  feasible */
function describeBest({ trials, figures }) {
  const byLoss = [...trials].sort((a, b) => (a.best?.loss ?? Infinity) - (b.best?.loss ?? Infinity));
  return { ...byLoss[(byLoss.length - 1) >> 1], median: /** @type {number} */ (figures.loss) };
}

/** @param {SweepTrial[]} trials @returns {RateSummary} */
function summarizeRates(trials) {
  const rows = groupTrials(trials, ({ changes }) => withoutRate(changes)).map((group) => {
    const points = groupTrials(group, ({ changes }) => changes.lr);
    return {
      changes: withoutRate(group[0].changes),
      ...judgeRates(points.map((own) => ({ lr: Number(own[0].changes.lr), trials: own }))),
    };
  });
  const losses = rows.map(({ best_loss }) => best_loss ?? Infinity);
  const best = losses.indexOf(Math.min(...losses));
  const { changes, ...figures } = rows[best] ?? { changes: {}, ...judgeRates([]) };
  return { ...figures, rows };
}

/** @param {Settings} changes @returns {Settings} */
function withoutRate({ lr, ...others }) {
  return others;
}
