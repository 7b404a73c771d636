import { plural } from '../../../words/sentences.js';
import { DEEP, PLAYBOOK, SMALL_GLYPHS } from '../entry.js';
import { everySeed, finalAccuracy, finalLoss, span, writePercent, writeSeeds } from '../judging.js';

const CURELESS = ['none', 'warmup-100', 'warmup-1000'];

/** @type {import('../entry.js').Entry} */
export const clipBadInit = {
  id: 'clip-bad-init',
  title: 'A bad start',
  section: 'Gradient clipping',
  line: 'The first loss is in the hundreds or thousands; at 0.03 no warmup gets past step ten, clipping does.',
  needs: 'glyphs',
  minutes: 7,
  text: {
    look: 'A first loss in the hundreds or thousands, a gradient norm ten times that, and the step at which each run ends.',
    why:
      'Each of the twenty residual blocks doubles the variance of the signal, so the outputs start out a thousand times ' +
      'too large, and the gradients with them. Even a rate a hundred times smaller is deadly, and a warmup of 1,000 steps ' +
      'is there by its tenth. Clipping keeps the direction and limits the length, whatever the gradient; some hundred ' +
      'short steps bring the outputs back to size. At 0.001 it is the other way round: under the long warmup the outputs ' +
      'shrink before the rate is dangerous, and clipped steps are too short to get there within 300.',
    source: PLAYBOOK,
    quote: 'it may fix some bad initializations that warmup cannot.',
  },
  predict: {
    ask: 'The first loss is in the hundreds or thousands. Which remedy lets the network train at 0.03?',
    measure: 'lowest',
    of: 'loss',
    choices: [
      { says: '100 steps of warmup', cell: 'warmup-100' },
      { says: '1,000 steps of warmup', cell: 'warmup-1000' },
      { says: 'clipping at 10', cell: 'clip' },
    ],
  },
  tasks: [
    { say: 'Train without a remedy.', done: [{ deed: 'trained', cell: 'none' }] },
    {
      say: 'Add 100 steps of warmup, then 1,000.',
      done: [
        { deed: 'trained', cell: 'warmup-100' },
        { deed: 'trained', cell: 'warmup-1000' },
      ],
    },
    { say: 'Turn warmup off and clip at 10.', done: [{ deed: 'trained', cell: 'clip' }] },
    {
      say: 'Lower the rate to 0.001, and try the long warmup and clipping at 10 there.',
      done: [
        { deed: 'trained', cell: 'warmup-1000', with: { lr: 0.001 } },
        { deed: 'trained', cell: 'clip', with: { lr: 0.001 } },
      ],
    },
  ],
  picture: ['clip'],
  config: { ...SMALL_GLYPHS, model: DEEP.bare, lr: 0.03, steps: 300, eval_every: 50 },
  cells: [
    { id: 'none', label: 'no remedy', config: {} },
    { id: 'warmup-100', label: 'warmup 100', config: { warmup_steps: 100 } },
    { id: 'warmup-1000', label: 'warmup 1000', config: { warmup_steps: 1000 } },
    { id: 'clip', label: 'clipped at 10', config: { clip: 'norm', clip_norm: 10 } },
  ],
  seeds: 5,
  record: 'curve',
  criterion:
    'In every seed, the run diverges without a remedy and with either warmup, and with clipping it ends below a loss of ' +
    '1.5 and above 50 % accuracy.',
  judge(results) {
    const seeds = everySeed(results, (trialOf) => {
      const clip = trialOf('clip');
      return CURELESS.every((id) => trialOf(id).diverged) && finalLoss(clip) < 1.5 && finalAccuracy(clip) > 0.5;
    });
    const ends = CURELESS.map((id) => results[id].filter(({ diverged }) => diverged).length);
    const { clip } = results;
    return {
      passed: seeds.passed,
      figure:
        `of ${plural(clip.length, 'seed')} ${ends[0]} diverged without a remedy, ${ends[1]} with a warmup of 100 steps and ` +
        `${ends[2]} with 1,000; with clipping the loss ends at ${span(clip.map(finalLoss))} and the accuracy at ` +
        `${span(clip.map(finalAccuracy), writePercent)}; the criterion holds in ${writeSeeds(seeds)}`,
    };
  },
  examples: {
    shown: {
      none: { diverged: true },
      'warmup-100': { diverged: true },
      'warmup-1000': { diverged: true },
      clip: { loss: 1, accuracy: 0.65 },
    },
    not: [
      { none: { loss: 1 } },
      { 'warmup-1000': { loss: 0.7 } },
      { clip: { diverged: true } },
      { clip: { loss: 2.3 } },
    ],
  },
  // What is evaluated on the way is not asked.
  quick: { seeds: 1, config: { steps: 200, val_samples: 500, eval_every: 0 } },
  measured:
    'seeds 1 to 5: diverged at step 2 1 1 1 1, with warmup 100 at 3 3 2 3 3, with warmup 1000 at 8 6 6 8 9; ' +
    'clipped at 10: final loss 1.019 1.065 0.963 0.970 1.047, accuracy 67 62 66 66 63 %; at 0.001: warmup 1000 ' +
    '0.67 0.71, clipped at 10 8.4 7.3',
};
