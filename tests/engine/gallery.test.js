/** The gallery: its entries are sound, its judges can fail, and its experiments are run as they are written. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeConfig, countTrials, runEntry, runGalleryCheck } from '../../web/engine/study/gallery/check.js';
import { makeTrial } from '../../web/engine/study/gallery/examples.js';
import { ENTRIES, findEntry } from '../../web/engine/study/gallery/index.js';
import { findSuddenRise } from '../../web/engine/study/gallery/judging.js';
import { PICTURES } from '../../web/engine/study/gallery/pictures.js';
import { readRangeTest } from '../../web/engine/study/range_test.js';
import { createEngine } from '../../web/platform/node/index.js';
import { makeLocalRunner } from '../fixtures/local_runner.js';
import { hashOf, reduceCurve, settingsOf } from '../fixtures/make_pictures.js';

/**
 * @typedef {import('../../web/engine/study/gallery/entry.js').Results} Results
 * @typedef {import('../../web/engine/study/gallery/entry.js').CellExample} CellExample
 */

/** The phenomena of the design, none of which may go. */
const IDS = [
  'range-test',
  'four-rates',
  'figure-4',
  'figure-7',
  'hidden-spike',
  'clip-outliers',
  'clip-bad-init',
  'warmup-not-clip',
  'clip-is-lower-lr',
  'momentum-or-adam',
  'norm-placement',
  'edge-of-stability',
  'noisy-range-test',
  'cyclical',
  'batch-size',
  'post-ln-warmup',
  'warmup-inside',
  'growing-scores',
  'long-memory',
  'recurrent-cliff',
];

const engine = await createEngine();

/** What data a lesson's data set is. */
const TASKS = new Set(engine.schema.tasks.map(({ name }) => name));
/** @type {Record<string, string>} */
const NEEDS = { glyphs: 'glyphs', custom: 'fashion-mnist' };

// ---- the entries ---------------------------------------------------------------------------------------------------

test('every phenomenon of the design has its entry, once', () => {
  const ids = ENTRIES.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const id of [...IDS, ...ids]) assert.equal(findEntry(id)?.id, id);
  assert.equal(findEntry('figure-8'), undefined);
});

test('every cell of every entry is a config without problems, whose model fits its data', () => {
  for (const entry of ENTRIES) {
    const ids = entry.cells.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length, entry.id);
    for (const cell of entry.cells) {
      const config = completeConfig(engine, entry, cell);
      assert.equal(entry.needs, TASKS.has(config.dataset) ? 'tokens' : NEEDS[config.dataset], entry.id);
      assert.equal(cell.range ?? false, config.schedule === 'range_exponential', entry.id);
      if (cell.range) assert.equal(entry.record, 'every', 'a range test is read off every step');
      const dataset = config.dataset === 'custom' ? 'glyphs' : config.dataset;
      const small = { ...config, dataset, samples: 16, val_samples: 16 };
      assert.ok(engine.measureModel(small).parameters > 1000, `${entry.id} ${cell.id}`);
      if (!cell.after) continue;
      assert.ok(ids.includes(cell.after.cell) && cell.after.cell !== cell.id, entry.id);
      const before = makeTrial({
        range: { suggestion: { steepest: 0.03 } },
        config: { lr: 0.03 },
        clipped_fraction: 1,
      });
      const set = cell.after.settings({ ...before, clip_scale: 0.046 }, [before]);
      assert.deepEqual(Object.keys(set), Object.keys(cell.after.sets), `${entry.id} ${cell.id}`);
    }
    for (const id of entry.quick.cells ?? []) assert.ok(ids.includes(id), `${entry.id}: ${id}`);
    assert.ok(entry.seeds >= 3, entry.id);
    assert.ok(countTrials(entry, { quick: true }) <= countTrials(entry), entry.id);
  }
});

test('every entry says what to try, what to look for, why, and where it is from', () => {
  for (const { id, title, section, line, minutes, text, predict, tasks, criterion, measured } of ENTRIES) {
    for (const words of [title, section, line, text.look, text.why, predict.ask, criterion, measured])
      assert.ok(words, id);
    assert.ok(tasks.length >= 2 && tasks.length <= 4, id);
    for (const { say, done } of tasks)
      assert.ok(say.endsWith('.') || say.endsWith('?'), `${id}: ${say} ${done.length}`);
    assert.ok(minutes >= 3 && minutes <= 15, id);
    assert.match(text.source.url ?? '', /^https:/, id);
    assert.ok(!text.quote || (text.quote.match(/[.!?](\s|$)/g) ?? []).length <= 1, `${id}: one sentence at most`);
  }
});

