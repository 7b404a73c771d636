/** What is known of a table's column: its numbers in short, and the words in it. */

import { printable } from '../../words/sentences.js';
import { FIRST_WORD } from './blocks.js';
import { readNumber } from './numbers.js';

/** Words that are kept; a column with more of them holds texts that no network learns from as they are. */
const WORDS_MAX = 2000;
/** The word that stands for those beyond. */
const OTHER = FIRST_WORD + WORDS_MAX;

/** @typedef {{ text: string, count: number, line: number, value: number }} Word  value: the number it is, or NaN */

export class Column {
  name;
  style;
  /** Whether its numbers are words as well: those of a target are, as they are spelled. */
  isSpelled = false;
  /** @type {Word[]} */
  words = [];
  hasMoreWords = false;
  /** Cells that hold a number; for a spelled column too. */
  numbers = 0;
  /** Cells that hold a word that is no number. */
  texts = 0;
  missing = 0;
  /** Of those that are missing. */
  infinite = 0;
  least = Infinity;
  most = -Infinity;
  sum = 0;
  isWhole = true;
  /** Whether its numbers are the first and those that follow it, by one, with no gap. */
  isCounting = true;
  #known = new Map();

  /** @param {string} name @param {import('./numbers.js').Style} style */
  constructor(name, style) {
    this.name = printable(name);
    this.style = style;
  }

  /** Cells that hold something. */
  get filled() {
    return this.numbers + this.texts;
  }

  /**
   * The number of a word in this column.
   *
   * @param {string} text
   * @param {number} line
   */
  numberOf(text, line) {
    let index = this.#known.get(text);
    if (index === undefined) {
      if (this.words.length >= WORDS_MAX) {
        this.hasMoreWords = true;
        return OTHER;
      }
      index = this.words.length;
      const value = readNumber(text, this.style);
      this.words.push({ text: printable(text), count: 0, line, value });
      this.#known.set(text, index);
    }
    this.words[index].count++;
    return FIRST_WORD + index;
  }

  /**
   * Looks at some more rows.
   *
   * @param {Float64Array} staged
   * @param {number} rows
   * @param {number} column
   * @param {number} columns
   * @param {number} before  rows there were already
   */
  look(staged, rows, column, columns, before) {
    let { least, most, sum, numbers, isWhole, isCounting } = this;
    for (let row = 0, at = column; row < rows; row++, at += columns) {
      const value = staged[at];
      if (Number.isNaN(value)) {
        isCounting = false;
        continue;
      }
      if (isCounting && numbers > 0 && value !== least + before + row) isCounting = false;
      numbers++;
      sum += value;
      if (value < least) least = value;
      if (value > most) most = value;
      if (isWhole && value !== Math.floor(value)) isWhole = false;
    }
    Object.assign(this, { least, most, sum, numbers, isWhole, isCounting });
  }
}
