import { number } from '../../../words/numbers.js';
import { ARTICLE, MLP, SMALL_GLYPHS } from '../entry.js';
import { suggesting } from '../examples.js';
import { ratioOf, span } from '../judging.js';

const RANGE = { schedule: 'range_exponential', lr_min: 1e-8, lr: 1, steps: 100 };

/** @param {import('../entry.js').CellTrial[]} trials */
const suggestionsOf = (trials) => trials.map(({ range }) => range?.suggestion.steepest);

const LOTTERY = suggesting([1e-7, 0.03, 2e-5]);
const STEADY = suggesting([0.1, 0.2, 0.15]);

/** @type {import('../entry.js').Entry} */
export const noisyRangeTest = {
  id: 'noisy-range-test',
  title: 'One curve, one seed',
  section: 'Learning rates',
  line: 'At batch 8 the suggestion depends on the seed by a factor of hundreds of thousands; at batch 512 it hardly does.',
  needs: 'glyphs',
  minutes: 6,
  text: {
    look: 'Where the red dot of the steepest descent lands: at batch 8 often in the flat part, on a slope that is noise.',
    why:
      'The loss of a batch of 8 jumps about by more than the rate changes it, and the smoothing over about fifty points ' +
      'cannot remove that from a test of a hundred. Steepest descent asks for the slope at a single point, so it ' +
      'finds the steepest noise. A larger batch, more seeds and their median, or a rule that looks at a long stretch ' +
      'help. A single suggestion is worth little without its spread.',
    source: ARTICLE,
  },
  predict: {
    ask: 'Four range tests at batch 8 differ in nothing but their seed. How far apart are the rates of steepest descent?',
    measure: 'spread',
    with: { batch: 8 },
    seeds: 4,
    choices: [
      { says: 'within a factor of 4', to: 4 },
      { says: 'a factor of 4 to 30', from: 4, to: 30 },
      { says: 'a factor above 30', from: 30 },
    ],
  },
  tasks: [
    {
      say: 'Run the range test with batch size 8 and four seeds, and see what each suggests.',
      done: [{ deed: 'tested', cell: '8', seeds: 4 }],
    },
    {
      say: 'Repeat with batch sizes 64 and 512.',
      done: [
        { deed: 'tested', cell: '64', seeds: 4 },
        { deed: 'tested', cell: '512', seeds: 4 },
      ],
    },
    {
      say: 'Run the experiment, and compare the rule valley with steepest descent at batch 8.',
      done: [{ deed: 'experimented' }],
    },
  ],
  picture: ['8', '512'],
  config: { ...SMALL_GLYPHS, model: MLP, eval_every: 0 },
  cells: [
    { id: '8', label: 'batch 8', config: { ...RANGE, batch: 8 }, range: true },
    { id: '64', label: 'batch 64', config: { ...RANGE, batch: 64 }, range: true },
    { id: '512', label: 'batch 512', config: { ...RANGE, batch: 512 }, range: true },
  ],
  seeds: 8,
  record: 'every',
  criterion:
    'Over the seeds, the largest suggestion of steepest descent is more than 30 times the smallest at batch 8, and less ' +
    'than 4 times at batch 512.',
  judge(results) {
    const ratio = (/** @type {string} */ id) => ratioOf(suggestionsOf(results[id]));
    const describe = (/** @type {string} */ id) => {
      const rates = suggestionsOf(results[id]).map((rate) => rate ?? 0);
      return `at batch ${id} it suggests ${span(rates, number)}, a factor of ${number(ratio(id))}`;
    };
    return {
      passed: ratio('8') > 30 && ratio('512') < 4,
      figure: `steepest descent depends on the seed: ${describe('8')}; ${describe('512')}`,
    };
  },
  examples: {
    shown: { 8: LOTTERY, 512: STEADY },
    not: [{ 8: STEADY }, { 512: LOTTERY }, { 512: suggesting([0.1, null, 0.15]) }],
  },
  quick: { cells: ['8', '512'], seeds: 4, config: { val_samples: 200 } },
  measured:
    'steepest descent, seeds 1 to 8. batch 8: 0.030 7.6e-8 1.3e-7 2.3e-7 6.9e-7 7.6e-8 7.6e-8 3.3e-7; batch 512: ' +
    '0.13 0.11 0.16 0.16 0.091 0.13 0.23 0.13; valley at batch 8: 0.0033 … 0.0083',
};
