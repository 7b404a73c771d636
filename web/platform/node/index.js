/** The library in Node: finds the built core beside itself and hands it to the engine. */

import { readFile } from 'node:fs/promises';
import { TrainerError } from '../../engine/core/errors.js';

export { TrainerError };

/**
 * What users of the library may want to name: `import type { Trainer, Config } from 'trainscope'`.
 *
 * @typedef {import('../../engine/engine.js').Engine} Engine
 * @typedef {import('../../engine/config/config.js').Config} Config
 * @typedef {import('../../engine/config/config.js').Change} Change
 * @typedef {import('../../engine/config/config.js').Problem} Problem
 * @typedef {import('../../engine/data/dataset.js').Dataset} Dataset
 * @typedef {import('../../engine/data/judging.js').DataInput} DataInput
 * @typedef {import('../../engine/range/suggestion.js').Suggestion} Suggestion
 * @typedef {import('../../engine/run/norm_statistics.js').NormStats} NormStats
 * @typedef {import('../../engine/run/trainer.js').Trainer} Trainer
 * @typedef {import('../../engine/run/measuring.js').Score} Score
 * @typedef {import('../../engine/run/stepping.js').Row} Row
 * @typedef {import('../../engine/run/stepping.js').Snapshot} Snapshot
 * @typedef {import('../../engine/run/tensors.js').Tensor} Tensor
 */

const WASM = new URL('../../../build/trainscope.wasm', import.meta.url);
const THREADS_WASM = new URL('../../../build/trainscope-threads.wasm', import.meta.url);

/**
 * @param {object} [options]
 * @param {number} [options.threads]  that train a run together, the caller's own included; their number changes no bit.
 *   Where there are several, engine.dispose() ends them; they do not keep the program alive.
 * @param {object | null} [options.common]  a memory of createCommonMemory of engine/wasm.js, which the engine shares
 *   with those of other threads
 * @returns {Promise<import('../../engine/engine.js').Engine>}
 * @throws {TrainerError} code `build`, where Trainscope has not been built; code `argument`
 */
export async function createEngine(options) {
  const { createEngineFrom, readEngineOptions } = await loadBuilt(() => import('../../engine/engine.js'));
  const { threads, common } = readEngineOptions(options);
  const bytes = await loadBuilt(() => readFile(threads > 1 || common ? THREADS_WASM : WASM));
  return createEngineFrom(bytes, { threads, startThread, common });
}

/** Loaded only where there is a team. @type {import('../../engine/core/team.js').StartThread} */
async function startThread(task) {
  const { startTeamThread } = await import('./team_thread_port.js');
  return startTeamThread(task);
}

/**
 * @template T
 * @param {() => Promise<T>} load
 * @returns {Promise<T>}
 */
async function loadBuilt(load) {
  try {
    return await load();
  } catch (error) {
    // The engine imports the generated tables, which a checkout lacks until it is built.
    const { code = '' } = /** @type {{ code?: string }} */ (error);
    if (code !== 'ENOENT' && code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new TrainerError('build', null, 'Trainscope is not built yet: run ./build.sh build.');
  }
}
