/** Several engines on one memory: each has its own runs, all train on the same samples, and no bit differs. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCommonMemory, storeInCommon } from '../../web/engine/core/wasm.js';
import { createFileDataset } from '../../web/engine/data/data_files.js';
import { createEngine } from '../../web/platform/node/index.js';
import { makeNoiseData } from '../cli/helpers.js';

const alone = await createEngine();
const DATA = makeNoiseData(4000);
const DATA_BYTES = DATA.images.length;
const PAGE_BYTES = 65536;

/** @param {Record<string, any>} settings */
const configOf = (settings) => alone.parseConfig({ dataset: 'custom', steps: 12, ...settings }).config;

/** A memory that has room for no more than so many pages. @param {number} pages */
function makeCrowdedMemory(pages) {
  const common = /** @type {any} */ (createCommonMemory());
  common.grow(alone.memory.limit / PAGE_BYTES - common.buffer.byteLength / PAGE_BYTES - pages);
  return common;
}

test('runs of two engines side by side, begun, ended and stepped in turn, are those of an engine alone', async () => {
  const common = createCommonMemory();
  const engines = [await createEngine({ common }), await createEngine({ common })];
  const configs = [4, 32, 8, 64, 16, 48].map((width, seed) =>
    configOf({ model: `linear(${width}) relu`, seed, batch: 8 + width, optimizer: 'adam' }),
  );
  const expected = configs.map((config) => {
    const dataset = createFileDataset(alone, DATA, config);
    const trainer = alone.createTrainer(config, dataset);
    trainer.step(12);
    return trainer.digest();
  });
  /** @type {import('../../web/engine/run/trainer.js').Trainer[]} */
  const trainers = [];
  const shared = engines[0].shareData(DATA);
  assert.ok(shared);
  const datasets = engines.map((engine) => createFileDataset(engine, engine.adoptData(shared), configs[0]));
  // The first runs are replaced by others, so that memory is freed and taken again while the neighbour works.
  for (const wanted of [configs.toReversed(), configs]) {
    for (const trainer of trainers.splice(0)) trainer.dispose();
    for (const [i, config] of wanted.entries()) {
      trainers.push(engines[i % 2].createTrainer(config, datasets[i % 2]));
      for (const trainer of trainers) trainer.step(2);
    }
    for (const trainer of trainers) trainer.step(12);
  }
  assert.deepEqual(
    trainers.map((trainer) => trainer.digest()),
    expected,
  );
});

test('what an engine holds of its own does not contain the data', async () => {
  const common = createCommonMemory();
  const first = await createEngine({ common });
  const second = await createEngine({ common });
  const shared = first.shareData(DATA);
  assert.ok(shared);
  for (const engine of [first, second]) {
    const before = engine.memory;
    const dataset = createFileDataset(engine, engine.adoptData(shared), configOf({}));
    assert.ok(engine.memory.used - before.used < 1024, `${engine.memory.used - before.used} bytes`);
    assert.deepEqual([dataset.trainCount, dataset.valCount, dataset.shape], [4000, 400, [1, 28, 28]]);
    const copied = createFileDataset(alone, DATA, configOf({}));
    assert.deepEqual(dataset.scaling, copied.scaling);
    assert.deepEqual(dataset.readSamples('val', [0, 399]), copied.readSamples('val', [0, 399]));
    copied.dispose();
    dataset.dispose();
    assert.equal(engine.memory.used, before.used);
    // A data set of arrays that lie elsewhere is a copy, as ever.
    const other = createFileDataset(engine, DATA, configOf({}));
    assert.ok(engine.memory.used - before.used > DATA_BYTES);
    other.dispose();
  }
});

test('runs that become larger one by one leave no stretch behind each', async () => {
  const common = createCommonMemory();
  const engines = [await createEngine({ common }), await createEngine({ common })];
  const before = engines[0].memory;
  let largest = 0;
  for (let width = 100; width <= 1500; width += 50) {
    for (const engine of engines) {
      const trainer = engine.createTrainer(configOf({ dataset: 'moons', samples: 100, model: `linear(${width})*2` }));
      largest = Math.max(largest, engine.memory.used - before.used);
      trainer.dispose();
    }
  }
  for (const engine of engines) {
    const held = engine.memory.total - before.total;
    assert.ok(held <= 4 * largest, `${held} bytes for runs of ${largest} at most`);
  }
});

test('floats with a scale per column, and a validation set that is split off', async () => {
  const engine = await createEngine({ common: createCommonMemory() });
  const { labels = new Uint8Array() } = DATA;
  const images = Float32Array.from({ length: 2 * labels.length }, (_, i) => Math.sin(i) * (1 + (i % 2)));
  const data = { ...DATA, images, labels, shape: [2], scalePerFeature: true, validation: null };
  const config = configOf({ model: 'linear(8) tanh', val_fraction: 0.25 });
  const shared = engine.shareData(data);
  assert.ok(shared);
  const digests = [
    alone.createTrainer(config, createFileDataset(alone, data, config)),
    engine.createTrainer(config, createFileDataset(engine, shared, config)),
  ].map((trainer) => {
    trainer.step(12);
    return trainer.digest();
  });
  assert.equal(digests[0], digests[1]);
});

test('a full memory: data is refused, an engine has one of its own, a run is one clear sentence', async () => {
  const full = makeCrowdedMemory(0);
  assert.equal(storeInCommon(full, DATA.images), null);
  const outside = await createEngine({ common: full });
  assert.equal(outside.shareData(DATA), null);
  const config = configOf({ model: 'linear(2000) relu' });
  const dataset = createFileDataset(outside, outside.adoptData(DATA), config);
  outside.createTrainer(config, dataset).step(1);

  const cramped = await createEngine({ common: makeCrowdedMemory(40) });
  const points = cramped.parseConfig({ dataset: 'moons', samples: 100, model: 'linear(4)' }).config;
  assert.throws(() => cramped.createTrainer({ ...points, model: 'linear(1000)*3' }), {
    name: 'TrainerError',
    code: 'memory',
    message: /^This run needs [\d.]+ MB of memory; the limit is 2 GB, of which [\d.]+ MB are in use\.$/,
  });
  assert.equal(cramped.createTrainer(points).step(5).length, 5, 'a smaller one goes on');
});

test('no memory is common where none can be sent, whatever the page says of itself', () => {
  assert.ok(createCommonMemory());
  const scope = /** @type {any} */ (globalThis);
  const before = { structuredClone: scope.structuredClone, SharedArrayBuffer: scope.SharedArrayBuffer };
  // As in WebKitGTK, of which it is true that it makes shared memories.
  scope.crossOriginIsolated = true;
  scope.structuredClone = () => {
    throw new DOMException('The object can not be cloned.', 'DataCloneError');
  };
  delete scope.SharedArrayBuffer;
  try {
    assert.equal(createCommonMemory(), null);
  } finally {
    delete scope.crossOriginIsolated;
    Object.assign(scope, before);
  }
});
