/** Opens the Web Worker, for a page's WorkerClient. */

import { canShareMemory } from '../../engine/core/wasm.js';
import { openTeamWorker } from './team_worker_port.js';

/**
 * @param {object} [options]
 * @param {number} [options.threads]  that train one run together; only one where pages have no shared memory
 * @param {object | null} [options.common]  the memory that its engine shares with other workers'
 * @param {import('../../engine/core/arithmetic.js').Arithmetic} [options.arithmetic]  of its engine
 * @returns {import('../../worker/client.js').Port}
 */
export function openWorker({ threads = 1, common = null, arithmetic = 'plain' } = {}) {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  const others = threads > 1 && canShareMemory() ? Array.from({ length: threads - 1 }, openTeamWorker) : [];
  const team = others.map(({ port }) => port);
  // The first message says how the engine is to be made; those that follow are the protocol's.
  worker.postMessage({ team, common, arithmetic }, team);
  return {
    send: (message, transfer = []) => worker.postMessage(message, transfer),
    listen: (receive) => {
      worker.onmessage = ({ data }) => receive(data);
    },
    onBroken: (fail) => {
      worker.onerror = (event) => {
        event.preventDefault();
        fail(event.message ?? 'The worker could not be loaded.');
      };
    },
    close: () => {
      worker.terminate();
      for (const other of others) other.worker.terminate();
    },
  };
}
