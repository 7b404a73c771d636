/** Starts the Web Workers of a team, from the worker whose engine they train for. */

/** @type {import('../../engine/core/team.js').StartThread} */
export function startTeamWorker(task) {
  const worker = new Worker(new URL('./team_worker.js', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = () => resolve({ end: () => {} });
    worker.onerror = (event) => reject(new Error(event.message ?? 'A thread could not be started.'));
    worker.postMessage(task);
  });
}
