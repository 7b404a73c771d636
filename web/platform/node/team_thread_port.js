/** Starts the worker threads of a team in Node. */

import { Worker } from 'node:worker_threads';

/** @type {import('../../engine/core/team.js').StartThread} */
export function startTeamThread(task) {
  const worker = new Worker(new URL('./team_thread.js', import.meta.url), {
    workerData: task,
    // Not the program's own: --input-type, for one, is not for files.
    execArgv: [],
  });
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`The thread ended with code ${code}.`)));
    worker.once('message', () => {
      // A team alone does not keep a program alive.
      worker.unref();
      resolve({ end: () => {} });
    });
  });
}
