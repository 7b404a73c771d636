/**
 * The two arithmetics of the core: each a binary of its own, of one source. Plain is what every machine has; fused needs
 * an engine that knows relaxed SIMD and a processor that fuses.
 */

import { judgeValue } from '../config/config.js';
import { FIELD_BY_NAME } from '../config/schema.js';
import { argumentError } from './arguments.js';
import { TrainerError } from './errors.js';

/**
 * @typedef {'plain' | 'fused'} Arithmetic
 * @typedef {import('../config/schema_text.js').Field} Field
 */

const FIELD = /** @type {Field} */ (FIELD_BY_NAME.get('arithmetic'));

/** @param {unknown} given @returns {Arithmetic} @throws {TrainerError} code `argument` */
export function checkArithmetic(given) {
  const judged = judgeValue(FIELD, given);
  if ('complaint' in judged) throw argumentError(FIELD.name, `${FIELD.name} ${judged.complaint}`);
  return /** @type {Arithmetic} */ (judged.value);
}

/** What a core computes with, as it found out itself. @param {import('./wasm.js').Core} core */
export function arithmeticOf(core) {
  return /** @type {Arithmetic} */ (FIELD.options[core.call.tscope_arithmetic()].name);
}

/** @param {import('./wasm.js').Core} core @param {Arithmetic} wanted @throws {TrainerError} where the machine has another */
export function checkOwnArithmetic(core, wanted) {
  if (arithmeticOf(core) === wanted) return;
  throw unfusedError('this processor rounds a product before it is added');
}

/** Where arithmetic that was asked for cannot be had. @param {string} reason  as a clause */
export function unfusedError(reason) {
  return new TrainerError('arithmetic', FIELD.name, `${FIELD.name} fused cannot be had: ${reason}.`);
}
