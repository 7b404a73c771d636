/** The wasm module's face: one import, the exports that exports.txt lists, and tables that make sense. */

import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { DATA_FACTS } from '../../web/engine/config/data_facts.js';
import { METRICS_BYTES } from '../../web/engine/core/record.js';
import { compileCore, instantiateCore } from '../../web/engine/core/wasm.js';
import { createEngineFrom } from '../../web/engine/engine.js';
import { SCHEMA, SCHEMA_DIGEST } from '../../web/generated/schema.js';
import { createEngine } from '../../web/platform/node/index.js';

const ROOT = new URL('../../', import.meta.url);

/** What a linker adds of its own; nothing of it is called. */
const RUNTIME = /^(_initialize|__stack_pointer|__indirect_function_table|__errno_location|_?_?(emscripten_)?stack.*)$/i;

const bytes = await readFile(new URL('build/trainscope.wasm', ROOT));
const threadsBytes = await readFile(new URL('build/trainscope-threads.wasm', ROOT));
const engine = await createEngine();

test('the modules have one import, their memory', async () => {
  for (const source of [bytes, threadsBytes]) {
    const module = await WebAssembly.compile(source);
    assert.deepEqual(WebAssembly.Module.imports(module), [{ module: 'env', name: 'memory', kind: 'memory' }]);
  }
});

