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

import { judgeValue, parseSettings } from '../config/config.js';
import { configToSearch, formatValue } from '../config/config_text.js';
import { unknownName } from '../config/names.js';
import { changeSettings } from '../config/rules.js';
import { FIELD_BY_NAME } from '../config/schema.js';
import { TrainerError } from '../core/errors.js';
import { shortestFloat } from '../run/run_log.js';
import { count } from '../words/numbers.js';
import { plural } from '../words/sentences.js';
import { findBestPoint, groupTrials, judgePoint, judgeRates } from './judge/judge.js';
import { adviseSweep } from './sweep_advice.js';
import { onAbort } from './trial/abort.js';

/**
 * @typedef {import('./trial/runner.js').TrialRunner} TrialRunner
 * @typedef {import('./trial/trial.js').TrialResult} TrialResult
 * @typedef {import('./trial/trial.js').TrialProgress} TrialProgress
 * @typedef {import('./trial/trial.js').CurveDetail} CurveDetail
 * @typedef {import('./judge/judge.js').PointFigures} PointFigures
 * @typedef {import('./judge/judge.js').RateFigures} RateFigures
 * @typedef {import('../config/config.js').Config} Config
 * @typedef {import('../config/config.js').GivenConfig} GivenConfig
 * @typedef {import('../config/config.js').Problem} Problem
 * @typedef {import('../config/config.js').SettingValue} SettingValue
 * @typedef {import('../config/schema_text.js').Field} Field
 *
 * @typedef {{ field: string, values: SettingValue[] }} Axis
 * @typedef {import('../config/config.js').SomeSettings} Settings  of a point: its value on every axis, by name
 * @typedef {{ index: number, count: number }} Shard  index: 0 … count - 1
 *
 * @typedef {object} PlannedTrial
 * @property {number} index  in the whole grid
 * @property {Settings} changes
 * @property {number} seed
 * @property {Config} config  complete
 * @property {string} key
 *
 * @typedef {object} SweepPlan
 * @property {Config} config  complete: what the trials share
 * @property {Axis[]} axes
 * @property {number} seeds
 * @property {PlannedTrial[]} trials  of this shard; the last axis runs fastest, seeds faster still
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
 * @property {SweepTrial[]} trials
 * @property {SweepPoint[]} points  the same over the seeds
 * @property {BestTrial | null} best  of the best point, the trial whose best is the seeds' median (of an even number, the
 *   better of the middle two); null where no point is feasible, and where trials of the grid are missing: the best may be
 *   among them
 * @property {BestTrial | null} leading  the same of those that are here
 * @property {RateSummary | null} summary  null where lr is not swept, and where trials are missing
 * @property {number} size  trials of the whole grid, other shards' included
 * @property {string[]} notes  what to keep in mind about what is varied
 * @property {boolean} complete  false where the sweep was given up before its last trial
 */

/** Points that one a:b:n may have. */
const POINTS_MAX = 1000;

/** Trials of a whole sweep. */
const TRIALS_MAX = 100_000;

// ---- the grid --------------------------------------------------------------------------------------------------------

/**
 * @param {(string | Axis)[]} over  `lr=1e-4:1:9`, a logarithmic grid of 9 values; `warmup_steps=0,100`, any values;
 *   or an axis made already
 * @returns {Axis[]}
 * @throws {TrainerError} field `over`, in one sentence
 */
export function expandAxes(over) {
  if (over.length === 0) throw overError('needs a setting and its values, such as lr=1e-4:1:9.');
  const axes = over.map((axis) => (typeof axis === 'string' ? readAxis(axis) : judgeAxis(axis)));
  const again = axes.find(({ field }, i) => axes.findIndex((axis) => axis.field === field) < i);
  if (again) throw overError(`names ${again.field} twice.`);
  return axes;
}

