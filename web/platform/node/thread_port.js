/** Opens a worker thread of Node, for a WorkerClient: the same service as a page's Web Worker. */

import { Worker } from 'node:worker_threads';

/** What a worker makes and forgets is small: numbers of steps, mostly. Left alone, each would keep 48 MB for that. */
const YOUNG_MB = 4;

/** Threads that were started before they were asked for. @type {Set<Worker>} */
const prepared = new Set();

/**
 * Starts threads ahead of time, which load their code beside the caller. Those that nobody asks for keep no program
 * alive, and say nothing.
 *
 * @param {number} count  as many as there are then
 */
export function prepareThreads(count) {
  while (prepared.size < count) {
    const worker = startThread();
    worker.unref();
    // Of one that could not be loaded, whoever asks for a thread hears by the next.
    worker.on('error', () => {});
    worker.on('exit', () => prepared.delete(worker));
    prepared.add(worker);
  }
}

/**
 * @param {object} [options]
 * @param {object | null} [options.common]  the memory that its engine shares with other threads'
 * @param {import('../../engine/core/arithmetic.js').Arithmetic} [options.arithmetic]  of its engine
 * @returns {import('../../worker/client.js').Port}
 */
export function openThread(options = {}) {
  const worker = takePrepared() ?? startThread();
  worker.postMessage(options);
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

function startThread() {
  return new Worker(new URL('./thread.js', import.meta.url), {
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
}

/** @returns {Worker | undefined} */
function takePrepared() {
  const [worker] = prepared;
  if (!worker) return undefined;
  prepared.delete(worker);
  worker.ref();
  return worker;
}
