/** The sweep's parts that need no page: axes as typed, what becomes of trials, the address of a view. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultConfig } from '../../web/engine/config/config.js';
import { defaultReading } from '../../web/engine/config/reading_fields.js';
import { listReadingFlags, readingToParts } from '../../web/engine/config/reading_text.js';
import { summarizeSweep } from '../../web/engine/study/sweep.js';
import { planSweep } from '../../web/engine/study/sweep_plan.js';
import { SCHEMA } from '../../web/generated/schema.js';
import { readPlace, searchOf, splitAddress, writePlace } from '../../web/ui/state/address.js';
import { KnownRates } from '../../web/ui/state/known_rates.js';
import { Sweep } from '../../web/ui/sweep/sweep.js';
import { canSweep, countValues, proposeAxis, wantedAxis } from '../../web/ui/sweep/sweep_axis.js';
import { narrowed, parallelScene, sayNarrowed } from '../../web/ui/sweep/sweep_parallel.js';
import { pointsOf } from '../../web/ui/sweep/sweep_points.js';
import { plotScene } from '../../web/ui/sweep/sweep_scenes.js';

const field = (/** @type {string} */ name) => /** @type {any} */ (SCHEMA.fields.find((other) => other.name === name));
const config = defaultConfig();

test('every setting that can be swept proposes values that the study takes', async () => {
  const { expandAxes } = await import('../../web/engine/study/sweep_axes.js');
  for (const row of /** @type {any[]} */ (SCHEMA.fields)) {
    if (!canSweep(row)) continue;
    const axis = proposeAxis(row, config);
    const [expanded] = expandAxes([wantedAxis(axis, row)]);
    assert.ok(expanded.values.length >= 2, row.name);
    assert.equal(countValues(axis), expanded.values.length, row.name);
  }
});

test('warmups are none and orders of magnitude up to a tenth of the steps', () => {
  assert.equal(proposeAxis(field('warmup_steps'), { ...config, steps: 1000 }).list, '0, 10, 100');
  assert.equal(proposeAxis(field('warmup_steps'), { ...config, steps: 300 }).list, '0, 10');
});

test('options keep the kind of their names', () => {
  const axis = { ...proposeAxis(field('downsample'), config), options: ['2', '4'] };
  assert.deepEqual(wantedAxis(axis, field('downsample')), { field: 'downsample', values: [2, 4] });
  const flag = proposeAxis(field('standardize'), config);
  assert.deepEqual(wantedAxis(flag, field('standardize')), { field: 'standardize', values: [true, false] });
});

test('outcomes: half of the seeds unstable is unstable; less than half of the best one’s progress is slow', () => {
  const trial = (/** @type {number} */ lr, /** @type {number} */ loss, verdict = 'stable', infeasible = false) => ({
    changes: { lr },
    seed: 1,
    infeasible,
    verdict,
    best: { step: 1, loss, accuracy: 0.5 },
    val: { loss, accuracy: 0.75 },
    baseline_loss: 2,
  });
  const trials = [
    trial(0.1, 1.8),
    trial(0.1, 1.7),
    trial(1, 0.5),
    trial(1, 0.7),
    trial(3, 0.6, 'early'),
    trial(3, 0.8),
    trial(9, 3, 'mid', true),
    trial(9, 3, 'mid', true),
  ];
  const points = [1.75, 0.6, 0.7, 3].map((loss, i) => ({
    changes: {},
    loss,
    feasible: i < 3,
    seeds: 2,
    infeasible: 0,
    unstable: 0,
  }));
  const result = /** @type {any} */ ({ trials, points, leading: { median: 0.6 } });
  const judged = pointsOf(result, 'best');
  assert.deepEqual(
    judged.map(({ outcome }) => outcome),
    ['slow', 'good', 'unstable', 'infeasible'],
  );
  assert.equal(judged[1].value, 0.6);
  assert.deepEqual(judged[1].values, [0.5, 0.7]);
  assert.equal(judged[3].infeasible, 2);
  assert.equal(pointsOf(result, 'error')[0].value, 0.25);
});

test('rates that were learned hold for the settings they were learned with', () => {
  const rates = new KnownRates();
  rates.sweep(0.1, 0.5, { ...config, warmup_steps: 0 });
  rates.sweep(0.3, null, { ...config, warmup_steps: 100 });
  const marks = (/** @type {number} */ warmup) => rates.marks({ ...config, warmup_steps: warmup }, []);
  assert.deepEqual(
    marks(0).map(({ value }) => value),
    [0.1, 0.5],
  );
  assert.deepEqual(
    marks(100).map(({ value }) => value),
    [0.3],
  );
  assert.deepEqual(marks(7), []);
});

