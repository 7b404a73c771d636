/** Update rules, range-test rules and statistics against the formulas as written, in double. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEngine } from '../../web/platform/node/index.js';
import { RULES } from './rule_formulas.js';

const engine = await createEngine();

// ---- update rules ----------------------------------------------------------------------------------------------------

test('every rule of the table is tested here', () => {
  assert.deepEqual(Object.keys(RULES).sort(), engine.schema.rules.map(({ name }) => name).sort());
});

for (const [name, rule] of Object.entries(RULES)) {
  test(`${name} on bare vectors`, () => {
    const settings = { momentum: 0.8, rho: 0.7, beta1: 0.6, beta2: 0.9, epsilon: 1e-3 };
    for (const n of [1, 2, 3, 4, 5, 8, 17]) {
      const optimizer = engine.createOptimizer(name, settings, n);
      const theta = Float32Array.from({ length: n }, (_, i) => i - 1.5);
      const expected = Array.from(theta);
      const states = expected.map(() => ({}));
      for (let t = 0; t < 12; t++) {
        const gradient = Float32Array.from({ length: n }, (_, i) => Math.sin(3 * i + t) * 2 ** (i % 5));
        const given = gradient.slice();
        optimizer.step(theta, gradient, 0.1 / (t + 1));
        assert.deepEqual(gradient, given, "the gradient is the caller's");
        for (let i = 0; i < n; i++) expected[i] -= rule(states[i], given[i], Math.fround(0.1 / (t + 1)), t, settings);
        for (let i = 0; i < n; i++)
          assertNear(theta[i], expected[i], 1e-6 * (1 + Math.abs(expected[i])), `${n}, ${t}, ${i}`);
      }
      optimizer.dispose();
    }
  });
}

// What is typed counts, not the float nearest to it: β₂ 0.999999 leaves 1e-6, its float 1.3 % more. And a float holds
// no square of what is below 1e-19 or above 1e19.
const CORNERS = [0, 0.3, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999, 0.999999];
const SIZES = [1e-25, 1e-20, 1e-10, 1e-3, 1, 1e10, 1e19, 1e21, 1e30];

for (const [name, rule] of Object.entries(RULES)) {
  test(`${name} takes the steps of its formula in double, within 1e-6 in every corner`, () => {
    const uses = engine.schema.rules.find((row) => row.name === name)?.settings ?? [];
    const epsilons = uses.includes('epsilon') ? [0, 1e-30, 1e-8, 1] : [0];
    const settings = uses
      .filter((setting) => setting !== 'epsilon')
      .flatMap((setting) => CORNERS.map((value) => ({ [setting]: value })))
      .concat({})
      .flatMap((corner) => epsilons.map((epsilon) => ({ ...corner, epsilon })));
    for (const given of settings) {
      const c = { momentum: 0.9, rho: 0.9, beta1: 0.9, beta2: 0.999, ...given };
      const optimizer = engine.createOptimizer(name, c, 2 * SIZES.length);
      const states = Array.from({ length: 2 * SIZES.length }, () => ({}));
      const lr = Math.fround(1e-3);
      const largest = states.map(() => 0);
      for (let t = 0; t < 30; t++) {
        // One half always pushes the same way, the other to and fro.
        const gradient = Float32Array.from(states, (_, i) => SIZES[i >> 1] * (i % 2 ? Math.sin(3 + 7 * t) : 1));
        // From 0, so that what stands there afterwards is the step alone.
        const theta = new Float32Array(states.length);
        optimizer.step(theta, gradient, lr);
        states.forEach((state, i) => {
          const step = -rule(state, gradient[i], lr, t, c);
          largest[i] = Math.max(largest[i], Math.abs(step));
          const where = `${JSON.stringify(given)}, gradient ${gradient[i]}, step ${t}`;
          assertNear(theta[i], step, 1e-6 * largest[i], where);
        });
      }
      optimizer.dispose();
    }
  });
}

test('a gradient that no square holds does not freeze its weight', () => {
  for (const { name, divides_by_gradient } of engine.schema.rules) {
    if (!divides_by_gradient) continue;
    const [moved, undisturbed] = [1e25, 1].map((first) => {
      const optimizer = engine.createOptimizer(name, { beta2: 0.9, beta1: 0.5 }, 1);
      const theta = Float32Array.of(0);
      optimizer.step(theta, Float32Array.of(first), 0.1);
      // Its square has faded after some hundred steps.
      for (let t = 0; t < 2000; t++) optimizer.step(theta, Float32Array.of(1), 0.1);
      assert.ok(optimizer.scale()[0] > 0.9, `${name}: ${optimizer.scale()}`);
      optimizer.dispose();
      return theta[0];
    });
    assert.ok(moved < 0.2 * undisturbed, `${name}: ${moved}, undisturbed ${undisturbed}`);
  }
});

test('weight decay: L2 in the gradient, or decoupled with adamw', () => {
  const l2 = Float32Array.of(2, -3, 4);
  engine.createOptimizer('sgd', { weight_decay: 0.5 }, 3).step(l2, Float32Array.of(1, 1, 1), 0.1);
  [2, -3, 4].forEach((w, i) => {
    assertNear(l2[i], w - 0.1 * (1 + 0.5 * w), 1e-6, `L2 ${i}`);
  });
  const settings = { weight_decay: 0.5, epsilon: 0 };
  const decoupled = Float32Array.of(2, -3, 4);
  engine.createOptimizer('adamw', settings, 3).step(decoupled, Float32Array.of(1, -1, 2), 0.1);
  [2, -3, 4].forEach((w, i) => {
    assertNear(decoupled[i], w - 0.05 * w - 0.1 * [1, -1, 1][i], 1e-5, `adamw ${i}`);
  });
});

test('an optimizer ignores settings that its rule lacks, and refuses what is no setting', () => {
  const theta = Float32Array.of(1);
  engine.createOptimizer('sgd', { beta1: 0.5, momentum: 0.1, lr: 7 }, 1).step(theta, Float32Array.of(1), 0.5);
  assert.deepEqual(theta, Float32Array.of(0.5));
  // Also those that would be out of range.
  const plain = Float32Array.of(0.5);
  engine.createOptimizer('adam', { momentum: 7, rho: -1, beta1: 0.8 }, 1).step(theta, Float32Array.of(2), 0.1);
  engine.createOptimizer('adam', { beta1: 0.8 }, 1).step(plain, Float32Array.of(2), 0.1);
  assert.deepEqual(theta, plain);
  assert.throws(() => engine.createOptimizer('adma', {}, 1), { field: 'optimizer', message: /mean adam\?/ });
  assert.throws(() => engine.createOptimizer('adam', { beta: 0.9 }, 1), { field: 'beta', message: /mean beta1\?/ });
  assert.throws(() => engine.createOptimizer('adam', { beta1: 1 }, 1), { field: 'beta1' });
  for (const n of [0, -1, 1.5, NaN, undefined, 2 ** 40]) {
    assert.throws(() => engine.createOptimizer('adam', {}, /** @type {any} */ (n)), { code: 'argument', field: 'n' });
  }
  const optimizer = engine.createOptimizer('adam', {}, 2);
  const good = Float32Array.of(1, 2);
  for (const [args, field] of /** @type {[any[], string][]} */ ([
    [[[1, 2], good, 1], 'theta'],
    [[good, [1, 2], 1], 'gradient'],
    [[good, Float32Array.of(1), 1], 'gradient'],
    [[new Float64Array(2), good, 1], 'theta'],
    [[good, good, NaN], 'lr'],
    [[good, good], 'lr'],
  ])) {
    assert.throws(() => optimizer.step(.../** @type {[any, any, any]} */ (args)), { code: 'argument', field });
  }
  optimizer.dispose();
  optimizer.dispose();
  assert.throws(() => optimizer.step(good, good, 1), { code: 'disposed' });
});

