/** C's verdicts as JS errors: a status that is not 0 comes with a problem record. */

import { SCHEMA } from '../config/schema.js';
import { TrainerError } from './errors.js';
import { readRecord, recordBytes } from './record.js';

/**
 * @typedef {import('./wasm.js').Core} Core
 * @typedef {{ code: string, field: string | null, message: string, position: number | null }} Found
 *   position: byte offset into the model text, or null
 */

/**
 * What is wrong with a model text alone: names, arguments, brackets, limits.
 *
 * @param {Core} core
 * @param {string} text
 * @returns {{ position: number | null, message: string } | null}  position: index of the character
 */
export function findModelProblem(core, text) {
  const bytes = new TextEncoder().encode(text);
  const found = core.withMemory(bytes.length + 1, (pointer) => {
    core.bytes(pointer, bytes.length).set(bytes);
    return findProblem(core, (problem) => core.call.tscope_model_check(pointer, bytes.length, problem));
  });
  return found && { position: characterAt(text, found.position), message: found.message };
}

/**
 * Calls a C function that may refuse.
 *
 * @param {Core} core
 * @param {(problem: number) => number} work  given the address of a problem record, returns a status
 * @returns {Found | null}  null where it did not refuse
 */
export function findProblem(core, work) {
  return core.withMemory(recordBytes('problem'), (pointer) => {
    const status = work(pointer);
    if (status === 0) return null;
    const { field, position, message } = readRecord(core, pointer, 'problem');
    return {
      code: codeOf(core, status),
      field: field < 0 ? null : SCHEMA.fields[field].name,
      message,
      position: position < 0 ? null : position,
    };
  });
}

/**
 * As findProblem, but throws.
 *
 * @param {Core} core
 * @param {(problem: number) => number} work
 * @param {string | null} [model]  the model text, for the position of a character in it
 * @throws {TrainerError}
 */
export function callChecked(core, work, model = null) {
  const found = findProblem(core, work);
  if (found) throw makeError(found, model);
}

/** @param {Found} found @param {string | null} [model] */
export function makeError(found, model = null) {
  const error = new TrainerError(found.code, found.field, found.message);
  error.position = characterAt(model, found.position);
  return error;
}

/**
 * The index of the character (UTF-16 unit) that starts at a byte of the text's UTF-8.
 *
 * @param {string | null} text
 * @param {number | null} byte
 */
export function characterAt(text, byte) {
  if (text === null || byte === null) return byte;
  const bytes = new TextEncoder().encode(text).subarray(0, byte);
  return new TextDecoder().decode(bytes).length;
}

/** @param {Core} core @param {number} status */
function codeOf({ constants }, status) {
  if (status === constants.ERROR_MODEL) return 'model';
  if (status === constants.ERROR_DATA) return 'data';
  if (status === constants.ERROR_MEMORY) return 'memory';
  return 'setting';
}
