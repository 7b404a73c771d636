/** The gallery: its entries are sound, its judges can fail, and its experiments are run as they are written. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeConfig, countTrials, runEntry, runGalleryCheck } from '../../web/engine/study/gallery/check.js';
import { ENTRIES, findEntry } from '../../web/engine/study/gallery/index.js';
import { findSuddenRise } from '../../web/engine/study/gallery/judging.js';
import { readRangeTest } from '../../web/engine/study/range_test.js';
import { LocalRunner } from '../../web/engine/study/trial/runner.js';
import { createEngine } from '../../web/platform/node/index.js';

/** @typedef {import('../../web/engine/study/gallery/entry.js').Results} Results */

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
];

const engine = await createEngine();

// ---- the entries ---------------------------------------------------------------------------------------------------

test('every phenomenon of the design has its entry, once', () => {
  assert.deepEqual(ENTRIES.map(({ id }) => id).sort(), [...IDS].sort());
  for (const id of IDS) assert.equal(findEntry(id)?.id, id);
  assert.equal(findEntry('figure-8'), undefined);
});

test('every cell of every entry is a config without problems, whose model fits its data', () => {
  for (const entry of ENTRIES) {
    const ids = entry.cells.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length, entry.id);
    for (const cell of entry.cells) {
      const config = completeConfig(engine, entry, cell);
      assert.equal(config.dataset, entry.needs === 'glyphs' ? 'glyphs' : 'custom', entry.id);
      assert.equal(cell.range ?? false, config.schedule === 'range_exponential', entry.id);
      if (cell.range) assert.equal(entry.record, 'every', 'a range test is read off every step');
      const small = { ...config, dataset: 'glyphs', samples: 16, val_samples: 16 };
      assert.ok(engine.measureModel(small).parameters > 1000, `${entry.id} ${cell.id}`);
      if (cell.after) assert.ok(ids.includes(cell.after.cell) && cell.after.cell !== cell.id, entry.id);
    }
    for (const id of entry.quick.cells ?? []) assert.ok(ids.includes(id), `${entry.id}: ${id}`);
    assert.ok(entry.seeds >= 3, entry.id);
    assert.ok(countTrials(entry, { quick: true }) <= countTrials(entry), entry.id);
  }
});

test('every entry says what to try, what to look for, why, and where it is from', () => {
  for (const { id, title, section, line, text, criterion, measured } of ENTRIES) {
    for (const words of [title, section, line, text.look, text.why, criterion, measured]) assert.ok(words, id);
    assert.ok(text.try.length >= 2 && text.try.length <= 4, id);
    assert.match(text.source.url ?? '', /^https:/, id);
    assert.ok(!text.quote || (text.quote.match(/[.!?](\s|$)/g) ?? []).length <= 1, `${id}: one sentence at most`);
  }
});

// ---- the judges ----------------------------------------------------------------------------------------------------

/** As much of a trial as judges look at. @param {Record<string, any>} [facts] */
function makeTrial({
  loss = 0.5,
  accuracy = 0.8,
  valLoss = loss,
  diverged = false,
  verdict = 'stable',
  ...facts
} = {}) {
  return /** @type {any} */ ({
    seed: 1,
    diverged,
    verdict,
    train: { last50: diverged ? NaN : loss, first: 3, loss },
    val: diverged ? null : { loss: valLoss, accuracy },
    grad_norm: { p50: 2, p90: 4, max: 50 },
    clipped_fraction: 0,
    evaluations: [],
    sharpness: [],
    config: {},
    curve: null,
    seconds: 0,
    ...facts,
  });
}

/** The curve of a run that falls to a loss, and rises to 2.3 at a step. @param {number} to @param {number} [riseAt] */
function makeCurve(to, riseAt = Infinity) {
  const loss = Array.from({ length: 1500 }, (_, step) => (step < riseAt ? to + (2.3 - to) * 0.98 ** step : 2.3));
  return { curve: { loss } };
}

