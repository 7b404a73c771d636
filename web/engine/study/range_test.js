/**
 * The LR range test: a short run whose learning rate rises, the loss against the rate, and what to read off it.
 *
 * It trains runs of its own and never touches another. The grid of rates, the smoothing, the rule that stops the
 * test and the rules that suggest a rate are C's (include/trainscope/range_test.h); this file asks for them in order.
 */

import { TrainerError } from '../core/errors.js';
import { number } from '../words/numbers.js';
import { ofSeeds, plural } from '../words/sentences.js';
import { bandOf, medianOf, spreadOf } from './trial/statistics.js';

/**
 * @typedef {import('../engine.js').Engine} Engine
 * @typedef {import('../config/config.js').Config} Config
 * @typedef {import('../config/config.js').RangeOptions} RangeOptions
 * @typedef {import('./trial/runner.js').StepRunner} StepRunner
 * @typedef {'completed' | 'diverged' | 'non-finite' | 'too-few-points'} RangeStop
 *
 * @typedef {object} Suggestions  learning rates, null where a rule has none
 * @property {number | null} steepest  the preset's own headline
 * @property {number | null} valley
 * @property {number | null} slide
 * @property {number | null} minimum_tenth
 * @property {number | null} steep
 *
 * @typedef {object} SeedResult
 * @property {number} seed
 * @property {RangeStop} stop
 * @property {Suggestions} suggestion
 * @property {number | null} halfway  the rate at which half of the loss's drop was made
 * @property {boolean | null} is_halfway  whether the steepest descent is half way down; null where there is none
 * @property {string | null} message  why there is no suggestion, and what to do about it
 *
 * @typedef {object} Halfway  whether the suggestion is "halfway the sharpest downward slope"
 * @property {number | null} lr  the rate at which half of the drop was made; the median over the seeds
 * @property {number} off  seeds whose steepest descent is elsewhere
 * @property {number} of  seeds that have both
 * @property {boolean} clear  whether there is one slope that both see: at most half of the seeds are far off
 * @property {string | null} says  the same in a sentence with its numbers
 *
 * @typedef {object} RangeResult
 * @property {Config} config  the settings that the test ran with
 * @property {RangeOptions} options  the options of the test, complete
 * @property {number[]} lr  of the first seed, as are loss, smoothed and stop
 * @property {number[]} loss  as measured; point i is the batch's loss before the update with lr[i]
 * @property {number[]} smoothed
 * @property {RangeStop} stop
 * @property {string | null} message
 * @property {Suggestions} suggestion  medians over the seeds that have one
 * @property {Record<keyof Suggestions, import('./trial/statistics.js').Spread | null>} spread  of the suggestions over the seeds
 * @property {Halfway} halfway
 * @property {{ base: number | null, max: number | null }} range  for cyclical rates; medians likewise
 * @property {import('./trial/statistics.js').Band | null} band  of the smoothed curves over the rates; null for one seed
 * @property {SeedResult[]} seeds
 * @property {number} seconds
 *
 * @typedef {object} RangeReading  what an LR range test says, read off a trial whose rate rises
 * @property {number[]} lr  up to the point where the test stops
 * @property {number[]} smoothed
 * @property {import('../engine.js').Suggestion} suggestion
 *
 * @typedef {Pick<Engine, 'parseRangeOptions' | 'rangeRates' | 'createRangeCurve' | 'suggest'>} RangeFormulas  what of an
 *   engine reads a range test
 * @typedef {import('./trial/trial.js').TrialResult} TrialResult
 *
 * @typedef {{ lr: number[], loss: number[], smoothed: number[], nonFinite: boolean, exceeded: boolean }} Curve
 * @typedef {{ seed: number, index: number, lr: number, loss: number, smoothed: number }} RangePoint
 * @typedef {Omit<SeedResult, 'seed'> & { range: { base: number | null, max: number | null } }} Judged
 */

/** The rules whose medians are reported. @type {(keyof Suggestions)[]} */
const RULES = ['steepest', 'valley', 'slide', 'minimum_tenth', 'steep'];

