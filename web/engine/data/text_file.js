/** A file of prose: its characters are the tokens. */

import { dataError } from './data_error.js';
import { streamBytes, unpackStream } from './streams.js';

/**
 * @typedef {import('./data_files.js').DataFiles} DataFiles
 * @typedef {import('./data_files.js').NamedFile} NamedFile
 */

const TEXT = /\.txt(\.gz)?$/i;

/** What parts the columns of a table; where none of these does, numbers may stand between blanks. */
const DELIMITERS = [',', ';', '\t', '|'];

/** Lines that are looked at. */
const LOOKED_AT = 20;

/** Whether a name is one that prose and tables share. @param {string} name */
export function isTextName(name) {
  return TEXT.test(name);
}

/**
 * The text of a file that could be a table as well; null where it is one: where its first lines have the same columns.
 *
 * @param {NamedFile} file
 * @returns {Promise<string | null>}
 * @throws {import('../core/errors.js').TrainerError} where it is no text
 */
export async function readProse({ name, bytes }) {
  const text = decode(name, await readAll(unpackStream(streamBytes(bytes), name)));
  const lines = text.split(/\r?\n/, LOOKED_AT).filter((line) => line.trim() !== '');
  return isTable(lines) ? null : text;
}

/** @param {string[]} lines */
function isTable(lines) {
  if (lines.length < 2) return false;
  const delimited = DELIMITERS.some((delimiter) => {
    const counts = lines.map((line) => line.split(delimiter).length);
    return counts[0] > 1 && counts.every((count) => count === counts[0]);
  });
  const words = lines.map((line) => line.trim().split(/\s+/));
  const areNumbers = (/** @type {string[]} */ row) => row.some((word) => Number.isFinite(Number(word)));
  return delimited || (words[0].length > 1 && words.every((row) => row.length === words[0].length && areNumbers(row)));
}

/** @param {import('./streams.js').ByteStream} stream */
async function readAll(stream) {
  const parts = [];
  for await (const part of stream()) parts.push(part);
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** @param {string} name @param {Uint8Array} bytes */
function decode(name, bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw dataError(`${name} is no text in UTF-8.`);
  }
}

/**
 * @param {string} name
 * @param {string} text
 * @returns {DataFiles}
 */
export function dataOfText(name, text) {
  return {
    name,
    text,
    images: new Uint8Array(),
    shape: [],
    classes: 0,
    classNames: null,
    scalePerFeature: false,
    target: null,
    notes: [],
    validation: null,
  };
}
