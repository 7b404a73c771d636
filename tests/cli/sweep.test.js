/** `trainscope sweep`, the pool of workers behind it, and the same for the page. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readDataFiles } from '../../web/engine/data/read_files.js';
import { createEngine } from '../../web/platform/node/index.js';
import { openThread } from '../../web/platform/node/thread_port.js';
import { WorkerPool } from '../../web/worker/pool.js';
import { StudyClient } from '../../web/worker/study_client.js';
import { makeLocalRunner } from '../fixtures/local_runner.js';
import { assertRefused, makeFolder, makeImageFiles, ROOT, runCli, runJson, spawnCli } from './helpers.js';

const MOONS = ['sweep', '--dataset', 'moons', '--samples', '200', '--model', 'linear(8) tanh', '--steps', '200'];
const GRID = ['--over', 'lr=1e-3:100:4', '--over', 'warmup_steps=0,20', '--seeds', '2'];

const SHORT = { dataset: 'moons', samples: 200, steps: 100, batch: 16, eval_every: 50 };

/** The lines of a file of trials, without the end of the last. @param {string} path */
async function readLines(path) {
  const text = await readFile(path, 'utf8');
  assert.ok(text.endsWith('\n'), 'every line is whole');
  return text.trimEnd().split('\n');
}

/** @param {string[]} lines */
const keysOf = (lines) => lines.map((line) => JSON.parse(line).key);

test('the JSON has every member of the contract, and does not depend on --jobs', async () => {
  const one = await runJson([...MOONS, ...GRID, '--jobs', '1']);
  const two = await runJson([...MOONS, ...GRID, '--jobs', '2'], spawnCli);
  assert.deepEqual(two, one);
  const { trials, best, summary, points } = one;
  assert.equal(trials.length, 16);
  for (const trial of trials) {
    assert.deepEqual(Object.keys(trial).slice(0, 7), [
      'changes',
      'seed',
      'diverged',
      'infeasible',
      'val',
      'best',
      'verdict',
    ]);
    assert.deepEqual(Object.keys(trial.changes), ['lr', 'warmup_steps']);
  }
  assert.equal(points.length, 8);
  assert.equal(best.infeasible, false);
  for (const member of ['lr_best', 'lr_unstable', 'at_edge', 'lr_sensitivity']) assert.ok(member in summary, member);
  assert.equal(summary.lr_best, best.changes.lr);

  const { changes, seed } = trials[5];
  const flags = Object.entries(changes).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  const alone = await runJson(['train', ...MOONS.slice(1), ...flags, '--seed', `${seed}`]);
  assert.equal(trials[5].digest, alone.digest, 'a trial is the run that train makes');
  assert.deepEqual(trials[5].best, alone.best);
});

test('the report for a reader', async () => {
  const { code, stdout, stderr } = await runCli([...MOONS, '--over', 'lr=0.01,0.1,100']);
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /^lr=0\.01 +best loss [\d.]+/m);
  assert.match(stdout, /^lr=100 .*infeasible/m);
  assert.match(stdout, /★/);
  assert.match(stdout, /^lr\* +0\.1, at the edge of instability$/m);
  assert.match(stdout, /^unstable from +100$/m);
});

