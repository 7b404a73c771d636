/** Where the studies of the command line have their trials computed: threads, which end with the study or with Ctrl-C. */

import { availableParallelism } from 'node:os';
import { openThread } from '../../platform/node/thread_port.js';
import { WorkerPool } from '../../worker/pool.js';

/**
 * Runs a study on a pool of threads. Ctrl-C aborts its signal, so that the study can end in order; a second Ctrl-C
 * ends the process.
 *
 * @template T
 * @param {{ jobs: number | null, data: import('../../engine/data/data_files.js').DataFiles | null,
 *           arithmetic?: import('../../engine/core/arithmetic.js').Arithmetic | null }} options
 *   jobs: as many as there are cores where it is null; data: what the setting dataset calls custom; arithmetic: of all
 *   trials, where it is not their configs'
 * @param {(runner: WorkerPool, signal: AbortSignal) => Promise<T>} study
 * @returns {Promise<T>}
 */
export async function withStudyPool({ jobs, data, arithmetic }, study) {
  const controller = new AbortController();
  const interrupt = () => controller.abort(new Error('interrupted'));
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const pool = new WorkerPool({ openPort: openThread, jobs: jobs ?? availableParallelism(), data, arithmetic });
  try {
    return await study(pool, controller.signal);
  } finally {
    pool.dispose();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}
