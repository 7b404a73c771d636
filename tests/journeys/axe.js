/**
 * Every view under axe-core: light and dark, on a desktop and a phone, at rest, in the middle of a run and after a
 * divergence. Ends with 1 where anything is found.
 *
 *     node tests/journeys/axe.js [WORD]     only the stops whose name holds the word
 */

import { chromium } from 'playwright-core';
import { servePage } from '../../web/cli/commands/serve.js';
import { findViolations } from '../browser/axe.js';
import { browserPath, FLAGS, openTab } from '../browser/helpers.js';
import { waitForEnd, waitForStep, waitUntil } from '../browser/page_state.js';

/** @typedef {import('playwright-core').Page} Page */

const SHORT = '?dataset=spiral&steps=300';
const LONG = '?dataset=spiral&steps=10000000';
const BREAKS = '?dataset=plane&model=linear(32)+relu&lr=50&steps=500';

/** @param {Page} page */
const waitForDivergence = (page) => waitUntil(page, ({ active }) => active.status === 'diverged');

/** @param {Page} page @param {RegExp} name */
const press = (page, name) => page.getByRole('button', { name }).first().click();

/** Sweeps two settings, and chooses a tile of their map. @param {Page} page */
async function sweepTwoSettings(page) {
  await waitForEnd(page);
  await press(page, /^Add a second setting/);
  await press(page, /^Run the sweep/);
  await waitUntil(page, ({ sweep }) => sweep.complete);
  await page.locator('tile-map').getByRole('button').nth(3).click();
}

/** Draws a lesson's loss curve by keys. @param {Page} page */
async function draw(page) {
  await page.getByText('Or draw the loss').click();
  await page.getByRole('slider', { name: 'Loss at step 0' }).focus();
  for (const key of ['PageDown', 'ArrowRight', 'ArrowDown']) await page.keyboard.press(key);
}

