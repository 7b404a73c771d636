/** Faults that no other test injects: they take long, or a whole browser. `node tests/faults/faults.js` runs them. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { chromium } from 'playwright-core';
import { servePage } from '../../web/cli/commands/serve.js';
import { browserPath, FLAGS, inLog } from '../browser/helpers.js';
import { digestOf, fullSpeed, SLOW_CONFIG, SLOW_SEARCH } from '../browser/long_run.js';
import { stage } from '../browser/stage.js';
import { CLI, makeFolder } from '../cli/helpers.js';

/** Waits until so many steps are kept. @param {import('playwright-core').Page} page @param {number} steps */
const keepSome = (page, steps) =>
  page.waitForFunction((wanted) => {
    const { lab } = /** @type {any} */ (document.querySelector('train-scope')) ?? {};
    return lab?.keeper?.stepOf(lab.active) > wanted;
  }, steps);

/** The digest of the active run, once it has ended. @param {import('playwright-core').Page} page */
async function finish(page) {
  await fullSpeed(page);
  const end = await page.waitForFunction(
    () => /** @type {any} */ (document.querySelector('train-scope')).lab.active.end?.digest,
  );
  return end.jsonValue();
}

test('kill -9 in a diagnosis: the older report stays', async (t) => {
  const folder = await makeFolder(t, { 'report.html': 'older' });
  const words = ['diagnose', '--dataset', 'glyphs', '--steps', '3000', '--report', 'report.html'];
  const child = spawn(process.execPath, [CLI, ...words], { cwd: folder, stdio: 'ignore' });
  await new Promise((resolve) => setTimeout(resolve, 2500));
  child.kill('SIGKILL');
  assert.equal((await once(child, 'exit'))[1], 'SIGKILL', 'in the middle');
  assert.equal(await readFile(join(folder, 'report.html'), 'utf8'), 'older');
});

for (const log of ['run.jsonl', 'run.tfevents']) {
  test(`kill -9 in a training: the older weights and ${log} stay`, async (t) => {
    const folder = await makeFolder(t, { 'w.safetensors': 'older', [log]: 'older' });
    const words = ['train', '--dataset', 'moons', '--steps', '3000000', '--save', 'w.safetensors', '--out', log];
    const child = spawn(process.execPath, [CLI, ...words], { cwd: folder, stdio: 'ignore' });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    child.kill('SIGKILL');
    assert.equal((await once(child, 'exit'))[1], 'SIGKILL', 'in the middle');
    for (const name of ['w.safetensors', log]) assert.equal(await readFile(join(folder, name), 'utf8'), 'older');
  });
}

test('no network while a run trains: it ends with the bits of another', async () => {
  const { page } = await stage.open(SLOW_SEARCH, { isFresh: true });
  await keepSome(page, 20);
  await page.context().setOffline(true);
  assert.equal(await finish(page), await digestOf(SLOW_CONFIG));
});

test('a quota of nothing while a run trains: it is said once, and the run ends with the bits of another', async () => {
  const { page } = await stage.open(SLOW_SEARCH, { isFresh: true });
  const session = await page.context().newCDPSession(page);
  const quota = { origin: new URL(page.url()).origin, quotaSize: 1 };
  await session.send('Storage.overrideQuotaForOrigin', quota);
  await keepSome(page, 20);
  await inLog(page, /no room to keep runs/).waitFor();
  assert.equal(await finish(page), await digestOf(SLOW_CONFIG));
  assert.equal(await inLog(page, /no room to keep runs/).count(), 1);
});

test('kill -9 of the browser in mid-run: the next one offers to go on, to the same bits', async (t) => {
  process.env.TRAINSCOPE_FASHION_MNIST = '';
  const server = await servePage({ options: { port: 0 } });
  t.after(() => server.close());
  const profile = await makeFolder(t);
  const launch = () => chromium.launchPersistentContext(profile, { executablePath: browserPath(true), args: FLAGS });
  const first = await launch();
  const page = await first.newPage();
  await page.goto(server.address + SLOW_SEARCH);
  // Long enough to be worth an offer to a tab that is another.
  await keepSome(page, 3000);
  await page.waitForTimeout(1000);
  const cdp = await first.newCDPSession(page);
  await cdp.send('Browser.crash').catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 1500));

  const second = await launch();
  t.after(() => second.close());
  const again = await second.newPage();
  await again.goto(server.address + SLOW_SEARCH);
  await again.getByRole('button', { name: 'Go on', exact: true }).click();
  await inLog(again, /goes on from step/).waitFor();
  assert.equal(await finish(again), await digestOf(SLOW_CONFIG));
});
