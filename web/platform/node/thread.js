/** The worker thread of Node: the service on a command's channel. */

import { setImmediate as afterEvents, setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { serve } from '../../worker/service/service.js';
import { createEngine } from './index.js';

if (!parentPort) throw new Error('This file is a worker thread; it is started by thread_port.js.');
const port = parentPort;

serve(
  {
    send: (message, transfer = []) => port.postMessage(message, transfer),
    listen: (receive) => {
      port.on('message', receive);
    },
    // Not a message to oneself, as in a browser: Node delivers a thousand of them before it looks at anything else.
    yieldNow: (ms = 0) => (ms > 0 ? sleep(ms) : afterEvents()),
  },
  () => createEngine(workerData),
);
