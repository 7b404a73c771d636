/** --data with folders and archives, and the small files on which wrong answers came out without a word. */

import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { writeGrey, writeNpy, writeZip } from '../engine/data_writers.js';
import { assertRefused, makeFolder, makeImageFiles, runCli } from './helpers.js';

const INPUTS = process.env.TRAINSCOPE_INPUTS;
const SHORT = ['--model', 'linear(8) relu', '--steps', '60'];

/** @param {string} path @param {string[]} words */
async function trainOn(path, ...words) {
  const { code, stdout, stderr } = await runCli(['train', '--data', path, ...SHORT, ...words, '--json']);
  assert.equal(code, 0, stderr);
  return { ...JSON.parse(stdout), said: stderr };
}

/** @param {import('node:test').TestContext} t @param {Record<string, Uint8Array>} files */
async function makeTree(t, files) {
  const root = await makeFolder(t);
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), bytes);
  }
  return root;
}

test('a folder of PNG images by class, with what systems leave in it', async (t) => {
  const files = Object.fromEntries(
    ['left', 'right'].flatMap((name, label) =>
      Array.from({ length: 30 }, (_, n) => [
        `${name}/${n}.png`,
        writeGrey(6, 6, (i) => (i % 6 < 3 === (label === 0) ? 200 : 20) + ((7 * i + 13 * n) % 50)),
      ]),
    ),
  );
  const root = await makeTree(t, {
    ...files,
    '.DS_Store': Uint8Array.of(1),
    '__MACOSX/left/._1.png': Uint8Array.of(1),
  });
  const { data, train } = await trainOn(root);
  assert.deepEqual([data.train, data.val, data.features, data.classes, data.notes], [48, 12, 36, 2, []]);
  assert.equal(train.accuracy, 1);
  const few = await trainOn(root, '--samples', '10', '--transpose');
  assert.equal(few.data.train, 10);
  assert.match(few.said, /The first 10 of the 48 training samples do not hold the classes/);
  await assertRefused(['train', '--data', join(root, 'left'), ...SHORT], /a folder for each class is needed/);
  const photos = await makeTree(t, { 'a/1.jpg': Uint8Array.of(0xff, 0xd8), 'b/1.jpg': Uint8Array.of(0xff, 0xd8) });
  await assertRefused(['train', '--data', photos], /only PNG can be read/);
});

test('the same samples as IDX files, in a zip file and as arrays are the same run', async (t) => {
  const set = makeImageFiles(60);
  const [images, labels] = Object.values(set);
  const arrays = {
    'x.npy': writeNpy('|u1', [60, 6, 6], images.subarray(16)),
    'y.npy': writeNpy('|u1', [60], labels.subarray(8)),
  };
  const nested = Object.fromEntries(Object.entries(set).map(([name, bytes]) => [`${name}/${name}`, bytes]));
  const root = await makeTree(t, {
    ...Object.fromEntries(Object.entries(set).map(([name, bytes]) => [`idx/${name}`, bytes])),
    ...Object.fromEntries(Object.entries(arrays).map(([name, bytes]) => [`npy/${name}`, bytes])),
    ...Object.fromEntries(Object.entries(nested).map(([name, bytes]) => [`kaggle/${name}`, bytes])),
    'set.zip': writeZip(nested),
    'set.npz': writeZip(arrays),
  });
  const digests = [];
  for (const name of ['idx', 'npy', 'kaggle', 'set.zip', 'set.npz']) {
    digests.push((await trainOn(join(root, name), '--steps', '5')).digest);
  }
  assert.equal(new Set(digests).size, 1);
});

test('inputs: labels from 1, channels last, a folder with a file’s name', { skip: !INPUTS }, async () => {
  const path = (/** @type {string} */ name) => join(String(INPUTS), name);
  const fromOne = await trainOn(path('11-labels-from-1'));
  assert.deepEqual([fromOne.data.classes, fromOne.data.features, fromOne.val.accuracy], [3, 36, 1]);
  assert.match(fromOne.said, /are 1 … 3: 3 classes/);
  assert.match(fromOne.said, /--transpose/);
  assert.doesNotMatch((await trainOn(path('11-labels-from-1'), '--transpose')).said, /--transpose/);
  const last = await trainOn(path('12-channels-last'), '--model', 'conv(4, 3) relu');
  // conv: 4 · 3 · 9 + 4; out: 3 · 4 · 36 + 3, for images of 3 × 8 × 8.
  assert.deepEqual([last.parameters, last.val.accuracy], [112 + 435, 1]);
  assert.deepEqual((await trainOn(path('13-folder-named-idx'))).data.classes, 2);
  const stray = await trainOn(path('17-stray-label-255'));
  assert.match(stray.said, /label 255 of sample 17, counted from 0, .* stands apart/);
  assert.equal(stray.data.classes, 4);
  await assertRefused(['train', '--data', path('18-one-class')], /has only one label, 0; learning needs two classes/);
});
