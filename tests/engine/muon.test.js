/** Muon, which moves whole matrices: its formula against the reference code in float64, and the C core against it. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createEngine } from '../../web/platform/node/index.js';
import { muonDirection, networkSteps } from './rule_formulas.js';

/** @typedef {{ name: string, shape: number[], gradients: number[][], expected: number[][] }} MuonFigure */

const engine = await createEngine();
/** @type {MuonFigure[]} */
const FIGURES = JSON.parse(readFileSync(new URL('../fixtures/muon.json', import.meta.url), 'utf8'));

const norm = (/** @type {number[]} */ values) => Math.hypot(...values);

for (const { name, shape, gradients, expected } of FIGURES) {
  test(`the formula is the reference code’s: ${name}`, () => {
    const states = gradients[0].map(() => ({}));
    gradients.forEach((gradient, step) => {
      const moved = muonDirection(states, gradient.map(Math.fround), shape, 0.95);
      const error = norm(moved.map((x, i) => x - expected[step][i]));
      assert.ok(error < 1e-7 * norm(expected[step]), `step ${step}: ${error}`);
    });
  });
}

/** Wide and tall matrices, of one row, of whole tiles and not, filters, a shortcut's projection, gains and a scalar. */
const MODELS = [
  { model: 'linear(7) tanh linear(3) tanh linear(1) tanh linear(8) tanh', shape: [5] },
  { model: 'residual(linear(9) layernorm tanh) rezero(linear(9) tanh) linear(16) tanh', shape: [4] },
  { model: 'conv(5,2) tanh conv(2,3,pad=1) tanh linear(6) tanh', shape: [2, 4, 5] },
  { model: '', shape: [5] },
];

/** @param {string} model @param {number[]} shape @param {import('../../web/engine/config/config.js').SomeSettings} [settings] */
function startTraining(model, shape, settings = {}) {
  const [size, samples] = [shape.reduce((product, n) => product * n, 1), 11];
  const dataset = engine.createDataset({
    images: Float32Array.from({ length: samples * size }, (_, i) => Math.sin(1 + 7.7 * i)),
    labels: Uint8Array.from({ length: samples }, (_, i) => i % 3),
    shape,
    classes: 3,
  });
  const given = { dataset: 'custom', model, batch: 0, steps: 20, lr: 0.02, optimizer: 'muon', ...settings };
  const { config, problems } = engine.parseConfig(given);
  assert.deepEqual(problems, []);
  return { trainer: engine.createTrainer(config, dataset), dataset, config };
}

for (const { model, shape } of MODELS) {
  test(`hidden matrices move by Muon, all else by AdamW: ${model || 'no hidden layer'}`, () => {
    const { trainer, dataset, config } = startTraining(model, shape, { adamw_ratio: 0.2, weight_decay: 0.5 });
    const all = Array.from({ length: 11 }, (_, i) => i);
    const flat = (/** @type {{ data: Float32Array }[]} */ tensors) => tensors.flatMap(({ data }) => [...data]);
    const states = flat(trainer.parameters).map(() => ({}));
    for (let t = 0; t < 4; t++) {
      const tensors = trainer.parameters;
      const [before, gradient] = [flat(tensors), flat(trainer.lossAndGradient(all).gradient)];
      trainer.step(1);
      const after = flat(trainer.parameters);
      const steps = networkSteps('muon', tensors, states, gradient, 0.02, t, /** @type {any} */ (config));
      let at = 0;
      for (const { name, shape: sides } of tensors) {
        const n = sides.reduce((product, side) => product * side, 1);
        // Weights shrink at the rate that moves them.
        const rate = 0.02 * (sides.length >= 2 && !name.startsWith('out.') ? 1 : 0.2);
        const shrink = name.endsWith('weight') && sides.length >= 2 ? rate * 0.5 : 0;
        for (let i = at; i < at + n; i++) {
          const error = Math.abs(before[i] * (1 - shrink) - steps[i] - after[i]);
          assert.ok(error < 2e-5 * 0.02 + 2e-7 * Math.abs(before[i]), `${name}, step ${t}: ${error}`);
        }
        at += n;
      }
    }
    trainer.dispose();
    dataset.dispose();
  });
}

test('a matrix without a gradient stays where it is', () => {
  const { trainer, dataset } = startTraining('linear(4) relu linear(4,gain=0) relu', [5]);
  const before = trainer.parameters[0].data;
  trainer.step(1);
  assert.deepEqual(trainer.parameters[0].data, before);
  assert.ok(trainer.parameters.every(({ data }) => data.every(Number.isFinite)));
  trainer.dispose();
  dataset.dispose();
});

test('what is raced over two numbers is no matrix', () => {
  assert.throws(() => engine.createRace({ entries: [{ rule: 'muon', lr: 0.1 }] }), {
    field: 'rule',
    message: 'muon moves whole matrices: two numbers are none.',
  });
});
