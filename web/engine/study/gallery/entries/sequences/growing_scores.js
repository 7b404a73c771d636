import { number } from '../../../../words/numbers.js';
import { everySeed, finalLoss, span, writeSeeds } from '../../judging.js';
import { largestScore, SMALL_SORT, transformer } from './models.js';

const PLAIN = transformer('pre', 4);
const NORMALIZED = transformer('pre', 4, { arguments: 'qknorm=1' });

/** @type {import('../../entry.js').Entry} */
export const growingScores = {
  id: 'growing-scores',
  title: 'Attention scores that grow',
  section: 'Transformers and recurrent networks',
  line: 'At a high rate the scores climb to thousands and the loss stops halfway; with normalized queries and keys neither happens.',
  needs: 'tokens',
  minutes: 7,
  text: {
    look:
      'Two charts: while the scores climb from 5 to thousands, the loss falls, then stops above 1. With qknorm the largest ' +
      'score is the square root of a head’s width, 2.8, whatever the weights are, and the loss goes on falling. At 0.003 a loss ' +
      'that is already small may rise on its way, which the table calls a mid-training instability.',
    why:
      'A score is a product of two vectors that both grow with every large step, and nothing pulls them back. From a few ' +
      'tens on the softmax puts all weight on one position, and what it learned to look at can hardly change: its ' +
      'derivative is 0 almost everywhere. With qknorm=1 queries and keys are normalized before they meet. A lower rate ' +
      'helps as well: at 0.003 both networks learn.',
    source: {
      label: 'Wortsman et al., Small-scale proxies for large-scale Transformer training instabilities (2023)',
      url: 'https://arxiv.org/abs/2309.14322',
    },
  },
  predict: {
    ask: 'A Pre-LN transformer is trained with Adam at 0.06, once as it is, once with normalized queries and keys. How far does the normalized one end below the other?',
    measure: 'behind',
    of: 'loss',
    cells: ['normalized', 'plain'],
    choices: [
      { says: 'it ends above it', to: 0 },
      { says: 'by less than 0.3', from: 0, to: 0.3 },
      { says: 'by more than 0.3', from: 0.3 },
    ],
  },
  tasks: [
    {
      say: 'Train it at 0.06, and watch the chart of the attention scores.',
      done: [{ deed: 'trained', cell: 'plain' }],
    },
    {
      say: 'Write attention(4, qknorm=1) into the model, and train again.',
      done: [{ deed: 'trained', cell: 'normalized' }],
    },
    {
      say: 'Lower the rate to 0.003, with and without.',
      done: [
        { deed: 'trained', cell: 'plain-low' },
        { deed: 'trained', cell: 'normalized-low' },
      ],
    },
  ],
  picture: ['plain', 'normalized', 'plain-low'],
  config: { ...SMALL_SORT, steps: 250, lr: 0.06 },
  // The loss of the run whose scores grow only stops.
  quiet: 'no instability noticed',
  cells: [
    { id: 'plain', label: 'as it is, 0.06', config: { model: PLAIN } },
    { id: 'normalized', label: 'qknorm, 0.06', config: { model: NORMALIZED } },
    { id: 'plain-low', label: 'as it is, 0.003', config: { model: PLAIN, lr: 0.003 } },
    { id: 'normalized-low', label: 'qknorm, 0.003', config: { model: NORMALIZED, lr: 0.003 } },
  ],
  seeds: 3,
  beside: 'attention',
  record: 'every',
  criterion:
    'In every seed, at 0.06 the scores rise above 1,000 and the loss ends above 0.7; with qknorm the scores stay below 4 ' +
    'and the loss ends below 0.4; at 0.003 it ends below 0.4 with and without.',
  judge(results) {
    const low = ['plain-low', 'normalized-low'].filter((id) => results[id]);
    const seeds = everySeed(results, (trialOf) => {
      const [plain, normalized] = [trialOf('plain'), trialOf('normalized')];
      return (
        finalLoss(plain) > 0.7 &&
        largestScore(plain) > 1000 &&
        finalLoss(normalized) < 0.4 &&
        largestScore(normalized) < 4 &&
        low.every((id) => finalLoss(trialOf(id)) < 0.4)
      );
    });
    const losses = (/** @type {string} */ id) => span(results[id].map(finalLoss));
    const scores = (/** @type {string} */ id) => span(results[id].map(largestScore), (score) => number(score));
    const lower = low.length > 0 ? `; at 0.003 losses of ${low.map(losses).join(' and ')}` : '';
    return {
      passed: seeds.passed,
      figure:
        `at 0.06 a loss of ${losses('plain')}, scores up to ${scores('plain')}; with qknorm a loss of ${losses('normalized')}, scores up to ` +
        `${scores('normalized')}${lower}; ${writeSeeds(seeds)}`,
    };
  },
  examples: {
    shown: {
      plain: { loss: 1.1, curve: { attention: [1, 300, 9000] } },
      normalized: { loss: 0.1, curve: { attention: [1, 2.8] } },
      'plain-low': { loss: 0.05 },
      'normalized-low': { loss: 0.1 },
    },
    not: [
      { plain: { loss: 0.1, curve: { attention: [1, 300, 9000] } } },
      { plain: { loss: 1.1, curve: { attention: [1, 30] } } },
      { normalized: { loss: 1.1, curve: { attention: [1, 2.8] } } },
      { normalized: { loss: 0.1, curve: { attention: [1, 28] } } },
      { 'plain-low': { loss: 2 } },
    ],
  },
  quick: {
    cells: ['plain', 'normalized'],
    seeds: 1,
    config: { batch: 16, steps: 160, samples: 1000, val_samples: 100 },
  },
  measured:
    'final loss of seeds 1 to 3: 0.06 1.198 1.026 1.342, scores up to 11,415 … 12,043; with qknorm 0.130 0.053 0.033, ' +
    'scores up to 2.83; 0.003 0.034 0.037 0.043, with qknorm 0.028 0.030 0.036',
};
