/** What a chart of "Your runs" is given of a log: the lowest and the highest of each pixel column, the last value up to a step; a number by its place. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SERIES_MAKER } from '../../web/charts/series/series_maker.js';
import { selectAt } from '../../web/engine/logs/cells/select.js';
import { LogSeries } from '../../web/ui/logs/log_series.js';
import { rangeCurve } from '../../web/ui/logs/range_curve.js';
import { YourLogs } from '../../web/ui/logs/your_logs.js';

const ROWS = 40_000;
const step = Float64Array.from({ length: ROWS }, (_, i) => 3 * i);
const value = step.map((_, i) => 1 + ((i ** 2 * 7919) % 101) / 101);
value[12_345] = 50;
value[20_000] = 0.01;
value[30_000] = Number.NaN;
value[31_000] = -1;
const series = new LogSeries({ step, value });

test('no spike vanishes, whatever the width, and the axis gets nothing that it cannot hold', () => {
  for (const columns of [50, 700]) {
    const view = { from: 0, to: 3 * ROWS, columns, logY: true };
    const { points, marks } = series.reduce(view);
    assert.ok(points.length <= 2 * columns + 2 && points.length > columns);
    assert.ok(points.every(({ x }, i) => i === 0 || x > points[i - 1].x));
    assert.ok(points.some(({ x, y }) => x === 3 * 12_345 && y === 50));
    assert.ok(points.some(({ x, y }) => x === 3 * 20_000 && y === 0.01));
    assert.deepEqual(marks, [
      { x: 90_000, edge: 'top', what: 'NaN' },
      { x: 93_000, edge: 'bottom', what: 'not positive' },
    ]);
    assert.equal(series.reduce({ ...view }).points, points, 'what was asked for last is kept');
  }
  const near = series.reduce({ from: 3 * 12_000, to: 3 * 12_100, columns: 700 }).points;
  assert.equal(near.length, 101, 'every row is there when it is looked at closely');
  const early = series.reduce({ from: 0, to: 3 * ROWS, columns: 100, logX: true }).points;
  assert.ok(early.filter(({ x }) => x < 60).length > 15, 'the first steps have room on a logarithmic axis');
});

test('the value at a step is that of the last row', () => {
  assert.deepEqual(
    [series.at(-1), series.at(0), series.at(4), series.at(90_000)],
    [null, value[0], value[1], value[29_999]],
  );
});

test('of runs behind, a value stands for more pixels', () => {
  const behind = new LogSeries({ step, value });
  behind.pixels = 4;
  assert.ok(behind.reduce({ from: 0, to: 3 * ROWS, columns: 400 }).points.length <= 202);
});

test('runs of files with the same name are told apart', async () => {
  const found = { name: 'trainer_state.json' };
  const inspection = { runs: [found, found, { name: 'a.csv' }], range_test: null, sweep: null, notes: [] };
  const answer = { inspection, series: [{}, {}, {}], names: [[], [], []], page: null };
  const logs = new YourLogs(/** @type {any} */ (async () => answer));
  await logs.takeText('a log');
  await logs.takeText('another');
  assert.deepEqual(
    logs.runs.map((run) => run.found.name),
    [
      ...['trainer_state.json', 'trainer_state.json (2)', 'a.csv'],
      ...['trainer_state.json (3)', 'trainer_state.json (4)', 'a.csv (2)'],
    ],
  );
  await logs.setRole(logs.runs[1], 'loss', 'x');
  assert.equal(logs.runs[1].found.name, 'trainer_state.json (2)');
});

test('a range test that was logged is drawn over its rates, with the rate of the file and the one that is read off', () => {
  const lr = [1e-4, 1e-3, 1e-2, 1e-1];
  const found = /** @type {any} */ ({
    lr,
    loss: [2, 2, 1, 9],
    smoothed: [2, 1.9, 1.2, 8],
    suggestion: { steepest: 1e-3 },
    said: 2e-3,
    clear: true,
  });
  const { layers, from, to, verticals = [], marks = [] } = rangeCurve(found, () => SERIES_MAKER.createPoints());
  assert.deepEqual([from, to], [1e-4, 1e-1]);
  const named = layers.filter(({ legend }) => legend !== false);
  assert.deepEqual(
    named.map(({ label, series }) => [label, lr.map((rate) => series?.at(rate * 1.0001))]),
    [['smoothed loss', found.smoothed]],
  );
  assert.deepEqual([verticals[0].x, marks[0].x, marks[0].y], [2e-3, 1e-3, 1.9]);
});

test('a number is found by its place as if all were sorted, whatever their order', () => {
  const orders = {
    mixed: Float64Array.from({ length: 999 }, (_, i) => (i * 7919) % 1009),
    equal: new Float64Array(50).fill(3),
    falling: Float64Array.from({ length: 100 }, (_, i) => -i),
    'up and down': Float64Array.from({ length: 1001 }, (_, i) => 500 - Math.abs(500 - i)),
    endless: Float64Array.of(Infinity, 2, -Infinity, 1, Infinity),
    one: Float64Array.of(7),
  };
  for (const [name, numbers] of Object.entries(orders)) {
    const sorted = numbers.toSorted();
    for (const share of [0, 0.3, 0.5, 0.9, 1]) {
      const place = Math.floor(share * (numbers.length - 1));
      assert.equal(selectAt(numbers.slice(), place), sorted[place], `${name}, ${place}`);
      const half = Math.ceil(numbers.length / 2);
      const within = Math.min(place, half - 1);
      assert.equal(selectAt(numbers.slice(), within, half), numbers.slice(0, half).sort()[within], `half of ${name}`);
    }
  }
});