/** @type {{ name: string, search: string, act: (page: Page) => Promise<unknown> }[]} */
const STOPS = [
  { name: 'live at rest', search: SHORT, act: (page) => waitForEnd(page) },
  { name: 'live in mid-run', search: LONG, act: (page) => waitForStep(page, 500) },
  { name: 'live after a divergence', search: BREAKS, act: waitForDivergence },
  {
    name: 'live with runs, a rewind and a changed panel',
    search: SHORT,
    async act(page) {
      await waitForEnd(page);
      await press(page, /^Run/);
      await waitForEnd(page, 2);
      await press(page, /^Rewind/);
      await page.getByRole('button', { name: 'Fork here' }).waitFor();
    },
  },
  { name: 'range test at rest', search: `${SHORT}#view=range`, act: (page) => waitForEnd(page) },
  {
    name: 'range test done',
    search: `${SHORT}#view=range`,
    async act(page) {
      await waitForEnd(page);
      await press(page, /^Run the range test/);
      await page
        .getByText(/steepest|no suggestion/i)
        .first()
        .waitFor();
      await page.waitForTimeout(3000);
    },
  },
  { name: 'sweep at rest', search: `${SHORT}#view=sweep`, act: (page) => waitForEnd(page) },
  {
    name: 'sweep done',
    search: `?dataset=blobs&steps=60#view=sweep`,
    async act(page) {
      await waitForEnd(page);
      await press(page, /^Run the sweep|^Run \d+|^Run/);
      await page.waitForTimeout(6000);
    },
  },
  {
    name: 'sweep by two settings, as a map',
    search: `?dataset=blobs&steps=60#view=sweep`,
    act: sweepTwoSettings,
  },
  {
    name: 'sweep by two settings, as parallel axes',
    search: `?dataset=blobs&steps=60#view=sweep`,
    async act(page) {
      await sweepTwoSettings(page);
      await page.getByRole('tooltip').waitFor();
      await press(page, /^Parallel axes/);
      await page
        .getByRole('slider', { name: /lowest shown$/ })
        .first()
        .press('Shift+ArrowUp');
    },
  },
  {
    name: 'loss surface',
    search: `${SHORT}#view=slice`,
    async act(page) {
      await page.getByText(/^At step \d+ the loss is/).waitFor();
      await page.getByRole('group', { name: /^Loss: arrow keys/ }).press('Home');
    },
  },
  { name: 'diagnose at rest', search: `${SHORT}#view=diagnose`, act: (page) => waitForEnd(page) },
  {
    name: 'diagnose under way',
    search: `?dataset=blobs&steps=60&lr=3#view=diagnose`,
    async act(page) {
      await waitForEnd(page);
      await press(page, /^Diagnose/);
      await page.waitForTimeout(15_000);
    },
  },
  {
    name: 'optimizers at rest',
    search: `${SHORT}#view=optimizers`,
    act: (page) => page.waitForTimeout(1500),
  },
  {
    name: 'optimizers after a race',
    search: `${SHORT}#view=optimizers/lr=3`,
    async act(page) {
      await press(page, /^Race|^Run|^Start/);
      await page.waitForTimeout(4000);
    },
  },
  { name: 'lessons', search: `${SHORT}#view=lessons`, act: (page) => page.waitForTimeout(1500) },
  {
    name: 'a lesson',
    search: `${SHORT}#view=lessons/hidden-spike`,
    async act(page) {
      await press(page, /^Show it now/);
      await page.getByRole('heading', { name: 'Why' }).waitFor();
    },
  },
  { name: 'a lesson beside Live, to be predicted', search: '?lesson=clip-is-lower-lr', act: (page) => draw(page) },
  {
    name: 'a lesson beside Live, told',
    search: '?lesson=hidden-spike',
    async act(page) {
      await draw(page);
      await press(page, /^Run it$/);
      await page.getByRole('heading', { name: 'Why' }).waitFor();
    },
  },
  {
    name: 'a lesson in the range test',
    search: '?lesson=range-test',
    act: (page) => page.getByRole('heading', { name: 'Try' }).waitFor(),
  },
  { name: 'museum', search: `${SHORT}#view=museum`, act: (page) => page.waitForTimeout(2000) },
  { name: 'loss surface', search: `${SHORT}#view=slice`, act: (page) => page.waitForTimeout(2500) },
  {
    name: 'presented',
    search: `${BREAKS}&present`,
    async act(page) {
      await waitForDivergence(page);
      await page.getByRole('button', { name: 'Leave' }).waitFor();
    },
  },
  { name: 'a frame', search: `${SHORT}&embed&show=events,runs,settings`, act: (page) => waitForEnd(page) },
  { name: 'a broken link', search: '?dataset=spirl&steps=300&foo=1', act: (page) => waitForEnd(page) },
];

const LOOKS = [
  { name: 'light', options: { colorScheme: /** @type {const} */ ('light') } },
  { name: 'dark', options: { colorScheme: /** @type {const} */ ('dark') } },
  {
    name: 'phone',
    options: {
      colorScheme: /** @type {const} */ ('light'),
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    },
  },
];

const [word = ''] = process.argv.slice(2);
process.env.TRAINSCOPE_FASHION_MNIST = '';
const server = await servePage({ options: { port: 0 } });
const browser = await chromium.launch({ executablePath: browserPath(false), args: FLAGS });
let found = 0;
for (const look of LOOKS) {
  for (const { name, search, act } of STOPS) {
    const stop = `${name}, ${look.name}`;
    if (!stop.includes(word)) continue;
    const { page } = await openTab(browser, look.options);
    await page.goto(server.address + search);
    const violations = await act(page).then(
      () => findViolations(page),
      (error) => [`it does not come to this: ${error.message.slice(0, 200)}`],
    );
    found += violations.length;
    console.log(violations.length ? `✕ ${stop}\n    ${violations.join('\n    ')}` : `✓ ${stop}`);
    await page.context().close();
  }
}
await browser.close();
server.close();
console.log(found ? `${found} violations` : 'no violations');
process.exitCode = found ? 1 : 0;
