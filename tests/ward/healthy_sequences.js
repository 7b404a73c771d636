/**
 * Healthy settings that read tokens: recurrent networks, transformers with the norm before and behind their blocks, and a
 * table of what follows what. healthy.js has those that read vectors and images.
 */

import { placeNorms } from '../../web/engine/model_text/norm_placement.js';

/** Pre-LN: x + f(Norm(x)). @param {number} layers */
const blocks = (layers) =>
  `(residual(layernorm attention(2)) residual(layernorm linear(32) gelu linear(16)))*${layers}`;

/** @param {number} layers */
const preLn = (layers) => `embed(16) position ${blocks(layers)} layernorm`;

/** Norm(x + f(x)). @param {number} layers */
const postLn = (layers) => placeNorms(`embed(16) position ${blocks(layers)}`, 'after');

const SHARED = { samples: 1000, val_samples: 200, schedule: 'linear' };

/** @type {typeof import('./healthy.js').GROUPS} */
export const SEQUENCES = [
  {
    shared: { ...SHARED, dataset: 'sort', length: 4, symbols: 6 },
    rows: [
      ['sort-pre', preLn(1), 16, 300, { optimizer: 'adam', lr: 0.02 }],
      ['sort-post', postLn(2), 16, 300, { optimizer: 'adam', lr: 0.01, warmup_steps: 30 }],
    ],
  },
  {
    shared: { ...SHARED, dataset: 'reverse', length: 4, symbols: 6 },
    rows: [['reverse-pre', preLn(1), 16, 200, { optimizer: 'adamw', lr: 0.02 }]],
  },
  {
    shared: { ...SHARED, dataset: 'recall', symbols: 3, delay: 2 },
    rows: [['recall-rnn', 'embed(16) rnn(24)', 16, 400, { optimizer: 'momentum', lr: 0.06 }]],
  },
  {
    shared: { ...SHARED, dataset: 'sentences', context: 10 },
    rows: [
      ['sentences-rnn', 'embed(12) rnn(16)', 64, 200, { context: 6, optimizer: 'momentum', lr: 1 }],
      ['sentences-bigram', 'embed(16)', 16, 200, { optimizer: 'adam', lr: 0.05 }],
    ],
  },
];
