/** The same works in headless Chromium: a page, a worker per peer, and a server with the headers that threads need. */

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { build } from 'vite';
import { OUR_WAYS } from './our_ways.js';
import { installPeers, OURS, openContestants, PEERS } from './peers.js';

/**
 * @typedef {import('./peers.js').Contestant} Contestant
 * @typedef {import('./peer_process_client.js').PeerClient} PeerClient
 *
 * @typedef {object} ChromiumStage
 * @property {Contestant[]} contestants
 * @property {import('./peers.js').Absence[]} absent
 * @property {string | null} browser  its version
 * @property {(name: string) => PeerClient} openClient
 * @property {() => Promise<void>} close
 */

const path = (/** @type {string} */ relative) => fileURLToPath(new URL(relative, import.meta.url));
const PAGE = path('../../build/bench-page');
const TFJS = path('./node_modules/@tensorflow/tfjs-backend-wasm/dist');

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };

/**
 * @param {object} options
 * @param {string} options.folder  the material
 * @param {string | null} options.dataFolder  of Fashion-MNIST
 * @param {string[]} options.chosen  ids of PEERS
 * @param {(text: string) => void} options.say
 * @returns {Promise<ChromiumStage>}
 */
export async function startChromium({ folder, dataFolder, chosen, say }) {
  const executablePath = [process.env.TRAINSCOPE_BROWSER, '/usr/bin/chromium'].find((file) => file && existsSync(file));
  if (!executablePath) return absentStage('there is no Chromium; ./build.sh bench installs one');
  const packages = PEERS.filter(({ id, isPackage }) => isPackage && chosen.includes(id));
  if (packages.length > 0) await installPeers(say).catch(() => {}); // the first stage has named the reason
  say('Starting Chromium');
  await buildPage();
  const server = await startServer({
    '/material/': folder,
    '/tfjs/': TFJS,
    ...(dataFolder ? { '/data/': dataFolder } : {}),
  });
  const browser = await chromium.launch({
    executablePath,
    args: FLAGS,
    // The bench cleans up itself; the browser ends with it.
    handleSIGINT: false,
    handleSIGTERM: false,
  });
  const close = async () => {
    await browser.close();
    server.stop();
  };
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(0);
    await page.goto(server.address);
    await page.waitForFunction(() => 'bench' in window);
    /** @param {string} name @returns {PeerClient} */
    const openClient = (name) => ({
      ask: (call, request = {}) =>
        page
          .evaluate(
            (/** @type {any} */ [peer, method, given]) => /** @type {any} */ (window).bench.ask(peer, method, given),
            [name, call, request],
          )
          .catch((error) => {
            throw new Error(error.message.replace(/^page\.evaluate: (Error: )?/, '').split('\n')[0]);
          }),
      close: () => void page.evaluate((peer) => /** @type {any} */ (window).bench.close(peer), name).catch(() => {}),
    });
    const entries = [
      ...OUR_WAYS.map((way) => ({ id: 'ours', peer: OURS, ...way })),
      ...packages.map(({ id, peer }) => ({ id, peer, threads: 1, arithmetic: null, name: id })),
    ];
    const opened = await openContestants(
      entries.map(({ name, ...facts }) => ({
        facts: { ...facts, runs_in: 'chromium' },
        start: () => openClient(name),
      })),
    );
    return { ...opened, browser: browser.version(), openClient, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @param {string} reason @returns {ChromiumStage} */
function absentStage(reason) {
  return {
    contestants: [],
    absent: [{ peer: OURS, runs_in: 'chromium', threads: 1, arithmetic: null, reason }],
    browser: null,
    openClient: () => {
      throw new Error(reason);
    },
    close: async () => {},
  };
}

async function buildPage() {
  const isInstalled = existsSync(TFJS);
  await build({
    root: path('./browser'),
    base: './',
    logLevel: 'error',
    assetsInclude: ['**/*.wasm'],
    worker: { format: 'es', ...(isInstalled ? {} : { rollupOptions: { external: [/^@tensorflow\//, /^@jax-js\//] } }) },
    build: { outDir: PAGE, emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 10_000 },
    configFile: false,
  });
}

/**
 * A server of the built page, and of folders below their addresses.
 *
 * @param {Record<string, string>} folders
 */
async function startServer(folders) {
  const server = createServer(async ({ url = '/' }, response) => {
    const address = decodeURIComponent(url.split('?')[0]);
    const mount = Object.keys(folders).find((prefix) => address.startsWith(prefix));
    const [root, rest] = mount ? [folders[mount], address.slice(mount.length)] : [PAGE, address];
    const file = join(root, normalize(`/${rest === '/' ? 'index.html' : rest}`));
    const bytes = await readFile(file).catch(() => null);
    const type = TYPES[/** @type {keyof typeof TYPES} */ (extname(file))] ?? 'application/octet-stream';
    response.writeHead(bytes ? 200 : 404, {
      'Content-Type': type,
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    });
    response.end(bytes);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(null)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { address: `http://127.0.0.1:${port}/`, stop: () => void server.close() };
}
