/** The options of createEngine, which Node and browsers share. */

import { describeValue } from '../config/names.js';
import { FIELD_BY_NAME } from '../config/schema.js';
import { argumentError, checkWhole, isArrayOf, readOptions } from './arguments.js';
import { checkArithmetic } from './arithmetic.js';
import { isModule } from './wasm.js';

/**
 * @typedef {import('./wasm.js').WebAssemblyModule} WebAssemblyModule
 * @typedef {{ readonly href: string, readonly protocol: string }} Address  a URL, to whose declaration nobody is held
 * @typedef {Address | ArrayBuffer | Uint8Array | WebAssemblyModule} WasmSource  where the core is, or its bytes, or compiled
 *
 * @typedef {object} EngineOptions
 * @property {number} threads
 * @property {object | null} common
 * @property {import('./arithmetic.js').Arithmetic} arithmetic
 * @property {WasmSource | null} wasm  null: the one that was built
 *
 * @param {unknown} given  the same, every member may be left out; undefined: none
 * @returns {EngineOptions}
 * @throws {import('./errors.js').TrainerError} code `argument`
 */
export function readEngineOptions(given) {
  const options = readOptions('createEngine', given, ['threads', 'common', 'arithmetic', 'wasm']);
  const { threads = 1, common = null, wasm = null, arithmetic = FIELD_BY_NAME.get('arithmetic')?.default } = options;
  return {
    threads: checkWhole('threads', threads, { min: 1 }),
    common: /** @type {object | null} */ (common),
    arithmetic: checkArithmetic(arithmetic),
    wasm: checkSource(wasm),
  };
}

/** @param {unknown} wasm @returns {WasmSource | null} */
function checkSource(wasm) {
  if (wasm === null || wasm instanceof URL || wasm instanceof ArrayBuffer || isModule(wasm)) return wasm;
  if (isArrayOf(wasm, Uint8Array)) return wasm;
  throw argumentError('wasm', `wasm must be a URL, bytes or a compiled module, not ${describeValue(wasm)}.`);
}

/**
 * What createEngine was given instead of the core that was built.
 *
 * @param {WasmSource} wasm
 * @param {(url: Address) => Promise<ArrayBuffer | Uint8Array>} load  rejects where there is nothing
 * @returns {Promise<ArrayBuffer | Uint8Array | WebAssemblyModule>}
 * @throws {import('./errors.js').TrainerError} code `argument`
 */
export async function loadSource(wasm, load) {
  if (!(wasm instanceof URL)) return wasm;
  try {
    return await load(wasm);
  } catch (error) {
    throw argumentError('wasm', `wasm cannot be loaded from ${wasm.href}: ${/** @type {Error} */ (error).message}.`);
  }
}
