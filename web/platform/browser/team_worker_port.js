/**
 * Opens the Web Workers of a team, and starts them. Whoever opens one need not be the worker whose engine it trains for:
 * in Firefox a worker that opens another now and then never returns from it, so a page opens them all.
 */

/** The longest that a thread may take to start, in milliseconds: without it there is one less to train with. */
const START_MS = 5000;

/** @returns {{ worker: Worker, port: MessagePort }}  port: to be given to startOnPort, here or in another worker */
export function openTeamWorker() {
  return giveTeamPort(new Worker(new URL('./team_worker.js', import.meta.url), { type: 'module' }));
}

/** Makes a worker one of a team by its first message. @param {Worker} worker  that serves by team_service.js */
export function giveTeamPort(worker) {
  const { port1, port2 } = new MessageChannel();
  worker.postMessage(port1, [port1]);
  return { worker, port: port2 };
}

/**
 * @param {MessagePort} port  of a team's worker
 * @param {import('../../engine/core/wasm.js').TeamTask} task
 * @returns {Promise<{ end: () => void }>}
 */
export function startOnPort(port, task) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`A thread did not start in ${START_MS} ms.`)), START_MS);
    port.onmessage = ({ data: { fault } }) => {
      clearTimeout(timer);
      if (fault === null) resolve({ end: () => {} });
      else reject(new Error(fault));
    };
    port.postMessage(task);
  });
}