/** A loss that starts at 3, reaches a peak at step 2 and ends at 0.8; evaluated twice. @param {number} peak */
function makeSpike(peak, evaluations = [1.5, 1.2]) {
  const loss = [3, 4, peak, 3, 2.5, ...Array.from({ length: 95 }, () => 2)];
  return { curve: { loss }, evaluations: evaluations.map((train_loss) => ({ train_loss })) };
}

/** @param {number[]} products  sharpness times rate @param {number} lr */
const makeSharpness = (products, lr) => ({
  config: { lr },
  sharpness: products.map((product) => ({ value: product / lr })),
});

/** @param {(number | null)[]} rates */
const makeSuggestions = (rates) => rates.map((steepest) => makeTrial({ range: { suggestion: { steepest } } }));

/**
 * For each entry: facts of cells, one seed each, that show the phenomenon, and changes to them that do not.
 *
 * @type {Record<string, { shown: Record<string, any>, not: Record<string, any>[] }>}
 */
const CASES = {
  'four-rates': {
    shown: {
      0.0363: { valLoss: 0.35 },
      '1e-5': { valLoss: 2.3 },
      '1e-4': { valLoss: 2 },
      0.1: { valLoss: 0.8 },
      'adam-0.0363': { accuracy: 0.1 },
    },
    not: [
      { 0.0363: { valLoss: 0.6 } },
      { 0.0363: { diverged: true } },
      { 0.1: { valLoss: 0.3 } },
      { 'adam-0.0363': { accuracy: 0.8 } },
    ],
  },
  'figure-4': {
    shown: {
      'unstrided-0.22': { loss: 2.31 },
      'unstrided-0.22-warmup': { loss: 0.6 },
      'strided-0.22': { loss: 0.8 },
      'unstrided-0.03': { loss: 0.4 },
      'strided-0.03': { loss: 0.7 },
    },
    not: [
      { 'unstrided-0.22': { loss: 0.7 } },
      { 'unstrided-0.22-warmup': { loss: 2.3 } },
      { 'unstrided-0.22-warmup': { diverged: true } },
      { 'strided-0.22': { loss: 2.3 } },
      { 'unstrided-0.03': { loss: 0.8 } },
    ],
  },
  'figure-7': {
    shown: { 0.15: { verdict: 'mid', ...makeCurve(0.7, 800) }, 0.03: makeCurve(0.4) },
    not: [
      { 0.15: { verdict: 'mid', ...makeCurve(0.7) } },
      { 0.15: { verdict: 'early', ...makeCurve(0.7, 800) } },
      { 0.15: { verdict: 'mid', ...makeCurve(0.4, 150) } },
      { 0.03: { verdict: 'mid', ...makeCurve(0.4, 1200) } },
    ],
  },
  'hidden-spike': {
    shown: { none: { loss: 0.8, ...makeSpike(5.5) }, warmup: { loss: 0.45 } },
    not: [
      { none: { loss: 0.8, ...makeSpike(4.2) } },
      { none: { loss: 0.8, ...makeSpike(5.5, [1.5, 1.9]) } },
      { none: { loss: 0.8, ...makeSpike(5.5, []) } },
      { warmup: { loss: 0.75 } },
    ],
  },
  'edge-of-stability': {
    shown: {
      edge: makeSharpness([1.2, 1.5, 1.9, 2, 2.1, 2.05], 0.25),
      below: makeSharpness([0.5, 0.5, 0.6], 0.05),
      beyond: { diverged: true },
      warmup: { loss: 0.15, ...makeSharpness([2.2], 0.4) },
    },
    not: [
      { edge: makeSharpness([1.2, 1.5, 1.9, 2, 2.1, 2.4], 0.25) },
      { edge: makeSharpness([1.2, 1.5, 1.6, 1.6, 1.6, 1.6], 0.25) },
      { edge: makeSharpness([], 0.25) },
      { below: makeSharpness([0.5, 1, 1.8], 0.05) },
      { beyond: { loss: 0.2 } },
      { warmup: { diverged: true } },
    ],
  },
  'clip-outliers': {
    shown: {
      none: { accuracy: 0.45 },
      clip: { accuracy: 0.68, clipped_fraction: 0.05 },
      clean: { accuracy: 0.69 },
      warmup: { accuracy: 0.5 },
    },
    not: [{ none: { accuracy: 0.65 } }, { clip: { accuracy: 0.6 } }, { warmup: { accuracy: 0.68 } }],
  },
  'clip-bad-init': {
    shown: {
      none: { diverged: true },
      'warmup-100': { diverged: true },
      'warmup-1000': { diverged: true },
      clip: { loss: 1, accuracy: 0.65 },
    },
    not: [
      { none: { loss: 1 } },
      { 'warmup-1000': { loss: 0.7 } },
      { clip: { diverged: true } },
      { clip: { loss: 2.3 } },
    ],
  },
  'warmup-not-clip': {
    shown: { none: { loss: 2.3 }, 'clip-1': { loss: 2.2 }, 'clip-0.1': { loss: 2 }, warmup: { loss: 1.2 } },
    not: [{ 'clip-0.1': { loss: 1.3 } }, { warmup: { loss: 1.9 } }, { none: { loss: 1 } }],
  },
  'clip-is-lower-lr': {
    shown: { clip: { loss: 1.05, clipped_fraction: 1 }, lower: { loss: 1.07 }, free: { loss: 0.56 } },
    not: [{ clip: { loss: 1.05, clipped_fraction: 0.6 } }, { lower: { loss: 0.8 } }, { free: { loss: 0.9 } }],
  },
  'momentum-or-adam': {
    shown: {
      'momentum-0.001': { loss: 1.4 },
      'momentum-0.002': { loss: 1.2 },
      'momentum-0.004': { loss: 2.3 },
      'momentum-0.01': { diverged: true },
      adam: { loss: 0.8 },
    },
    not: [{ 'momentum-0.002': { loss: 0.9 } }, { adam: { loss: 1.1 } }, { adam: { diverged: true } }],
  },
  'norm-placement': {
    shown: {
      after: { loss: 2.3 },
      last: { loss: 0.8 },
      first: { loss: 0.8 },
      bare: { diverged: true },
      rezero: { loss: 0.85 },
      plain: { loss: 1.7 },
      'after-adam': { loss: 2.1 },
      'last-adam': { loss: 0.7 },
    },
    not: [
      { after: { loss: 0.9 } },
      { last: { loss: 2.3 } },
      { 'after-adam': { loss: 0.8 } },
      { rezero: { diverged: true } },
      { plain: { loss: 0.9 } },
      { bare: { loss: 1.5 } },
    ],
  },
  cyclical: {
    shown: {
      'triangular-1': { valLoss: 0.35 },
      'triangular-2': { valLoss: 0.36 },
      onecycle: { valLoss: 0.35 },
      high: { valLoss: 0.4 },
      middle: { valLoss: 0.39 },
    },
    not: [{ middle: { valLoss: 0.355 } }, { onecycle: { valLoss: 0.395 } }, { 'triangular-2': { diverged: true } }],
  },
  'batch-size': {
    shown: {
      16: { accuracy: 0.8 },
      '64-fixed': { accuracy: 0.77 },
      '256-fixed': { accuracy: 0.69 },
      '1024-fixed': { accuracy: 0.51 },
      '64-tuned': { accuracy: 0.79 },
      '256-tuned': { accuracy: 0.79 },
      '1024-tuned': { accuracy: 0.77 },
    },
    not: [{ '1024-fixed': { accuracy: 0.65 } }, { '1024-tuned': { accuracy: 0.7 } }],
  },
};

