/** What callers of the library give, judged: a wrong argument is an error of one sentence. */

import { TrainerError } from './errors.js';

/**
 * @param {string} name  of the argument
 * @param {unknown} values
 * @throws {TrainerError} where they are no list or typed array of numbers
 */
export function checkNumbers(name, values) {
  const isList = Array.isArray(values) && values.every((value) => typeof value === 'number');
  if (isList || (ArrayBuffer.isView(values) && !(values instanceof DataView))) return;
  throw new TrainerError('argument', name, `${name} must be a list of numbers.`);
}
