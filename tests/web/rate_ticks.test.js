/** The numbers at the rate's axis of the schedule's preview. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rateTicks } from '../../web/ui/shared/rate_ticks.js';

test('a linear axis has its top, its middle and zero; a logarithmic one powers of ten, or its ends', () => {
  assert.deepEqual(rateTicks(0.001, 0.4, false), [0.4, 0.2, 0]);
  const near = (/** @type {number[]} */ ticks) => ticks.map((tick) => Number(tick.toPrecision(6)));
  assert.deepEqual(near(rateTicks(0.001, 0.1, true)), [0.1, 0.01, 0.001]);
  assert.deepEqual(near(rateTicks(3e-9, 0.3, true)), [0.1, 0.001, 1e-5, 1e-7]);
  assert.deepEqual(near(rateTicks(0.02, 0.05, true)), [0.05, 0.0316228, 0.02]);
  assert.deepEqual(rateTicks(Infinity, 0, true), [0]);
  // All of them lie between the ends, whatever the ends are.
  for (const low of [1e-12, 1e-5, 0.3, 7]) {
    for (const high of [1e-11, 0.31, 8, 1e6]) {
      if (high <= low) continue;
      for (const tick of rateTicks(low, high, true)) assert.ok(tick >= low * 0.999 && tick <= high * 1.001);
    }
  }
});
