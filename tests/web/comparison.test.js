/** Runs held against each other: their smoothing, their groups, their colours, their differences, and all their steps. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GroupSeries } from '../../web/charts/series/group_series.js';
import { SERIES_MAKER } from '../../web/charts/series/series_maker.js';
import { SmoothedSeries } from '../../web/charts/series/smoothed.js';
import { StepSeries } from '../../web/charts/series.js';
import { defaultConfig } from '../../web/engine/config/config.js';
import { METRICS_BYTES } from '../../web/engine/core/record.js';
import { stepsToCsv } from '../../web/ui/shared/export.js';
import { differenceOf, FIGURES, sayRange } from '../../web/ui/shared/run_figures.js';
import { Comparison } from '../../web/ui/state/comparison.js';
import { describeRun } from '../../web/ui/state/kept/kept_run.js';
import { Run } from '../../web/ui/state/run.js';
import { Runs } from '../../web/ui/state/runs.js';

/** @param {number[]} values @param {number} [first] */
function seriesOf(values, first = 0) {
  const series = new StepSeries(first);
  for (const value of values) series.append(value);
  return series;
}

/** @param {number} id @param {Record<string, any>} [settings] @param {string} [name] */
function makeRun(id, settings = {}, name = `run ${id}`) {
  const config = { ...defaultConfig(), ...settings };
  return new Run({ id, name, color: 'run-1', config, dataId: null, series: SERIES_MAKER });
}

test('smoothing is an exponential mean divided by 1 − βⁿ, from the first value on', () => {
  const values = [4, 2, 3, 1, 0.5, 0.7];
  const weight = 0.9;
  const smoothed = new SmoothedSeries(seriesOf(values, 7), { weight });
  values.forEach((_, last) => {
    const weights = values.slice(0, last + 1).map((__, i) => weight ** (last - i));
    const sum = weights.reduce((total, one, i) => total + one * values[i], 0);
    const mean = sum / weights.reduce((total, one) => total + one, 0);
    assert.ok(Math.abs(Number(smoothed.at(7 + last)) - mean) < 1e-6, `${last}`);
  });
  const raw = new SmoothedSeries(seriesOf(values), { weight: 0 });
  assert.deepEqual(
    raw.reduce({ from: 0, to: 5, columns: 50 }).points.map(({ y }) => y),
    values.map(Math.fround),
  );
});

test('after a blow-up the smoothed curve is with its batches again in a few steps', () => {
  const calm = Array(100).fill(2.3);
  for (const peak of [1e10, 60]) {
    const raw = seriesOf([...calm, ...Array(5).fill(peak), ...calm]);
    const smoothed = new SmoothedSeries(raw, { weight: 0.95, start: 2.3, ceiling: 69 });
    if (peak > 69) assert.equal(smoothed.at(102), null, 'off the chart it says nothing');
    assert.ok(Math.abs(Number(smoothed.at(125)) - 2.3) < 0.5, `${peak}: ${smoothed.at(125)}`);
  }
  // One that flickers over the edge is no curve of single batches.
  const flicker = Array.from({ length: 60 }, (_, i) => (i % 3 ? 40 : 1e6));
  const flickering = new SmoothedSeries(seriesOf([...flicker, 0.5, 40]), { weight: 0.95, start: 2.3, ceiling: 69 });
  assert.ok(Number(flickering.at(60)) > 40, `a single low batch is no average: ${flickering.at(60)}`);
  // What spikes below where training began is no blow-up: the mean is the plain one.
  const spiky = [2, ...Array(60).fill(0.1), 1, ...Array(20).fill(0.1)];
  const plain = new SmoothedSeries(seriesOf(spiky), { weight: 0.95 });
  const watched = new SmoothedSeries(seriesOf(spiky), { weight: 0.95, start: 2, ceiling: 60 });
  for (const step of [10, 61, 81]) assert.equal(watched.at(step), plain.at(step));
});

