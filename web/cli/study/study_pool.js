/**
 * Where the studies of the command line have their trials computed: on the command's own thread, which would have nothing
 * else to do, and on others beside it, which end with the study or with Ctrl-C.
 */

import { availableParallelism } from 'node:os';
import { createCommonMemory } from '../../engine/core/wasm.js';
import { createEngine } from '../../platform/node/index.js';
import { WorkerPool } from '../../worker/pool.js';
import { Crew } from './crew.js';

/**
 * @typedef {import('../../engine/engine.js').Engine} Engine
 * @typedef {import('../../engine/study/trial/runner.js').TrialRunner} TrialRunner
 * @typedef {{ engine: Engine, common: object | null }} StudyHost
 *
 * @typedef {object} StudyPlace
 * @property {import('../../engine/data/data_files.js').DataFiles | null} data  what the setting dataset calls custom
 * @property {import('../../engine/core/arithmetic.js').Arithmetic | null} [arithmetic]  of all trials, where it is not
 *   their configs'
 * @property {StudyHost} [host]  that the data were read with
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
 * Runs a study on a crew of threads. Ctrl-C aborts its signal, so that the study can end in order; a second Ctrl-C
 * ends the process.
 *
 * @template T
 * @param {{ jobs: number | null } & StudyPlace} options  jobs: as many as there are cores where it is null
 * @param {(runner: TrialRunner, signal: AbortSignal) => Promise<T>} study
 * @returns {Promise<T>}
 */
export async function withStudyPool({ jobs, data, arithmetic, host }, study) {
  const controller = new AbortController();
  const interrupt = () => controller.abort(new Error('interrupted'));
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const pool = openPool(jobs ?? availableParallelism(), { data, arithmetic, host });
  try {
    return await study(pool, controller.signal);
  } finally {
    pool.dispose();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

/**
 * @param {number} jobs
 * @param {StudyPlace} place
 * @returns {TrialRunner & { dispose: () => void }}
 */
function openPool(jobs, { data, arithmetic, host }) {
  const crew = new Crew(jobs, { host });
  return new WorkerPool({
    openPort: (how) => crew.openPort(how),
    jobs,
    data,
    arithmetic,
    host: host?.common ? { common: host.common, arithmetic: host.engine.arithmetic } : null,
  });
}
