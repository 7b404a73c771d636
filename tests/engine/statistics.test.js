/** What studies count over their seeds: against values worked out by hand, as numpy's default quantile gives them. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bandOf, medianOf, quantileOf, spreadOf } from '../../web/engine/study/trial/statistics.js';

test('quantiles lie on the line between the sorted values', () => {
  assert.equal(quantileOf([], 0.5), null);
  assert.equal(quantileOf([7], 0.9), 7);
  // numpy.quantile([1, 2, 3, 4], [0, 0.25, 0.5, 0.75, 1]) is [1, 1.75, 2.5, 3.25, 4].
  const values = [3, 1, 4, 2];
  assert.deepEqual(
    [0, 0.25, 0.5, 0.75, 1].map((share) => quantileOf(values, share)),
    [1, 1.75, 2.5, 3.25, 4],
  );
  assert.deepEqual(values, [3, 1, 4, 2], 'the values stay as they were');
  assert.equal(quantileOf([5, 1, 9], 0.5), medianOf([5, 1, 9]));
});

test('the spread of one, of many, of none', () => {
  assert.equal(spreadOf([]), null);
  assert.deepEqual(spreadOf([2]), { count: 1, min: 2, q25: 2, median: 2, q75: 2, max: 2 });
  assert.deepEqual(spreadOf([40, 10, 30, 20, 50]), { count: 5, min: 10, q25: 20, median: 30, q75: 40, max: 50 });
});

test('a band goes as far as half of its curves', () => {
  const grid = [1, 2, 3, 4];
  const curves = [[1, 10, 100, 1000], [2, 20, 200], [3, 30], [4]];
  assert.deepEqual(bandOf(grid, curves), {
    x: [1, 2, 3],
    low: [1.75, 15, 125],
    median: [2.5, 20, 150],
    high: [3.25, 25, 175],
  });
  // A loss that is not finite is as good as none.
  assert.deepEqual(
    bandOf(
      [1, 2],
      [
        [5, Number.NaN],
        [7, Number.POSITIVE_INFINITY],
      ],
    ).x,
    [1],
  );
  assert.deepEqual(bandOf([], []), { x: [], low: [], median: [], high: [] });
});
