/**
 * The LR range test: a short run whose learning rate rises, the loss against the rate, and what to read off it.
 *
 * It trains runs of its own and never touches another. The grid of rates, the smoothing, the rule that stops the
 * test and the rules that suggest a rate are C's (include/trainscope/range_test.h); this file asks for them in order.
 */

import { SCHEMA } from '../config/schema.js';
import { TrainerError } from '../core/errors.js';
import { ARTICLE_PRESET } from './judge/playbook.js';
import { hasFall, RULES } from './range_result.js';
import { explainHalfway, explainNoDescent, explainRule, explainTooFew, sayCounting, sayStops } from './range_words.js';
import { bandOf, medianOf, spreadOf } from './trial/statistics.js';

/**
 * @typedef {import('../engine.js').Engine} Engine
 * @typedef {import('../config/config.js').Config} Config
 * @typedef {import('../config/config.js').RangeOptions} RangeOptions
 * @typedef {import('../range/range_check.js').RangeCheck} RangeCheck
 * @typedef {import('./trial/runner.js').StepRunner} StepRunner
 * @typedef {import('./range_result.js').Rule} Rule
 * @typedef {import('./range_result.js').RangeStop} RangeStop
 * @typedef {import('./range_result.js').Suggestions} Suggestions
 * @typedef {import('./range_result.js').SeedResult} SeedResult
 * @typedef {import('./range_result.js').Halfway} Halfway
 * @typedef {import('./range_result.js').RangeResult} RangeResult
 *
 * @typedef {object} RangeReading  what an LR range test says, read off a trial whose rate rises
 * @property {number[]} lr  up to the point where the test stops
 * @property {number[]} smoothed
 * @property {import('../engine.js').Suggestion} suggestion  as it is read, whatever the checks say
 * @property {boolean} falls  whether the loss falls by more than its noise, and below guessing
 *
 * @typedef {Pick<Engine, 'parseRangeOptions' | 'rangeRates' | 'createRangeCurve' | 'judgeCurve'>} RangeFormulas  what of an
 *   engine reads a range test
 * @typedef {import('./trial/trial.js').TrialResult} TrialResult
 *
 * @typedef {{ lr: number[], loss: number[], smoothed: number[], batch: number, baseline: number, nonFinite: boolean,
 *             exceeded: boolean }} Curve
 * @typedef {{ seed: number, index: number, lr: number, loss: number, smoothed: number }} RangePoint
 * @typedef {Omit<SeedResult, 'seed'> & { range: { base: number | null, max: number | null } }} Judged
 */

/**
 * @param {object} test
 * @param {Engine} test.engine
 * @param {StepRunner} test.runner
 * @param {Config} test.config  complete; its schedule, warmup, steps and changes do not count
 * @param {RangeOptions} test.options  complete options of the table range_test
 * @param {() => number} test.now  a clock in milliseconds
 * @param {import('./trial/abort.js').Signal} [test.signal]  gives the test up
 * @param {(point: RangePoint) => void} [test.onPoint]
 * @param {(index: number) => boolean} [test.isOurs]  whether the index-th seed is tested here; all are by default
 * @param {Map<number, Curve>} [test.known]  curves that were measured before, by seed: whoever's they are, they count
 * @param {(seed: number, curve: Curve) => void} [test.onCurve]  a curve was measured
 * @returns {Promise<RangeResult>}
 * @throws {TrainerError} code "cancelled" where the signal says so; whatever making a run throws
 */
