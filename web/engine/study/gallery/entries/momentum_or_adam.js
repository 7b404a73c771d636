import { PLAYBOOK, SMALL_GLYPHS } from '../entry.js';
import { everySeed, finalLoss, span, trainedOf, writeSeeds } from '../judging.js';

const RATES = [0.001, 0.002, 0.004, 0.01];
const MODEL = 'conv(8,3,stride=2,pad=1)\nresidual(relu conv(8,3,pad=1) relu conv(8,3,pad=1))*16\nrelu';
const NORMALIZED = 'conv(8,3,stride=2,pad=1)\nresidual(relu conv(8,3,pad=1) relu conv(8,3,pad=1) batchnorm)*16\nrelu';
const MOMENTA = RATES.map((lr) => `momentum-${lr}`);

/** @type {import('../entry.js').Entry} */
export const momentumOrAdam = {
  id: 'momentum-or-adam',
  title: 'Momentum or Adam',
  section: 'Optimizers and architecture',
  line: 'The same network: Momentum crawls or dies at every rate, Adam trains.',
  needs: 'glyphs',
  minutes: 7,
  text: {
    look: 'With Momentum, curves that stay near 2.30, the loss of guessing, or go down slowly; with Adam, one that learns.',
    why:
      'Sixteen residual blocks of convolutions, nothing normalized: the signal grows from block to block, and so the ' +
      'gradients of different layers differ by orders of magnitude. A rate that is safe for the layer with the largest ' +
      'gradient is far too small for the others. Adam gives each weight a step of about the same length.',
    source: PLAYBOOK,
    quote: 'Sometimes Adam can handle instabilities that Momentum can’t.',
  },
  predict: {
    ask: 'Sixteen residual blocks, nothing normalized, 300 steps. Which ends with the lowest loss?',
    measure: 'lowest',
    of: 'loss',
    choices: [
      { says: 'Momentum at 0.001', cell: 'momentum-0.001' },
      { says: 'Momentum at 0.002', cell: 'momentum-0.002' },
      { says: 'Momentum at 0.01', cell: 'momentum-0.01' },
      { says: 'Adam at 0.003', cell: 'adam' },
    ],
  },
  tasks: [
    {
      say: 'Train with Momentum at 0.001, 0.002 and 0.01.',
      done: [
        { deed: 'trained', cell: 'momentum-0.001' },
        { deed: 'trained', cell: 'momentum-0.002' },
        { deed: 'trained', cell: 'momentum-0.01' },
      ],
    },
    { say: 'Change the update rule to Adam at 0.003.', done: [{ deed: 'trained', cell: 'adam' }] },
    {
      say: 'Put a batchnorm at the end of each block, and train with Momentum at 0.01 again.',
      done: [
        {
          deed: 'trained',
          cell: 'momentum-0.01',
          with: { model: NORMALIZED },
          label: 'Momentum, η 0.01, with batchnorm',
        },
      ],
    },
  ],
  picture: ['momentum-0.002', 'momentum-0.01', 'adam'],
  config: {
    ...SMALL_GLYPHS,
    model: MODEL,
    steps: 300,
    eval_every: 100,
  },
  cells: [
    ...RATES.map((lr) => ({ id: `momentum-${lr}`, label: `Momentum, η ${lr}`, config: { lr } })),
    { id: 'adam', label: 'Adam, η 0.003', config: { optimizer: 'adam', lr: 0.003 } },
  ],
  seeds: 3,
  record: 'curve',
  criterion: 'In every seed, the lowest final loss of Momentum over its rates is more than 0.2 above that of Adam.',
  judge(results) {
    const tried = trainedOf(results, MOMENTA);
    const best = (/** @type {(cell: string) => import('../entry.js').CellTrial} */ trialOf) =>
      Math.min(...tried.map((id) => finalLoss(trialOf(id))));
    const seeds = everySeed(results, (trialOf) => best(trialOf) > finalLoss(trialOf('adam')) + 0.2);
    const bests = results.adam.map((_, seed) => best((id) => results[id][seed]));
    return {
      passed: seeds.passed,
      figure: `Momentum at its best rate ${span(bests)}, Adam ${span(results.adam.map(finalLoss))}; ${writeSeeds(seeds)}`,
    };
  },
  examples: {
    shown: {
      'momentum-0.001': { loss: 1.4 },
      'momentum-0.002': { loss: 1.2 },
      'momentum-0.004': { loss: 2.3 },
      'momentum-0.01': { diverged: true },
      adam: { loss: 0.8 },
    },
    not: [{ 'momentum-0.002': { loss: 0.9 } }, { adam: { loss: 1.1 } }, { adam: { diverged: true } }],
  },
  // The rates between which the best one lies.
  // It is decided by training losses: what is evaluated on the way is not asked.
  quick: {
    cells: ['momentum-0.001', 'momentum-0.002', 'adam'],
    seeds: 1,
    config: { batch: 32, steps: 150, downsample: 4, val_samples: 200, eval_every: 0 },
  },
  measured:
    'Momentum at its best rate 1.08 … 1.34, Adam 0.743 … 0.892; 3 of 3 seeds. Before convolutions were made by Winograd’s filtering: ' +
    'lowest final loss of Momentum, seeds 1 to 5: 1.350 1.176 1.301 2.303 1.704; Adam 0.782 0.740 0.893 1.056 ' +
    '0.961; with a batchnorm in each block, Momentum 0.01: 0.553 0.564',
};
