import { everySeed, finalLoss, findPeak, span, writeLoss, writeSeeds } from '../../judging.js';
import { SMALL_SORT, transformer } from './models.js';

const JUMP_AT = 250;
const JUMP = `${JUMP_AT}:lr=0.01`;

/** The highest loss after the rate's jump. @param {import('../../entry.js').CellTrial} trial */
function peakAfter({ curve }) {
  const losses = (curve?.loss ?? []).slice(JUMP_AT);
  return findPeak(losses, losses.length).loss;
}

/** A loss that is low until the jump, and then so high. @param {number} peak @param {number} loss */
const jumping = (peak, loss) => ({
  loss,
  curve: { loss: [...Array.from({ length: JUMP_AT }, () => 0.05), peak, loss] },
});

/** @type {import('../../entry.js').Entry} */
export const longMemory = {
  id: 'long-memory',
  title: 'Adam’s long memory',
  section: 'Transformers and recurrent networks',
  line: 'The rate jumps late in a training: with β₂ 0.999 the loss is thrown back to guessing, with 0.95 half as far.',
  needs: 'tokens',
  minutes: 7,
  text: {
    look:
      'At step 250 the rate jumps from 0.001 to 0.01. With β₂ 0.999 the loss of single batches rises from 0.05 to more than 2, ' +
      'the loss of guessing, and smoothed, as it is drawn, to 0.6; with 0.95 half as high, and it is back sooner. Trained at ' +
      '0.01 from the start there is no such spike: by then its loss stays below 0.5, though an earlier, smaller leap may be ' +
      'called an instability too.',
    why:
      'Adam divides by the root of v, a mean of squared gradients over the last 1 / (1 − β₂) steps: 1,000 or 20. Late in ' +
      'training gradients have become small, and so has v. Where the loss suddenly grows, gradients do as well, but with ' +
      '0.999 v hardly moves for hundreds of steps, and every step is as long as the old, small v makes it. Large models are ' +
      'trained with 0.95.',
    source: {
      label: 'Molybog et al., A Theory on Adam Instability in Large-Scale Machine Learning (2023)',
      url: 'https://arxiv.org/abs/2304.09871',
    },
  },
  predict: {
    ask: 'The rate jumps to ten times itself at step 250, and the training ends at 300. With which β₂ is the loss lowest over these 50 steps?',
    measure: 'lowest',
    of: 'loss',
    choices: [
      { says: '0.999: a long mean is a steady one', cell: '0.999' },
      { says: '0.99', cell: '0.99' },
      { says: '0.95: a short mean follows', cell: '0.95' },
    ],
  },
  tasks: [
    { say: 'Train with β₂ 0.999. The jump is among the settings.', done: [{ deed: 'trained', cell: '0.999' }] },
    {
      say: 'Train with β₂ 0.99, then with 0.95.',
      done: [
        { deed: 'trained', cell: '0.99' },
        { deed: 'trained', cell: '0.95' },
      ],
    },
    { say: 'Is it the rate? Train at 0.01 from the start, with 0.999.', done: [{ deed: 'trained', cell: 'constant' }] },
  ],
  picture: ['0.999', '0.95', 'constant'],
  config: { ...SMALL_SORT, model: transformer('pre', 2), lr: 0.001, steps: 300 },
  cells: [
    ...[0.999, 0.99, 0.95].map((beta2) => ({
      id: `${beta2}`,
      label: `β₂ ${beta2}, the rate jumps`,
      config: { beta2, changes: JUMP },
    })),
    { id: 'constant', label: 'β₂ 0.999, 0.01 throughout', config: { beta2: 0.999, lr: 0.01 } },
  ],
  seeds: 3,
  record: 'every',
  criterion:
    'In every seed, after the jump the loss rises above 1.8 with β₂ 0.999 and at least 1.4 times as high as with 0.95, and is ' +
    'higher in the mean of the 50 steps; at 0.01 throughout it ends below 0.5.',
  judge(results) {
    const seeds = everySeed(results, (trialOf) => {
      const [long, short] = [trialOf('0.999'), trialOf('0.95')];
      const isSpike = peakAfter(long) > Math.max(1.8, 1.4 * peakAfter(short)) && finalLoss(long) > finalLoss(short);
      return isSpike && (!results.constant || finalLoss(trialOf('constant')) < 0.5);
    });
    const told = ['0.999', '0.99', '0.95'].filter((id) => results[id]);
    const peaks = told.map(
      (id) =>
        `β₂ ${id}: up to ${span(results[id].map(peakAfter), writeLoss)}, mean ${span(results[id].map(finalLoss))}`,
    );
    const constant = results.constant ? `; 0.01 throughout ${span(results.constant.map(finalLoss))}` : '';
    return { passed: seeds.passed, figure: `${peaks.join('; ')}${constant}; ${writeSeeds(seeds)}` };
  },
  examples: {
    shown: { 0.999: jumping(2.5, 0.9), 0.95: jumping(1.2, 0.4), constant: { loss: 0.1 } },
    not: [
      { 0.999: jumping(1.2, 0.9) },
      { 0.95: jumping(2.4, 0.4) },
      { 0.95: jumping(1.2, 1.1) },
      { constant: { loss: 2 } },
    ],
  },
  quick: { cells: ['0.999', '0.95'], seeds: 1, config: { samples: 1000, val_samples: 100 } },
  measured:
    'highest loss after the jump, seeds 1 to 3: β₂ 0.999 2.12 … 3.37, 0.99 2.08 … 3.49, 0.95 1.12 … 1.67; mean of the 50 ' +
    'steps 0.628 0.705 0.737, 0.619 0.645 0.723, 0.349 0.343 0.376; at 0.01 throughout 0.050 0.081 0.043',
};
