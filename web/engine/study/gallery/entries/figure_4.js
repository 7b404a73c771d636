import { PLAYBOOK, SMALL_GLYPHS, STRIDED, UNSTRIDED } from '../entry.js';
import { everySeed, finalLoss, span, writeSeeds } from '../judging.js';

const WARM = { warmup_steps: 100, steps: 300 };

/** @type {import('../entry.js').Entry} */
export const figure4 = {
  id: 'figure-4',
  title: 'One stride',
  section: 'Instability',
  line: 'One stride of one block: no worse at low rates without it, dead at a high one, and warmup brings it back.',
  needs: 'glyphs',
  minutes: 9,
  text: {
    look:
      'The networks differ in the stride of their first block. At 0.03 the one without it is the better one. At 0.2 it ' +
      'sits at 2.3, the loss of guessing, while the one with the stride still trains. With warmup the order of the low ' +
      'rate is back, and at 0.1 it is nearly as good as at 0.03.',
    why:
      'Without the stride the last layer sees three times as many features, and the loss bends more sharply at the ' +
      'start. The first steps at 0.2 overshoot and destroy the network. Warmup begins with small steps, which lead to ' +
      'a flatter place where large ones are stable. The text’s network is larger, so its rates differ: there 1,000 steps ' +
      'of warmup make 0.1 stable.',
    source: PLAYBOOK,
    quote: 'Changing the strides does not degrade performance at low learning rates.',
  },
  predict: {
    ask: 'One of the two networks lacks a stride. It is trained at 0.2 without warmup: what becomes of it?',
    measure: 'fate',
    choices: [
      { says: 'it learns as it should', is: ['stable'] },
      { says: 'it is thrown back at the start, and learns all the same', is: ['early', 'mid'] },
      { says: 'it ends where guessing is', is: ['unlearned', 'lost', 'costly'] },
      { says: 'its loss leaves every bound', is: ['diverged'] },
    ],
  },
  tasks: [
    {
      say: 'Train both networks at 0.2. Then both at 0.03.',
      done: [
        { deed: 'trained', cell: 'unstrided-0.2' },
        { deed: 'trained', cell: 'strided-0.2' },
        { deed: 'trained', cell: 'unstrided-0.03' },
        { deed: 'trained', cell: 'strided-0.03' },
      ],
    },
    {
      say: 'Give the network without the stride 100 steps of warmup at 0.2; then the same at 0.1.',
      done: [
        { deed: 'trained', cell: 'unstrided-0.2-warmup' },
        { deed: 'trained', cell: 'unstrided-0.1-warmup' },
      ],
    },
    {
      say: 'Find where warmup ends to help: try it at 0.5.',
      done: [
        {
          deed: 'trained',
          cell: 'unstrided-0.2-warmup',
          with: { lr: 0.5 },
          label: 'without the stride, η 0.5, warmup 100',
        },
      ],
    },
  ],
  picture: ['unstrided-0.2', 'unstrided-0.2-warmup', 'strided-0.2'],
  config: { ...SMALL_GLYPHS, steps: 400, eval_every: 100 },
  cells: [
    { id: 'unstrided-0.2', label: 'without the stride, η 0.2', config: { model: UNSTRIDED, lr: 0.2 } },
    {
      id: 'unstrided-0.2-warmup',
      label: 'without the stride, η 0.2, warmup 100',
      config: { model: UNSTRIDED, lr: 0.2, ...WARM },
    },
    { id: 'strided-0.2', label: 'with it, η 0.2', config: { model: STRIDED, lr: 0.2 } },
    { id: 'strided-0.2-warmup', label: 'with it, η 0.2, warmup 100', config: { model: STRIDED, lr: 0.2, ...WARM } },
    { id: 'unstrided-0.03', label: 'without the stride, η 0.03', config: { model: UNSTRIDED, lr: 0.03 } },
    { id: 'strided-0.03', label: 'with it, η 0.03', config: { model: STRIDED, lr: 0.03 } },
    { id: 'unstrided-0.1', label: 'without the stride, η 0.1', config: { model: UNSTRIDED, lr: 0.1 } },
    {
      id: 'unstrided-0.1-warmup',
      label: 'without the stride, η 0.1, warmup 100',
      config: { model: UNSTRIDED, lr: 0.1, ...WARM },
    },
    { id: 'strided-0.1', label: 'with it, η 0.1', config: { model: STRIDED, lr: 0.1 } },
  ],
  seeds: 5,
  record: 'curve',
  criterion:
    'In every seed: without the stride the final loss at 0.2 is above 1.8, with warmup below 0.8; with the stride it is ' +
    'below 1.3 at 0.2; at 0.1 warmup lowers the loss without the stride, to below 0.5; and at 0.03 the network without ' +
    'the stride is the better one.',
  judge(results) {
    const seeds = everySeed(results, (trialOf) => {
      const loss = (/** @type {string} */ id) => finalLoss(trialOf(id));
      const isRescued = loss('unstrided-0.2') > 1.8 && loss('unstrided-0.2-warmup') < 0.8;
      const isStable = loss('unstrided-0.1-warmup') < Math.min(0.5, loss('unstrided-0.1'));
      return isRescued && isStable && loss('strided-0.2') < 1.3 && loss('unstrided-0.03') < loss('strided-0.03');
    });
    const losses = (/** @type {string} */ id) => span(results[id].map(finalLoss));
    return {
      passed: seeds.passed,
      figure:
        `at 0.2 ${losses('unstrided-0.2')}, with warmup ${losses('unstrided-0.2-warmup')}, with the stride ` +
        `${losses('strided-0.2')}; at 0.1 ${losses('unstrided-0.1')}, with warmup ${losses('unstrided-0.1-warmup')}; ` +
        `at 0.03 ${losses('unstrided-0.03')} against ${losses('strided-0.03')}; ${writeSeeds(seeds)}`,
    };
  },
  examples: {
    shown: {
      'unstrided-0.2': { loss: 2.31 },
      'unstrided-0.2-warmup': { loss: 0.56 },
      'strided-0.2': { loss: 0.9 },
      'unstrided-0.1': { loss: 0.67 },
      'unstrided-0.1-warmup': { loss: 0.42 },
      'unstrided-0.03': { loss: 0.41 },
      'strided-0.03': { loss: 0.62 },
    },
    not: [
      { 'unstrided-0.2': { loss: 0.7 } },
      { 'unstrided-0.2-warmup': { loss: 2.3 } },
      { 'unstrided-0.2-warmup': { diverged: true } },
      { 'strided-0.2': { loss: 2.3 } },
      { 'unstrided-0.1-warmup': { loss: 0.6 } },
      { 'unstrided-0.1': { loss: 0.4 } },
      { 'unstrided-0.03': { loss: 0.8 } },
    ],
  },
  // It is decided by training losses: what is evaluated on the way is not asked.
  quick: {
    cells: [
      'unstrided-0.2',
      'unstrided-0.2-warmup',
      'strided-0.2',
      'unstrided-0.1',
      'unstrided-0.1-warmup',
      'unstrided-0.03',
      'strided-0.03',
    ],
    seeds: 1,
    config: { steps: 200, val_samples: 200, eval_every: 0 },
    changes: { 'unstrided-0.2': { steps: 100 } },
  },
  measured:
    'at 0.2 2.31, with warmup 0.517 … 0.609, with the stride 0.87 … 1.03; at 0.1 0.56 … 0.818, with warmup 0.435 … 0.475; at 0.03 0.405 … 0.422 against 0.617 … 0.646; 5 of 5 seeds. Before convolutions were made by Winograd’s filtering: ' +
    'final loss of seeds 1 to 5. 0.2: 2.310 2.308 2.309 2.306 2.311, warmup 0.560 0.555 0.578 0.541 0.581, with the ' +
    'stride 0.900 0.893 0.932 0.979 0.833, warmup 0.716 0.739 0.735 0.737 0.809; 0.1: 0.672 0.760 0.629 0.672 0.563, ' +
    'warmup 0.404 0.427 0.439 0.415 0.439, with the stride 0.599 0.609 0.651 0.678 0.663; 0.03: 0.414 0.410 0.418 ' +
    '0.405 0.424, with the stride 0.616 0.652 0.618 0.626 0.625; 0.5 with warmup: 0.94 1.82 2.32',
};
