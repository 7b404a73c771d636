/**
 * What callers of the library give, judged: a wrong argument is an error of one sentence, whatever it is. What is read of
 * an object is read once, since a getter may throw, or say something else the second time.
 */

import { copyMembers } from '../config/members.js';
import { describeValue, isList, unknownName } from '../config/names.js';
import { TrainerError } from './errors.js';

/** Addresses and counts are 32-bit integers in C. */
const INT_MAX = 2 ** 31 - 1;

/** @param {string | null} name  of the argument @param {string} sentence */
export function argumentError(name, sentence) {
  return new TrainerError('argument', name, sentence);
}

/**
 * Reads what a caller gave, whose getters and proxies may throw.
 *
 * @template T
 * @param {string} name  of the argument
 * @param {() => T} read
 * @returns {T}
 * @throws {TrainerError}
 */
export function readGiven(name, read) {
  try {
    return read();
  } catch (error) {
    if (error instanceof TrainerError) throw error;
    throw argumentError(name, `${name} cannot be read: reading it throws an error.`);
  }
}

/**
 * The members of an object that was made of names and values: no list, array of numbers, map or date.
 *
 * @param {string} name  of the argument
 * @param {unknown} given
 * @param {string} wanted  how the sentence says what it must be
 * @returns {Record<string, unknown>}  a copy
 * @throws {TrainerError}
 */
export function readObject(name, given, wanted) {
  return readGiven(name, () => {
    const members = copyMembers(given);
    if (members) return members;
    throw argumentError(name, `${wanted}, not ${describeValue(given)}.`);
  });
}

/**
 * A function's options; those that it does not have are misspelled, not meant for others.
 *
 * @param {string} owner  the function
 * @param {unknown} given  undefined: none
 * @param {readonly string[]} names  of all of its options
 * @returns {Record<string, unknown>}  a copy
 * @throws {TrainerError}
 */
export function readOptions(owner, given, names) {
  if (given === undefined) return {};
  const options = readObject('options', given, `The options of ${owner} must be an object of ${names.join(', ')}`);
  const unknown = Object.keys(options).find((name) => options[name] !== undefined && !names.includes(name));
  if (unknown === undefined) return options;
  throw argumentError('options', `${owner} has no option ${unknownName(unknown, [...names])}`);
}

/**
 * @param {string} name  of the argument
 * @param {unknown} given
 * @param {string} [what]  it is a list of
 * @returns {unknown[]}  a copy
 * @throws {TrainerError}
 */
export function readList(name, given, what = 'values') {
  return readGiven(name, () => {
    if (Array.isArray(given)) return Array.from(given);
    throw argumentError(name, `${name} must be a list of ${what}, not ${describeValue(given)}.`);
  });
}

/**
 * @param {string} name  of the argument
 * @param {unknown} values
 * @returns {ArrayLike<number>}  a typed array as it is, a copy of a list
 * @throws {TrainerError} where they are no list or typed array of numbers
 */
export function readNumbers(name, values) {
  if (isTyped(values)) return values;
  const list = isList(values) ? readList(name, values) : null;
  if (list?.every((value) => typeof value === 'number')) return /** @type {number[]} */ (list);
  throw argumentError(name, `${name} must be a list of numbers.`);
}

/**
 * Whether a value is an array of a type. A proxy is none, and instanceof alone would ask it.
 *
 * @template T
 * @param {unknown} value
 * @param {new (length: number) => T} Type
 * @returns {value is T}
 */
export function isArrayOf(value, Type) {
  return ArrayBuffer.isView(value) && value instanceof Type;
}

/** Whether it is a typed array of numbers, as they are with BigInts not. @param {unknown} values @returns {values is ArrayLike<number>} */
function isTyped(values) {
  if (!ArrayBuffer.isView(values) || values instanceof DataView) return false;
  return !(values instanceof BigInt64Array || values instanceof BigUint64Array);
}

/**
 * @param {string} name  of the argument
 * @param {unknown} value
 * @param {{ min?: number, max?: number, orInfinity?: boolean }} [range]
 * @returns {number}
 * @throws {TrainerError} where it is no whole number of the range
 */
export function checkWhole(name, value, { min = 0, max = INT_MAX, orInfinity = false } = {}) {
  const isWhole = Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
  if (isWhole || (orInfinity && value === Infinity)) return Number(value);
  const to = Number.isInteger(value) && Number(value) >= min ? `between ${min} and ${max}` : `from ${min}`;
  throw argumentError(name, `${name} must be a whole number ${to}, not ${describeValue(value)}.`);
}

/** @param {string} name  of the argument @param {unknown} value @returns {number} @throws {TrainerError} */
export function checkNumber(name, value) {
  if (typeof value === 'number') return value;
  throw argumentError(name, `${name} must be a number, not ${describeValue(value)}.`);
}

/**
 * Two finite numbers, such as a place or the ends of a range.
 *
 * @param {string} name  of the argument
 * @param {unknown} given
 * @returns {[number, number]}
 * @throws {TrainerError}
 */
export function readPair(name, given) {
  const [first, second, ...rest] = Array.from(readNumbers(name, given));
  if (Number.isFinite(first) && Number.isFinite(second) && rest.length === 0) return [first, second];
  throw argumentError(name, `${name} must be two finite numbers.`);
}

/** @param {string} name  of the argument @param {unknown} given @returns {boolean} @throws {TrainerError} */
export function checkFlag(name, given) {
  if (typeof given === 'boolean') return given;
  throw argumentError(name, `${name} must be true or false, not ${describeValue(given)}.`);
}

/** @param {string} name  of the argument @param {unknown} given  undefined: none @throws {TrainerError} */
export function checkCallback(name, given) {
  if (given === undefined || typeof given === 'function') return;
  throw argumentError(name, `${name} must be a function, not ${describeValue(given)}.`);
}
