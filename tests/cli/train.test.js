/** `trainscope train`: its JSON, its files, and runs that repeat bit for bit. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { configToFlags } from '../../web/engine/config/config_text.js';
import { readRunLog } from '../../web/engine/run/run_log.js';
import { readSafetensors, writeSafetensors } from '../../web/engine/run/safetensors.js';
import { createEngine } from '../../web/platform/node/index.js';
import { assertRefused, CLI, makeFolder, makeImageFiles, runCli, runJson, spawnCli } from './helpers.js';

const SPIRAL = ['train', '--dataset', 'spiral', '--samples', '200', '--steps', '60', '--eval-every', '20'];

test('the JSON has every member of the contract', async () => {
  const result = await runJson(SPIRAL, spawnCli);
  assert.deepEqual(Object.keys(result).sort(), [
    'best',
    'clipped_fraction',
    'config',
    'data',
    'dead_at',
    'digest',
    'diverged',
    'diverged_at',
    'episodes',
    'grad_norm',
    'infeasible',
    'parameters',
    'samples_per_second',
    'steps',
    'train',
    'val',
    'verdict',
  ]);
  assert.equal(result.steps, 60);
  assert.equal(result.diverged, false);
  assert.deepEqual([result.diverged_at, result.dead_at], [null, null]);
  assert.deepEqual(Object.keys(result.train), ['loss', 'accuracy']);
  assert.deepEqual(Object.keys(result.val), ['loss', 'accuracy']);
  assert.deepEqual(Object.keys(result.best), ['step', 'loss', 'accuracy']);
  assert.deepEqual(Object.keys(result.grad_norm), ['p50', 'p90', 'max']);
  assert.ok(result.grad_norm.p50 <= result.grad_norm.p90 && result.grad_norm.p90 <= result.grad_norm.max * 1.02);
  assert.ok([20, 40, 60].includes(result.best.step));
  assert.match(result.digest, /^[0-9a-f]{64}$/);
  assert.match(result.verdict, /^(stable|early|mid)$/);
  assert.ok(result.samples_per_second > 0);
  const { fields } = await runJson(['schema']);
  for (const { name } of fields) assert.ok(name in result.config, name);
  assert.deepEqual(result.config.changes, []);
});

test('a run that ends where guessing is says so, however stable it was', async () => {
  const words = [...SPIRAL, '--lr', '1e-7'];
  const { infeasible, verdict } = await runJson(words);
  assert.deepEqual([infeasible, verdict], [true, 'stable']);
  const { stdout } = await runCli(words);
  assert.match(stdout, /^verdict +stable, but it learned next to nothing$/m);
});

test('the same command gives the same bits, another seed gives others', async () => {
  const [one, two, other] = await Promise.all([
    runJson(SPIRAL),
    runJson(SPIRAL, spawnCli),
    runJson([...SPIRAL, '--seed', '2']),
  ]);
  assert.equal(one.digest, two.digest);
  assert.deepEqual(one.val, two.val);
  assert.notEqual(one.digest, other.digest);
});

test('without --json the same facts are printed for a reader', async () => {
  const { code, stdout, stderr } = await runCli(SPIRAL);
  const { digest, verdict } = await runJson(SPIRAL);
  assert.equal(code, 0);
  assert.equal(stderr, '');
  for (const fact of [digest, verdict, 'validation', 'gradient norm', 'best']) assert.ok(stdout.includes(fact), fact);
  assert.match(stdout, /^memory +[\d.]+ KB, the data apart$/m);
});

test('a diverged run is a result: exit 0, non-finite numbers are texts', async (t) => {
  const folder = await makeFolder(t);
  const out = join(folder, 'run.jsonl');
  const {
    diverged,
    diverged_at: at,
    steps,
    ...result
  } = await runJson([...SPIRAL, '--lr', '1e6', '--model', 'linear(8)*4', '--loss', 'squared_error', '--out', out]);
  assert.equal(diverged, true);
  assert.equal(at, steps);
  assert.ok(steps < 60);
  assert.match(result.digest, /^[0-9a-f]{64}$/);
  const log = readRunLog(await readFile(out, 'utf8'), out);
  const last = log.steps[log.steps.length - 1];
  assert.equal(last.step, at);
  assert.ok([last.loss, last.grad_norm].some((value) => value === 'NaN' || value === 'Infinity'));
  assert.ok(log.events.some(({ kind, step }) => kind === 'diverged' && step === at));
});

test('regression has no accuracy, and a run without validation data no val', async () => {
  const plane = await runJson(['train', '--dataset', 'plane', '--samples', '100', '--steps', '20']);
  assert.equal(plane.config.loss, 'squared_error');
  assert.equal(plane.train.accuracy, null);
  assert.equal(plane.val.accuracy, null);
  assert.equal(plane.best.accuracy, null);
});

test('a batch larger than the data is said, beside the JSON too', async () => {
  const words = [...SPIRAL, '--batch', '300'];
  const notice = 'The batch of 300 is larger than the 200 training samples: each step takes all of them.';
  const plain = await runCli(words);
  assert.deepEqual([plain.stderr, plain.stdout.includes(notice)], ['', true]);
  const json = await runCli([...words, '--json']);
  assert.deepEqual([json.code, json.stderr], [0, `trainscope: ${notice}\n`]);
  assert.equal(JSON.parse(json.stdout).config.batch, 300);
});

test('no steps at all is a run too', async () => {
  const { steps, best, train } = await runJson([...SPIRAL, '--steps', '0']);
  assert.equal(steps, 0);
  assert.equal(best.step, 0);
  assert.ok(train.loss > 0);
});

test('warmup steps are prepended', async () => {
  const { steps } = await runJson([...SPIRAL, '--warmup-steps', '15']);
  assert.equal(steps, 75);
});

test('RUN.jsonl: config first, a line per step, evaluations, the summary last, and it replays', async (t) => {
  const folder = await makeFolder(t);
  const out = join(folder, 'run.jsonl');
  const words = [...SPIRAL, '--change', '30:lr=0.5', '--change', '10:clip=norm', '--change', '10:clip-norm=0.1'];
  const result = await runJson([...words, '--out', out]);
  const text = await readFile(out, 'utf8');
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(lines[0].type, 'config');
  assert.equal(lines[lines.length - 1].type, 'summary');

  const log = readRunLog(text, out);
  assert.deepEqual(log.config, result.config);
  assert.deepEqual(log.summary, result);
  assert.deepEqual(log.config.changes, [
    { step: 10, field: 'clip', value: 'norm' },
    { step: 10, field: 'clip_norm', value: 0.1 },
    { step: 30, field: 'lr', value: 0.5 },
  ]);
  assert.deepEqual(
    log.steps.map(({ step }) => step),
    Array.from({ length: 60 }, (_, i) => i),
  );
  assert.deepEqual(Object.keys(log.steps[0]), ['step', 'lr', 'loss', 'grad_norm', 'clip_scale']);
  assert.equal(log.steps[29].lr, 0.02);
  assert.equal(log.steps[30].lr, 0.5);
  assert.deepEqual(
    log.evaluations.map(({ step }) => step),
    [20, 40, 60],
  );
  assert.deepEqual(Object.keys(log.evaluations[0]), ['step', 'train_loss', 'val_loss', 'val_accuracy']);
  assert.deepEqual(
    log.events.filter(({ kind }) => kind === 'change').map(({ step, field }) => `${step} ${field}`),
    ['10 clip', '10 clip_norm', '30 lr'],
  );

  const again = await runJson(['train', '--config', out]);
  assert.equal(again.digest, result.digest);
  assert.deepEqual(again.config, result.config);
  const summary = join(folder, 'summary.json');
  await writeFile(summary, JSON.stringify(result));
  assert.equal((await runJson(['train', '--config', summary])).digest, result.digest);
  assert.notEqual((await runJson(['train', '--config', out, '--seed', '9'])).digest, result.digest);
});

test('--config reads a pipe, which is empty the second time', async (t) => {
  const pipe = join(await makeFolder(t), 'settings');
  await promisify(execFile)('mkfifo', [pipe]);
  const [{ config }] = await Promise.all([
    runJson(['train', '--config', pipe]),
    writeFile(pipe, JSON.stringify({ dataset: 'moons', samples: 40, batch: 8, steps: 3 })),
  ]);
  assert.equal(config.steps, 3);
});

test('--config: what people have as settings is read, or refused by the file’s name', async (t) => {
  const settings = '"dataset":"moons","lr":0.1,"steps":3';
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(`{${settings}}`, 'utf16le')]);
  const folder = await makeFolder(t, {
    'plain.json': `{${settings}}`,
    'bom.json': `\ufeff{${settings}}`,
    'shell.json': utf16,
    'page.json': `{"runs":[{"name":"a","config":{${settings}}}]}`,
    'cut.jsonl': `\r\n{"type":"config",${settings}}\r\n{"type":"step","step":0}\r\n{"type":"st`,
  });
  const path = (/** @type {string} */ name) => join(folder, name);
  const { digest } = await runJson(['train', '--config', path('plain.json')]);
  for (const name of ['bom.json', 'shell.json', 'page.json', 'cut.jsonl']) {
    assert.equal((await runJson(['train', '--config', path(name)])).digest, digest, name);
  }
  for (const [content, says] of /** @type {[string, RegExp][]} */ ([
    [`{${settings},"lr":0.5}`, /--config .*bad says lr twice/],
    [`{"type":"config",${settings}}\n{"type":"config","lr":0.5}`, /bad, line 2 begins a second run/],
    [`{${settings},"of_tomorrow":1}`, /--config .*bad: There is no setting "of_tomorrow"/],
    [`{${settings},"momentum":"\\u001b[31m"}`, /--config .*bad: momentum must be between 0 and 1, not "�\[31m"/],
    ['{"config":"x"}', /--config .*bad: its "config" must be an object/],
    [`{"runs":[{"config":{}},{"config":{}}]}`, /--config .*bad holds 2 runs/],
    ['['.repeat(1000), /--config .*bad is nested too deep/],
    ['lr: 0.1', /bad, line 1 is not a line of a run log/],
  ])) {
    await writeFile(path('bad'), content);
    await assertRefused(['train', '--config', path('bad')], says);
  }
  await assertRefused(['train', '--config', path('plain.json'), '--lr', 'x'], /--lr must be between/);
});