// ---- norms -----------------------------------------------------------------------------------------------------------

test('the statistics of norms are exact', () => {
  const norms = Array.from({ length: 137 }, (_, i) => 10 ** (3 * Math.sin(i * i)));
  const sorted = [...norms].sort((a, b) => a - b);
  for (const percentile of [0, 12.5, 50, 90, 99.9, 100]) {
    const at = (percentile / 100) * (sorted.length - 1);
    const low = Math.floor(at);
    const expected = sorted[low] + (at - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
    const { threshold, histogram, nonFinite } = engine.gradientNormStats(norms, { percentile });
    assertRelative(/** @type {number} */ (threshold), expected, 1e-12, `percentile ${percentile}`);
    const { edges, counts } = histogram;
    assert.equal(edges.length, counts.length + 1);
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      137,
    );
    counts.forEach((count, i) => {
      const last = i === counts.length - 1;
      const inside = sorted.filter((norm) => norm >= edges[i] && (last || norm < edges[i + 1]));
      assert.ok(Math.abs(inside.length - count) <= 1, `bin ${i}`);
    });
    assert.equal(nonFinite, 0);
  }
  assert.deepEqual(engine.gradientNormStats(norms), engine.gradientNormStats(norms, { percentile: 90 }));
});

test('norms that are not finite are counted apart', () => {
  const stats = engine.gradientNormStats(Float32Array.of(1, NaN, 3, Infinity, 2, -Infinity), { percentile: 50 });
  assert.equal(stats.threshold, 2);
  assert.equal(stats.nonFinite, 3);
  assert.equal(
    stats.histogram.counts.reduce((sum, count) => sum + count, 0),
    3,
  );
  assert.equal(engine.gradientNormStats([]).threshold, null);
  assert.equal(engine.gradientNormStats([NaN]).threshold, null);
  assert.equal(engine.gradientNormStats([5]).threshold, 5);
  assert.equal(engine.gradientNormStats([0, 0]).threshold, 0);
  for (const wrong of [undefined, 'x', [1, 'x'], 7]) {
    assert.throws(() => engine.gradientNormStats(/** @type {any} */ (wrong)), { code: 'argument', field: 'norms' });
  }
  for (const percentile of [-1, 101, NaN, '90']) {
    const options = /** @type {any} */ ({ percentile });
    assert.throws(() => engine.gradientNormStats([1], options), { code: 'argument', field: 'percentile' });
  }
});

