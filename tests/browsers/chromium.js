/** Chromium by Playwright, as the other browsers are driven. */

import { chromium } from 'playwright-core';
import { FLAGS, openTab } from '../browser/helpers.js';

/** @param {string} program @returns {Promise<import('./driven.js').DrivenBrowser>} */
export async function startChromium(program) {
  const browser = await chromium.launch({ executablePath: program, args: FLAGS });
  return {
    version: `Chromium ${browser.version()}`,
    async open() {
      const { page, complaints } = await openTab(browser);
      return {
        complaints,
        async goto(address) {
          await page.goto(address);
        },
        async reload() {
          await page.reload();
        },
        evaluate: (expression) => page.evaluate(expression),
        clickAt: (x, y) => page.mouse.click(x, y),
        press: (key) => page.keyboard.press(key),
        screenshot: () => page.screenshot(),
        close: () => page.context().close(),
      };
    },
    stop: () => browser.close(),
  };
}
