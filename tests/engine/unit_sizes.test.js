/** How large the signal is in each unit: against predictions, the whole gradient, and a run that was not looked at. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEngine } from '../../web/platform/node/index.js';

const engine = await createEngine();

/** @param {Record<string, any>} settings */
const trainerOf = (settings) => engine.createTrainer(engine.parseConfig(settings).config);

/** @param {ArrayLike<number>[]} parts */
const normOf = (...parts) =>
  Math.sqrt(parts.reduce((sum, part) => Array.from(part).reduce((own, x) => own + x * x, sum), 0));

const near = (/** @type {number} */ a, /** @type {number} */ b, /** @type {string} */ what) =>
  assert.ok(Math.abs(a - b) <= 2e-6 * Math.abs(b), `${what}: ${a}, not ${b}`);

test('the last unit’s activation is that of the predictions, each gradient that of its tensors', () => {
  const trainer = trainerOf({ dataset: 'plane', model: 'linear(8) tanh linear(5) relu', seed: 3 });
  trainer.step(20);
  // Not a multiple of eight: lanes without a sample count for nothing.
  const samples = 61;
  const sizes = trainer.unitSizes(samples) ?? [];
  assert.deepEqual(
    sizes.map(({ name, number, channels, parameters }) => [name, number, channels, parameters]),
    [
      ['linear', 0, 8, 24],
      ['tanh', 1, 8, 0],
      ['linear', 2, 5, 45],
      ['relu', 3, 5, 0],
      ['linear', -1, 1, 6],
    ],
  );
  const indices = Array.from({ length: samples }, (_, i) => i);
  const outputs = trainer.predict('train', indices);
  near(sizes[4].activation, normOf(outputs) / Math.sqrt(outputs.length), 'activation of the last');
  const { gradient } = trainer.lossAndGradient(indices);
  const tensors = trainer.tensors();
  for (const [unit, prefix] of /** @type {[number, string][]} */ ([
    [0, '0.'],
    [2, '2.'],
    [4, 'out.'],
  ])) {
    const own = (/** @type {{ name: string, data: Float32Array }[]} */ all) =>
      all.filter(({ name }) => name.startsWith(prefix)).map(({ data }) => data);
    near(sizes[unit].gradient, normOf(...own(gradient)), `gradient of ${prefix}`);
    near(sizes[unit].weight, normOf(...own(tensors)), `weights of ${prefix}`);
  }
  assert.deepEqual([sizes[1].gradient, sizes[1].weight], [0, 0]);
  // A rectifier's outputs stand where its input stood.
  assert.equal(sizes[2].activation, sizes[3].activation);
  trainer.dispose();
});

test('a look at the units changes no bit of a run, with batch statistics and dropout too, and one in the middle of a step is refused', () => {
  for (const settings of [
    {
      dataset: 'glyphs',
      downsample: 4,
      model: 'conv(4,3) batchnorm relu dropout(0.2) linear(8)',
      samples: 300,
      batch: 32,
    },
    {
      dataset: 'moons',
      model: 'residual(linear(8) tanh linear(8))*2',
      samples: 400,
      batch: 0,
      optimizer: 'adam',
      lr: 0.01,
    },
  ]) {
    const [seen, unseen] = [trainerOf(settings), trainerOf(settings)];
    for (let step = 0; step < 12; step++) {
      seen.step(1);
      unseen.step(1);
      assert.ok(seen.unitSizes());
    }
    assert.equal(seen.digest(), unseen.digest());
    assert.deepEqual(seen.summary(), unseen.summary());
    seen.dispose();
    unseen.dispose();
  }
});

test('branches are told from what is in them', () => {
  const trainer = trainerOf({ dataset: 'moons', model: 'linear(4) residual(relu linear(4)) tanh' });
  const sizes = trainer.unitSizes(8) ?? [];
  assert.deepEqual(
    sizes.map(({ name, branch, depth }) => [name, branch, depth]),
    [
      ['linear', 0, 0],
      ['residual', 1, 0],
      ['relu', 0, 1],
      ['linear', 0, 1],
      ['residual', 2, 0],
      ['tanh', 0, 0],
      ['linear', 0, 0],
    ],
  );
  trainer.dispose();
});

test('a network that has blown up is as large as it is', () => {
  const trainer = trainerOf({ dataset: 'plane', model: 'linear(16) linear(16)', lr: 50, steps: 200 });
  trainer.step(200);
  assert.ok(trainer.summary().diverged_at >= 0);
  const sizes = trainer.unitSizes() ?? [];
  assert.ok(!(sizes[2].activation < 1e6), `${sizes[2].activation}`);
  trainer.dispose();
});
