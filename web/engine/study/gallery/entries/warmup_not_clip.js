import { DEEP, PLAYBOOK, SMALL_GLYPHS } from '../entry.js';
import { everySeed, finalLoss, span, writeSeeds } from '../judging.js';

/** @type {import('../entry.js').Entry} */
export const warmupNotClip = {
  id: 'warmup-not-clip',
  title: 'Adam, too fast',
  section: 'Gradient clipping',
  line: 'Adam ignores the scale of gradients: clipping changes nothing, warmup does.',
  needs: 'glyphs',
  minutes: 7,
  text: {
    look:
      'The curves with and without clipping end in the same place, near the loss of guessing, though most steps are ' +
      'clipped. The one with warmup leaves them behind.',
    why:
      'Adam divides each step by the size of recent gradients, so a gradient scaled down gives nearly the same step. ' +
      'What is wrong here is the length of the first steps through twenty Norm(x + f(x)) blocks, and that is set by the ' +
      'rate alone. An honest limit: part of what warmup gains in a short run is that it spends less time at the peak ' +
      'rate, and a lower rate gains that too.',
    source: PLAYBOOK,
    quote: 'Sometimes longer warmup periods can correct instabilities that clipping does not',
  },
  predict: {
    ask: 'Adam at 0.0035 is too fast for this network. Which remedy ends with the lowest loss?',
    measure: 'lowest',
    of: 'loss',
    choices: [
      { says: 'no remedy', cell: 'none' },
      { says: 'clipping at 1', cell: 'clip-1' },
      { says: 'clipping at 0.1', cell: 'clip-0.1' },
      { says: '400 steps of warmup', cell: 'warmup' },
    ],
  },
  tasks: [
    {
      say: 'Train with Adam at 0.0035, then clip at 1, then at 0.1.',
      done: [
        { deed: 'trained', cell: 'none' },
        { deed: 'trained', cell: 'clip-1' },
        { deed: 'trained', cell: 'clip-0.1' },
      ],
    },
    { say: 'Remove clipping and add 400 steps of warmup.', done: [{ deed: 'trained', cell: 'warmup' }] },
    { say: 'Lower the rate to 0.001 without any remedy.', done: [{ deed: 'trained', cell: 'lower' }] },
  ],
  picture: ['none', 'clip-0.1', 'warmup'],
  config: { ...SMALL_GLYPHS, model: DEEP.normAfter, optimizer: 'adam', lr: 0.0035, steps: 500, eval_every: 100 },
  cells: [
    { id: 'none', label: 'no remedy', config: {} },
    { id: 'clip-1', label: 'clipped at 1', config: { clip: 'norm', clip_norm: 1 } },
    { id: 'clip-0.1', label: 'clipped at 0.1', config: { clip: 'norm', clip_norm: 0.1 } },
    { id: 'warmup', label: 'warmup 400', config: { warmup_steps: 400, steps: 100 } },
    { id: 'lower', label: 'η 0.001', config: { lr: 0.001 } },
  ],
  seeds: 5,
  record: 'curve',
  criterion:
    'In every seed, the final loss with warmup is more than 0.4 below each of the three others at the same rate.',
  judge(results) {
    const others = ['none', 'clip-1', 'clip-0.1'];
    const seeds = everySeed(results, (trialOf) =>
      others.every((id) => finalLoss(trialOf('warmup')) < finalLoss(trialOf(id)) - 0.4),
    );
    const losses = (/** @type {string} */ id) => span(results[id].map(finalLoss));
    return {
      passed: seeds.passed,
      figure:
        `${losses('none')}, clipped at 1 ${losses('clip-1')}, at 0.1 ${losses('clip-0.1')}, warmup ${losses('warmup')}; ` +
        writeSeeds(seeds),
    };
  },
  examples: {
    shown: { none: { loss: 2.3 }, 'clip-1': { loss: 2.2 }, 'clip-0.1': { loss: 2 }, warmup: { loss: 1.2 } },
    not: [{ 'clip-0.1': { loss: 1.3 } }, { warmup: { loss: 1.9 } }, { none: { loss: 1 } }],
  },
  // It is decided by training losses: what is evaluated on the way is not asked.
  quick: {
    cells: ['none', 'clip-1', 'clip-0.1', 'warmup'],
    seeds: 1,
    config: { batch: 32, steps: 150, val_samples: 200, eval_every: 0 },
    changes: { warmup: { warmup_steps: 150, steps: 50 } },
  },
  measured:
    'final loss of seeds 1 to 7: none 2.32 2.31 2.32 2.32 2.32 2.32 2.16; clipped at 1 2.32 2.02 2.32 2.32 2.32 2.32 2.21; ' +
    'at 0.1 2.32 2.29 2.32 2.32 2.23 2.08 1.99; warmup 400 1.42 1.49 1.28 1.21 1.45 1.25 1.45',
};