test('weights: saved ones load back, whatever does not fit is refused', async (t) => {
  const folder = await makeFolder(t);
  const saved = join(folder, 'w.safetensors');
  const model = ['--model', 'linear(6) batchnorm tanh'];
  const first = await runJson([...SPIRAL, ...model, '--save', saved]);
  const loaded = await runJson([...SPIRAL, ...model, '--steps', '0', '--weights', saved]);
  assert.equal(loaded.digest, first.digest);
  assert.deepEqual(loaded.val, first.val, 'running statistics are loaded too');

  const { tensors } = readSafetensors(await readFile(saved), saved);
  assert.ok(tensors.some(({ name }) => name.includes('running')));
  const write = async (/** @type {import('../../web/engine/run/safetensors.js').Tensor[]} */ list) => {
    const path = join(folder, 'changed.safetensors');
    await writeFile(path, writeSafetensors(list));
    return path;
  };
  const refuse = async (
    /** @type {import('../../web/engine/run/safetensors.js').Tensor[]} */ list,
    /** @type {RegExp} */ pattern,
  ) => assertRefused([...SPIRAL, ...model, '--weights', await write(list)], pattern);
  await refuse(tensors.slice(1), /changed\.safetensors.*0\.linear\.bias/);
  await refuse([...tensors, { name: 'extra', shape: [1], data: new Float32Array(1) }], /changed\.safetensors.*extra/);
  const [bias, ...rest] = tensors;
  await refuse(
    [{ name: bias.name, shape: [3], data: new Float32Array(3) }, ...rest],
    /changed\.safetensors.*0\.linear\.bias/,
  );
});

