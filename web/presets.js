/**
 * Places to start from: partial settings with a sentence each. The first one is what a bare address opens.
 *
 * @typedef {{ id: string, name: string, sentence: string, config: Record<string, string | number | boolean>,
 *   card?: Card }} Preset
 * @typedef {{ name: string, says: string, asks: string, beside?: Preset['config'] }} Card  of those that stand in sight
 *   beside the charts: a short name, what will be seen in a few words, what the page asks while it trains, and what would
 *   have helped, whose curve stands beside the preset's own
 */

import { FIGURE_7 } from './engine/study/gallery/starts.js';

/** @type {Preset[]} */
export const PRESETS = [
  {
    id: 'lenet-glyphs',
    name: 'LeNet on glyphs',
    sentence: 'A small convolutional network learns ten stroke-drawn shapes.',
    card: { name: 'Just right', says: 'with room to break', asks: 'How far can you turn η up before it breaks?' },
    config: { dataset: 'glyphs', lr: 0.03, schedule: 'cosine', warmup_steps: 50, steps: 1000 },
  },
  {
    id: 'spiral',
    name: 'Two spirals',
    sentence: 'Points in the plane: watch the decision surface wind itself up.',
    config: { dataset: 'spiral', lr: 0.05, steps: 3000, eval_every: 100 },
  },
  {
    id: 'too-small',
    name: 'Rate too small',
    sentence: 'η = 0.0001: nothing is wrong, and it takes for ever. Turn it up while it runs.',
    card: { name: 'Too small', says: 'steady, and slow', asks: 'How far up must η go until it learns?' },
    config: { dataset: 'glyphs', lr: 0.0001, steps: 1000 },
  },
  {
    id: 'too-large',
    name: 'Rate too large',
    sentence: 'η = 0.5: the loss leaves in the first steps, and what comes back never learns again.',
    config: { dataset: 'glyphs', lr: 0.5, steps: 600, eval_every: 25 },
  },
  {
    id: 'early-spike',
    name: 'The early spike',
    sentence: 'It breaks within five steps, where nobody evaluates. With a warmup of 100 steps it learns.',
    config: {
      dataset: 'glyphs',
      downsample: 2,
      model:
        'conv(8,3,pad=1)\nresidual(relu conv(8,3,stride=2,pad=1) relu conv(8,3,pad=1) batchnorm)\nresidual(relu conv(8,3,pad=1) relu conv(8,3,pad=1) batchnorm)*3\nrelu',
      lr: 0.3,
      steps: 400,
      eval_every: 20,
    },
  },
  {
    id: 'sudden',
    name: 'Sudden, in mid-training',
    sentence:
      'A decline for hundreds of steps, then a collapse. Rewind to just before it, lower η to 0.03, and run both futures.',
    card: { name: 'Sudden', says: 'fine, fine, gone', asks: 'Do you see it coming?' },
    // The lesson's own.
    config: { ...FIGURE_7.config, lr: FIGURE_7.lr },
  },
  {
    id: 'edge-of-stability',
    name: 'Edge of stability',
    sentence:
      'Full batch, plain descent: the sharpness climbs to 2/η, and training holds it there. Halve η and it climbs on.',
    config: {
      dataset: 'glyphs',
      downsample: 2,
      samples: 512,
      val_samples: 500,
      model: 'linear(32) tanh linear(32) tanh\nlinear(32) tanh',
      init: 'lecun',
      init_gain: 0.5,
      loss: 'squared_error',
      optimizer: 'sgd',
      lr: 0.2,
      batch: 0,
      steps: 1200,
      eval_every: 50,
      sharpness_every: 10,
    },
  },
  {
    id: 'deep-residual',
    name: 'Forty layers, no normalization',
    sentence:
      'Residual branches that double the signal twenty times over: diverges at once. One norm per branch trains it.',
    config: {
      dataset: 'glyphs',
      downsample: 2,
      model: 'linear(64)\nresidual(linear(64) relu linear(64, gain=0.7071))*20\nrelu',
      lr: 0.01,
      steps: 500,
    },
  },
  {
    id: 'outliers',
    name: 'A few bad files',
    sentence:
      'One input in a thousand is a hundred times too large, and each sets the weights back: training limps. Clip at the 90th percentile of the norms: it learns as if nothing were wrong.',
    card: {
      name: 'A few bad files',
      says: 'clipping saves it',
      asks: 'What would save it from a few bad files?',
      beside: { clip: 'norm', clip_norm: 4 },
    },
    config: { dataset: 'glyphs', outliers: 0.001, lr: 0.008, steps: 800 },
  },
  {
    id: 'post-ln',
    name: 'Post-LN',
    sentence: 'Norm(x + f(x)), twelve blocks deep, with Adam: it learns nothing. With a warmup of 200 steps it learns.',
    card: {
      name: 'Post-LN',
      says: 'needs a warmup',
      asks: 'Why does it hardly learn?',
      beside: { warmup_steps: 200 },
    },
    config: {
      dataset: 'glyphs',
      downsample: 2,
      model: 'linear(64)\n(residual(linear(64) relu linear(64)) layernorm)*12',
      optimizer: 'adam',
      lr: 0.006,
      steps: 400,
    },
  },
  {
    id: 'transformer-sorts',
    name: 'A transformer sorts',
    sentence:
      'Eight digits in, the same in order out, after a few hundred steps. See where its attention looks, and give it digits of your own.',
    config: {
      dataset: 'sort',
      model:
        'embed(32) position\n(residual(layernorm attention(4)) residual(layernorm linear(64) gelu linear(32)))*2\nlayernorm',
      optimizer: 'adam',
      lr: 0.005,
      schedule: 'cosine',
      warmup_steps: 15,
      batch: 32,
      steps: 385,
    },
  },
  {
    id: 'lstm-adds',
    name: 'An LSTM adds',
    sentence:
      'Two numbers and their sum, its lowest digit first: it learns the digits, then to carry. Give it two of your own.',
    config: {
      dataset: 'addition',
      length: 2,
      model: 'embed(16) lstm(64)',
      optimizer: 'adam',
      lr: 0.02,
      schedule: 'cosine',
      steps: 900,
    },
  },
  {
    id: 'small-sentences',
    name: 'Small sentences, letter by letter',
    sentence: 'An LSTM learns words, then grammar. Type how a sentence begins, and see how it goes on while it trains.',
    config: {
      dataset: 'sentences',
      context: 32,
      model: 'embed(16) lstm(96)',
      optimizer: 'adam',
      lr: 0.01,
      schedule: 'cosine',
      batch: 16,
      steps: 500,
    },
  },
];
