/** The page's bounds are those of the studies: a run in Live is judged as a diagnosed one. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as clip from '../../web/engine/study/clip.js';
import * as warmup from '../../web/engine/study/warmup.js';
import { createEngine } from '../../web/node.js';
import { AGGRESSIVE_SHARE, LONG_WARMUP_SHARE, LONGEST_WARMUP_SHARE, NORMS_NEEDED } from '../../web/ui/thresholds.js';

test('shares of clipped steps and of warmup are the studies’', () => {
  assert.equal(AGGRESSIVE_SHARE, clip.AGGRESSIVE_SHARE);
  assert.equal(LONG_WARMUP_SHARE, warmup.LONG_SHARE);
  assert.equal(LONGEST_WARMUP_SHARE, warmup.LONGEST_SHARE);
});

test('the page waits for as many norms as adaptive clipping does', async () => {
  const engine = await createEngine();
  // A tiny percentile clips every step that may be clipped.
  const { config, problems } = engine.parseConfig({ clip: 'adaptive', clip_percentile: 1, samples: 200 });
  assert.deepEqual(problems, []);
  const trainer = engine.createTrainer(config);
  trainer.step(NORMS_NEEDED - 1);
  assert.equal(trainer.summary().clipped_steps, 0);
  trainer.step(1);
  assert.equal(trainer.summary().clipped_steps, 1);
  trainer.dispose();
});
