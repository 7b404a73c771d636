/** The options of createEngine, which Node and browsers share. */

import { FIELD_BY_NAME } from '../config/schema.js';
import { checkWhole, readOptions } from './arguments.js';
import { checkArithmetic } from './arithmetic.js';

/**
 * @param {unknown} given  { threads?: number, common?: object | null, arithmetic?: string }; undefined: none
 * @returns {{ threads: number, common: object | null, arithmetic: import('./arithmetic.js').Arithmetic }}
 * @throws {import('./errors.js').TrainerError} code `argument`
 */
export function readEngineOptions(given) {
  const options = readOptions('createEngine', given, ['threads', 'common', 'arithmetic']);
  const { threads = 1, common = null, arithmetic = FIELD_BY_NAME.get('arithmetic')?.default } = options;
  return {
    threads: checkWhole('threads', threads, { min: 1 }),
    common: /** @type {object | null} */ (common),
    arithmetic: checkArithmetic(arithmetic),
  };
}
