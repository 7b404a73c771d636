/**
 * Cyclical learning rates against a fixed one, on the user's own settings: the range from an LR range test, triangles
 * and 1cycle within it, and fixed rates of the same range beside them. Whichever wins is kept.
 */

import { usesSetting } from '../../config/rules.js';
import { number, significant } from '../../words/numbers.js';
import { medianOver, plural } from '../../words/sentences.js';
import { BETTER_SHARE, isBetter } from '../judge/verdict.js';
import { readRangeTest } from '../range_test.js';
import { medianOf } from '../trial/statistics.js';
import { lowest, scoreInWords } from './compared.js';
import { runStandalone } from './standalone.js';

/**
 * @typedef {import('./compared.js').Candidate} Candidate
 * @typedef {import('./procedure.js').Procedure} Procedure
 * @typedef {import('../../config/config.js').Config} Config
 * @typedef {{ base: number, max: number }} Range
 */

/** Settings that are compared at most. */
const CANDIDATES_MAX = 9;

/** Cycles of the policies whose height shrinks: with fewer there is little to see of it. */
const HALVED_CYCLES = 4;

const FIXED = 'fixed';

/**
 * @param {import('./standalone.js').StandaloneOptions & {
 *   engine: import('../range_test.js').RangeFormulas,
 *   range?: number[],
 * }} options  engine: reads the range test; range: lowest and highest rate, where they are known
 * @returns {Promise<import('./standalone.js').Outcome>}  of the study's own: range; compared; cyclical_wins, null where
 *   nothing was compared
 */
export function runCyclicalStudy({ engine, range: [low, high] = [], ...options }) {
  return runStandalone('cyclical', options, async (procedure, known) => {
    Object.assign(known, { range: null, compared: [], cyclical_wins: null });
    procedure.fitBudget(CANDIDATES_MAX, 'the runs that are compared');
    const range =
      low && high ? { base: Math.min(low, high), max: Math.max(low, high) } : await testRange(procedure, engine);
    known.range = range;
    if (!range) {
      known.says = ['The range test found no range in which the loss falls: give one, or look at data and model.'];
      known.tone = 'bad';
      return;
    }
    procedure.begin('Comparing cyclical and fixed rates');
    const outcome = await procedure.compare(
      planCandidates(procedure.config, range),
      'The comparison of cyclical and fixed rates',
    );
    if (!outcome) return;
    const { compared, points } = outcome;
    const fixed = lowest(compared.filter(({ id }) => id.startsWith(FIXED)));
    const cyclical = lowest(compared.filter(({ id }) => !id.startsWith(FIXED)));
    const wins = isBetter(cyclical.figures.loss, fixed.figures.loss);
    const loses = isBetter(fixed.figures.loss, cyclical.figures.loss);
    const best = lowest(compared);
    Object.assign(known, { compared, cyclical_wins: wins, tone: wins ? 'good' : 'soft' });
    known.says = [
      `${wins ? 'A cycle wins' : loses ? 'A fixed rate wins' : 'Neither wins'}: best checkpoint ${scoreInWords(cyclical)} with ${cyclical.label.toLowerCase()}, ${scoreInWords(fixed)} at ${fixed.label.toLowerCase()}, ${medianOver(procedure.seeds)} (to win means below ${BETTER_SHARE} × the other).`,
      'The comparison flatters cycles in one respect: they are judged where their rate is low, which any schedule that decays would reach as well.',
    ];
    known.offer = { label: best.label.toLowerCase(), settings: best.runs[0].settings };
    procedure.addEvidence({
      kind: 'compared',
      title: 'Cycles and fixed rates',
      says: [
        `Rates between ${number(range.base)} and ${number(range.max)}; every run has ${plural(procedure.config.steps, 'step')}, compared by best checkpoint, ${medianOver(procedure.seeds)}.`,
      ],
      numbers: { ...range, cyclical_wins: wins },
      thresholds: { better_share: BETTER_SHARE },
      points,
      compared,
    });
  });
}

/**
 * @param {Procedure} procedure
 * @param {import('../range_test.js').RangeFormulas} engine
 * @returns {Promise<Range | null>}  medians over the seeds
 */