export async function runRangeTest({
  engine,
  runner,
  config,
  options,
  now,
  signal,
  onPoint,
  isOurs = () => true,
  known: measured = new Map(),
  onCurve,
}) {
  const begun = now();
  const plan = planRun(config, options);
  const { headline } = SCHEMA.range_traits[options.preset];
  const rule = /** @type {Rule} */ (headline);
  /** @type {(Judged & { seed: number, curve: Curve })[]} */
  const tests = [];
  for (let i = 0; i < options.seeds; i++) {
    const seed = config.seed + i;
    const found = measured.get(seed);
    if (!found && !isOurs(i)) continue;
    const curve =
      found ?? (await measureCurve({ engine, runner, config: { ...plan, seed }, options, signal, onPoint }));
    if (!found) onCurve?.(seed, curve);
    tests.push({ seed, curve, ...judgeSeed(engine, curve, options, rule) });
  }
  const [first] = tests;
  const seeds = tests.map(({ curve, range, ...seed }) => seed);
  const suggestion = perRule((rule) => medianOfMost(tests.map((test) => test.suggestion[rule])));
  return {
    config,
    options,
    lr: first.curve.lr,
    loss: first.curve.loss,
    smoothed: first.curve.smoothed,
    stop: first.stop,
    ending: sayStops(seeds),
    headline: rule,
    clear: suggestion[rule] !== null,
    message: suggestion[rule] === null ? sayUnclear(seeds) : null,
    suggestion,
    read: perRule((rule) => medianOfKnown(tests.map((test) => test.read[rule]))),
    spread: perRule((rule) => spreadOf(known(tests.map((test) => test.suggestion[rule])))),
    counting: perRule((rule) => sayCounting(rule, seeds)),
    halfway: judgeHalfway(seeds, engine.rangeHalfwayFactor),
    range: {
      base: medianOfMost(tests.map((test) => test.range.base)),
      max: medianOfMost(tests.map((test) => test.range.max)),
    },
    band:
      tests.length > 1
        ? bandOf(
            engine.rangeRates(options),
            tests.map((test) => test.curve.smoothed),
          )
        : null,
    seeds,
    seconds: (now() - begun) / 1000,
  };
}

/**
 * The range test in a trial whose rate rises over the grid: the curve up to the point where the test would have
 * stopped, and what the rules suggest.
 *
 * @param {RangeFormulas} engine
 * @param {TrialResult} trial  with every step recorded
 * @returns {RangeReading}
 */
export function readRangeTest(engine, { config, curve, baseline_loss }) {
  if (!curve) throw new Error('a range test needs a trial with every step recorded');
  const { lr_min, lr: lr_max, steps: points } = config;
  const options = engine.parseRangeOptions({ preset: ARTICLE_PRESET, lr_min, lr_max, points });
  const rates = engine.rangeRates(options);
  const smoother = engine.createRangeCurve(options);
  /** @type {{ lr: number[], smoothed: number[] }} */
  const reading = { lr: [], smoothed: [] };
  /** @type {number[]} */
  const measured = [];
  for (const [i, loss] of curve.loss.entries()) {
    const { smoothed, stop } = smoother.add(loss);
    reading.lr.push(rates[i]);
    reading.smoothed.push(smoothed);
    measured.push(loss);
    if (stop || !Number.isFinite(loss)) break;
  }
  const judged = { ...reading, loss: measured, batch: config.batch, baseline: baseline_loss };
  const { suggestion, check } = engine.judgeCurve(judged, { preset: ARTICLE_PRESET });
  return { ...reading, suggestion, falls: hasFall(check) };
}

/**
 * The config of the test's own runs. The rate is set before each step, because a preset's grid need not be one of
 * the schedules; a constant schedule takes it as it is.
 *
 * @param {Config} config
 * @param {RangeOptions} options
 * @returns {Config}
 */
function planRun(config, options) {
  if (!(options.lr_max > options.lr_min)) {
    throw new TrainerError(
      'setting',
      'lr_max',
      `lr_max must be greater than lr_min (${options.lr_min}), not ${options.lr_max}.`,
    );
  }
  return {
    ...config,
    schedule: 'constant',
    warmup_steps: 0,
    steps: options.points,
    changes: [],
  };
}

/**
 * @param {object} test
 * @param {Engine} test.engine
 * @param {StepRunner} test.runner
 * @param {Config} test.config
 * @param {RangeOptions} test.options
 * @param {import('./trial/abort.js').Signal} [test.signal]
 * @param {(point: RangePoint) => void} [test.onPoint]
 * @returns {Promise<Curve>}
 */
async function measureCurve({ engine, runner, config, options, signal, onPoint }) {
  const rates = engine.rangeRates(options);
  const smoother = engine.createRangeCurve(options);
  const run = await runner.makeRun({ ...config, lr: rates[0] });
  /** @type {Curve} */
  const curve = {
    lr: [],
    loss: [],
    smoothed: [],
    batch: options.on === 'val' ? 0 : config.batch,
    baseline: run.baseline,
    nonFinite: false,
    exceeded: false,
  };
  try {
    for (let index = 0; index < rates.length; index++) {
      signal?.throwIfAborted();
      const lr = rates[index];
      const step = await run.step({ lr });
      const loss = options.on === 'val' && !step.diverged ? await run.evaluate() : step.loss;
      const { smoothed, stop } = smoother.add(loss);
      curve.lr.push(lr);
      curve.loss.push(loss);
      curve.smoothed.push(smoothed);
      onPoint?.({ seed: config.seed, index, lr, loss, smoothed });
      curve.nonFinite = step.diverged || !Number.isFinite(loss);
      curve.exceeded = stop;
      if (curve.nonFinite || stop) break;
    }
    return curve;
  } finally {
    run.dispose();
  }
}