test('the address of a view', () => {
  for (const [search, hash, whole] of [
    ['?lr=1', '', '?lr=1'],
    ['?lr=1', '#view=sweep', '?lr=1'],
    ['?lr=1&', '#38;steps=2&#38;batch=3', '?lr=1&&&steps=2&batch=3'],
    ['', '#lr=1&steps=2', '?&lr=1&steps=2'],
    ['', '#?lr=1', '?&lr=1'],
  ]) {
    assert.equal(searchOf({ search, hash }), whole);
  }
  assert.deepEqual(readPlace('#view=sweep'), { view: 'sweep', item: '' });
  assert.deepEqual(readPlace('#view=lessons/early-spike'), { view: 'lessons', item: 'early-spike' });
  assert.deepEqual(readPlace('#<script>'), { view: '', item: '' });
  for (const place of [
    ['live', ''],
    ['sweep', ''],
    ['lessons', 'early-spike'],
  ]) {
    const { view, item } = readPlace(writePlace(place[0], place[1]));
    assert.deepEqual([view || 'live', item], place);
  }
  const reading = defaultReading();
  assert.deepEqual(splitAddress('?lr=1&data=a%20b'), {
    slug: 'a b',
    digest: null,
    version: null,
    preset: null,
    lesson: null,
    reading,
    rest: 'lr=1',
    problems: [],
  });
  assert.equal(splitAddress('?lesson=figure-7&lr=1').lesson, 'figure-7');
  const digest = '0123456789abcdef';
  assert.deepEqual(splitAddress(`?digest=${digest}&lr=1`), {
    slug: null,
    digest,
    version: null,
    preset: null,
    lesson: null,
    reading,
    rest: 'lr=1',
    problems: [],
  });
  for (const [search, says] of [
    ['?lesson=<b>', 'lesson names a lesson, not "<b>". It is left out.'],
    ['?digest=<b>', 'digest is how a digest begins, 16 digits from 0 to f, not "<b>". It is left out.'],
  ]) {
    const { lesson, digest: none, rest, problems } = splitAddress(search);
    assert.deepEqual([lesson, none, rest, problems.map(({ message }) => message)], [null, null, '', [says]]);
  }
  const asked = { target: 'a b', task: 'regression', ignore: ['x,y&z'], transpose: true };
  const parts = readingToParts(/** @type {any} */ (asked));
  assert.deepEqual(splitAddress(`?${parts.join('&')}&lr=1`), {
    slug: null,
    digest: null,
    version: null,
    preset: null,
    lesson: null,
    reading: asked,
    rest: 'lr=1',
    problems: [],
  });
  assert.equal(
    listReadingFlags(/** @type {any} */ (asked)).join(' '),
    "--target 'a b' --task regression --ignore 'x,y&z' --transpose on",
  );
  // What makes no sense is complained about.
  const { rest, problems } = splitAddress('?task=guess&target=');
  assert.deepEqual([rest, problems.length], ['', 2]);
});

/** A sweep of rates whose trials are made up: losses by rate, null where a rate has none yet. @param {[number, number | null, string?][]} rates */
function sweptRates(rates) {
  const lab = /** @type {any} */ ({ field, draft: { settings: config }, touch: () => {} });
  const sweep = new Sweep(lab, /** @type {any} */ ({}));
  const plan = planSweep({ config, over: [{ field: 'lr', values: rates.map(([lr]) => lr) }] });
  const trials = rates.flatMap(([lr, loss, verdict = 'stable']) =>
    loss === null
      ? []
      : [
          {
            changes: { lr },
            seed: 1,
            infeasible: false,
            verdict,
            best: { step: 1, loss, accuracy: 0.5 },
            val: { loss },
          },
        ],
  );
  sweep.plan = plan;
  sweep.result = summarizeSweep(plan, /** @type {any} */ (trials));
  return { scene: plotScene(lab, sweep), sweep };
}

test('a 0 among the rates: all stand in their order, lr* and the unstable ones at their places', () => {
  const { scene } = sweptRates([
    [0.3, 0.6],
    [0, 0.69],
    [3, 0.9, 'mid'],
    [0.03, 0.4],
  ]);
  assert.deepEqual(scene.names, ['0', '0.03', '0.3', '3']);
  assert.deepEqual(scene.places, [0, 1, 2, 3]);
  const star = scene.lines[0].spots.find((spot) => spot.star);
  assert.deepEqual([star?.x, scene.verticals[0].x, scene.unstable?.from], [1, 1, 3]);
  assert.equal(scene.verticals[0].label, 'lr* 0.03');
});

