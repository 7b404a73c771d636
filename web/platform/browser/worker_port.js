/** Opens the Web Worker, for a page's WorkerClient. */

import { canShareMemory } from '../../engine/core/wasm.js';
import { fetchCore } from './index.js';
import { giveTeamPort } from './team_worker_port.js';

/** The cores that can only begin; see worker/opening.js. */
const FIRST_WASM = new URL('../../../build/first.wasm', import.meta.url);
const FIRST_THREADS_WASM = new URL('../../../build/first-threads.wasm', import.meta.url);

/** Opened before the page asked for it. @type {import('../../worker/client.js').Port | null} */
let prepared = null;

/** Opens a worker ahead of time. @param {Parameters<typeof openWorker>[0]} options */
export function prepareWorker(options) {
  prepared = openWorker(options);
}

/** The worker that was opened ahead of time, once; null where there is none. */
export function takePrepared() {
  const taken = prepared;
  prepared = null;
  return taken;
}

/**
 * @param {object} [options]
 * @param {number} [options.threads]  that train one run together; only one where pages have no shared memory
 * @param {object | null} [options.common]  the memory that its engine shares with other workers'
 * @param {import('../../engine/core/arithmetic.js').Arithmetic} [options.arithmetic]  of its engine
 * @param {boolean} [options.opens]  whether it will be asked for the page's opening first
 * @returns {import('../../worker/client.js').Port}
 */
export function openWorker({ threads = 1, common = null, arithmetic = 'plain', opens = false } = {}) {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'trainer' });
  const others =
    threads > 1 && canShareMemory() ? Array.from({ length: threads - 1 }, () => giveTeamPort(openThread())) : [];
  const team = others.map(({ port }) => port);
  // The first message says how the engine is to be made; those that follow are the protocol's.
  const first = opens ? [sendFirst(team.length > 0)] : [];
  worker.postMessage({ team, common, arithmetic, first: first[0] ?? null }, [...team, ...first]);
  // What comes before somebody listens waits for them.
  /** @type {import('../../worker/messages.js').WorkerMessage[]} */
  const early = [];
  /** @type {string | null} */
  let fault = null;
  worker.onmessage = ({ data }) => early.push(data);
  worker.onerror = (event) => {
    event.preventDefault();
    fault = sayFault(event);
  };
  return {
    send: (message, transfer = []) => worker.postMessage(message, transfer),
    listen: (receive) => {
      worker.onmessage = ({ data }) => receive(data);
      if (early.length > 0) queueMicrotask(() => early.splice(0).forEach(receive));
    },
    onBroken: (fail) => {
      worker.onerror = (event) => {
        event.preventDefault();
        fail(sayFault(event));
      };
      if (fault !== null) queueMicrotask(() => fail(fault ?? ''));
    },
    close: () => {
      worker.terminate();
      for (const other of others) other.worker.terminate();
    },
  };
}

/**
 * Fetches the core that can only begin while the worker still reads its code.
 *
 * @param {boolean} isShared  whether its memory is
 * @returns {MessagePort}  by which the worker is sent it
 */
function sendFirst(isShared) {
  const { port1, port2 } = new MessageChannel();
  fetchCore(isShared ? FIRST_THREADS_WASM : FIRST_WASM).then(
    (bytes) => port1.postMessage({ bytes, fault: null }, [bytes]),
    (error) => port1.postMessage({ bytes: null, fault: String(error.message) }),
  );
  return port2;
}

/** The same script, so that it is fetched once. */
function openThread() {
  return new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'thread' });
}

/** @param {ErrorEvent} event */
function sayFault({ message }) {
  return message ?? 'The worker could not be loaded.';
}
