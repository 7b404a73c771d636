/** The playbook's advice about settings: said where its conditions hold, and nowhere else. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultConfig } from '../../web/engine/config/config.js';
import { adviseRun } from '../../web/engine/study/procedure/run_advice.js';
import { adviseSweep } from '../../web/engine/study/sweep_advice.js';

/** @typedef {import('../../web/engine/config/config.js').Config} Config */

/** @type {Config} */
const CALM = { ...defaultConfig(), warmup_steps: 0, steps: 1000, clip: 'off', clip_norm: 1, lr: 0.1 };

test('a warmup of more than 5 % of the steps may need more of them', () => {
  assert.deepEqual(adviseRun({ ...CALM, warmup_steps: 50 }, { clipped_fraction: 0, clip_scale: 1 }), []);
  const [says, ...rest] = adviseRun({ ...CALM, warmup_steps: 51 }, { clipped_fraction: 0, clip_scale: 1 });
  assert.match(says, /51 steps .* 1,000 steps, more than 5 %/);
  assert.deepEqual(rest, []);
});

test('clipping more than half of the updates is a lower rate in disguise', () => {
  /** @type {Config} */
  const clipping = { ...CALM, clip: 'norm', clip_norm: 0.05, changes: [] };
  assert.deepEqual(adviseRun(clipping, { clipped_fraction: 0.5, clip_scale: 0.8 }), []);
  assert.match(
    adviseRun(clipping, { clipped_fraction: 0.51, clip_scale: 0.8 })[0],
    /^Clipping at 0\.05 shortens 51 % .*lower learning rate.*; the mean step keeps 0\.8 of its gradient’s length, as at η 0\.08 instead of 0\.1\.$/,
  );
  assert.deepEqual(adviseRun(CALM, { clipped_fraction: 0, clip_scale: 1 }), []);
});

test('batch sizes are not compared alone', () => {
  assert.deepEqual(adviseSweep(['lr', 'warmup_steps']), []);
  assert.match(adviseSweep(['batch'])[0], /while the learning rate and the number of steps are kept/);
  assert.match(adviseSweep(['batch', 'lr'])[0], /while the number of steps is kept/);
  assert.match(adviseSweep(['steps', 'batch'])[0], /while the learning rate is kept/);
  assert.deepEqual(adviseSweep(['batch', 'lr', 'steps']), []);
});