test('rates on a logarithmic axis have their marks at the rates themselves', () => {
  const { scene } = sweptRates([
    [0.03, 0.4],
    [0.3, 0.6],
    [3, 0.9, 'mid'],
  ]);
  assert.equal(scene.names, null);
  assert.deepEqual([scene.verticals[0].x, scene.unstable?.from], [0.03, 3]);
});

test('a sweep that is not whole crowns nothing: the best may be among what is missing', () => {
  const { scene, sweep } = sweptRates([
    [0.03, 0.4],
    [0.3, 0.6],
    [3, null],
  ]);
  assert.equal(sweep.result?.best, null);
  assert.deepEqual(scene.verticals, []);
  assert.equal(scene.unstable, null);
  assert.ok(scene.lines[0].spots.every(({ star }) => !star));
  assert.match(scene.summary, /^Lowest so far: η 0\.03, 0\.4\.$/);
});

test('parallel axes: a line for each training, what is infeasible beyond the losses, and ranges that leave some out', () => {
  const trial = (/** @type {number} */ lr, /** @type {number} */ seed, loss = 0, verdict = 'stable') => ({
    changes: { lr },
    seed,
    verdict,
    infeasible: loss === 0,
    diverged: loss === 0 && seed === 1,
    best: loss === 0 ? null : { step: 1, loss, accuracy: null },
    val: { loss: loss === 0 ? 1e30 : 2 * loss, accuracy: null },
    train: { loss: 1 },
  });
  const trials = [
    trial(0.01, 1, 0.4),
    trial(0.01, 2, 0.2),
    trial(0.1, 1, 0.1),
    trial(0.1, 2, 0.3, 'mid'),
    trial(1, 1),
    trial(1, 2),
  ];
  const lab = /** @type {any} */ ({ field });
  const sweep = /** @type {any} */ ({
    plan: { axes: [{ field: 'lr', values: [0.01, 0.1, 1] }] },
    result: { trials, seeds: 2 },
    ranges: new Map(),
    chosen: null,
    settingsInWords: (/** @type {any} */ { lr }) => `η ${lr}`,
  });
  const scene = /** @type {NonNullable<ReturnType<typeof parallelScene>>} */ (parallelScene(lab, sweep));
  assert.deepEqual(
    scene.axes.map(({ name }) => name),
    ['lr', 'seed', 'best', 'final', 'ended'],
  );
  const near = (/** @type {(number | null)[]} */ shares) => shares.map((share) => share && Number(share.toFixed(6)));
  assert.deepEqual(near(scene.lines[0].shares), [0, 0, 1, 1, 0]);
  assert.deepEqual(near(scene.lines[2].shares), [0.5, 0, 0, 0, 0]);
  assert.deepEqual(near(scene.lines[3].shares).slice(0, 2), [0.5, 1]);
  assert.equal(near(scene.lines[3].shares)[4], 0.333333);
  assert.deepEqual(near(scene.lines[4].shares), [1, 0, null, null, 1]);
  assert.equal(near(scene.lines[5].shares)[4], 0.666667);
  assert.deepEqual([scene.lines[2].rank, scene.lines[0].rank, scene.lines[4].rank], [0, 1, null]);
  assert.ok(scene.lines.every(({ isIn }) => isIn));
  assert.deepEqual(scene.axes[2].ticks.at(-1), { share: null, text: '✕' });
  assert.equal(scene.axes[0].say(0.5), '0.1');
  assert.equal(scene.axes[4].say(1), 'diverged');
  assert.match(
    sayNarrowed(sweep, narrowed(lab, sweep)),
    /^All 6 trainings; the best is η 0\.1, seed 1, with .* 0\.1\.$/,
  );
  sweep.ranges.set('lr', [0, 0.25]);
  sweep.ranges.set('best', [0, 1]);
  const found = narrowed(lab, sweep);
  assert.deepEqual(found.left, trials.slice(0, 2));
  assert.equal(new Set(scene.lines.map(({ key }) => key)).size, 6);
  assert.match(sayNarrowed(sweep, found), /^2 of 6 trainings; the best is η 0\.01, seed 2/);
  assert.equal(parallelScene(lab, sweep)?.lines.filter(({ isIn }) => isIn).length, 2);
  sweep.ranges = new Map([['ended', [0.6, 1]]]);
  assert.equal(sayNarrowed(sweep, narrowed(lab, sweep)), '2 of 6 trainings; none of them is feasible.');
  sweep.ranges = new Map([['lr', [0.2, 0.3]]]);
  assert.equal(sayNarrowed(sweep, narrowed(lab, sweep)), '0 of 6 trainings.');
});
