/** What the classes of the samples that a run sees have of surprises. */

import { count as written } from '../words/numbers.js';
import { agree, plural } from '../words/sentences.js';
import { someOf } from './csv/words.js';

/** What a class with so few samples can teach is hardly to be measured. */
const FEW = 2;

/**
 * @param {{ train: Uint8Array, val: Uint8Array | null, classes: number, classNames: string[] | null }} seen
 * @returns {string[]}
 */
export function noteClasses({ train, val, classes, classNames }) {
  const trained = countClasses(train, classes);
  const validated = val && countClasses(val, classes);
  const all = [...trained.keys()];
  const unseen = all.filter((number) => trained[number] === 0);
  const few = all.filter((number) => trained[number] > 0 && trained[number] <= FEW);
  const named = (/** @type {number[]} */ numbers) => someOf(numbers.map((i) => classNames?.[i] ?? String(i)));
  const notes = [];
  if (unseen.length > 0) {
    const samples = validated ? unseen.reduce((sum, number) => sum + validated[number], 0) : 0;
    const beside = samples > 0 ? `, but the validation data has ${written(samples)}` : '';
    notes.push(`No training sample is of ${agree(unseen.length, 'class', 'the classes')} ${named(unseen)}${beside}.`);
  }
  const untested = all.filter((number) => trained[number] > 0 && validated?.[number] === 0);
  if (untested.length > 0) {
    notes.push(`No validation sample is of ${agree(untested.length, 'class', 'the classes')} ${named(untested)}.`);
  }
  if (few.length > 0) {
    const most = Math.max(...few.map((number) => trained[number]));
    const who = agree(few.length, 'The class', 'The classes');
    notes.push(`${who} ${named(few)} ${agree(few.length, 'has', 'have')} only ${plural(most, 'training sample')}.`);
  }
  return notes;
}

/** @param {Uint8Array} labels @param {number} classes */
export function countClasses(labels, classes) {
  const counts = new Array(classes).fill(0);
  for (const label of labels) counts[label]++;
  return counts;
}
