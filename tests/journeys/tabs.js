/**
 * The tabs of the bar at every width from a phone's to a large screen's, with letters of 16 and 20 px: none may be cut,
 * covered or out of reach. Ends with 1 where one is.
 *
 *     node tests/journeys/tabs.js [STEP]   every so many pixels; 8
 */

import { chromium } from 'playwright-core';
import { servePage } from '../../web/cli/commands/serve.js';
import { browserPath, FLAGS, openTab } from '../browser/helpers.js';
import { waitForEnd } from '../browser/page_state.js';
import { faultsOfTabs } from '../browser/tabs.js';

const [NARROWEST, WIDEST] = [360, 1920];
const step = Number(process.argv[2] ?? 8);

process.env.TRAINSCOPE_FASHION_MNIST = '';
const server = await servePage({ options: { port: 0 } });
const browser = await chromium.launch({ executablePath: browserPath(false), args: FLAGS });
let [looked, faulty] = [0, 0];
for (const letters of [16, 20]) {
  for (const view of ['live', 'museum']) {
    const { page } = await openTab(browser);
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Page.setFontSizes', { fontSizes: { standard: letters, fixed: 13 } });
    await page.goto(`${server.address}?dataset=moons&steps=40#view=${view}`);
    await waitForEnd(page);
    for (let width = NARROWEST; width <= WIDEST; width += step) {
      await page.setViewportSize({ width, height: 900 });
      const faults = await faultsOfTabs(page);
      looked++;
      if (faults.length === 0) continue;
      faulty++;
      console.log(`${view}, ${width} px, letters of ${letters} px: ${faults.join(', ')}`);
    }
    await page.context().close();
  }
}
await browser.close();
server.close();
console.log(`${looked} widths, ${faulty} with faults`);
process.exitCode = faulty ? 1 : 0;
