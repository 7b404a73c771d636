/** What the tests of the command line share: running it, and making small data files. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import os, { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { runCommandLine } from '../../web/cli/main.js';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const CLI = join(ROOT, 'web/cli.js');

/**
 * Commands that run in this process see a machine of one core: what a second thread costs to begin is more than most runs
 * of the tests take. Those that are about several name their number, and `spawnCli` sees what there is.
 */
os.availableParallelism = () => 1;
syncBuiltinESMExports();

/**
 * @typedef {{ code: number, stdout: string, stderr: string }} Said
 */

/**
 * Runs a command in this process: what it says and how it ends are the program's, which only starts it.
 *
 * @param {string[]} words
 * @param {{ env?: Record<string, string> }} [options]
 * @returns {Promise<Said>}
 */
export async function runCli(words, { env = {} } = {}) {
  const said = { stdout: '', stderr: '' };
  const listen = (/** @type {'stdout' | 'stderr'} */ name) =>
    new Writable({
      write(text, _, done) {
        said[name] += text;
        done();
      },
    });
  const before = Object.keys(env).map((name) => /** @type {const} */ ([name, process.env[name]]));
  Object.assign(process.env, env);
  try {
    const code = await runCommandLine(words, { stdout: listen('stdout'), stderr: listen('stderr') });
    return { code, ...said };
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

/**
 * Runs the program itself, as a shell does: it must end by itself.
 *
 * @param {string[]} words
 * @param {{ env?: Record<string, string> }} [options]
 * @returns {Promise<Said>}
 */
export function spawnCli(words, { env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CLI, ...words], { env: { ...process.env, ...env } });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (text) => {
      stdout += text;
    });
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
}

/**
 * Runs a command that must succeed and returns its JSON; standard error must be silent.
 *
 * @param {string[]} words
 * @param {typeof runCli} [run]
 */
export async function runJson(words, run = runCli) {
  const { code, stdout, stderr } = await run([...words, '--json']);
  assert.equal(stderr, '');
  assert.equal(code, 0);
  assert.equal(stdout.trimEnd().split('\n').length, 1, 'one line');
  return JSON.parse(stdout);
}

/**
 * Runs a command that must refuse its input: exit 2, nothing on standard output, one line on standard error.
 *
 * @param {string[]} words
 * @param {RegExp} pattern  what the line must say
 * @param {typeof runCli} [run]
 */
export async function assertRefused(words, pattern, run = runCli) {
  const { code, stdout, stderr } = await run(words);
  const said = `${words.join(' ')} → ${stderr}`;
  assert.equal(code, 2, said);
  assert.equal(stdout, '', said);
  assert.match(stderr, /^trainscope: [^\n]+\n$/, said);
  assert.match(stderr, pattern, said);
}

/**
 * A folder that is removed when the test ends.
 *
 * @param {import('node:test').TestContext} t
 * @param {Record<string, string | Uint8Array>} [files]  by name
 */
export async function makeFolder(t, files = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'trainscope-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

/** An IDX file of unsigned bytes. @param {number[]} shape @param {(i: number) => number} value */
export function makeIdx(shape, value) {
  const count = shape.reduce((product, size) => product * size, 1);
  const bytes = new Uint8Array(4 + 4 * shape.length + count);
  const view = new DataView(bytes.buffer);
  bytes.set([0, 0, 8, shape.length]);
  for (const [i, size] of shape.entries()) view.setUint32(4 + 4 * i, size);
  for (let i = 0; i < count; i++) bytes[4 + 4 * shape.length + i] = value(i);
  return bytes;
}

/** Images and labels of two easy classes: dark ones and bright ones. @param {number} count @param {string} prefix */
export function makeImageFiles(count, prefix = 'train') {
  const side = 6;
  return {
    [`${prefix}-images-idx3-ubyte`]: makeIdx([count, side, side], (i) => {
      const image = Math.floor(i / (side * side));
      return (image % 2) * 150 + ((i * 37 + image * 11) % 100);
    }),
    [`${prefix}-labels-idx1-ubyte`]: makeIdx([count], (i) => i % 2),
  };
}

/**
 * Images of 28 × 28 without any pattern, as files would hold them, and a tenth as many to validate on.
 *
 * @param {number} count
 * @returns {import('../../web/engine/data/data_files.js').DataFiles}
 */
export function makeNoiseData(count) {
  let state = 1;
  const makeBytes = (/** @type {number} */ length, /** @type {number} */ below) =>
    Uint8Array.from({ length }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return (state >>> 16) % below;
    });
  const makeSamples = (/** @type {number} */ samples) => ({
    images: makeBytes(784 * samples, 256),
    labels: makeBytes(samples, 10),
  });
  return {
    name: 'noise',
    ...makeSamples(count),
    shape: [1, 28, 28],
    classes: 10,
    classNames: null,
    scalePerFeature: false,
    target: null,
    notes: [],
    validation: makeSamples(count / 10),
  };
}

/** The folder of Fashion-MNIST, or null. */
export const FASHION_MNIST =
  [process.env.TRAINSCOPE_FASHION_MNIST, join(ROOT, 'data/fashion-mnist')].find(
    (folder) => folder && existsSync(folder),
  ) ?? null;

/** Options of a test that needs Fashion-MNIST. @type {{ skip: false | string }} */
export const WITH_FASHION_MNIST = { skip: FASHION_MNIST ? false : 'skipped: no Fashion-MNIST' };