test('a run’s smoothed curve is made anew only where it is to be smoothed otherwise, and follows new steps', () => {
  const run = makeRun(1);
  run.series.loss.append(2);
  const curve = run.smoothed('loss', { weight: 0.5 });
  assert.equal(run.smoothed('loss', { weight: 0.5 }), curve);
  assert.notEqual(run.smoothed('loss', { weight: 0.6 }), curve);
  const again = run.smoothed('loss', { weight: 0.5 });
  run.series.loss.append(4);
  assert.ok(Math.abs(Number(again.at(1)) - 10 / 3) < 1e-6);
  run.clear();
  assert.notEqual(run.smoothed('loss', { weight: 0.5 }), again);
});

test('a long curve is caught up with over several frames, and says that it is behind', () => {
  const smoothed = new SmoothedSeries(seriesOf(Array(50_000).fill(1)), { weight: 0.9 });
  let frames = 0;
  do {
    smoothed.reduce({ from: 0, to: 50_000, columns: 100 });
    frames++;
  } while (smoothed.isBehind);
  assert.ok(frames > 1 && frames < 10);
  assert.ok(Math.abs(Number(smoothed.at(49_999)) - 1) < 1e-6);
});

test('runs that differ by their seed alone are a group', () => {
  const compare = new Comparison({ touch() {}, touchRows() {} });
  const runs = [
    makeRun(1, { lr: 0.1, seed: 1 }),
    makeRun(2, { lr: 0.1, seed: 2 }),
    makeRun(3, { lr: 0.2, seed: 1 }),
    makeRun(4, { lr: 0.1, seed: 3, changes: [{ step: 5, field: 'lr', value: 1 }] }),
    makeRun(5, { lr: 0.1, seed: 3 }),
  ];
  const ids = () => compare.groupsOf(runs).map((group) => group.runs.map(({ id }) => id));
  assert.deepEqual(ids(), [[1], [2], [3], [4], [5]]);
  compare.group('median');
  assert.deepEqual(ids(), [[1, 2, 5], [3], [4]]);
  compare.smooth(7);
  assert.equal(compare.smoothing, 0.99);
});

test('the middle and the band of a group reach as far as all of its runs do', () => {
  const members = [seriesOf([1, 2, 3]), seriesOf([4, 5, 6, 7]), seriesOf([10, Number.NaN, 9])];
  const at = (/** @type {any} */ statistic, /** @type {number} */ step) => new GroupSeries(members, statistic).at(step);
  assert.deepEqual([at('low', 0), at('median', 0), at('mean', 0), at('high', 0)], [1, 4, 5, 10]);
  assert.equal(at('mean', 1), null, 'what is no number has no middle');
  assert.deepEqual([at('mean', 2), at('mean', 3)], [6, null]);
  const even = new GroupSeries(members.slice(0, 2), 'median');
  assert.deepEqual(even.reduce({ from: 0, to: 10, columns: 400 }).points, [
    { x: 0, y: 2.5 },
    { x: 1, y: 3.5 },
    { x: 2, y: 4.5 },
  ]);
  const logarithmic = even.reduce({ from: 0, to: 2, columns: 30, logX: true });
  assert.deepEqual(
    logarithmic.points.map(({ x }) => x),
    [0, 1, 2],
  );
  const low = new GroupSeries([seriesOf([-1, 0, 1])], 'low').reduce({ from: 0, to: 2, columns: 30, logY: true });
  assert.deepEqual([low.points.map(({ x }) => x), low.marks.map(({ x }) => x)], [[2], [0, 1]]);
});

/** @param {any} [members] */
function makeRuns(members = {}) {
  const lab = { active: null, focus: null, touch() {}, touchRows() {}, ...members };
  lab.compare = new Comparison(lab);
  return new Runs(/** @type {any} */ (lab), /** @type {any} */ ({}), SERIES_MAKER);
}

