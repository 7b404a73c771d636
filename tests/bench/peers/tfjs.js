/** TensorFlow.js on its wasm backend, one thread. */

import { setWasmPaths, version_wasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { countEqual } from '../material_reader.js';
import { connect, convolve, judge, MISSING } from './tfjs_gradients.js';
import { measureSequence } from './tfjs_sequences.js';

/** Images at once in an evaluation: the fastest of 64, 128, 256, 512 and 1,000. */
const EVALUATION_BATCH = 256;

/** Adam's. */
const BETA2 = 0.999;
const EPSILON = 1e-8;

/**
 * @param {string} wasmFolder  path or address of the backend's wasm files, with a slash at its end
 * @returns {Promise<import('../peer_host.js').Peer>}
 */
export async function openTfjs(wasmFolder) {
  tf.enableProdMode();
  // One core each; its build without threads is the faster one then.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  setWasmPaths(wasmFolder);
  if (!(await tf.setBackend('wasm'))) throw new Error('its wasm backend does not start');
  await tf.ready();
  return {
    version: version_wasm,
    notes: [MISSING],
    load: async (material, batches) => ({ session: makeSession(material, batches), notes: [] }),
  };
}

/**
 * @param {import('../material_reader.js').Material} material
 * @param {ReturnType<typeof import('../material_reader.js').makeBatches>} batches
 * @returns {import('../peer_host.js').Session}
 */
function makeSession({ work, facts, weights }, batches) {
  const variables = importWeights(work, weights).map((tensor) => tf.variable(tensor));
  const { sequence, layers } = work.net;
  if (sequence) {
    return makeTraining(work, variables, batches.tokens, (batch) => measureSequence(sequence, variables, batch));
  }
  const [first] = layers;
  // One channel: [channel][y][x] and [y][x][channel] are the same.
  const shape = first.kind === 'conv' ? [...facts.shape.slice(1), first.inputs] : [first.inputs];
  /** @param {Float32Array} inputs @param {number} count */
  const toTensor = (inputs, count) => tf.tensor(inputs, [count, ...shape]);

  if (work.kind === 'evaluate') {
    const all = batches.val(EVALUATION_BATCH);
    return {
      parts: all.length,
      part: (i) => {
        const { inputs, classes, count } = all[i];
        const found = tf.tidy(() => {
          const { y } = /** @type {any} */ (forward(work, variables, toTensor(inputs, count)).at(-1));
          return tf.argMax(y, 1).dataSync();
        });
        return { correct: countEqual(found, classes), count };
      },
      dispose: () => disposeAll(variables),
    };
  }

  return makeTraining(work, variables, batches.train, ({ inputs, classes, count }) => {
    const labels = tf.oneHot(tf.tensor1d(classes, 'int32'), facts.classes);
    const steps = forward(work, variables, toTensor(inputs, count));
    const { loss, dy } = judge(/** @type {any} */ (steps.at(-1)).y, labels);
    return { loss, gradients: backward(steps, dy) };
  });
}

/**
 * @template Batch
 * @param {import('../works.js').Work} work
 * @param {tf.Variable[]} variables
 * @param {(step: number) => Batch} batchOf
 * @param {(batch: Batch) => { loss: tf.Tensor, gradients: tf.Tensor[] }} measure  gradients in the order of the variables
 * @returns {import('../peer_host.js').Session}
 */
function makeTraining(work, variables, batchOf, measure) {
  const optimizer = makeOptimizer(work);
  /** @type {Batch[]} */
  let prepared = [];
  let updates = 0;
  return {
    prepare: (step, count) => {
      prepared = Array.from({ length: count }, (_, i) => batchOf(step + i));
    },
    steps: (_, count) => {
      /** @type {number[]} */
      const losses = [];
      /** @type {number[]} */
      const norms = [];
      for (const batch of prepared.slice(0, count)) {
        tf.tidy(() => {
          const { loss, gradients } = measure(batch);
          if (work.norm) norms.push(normOf(gradients));
          update(work, optimizer, variables, gradients, ++updates);
          losses.push(loss.dataSync()[0]);
        });
      }
      return { losses, norms };
    },
    dispose: () => {
      optimizer.dispose();
      disposeAll(variables);
    },
  };
}

/** @param {tf.Variable[]} variables */
function disposeAll(variables) {
  for (const variable of variables) variable.dispose();
}

/** @param {tf.Tensor[]} gradients */
function normOf(gradients) {
  return tf.sqrt(tf.addN(gradients.map((gradient) => tf.sum(tf.square(gradient))))).dataSync()[0];
}

/**
 * @param {import('../works.js').Work} work
 * @param {any} optimizer
 * @param {tf.Variable[]} variables
 * @param {tf.Tensor[]} gradients
 * @param {number} updates  with this one
 */
function update(work, optimizer, variables, gradients, updates) {
  // As ours: added to the root without bias correction.
  if (work.optimizer === 'adam') optimizer.epsilon = EPSILON / Math.sqrt(1 - BETA2 ** updates);
  optimizer.applyGradients(gradients.map((tensor, i) => ({ name: variables[i].name, tensor })));
}

/** @param {import('../works.js').Work} work */
function makeOptimizer({ optimizer, lr }) {
  if (optimizer === 'adam') return tf.train.adam(lr, 0.9, BETA2, EPSILON);
  return optimizer === 'momentum' ? tf.train.momentum(lr, 0.9) : tf.train.sgd(lr);
}

/**
 * @param {import('../works.js').Work} work
 * @param {tf.Variable[]} variables  weight and bias of each layer
 * @param {any} x
 */
function forward({ net: { layers, activation } }, variables, x) {
  let value = x;
  return layers.map(({ kind, pad = 0 }, i) => {
    const [weight, bias] = [variables[2 * i], variables[2 * i + 1]];
    const isLast = i === layers.length - 1;
    const step =
      kind === 'conv'
        ? convolve(value, weight, bias, pad)
        : connect(value, weight, bias, isLast ? 'linear' : activation);
    value = step.y;
    return step;
  });
}

/** @param {import('./tfjs_gradients.js').Step[]} steps @param {any} dy @returns {any[]}  in the order of the variables */
function backward(steps, dy) {
  /** @type {any[]} */
  const all = [];
  let upstream = dy;
  for (let i = steps.length - 1; i >= 0; i--) {
    const { dx, gradients } = steps[i].backward(upstream, i === 0);
    all.unshift(...gradients);
    upstream = dx;
  }
  return all;
}

/**
 * PyTorch's layouts become TensorFlow's: [inputs][outputs], [ky][kx][inputs][outputs], and after a convolution the
 * inputs in the order [y][x][channel].
 *
 * @param {import('../material_reader.js').GivenWork} work
 * @param {Float32Array[]} weights
 */
function importWeights({ net: { layers, sequence }, parameters }, weights) {
  return weights.map((data, i) => {
    const tensor = tf.tensor(data, parameters[i]);
    if (sequence) return isTable(i, sequence) || parameters[i].length < 2 ? tensor : tf.transpose(tensor);
    if (i % 2 === 1) return tensor;
    const layer = layers[i / 2];
    if (layer.kind === 'conv') return tf.transpose(tensor, [2, 3, 1, 0]);
    const before = layers[i / 2 - 1];
    if (before?.kind !== 'conv') return tf.transpose(tensor);
    const side = /** @type {number} */ (before.side) / 2;
    const images = tf.reshape(tensor, [layer.outputs, before.outputs, side, side]);
    return tf.reshape(tf.transpose(images, [2, 3, 1, 0]), [layer.inputs, layer.outputs]);
  });
}

/** Whether a sequence's parameter is a row for each token or position. @param {number} i @param {import('../works.js').Sequence} sequence */
function isTable(i, { kind }) {
  return i < (kind === 'lstm' ? 1 : 2);
}
