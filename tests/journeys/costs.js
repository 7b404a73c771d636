/** What the page costs: tasks of its own thread by the processor's time, and what is fetched before it trains (load.js). */

import assert from 'node:assert/strict';
import { waitForStep, waitUntil } from '../browser/page_state.js';
import { press } from './hands.js';
import { measureLoad, sayKilo, sumOf } from './load.js';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {{ name: string, ph: string, pid: number, tid: number, ts: number, dur?: number, tdur?: number, args: any }} TraceEvent */

/** A task that takes longer is one that a person can feel. */
const LONG_MS = 50;

/** The most that a first visit may fetch, in bytes as a host sends what it has compressed beforehand, and in requests. */
export const FIRST_LOAD = 180_000;
export const FIRST_REQUESTS = 8;

/** The tasks of an opening, some seconds of training, a divergence, and every view. @param {Page} page @param {string} address */
export async function tasks(page, address) {
  const browser = /** @type {import('playwright-core').Browser} */ (page.context().browser());
  await browser.startTracing(page, {
    categories: [
      '-*',
      'devtools.timeline',
      'disabled-by-default-devtools.timeline',
      'v8',
      'disabled-by-default-v8.compile',
    ],
  });
  await page.goto(address);
  await waitForStep(page, 1);
  await page.waitForTimeout(20_000);
  const slider = page
    .getByRole('slider', { name: /^Learning rate/ })
    .filter({ visible: true })
    .first();
  await slider.press('End');
  await waitUntil(
    page,
    ({ active }) => active.status === 'diverged' || (active.summary?.episodes ?? 0) > 0 || active.status === 'complete',
  );
  await page.waitForTimeout(2000);
  for (const tab of await page.getByRole('tab').all()) {
    await press(tab);
    await page.waitForTimeout(1500);
  }
  /** @type {{ traceEvents: TraceEvent[] }} */
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const { count, worst } = longest(traceEvents, address);
  assert.ok(count > 0, 'the page has tasks');
  const long = worst.filter(({ ms }) => ms > LONG_MS);
  const said = worst.slice(0, 5).map(({ ms, what }) => `${ms.toFixed(0)} ms ${what}`);
  assert.equal(long.length, 0, `${long.length} of ${count} tasks above ${LONG_MS} ms:\n    ${said.join('\n    ')}`);
  return `${count} tasks, none above ${LONG_MS} ms of the processor's time; the longest: ${said.slice(0, 3).join('; ')}`;
}

/**
 * Of the page's own process: the browser draws parts of its window as pages, too.
 *
 * @param {TraceEvent[]} events @param {string} address
 */
function longest(events, address) {
  const isOurs = (/** @type {TraceEvent} */ { args }) => String(args?.data?.url ?? '').startsWith(address);
  const pids = new Set(events.filter(isOurs).map(({ pid }) => pid));
  const mains = new Set(
    events
      .filter(({ name, args, pid }) => name === 'thread_name' && args.name === 'CrRendererMain' && pids.has(pid))
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const own = events.filter(({ pid, tid, tdur }) => tdur !== undefined && mains.has(`${pid} ${tid}`));
  const all = own.filter(({ name }) => name === 'RunTask');
  const worst = all
    .map((task) => ({ ms: (task.tdur ?? 0) / 1000, what: '', task }))
    .sort((a, b) => b.ms - a.ms)
    .slice(0, 12);
  for (const one of worst) {
    const { pid, tid, ts, dur = 0 } = one.task;
    one.what = own
      .filter(
        (event) =>
          event !== one.task &&
          event.pid === pid &&
          event.tid === tid &&
          event.ts >= ts &&
          event.ts + (event.dur ?? 0) <= ts + dur,
      )
      .filter(({ name }) => !/RunTask/.test(name))
      .sort((a, b) => (b.tdur ?? 0) - (a.tdur ?? 0))
      .slice(0, 6)
      .map(({ name, tdur, args }) => {
        const { functionName = '', url = '', lineNumber = '' } = args?.data ?? {};
        const where = [functionName, String(url).split('/').at(-1), lineNumber].filter(Boolean).join(':');
        return `${name}${where ? ` ${where}` : ''} ${((tdur ?? 0) / 1000).toFixed(0)}`;
      })
      .join(', ');
  }
  return { count: all.length, worst };
}

/**
 * What is asked for before a page that nothing was kept of trains and its first view is complete.
 *
 * @param {Page} page @param {string} address
 */
export async function firstLoad(page, address) {
  const { fetched, firstStep } = await measureLoad(page, address);
  const { requests, sent, best } = sumOf(fetched);
  const heaviest = fetched
    .sort((a, b) => b.best - a.best)
    .slice(0, 4)
    .map(({ path, best: bytes }) => `${path} ${sayKilo(bytes)} kB`);
  const said = `${sayKilo(best)} kB compressed beforehand (${sayKilo(sent)} kB as served) in ${requests} requests, the first step after ${Math.round(firstStep)} ms; heaviest ${heaviest.join(', ')}`;
  assert.ok(best <= FIRST_LOAD && requests <= FIRST_REQUESTS, said);
  return said;
}
