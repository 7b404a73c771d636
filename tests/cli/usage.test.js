/** What the command line understands, what it refuses, and in which words. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, symlink, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { assertRefused, makeFolder, makeIdx, makeImageFiles, runCli, runJson, spawnCli } from './helpers.js';

const QUICK = ['--steps', '5', '--samples', '100'];

test('every spelling of a flag is the same setting', async () => {
  const spellings = [
    ['--warmup-steps', '3', '--standardize', 'off'],
    ['--warmup-steps=3', '--standardize=off'],
    ['--warmup_steps=3', '--standardize=0'],
    ['--warmup_steps', '3', '--standardize', 'false'],
  ];
  for (const words of spellings) {
    const { config } = await runJson(['train', '--dataset', 'glyphs', '--model', '', ...words, ...QUICK]);
    assert.equal(config.warmup_steps, 3);
    assert.equal(config.standardize, false);
  }
});

test('a switch may stand alone, before another flag or at the end', async () => {
  assert.equal((await runJson(['train', '--clip-in-warmup', ...QUICK])).config.clip_in_warmup, true);
  assert.equal((await runJson(['train', ...QUICK, '--clip-in-warmup'])).config.clip_in_warmup, true);
});

test('config numbers keep the decimal as typed', async () => {
  const { config } = await runJson([
    'train',
    ...['--optimizer', 'rmsprop', '--lr', '0.02', '--momentum=.5', '--epsilon', '1e-7'],
    ...QUICK,
  ]);
  assert.equal(config.lr, 0.02);
  assert.equal(config.momentum, 0.5);
  assert.equal(config.epsilon, 1e-7);
});

test('the last of two equal flags counts, and a value may be negative', async () => {
  const { config } = await runJson(['train', '--lr', '1', '--lr', '0.5', '--outlier-scale', '-3', ...QUICK]);
  assert.equal(config.lr, 0.5);
  assert.equal(config.outlier_scale, -3);
});

test('an empty model is a model: logistic regression', async () => {
  for (const words of [['--model', ''], ['--model=']]) {
    const { config, parameters } = await runJson(['train', '--dataset', 'blobs', ...words, ...QUICK]);
    assert.equal(config.model, '');
    assert.ok(parameters <= 3 * 10, `${parameters}`);
  }
});

test('bad usage is one line that names the flag and the nearest name', async () => {
  await assertRefused([], /command/, spawnCli);
  await assertRefused(['trian'], /unknown command trian; did you mean train\?/, spawnCli);
  await assertRefused(['--lr', '1'], /command comes before --lr/);
  await assertRefused(['train', '--learning-rat', '1'], /--learning-rat/);
  await assertRefused(['train', '--momentun', '0.9'], /unknown flag --momentun; did you mean --momentum\?/);
  await assertRefused(['train', '--warmup_step=1'], /--warmup_step; did you mean --warmup-steps\?/);
  await assertRefused(['train', '--lr'], /--lr needs a value/);
  await assertRefused(['train', '--lr', '--seed', '1'], /--lr needs a value/);
  await assertRefused(['train', 'now'], /"now"/);
  await assertRefused(['train', '-lr', '1'], /-lr/);
  await assertRefused(['schema', '--lr', '1'], /unknown flag --lr/);
  await assertRefused(['train', '--json', 'maybe'], /"maybe"/);
  await assertRefused(['train', '--json=maybe'], /--json must be on or off/);
  await assertRefused(['train', '--standardize', 'maybe'], /--standardize must be on or off, not "maybe"/);
  await assertRefused(['train', '--auto-lr', 'forse'], /--auto-lr must be one of .*"forse"\. Did you mean force\?/);
  await assertRefused(['train', '--json', '--task', 'classe'], /--task must be .*Did you mean classes\?/);
  await assertRefused(['serve', '--port', 'http'], /--port must be a whole number between 0 and 65535/);
  await assertRefused(['serve', '--port', '70000'], /--port/);
});

test('bad values are one line that names the flag', async () => {
  await assertRefused(['train', '--lr', 'fast'], /--lr must be between 0 and 1000000, not "fast"/);
  await assertRefused(['train', '--lr', '-1'], /--lr must be/);
  await assertRefused(['train', '--lr', 'NaN'], /--lr must be/);
  await assertRefused(['train', '--steps', '1.5'], /--steps must be a whole number/);
  await assertRefused(['train', '--steps', '1e9'], /--steps/);
  await assertRefused(['train', '--warmup-steps', ''], /--warmup-steps/);
  await assertRefused(['train', '--standardize=maybe'], /--standardize must be on or off/);
  await assertRefused(['train', '--optimizer', 'adamm'], /--optimizer must be one of .*adamm.*adam/);
  await assertRefused(['train', '--dataset', 'swirl'], /--dataset must be one of/);
  await assertRefused(['train', '--clip', '1.0'], /not "1\.0"\. Did you mean --clip norm and --clip-norm 1\.0\?/);
  await assertRefused(['train', '--lr', 'cosine'], /not "cosine"\. Did you mean --schedule cosine\?/);
  await assertRefused(['train', '--downsample', '3'], /--downsample/);
  await assertRefused(['train', '--schedule', 'range_exponential'], /lr_min|lr-min/);
  await assertRefused(['lr-find', '--points', '1'], /--points/);
  await assertRefused(['lr-find', '--preset', 'fastia'], /--preset .*fastai/);
  await assertRefused(['lr-find', '--lr-min', '1', '--lr-max', '0.1'], /lr.max/);
});

test('bad changes are one line that says what is wrong with them', async () => {
  await assertRefused(['train', '--change', 'lr=1'], /--change/);
  await assertRefused(['train', '--change', '4:lr'], /--change/);
  await assertRefused(['train', '--change', '-4:lr=1'], /--change/);
  await assertRefused(['train', '--change', '4:lrr=1'], /--change.*lr/);
  await assertRefused(['train', '--change', '4:batch=1'], /--change.*batch/);
  await assertRefused(['train', '--change', '4:clip=norms'], /--change.*norm/);
  await assertRefused(['train', '--change', '4:clip=1'], /Did you mean clip=norm and clip_norm=1\?/);
});

test('bad models are one line with the place', async () => {
  await assertRefused(['train', '--model', 'linaer(3)'], /--model.*linear/);
  await assertRefused(['train', '--model', 'linear(3'], /--model/);
  await assertRefused(['train', '--dataset', 'spiral', '--model', 'conv(4,3)'], /--model|conv/);
  await assertRefused(['train', '--model', 'linear(9)*5000'], /--model/);
  await assertRefused(['train', '--model', `${'linear(3) '.repeat(300)}`], /--model/);
});

test('a run too large for memory is refused before it starts', async () => {
  await assertRefused(['train', '--model', 'linear(100000) linear(100000)'], /\S/);
  await assertRefused(['train', '--dataset', 'glyphs', '--samples', '10000000'], /memory|samples/);
});

test('a defect in a worker thread is no fault of the input: exit 1', async (t) => {
  const defects = { TypeError: "new TypeError('a defect')", trap: "new WebAssembly.RuntimeError('unreachable')" };
  for (const [name, defect] of Object.entries(defects)) {
    const folder = await makeFolder(t, {
      'break.mjs': `import { isMainThread } from 'node:worker_threads';
        if (!isMainThread) performance.now = () => { throw ${defect}; };`,
    });
    const env = { NODE_OPTIONS: `--import=${pathToFileURL(join(folder, 'break.mjs'))}` };
    // The first is the command's own thread's for as long as the other is tried.
    const over = ['--over', 'steps=1000000,2', '--seeds', '1', '--jobs', '2'];
    const { code, stdout, stderr } = await spawnCli(['sweep', ...QUICK, ...over], { env });
    assert.equal(code, 1, `${name}: ${stderr}`);
    assert.equal(stdout, '');
    assert.match(stderr, /^trainscope: [^\n]*(a defect|unreachable)\n$/);
  }
});

test('data that is not there, or is not data', async (t) => {
  const folder = await makeFolder(t, {
    'notes.txt': 'nothing',
    'table.csv': 'x,y,label\n1,2,a\n1,oops,b\n',
    'broken-ubyte': 'this is no IDX file at all',
  });
  const empty = await makeFolder(t);
  await assertRefused(['train', '--dataset', 'custom'], /--data PATH/);
  await assertRefused(['train', '--data', join(folder, 'nowhere')], /--data.*nowhere/);
  await assertRefused(['train', '--data', empty], /--data: the folder .* has no data files/);
  await assertRefused(['train', '--data', folder, '--dataset', 'spiral'], /--dataset spiral/);
  await assertRefused(['train', '--data', join(folder, 'notes.txt')], /notes\.txt/);
  await assertRefused(
    ['train', '--data', join(folder, 'table.csv')],
    /table\.csv, line 3, column "y": "oops" is not a number/,
  );
  await assertRefused(['train', '--data', folder], /broken-ubyte/);
});

test('IDX folders that do not fit together', async (t) => {
  const good = makeImageFiles(20);
  const { 'train-images-idx3-ubyte': images, 'train-labels-idx1-ubyte': labels } = good;
  const cases = [
    [{ 'train-images-idx3-ubyte': images }, /train-images-idx3-ubyte has no labels/],
    [{ 'train-labels-idx1-ubyte': labels }, /train-labels-idx1-ubyte has no images/],
    [{ ...good, 'train-labels-idx1-ubyte': makeIdx([19], () => 0) }, /19 labels.*20 images/],
    [{ ...good, 'train-images-idx3-ubyte': images.subarray(0, images.length - 1) }, /train-images-idx3-ubyte/],
    [{ ...good, 'train-labels-idx1-ubyte': new Uint8Array([0, 0, 13, 1, 0, 0, 0, 0]) }, /train-labels-idx1-ubyte/],
    [{ 't10k-images-idx3-ubyte': images, 't10k-labels-idx1-ubyte': labels }, /training images/],
    [{ ...good, 'train-labels-idx1-ubyte.gz': new Uint8Array([0x1f, 0x8b, 8, 0, 1, 2]) }, null],
    [
      { 'train-images-idx3-ubyte': images, 'train-labels-idx1-ubyte.gz': new Uint8Array([0x1f, 0x8b, 8, 0, 1, 2]) },
      /train-labels-idx1-ubyte\.gz: the gzip data is damaged/,
    ],
  ];
  for (const [files, pattern] of cases) {
    const folder = await makeFolder(t, /** @type {Record<string, Uint8Array>} */ (files));
    const words = ['train', '--data', folder, '--model', 'linear(4)', '--steps', '3', '--batch', '4'];
    if (pattern) await assertRefused(words, /** @type {RegExp} */ (pattern));
    else assert.equal((await runCli(words)).code, 0);
  }
});

