/**
 * Slices through the loss surface: planes and losses against NumPy's and PyTorch's in double precision
 * (tests/fixtures/make_slices.py), random directions against their definition, and that a run goes on as if nobody had
 * looked.
 */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createEngine } from '../../web/platform/node/index.js';

/**
 * @typedef {import('../../web/engine/run/trainer.js').Trainer} Trainer
 * @typedef {import('../../web/engine/run/tensors.js').Tensor} Tensor
 */

const engine = await createEngine();
const FIGURES = JSON.parse(readFileSync(new URL('../fixtures/slices.json', import.meta.url), 'utf8'));

const BUILT = fileURLToPath(new URL('../../build/native/trainscope-native', import.meta.url));
const NATIVE = existsSync(BUILT) ? BUILT : null;

const norm = (/** @type {ArrayLike<number>} */ values) =>
  Math.sqrt(Array.from(values).reduce((sum, x) => sum + x * x, 0));

/** @param {number} actual @param {number} expected @param {number} tolerance @param {string} what */
function assertNear(actual, expected, tolerance, what) {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual}, not within ${tolerance} of ${expected}`);
}

/** A trainer with a figure's network, data and parameters. @param {any} figure */
function createFigureTrainer(figure) {
  const dataset = engine.createDataset({
    images: Float32Array.from(figure.inputs),
    shape: figure.shape,
    ...(figure.targets
      ? { targets: Float32Array.from(figure.targets) }
      : { labels: Uint8Array.from(figure.labels), classes: figure.classes }),
  });
  const { config } = engine.parseConfig({ dataset: 'custom', model: figure.text, loss: figure.loss, batch: 0 });
  const trainer = engine.createTrainer(config, dataset);
  trainer.setParameters(figure.parameters.map((/** @type {any} */ { data }) => ({ data })));
  return { trainer, dataset };
}

/** A figure's row of all parameters as the trainer's tensors. @param {Trainer} trainer @param {number[]} row */
function tensorsOf(trainer, row) {
  let at = 0;
  return trainer.parameters.map(({ data }) => {
    at += data.length;
    return { data: row.slice(at - data.length, at) };
  });
}

for (const figure of FIGURES) {
  test(`NumPy and PyTorch agree on a path's plane: ${figure.name}: ${figure.text}`, () => {
    const { trainer, dataset } = createFigureTrainer(figure);
    const path = figure.path.map((/** @type {number[]} */ row, /** @type {number} */ step) => ({
      step,
      parameters: tensorsOf(trainer, row),
    }));
    const slice = trainer.slice({ plane: 'path', path, loss_samples: 1000 });
    const { explained, places, losses } = figure.expected;
    const { geometry } = slice;
    assertNear(geometry.first_explained, explained[0], 1e-6, 'first share');
    assertNear(geometry.second_explained, explained[1], 1e-6, 'second share');
    assertNear(geometry.explained, explained[0] + explained[1], 1e-6, 'share');
    for (const length of [geometry.first_length, geometry.second_length]) assertNear(length, 1, 1e-6, 'length');
    assertNear(geometry.cosine, 0, 1e-6, 'cosine');
    for (const [i, [a, b, distance, length]] of places.entries()) {
      const place = slice.path[i];
      assert.equal(place.step, i);
      assertNear(place.a, a, 2e-6, `a of point ${i}`);
      assertNear(place.b, b, 2e-6, `b of point ${i}`);
      assertNear(place.distance, distance, 2e-6, `distance of point ${i}`);
      assertNear(place.length, length, 1e-6, `length of point ${i}`);
      assert.deepEqual({ step: i, ...slice.place(path[i].parameters) }, place);
    }
    for (const [a, b, loss] of losses) {
      // Where a rectifier's kink is near, rounding may take the other side.
      assertNear(slice.lossAt(a, b), loss, 2e-5 * Math.max(1, loss), `loss at ${a}, ${b}`);
    }
    assert.equal(slice.samples, dataset.trainCount);
    slice.dispose();
    trainer.dispose();
    dataset.dispose();
  });
}