test('judges see the phenomenon where it is, and not where a deciding number is otherwise', () => {
  for (const [id, { shown, not }] of Object.entries(CASES)) {
    const entry = /** @type {import('../../web/engine/study/gallery/entry.js').Entry} */ (findEntry(id));
    /** Two seeds alike, the second changed. @param {Record<string, any>} change @returns {Results} */
    const resultsWith = (change) =>
      Object.fromEntries(
        Object.entries(shown).map(([cell, facts]) => [cell, [makeTrial(facts), makeTrial(change[cell] ?? facts)]]),
      );
    const good = entry.judge(resultsWith({}));
    assert.ok(good.passed, `${id}: ${good.figure}`);
    assert.doesNotMatch(good.figure, /undefined|NaN|null/);
    for (const change of not) {
      const bad = entry.judge(averageMatters(id) ? both(shown, change) : resultsWith(change));
      assert.ok(!bad.passed, `${id} with ${JSON.stringify(change).slice(0, 80)}: ${bad.figure}`);
    }
    const quick = entry.quick.cells ?? entry.cells.map((cell) => cell.id);
    const deciding = Object.fromEntries(quick.map((cell) => [cell, [makeTrial(shown[cell])]]));
    assert.ok(entry.judge(deciding).passed, `${id}, quick`);
  }
});

