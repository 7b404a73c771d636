/** The library in a browser: fetches the built core and hands it to the engine. */

import { unfusedError } from '../../engine/core/arithmetic.js';
import { loadSource, readEngineOptions } from '../../engine/core/engine_options.js';
import { TrainerError } from '../../engine/core/errors.js';
import { canShareMemory, isKnownCode } from '../../engine/core/wasm.js';

export { TrainerError };

/**
 * @typedef {import('../../engine/core/wasm.js').TeamTask} TeamTask
 * @typedef {Pick<typeof import('../../engine/engine.js'), 'createEngineFrom'>} EngineCode
 * @typedef {import('../../engine/core/engine_options.js').EngineOptions} EngineOptions
 */

/** Written so that bundlers find the files. */
const WASM = new URL('../../../build/trainscope.wasm', import.meta.url);
const THREADS_WASM = new URL('../../../build/trainscope-threads.wasm', import.meta.url);
const FUSED_WASM = new URL('../../../build/trainscope-fused.wasm', import.meta.url);
const FUSED_THREADS_WASM = new URL('../../../build/trainscope-fused-threads.wasm', import.meta.url);

/**
 * @param {object} [options]
 * @param {number} [options.threads]  that train a run together, the caller's own included; their number changes no bit.
 *   More than one only in a worker of a page that is isolated from other origins; elsewhere it is one.
 * @param {'plain' | 'fused'} [options.arithmetic]  of the runs: the setting of that name; plain is what every machine has
 * @param {import('../../engine/core/engine_options.js').WasmSource} [options.wasm]
 *   the core where a bundler does not find it beside this file: its address, bytes or compiled module; of
 *   trainscope-threads.wasm where there are several threads, of trainscope-fused*.wasm where arithmetic is fused
 * @param {object | null} [options.common]  a memory of createCommonMemory of engine/wasm.js, which the engine shares
 *   with those of other workers
 * @returns {Promise<import('../../engine/engine.js').Engine>}
 * @throws {TrainerError} code `build`, where Trainscope has not been built; code `argument`
 */
export async function createEngine(options) {
  return openEngine(readEngineOptions(options), { importEngine, startThread });
}

/**
 * The same with parts of its own, as the worker of a page has them at hand.
 *
 * @param {Omit<EngineOptions, 'wasm'> & Partial<EngineOptions>} options
 * @param {{ importEngine: () => Promise<EngineCode>, startThread: import('../../engine/core/team.js').StartThread }} parts
 */
export async function openEngine({ threads, common, arithmetic, wasm = null }, { importEngine, startThread }) {
  const wanted = threads > 1 && mayWait() && canShareMemory() ? threads : 1;
  const isShared = wanted > 1 || common !== null;
  const [{ createEngineFrom }, core] = await Promise.all([
    importEngine(),
    wasm ? loadSource(wasm, fetchGiven) : fetchBuilt(arithmetic, isShared),
  ]);
  return createEngineFrom(core, { threads: wanted, startThread, common, arithmetic });
}

/** Loaded only where there is a team. @param {TeamTask} task */
async function startThread(task) {
  const { openTeamWorker, startOnPort } = await import('./team_worker_port.js');
  return startOnPort(openTeamWorker().port, task);
}

/** Only a worker may wait for others: a page must not. */
function mayWait() {
  return typeof document === 'undefined';
}

/** @returns {Promise<EngineCode>} */
async function importEngine() {
  try {
    const [code] = await Promise.all([import('../../engine/engine.js'), import('../../engine/config/help.js')]);
    return code;
  } catch (error) {
    // A module that cannot be fetched is a TypeError; a mistake inside one is another.
    if (error instanceof TypeError) throw notBuilt();
    throw error;
  }
}

/**
 * The bytes of the core, as the build made it.
 *
 * @param {EngineOptions['arithmetic']} arithmetic @param {boolean} isShared  whether its memory is
 * @returns {Promise<ArrayBuffer>}
 * @throws {TrainerError} code `build`, where it is not there
 */
export function fetchBuilt(arithmetic, isShared) {
  if (arithmetic === 'fused') return fetchFused(isShared ? FUSED_THREADS_WASM : FUSED_WASM);
  return fetchCore(isShared ? THREADS_WASM : WASM);
}

/** @param {{ readonly href: string }} url */
async function fetchGiven({ href }) {
  const response = await fetch(href);
  if (!response.ok) throw new Error(`the server answers ${response.status}`);
  return response.arrayBuffer();
}

/** @param {URL} url @throws {TrainerError} where it is not there: some bundlers do not copy what a URL names */
export async function fetchCore(url) {
  const response = await fetch(url);
  if (response.ok) return response.arrayBuffer();
  throw new TrainerError(
    'build',
    null,
    `The core is not at ${url.href}: build Trainscope (./build.sh build), or say where it is, createEngine({ wasm }).`,
  );
}

/** @param {URL} url @throws {TrainerError} where the build or this browser lacks it */
async function fetchFused(url) {
  const response = await fetch(url);
  if (!response.ok) throw unfusedError('it was left out when Trainscope was built');
  const bytes = await response.arrayBuffer();
  if (!isKnownCode(bytes)) throw unfusedError('this browser does not know relaxed SIMD');
  return bytes;
}

function notBuilt() {
  return new TrainerError('build', null, 'Trainscope is not built yet: run ./build.sh build.');
}
