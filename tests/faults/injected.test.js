/** Faults that no other test injects: they take long, or a whole browser. `node tests/faults/faults.js` runs them. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { chromium } from 'playwright-core';
import { servePage } from '../../web/cli/commands/serve.js';
import { createEngine } from '../../web/platform/node/index.js';
import { inLog } from '../browser/helpers.js';
import { stage } from '../browser/stage.js';
import { CLI, makeFolder } from '../cli/helpers.js';

const CONFIG = { dataset: 'moons', samples: 200, steps: 60000, batch: 16, model: 'linear(8) tanh', eval_every: 500 };
const SEARCH = `?${Object.entries(CONFIG)
  .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  .join('&')}`;

async function undisturbed() {
  const engine = await createEngine();
  const trainer = engine.createTrainer(CONFIG);
  while (trainer.advancePacked(1024).rowCount > 0);
  return trainer.digest();
}

/** Before anything else in a page: its runs are so slow that they are in the middle when something happens to them. */
function slowDown() {
  const timer = setInterval(() => {
    const { lab } = /** @type {any} */ (document.querySelector('train-scope')) ?? {};
    if (!lab) return;
    lab.runs.setSpeed(500);
    clearInterval(timer);
  }, 1);
}

/** Waits until so many steps are kept. @param {import('playwright-core').Page} page @param {number} steps */
const keepSome = (page, steps) =>
  page.waitForFunction((wanted) => {
    const { lab } = /** @type {any} */ (document.querySelector('train-scope')) ?? {};
    return lab?.keeper.stepOf(lab.active) > wanted;
  }, steps);

/** The digest of the active run, once it has ended. @param {import('playwright-core').Page} page */
async function finish(page) {
  await page.evaluate(() => /** @type {any} */ (document.querySelector('train-scope')).lab.runs.setSpeed(0));
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

test('kill -9 in a training: the older weights and log stay', async (t) => {
  const folder = await makeFolder(t, { 'w.safetensors': 'older', 'run.jsonl': 'older' });
  const words = ['train', '--dataset', 'moons', '--steps', '3000000', '--save', 'w.safetensors', '--out', 'run.jsonl'];
  const child = spawn(process.execPath, [CLI, ...words], { cwd: folder, stdio: 'ignore' });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  child.kill('SIGKILL');
  assert.equal((await once(child, 'exit'))[1], 'SIGKILL', 'in the middle');
  for (const name of ['w.safetensors', 'run.jsonl']) assert.equal(await readFile(join(folder, name), 'utf8'), 'older');
});

test('no network while a run trains: it ends with the bits of another', async () => {
  const { page } = await stage.open(SEARCH, {}, slowDown);
  await keepSome(page, 20);
  await page.context().setOffline(true);
  assert.equal(await finish(page), await undisturbed());
});

test('a quota of nothing while a run trains: it is said once, and the run ends with the bits of another', async () => {
  const { page } = await stage.open(SEARCH, {}, slowDown);
  const session = await page.context().newCDPSession(page);
  const quota = { origin: new URL(page.url()).origin, quotaSize: 1 };
  await session.send('Storage.overrideQuotaForOrigin', quota);
  await keepSome(page, 20);
  await inLog(page, /no room to keep runs/).waitFor();
  assert.equal(await finish(page), await undisturbed());
  assert.equal(await inLog(page, /no room to keep runs/).count(), 1);
});

test('kill -9 of the browser in mid-run: the next one offers to go on, to the same bits', async (t) => {
  process.env.TRAINSCOPE_FASHION_MNIST = '';
  const server = await servePage({ options: { port: 0 } });
  t.after(() => server.close());
  const profile = await makeFolder(t);
  const executablePath = [process.env.TRAINSCOPE_BROWSER, process.env.CHROMIUM, '/usr/bin/chromium'].find(Boolean);
  const launch = () =>
    chromium.launchPersistentContext(profile, {
      executablePath,
      args: ['--headless', '--no-sandbox', '--disable-gpu'],
    });
  const first = await launch();
  const page = await first.newPage();
  await page.addInitScript(slowDown);
  await page.goto(server.address + SEARCH);
  // Long enough to be worth an offer to a tab that is another.
  await keepSome(page, 3000);
  await page.waitForTimeout(1000);
  const cdp = await first.newCDPSession(page);
  await cdp.send('Browser.crash').catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 1500));

  const second = await launch();
  t.after(() => second.close());
  const again = await second.newPage();
  await again.goto(server.address + SEARCH);
  await again.getByRole('button', { name: 'Go on', exact: true }).click();
  await inLog(again, /goes on from step/).waitFor();
  assert.equal(await finish(again), await undisturbed());
});
