/**
 * What people do with the page, from its address to where they wanted to get, in a real Chromium: on a desktop, on a
 * projector and on a phone; and what it costs. One line for each, with its figures. Ends with 1 where one does not arrive.
 *
 *     node tests/journeys/journeys.js [--like WORD] [--screens FOLDER]
 */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { servePage } from '../../web/cli/commands/serve.js';
import { browserPath, FLAGS, openTab } from '../browser/helpers.js';
import { firstLoad, tasks } from './costs.js';
import { keyboard, newcomer, student, teacher } from './people.js';
import { embed, openCourse, print, views } from './places.js';

const DESKTOP = { name: 'desktop 1440×900', options: { viewport: { width: 1440, height: 900 } } };
const PROJECTOR = { name: 'projector 1280×720', options: { viewport: { width: 1280, height: 720 } } };
const PHONE = {
  name: 'phone 390×844',
  options: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
};
const SIZES = [DESKTOP, PROJECTOR, PHONE];

const { values: asked } = parseArgs({
  options: { like: { type: 'string', default: '' }, screens: { type: 'string' } },
});
if (asked.screens) await mkdir(asked.screens, { recursive: true });

process.env.TRAINSCOPE_FASHION_MNIST = '';
const course = await openCourse();
const server = await servePage({ options: { port: 0, frame_ancestors: course.origin } });
course.show(server.address);
const browser = await chromium.launch({ executablePath: browserPath(true), args: FLAGS });

/** @typedef {import('playwright-core').Page} Page */

/** @type {{ name: string, go: (page: Page, address: string) => Promise<string>, sizes: typeof SIZES }[]} */
const JOURNEYS = [
  { name: 'newcomer breaks and mends', go: newcomer, sizes: SIZES },
  { name: 'teacher presents', go: teacher, sizes: SIZES },
  { name: 'student predicts', go: student, sizes: SIZES },
  { name: 'keyboard only', go: keyboard, sizes: SIZES },
  { name: 'embed', go: (page, address) => embed(page, address, course), sizes: SIZES },
  { name: 'print', go: print, sizes: SIZES },
  { name: 'every view', go: views, sizes: SIZES },
  { name: 'long tasks', go: tasks, sizes: [DESKTOP, PHONE] },
  { name: 'first load', go: firstLoad, sizes: [DESKTOP] },
];

let failed = 0;
for (const { name, go, sizes } of JOURNEYS) {
  for (const size of sizes) {
    const title = `${name}, ${size.name}`;
    if (!title.includes(asked.like)) continue;
    const { page, complaints } = await openTab(browser, size.options);
    const outcome = await go(page, server.address).then(
      (said) => ({ said, isGood: complaints.length === 0 }),
      (error) => ({ said: error.message, isGood: false }),
    );
    if (!outcome.isGood) failed += 1;
    const noise = complaints.length ? `; the console: ${complaints.join(' | ')}` : '';
    console.log(`${outcome.isGood ? 'ok    ' : 'FAILED'} ${title}: ${outcome.said}${noise}`);
    if (asked.screens) {
      const file = `${title.replace(/[^\w]+/g, '-')}.png`;
      await page.screenshot({ path: join(asked.screens, file) }).catch(() => {});
    }
    await page.context().close();
  }
}
await browser.close();
course.close();
server.close();
console.log(failed ? `${failed} FAILED` : 'all arrived');
process.exit(failed ? 1 : 0);