test('data that cannot be read', async (t) => {
  const { 'train-images-idx3-ubyte': images } = makeImageFiles(20);
  const folder = await makeFolder(t, { 'train-images-idx3-ubyte': images, 'huge.csv': 'x,label\n', 'huge.npz': '' });
  await mkdir(join(folder, 'train-labels-idx1-ubyte'));
  await symlink('circle.csv', join(folder, 'circle.csv'));
  for (const name of ['huge.csv', 'huge.npz']) await truncate(join(folder, name), 2 ** 31 + 1);
  await assertRefused(['train', '--data', folder], /train-images-idx3-ubyte has no labels beside it/);
  await assertRefused(['gallery', 'run', 'range-test', '--data', folder], /has no labels beside it/);
  await assertRefused(
    ['train', '--data', join(folder, 'circle.csv')],
    /--data .*circle\.csv: the links go in a circle/,
  );
  await assertRefused(
    ['train', '--data', join(folder, 'huge.npz')],
    /--data .*huge\.npz: this file is larger than 2 GiB/,
  );
  // A table may be of any size: what it holds is wrong.
  await assertRefused(['train', '--data', join(folder, 'huge.csv')], /huge\.csv is no text: it holds zero bytes/);
  const inside = join(folder, 'huge.csv', 'table.csv');
  await assertRefused(['train', '--data', inside], /--data .*table\.csv: a part of the path is not a folder/);
});