test('every entry has its picture, of the settings that its cells have now', () => {
  assert.deepEqual(
    Object.keys(PICTURES),
    ENTRIES.map(({ id }) => id),
    'node tests/fixtures/make_pictures.js',
  );
  for (const entry of ENTRIES) {
    const { curves, guess } = PICTURES[entry.id];
    assert.ok(guess > 0);
    assert.deepEqual(
      curves.map(({ cell }) => cell),
      entry.picture,
      entry.id,
    );
    for (const { cell: id, settings, loss } of curves) {
      assert.ok(loss.length > 0 && loss.every((value) => value === null || value > 0), `${entry.id} ${id}`);
      // What depends on another cell's run is known after that run only: make_pictures.js --check has it.
      const config = settingsOf(engine, entry, id);
      if (config) assert.equal(settings, hashOf(config), `${entry.id} ${id}`);
    }
  }
});

test('a picture’s curve is what the engine computes', async () => {
  const entry = /** @type {import('../../web/engine/study/gallery/entry.js').Entry} */ (findEntry('edge-of-stability'));
  const [drawn] = PICTURES[entry.id].curves;
  // A tenth of the run; measuring the sharpness changes nothing about it.
  const config = completeConfig(engine, entry, entry.cells[0], { seed: 1, sharpness_every: 0 });
  const runner = makeLocalRunner((planned) => engine.createTrainer(planned));
  const trial = await runner.trial({ ...config, steps: config.steps / 10 }, { record: 'every' });
  const points = reduceCurve({ ...trial, config });
  assert.equal(points.length, 4);
  assert.deepEqual(points, drawn.loss.slice(0, points.length));
});

test('of the bad start is told what its seeds show: the first loss, the norm beside it, and which rates are deadly', async () => {
  const entry = /** @type {import('../../web/engine/study/gallery/entry.js').Entry} */ (findEntry('clip-bad-init'));
  const runner = makeLocalRunner((planned) => engine.createTrainer(planned));
  for (let seed = 1; seed <= entry.seeds; seed++) {
    const config = completeConfig(engine, entry, entry.cells[0], { seed, steps: 20, eval_every: 0 });
    const at = (/** @type {number} */ share) => runner.trial({ ...config, lr: share * config.lr }, { record: 'every' });
    const [hundredth, thousandth] = [await at(1e-2), await at(1e-3)];
    assert.ok(hundredth.train.first > 100 && hundredth.train.first < 1e4, 'hundreds or thousands');
    const times = Number(hundredth.curve?.norm[0]) / hundredth.train.first;
    assert.ok(times > 7 && times < 17, `a norm of ten times the loss: ${times}`);
    assert.ok(hundredth.diverged, 'a rate a hundred times smaller is deadly');
    assert.ok(!thousandth.diverged, 'and one a thousand times smaller is not');
  }
});

// ---- the judges ----------------------------------------------------------------------------------------------------

/** The trials of an example: one a seed, or two alike. @param {CellExample} example */
const trialsOf = (example) => (Array.isArray(example) ? example : [example, example]).map((facts) => makeTrial(facts));

/**
 * The results of an entry's examples, some of them changed: of two seeds alike, the second.
 *
 * @param {Record<string, CellExample>} shown
 * @param {Record<string, CellExample>} [change]
 * @returns {Results}
 */
const resultsOf = (shown, change = {}) =>
  Object.fromEntries(
    Object.entries(shown).map(([cell, example]) => {
      const changed = change[cell];
      if (changed === undefined) return [cell, trialsOf(example)];
      const isWhole = Array.isArray(changed) || Array.isArray(example);
      return [cell, isWhole ? trialsOf(changed) : [makeTrial(example), makeTrial(changed)]];
    }),
  );

test('judges see the phenomenon where it is, and not where a deciding number is otherwise', () => {
  for (const { id, cells, judge, examples, quick } of ENTRIES) {
    const { shown, not } = examples;
    const known = cells.map((cell) => cell.id);
    for (const cell of [shown, ...not].flatMap(Object.keys)) assert.ok(known.includes(cell), `${id}: ${cell}`);
    const good = judge(resultsOf(shown));
    assert.ok(good.passed, `${id}: ${good.figure}`);
    assert.doesNotMatch(good.figure, /undefined|NaN|null/);
    assert.ok(not.length >= 2, `${id} has examples that must be refused`);
    for (const change of not) {
      for (const cell of Object.keys(change)) assert.ok(cell in shown, `${id}: ${cell} decides`);
      const bad = judge(resultsOf(shown, change));
      assert.ok(!bad.passed, `${id} with ${JSON.stringify(change).slice(0, 80)}: ${bad.figure}`);
    }
    const deciding = Object.entries(shown).filter(([cell]) => (quick.cells ?? known).includes(cell));
    const few = deciding.map(([cell, example]) => [cell, trialsOf(example).slice(0, quick.seeds)]);
    assert.ok(judge(Object.fromEntries(few)).passed, `${id}, quick`);
  }
});

