/**
 * Bytes into records: where the cells of each begin and end, without making texts of them.
 *
 * Written here because no kept library does it (100 MB of 31 columns, Node 20): csv-parse needs 4 to 6 s there and, by way
 * of the Buffer that its build for browsers brings along, 13 to 17 s and 215 KB here; Papa Parse and uDSV need 1 to 2.5 s,
 * but take one line ending for a whole file and a quote after a blank for text, and know no lines. All make a string of
 * every cell, of which a column of numbers needs none: this takes half a second.
 */

import { quoted, tableError } from './words.js';

/** Longest record, in bytes: a quote that is never closed would take the rest of the file into memory. */
const RECORD_MAX = 1 << 24;

const LINE_FEED = 10;
const RETURN = 13;
const BLANK = 32;
const TAB = 9;
const BACKSLASH = 92;

/**
 * @typedef {object} Dialect  how a file parts its cells
 * @property {string} delimiter  one character of ASCII; a blank stands for any run of blanks and tabs
 * @property {string} quote
 * @property {boolean} escapes  whether a quote within a cell follows a backslash, as MySQL writes it
 *
 * @typedef {object} Record
 * @property {Uint8Array} bytes  hold until the next push
 * @property {number} cells  how many
 * @property {number[]} begins  of each cell in bytes, without quotes and the blanks around
 * @property {number[]} ends
 * @property {boolean[]} doubled  whether quotes are doubled in it, or anything may be escaped
 * @property {number} line  where it begins, the file's first being 1
 */

export class Tokenizer {
  #delimiter;
  #quote;
  #isBlank;
  #escapes;
  #take;
  #fileName;
  /** What the last bytes left over: the begin of a record. */
  #rest = new Uint8Array();
  #line = 1;
  /** Whether the last record ended with a return, whose line feed may come with the next bytes. */
  #sawReturn = false;
  /** @type {Record} */
  #record = { bytes: this.#rest, cells: 0, begins: [], ends: [], doubled: [], line: 1 };

  /**
   * @param {Dialect} dialect
   * @param {string} fileName
   * @param {(record: Record) => void} take  the same object each time
   */
  constructor({ delimiter, quote, escapes }, fileName, take) {
    this.#escapes = escapes;
    this.#delimiter = delimiter.charCodeAt(0);
    this.#isBlank = delimiter === ' ';
    this.#quote = quote.charCodeAt(0);
    this.#fileName = fileName;
    this.#take = take;
  }

  /** @param {Uint8Array} bytes  the next of the file */
  push(bytes) {
    const { length } = this.#rest;
    if (length === 0) return this.#scan(bytes, false);
    const joined = new Uint8Array(length + bytes.length);
    joined.set(this.#rest);
    joined.set(bytes, length);
    this.#scan(joined, false);
  }

  /** There are no more bytes. */
  end() {
    this.#scan(this.#rest, true);
  }

  /** @param {Uint8Array} bytes @param {boolean} isLast */
  #scan(bytes, isLast) {
    const record = this.#record;
    record.bytes = bytes;
    let at = 0;
    if (this.#sawReturn && bytes.length > 0) {
      if (bytes[0] === LINE_FEED) at = 1;
      this.#sawReturn = false;
    }
    while (at < bytes.length) {
      record.cells = 0;
      record.line = this.#line;
      const next = this.#scanRecord(bytes, at, isLast);
      if (next < 0) break;
      const isEmpty = record.cells === 1 && record.begins[0] === record.ends[0];
      if (!isEmpty) this.#take(record);
      at = next;
    }
    if (bytes.length - at > RECORD_MAX) {
      throw tableError(this.#fileName, `has a line of more than ${RECORD_MAX >> 20} MB`, record.line);
    }
    this.#rest = at < bytes.length ? bytes.slice(at) : new Uint8Array();
  }

  /**
   * @param {Uint8Array} bytes
   * @param {number} at
   * @param {boolean} isLast  whether the bytes' end is the file's
   * @returns {number}  where the next record begins; -1 where this one does not end here
   */
  #scanRecord(bytes, at, isLast) {
    const { begins, ends, doubled } = this.#record;
    const end = bytes.length;
    const delimiter = this.#delimiter;
    const quote = this.#quote;
    const isBlank = this.#isBlank;
    let cell = 0;
    let lines = 0;
    for (;;) {
      while (at < end && (bytes[at] === BLANK || (bytes[at] === TAB && (isBlank || delimiter !== TAB)))) at++;
      let begin = at;
      let stop = at;
      let isDoubled = false;
      if (at < end && bytes[at] === quote) {
        const opened = this.#line + lines;
        begin = ++at;
        isDoubled = this.#escapes;
        for (;;) {
          while (at < end && bytes[at] !== quote) {
            if (bytes[at] === LINE_FEED || (bytes[at] === RETURN && bytes[at + 1] !== LINE_FEED)) lines++;
            at++;
          }
          if (at >= end) {
            if (isLast || end - begin > RECORD_MAX) {
              throw tableError(this.#fileName, 'the quote that opens here is never closed', opened);
            }
            return -1;
          }
          if (at + 1 >= end && !isLast) return -1;
          if (this.#escapes && isEscaped(bytes, begin, at)) {
            at++;
            continue;
          }
          if (bytes[at + 1] !== quote) break;
          isDoubled = true;
          at += 2;
        }
        stop = at++;
        while (at < end && bytes[at] === BLANK) at++;
        const after = bytes[at];
        if (at < end && after !== delimiter && after !== LINE_FEED && after !== RETURN && !(isBlank && after === TAB)) {
          if (isBlank && bytes[at - 1] === BLANK) at--;
          else {
            throw tableError(
              this.#fileName,
              `a cell goes on after its closing quote, with ${quoted(String.fromCharCode(after))}`,
              this.#line + lines,
            );
          }
        }
      } else {
        if (isBlank)
          while (
            at < end &&
            bytes[at] !== BLANK &&
            bytes[at] !== TAB &&
            bytes[at] !== LINE_FEED &&
            bytes[at] !== RETURN
          )
            at++;
        else while (at < end && bytes[at] !== delimiter && bytes[at] !== LINE_FEED && bytes[at] !== RETURN) at++;
        stop = at;
        while (stop > begin && (bytes[stop - 1] === BLANK || bytes[stop - 1] === TAB)) stop--;
      }
      if (isBlank) while (at < end && (bytes[at] === BLANK || bytes[at] === TAB)) at++;
      if (at >= end && !isLast) return -1;
      begins[cell] = begin;
      ends[cell] = stop;
      doubled[cell++] = isDoubled;
      if (at >= end) break;
      if (isBlank && bytes[at] !== LINE_FEED && bytes[at] !== RETURN) continue;
      if (bytes[at] === delimiter) {
        at++;
        continue;
      }
      break;
    }
    this.#record.cells = cell;
    this.#line += lines + 1;
    if (bytes[at] === RETURN) {
      if (at + 1 >= end) this.#sawReturn = true;
      else if (bytes[at + 1] === LINE_FEED) at++;
    }
    return at + 1;
  }
}

/** Whether backslashes before a quote make it a part of the cell: an odd number of them. @param {Uint8Array} bytes @param {number} begin  of the cell @param {number} at */
function isEscaped(bytes, begin, at) {
  let from = at;
  while (from > begin && bytes[from - 1] === BACKSLASH) from--;
  return (at - from) % 2 === 1;
}
