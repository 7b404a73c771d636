/**
 * The page in every browser that is here, outside of the tests that CI runs in full:
 *
 *     node tests/browsers/main.js [journeys] [opening] [digests] [--only Firefox,WebKit] [--like reload]
 *         [--times 3] [--random 36] [--screens FOLDER]
 *
 * journeys: what is done on the page; opening: seconds from the address to the first step of training; digests: runs of
 * every kind, computed by all there is, in both arithmetics, and with --random so many that were drawn. All three where none is named. --like: of the journeys those whose titles say so; --times: how
 * often each. `./build.sh test-browsers` installs the browsers
 * and builds what computes. Ends with 1 where anything failed or a browser is missing.
 */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { servePage } from '../../web/cli/commands/serve.js';
import { makeImageFiles } from '../cli/helpers.js';
import { GOLDEN_RUNS } from '../fixtures/golden_runs.js';
import { drawRuns } from '../fixtures/random_runs.js';
import { BROWSER_NAMES, findBrowser } from './browsers.js';
import { compareDigests } from './digests.js';
import { JOURNEYS } from './journeys.js';
import { measureOpening } from './opening.js';

/** @typedef {import('./driven.js').DrivenBrowser} DrivenBrowser */

/** Letters that are shown of an error: some hold the expression that the page was asked. */
const MESSAGE_MAX = 500;

const PARTS = ['journeys', 'opening', 'digests'];

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    like: { type: 'string', default: '' },
    times: { type: 'string', default: '1' },
    random: { type: 'string', default: '0' },
    screens: { type: 'string' },
  },
});
const times = Number(values.times);
const journeys = JOURNEYS.filter(({ title }) => title.includes(values.like));
if (journeys.length === 0) throw new Error(`there is no journey like "${values.like}"`);
if (!(times >= 1)) throw new Error('--times is a number, at least 1');
const unknown = positionals.filter((part) => !PARTS.includes(part));
if (unknown.length > 0) throw new Error(`there is no part ${unknown.join(', ')}: ${PARTS.join(', ')}`);
const isWanted = (/** @type {string} */ part) => positionals.length === 0 || positionals.includes(part);
const names = values.only?.split(',') ?? BROWSER_NAMES;

let failures = 0;
const say = (/** @type {string} */ line) => process.stdout.write(`${line}\n`);
const fail = (/** @type {string} */ line) => {
  failures++;
  say(`FAILED  ${line}`);
};

// A small data set of the server's, and a server of its own for it: a page that has one may open with it.
const data = await mkdtemp(join(tmpdir(), 'trainscope-browsers-'));
for (const [name, bytes] of Object.entries({ ...makeImageFiles(40), ...makeImageFiles(12, 't10k') })) {
  await writeFile(join(data, name), bytes);
}
process.env.TRAINSCOPE_FASHION_MNIST = data;
const dataServer = await servePage({ options: { port: 0 } });
process.env.TRAINSCOPE_FASHION_MNIST = '';
const server = await servePage({ options: { port: 0 } });
/** @type {Map<string, DrivenBrowser>} */
const open = new Map();
try {
  for (const name of names) {
    const found = findBrowser(name);
    if (found) open.set(name, await found.open());
    else fail(`${name} is not installed`);
  }
  for (const [name, { version }] of open) say(`${name}: ${version}`);
  if (isWanted('journeys')) {
    for (let time = 0; time < times; time++) for (const [name, browser] of open) await travel(name, browser);
  }
  if (isWanted('opening')) say(await measureOpening(open, server.address));
  if (isWanted('digests')) {
    const runs = [...GOLDEN_RUNS, ...drawRuns(Number(values.random))];
    for (const arithmetic of /** @type {const} */ (['plain', 'fused'])) {
      const { table, disagreeing } = await compareDigests(open, server.address, { runs, arithmetic });
      say(`Arithmetic ${arithmetic}, ${runs.length} runs:\n${table}`);
      for (const run of disagreeing) fail(`not the same bits: ${run}`);
    }
  }
} finally {
  for (const browser of open.values()) await browser.stop();
  server.close();
  dataServer.close();
  await rm(data, { recursive: true, force: true });
}
say(failures === 0 ? 'Nothing failed.' : `${failures} failed.`);
process.exit(failures === 0 ? 0 : 1);

/** @param {string} name @param {DrivenBrowser} browser */
async function travel(name, browser) {
  for (const [i, { title, run }] of journeys.entries()) {
    const began = performance.now();
    const page = await browser.open();
    try {
      await run({ page, address: server.address, dataAddress: dataServer.address });
      if (page.complaints.length > 0) throw new Error(`the console says: ${page.complaints.join(' | ')}`);
      say(`ok      ${name}: ${title} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
    } catch (error) {
      fail(`${name}: ${title}: ${String(error).slice(0, MESSAGE_MAX)}`);
    }
    if (values.screens !== undefined) {
      await mkdir(values.screens, { recursive: true });
      await writeFile(join(values.screens, `${name}-${i + 1}.png`), await page.screenshot());
    }
    await page.close();
  }
}
