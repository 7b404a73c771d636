/** A training's live changes: what is in force when, and that the ten-thousandth costs no more than the first. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultConfig, settingsAt } from '../../web/engine/config/config.js';
import { LiveChanges } from '../../web/engine/config/live_changes.js';
import { makeCountedList } from './counted_list.js';

/** @typedef {import('../../web/engine/config/config.js').Change} Change */

/** Places of both lists that are touched by so many changes, one a step. @param {number} count */
function workOf(count) {
  const own = /** @type {{ list: Change[], touched: number }} */ (makeCountedList());
  const callers = /** @type {{ list: Change[], touched: number }} */ (makeCountedList());
  const changes = new LiveChanges({ ...defaultConfig(), changes: own.list }, callers.list);
  for (let step = 0; step < count; step++) {
    changes.add(step, [{ step, field: 'lr', value: 0.001 * (1 + (step % 9)) }]);
    while (changes.takeDue(step));
    assert.equal(changes.nextStep(step), Infinity);
    assert.equal(changes.settingsAfter(step).lr, changes.settings.lr);
  }
  assert.equal(own.list.length, count);
  assert.deepEqual(callers.list, own.list);
  return own.touched + callers.touched;
}

test('ten times as many live changes are ten times the work, not a hundred times', () => {
  const few = workOf(1000);
  const many = workOf(10_000);
  assert.ok(many < 11 * few, `${few} places for 1,000 changes, ${many} for 10,000`);
});

test('what is in force is what the list says, at every step, also where a change comes between recorded ones', () => {
  const recorded = [2, 2, 5, 9].map((step, i) => ({ step, field: 'lr', value: 0.1 * (i + 1) }));
  const config = { ...defaultConfig(), changes: recorded };
  const changes = new LiveChanges(config, null);
  for (let step = 0; step < 12; step++) {
    if (step === 5) changes.add(step, [{ step, field: 'momentum', value: 0.5 }]);
    assert.deepEqual(changes.settingsAfter(step), settingsAt(config, step + 1), `due after ${step}`);
    const next = config.changes.find((change) => change.step > step);
    assert.equal(changes.nextStep(step), next?.step ?? Infinity);
    while (changes.takeDue(step));
    assert.deepEqual(changes.settings, settingsAt(config, step + 1), `made after ${step}`);
  }
  assert.deepEqual(
    config.changes.map(({ step, field }) => `${step} ${field}`),
    ['2 lr', '2 lr', '5 lr', '5 momentum', '9 lr'],
  );
});

test('a caller’s list is ours again at the next change, whoever wrote it meanwhile', () => {
  const callers = /** @type {Change[]} */ ([]);
  const make = () => new LiveChanges({ ...defaultConfig(), changes: [] }, callers);
  const [first, second] = [make(), make()];
  const change = (/** @type {number} */ step) => ({ step, field: 'lr', value: step + 1 });
  first.add(0, [change(0)]);
  second.add(3, [change(3)]);
  assert.deepEqual(callers, [change(3)]);
  first.add(1, [change(1)]);
  assert.deepEqual(callers, [change(0), change(1)]);
  callers.length = 0;
  first.add(2, [change(2)]);
  assert.deepEqual(callers, [change(0), change(1), change(2)]);
});
