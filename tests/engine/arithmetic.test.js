/** Fused arithmetic: rounds once where it says so, is its own bits whatever trains it, and is refused in one sentence. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEngine } from '../../web/platform/node/index.js';
import { IS_FUSED_BUILT } from '../fixtures/fused_build.js';

const FUSED = { skip: IS_FUSED_BUILT ? false : 'skipped: no fused build' };

test('an engine has the arithmetic that was asked for, and its configs that default', FUSED, async () => {
  for (const arithmetic of /** @type {const} */ (['plain', 'fused'])) {
    const engine = await createEngine({ arithmetic });
    assert.equal(engine.arithmetic, arithmetic);
    assert.equal(engine.parseConfig({}).config.arithmetic, arithmetic);
  }
  const plain = await createEngine();
  assert.equal(plain.arithmetic, 'plain');
});

test('a step of SGD rounds once where it is fused, and twice where it is plain', FUSED, async () => {
  const [plain, fused] = await Promise.all([createEngine(), createEngine({ arithmetic: 'fused' })]);
  const n = 64;
  const rate = Math.fround(0.1);
  const theta = Float32Array.from({ length: n }, (_, i) => Math.sin(i + 1));
  const gradient = Float32Array.from({ length: n }, (_, i) => Math.cos(3 * i) / 7);
  // A product of two floats is exact in double; the sum is rounded to 53 bits and then to 24, as if to 24 at once here.
  const once = theta.map((value, i) => value - rate * gradient[i]);
  const twice = theta.map((value, i) => Math.fround(value) - Math.fround(rate * gradient[i]));
  assert.ok(
    once.some((value, i) => value !== twice[i]),
    'the two differ, so that the test can tell them apart',
  );
  for (const [engine, expected] of /** @type {const} */ ([
    [plain, twice],
    [fused, once],
  ])) {
    const optimizer = engine.createOptimizer('sgd', {}, n);
    const moved = theta.slice();
    optimizer.step(moved, gradient.slice(), rate);
    assert.deepEqual(moved, expected);
    optimizer.dispose();
  }
});

test('fused runs are the same bits with one thread and with two, and others than plain ones', FUSED, async () => {
  const settings = [
    {
      dataset: 'glyphs',
      steps: 12,
      optimizer: 'adam',
      lr: 0.002,
      model: 'conv(6,5,pad=2) relu maxpool(2) linear(30) gelu',
    },
    {
      dataset: 'moons',
      steps: 40,
      optimizer: 'rmsprop',
      weight_decay: 0.01,
      model: 'linear(20) batchnorm tanh layernorm',
    },
  ];
  /** @param {Parameters<typeof createEngine>[0]} how */
  const digests = async (how) => {
    const engine = await createEngine(how);
    const found = settings.map((config) => {
      const trainer = engine.createTrainer(config);
      trainer.step(config.steps);
      const digest = trainer.digest();
      trainer.dispose();
      return digest;
    });
    engine.dispose();
    return found;
  };
  const alone = await digests({ arithmetic: 'fused' });
  assert.deepEqual(await digests({ arithmetic: 'fused', threads: 2 }), alone);
  const plain = await digests({});
  for (const [i, digest] of alone.entries()) assert.notEqual(digest, plain[i]);
});

test('an engine does not train what asks for the other arithmetic', FUSED, async () => {
  const [plain, fused] = await Promise.all([createEngine(), createEngine({ arithmetic: 'fused' })]);
  assert.throws(() => plain.createTrainer({ arithmetic: 'fused' }), {
    code: 'setting',
    field: 'arithmetic',
    message: 'arithmetic must be plain here: nothing is fused',
  });
  assert.throws(() => fused.createTrainer({ arithmetic: 'plain' }), { code: 'setting', field: 'arithmetic' });
});

test('arithmetic that does not exist is one sentence', async () => {
  await assert.rejects(createEngine(/** @type {any} */ ({ arithmetic: 'fast' })), {
    code: 'argument',
    message: 'arithmetic must be one of plain, fused, not "fast".',
  });
});
