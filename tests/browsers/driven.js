/**
 * What a browser is to the tests that run in all of them: a page that opens addresses, answers expressions, and has a
 * pointer and keys. tests/browser/page_state.js asks such a page for the state, as it asks Playwright's.
 *
 * @typedef {object} DrivenPage
 * @property {(address: string) => Promise<void>} goto  resolves when the document is loaded
 * @property {() => Promise<void>} reload
 * @property {(expression: string) => Promise<any>} evaluate  its value, or what its promise brings, as JSON has it
 * @property {(x: number, y: number) => Promise<void>} clickAt  in pixels of the viewport
 * @property {(key: string) => Promise<void>} press  one character
 * @property {() => Promise<Uint8Array>} screenshot  PNG
 * @property {() => Promise<void>} close
 * @property {string[]} complaints  what it wrote to its console as a warning or an error so far
 *
 * @typedef {object} DrivenBrowser
 * @property {string} version
 * @property {() => Promise<DrivenPage>} open  a page of its own, of a desktop's size
 * @property {() => Promise<void>} stop
 */

import { spawn } from 'node:child_process';

/** How long a browser may take to start, in milliseconds. */
export const START_MS = 60_000;

/** An expression whose value is JSON text, whatever the protocol can carry. @param {string} expression */
export const asJson = (expression) =>
  `Promise.resolve(${expression}).then((value) => JSON.stringify(value === undefined ? null : value))`;

/** A click and a key as both editions of WebDriver want them. @param {number} x @param {number} y */
export const clickActions = (x, y) => [
  {
    type: 'pointer',
    id: 'mouse',
    parameters: { pointerType: 'mouse' },
    actions: [
      { type: 'pointerMove', x: Math.round(x), y: Math.round(y), duration: 0 },
      { type: 'pointerDown', button: 0 },
      { type: 'pointerUp', button: 0 },
    ],
  },
];

/** @param {string} value */
export const keyActions = (value) => [
  {
    type: 'key',
    id: 'keyboard',
    actions: [
      { type: 'keyDown', value },
      { type: 'keyUp', value },
    ],
  },
];

/**
 * A program that tells in a line that it is ready. Resolves with what the pattern found in that line.
 *
 * @param {string} program
 * @param {string[]} words
 * @param {{ pattern: RegExp, env?: Record<string, string>, extraPipe?: boolean, onLine?: (line: string) => void }} how
 *   extraPipe: the line comes on its fourth stream; onLine: hears of the lines that follow
 */
export function startProgram(program, words, { pattern, env = {}, extraPipe = false, onLine = () => {} }) {
  const child = spawn(program, words, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', ...(extraPipe ? /** @type {const} */ (['pipe']) : [])],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  let found = /** @type {(match: RegExpExecArray) => void} */ (() => {});
  let fail = /** @type {(error: Error) => void} */ (() => {});
  /** @type {Promise<RegExpExecArray>} */
  const ready = new Promise((resolve, reject) => {
    found = resolve;
    fail = reject;
  });
  const timer = setTimeout(() => fail(new Error(`${program} did not start in ${START_MS} ms.`)), START_MS);
  child.once('error', fail);
  child.once('exit', (code) => fail(new Error(`${program} ended with code ${code} before it was ready.`)));
  for (const stream of /** @type {import('node:stream').Readable[]} */ (child.stdio.slice(1))) {
    let rest = '';
    stream.setEncoding('utf8').on('data', (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const match = pattern.exec(line);
        if (match) found(match);
        onLine(line);
      }
    });
  }
  return {
    ready: ready.finally(() => clearTimeout(timer)),
    async stop() {
      child.kill();
      await ended;
    },
  };
}
