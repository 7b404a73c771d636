/**
 * What every peer is given, as files in one folder: the same data, the same initial weights, the same batches.
 *
 * The folder has `works.json` and raw little-endian arrays; material_reader.js and peers/torch_peer.py read them.
 */

import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TrainerError } from '../../web/engine/core/errors.js';
import { createFileDataset } from '../../web/engine/data/data_files.js';
import { makeRandom } from '../fixtures/random.js';

/**
 * @typedef {import('../../web/engine/engine.js').Engine} Engine
 * @typedef {import('../../web/engine/data/data_files.js').DataFiles} DataFiles
 * @typedef {import('./works.js').Work} Work
 *
 * @typedef {object} DataFacts
 * @property {number[]} shape  of one sample
 * @property {number} classes
 * @property {'u8' | 'f32'} inputs  bytes are standardized: (byte - mean) / deviation
 * @property {number} mean
 * @property {number} deviation
 * @property {number} [vocabulary]  of tokens: a sample's ids are its inputs and one more, the last one's target
 * @property {number} train  samples
 * @property {number} val
 */

const SEED = 1;

/** Samples of tokens. */
const SEQUENCES = 512;

/**
 * @typedef {object} Size
 * @property {number} steps  that are compared; the batches of the steps after them are these again
 * @property {number} images  to train with, and as many to be named
 */

/**
 * @param {Engine} engine
 * @param {Work[]} works
 * @param {DataFiles | null} fashionMnist
 * @param {Size} size
 * @returns {Promise<{ folder: string, data: string }>}  data: what the images are
 */
export async function writeMaterial(engine, works, fashionMnist, size) {
  // Everything is made before anything is written: data that do not fit leave nothing behind.
  /** @type {[string, ArrayBufferView][]} */
  const files = [];
  /** @type {Record<string, DataFacts>} */
  const data = {};
  /** @type {Map<Work, number[][]>} */
  const shapes = new Map();
  for (const name of new Set(works.map((work) => work.data))) {
    const { facts, samples, order } = collectData(engine, name, works, fashionMnist, size);
    data[name] = facts;
    files.push([`${name}.train`, samples.images], [`${name}.train_labels`, samples.labels]);
    files.push([`${name}.val`, samples.validation.images], [`${name}.val_labels`, samples.validation.labels]);
    files.push([`${name}.order`, order]);
    for (const work of works.filter((one) => one.data === name)) {
      const weights = makeWeights(engine, work, samples, size.steps);
      shapes.set(work, weights.shapes);
      files.push([`${work.id}.weights`, weights.all]);
    }
  }
  const folder = await mkdtemp(join(tmpdir(), 'trainscope-bench-'));
  for (const [name, { buffer, byteOffset, byteLength }] of files) {
    await writeFile(join(folder, name), new Uint8Array(buffer, byteOffset, byteLength));
  }
  const list = works.map((work) => ({ ...work, parameters: shapes.get(work) }));
  await writeFile(join(folder, 'works.json'), JSON.stringify({ works: list, data, steps: size.steps, seed: SEED }));
  return { folder, data: fashionMnist ? 'Fashion-MNIST' : 'glyphs' };
}

/**
 * @param {Engine} engine
 * @param {string} name
 * @param {Work[]} works
 * @param {DataFiles | null} fashionMnist
 * @param {Size} size
 */
function collectData(engine, name, works, fashionMnist, { steps, images }) {
  const own = works.filter((work) => work.data === name);
  const sequence = own[0].net.sequence;
  const samples =
    name === 'images'
      ? collectImages(engine, fashionMnist, images)
      : sequence
        ? makeTokens(sequence)
        : collectPoints(engine, name);
  const dataset = engine.createDataset(asGiven(samples, sequence));
  const { trainCount, valCount, scaling, shape, classes } = dataset;
  dataset.dispose();
  const draws = Math.max(...own.map(({ batch }) => batch * steps));
  const facts = {
    shape: sequence ? [sequence.length] : shape,
    vocabulary: sequence?.vocabulary,
    classes,
    inputs: samples.images instanceof Uint8Array ? 'u8' : 'f32',
    mean: scaling?.mean ?? 0,
    deviation: scaling?.deviation ?? 1,
    train: trainCount,
    val: valCount,
  };
  return { facts: /** @type {DataFacts} */ (facts), samples, order: askOrder(engine, trainCount, draws) };
}

