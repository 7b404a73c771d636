/**
 * What the museum tells of each published mistake beyond its row in the table (mistake_fields.h): what it does, how one
 * would notice, where it can be read, and whether somebody's choice is wrong at all or only another one.
 */

import { RANGE_ROOM } from './range_exhibits.js';

/**
 * @typedef {object} Exhibit
 * @property {'mistake' | 'difference'} kind  a difference is a choice that is as good, but not the same
 * @property {string} what  it does, and why
 * @property {string[]} [right]  what stands there rightly, where that is not the update rule's formula
 * @property {string} notice  how one would come to suspect it
 * @property {{ label: string, url: string }[]} sources
 */

/** By the name of the mistake. @type {Record<string, Exhibit>} */
export const EXHIBITS = {
  adam_multiplies: {
    kind: 'mistake',
    what: 'Adam’s two means start at 0 and are too small at first, so each is divided by the weight that it has gathered, 1 − βᵗ. Here each is multiplied by it. With the usual β the first step is 10 times too long, the tenth 43 times, the hundredth still more than 10 times; after some thousand steps nothing of it is left. (ConvNetJS counts samples where this counts steps.)',
    notice: 'The loss jumps in the first hundred steps, at a rate that is safe elsewhere, and a warmup seems to help.',
    sources: [
      { label: 'ConvNetJS, pull request 70, open since 2016', url: 'https://github.com/karpathy/convnetjs/pull/70' },
      { label: 'the paper, algorithm 1', url: 'https://arxiv.org/abs/1412.6980' },
    ],
  },
  adam_bias_lags: {
    kind: 'mistake',
    what: 'The new means of a bias are computed and stored, but its step is made of the old ones, with the correction that belongs to the new. No bias moves in the first step; in the second, under a steady gradient, it moves 0.74 of what it should; later the two are hardly apart. Weights are not concerned.',
    notice:
      'Hardly, from a curve. One step from known moments, compared with the formula, shows it at once: a unit test would have.',
    sources: [
      { label: 'brain.js 2.0.0-beta.24 on npm', url: 'https://www.npmjs.com/package/brain.js/v/2.0.0-beta.24' },
    ],
  },
  adam_epsilon_corrected: {
    kind: 'difference',
    what: 'ε is added to the root after its correction; TensorFlow 1, scikit-learn and the tuning playbook add it before. The root is up to 32 times larger once corrected, so the same ε weighs up to 32 times less there, in the first steps. With ε at 1e-8 it matters to tiny gradients only; with ε at 1e-3 or above, to all.',
    notice:
      'Settings that were tuned in one library train faster or slower at first in another, more so the larger ε is.',
    sources: [
      {
        label: 'PyTorch, issue 41477: different from the paper',
        url: 'https://github.com/pytorch/pytorch/issues/41477',
      },
      { label: 'nanochat, issue 304: the other way round', url: 'https://github.com/karpathy/nanochat/issues/304' },
    ],
  },
  adam_epsilon_inside: {
    kind: 'difference',
    what: 'ε is added under the root, so that what counts is √ε: a hundred times more for 1e-4, ten thousand times more for 1e-8. Numbers whose gradients are below √ε take steps much shorter than η.',
    notice: 'Training is slower throughout, and more so towards its end, when gradients are small.',
    sources: [
      {
        label: 'tiny-dnn, optimizer.h',
        url: 'https://github.com/tiny-dnn/tiny-dnn/blob/master/tiny_dnn/optimizers/optimizer.h',
      },
    ],
  },
  rmsprop_from_zero: {
    kind: 'difference',
    right: ['v₀ = 1'],
    what: 'The mean of squares starts at 0, as PyTorch, Keras and TensorFlow.js have it, instead of at 1, as TensorFlow 1 and the tuning playbook have it. Nothing corrects for it: with ρ at 0.9 the first step is 3.2 times η whatever the gradient. Started at 1, a network whose gradients are small has steps much shorter than η until the 1 has faded.',
    notice: 'The first dozens of steps differ between libraries, and no later ones.',
    sources: [
      { label: 'the tuning playbook’s update rules', url: 'https://github.com/google-research/tuning_playbook' },
      { label: 'PyTorch’s RMSprop', url: 'https://pytorch.org/docs/1.13/generated/torch.optim.RMSprop.html' },
    ],
  },
  rmsprop_epsilon_outside: {
    kind: 'difference',
    what: 'ε stands beside the root and not in it. Under the root √ε counts, so the same ε weighs far less here: 0.01 is 0.01 and not 0.1. Steps are longer wherever gradients are small.',
    notice: 'The same settings train faster in one library than in the other, most at the end, and break sooner.',
    sources: [{ label: 'PyTorch’s RMSprop', url: 'https://pytorch.org/docs/1.13/generated/torch.optim.RMSprop.html' }],
  },
  adadelta_is_sgd: {
    kind: 'mistake',
    what: 'Each step should be divided by the root mean square of the gradients, this one among them. Here it is divided by the one from before. Both means start at 0 and their quotient at 1, so the step is the gradient, both means take in the same square, and the quotient stays 1: what is called Adadelta is SGD, to the bit, whatever ρ is.',
    notice: 'ρ changes nothing at all, and the rates that work are those of SGD.',
    sources: [
      { label: 'TensorFlow.js 4.22.0 on npm', url: 'https://www.npmjs.com/package/@tensorflow/tfjs/v/4.22.0' },
      { label: 'Zeiler 2012', url: 'https://arxiv.org/abs/1212.5701' },
    ],
  },
  momentum_spares_biases: {
    kind: 'mistake',
    what: 'Weights have a velocity, biases take the plain gradient. With γ at 0.9 a bias moves a tenth as far as it would, under a steady gradient; weights make up for some of it.',
    notice: 'Hardly, from a curve. Comparing one bias after two steps with γ g + g does.',
    sources: [
      { label: 'brain.js 2.0.0-beta.24 on npm', url: 'https://www.npmjs.com/package/brain.js/v/2.0.0-beta.24' },
    ],
  },
  l2_over_batch: {
    kind: 'difference',
    right: ['g ← g + decay · θ'],
    what: 'The penalty is divided by the number of samples in the batch, so that alpha is a decay of alpha / batch: 32 times weaker with a batch of 32, and another one with every batch size. A decay that was tuned elsewhere is that much too weak.',
    notice:
      'The decay has to be larger than elsewhere by as many times as a batch has samples, and tuned again with the batch size.',
    sources: [
      {
        label: 'scikit-learn 1.2’s MLPClassifier',
        url: 'https://scikit-learn.org/1.2/modules/generated/sklearn.neural_network.MLPClassifier.html',
      },
    ],
  },
  norm_after_clipping: {
    kind: 'mistake',
    right: ['recorded: ‖g‖'],
    what: 'Training is right; what is recorded is the norm that clipping left. The record ends in a flat ceiling at λ: how large the gradients really were, how many were clipped, and what λ should be can no longer be told from it. With an adaptive threshold it feeds back: thresholds are made of norms that earlier ones have cut.',
    notice: 'No recorded norm is above the threshold, and many are equal to it.',
    sources: [
      {
        label: 'PyTorch, issue 1032: clipping should return the norm',
        url: 'https://github.com/pytorch/pytorch/issues/1032',
      },
      {
        label: 'verl, issue 2282: which of the two is recorded?',
        url: 'https://github.com/verl-project/verl/issues/2282',
      },
    ],
  },
  range_by_rate: {
    kind: 'mistake',
    right: ['the suggestion: where ∂loss / ∂log₁₀ η is lowest'],
    what: 'The rate is multiplied from step to step, so the test’s curve is looked at over log η. Its steepest descent is sought over η here. At the left end two neighbouring rates are less than a millionth apart: divided by that, any noise in the loss is the steepest descent of all.',
    notice:
      'Whatever is trained, the suggestion lies near the lowest rate of the test, and training with it hardly moves.',
    sources: [
      { label: 'Lightning, pull request 21055', url: 'https://github.com/Lightning-AI/pytorch-lightning/pull/21055' },
      {
        label: 'pull request 21171, which would mend it',
        url: 'https://github.com/Lightning-AI/pytorch-lightning/pull/21171',
      },
    ],
  },
  range_shifted: {
    kind: 'mistake',
    right: ['smoothed = mean / (1−βᵗ)'],
    what: 'A mean that starts at 0 is divided by the weight that it has gathered after t losses, 1 − βᵗ. Here it is divided by the weight after t + 1. A loss that stays the same begins at half of itself and climbs: the first points of the curve show a rise that never was. The rules skip the first ten points, so the suggestion is often spared.',
    notice: 'The smoothed curve begins at about half of the first loss.',
    sources: [
      {
        label: 'Lightning, lr_finder.py',
        url: 'https://github.com/Lightning-AI/pytorch-lightning/blob/master/src/lightning/pytorch/tuner/lr_finder.py',
      },
    ],
  },
  range_linear: {
    kind: 'difference',
    right: ['ηₜ = low · (high / low)^(t/n), and the slope by log₁₀ η'],
    what: 'From 1e-6 to 10 in a hundred even steps the second rate is above 0.1 already: five decades, and most rates that train, lie between two points. The loss explodes early, and what is left to read lies on the brink. Evenly spaced tests are for going through a span that one knows to be good, as Smith did to find its ends.',
    notice: 'The curve has hardly a point below the explosion, and the suggestion is of the order of the highest rate.',
    sources: [
      { label: 'Smith 2015', url: 'https://arxiv.org/abs/1506.01186' },
      { label: 'torch-lr-finder', url: 'https://github.com/davidtvs/pytorch-lr-finder' },
    ],
  },
};

/**
 * What is trained in each room, the room of an update rule: all its mistakes with the same settings, which tell them
 * apart and are no hint. Clipping and decay act, and ε is large enough to be seen.
 *
 * @type {Record<string, import('../../engine/config/config.js').SomeSettings>}
 */
export const ROOMS = {
  adam: { lr: 0.01, epsilon: 0.003, steps: 400, weight_decay: 0.005 },
  rmsprop: { lr: 0.01, epsilon: 0.01, momentum: 0, steps: 300, weight_decay: 0.003 },
  adadelta: { lr: 1, steps: 400, weight_decay: 0.003 },
  momentum: { lr: 0.05, steps: 300, weight_decay: 0.01 },
  // The rate is what a test suggests.
  [RANGE_ROOM]: { clip: 'off', steps: 300 },
};

/** @type {import('../../engine/config/config.js').SomeSettings} */
export const EVERY_ROOM = { dataset: 'spiral', batch: 32, clip: 'norm', clip_norm: 0.5 };