test('each filter of a random direction is as long as the filter that it is added to; biases, gains and scalars stay', () => {
  const model = 'conv(4,3,pad=1) batchnorm relu rezero(conv(4,3,pad=1)) linear(7) layernorm tanh';
  const { config } = engine.parseConfig({ dataset: 'glyphs', samples: 40, val_samples: 10, batch: 16, model });
  const trainer = engine.createTrainer(config);
  trainer.step(3);
  const { parameters } = trainer;
  const slice = trainer.slice({ plane: 'random', plane_seed: 5 });
  for (const direction of slice.directions) {
    for (const [i, { name, shape, data }] of direction.entries()) {
      assert.equal(name, parameters[i].name);
      if (shape.length < 2) {
        assert.ok(
          data.every((x) => x === 0),
          name,
        );
        continue;
      }
      const size = data.length / shape[0];
      for (let filter = 0; filter < shape[0]; filter++) {
        const own = norm(parameters[i].data.slice(filter * size, (filter + 1) * size));
        assertNear(norm(data.slice(filter * size, (filter + 1) * size)), own, 1e-6 * own, `${name} ${filter}`);
      }
    }
  }
  const { first_length, second_length, cosine, explained } = slice.geometry;
  const [first, second] = slice.directions.map((direction) => direction.flatMap(({ data }) => [...data]));
  const weights = norm(parameters.filter(({ shape }) => shape.length > 1).flatMap(({ data }) => [...data]));
  assertNear(first_length, weights, 1e-5, 'first');
  assertNear(second_length, weights, 1e-5, 'second');
  const product = first.reduce((sum, x, i) => sum + x * second[i], 0);
  assertNear(cosine, product / (first_length * second_length), 1e-6, 'cosine');
  assert.ok(Math.abs(cosine) < 0.2, 'drawn apart');
  assert.ok(Number.isNaN(explained), 'of no path there is nothing to explain');
  const again = trainer.slice({ plane: 'random', plane_seed: 5 });
  assert.deepEqual(again.directions, slice.directions);
  const other = trainer.slice({ plane: 'random', plane_seed: 6 });
  assert.notDeepEqual(other.directions, slice.directions);
  trainer.dispose();
});

test('on a random plane the loss is that of logistic regression, and the nearest place is by least squares', () => {
  const images = Float32Array.from({ length: 60 }, (_, i) => Math.sin(1.7 * i) * 2);
  const labels = Uint8Array.from({ length: 20 }, (_, i) => i % 3);
  const dataset = engine.createDataset({ images, shape: [3], labels, classes: 3 });
  const { config } = engine.parseConfig({ dataset: 'custom', model: '', batch: 0, steps: 30, lr: 0.5 });
  const trainer = engine.createTrainer(config, dataset);
  const start = trainer.parameters;
  trainer.step(20);
  const [weight, bias] = trainer.parameters;
  const slice = trainer.slice({ plane: 'random', path: [{ step: 0, parameters: start }] });
  const [first, second] = slice.directions.map(([tensor]) => tensor.data);
  const place = (/** @type {number} */ a, /** @type {number} */ b) =>
    Array.from(weight.data, (w, i) => w + a * first[i] + b * second[i]);
  for (const [a, b] of [
    [0, 0],
    [1, -0.5],
    [-2, 3],
  ]) {
    const w = place(a, b);
    let sum = 0;
    for (const [sample, label] of labels.entries()) {
      const x = images.subarray(3 * sample, 3 * sample + 3);
      const logits = [0, 1, 2].map((o) => bias.data[o] + x.reduce((dot, value, i) => dot + value * w[3 * o + i], 0));
      const highest = Math.max(...logits);
      const total = logits.reduce((all, logit) => all + Math.exp(logit - highest), 0);
      sum -= logits[label] - highest - Math.log(total);
    }
    assertNear(slice.lossAt(a, b), sum / labels.length, 1e-5, `loss at ${a}, ${b}`);
  }
  const [{ a, b, distance, length }] = slice.path;
  const away = start[0].data.map((x, i) => x - weight.data[i]);
  const rest = away.map((x, i) => x - a * first[i] - b * second[i]);
  // At right angles to both directions; the bias lies off the plane too.
  for (const direction of [first, second]) {
    const product = rest.reduce((sum, x, i) => sum + x * direction[i], 0);
    assertNear(product, 0, 1e-5 * norm(rest) * norm(direction), 'the rest across the plane');
  }
  const biasAway = norm(start[1].data.map((x, i) => x - bias.data[i]));
  assertNear(distance, Math.hypot(norm(rest), biasAway), 1e-5, 'distance');
  assertNear(length, Math.hypot(norm(away), biasAway), 1e-5, 'length');
  trainer.dispose();
  dataset.dispose();
});

/** Settings whose steps take several chunks, and some whose network has batch statistics and dropout. */
const DISTURBED = [
  { dataset: 'spiral', batch: 0, steps: 12, sharpness_every: 3 },
  { dataset: 'glyphs', samples: 300, model: 'conv(4,3) batchnorm relu dropout(0.2) linear(16) relu', steps: 12 },
];

/** What one thread saw, by settings. @type {Map<string, number[]>} */
const SEEN = new Map();

