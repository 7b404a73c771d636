/** What the page waits for is what the engine waits for. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SCHEMA } from '../../web/generated/schema.js';
import { createEngine } from '../../web/platform/node/index.js';

test('the page waits for as many norms as adaptive clipping does', async () => {
  const engine = await createEngine();
  // A tiny percentile clips every step that may be clipped.
  const { config, problems } = engine.parseConfig({ clip: 'adaptive', clip_percentile: 1, samples: 200 });
  assert.deepEqual(problems, []);
  const trainer = engine.createTrainer(config);
  trainer.step(SCHEMA.definitions.adaptive_norms - 1);
  assert.equal(trainer.summary().clipped_steps, 0);
  trainer.step(1);
  assert.equal(trainer.summary().clipped_steps, 1);
  trainer.dispose();
});
