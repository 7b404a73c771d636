/** What is wrong with weights, in words: names, few enough to be read, and numbers that are none. */

import { count } from '../words/numbers.js';
import { agree, list, plural } from '../words/sentences.js';
import { quote } from './safetensors_header.js';

/** @typedef {import('./tensors.js').Tensor} Tensor */

/** Names that a sentence lists; of more it says how many there are. */
const NAMED = 3;

/** "a, b, c and 9 more". @param {string[]} names  a stranger's */
export function nameSome(names) {
  const first = names.slice(0, NAMED).map(quote);
  const rest = names.length - first.length;
  return list(rest > 0 ? [...first, `${count(rest)} more`] : first);
}

/**
 * The numbers that are none, where there are: "12 of the 96 numbers of 0.linear.weight are NaN or infinite".
 *
 * @param {Tensor[]} tensors
 * @returns {string | null}
 */
export function sayNonFinite(tensors) {
  const counted = tensors.map(({ name, data }) => ({ name, size: data.length, bad: countNonFinite(data) }));
  const touched = counted.filter(({ bad }) => bad > 0);
  if (touched.length === 0) return null;
  const sum = (/** @type {number[]} */ numbers) => numbers.reduce((total, n) => total + n, 0);
  const bad = sum(touched.map((tensor) => tensor.bad));
  const size = sum(touched.map((tensor) => tensor.size));
  const names = nameSome(touched.map(({ name }) => name));
  return `${count(bad)} of the ${plural(size, 'number')} of ${names} ${agree(bad, 'is', 'are')} NaN or infinite`;
}

/** @param {Float32Array} data */
function countNonFinite(data) {
  let bad = 0;
  for (const value of data) if (!Number.isFinite(value)) bad++;
  return bad;
}
