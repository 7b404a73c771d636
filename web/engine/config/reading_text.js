/** How data is read, as links and command lines write it: what is asked for, and nothing else. */

import { flagOf, quoteForShell } from './config_text.js';
import { decodePart } from './link_text.js';
import { defaultReading, READING_FIELDS } from './reading_fields.js';

/**
 * @typedef {import('./reading_fields.js').Reading} Reading
 * @typedef {import('./reading_fields.js').ReadingField} ReadingField
 */

/**
 * What is asked for, as texts by name.
 *
 * @param {Reading} reading
 * @returns {[ReadingField, string][]}
 */
function askedOf(reading) {
  return READING_FIELDS.flatMap((field) => {
    const value = reading[field.name];
    if (value === null || value === false || (Array.isArray(value) && value.length === 0)) return [];
    return [[field, Array.isArray(value) ? value.join(',') : value === true ? 'on' : String(value)]];
  });
}

/** As parts of a query: ["target=medv"]. @param {Reading} reading @returns {string[]} */
export function readingToParts(reading) {
  return askedOf(reading).map(([{ name }, text]) => `${name}=${encodeURIComponent(text)}`);
}

/** As flags: "--target medv" each. @param {Reading} reading @returns {string[]} */
export function listReadingFlags(reading) {
  return askedOf(reading).map(([{ name }, text]) => `${flagOf(name)} ${quoteForShell(text)}`);
}

/**
 * What the parts of a query ask for, and those that are about something else.
 *
 * @param {string[]} parts
 * @returns {{ reading: Reading, rest: string[], refused: string[] }}  refused: what asks for something that makes no sense
 */
export function readingFromParts(parts) {
  const reading = defaultReading();
  /** @type {string[]} */
  const refused = [];
  const rest = parts.filter((part) => {
    const [name, ...values] = part.split('=');
    const field = READING_FIELDS.find((row) => row.name === name);
    if (!field) return true;
    const value = parseReading(field, decodePart(values.join('=')));
    if (value === undefined) refused.push(part);
    else Object.assign(reading, { [name]: value });
    return false;
  });
  return { reading, rest, refused };
}

/** @param {ReadingField} field @param {string | null} text @returns {string | string[] | boolean | undefined} undefined where it makes no sense */
function parseReading({ kind, words = [] }, text) {
  if (text === null || text === '') return undefined;
  if (kind === 'columns') return [text];
  if (kind === 'flag') return text === 'on' ? true : text === 'off' ? false : undefined;
  if (kind === 'word') return words.includes(text) ? text : undefined;
  return text;
}
