/**
 * jax-js on its wasm backend, one thread: one jitted function takes a whole step.
 *
 * It owns its arrays by counting: an argument is consumed, and `.ref` keeps it for another use.
 */

import { defaultDevice, init, jit, lax, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { countEqual } from '../material_reader.js';

const VERSION = '0.1.25';
const EVALUATION_BATCH = 1000;
const [BETA1, BETA2, EPSILON, MOMENTUM] = [0.9, 0.999, 1e-8, 0.9];

/** @returns {Promise<import('../peer_host.js').Peer>} */
export async function openJax() {
  // It takes as many threads as there are cores.
  if (typeof navigator === 'object')
    Object.defineProperty(navigator, 'hardwareConcurrency', { value: 1, configurable: true });
  await init('wasm');
  defaultDevice('wasm');
  return {
    version: VERSION,
    notes: ['jitted; convolution written as a matrix product of its windows, which is faster than its own'],
    load: async (material, batches) => ({ session: makeSession(material, batches), notes: [] }),
  };
}

/**
 * @param {import('../material_reader.js').Material} material
 * @param {ReturnType<typeof import('../material_reader.js').makeBatches>} batches
 * @returns {import('../peer_host.js').Session}
 */
function makeSession({ work, facts, weights }, batches) {
  const { layers } = work.net;
  const shape = layers[0].kind === 'conv' ? facts.shape : [layers[0].inputs];
  /** @param {Float32Array} inputs @param {number} count */
  const toArray = (inputs, count) => np.array(inputs, { shape: [count, ...shape] });
  let parameters = weights.map((data, i) => np.array(data, { shape: work.parameters[i] }));

  if (work.kind === 'evaluate') {
    const all = batches.val(EVALUATION_BATCH);
    const classify = jit((/** @type {any[]} */ given, /** @type {any} */ x) => np.argmax(forward(work, given, x), 1));
    return {
      parts: all.length,
      part: (i) => {
        const { inputs, classes, count } = all[i];
        const found = classify(tree.ref(parameters), toArray(inputs, count)).dataSync();
        return { correct: countEqual(found, classes), count };
      },
      dispose: () => tree.dispose(parameters),
    };
  }

  const moments = { adam: 2, momentum: 1, sgd: 0 }[work.optimizer];
  let state = Array.from({ length: moments }, () => work.parameters.map((size) => np.zeros(size)));
  const measure = valueAndGrad((/** @type {any[]} */ given, /** @type {any} */ x, /** @type {any} */ labels) =>
    nn
      .logSoftmax(forward(work, given, x), 1)
      .mul(labels)
      .sum()
      .mul(-1 / work.batch),
  );
  /** @type {any} */
  const step = jit(
    (
      /** @type {any[]} */ given,
      /** @type {any[][]} */ moments,
      /** @type {any} */ x,
      /** @type {any} */ classes,
      /** @type {any} */ rates,
    ) => {
      const [loss, gradients] = measure(tree.ref(given), x, nn.oneHot(classes, facts.classes));
      const norm = work.norm
        ? np.sqrt(
            gradients
              .map((/** @type {any} */ g) => np.square(g.ref).sum())
              .reduce((/** @type {any} */ a, /** @type {any} */ b) => a.add(b)),
          )
        : np.zeros([]);
      const [next, nextMoments] = update(work, given, gradients, moments, rates);
      return [np.stack([loss, norm]), next, nextMoments];
    },
  );

  /** @type {{ inputs: Float32Array, classes: Int32Array, count: number }[]} */
  let prepared = [];
  let updates = 0;
  return {
    prepare: (from, count) => {
      prepared = Array.from({ length: count }, (_, i) => batches.train(from + i));
    },
    steps: (_, count) => {
      const losses = [];
      const norms = [];
      for (let i = 0; i < count; i++) {
        updates++;
        // Adam's rate with both bias corrections; epsilon is added to the root without one, as ours.
        const rate =
          work.optimizer === 'adam' ? (work.lr * Math.sqrt(1 - BETA2 ** updates)) / (1 - BETA1 ** updates) : work.lr;
        const { inputs, classes, count: rows } = prepared[i];
        const [measured, next, nextState] = step(
          parameters,
          state,
          toArray(inputs, rows),
          np.array(classes),
          np.array([rate]),
        );
        parameters = next;
        state = nextState;
        const [loss, norm] = measured.dataSync();
        losses.push(loss);
        if (work.norm) norms.push(norm);
      }
      return { losses, norms };
    },
    dispose: () => tree.dispose([parameters, state]),
  };
}

/**
 * @param {import('../works.js').Work} work
 * @param {any[]} parameters
 * @param {any[]} gradients
 * @param {any[][]} moments
 * @param {any} rate
 * @returns {[any[], any[][]]}
 */
function update({ optimizer }, parameters, gradients, moments, rate) {
  const uses = parameters.length - 1;
  /** The last use consumes it. @param {number} i */
  const rateFor = (i) => (i < uses ? rate.ref : rate);
  if (optimizer === 'sgd') return [parameters.map((p, i) => p.sub(gradients[i].mul(rateFor(i)))), []];
  if (optimizer === 'momentum') {
    const v = gradients.map((g, i) => moments[0][i].mul(MOMENTUM).add(g));
    return [parameters.map((p, i) => p.sub(v[i].ref.mul(rateFor(i)))), [v]];
  }
  const m = gradients.map((g, i) => moments[0][i].mul(BETA1).add(g.ref.mul(1 - BETA1)));
  const v = gradients.map((g, i) => moments[1][i].mul(BETA2).add(np.square(g).mul(1 - BETA2)));
  const next = parameters.map((p, i) => p.sub(m[i].ref.div(np.sqrt(v[i].ref).add(EPSILON)).mul(rateFor(i))));
  return [next, [m, v]];
}

/**
 * @param {import('../works.js').Work} work
 * @param {any[]} parameters  weight and bias of each layer, PyTorch's layouts
 * @param {any} x
 * @returns {any}  the logits
 */
function forward({ net: { layers, activation } }, parameters, x) {
  let value = x;
  layers.forEach((layer, i) => {
    const [weight, bias] = [parameters[2 * i], parameters[2 * i + 1]];
    if (layer.kind === 'conv') {
      value = pool(nn.relu(convolve(value, weight, layer).add(bias.reshape([1, layer.outputs, 1, 1]))));
      return;
    }
    if (value.shape.length > 2) value = value.reshape([value.shape[0], -1]);
    value = np.matmul(value, weight.transpose()).add(bias);
    if (i < layers.length - 1) value = activation === 'tanh' ? np.tanh(value) : nn.relu(value);
  });
  return value;
}

/**
 * The windows of every pixel as a matrix, times the filters.
 *
 * @param {any} x  [n][channel][y][x]
 * @param {any} weight
 * @param {import('../works.js').Layer} layer
 */
function convolve(x, weight, { inputs, outputs, kernel = 1, pad = 0, side = 0 }) {
  const [count] = x.shape;
  const padded = np.pad(x, [
    [0, 0],
    [0, 0],
    [pad, pad],
    [pad, pad],
  ]);
  const shifts = [];
  for (let i = 0; i < kernel; i++) {
    for (let j = 0; j < kernel; j++) {
      const isLast = i === kernel - 1 && j === kernel - 1;
      shifts.push((isLast ? padded : padded.ref).slice([], [], [i, i + side], [j, j + side]));
    }
  }
  const taps = inputs * kernel * kernel;
  // One plain product: its batched one, of a matrix and many, gives wrong numbers in 0.1.25.
  const windows = np
    .stack(shifts, -1)
    .transpose([0, 2, 3, 1, 4])
    .reshape([count * side * side, taps]);
  const y = np.matmul(windows, weight.reshape([outputs, taps]).transpose());
  return y.reshape([count, side, side, outputs]).transpose([0, 3, 1, 2]);
}

/** @param {any} x  [n][channel][y][x] */
function pool(x) {
  return lax.reduceWindow(x, np.max, [2, 2], [2, 2]);
}
