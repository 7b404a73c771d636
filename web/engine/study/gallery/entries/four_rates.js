import { ARTICLE } from '../entry.js';
import { everySeed, finalAccuracy, finalValLoss, span, writePercent, writeSeeds } from '../judging.js';

const OTHERS = ['1e-5', '1e-4', '0.1'];

/** @type {import('../entry.js').Entry} */
export const fourRates = {
  id: 'four-rates',
  title: 'Four rates, and a twist',
  section: 'Learning rates',
  line: 'Too small crawls, too large hardly learns, the suggested rate wins; with Adam, the same number does not train.',
  needs: 'glyphs',
  text: {
    try: [
      'Train at 0.00001, 0.0001, 0.0363 and 0.1 and lay the curves over each other.',
      'Change the update rule to Adam at 0.0363. Then try Adam at 0.002.',
      'With Fashion-MNIST at hand, repeat all of it on the article’s own data.',
    ],
    look:
      'The two small rates are straight lines that go almost nowhere. 0.1 falls, then stays high. 0.0363 is best. ' +
      'Adam at 0.0363 stays at 10 %, which is guessing.',
    why:
      'A rate means something for one update rule only: Adam divides by the size of the gradients, so its steps are as ' +
      'long as its rate says, and 0.0363 is far too long. The article trained its fourth run through a setting that the ' +
      'finder did not write, so its published figures are those of Adam at 0.002; its suggestion of 0.0363 is right ' +
      'for Momentum. Reproducing somebody’s numbers is how one finds such things.',
    source: ARTICLE,
    quote: 'I ran four separate experiments that only differ in initial learning rate values',
  },
  config: { dataset: 'glyphs', samples: 20000, val_samples: 2000, init: 'xavier', steps: 600, eval_every: 100 },
  cells: [
    { id: '0.0363', label: 'Momentum 0.0363, as the article’s test suggests', config: { lr: 0.0363 } },
    { id: '1e-5', label: 'Momentum 0.00001', config: { lr: 1e-5 } },
    { id: '1e-4', label: 'Momentum 0.0001', config: { lr: 1e-4 } },
    { id: '0.1', label: 'Momentum 0.1', config: { lr: 0.1 } },
    { id: 'adam-0.0363', label: 'Adam 0.0363', config: { lr: 0.0363, optimizer: 'adam' } },
    { id: 'adam-0.002', label: 'Adam 0.002', config: { lr: 0.002, optimizer: 'adam' } },
  ],
  seeds: 3,
  beside: 'accuracy',
  record: 'curve',
  criterion:
    'In every seed, the suggested rate ends with a validation loss below 0.5 and below that of the three others, and ' +
    'Adam at the same rate does not get above 20 % accuracy.',
  judge(results) {
    const tried = OTHERS.filter((id) => results[id]);
    const seeds = everySeed(results, (trialOf) => {
      const suggested = finalValLoss(trialOf('0.0363'));
      const isBest = tried.every((id) => suggested < finalValLoss(trialOf(id)));
      return suggested < 0.5 && isBest && finalAccuracy(trialOf('adam-0.0363')) < 0.2;
    });
    const losses = (/** @type {string} */ id) => span(results[id].map(finalValLoss));
    const others = tried.map((id) => `${id}: ${losses(id)}`).join(', ');
    const adam = span(results['adam-0.0363'].map(finalAccuracy), writePercent);
    return {
      passed: seeds.passed,
      figure: `validation loss 0.0363: ${losses('0.0363')}, ${others}; Adam 0.0363: ${adam}; ${writeSeeds(seeds)}`,
    };
  },
  examples: {
    shown: {
      0.0363: { valLoss: 0.35 },
      '1e-5': { valLoss: 2.3 },
      '1e-4': { valLoss: 2 },
      0.1: { valLoss: 0.8 },
      'adam-0.0363': { accuracy: 0.1 },
    },
    not: [
      { 0.0363: { valLoss: 0.6 } },
      { 0.0363: { diverged: true } },
      { 0.1: { valLoss: 0.3 } },
      { 'adam-0.0363': { accuracy: 0.8 } },
    ],
  },
  quick: { cells: ['0.0363', '1e-4', '0.1', 'adam-0.0363'], seeds: 1 },
  measured:
    'validation loss / accuracy of seeds 1 to 3. 0.03: 0.303/89 % 0.350/88 % 0.382/87 %; 0.1: 0.745/78 % 0.787/75 % ' +
    '1.009/66 %; 0.0001: 1.87 … 2.15; 0.00001: 2.29 … 2.33; Adam 0.03: 10 % three times; Adam 0.002: 0.290 … ' +
    '0.316/88 … 90 %',
};
