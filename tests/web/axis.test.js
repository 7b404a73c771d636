/** Where an axis has its ticks: near both ends of what is drawn, round, and not too many. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linearTicks, logTicks } from '../../web/charts/axis.js';
import { lineAxes } from '../../web/charts/line/options.js';
import { withPlaceForZero } from '../../web/charts/spots.js';

test('a short logarithmic axis has a tick near its lower end, where a curve may lie', () => {
  assert.deepEqual(logTicks(2.07, 25), [3, 5, 10, 20]);
  for (const low of [1.01, 1.3, 2.2, 3.1, 4.9, 7.7]) {
    for (const width of [4, 10, 30]) {
      const ticks = logTicks(low, low * width);
      assert.ok(ticks.length >= 2 && ticks.length <= 8, `${ticks}`);
      assert.ok(ticks[0] / low < 2.2, `${low} × ${width}: ${ticks}`);
    }
  }
  assert.deepEqual(logTicks(1e-6, 1e6), [1e-6, 1e-3, 1, 1e3, 1e6]);
  // One number alone tells nothing of an axis: that of a loss which stays at guessing, from 2.05 to 3.7.
  assert.ok(logTicks(2.05, 3.7).length >= 2, `${logTicks(2.05, 3.7)}`);
});

test('round steps of a linear axis, about so many', () => {
  assert.deepEqual(linearTicks(0, 0.106, 3), [0, 0.05, 0.1]);
  assert.deepEqual(linearTicks(0, 0.32, 3), [0, 0.1, 0.2, 0.3]);
  assert.deepEqual(linearTicks(0, 3000, 6), [0, 500, 1000, 1500, 2000, 2500, 3000]);
  assert.deepEqual(linearTicks(1, 1), [1]);
  // In a low chart, too, there are two: 50 % alone tells no scale.
  assert.deepEqual(linearTicks(0.32, 0.88, 2), [0.4, 0.6, 0.8]);
});

test('steps are counted along their axis as in sentences, other quantities are measured', () => {
  const say = (/** @type {boolean} */ fixedX, /** @type {number[]} */ ...values) => {
    const look = { logX: false, logY: false, fixedX, font: { size: 12 }, sayValue: String, isMeasured: () => true };
    return values.map((value) => lineAxes(look).x.say?.(value));
  };
  assert.deepEqual(say(false, 0, 5000, 10_000, 100_000, 2.5), ['0', '5,000', '10,000', '100,000', '2.5']);
  assert.deepEqual(say(true, 1e-3, 5000, 100_000), ['0.001', '5000', '1e5']);
});

test('on a logarithmic axis what is not above 0 has a place of its own at the left, and says what it is', () => {
  const spot = (/** @type {number} */ x) => /** @type {any} */ ({ key: `${x}`, x, y: 1, values: [] });
  const scene = /** @type {any} */ ({
    places: [0, 0.01, 0.1, 1],
    lines: [{ label: '', color: '', spots: [0, 0.01, 0.1, 1].map(spot) }],
    verticals: [{ x: 0.1, label: '', color: '' }],
    unstable: { from: 1, label: '' },
    names: null,
  });
  const placed = withPlaceForZero(scene);
  const [zero, ...others] = placed.lines[0].spots.map(({ x }) => x);
  assert.deepEqual(others, [0.01, 0.1, 1], 'the others stay where they are');
  assert.ok(zero > 0 && zero < 0.01, 'left of them');
  assert.deepEqual(placed.zero, { at: zero, next: 0.01, name: '0' });
  assert.deepEqual([placed.verticals[0].x, placed.unstable?.from], [0.1, 1]);
  assert.equal(withPlaceForZero({ ...scene, places: [0.1, 1] }).zero, undefined);
  assert.equal(withPlaceForZero({ ...scene, places: [-1, 0, 1] }).zero?.name, '≤ 0');
});
