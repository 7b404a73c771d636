/**
 * Firefox by its own remote protocol, WebDriver BiDi: commands and events as JSON over one socket. Debian has no
 * geckodriver, Playwright's commands are younger than Debian's Firefox, and Puppeteer wants a later Node.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import WebSocket from 'ws';
import { VIEWPORT } from '../browser/helpers.js';
import { asJson, clickActions, keyActions, START_MS, startProgram } from './driven.js';

/** Longer than any page takes that is on its way. */
const LATE_MS = 20_000;

/** @param {string} program @returns {Promise<import('./driven.js').DrivenBrowser>} */
export async function startFirefox(program) {
  const profile = await mkdtemp(join(tmpdir(), 'trainscope-firefox-'));
  const firefox = startProgram(
    program,
    ['--headless', '--profile', profile, '--remote-debugging-port', '0', '--no-remote'],
    {
      pattern: /^WebDriver BiDi listening on (ws:\S+)/,
    },
  );
  const stopProgram = async () => {
    await firefox.stop();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const [, address] = await firefox.ready;
    const socket = await BidiSocket.connect(`${address}/session`);
    const { capabilities } = await socket.send('session.new', { capabilities: {} });
    await socket.send('session.subscribe', { events: ['log.entryAdded'] });
    return {
      version: `Firefox ${capabilities.browserVersion}`,
      open: () => openPage(socket),
      async stop() {
        socket.close();
        await stopProgram();
      },
    };
  } catch (error) {
    await stopProgram();
    throw error;
  }
}

/** @param {BidiSocket} socket @returns {Promise<import('./driven.js').DrivenPage>} */
async function openPage(socket) {
  const { userContext } = await socket.send('browser.createUserContext', {});
  const { context } = await socket.send('browsingContext.create', { type: 'tab', userContext });
  await socket.send('browsingContext.setViewport', { context, viewport: VIEWPORT });
  /** @type {string[]} */
  const complaints = [];
  socket.onEvent((method, { source, level, text }) => {
    if (method === 'log.entryAdded' && source.context === context && level !== 'info' && level !== 'debug') {
      complaints.push(text);
    }
  });
  return {
    complaints,
    async goto(url) {
      const navigate = () => socket.send('browsingContext.navigate', { context, url, wait: 'complete' });
      /** @type {ReturnType<typeof setTimeout> | undefined} */
      let timer;
      const late = new Promise((resolve) => {
        timer = setTimeout(resolve, LATE_MS, 'late');
      });
      // Firefox now and then drops a navigation that comes soon after another, and answers nothing.
      if ((await Promise.race([navigate(), late])) === 'late') await navigate();
      clearTimeout(timer);
    },
    async reload() {
      await socket.send('browsingContext.reload', { context, wait: 'complete' });
    },
    async evaluate(expression) {
      const { result, exceptionDetails } = await socket.send('script.evaluate', {
        expression: asJson(expression),
        target: { context },
        awaitPromise: true,
      });
      if (exceptionDetails) throw new Error(exceptionDetails.text);
      return JSON.parse(result.value);
    },
    async clickAt(x, y) {
      await socket.send('input.performActions', { context, actions: clickActions(x, y) });
    },
    async press(key) {
      await socket.send('input.performActions', { context, actions: keyActions(key) });
    },
    async screenshot() {
      const { data } = await socket.send('browsingContext.captureScreenshot', { context });
      return Buffer.from(data, 'base64');
    },
    async close() {
      await socket.send('browser.removeUserContext', { userContext });
    },
  };
}

class BidiSocket {
  #socket;
  #nextId = 1;
  /** @type {Map<number, { resolve: (result: any) => void, reject: (error: Error) => void }>} */
  #asked = new Map();
  /** @type {((method: string, params: any) => void)[]} */
  #listeners = [];

  /** @param {WebSocket} socket */
  constructor(socket) {
    this.#socket = socket;
    socket.on('message', (text) => this.#hear(JSON.parse(String(text))));
    socket.on('close', () => {
      for (const { reject } of this.#asked.values()) reject(new Error('Firefox closed the connection.'));
    });
  }

  /** @param {string} address @returns {Promise<BidiSocket>} */
  static connect(address) {
    const socket = new WebSocket(address, { handshakeTimeout: START_MS });
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('open', () => resolve(new BidiSocket(socket)));
    });
  }

  /** @param {string} method @param {object} params @returns {Promise<any>} */
  send(method, params) {
    const id = this.#nextId++;
    this.#socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve, reject) => this.#asked.set(id, { resolve, reject }));
  }

  /** @param {(method: string, params: any) => void} listener */
  onEvent(listener) {
    this.#listeners.push(listener);
  }

  close() {
    this.#socket.close();
  }

  /** @param {{ type: string, id: number, result: any, error: string, message: string, method: string, params: any }} message */
  #hear({ type, id, result, error, message, method, params }) {
    if (type === 'event') {
      for (const listen of this.#listeners) listen(method, params);
      return;
    }
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (type === 'success') asked?.resolve(result);
    else asked?.reject(new Error(`${error}: ${message}`));
  }
}