test('weights that are no numbers are saved with a word, and start nothing', async (t) => {
  const saved = join(await makeFolder(t), 'w.safetensors');
  // Such a decay multiplies the weights by −999,999 a step.
  const explosive = ['--optimizer', 'adamw', '--lr', '1e6', '--weight-decay', '1'];
  const moons = ['train', '--dataset', 'moons', '--model', '', '--steps', '30'];
  const { code, stderr } = await runCli([...moons, ...explosive, '--save', saved, '--json']);
  assert.equal(code, 0);
  assert.match(
    stderr,
    /w\.safetensors: 4 of the 4 numbers of out\.weight are NaN or infinite, so that no run can start/,
  );
  await assertRefused([...moons, '--weights', saved], /w\.safetensors cannot be trained on: 4 of the 4 numbers/);
});

test('weights of another program: what was done with them is said', async (t) => {
  const folder = await makeFolder(t);
  const [saved, other] = [join(folder, 'w.safetensors'), join(folder, 'other.safetensors')];
  const circle = ['train', '--dataset', 'circle', '--model', 'linear(6) tanh', '--json'];
  const { digest } = await runJson([...circle, '--steps', '5', '--save', saved]);
  const { tensors } = readSafetensors(await readFile(saved), saved);
  const wrapped = tensors.map((tensor) => ({ ...tensor, name: `_orig_mod.${tensor.name}` }));
  await writeFile(other, writeSafetensors(wrapped, { format: 'pt' }));
  const { stdout, stderr } = await runCli([...circle, '--steps', '0', '--weights', other]);
  assert.equal(JSON.parse(stdout).digest, digest);
  assert.match(stderr, /^trainscope: Read 4 tensors of .*other\.safetensors: prefix _orig_mod\. left out\.\n$/);
  assert.match(
    (await runCli(['train', '--dataset', 'circle', '--model', 'linear(6) tanh', '--steps', '0', '--weights', saved]))
      .stdout,
    /^Read 4 tensors of .*w\.safetensors\.\n/,
  );
});

