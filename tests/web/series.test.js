/** The series that charts draw: bounded memory, nothing lost, nothing that an axis cannot hold. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linearTicks, logTicks, paddedRange } from '../../web/charts/axis.js';
import { PointSeries, StepSeries } from '../../web/charts/series.js';
import { axisNumber } from '../../web/engine/words/numbers.js';
import { processorMs } from '../fixtures/processor_time.js';

/** @param {number[]} values @param {number} [first] @param {number} [capacity] */
function seriesOf(values, first = 0, capacity) {
  const series = new StepSeries(first, capacity);
  for (const value of values) series.append(value);
  return series;
}

const wide = { from: 0, to: 999, columns: 100 };

test('few steps are drawn one by one, in order and exactly', () => {
  const { points, marks } = seriesOf([3, 1, 2]).reduce({ from: 0, to: 2, columns: 100 });
  assert.deepEqual(points, [
    { x: 0, y: 3 },
    { x: 1, y: 1 },
    { x: 2, y: 2 },
  ]);
  assert.deepEqual(marks, []);
});

test('a spike of one step in 100,000 survives the reduction', () => {
  const values = Array.from({ length: 100_000 }, (_, i) => Math.sin(i / 500));
  values[71_234] = 40;
  values[20_001] = -30;
  const { points } = seriesOf(values).reduce({ from: 0, to: 99_999, columns: 500 });
  assert.ok(points.length <= 2 * 502);
  assert.equal(Math.max(...points.map(({ y }) => y)), 40);
  assert.equal(Math.min(...points.map(({ y }) => y)), -30);
  const [spike] = points.filter(({ y }) => y === 40);
  assert.ok(Math.abs(spike.x - 71_234) < 500);
});

test('x never runs backwards', () => {
  const values = Array.from({ length: 5000 }, (_, i) => Math.random() + i / 1000);
  for (const logX of [false, true]) {
    const { points } = seriesOf(values).reduce({ from: 0, to: 4999, columns: 333, logX });
    for (let i = 1; i < points.length; i++) assert.ok(points[i].x >= points[i - 1].x);
  }
});

test('memory is bounded however long the run', () => {
  const series = new StepSeries(0, 4096);
  for (let i = 0; i < 300_000; i++) series.append(i === 123_456 ? 9 : 1);
  assert.ok(series.buckets < 3 * 4096, `${series.buckets} buckets`);
  assert.equal(series.length, 300_000);
  const { points } = series.reduce({ from: 0, to: 299_999, columns: 200 });
  assert.equal(Math.max(...points.map(({ y }) => y)), 9);
});

test('reducing 100,000 steps takes a few milliseconds', () => {
  const series = seriesOf(Array.from({ length: 100_000 }, (_, i) => 1 + (i % 17)));
  series.reduce({ from: 0, to: 99_999, columns: 600 });
  const begun = processorMs();
  for (let i = 0; i < 20; i++) series.reduce({ from: 0, to: 99_999, columns: 600 });
  assert.ok((processorMs() - begun) / 20 < 15);
});

test('NaN and infinities become marks, never points', () => {
  const { points, marks } = seriesOf([1, Number.NaN, 2, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]).reduce({
    from: 0,
    to: 10,
    columns: 100,
  });
  assert.deepEqual(
    points.map(({ y }) => y),
    [1, 2],
  );
  assert.deepEqual(marks, [
    { x: 1, edge: 'top', what: 'NaN' },
    { x: 3, edge: 'top', what: 'Infinity' },
    { x: 4, edge: 'bottom', what: '-Infinity' },
  ]);
});

test('on a logarithmic axis what is not positive becomes a mark', () => {
  const { points, marks } = seriesOf([1, 0, -2, 3]).reduce({ from: 0, to: 3, columns: 100, logY: true });
  assert.deepEqual(
    points.map(({ y }) => y),
    [1, 3],
  );
  assert.deepEqual(
    marks.map(({ x, edge }) => [x, edge]),
    [
      [1, 'bottom'],
      [2, 'bottom'],
    ],
  );
});