test('paths that cannot be written or read', async (t) => {
  const folder = await makeFolder(t, { 'weights.safetensors': 'nonsense' });
  const missing = join(folder, 'missing', 'file');
  await assertRefused(['train', ...QUICK, '--out', missing], /--out .*no such file or folder/);
  await assertRefused(['train', ...QUICK, '--save', missing], /--save .*no such file or folder/);
  await assertRefused(['train', ...QUICK, '--weights', missing], /--weights .*no such file or folder/);
  await assertRefused(['train', ...QUICK, '--out', folder], /--out .*this is a folder/);
  await assertRefused(['train', ...QUICK, '--weights', join(folder, 'weights.safetensors')], /weights\.safetensors/);
  await assertRefused(['train', ...QUICK, '--config', missing], /--config .*no such file or folder/);
});

test('help is printed from the tables', async () => {
  const overview = await spawnCli(['--help']);
  assert.equal(overview.code, 0);
  for (const name of ['train', 'lr-find', 'schema', 'data', 'serve'])
    assert.match(overview.stdout, new RegExp(`^  ${name} `, 'm'));
  const train = await runCli(['train', '--help']);
  assert.equal(train.code, 0);
  assert.equal(train.stderr, '');
  const { fields } = await runJson(['schema']);
  for (const { name } of fields) assert.ok(train.stdout.includes(`--${name.replaceAll('_', '-')} `), name);
  const find = (await runCli(['lr-find', '--help'])).stdout;
  for (const flag of ['--points', '--stop-factor', '--preset', '--on ']) assert.ok(find.includes(flag), flag);
  assert.equal(find.split('--lr-min').length, 2, "only the test's own lr-min");
});

