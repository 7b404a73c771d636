/**
 * Layers of TensorFlow.js, each with its backward pass beside it. The package registers no gradients in Node, its wasm
 * backend has no kernel Conv2DBackpropFilter (as shipped it cannot train a convolution), and its matMul is several
 * times slower with transposeA or transposeB than with an explicit transpose. So gradients are made of its own other
 * ops, which also spares it the tape.
 */

import * as tf from '@tensorflow/tfjs-core';

/** For the bench's output. */
export const MISSING =
  'wasm backend without kernel Conv2DBackpropFilter: made here of its conv2d and transpose; backward passes written by hand, with explicit transposes before matMul';

/**
 * @typedef {object} Step  one layer, after its forward pass
 * @property {any} y
 * @property {(dy: any, isFirst: boolean) => { dx: any, gradients: any[] }} backward  gradients: of weight and bias; dx
 *   is null for the first layer, whose input has no use for it
 */

/**
 * Convolution, bias, ReLU, max pooling by 2.
 *
 * @param {any} x  [n][y][x][channel]
 * @param {any} filter  [ky][kx][inputs][outputs]
 * @param {any} bias
 * @param {number} pad
 * @returns {Step}
 */
export function convolve(x, filter, bias, pad) {
  const a = tf.fused.conv2d({ x, filter, strides: 1, pad, bias, activation: 'relu' });
  const y = tf.maxPool(a, 2, 2, 'valid');
  return {
    y,
    backward: (dy, isFirst) => {
      const attributes = { filterSize: 2, strides: 2, pad: 'valid' };
      const unpooled = tf.engine().runKernel('MaxPoolGrad', { dy, input: a, output: y }, attributes);
      const da = tf.mul(/** @type {any} */ (unpooled), tf.step(a));
      const gradients = [filterGradient(x, da, pad), tf.sum(da, [0, 1, 2])];
      return { dx: isFirst ? null : inputGradient(filter, da, pad), gradients };
    },
  };
}

/** A convolution whose images are the channels, and whose filters are the gradients. @param {any} x @param {any} da @param {number} pad */
function filterGradient(x, da, pad) {
  const padded =
    pad === 0
      ? x
      : tf.pad4d(x, [
          [0, 0],
          [pad, pad],
          [pad, pad],
          [0, 0],
        ]);
  const images = /** @type {any} */ (tf.transpose(padded, [3, 1, 2, 0]));
  const windows = /** @type {any} */ (tf.transpose(da, [1, 2, 0, 3]));
  return tf.transpose(tf.conv2d(images, windows, 1, 'valid'), [1, 2, 0, 3]);
}

/** @param {any} filter @param {any} da @param {number} pad */
function inputGradient(filter, da, pad) {
  const turned = /** @type {any} */ (tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]));
  return tf.conv2d(da, turned, 1, filter.shape[0] - 1 - pad);
}

/**
 * Fully connected, and the activation.
 *
 * @param {any} x  [n][inputs], or images
 * @param {any} weight  [inputs][outputs]
 * @param {any} bias
 * @param {'relu' | 'tanh' | 'linear'} activation
 * @returns {Step}
 */
export function connect(x, weight, bias, activation) {
  const flat = x.rank === 2 ? x : tf.reshape(x, [x.shape[0], -1]);
  const z = tf.fused.matMul({ a: flat, b: weight, bias, activation: activation === 'relu' ? 'relu' : 'linear' });
  const y = activation === 'tanh' ? tf.tanh(z) : z;
  return {
    y,
    backward: (dy, isFirst) => {
      const dz = /** @type {any} */ (throughActivation(dy, y, activation));
      const gradients = [tf.matMul(tf.transpose(flat), dz), tf.sum(dz, 0)];
      if (isFirst) return { dx: null, gradients };
      return { dx: tf.reshape(tf.matMul(dz, tf.transpose(weight)), x.shape), gradients };
    },
  };
}

/** @param {any} dy @param {any} y @param {'relu' | 'tanh' | 'linear'} activation */
function throughActivation(dy, y, activation) {
  if (activation === 'relu') return tf.mul(dy, tf.step(y));
  return activation === 'tanh' ? tf.mul(dy, tf.sub(1, tf.square(y))) : dy;
}

/**
 * Mean softmax cross-entropy.
 *
 * @param {any} logits  [n][classes]
 * @param {any} labels  one-hot
 * @returns {{ loss: any, dy: any }}
 */
export function judge(logits, labels) {
  const shifted = tf.sub(logits, tf.max(logits, 1, true));
  const exponentials = tf.exp(shifted);
  const sums = tf.sum(exponentials, 1, true);
  const count = logits.shape[0];
  const logProbabilities = tf.sub(shifted, tf.log(sums));
  return {
    loss: tf.div(tf.sum(tf.mul(labels, logProbabilities)), -count),
    dy: tf.div(tf.sub(tf.div(exponentials, sums), labels), count),
  };
}
