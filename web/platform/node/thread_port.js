/** Opens a worker thread of Node, for a WorkerClient: the same service as a page's Web Worker. */

import { Worker } from 'node:worker_threads';

/** What a worker makes and forgets is small: numbers of steps, mostly. Left alone, each would keep 48 MB for that. */
const YOUNG_MB = 4;

/**
 * @param {object} [options]
 * @param {object | null} [options.common]  the memory that its engine shares with other threads'
 * @param {import('../../engine/core/arithmetic.js').Arithmetic} [options.arithmetic]  of its engine
 * @returns {import('../../worker/client.js').Port}
 */
export function openThread(options = {}) {
  const worker = new Worker(new URL('./thread.js', import.meta.url), {
    workerData: options,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  let isClosing = false;
  return {
    send: (message, transfer = []) => worker.postMessage(message, transfer),
    listen: (receive) => {
      worker.on('message', receive);
    },
    onBroken: (fail) => {
      worker.on('error', (error) => fail(error instanceof Error ? error.message : String(error)));
      worker.on('exit', (code) => {
        if (!isClosing) fail(`The worker thread ended with code ${code}.`);
      });
    },
    close: () => {
      isClosing = true;
      worker.terminate();
    },
  };
}
