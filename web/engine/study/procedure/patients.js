/**
 * Three prepared patients for the diagnosis, each with what it suffers from and what cures it. They need no data but
 * the generated glyphs, and each is diagnosed within a minute or so.
 */

/**
 * @typedef {object} Patient
 * @property {string} id
 * @property {string} title
 * @property {string} suffers  what is wrong, in a sentence
 * @property {import('../../config/config.js').SomeSettings} config
 * @property {import('../../config/verdicts.js').Diagnosed} verdict  that the diagnosis should find
 * @property {import('./remedies.js').RemedyKind | null} cure  that it should recommend
 * @property {import('./remedies.js').RemedyKind[]} no_cure  that must not solve it
 */

/** 10,000 glyphs, of 14 × 14 pixels where 7 × 7 would not do: a diagnosis trains them some seventy times. */
const GLYPHS = { dataset: 'glyphs', downsample: 2, samples: 10000, val_samples: 500 };

/** @type {Patient[]} */
export const PATIENTS = [
  {
    id: 'early-unstable',
    title: 'Unstable from the first step',
    suffers:
      'A deep convolutional network without enough strides: at this rate the loss explodes in the first three steps, and training never gets over it. A short warmup is all it needs.',
    config: {
      ...GLYPHS,
      samples: 4000,
      val_samples: 200,
      model: 'conv(8,3,stride=2,pad=1) (residual(relu conv(8,3,pad=1) relu conv(8,3,pad=1) batchnorm))*3 relu',
      lr: 0.2,
      steps: 100,
      eval_every: 20,
    },
    verdict: 'early',
    cure: 'warmup',
    no_cure: [],
  },
  {
    id: 'gradient-outliers',
    title: 'Gradient outliers',
    suffers:
      'A few training images were stored unnormalized, a hundred times too bright: whenever one is drawn, the gradient spikes. Clipping takes the spikes off; warmup only postpones them.',
    config: {
      ...GLYPHS,
      downsample: 4,
      model: '(linear(32) relu)*4',
      lr: 0.01,
      steps: 300,
      eval_every: 50,
      outliers: 0.002,
      outlier_scale: 100,
    },
    verdict: 'mid',
    cure: 'clipping',
    no_cure: ['warmup'],
  },
  {
    id: 'healthy',
    title: 'Healthy',
    suffers: 'Nothing: a small network with normalization at a good rate, far below the rate at which it fails.',
    config: {
      ...GLYPHS,
      model: '(linear(64) batchnorm relu)*2',
      batch: 16,
      lr: 0.02,
      steps: 800,
      eval_every: 50,
    },
    verdict: 'stable',
    cure: null,
    no_cure: [],
  },
];