/** @param {string} text @returns {Axis} */
function readAxis(text) {
  const at = text.indexOf('=');
  if (at < 1) throw overError(`must be a setting and its values, such as lr=1e-4:1:9, not "${text}".`);
  const field = findField(text.slice(0, at).trim().replaceAll('-', '_'));
  const isNumber = field.kind === 'real' || field.kind === 'int';
  /** @type {SettingValue[]} */
  const values = [];
  for (const part of splitValues(text.slice(at + 1))) {
    if (isNumber && part.includes(':')) values.push(...expandRange(field, part));
    else values.push(part);
  }
  return judgeAxis({ field: field.name, values });
}

/** @param {Axis} axis  with values as users give them @returns {Axis} */
function judgeAxis({ field: name, values: given }) {
  const field = findField(name);
  const values = given.map((value) => readValue(field, value));
  if (values.length === 0) throw overError(`${name} has no values.`);
  const again = values.find((value, i) => values.indexOf(value) < i);
  if (again !== undefined) throw overError(`${name} has the value ${formatValue(again)} twice.`);
  return { field: name, values };
}

/** @param {string} name */
function findField(name) {
  const field = FIELD_BY_NAME.get(name);
  if (!field) throw overError(`knows no setting ${unknownName(name, [...FIELD_BY_NAME.keys()])}`);
  return field;
}

