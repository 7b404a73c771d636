import { MLP, PLAYBOOK, SMALL_GLYPHS } from '../entry.js';
import { everySeed, finalAccuracy, span, writePercent, writeSeeds } from '../judging.js';

const OUTLIERS = { outliers: 0.002 };

/** @type {import('../entry.js').Entry} */
export const clipOutliers = {
  id: 'clip-outliers',
  title: 'Twenty bad files',
  section: 'Gradient clipping',
  line: 'A few bad inputs spike the gradient; clipping at the 90th percentile saves the run, warmup does not.',
  needs: 'glyphs',
  minutes: 8,
  text: {
    look:
      'Each spike of the norm is followed by a jump of the loss. Clipped at the 90th percentile of the whole run, three or ' +
      'four steps in a hundred are shortened, at that of before the instability about a quarter; either way the accuracy ' +
      'is that of clean data.',
    why:
      'Twenty of the 10,000 images are a hundred times too bright, as if a few files had been stored unnormalized. ' +
      'Whenever a batch contains one, its gradient is many times as long and throws the weights away from where they ' +
      'were. Clipping limits what one batch can do. Warmup is over long before most of these batches come.',
    source: PLAYBOOK,
    quote: 'Choose a gradient clipping threshold based on the 90th percentile of gradient norms.',
  },
  predict: {
    ask: 'Twenty of 10,000 images are a hundred times too bright. Which run ends with the highest validation accuracy?',
    measure: 'highest',
    of: 'accuracy',
    choices: [
      { says: 'the one without a remedy', cell: 'none' },
      { says: 'the one with 100 steps of warmup', cell: 'warmup' },
      { says: 'the one clipped at its 90th percentile', cell: 'clip' },
    ],
  },
  tasks: [
    { say: 'Train and watch the gradient norm.', done: [{ deed: 'trained', cell: 'none' }] },
    {
      say: 'Read the 90th percentile of the norms off the histogram, and clip at it.',
      done: [{ deed: 'clipped at p90', cell: 'clip' }],
    },
    {
      say: 'Try warmup instead. Then adaptive clipping, which needs no number.',
      done: [
        { deed: 'trained', cell: 'warmup' },
        { deed: 'trained', cell: 'adaptive' },
      ],
    },
    {
      say: 'Clip at 0.1, and watch the share of clipped steps.',
      done: [{ deed: 'trained', cell: 'none', with: { clip: 'norm', clip_norm: 0.1 }, label: 'clipped at 0.1' }],
    },
  ],
  picture: ['none', 'clip', 'clean'],
  config: { ...SMALL_GLYPHS, model: MLP, lr: 0.01, steps: 800, eval_every: 100 },
  cells: [
    { id: 'none', label: 'not clipped', config: OUTLIERS },
    {
      id: 'clip',
      label: 'clipped at its own 90th percentile',
      config: { ...OUTLIERS, clip: 'norm' },
      after: {
        cell: 'none',
        sets: { clip_norm: { from: 1.5, to: 10 } },
        settings: (trial) => ({ clip_norm: trial.grad_norm.p90 }),
      },
    },
    { id: 'clean', label: 'clean data', config: {} },
    { id: 'warmup', label: 'warmup 100 instead', config: { ...OUTLIERS, warmup_steps: 100, steps: 700 } },
    { id: 'adaptive', label: 'adaptive clipping', config: { ...OUTLIERS, clip: 'adaptive' } },
  ],
  seeds: 5,
  record: 'curve',
  criterion:
    'In every seed, clipping gains more than 10 points of validation accuracy, ends within 4 points of clean data, and ' +
    'is more than 5 points better than warmup.',
  judge(results) {
    const seeds = everySeed(results, (trialOf) => {
      const accuracy = (/** @type {string} */ id) => finalAccuracy(trialOf(id));
      const clip = accuracy('clip');
      return clip - accuracy('none') > 0.1 && clip - accuracy('clean') > -0.04 && clip - accuracy('warmup') > 0.05;
    });
    const accuracies = (/** @type {string} */ id) => span(results[id].map(finalAccuracy), writePercent);
    const share = span(
      results.clip.map(({ clipped_fraction }) => clipped_fraction),
      writePercent,
    );
    return {
      passed: seeds.passed,
      figure:
        `the accuracy ends at ${accuracies('none')} unclipped, ${accuracies('clip')} clipped (${share} of steps), ` +
        `${accuracies('clean')} on clean data and ${accuracies('warmup')} with warmup; the criterion holds in ${writeSeeds(seeds)}`,
    };
  },
  examples: {
    shown: {
      none: { accuracy: 0.45 },
      clip: { accuracy: 0.68, clipped_fraction: 0.05 },
      clean: { accuracy: 0.69 },
      warmup: { accuracy: 0.5 },
    },
    not: [{ none: { accuracy: 0.65 } }, { clip: { accuracy: 0.6 } }, { warmup: { accuracy: 0.68 } }],
  },
  // What is evaluated on the way is not asked.
  quick: { cells: ['none', 'clip', 'clean', 'warmup'], seeds: 1, config: { val_samples: 1000, eval_every: 0 } },
  measured:
    'validation accuracy of seeds 1 to 5: not clipped 43 … 60 %, clipped 73 … 74 % (3 to 4 % of steps), clean 72 … 76 %, ' +
    'warmup 34 … 52 %, adaptive 72 … 76 %',
};
