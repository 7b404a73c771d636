import { number } from '../../../../words/numbers.js';
import { everySeed, finalLoss, span, trainedOf, writeSeeds } from '../../judging.js';
import { SMALL_SORT, transformer } from './models.js';

const RATES = [0.003, 0.01, 0.02];
const WARMUP = { warmup_steps: 100 };

/** The four cases in the order of the playbook's figure. */
const CASES = [
  { id: 'post', label: 'Post-LN', config: { model: transformer('post', 8) } },
  { id: 'post-warmup', label: 'Post-LN, warmup 100', config: { model: transformer('post', 8), ...WARMUP } },
  { id: 'pre', label: 'Pre-LN', config: { model: transformer('pre', 8) } },
  { id: 'pre-warmup', label: 'Pre-LN, warmup 100', config: { model: transformer('pre', 8), ...WARMUP } },
];

/** Below half of the loss of guessing, ln 8. */
const LEARNED = 1;

/** The rates at which all seeds of a case learn. @param {import('../../entry.js').Results} results @param {string} id */
function ratesOf(results, id) {
  return RATES.filter((lr) => results[`${id}-${lr}`]?.every((trial) => finalLoss(trial) < LEARNED));
}

/** @type {import('../../entry.js').Entry} */
export const postLnWarmup = {
  id: 'post-ln-warmup',
  title: 'Post-LN needs a warmup',
  section: 'Transformers and recurrent networks',
  line: 'A Post-LN transformer guesses to the end at a rate at which it learns after 100 steps of warmup; Pre-LN learns either way.',
  needs: 'tokens',
  minutes: 8,
  text: {
    look:
      'The loss of guessing is 2.08. At 0.01 Post-LN is there within a few steps and stays to the last, and nothing leaves ' +
      'any bound: no instability is reported. With 100 steps of warmup it learns, and Pre-LN learns with and without. ' +
      'A loss that is already small may leap late in the run: after warmup Post-LN’s does in each of three seeds, Pre-LN’s in ' +
      'some, and the table calls that a mid-training instability. At 0.01 all that learn still end far below guessing.',
    why:
      'In Norm(x + f(x)) each norm rescales the path that gradients take back, and the last blocks get the largest ones. ' +
      'Adam’s first steps have the full length whatever the gradient is, and they drive those blocks to an output that is ' +
      'the same for every input; then nothing but the biases is left to learn. In x + f(Norm(x)) the path is untouched. ' +
      'At 0.003 Post-LN without warmup learns with two seeds of three. Pre-LN still learns at 0.02, where Post-LN does not even with warmup.',
    source: {
      label: 'Xiong et al., On Layer Normalization in the Transformer Architecture (2020)',
      url: 'https://arxiv.org/abs/2002.04745',
    },
  },
  predict: {
    ask: 'A Post-LN transformer of eight layers learns to sort with Adam at 0.01, without warmup. What becomes of it?',
    measure: 'fate',
    choices: [
      { says: 'it learns as it should', is: ['stable'] },
      { says: 'it is thrown back, and learns all the same', is: ['early', 'mid'] },
      { says: 'it ends where guessing is', is: ['unlearned', 'lost', 'costly'] },
      { says: 'its loss leaves every bound', is: ['diverged'] },
    ],
  },
  tasks: [
    { say: 'Train Post-LN at 0.01.', done: [{ deed: 'trained', cell: 'post-0.01' }] },
    { say: 'Give it 100 steps of warmup.', done: [{ deed: 'trained', cell: 'post-warmup-0.01' }] },
    { say: 'Move the norms: train Pre-LN at 0.01, without warmup.', done: [{ deed: 'trained', cell: 'pre-0.01' }] },
    {
      say: 'Look for the highest rate of each: Post-LN at 0.003 without warmup and at 0.02 with it, Pre-LN at 0.02.',
      done: [
        { deed: 'trained', cell: 'post-0.003' },
        { deed: 'trained', cell: 'post-warmup-0.02' },
        { deed: 'trained', cell: 'pre-0.02' },
      ],
    },
  ],
  picture: ['post-0.01', 'post-warmup-0.01', 'pre-0.01'],
  config: { ...SMALL_SORT, steps: 250 },
  cells: [0.01, 0.003, 0.02].flatMap((lr) =>
    CASES.map(({ id, label, config }) => ({ id: `${id}-${lr}`, label: `${label}, ${lr}`, config: { ...config, lr } })),
  ),
  seeds: 3,
  record: 'curve',
  criterion:
    'In every seed, at 0.01 Post-LN ends above a loss of 2, and below 1 with 100 steps of warmup, as Pre-LN does with and ' +
    'without; and the highest rate at which every seed learns rises in this order: Post-LN without warmup, with it, Pre-LN.',
  judge(results) {
    const at = (/** @type {string} */ id) => `${id}-0.01`;
    const learning = trainedOf(results, ['post-warmup', 'pre', 'pre-warmup'].map(at));
    const seeds = everySeed(
      results,
      (trialOf) => finalLoss(trialOf(at('post'))) > 2 && learning.every((id) => finalLoss(trialOf(id)) < LEARNED),
    );
    const highest = CASES.map(({ id }) => Math.max(0, ...ratesOf(results, id)));
    // A quick check has one rate.
    const isWhole = CASES.every(({ id }) => RATES.every((lr) => results[`${id}-${lr}`]));
    const rises = highest[0] < highest[1] && highest[1] < highest[2];
    const losses = CASES.filter(({ id }) => results[at(id)]).map(
      ({ id, label }) => `${label}: ${span(results[at(id)].map(finalLoss))}`,
    );
    const rates = CASES.map(({ label }, i) => `${label}: ${highest[i] ? number(highest[i]) : 'none'}`);
    const order = isWhole ? `; highest rate at which every seed learns, ${rates.join('; ')}` : '';
    return {
      passed: seeds.passed && (rises || !isWhole),
      figure: `loss at 0.01, ${losses.join('; ')}${order}; ${writeSeeds(seeds)}`,
    };
  },
  examples: {
    shown: {
      'post-0.01': { loss: 2.09 },
      'post-warmup-0.01': { loss: 0.3 },
      'pre-0.01': { loss: 0.1 },
      'pre-warmup-0.01': { loss: 0.1 },
      'post-0.003': { loss: 0.1 },
      'post-warmup-0.003': { loss: 0.1 },
      'pre-0.003': { loss: 0.1 },
      'pre-warmup-0.003': { loss: 0.1 },
      'post-0.02': { loss: 2.09 },
      'post-warmup-0.02': { loss: 2.09 },
      'pre-0.02': { loss: 0.6 },
      'pre-warmup-0.02': { loss: 0.3 },
    },
    not: [
      { 'post-0.01': { loss: 0.3 } },
      { 'post-warmup-0.01': { loss: 2.09 } },
      { 'pre-0.01': { loss: 2.09 } },
      { 'pre-0.02': { loss: 2.09 } },
      { 'post-warmup-0.01': { diverged: true } },
    ],
  },
  quick: {
    cells: ['post-0.01', 'post-warmup-0.01', 'pre-0.01'],
    seeds: 1,
    config: { batch: 16, steps: 100, samples: 1000, val_samples: 100 },
    changes: { 'post-0.01': { steps: 60 }, 'post-warmup-0.01': { steps: 60 }, 'pre-0.01': { steps: 80 } },
  },
  measured:
    'final loss of seeds 1 to 3. Post-LN: 0.003 2.090 0.304 0.064, 0.01 2.092 2.085 2.086, 0.02 2.089 2.084 2.084; with ' +
    'warmup 0.029 0.084 0.089, 0.213 0.231 0.296, 2.084 2.084 2.083. Pre-LN: 0.041 0.041 0.030, 0.193 0.054 0.094, 0.662 ' +
    '0.412 0.348; with warmup 0.035 0.041 0.030, 0.048 0.057 0.031, 0.090 0.082 0.037',
};
