/** What a network's outputs say of samples with classes, in words where that needs no page. */

import { percent } from '../../engine/words/numbers.js';

/**
 * @typedef {{ best: number | null, truth: number, right: boolean, share: number | null }} Guess
 *   best: the class with the largest output, null where the outputs are no numbers; share: its probability, null where
 *   the outputs are none
 */

/**
 * @param {{ samples: { indices: ArrayLike<number>, outputs: ArrayLike<number>, labels: ArrayLike<number> | null },
 *           outputs: number }} seen  the worker's answer
 * @param {string} loss  that the network is trained on: squared error makes no probabilities
 * @returns {Guess[]}
 */
export function guessesOf({ samples, outputs: classes }, loss) {
  return Array.from(samples.indices, (_, i) => {
    const own = Array.from({ length: classes }, (_, k) => samples.outputs[i * classes + k]);
    const largest = own.reduce((high, value, k) => (value > own[high] ? k : high), 0);
    const truth = samples.labels ? samples.labels[i] : largest;
    if (!own.every(Number.isFinite)) return { best: null, truth, right: false, share: null };
    return { best: largest, truth, right: largest === truth, share: loss === 'cross_entropy' ? own[largest] : null };
  });
}

/** A right guess, and how sure the network is of it. @param {Guess} guess @param {string} label */
export function rightInWords({ share }, label) {
  return share === null ? label : `${label}, ${percent(share, 0)} sure`;
}

/** Which samples these are, and how many are taken for something else. @param {'train' | 'val'} split @param {string} noun @param {Guess[]} guesses */
export function scoreInWords(split, noun, guesses) {
  const wrong = guesses.filter(({ right }) => !right).length;
  const what = split === 'val' ? `validation ${noun}s` : `training ${noun}s`;
  if (guesses.some(({ best }) => best === null))
    return `The outputs for these ${what} are no numbers: nothing is guessed`;
  return `${wrong} of ${guesses.length} ${what} wrong${split === 'val' ? ', none of them trained on' : ''}`;
}
