import { number } from '../../../words/numbers.js';
import { PLAYBOOK, SMALL_GLYPHS, UNSTRIDED } from '../entry.js';
import { everySeed, finalLoss, findPeak, span, writeSeeds } from '../judging.js';

/** @typedef {import('../entry.js').CellTrial} CellTrial */

/** The spike is over within so many steps. */
const FIRST_STEPS = 10;

/** @param {CellTrial} trial  how many times the first loss the spike reaches */
const riseOf = (trial) => findPeak(trial.curve?.loss ?? [], FIRST_STEPS).loss / trial.train.first;

/** What an evaluation every 100 steps sees: nothing but decline. @param {CellTrial} trial */
function looksHealthy({ evaluations }) {
  const losses = evaluations.map(({ train_loss }) => train_loss);
  return losses.length > 1 && losses.every((loss, i) => i === 0 || loss < 1.02 * losses[i - 1]);
}

/** A loss that starts at 3, reaches a peak at step 2 and ends at 2; evaluated twice. @param {number} peak @param {number[]} [evaluations] */
function spiking(peak, evaluations = [1.5, 1.2]) {
  const loss = [3, 4, peak, 3, 2.5, ...Array.from({ length: 95 }, () => 2)];
  return { curve: { loss }, evaluations: evaluations.map((train_loss) => ({ train_loss })) };
}

/** @type {import('../entry.js').Entry} */
export const hiddenSpike = {
  id: 'hidden-spike',
  title: 'Between two evaluations',
  section: 'Instability',
  line: 'It happens in the first three steps; evaluation every 100 steps shows only a run that is slow.',
  needs: 'glyphs',
  minutes: 7,
  text: {
    look:
      'The loss goes from 3.3 to more than 5 within three steps, the gradient norm to above 10. Then a slow descent, ' +
      'which is all that the evaluations show. With warmup the same steps end at a much lower training loss, and so does ' +
      'half the rate without one.',
    why:
      'The first steps at this rate throw the network to a bad place. It recovers, but loses features that it never gets ' +
      'back, so what looks like slow training is damage. The playbook’s test is a short run at twice the best rate, ' +
      'evaluated at every step.',
    source: PLAYBOOK,
    quote: 'Some models show very early instability followed by a recovery that results in slow but stable training.',
  },
  predict: {
    ask: 'η 0.12 is twice a good rate for this network, and it is evaluated every 100 steps only. What does the loss of the first ten steps do?',
    measure: 'peak',
    choices: [
      { says: 'it falls from the first step on', to: 1.1 },
      { says: 'it rises by less than half of the first loss', from: 1.1, to: 1.5 },
      { says: 'it rises to more than 1.5 times the first loss', from: 1.5 },
    ],
  },
  tasks: [
    {
      say: 'Train, and look at the evaluations, every 100 steps, alone: would you call it unstable? Then look at the loss of the first ten steps, on a logarithmic step axis.',
      done: [{ deed: 'trained', cell: 'none' }],
    },
    {
      say: 'Add 100 steps of warmup, and compare where both runs end.',
      done: [{ deed: 'trained', cell: 'warmup' }],
    },
    { say: 'Halve the rate.', done: [{ deed: 'trained', cell: 'good' }] },
  ],
  picture: ['none', 'warmup'],
  config: { ...SMALL_GLYPHS, model: UNSTRIDED, lr: 0.12, steps: 400, eval_every: 100 },
  quiet: 'no instability noticed',
  cells: [
    { id: 'none', label: 'η 0.12, twice a good rate', config: {} },
    { id: 'warmup', label: 'η 0.12, warmup 100', config: { warmup_steps: 100, steps: 300 } },
    { id: 'good', label: 'η 0.06', config: { lr: 0.06 } },
  ],
  seeds: 5,
  record: 'every',
  criterion:
    'In every seed, a loss of the first ten steps is above 1.5 times the first, the training loss as it is evaluated, ' +
    'every 100 steps, never rises by 2 %, and the run ends at more than 1.25 times the training loss (mean of the last ' +
    '50 steps) that it reaches with warmup.',
  judge(results) {
    const seeds = everySeed(results, (trialOf) => {
      const none = trialOf('none');
      const isDamaged = finalLoss(none) > 1.25 * finalLoss(trialOf('warmup'));
      return riseOf(none) > 1.5 && looksHealthy(none) && isDamaged;
    });
    const { none, warmup } = results;
    const steps = span(
      none.map((trial) => findPeak(trial.curve?.loss ?? [], FIRST_STEPS).step),
      String,
    );
    return {
      passed: seeds.passed,
      figure:
        `the loss reaches ${span(none.map(riseOf), number)} times the first at step ${steps}, and the training loss ends ` +
        `at ${span(none.map(finalLoss))}, with warmup at ${span(warmup.map(finalLoss))}; the criterion holds in ${writeSeeds(seeds)}`,
    };
  },
  examples: {
    shown: { none: { loss: 0.8, ...spiking(5.5) }, warmup: { loss: 0.45 } },
    not: [
      { none: { loss: 0.8, ...spiking(4.2) } },
      { none: { loss: 0.8, ...spiking(5.5, [1.5, 1.9]) } },
      { none: { loss: 0.8, ...spiking(5.5, []) } },
      { warmup: { loss: 0.75 } },
    ],
  },
  quick: {
    cells: ['none', 'warmup'],
    seeds: 1,
    config: { batch: 32, steps: 200, val_samples: 500, eval_every: 100 },
    changes: { warmup: { steps: 100 } },
  },
  measured:
    'the loss reaches 1.63 … 1.92 times the first at step 2 … 3, and the training loss ends at 0.641 … 0.925, with warmup at 0.447 … 0.482; the criterion holds in 5 of 5 seeds. Before convolutions were made by Winograd’s filtering: ' +
    'seeds 1 to 5: spike 1.63 1.92 1.70 1.92 1.70 times the first loss at step 2 2 3 3 2; final training ' +
    'loss 0.707 0.791 0.903 0.719 0.643, with warmup 0.463 0.476 0.494 0.487 0.453, at 0.06 0.455 0.436 0.463 0.464 ' +
    '0.435; best validation loss 0.707 0.729 0.866 0.732 0.713, with warmup 0.622 0.523 0.521 0.523 0.509',
};