test('a sudden rise is twice the minimum of a mean over ten, and not a single bad batch', () => {
  const flat = Array.from({ length: 100 }, () => 1);
  assert.equal(findSuddenRise(flat), null);
  assert.equal(findSuddenRise(flat.map((loss, i) => (i === 50 ? 5 : loss))), null);
  assert.deepEqual(findSuddenRise(flat.map((loss, i) => (i < 50 ? loss : 3))), {
    step: 55,
    minimum: 1,
    minimumStep: 9,
  });
  assert.equal(findSuddenRise(flat.map((_, i) => (i < 50 ? 0.05 : 0.2))), null, 'from next to nothing to little');
  assert.equal(findSuddenRise(flat.map((loss, i) => (i < 50 ? loss : NaN)))?.step, 50);
  assert.equal(findSuddenRise([]), null);
});

// ---- running them --------------------------------------------------------------------------------------------------

/** A runner whose trials are made up. @param {(config: Record<string, any>) => Record<string, any>} facts */
function makeRunner(facts) {
  /** @type {Record<string, any>[]} */
  const asked = [];
  return {
    asked,
    jobs: 2,
    /** @param {Record<string, any>} config */
    trial: async (config) => {
      asked.push(config);
      return makeTrial({ config, ...facts(config), seed: config.seed });
    },
  };
}

test('a cell that depends on another one gets the settings of the same seed', async () => {
  const entry = /** @type {any} */ (findEntry('clip-outliers'));
  const runner = makeRunner(({ seed }) => ({ grad_norm: { p50: 2, p90: 10 + seed, max: 50 } }));
  const { results, cells } = await runEntry({ entry, runner, engine, seeds: 3 });
  assert.deepEqual(
    results.clip.map(({ config }) => [config.clip, config.clip_norm]),
    [
      ['norm', 11],
      ['norm', 12],
      ['norm', 13],
    ],
  );
  assert.equal(runner.asked.length, cells.length * 3, 'no trial twice');
  assert.deepEqual(
    results.none.map(({ seed }) => seed),
    [1, 2, 3],
  );
});

test('an entry can be trained on other data; a failing trial ends it', async () => {
  const entry = /** @type {any} */ (findEntry('clip-bad-init'));
  const runner = makeRunner(() => ({}));
  await runEntry({ entry, runner, engine, quick: true, settings: { dataset: 'custom' } });
  assert.ok(runner.asked.every(({ dataset }) => dataset === 'custom'));
  const broken = makeRunner(({ warmup_steps }) => {
    if (warmup_steps === 100) throw new Error('no memory');
    return {};
  });
  await assert.rejects(runEntry({ entry, runner: broken, engine, quick: true }), { message: 'no memory' });
  const controller = new AbortController();
  controller.abort(new Error('enough'));
  const honest = {
    jobs: 1,
    /** @param {any} _config @param {any} options */
    trial: async (_config, { signal }) => signal.throwIfAborted(),
  };
  const given = { entry, runner: /** @type {any} */ (honest), engine, quick: true, signal: controller.signal };
  await assert.rejects(runEntry(given), { message: 'enough' });
});

test('without Fashion-MNIST, what needs it is skipped and does not fail', async () => {
  const entries = ENTRIES.filter(({ needs }) => needs === 'fashion-mnist');
  const runner = makeRunner(() => ({}));
  const { results } = await runGalleryCheck({ entries, runner, engine, hasFashionMnist: false, quick: true });
  for (const { passed, skipped, figure } of results) {
    assert.equal(passed, null);
    assert.equal(skipped, true);
    assert.equal(figure, 'skipped: no Fashion-MNIST');
  }
  assert.equal(runner.asked.length, 0);
});

test('a range test read off a trial is the one that lr-find makes', async () => {
  const { runRangeTest } = await import('../../web/engine/study/range_test.js');
  const { ARTICLE_PRESET } = await import('../../web/engine/study/judge/playbook.js');
  const shared = { dataset: 'moons', samples: 300, batch: 32, val_samples: 50, eval_every: 0 };
  const range = { lr_min: 1e-6, lr_max: 100, points: 80 };
  const now = () => performance.now();
  const makeLocal = (/** @type {any} */ config) =>
    makeLocalRunner((planned) => engine.createTrainer(planned, engine.generateDataset(config)));
  const { config } = engine.parseConfig({
    ...shared,
    schedule: 'range_exponential',
    lr_min: range.lr_min,
    lr: range.lr_max,
    steps: range.points,
  });
  const trial = await makeLocal(config).trial(config, { record: 'every' });
  const { config: base } = engine.parseConfig(shared);
  const options = engine.parseRangeOptions({ ...range, preset: ARTICLE_PRESET });
  const expected = await runRangeTest({ engine, runner: makeLocal(base), config: base, options, now });
  const reading = readRangeTest(engine, trial);
  assert.equal(reading.suggestion.steepest, expected.read.steepest);
  assert.ok(reading.suggestion.steepest !== null);
  assert.equal(reading.lr.length, expected.lr.length, 'it stops where the test stops');
  assert.equal(reading.falls, true);
  const dead = await makeLocal(config).trial({ ...config, init_gain: 0 }, { record: 'every' });
  assert.equal(readRangeTest(engine, dead).falls, false, 'a network that cannot learn has no range for cycles');
});
