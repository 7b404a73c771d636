/** A network that a step too long has killed is said to be dead, and one that lives is not. tests/ward/dead.js tries many. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameVerdict } from '../../web/engine/config/verdicts.js';
import { createEngine } from '../../web/platform/node/index.js';
import { IS_FUSED_BUILT } from '../fixtures/fused_build.js';

const engine = await createEngine();
const EVENTS = /** @type {Record<string, number>} */ (engine.schema.events);

/** Trains to the end. @param {import('../../web/engine/config/config.js').SomeSettings} settings */
function train(settings) {
  const { config, problems } = engine.parseConfig({ samples: 300, val_samples: 30, eval_every: 0, ...settings });
  assert.deepEqual(problems, []);
  const trainer = engine.createTrainer(config);
  const rows = [];
  while (trainer.stepsTaken < config.steps) {
    const more = trainer.step(50);
    if (more.length === 0) break;
    rows.push(...more);
  }
  const [summary, episodes] = [trainer.summary(), trainer.episodes()];
  const last = trainer.evaluate('train')?.loss ?? Number.NaN;
  trainer.dispose();
  return { rows, summary, episodes, last, verdict: nameVerdict(summary.verdict) };
}

const RELU = 'linear(32) relu linear(32) relu';

/** @type {import('../../web/engine/config/config.js').SomeSettings[]} */
const KILLED = [
  { dataset: 'moons', model: RELU, optimizer: 'momentum', lr: 2, batch: 64, steps: 400 },
  { dataset: 'spiral', model: RELU, optimizer: 'sgd', lr: 5, batch: 16, steps: 400 },
  { dataset: 'glyphs', downsample: 4, model: RELU, optimizer: 'momentum', lr: 2, batch: 4, steps: 400 },
  { dataset: 'spiral', model: RELU, optimizer: 'momentum', lr: 2, batch: 0, steps: 400 },
  // A few samples are still told apart, and a little gradient is left.
  { dataset: 'glyphs', downsample: 4, model: RELU, optimizer: 'sgd', lr: 5, batch: 64, steps: 400, seed: 2 },
];

for (const settings of KILLED) {
  test(`dead: ${Object.values(settings).join(' ')}`, () => {
    const { rows, summary, episodes, last, verdict } = train(settings);
    assert.equal(verdict, 'dead');
    // Guessing costs least where nothing but the frequencies is known.
    assert.ok(last > 0.9 * summary.baseline_loss, `${last} beside ${summary.baseline_loss}`);
    const said = rows.filter(({ events }) => events & EVENTS.dead);
    assert.deepEqual(
      said.map(({ step }) => step),
      [summary.dead_at],
    );
    // The freeze: the last step at which the first layer's parameters moved is not far behind.
    const worst = rows.findIndex(({ loss }) => loss === Math.max(...rows.map((row) => row.loss)));
    assert.ok(summary.dead_at - worst <= 100, `found dead at ${summary.dead_at}, the peak was at ${worst}`);
    assert.ok(episodes.length > 0);
    assert.equal(episodes[episodes.length - 1].recovered_at, -1, 'the episode that it died in lasts to the end');
    assert.equal(summary.infeasible, 1);
    assert.ok(summary.looking < 0.25 * summary.steps, `${summary.looking} steps spent on looking`);
  });
}

for (const arithmetic of /** @type {const} */ (['plain', 'fused'])) {
  const isBuilt = arithmetic === 'plain' || IS_FUSED_BUILT;
  const skip = isBuilt ? false : 'skipped: no fused build';
  test(`of a dead network the velocity ends at 0, not at floats that are too small to decay: ${arithmetic}`, {
    skip,
  }, async () => {
    const own = await createEngine({ arithmetic });
    // Of a full batch nothing lies behind the velocity in the state.
    const trainer = own.createTrainer({ dataset: 'spiral', model: RELU, samples: 100, lr: 2, batch: 0, steps: 1200 });
    trainer.step(1200);
    assert.equal(nameVerdict(trainer.summary().verdict), 'dead');
    const { state } = trainer.snapshot();
    const velocity = new Float32Array(state.slice(-4 * trainer.parameterCount).buffer);
    const sizes = [...velocity].map(Math.abs);
    assert.ok(sizes.every((size) => size === 0 || size >= 2 ** -126));
    assert.ok(sizes.filter((size) => size === 0).length > 0.9 * sizes.length);
    trainer.dispose();
  });
}

test('what learns is not dead: slow, frozen by its rate, in an instability, or without hidden layers', () => {
  /** @type {import('../../web/engine/config/config.js').SomeSettings[]} */
  const living = [
    { dataset: 'spiral', lr: 0, steps: 150 },
    { dataset: 'spiral', lr: 1e-9, optimizer: 'adam', steps: 150 },
    { dataset: 'spiral', lr: 1, steps: 300, model: 'linear(32) tanh linear(32) tanh' },
    { dataset: 'moons', lr: 0.05, steps: 300, model: RELU },
    { dataset: 'blobs', lr: 5, optimizer: 'sgd', steps: 300, model: '' },
    { dataset: 'moons', lr: 0.1, steps: 300, model: 'rezero(linear(8) relu linear(8))*2 linear(8) relu' },
  ];
  for (const settings of living) {
    const { summary, rows } = train(settings);
    assert.equal(summary.dead_at, -1, JSON.stringify(settings));
    assert.ok(!rows.some(({ events }) => events & EVENTS.dead));
  }
});