test('a colour belongs to a run for good: whoever else is removed, and beyond the page', () => {
  const runs = makeRuns();
  const add = (/** @type {any} */ kept = {}) =>
    runs.bringBack({ config: defaultConfig(), dataId: null, weights: null, ...kept });
  const six = Array.from({ length: 7 }, () => add());
  const colors = six.map(({ color }) => color);
  assert.equal(new Set(colors).size, 7, 'seven runs that can be told apart');
  runs.remove(six[1]);
  runs.remove(six[4]);
  assert.deepEqual(
    runs.list.map(({ color }) => color),
    colors.filter((_, i) => i !== 1 && i !== 4),
  );
  assert.deepEqual([add().color, add().color], [colors[1], colors[4]], 'new ones take what is free');
  const about = { key: '', session: '', parentKey: null, savedAt: 0, bytes: 0, pastStep: null };
  const kept = structuredClone(describeRun(six[5], about));
  assert.equal(makeRuns().bringBack({ ...kept, dataId: null, weights: null }).color, six[5].color);
});

test('what is hidden at once is hidden, but for the run in focus', () => {
  const lab = /** @type {any} */ ({ active: null, focus: null, touch() {}, touchRows() {} });
  lab.compare = new Comparison(lab);
  const runs = new Runs(lab, /** @type {any} */ ({}), SERIES_MAKER);
  const three = [1, 2, 3].map(() => runs.bringBack({ config: defaultConfig(), dataId: null, weights: null }));
  lab.focus = three[0];
  runs.hide(three, true);
  assert.deepEqual(
    three.map(({ hidden }) => hidden),
    [false, true, true],
  );
  runs.hide(three, false);
  assert.ok(three.every(({ hidden }) => !hidden));
});

test('a difference to the baseline has a sign, and is good where the figure is better', () => {
  const figure = (/** @type {string} */ name) => FIGURES.find((one) => one.name === name) ?? FIGURES[0];
  const loss = figure('best_val_loss');
  assert.deepEqual(differenceOf(loss, 0.3, 0.35), { words: '−0.05', tone: 'good' });
  assert.deepEqual(differenceOf(loss, 0.5, 0.35), { words: '+0.15', tone: 'bad' });
  assert.deepEqual(differenceOf(loss, 0.5, 0.5), { words: '±0', tone: '' });
  assert.equal(differenceOf(loss, null, 0.5), null);
  assert.equal(differenceOf(loss, Number.NaN, 0.5), null);
  assert.deepEqual(differenceOf(figure('best_val_accuracy'), 0.9, 0.85), { words: '+5.0', tone: 'good' });
  assert.deepEqual(differenceOf(figure('best_val_accuracy'), 0.90001, 0.9), { words: '±0', tone: '' });
  assert.equal(differenceOf(figure('seconds'), 4, 2)?.tone, '', 'how long it took depends on the machine');
  const of = (/** @type {number | null} */ best) =>
    /** @type {any} */ ({ evaluations: [{ val_loss: best, val_accuracy: null }] });
  const runs = [of(0.25), of(1), of(0.5), of(null)];
  assert.deepEqual(sayRange(loss, runs, 'median'), { middle: '0.5', range: '0.25 … 1' });
  assert.deepEqual(sayRange(loss, runs.slice(0, 2), 'mean'), { middle: '0.625', range: '0.25 … 1' });
  assert.deepEqual(sayRange(loss, runs.slice(3), 'mean'), { middle: '–', range: '' });
});

test('all runs’ steps are one table, whose names are no formulas', () => {
  const runs = ['plain', '=HYPERLINK("x")', 'a, b'].map((name, i) => {
    const run = makeRun(i + 1, {}, name);
    const rows = new ArrayBuffer(METRICS_BYTES * 2);
    new DataView(rows).setInt32(METRICS_BYTES, 1, true);
    const message = { rows, rowCount: 2, step: 2, evaluations: [], sharpness: [], episodes: [] };
    run.take(/** @type {any} */ (message));
    return run;
  });
  const [header, ...lines] = stepsToCsv(runs).trimEnd().split('\n');
  assert.match(header, /^run,step,/);
  assert.deepEqual(
    lines.map((line) => line.match(/^(".*?",|[^,]*,)(\d+),/)?.slice(1)),
    [
      ['plain,', '0'],
      ['plain,', '1'],
      [`"'=HYPERLINK(""x"")",`, '0'],
      [`"'=HYPERLINK(""x"")",`, '1'],
      ['"a, b",', '0'],
      ['"a, b",', '1'],
    ],
  );
});
