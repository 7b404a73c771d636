import { TrainerError } from '../core/errors.js';
import { printable } from '../words/sentences.js';

/** What is wrong with data files. @param {string} message  one sentence, which names the file */
export function dataError(message) {
  return new TrainerError('data', 'dataset', printable(message));
}

/**
 * Room for what a file promises.
 *
 * @template {Uint8Array | Float32Array} T
 * @param {new (length: number) => T} Type
 * @param {number} length
 * @param {string} name  the file's
 * @returns {T}
 * @throws {TrainerError} where there is none
 */
export function makeRoom(Type, length, name) {
  try {
    if (length < 2 ** 31) return new Type(length);
  } catch {
    // There is no room for them.
  }
  throw new TrainerError('memory', 'dataset', `${name} holds ${length} numbers, more than there is memory for.`);
}

/** The name of a file without the folders that it lies in. @param {string} path */
export function ownName(path) {
  return path.replace(/^.*[/\\]/, '');
}