test('layers lists the units of the schema, one line each, as one writes them', async () => {
  const { units } = await runJson(['layers']);
  assert.deepEqual(units, (await runJson(['schema'])).units);
  const { stdout } = await runCli(['layers']);
  const lines = stdout.trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => line.match(/^\w+/)?.[0]),
    units.map((/** @type {{ name: string }} */ { name }) => name),
  );
  assert.ok(lines.some((line) => line.startsWith('conv(n, k, stride=1, pad=0, gain=1) ')));
  assert.ok(lines.some((line) => line.startsWith('maxpool(k, stride=k) ')));
});

test('schema prints the tables', async () => {
  const { fields, metrics } = await runJson(['schema']);
  const lr = fields.find((/** @type {{ name: string }} */ { name }) => name === 'lr');
  assert.deepEqual(
    ['group', 'kind', 'default', 'min', 'max', 'scale', 'options', 'live', 'when', 'label', 'unit', 'help'].filter(
      (key) => !(key in lr),
    ),
    [],
  );
  assert.equal(lr.default, 0.02);
  assert.equal(lr.live, true);
  assert.equal(metrics[0].name, 'step');
});

test('a reader that goes before anything is said is no failure', async () => {
  const { code, stderr } = await new Promise((resolve) => {
    const child = spawn(process.execPath, ['web/cli.js', 'schema'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stdout.destroy();
    child.stderr.on('data', (text) => {
      said += text;
    });
    child.on('close', (exit) => resolve({ code: exit, stderr: said }));
  });
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
});

test('off a terminal a line a minute says on standard error how far a study is, and nothing within the first', async (t) => {
  process.stderr.isTTY = false;
  const { startProgress } = await import('../../web/cli/progress.js');
  t.mock.timers.enable({ apis: ['setInterval'] });
  /** @type {string[]} */
  const said = [];
  const written = t.mock.method(process.stderr, 'write', (/** @type {string} */ text) => said.push(text) > 0);
  const progress = startProgress('Sweep', 1200);
  progress.update(7, 'lr=0.1, seed 3');
  t.mock.timers.tick(59_999);
  const early = said.length;
  t.mock.timers.tick(1);
  progress.stop();
  t.mock.timers.tick(600_000);
  written.mock.restore();
  assert.equal(early, 0);
  assert.equal(said.length, 1);
  assert.match(said[0], /^Sweep · 7 of 1,200 · [^·]+ · lr=0\.1, seed 3\n$/);
});

test('a study of which nobody knows how long it takes shows what is done on a terminal', async () => {
  const program = `
    process.stderr.isTTY = true;
    const { startProgress } = await import(${JSON.stringify(new URL('../../web/cli/progress.js', import.meta.url).href)});
    const progress = startProgress('Diagnosis', null);
    progress.update(4000, 'the sweep');
    setTimeout(() => progress.stop(), 100);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let drawn = '';
  for await (const part of child.stderr) drawn += part;
  assert.match(drawn, /Diagnosis · 4000 steps · \d+s · the sweep/);
});
