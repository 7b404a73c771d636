/** Chromium by Playwright, as the other browsers are driven. */

import { chromium } from 'playwright-core';
import { FLAGS } from '../browser/helpers.js';
import { VIEWPORT } from './driven.js';

/** @param {string} program @returns {Promise<import('./driven.js').DrivenBrowser>} */
export async function startChromium(program) {
  const browser = await chromium.launch({ executablePath: program, args: FLAGS });
  return {
    version: `Chromium ${browser.version()}`,
    async open() {
      const context = await browser.newContext({ viewport: VIEWPORT });
      const page = await context.newPage();
      /** @type {string[]} */
      const complaints = [];
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      return {
        complaints,
        async goto(address) {
          await page.goto(address);
        },
        evaluate: (expression) => page.evaluate(expression),
        clickAt: (x, y) => page.mouse.click(x, y),
        press: (key) => page.keyboard.press(key),
        screenshot: () => page.screenshot(),
        close: () => context.close(),
      };
    },
    stop: () => browser.close(),
  };
}
