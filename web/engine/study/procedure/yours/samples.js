/**
 * Whether the user's own settings lack samples: training ends far below validation, of each class there are few, and
 * how well the same training does depends on how many there are.
 */

import { isClearlyBetter } from '../../judge/better.js';
import { medianOf } from '../../trial/statistics.js';
import { trainWhatWorks } from './rate_climb.js';

/**
 * @typedef {import('../procedure.js').Procedure} Procedure
 * @typedef {import('../trainings.js').Point} Point
 * @typedef {import('../../../config/config.js').Config} Config
 *
 * @typedef {object} Lack  of samples
 * @property {Point} less
 * @property {Point} more  the same training with more samples, which is clearly better
 * @property {Point} own  of the two the one with the user's own number
 */

/** So few of each class are few; a regression is taken for two classes. */
const FEW_OF_CLASS = 30;

/** Training is far below validation where this share of L₀ lies between them. */
const GAP_SHARE = 0.15;

/** How many times more samples are tried, where there are more to be had. */
const MORE = 16;

/**
 * @param {Procedure} procedure
 * @param {Point} baseline  the user's own settings
 * @returns {Promise<Lack | null>}  null where they do not lack samples, or it cannot be known
 */
export async function findLack({ trainings, seeds }, baseline) {
  const { config } = baseline;
  if (!hasFew(baseline) || !isFarBelow(baseline)) return null;
  const [{ train_samples }] = baseline.trials;
  const isWhole = config.dataset === 'custom' && (config.samples === 0 || config.samples >= train_samples);
  // Of the user's own data there are no more than there are: whether more would help is seen from what fewer cost.
  const others = isWhole ? { samples: Math.ceil(train_samples / 2) } : { samples: MORE * train_samples };
  const same = isWhole ? {} : keepValidation(config, others.samples);
  const [own, other] = await trainWhatWorks(
    trainings,
    [
      { ...config, ...same },
      { ...config, ...same, ...others },
    ],
    seeds,
  );
  if (!other || (own.config.val_samples !== config.val_samples && !isFarBelow(own))) return null;
  const [less, more] = isWhole ? [other, own] : [own, other];
  return isClearlyBetter(more, less, { isOdd: true }) ? { less, more, own } : null;
}

/** Whether training ends far below validation, by the best checkpoint. @param {Point} point */
export function isFarBelow({ trials }) {
  const gaps = trials.flatMap(({ best, val, train, baseline_loss }) =>
    best === null || val === null ? [] : [(best.loss - train.last50) / baseline_loss],
  );
  return gaps.length > 0 && Number(medianOf(gaps)) >= GAP_SHARE;
}

/** @param {Point} point */
function hasFew({ trials: [{ train_samples, baseline_loss, best }] }) {
  // Of classes that are equally frequent, guessing costs the logarithm of how many there are.
  const classes = best?.accuracy === null ? 2 : Math.exp(baseline_loss);
  return train_samples < FEW_OF_CLASS * classes;
}

/**
 * Where validation data are a share of the training data, their number goes with it: with one number for both, both are
 * held against the same.
 *
 * @param {Config} config
 * @param {number} samples
 */
function keepValidation({ dataset, val_samples, val_fraction }, samples) {
  return dataset === 'custom' || val_samples > 0 ? {} : { val_samples: Math.ceil(val_fraction * samples) };
}
