/**
 * Tables within a text, with blanks between their columns: fastai's and skorch's, a row an epoch, and YOLO's, whose header
 * comes again with every epoch and whose last row is drawn over and over beside its bar.
 */

import { readValue } from '../columns.js';
import { classify, isCounting, wordsOf } from '../names.js';

/** @typedef {[string, number][]} Row  names and numbers */

/** Names with nothing but blanks between, three at least. */
const HEADER = /^\s*[A-Za-z_][\w/()-]*(?:\s+[A-Za-z_][\w/()-]*){2,}\s*$/;

/** Losses that YOLO's older versions call by their word alone, beside "gpu_mem". */
const PARTS = new Set(['box', 'obj', 'cls', 'total']);

/** "2.1G" of memory and "00:12" are no numbers that are looked for, but cells. */
const UNREAD = /^(?:[\d.]+[KMGT]B?|\d+(?::\d\d){1,2}|None|-|#na#)$/i;

export class Tables {
  /** @type {string[] | null} */
  #names = null;
  /** Where the counter stands among them. */
  #counter = 0;
  /** A row that may be drawn once more. @type {Row | null} */
  #pending = null;
  /** Rows that are drawn no more. @type {Row[]} */
  #done = [];
  /** Epochs that the counter says there will be. */
  epochs = 0;

  /** @param {string} line @returns {boolean}  whether it belongs to a table */
  take(line) {
    const row = this.#names && this.#readRow(line);
    if (row) {
      const isAgain = this.#pending?.[0][1] === row[0][1];
      if (!isAgain) this.#release();
      this.#pending = row;
      return true;
    }
    if (!HEADER.test(line)) return false;
    const names = namesOf(line);
    const counter = names.findIndex((name) => isCounting(classify(name).kind));
    if (counter < 0 || !names.some((name) => classify(name).kind === 'loss')) return false;
    this.#release();
    this.#names = names;
    this.#counter = counter;
    return true;
  }

  /** Rows that stand fast, each once; `isEnd`: all of them. @param {boolean} [isEnd] @returns {Row[]} */
  takeRows(isEnd = false) {
    if (isEnd) this.#release();
    if (this.#done.length === 0) return this.#done;
    const rows = this.#done;
    this.#done = [];
    return rows;
  }

  #release() {
    if (this.#pending) this.#done.push(this.#pending);
    this.#pending = null;
  }

  /** @param {string} line @returns {Row | null}  the counter first */
  #readRow(line) {
    const names = /** @type {string[]} */ (this.#names);
    const cells = line.trim().split(/\s+/);
    // Behind a row's last cell and a colon stands its bar.
    const last = cells[names.length - 1];
    if (last === undefined || (cells.length > names.length && !last.endsWith(':'))) return null;
    /** @type {Row} */
    const row = [];
    for (const [i, name] of names.entries()) {
      const cell = cells[i].replace(/:$/, '');
      const [, count, total = ''] = (i === this.#counter && /^(\d+)(?:\/(\d+))?$/.exec(cell)) || [];
      if (i === this.#counter && count === undefined) return null;
      this.epochs = Math.max(this.epochs, Number(total));
      const value = UNREAD.test(cell) ? undefined : readValue(count ?? cell);
      if (value === null) return null;
      if (value !== undefined && i === this.#counter) row.unshift([name, value]);
      else if (value !== undefined) row.push([name, value]);
    }
    return row;
  }
}

/** @param {string} header */
function namesOf(header) {
  const names = header.trim().split(/\s+/);
  const isYolo = names.some((name) => wordsOf(name).join(' ') === 'gpu mem');
  return isYolo ? names.map((name) => (PARTS.has(name) ? `${name}_loss` : name)) : names;
}
