/** The options of createEngine, which Node and browsers share. */

import { checkWhole, readOptions } from './arguments.js';

/**
 * @param {unknown} given  { threads?: number, common?: object | null }; undefined: none
 * @returns {{ threads: number, common: object | null }}
 * @throws {import('./errors.js').TrainerError} code `argument`
 */
export function readEngineOptions(given) {
  const { threads = 1, common = null } = readOptions('createEngine', given, ['threads', 'common']);
  return { threads: checkWhole('threads', threads, { min: 1 }), common: /** @type {object | null} */ (common) };
}
