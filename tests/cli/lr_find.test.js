/** `trainscope lr-find`: the JSON, the grid, the stop reasons, several seeds. Rates come from C; so do the rules. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readRunLog } from '../../web/engine/run/run_log.js';
import { runRangeTest } from '../../web/engine/study/range_test.js';
import { LocalRunner } from '../../web/engine/study/trial/runner.js';
import { createEngine } from '../../web/platform/node/index.js';
import { assertRefused, makeFolder, runCli, runJson } from './helpers.js';

const MOONS = ['lr-find', '--dataset', 'moons', '--samples', '300', '--batch', '32'];
const RULES = ['steepest', 'valley', 'slide', 'minimum_tenth', 'steep'];

/** @param {number} actual @param {number} expected */
function assertClose(actual, expected) {
  assert.ok(Math.abs(actual - expected) <= 1e-12 * Math.abs(expected), `${actual} is not ${expected}`);
}

test("the JSON has every member of the contract, and the grid is the reference's", async () => {
  const result = await runJson([...MOONS, '--stop-factor', '1000000']);
  for (const key of ['config', 'lr', 'loss', 'smoothed', 'stop', 'suggestion', 'range', 'seeds', 'seconds']) {
    assert.ok(key in result, key);
  }
  const { lr, loss, smoothed, stop, suggestion, range, seeds } = result;
  assert.equal(stop, 'completed');
  assert.equal(lr.length, 100);
  assert.equal(loss.length, 100);
  assert.equal(smoothed.length, 100);
  assert.equal(lr[0], 1e-8);
  assertClose(lr[1], 1e-8 * 10 ** 0.16);
  assertClose(lr[81], 0.036307805477010104);
  assert.equal(lr[99], 1);
  assert.deepEqual(Object.keys(suggestion), RULES);
  assert.ok(suggestion.steepest > 1e-4 && suggestion.steepest < 1, `${suggestion.steepest}`);
  assert.ok(lr.includes(suggestion.steepest));
  assert.deepEqual(Object.keys(range), ['base', 'max']);
  assert.equal(seeds.length, 1);
  assert.deepEqual(seeds[0].suggestion, suggestion);
  assert.equal(result.config.dataset, 'moons');
  assert.equal(result.config.lr_min, 0, "the test's lr_min is not the schedule's");
});

test('smoothing: exact bias correction, and none at all with 0', async () => {
  const { loss, smoothed } = await runJson([...MOONS, '--points', '20']);
  let average = 0;
  for (let i = 0; i < loss.length; i++) {
    average = 0.98 * average + 0.02 * loss[i];
    assert.ok(Math.abs(smoothed[i] - average / (1 - 0.98 ** (i + 1))) < 1e-6, `point ${i}`);
  }
  const raw = await runJson([...MOONS, '--points', '20', '--smoothing', '0']);
  assert.deepEqual(raw.smoothed, raw.loss);
});

test('a linear grid', async () => {
  const { lr } = await runJson([
    ...MOONS,
    '--mode',
    'linear',
    '--lr-min',
    '0.001',
    '--lr-max',
    '0.1',
    '--points',
    '20',
  ]);
  assert.equal(lr[0], 0.001);
  assertClose(lr[9], 0.001 + 0.5 * 0.099);
  assert.equal(lr[19], 0.1);
});

test("the test's losses are those of a run with the range schedule", async (t) => {
  const settings = ['--dataset', 'moons', '--samples', '300', '--batch', '32', '--optimizer', 'adam'];
  const { loss } = await runJson(['lr-find', ...settings, '--points', '30', '--lr-max', '0.01']);
  const out = join(await makeFolder(t), 'run.jsonl');
  const schedule = ['--schedule', 'range_exponential', '--lr-min', '1e-8', '--lr', '0.01', '--steps', '30'];
  await runJson(['train', ...settings, ...schedule, '--out', out]);
  const { steps } = readRunLog(await readFile(out, 'utf8'), out);
  assert.deepEqual(
    steps.map((step) => Math.fround(Number(step.loss))),
    loss,
  );
});

