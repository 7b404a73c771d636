/** Networks that read sequences, whose exported code is held to our own losses: every layer of theirs, in some order. */

/**
 * @typedef {import('./cells.js').Settings} Settings
 * @typedef {{ name: string, settings: Settings }} SequenceCell
 */

const TRANSFORMER =
  'embed(16) position (residual(layernorm attention(4)) residual(layernorm linear(32) gelu linear(16)))*2 layernorm';

/** What all share, so that a run takes a moment. */
const SMALL = { samples: 300, val_samples: 20, batch: 16, steps: 50 };

/** @type {SequenceCell[]} */
const CELLS = [
  { name: 'transformer', settings: { dataset: 'sort', model: TRANSFORMER, optimizer: 'adam', lr: 0.002 } },
  {
    name: 'post_ln',
    settings: {
      dataset: 'reverse',
      length: 5,
      model:
        'sinusoid residual(attention(4,qknorm=1,rope=1)) rmsnorm residual(linear(24) leakyrelu linear(64)) rmsnorm residual(attention(2,causal=1))',
      optimizer: 'adamw',
      weight_decay: 0.01,
      lr: 0.001,
      warmup_steps: 10,
      steps: 40,
    },
  },
  {
    name: 'recurrent',
    settings: {
      dataset: 'recall',
      delay: 6,
      model: 'embed(8) gru(12) rnn(10,gain=1.2)',
      lr: 0.05,
      clip: 'norm',
      clip_norm: 0.3,
    },
  },
  {
    name: 'lstm_text',
    settings: {
      dataset: 'sentences',
      context: 16,
      model: 'embed(12,gain=2) lstm(16)',
      optimizer: 'rmsprop',
      lr: 0.002,
    },
  },
  {
    name: 'muon',
    settings: {
      dataset: 'addition',
      length: 2,
      model:
        'embed(12) position residual(attention(2)) residual(linear(12) batchnorm tanh) lstm(8) residual(linear(10))',
      optimizer: 'muon',
      weight_decay: 0.01,
      lr: 0.005,
    },
  },
  {
    name: 'extras',
    settings: {
      dataset: 'sort',
      length: 4,
      model: 'embed(8) attention(2)',
      label_smoothing: 0.1,
      z_loss: 0.001,
      lr: 0.1,
    },
  },
  {
    name: 'squared_error',
    settings: {
      dataset: 'sort',
      length: 4,
      model: 'embed(8) rezero(attention(2)) lstm(8)',
      loss: 'squared_error',
      lr: 0.1,
    },
  },
  {
    name: 'vision',
    settings: {
      dataset: 'glyphs',
      downsample: 2,
      model:
        'patches(4) linear(16) position residual(layernorm attention(4)) residual(rmsnorm linear(24) gelu linear(16)) mean rmsnorm',
      optimizer: 'adam',
      lr: 0.002,
    },
  },
  {
    name: 'vision_last',
    settings: {
      dataset: 'glyphs',
      downsample: 2,
      model: 'conv(3,3) rmsnorm patches(5) residual(linear(9) tanh) batchnorm gru(9) last',
      init: 'torch',
      lr: 0.05,
    },
  },
];

/** @type {SequenceCell[]} */
export const SEQUENCES = CELLS.map(({ name, settings }) => ({ name, settings: { ...SMALL, ...settings } }));
