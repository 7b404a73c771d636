/**
 * The worker thread of a study in Node: trials on a command's channel. It loads all code before it knows what its engine
 * is to be like; the first message says so, and those that follow are the protocol's.
 */

import { setImmediate as afterEvents, setTimeout as sleep } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
// createEngine() imports it when it is called, which is later.
import '../../engine/engine.js';
import { serveTrials } from '../../worker/service/trial_service.js';
import { createEngine } from './index.js';

if (!parentPort) throw new Error('This file is a worker thread; it is started by thread_port.js.');
const port = parentPort;

let receive = begin;
port.on('message', (message) => receive(message));

/** @param {Parameters<typeof createEngine>[0]} options */
function begin(options) {
  serveTrials(
    {
      send: (message, transfer = []) => port.postMessage(message, transfer),
      listen: (listener) => {
        receive = listener;
      },
      yieldNow: (ms = 0) => (ms > 0 ? sleep(ms) : afterEvents()),
    },
    () => createEngine(options),
  );
}
