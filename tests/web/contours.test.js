/** Contour lines: on planes, circles and saddles, where one knows how they run. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contourHeights, traceContours } from '../../web/charts/contours.js';

/** @param {number} columns @param {number} rows @param {(x: number, y: number) => number} height */
function sample(columns, rows, height) {
  return Float64Array.from({ length: columns * rows }, (_, i) => height(i % columns, Math.floor(i / columns)));
}

test('heights halve from the highest power of two on the map', () => {
  const heights = contourHeights(100);
  assert.equal(heights.at(-1), 64);
  heights.slice(1).forEach((height, i) => {
    assert.equal(height, 2 * heights[i]);
  });
  assert.deepEqual(contourHeights(127), heights, 'a little more map, the same lines');
  for (const nothing of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) assert.deepEqual(contourHeights(nothing), []);
});

test('on a plane a line is straight and goes right through', () => {
  const [line] = traceContours(
    sample(6, 4, (x) => x),
    6,
    4,
    [2.25],
  );
  assert.equal(line.length, 3 * 4, 'a piece per row of cells');
  for (let i = 0; i < line.length; i += 2) assert.equal(line[i], 2.25);
});

test('on a cone every point of a line has its height, and the ends meet', () => {
  const values = sample(41, 41, (x, y) => Math.hypot(x - 20, y - 20));
  const [inner, outer] = traceContours(values, 41, 41, [5.3, 12]);
  for (const [line, radius] of /** @type {[number[], number][]} */ ([
    [inner, 5.3],
    [outer, 12],
  ])) {
    /** @type {Map<string, number>} */
    const ends = new Map();
    let length = 0;
    for (let i = 0; i < line.length; i += 4) {
      for (const k of [i, i + 2]) {
        assert.ok(Math.abs(Math.hypot(line[k] - 20, line[k + 1] - 20) - radius) < 0.05);
        const key = `${line[k].toFixed(9)} ${line[k + 1].toFixed(9)}`;
        ends.set(key, (ends.get(key) ?? 0) + 1);
      }
      length += Math.hypot(line[i + 2] - line[i], line[i + 3] - line[i + 1]);
    }
    assert.ok(Math.abs(length / (2 * Math.PI * radius) - 1) < 0.01);
    for (const count of ends.values()) assert.equal(count, 2, 'the ring is closed');
  }
});

test('in a saddle cell the pieces do not cross', () => {
  // High at two opposite corners; the middle, 0.5, is above 0.4 and below 0.6.
  const values = [1, 0, 0, 1];
  for (const level of [0.4, 0.6]) {
    const [line] = traceContours(values, 2, 2, [level]);
    assert.equal(line.length, 8);
    const middles = [0, 4].map((i) => (line[i] + line[i + 2]) / 2 + (line[i + 1] + line[i + 3]) / 2);
    const cuts = [0, 4].map((i) => (line[i] + line[i + 2]) / 2 - (line[i + 1] + line[i + 3]) / 2);
    // Above the middle the pieces cut off the high corners at 0, 0 and 1, 1; below it the low ones.
    const spread = level > 0.5 ? middles : cuts;
    assert.ok(Math.abs(spread[0] - spread[1]) > 0.5, `${level}`);
  }
});

test('cells at the end of the finite numbers are left out', () => {
  const values = sample(3, 2, (x) => (x === 2 ? Number.POSITIVE_INFINITY : x));
  const [line] = traceContours(values, 3, 2, [0.5]);
  assert.equal(line.length, 4);
  assert.deepEqual(traceContours([Number.NaN, 1, 0, 1], 2, 2, [0.5]), [[]]);
});
