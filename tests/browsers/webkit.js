/**
 * WebKitGTK by WebDriver, questions over HTTP: Debian's WebKitWebDriver starts WebKit's small browser, which needs a
 * screen, so that a virtual one is begun for it.
 */

import { existsSync, readdirSync } from 'node:fs';
import { VIEWPORT } from '../browser/helpers.js';
import { asJson, clickActions, keyActions, START_MS, startProgram } from './driven.js';

/** Folders of WebKit's programs, one below the folder of each architecture. */
const LIBRARIES = '/usr/lib';

/** WebKit's small browser; the driver alone would look for GNOME's. @returns {string | undefined} */
function findMiniBrowser() {
  return readdirSync(LIBRARIES)
    .flatMap((folder) =>
      ['4.1', '4.0', '6.0'].map((edition) => `${LIBRARIES}/${folder}/webkit2gtk-${edition}/MiniBrowser`),
    )
    .find((path) => existsSync(path));
}

/** @param {string} program  WebKitWebDriver @returns {Promise<import('./driven.js').DrivenBrowser>} */
export async function startWebKit(program) {
  const binary = findMiniBrowser();
  if (!binary) throw new Error(`no MiniBrowser below ${LIBRARIES}`);
  const screen = startProgram('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp'], {
    pattern: /^(\d+)$/,
    extraPipe: true,
  });
  /** @type {string[]} */
  const complaints = [];
  /** @type {ReturnType<typeof startProgram> | null} */
  let driver = null;
  const stopPrograms = async () => {
    await driver?.stop();
    await screen.stop();
  };
  try {
    const [, display] = await screen.ready;
    const port = await findPort();
    driver = startProgram(program, [`--port=${port}`], {
      // It says nothing when it is ready: it is asked.
      pattern: /^never$/,
      env: { DISPLAY: `:${display}` },
      onLine: (line) => {
        if (/CONSOLE .*(ERROR|WARN)/.test(line)) complaints.push(line);
      },
    });
    const endOfDriver = driver.ready.catch((error) => error);
    const ask = createAsk(`http://127.0.0.1:${port}`);
    await waitUntilReady(ask, endOfDriver);
    const options = { binary, args: ['--automation', '--enable-write-console-messages-to-stdout=true'] };
    const { sessionId, capabilities } = await ask('POST', '/session', {
      capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': options } },
    });
    const path = `/session/${sessionId}`;
    return {
      version: `WebKitGTK ${capabilities.browserVersion}`,
      open: () => openPage(path, ask, complaints),
      async stop() {
        await ask('DELETE', path, undefined).catch(() => {});
        await stopPrograms();
      },
    };
  } catch (error) {
    await stopPrograms();
    throw error;
  }
}

/** @typedef {(method: string, path: string, body: object | undefined) => Promise<any>} Ask */

/** @param {string} server @returns {Ask} */
function createAsk(server) {
  return async (method, path, body) => {
    const response = await fetch(server + path, { method, body: body && JSON.stringify(body) });
    const { value } = await response.json();
    if (value?.error) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
}

/** @param {Ask} ask @param {Promise<Error>} end  the driver's, before it answers */
async function waitUntilReady(ask, end) {
  /** @type {unknown} */
  let ended = null;
  end.then((error) => {
    ended = error;
  });
  for (const until = Date.now() + START_MS; ; ) {
    const status = await ask('GET', '/status', undefined).catch(() => null);
    if (status?.ready) return;
    if (ended) throw ended;
    if (Date.now() > until) throw new Error(`WebKitWebDriver did not answer in ${START_MS} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** One window is all there is. @param {string} session @param {Ask} ask @param {string[]} complaints @returns {Promise<import('./driven.js').DrivenPage>} */
async function openPage(session, ask, complaints) {
  const post = (/** @type {string} */ what, /** @type {object} */ body) => ask('POST', session + what, body);
  await post('/timeouts', { script: 10 * START_MS, pageLoad: START_MS });
  complaints.length = 0;
  const page = {
    complaints,
    /** @param {string} url */
    async goto(url) {
      await post('/url', { url });
    },
    async reload() {
      await post('/refresh', {});
    },
    /** @param {string} expression */
    async evaluate(expression) {
      const script = `const [done] = arguments; new Promise((resolve) => resolve(${asJson(expression)})).then(
        (text) => done({ text }), (error) => done({ fault: String(error) }))`;
      const { text, fault } = await post('/execute/async', { script, args: [] });
      if (fault !== undefined) throw new Error(fault);
      return JSON.parse(text);
    },
    /** @param {number} x @param {number} y */
    async clickAt(x, y) {
      await post('/actions', { actions: clickActions(x, y) });
    },
    /** @param {string} key */
    async press(key) {
      await post('/actions', { actions: keyActions(key) });
    },
    async screenshot() {
      return Buffer.from(await ask('GET', `${session}/screenshot`, undefined), 'base64');
    },
    /** The window stays for the next page. */
    async close() {
      await post('/url', { url: 'about:blank' });
    },
  };
  // The window's frame and bars are not of the viewport.
  const rect = { width: VIEWPORT.width, height: VIEWPORT.height };
  await post('/window/rect', rect);
  const [width, height] = await page.evaluate('[innerWidth, innerHeight]');
  await post('/window/rect', { width: 2 * rect.width - width, height: 2 * rect.height - height });
  return page;
}

/** A port that nothing uses now. @returns {Promise<number>} */
async function findPort() {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}
