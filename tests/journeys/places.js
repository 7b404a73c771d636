/** The page in a frame of somebody else's, and on paper. */

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { read, toPaper, waitForExpression, waitForStep } from '../browser/page_state.js';
import { openEnded } from './people.js';

/** @typedef {import('playwright-core').Page} Page */

/**
 * A page of another origin with the page in it: a course's.
 *
 * @returns {Promise<{ origin: string, show: (home: string) => void, close: () => void }>}
 */
export async function openCourse() {
  let home = '';
  const server = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
    response.end(`<!doctype html><meta name="viewport" content="width=device-width"><title>A course</title><h1>A course</h1>
      <script src="${home}embed.js" defer></script>
      <train-scope src="?dataset=moons&amp;steps=300" hide="accuracy" show="runs"></train-scope>`);
  });
  await new Promise((resolve) => server.listen(0, 'localhost', () => resolve(null)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    origin: `http://localhost:${port}`,
    show: (/** @type {string} */ address) => {
      home = address;
    },
    close: () => server.close(),
  };
}

/** @param {Page} page @param {string} address @param {{ origin: string }} course */
export async function embed(page, address, { origin }) {
  await page.goto(origin);
  const frame = page.frameLocator('iframe');
  await frame.getByText(/step 300 \/ 300/).waitFor();
  const [, inside] = page.frames();
  assert.notEqual(new URL(inside.url()).origin, new URL(page.url()).origin, 'of another origin');
  assert.equal(new URL(inside.url()).origin, new URL(address).origin);
  const there = async (/** @type {any} */ role, /** @type {string} */ name) =>
    frame.getByRole(role, { name, exact: true }).first().isVisible();
  assert.ok(await there('heading', 'Loss'), 'loss is there');
  assert.ok(await there('region', 'Runs'), 'the runs that were asked for are there');
  assert.equal(await there('heading', 'Accuracy'), false, 'accuracy is hidden');
  assert.equal(await there('tab', 'Sweep'), false, 'views are hidden');
  const wide = await inside.evaluate('document.documentElement.scrollWidth - innerWidth');
  assert.ok(wide <= 0, `the frame is ${wide} px too wide`);
  return 'trains in a frame of another origin, with the parts that were named';
}

/** What stands on paper: what is seen in the print style, and how many pages it takes. @param {Page} page @param {string} address */
export async function print(page, address) {
  await openEnded(page, address);
  await toPaper(page);
  await page.evaluate(`dispatchEvent(new Event('afterprint'))`);
  const pdf = await page.pdf({ format: 'A4' });
  const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  assert.ok(pages === 1 || pages === 2, `${pages} pages`);
  await page.emulateMedia({ media: 'print' });
  await toPaper(page);
  const seen = await page.evaluate(`(() => {
    const isSeen = (one) => one.checkVisibility({ visibilityProperty: true });
    const of = (selector) => [...document.querySelectorAll(selector)].filter(isSeen);
    return {
      // Names of curves and runs, and the step of an event, are text on paper, whatever they are on a screen.
      controls: of('button:not(.key, .name, .term, event-log .link), input, select, textarea, top-bar').map((one) => one.outerHTML.slice(0, 80)),
      charts: of('line-chart canvas').filter((canvas) => {
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        return data.some((part) => part > 0);
      }).length,
    };
  })()`);
  await page.evaluate(`dispatchEvent(new Event('afterprint'))`);
  await page.emulateMedia({ media: null });
  assert.deepEqual(seen.controls, [], 'no controls on paper');
  assert.ok(seen.charts >= 4, `${seen.charts} charts are drawn`);
  return `${pages} pages of A4, ${seen.charts} charts, no controls`;
}

/** Every view's name is in sight where there is room for them. @param {Page} page @param {string} address */
export async function views(page, address) {
  await page.goto(address);
  await waitForStep(page);
  const { width } = /** @type {{ width: number }} */ (page.viewportSize());
  const names = await page.getByRole('tab').allInnerTexts();
  const faults = [];
  for (const name of names) {
    const tab = page.getByRole('tab', { name, exact: true });
    if (width >= 1280) {
      const isCut = await tab.evaluate((element) => {
        const bar = /** @type {Element} */ (element.parentElement).getBoundingClientRect();
        return element.getBoundingClientRect().right > bar.right + 1;
      });
      if (isCut) faults.push(`${name} is cut`);
    }
    await tab.click();
    await waitForExpression(
      page,
      `[...document.querySelectorAll('[role=tabpanel]')].some((one) => one.checkVisibility() && one.textContent.trim())`,
    );
    await page.waitForTimeout(300);
    const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    if (wide > 0) faults.push(`${name} is ${wide} px too wide`);
  }
  assert.deepEqual(faults, []);
  assert.equal(await read(page, ({ view }) => view), 'museum');
  return `${names.length} views, none wider than the window${width >= 1280 ? ', all names in sight' : ''}`;
}
