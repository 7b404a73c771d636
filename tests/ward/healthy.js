/**
 * Healthy settings: short trainings of small networks on data that no network gets wholly right, tuned until nothing
 * around them is better. That they are healthy is verified (verify.js), not asserted.
 */

import { SEQUENCES } from './healthy_sequences.js';

/** @typedef {import('../../web/engine/config/config.js').SomeSettings} SomeSettings */

const NARROW = 'linear(16) tanh';
const TWO_TANH = 'linear(32) tanh linear(32) tanh';
const TWO_RELU = 'linear(24) relu linear(24) relu';
const LAYER_NORM = 'linear(24) layernorm relu linear(24) layernorm relu';
const BATCH_NORM = 'linear(24) batchnorm relu linear(24) batchnorm relu';
const CONV = 'conv(6,3,pad=1) relu maxpool(2) linear(32) relu';

/**
 * What a data set's rows share, then the rows: id, model, batch, steps, and what else is set.
 *
 * @type {{ own?: string, shared: SomeSettings, rows: [string, string, number, number, SomeSettings][] }[]}
 */
export const GROUPS = [
  {
    shared: { dataset: 'moons', noise: 0.3, val_samples: 200 },
    rows: [
      ['moons-momentum', TWO_TANH, 32, 300, { optimizer: 'momentum', lr: 0.3, schedule: 'linear' }],
      ['moons-adam-full', TWO_TANH, 0, 200, { samples: 300, init: 'xavier', optimizer: 'adam', lr: 0.1 }],
      ['moons-nesterov-8', TWO_RELU, 8, 500, { optimizer: 'nesterov', lr: 0.1, schedule: 'linear' }],
      ['moons-rmsprop-full', NARROW, 0, 200, { samples: 300, optimizer: 'rmsprop', lr: 0.1, schedule: 'linear' }],
      ['moons-onecycle', TWO_TANH, 64, 300, { optimizer: 'momentum', lr: 0.1, schedule: 'onecycle' }],
      [
        'moons-pre-adam',
        'linear(24) residual(layernorm relu linear(24))*4 layernorm',
        32,
        300,
        { optimizer: 'adam', lr: 0.01, schedule: 'linear' },
      ],
      [
        'moons-pre-deep-momentum',
        'linear(16) residual(layernorm relu linear(16))*10 layernorm',
        64,
        200,
        { samples: 400, optimizer: 'momentum', lr: 0.03, schedule: 'linear' },
      ],
      [
        'moons-last-deep-nesterov',
        'linear(16) residual(relu linear(16) layernorm)*10 layernorm',
        64,
        200,
        { samples: 400, optimizer: 'nesterov', lr: 0.2, schedule: 'linear' },
      ],
      [
        'moons-adam0-4',
        'linear(12) tanh',
        4,
        1000,
        { noise: 0.4, samples: 400, beta1: 0, optimizer: 'adam', lr: 0.03, schedule: 'linear' },
      ],
      [
        'moons-pre-32-nesterov',
        'linear(12) residual(layernorm relu linear(12))*32 layernorm',
        32,
        150,
        { samples: 400, optimizer: 'nesterov', lr: 0.05, schedule: 'linear' },
      ],
      [
        'moons-sig-bn-adamw',
        '(linear(16) batchnorm sigmoid)*5',
        64,
        200,
        { samples: 400, optimizer: 'adamw', lr: 0.05, schedule: 'linear' },
      ],
      [
        'moons-sgd-1',
        'linear(8) tanh',
        1,
        3000,
        { noise: 0.4, samples: 400, optimizer: 'sgd', lr: 0.2, schedule: 'linear' },
      ],
      [
        'moons-momentum-2',
        'linear(12) tanh',
        2,
        2000,
        { noise: 0.4, samples: 400, optimizer: 'momentum', lr: 0.02, schedule: 'cosine' },
      ],
      ['moons-momentum-full', NARROW, 0, 200, { samples: 300, optimizer: 'momentum', lr: 0.3 }],
    ],
  },
  {
    shared: { dataset: 'circle', noise: 0.3, val_samples: 200 },
    rows: [
      [
        'circle-sigmoid-adam',
        '(linear(16) sigmoid)*3',
        32,
        400,
        { samples: 400, optimizer: 'adam', lr: 0.2, schedule: 'onecycle' },
      ],
      [
        'circle-pre-30',
        'linear(12) residual(layernorm relu linear(12))*30 layernorm',
        64,
        200,
        { samples: 400, optimizer: 'momentum', lr: 0.05, schedule: 'linear' },
      ],
      [
        'circle-pre-20-adam',
        'linear(12) residual(layernorm relu linear(12))*20 layernorm',
        32,
        200,
        { samples: 400, optimizer: 'adam', lr: 0.01, schedule: 'linear' },
      ],
      [
        'circle-sig-bn-momentum',
        '(linear(16) batchnorm sigmoid)*5',
        64,
        200,
        { samples: 400, optimizer: 'momentum', lr: 0.5, schedule: 'linear' },
      ],
      [
        'circle-sig-ln-nesterov',
        '(linear(24) layernorm sigmoid)*3',
        64,
        400,
        { samples: 400, optimizer: 'nesterov', lr: 0.2, schedule: 'linear' },
      ],
      ['circle-nesterov', TWO_TANH, 32, 300, { optimizer: 'nesterov', lr: 0.3, schedule: 'cosine' }],
      ['circle-nadam-ln', LAYER_NORM, 32, 300, { optimizer: 'nadam', lr: 0.05, schedule: 'linear' }],
      ['circle-momentum-full', TWO_TANH, 0, 200, { samples: 300, optimizer: 'momentum', lr: 1 }],
      ['circle-adamw-4', TWO_RELU, 4, 600, { optimizer: 'adamw', lr: 0.01, schedule: 'linear' }],
      ['circle-gelu-rmsprop', 'linear(32) gelu', 64, 300, { optimizer: 'rmsprop', lr: 0.03, schedule: 'cosine' }],
      ['circle-sgd-bn', BATCH_NORM, 64, 300, { optimizer: 'sgd', lr: 1, schedule: 'linear' }],
      [
        'circle-deep-bn-momentum',
        '(linear(16) batchnorm relu)*12',
        64,
        300,
        { optimizer: 'momentum', lr: 0.05, schedule: 'linear' },
      ],
      [
        'circle-sigmoid-nadam',
        '(linear(24) sigmoid)*2',
        0,
        300,
        { samples: 300, optimizer: 'nadam', lr: 0.05, schedule: 'linear' },
      ],
    ],
  },
  {
    shared: { dataset: 'xor', noise: 0.3, val_samples: 200 },
    rows: [
      [
        'xor-adamw0-1',
        'linear(16) relu',
        1,
        1500,
        { samples: 400, beta1: 0, optimizer: 'adamw', lr: 0.02, schedule: 'linear' },
      ],
      [
        'xor-pre-32',
        'linear(12) residual(layernorm relu linear(12))*32 layernorm',
        64,
        200,
        { samples: 400, optimizer: 'momentum', lr: 0.1, schedule: 'linear' },
      ],
      ['xor-sgd', TWO_RELU, 16, 400, { optimizer: 'sgd', lr: 0.3, schedule: 'linear' }],
      ['xor-adamw-bn', BATCH_NORM, 32, 300, { optimizer: 'adamw', lr: 0.01, schedule: 'cosine' }],
      ['xor-momentum-full', TWO_TANH, 0, 200, { samples: 300, optimizer: 'momentum', lr: 0.3 }],
      ['xor-adam-8', 'linear(24) leakyrelu(0.1)', 8, 500, { optimizer: 'adam', lr: 0.05, schedule: 'linear' }],
      ['xor-nadam-128', NARROW, 128, 200, { optimizer: 'nadam', lr: 0.02 }],
      [
        'xor-rezero-momentum',
        'linear(24) rezero(linear(24) relu linear(24))*4',
        32,
        300,
        { optimizer: 'momentum', lr: 0.05, schedule: 'linear' },
      ],
      [
        'xor-triangular',
        TWO_TANH,
        64,
        300,
        { optimizer: 'momentum', lr: 0.1, cycle_steps: 150, schedule: 'triangular' },
      ],
      [
        'xor-sig-bn-momentum',
        '(linear(16) batchnorm sigmoid)*5',
        64,
        300,
        { optimizer: 'momentum', lr: 0.3, schedule: 'linear' },
      ],
      [
        'xor-tanh-deep-adam',
        '(linear(16) tanh)*6',
        256,
        300,
        { samples: 400, init: 'xavier', optimizer: 'adam', lr: 0.05, schedule: 'linear' },
      ],
      [
        'xor-sig-ln-momentum',
        '(linear(24) layernorm sigmoid)*3',
        64,
        400,
        { samples: 400, optimizer: 'momentum', lr: 0.2, schedule: 'linear' },
      ],
      [
        'xor-sigmoid-adam-16',
        '(linear(12) sigmoid)*3',
        16,
        400,
        { samples: 400, optimizer: 'adam', lr: 0.05, schedule: 'linear' },
      ],
      [
        'xor-sigmoid-adamw',
        '(linear(16) sigmoid)*3',
        32,
        400,
        { samples: 400, optimizer: 'adamw', lr: 0.15, schedule: 'onecycle' },
      ],
      ['xor-adamw-1', 'linear(16) relu', 1, 2000, { samples: 400, optimizer: 'adamw', lr: 0.03, schedule: 'linear' }],
    ],
  },
  {
    shared: { dataset: 'blobs', noise: 0.5, val_samples: 200 },
    rows: [
      ['blobs-logistic-1', '', 1, 600, { optimizer: 'sgd', lr: 0.3, schedule: 'linear' }],
      ['blobs-rmsprop', NARROW, 32, 300, { optimizer: 'rmsprop', lr: 0.01, schedule: 'linear' }],
      ['blobs-adadelta', NARROW, 32, 300, { optimizer: 'adadelta', lr: 3, schedule: 'linear' }],
      ['blobs-radam', NARROW, 32, 300, { optimizer: 'radam', lr: 0.05, schedule: 'linear' }],
      ['blobs-lion', NARROW, 32, 300, { optimizer: 'lion', lr: 0.005, schedule: 'linear' }],
      ['blobs-muon', TWO_TANH, 32, 300, { optimizer: 'muon', lr: 0.1, schedule: 'linear' }],
      ['blobs-adam0-1', '', 1, 800, { samples: 400, beta1: 0, optimizer: 'adam', lr: 0.1, schedule: 'linear' }],
      ['blobs-sgd-full', '', 0, 100, { optimizer: 'sgd', lr: 1 }],
      ['blobs-adam-1', NARROW, 1, 600, { optimizer: 'adam', lr: 0.005, schedule: 'linear' }],
      ['blobs-adamw-16', LAYER_NORM, 16, 300, { optimizer: 'adamw', lr: 0.03, schedule: 'cosine' }],
      ['blobs-momentum-bn', BATCH_NORM, 128, 200, { optimizer: 'momentum', lr: 0.05, schedule: 'linear' }],
      [
        'blobs-pre-28-nesterov',
        'linear(12) residual(layernorm relu linear(12))*28 layernorm',
        64,
        200,
        { samples: 400, optimizer: 'nesterov', lr: 0.05, schedule: 'linear' },
      ],
      [
        'blobs-exponential',
        TWO_TANH,
        32,
        300,
        { optimizer: 'nesterov', lr: 0.3, decay_steps: 100, schedule: 'exponential' },
      ],
      [
        'blobs-sig-bn-nesterov',
        '(linear(16) batchnorm sigmoid)*5',
        64,
        200,
        { samples: 400, optimizer: 'nesterov', lr: 0.2, schedule: 'linear' },
      ],
      [
        'blobs-sigmoid-rmsprop',
        '(linear(16) sigmoid)*3',
        64,
        300,
        { samples: 400, optimizer: 'rmsprop', lr: 0.01, schedule: 'linear' },
      ],
    ],
  },
  {
    shared: { dataset: 'spiral', noise: 0.2, val_samples: 200 },
    rows: [
      [
        'spiral-pre-20-adam',
        'linear(12) residual(layernorm relu linear(12))*20 layernorm',
        64,
        300,
        { samples: 400, optimizer: 'adam', lr: 0.02, schedule: 'linear' },
      ],
      ['spiral-adam', TWO_TANH, 64, 600, { optimizer: 'adam', lr: 0.1, schedule: 'linear' }],
      ['spiral-momentum', TWO_TANH, 128, 500, { noise: 0.15, optimizer: 'momentum', lr: 0.5, schedule: 'linear' }],
      [
        'spiral-bn-nesterov',
        'linear(32) batchnorm tanh linear(32) batchnorm tanh',
        64,
        400,
        { optimizer: 'nesterov', lr: 1, schedule: 'linear' },
      ],
    ],
  },
  {
    shared: { dataset: 'plane', noise: 0.3, val_samples: 200, loss: 'squared_error' },
    rows: [
      ['plane-sgd', NARROW, 8, 300, { optimizer: 'sgd', lr: 0.5, schedule: 'linear' }],
      ['plane-momentum-1', '', 1, 600, { optimizer: 'momentum', lr: 0.005, schedule: 'linear' }],
      ['plane-adam-full', NARROW, 0, 150, { samples: 300, optimizer: 'adam', lr: 0.1 }],
      ['plane-adamw-4', 'linear(16) relu', 4, 600, { samples: 400, optimizer: 'adamw', lr: 0.03, schedule: 'linear' }],
      ['plane-nesterov-32', TWO_TANH, 32, 300, { samples: 400, optimizer: 'nesterov', lr: 0.01, schedule: 'cosine' }],
      ['plane-rmsprop-64', '', 64, 300, { samples: 400, optimizer: 'rmsprop', lr: 0.1, schedule: 'linear' }],
      ['plane-nadam-16', NARROW, 16, 400, { samples: 400, optimizer: 'nadam', lr: 0.01, schedule: 'linear' }],
      [
        'plane-sig-bn-momentum',
        '(linear(16) batchnorm sigmoid)*4',
        64,
        200,
        { samples: 400, optimizer: 'momentum', lr: 0.03, schedule: 'linear' },
      ],
      ['plane-sgd-full', '', 0, 100, { samples: 300, optimizer: 'sgd', lr: 0.5 }],
    ],
  },
  {
    shared: { dataset: 'glyphs', downsample: 4, samples: 600, val_samples: 400 },
    rows: [
      [
        'glyphs-sig-bn-momentum',
        '(linear(24) batchnorm sigmoid)*5',
        64,
        200,
        { optimizer: 'momentum', lr: 0.2, schedule: 'linear' },
      ],
      [
        'glyphs-sig-ln-momentum',
        '(linear(32) layernorm sigmoid)*4',
        64,
        300,
        { optimizer: 'momentum', lr: 0.2, schedule: 'linear' },
      ],
      ['glyphs-sigmoid-adam', '(linear(32) sigmoid)*3', 64, 300, { optimizer: 'adam', lr: 0.02, schedule: 'linear' }],
      [
        'glyphs-mlp-wd',
        'linear(32) relu',
        32,
        300,
        { optimizer: 'momentum', lr: 0.2, weight_decay: 0.02, schedule: 'linear' },
      ],
      ['glyphs-conv-wd', CONV, 32, 300, { optimizer: 'momentum', lr: 0.1, weight_decay: 0.02, schedule: 'linear' }],
      [
        'glyphs-convbn',
        'conv(6,3,pad=1) batchnorm relu maxpool(2) linear(24) relu',
        32,
        300,
        { optimizer: 'sgd', lr: 0.5, weight_decay: 0.02, schedule: 'cosine' },
      ],
      [
        'glyphs-pre-adamw',
        'linear(24) residual(layernorm relu linear(24))*4 layernorm',
        32,
        300,
        { optimizer: 'adamw', lr: 0.05, weight_decay: 1, schedule: 'linear' },
      ],
      [
        'glyphs-mlp-full',
        'linear(24) tanh',
        0,
        150,
        { samples: 400, optimizer: 'adam', lr: 0.005, weight_decay: 0.003 },
      ],
      ['glyphs-logistic', '', 64, 300, { optimizer: 'momentum', lr: 0.1, schedule: 'linear' }],
      ['glyphs-logistic-nadam', '', 16, 300, { optimizer: 'nadam', lr: 0.03, weight_decay: 0.001, schedule: 'linear' }],
    ],
  },
  {
    own: 'specimens',
    shared: { dataset: 'custom' },
    rows: [
      ['specimens-adam', TWO_RELU, 32, 400, { optimizer: 'adam', lr: 0.02, schedule: 'linear' }],
      ['specimens-sgd-1', '', 1, 600, { optimizer: 'sgd', lr: 0.1, schedule: 'linear' }],
      ['specimens-momentum-full', NARROW, 0, 200, { optimizer: 'momentum', lr: 0.2 }],
      ['specimens-rmsprop-4', 'linear(16) relu', 4, 600, { optimizer: 'rmsprop', lr: 0.01, schedule: 'linear' }],
    ],
  },
  {
    own: 'readings',
    shared: { dataset: 'custom' },
    rows: [
      ['readings-full-nesterov', 'linear(32) tanh', 0, 200, { optimizer: 'nesterov', lr: 0.1, init: 'xavier' }],
      ['readings-xavier', TWO_TANH, 32, 400, { optimizer: 'momentum', lr: 0.1, init: 'xavier', schedule: 'cosine' }],
      [
        'readings-adamw',
        'linear(32) gelu',
        16,
        400,
        { optimizer: 'adamw', lr: 0.02, init: 'torch', weight_decay: 0.1, schedule: 'linear' },
      ],
    ],
  },
];

/** @type {{ id: string, own: string | null, settings: SomeSettings }[]} */
export const HEALTHY = [...GROUPS, ...SEQUENCES].flatMap(({ own = null, shared, rows }) =>
  rows.map(([id, model, batch, steps, more]) => ({ id, own, settings: { ...shared, model, batch, steps, ...more } })),
);