test('IDX folders: plain and packed files are the same data; t10k is the validation set', async (t) => {
  const train = makeImageFiles(40);
  const plain = await makeFolder(t, { ...train, ...makeImageFiles(12, 't10k') });
  const packed = await makeFolder(t, {
    ...Object.fromEntries(Object.entries(train).map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes)])),
    ...makeImageFiles(12, 't10k'),
  });
  const words = ['--model', 'linear(8) relu', '--steps', '30', '--batch', '8', '--eval-every', '10'];
  const [one, two] = await Promise.all([plain, packed].map((data) => runJson(['train', '--data', data, ...words])));
  assert.equal(one.digest, two.digest);
  assert.equal(one.config.dataset, 'custom');
  assert.equal(one.parameters, 36 * 8 + 8 + 8 * 2 + 2);
  assert.ok(one.val.accuracy > 0.9, `${one.val.accuracy}`);

  const split = await makeFolder(t, train);
  const share = await runJson(['train', '--data', split, '--val-fraction', '0.25', ...words]);
  assert.ok(share.val);
  const none = await runJson(['train', '--data', split, '--val-fraction', '0', ...words]);
  assert.equal(none.val, null);
  assert.equal(none.best.accuracy, null);
  assert.ok(none.best.loss > 0);
});

test('samples takes the first in order, before and after it the data is the same', async (t) => {
  const folder = await makeFolder(t, { ...makeImageFiles(40), ...makeImageFiles(12, 't10k') });
  const words = [
    'train',
    '--data',
    folder,
    '--model',
    '',
    '--steps',
    '4',
    '--batch',
    '0',
    '--standardize',
    'off',
    '--lr',
    '1e-5',
  ];
  const few = await runJson([...words, '--samples', '10', '--val-samples', '4']);
  const all = await runJson(words);
  assert.notEqual(few.digest, all.digest);
  assert.equal((few.val.accuracy * 4) % 1, 0);
});

