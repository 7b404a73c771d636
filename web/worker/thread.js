/** The worker thread of Node: the service on a command's channel. */

import { parentPort } from 'node:worker_threads';
import { createEngine } from '../node.js';
import { serve } from './service.js';

if (!parentPort) throw new Error('This file is a worker thread; it is started by thread_port.js.');
const port = parentPort;

serve(
  {
    send: (message, transfer = []) => port.postMessage(message, transfer),
    listen: (receive) => {
      port.on('message', receive);
    },
  },
  createEngine,
);