test('stop reasons', async () => {
  const diverged = await runJson([...MOONS, '--lr-max', '1e6', '--optimizer', 'sgd']);
  assert.ok(['diverged', 'non-finite'].includes(diverged.stop), diverged.stop);
  assert.ok(diverged.lr.length < 100);

  const nonFinite = await runJson([
    ...MOONS,
    ...[
      '--loss',
      'squared_error',
      '--model',
      'linear(16)*3',
      '--lr-max',
      '1e6',
      '--stop-factor',
      '1000000',
      '--smoothing',
      '0',
    ],
  ]);
  if (nonFinite.stop === 'non-finite') {
    const last = nonFinite.loss[nonFinite.loss.length - 1];
    assert.equal(nonFinite.lr.length, nonFinite.loss.length);
    assert.ok(typeof last === 'string' || Number.isFinite(last));
  }

  const few = await runJson([...MOONS, '--points', '11']);
  assert.equal(few.stop, 'too-few-points');
  assert.equal(few.suggestion.steepest, null);
  assert.match(few.message, /11 points.*at least 13/);
  const spoken = await runCli([...MOONS, '--points', '11']);
  assert.equal(spoken.code, 0);
  assert.match(spoken.stdout, /at least 13/);
});

test('several seeds: the first gives the curve, medians the suggestion', async () => {
  const words = [...MOONS, '--seed', '5'];
  const all = await runJson([...words, '--seeds', '3']);
  assert.deepEqual(
    all.seeds.map((/** @type {{ seed: number }} */ { seed }) => seed),
    [5, 6, 7],
  );
  const single = await runJson(words);
  assert.deepEqual(all.loss, single.loss);
  assert.deepEqual(all.seeds[0].suggestion, single.suggestion);
  for (const rule of RULES) {
    const values = all.seeds
      .map((/** @type {any} */ { suggestion }) => suggestion[rule])
      .filter((/** @type {number | null} */ rate) => rate !== null)
      .sort((/** @type {number} */ a, /** @type {number} */ b) => a - b);
    if (values.length === 3) {
      assert.equal(all.suggestion[rule], values[1], rule);
      const { count, min, median, max } = all.spread[rule];
      assert.deepEqual(
        { count, min, median, max },
        { count: 3, min: values[0], median: values[1], max: values[2] },
        rule,
      );
    }
  }
  // The band is that of the three smoothed curves, over the grid.
  const others = await Promise.all(['6', '7'].map((seed) => runJson([...MOONS, '--seed', seed])));
  const at = 30;
  const [low, middle, high] = [all, ...others].map(({ smoothed }) => smoothed[at]).sort((a, b) => a - b);
  assert.equal(all.band.x[at], all.lr[at]);
  assert.equal(all.band.median[at], middle);
  assertClose(all.band.low[at], (low + middle) / 2);
  assertClose(all.band.high[at], (middle + high) / 2);
  assert.equal(single.band, null);
});

test('whether the suggestion is halfway the slope is said, in JSON and in words', async () => {
  const { halfway, seeds, suggestion, range } = await runJson(MOONS);
  assert.equal(halfway.of, 1);
  assert.equal(halfway.lr, seeds[0].halfway);
  assert.ok(halfway.lr > range.base && halfway.lr < range.max, 'between a fifth and two thirds of the drop');
  const ratio = suggestion.steepest / halfway.lr;
  assert.ok(ratio > 2, `this test needs a suggestion off the middle: ${ratio}`);
  assert.deepEqual([halfway.off, seeds[0].is_halfway], [1, false]);
  for (const dataset of ['moons', 'spiral']) {
    const test = await runJson(['lr-find', '--dataset', dataset, '--lr', '0.1']);
    const isNear = test.suggestion.steepest <= 4 * test.halfway.lr;
    assert.deepEqual([test.halfway.clear, isNear], dataset === 'moons' ? [true, true] : [false, false], dataset);
  }
  const { stdout } = await runCli(MOONS);
  assert.ok(stdout.includes(halfway.says), stdout);
  assert.match(halfway.says, /not halfway/);
});

