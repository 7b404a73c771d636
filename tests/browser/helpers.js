/** What the browser tests share: the real server, a fresh Chromium, and a page that must not complain. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Chromium of the environment, or where Debian puts it. */
function browserPath() {
  const { TRAINSCOPE_BROWSER, CHROMIUM } = process.env;
  const found = [TRAINSCOPE_BROWSER, CHROMIUM, '/usr/bin/chromium'].find((path) => path && existsSync(path));
  assert.ok(found, 'no Chromium: set TRAINSCOPE_BROWSER to the path of one');
  return found;
}

/**
 * @param {string} fashionMnist  the folder that the server offers, or ''
 * @returns {Promise<{ address: string, stop: () => void }>}
 */
async function startServer(fashionMnist) {
  const child = spawn(process.execPath, [join(ROOT, 'web/cli.js'), 'serve', '--port', '0'], {
    env: { ...process.env, TRAINSCOPE_FASHION_MNIST: fashionMnist },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const address = await new Promise((resolve, reject) => {
    let said = '';
    const hear = (/** @type {Buffer} */ text) => {
      said += text;
      const found = /http:\/\/[^\s]+/.exec(said);
      if (found) resolve(found[0]);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('close', () => reject(new Error(`the server ended: ${said}`)));
  });
  return { address, stop: () => child.kill() };
}

/**
 * The server and one browser for a file of tests. Pages train on what is generated, whatever data this machine has,
 * unless a test asks for it.
 *
 * @param {{ fashionMnist?: string }} [options]
 */
export async function startStage({ fashionMnist = '' } = {}) {
  const server = await startServer(fashionMnist);
  const browser = await chromium.launch({ executablePath: browserPath(), args: FLAGS });
  return {
    address: server.address,
    /**
     * A page with a fresh profile. Whatever it writes to its console as an error fails the test that calls `check`.
     * @param {string} [search] @param {import('playwright-core').BrowserContextOptions} [options]
     */
    async open(search = '?dataset=spiral', options = {}) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(20_000);
      /** @type {string[]} */
      const complaints = [];
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.goto(server.address + search);
      return {
        page,
        async check() {
          await context.close();
          assert.deepEqual(complaints, [], 'the console is silent');
        },
      };
    },
    async stop() {
      await browser.close();
      server.stop();
    },
  };
}

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
