import { ARTICLE } from '../entry.js';
import { everySeed, finalValLoss, span, trainedOf, writeSeeds } from '../judging.js';

const FIXED = ['high', 'middle'];
const CYCLICAL = ['triangular-2', 'triangular-1', 'onecycle'];

/** @type {import('../entry.js').Entry} */
export const cyclical = {
  id: 'cyclical',
  title: 'Up and down the range',
  section: 'Learning rates',
  line: 'Triangular and 1cycle schedules against a fixed rate, in the range that the test found.',
  needs: 'fashion-mnist',
  minutes: 8,
  text: {
    look: 'The cyclical runs are no better while their rate is high. As it comes down, they pass both fixed rates.',
    why:
      'A high rate moves fast and jumps about at the bottom; a low one settles. A cycle does one after the other. The ' +
      'comparison flatters cycles in one respect: they are judged where their rate is low, which any schedule that ' +
      'decays would reach as well.',
    source: ARTICLE,
  },
  predict: {
    ask: 'Four epochs at a fixed 0.0363, at a fixed 0.0109, in one triangle up to 0.0363 and back, or as 1cycle: which ends with the lowest validation loss?',
    measure: 'lowest',
    of: 'valLoss',
    choices: [
      { says: 'the fixed 0.0363', cell: 'high' },
      { says: 'the fixed 0.0109', cell: 'middle' },
      { says: 'one triangle', cell: 'triangular-1' },
      { says: '1cycle', cell: 'onecycle' },
    ],
  },
  tasks: [
    {
      say: 'Train with one triangle from 0.00363 to 0.0363 and back. Compare the validation loss in the middle, where the rate is highest, with that of the end.',
      done: [{ deed: 'trained', cell: 'triangular-1' }],
    },
    {
      say: 'Train at a fixed 0.0363, and at a fixed 0.0109.',
      done: [
        { deed: 'trained', cell: 'high' },
        { deed: 'trained', cell: 'middle' },
      ],
    },
    { say: 'Train with 1cycle.', done: [{ deed: 'trained', cell: 'onecycle' }] },
  ],
  picture: ['triangular-1', 'onecycle', 'high'],
  config: { dataset: 'custom', samples: 20000, val_samples: 5000, init: 'xavier', steps: 1248, eval_every: 312 },
  cells: [
    { id: 'triangular-1', label: 'one triangle', config: triangle(1248) },
    { id: 'triangular-2', label: 'two triangles', config: triangle(624) },
    { id: 'onecycle', label: '1cycle', config: { schedule: 'onecycle', lr: 0.0363 } },
    { id: 'high', label: 'fixed η 0.0363', config: { lr: 0.0363 } },
    { id: 'middle', label: 'fixed η 0.0109', config: { lr: 0.0109 } },
  ],
  seeds: 3,
  beside: 'accuracy',
  record: 'curve',
  criterion: 'In every seed, each cyclical run ends with a lower validation loss than each fixed rate.',
  judge(results) {
    const seeds = everySeed(results, (trialOf) => {
      const losses = (/** @type {string[]} */ ids) => trainedOf(results, ids).map((id) => finalValLoss(trialOf(id)));
      return Math.max(...losses(CYCLICAL)) < Math.min(...losses(FIXED));
    });
    const describe = (/** @type {string[]} */ ids) =>
      span(trainedOf(results, ids).flatMap((id) => results[id].map(finalValLoss)));
    return {
      passed: seeds.passed,
      figure: `validation loss: cyclical ${describe(CYCLICAL)}, fixed ${describe(FIXED)}; ${writeSeeds(seeds)}`,
    };
  },
  examples: {
    shown: {
      'triangular-1': { valLoss: 0.35 },
      'triangular-2': { valLoss: 0.36 },
      onecycle: { valLoss: 0.35 },
      high: { valLoss: 0.4 },
      middle: { valLoss: 0.39 },
    },
    not: [{ middle: { valLoss: 0.355 } }, { onecycle: { valLoss: 0.395 } }, { 'triangular-2': { diverged: true } }],
  },
  // As many epochs of half the images.
  quick: { cells: ['onecycle', 'high'], seeds: 1, config: { samples: 10000, val_samples: 1000, steps: 468 } },
  measured:
    'validation loss of seeds 1 to 3: one triangle 0.349 0.371 0.358; two 0.361 0.368 0.362; 1cycle 0.353 0.355 0.357; ' +
    'fixed 0.0363 0.393 0.395 0.410; fixed 0.0109 0.388 0.412 0.394. On glyphs, 800 steps: cyclical 0.214 … ' +
    '0.245, fixed 0.257 … 0.319',
};

/** A tenth of the rate, up to it and back. @param {number} steps  of the whole cycle */
function triangle(steps) {
  return { schedule: 'triangular', lr_min: 0.00363, lr: 0.0363, cycle_steps: steps };
}