// ---- the range test --------------------------------------------------------------------------------------------------

const POINTS = 100;
const RATES = Array.from({ length: POINTS }, (_, i) => (i === 0 ? 1e-8 : 1e-8 * 1e8 ** ((i + 1) / POINTS)));

/** A falling sigmoid in log₁₀ of the rate, steepest at the rate of point `at`. @param {number} at */
function sigmoid(at) {
  return RATES.map((rate) => 1 + 1.3 / (1 + Math.exp(6 * (Math.log10(rate) - Math.log10(RATES[at])))));
}

test('the grid of the range test', () => {
  const rates = engine.rangeRates(engine.parseRangeOptions({}));
  assert.equal(rates.length, POINTS);
  rates.forEach((rate, i) => {
    assertRelative(rate, RATES[i], 1e-12, `point ${i}`);
  });
  assert.equal(rates[POINTS - 1], 1);
});

test('the steepest point of a curve is found, where it is inside the window', () => {
  for (const at of [30, 62, 81]) {
    const found = engine.suggest(RATES, sigmoid(at), {});
    assert.equal(found.steepest_index, at);
    assert.equal(found.steepest, RATES[at]);
  }
  assert.notEqual(engine.suggest(RATES, sigmoid(5)).steepest_index, 5);
  assert.equal(engine.suggest(RATES, sigmoid(5), { skipBegin: 0 }).steepest_index, 5);
  const typed = engine.suggest(Float64Array.from(RATES), Float64Array.from(sigmoid(62)));
  assert.deepEqual(typed, engine.suggest(RATES, sigmoid(62)));
});

test('every rule is answered at once, and what is impossible is null', () => {
  const loss = sigmoid(62);
  const found = engine.suggest(RATES, loss);
  // The window is 10 … 98; on a curve that only falls, fastai's valley is its middle, at int(30 - 1/3) + int(15 - 1/6) - 1.
  assert.equal(found.valley, RATES[10 + 29 + 14 - 1]);
  assert.equal(found.minimum_tenth, RATES[98] / 10);
  assert.ok(found.steep === RATES[61] || found.steep === RATES[62], `${found.steep}`);
  const drop = loss[10] - loss[98];
  const lastAbove = (/** @type {number} */ share) =>
    RATES[loss.findLastIndex((value, i) => i >= 10 && i <= 98 && value > loss[10] - share * drop)];
  assert.equal(found.base, lastAbove(1 / 5));
  assert.equal(found.max, lastAbove(2 / 3));
  assert.equal(found.halfway, lastAbove(1 / 2));
  assert.ok(/** @type {number} */ (found.slide) > RATES[62], 'where the slope has flattened again');
  for (const n of [0, 1, 5]) {
    const short = engine.suggest(RATES.slice(0, n), sigmoid(62).slice(0, n));
    assert.equal(short.steepest, null);
    assert.equal(short.steepest_index, null);
    assert.ok(short.points_needed > n);
  }
  assert.equal(
    engine.suggest(
      RATES,
      RATES.map(() => NaN),
    ).steepest,
    null,
  );
});

