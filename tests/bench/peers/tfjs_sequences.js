/**
 * Transformers and an LSTM of TensorFlow.js, with the gradients of every operation beside it, for the reasons of
 * tfjs_gradients.js. A matrix product is never asked to transpose by itself.
 */

import * as tf from '@tensorflow/tfjs-core';
import { judge } from './tfjs_gradients.js';

/**
 * @typedef {import('@tensorflow/tfjs-core').Tensor} Tensor
 * @typedef {{ value: Tensor, gradient: Tensor | null }} Node
 * @typedef {(() => void)[]} Tape  what to do backwards, last first
 */

const GELU_SCALE = Math.sqrt(2 / Math.PI);
const GELU_CUBIC = 0.044715;
const EPSILON = 1e-5;

/** @param {Tensor} value @returns {Node} */
const nodeOf = (value) => ({ value, gradient: null });

/** @param {Node} node @param {Tensor} gradient */
function receive(node, gradient) {
  node.gradient = node.gradient ? tf.add(node.gradient, gradient) : gradient;
}

/** @param {Node} node @returns {Tensor} */
const given = (node) => /** @type {Tensor} */ (node.gradient);

/**
 * Loss of a batch, and the gradients in the order of the variables.
 *
 * @param {import('../works.js').Sequence} sequence
 * @param {Tensor[]} variables  matrices as [inputs][outputs]
 * @param {{ inputs: Int32Array, classes: Int32Array, count: number }} batch
 */
export function measureSequence(sequence, variables, { inputs, classes, count }) {
  const { kind, width, length, vocabulary, depth } = sequence;
  /** @type {Tape} */
  const tape = [];
  const parameters = variables.map(nodeOf);
  let at = 0;
  const next = () => parameters[at++];
  const affine = (/** @type {Node} */ x) => linear(tape, x, next(), next());
  const normal = (/** @type {Node} */ x) => layernorm(tape, x, next(), next());
  let x = embed(tape, inputs, next(), vocabulary);
  if (kind === 'transformer') {
    x = addTable(tape, x, next(), count, length, width);
    for (let block = 0; block < depth; block++) {
      x = sum(tape, x, affine(attention(tape, affine(normal(x)), sequence, count)));
      x = sum(tape, x, affine(gelu(tape, affine(normal(x)))));
    }
    x = normal(x);
  } else {
    x = lstm(tape, x, [next(), next(), next(), next()], sequence, count);
  }
  const output = affine(x);
  const labels = tf.oneHot(tf.tensor1d(classes, 'int32'), vocabulary);
  const { loss, dy } = judge(output.value, labels);
  output.gradient = dy;
  for (const back of tape.toReversed()) back();
  return { loss, gradients: parameters.map(given) };
}

/** @param {Tape} tape @param {Node} x @param {Node} weight @param {Node} bias */
function linear(tape, x, weight, bias) {
  const y = nodeOf(tf.add(tf.matMul(x.value, weight.value), bias.value));
  tape.push(() => {
    const dy = given(y);
    receive(weight, tf.matMul(tf.transpose(x.value), dy));
    receive(bias, tf.sum(dy, 0));
    receive(x, tf.matMul(dy, tf.transpose(weight.value)));
  });
  return y;
}

/** @param {Tape} tape @param {Int32Array} ids @param {Node} weight @param {number} vocabulary */
function embed(tape, ids, weight, vocabulary) {
  const chosen = tf.oneHot(tf.tensor1d(ids, 'int32'), vocabulary);
  const y = nodeOf(tf.matMul(chosen, weight.value));
  tape.push(() => receive(weight, tf.matMul(tf.transpose(chosen), given(y))));
  return y;
}

/** @param {Tape} tape @param {Node} x @param {Node} table @param {number} count @param {number} length @param {number} width */
function addTable(tape, x, table, count, length, width) {
  const shape = [count, length, width];
  const y = nodeOf(tf.reshape(tf.add(tf.reshape(x.value, shape), table.value), x.value.shape));
  tape.push(() => {
    receive(table, tf.sum(tf.reshape(given(y), shape), 0));
    receive(x, given(y));
  });
  return y;
}

/** @param {Tape} tape @param {Node} a @param {Node} b */
function sum(tape, a, b) {
  const y = nodeOf(tf.add(a.value, b.value));
  tape.push(() => {
    receive(a, given(y));
    receive(b, given(y));
  });
  return y;
}

/** @param {Tape} tape @param {Node} x @param {Node} gain @param {Node} bias */
function layernorm(tape, x, gain, bias) {
  const centered = tf.sub(x.value, tf.mean(x.value, 1, true));
  const rate = tf.rsqrt(tf.add(tf.mean(tf.square(centered), 1, true), EPSILON));
  const normal = tf.mul(centered, rate);
  const y = nodeOf(tf.add(tf.mul(normal, gain.value), bias.value));
  tape.push(() => {
    const dy = given(y);
    receive(gain, tf.sum(tf.mul(dy, normal), 0));
    receive(bias, tf.sum(dy, 0));
    const d = tf.mul(dy, gain.value);
    const along = tf.mul(normal, tf.mean(tf.mul(d, normal), 1, true));
    receive(x, tf.mul(tf.sub(tf.sub(d, tf.mean(d, 1, true)), along), rate));
  });
  return y;
}

