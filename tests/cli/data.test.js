/** `trainscope data`: from a folder or an address, and only what is Fashion-MNIST. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import {
  assertRefused,
  FASHION_MNIST,
  makeFolder,
  makeIdx,
  makeImageFiles,
  runCli,
  runJson,
  WITH_FASHION_MNIST,
} from './helpers.js';

const NAMES = [
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
];

test('what is not Fashion-MNIST is not kept', async (t) => {
  const to = join(await makeFolder(t), 'to');
  const get = (/** @type {string} */ from) => ['data', 'fashion-mnist', '--from', from, '--to', to];
  await assertRefused(get(await makeFolder(t)), /has no file train-images-idx3-ubyte/);
  const small = await makeFolder(t, { ...makeImageFiles(20), ...makeImageFiles(10, 't10k') });
  await assertRefused(get(small), /train-images-idx3-ubyte is not Fashion-MNIST’s: it holds 20×6×6/);
  const broken = await makeFolder(t, { 'train-images-idx3-ubyte.gz': new Uint8Array([0x1f, 0x8b, 1, 2, 3]) });
  await assertRefused(get(broken), /train-images-idx3-ubyte\.gz: the gzip data is damaged/);
  const gray = gzipSync(makeIdx([60000, 28, 28], () => 33));
  await assertRefused(
    get(await makeFolder(t, { 'train-images-idx3-ubyte.gz': gray })),
    /mean pixel 0\.1294 instead of 0\.286/,
  );
  assert.deepEqual(await readdir(to), []);
});

test('an address that does not answer is one sentence, exit 1', async (t) => {
  const server = createServer((_request, response) => {
    response.writeHead(404);
    response.end();
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const to = await makeFolder(t);
  const words = ['data', 'fashion-mnist', '--from', `http://localhost:${port}/x/`, '--to', to];
  const missing = await runCli(words);
  server.close();
  assert.equal(missing.code, 1);
  assert.match(
    missing.stderr,
    /^trainscope: http:\/\/localhost:\d+\/x\/train-images-idx3-ubyte\.gz could not be downloaded: the server answered 404[^\n]+\n$/,
  );
  const closed = await runCli(words);
  assert.equal(closed.code, 1);
  assert.match(closed.stderr, /^trainscope: [^\n]+could not be downloaded[^\n]+\n$/);
});

test('the four files from a folder', WITH_FASHION_MNIST, async (t) => {
  const from = /** @type {string} */ (FASHION_MNIST);
  const to = join(await makeFolder(t), 'deep', 'inside');
  const result = await runJson(['data', 'fashion-mnist', '--from', from, '--to', to]);
  assert.equal(result.images, 70000);
  assert.equal(result.classes, 10);
  assert.equal(result.files.length, 4);
  const kept = (await readdir(to)).sort();
  assert.deepEqual(
    kept.map((name) => name.replace(/\.gz$/, '')),
    NAMES,
  );
  for (const name of kept) assert.deepEqual(await readFile(join(to, name)), await readFile(join(from, name)));
});

test('the four files from an address, and a run on them', WITH_FASHION_MNIST, async (t) => {
  const from = /** @type {string} */ (FASHION_MNIST);
  const server = createServer(async (request, response) => {
    const name = String(request.url).slice(1);
    response.end(
      await readFile(join(from, name)).catch(async () =>
        gzipSync(await readFile(join(from, name.replace(/\.gz$/, '')))),
      ),
    );
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const to = await makeFolder(t);
  await runJson(['data', 'fashion-mnist', '--from', `http://localhost:${port}`, '--to', to]);
  const { parameters, train, val } = await runJson(['train', '--data', to, '--steps', '20', '--val-samples', '500']);
  assert.equal(parameters, 61706);
  assert.ok(train.loss > 0 && val.accuracy >= 0);
});
