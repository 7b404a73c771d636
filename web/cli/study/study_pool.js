/** Where the studies of the command line have their trials computed: threads, which end with the study or with Ctrl-C. */

import { availableParallelism } from 'node:os';
import { createCommonMemory } from '../../engine/core/wasm.js';
import { createEngine } from '../../platform/node/index.js';
import { openThread } from '../../platform/node/thread_port.js';
import { WorkerPool } from '../../worker/pool.js';

/**
 * @typedef {import('../../engine/engine.js').Engine} Engine
 * @typedef {{ engine: Engine, common: object | null }} StudyHost
 */

/**
 * An engine to read a study's data with, in the memory that its workers will share: so the data lie in memory once.
 *
 * @param {Engine} engine  the command's own, which will do where memory cannot be shared, or there are no data
 * @param {{ data: string | null }} options
 * @returns {Promise<StudyHost>}
 */
export async function openStudyHost(engine, { data }) {
  const common = data === null ? null : createCommonMemory();
  if (!common) return { engine, common };
  return { engine: await createEngine({ common, arithmetic: engine.arithmetic }), common };
}

/**
 * Runs a study on a pool of threads. Ctrl-C aborts its signal, so that the study can end in order; a second Ctrl-C
 * ends the process.
 *
 * @template T
 * @param {{ jobs: number | null, data: import('../../engine/data/data_files.js').DataFiles | null,
 *           arithmetic?: import('../../engine/core/arithmetic.js').Arithmetic | null, host?: StudyHost }} options
 *   jobs: as many as there are cores where it is null; data: what the setting dataset calls custom; arithmetic: of all
 *   trials, where it is not their configs'; host: that the data were read with
 * @param {(runner: WorkerPool, signal: AbortSignal) => Promise<T>} study
 * @returns {Promise<T>}
 */
export async function withStudyPool({ jobs, data, arithmetic, host }, study) {
  const controller = new AbortController();
  const interrupt = () => controller.abort(new Error('interrupted'));
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const pool = new WorkerPool({
    openPort: openThread,
    jobs: jobs ?? availableParallelism(),
    data,
    arithmetic,
    host: host?.common ? { common: host.common, arithmetic: host.engine.arithmetic } : null,
  });
  try {
    return await study(pool, controller.signal);
  } finally {
    pool.dispose();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}