async function testRange(procedure, engine) {
  const { trainings, config, seeds } = procedure;
  procedure.begin('LR range test');
  const { lr_min, lr_max, points } = engine.parseRangeOptions({});
  /** @type {Config} */
  const planned = {
    ...config,
    schedule: 'range_exponential',
    lr_min,
    lr: lr_max,
    steps: points,
    warmup_steps: 0,
    eval_every: 0,
  };
  if (!trainings.canAfford([planned], seeds)) {
    procedure.skip('The range test');
    return null;
  }
  const [point] = await trainings.train([planned], seeds, 'every');
  const readings = point.trials.map((trial) => readRangeTest(engine, trial));
  const falling = readings.filter(({ falls }) => falls);
  const base = medianOf(falling.flatMap(({ suggestion }) => suggestion.base ?? []));
  const max = medianOf(falling.flatMap(({ suggestion }) => suggestion.max ?? []));
  const steepest = medianOf(falling.flatMap(({ suggestion }) => suggestion.steepest ?? []));
  const isShown = 2 * falling.length >= readings.length;
  const found = isShown && base !== null && max !== null && base < max;
  procedure.addEvidence({
    kind: 'range',
    title: 'The range in which the loss falls',
    says: [
      `${plural(points, 'step')} from ${number(lr_min)} to ${number(lr_max)}, ${medianOver(seeds)}: ${found ? `the range for cycles is ${number(base)} to ${number(max)}; steepest descent suggests ${number(steepest)}` : 'there is no stretch in which the loss falls'}.`,
    ],
    numbers: { base, max, steepest, lr: readings[0].lr, smoothed: readings[0].smoothed },
    thresholds: {},
    points: [point],
  });
  return found ? { base: significant(base), max: significant(max) } : null;
}

/**
 * Fixed rates, Smith's policies, and 1cycle with and without its momentum cycle where the rule has a momentum to lower.
 *
 * @param {Config} config
 * @param {Range} range
 * @returns {Candidate[]}
 */
function planCandidates(config, { base, max }) {
  const middle = significant(Math.sqrt(base * max));
  const rates = [...new Set([max, middle, config.lr])];
  /** @type {(cycles: number, changes?: import('../../config/config.js').SomeSettings) => Config} */
  const cycles = (count, changes = {}) => ({
    ...config,
    schedule: 'triangular',
    lr_min: base,
    lr: max,
    cycle_steps: Math.max(2, Math.floor(config.steps / count)),
    ...changes,
  });
  /** @type {(lr: number) => Candidate} */
  const fixed = (lr) => ({
    id: `${FIXED}-${lr}`,
    label: `Fixed rate ${number(lr)}`,
    config: { ...config, schedule: 'constant', lr },
  });
  /** @type {Config} */
  const onecycle = { ...config, schedule: 'onecycle', lr: max, cycle_momentum: false };
  const [first = null] = ['momentum', 'beta1'].filter((name) => usesSetting(config.optimizer, name));
  const momentum = first === null ? 0 : Number(config[first]);
  // What exp_range is left with after all steps is as low as the last of the halved cycles.
  const cycle_gamma = significant(0.5 ** ((HALVED_CYCLES - 1) / Math.max(1, config.steps)), 6);
  return [
    ...rates.map(fixed),
    { id: 'triangular-1', label: 'One triangle', config: cycles(1) },
    { id: 'triangular-2', label: 'Two triangles', config: cycles(2) },
    {
      id: 'triangular2',
      label: `${HALVED_CYCLES} triangles, each half as high`,
      config: cycles(HALVED_CYCLES, { schedule: 'triangular2' }),
    },
    {
      id: 'exp_range',
      label: `${HALVED_CYCLES} triangles, fading`,
      config: cycles(HALVED_CYCLES, { schedule: 'exp_range', cycle_gamma }),
    },
    { id: 'onecycle', label: '1cycle', config: onecycle },
    ...(momentum > config.momentum_low
      ? [
          {
            id: 'onecycle-momentum',
            label: `1cycle, momentum ${number(momentum)} to ${number(config.momentum_low)} and back`,
            config: { ...onecycle, cycle_momentum: true },
          },
        ]
      : []),
  ];
}
