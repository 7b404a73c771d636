/**
 * The C core against figures from outside: gradients and Hessians from PyTorch in double precision, update rules from
 * the formulas written out in Python. tests/fixtures/make_figures.py says how they were made.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createEngine } from '../../web/platform/node/index.js';
import { IS_FUSED_BUILT } from '../fixtures/fused_build.js';

/**
 * @typedef {import('../../web/engine/run/trainer.js').Trainer} Trainer
 *
 * @typedef {{ name: string, shape: number[], data: number[] }} Tensor
 * @typedef {{ classes: number, labels: number[], targets?: undefined } |
 *           { outputs: number, targets: number[], labels?: undefined }} Wanted  classes, or numbers
 * @typedef {{ length: number, vocabulary: number, scoredFrom: number }} Tokens
 * @typedef {{ name: string, text: string, loss: string, shape: number[], inputs: number[], parameters: Tensor[],
 *             settings?: import('../../web/engine/config/config.js').SomeSettings } &
 *           Wanted & { tokens?: Tokens }} Figure  a network with its parameters and data; text: of the model; of tokens
 *   inputs are ids
 * @typedef {{ loss: number, gradient: number[][], evaluated: { loss: number, accuracy: number | null, exact?: number } }} Gradients
 * @typedef {Figure & { expected: Gradients }} LayerFigure
 * @typedef {Figure & { expected: { eigenvalue: number } }} SharpnessFigure
 * @typedef {{ name: string, rule: string, settings: import('../../web/engine/config/config.js').SomeSettings,
 *             theta: number[], gradients: number[][], rates: number[], expected: number[][] }} RuleFigure  expected:
 *   theta after every step
 */

const engine = await createEngine();
/** Of each arithmetic that is built: their kernels are not the same code. */
const engines = IS_FUSED_BUILT ? [engine, await createEngine({ arithmetic: 'fused' })] : [engine];

const FIXTURES = new URL('../fixtures/', import.meta.url);
const readFigures = (/** @type {string} */ name) => JSON.parse(readFileSync(new URL(name, FIXTURES), 'utf8'));
/** @type {LayerFigure[]} */
const layerFigures = readFigures('layers.json');
/** @type {RuleFigure[]} */
const ruleFigures = readFigures('optimizers.json');
/** @type {SharpnessFigure[]} */
const sharpnessFigures = readFigures('sharpness.json');
const norm = (/** @type {number[]} */ values) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));

/**
 * Asserts ‖actual − expected‖ ≤ tolerance · max(‖expected‖, floor).
 *
 * @param {ArrayLike<number>} actual
 * @param {number[]} expected
 * @param {number} tolerance
 * @param {number} floor
 * @param {string} what
 */
function assertClose(actual, expected, tolerance, floor, what) {
  assert.equal(actual.length, expected.length, `${what}: length`);
  const error = norm(Array.from(expected, (x, i) => x - actual[i]));
  const bound = tolerance * Math.max(norm(expected), floor);
  // The negation catches NaN.
  assert.ok(error <= bound, `${what}: off by ${error}, more than ${bound}`);
}

/**
 * A trainer with a figure's network, parameters and data, in full batches of all samples.
 *
 * @param {Figure} figure
 * @param {import('../../web/engine/config/config.js').SomeSettings} [settings]
 * @param {import('../../web/engine/engine.js').Engine} [own]
 */
function createFigureTrainer(figure, settings = {}, own = engine) {
  const isRegression = figure.targets !== undefined;
  const { tokens } = figure;
  const dataset = tokens
    ? own.createDataset({ tokens: Uint8Array.from(figure.inputs), ...tokens })
    : own.createDataset({
        images: Float32Array.from(figure.inputs),
        shape: figure.shape,
        ...(isRegression
          ? { targets: Float32Array.from(figure.targets) }
          : { labels: Uint8Array.from(figure.labels), classes: figure.classes }),
      });
  const { config, problems } = own.parseConfig({
    dataset: 'custom',
    model: figure.text,
    loss: figure.loss,
    batch: 0,
    ...figure.settings,
    ...settings,
  });
  assert.deepEqual(problems, []);
  const trainer = own.createTrainer(config, dataset);
  const count = dataset.trainCount;
  return { trainer, dataset, indices: Array.from({ length: count }, (_, i) => i) };
}

/** Whether a step differs from what is measured: a unit drops values out in training. */
const actsInTrainingOnly = (/** @type {string} */ text) =>
  engine.schema.units.some(({ name, role }) => role === 'regularization' && text.includes(name));