/** Whether the judge looks at means over the seeds. @param {string} id */
const averageMatters = (id) => id === 'batch-size';

/** @param {Record<string, any>} shown @param {Record<string, any>} change @returns {Results} */
const both = (shown, change) =>
  Object.fromEntries(Object.entries({ ...shown, ...change }).map(([cell, facts]) => [cell, [makeTrial(facts)]]));

test('the judges of range tests', () => {
  const rangeTest = /** @type {any} */ (findEntry('range-test'));
  assert.ok(rangeTest.judge({ test: makeSuggestions([0.01, 0.03, 0.2]) }).passed);
  for (const rates of [
    [0.01, 0.015, 0.2],
    [0.01, 0.07, 0.2],
    [null, null, 0.03],
  ]) {
    assert.ok(!rangeTest.judge({ test: makeSuggestions(rates) }).passed, `${rates}`);
  }
  const noisy = /** @type {any} */ (findEntry('noisy-range-test'));
  const lottery = makeSuggestions([1e-7, 0.03, 2e-5]);
  const steady = makeSuggestions([0.1, 0.2, 0.15]);
  assert.ok(noisy.judge({ 8: lottery, 512: steady }).passed);
  assert.ok(!noisy.judge({ 8: steady, 512: steady }).passed);
  assert.ok(!noisy.judge({ 8: lottery, 512: lottery }).passed);
  assert.ok(!noisy.judge({ 8: lottery, 512: makeSuggestions([0.1, null, 0.15]) }).passed);
  assert.deepEqual(
    [...new Set([...IDS.filter((id) => CASES[id]), 'range-test', 'noisy-range-test'])].sort(),
    [...IDS].sort(),
    'every judge has been tried',
  );
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
  const shared = { dataset: 'moons', samples: 300, batch: 32, val_samples: 50, eval_every: 0 };
  const range = { lr_min: 1e-6, lr_max: 100, points: 80 };
  const now = () => performance.now();
  const makeLocal = (/** @type {any} */ config) =>
    new LocalRunner({
      createTrainer: (planned) => engine.createTrainer(planned, engine.generateDataset(config)),
      now,
      yieldNow: async () => {},
    });
  const { config } = engine.parseConfig({
    ...shared,
    schedule: 'range_exponential',
    lr_min: range.lr_min,
    lr: range.lr_max,
    steps: range.points,
  });
  const trial = await makeLocal(config).trial(config, { record: 'every' });
  const { config: base } = engine.parseConfig(shared);
  const options = engine.parseRangeOptions(range);
  const expected = await runRangeTest({ engine, runner: makeLocal(base), config: base, options, now });
  const reading = readRangeTest(engine, trial);
  assert.equal(reading.suggestion.steepest, expected.suggestion.steepest);
  assert.ok(reading.suggestion.steepest !== null);
  assert.equal(reading.lr.length, expected.lr.length, 'it stops where the test stops');
});