test('CSV: classes by text, standardized per column', async (t) => {
  const rows = Array.from({ length: 60 }, (_, i) => {
    const side = i % 2;
    return `${side * 1000 + (i % 7) * 10},${(i % 5) / 1e6},${side ? 'big' : 'small'}`;
  });
  const folder = await makeFolder(t, { 'table.csv': `size,tiny,label\n${rows.join('\n')}\n` });
  const words = ['train', '--data', join(folder, 'table.csv'), '--model', '', '--steps', '50', '--batch', '16'];
  const scaled = await runJson(words);
  assert.equal(scaled.val.accuracy, 1);
  assert.equal(scaled.parameters, 2 * 2 + 2);
  const raw = await runJson([...words, '--standardize', 'off']);
  assert.notEqual(raw.digest, scaled.digest);
});

test('--auto-lr trains with the steepest descent of a clear test, or with what the tries find where they refute it', async () => {
  const words = ['--dataset', 'plane', '--optimizer', 'adam', '--steps', '1000'];
  const { config, lr_find } = await runJson(['train', ...words, '--auto-lr']);
  const { chosen, forced, seeds } = lr_find;
  assert.deepEqual(
    [config.lr, chosen.rules.includes('steepest'), seeds[0].clear, forced],
    [chosen.lr, true, true, false],
  );
  const alone = await runJson(['lr-find', ...words, '--seeds', '1']);
  assert.equal(config.lr, alone.suggestion.steepest, 'the one that lr-find suggests');
  const { stdout } = await runCli(['train', ...words, '--auto-lr']);
  const [, said] =
    /^Learning rate ([\d.e-]+): steepest descent; tried .*\. Range test and tries took [\d.]+ m?s\.$/m.exec(stdout) ??
    [];
  assert.ok(Math.abs(Number(said) / config.lr - 1) < 1e-2, stdout);

  const refuted = await runJson(['train', '--dataset', 'blobs', '--steps', '200', '--auto-lr']);
  const { tried, suggestion } = refuted.lr_find;
  const own = tried.find((/** @type {any} */ { rules }) => rules.includes('steepest'));
  const taken = tried.find((/** @type {any} */ { lr }) => lr === refuted.config.lr);
  assert.ok(taken.val < own.val / 1.25 && taken.lr > 3 * suggestion.steepest, JSON.stringify([taken, own]));
});

test('--auto-lr refuses where the test is not clear, and names the rate that tries find', async () => {
  const words = ['train', '--dataset', 'spiral', '--optimizer', 'sgd', '--seed', '2', '--steps', '100'];
  await assertRefused(
    [...words, '--auto-lr'],
    /--auto-lr finds no rate to train with\. The loss falls from 0\.614 .+ Set lr to [\d.]+, .+ --auto-lr tried\. To train regardless/,
  );
  const { config, val, lr_find } = await runJson([...words, '--auto-lr', 'tried']);
  const steepest = lr_find.tried.find((/** @type {any} */ { rules }) => rules.includes('steepest'));
  assert.deepEqual([steepest.learns, lr_find.suggestion.steepest], [false, null]);
  assert.match(lr_find.seeds[0].reasons.steepest, /a training of 100 steps with it learns next to nothing\.$/);
  assert.ok(config.lr < 0.5 && val.loss < 0.65, `${config.lr}: ${val.loss}`);
  const forced = await runJson([...words, '--auto-lr', 'force']);
  assert.equal(forced.config.lr, lr_find.read.steepest);
  assert.deepEqual(forced.lr_find.chosen, { lr: forced.config.lr, rules: ['steepest'] });
  assert.deepEqual([forced.lr_find.forced, forced.lr_find.tried], [true, []]);
});