/** @param {Engine} engine @param {DataFiles | null} fashionMnist @param {number} count */
function collectImages(engine, fashionMnist, count) {
  if (!fashionMnist)
    return exportSamples(engine, { dataset: 'glyphs', samples: count, val_samples: count }, Uint8Array);
  const { shape, classes, name, validation } = fashionMnist;
  if (String(shape) !== '1,28,28' || classes !== 10 || !validation) {
    const found = `${shape.join(' × ')} in ${classes} classes${validation ? '' : ', without a validation set'}`;
    throw new TrainerError(
      'data',
      'data',
      `--data ${name}: the works are made for Fashion-MNIST, but this is ${found}.`,
    );
  }
  const dataset = createFileDataset(engine, fashionMnist, engine.parseConfig({ dataset: 'custom' }).config);
  try {
    return readAll(dataset, count, Uint8Array);
  } finally {
    dataset.dispose();
  }
}

/**
 * Tokens of which each mostly follows from the one before, so that there is something to learn.
 *
 * @param {import('./works.js').Sequence} sequence
 */
function makeTokens({ length, vocabulary }) {
  const draw = makeRandom(SEED);
  let token = 0;
  const ids = Uint8Array.from({ length: SEQUENCES * (length + 1) }, () => {
    token = draw(4) === 0 ? draw(vocabulary) : (5 * token + 3) % vocabulary;
    return token;
  });
  const labels = new Uint8Array();
  return { images: ids, labels, shape: [length], classes: vocabulary, validation: { images: ids, labels } };
}

/** What the engine takes. @param {any} samples @param {import('./works.js').Sequence} [sequence] */
function asGiven(samples, sequence) {
  if (!sequence) return samples;
  return { tokens: samples.images, length: sequence.length, vocabulary: sequence.vocabulary };
}

/** @param {Engine} engine @param {string} name */
function collectPoints(engine, name) {
  return exportSamples(engine, { dataset: name === 'points' ? 'circle' : name }, Float32Array);
}

/** @param {Engine} engine @param {Record<string, any>} settings @param {any} ArrayType */
function exportSamples(engine, settings, ArrayType) {
  const dataset = engine.generateDataset(settings);
  try {
    return readAll(dataset, Infinity, ArrayType);
  } finally {
    dataset.dispose();
  }
}

/** @param {import('../../web/engine/data/dataset.js').Dataset} dataset @param {number} most @param {any} ArrayType */
function readAll(dataset, most, ArrayType) {
  /** @param {'train' | 'val'} split @param {number} count */
  const read = (split, count) => {
    const { inputs, labels } = dataset.readSamples(split, firstIndices(Math.min(count, most)));
    return {
      images: ArrayType === Float32Array ? inputs : ArrayType.from(inputs),
      labels: /** @type {Uint8Array} */ (labels),
    };
  };
  const { shape, classes, trainCount, valCount } = dataset;
  return { ...read('train', trainCount), shape, classes, validation: read('val', valCount) };
}

/** @param {number} count */
function firstIndices(count) {
  return Int32Array.from({ length: count }, (_, i) => i);
}

/**
 * The samples that the engine draws, in order. It is asked, not imitated: the loss of a network that always says 0 is
 * half the target's square, and the target of sample i is √2i.
 *
 * @param {Engine} engine
 * @param {number} count  samples to draw from
 * @param {number} draws
 */
function askOrder(engine, count, draws) {
  const targets = Float32Array.from({ length: count }, (_, i) => Math.sqrt(2 * i));
  const dataset = engine.createDataset({ images: new Float32Array(count), shape: [1], targets });
  const settings = { dataset: 'custom', model: '', optimizer: 'sgd', lr: 0, batch: 1, steps: draws, seed: SEED };
  const trainer = engine.createTrainer(settings, dataset);
  try {
    return Int32Array.from(trainer.step(draws), ({ loss }) => Math.round(loss));
  } finally {
    trainer.dispose();
    dataset.dispose();
  }
}

/**
 * U(±1/√fan_in) for weights and biases. What is evaluated has been trained, or every image would be a near tie.
 *
 * @param {Engine} engine
 * @param {Work} work
 * @param {any} samples
 * @param {number} steps
 */
function makeWeights(engine, { kind, net, batch, optimizer, lr }, samples, steps) {
  const dataset = engine.createDataset(asGiven(samples, net.sequence));
  const settings = { model: net.text, init: 'torch', seed: SEED, batch, optimizer, lr, steps };
  const trainer = engine.createTrainer({ ...settings, dataset: 'custom' }, dataset);
  try {
    if (kind === 'evaluate') trainer.step(steps);
    const tensors = trainer.parameters;
    const all = new Float32Array(tensors.reduce((sum, { data }) => sum + data.length, 0));
    let at = 0;
    for (const { data } of tensors) {
      all.set(data, at);
      at += data.length;
    }
    // PyTorch's.
    return { all, shapes: tensors.map(({ shape }) => shape) };
  } finally {
    trainer.dispose();
    dataset.dispose();
  }
}
