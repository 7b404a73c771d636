/** Runs outlive the page: a reload in mid-run goes on to the same bits, and tabs keep to themselves. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { test } from 'node:test';
import { makeFolder, ROOT } from '../cli/helpers.js';
import { inLog, openTab } from './helpers.js';
import { digestOf, fullSpeed, SLOW_CONFIG, SLOW_SEARCH, untilKept } from './long_run.js';
import { stage } from './stage.js';

/** @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/** The active run, in the page. @param {import('playwright-core').Page} page */
const activeOf = (page) =>
  page.evaluate(() => {
    const { active, keeper, runs } = /** @type {any} */ (document.querySelector('train-scope')).lab;
    return {
      step: active?.step ?? 0,
      status: active?.status,
      digest: active?.end?.digest ?? null,
      rows: active?.series.loss.length ?? 0,
      evaluations: active?.evaluations.map((/** @type {any} */ one) => one.step) ?? [],
      names: runs.list.map((/** @type {any} */ run) => run.name),
      offered: keeper?.offer?.live?.pastStep ?? null,
    };
  });

test('a reload in mid-run goes on from the last snapshot to the digest of an undisturbed run; another tab has none of it', async () => {
  const { page, check } = await stage.open(SLOW_SEARCH, { isFresh: true });
  await page.waitForFunction(() => /** @type {any} */ (document.querySelector('train-scope')).lab?.active?.step > 20);
  await page.evaluate(() => {
    const { lab } = /** @type {any} */ (document.querySelector('train-scope'));
    lab.runs.rename(lab.active, 'kept one');
    lab.draft.set('lr', 0.013);
  });
  await inLog(page, /0\.013/)
    .first()
    .waitFor();
  const change = await page.evaluate(
    () => /** @type {any} */ (document.querySelector('train-scope')).lab.active.changes[0],
  );
  await untilKept(page, 'kept one', change.step);
  assert.equal((await activeOf(page)).status, 'running');

  await page.reload();
  await page.getByText(/kept one is kept up to step [\d,]+ of 12,000/).waitFor();
  const other = await page.context().newPage();
  await other.goto(new URL(SLOW_SEARCH, page.url()).href);
  await page.getByRole('button', { name: 'Go on', exact: true }).click();
  await inLog(page, /kept one goes on from step/).waitFor();
  await fullSpeed(page);
  await page.waitForFunction(
    () => /** @type {any} */ (document.querySelector('train-scope')).lab.active.status === 'complete',
  );
  const end = await activeOf(page);
  const { steps } = SLOW_CONFIG;
  assert.deepEqual([end.step, end.rows, end.evaluations.length], [steps, steps, steps / SLOW_CONFIG.eval_every]);
  assert.ok(end.names.includes('kept one'));
  assert.equal((await activeOf(other)).offered, null, 'what a tab that is open keeps is its own');

  assert.equal(end.digest, await digestOf({ ...SLOW_CONFIG, changes: [change] }));
  await check();
});

test('a worker that breaks costs nothing, also where the browser keeps nothing', async () => {
  const { page, check } = await stage.open(SLOW_SEARCH, {}, () => {
    Object.defineProperty(window, 'indexedDB', {
      get: () => {
        throw new DOMException('The operation is insecure.', 'SecurityError');
      },
    });
  });
  await page.waitForFunction(() => {
    const { lab } = /** @type {any} */ (document.querySelector('train-scope')) ?? {};
    return lab?.keeper?.stepOf(lab.active) > 20;
  });
  // Browsers do not say which worker is the trainer and which one a thread of its. Not waited for: it may be gone before
  // its answer is, and a thread that sleeps answers nothing.
  for (const worker of page.workers()) {
    void worker
      .evaluate(() => {
        if (self.name !== 'trainer') return;
        setTimeout(() => {
          throw new Error('on purpose');
        });
      })
      .catch(() => {});
  }
  await page.getByRole('button', { name: /^Go on from step \d/ }).click();
  await fullSpeed(page);
  await page.waitForFunction(
    () => /** @type {any} */ (document.querySelector('train-scope')).lab.active.status === 'complete',
  );
  const end = await activeOf(page);
  const { steps } = SLOW_CONFIG;
  assert.deepEqual([end.rows, end.evaluations.length, end.offered], [steps, steps / SLOW_CONFIG.eval_every, null]);
  assert.equal(end.digest, await digestOf(SLOW_CONFIG));
  await check();
});

test('the page opens without a network, isolated from others, in a folder of any server; a new version waits', async (t) => {
  const folder = await makeFolder(t, {});
  await cp(join(ROOT, 'dist'), join(folder, 'sub'), { recursive: true });
  // A server that knows files and no headers.
  const server = createServer(async (request, response) => {
    const path = join(folder, (request.url ?? '').replace(/[?#].*/, '').replace(/\/$/, '/index.html'));
    const bytes = await readFile(path).catch(() => null);
    response.writeHead(bytes ? 200 : 404, { 'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream' });
    response.end(bytes);
  });
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const { page } = await openTab(await stage.browser());
  t.after(() => page.context().close());
  const address = `http://localhost:${port}/sub/?dataset=moons&steps=50`;
  await page.goto(address);
  assert.equal(await page.evaluate(() => crossOriginIsolated), false);
  await page.evaluate(() => navigator.serviceWorker.ready);
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;

  await page.reload();
  await inLog(page, /^Done\./).waitFor();
  const seen = await page.evaluate(() => ({
    isolated: crossOriginIsolated,
    threads: /** @type {any} */ (document.querySelector('train-scope')).lab.threads,
  }));
  assert.equal(seen.isolated, true);
  assert.ok(seen.threads > 1 || (await page.evaluate(() => navigator.hardwareConcurrency)) === 1);

  const source = await readFile(join(folder, 'sub/sw.js'), 'utf8');
  await writeFile(join(folder, 'sub/sw.js'), source.replace(/"version":"\w+"/, '"version":"another"'));
  server.listen(port, 'localhost');
  await once(server, 'listening');
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
  await page.getByText('A new version of this page is ready.').waitFor();
  assert.equal((await activeOf(page)).status, 'complete');
  await page.getByRole('button', { name: 'Load it' }).click();
  await page.waitForFunction(async () => (await caches.keys()).includes('trainscope-page-another'));
  await inLog(page, /^Done\./).waitFor();
});
