/**
 * The first samples of files that are sorted: where the first N do not hold the classes as all samples do, N are drawn
 * over the classes, in the files' order within each, so that no class is lost and none is favoured. Of a file whose classes
 * follow each other as chance has them, the first are taken in order however few they are.
 */

import { count as written } from '../words/numbers.js';
import { countClasses } from './class_notes.js';

/** @typedef {import('./judging.js').Samples} Samples */

/** The figures of a run's training data are those of its first samples. */
export const SCORED_SAMPLES = 10000;

/** Standard deviations from what chance would give that still count as a mixture. */
const TOLERANCE = 6;

/**
 * An order that brings a fair draw to the front.
 *
 * @param {Uint8Array} labels  of all samples, in the files' order
 * @param {number} first  how many of them are seen
 * @param {number} classes
 * @returns {Int32Array | null}  all samples' indices; null where the first are a fair draw as they are
 */
export function drawFirst(labels, first, classes) {
  const counts = countClasses(labels, classes);
  if (first >= labels.length || isMixed(labels, first, counts) || isShuffled(labels, counts)) return null;
  const quotas = shareOut(counts, first);
  const order = new Int32Array(labels.length);
  const places = new Float64Array(first);
  const seen = new Array(classes).fill(0);
  let front = 0;
  let back = first;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    if (seen[label] === quotas[label]) order[back++] = i;
    else {
      places[front] = (seen[label]++ + 0.5) / quotas[label];
      order[front++] = i;
    }
  }
  // By turns, so that whoever looks at the first of them sees every class too.
  const turns = [...places.keys()].sort((a, b) => places[a] - places[b]);
  order.set(turns.map((turn) => order[turn]));
  return order;
}

/** Classes that there are samples of. @param {number[]} counts */
function countPresent(counts) {
  return counts.filter((count) => count > 0).length;
}

/**
 * Whether a sample's class differs from the one's before about as often as in a random order. Then a class that the first
 * few lack is missing by chance, and says nothing of the file. Classes that stand each in one piece are sorted, even where
 * so few samples are of some that chance could have it so.
 *
 * @param {Uint8Array} labels @param {number[]} counts  of all samples
 */
function isShuffled(labels, counts) {
  const pieces = labels.filter((label, i) => label !== labels[i - 1]).length;
  const chance = counts.reduce((rest, count) => rest - (count / labels.length) ** 2, 1);
  const expected = labels.length * chance;
  return pieces > countPresent(counts) && pieces > expected - TOLERANCE * Math.sqrt(expected * (1 - chance));
}

/** @param {Uint8Array} labels @param {number} first @param {number[]} counts  of all samples */
function isMixed(labels, first, counts) {
  const found = countClasses(labels.subarray(0, first), counts.length);
  const seen = countPresent(found);
  const freedom = countPresent(counts) - 1;
  // Too few to hold every class: of as many draws, chance gives more than half a class of its own.
  if (first <= freedom) return seen >= first / 2;
  const distance = counts.reduce((sum, count, label) => {
    const expected = (first * count) / labels.length;
    // One more in the divisor, or a single sample of a rare class would count as a deviation.
    return sum + (found[label] - expected) ** 2 / (expected + 1);
  }, 0);
  return seen > freedom && distance <= freedom + TOLERANCE * Math.sqrt(2 * freedom);
}

/**
 * Shares of `total` in proportion to counts, by the largest remainder, but at least one for each class where there are enough.
 *
 * @param {number[]} counts
 * @param {number} total
 */
function shareOut(counts, total) {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const exact = counts.map((count) => (total * count) / all);
  const least = total < countPresent(counts) ? 0 : 1;
  const quotas = exact.map((share, label) => Math.min(counts[label], Math.max(Math.floor(share), least)));
  let left = total - quotas.reduce((sum, quota) => sum + quota, 0);
  while (left !== 0) {
    const step = Math.sign(left);
    const able = [...counts.keys()].filter((label) =>
      step > 0 ? quotas[label] < counts[label] : quotas[label] > least,
    );
    // Whoever is furthest from its exact share gives or takes.
    const next = able.reduce((best, label) =>
      step * (exact[label] - quotas[label]) > step * (exact[best] - quotas[best]) ? label : best,
    );
    quotas[next] += step;
    left -= step;
  }
  return quotas;
}

/**
 * @param {{ setting: 'samples' | 'val_samples', first: number, all: number, isLimit: boolean }} what  isLimit: no more than
 *   these are seen at all
 */
export function noteDraw({ setting, first, all, isLimit }) {
  const kind = setting === 'samples' ? 'training' : 'validation';
  const what = isLimit ? `${setting} ${first} takes as many` : 'the figures of training are of as many';
  return `The first ${written(first)} of the ${written(all)} ${kind} samples do not hold the classes as all do: ${what}, drawn over the classes.`;
}
