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

/** By arithmetic: the core, and the same for several threads. */
const WASM = {
  plain: [
    new URL('../../../build/trainscope.wasm', import.meta.url),
    new URL('../../../build/trainscope-threads.wasm', import.meta.url),
  ],
  fused: [
    new URL('../../../build/trainscope-fused.wasm', import.meta.url),
    new URL('../../../build/trainscope-fused-threads.wasm', import.meta.url),
  ],
};

/**
 * @param {object} [options]
 * @param {number} [options.threads]  that train a run together, the caller's own included; their number changes no bit.
 *   Where there are several, engine.dispose() ends them; they do not keep the program alive.
 * @param {'plain' | 'fused'} [options.arithmetic]  of the runs: the setting of that name; plain is what every machine has
 * @param {import('../../engine/core/engine_options.js').WasmSource} [options.wasm]
 *   the core instead of the one that was built with this package: its address, bytes or compiled module; of
 *   trainscope-threads.wasm where there are several threads, of trainscope-fused*.wasm where arithmetic is fused
 * @param {object | null} [options.common]  a memory of createCommonMemory of engine/wasm.js, which the engine shares
 *   with those of other threads
 * @returns {Promise<import('../../engine/engine.js').Engine>}
 * @throws {TrainerError} code `build`, where Trainscope has not been built; code `argument`; code
 *   `arithmetic`, where fused is asked for and cannot be had
 */
export async function createEngine(options) {
  const [{ createEngineFrom, loadSource, readEngineOptions }] = await loadBuilt(() =>
    Promise.all([import('../../engine/engine.js'), import('../../engine/config/help.js')]),
  );
  const { threads, common, arithmetic, wasm } = readEngineOptions(options);
  const how = { threads, startThread, common, arithmetic };
  const core = wasm ? await loadSource(wasm, readUrl) : await readBuilt(arithmetic, threads > 1 || common !== null);
  if (arithmetic === 'fused' && isBytes(core)) await allowFused(core);
  return createEngineFrom(core, how);
}

/** @param {import('../../engine/core/engine_options.js').Address} url */
async function readUrl({ href, protocol }) {
  if (protocol === 'file:') return readFile(new URL(href));
  const response = await fetch(href);
  if (!response.ok) throw new Error(`the server answers ${response.status}`);
  return response.arrayBuffer();
}

/** @param {keyof typeof WASM} arithmetic @param {boolean} isShared @throws {TrainerError} where it was not built */
async function readBuilt(arithmetic, isShared) {
  const [alone, together] = WASM[arithmetic];
  const file = isShared ? together : alone;
  if (arithmetic === 'plain') return loadBuilt(() => readFile(file));
  const { unfusedError } = await import('../../engine/core/arithmetic.js');
  return readFile(file).catch(() => {
    throw unfusedError('it was left out when Trainscope was built, for want of a compiler that knows it');
  });
}

/** @param {object} core @returns {core is ArrayBuffer | Uint8Array} */
function isBytes(core) {
  return core instanceof ArrayBuffer || core instanceof Uint8Array;
}

/** @param {ArrayBuffer | Uint8Array} core @throws {TrainerError} where this Node lacks its instructions */
async function allowFused(core) {
  const { unfusedError } = await import('../../engine/core/arithmetic.js');
  const { knowsRelaxedSimd } = await import('./relaxed_simd.js');
  if (knowsRelaxedSimd(core)) return;
  throw unfusedError(`Node ${process.version} does not know relaxed SIMD`);
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
