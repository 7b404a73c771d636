/** `trainscope lr-find`: the JSON, the grid, the stop reasons, several seeds. Rates come from C; so do the rules. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readRunLog } from '../../web/engine/run/run_log.js';
import { runRangeTest } from '../../web/engine/study/range_test.js';
import { LocalRunner } from '../../web/engine/study/trial/runner.js';
import { createEngine } from '../../web/platform/node/index.js';
import { makeLocalRunner } from '../fixtures/local_runner.js';
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
  assert.deepEqual([seeds[0].clear, seeds[0].stop], [true, stop]);
  assert.deepEqual(Object.keys(range), ['base', 'max']);
  assert.equal(seeds.length, 1);
  assert.deepEqual(seeds[0].suggestion, suggestion);
  assert.equal(result.config.dataset, 'moons');
  assert.equal(result.config.lr_min, 0, "the test's lr_min is not the schedule's");
});

test('smoothing: exact bias correction, and none at all with 0', async () => {
  const { loss, smoothed } = await runJson([...MOONS, '--points', '20', '--smoothing', '0.98']);
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
  assert.equal(steps.length, loss.length);
  // The two come to the same rates but for the last place: the schedule's ends are floats, the test's decimals.
  steps.forEach((step, i) => {
    assert.ok(Math.abs(Number(step.loss) - loss[i]) <= 1e-6 * loss[i], `step ${i}: ${step.loss}, not ${loss[i]}`);
  });
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
  const { halfway, seeds, range } = await runJson(MOONS);
  assert.equal(halfway.of, 1);
  assert.equal(halfway.lr, seeds[0].halfway);
  assert.ok(halfway.lr > range.base && halfway.lr < range.max, 'between a fifth and two thirds of the drop');
  const { stdout } = await runCli(MOONS);
  assert.ok(stdout.includes(halfway.says), stdout);
  // Of several seeds the sentence tells of those that are off, with their own numbers.
  const many = await runJson([...MOONS, '--seeds', '5']);
  const off = many.seeds.filter((/** @type {any} */ { is_halfway }) => is_halfway === false);
  assert.equal(many.halfway.off, off.length);
  assert.ok(off.length > 0, 'this test needs a seed whose steepest descent is off the middle');
  const [, times] = /is ([\d,.]+) times (higher|lower)/.exec(many.halfway.says) ?? [];
  assert.ok(Number(times.replaceAll(',', '')) > 2, many.halfway.says);
});

test('a seed is clear where its loss falls and the headline stands on that', async () => {
  const spiral = await runJson(['lr-find', '--dataset', 'spiral']);
  const [seed] = spiral.seeds;
  assert.deepEqual([seed.clear, spiral.clear, seed.suggestion.steepest], [false, false, null]);
  assert.ok(seed.read.steepest > 4 * seed.halfway, 'what it reads is no secret');
  assert.match(seed.reason, /^Steepest descent reads 0\.832, \d+ times higher than where half of the drop was made/);
  assert.equal(spiral.message, seed.reason);
  assert.ok(seed.suggestion.valley !== null, 'the rules that stand on the descent still suggest');
  const circle = await runJson(['lr-find', '--dataset', 'circle']);
  assert.deepEqual([circle.clear, circle.seeds[0].reason], [true, null]);
  assert.equal(circle.suggestion.steepest, circle.seeds[0].read.steepest);
});

test('how every seed ended is said', async () => {
  const { ending, seeds } = await runJson(['lr-find', '--dataset', 'plane', '--loss', 'squared_error', '--seeds', '3']);
  const stops = seeds.map((/** @type {any} */ { stop }) => stop);
  assert.ok(new Set(stops).size > 1, `this test needs seeds that end differently: ${stops}`);
  for (const { seed } of seeds) assert.match(ending, new RegExp(`\\b${seed}\\b`));
  assert.match(ending, /exceeded its best by the stop factor/);
  assert.match(ending, /went through to its highest rate/);
});