test('--auto-lr refuses a network that does not learn, and one that has learned', async (t) => {
  await assertRefused(
    ['train', '--dataset', 'moons', '--init-gain', '0', '--auto-lr'],
    /^trainscope: --auto-lr finds no rate to train with\. The loss falls from 0\.693 .* look at model, init and init_gain.*--auto-lr force$/m,
  );
  const saved = join(await makeFolder(t), 'w.safetensors');
  const moons = ['train', '--dataset', 'moons', '--steps', '500'];
  await runJson([...moons, '--lr', '0.3', '--save', saved]);
  await assertRefused([...moons, '--weights', saved, '--auto-lr'], /has learned already.*start from fresh weights/);
  const { lr_find } = await runJson([...moons, '--weights', saved, '--auto-lr', 'force']);
  assert.equal(lr_find.forced, true);
  assert.ok(
    (await runJson([...moons, '--auto-lr', 'tried'])).lr_find.chosen.lr > 0,
    'random weights are another matter',
  );
  await assertRefused([...moons, '--auto-lr=maybe'], /--auto-lr must be one of on, tried, force, off/);
});

test('--auto-lr looks at paths first, and spoils no file where it fails', async (t) => {
  const folder = await makeFolder(t, { 'run.jsonl': 'an older run' });
  const missing = join(folder, 'missing', 'file');
  // Its test finds no rate.
  const model = ['--model', 'linear(8)*20', '--loss', 'squared_error', '--init-gain', '100'];
  const hopeless = [...SPIRAL, ...model, '--auto-lr'];
  for (const flag of ['--weights', '--save', '--out']) {
    await assertRefused([...hopeless, flag, missing], new RegExp(`${flag} .*no such file or folder`));
  }
  const log = join(folder, 'run.jsonl');
  const { code, stderr } = await runCli([...hopeless, '--out', log]);
  assert.equal(code, 2);
  assert.match(stderr, /^trainscope: --auto-lr finds no rate to train with\./);
  assert.equal(await readFile(log, 'utf8'), 'an older run');
});

test('a disk that is full is said in one line, and the terminal has its cursor back', {
  skip: existsSync('/dev/full') ? false : 'no /dev/full here',
}, async (t) => {
  const folder = await makeFolder(t, { 'terminal.mjs': 'process.stderr.isTTY = true;' });
  const env = { NODE_OPTIONS: `--import=${pathToFileURL(join(folder, 'terminal.mjs'))}` };
  const { code, stdout, stderr } = await spawnCli([...SPIRAL, '--steps', '20000', '--out', '/dev/full'], { env });
  assert.equal(code, 1, stderr);
  assert.match(stdout, /^steps +20,000$/m, 'the log is lost, the run is not');
  assert.match(stderr, /trainscope: --out \/dev\/full: the disk is full\n$/);
  assert.ok(stderr.lastIndexOf('\x1b[?25h') > stderr.lastIndexOf('\x1b[?25l'), 'shown after it was hidden');
});

test('what the playbook warns of is said with the result', async () => {
  const words = ['train', '--dataset', 'moons', '--samples', '200', '--steps', '100'];
  const { stdout } = await runCli([...words, '--warmup-steps', '20', '--clip', 'norm', '--clip-norm', '0.001']);
  assert.match(stdout, /A warmup of 20 steps is 20 % .* more than 5 %/);
  assert.match(stdout, /Clipping at 0\.001 shortens 100 % .* lower learning rate in disguise/);
  const calm = await runCli([...words, '--warmup-steps', '5']);
  assert.doesNotMatch(calm.stdout, /warmup of|in disguise/);
});

