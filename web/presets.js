/**
 * Places to start from: partial settings with a sentence each. The first one is what a bare address opens.
 *
 * @typedef {{ id: string, name: string, sentence: string, config: Record<string, string | number | boolean> }} Preset
 */

const DEEP_RESIDUAL = 'linear(64)\nresidual(linear(64) relu linear(64, gain=0.7071))*20';

/** @type {Preset[]} */
export const PRESETS = [
  {
    id: 'lenet-glyphs',
    name: 'LeNet on glyphs',
    sentence: 'A small convolutional network learns ten stroke-drawn shapes.',
    config: { dataset: 'glyphs', lr: 0.03, schedule: 'cosine', warmup_steps: 50, steps: 1000 },
  },
  {
    id: 'spiral',
    name: 'Two spirals',
    sentence: 'Points in the plane: watch the decision surface wind itself up.',
    config: { dataset: 'spiral', lr: 0.05, steps: 3000, eval_every: 100, model: 'linear(32) tanh linear(32) tanh' },
  },
  {
    id: 'too-small',
    name: 'Rate too small',
    sentence: 'η = 0.0001: nothing is wrong, and nothing happens. Turn it up while it runs.',
    config: { dataset: 'glyphs', lr: 0.0001, steps: 1000 },
  },
  {
    id: 'too-large',
    name: 'Rate too large',
    sentence: 'η = 0.5: the loss leaves at once and the network never learns again.',
    config: { dataset: 'glyphs', lr: 0.5, steps: 600, eval_every: 25 },
  },
  {
    id: 'early-spike',
    name: 'The early spike',
    sentence: 'The loss explodes in the first steps and recovers; evaluating every 100 steps would never show it.',
    config: {
      dataset: 'glyphs',
      downsample: 2,
      model: `${DEEP_RESIDUAL} relu`,
      lr: 0.02,
      steps: 400,
      eval_every: 20,
    },
  },
  {
    id: 'deep-residual',
    name: 'Deep, residual, no normalization',
    sentence: 'Forty layers without a norm: try the remedies in their order when it breaks.',
    config: { dataset: 'glyphs', downsample: 2, model: `${DEEP_RESIDUAL} relu`, lr: 0.1, steps: 500, eval_every: 25 },
  },
  {
    id: 'outliers',
    name: 'A few bad files',
    sentence: 'One input in two hundred is a hundred times too large: clipping at the 90th percentile saves the run.',
    config: { dataset: 'glyphs', outliers: 0.005, lr: 0.02, steps: 800 },
  },
];