test('the modules export what exports.txt lists, sorted, with a reason each', async () => {
  const text = await readFile(new URL('src/wasm/exports.txt', ROOT), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  for (const line of lines) assert.match(line, /^\S+ +# .+$/);
  const listed = lines.map((line) => line.split(' ')[0]);
  assert.deepEqual(listed, [...listed].sort(), 'sorted');
  for (const source of [bytes, threadsBytes]) {
    const exported = WebAssembly.Module.exports(await WebAssembly.compile(source)).map(({ name }) => name);
    assert.deepEqual(exported.filter((name) => !RUNTIME.test(name)).sort(), [...listed].sort());
  }
});

test('the engine calls every export, and nothing else', async () => {
  const text = await readFile(new URL('src/wasm/exports.txt', ROOT), 'utf8');
  const listed = text.match(/^tscope_\w+/gm) ?? [];
  const folder = new URL('web/engine/', ROOT);
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.js'));
  const sources = await Promise.all(files.map((name) => readFile(new URL(name, folder), 'utf8')));
  const called = new Set(sources.join('\n').match(/\btscope_\w+(?=[(, ;])/g));
  for (const type of ['tscope_dataset', 'tscope_trainer', 'tscope_range_curve']) called.delete(type);
  assert.deepEqual([...called].sort(), [...listed].sort());
});

test('an engine starts from bytes and from a compiled module', async () => {
  for (const source of [bytes, await compileCore(bytes)]) {
    const started = await createEngineFrom(source);
    assert.deepEqual(started.parseConfig({}).problems, []);
  }
});

test('createEngine takes the core as an address, bytes or a module, and says what is wrong with another', async () => {
  const url = new URL('../../build/trainscope.wasm', import.meta.url);
  const bytes = await readFile(url);
  for (const wasm of [url, bytes, new Uint8Array(bytes).buffer, await WebAssembly.compile(bytes)]) {
    const engine = await createEngine({ wasm });
    assert.equal(
      engine.version,
      JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')).version,
    );
  }
  /** @type {[object, RegExp][]} */
  const wrong = [
    [{ wasm: 'trainscope.wasm' }, /wasm must be a URL, bytes or a compiled module, not "trainscope.wasm"/],
    [{ wasm: new Uint8Array(8) }, /wasm cannot be compiled/],
    [{ wasm: Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0) }, /something else than Trainscope’s core/],
    [{ wasm: new URL('nowhere.wasm', url) }, /wasm cannot be loaded from file:.*nowhere.wasm/],
    [{ wasm: bytes, threads: 2 }, /several threads, or a common memory, need trainscope-threads.wasm/],
  ];
  for (const [options, message] of wrong) await assert.rejects(createEngine(options), { code: 'argument', message });
});

test('a stale build is one clear message', async () => {
  await assert.rejects(instantiateCore(bytes, `${SCHEMA_DIGEST}0`), { code: 'build', message: /\.\/build\.sh/ });
});

test('a checkout without a build says how to build', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trainscope-'));
  try {
    await cp(new URL('web/engine', ROOT), join(folder, 'web/engine'), { recursive: true });
    await cp(new URL('web/platform/node/index.js', ROOT), join(folder, 'web/platform/node/index.js'));
    await cp(new URL('package.json', ROOT), join(folder, 'package.json'));
    const { createEngine: createUnbuilt } = await import(
      pathToFileURL(join(folder, 'web/platform/node/index.js')).href
    );
    await assert.rejects(createUnbuilt(), { code: 'build', message: /\.\/build\.sh/ });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('rows of the tables are complete and their defaults are inside their ranges', () => {
  for (const field of [...SCHEMA.fields, ...SCHEMA.range_test, ...SCHEMA.surface, ...SCHEMA.slice]) {
    assert.match(field.name, /^[a-z][a-z0-9_]*$/);
    assert.ok(field.label && field.help, field.name);
    assert.equal(typeof field.live, 'boolean');
    assert.equal(typeof field.in_sight, 'boolean');
    assert.ok([null, 'lr', 'norm'].includes(field.quantity), field.name);
    if (field.kind === 'real' || field.kind === 'int') {
      const { min, max, low, high, default: value } = /** @type {any} */ (field);
      assert.ok(min <= value && value <= max, field.name);
      assert.ok(min <= low && low < high && high <= max, field.name);
      assert.ok(field.scale === 'linear' || (field.scale === 'log' && low > 0), field.name);
    } else if (field.kind === 'enum') {
      const names = field.options.map(({ name }) => name);
      assert.ok(
        names.some((name) => name === field.default),
        field.name,
      );
      assert.equal(new Set(names).size, names.length);
    } else if (field.kind === 'flag') assert.equal(typeof field.default, 'boolean');
    else assert.equal(field.default, null);
  }
});

test('every setting stands in a group of the table, with some setting of it in sight', () => {
  const groups = SCHEMA.groups.map(({ name }) => name);
  assert.deepEqual([...new Set(SCHEMA.fields.map(({ group }) => group))].sort(), [...groups].sort());
  const open = SCHEMA.fields.filter((field) => field.in_sight).map(({ group }) => group);
  assert.deepEqual([...new Set(open)].sort(), [...groups].sort());
});

test('every condition of a table names a real field and its options', () => {
  for (const rows of [SCHEMA.fields, SCHEMA.range_test, SCHEMA.surface, SCHEMA.slice]) {
    for (const { name, when } of rows) {
      for (const condition of when === '' ? [] : when.split(';')) {
        const [other, options] = condition.split('=');
        const field = [...rows, ...SCHEMA.fields].find((row) => row.name === other);
        const known =
          field?.kind === 'flag' ? ['on'] : (field?.options.map((option) => String(option.name)) ?? DATA_FACTS[other]);
        for (const option of options.split(',')) assert.ok(known?.includes(option), `${name}: ${condition}`);
      }
    }
  }
});

test('the settings of the contract have its defaults', () => {
  const expected = {
    dataset: 'spiral',
    data_seed: 1,
    samples: 0,
    val_samples: 0,
    val_fraction: 0.2,
    downsample: 1,
    standardize: true,
    noise: 0.1,
    label_noise: 0,
    outliers: 0,
    outlier_scale: 100,
    model: null,
    init: 'he',
    init_gain: 1,
    loss: 'cross_entropy',
    optimizer: 'momentum',
    lr: 0.02,
    momentum: 0.9,
    rho: 0.9,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weight_decay: 0,
    schedule: 'constant',
    warmup_steps: 0,
    lr_min: 0,
    cycle_steps: 200,
    decay_steps: 1000,
    decay_rate: 0.1,
    clip: 'off',
    clip_norm: 1,
    clip_percentile: 90,
    clip_in_warmup: true,
    batch: 64,
    steps: 1000,
    seed: 1,
    eval_every: 50,
    sharpness_every: 0,
  };
  // A setting that came later is nobody's promise yet.
  const promised = engine.schema.fields.filter(({ name }) => name in expected);
  assert.deepEqual(Object.fromEntries(promised.map((field) => [field.name, field.default])), expected);
  const live = promised.filter((field) => field.live).map(({ name }) => name);
  assert.deepEqual(live, [
    'lr',
    'momentum',
    'weight_decay',
    'clip',
    'clip_norm',
    'clip_percentile',
    'clip_in_warmup',
    'eval_every',
    'sharpness_every',
  ]);
});

test('a row of metrics is a word for each, and the names that are public stay, in their order', () => {
  const names = engine.schema.metrics.map(({ name }) => name);
  assert.equal(METRICS_BYTES, 4 * names.length);
  const published = [
    'step',
    'lr',
    'loss',
    'smoothed_loss',
    'accuracy',
    'smoothed_accuracy',
    'grad_norm',
    'clip_threshold',
    'clip_scale',
    'events',
  ];
  assert.deepEqual(
    names.filter((name) => published.includes(name)),
    published,
  );
});

test('the entries are where package.json says', async () => {
  const { exports } = JSON.parse(await readFile(new URL('package.json', ROOT), 'utf8'));
  const { browser, default: node } = exports['.'];
  for (const [entry, platform] of [
    [browser, 'browser'],
    [node, 'node'],
  ]) {
    const text = await readFile(new URL(entry, ROOT), 'utf8');
    assert.match(text, /export (async )?function createEngine/, `${entry} for ${platform}`);
  }
});

test('the published options are names, with labels beside them', () => {
  const row = engine.schema.fields.find(({ name }) => name === 'schedule');
  assert.deepEqual(row?.options.slice(0, 3), ['constant', 'linear', 'cosine']);
  assert.deepEqual(row?.option_labels.slice(0, 3), ['Constant', 'Linear', 'Cosine']);
  assert.deepEqual(engine.schema.fields.find(({ name }) => name === 'downsample')?.options, [1, 2, 4]);
  assert.deepEqual(JSON.parse(JSON.stringify(engine.schema)), engine.schema);
});
