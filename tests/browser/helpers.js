/** What the browser tests share: the real server, a fresh Chromium, and a page that must not complain. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after } from 'node:test';
import { chromium } from 'playwright-core';
import { servePage } from '../../web/cli/commands/serve.js';
import { comeLate, LATE_MS } from './late.js';

/** With which Chromium runs without a screen. */
export const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The size of a page that asks for no other, as of a desktop. */
export const VIEWPORT = { width: 1440, height: 900 };

/** How long a page may take for what it will do at once on a machine that is free. */
const PATIENCE_MS = 90_000;

/** How often a page draws that no test looks at while it does: charts of a run under way cost more than the run. */
const FRAME_MS = 100;

/**
 * Chromium of the environment, or where Debian puts it. Its headless shell has the same Blink and V8 without windows,
 * toolbars and their drawing, and opens a page in less than half the time: most tests ask nothing of a browser that it
 * lacks.
 *
 * @param {boolean} inFull  the browser that people have, not its shell
 */
export function browserPath(inFull) {
  const { TRAINSCOPE_BROWSER, TRAINSCOPE_HEADLESS_SHELL, CHROMIUM } = process.env;
  const shells = [TRAINSCOPE_HEADLESS_SHELL, ...(TRAINSCOPE_BROWSER ? [] : ['/usr/bin/chromium-headless-shell'])];
  const found = [...(inFull ? [] : shells), TRAINSCOPE_BROWSER, CHROMIUM, '/usr/bin/chromium'].find(
    (path) => path && existsSync(path),
  );
  assert.ok(found, 'no Chromium: set TRAINSCOPE_BROWSER to the path of one');
  return found;
}

/**
 * The server and a browser, both started by the first page that is opened, and ended with the process's last test. Pages
 * train on what is generated, whatever data this machine has, unless a test asks for it.
 *
 * @param {{ fashionMnist?: string, inFull?: boolean }} [options]  inFull: in the whole browser, not its headless shell
 */
export function createStage({ fashionMnist = '', inFull = false } = {}) {
  /** @type {ReturnType<typeof start> | null} */
  let started = null;
  /**
   * What a test has left in order: the next one goes on in it, which takes half the time of a new one.
   *
   * @type {Tab | null}
   */
  let spare = null;

  async function start() {
    const dataFolders = new Map(fashionMnist ? [['fashion-mnist', fashionMnist]] : []);
    const server = await servePage({ options: { port: 0 } }, dataFolders);
    const browser = await chromium.launch({ executablePath: browserPath(inFull), args: FLAGS });
    return { server, browser };
  }

  after(async () => {
    if (!started) return;
    const { server, browser } = await started;
    await browser.close();
    server.close();
  });

  return {
    /** The browser itself. */
    async browser() {
      started ??= start();
      return (await started).browser;
    },
    /**
     * A page that knows nothing of earlier ones. Whatever it writes to its console as an error fails the test that calls
     * `check`.
     *
     * @param {string} [search]
     * @param {import('playwright-core').BrowserContextOptions & { isFresh?: boolean }} [options]  with any, the page has a
     *   profile and a process of its own; so has one that isFresh: for tests that measure it, listen to it, or go back. It
     *   alone draws as often as for a reader
     * @param {() => void} [before]  what a page of its own does before anything else
     */
    async open(search = '?dataset=spiral', { isFresh = false, ...options } = {}, before = undefined) {
      started ??= start();
      const { server, browser } = await started;
      const isUsual = !isFresh && !before && Object.keys(options).length === 0;
      const tab = (isUsual && spare) || (await openTab(browser, options));
      if (tab === spare) spare = null;
      else {
        if (LATE_MS) await tab.page.addInitScript(comeLate, LATE_MS);
        if (!isFresh) await tab.page.addInitScript(drawSeldom, FRAME_MS);
      }
      if (before) await tab.page.addInitScript(before);
      await tab.page.goto(server.address + search);
      return {
        page: tab.page,
        async check() {
          if (isUsual && !spare) {
            await leave(tab.page, server.address);
            spare = tab;
          } else {
            await tab.page.context().close();
          }
          assert.deepEqual(tab.complaints.splice(0), [], 'the console is silent');
        },
      };
    },
  };
}

/**
 * @typedef {{ page: import('playwright-core').Page, complaints: string[] }} Tab
 *
 * @param {import('playwright-core').Browser} browser
 * @param {import('playwright-core').BrowserContextOptions} [options]
 * @returns {Promise<Tab>}
 */
