/**
 * What the page's first visit costs, in a real Chromium that kept nothing: every file that is asked for until it trains
 * and its first view is complete, in bytes as a host sends what it has compressed beforehand; and the time to the first
 * step of training. Ends with 1 where it is more than it may be.
 *
 *     node tests/journeys/first_load.js [--times 3] [--page FOLDER] [--against FOLDER]
 *
 * --page: a built page (dist); --against: another, such as an older one; the two are opened in turns, so that what else
 * the machine does is shared by both.
 */

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { createFileServer } from '../../web/cli/server/file_server.js';
import { browserPath, FLAGS, openTab } from '../browser/helpers.js';
import { FIRST_LOAD, FIRST_REQUESTS } from './costs.js';
import { measureLoad, sayKilo, sumOf } from './load.js';

/** @typedef {import('./load.js').Opening} Opening */

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));

const { values: asked } = parseArgs({
  options: {
    times: { type: 'string', default: '3' },
    page: { type: 'string', default: DIST },
    against: { type: 'string' },
  },
});
const times = Number(asked.times);
if (!(times >= 1)) throw new Error('--times is a number, at least 1');

const pages = await Promise.all([asked.page, ...(asked.against ? [asked.against] : [])].map(servePage));
for (let time = 0; time < times; time++) {
  for (const page of pages) {
    // A browser of its own for each: one that is running has compiled code in its memory.
    const browser = await chromium.launch({ executablePath: browserPath(true), args: FLAGS });
    const { page: tab, complaints } = await openTab(browser);
    page.openings.push(await measureLoad(tab, page.address));
    if (complaints.length > 0) throw new Error(`the console: ${complaints.join(' | ')}`);
    await browser.close();
  }
}
for (const { server } of pages) server.close();

for (const { folder, openings } of pages) {
  const { fetched, later } = openings[0];
  console.log(`${folder}\n`);
  console.log('| file | asked for at, ms | kB sent | kB compressed beforehand |\n|---|---|---|---|');
  for (const { path, at, sent, best } of fetched) {
    console.log(`| ${path} | ${at} | ${sayKilo(sent)} | ${sayKilo(best)} |`);
  }
  const sum = sumOf(fetched);
  console.log(`| ${sum.requests} requests | | ${sayKilo(sum.sent)} | **${sayKilo(sum.best)}** |`);
  const rest = sumOf(later);
  console.log(`\nIn the two seconds after that: ${rest.requests} requests, ${sayKilo(rest.best)} kB.`);
  console.log(`First step: ${sayTimes(openings.map(({ firstStep }) => firstStep))}.`);
  console.log(`First view complete: ${sayTimes(openings.map(({ complete }) => complete))}.\n`);
}
const [ours, theirs] = pages;
if (theirs) {
  const share = (/** @type {(opening: Opening) => number} */ of) =>
    (median(ours.openings.map(of)) / median(theirs.openings.map(of))).toFixed(2);
  console.log(
    `Of the other's time: first step ${share(({ firstStep }) => firstStep)}, first view ${share(({ complete }) => complete)}.`,
  );
}
const { best, requests } = sumOf(ours.openings[0].fetched);
const isHeavy = best > FIRST_LOAD || requests > FIRST_REQUESTS;
if (isHeavy) console.log(`FAILED: it may be ${FIRST_LOAD / 1000} kB in ${FIRST_REQUESTS} requests.`);
process.exit(isHeavy ? 1 : 0);

/** @param {string} folder */
async function servePage(folder) {
  const server = createFileServer({ page: folder, dataFolders: new Map() });
  await new Promise((resolve) => server.listen(0, 'localhost', () => resolve(null)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { folder, server, address: `http://localhost:${port}/`, openings: /** @type {Opening[]} */ ([]) };
}

/** @param {number[]} values */
function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/** @param {number[]} values */
function sayTimes(values) {
  return `${Math.round(median(values))} ms (${values.map((value) => Math.round(value)).join(', ')})`;
}
