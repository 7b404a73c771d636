/** The same bits everywhere: native C and WebAssembly in Node agree on short runs of every kind. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { FASHION_MNIST, makeFolder, ROOT, runJson } from './helpers.js';

const NATIVE = join(ROOT, 'build/native/trainscope-native');
/** @type {{ skip: false | string }} */
const WITH_NATIVE = { skip: existsSync(NATIVE) ? false : 'skipped: no native build' };

/**
 * Runs the same settings natively and in Node.
 *
 * @param {Record<string, string | number>} settings
 * @param {{ changes?: string[], nativeData?: string, data?: string }} [options]  the folders of the same data
 */
async function runBoth(settings, { changes = [], nativeData, data } = {}) {
  const nativeWords = [
    ...Object.entries(settings).map(([name, value]) => `${name}=${value}`),
    ...(nativeData ? ['--data', nativeData] : []),
    ...changes.flatMap((change) => ['--change', change]),
  ];
  const words = [
    ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
    ...(data ? ['--data', data] : []),
    ...changes.flatMap((change) => ['--change', change]),
  ];
  const [{ stdout }, node] = await Promise.all([
    promisify(execFile)(NATIVE, nativeWords),
    runJson(['train', ...words, '--eval-every', '0']),
  ]);
  return { native: JSON.parse(stdout), node };
}

/** @param {Awaited<ReturnType<typeof runBoth>>} runs */
function assertSame({ native, node }) {
  assert.equal(node.digest, native.digest);
  assert.equal(node.steps, native.steps);
  assert.equal(node.val.loss, native.val_loss);
  assert.equal(node.val.accuracy, native.val_accuracy);
}

/** @type {Record<string, string | number>[]} */
const SHORT_RUNS = [
  { dataset: 'spiral', steps: 100 },
  { dataset: 'plane', steps: 60, optimizer: 'adam', lr: 0.001, model: 'linear(24) gelu linear(24) gelu' },
  { dataset: 'moons', steps: 60, optimizer: 'rmsprop', rho: 0.99999, lr: 0.001, batch: 0, schedule: 'cosine' },
  {
    dataset: 'xor',
    steps: 60,
    optimizer: 'nadam',
    beta2: 0.999999,
    epsilon: 0,
    lr: 0.002,
    warmup_steps: 10,
    model: 'residual(linear(16) relu linear(16) layernorm)*3',
  },
  { dataset: 'blobs', steps: 60, optimizer: 'nesterov', clip: 'norm', clip_norm: 0.1, model: '' },
  {
    dataset: 'circle',
    steps: 60,
    optimizer: 'adamw',
    weight_decay: 0.1,
    lr: 0.003,
    model: '(linear(12) batchnorm tanh dropout(0.2))*2',
  },
  { dataset: 'moons', steps: 60, optimizer: 'sgd', clip: 'adaptive', label_noise: 0.1, outliers: 0.05, init: 'xavier' },
  {
    dataset: 'spiral',
    steps: 40,
    model: 'rezero(linear(8) leakyrelu(0.1) linear(8))*2',
    clip: 'update',
    clip_norm: 0.01,
  },
  { dataset: 'glyphs', samples: 500, val_samples: 100, steps: 30 },
  {
    dataset: 'glyphs',
    samples: 300,
    val_samples: 64,
    steps: 20,
    downsample: 2,
    batch: 300,
    model: 'conv(8,3,pad=1) batchnorm relu residual(conv(12,3,stride=2,pad=1) relu) avgpool(2) linear(16) sigmoid',
    optimizer: 'adam',
    lr: 0.002,
    loss: 'squared_error',
  },
];

for (const settings of SHORT_RUNS) {
  const title = Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
  test(`native and Node agree: ${title}`, WITH_NATIVE, async () => assertSame(await runBoth(settings)));
}

test('native and Node agree on live changes and on divergence', WITH_NATIVE, async () => {
  const changes = ['10:lr=0.5', '20:clip=norm', '20:clip_norm=0.3', '25:momentum=0.5'];
  assertSame(await runBoth({ dataset: 'spiral', steps: 60 }, { changes }));
  const diverged = await runBoth({
    dataset: 'spiral',
    steps: 60,
    lr: 1e6,
    loss: 'squared_error',
    model: 'linear(8)*4',
  });
  assert.equal(diverged.node.diverged, true);
  assert.equal(diverged.node.digest, diverged.native.digest);
  assert.equal(diverged.node.steps, diverged.native.steps);
});

test('native and Node agree on 200 steps of LeNet on Fashion-MNIST', async (t) => {
  if (!FASHION_MNIST) return t.skip('no Fashion-MNIST');
  if (WITH_NATIVE.skip) return t.skip(WITH_NATIVE.skip);
  const unpacked = await makeFolder(t);
  for (const name of await readdir(FASHION_MNIST)) {
    const bytes = await readFile(join(FASHION_MNIST, name));
    await writeFile(join(unpacked, name.replace(/\.gz$/, '')), name.endsWith('.gz') ? gunzipSync(bytes) : bytes);
  }
  const settings = { steps: 200, batch: 64, init: 'xavier', lr: 0.0363 };
  assertSame(await runBoth(settings, { nativeData: unpacked, data: FASHION_MNIST }));
});