for (const threads of [1, 2]) {
  test(`train, slice, train is train, and a slice has the same bits, with ${threads === 1 ? 'one thread' : 'two threads'}`, async () => {
    const own = threads === 1 ? engine : await createEngine({ threads });
    for (const settings of DISTURBED) {
      const { config } = own.parseConfig(settings);
      const [looked, alone] = [own.createTrainer(config), own.createTrainer(config)];
      const path = [];
      const losses = [];
      while (alone.stepsTaken < config.steps) {
        // A call takes a chunk of a large batch: most of the looks fall into the middle of a step.
        assert.deepEqual(
          looked.advanceRows(1, () => true),
          alone.advanceRows(1, () => true),
        );
        if (looked.stepsTaken > path.length) path.push({ step: looked.stepsTaken, parameters: looked.parameters });
        const { midStep } = looked;
        const plane = path.length > 3 ? 'path' : 'random';
        const slice = looked.slice({ plane, path, loss_samples: 200 });
        losses.push(slice.lossAt(0, 0), slice.lossAt(0.25, -0.5));
        slice.dispose();
        assert.equal(looked.midStep, midStep);
        assert.equal(looked.stepsTaken, alone.stepsTaken);
      }
      assert.equal(looked.digest(), alone.digest());
      assert.deepEqual(looked.tensors(), alone.tensors());
      assert.deepEqual(looked.summary(), alone.summary());
      const key = JSON.stringify(settings);
      if (threads === 1) SEEN.set(key, losses);
      assert.deepEqual(losses, SEEN.get(key));
      looked.dispose();
      alone.dispose();
    }
    if (own !== engine) own.dispose();
  });
}

/** Runs that have two kinds of layers, batch statistics and more samples than a pass takes. */
const NATIVE_RUNS = [
  { dataset: 'spiral', steps: 20 },
  { dataset: 'glyphs', samples: 300, steps: 4, model: 'conv(4,3) batchnorm relu maxpool(2) linear(16) gelu', batch: 0 },
];

test('a slice has the same bits natively', { skip: NATIVE ? false : 'skipped: no native build' }, async () => {
  for (const settings of NATIVE_RUNS) {
    const words = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    const { stdout } = await promisify(execFile)(/** @type {string} */ (NATIVE), words);
    const trainer = engine.createTrainer(engine.parseConfig(settings).config);
    trainer.step(settings.steps);
    const slice = trainer.slice({ plane: 'random', plane_seed: 1, loss_samples: 1_000_000_000 });
    assert.equal(slice.lossAt(0.5, -0.25), JSON.parse(stdout).slice);
    trainer.dispose();
  }
});

test('what spans no plane, is no option or is no more is one sentence', () => {
  const { config } = engine.parseConfig({ dataset: 'moons', model: 'linear(4) tanh', steps: 20 });
  const trainer = engine.createTrainer(config);
  const here = { step: 0, parameters: trainer.parameters };
  const refuse = (/** @type {any} */ options, /** @type {RegExp} */ message, /** @type {string | null} */ field) =>
    assert.throws(() => trainer.slice(options), { name: 'TrainerError', message, field });
  refuse({}, /^The path spans no plane: it takes at least 3 points, not 0\. A random plane needs no path\.$/, 'plane');
  refuse({ path: [here, here, here] }, /its points are all the same, or not finite/, 'plane');
  const line = [-1, 0, 1].map((t) => ({
    step: t + 1,
    parameters: trainer.parameters.map(({ data }) => ({ data: data.map((x) => x + 0.25 * t) })),
  }));
  refuse({ path: line }, /its points lie on a straight line/, 'plane');
  refuse({ plane: 'flat' }, /^plane must be one of path, random/, 'plane');
  refuse({ loss_samples: 0 }, /^loss_samples must be/, 'loss_samples');
  refuse({ samples: 3 }, /^There is no option/, 'samples');
  refuse({ path: [{ step: 0 }] }, /must be \{ step, parameters \}/, 'path');
  refuse({ path: [{ step: 0, parameters: [] }] }, /tensors of parameters/, 'parameters');
  refuse({ path: Array(65).fill(here) }, /^A path has at most 64 points, not 65\.$/, 'path');
  const slice = trainer.slice({ plane: 'random' });
  assert.throws(() => slice.advance(), /There is no loss in progress/);
  slice.dispose();
  slice.dispose();
  assert.throws(() => slice.lossAt(0, 0), { code: 'disposed' });
  const left = trainer.slice({ plane: 'random' });
  trainer.dispose();
  assert.throws(() => left.lossAt(0, 0), { code: 'disposed' });
  left.dispose();
});

test('no call of a slice keeps memory', () => {
  const { config } = engine.parseConfig({ dataset: 'spiral' });
  const trainer = engine.createTrainer(config);
  const before = engine.memory.used;
  const path = [0, 1, 2, 3].map((step) => {
    trainer.step(5);
    return { step, parameters: trainer.parameters };
  });
  const slice = trainer.slice({ path });
  slice.lossAt(1, 1);
  slice.dispose();
  assert.throws(() => trainer.slice({ path: path.slice(2) }));
  assert.equal(engine.memory.used, before);
  trainer.dispose();
});
