/**
 * The worker thread of Node: the service on a command's channel. It loads all code before it knows what its engine is to
 * be like; the first message says so, and those that follow are the protocol's.
 */

import { setImmediate as afterEvents, setTimeout as sleep } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import '../../engine/engine.js';
import { serve } from '../../worker/service.js';
import { createEngine } from './index.js';

if (!parentPort) throw new Error('This file is a worker thread; it is started by thread_port.js.');
const port = parentPort;

let receive = begin;
port.on('message', (message) => receive(message));

/** @param {Parameters<typeof createEngine>[0]} options */
function begin(options) {
  serve(
    {
      send: (message, transfer = []) => port.postMessage(message, transfer),
      listen: (listener) => {
        receive = listener;
      },
      // Not a message to oneself, as in a browser: Node delivers a thousand of them before it looks at anything else.
      yieldNow: (ms = 0) => (ms > 0 ? sleep(ms) : afterEvents()),
    },
    () => createEngine(options),
  );
}
