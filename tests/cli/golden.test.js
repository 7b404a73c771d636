/** The same bits everywhere: native C and WebAssembly in Node agree on short runs of every kind. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { commandWords, GOLDEN_RUNS, nameRun, nativeWords } from '../fixtures/golden_runs.js';
import { FASHION_MNIST, makeFolder, ROOT, runJson } from './helpers.js';

const NATIVE = join(ROOT, 'build/native/trainscope-native');
/** @type {{ skip: false | string }} */
const WITH_NATIVE = { skip: existsSync(NATIVE) ? false : 'skipped: no native build' };

/**
 * Runs the same settings natively and in Node.
 *
 * @param {import('../fixtures/golden_runs.js').GoldenRun} run
 * @param {{ nativeData?: string[], data?: string[] }} [folders]  flags that name the folders of the same data
 */
async function runBoth(run, { nativeData = [], data = [] } = {}) {
  const [{ stdout }, node] = await Promise.all([
    promisify(execFile)(NATIVE, [...nativeWords(run), ...nativeData]),
    runJson(['train', ...commandWords(run), ...data, '--eval-every', '0']),
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

for (const run of GOLDEN_RUNS) {
  test(`native and Node agree: ${nameRun(run)}`, WITH_NATIVE, async () => {
    const { native, node } = await runBoth(run);
    assertSame({ native, node });
    assert.equal(node.diverged, node.config.lr > 1);
  });
}

test('native and Node agree on 200 steps of LeNet on Fashion-MNIST', async (t) => {
  if (!FASHION_MNIST) return t.skip('no Fashion-MNIST');
  if (WITH_NATIVE.skip) return t.skip(WITH_NATIVE.skip);
  const unpacked = await makeFolder(t);
  for (const name of await readdir(FASHION_MNIST)) {
    const bytes = await readFile(join(FASHION_MNIST, name));
    await writeFile(join(unpacked, name.replace(/\.gz$/, '')), name.endsWith('.gz') ? gunzipSync(bytes) : bytes);
  }
  const settings = { steps: 200, batch: 64, init: 'xavier', lr: 0.0363 };
  assertSame(await runBoth({ settings }, { nativeData: ['--data', unpacked], data: ['--data', FASHION_MNIST] }));
});
