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

test('a run that is mostly right has not lost what it learned, however much it pays for a few samples', () => {
  const episodes = /** @type {const} */ ([{ kind: 'early', loss_before: 0.2 }]);
  const of = (/** @type {number | null} */ accuracy) =>
    ended({ infeasible: true, verdict: 'mid', episodes: [...episodes], baseline_loss: Math.log(2), val: { accuracy } });
  assert.equal(fateOf(of(0.93)), 'costly');
  assert.equal(fateOf(of(0.55)), 'lost');
  assert.equal(fateOf(of(null)), 'lost', 'a regression knows no accuracy');
  assert.equal(countStates([of(0.93)]).startsWith('1 of 1 seed ends with a loss no lower than guessing'), true);
});

test('what the first batch costs, before any step, was not learned, and cannot be lost', () => {
  const of = (/** @type {number} */ begin) =>
    ended({ infeasible: true, verdict: 'early', episodes: [{ kind: 'early', loss_before: 0.2, begin }] });
  assert.equal(fateOf(of(0)), 'unlearned');
  assert.equal(fateOf(of(12)), 'lost');
});
