/** What the Live view opens with: how fast, how far its axes reach, and what guessing comes to. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guessedAccuracy, guessedLoss } from '../../web/ui/opening/guessing.js';
import { reachOf } from '../../web/ui/opening/reach.js';
import { CALM, SPEEDS, stepsPerSecond } from '../../web/ui/state/pace.js';

test('the axis of steps grows with the run: 100, 200, 500, 1,000 …, and shows all of it before the end', () => {
  const reaches = (/** @type {number[]} */ steps, /** @type {number} */ end, from = 0) =>
    steps.map((step) => reachOf(step, from, end));
  assert.deepEqual(
    reaches([0, 99, 100, 199, 200, 499, 500, 799, 1049], 1050),
    [100, 100, 200, 200, 500, 500, 1050, 1050, 1050],
  );
  assert.deepEqual(reaches([999, 1000, 9999, 50_000], 100_000), [1000, 2000, 10_000, 100_000]);
  assert.deepEqual(reaches([0, 39], 40), [40, 40], 'a short run is seen whole');
  assert.deepEqual(reaches([0], 0), [100], 'one that is not known yet');
  assert.deepEqual(reaches([200, 260], 1050, 200), [500, 500], 'a fork has its past before it');
});

test('calm is a run in 20 s, whatever its length; full speed has no limit', () => {
  assert.equal(stepsPerSecond(CALM, { steps: 1000, warmup_steps: 50 }), 53);
  assert.equal(stepsPerSecond(CALM, { steps: 3, warmup_steps: 0 }), 1);
  assert.equal(stepsPerSecond(0, { steps: 1000, warmup_steps: 0 }), 0);
  assert.ok(SPEEDS.some(([speed, label]) => speed === CALM && label.includes('20 s')));
});

test('guessing is a line where its cost is known, and its accuracy where the classes are equally frequent', () => {
  const run = (/** @type {number} */ baseline_loss, /** @type {number} */ classes, loss = 'cross_entropy') =>
    /** @type {any} */ ({ summary: { baseline_loss }, classes, inForce: { loss } });
  assert.deepEqual(
    guessedLoss(run(2.3, 10)).map(({ y }) => y),
    [2.3],
  );
  assert.deepEqual(guessedLoss(/** @type {any} */ ({ summary: null })), []);
  const [even] = guessedAccuracy(run(Math.log(10), 10));
  assert.ok(Math.abs(even.y - 0.1) < 1e-9);
  // Nine in ten of one class: the most frequent one is right more often than its entropy says.
  assert.deepEqual(guessedAccuracy(run(0.325, 2)), []);
  assert.deepEqual(guessedAccuracy(run(Math.log(10), 10, 'squared_error')), []);
  assert.deepEqual(guessedAccuracy(run(0.3, 0)), []);
});
