import { everySeed, finalLoss, span, writeSeeds } from '../../judging.js';
import { SMALL_SORT, transformer } from './models.js';

const LEARNING = ['radam', 'adam-warmup'];

/** @type {import('../../entry.js').Entry} */
export const warmupInside = {
  id: 'warmup-inside',
  title: 'Warmup from inside',
  section: 'Transformers and recurrent networks',
  line: 'RAdam learns where Adam needs a warmup: its first steps are short by themselves.',
  needs: 'tokens',
  minutes: 6,
  text: {
    look:
      'The same Post-LN transformer three times at 0.01. Adam stays at guessing, 2.08. Adam after 100 steps of warmup learns, ' +
      'and RAdam learns without any. A loss that is already small may still leap late in the run: with warmup Adam’s does ' +
      'in each of three seeds, RAdam’s in one, and the table calls that a mid-training instability. Both still end far below guessing.',
    why:
      'After a few steps v is a mean of a few squares: a poor guess of how large gradients are, and dividing by its root ' +
      'makes steps of any length. RAdam asks how many squares there are. In the first five steps it does not divide at all, ' +
      'and then multiplies by a factor that grows from near 0 to 1 over some 2 / (1 − β₂) steps: a warmup whose length β₂ ' +
      'decides. With β₂ 0.999 that is longer than this whole run.',
    source: {
      label: 'Liu et al., On the Variance of the Adaptive Learning Rate and Beyond (2020)',
      url: 'https://arxiv.org/abs/1908.03265',
    },
  },
  predict: {
    ask: 'A Post-LN transformer of eight layers at 0.01. Which of the three ends lowest?',
    measure: 'lowest',
    of: 'loss',
    choices: [
      { says: 'Adam', cell: 'adam' },
      { says: 'Adam after 100 steps of warmup', cell: 'adam-warmup' },
      { says: 'RAdam without warmup', cell: 'radam' },
    ],
  },
  tasks: [
    { say: 'Train with Adam.', done: [{ deed: 'trained', cell: 'adam' }] },
    { say: 'Add 100 steps of warmup.', done: [{ deed: 'trained', cell: 'adam-warmup' }] },
    { say: 'Turn warmup off, and change the update rule to RAdam.', done: [{ deed: 'trained', cell: 'radam' }] },
  ],
  picture: ['adam', 'adam-warmup', 'radam'],
  config: { ...SMALL_SORT, model: transformer('post', 8), lr: 0.01, steps: 250 },
  cells: [
    { id: 'adam', label: 'Adam', config: {} },
    { id: 'adam-warmup', label: 'Adam, warmup 100', config: { warmup_steps: 100 } },
    { id: 'radam', label: 'RAdam', config: { optimizer: 'radam' } },
    { id: 'radam-warmup', label: 'RAdam, warmup 100', config: { optimizer: 'radam', warmup_steps: 100 } },
  ],
  seeds: 3,
  record: 'curve',
  criterion:
    'In every seed, Adam without warmup ends above a loss of 2, RAdam without and Adam with warmup end below 1.',
  judge(results) {
    const learning = LEARNING.filter((id) => results[id]);
    const seeds = everySeed(
      results,
      (trialOf) => finalLoss(trialOf('adam')) > 2 && learning.every((id) => finalLoss(trialOf(id)) < 1),
    );
    const names = { adam: 'Adam', 'adam-warmup': 'with warmup', radam: 'RAdam', 'radam-warmup': 'with warmup' };
    const told = Object.entries(names).filter(([id]) => results[id]);
    return {
      passed: seeds.passed,
      figure: `${told.map(([id, name]) => `${name} ${span(results[id].map(finalLoss))}`).join(', ')}; ${writeSeeds(seeds)}`,
    };
  },
  examples: {
    shown: { adam: { loss: 2.09 }, 'adam-warmup': { loss: 0.3 }, radam: { loss: 0.15 } },
    not: [
      { adam: { loss: 0.2 } },
      { 'adam-warmup': { loss: 2.09 } },
      { radam: { loss: 2.09 } },
      { radam: { diverged: true } },
    ],
  },
  quick: {
    cells: ['adam', 'radam'],
    seeds: 1,
    config: { batch: 16, steps: 120, samples: 1000, val_samples: 100 },
    changes: { adam: { steps: 60 } },
  },
  measured:
    'final loss of seeds 1 to 3: Adam 2.08 … 2.09, with warmup 0.213 … 0.296; RAdam 0.106 … 0.145, with warmup 0.117 … ' +
    '0.147',
};
