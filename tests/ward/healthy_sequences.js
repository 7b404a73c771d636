/**
 * Healthy settings that read sequences, of tokens or of an image's patches: recurrent networks of all three kinds,
 * transformers with the norm before and behind their blocks, and a table of what follows what. healthy.js has those that
 * read vectors and whole images.
 */

import { placeNorms } from '../../web/engine/model_text/norm_placement.js';

/** Pre-LN: x + f(Norm(x)). @param {number} layers */
const blocks = (layers) =>
  `(residual(layernorm attention(2)) residual(layernorm linear(32) gelu linear(16)))*${layers}`;

/** @param {number} layers */
const preLn = (layers) => `embed(16) position ${blocks(layers)} layernorm`;

/** Norm(x + f(x)). @param {number} layers */
const postLn = (layers) => placeNorms(`embed(16) position ${blocks(layers)}`, 'after');

/** A vision transformer of nine patches. */
const VISION = `patches(2) linear(16) position ${blocks(1)} layernorm mean`;

const SHARED = { samples: 1000, val_samples: 200, schedule: 'linear' };

/** @type {typeof import('./healthy.js').GROUPS} */
export const SEQUENCES = [
  {
    shared: { ...SHARED, dataset: 'sort', length: 4, symbols: 6 },
    rows: [
      ['sort-pre', preLn(1), 16, 300, { optimizer: 'adam', lr: 0.02 }],
      ['sort-post', postLn(2), 16, 300, { optimizer: 'adam', lr: 0.01, warmup_steps: 30 }],
      ['sort-gru', 'embed(16) gru(24)', 16, 300, { length: 3, symbols: 5, optimizer: 'nadam', lr: 0.03 }],
    ],
  },
  {
    shared: { ...SHARED, dataset: 'reverse', length: 4, symbols: 6 },
    rows: [
      ['reverse-pre', preLn(1), 16, 200, { optimizer: 'adamw', lr: 0.02 }],
      ['reverse-lstm', 'embed(16) lstm(24)', 16, 300, { length: 3, symbols: 4, optimizer: 'adam', lr: 0.06 }],
    ],
  },
  {
    shared: { ...SHARED, dataset: 'recall', symbols: 3, delay: 2 },
    rows: [
      ['recall-rnn', 'embed(16) rnn(24)', 16, 400, { optimizer: 'momentum', lr: 0.06 }],
      ['recall-gru', 'embed(16) gru(24)', 16, 600, { optimizer: 'nesterov', lr: 0.3 }],
    ],
  },
  {
    shared: { ...SHARED, dataset: 'addition', length: 1 },
    rows: [
      ['addition-gru', 'embed(16) gru(32)', 32, 400, { optimizer: 'adam', lr: 0.05 }],
      ['addition-lstm', 'embed(16) lstm(32)', 32, 400, { optimizer: 'adamw', lr: 0.06 }],
    ],
  },
  {
    shared: { ...SHARED, dataset: 'sentences', context: 10 },
    rows: [
      ['sentences-rnn', 'embed(12) rnn(16)', 64, 200, { context: 6, optimizer: 'momentum', lr: 1 }],
      ['sentences-lstm', 'embed(12) lstm(16)', 64, 200, { context: 6, optimizer: 'adam', lr: 0.1 }],
      ['sentences-bigram', 'embed(16)', 16, 200, { optimizer: 'adam', lr: 0.05 }],
    ],
  },
  {
    shared: { dataset: 'glyphs', downsample: 4, samples: 600, val_samples: 400, schedule: 'linear' },
    rows: [
      ['glyphs-vit', VISION, 32, 300, { optimizer: 'adamw', lr: 0.02, weight_decay: 0.5 }],
      ['glyphs-gru', 'patches(2) gru(24) last', 32, 300, { optimizer: 'momentum', lr: 0.5, weight_decay: 0.005 }],
    ],
  },
];