test('a sweep that was killed goes on where it stopped', async (t) => {
  const folder = await makeFolder(t);
  const path = join(folder, 'trials.jsonl');
  const words = [...MOONS, '--steps', '4000', '--over', 'lr=1e-3:1:6', '--seeds', '2', '--out', path, '--jobs', '2'];
  const child = spawn(process.execPath, [join(ROOT, 'web/cli.js'), ...words], { stdio: 'ignore' });
  const exit = once(child, 'exit');
  for (;;) {
    const text = await readFile(path, 'utf8').catch(() => '');
    if (text.split('\n').length > 3) break;
    assert.equal(child.exitCode, null, 'it was over before it could be killed');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  child.kill('SIGKILL');
  await exit;
  const before = await readLines(path);
  assert.ok(before.length < 12, 'in the middle');
  await writeFile(path, `${before.join('\n')}\n{"type":"trial","key":"half a li`);

  const resumed = await runJson(words);
  const after = await readLines(path);
  assert.deepEqual(after.slice(0, before.length), before);
  assert.equal(after.length, 12, 'the rest was computed once');
  assert.equal(new Set(keysOf(after)).size, 12);
  assert.deepEqual(resumed, await runJson(words.filter((word) => word !== '--out' && word !== path)));

  await runJson(words);
  assert.deepEqual(await readLines(path), after, 'a finished sweep computes nothing');
});

test('Ctrl-C ends a sweep with what is finished', async (t) => {
  const path = join(await makeFolder(t), 'trials.jsonl');
  const words = [
    ...MOONS,
    '--steps',
    '20000',
    '--over',
    'lr=1e-3:1:20',
    '--seeds',
    '1',
    '--out',
    path,
    '--jobs',
    '2',
    '--json',
  ];
  const child = spawn(process.execPath, [join(ROOT, 'web/cli.js'), ...words]);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const exit = once(child, 'close');
  while ((await readFile(path, 'utf8').catch(() => '')) === '') await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill('SIGINT');
  const [code] = await exit;
  assert.equal(code, 1);
  const { trials, complete } = JSON.parse(stdout);
  assert.equal(complete, false);
  assert.equal(trials.length, (await readLines(path)).length);
  assert.match(stderr, /^trainscope: interrupted after \d+ of 20 trials; start it again to continue with [^\n]+\n$/);
});

test('shards partition the grid, and their files join', async (t) => {
  const folder = await makeFolder(t);
  const words = [...MOONS, '--over', 'lr=1e-3:1:3', '--seeds', '2'];
  const parts = [];
  for (const i of [1, 2, 3, 4]) {
    const path = join(folder, `${i}.jsonl`);
    const { trials } = await runJson([...words, '--shard', `${i}/4`, '--out', path]);
    const lines = await readLines(path);
    assert.equal(lines.length, trials.length);
    parts.push(...lines);
  }
  assert.equal(new Set(keysOf(parts)).size, 6);
  assert.equal(parts.length, 6);
  const joined = join(folder, 'all.jsonl');
  await writeFile(joined, parts.join('\n')); // The end of the last line is lost, the line is whole.
  const whole = await runJson([...words, '--out', joined]);
  assert.equal((await readLines(joined)).length, 6);
  assert.deepEqual(whole, await runJson(words));
});

test('shards that are merged say what one process says, and which trials are missing', async (t) => {
  const folder = await makeFolder(t);
  const words = [...MOONS, '--over', 'lr=1e-3:10:3', '--seeds', '2'];
  const path = (/** @type {number} */ i) => join(folder, `${i}.jsonl`);
  for (const i of [1, 2]) await runJson([...words, '--shard', `${i}/2`, '--out', path(i)]);
  const report = join(folder, 'sweep.html');
  const merged = await runCli(['sweep', '--merge', path(1), path(2), '--json', '--report', report]);
  assert.equal(merged.stdout, (await runCli([...words, '--json'])).stdout, 'to the byte');
  assert.match(await readFile(report, 'utf8'), /<h1>Best of all: lr=.*lr\* = /s);

  const half = await runJson(['sweep', '--merge', path(2)]);
  assert.deepEqual([half.complete, half.best, half.size, half.trials.length], [false, null, 6, 3]);
  assert.deepEqual(
    half.missing,
    [0.001, 0.1, 10].map((lr) => ({ changes: { lr }, seed: 1 })),
    'a shard that is missing takes a whole seed with it',
  );
  assert.match((await runCli(['sweep', '--merge', path(2)])).stdout, /^missing +lr=0\.1, seed 1$/m);

  const others = [...MOONS, '--over', 'batch=8', '--seeds', '1'];
  await runJson([...others, '--out', path(2)]);
  const alone = await runJson(others);
  assert.deepEqual(await runJson(['sweep', '--merge', path(2), '--over', 'batch=8']), alone);
  const [changed] = await readLines(path(1));
  await writeFile(path(3), changed.replace(/"digest":"./, '"digest":"x'));
  await writeFile(path(4), '');
  /** @type {[string[], RegExp][]} */
  const cases = [
    [[path(2)], /the files hold 2 sweeps; name one with --over.*batch=8/],
    [[path(2), '--over', 'lr=1'], /--over lr=1 is none of the sweeps in the files/],
    [[path(1), '--lr', '1'], /leave out --lr/],
    [[path(1), path(3)], /another digest/],
    [[path(4)], /no trial is in there/],
    [[join(folder, 'none')], /no such file/],
    [[report], /line 1 is not a trial/],
  ];
  for (const [given, pattern] of cases) await assertRefused(['sweep', '--merge', ...given], pattern);
});

test('points that are drawn: those of fewer come first, and shards share them', async () => {
  const words = [...MOONS, '--over', 'lr=1e-3:1', '--over', 'optimizer=sgd,adam', '--seeds', '1', '--sample'];
  const { points, summary, sample, over } = await runJson([...words, '8']);
  assert.deepEqual([points.length, summary, sample], [8, null, 8]);
  assert.deepEqual(over[1].values.toSorted(), ['adam', 'sgd']);
  const rates = points.map((/** @type {any} */ { changes }) => changes.lr);
  assert.ok(rates.every((/** @type {number} */ lr) => lr >= 1e-3 && lr < 1));
  const part = await runJson([...words, '3', '--shard', '2/2']);
  assert.deepEqual(part.trials[0].changes, points[1].changes);
  await assertRefused([...MOONS, '--over', 'lr=1:1', '--sample', '4'], /two ends of "1:1" are the same/);
  await assertRefused([...MOONS, '--over', 'lr=0.1,1e-3:1', '--sample', '4'], /from:to, or a list/);
});

test("data of one's own: the same everywhere, and trials of other data are not taken for these", async (t) => {
  const folder = await makeFolder(t, makeImageFiles(60));
  const other = await makeFolder(t, makeImageFiles(80));
  const path = join(folder, 'trials.jsonl');
  const settings = ['--model', 'linear(4)', '--steps', '30', '--batch', '8'];
  const words = ['sweep', ...settings, '--over', 'lr=0.001,0.01', '--seeds', '1', '--out', path];
  const { trials } = await runJson([...words, '--data', folder, '--jobs', '2']);
  const alone = await runJson(['train', ...settings, '--lr', '0.01', '--data', folder]);
  assert.equal(trials[1].digest, alone.digest);
  assert.equal((await readLines(path)).length, 2);
  await runJson([...words, '--data', other]);
  assert.equal(new Set(keysOf(await readLines(path))).size, 4);
});

test('what cannot be understood is refused before anything is trained', async (t) => {
  const notes = join(await makeFolder(t, { 'notes.txt': 'dear diary' }), 'notes.txt');
  const lines = join(await makeFolder(t, { 'run.jsonl': '{"type":"config"}\n' }), 'run.jsonl');
  /** @type {[string[], RegExp][]} */
  const cases = [
    [[], /--over needs a setting/],
    [['--over'], /--over needs a value/],
    [['--over', 'lrr=1,2'], /--over .*lrr.*did you mean lr/],
    [['--over', 'lr=1,x'], /--over lr .*"x"/],
    [['--over', 'lr=0:1:5'], /--over lr: .*above 0/],
    [['--over', 'optimizer=sgd,adm'], /--over .*adam/],
    [['--over', 'model=linear(4),conv(3,3)'], /model=conv\(3,3\): .*needs an image/],
    [['--over', 'model=liner(4)'], /--over .*liner/],
    [['--over', 'dataset=moons,custom'], /--data/],
    [['--over', 'lr=1', '--shard', '3/2'], /--shard .*"3\/2"/],
    [['--over', 'lr=1', '--jobs', '0'], /--jobs/],
    [['--over', 'lr=1', '--seeds', '0'], /--seeds/],
    [['--over', 'lr=1', '--shrad', '1/2'], /--shard/],
    [['--over', 'lr=1', '--out', '/nowhere/trials.jsonl'], /--out .*nowhere/],
    [['--over', 'lr=1', '--out', notes], /--out .*line 1 is not a trial/],
    [['--over', 'lr=1', '--out', lines], /--out .*line 1 is not a trial/],
  ];
  for (const [words, pattern] of cases) await assertRefused([...MOONS, ...words], pattern);
  assert.equal(await readFile(notes, 'utf8'), 'dear diary', 'a file of something else is left alone');
});

// ---- the pool --------------------------------------------------------------------------------------------------------

const engine = await createEngine();
const local = makeLocalRunner((config) => engine.createTrainer(config));

/** @param {Record<string, any>} result  of a trial */
function withoutTime({ seconds, ...rest }) {
  return rest;
}

/**
 * @param {import('node:test').TestContext} t
 * @param {Partial<ConstructorParameters<typeof WorkerPool>[0]>} [options]
 */
function openPool(t, options) {
  const pool = new WorkerPool({ openPort: openThread, jobs: 2, ...options });
  t.after(() => pool.dispose());
  return pool;
}

/** A thread that dies of the trials that `kills` names. @param {(config: Record<string, any>) => boolean} kills */
function openMortalThread(kills) {
  const port = openThread();
  /** @type {(reason: string) => void} */
  let fail = () => {};
  return {
    ...port,
    onBroken: (/** @type {(reason: string) => void} */ react) => {
      fail = react;
      port.onBroken(react);
    },
    send: (/** @type {any} */ message, /** @type {any} */ transfer) => {
      if (message.type === 'trial' && kills(message.config)) setTimeout(() => fail('It died.'));
      else port.send(message, transfer);
    },
  };
}

test('a pool gives the results of a local runner', async (t) => {
  const pool = openPool(t);
  const configs = [1, 2, 3, 4, 5].map((seed) => engine.parseConfig({ ...SHORT, seed, sharpness_every: 50 }).config);
  const results = await Promise.all(configs.map((config) => pool.trial(config, { record: 'every' })));
  for (const [i, config] of configs.entries()) {
    const expected = await local.trial(config, { record: 'every' });
    assert.deepEqual(withoutTime(results[i]), withoutTime(expected));
  }
  await assert.rejects(pool.trial({ ...configs[0], model: 'conv(3,3)' }), { name: 'TrainerError', field: 'model' });
});

test('a pool gives trials up, those that run and those that wait, and goes on with others', async (t) => {
  const pool = openPool(t);
  const config = engine.parseConfig({ ...SHORT, steps: 1_000_000 }).config;
  const controller = new AbortController();
  const reason = new Error('enough');
  let reports = 0;
  const given = Array.from({ length: 30 }, () =>
    pool.trial(config, {
      signal: controller.signal,
      onProgress: () => ++reports === 3 && controller.abort(reason),
    }),
  );
  for (const { status, ...end } of await Promise.allSettled(given)) {
    assert.equal(status, 'rejected');
    assert.equal(/** @type {any} */ (end).reason, reason);
  }
  await assert.rejects(pool.trial(config, { signal: controller.signal }), { message: 'enough' });
  assert.equal((await pool.trial({ ...config, steps: 10 })).steps, 10);

  const left = pool.trial(config);
  pool.dispose();
  await assert.rejects(left, { code: 'disposed' });
  await assert.rejects(pool.trial(config), { code: 'disposed' });
});

test('the trial of a worker that dies is computed by another, once', async (t) => {
  let deaths = 0;
  const unlucky = openPool(t, { openPort: () => openMortalThread(({ seed }) => seed === 2 && deaths++ === 0) });
  const configs = [1, 2, 3].map((seed) => engine.parseConfig({ ...SHORT, seed }).config);
  const results = await Promise.all(configs.map((config) => unlucky.trial(config)));
  assert.equal(deaths, 2);
  assert.deepEqual(
    results.map(({ seed }) => seed),
    [1, 2, 3],
  );
  assert.equal(results[1].digest, (await local.trial(configs[1])).digest);

  const cursed = openPool(t, { openPort: () => openMortalThread(({ seed }) => seed === 2) });
  const ends = await Promise.allSettled(configs.map((config) => cursed.trial(config)));
  assert.deepEqual(
    ends.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  const { reason } = /** @type {PromiseRejectedResult} */ (ends[1]);
  assert.equal(reason.code, 'worker-lost');
  assert.match(reason.message, /It died/);
});

test("a pool trains on data of one's own, read by it or given to it", async (t) => {
  const files = Object.entries(makeImageFiles(60)).map(([name, bytes]) => ({ name, bytes }));
  const data = await readDataFiles(engine, files);
  const { config } = engine.parseConfig({ dataset: 'custom', model: 'linear(4)', steps: 20, batch: 8 });
  const given = await openPool(t, { data }).trial(config);
  const blobs = files.map(({ name, bytes }) => ({ name, blob: new Blob([bytes]) }));
  const read = await openPool(t, { files: { files: blobs, config } }).trial(config);
  assert.equal(given.digest, read.digest);
  assert.deepEqual(given.val, read.val);
  const broken = openPool(t, { files: { files: [{ name: 'a.csv', blob: new Blob(['x']) }], config } });
  await assert.rejects(broken.trial(config), { name: 'TrainerError', code: 'data' });
});

// ---- the page's side -------------------------------------------------------------------------------------------------

test('a sweep for the page: live results, curves, what is known already, cancel', async () => {
  const studies = new StudyClient({ openPort: openThread, jobs: 2 });
  const what = { config: SHORT, over: ['lr=0.001,0.01,100'], seeds: 2 };
  /** @type {number[]} */
  const counts = [];
  const sweep = studies.sweep(what, { onTrial: () => counts.push(sweep.soFar().trials.length) });
  assert.equal(sweep.plan.trials.length, 6);
  const result = await sweep.result;
  assert.deepEqual(counts, [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(sweep.soFar(), result);
  assert.ok(result.trials.every(({ curve, evaluations }) => curve?.step.length && evaluations?.length === 2));
  assert.equal(result.summary?.lr_best, result.best?.changes.lr);

  let computed = 0;
  const wider = studies.sweep({ ...what, over: ['lr=0.001,0.003,0.01,100'] }, { onTrial: () => computed++ });
  assert.equal(wider.soFar().trials.length, 6);
  assert.equal((await wider.result).trials.length, 8);
  assert.equal(computed, 2);

  const long = studies.sweep(
    { config: { ...SHORT, steps: 100_000 }, over: ['lr=0.001:0.1:10'] },
    { onProgress: () => long.cancel() },
  );
  assert.equal((await long.result).complete, false);

  assert.throws(() => studies.sweep({ config: SHORT, over: ['lrr=1'] }), { field: 'over' });
  const impossible = studies.sweep({ config: SHORT, over: ['model=conv(3,3)'] });
  await assert.rejects(impossible.result, { name: 'TrainerError', field: 'model', position: 0 });
});

test('any study runs on workers of its own', async () => {
  const studies = new StudyClient({ openPort: openThread, jobs: 1 });
  const { config } = engine.parseConfig({ ...SHORT, steps: 10 });
  const { result } = studies.run((runner) => runner.trial(config), {});
  assert.equal((await result).steps, 10);
  const endless = studies.run((runner, signal) => runner.trial({ ...config, steps: 1_000_000 }, { signal }), {});
  endless.cancel();
  await assert.rejects(endless.result, { code: 'cancelled' });
});
