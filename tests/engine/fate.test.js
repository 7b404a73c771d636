/** What became of a training is told in one word, and what it lost is not what it never learned. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countFates, FATES, fateOf } from '../../web/engine/config/fate.js';
import { countStates } from '../../web/engine/study/judge/trial_words.js';

/** @param {Partial<import('../../web/engine/config/fate.js').Ended>} [facts] @returns {import('../../web/engine/config/fate.js').Ended} */
const ended = (facts = {}) => ({
  diverged_at: null,
  infeasible: false,
  verdict: 'stable',
  episodes: [],
  baseline_loss: 2.3,
  ...facts,
});

test('a run that collapsed loses what it learned; one that never got going learns nothing', () => {
  const collapsed = ended({ infeasible: true, verdict: 'mid', episodes: [{ kind: 'early', loss_before: 0.7 }] });
  const dead = ended({ infeasible: true, verdict: 'early', episodes: [{ kind: 'early', loss_before: 2.3 }] });
  assert.equal(fateOf(collapsed), 'lost');
  assert.equal(fateOf(dead), 'unlearned');
  assert.equal(fateOf(ended({ infeasible: true })), 'unlearned');
  assert.equal(fateOf(ended({ infeasible: true, diverged_at: 5 })), 'diverged');
  assert.equal(fateOf(ended({ verdict: 'early' })), 'early');
  assert.equal(fateOf(ended({ verdict: 'recovered' })), 'stable');
  assert.deepEqual(countFates([collapsed, ended(), dead, collapsed]), [
    { fate: 'lost', count: 2 },
    { fate: 'unlearned', count: 1 },
    { fate: 'stable', count: 1 },
  ]);
  assert.match(
    countStates([collapsed, collapsed]),
    /^2 of 2 seeds lose what they learned and .*in the middle of training/,
  );
  assert.ok(Object.values(FATES).every(({ short, tone, one, many }) => short && tone && one && many));
});
