/** The library in a browser: fetches the built core and hands it to the engine. */

import { TrainerError } from './engine/errors.js';

export { TrainerError };

/** Written so that bundlers find the file. */
const WASM = new URL('../build/trainscope.wasm', import.meta.url);

/**
 * @returns {Promise<import('./engine/engine.js').Engine>}
 * @throws {TrainerError} code `build`, where Trainscope has not been built
 */
export async function createEngine() {
  const [{ createEngineFrom }, bytes] = await Promise.all([importEngine(), fetchCore()]);
  return createEngineFrom(bytes);
}

async function importEngine() {
  try {
    return await import('./engine/engine.js');
  } catch (error) {
    // A module that cannot be fetched is a TypeError; a mistake inside one is another.
    if (error instanceof TypeError) throw notBuilt();
    throw error;
  }
}

async function fetchCore() {
  const response = await fetch(WASM);
  if (!response.ok) throw notBuilt();
  return response.arrayBuffer();
}

function notBuilt() {
  return new TrainerError('build', null, 'Trainscope is not built yet: run ./build.sh build.');
}
