/** What sentences are put together from. */

import { count } from './numbers.js';

/** "1 step", "1,200 steps". @param {number} amount @param {string} noun */
export function plural(amount, noun) {
  return `${count(amount)} ${noun}${amount === 1 ? '' : 's'}`;
}

/** The verb that goes with so many: "1 of 3 seeds fails", "2 of 3 seeds fail". @param {number} amount @param {string} one @param {string} many */
export function agree(amount, one, many) {
  return amount === 1 ? one : many;
}

/** "3 of 3 seeds". @param {number} amount @param {number} of */
export function ofSeeds(amount, of) {
  return `${amount} of ${plural(of, 'seed')}`;
}

/** With how many seeds each setting was trained: "3 seeds each". @param {number} seeds */
export function seedsEach(seeds) {
  return seeds === 1 ? 'one seed' : `${plural(seeds, 'seed')} each`;
}

/** What a figure over seeds is: "median of 3 seeds". @param {number} seeds */
export function medianOver(seeds) {
  return seeds === 1 ? 'of one seed' : `median of ${plural(seeds, 'seed')}`;
}

/** "a, b and c". @param {string[]} parts */
export function list(parts) {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts[parts.length - 1]}`;
}

/** With the full stop that ends it. @param {string} text */
export function endSentence(text) {
  return text.endsWith('.') ? text : `${text}.`;
}

/** Without it, to go on within another sentence. @param {string} text */
export function withoutStop(text) {
  return text.replace(/\.$/, '');
}

/** @param {string} text */
export function capitalize(text) {
  return text === '' ? text : text[0].toUpperCase() + text.slice(1);
}

/** A title within a sentence. @param {string} text */
export function uncapitalize(text) {
  return text === '' ? text : text[0].toLowerCase() + text.slice(1);
}

/**
 * A text of a user's, or of a file, as a sentence says it: without what a terminal would obey, and what turns a line round.
 *
 * @param {string} text
 */
export function printable(text) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/g, '�');
}
