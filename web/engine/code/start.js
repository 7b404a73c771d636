/** What first weights are drawn from, in words that JavaScript and Python share once they are put into their own. */

import { significant } from '../words/numbers.js';

/**
 * @typedef {import('../config/config.js').Config} Config
 * @typedef {{ weight: string, bias: string }} Draw  "normal(0.1)", "uniform(0.1)" or "fill(0)", with numbers worked out
 */

/** All that a float32 holds. */
const DIGITS = 7;

/**
 * Of a layer with weights, or of a shortcut's projection, whose fans are given.
 *
 * @param {Config} config
 * @param {import('./network.js').Layer & { fans?: number[] }} layer
 * @returns {Draw}
 */
export function drawOf({ init, init_gain }, { unit, args, from, to, gain, isLast, fans }) {
  const area = unit === 'conv' ? args.k ** 2 : 1;
  const inputs = unit === 'conv' ? from[0] : from.reduce((product, side) => product * side, 1);
  const [fanIn, fanOut] = fans ?? [inputs * area, to[0] * area];
  const scale = init_gain * gain;
  const normal = (/** @type {number} */ variance) => `normal(${significant(scale * Math.sqrt(variance), DIGITS)})`;
  const uniform = (/** @type {number} */ bound) => `uniform(${significant(bound, DIGITS)})`;
  switch (init) {
    case 'xavier':
      return { weight: uniform(scale * Math.sqrt(6 / (fanIn + fanOut))), bias: 'fill(0)' };
    case 'torch':
      return { weight: uniform(scale / Math.sqrt(fanIn)), bias: uniform(1 / Math.sqrt(fanIn)) };
    case 'lecun':
      return { weight: normal(1 / fanIn), bias: 'fill(0)' };
    default:
      return { weight: normal((isLast ? 1 : 2) / fanIn), bias: 'fill(0)' };
  }
}
