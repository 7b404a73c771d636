/**
 * A file's bytes into a table: read once from begin to end, as they come. Where a record further down shows that the
 * first ones were understood wrongly (another encoding, numbers of another style), the file is read again with that known.
 */

import { count } from '../../words/numbers.js';
import { plural } from '../../words/sentences.js';
import { refuseForeign } from '../foreign_files.js';
import { Blocks, NOTHING } from './blocks.js';
import { Column } from './column.js';
import { blankComments } from './comments.js';
import { findLayout } from './dialect.js';
import { decodeCell, findEncoding, toUtf8 } from './encoding.js';
import { isInfinite, isMissing, looksNumeric, markOf, readDigits, readNumber } from './numbers.js';
import { Tokenizer } from './tokenizer.js';
import { quoted, tableError } from './words.js';

/**
 * @typedef {object} ByteSource  a file that can be read again
 * @property {string} name
 * @property {() => AsyncIterable<Uint8Array>} stream  its bytes from the first on
 *
 * @typedef {object} Table
 * @property {string} fileName
 * @property {import('./encoding.js').Encoding} encoding
 * @property {number} comments  lines at its head that are none of the table
 * @property {import('./dialect.js').Layout} layout
 * @property {Column[]} columns
 * @property {Blocks} blocks
 */

/** Bytes of a file's begin that are looked at first, and lines that must be among them; more where lines are long. */
const HEAD_BYTES = 1 << 18;
const HEAD_LINES = 20;
const HEAD_MAX = 1 << 23;

/** How often a file is read at most, but for another time in Windows-1252. */
const TRIES = 6;

const FLOAT_MAX = 3.4028234663852886e38;

/** What was learned too late. */
class ReadAgain extends Error {
  /** @param {{ column: number, text: string } | null} evidence  null: that the file is no UTF-8 */
  constructor(evidence) {
    super('The file must be read again.');
    this.evidence = evidence;
  }
}

/**
 * @param {ByteSource} source
 * @param {(names: string[], columns: Column[]) => number[]} chooseSpelled  the columns whose numbers are words too: what may
 *   be the target
 * @returns {Promise<Table>}
 * @throws {import('../../core/errors.js').TrainerError} naming file, line and column
 */
export async function readTable(source, chooseSpelled) {
  /** @type {import('./encoding.js').Encoding | null} */
  let encoding = null;
  /** @type {string[][]} */
  const evidence = [];
  for (let tries = TRIES; ; tries--) {
    try {
      return await readOnce(source, { encoding, evidence, isLast: tries <= 1, chooseSpelled });
    } catch (error) {
      if (!(error instanceof ReadAgain)) throw error;
      if (error.evidence) {
        evidence[error.evidence.column] ??= [];
        evidence[error.evidence.column].push(error.evidence.text);
      } else encoding = 'windows-1252';
    }
  }
}

/**
 * @typedef {object} Knowledge
 * @property {import('./encoding.js').Encoding | null} encoding  where it is known
 * @property {string[][]} evidence
 * @property {boolean} isLast  whether the file is not read again, whatever comes
 * @property {(names: string[], columns: Column[]) => number[]} chooseSpelled
 *
 * @param {ByteSource} source
 * @param {Knowledge} knowledge
 * @returns {Promise<Table>}
 */
async function readOnce(source, { encoding: known, evidence, isLast, chooseSpelled }) {
  const { name: fileName } = source;
  /** @type {{ encoding: import('./encoding.js').Encoding, mark: number } | null} */
  let coding = null;
  const chunks = source.stream()[Symbol.asyncIterator]();
  try {
    const first = await chunks.next();
    if (first.done) throw tableError(fileName, 'is empty');
    refuseForeign(fileName, first.value);
    coding = findEncoding(first.value, fileName);
    if (known) coding.encoding = known;
    const texts = toUtf8(resume(first.value, chunks), coding);
    const { head: whole, isWhole } = await takeHead(texts);
    const { head, comments } = blankComments(whole);
    if (head.length === 0) throw tableError(fileName, 'is empty');
    const layout = findLayout(head, { name: fileName, isWhole, evidence });
    const filler = new Filler(fileName, layout, { isLast, chooseSpelled });
    filler.push(layout.hasSepLine ? head.subarray(head.findIndex((byte) => byte === 10 || byte === 13)) : head);
    if (!isWhole) for (let next = await texts.next(); !next.done; next = await texts.next()) filler.push(next.value);
    return { fileName, encoding: coding.encoding, comments, layout, ...filler.end() };
  } finally {
    await chunks.return?.();
  }
}

