import { number } from '../../../words/numbers.js';
import { medianOf } from '../../trial/statistics.js';
import { ARTICLE } from '../entry.js';
import { suggesting } from '../examples.js';
import { span } from '../judging.js';

/** @type {import('../entry.js').Entry} */
export const shortRangeTest = {
  id: 'range-test',
  title: 'One short run finds a rate',
  section: 'Learning rates',
  line: 'Raise the learning rate in a run of seconds: where the loss falls fastest, there is the rate to train with.',
  needs: 'glyphs',
  minutes: 4,
  text: {
    look: 'A flat start where the rate is too small to do anything, one slope, then a cliff where it is too large.',
    why:
      'Each step is taken with a rate a little higher than the last. While the rate is too small the loss hardly moves; ' +
      'once it is useful the loss falls; beyond the largest stable rate it goes up. Smoothing lags behind, so a test ' +
      'that is too short suggests too much: 200 steps from 0.00001 read lower than 100 steps from 0.00000001.',
    source: ARTICLE,
    quote: 'It took around 12 seconds to find best initial learning rate which turned out to be 0.0363.',
  },
  predict: {
    ask: 'The rate rises from 0.00001 to 1 within 200 steps. Where does the loss fall fastest?',
    measure: 'steepest',
    choices: [
      { says: 'below 0.001', to: 0.001 },
      { says: 'between 0.001 and 0.01', from: 0.001, to: 0.01 },
      { says: 'between 0.01 and 0.1', from: 0.01, to: 0.1 },
      { says: 'above 0.1', from: 0.1 },
    ],
  },
  tasks: [
    {
      say: 'Run the range test: 200 steps whose rate rises from 0.00001 to 1. Compare what its rules read off the curve.',
      done: [{ deed: 'tested' }],
    },
    {
      say: 'Run it with five seeds. How far apart are their suggestions?',
      done: [{ deed: 'tested', seeds: 5 }],
    },
    {
      say: 'Set the initialization to PyTorch’s and repeat.',
      done: [{ deed: 'tested', with: { init: 'torch' } }],
    },
  ],
  picture: ['test'],
  config: { dataset: 'glyphs', samples: 20000, val_samples: 2000, init: 'xavier', eval_every: 0 },
  cells: [
    {
      id: 'test',
      label: 'LeNet, 200 steps from η 0.00001 to 1',
      config: { schedule: 'range_exponential', lr_min: 1e-5, lr: 1, steps: 200 },
      range: true,
    },
  ],
  seeds: 5,
  record: 'every',
  criterion: 'The median over the seeds of the rate of steepest descent lies between 0.02 and 0.06.',
  judge({ test }) {
    const rates = test.map(({ range }) => range?.suggestion.steepest ?? 0);
    const median = /** @type {number} */ (medianOf(rates));
    return {
      passed: median >= 0.02 && median <= 0.06,
      figure: `median ${number(median)}, seeds ${span(rates, number)}`,
    };
  },
  examples: {
    shown: { test: suggesting([0.01, 0.03, 0.2]) },
    not: [
      { test: suggesting([0.01, 0.015, 0.2]) },
      { test: suggesting([0.01, 0.07, 0.2]) },
      { test: suggesting([null, null, 0.03]) },
    ],
  },
  // Nothing else is smaller: single seeds are far apart, and so are medians of few or of smaller images.
  quick: { seeds: 5, config: { val_samples: 200 } },
  measured:
    'median 0.0282, seeds 0.00944 … 0.0668. Before convolutions were made by Winograd’s filtering: ' +
    'steepest descent, seeds 1 to 8: 0.0133 0.0668 0.0282 0.0094 0.0562 0.0299 0.0100 0.0299',
};