test('points that are not finite are dropped together with their rates', () => {
  const loss = sigmoid(62);
  const holes = new Set([20, 40, 41, 75]);
  const kept = RATES.map((_, i) => i).filter((i) => !holes.has(i));
  const found = engine.suggest(
    RATES,
    loss.map((value, i) => (holes.has(i) ? (i % 2 ? NaN : Infinity) : value)),
  );
  assert.equal(found.steepest, RATES[62]);
  const without = engine.suggest(
    kept.map((i) => RATES[i]),
    kept.map((i) => loss[i]),
  );
  assert.equal(without.steepest, found.steepest);
});

test('each preset differentiates in its own way', () => {
  const loss = sigmoid(62);
  const steepestOf = (/** @type {string} */ preset) => engine.suggest(RATES, loss, { preset }).steepest_index;
  for (const preset of ['trainscope', 'lightning-0.9', 'torch-lr-finder']) assert.equal(steepestOf(preset), 62, preset);
  // Lightning 2.6 divides by the rates' unequal distances, to second order: numpy's and torch's gradient.
  const byRate = RATES.map((_, i) => {
    if (i <= 10 || i >= 98) return 0;
    const [left, right] = [RATES[i] - RATES[i - 1], RATES[i + 1] - RATES[i]];
    const [before, here, after] = [loss[i - 1], loss[i], loss[i + 1]];
    return (
      (left ** 2 * after + (right ** 2 - left ** 2) * here - right ** 2 * before) / (left * right * (left + right))
    );
  });
  assert.equal(steepestOf('lightning-2.6'), byRate.indexOf(Math.min(...byRate)));
  assert.ok([61, 62].includes(/** @type {number} */ (steepestOf('fastai'))), 'a forward difference');
});

test('in linear mode the slope is taken by the rate', () => {
  // sin(lr) falls fastest by lr at π, by its logarithm where x tan x = 1.
  const lr = Array.from({ length: 1000 }, (_, i) => 0.001 + (2 * Math.PI * i) / 999);
  const loss = lr.map(Math.sin);
  const found = (/** @type {object} */ options) => Number(engine.suggest(lr, loss, options).steepest);
  assert.ok(Math.abs(found({ mode: 'linear' }) - Math.PI) < 0.01);
  assert.ok(Math.abs(found({}) - 3.4256) < 0.01);
});

test('presets, windows and arrays are judged', () => {
  const loss = sigmoid(62);
  for (const preset of ['trainscope', 'lightning-0.9', 'lightning-2.6', 'fastai', 'torch-lr-finder']) {
    const options = engine.parseRangeOptions({ preset });
    assert.equal(options.preset, preset);
    assert.equal(engine.rangeRates(options).length, options.points);
  }
  assert.throws(() => engine.suggest(RATES, loss, { preset: 'fastia' }), { field: 'preset', message: /mean fastai\?/ });
  assert.throws(() => engine.suggest(RATES, loss.slice(1)), { field: 'loss' });
  assert.throws(() => engine.suggest(/** @type {any} */ (null), loss), { field: 'lr' });
  assert.throws(() => engine.suggest(RATES, loss, { skipBegin: -1 }), { field: 'skipBegin' });
  assert.throws(() => engine.suggest(RATES, loss, { skipEnd: 0.5 }), { field: 'skipEnd' });
});

