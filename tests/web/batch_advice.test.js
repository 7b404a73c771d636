/** What is said about another batch size: the playbook's two directions, and the steps that see as many samples. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adviseBatch } from '../../web/ui/controls/batch_advice.js';

test('a larger batch may need more regularization, and fewer steps see as many samples', () => {
  const advice = adviseBatch({ batch: 256, steps: 1000 }, { batch: 64, steps: 1000 }, 5000);
  assert.match(advice?.says ?? '', /^A larger batch .*overfits.*regularization/);
  assert.equal(advice?.steps, 250);
});

test('a smaller batch is noisier; batch 0 is the whole set', () => {
  const advice = adviseBatch({ batch: 16, steps: 1000 }, { batch: 64, steps: 1000 }, 5000);
  assert.match(advice?.says ?? '', /^A smaller batch .*noise regularizes/);
  assert.equal(advice?.steps, 4000);
  assert.equal(adviseBatch({ batch: 50, steps: 10 }, { batch: 0, steps: 10 }, 5000)?.steps, 1000);
});

test('nothing is said about the same batch, and no button offers the steps that are chosen', () => {
  assert.equal(adviseBatch({ batch: 64, steps: 10 }, { batch: 64, steps: 1000 }, 5000), null);
  assert.equal(adviseBatch({ batch: 0, steps: 10 }, { batch: 5000, steps: 10 }, 5000), null);
  assert.equal(adviseBatch({ batch: 128, steps: 500 }, { batch: 64, steps: 1000 }, 5000)?.steps, null);
});
