/**
 * The cells of a table as numbers, in blocks of rows: bytes where all of a block fit, else floats, with doubles beside
 * them for the columns whose values floats cannot tell apart (a unix time, a serial number). Texts are numbers of their
 * column's words, in a list of their own.
 */

/** Cells of a block, about. */
const CELLS = 1 << 18;
const ROWS_MAX = 1 << 13;

/** Of a column's range, what a float must tell apart: 2⁻¹² of it. */
const RESOLUTION = 2 ** -12;
const FLOAT_STEP = 2 ** -24;

/** What a cell holds in `words`: a number, nothing, or the word after those. */
export const NUMBER = 0;
export const NOTHING = 1;
export const FIRST_WORD = 2;

/**
 * @typedef {object} Block
 * @property {number} rows
 * @property {Uint8Array | Float32Array} cells  [rows][columns]; NaN for what is no number
 * @property {Map<number, Float64Array>} doubles  of the columns that need them, [rows]
 * @property {Map<number, Uint16Array>} words  of the columns that have any, [rows]: NUMBER, NOTHING or a word
 */

export class Blocks {
  /** @type {(Block | null)[]} */
  list = [];
  rows = 0;
  columns;
  rowsPerBlock;
  /** The block that is being filled, in double. */
  staged;
  /** @type {Map<number, Uint16Array>} */
  words = new Map();
  /** Rows in it. */
  filled = 0;
  /** The line of each. */
  lines;
  #onBlock;

  /**
   * @param {number} columns
   * @param {(staged: Float64Array, rows: number) => void} onBlock  looks at the numbers before they become floats
   */
  constructor(columns, onBlock) {
    this.columns = columns;
    this.rowsPerBlock = Math.max(1, Math.min(ROWS_MAX, Math.floor(CELLS / columns)));
    this.staged = new Float64Array(this.rowsPerBlock * columns);
    this.lines = new Float64Array(this.rowsPerBlock);
    this.#onBlock = onBlock;
  }

  /** Marks a cell of the row that is being filled as no number. @param {number} column @param {number} what  NOTHING or a word */
  setWord(column, what) {
    let list = this.words.get(column);
    if (!list) {
      list = new Uint16Array(this.rowsPerBlock);
      this.words.set(column, list);
    }
    list[this.filled] = what;
  }

  /** The row that was staged is whole. @param {number} line */
  endRow(line) {
    this.lines[this.filled++] = line;
    if (this.filled === this.rowsPerBlock) this.flush();
  }

  flush() {
    const { filled: rows, columns, staged, words } = this;
    if (rows === 0) return;
    this.#onBlock(staged, rows);
    const values = staged.subarray(0, rows * columns);
    const cells = areBytes(values) ? new Uint8Array(values) : new Float32Array(values);
    const doubles = new Map();
    for (let column = 0; cells instanceof Float32Array && column < columns; column++) {
      if (needsDoubles(values, cells, column, columns)) {
        doubles.set(
          column,
          Float64Array.from({ length: rows }, (_, row) => values[row * columns + column]),
        );
      }
    }
    this.list.push({ rows, cells, doubles, words });
    this.rows += rows;
    this.filled = 0;
    this.words = new Map();
  }
}

/** @param {Float64Array} values */
function areBytes(values) {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!(value >= 0 && value <= 255 && value === (value | 0)) || Object.is(value, -0)) return false;
  }
  return true;
}

/** @param {Float64Array} values @param {Float32Array} floats @param {number} column @param {number} columns */
function needsDoubles(values, floats, column, columns) {
  let isExact = true;
  let least = Infinity;
  let most = -Infinity;
  for (let i = column; i < values.length; i += columns) {
    const value = values[i];
    if (value !== floats[i] && !Number.isNaN(value)) isExact = false;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return !isExact && areTooNear(least, most);
}

/** Whether floats would blur a column's values. @param {number} least @param {number} most */
export function areTooNear(least, most) {
  return Math.max(Math.abs(least), Math.abs(most)) * FLOAT_STEP > (most - least) * RESOLUTION;
}

/** A column's numbers. @param {Blocks} blocks @param {number} i */
export function* valuesIn(blocks, i) {
  for (const block of blocks.list) {
    if (!block) continue;
    const doubles = block.doubles.get(i);
    for (let row = 0; row < block.rows; row++) {
      const value = doubles ? doubles[row] : block.cells[row * blocks.columns + i];
      if (!Number.isNaN(value)) yield value;
    }
  }
}
