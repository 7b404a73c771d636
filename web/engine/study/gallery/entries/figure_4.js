import { PLAYBOOK, SMALL_GLYPHS, STRIDED, UNSTRIDED } from '../entry.js';
import { everySeed, finalLoss, span, writeSeeds } from '../judging.js';

const WARM = { warmup_steps: 100, steps: 300 };

/** @type {import('../entry.js').Entry} */
export const figure4 = {
  id: 'figure-4',
  title: 'One stride decides what is stable',
  section: 'Instability',
  line: 'One architecture change: no difference at low rates, dead at a high one, and warmup brings it back.',
  needs: 'glyphs',
  text: {
    try: [
      'Train both networks at 0.03. Then both at 0.22.',
      'Give the one that dies 100 steps of warmup.',
      'Find where it ends: at 0.5 with warmup it learns, but badly, and often becomes unstable later.',
    ],
    look:
      'At 0.03 the network without strides is the better one. At 0.22 it sits at 2.30, the loss of guessing, while the ' +
      'one with strides still trains. With warmup the order of the low rate is back.',
    why:
      'Without the strides the last layer sees twelve times as many features, and the loss bends more sharply at the ' +
      'start. The first steps at 0.22 overshoot and destroy the network. Warmup begins with small steps, which lead to ' +
      'a flatter place where large ones are stable.',
    source: PLAYBOOK,
    quote: 'Changing the strides does not degrade performance at low learning rates.',
  },
  config: { ...SMALL_GLYPHS, steps: 400, eval_every: 100 },
  cells: [
    { id: 'unstrided-0.22', label: 'no strides, 0.22', config: { model: UNSTRIDED, lr: 0.22 } },
    {
      id: 'unstrided-0.22-warmup',
      label: 'no strides, 0.22, warmup 100',
      config: { model: UNSTRIDED, lr: 0.22, ...WARM },
    },
    { id: 'strided-0.22', label: 'strides, 0.22', config: { model: STRIDED, lr: 0.22 } },
    { id: 'strided-0.22-warmup', label: 'strides, 0.22, warmup 100', config: { model: STRIDED, lr: 0.22, ...WARM } },
    { id: 'unstrided-0.03', label: 'no strides, 0.03', config: { model: UNSTRIDED, lr: 0.03 } },
    { id: 'strided-0.03', label: 'strides, 0.03', config: { model: STRIDED, lr: 0.03 } },
    { id: 'unstrided-0.1', label: 'no strides, 0.1', config: { model: UNSTRIDED, lr: 0.1 } },
    { id: 'strided-0.1', label: 'strides, 0.1', config: { model: STRIDED, lr: 0.1 } },
  ],
  seeds: 5,
  record: 'curve',
  criterion:
    'In every seed: without strides the final loss at 0.22 is above 1.8, with warmup below 0.8; with strides it is below ' +
    '1 at 0.22; and at 0.03 the network without strides is the better one.',
  judge(results) {
    const seeds = everySeed(results, (trialOf) => {
      const loss = (/** @type {string} */ id) => finalLoss(trialOf(id));
      const isRescued = loss('unstrided-0.22') > 1.8 && loss('unstrided-0.22-warmup') < 0.8;
      return isRescued && loss('strided-0.22') < 1 && loss('unstrided-0.03') < loss('strided-0.03');
    });
    const losses = (/** @type {string} */ id) => span(results[id].map(finalLoss));
    return {
      passed: seeds.passed,
      figure:
        `at 0.22 ${losses('unstrided-0.22')}, with warmup ${losses('unstrided-0.22-warmup')}, with strides ` +
        `${losses('strided-0.22')}; at 0.03 ${losses('unstrided-0.03')} against ${losses('strided-0.03')}; ${writeSeeds(seeds)}`,
    };
  },
  examples: {
    shown: {
      'unstrided-0.22': { loss: 2.31 },
      'unstrided-0.22-warmup': { loss: 0.6 },
      'strided-0.22': { loss: 0.8 },
      'unstrided-0.03': { loss: 0.4 },
      'strided-0.03': { loss: 0.7 },
    },
    not: [
      { 'unstrided-0.22': { loss: 0.7 } },
      { 'unstrided-0.22-warmup': { loss: 2.3 } },
      { 'unstrided-0.22-warmup': { diverged: true } },
      { 'strided-0.22': { loss: 2.3 } },
      { 'unstrided-0.03': { loss: 0.8 } },
    ],
  },
  quick: {
    cells: ['unstrided-0.22', 'unstrided-0.22-warmup', 'strided-0.22', 'unstrided-0.03', 'strided-0.03'],
    seeds: 1,
  },
  measured:
    'final loss of seeds 1 to 5. 0.2: 2.310 2.308 2.309 2.306 2.311, warmup 0.554 0.596 0.591 0.574 0.564, ' +
    'strides 0.754 0.788 0.806 0.734 0.748; 0.03: 0.405 0.414 0.425 0.406 0.418, strides 0.753 0.671 0.732 0.687 ' +
    '0.681; 0.5 with warmup: 1.04 1.48 1.23',
};