/** @param {Tape} tape @param {Node} x */
function gelu(tape, x) {
  const v = x.value;
  const squares = tf.square(v);
  const bent = tf.tanh(tf.mul(tf.mul(v, tf.add(tf.mul(squares, GELU_CUBIC), 1)), GELU_SCALE));
  const share = tf.mul(tf.add(bent, 1), 0.5);
  const y = nodeOf(tf.mul(v, share));
  tape.push(() => {
    const inner = tf.mul(tf.add(tf.mul(squares, 3 * GELU_CUBIC), 1), GELU_SCALE / 2);
    const slope = tf.mul(tf.mul(v, tf.sub(1, tf.square(bent))), inner);
    receive(x, tf.mul(given(y), tf.add(share, slope)));
  });
  return y;
}

/** Causal. @param {Tape} tape @param {Node} x  [sample · position][3 · width] @param {import('../works.js').Sequence} sequence @param {number} count */
function attention(tape, x, { width, heads, length }, count) {
  const n = width / heads;
  const apart = [count * heads, length, n];
  const scale = 1 / Math.sqrt(n);
  const split = tf.transpose(tf.reshape(x.value, [count, length, 3, heads, n]), [2, 0, 3, 1, 4]);
  const [q, k, v] = [0, 1, 2].map((i) => tf.reshape(tf.slice(split, [i, 0, 0, 0, 0], [1, -1, -1, -1, -1]), apart));
  const unseen = Float32Array.from({ length: length * length }, (_, i) =>
    i % length > Math.floor(i / length) ? -1e9 : 0,
  );
  const scores = tf.mul(tf.matMul(q, tf.transpose(k, [0, 2, 1])), scale);
  const p = tf.softmax(tf.add(scores, tf.tensor(unseen, [length, length])));
  const mixed = tf.reshape(tf.matMul(p, v), [count, heads, length, n]);
  const y = nodeOf(tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [count * length, width]));
  tape.push(() => {
    const dy = tf.reshape(tf.transpose(tf.reshape(given(y), [count, length, heads, n]), [0, 2, 1, 3]), apart);
    const dp = tf.matMul(dy, tf.transpose(v, [0, 2, 1]));
    const ds = tf.mul(tf.mul(p, tf.sub(dp, tf.sum(tf.mul(dp, p), 2, true))), scale);
    const back = (/** @type {Tensor} */ matrix) => tf.transpose(matrix, [0, 2, 1]);
    const parts = [tf.matMul(ds, k), tf.matMul(back(ds), q), tf.matMul(back(p), dy)];
    const all = tf.reshape(tf.concat(parts, 0), [3, count, heads, length, n]);
    receive(x, tf.reshape(tf.transpose(all, [1, 3, 0, 2, 4]), [count * length, 3 * width]));
  });
  return y;
}

/** @param {Tape} tape @param {Node} x @param {Node[]} parameters  PyTorch's @param {import('../works.js').Sequence} sequence @param {number} count */
function lstm(tape, x, [fromInput, fromState, inputBias, stateBias], { width, length }, count) {
  // [position][sample]: what a position needs lies together.
  const turn = (/** @type {Tensor} */ v, /** @type {number} */ a, /** @type {number} */ b) =>
    tf.reshape(tf.transpose(tf.reshape(v, [a, b, -1]), [1, 0, 2]), [a * b, -1]);
  const turned = nodeOf(turn(x.value, count, length));
  tape.push(() => receive(x, turn(given(turned), length, count)));
  const made = linear(tape, turned, fromInput, inputBias);
  const zeros = tf.zeros([count, width]);
  const states = [{ h: zeros, c: zeros, bent: zeros, gates: [zeros] }];
  for (let t = 0; t < length; t++) {
    const { h, c } = states[t];
    const own = tf.slice(made.value, [t * count, 0], [count, -1]);
    const all = tf.add(tf.add(own, tf.matMul(h, fromState.value)), stateBias.value);
    const gates = [0, 1, 2, 3].map((i) => {
      const part = tf.slice(all, [0, i * width], [count, width]);
      return i === 2 ? tf.tanh(part) : tf.sigmoid(part);
    });
    const cell = tf.add(tf.mul(gates[1], c), tf.mul(gates[0], gates[2]));
    const bent = tf.tanh(cell);
    states.push({ h: tf.mul(gates[3], bent), c: cell, bent, gates });
  }
  const y = nodeOf(
    turn(
      tf.concat(
        states.slice(1).map(({ h }) => h),
        0,
      ),
      length,
      count,
    ),
  );
  tape.push(() => {
    const dy = turn(given(y), count, length);
    const back = tf.transpose(fromState.value);
    /** @type {Tensor[]} */
    const all = [];
    let dh = zeros;
    let dc = zeros;
    for (let t = length - 1; t >= 0; t--) {
      const { bent, gates } = states[t + 1];
      const [i, f, g, o] = gates;
      const d = tf.add(tf.slice(dy, [t * count, 0], [count, -1]), dh);
      const cell = tf.add(dc, tf.mul(tf.mul(d, o), tf.sub(1, tf.square(bent))));
      const logistic = (/** @type {Tensor} */ s) => tf.mul(s, tf.sub(1, s));
      const own = tf.concat(
        [
          tf.mul(tf.mul(cell, g), logistic(i)),
          tf.mul(tf.mul(cell, states[t].c), logistic(f)),
          tf.mul(tf.mul(cell, i), tf.sub(1, tf.square(g))),
          tf.mul(tf.mul(d, bent), logistic(o)),
        ],
        1,
      );
      all.unshift(own);
      dh = tf.matMul(own, back);
      dc = tf.mul(cell, f);
    }
    const gates = tf.concat(all, 0);
    const before = tf.concat(
      states.slice(0, -1).map(({ h }) => h),
      0,
    );
    receive(fromState, tf.matMul(tf.transpose(before), gates));
    receive(stateBias, tf.sum(gates, 0));
    receive(made, gates);
  });
  return y;
}