test('a million NaN are counted, and a bounded number remembered', () => {
  const series = new StepSeries();
  for (let i = 0; i < 1_000_000; i++) series.append(Number.NaN);
  assert.equal(series.nonFinite, 1_000_000);
  assert.ok(series.reduce({ from: 0, to: 1e6, columns: 100 }).marks.length <= 256);
});

test('a fork begins at its step', () => {
  const series = seriesOf([5, 6, 7], 400);
  assert.equal(series.at(401), 6);
  assert.equal(series.at(399), null);
  assert.equal(series.at(403), null);
  assert.equal(series.reduce(wide).points[0].x, 400);
});

test('the first value stays what it was, however coarse a long run is kept, also where it is taken over', () => {
  const series = seriesOf([7, ...Array(600).fill(1)], 400, 512);
  assert.equal(series.at(401), 4, 'the middle of its bucket');
  assert.equal(series.at(400), 7);
  const taken = new StepSeries(400);
  taken.takeKept(series.keep(), 500);
  assert.equal(taken.at(400), 7);
  taken.takeKept(series.keep(), 400);
  assert.equal(taken.at(400), null);
  assert.equal(seriesOf([Number.NaN, 1]).at(0), null);
});

test('clipped steps are found per column', () => {
  const scales = Array.from({ length: 1000 }, (_, i) => (i === 500 || i === 501 ? 0.4 : 1));
  const ticks = seriesOf(scales).below(wide, 1);
  assert.equal(ticks.length, 1);
  assert.ok(Math.abs(ticks[0] - 500) <= 10);
});

test('a zoomed view shows its neighbours, so that the line runs to the frame', () => {
  const series = seriesOf(Array.from({ length: 1000 }, (_, i) => i));
  const { points } = series.reduce({ from: 400, to: 420, columns: 20 });
  assert.ok(points[0].x <= 400);
  assert.ok(points[points.length - 1].x >= 420);
  assert.ok(points.length < 30);
});

test('points at places of their own stay bounded and keep their extremes', () => {
  const series = new PointSeries(256);
  for (let i = 0; i < 5000; i++) series.append(i, i === 2500 ? 99 : i === 1300 ? -99 : 0);
  series.append(5000, Number.NaN);
  assert.ok(series.length < 256);
  const { points, marks } = series.reduce({ from: 0, to: 5000, columns: 200 });
  assert.ok(points.some(({ y }) => y === 99) && points.some(({ y }) => y === -99));
  assert.deepEqual(marks, [{ x: 5000, edge: 'top', what: 'NaN' }]);
});

test('axes: round ticks, ranges with air, short numbers', () => {
  assert.deepEqual(logTicks(0.25, 4), [0.3, 0.5, 1, 2, 3]);
  assert.deepEqual(logTicks(1e-8, 1, 5), [1e-8, 1e-6, 1e-4, 1e-2, 1]);
  assert.deepEqual(linearTicks(0, 1050), [0, 200, 400, 600, 800, 1000]);
  const { min, max } = paddedRange(1, 1, true);
  assert.ok(min < 1 && max > 1);
  assert.ok(paddedRange(Number.NaN, Number.NaN, false).max > 0);
  assert.ok(Number.isFinite(paddedRange(1e-30, 3e38, true).max));
  assert.equal(axisNumber(0.000363), '3.63e-4');
  assert.equal(axisNumber(0.0363), '0.0363');
  assert.equal(axisNumber(1e-8), '1e-8');
});

test('ticks end also where rounding leaves no room between the ends', () => {
  const [low, high] = [3.670953273773193, 3.670953273773194];
  assert.deepEqual(linearTicks(low, high), [low]);
  assert.deepEqual(linearTicks(1e300, 1e300), [1e300]);
  assert.deepEqual(linearTicks(-Infinity, 1), [-Infinity]);
  assert.deepEqual(logTicks(0, 1), []);
  assert.deepEqual(logTicks(1, Infinity), []);
  // Values that differ by rounding only have air around them, as one value has.
  for (const range of [paddedRange(low, high, false), paddedRange(low, low, false)]) {
    assert.ok(range.max - range.min > 0.5, `${range.min} to ${range.max}`);
  }
});
