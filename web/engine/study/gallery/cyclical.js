import { ARTICLE } from './entry.js';
import { everySeed, finalValLoss, span, writeSeeds } from './judging.js';

const FIXED = ['high', 'middle'];
const CYCLICAL = ['triangular-2', 'triangular-1', 'onecycle'];

/** @type {import('./entry.js').Entry} */
export const cyclical = {
  id: 'cyclical',
  title: 'Up and down the range',
  section: 'Learning rates',
  line: 'Triangular and 1cycle schedules against a fixed rate, in the range that the test found.',
  needs: 'fashion-mnist',
  text: {
    try: [
      'Train at a fixed 0.0363, then with one triangle from 0.00363 to 0.0363 and back, then with 1cycle.',
      'Look at the validation loss in the middle of a cycle, where the rate is highest.',
      'No Fashion-MNIST at hand? Glyphs show it too, with 20,000 samples and rates between 0.003 and 0.03.',
    ],
    look: 'The cyclical runs are no better while their rate is high. As it comes down, they pass both fixed rates.',
    why:
      'A high rate moves fast and jumps about at the bottom; a low one settles. A cycle does one after the other. The ' +
      'comparison flatters cycles in one respect: they are judged where their rate is low, which any schedule that ' +
      'decays would reach as well.',
    source: ARTICLE,
  },
  config: { dataset: 'custom', samples: 20000, val_samples: 5000, init: 'xavier', steps: 1248, eval_every: 312 },
  cells: [
    { id: 'triangular-1', label: 'one triangle', config: triangle(1248) },
    { id: 'triangular-2', label: 'two triangles', config: triangle(624) },
    { id: 'onecycle', label: '1cycle', config: { schedule: 'onecycle', lr: 0.0363 } },
    { id: 'high', label: 'fixed 0.0363', config: { lr: 0.0363 } },
    { id: 'middle', label: 'fixed 0.0109', config: { lr: 0.0109 } },
  ],
  seeds: 3,
  record: 'curve',
  criterion: 'In every seed, each cyclical run ends with a lower validation loss than each fixed rate.',
  judge(results) {
    const present = (/** @type {string[]} */ ids) => ids.filter((id) => results[id]);
    const seeds = everySeed(results, (trialOf) => {
      const losses = (/** @type {string[]} */ ids) => present(ids).map((id) => finalValLoss(trialOf(id)));
      return Math.max(...losses(CYCLICAL)) < Math.min(...losses(FIXED));
    });
    const describe = (/** @type {string[]} */ ids) => span(present(ids).flatMap((id) => results[id].map(finalValLoss)));
    return {
      passed: seeds.passed,
      figure: `validation loss: cyclical ${describe(CYCLICAL)}, fixed ${describe(FIXED)}; ${writeSeeds(seeds)}`,
    };
  },
  quick: { cells: ['triangular-1', 'onecycle', 'high'], seeds: 1 },
  measured:
    'validation loss of seeds 1 to 3 on 10,000 images. fixed 0.0363: 0.371 0.384 0.392; fixed 0.0109: 0.365 0.398 0.373; ' +
    'two triangles: 0.343 0.350 0.339; one: 0.331 0.352 0.338; 1cycle: 0.334 0.340 0.337',
};

/** A tenth of the rate, up to it and back. @param {number} steps  of the whole cycle */
function triangle(steps) {
  return { schedule: 'triangular', lr_min: 0.00363, lr: 0.0363, cycle_steps: steps };
}