/** The trainer's tensors are named, ordered and shaped as the figure's; then it takes the figure's values. @param {Trainer} trainer @param {Figure} figure */
function takeParameters(trainer, figure) {
  const describe = (/** @type {{ name: string, shape: ArrayLike<number> }} */ { name, shape }) => ({
    name,
    shape: Array.from(shape),
  });
  assert.deepEqual(trainer.parameters.map(describe), figure.parameters.map(describe));
  trainer.setParameters(figure.parameters.map(({ data }) => ({ data: Float32Array.from(data) })));
}

test('every unit of the table has a figure', () => {
  const named = new Set(layerFigures.flatMap(({ text }) => text.match(/[a-z_]\w*/g) ?? []));
  assert.deepEqual(
    engine.schema.units.map(({ name }) => name).filter((name) => !named.has(name)),
    [],
  );
});

/** @param {LayerFigure} figure @param {import('../../web/engine/engine.js').Engine} own */
function judgeLayer(figure, own) {
  const { trainer, dataset, indices } = createFigureTrainer(figure, { lr: 0, steps: 1 }, own);
  takeParameters(trainer, figure);

  const { loss, gradient } = trainer.lossAndGradient(indices);
  assertClose([loss], [figure.expected.loss], 1e-6, 0, 'loss');
  const whole = norm(figure.expected.gradient.flat());
  // Some gradients cancel (a bias before a batchnorm, or before qknorm): their rounding is measured by the whole gradient's.
  // Of two samples' batchnorm floats lose 1e-6 of it, even with a tanh that is rounded rightly.
  const floor = whole / 6;
  for (const [i, { name, data }] of gradient.entries()) {
    assert.equal(name, figure.parameters[i].name);
    assertClose(data, figure.expected.gradient[i], 1e-5, floor, name);
  }

  // The order in which the samples are named does not matter to the mean.
  const reversed = trainer.lossAndGradient([...indices].reverse());
  assertClose([reversed.loss], [figure.expected.loss], 1e-6, 0, 'loss of the reversed batch');

  // A step with learning rate 0 moves nothing but batchnorm's running statistics.
  const before = trainer.digest();
  const [row] = trainer.step(1);
  if (!actsInTrainingOnly(figure.text)) {
    assertClose([row.grad_norm], [whole], 1e-5, 1e-6, 'grad_norm');
    assertClose([row.loss], [figure.expected.loss], 1e-6, 0, 'row.loss');
  }
  assert.equal(trainer.digest(), before);
  const evaluated = /** @type {import('../../web/engine/run/session.js').Score} */ (trainer.evaluate('train'));
  assertClose([evaluated.loss], [figure.expected.evaluated.loss], 1e-6, 0, 'evaluated loss');
  const { accuracy } = figure.expected.evaluated;
  if (accuracy === null) assert.equal(evaluated.accuracy, null);
  else assertClose([evaluated.accuracy ?? NaN], [accuracy], 1e-6, 0, 'accuracy');
  assert.equal(evaluated.exact, figure.expected.evaluated.exact);
  trainer.dispose();
  dataset.dispose();
}

for (const figure of layerFigures) {
  test(`PyTorch agrees: ${figure.name}: ${figure.text}`, () => {
    for (const own of engines) judgeLayer(figure, own);
  });
}

for (const figure of ruleFigures) {
  test(`the playbook's formula agrees: ${figure.name}`, () => {
    const theta = Float32Array.from(figure.theta);
    const optimizer = engine.createOptimizer(figure.rule, figure.settings, theta.length);
    for (const [step, gradient] of figure.gradients.entries()) {
      optimizer.step(theta, Float32Array.from(gradient), figure.rates[step]);
      const expected = figure.expected[step];
      assertClose(theta, expected, 1e-6, 0, `theta after step ${step}`);
      // The movement says more than the position, but float32 positions bound how well it can be known.
      const moved = (/** @type {ArrayLike<number>} */ values) =>
        Array.from(values, (x, i) => x - Math.fround(figure.theta[i]));
      assertClose(moved(theta), moved(expected), 1e-4, 1e-3, `movement after step ${step}`);
    }
    optimizer.dispose?.();
  });
}

for (const figure of sharpnessFigures) {
  test(`the exact Hessian agrees: ${figure.name}`, () => {
    const { trainer, dataset } = createFigureTrainer(figure);
    takeParameters(trainer, figure);
    const sharpness = trainer.sharpness({ samples: 512, iterations: 40 });
    assertClose([sharpness], [figure.expected.eigenvalue], 1e-4, 0, 'largest eigenvalue');
    assertClose([trainer.sharpness({ samples: 512, iterations: 40 })], [sharpness], 0, 0, 'measured again');
    trainer.dispose();
    dataset.dispose();
  });
}
