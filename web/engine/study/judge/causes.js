/**
 * What can be wrong with settings, and how they fare: the one table of both, for the procedure that finds it, and for
 * the command line, the page and the report that tell it.
 */

import { whenInWords } from '../../config/verdicts.js';

/**
 * @typedef {'rate_too_high' | 'rate_too_low' | 'weight_decay' | 'momentum' | 'beta2' | 'epsilon' | 'initialization'
 *   | 'norm_placement' | 'no_normalization' | 'outliers' | 'data_scale' | 'batch_noise' | 'batchnorm_batch' | 'clipping'
 *   | 'schedule' | 'not_optimization' | 'none'} CauseId
 * @typedef {'stable' | 'early' | 'mid' | 'diverged' | 'slow' | 'dead'} OwnVerdict
 *
 * @typedef {import('../../config/verdicts.js').Instability} Instability
 *
 * @typedef {object} CauseRow
 * @property {CauseId} id
 * @property {string} noun  what may be to blame
 * @property {string} label  that it is, as a sentence without its full stop
 * @property {string} says  why it does harm, as a sentence
 */

/**
 * Where several explain as much, the first of them in this order comes first: what is wrong with the data before what is
 * made of them, and what is set before what may be missing.
 *
 * @type {readonly CauseRow[]}
 */
export const CAUSES = [
  {
    id: 'data_scale',
    noun: 'inputs that are not standardized',
    label: 'The inputs are not standardized',
    says: 'The steepness of the loss grows with the square of the inputs, so that no rate fits all weights.',
  },
  {
    id: 'outliers',
    noun: 'outliers',
    label: 'There are outliers among the inputs',
    says: 'Whenever one is drawn, its gradient throws the weights far off.',
  },
  {
    id: 'batchnorm_batch',
    noun: 'batch normalization over a small batch',
    label: 'The batch is too small for batch normalization',
    says: 'Mean and variance of so few samples say little of the data, and nothing at all where there is one.',
  },
  {
    id: 'initialization',
    noun: 'initialization',
    label: 'The initial weights are of the wrong size',
    says: 'The first weights make the signal grow or die on its way through the layers.',
  },
  {
    id: 'norm_placement',
    noun: 'normalization behind the sum',
    label: 'Normalization stands behind the residual sum',
    says: 'Norm(x + f(x)) rescales the shortcut in every block, so that gradients no longer pass it unchanged.',
  },
  {
    id: 'epsilon',
    noun: 'epsilon',
    label: 'Epsilon is ill-chosen',
    says: 'Far above the gradients it takes the place of their size, far below it does not keep the division finite.',
  },
  {
    id: 'beta2',
    noun: 'decay of squares',
    label: 'The decay of squared gradients is ill-chosen',
    says: 'It decides over how many steps the size of a gradient is measured, which must be longer than the mean of the gradients itself.',
  },
  {
    id: 'momentum',
    noun: 'momentum',
    label: 'Momentum is ill-chosen',
    says: 'Each step is repeated about 1/(1 − γ) times: what was wrong in it goes on for as long, and without momentum nothing adds up.',
  },
  {
    id: 'weight_decay',
    noun: 'weight decay',
    label: 'Weight decay is too strong',
    says: 'It pulls the weights to 0 faster than the gradient can hold them; with η · λ > 2 each step throws them beyond.',
  },
  {
    id: 'clipping',
    noun: 'clipping',
    label: 'Clipping is too hard',
    says: 'So low a threshold leaves of most steps next to nothing.',
  },
  {
    id: 'schedule',
    noun: 'schedule',
    label: 'The schedule keeps the rate down',
    says: 'The rate is far from its peak for most of the run.',
  },
  {
    id: 'rate_too_high',
    noun: 'learning rate',
    label: 'The learning rate is too high',
    says: 'Steps go past what they aim at.',
  },
  {
    id: 'rate_too_low',
    noun: 'learning rate',
    label: 'The learning rate is too low',
    says: 'The steps are too short to get far in this run.',
  },
  {
    id: 'batch_noise',
    noun: 'small batches',
    label: 'The batches are too small, and so too noisy',
    says: 'So few samples say little of the direction in which the loss of all of them falls.',
  },
  {
    id: 'no_normalization',
    noun: 'lack of normalization',
    label: 'The network lacks normalization',
    says: 'In a network this deep nothing keeps the signal at one size from layer to layer.',
  },
  {
    id: 'not_optimization',
    noun: 'wrong labels',
    label: 'It is not the optimization',
    says: 'What is to be learned is not in the data, or not in enough of them: no optimizer can do more.',
  },
  {
    id: 'none',
    noun: 'nothing',
    label: 'Nothing is wrong',
    says: 'Nothing that was tried is better beyond what seeds differ by.',
  },
];

/** How settings fare that are not unstable, in words. @type {Record<Exclude<OwnVerdict, Instability>, string>} */
const OTHER_VERDICTS = {
  stable: 'stable',
  diverged: 'diverging',
  slow: 'slow',
  dead: 'at guessing to the end',
};

/** How settings fare, in words. @param {OwnVerdict} verdict */
export function ownVerdictInWords(verdict) {
  return verdict === 'early' || verdict === 'mid' ? `unstable ${whenInWords(verdict)}` : OTHER_VERDICTS[verdict];
}

/** @param {CauseId} id @returns {CauseRow} */
export function causeRow(id) {
  return /** @type {CauseRow} */ (CAUSES.find((row) => row.id === id));
}

/** Its place in the table. @param {CauseId} id */
export function rankOf(id) {
  return CAUSES.findIndex((row) => row.id === id);
}
