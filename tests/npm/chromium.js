/** Sites of others, and the page of the installed package, in Chromium. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { browserPath, FLAGS } from '../browser/helpers.js';

/** @type {import('playwright-core').Browser | null} */
let browser = null;

export async function closeBrowser() {
  await browser?.close();
}

/** @param {(page: import('playwright-core').Page) => Promise<void>} look */
async function withPage(look) {
  browser ??= await chromium.launch({ executablePath: browserPath(false), args: FLAGS });
  const page = await browser.newPage();
  /** @type {string[]} */
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  await look(page).catch((error) => {
    throw new Error(`${error.message}\n${complaints.join('\n')}`);
  });
  assert.deepEqual(complaints, []);
  await page.close();
}

const TYPES = new Map([
  ['.html', 'text/html'],
  ['.js', 'text/javascript'],
  ['.wasm', 'application/wasm'],
]);

/** As any static server does it, isolated from other origins, as threads need it. @param {string} folder */
function serveFolder(folder) {
  return createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = join(folder, pathname.endsWith('/') ? `${pathname}index.html` : pathname);
    const bytes = await readFile(file).catch(() => null);
    response.writeHead(bytes ? 200 : 404, {
      'Content-Type': TYPES.get(extname(file)) ?? 'application/octet-stream',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    });
    response.end(bytes ?? '');
  });
}

/**
 * What a site finds: on its page, and in a worker with two threads where it opens one.
 *
 * @param {string} site  a folder
 * @param {boolean} hasThreads
 */
export async function runInChromium(site, hasThreads) {
  const server = serveFolder(site);
  await new Promise((resolve) => server.listen(0, () => resolve(null)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  /** @type {any[]} */
  const found = [];
  try {
    await withPage(async (page) => {
      await page.goto(`http://localhost:${port}/`);
      for (const name of hasThreads ? ['found', 'foundByTwo'] : ['found']) {
        found.push(await poll(() => page.evaluate(`globalThis.${name} ?? null`), name));
      }
    });
  } finally {
    server.close();
  }
  for (const one of found) assert.equal(one.error, undefined, one.error);
  return found;
}

/** @template T @param {() => Promise<T | null>} ask @param {string} what */
async function poll(ask, what) {
  for (let tries = 0; tries < 300; tries++) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what}: nothing after 30 s`);
}

/** `trainscope serve` of the installed package. @param {string} folder */
export async function openPackagedPage(folder) {
  const cli = join(folder, 'node_modules/.bin/trainscope');
  const program = spawn(cli, ['serve', '--port', '0'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    const address = await Promise.race(
      [program.stdout, program.stderr].map(async (stream) => {
        for await (const line of createInterface({ input: stream })) {
          const [found] = line.match(/http:\/\/\S+/) ?? [];
          if (found) return found;
        }
        return new Promise(() => {});
      }),
    );
    await withPage(async (page) => {
      await page.goto(`${address}?dataset=moons&steps=200&speed=full`);
      await page.getByText(/step 200 \/ 200/).waitFor();
    });
    return `trainscope serve: 200 steps of moons on the page`;
  } finally {
    program.kill();
  }
}