/** Splits at the commas that are not inside a model's brackets. @param {string} text */
function splitValues(text) {
  /** @type {string[]} */
  const parts = [''];
  let depth = 0;
  for (const character of text) {
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (character === ',' && depth <= 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim());
}

/** @param {Field} field @param {unknown} value */
function readValue(field, value) {
  const judged = judgeValue(field, value);
  if ('complaint' in judged) throw overError(`${field.name} ${judged.complaint}`);
  return judged.value;
}

/**
 * a:b:n: n values from a to b with equal ratios, a and b exactly as typed. Whole numbers are rounded, and those that
 * round to the same are taken once.
 *
 * @param {Field} field
 * @param {string} text
 * @returns {number[]}
 */
function expandRange(field, text) {
  const [from, to, count, ...rest] = text.split(':');
  const n = /^\d+$/.test(count ?? '') ? Number(count) : NaN;
  if (rest.length > 0 || !(n >= 2 && n <= POINTS_MAX)) {
    throw overError(`${field.name} must be from:to:count with a count from 2 to ${POINTS_MAX}, not "${text}".`);
  }
  const [a, b] = /** @type {[number, number]} */ ([readValue(field, from), readValue(field, to)]);
  if (!(a > 0 && b > 0)) {
    throw overError(
      `${field.name}: a logarithmic grid needs both ends above 0, not "${text}"; a list takes any values.`,
    );
  }
  if (a === b) throw overError(`${field.name}: the two ends of "${text}" are the same.`);
  const inner = Array.from({ length: n - 2 }, (_, i) => a * (b / a) ** ((i + 1) / (n - 1)));
  const round = field.kind === 'int' ? Math.round : roundToFloat;
  return [...new Set([a, ...inner.map(round), b])];
}

/** The decimal to read and type again of the float32 that the engine computes with. @param {number} value */
function roundToFloat(value) {
  return shortestFloat(Math.fround(value));
}

/** @param {Axis[]} axes @returns {Settings[]}  the last axis runs fastest */
export function listPoints(axes) {
  /** @type {Settings[]} */
  let points = [{}];
  for (const { field, values } of axes) {
    points = points.flatMap((point) => values.map((value) => ({ ...point, [field]: value })));
  }
  return points;
}

/**
 * `2/8` as a shard: the second of eight.
 *
 * @param {string} text
 * @returns {Shard}
 */
export function parseShard(text) {
  const [, part, parts] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  const [index, count] = [Number(part) - 1, Number(parts)];
  if (index >= 0 && index < count) return { index, count };
  throw new TrainerError('setting', 'shard', `shard must be a part of a number of parts, such as 2/8, not "${text}".`);
}

// ---- the plan --------------------------------------------------------------------------------------------------------

/**
 * Every trial of a sweep, judged before the first one runs.
 *
 * @param {object} sweep
 * @param {GivenConfig} sweep.config
 * @param {(string | Axis)[]} sweep.over
 * @param {number} [sweep.seeds]  each point is trained with seed, seed + 1, …
 * @param {Shard | null} [sweep.shard]  every count-th trial only: several machines share a sweep
 * @param {string} [sweep.fingerprint]  tells the caller's own data apart in keys; '' for generated data
 * @param {(config: GivenConfig) => { config: Config, problems: Problem[] }} [sweep.parseConfig]  an engine's,
 *   which knows the rules between settings and the model text as well; the tables' by default
 * @returns {SweepPlan}
 * @throws {TrainerError} with the first thing that is wrong
 */
export function planSweep({ config, over, seeds = 1, shard = null, fingerprint = '', parseConfig = parseSettings }) {
  const axes = expandAxes(over);
  const base = requireConfig(parseConfig, config, 'setting');
  const size = countTrials(axes, seeds);
  if (size > TRIALS_MAX) {
    throw overError(`makes ${plural(size, 'trial')}; ${count(TRIALS_MAX)} are the most.`);
  }
  const { index: first, count: shards } = shard ?? { index: 0, count: 1 };
  requireConfig(parseConfig, { ...base, seed: base.seed + seeds - 1 }, 'setting');
  /** @type {PlannedTrial[]} */
  const trials = [];
  for (const [p, changes] of listPoints(axes).entries()) {
    const point = requireConfig(parseConfig, changeSettings(base, changes), 'point');
    for (let i = 0; i < seeds; i++) {
      const index = p * seeds + i;
      if (index % shards !== first) continue;
      const seeded = { ...point, seed: point.seed + i };
      const key = `${configToSearch(seeded)}${fingerprint && `#${fingerprint}`}`;
      trials.push({ index, changes, seed: seeded.seed, config: seeded, key });
    }
  }
  return { config: base, axes, seeds, trials };
}

/** Trials of a whole grid. @param {Axis[]} axes @param {number} seeds */
function countTrials(axes, seeds) {
  return axes.reduce((product, { values }) => product * values.length, seeds);
}

/**
 * @param {(config: GivenConfig) => { config: Config, problems: Problem[] }} parseConfig
 * @param {GivenConfig} given
 * @param {'setting' | 'point'} what  of a point, the axes are to blame
 * @returns {Config}
 */
function requireConfig(parseConfig, given, what) {
  const { config, problems } = parseConfig(given);
  if (problems.length === 0) return config;
  const { field, message, position = null } = problems[0];
  if (what === 'point') throw overError(`makes a point that cannot be trained: ${message}`);
  const error = new TrainerError('setting', field, message);
  error.position = position;
  throw error;
}

/** @param {string} rest */
function overError(rest) {
  return new TrainerError('setting', 'over', `over ${rest}`);
}

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
 *   signal?: AbortSignal,
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
    const lanes = Array.from({ length: Math.min(runner.jobs, waiting.length) }, async () => {
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
export function summarizeSweep({ config, axes, seeds, trials: planned }, trials) {
  const groups = groupTrials(trials, ({ changes }) => changes);
  const points = groups.map((group) => ({ changes: group[0].changes, trials: group, figures: judgePoint(group) }));
  const best = findBestPoint(points);
  const leading = best < 0 ? null : describeBest(points[best]);
  const size = countTrials(axes, seeds);
  const isWhole = trials.length === size;
  return {
    config,
    over: axes,
    seeds,
    trials,
    points: points.map(({ changes, figures }) => ({ changes, ...figures })),
    best: isWhole ? leading : null,
    leading,
    summary: isWhole && axes.some(({ field }) => field === 'lr') ? summarizeRates(trials) : null,
    size,
    notes: adviseSweep(axes.map(({ field }) => field)),
    complete: trials.length === planned.length,
  };
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
