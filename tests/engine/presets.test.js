/** Presets do what their sentences say. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEngine } from '../../web/platform/node/index.js';
import { PRESETS } from '../../web/presets.js';

const engine = await createEngine();

/** Trains to the end. @param {Record<string, any>} settings */
function train(settings) {
  const { config, problems } = engine.parseConfig(settings);
  assert.deepEqual(problems, []);
  const trainer = engine.createTrainer(config);
  trainer.step(config.warmup_steps + config.steps);
  const summary = trainer.summary();
  const accuracy = Number(trainer.evaluate('val')?.accuracy);
  trainer.dispose();
  return { summary, accuracy };
}

test('every preset is a config without problems', () => {
  for (const { id, config } of PRESETS) assert.deepEqual(engine.parseConfig(config).problems, [], id);
});

test('a few bad files: the run limps, and the clip that its norms suggest saves it', () => {
  const preset = PRESETS.find(({ id }) => id === 'outliers');
  const unclipped = train({ ...preset?.config });
  assert.equal(unclipped.summary.infeasible, 0, 'its norms are those of a network that learns');
  assert.ok(unclipped.accuracy < 0.75, `${unclipped.accuracy}`);
  const clip_norm = Number(unclipped.summary.norm_suggested.toPrecision(3));
  const clipped = train({ ...preset?.config, clip: 'norm', clip_norm });
  assert.ok(clipped.accuracy > 0.85, `${clipped.accuracy}`);
  assert.ok(clipped.summary.clipped_fraction < 0.2, `${clipped.summary.clipped_fraction}`);
});