/** @param {Uint8Array} first @param {AsyncIterator<Uint8Array>} rest */
async function* resume(first, rest) {
  yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

/** @param {AsyncGenerator<Uint8Array>} texts @returns {Promise<{ head: Uint8Array, isWhole: boolean }>} */
async function takeHead(texts) {
  /** @type {Uint8Array[]} */
  const parts = [];
  let length = 0;
  let lines = 0;
  for (;;) {
    const { done, value } = await texts.next();
    if (done) return { head: join(parts, length), isWhole: true };
    parts.push(value);
    length += value.length;
    for (const byte of value) if (byte === 10 || byte === 13) lines++;
    if ((length >= HEAD_BYTES && lines >= HEAD_LINES) || length >= HEAD_MAX) {
      return { head: join(parts, length), isWhole: false };
    }
  }
}

/** @param {Uint8Array[]} parts @param {number} length */
function join(parts, length) {
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Takes records and fills columns and blocks. */
class Filler {
  #fileName;
  #layout;
  #isLast;
  #tokenizer;
  #columns;
  #blocks;
  /** The byte of each column's decimal mark; 0 where its numbers need more than digits. */
  #marks;
  /** Whether each column's numbers are words too. */
  #spelled;
  #isHeaderOwed;

  /** @param {string} fileName @param {import('./dialect.js').Layout} layout @param {Pick<Knowledge, 'isLast' | 'chooseSpelled'>} how */
  constructor(fileName, layout, { isLast, chooseSpelled }) {
    const { names, styles } = layout;
    this.#fileName = fileName;
    this.#layout = layout;
    this.#isLast = isLast;
    this.#isHeaderOwed = layout.hasHeader;
    const columns = names.map((name, i) => new Column(name, styles[i]));
    this.#columns = columns;
    this.#marks = styles.map((style, i) => (layout.unmarked[i] ? 0 : markOf(style)));
    for (const i of chooseSpelled(names, columns)) columns[i].isSpelled = true;
    this.#spelled = columns.map((column) => column.isSpelled);
    this.#blocks = new Blocks(columns.length, (staged, rows) => this.#look(staged, rows));
    this.#tokenizer = new Tokenizer(layout.dialect, fileName, (record) => this.#take(record));
  }

  /** @param {Uint8Array} bytes */
  push(bytes) {
    this.#tokenizer.push(bytes);
  }

  end() {
    this.#tokenizer.end();
    this.#blocks.flush();
    if (this.#blocks.rows === 0) throw tableError(this.#fileName, 'has a header, but no rows');
    return { columns: this.#columns, blocks: this.#blocks };
  }

  /** @param {import('./tokenizer.js').Record} record */
  #take(record) {
    if (this.#isHeaderOwed) {
      this.#isHeaderOwed = false;
      return;
    }
    const { bytes, begins, ends, line } = record;
    const width = this.#columns.length;
    const { staged, filled } = this.#blocks;
    const cells = this.#countCells(record);
    if (cells !== width) {
      throw tableError(this.#fileName, `${plural(cells, 'field')}, but ${this.#sayWidth()}`, line);
    }
    let at = filled * width;
    for (let i = 0; i < width; i++, at++) {
      const value = readDigits(bytes, begins[i], ends[i], this.#marks[i]);
      staged[at] = value;
      if (Number.isNaN(value) || this.#spelled[i]) staged[at] = this.#readWritten(record, i);
    }
    this.#blocks.endRow(line);
  }

  /** The cells of a record that belong to columns. @param {import('./tokenizer.js').Record} record */
  #countCells({ cells, begins, ends }) {
    return this.#layout.hasTail && begins[cells - 1] === ends[cells - 1] ? cells - 1 : cells;
  }

  #sayWidth() {
    const width = this.#columns.length;
    const { hasHeader, hasRowNames } = this.#layout;
    if (hasRowNames) return `the others have ${count(width)}`;
    return hasHeader ? `the header names ${plural(width, 'column')}` : `the first line has ${count(width)}`;
  }

  /**
   * A cell that is more than digits, or that must be known as it is spelled.
   *
   * @param {import('./tokenizer.js').Record} record
   * @param {number} i
   * @returns {number}  NaN where it holds no number
   */
  #readWritten({ bytes, begins, ends, doubled, line }, i) {
    const column = this.#columns[i];
    if (begins[i] === ends[i]) return this.#miss(column, i);
    // Free texts are not kept, so they need not be made.
    if (column.hasMoreWords && !this.#spelled[i] && column.numbers === 0) {
      column.texts++;
      this.#blocks.setWord(i, column.numberOf('', line));
      return NaN;
    }
    const text = decodeCell(bytes, begins[i], ends[i], doubled[i] ? this.#layout.dialect : null);
    if (text === null) throw new ReadAgain(null);
    if (isMissing(text)) return this.#miss(column, i, text, line);
    const value = readNumber(text, column.style);
    if (!Number.isNaN(value)) {
      if (!this.#isLast && this.#layout.unmarked[i] && /[.,]/.test(text)) throw new ReadAgain({ column: i, text });
      if (this.#spelled[i]) this.#blocks.setWord(i, column.numberOf(text, line));
      return value;
    }
    if (!this.#isLast && looksNumeric(text) && column.numbers + this.#blocks.filled > column.texts) {
      throw new ReadAgain({ column: i, text });
    }
    column.texts++;
    this.#blocks.setWord(i, column.numberOf(text, line));
    return NaN;
  }

  /** @param {Column} column @param {number} i @param {string} [text] @param {number} [line] */
  #miss(column, i, text = '', line = 0) {
    column.missing++;
    if (isInfinite(text)) column.infinite++;
    // What is missing in a target may turn out to be a class.
    this.#blocks.setWord(i, this.#spelled[i] && text !== '' ? column.numberOf(text, line) : NOTHING);
    return NaN;
  }

  /** @param {Float64Array} staged @param {number} rows */
  #look(staged, rows) {
    const { columns, rows: before, lines } = this.#blocks;
    for (const [i, column] of this.#columns.entries()) {
      column.look(staged, rows, i, columns, before);
      if (column.most <= FLOAT_MAX && column.least >= -FLOAT_MAX) continue;
      for (let row = 0; row < rows; row++) {
        const value = staged[row * columns + i];
        if (Math.abs(value) <= FLOAT_MAX || Number.isNaN(value)) continue;
        const said = Number.isFinite(value) ? String(value) : 'a number';
        throw tableError(this.#fileName, `${said} is too large`, lines[row], column.name);
      }
    }
  }
}

/** A complaint about a word where numbers stand. @param {string} fileName @param {Column} column @param {import('./column.js').Word} word */
export function notANumber(fileName, column, { text, line }) {
  return tableError(fileName, `${quoted(text)} is not a number`, line, column.name);
}