test("an explosion shows in the smoothed curve, and the headline is the preset's own rule", async () => {
  const { loss, smoothed } = await runJson(['lr-find', '--dataset', 'moons', '--optimizer', 'adam', '--lr-max', '10']);
  const end = loss[loss.length - 1];
  assert.ok(end > 2 * loss[0], `this test needs an explosion: ${loss[0]} … ${end}`);
  assert.ok(smoothed[smoothed.length - 1] > 1.3 * Math.min(...smoothed));
  for (const [preset, headline] of [
    ['fastai', 'valley'],
    ['lightning-2.6', 'steepest'],
    ['torch-lr-finder', 'steepest'],
  ]) {
    assert.equal((await runJson([...MOONS, '--preset', preset])).headline, headline);
  }
});

test('--weights: a trained network gets no suggestion', async (t) => {
  const saved = join(await makeFolder(t), 'w.safetensors');
  await runJson(['train', '--dataset', 'moons', '--lr', '0.3', '--save', saved]);
  const { suggestion, message, range, seeds } = await runJson(['lr-find', '--dataset', 'moons', '--weights', saved]);
  assert.deepEqual(Object.values(suggestion), [null, null, null, null, null]);
  assert.deepEqual(range, { base: null, max: null });
  assert.equal(seeds[0].clear, false);
  assert.match(message, /^The network has learned already: the loss begins at [\d.e-]+, where guessing gives 0\.693/);
  await assertRefused(['lr-find', '--dataset', 'circle', '--weights', `${saved}x`], /--weights .*no such file/);
});

test('--try: a short training with each suggestion, and what it costs against the best', async () => {
  const words = ['lr-find', '--dataset', 'circle', '--steps', '700', '--try'];
  const { tried, chosen, suggestion, read } = await runJson(words);
  const rates = tried.map((/** @type {any} */ { lr }) => lr);
  assert.deepEqual(
    rates,
    [...rates].sort((a, b) => a - b),
  );
  const rules = tried.flatMap((/** @type {any} */ one) => one.rules);
  assert.deepEqual([...rules].sort(), [...RULES].sort());
  const values = tried.filter((/** @type {any} */ { learns }) => learns).map((/** @type {any} */ { val }) => val);
  const lowest = Math.min(...values);
  for (const one of tried) {
    assert.equal(one.steps, 350);
    if (one.learns) assert.equal(one.regret, one.val - lowest);
    for (const rule of one.rules) assert.equal(suggestion[rule], one.learns ? read[rule] : null);
  }
  assert.ok(rates.includes(chosen.lr) && chosen.val <= 1.5 * lowest);
  // The same trainings by hand.
  const [first] = tried;
  const shared = ['train', '--dataset', 'circle', '--steps', '350', '--eval-every', '25', '--lr', String(first.lr)];
  const alone = await Promise.all(['1', '2'].map((seed) => runJson([...shared, '--seed', seed])));
  assert.equal((alone[0].best.loss + alone[1].best.loss) / 2, first.val);
  const { stdout } = await runCli(words);
  assert.match(stdout, /^tried 2 × 350 +lr /m);
  assert.match(stdout, /above the lowest.* ★$/m);
});

test('without validation data a try is judged, and said to be, by training samples', async (t) => {
  const rows = Array.from(
    { length: 80 },
    (_, i) => `${(i % 2) + ((i * 7) % 10) / 20},${(i * 3) % 11},${i % 2 ? 'b' : 'a'}`,
  );
  const folder = await makeFolder(t, { 'table.csv': `a,b,label\n${rows.join('\n')}\n` });
  const words = ['lr-find', '--data', join(folder, 'table.csv'), '--val-fraction', '0', '--batch', '16', '--try'];
  const { tried } = await runJson([...words, '--steps', '50']);
  assert.ok(tried.length > 2);
  assert.ok(tried.every((/** @type {any} */ { split }) => split === 'training'));
  const { stdout } = await runCli([...words, '--steps', '50']);
  assert.match(stdout, /, training loss /);
  assert.doesNotMatch(stdout, /validation loss/);
});

test('the window is an option, and begins as the preset has it', async () => {
  const short = [...MOONS, '--points', '11'];
  const { read, stop } = await runJson([...short, '--skip-begin', '0', '--skip-end', '0']);
  assert.equal(stop, 'completed');
  assert.ok(read.steepest !== null, 'eleven points are enough where none is skipped');
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
    runner: makeLocalRunner((planned) => engine.createTrainer(planned, dataset)),
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
