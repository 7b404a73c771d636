/** Opens the Web Worker, for a page's WorkerClient. */

import { canShareMemory } from '../../engine/core/wasm.js';
import { giveTeamPort } from './team_worker_port.js';

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
 * @returns {import('../../worker/client.js').Port}
 */
export function openWorker({ threads = 1, common = null, arithmetic = 'plain' } = {}) {
  const worker = openScript();
  const others =
    threads > 1 && canShareMemory() ? Array.from({ length: threads - 1 }, () => giveTeamPort(openScript())) : [];
  const team = others.map(({ port }) => port);
  // The first message says how the engine is to be made; those that follow are the protocol's.
  worker.postMessage({ team, common, arithmetic }, team);
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

function openScript() {
  return new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
}

/** @param {ErrorEvent} event */
function sayFault({ message }) {
  return message ?? 'The worker could not be loaded.';
}