/**
 * @param {object} test
 * @param {Engine} test.engine
 * @param {StepRunner} test.runner
 * @param {Config} test.config  complete; its schedule, warmup, steps and changes do not count
 * @param {RangeOptions} test.options  complete options of the table range_test
 * @param {() => number} test.now  a clock in milliseconds
 * @param {AbortSignal} [test.signal]  gives the test up
 * @param {(point: RangePoint) => void} [test.onPoint]
 * @returns {Promise<RangeResult>}
 * @throws {TrainerError} code "cancelled" where the signal says so; whatever making a run throws
 */
export async function runRangeTest({ engine, runner, config, options, now, signal, onPoint }) {
  const begun = now();
  const plan = planRun(config, options);
  /** @type {(Judged & { seed: number, curve: Curve })[]} */
  const tests = [];
  for (let i = 0; i < options.seeds; i++) {
    const seed = config.seed + i;
    const curve = await measureCurve({ engine, runner, config: { ...plan, seed }, options, signal, onPoint });
    tests.push({ seed, curve, ...judgeCurve(engine, curve, options) });
  }
  const [first] = tests;
  return {
    config,
    options,
    lr: first.curve.lr,
    loss: first.curve.loss,
    smoothed: first.curve.smoothed,
    stop: first.stop,
    message: first.message,
    suggestion: perRule((rule) => medianOf(known(tests, rule))),
    spread: perRule((rule) => spreadOf(known(tests, rule))),
    halfway: judgeHalfway(tests, engine.rangeHalfwayFactor),
    range: {
      base: medianOfKnown(tests.map((test) => test.range.base)),
      max: medianOfKnown(tests.map((test) => test.range.max)),
    },
    band:
      tests.length > 1
        ? bandOf(
            engine.rangeRates(options),
            tests.map((test) => test.curve.smoothed),
          )
        : null,
    seeds: tests.map(({ curve, range, ...seed }) => seed),
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
export function readRangeTest(engine, { config, curve }) {
  if (!curve) throw new Error('a range test needs a trial with every step recorded');
  const { lr_min, lr: lr_max, steps: points } = config;
  const options = engine.parseRangeOptions({ lr_min, lr_max, points });
  const rates = engine.rangeRates(options);
  const smoother = engine.createRangeCurve(options);
  /** @type {{ lr: number[], smoothed: number[] }} */
  const reading = { lr: [], smoothed: [] };
  for (const [i, loss] of curve.loss.entries()) {
    const { smoothed, stop } = smoother.add(loss);
    reading.lr.push(rates[i]);
    reading.smoothed.push(smoothed);
    if (stop || !Number.isFinite(loss)) break;
  }
  return { ...reading, suggestion: engine.suggest(reading.lr, reading.smoothed) };
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
 * @param {AbortSignal} [test.signal]
 * @param {(point: RangePoint) => void} [test.onPoint]
 * @returns {Promise<Curve>}
 */
async function measureCurve({ engine, runner, config, options, signal, onPoint }) {
  const rates = engine.rangeRates(options);
  const smoother = engine.createRangeCurve(options);
  /** @type {Curve} */
  const curve = { lr: [], loss: [], smoothed: [], nonFinite: false, exceeded: false };
  const run = await runner.makeRun({ ...config, lr: rates[0] });
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
 * @returns {Judged}
 */
function judgeCurve(engine, curve, options) {
  const { preset, skip_begin, skip_end } = options;
  const suggested = engine.suggest(curve.lr, curve.smoothed, { preset, skipBegin: skip_begin, skipEnd: skip_end });
  const tooFew = curve.lr.length < suggested.points_needed;
  /** @type {RangeStop} */
  const stop = tooFew ? 'too-few-points' : curve.nonFinite ? 'non-finite' : curve.exceeded ? 'diverged' : 'completed';
  const hasBoth = suggested.steepest !== null && suggested.halfway !== null;
  return {
    stop,
    suggestion: perRule((rule) => suggested[rule]),
    halfway: suggested.halfway,
    is_halfway: hasBoth ? suggested.is_halfway : null,
    range: { base: suggested.base, max: suggested.max },
    message: tooFew ? explainTooFew(curve, suggested.points_needed) : null,
  };
}

/** @param {Curve} curve @param {number} needed */
function explainTooFew(curve, needed) {
  const advice =
    curve.nonFinite || curve.exceeded ? 'the loss blew up at once, so start from a lower lr_min' : 'take more points';
  return `The test has ${plural(curve.lr.length, 'point')}, but a suggestion needs at least ${needed}: ${advice}.`;
}

/**
 * @param {{ halfway: number | null, is_halfway: boolean | null, suggestion: Suggestions }[]} tests  one per seed
 * @param {number} factor  up to which the two count as the same
 * @returns {Halfway}
 */
function judgeHalfway(tests, factor) {
  const judged = tests.filter(({ is_halfway }) => is_halfway !== null);
  const off = judged.filter(({ is_halfway }) => !is_halfway).length;
  const far = judged.filter((test) => isFarOff(test, factor)).length;
  const lr = medianOfKnown(judged.map(({ halfway }) => halfway));
  const steepest = medianOfKnown(judged.map(({ suggestion }) => suggestion.steepest));
  const says =
    lr === null || steepest === null ? null : explainHalfway({ steepest, halfway: lr, off, of: judged.length, factor });
  return { lr, off, of: judged.length, clear: 2 * far <= judged.length, says };
}

/**
 * Whether the range test's steepest descent is "halfway the sharpest downward slope", as the saying goes.
 *
 * @param {{ steepest: number, halfway: number, off: number, of: number, factor: number }} found  medians over `of` seeds,
 *   in `off` of which the two are further apart than the factor
 */
export function explainHalfway({ steepest, halfway, off, of, factor }) {
  const half = `half of the loss’s drop was made at ${number(halfway)}`;
  if (off === 0) {
    const where = of === 1 ? 'The steepest descent is' : `In all ${of} seeds the steepest descent is`;
    return `${where} halfway the sharpest downward slope, within a factor of ${factor}: ${half}.`;
  }
  const where = of === 1 ? 'The steepest descent is' : `In ${ofSeeds(off, of)} the steepest descent is`;
  const medians = of === 1 ? '' : ' (medians)';
  const times = number(Math.max(steepest / halfway, halfway / steepest));
  const apart = `${times} times ${steepest < halfway ? 'lower' : 'higher'}`;
  return `${where} not halfway the sharpest downward slope, but off by more than a factor of ${factor}: ${half}, the steepest descent ${number(steepest)} is ${apart}${medians}.`;
}

/**
 * Whether the steepest descent is elsewhere by so much that it stands on another slope, or on noise: not half way down,
 * and off by the factor twice over.
 *
 * @param {{ halfway: number | null, is_halfway: boolean | null, suggestion: Suggestions }} test
 * @param {number} factor
 */
function isFarOff({ halfway, is_halfway, suggestion: { steepest } }, factor) {
  if (is_halfway !== false || halfway === null || steepest === null) return false;
  return Math.max(steepest / halfway, halfway / steepest) > factor * factor;
}

/**
 * @template T
 * @param {(rule: keyof Suggestions) => T} judge
 * @returns {Record<keyof Suggestions, T>}
 */
function perRule(judge) {
  return /** @type {Record<keyof Suggestions, T>} */ (Object.fromEntries(RULES.map((rule) => [rule, judge(rule)])));
}

/** What the seeds that have a suggestion suggest. @param {Judged[]} tests @param {keyof Suggestions} rule */
function known(tests, rule) {
  return tests.map(({ suggestion }) => suggestion[rule]).filter((rate) => rate !== null);
}

/** @param {(number | null)[]} values */
function medianOfKnown(values) {
  return medianOf(values.filter((value) => value !== null));
}
