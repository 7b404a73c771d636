import { MLP, PLAYBOOK, SMALL_GLYPHS } from '../entry.js';
import { finalAccuracy, span, trainedOf, writePercent } from '../judging.js';

/** @typedef {import('../entry.js').Results} Results */

/** Epochs of all runs but those that are given more. */
const EPOCHS = 12;

const FIXED = ['16', '64-fixed', '256-fixed', '1024-fixed'];
const TUNED = ['16', '64-tuned', '256-tuned', '1024-tuned'];

/** The settings of a batch size. @param {number} batch @param {number} lr @param {number} epochs */
function train(batch, lr, epochs) {
  return { batch, lr, steps: Math.floor((SMALL_GLYPHS.samples * epochs) / batch) };
}

/** Mean accuracy of the cells that there are, by cell. @param {Results} results @param {string[]} ids */
function meansOf(results, ids) {
  return trainedOf(results, ids).map(
    (id) => results[id].map(finalAccuracy).reduce((sum, value) => sum + value, 0) / results[id].length,
  );
}

/** @param {number[]} values */
const spreadOf = (values) => Math.max(...values) - Math.min(...values);

/** @type {import('../entry.js').Entry} */
export const batchSize = {
  id: 'batch-size',
  title: 'Batch size, unfair and fair',
  section: 'Batches',
  line: 'Change only the batch size and accuracy falls by a third; retune rate and steps, and the gap closes.',
  needs: 'glyphs',
  minutes: 10,
  text: {
    look: 'The validation accuracy at the end of each run, by batch size: a steep fall in the first series, almost level in the second.',
    why:
      'Twelve epochs are 7,500 steps with batch 16 and 117 with 1,024. A larger batch has a more exact gradient and ' +
      'bears a higher rate, but one tuned for small batches does not use that. Compare batch sizes only after tuning ' +
      'each for itself; what remains here are a few points, in part for want of regularization.',
    source: PLAYBOOK,
    quote:
      'However, the difference in validation set performance between two batch sizes typically goes away if the training ' +
      'pipeline is optimized independently for each batch size.',
  },
  predict: {
    ask: 'Twelve epochs at η 0.01, once with batch 16 and once with batch 1,024. By how much does the large batch fall behind in validation accuracy?',
    measure: 'behind',
    of: 'accuracy',
    cells: ['1024-fixed', '16'],
    choices: [
      { says: 'by less than 5 points', to: 0.05 },
      { says: 'by 5 to 20 points', from: 0.05, to: 0.2 },
      { says: 'by more than 20 points', from: 0.2 },
    ],
  },
  tasks: [
    {
      say: 'Train with batch sizes 16 and 1,024 for 12 epochs, both at 0.01.',
      done: [
        { deed: 'trained', cell: '16' },
        { deed: 'trained', cell: '1024-fixed' },
      ],
    },
    {
      say: 'Raise the rate with the batch: 64 at 0.03, and 256 at 0.1 for 24 epochs.',
      done: [
        { deed: 'trained', cell: '64-tuned' },
        { deed: 'trained', cell: '256-tuned' },
      ],
    },
    {
      say: 'Give the batches of 1,024 more steps, for 12 epochs are only 117 of them: 48 epochs at 0.15 with 50 steps of warmup.',
      done: [{ deed: 'trained', cell: '1024-tuned' }],
    },
  ],
  picture: ['16', '1024-fixed', '1024-tuned'],
  config: { ...SMALL_GLYPHS, model: MLP, schedule: 'linear', eval_every: 500 },
  cells: [
    { id: '16', label: 'batch 16, η 0.01', config: train(16, 0.01, EPOCHS) },
    { id: '64-fixed', label: 'batch 64, η 0.01', config: train(64, 0.01, EPOCHS) },
    { id: '256-fixed', label: 'batch 256, η 0.01', config: train(256, 0.01, EPOCHS) },
    { id: '1024-fixed', label: 'batch 1024, η 0.01', config: train(1024, 0.01, EPOCHS) },
    { id: '64-tuned', label: 'batch 64, η 0.03', config: train(64, 0.03, EPOCHS) },
    { id: '256-tuned', label: 'batch 256, η 0.1, 24 epochs', config: train(256, 0.1, 2 * EPOCHS) },
    {
      id: '1024-tuned',
      label: 'batch 1024, η 0.15, warmup 50, 48 epochs',
      config: { ...train(1024, 0.15, 4 * EPOCHS), warmup_steps: 50 },
    },
  ],
  seeds: 3,
  record: 'curve',
  criterion:
    'The mean validation accuracies of the batch sizes differ by more than 20 points at one rate, and by less than 6 ' +
    'where rate and steps are tuned.',
  judge(results) {
    const [fixed, tuned] = [meansOf(results, FIXED), meansOf(results, TUNED)];
    return {
      passed: spreadOf(fixed) > 0.2 && spreadOf(tuned) < 0.06,
      figure: `accuracy at one rate ${span(fixed, writePercent)}, tuned ${span(tuned, writePercent)}`,
    };
  },
  examples: {
    shown: {
      16: { accuracy: 0.8 },
      '64-fixed': { accuracy: 0.77 },
      '256-fixed': { accuracy: 0.69 },
      '1024-fixed': { accuracy: 0.51 },
      '64-tuned': { accuracy: 0.79 },
      '256-tuned': { accuracy: 0.79 },
      '1024-tuned': { accuracy: 0.77 },
    },
    // What decides are the means over the seeds.
    not: [{ '1024-fixed': [{ accuracy: 0.65 }] }, { '1024-tuned': [{ accuracy: 0.7 }] }],
  },
  // What is evaluated on the way is not asked.
  quick: {
    cells: ['16', '1024-fixed', '1024-tuned'],
    seeds: 1,
    config: { downsample: 4, val_samples: 1000, eval_every: 0 },
  },
  measured:
    'validation accuracy of seeds 1 to 3. 0.01: batch 16 80 80 81 %, 64 76 77 79 %, 256 68 69 69 %, 1024 53 50 51 ' +
    '%; tuned: 64 79 79 80 %, 256 78 80 79 %, 1024 77 78 77 %',
};