/**
 * @param {Engine} engine
 * @param {Curve} curve
 * @param {RangeOptions} options
 * @param {Rule} headline
 * @returns {Judged}
 */
function judgeSeed(engine, curve, options, headline) {
  const { preset, mode, skip_begin: skipBegin, skip_end: skipEnd } = options;
  const { suggestion: read, check } = engine.judgeCurve(curve, { preset, mode, skipBegin, skipEnd });
  const tooFew = curve.lr.length < read.points_needed;
  /** @type {RangeStop} */
  const stop = tooFew ? 'too-few-points' : curve.nonFinite ? 'non-finite' : curve.exceeded ? 'diverged' : 'completed';
  const reason = tooFew
    ? explainTooFew(curve.lr.length, read.points_needed, curve)
    : explainNoDescent(check, stop, curve.lr[curve.lr.length - 1]);
  const reasons = perRule((rule) => reason ?? explainRule(rule, check, read));
  const hasBoth = read.steepest !== null && read.halfway !== null && reason === null;
  return {
    stop,
    lr_end: curve.lr[curve.lr.length - 1],
    drawn: describeDrawn(curve),
    clear: reasons[headline] === null,
    reason: reasons[headline],
    suggestion: perRule((rule) => (reasons[rule] === null ? read[rule] : null)),
    reasons,
    read: perRule((rule) => read[rule]),
    halfway: reason === null ? read.halfway : null,
    is_halfway: hasBoth ? read.is_halfway : null,
    range: reason === null ? { base: read.base, max: read.max } : { base: null, max: null },
    check,
  };
}

/** The smoothed curve's own lowest point and its end: what C judges are the losses as measured. @param {Curve} curve @returns {import('./range_result.js').Drawn} */
function describeDrawn({ lr, smoothed }) {
  const finite = smoothed.filter(Number.isFinite);
  if (finite.length === 0) return { low: null, low_lr: null, end: null };
  const low = Math.min(...finite);
  return { low, low_lr: lr[smoothed.indexOf(low)], end: finite[finite.length - 1] };
}

/** Why the headline suggests nothing: the first seed's reason, and how many have one. @param {SeedResult[]} seeds */
function sayUnclear(seeds) {
  const unclear = seeds.filter(({ clear }) => !clear);
  const [{ seed, reason }] = unclear;
  return seeds.length === 1
    ? reason
    : `${unclear.length} of ${seeds.length} seeds show no clear rate. Seed ${seed}: ${reason}`;
}

/**
 * @param {SeedResult[]} seeds
 * @param {number} factor  up to which the two count as the same
 * @returns {Halfway}
 */
function judgeHalfway(seeds, factor) {
  const judged = seeds.flatMap(({ halfway, is_halfway, read: { steepest } }) =>
    halfway === null || steepest === null || is_halfway === null ? [] : [{ steepest, halfway, is_halfway }],
  );
  return {
    lr: medianOf(judged.map(({ halfway }) => halfway)),
    off: judged.filter(({ is_halfway }) => !is_halfway).length,
    of: judged.length,
    says: judged.length === 0 ? null : explainHalfway(judged, factor),
  };
}

/**
 * @template T
 * @param {(rule: Rule) => T} judge
 * @returns {Record<Rule, T>}
 */
function perRule(judge) {
  return /** @type {Record<Rule, T>} */ (Object.fromEntries(RULES.map((rule) => [rule, judge(rule)])));
}

/** @param {(number | null)[]} values */
function known(values) {
  return values.filter((value) => value !== null);
}

/** @param {(number | null)[]} values */
function medianOfKnown(values) {
  return medianOf(known(values));
}

/** The median of what is known; null where less than half is. @param {(number | null)[]} values */
function medianOfMost(values) {
  return 2 * known(values).length >= values.length ? medianOfKnown(values) : null;
}
