/**
 * Logs that are tables: CSV with any delimiter, by the parser of data sets. Its cells are taken here as logs mean them: a
 * `nan` is a measurement, an empty cell is none, and a last row that was cut costs only itself.
 */

import { findLayout } from '../data/csv/dialect.js';
import { decodeCell, decodeLoosely } from '../data/csv/encoding.js';
import { readDigits, readNumber } from '../data/csv/numbers.js';
import { Tokenizer } from '../data/csv/tokenizer.js';
import { plural } from '../words/sentences.js';
import { Columns, readValue } from './columns.js';

/** Bytes of the begin that tell how the table is written. */
const HEAD_BYTES = 1 << 17;

/** Bytes that are looked through at a time. */
const PIECE = 1 << 22;

/** Words of a column that are kept: of a table of trials they are settings, elsewhere names of metrics. */
const WORDS_MAX = 20_000;

/** Of rows with more cells than there are columns: more are of a file that got columns on its way. */
const SHIFTED_SHARE = 0.1;

const POINT = 46;
const COMMA = 44;

/**
 * @typedef {object} LogTable
 * @property {string[]} names
 * @property {number} rows
 * @property {import('./columns.js').Column[]} columns  those that hold a number anywhere
 * @property {Map<string, { at: number[], text: string[] }>} words  the others' cells, and those between numbers
 * @property {import('./columns.js').Wordy[]} wordy
 * @property {number} cut  rows with fewer cells than the header names
 * @property {string[]} notes
 */

/**
 * @param {string} name
 * @param {Uint8Array} bytes  UTF-8
 * @returns {LogTable | null}  null where it is no table with a header
 */
export function readLogTable(name, bytes) {
  const head = bytes.subarray(0, HEAD_BYTES);
  const isWhole = head.length === bytes.length;
  let layout;
  try {
    const lines = isWhole ? head : head.subarray(0, head.lastIndexOf(10) + 1);
    layout = findLayout(lines, { name, isWhole: true, evidence: [] });
  } catch {
    return null;
  }
  const names = layout.hasRowNames ? ['', ...layout.names.slice(1)] : layout.names;
  if (!layout.hasHeader || names.length < 2) return null;
  const taker = new CellTaker(names, layout);
  const tokenizer = new Tokenizer(layout.dialect, name, (record) => taker.take(record));
  try {
    for (let at = 0; at < bytes.length; at += PIECE) tokenizer.push(bytes.subarray(at, at + PIECE));
    tokenizer.end();
  } catch {
    // A quote that the cut left open, or a line without end: the rows before it were taken.
    taker.cut++;
  }
  if (taker.rows === 0) return null;
  const columns = taker.columns.take();
  const { rows, words, cut, wide } = taker;
  const isShifted = wide.size > 0 && wide.size <= SHIFTED_SHARE * rows;
  if (isShifted) leaveAside(columns, words, wide);
  const notes = cut > 0 ? [`${plural(cut, 'row')} had fewer cells than there are columns.`] : [];
  if (wide.size > 0)
    notes.push(
      `${plural(wide.size, 'row')} had more cells than there are columns: ${isShifted ? 'what they hold may be shifted, and was left aside' : 'what stands beyond was not read'}.`,
    );
  return { names, rows, columns, words, wordy: taker.columns.takeWordy(), cut, notes };
}

/** @param {import('./columns.js').Column[]} columns @param {LogTable['words']} words @param {Set<number>} rows */
function leaveAside(columns, words, rows) {
  for (const column of columns) {
    const { at, value, others } = column;
    column.value = value.filter((_, i) => !rows.has(at[i]));
    column.at = at.filter((row) => !rows.has(row));
    if (others) others.at = others.at.filter((row) => !rows.has(row));
  }
  for (const each of words.values()) {
    each.text = each.text.filter((_, i) => !rows.has(each.at[i]));
    each.at = each.at.filter((row) => !rows.has(row));
  }
}

class CellTaker {
  columns = new Columns();
  /** @type {Map<string, { at: number[], text: string[] }>} */
  words = new Map();
  rows = 0;
  cut = 0;
  /** Rows that hold something beyond the last column. @type {Set<number>} */
  wide = new Set();
  #names;
  #styles;
  #marks;
  #dialect;
  #isHeaderOwed = true;
  /** Of each column, the words that are kept. @type {Map<string, Map<string, string>>} */
  #known = new Map();

  /** @param {string[]} names @param {import('../data/csv/dialect.js').Layout} layout */
  constructor(names, { styles, dialect }) {
    this.#names = names;
    this.#styles = styles;
    this.#dialect = dialect;
    this.#marks = styles.map(({ decimal, group, affix }) => (group || affix ? 0 : decimal === ',' ? COMMA : POINT));
  }

  /** @param {import('../data/csv/tokenizer.js').Record} record */
  take(record) {
    if (this.#isHeaderOwed) {
      this.#isHeaderOwed = false;
      return;
    }
    const { bytes, begins, ends, cells } = record;
    const row = this.rows++;
    const width = Math.min(cells, this.#names.length);
    if (cells < this.#names.length) this.cut++;
    for (let i = width; i < cells; i++) if (begins[i] < ends[i]) this.wide.add(row);
    for (let i = 0; i < width; i++) {
      if (begins[i] === ends[i]) continue;
      const digits = readDigits(bytes, begins[i], ends[i], this.#marks[i]);
      if (Number.isNaN(digits)) this.#takeWritten(record, i, row);
      else this.columns.add(this.#names[i], row, digits);
    }
  }

  /** @param {string} name @param {number} row @param {string} text */
  #takeWord(name, row, text) {
    let words = this.words.get(name);
    if (!words) {
      words = { at: [], text: [] };
      this.words.set(name, words);
      this.#known.set(name, new Map());
    }
    const known = /** @type {Map<string, string>} */ (this.#known.get(name));
    const kept = known.get(text);
    if (kept === undefined && known.size >= WORDS_MAX) return;
    if (kept === undefined) known.set(text, text);
    words.at.push(row);
    words.text.push(kept ?? text);
  }

  /** @param {import('../data/csv/tokenizer.js').Record} record @param {number} i @param {number} row */
  #takeWritten({ bytes, begins, ends, doubled }, i, row) {
    const mended = doubled[i] ? this.#dialect : null;
    const text =
      decodeCell(bytes, begins[i], ends[i], mended) ?? decodeLoosely(bytes.subarray(begins[i], ends[i])).trim();
    const style = this.#styles[i];
    const styled = style.decimal === '.' && style.group === '' && style.affix === '' ? NaN : readNumber(text, style);
    const value = Number.isNaN(styled) ? readValue(text) : styled;
    const name = this.#names[i];
    if (value !== null) this.columns.add(name, row, value);
    else {
      this.columns.addOther(name, row, text);
      this.#takeWord(name, row, text);
    }
  }
}