export async function openTab(browser, options = {}) {
  const context = await browser.newContext({ viewport: VIEWPORT, ...options });
  // Also for the pages that a test opens beside this one.
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  /** @type {string[]} */
  const complaints = [];
  page.on('console', (message) => {
    // The whole browser asks the place where a tab waits for an icon; the page's own stands in it.
    if (message.location().url.endsWith('/favicon.ico')) return;
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return { page, complaints };
}

/** Before anything else in a page: the first frame after a rest comes at once, others so long after it. @param {number} ms */
function drawSeldom(ms) {
  const [ask, cancel] = [window.requestAnimationFrame.bind(window), window.cancelAnimationFrame.bind(window)];
  /** What takes back each frame that was asked for. @type {Map<number, () => void>} */
  const asked = new Map();
  let [last, count] = [-ms, 0];
  window.requestAnimationFrame = (draw) => {
    const id = ++count;
    const timer = setTimeout(
      () => {
        const frame = ask((now) => {
          asked.delete(id);
          last = performance.now();
          draw(now);
        });
        asked.set(id, () => cancel(frame));
      },
      Math.max(0, last + ms - performance.now()),
    );
    asked.set(id, () => clearTimeout(timer));
    return id;
  };
  window.cancelAnimationFrame = (id) => {
    asked.get(id)?.();
    asked.delete(id);
  };
}

/**
 * Ends what a page does and forgets what it has kept. Its process stays, since what is opened instead is of the same
 * server.
 *
 * @param {import('playwright-core').Page} page @param {string} address
 */
async function leave(page, address) {
  await page.mouse.move(0, 0);
  await page.goto(`${address}THIRD-PARTY.txt`);
  await page.evaluate('sessionStorage.clear()');
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Storage.clearDataForOrigin', { origin: new URL(address).origin, storageTypes: 'all' });
  await devtools.detach();
}

/**
 * What the page's own thread did meanwhile: how many tasks, and the milliseconds of the longest. Counted is the
 * processor's time: what else the machine is busy with does not matter.
 *
 * @param {import('playwright-core').Page} page
 * @param {() => Promise<void>} meanwhile
 */
export async function measureTasks(page, meanwhile) {
  const browser = /** @type {import('playwright-core').Browser} */ (page.context().browser());
  await browser.startTracing(page, { categories: ['-*', 'disabled-by-default-devtools.timeline'] });
  await meanwhile();
  /** @type {{ traceEvents: { name: string, pid: number, tid: number, tdur?: number, args: { name?: string } }[] }} */
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const threads = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const times = traceEvents
    .filter(({ name, pid, tid }) => name === 'RunTask' && threads.has(`${pid} ${tid}`))
    .flatMap(({ tdur }) => (tdur === undefined ? [] : [tdur / 1000]));
  return { count: times.length, longest: Math.max(...times) };
}

/** What the sum below takes of a processor of today that is free, in milliseconds. */
const SUM_MS = 45;

/** Runs in the page, as text: the milliseconds that the sum takes. */
function timeSum() {
  const begun = performance.now();
  let sum = 1;
  for (let i = 0; i < 3e7; i++) sum = (Math.imul(sum, 1664525) + i) | 0;
  // Whatever it is, it is used.
  return sum === 0.5 ? 0 : performance.now() - begun;
}

/**
 * How many times as long the page's thread takes now as on a machine that is free, at least once: what is asserted of
 * seconds is asserted of such a machine.
 *
 * @param {import('playwright-core').Page} page
 */
export async function slownessOf(page) {
  return Math.max(1, (await page.evaluate(`(${timeSum})()`)) / SUM_MS);
}

/**
 * A sentence of the event log. Elsewhere on the page the newest one is also kept for a screen reader, for a while.
 *
 * @param {import('playwright-core').Page} page @param {string | RegExp} text
 */
export const inLog = (page, text) => page.getByRole('list', { name: 'Event log' }).getByText(text);

/** An IDX file of unsigned bytes. @param {number[]} shape @param {Uint8Array} data */
export function makeIdx(shape, data) {
  const header = new DataView(new ArrayBuffer(4 + 4 * shape.length));
  header.setUint8(2, 8);
  header.setUint8(3, shape.length);
  shape.forEach((size, i) => {
    header.setUint32(4 + 4 * i, size);
  });
  return Buffer.concat([new Uint8Array(header.buffer), data]);
}
