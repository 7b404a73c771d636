/** What is asked for before the page trains and shows all it opens with: a proxy counts, workers' requests too. */

import { createServer, request } from 'node:http';
import { brotliCompressSync, brotliDecompressSync, gunzipSync } from 'node:zlib';

/**
 * @typedef {import('playwright-core').Page} Page
 *
 * @typedef {object} Fetched
 * @property {string} path
 * @property {number} at  when it was asked for, in milliseconds since the address was
 * @property {number} sent  bytes, as the server sent them
 * @property {number} best  bytes, as a host sends what it has compressed beforehand
 *
 * @typedef {object} Opening
 * @property {Fetched[]} fetched  until the first view was complete
 * @property {Fetched[]} later  in the moments after that
 * @property {number} firstStep  milliseconds from the address to the first step of training
 * @property {number} complete  and until all that the first view is made of was there, and a step taken
 */

/** How long is looked at what comes behind, in milliseconds. */
const AFTER_MS = 2000;

/** Runs in the page, as text: resolves with the times of the first step and of the complete first view. */
const MILESTONES = `new Promise((resolve, reject) => {
  let firstStep = null;
  const look = () => {
    if (performance.now() > 60000) return reject(new Error('no first view in a minute'));
    const page = document.querySelector('train-scope');
    if (firstStep === null && page?.lab?.active?.step > 0) firstStep = performance.timeOrigin + performance.now();
    const charts = [...document.querySelectorAll('line-chart')];
    const isComplete =
      firstStep !== null &&
      document.querySelector(':not(:defined)') === null &&
      charts.length > 0 &&
      charts.every((chart) => chart.scene || !chart.visible);
    if (isComplete) resolve({ firstStep, complete: performance.timeOrigin + performance.now() });
    else setTimeout(look, 2);
  };
  look();
})`;

/**
 * Opens a page of which nothing was kept.
 *
 * @param {Page} page @param {string} address
 * @returns {Promise<Opening>}
 */
export async function measureLoad(page, address) {
  /** @type {(Omit<Fetched, 'best'> & { plain: Buffer })[]} */
  const seen = [];
  const proxy = await openProxy(address, (answer) => seen.push(answer));
  try {
    const begin = Date.now();
    await page.goto(proxy.address);
    const { firstStep, complete } = await page.evaluate(MILESTONES);
    await page.waitForTimeout(AFTER_MS);
    // Compressed at the best only now: it takes the machine from the page.
    const all = seen
      .map(({ plain, ...one }) => ({
        ...one,
        at: one.at - begin,
        best: Math.min(plain.length, brotliCompressSync(plain).length),
      }))
      .sort((a, b) => a.at - b.at);
    return {
      fetched: all.filter(({ at }) => at <= complete - begin),
      later: all.filter(({ at }) => at > complete - begin),
      firstStep: firstStep - begin,
      complete: complete - begin,
    };
  } finally {
    proxy.close();
  }
}

/** @param {Fetched[]} fetched */
export function sumOf(fetched) {
  return {
    requests: fetched.length,
    sent: fetched.reduce((sum, { sent }) => sum + sent, 0),
    best: fetched.reduce((sum, { best }) => sum + best, 0),
  };
}

/** Bytes in thousands. @param {number} bytes */
export function sayKilo(bytes) {
  return (bytes / 1000).toFixed(1);
}

/**
 * @param {string} address  of the server behind it
 * @param {(answer: { path: string, at: number, sent: number, plain: Buffer }) => void} onAnswer
 */
async function openProxy(address, onAnswer) {
  const { port: target } = new URL(address);
  const proxy = createServer((asked, answer) => {
    const at = Date.now();
    const path = asked.url ?? '';
    const headers = { ...asked.headers, host: `localhost:${target}` };
    const through = request({ port: target, path, headers }, (response) => {
      /** @type {Buffer[]} */
      const parts = [];
      answer.writeHead(response.statusCode ?? 500, response.headers);
      response.on('data', (part) => parts.push(part));
      response.on('end', () => {
        const body = Buffer.concat(parts);
        onAnswer({
          path,
          at,
          sent: body.length,
          plain: unpack(body, String(response.headers['content-encoding'] ?? '')),
        });
      });
      response.pipe(answer);
    });
    through.on('error', () => answer.destroy());
    asked.pipe(through);
  });
  await new Promise((resolve) => proxy.listen(0, 'localhost', () => resolve(null)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (proxy.address());
  return {
    address: `http://localhost:${port}/`,
    close() {
      proxy.closeAllConnections();
      proxy.close();
    },
  };
}

/** @param {Buffer} body @param {string} encoding */
function unpack(body, encoding) {
  if (encoding === 'br') return brotliDecompressSync(body);
  return encoding === 'gzip' ? gunzipSync(body) : body;
}
