/** Label smoothing and z-loss: what they make of the loss of guessing, and of what is said beside it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { learnedBelow } from '../../web/engine/config/fate.js';
import { adviseSweep } from '../../web/engine/study/sweep_advice.js';
import { createEngine } from '../../web/platform/node/index.js';
import { guessedShare } from '../../web/ui/opening/guessing.js';

const engine = await createEngine();

/** Two inputs that tell three classes, the first in half of the samples. */
function threeClasses() {
  const labels = Uint8Array.from({ length: 80 }, (_, i) => (i % 2 ? 0 : 1 + ((i >> 1) % 2)));
  const images = Float32Array.from(
    { length: 160 },
    (_, i) => (i % 2 ? 1 : -1) * (labels[i >> 1] - 1) + Math.sin(i) / 9,
  );
  return engine.createDataset({ images, labels, shape: [2], classes: 3 });
}

/** @param {import('../../web/engine/config/config.js').SomeSettings} settings */
function train(settings) {
  const dataset = threeClasses();
  const given = { dataset: 'custom', model: 'linear(8) tanh', batch: 0, steps: 200, lr: 0.1 };
  const { config, problems } = engine.parseConfig({ ...given, ...settings });
  assert.deepEqual(problems, []);
  const trainer = engine.createTrainer(config, dataset);
  const rows = trainer.step(Infinity);
  const result = { rows, summary: trainer.summary(), end: trainer.evaluate('train') };
  trainer.dispose();
  dataset.dispose();
  return result;
}

const entropy = (/** @type {number[]} */ shares) => -shares.reduce((sum, p) => sum + p * Math.log(p), 0);

test('guessing costs the entropy of the smoothed frequencies, knowing that of a smoothed label', () => {
  for (const label_smoothing of [0, 0.1, 0.5, 1]) {
    const { summary } = train({ label_smoothing, steps: 1 });
    const smooth = (/** @type {number} */ p) => (1 - label_smoothing) * p + label_smoothing / 3;
    const guess = entropy([0.5, 0.25, 0.25].map(smooth));
    const known = label_smoothing ? entropy([smooth(1), smooth(0), smooth(0)]) : 0;
    assert.ok(Math.abs(summary.baseline_loss - guess) < 1e-6, `${summary.baseline_loss}, not ${guess}`);
    assert.ok(Math.abs(summary.floor_loss - known) < 1e-6, `${summary.floor_loss}, not ${known}`);
  }
});

test('who knows every label has learned, however much they are smoothed; who cannot know, has not', () => {
  for (const [label_smoothing, infeasible] of [
    [0, 0],
    [0.1, 0],
    [0.9, 0],
    [1, 1],
  ]) {
    const { rows, summary, end } = train({ label_smoothing });
    assert.equal(summary.infeasible, infeasible, `${label_smoothing}: ${rows.at(-1)?.loss}`);
    assert.equal(summary.verdict, 0);
    if (!infeasible) assert.equal(end?.accuracy, 1);
    assert.ok(Number(rows.at(-1)?.loss) >= summary.floor_loss - 1e-6);
  }
  // A share of L₀ would call the third one infeasible.
  const { rows, summary } = train({ label_smoothing: 0.9 });
  assert.ok(Number(rows.at(-1)?.loss) > 0.95 * summary.baseline_loss);
  assert.ok(Number(rows.at(-1)?.loss) < learnedBelow(/** @type {any} */ (summary)));
});

test('z-loss draws the log of the sum of exponentials to 0 and leaves the loss of guessing alone', () => {
  const [plain, drawn] = [0, 1].map((z_loss) => train({ z_loss }));
  assert.equal(drawn.summary.baseline_loss, plain.summary.baseline_loss);
  // Of a network at its start nearly even: z (ln 3)².
  const added = Number(drawn.rows[0].loss) - Number(plain.rows[0].loss);
  assert.ok(added > 0.5 * Math.log(3) ** 2 && added < 2.5 * Math.log(3) ** 2, `${added}`);
  assert.equal(drawn.end?.accuracy, 1);
});

test('smoothed labels make no classes equally frequent', () => {
  const run = (/** @type {number} */ label_smoothing) => {
    const { summary } = train({ label_smoothing, steps: 1 });
    return /** @type {any} */ ({ summary, classes: 3, inForce: { loss: 'cross_entropy', label_smoothing } });
  };
  for (const smoothing of [0, 0.5, 0.9, 1]) assert.equal(guessedShare(run(smoothing)), null, `${smoothing}`);
  const even = { summary: { baseline_loss: Math.log(3) }, classes: 3 };
  const share = guessedShare(
    /** @type {any} */ ({ ...even, inForce: { loss: 'cross_entropy', label_smoothing: 0.3 } }),
  );
  assert.ok(Math.abs(Number(share) - 1 / 3) < 1e-12);
});

test('squared error knows neither', () => {
  const losses = [0, 0.5].map((share) => {
    const { rows } = train({ loss: 'squared_error', steps: 5, label_smoothing: share, z_loss: share });
    return rows.map(({ loss }) => loss);
  });
  assert.deepEqual(losses[0], losses[1]);
});

test('a sweep over what is a part of the loss says that losses do not compare', () => {
  assert.deepEqual(adviseSweep(['lr', 'label_smoothing']), [
    'With another label_smoothing the loss is another one: compare accuracies, not losses, over label_smoothing.',
  ]);
  assert.deepEqual(adviseSweep(['lr', 'warmup_steps']), []);
});