test('the window is an option, and begins as the preset has it', async () => {
  const short = [...MOONS, '--points', '11'];
  const { suggestion, stop } = await runJson([...short, '--skip-begin', '0', '--skip-end', '0']);
  assert.equal(stop, 'completed');
  assert.ok(suggestion.steepest !== null, 'eleven points are enough where none is skipped');
  assert.match((await runJson([...short, '--skip-begin', '20'])).message, /11 points.*at least 23/);
  const { options } = await runJson([...short, '--preset', 'fastai']);
  assert.deepEqual([options.skip_begin, options.skip_end], [10, 5]);
});

test('on the validation set, and with every preset', async () => {
  const val = await runJson([...MOONS, '--on', 'val', '--points', '30']);
  const train = await runJson([...MOONS, '--points', '30']);
  assert.notDeepEqual(val.loss, train.loss);
  for (const preset of ['trainscope', 'lightning-0.9', 'lightning-2.6', 'fastai', 'torch-lr-finder']) {
    const { options, lr, stop } = await runJson([...MOONS, '--preset', preset, '--points', '40']);
    assert.equal(options.preset, preset);
    assert.ok(lr.length > 0 && lr[lr.length - 1] <= options.lr_max, stop);
  }
  const fastai = await runJson([...MOONS, '--preset', 'fastai']);
  assert.equal(fastai.lr[0], 1e-7);
  assert.equal(fastai.options.lr_max, 10);
});

test('a range test in the middle of a training leaves no trace in it', async () => {
  const engine = await createEngine();
  const { config } = engine.parseConfig({
    dataset: 'moons',
    optimizer: 'adam',
    model: 'linear(8) batchnorm dropout(0.3)',
  });
  const dataset = engine.generateDataset(config);
  const alone = engine.createTrainer(config, dataset);
  alone.step(100);
  const disturbed = engine.createTrainer(config, dataset);
  disturbed.step(40);
  const used = engine.memory.used;
  const now = () => performance.now();
  for (const on of ['train', 'val']) {
    await runRangeTest({
      engine,
      runner: new LocalRunner({
        createTrainer: (planned) => engine.createTrainer(planned, dataset),
        now,
        yieldNow: async () => {
          // Whatever else the thread does meanwhile: here, the training itself.
          if (disturbed.stepsTaken < 90) disturbed.step(1);
        },
      }),
      config,
      options: engine.parseRangeOptions({ on, points: 200, seeds: 2, lr_max: 10 }),
      now,
    });
  }
  assert.equal(engine.memory.used, used, 'its memory is free again');
  disturbed.step(100 - disturbed.stepsTaken);
  assert.equal(disturbed.digest(), alone.digest());
  assert.deepEqual(disturbed.summary(), alone.summary());
  assert.deepEqual(config.changes, []);
});

test('a range test that fails or is given up frees its memory', async () => {
  const engine = await createEngine();
  const { config } = engine.parseConfig({ dataset: 'moons' });
  const dataset = engine.generateDataset(config);
  const used = engine.memory.used;
  const controller = new AbortController();
  const asked = runRangeTest({
    engine,
    runner: new LocalRunner({
      createTrainer: (planned) => engine.createTrainer(planned, dataset),
      now: () => performance.now(),
      yieldNow: async () => {},
    }),
    config,
    options: engine.parseRangeOptions({}),
    now: () => performance.now(),
    signal: controller.signal,
    onPoint: ({ index }) => index === 10 && controller.abort(new Error('enough')),
  });
  await assert.rejects(asked, { message: 'enough' });
  assert.equal(engine.memory.used, used);
});

test('options that contradict each other, or the data, are named', async (t) => {
  const folder = await makeFolder(t, { 'few.csv': 'a,label\n1,0\n2,1\n3,0\n4,1\n' });
  const data = ['--data', join(folder, 'few.csv'), '--val-fraction', '0'];
  await assertRefused(['lr-find', ...data, '--on', 'val'], /--on must be train: there is no validation data/);
  await assertRefused(
    ['lr-find', '--preset', 'fastai', '--mode', 'linear'],
    /--mode must be exponential with the preset/,
  );
});
