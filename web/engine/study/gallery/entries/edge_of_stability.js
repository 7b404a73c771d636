import { number } from '../../../words/numbers.js';
import { everySeed, finalLoss, span, writeSeeds } from '../judging.js';

/** @typedef {import('../entry.js').CellTrial} CellTrial */

/** λ_max · η at the measurements of the last third of a run. @param {CellTrial} trial */
function lastProducts({ sharpness, config }) {
  const products = sharpness.map(({ value }) => value * config.lr);
  return products.slice(Math.floor((2 * products.length) / 3));
}

/** A run's sharpness, given as products with its rate. @param {number[]} products @param {number} lr */
function measured(products, lr) {
  return { config: { lr }, sharpness: products.map((product) => ({ value: product / lr })) };
}

/** @type {import('../entry.js').Entry} */
export const edgeOfStability = {
  id: 'edge-of-stability',
  title: 'The edge of stability',
  section: 'Instability',
  line: 'The sharpness climbs until it meets 2/η, and stays there; warmup moves the network below the edge first.',
  needs: 'glyphs',
  minutes: 8,
  text: {
    look:
      'The sharpness meets the line 2/η and stays at it. From there on the loss goes up and down from step to step, and ' +
      'yet falls in the long run. With warmup, sharpness falls ahead of the rate.',
    why:
      'On a parabola of curvature λ, gradient descent diverges once η exceeds 2/λ. A network is no parabola: where a ' +
      'step overshoots, it also lands at a flatter place, so training balances at λ = 2/η. It is full-batch descent on ' +
      '512 images, without momentum, because only there is the line so sharp. This is also why warmup works: while the ' +
      'rate is low, steps lead to flatter places, and the edge moves up before the rate arrives.',
    source: {
      label: 'Cohen et al., Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability (2021)',
      url: 'https://arxiv.org/abs/2103.00065',
    },
  },
  predict: {
    ask: 'At η 0.25 gradient descent is stable up to a sharpness of 2/η = 8. The network starts below that. Where does its sharpness go?',
    measure: 'edge',
    choices: [
      { says: 'it stays below', to: 1.5 },
      { says: 'it climbs to 2/η and stays there', from: 1.5, to: 2.4 },
      { says: 'it climbs beyond, and the loss explodes', from: 2.4 },
    ],
  },
  tasks: [
    {
      say: 'Train at 0.25 and watch the sharpness beside the line 2/η.',
      done: [{ deed: 'trained', cell: 'edge' }],
    },
    { say: 'Train at 0.05: there the edge is at 40.', done: [{ deed: 'trained', cell: 'below' }] },
    {
      say: 'Train at 0.5, where the edge is at 4 and the network starts out sharper. Then add 200 steps of warmup.',
      done: [
        { deed: 'trained', cell: 'beyond' },
        { deed: 'trained', cell: 'warmup' },
      ],
    },
    {
      say: 'Lower the rate to 0.1 in the middle of a run at 0.25.',
      done: [{ deed: 'changed', cell: 'edge', with: { lr: 0.1 } }],
    },
  ],
  picture: ['edge', 'below', 'warmup'],
  config: {
    dataset: 'glyphs',
    downsample: 4,
    samples: 512,
    val_samples: 512,
    model: '(linear(32) tanh)*3',
    loss: 'squared_error',
    optimizer: 'sgd',
    batch: 0,
    steps: 600,
    eval_every: 100,
    sharpness_every: 20,
  },
  cells: [
    { id: 'edge', label: 'η 0.25', config: { lr: 0.25 } },
    { id: 'below', label: 'η 0.05', config: { lr: 0.05 } },
    { id: 'beyond', label: 'η 0.5', config: { lr: 0.5 } },
    { id: 'warmup', label: 'η 0.5, warmup 200', config: { lr: 0.5, warmup_steps: 200, steps: 400 } },
  ],
  seeds: 5,
  record: 'curve',
  criterion:
    'In every seed, over the last third of the run sharpness times rate stays within 2 ± 0.3 at 0.25 and below 1.5 at ' +
    '0.05; 0.5 diverges, and with warmup ends below a loss of 0.25.',
  judge(results) {
    const seeds = everySeed(results, (trialOf) => {
      const products = lastProducts(trialOf('edge'));
      const isAtEdge = products.length > 0 && products.every((product) => Math.abs(product - 2) <= 0.3);
      const isBelow = lastProducts(trialOf('below')).every((product) => product < 1.5);
      return isAtEdge && isBelow && trialOf('beyond').diverged && finalLoss(trialOf('warmup')) < 0.25;
    });
    const products = (/** @type {string} */ id) => span(results[id].flatMap(lastProducts), number);
    const diverged = results.beyond.filter((trial) => trial.diverged).length;
    return {
      passed: seeds.passed,
      figure:
        `sharpness × rate: ${products('edge')} at 0.25, ${products('below')} at 0.05; 0.5 diverged in ${diverged}, with ` +
        `warmup ends at ${span(results.warmup.map(finalLoss))}; ${writeSeeds(seeds)}`,
    };
  },
  examples: {
    shown: {
      edge: measured([1.2, 1.5, 1.9, 2, 2.1, 2.05], 0.25),
      below: measured([0.5, 0.5, 0.6], 0.05),
      beyond: { diverged: true },
      warmup: { loss: 0.15, ...measured([2.2], 0.4) },
    },
    not: [
      { edge: measured([1.2, 1.5, 1.9, 2, 2.1, 2.4], 0.25) },
      { edge: measured([1.2, 1.5, 1.6, 1.6, 1.6, 1.6], 0.25) },
      { edge: measured([], 0.25) },
      { below: measured([0.5, 1, 1.8], 0.05) },
      { beyond: { loss: 0.2 } },
      { warmup: { diverged: true } },
    ],
  },
  quick: { seeds: 1, config: { samples: 128, val_samples: 128 } },
  measured:
    'sharpness × rate over the last third, 5 seeds, at 0.25: 1.84 … 2.26; at 0.05 0.38 … 0.78; 0.5 diverged 5 of 5, ' +
    'with warmup 0.137 … 0.146',
};