test('the flags of a config train that config, whatever its model says', async () => {
  const engine = await createEngine();
  for (const model of ['', 'linear(4) tanh # it\'s 100 % $HOME `date` "quoted" \\', 'linear(4)\nrelu']) {
    const { config, problems } = engine.parseConfig({
      dataset: 'moons',
      samples: 50,
      steps: 12,
      model,
      optimizer: 'adam',
      standardize: false,
      changes: '5:lr=0.004,7:clip=norm',
    });
    assert.deepEqual(problems, []);
    const words = ['node', `"${CLI}"`, 'train', configToFlags(config), '--json'].join(' ');
    const { stdout } = await promisify(execFile)('sh', ['-c', words]);
    assert.deepEqual(JSON.parse(stdout).config, config);
  }
});

test('what was read is in the result, and how in its notes', async (t) => {
  const rows = Array.from(
    { length: 40 },
    (_, i) => `${i % 7},${(i * i) % 11},${((i % 7) - 2.5 * ((i * i) % 11)) * 1000}`,
  );
  const folder = await makeFolder(t, { 'own.csv': `a,b,y\n${rows.join('\n')}\n` });
  const words = ['train', '--data', join(folder, 'own.csv'), '--task', 'regression', '--steps', '300', '--ignore', 'a'];
  const { code, stdout, stderr } = await runCli([...words, '--batch', '0', '--json']);
  assert.equal(code, 0, stderr);
  const { data, config, val } = JSON.parse(stdout);
  const { notes, ...facts } = data;
  assert.deepEqual(facts, { train: 32, val: 8, features: 1, target: 'y', classes: 0 });
  for (const note of notes) assert.ok(stderr.includes(`trainscope: ${note}\n`), note);
  assert.equal(config.loss, 'squared_error');
  // In units of the target's own deviation: thousands would have exploded.
  assert.ok(val.loss < 0.1, `${val.loss}`);
  await assertRefused([...words, '--target', 'z'], /own\.csv.* no column "z".* a, b/);
  await assertRefused(['train', '--target', 'z'], /--target .*--data/);
  await assertRefused([...words, '--task', 'clases'], /--task must be one of classes, regression, not "clases"/);
});

test('--prompt is gone on with at the end, and what the network cannot read is said before it trains', async () => {
  const words = [
    'train',
    '--dataset',
    'reverse',
    '--length',
    '2',
    '--symbols',
    '3',
    '--model',
    'embed(4)',
    '--steps',
    '2',
  ];
  const plain = await runJson(words);
  const { continuation, digest } = await runJson([...words, '--prompt', '02|']);
  assert.equal(digest, plain.digest);
  assert.ok(!('continuation' in plain));
  assert.equal(continuation.prompt, '02|');
  assert.equal(continuation.text, continuation.tokens.join(''));
  assert.deepEqual([continuation.tokens.length, continuation.probabilities.length], [2, 2]);
  // Of a task each score says too how many answers are right as a whole.
  for (const { accuracy, exact } of [plain.train, plain.val]) assert.ok(exact >= 0 && exact <= accuracy);
  const { stdout } = await runCli([...words, '--prompt', '02|', '--max-new-tokens', '1', '--temperature', '1']);
  assert.match(stdout, /\nvalidation +loss .*, all right in [\d.]+ %\n/);
  assert.match(stdout, /\nprompt +02\|\ngoes on +[0-2|]\n$/);
  await assertRefused([...words, '--prompt', '0x|'], /--prompt: The character “x” is none of the 4 characters/);
  await assertRefused([...words, '--temperature', '1'], /--temperature says how a network goes on with a --prompt/);
  await assertRefused(['train', '--dataset', 'xor', '--prompt', 'a'], /--prompt: Only a network that reads tokens/);
});
