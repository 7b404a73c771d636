/** The charts of the live view: what a row of their table is enough for, what they share, and where they stand. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SERIES_MAKER } from '../../web/charts/series/series_maker.js';
import { defaultConfig } from '../../web/engine/config/config.js';
import { SCHEMA } from '../../web/engine/config/schema.js';
import { METRICS_BYTES } from '../../web/engine/core/record.js';
import { layOut } from '../../web/ui/live/chart_grid.js';
import { sceneOf } from '../../web/ui/live/chart_scene.js';
import { CHARTS, completeChart } from '../../web/ui/live/charts.js';
import { Comparison } from '../../web/ui/state/comparison.js';
import { Run } from '../../web/ui/state/run.js';

/** A run of so many steps whose metrics are all the step's number and a half. @param {number} steps @param {Record<string, any>} [settings] */
function makeRun(steps, settings = {}) {
  const run = new Run({
    id: 1,
    name: 'test',
    color: 'run-1',
    config: { ...defaultConfig(), ...settings, changes: [{ step: 3, field: 'lr', value: 0.5 }] },
    dataId: null,
    series: SERIES_MAKER,
  });
  const rows = new ArrayBuffer(steps * METRICS_BYTES);
  const view = new DataView(rows);
  for (let step = 0; step < steps; step++) {
    SCHEMA.metrics.forEach(({ kind }, i) => {
      const at = step * METRICS_BYTES + 4 * i;
      if (kind === 'INT') view.setInt32(at, step, true);
      else view.setFloat32(at, step + 0.5, true);
    });
  }
  const summary = {
    norm_p50: 1,
    norm_p90: 2,
    norm_max: 3,
    norm_suggested: 2,
    smoothed_loss: 0.5,
    diverged_at: steps,
    dead_at: -1,
    verdict: 0,
  };
  const message = { rows, rowCount: steps, step: steps, evaluations: [], sharpness: [], episodes: [], summary };
  run.take(/** @type {any} */ (message));
  run.totalSteps = 20;
  return run;
}

/** @param {Run} run @param {Partial<import('../../web/ui/state/runs.js').Runs>} [others] */
function makeView(run, others = {}) {
  const field = (/** @type {string} */ name) => SCHEMA.fields.find((one) => one.name === name);
  const lab = /** @type {any} */ ({
    focus: run,
    runs: { list: [run], overlays: [], ...others },
    draft: { pending: [] },
    field,
    seriesMaker: SERIES_MAKER,
    compare: new Comparison({ touch() {}, touchRows() {} }),
  });
  return { lab, held: null, classifies: true };
}

test('a metric needs no more than a row: heading, scale, curve and sentence are the metric’s', () => {
  for (const { name, label, scale } of SCHEMA.metrics.filter(({ kind }) => kind === 'REAL')) {
    const chart = completeChart({ id: 'new', series: name, quantity: 'ink' });
    assert.equal(chart.heading, label);
    assert.equal(chart.scale, scale);
    const run = makeRun(8);
    const { layers, summary } = sceneOf(chart, makeView(run));
    assert.deepEqual(
      layers.map(({ color, series }) => [color, series?.at(7)]),
      [['ink', 7.5]],
    );
    assert.equal(summary, 'After 8 of 20 steps: 7.5.');
  }
});

test('a chart of one curve has what a fork grew out of before it, and earlier runs behind', () => {
  const chart = completeChart({ id: 'new', series: 'loss', quantity: 'ink' });
  const [run, parent, earlier] = [makeRun(8), makeRun(8), makeRun(8)];
  Object.assign(parent, { id: 2 });
  Object.assign(run, { parentId: 2, startStep: 4 });
  const view = makeView(run, { list: [earlier, parent, run], overlays: [earlier], standsOut: () => false });
  assert.deepEqual(
    sceneOf(chart, view).layers.map(({ label, color, until, legend }) => [label, color, until, legend]),
    [
      ['test', 'run-1', undefined, false],
      ['before', 'run-1', 4, false],
      ['loss', 'run-1', undefined, undefined],
    ],
  );
});

test('what all charts show is named in one of them only', () => {
  const run = makeRun(8, { warmup_steps: 5 });
  run.status = 'diverged';
  /** @type {Record<string, string[]>} */
  const labels = {};
  for (const chart of CHARTS) {
    if ('panel' in chart) continue;
    const { regions = [], verticals = [], marks = [] } = sceneOf(chart, makeView(run));
    assert.deepEqual(
      regions.map(({ from, to, color }) => [from, to, color]),
      [[0, 5, 'lr']],
    );
    assert.deepEqual(
      verticals.map(({ x, color }) => [x, color]),
      [[3, 'lr']],
    );
    // Where the loss was finite last, at the height that the chart's own metric had there.
    const ends = chart.ends ? [['cross', 7, 7.5]] : [];
    assert.deepEqual(
      marks.map(({ kind, x, y }) => [kind, x, y]),
      ends,
    );
    const named = [...regions, ...verticals, ...marks].flatMap(({ label }) => (label ? [label] : []));
    if (named.length) labels[chart.id] = named;
  }
  assert.deepEqual(labels, { loss: ['η 0.5', 'diverged at 8'], rate: ['warmup'] });
});

test('charts have names of their own', () => {
  assert.equal(new Set(CHARTS.map(({ id }) => id)).size, CHARTS.length);
});

test('the first chart has a row of its own; however many others there are, they fill their rows, three abreast or on a wide screen four', () => {
  const numbers = (/** @type {string} */ text, /** @type {RegExp} */ pattern) =>
    [...text.matchAll(pattern)].map((match) => Number(match[1]));
  for (let count = 1; count <= 12; count++) {
    const { container, panels } = layOut(count);
    assert.equal(panels.length, count);
    const [tracks] = numbers(container, /--tracks: (\d+)/g);
    for (const [span, rows, abreast] of [
      ['--span', '--rows', 3],
      ['--wide-span', '--wide-rows', 4],
    ]) {
      const spans = panels.map((panel) => numbers(panel, new RegExp(`${span}: (\\d+)`, 'g'))[0]);
      const heights = new RegExp(`${rows}: ([^;]*)`).exec(container)?.[1].match(/(max|minmax)\(| \d+rem/g);
      assert.equal(spans[0], tracks, 'the first is alone');
      let at = 0;
      let filled = 0;
      for (const one of spans) {
        assert.ok(one >= tracks / Number(abreast), `${count} charts`);
        at += one;
        assert.ok(at <= tracks, `${count} charts: none reaches over the edge`);
        if (at === tracks) {
          at = 0;
          filled++;
        }
      }
      assert.deepEqual([at, filled], [0, heights?.length], `${count} charts fill the rows that have heights`);
    }
  }
});
