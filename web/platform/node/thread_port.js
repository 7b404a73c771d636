/**
 * Opens worker threads of Node, for a WorkerClient: with the same service as a page's Web Worker, or with that of trials
 * alone.
 */

import { Worker } from 'node:worker_threads';

/**
 * @typedef {object} EngineOfThread
 * @property {object | null} [common]  the memory that it shares with other threads'
 * @property {import('../../engine/core/arithmetic.js').Arithmetic} [arithmetic]
 */

/** What a worker makes and forgets is small: numbers of steps, mostly. Left alone, each would keep 48 MB for that. */
const YOUNG_MB = 4;

// Written out, so that whoever follows the imports, a bundler or the test of the package, comes by the threads' code.
const THREAD = new URL('./thread.js', import.meta.url);
const TRIAL_THREAD = new URL('./trial_thread.js', import.meta.url);

/** Threads for trials that were started before they were asked for. @type {Set<Worker>} */
const prepared = new Set();

/** @param {EngineOfThread} [options] @returns {import('../../worker/client.js').Port} */
export function openThread(options = {}) {
  return portTo(startThread(THREAD, options));
}

/**
 * A thread that knows trials only, and no data but those it is given: for a WorkerPool without files.
 *
 * @param {EngineOfThread} [options]
 * @returns {import('../../worker/client.js').Port}
 */
export function openTrialThread(options = {}) {
  const worker = takePrepared() ?? startThread(TRIAL_THREAD);
  worker.postMessage(options);
  return { ...portTo(worker), keepsQueue: true };
}

/**
 * Starts threads for trials ahead of time, which load their code beside the caller. Those that nobody asks for keep no
 * program alive, and say nothing. Of those that could not be started or loaded, whoever asks for a thread hears by the next.
 *
 * @param {number} count  as many as there are then
 */
export function prepareTrialThreads(count) {
  while (prepared.size < count) {
    const worker = tryStart(TRIAL_THREAD);
    if (!worker) return;
    worker.unref();
    worker.on('error', () => {});
    worker.on('exit', () => prepared.delete(worker));
    prepared.add(worker);
  }
}

/** @returns {Worker | undefined} */
function takePrepared() {
  const [worker] = prepared;
  if (!worker) return undefined;
  prepared.delete(worker);
  worker.ref();
  return worker;
}

/** @param {URL} file @returns {Worker | null} */
function tryStart(file) {
  try {
    return startThread(file);
  } catch {
    return null;
  }
}

/**
 * @param {URL} file
 * @param {EngineOfThread} [workerData]
 * @throws {Error} where the system has no more threads to give, or Node may start none
 */
function startThread(file, workerData) {
  return new Worker(file, {
    workerData,
    // Not the program's own: --input-type, for one, is not for files.
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
}

/** @param {Worker} worker @returns {import('../../worker/client.js').Port} */
function portTo(worker) {
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
