/** The browsers that the page is tried in, and where this machine has them. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { browserPath } from '../browser/helpers.js';
import { startChromium } from './chromium.js';
import { startFirefox } from './firefox.js';
import { startWebKit } from './webkit.js';

/** @typedef {{ name: string, open: () => Promise<import('./driven.js').DrivenBrowser> }} Installed */

/** @type {{ name: string, find: () => string | undefined, start: (program: string) => Promise<import('./driven.js').DrivenBrowser> }[]} */
const BROWSERS = [
  { name: 'Chromium', find: () => browserPath(true), start: startChromium },
  { name: 'Firefox', find: () => findProgram(['firefox-esr', 'firefox']), start: startFirefox },
  {
    name: 'WebKit',
    find: () => findProgram(['Xvfb']) && findProgram(['WebKitWebDriver']),
    start: startWebKit,
  },
];

/** A program of the path, the first that there is. @param {string[]} names */
function findProgram(names) {
  const folders = (process.env.PATH ?? '').split(':');
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

/** Names of the browsers, whether or not they are here. */
export const BROWSER_NAMES = BROWSERS.map(({ name }) => name);

/** The browser of a name; null where this machine has none. @param {string} name @returns {Installed | null} */
export function findBrowser(name) {
  const browser = BROWSERS.find((one) => one.name === name);
  const program = browser?.find();
  return browser && program ? { name, open: () => browser.start(program) } : null;
}
