/** The library in a browser: fetches the built core and hands it to the engine. */

import { readEngineOptions } from '../../engine/core/engine_options.js';
import { TrainerError } from '../../engine/core/errors.js';

export { TrainerError };

/** Written so that bundlers find the files. */
const WASM = new URL('../../../build/trainscope.wasm', import.meta.url);
const THREADS_WASM = new URL('../../../build/trainscope-threads.wasm', import.meta.url);

/**
 * @param {object} [options]
 * @param {number} [options.threads]  that train a run together, the caller's own included; their number changes no bit.
 *   More than one only in a worker of a page that is isolated from other origins; elsewhere it is one.
 * @param {object | null} [options.common]  a memory of createCommonMemory of engine/wasm.js, which the engine shares
 *   with those of other workers
 * @returns {Promise<import('../../engine/engine.js').Engine>}
 * @throws {TrainerError} code `build`, where Trainscope has not been built; code `argument`
 */
export async function createEngine(options) {
  const { threads, common } = readEngineOptions(options);
  const wanted = canShare() ? threads : 1;
  const [{ createEngineFrom }, bytes] = await Promise.all([
    importEngine(),
    fetchCore(wanted > 1 || common ? THREADS_WASM : WASM),
  ]);
  return createEngineFrom(bytes, { threads: wanted, startThread, common });
}

/** Loaded only where there is a team. @type {import('../../engine/core/team.js').StartThread} */
async function startThread(task) {
  const { startTeamWorker } = await import('./team_worker_port.js');
  return startTeamWorker(task);
}

/** Only a worker may wait for others, and only isolated pages have shared memory. */
function canShare() {
  return globalThis.crossOriginIsolated === true && typeof document === 'undefined';
}

async function importEngine() {
  try {
    return await import('../../engine/engine.js');
  } catch (error) {
    // A module that cannot be fetched is a TypeError; a mistake inside one is another.
    if (error instanceof TypeError) throw notBuilt();
    throw error;
  }
}

/** @param {URL} url */
async function fetchCore(url) {
  const response = await fetch(url);
  if (!response.ok) throw notBuilt();
  return response.arrayBuffer();
}

function notBuilt() {
  return new TrainerError('build', null, 'Trainscope is not built yet: run ./build.sh build.');
}