test('options of a range test start from their preset', () => {
  assert.deepEqual(engine.parseRangeOptions({}), {
    lr_min: 1e-8,
    lr_max: 1,
    points: 100,
    mode: 'exponential',
    seeds: 1,
    stop_factor: 4,
    smoothing: 0.95,
    skip_begin: 10,
    skip_end: 1,
    preset: 'trainscope',
    on: 'train',
  });
  for (const preset of ['lightning-0.9', 'lightning-2.6', 'fastai']) {
    assert.equal(engine.parseRangeOptions({ preset }).smoothing, 0.98, `${preset} smooths as its source does`);
  }
  const fastai = engine.parseRangeOptions({ preset: 'fastai', points: '50' });
  assert.deepEqual([fastai.lr_min, fastai.lr_max, fastai.points], [1e-7, 10, 50]);
  assert.throws(() => engine.parseRangeOptions({ point: 3 }), { field: 'point', message: /mean points\?/ });
  assert.throws(() => engine.parseRangeOptions({ points: 1 }), { field: 'points' });
  assert.throws(() => engine.parseRangeOptions({ preset: 'x' }), { field: 'preset' });
});

test('a curve is smoothed with exact bias correction and stops above the factor', () => {
  const curve = engine.createRangeCurve(engine.parseRangeOptions({ smoothing: 0.9 }));
  const other = engine.createRangeCurve(engine.parseRangeOptions({}));
  const losses = [2, 1.8, 1.9, 1.2, 0.9, 5, 30, 80];
  let average = 0;
  let best = Infinity;
  losses.forEach((loss, i) => {
    average = 0.9 * average + 0.1 * loss;
    const smoothed = average / (1 - 0.9 ** (i + 1));
    other.add(1);
    const point = curve.add(loss);
    assertRelative(point.smoothed, smoothed, 1e-7, `point ${i}`);
    assert.equal(point.stop, i > 0 && smoothed > 4 * best, `point ${i}`);
    best = Math.min(best, smoothed);
  });
  assertRelative(other.add(1).smoothed, 1, 1e-9, 'a constant stays');
});

// ---- models ----------------------------------------------------------------------------------------------------------

test('facts of a model', () => {
  const lenet = engine.measureModel({ dataset: 'glyphs' });
  assert.equal(lenet.parameters, 61706);
  const points = engine.measureModel({ dataset: 'spiral', model: 'linear(8) relu' });
  const dataset = engine.generateDataset({ dataset: 'spiral' });
  assert.equal(points.parameters, 2 * 8 + 8 + 8 * dataset.outputs + dataset.outputs);
  assert.deepEqual(engine.measureModel({ dataset: 'spiral', model: 'linear(8) relu' }, dataset), points);
  const before = engine.memory.used;
  const trainer = engine.createTrainer({ dataset: 'spiral', model: 'linear(8) relu' }, dataset);
  assert.equal(points.memory, trainer.memoryBytes);
  const taken = engine.memory.used - before;
  // Its rows of measurements, and roundings, come on top.
  assert.ok(taken >= points.memory && taken < points.memory + 2 ** 16, `${taken} bytes, ${points.memory} announced`);
  trainer.dispose();
  assert.throws(() => engine.measureModel({ model: 'conv(3, 3)' }, dataset), { code: 'model', position: 0 });
  dataset.dispose();
});

test('an IDX header is read', () => {
  const bytes = new Uint8Array(16 + 2 * 6);
  bytes.set([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3]);
  const type = { kind: 'uint', size: 1, isBig: true };
  assert.deepEqual(engine.parseIdx(bytes), { shape: [2, 2, 3], offset: 16, type });
  assert.deepEqual(engine.parseIdx(bytes.slice(0, 16), { isWhole: false }), { shape: [2, 2, 3], offset: 16, type });
  assert.throws(() => engine.parseIdx(bytes.slice(1)), { name: 'TrainerError', code: 'data' });
  assert.throws(() => engine.parseIdx(bytes.slice(0, 20)), { name: 'TrainerError', code: 'data' });
  assert.throws(() => engine.parseIdx(new Uint8Array(0)), { name: 'TrainerError', code: 'data' });
});

// ---- helpers ---------------------------------------------------------------------------------------------------------

/** @param {number} actual @param {number} expected @param {number} tolerance @param {string} where */
function assertNear(actual, expected, tolerance, where) {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${where}: ${actual} is not ${expected} within ${tolerance}`);
}

/** @param {number} actual @param {number} expected @param {number} tolerance @param {string} where */
function assertRelative(actual, expected, tolerance, where) {
  assertNear(actual, expected, tolerance * Math.abs(expected), where);
}
