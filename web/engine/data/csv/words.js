/** What sentences about a table are made of: names that fit on a line, and complaints that name the place. */

import { shorten } from '../../config/names.js';
import { TrainerError } from '../../core/errors.js';
import { list, printable } from '../../words/sentences.js';

/** Names that a sentence lists at most, and letters of all of them together. */
const NAMES_MAX = 8;
const LETTERS_MAX = 90;

/** A name in quotes. @param {string} text */
export function quoted(text) {
  return `"${shorten(printable(text))}"`;
}

/** Some names and how many more there are: "a, b and 12 more". @param {string[]} names */
export function someOf(names) {
  const shown = names.map((name) => shorten(printable(name)));
  let letters = 0;
  const fits = shown.filter((name, i) => {
    letters += name.length + 2;
    return i < NAMES_MAX && (i === 0 || letters <= LETTERS_MAX);
  });
  return list(fits.length < shown.length ? [...fits, `${shown.length - fits.length} more`] : shown);
}

/**
 * @param {string} fileName
 * @param {string} what  how the sentence goes on after the file's name, or after the line
 * @param {number} [line]
 * @param {string} [column]
 */
export function tableError(fileName, what, line, column) {
  const name = printable(fileName);
  const where = [
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(column === undefined ? [] : [`column ${quoted(column)}`]),
  ];
  const start = where.length === 0 ? `${name} ` : `${[name, ...where].join(', ')}: `;
  return new TrainerError('data', 'dataset', `${start}${what}.`);
}
