/** The library in Node: finds the built core beside itself and hands it to the engine. */

import { readFile } from 'node:fs/promises';
import { TrainerError } from './engine/errors.js';

export { TrainerError };

const WASM = new URL('../build/trainscope.wasm', import.meta.url);

/**
 * @returns {Promise<import('./engine/engine.js').Engine>}
 * @throws {TrainerError} code `build`, where Trainscope has not been built
 */
export async function createEngine() {
  const { createEngineFrom } = await loadBuilt(() => import('./engine/engine.js'));
  return createEngineFrom(await loadBuilt(() => readFile(WASM)));
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
