/**
 * What the readers of logs hand on: runs of columns, each the numbers that a log holds under one name, with the places
 * they stand at. A place is a row of the file, or a step where the format says one with every number.
 */

/**
 * @typedef {object} Column
 * @property {string} name  as the log has it
 * @property {Float64Array} at  rows or steps, as the run's `axis` says; columns may share it
 * @property {Float64Array} value
 * @property {Others} [others]  what else stands under its name
 * @property {Float64Array} [absent]  places of which a text says that nothing is there
 *
 * @typedef {{ at: Float64Array, first: unknown }} Others  places that hold something that is no number, and the first such
 * @typedef {{ name: string, others: Others }} Wordy  a name under which no number stands
 *
 * @typedef {object} RawRun  one run as it was read, before anybody guessed what its columns are
 * @property {string} name
 * @property {Column[]} columns
 * @property {'row' | 'step'} axis  what `at` counts
 * @property {string} source  the format, in words
 * @property {number | null} planned  steps that the run was to take, where the log says it
 * @property {string[]} notes  what its reader should know, a sentence each
 * @property {Partial<LogFacts>} facts
 *
 * @typedef {object} LogFacts  what some formats say besides
 * @property {Float64Array} starts  rows at which another run begins
 * @property {{ row: number, done: number, total: number }[]} bars  progress bars between the rows
 * @property {{ row: number, epoch: number, steps: number }[]} ends  where a run says how many steps and epochs it had
 * @property {number} perEpoch  steps of an epoch
 * @property {number} epochs  planned
 * @property {number} fromStep  the step of which the file's own first line speaks
 * @property {boolean} hasEpochBars  Keras's bars, drawn several times an epoch
 * @property {boolean} isRounded  steps are written in thousands
 * @property {boolean} isRowPerEpoch  a row is an epoch's summary
 * @property {Wordy[]} wordy
 * @property {string} role  what the file's place says its numbers are: train or val
 * @property {import('../run/run_log.js').RunLog} own  a run of ours, whole
 */

import { isMissing } from '../data/csv/numbers.js';
import { agree, plural } from '../words/sentences.js';
import { classify } from './names.js';
import { SCALES } from './text/numbers.js';

/** Numbers that lie together until it is known how many there are. */
const PIECE = 1 << 13;

/** Numbers that are not known to be how many. */
class Numbers {
  #length = 0;
  /** @type {Float64Array[]} */
  #full = [];
  #piece = new Float64Array(32);

  /** @param {number} value */
  push(value) {
    const { length } = this.#piece;
    if (this.#length === length) {
      if (length === PIECE) {
        this.#full.push(this.#piece);
        this.#piece = new Float64Array(PIECE);
        this.#length = 0;
      } else {
        const grown = new Float64Array(Math.min(4 * length, PIECE));
        grown.set(this.#piece);
        this.#piece = grown;
      }
    }
    this.#piece[this.#length++] = value;
  }

  /** Those there are; nothing can be added after it. */
  take() {
    const whole = new Float64Array(PIECE * this.#full.length + this.#length);
    for (const [i, piece] of this.#full.entries()) whole.set(piece, i * PIECE);
    whole.set(this.#piece.subarray(0, this.#length), PIECE * this.#full.length);
    this.#full = [];
    this.#piece = new Float64Array();
    return whole;
  }
}

/** Places of numbers: of a column that has one in every row only their number is kept. */
class Places {
  #dense = 0;
  /** @type {Numbers | null} */
  #apart = null;

  /** @param {number} at */
  push(at) {
    if (this.#apart) this.#apart.push(at);
    else if (at === this.#dense) this.#dense++;
    else {
      this.#apart = new Numbers();
      for (let i = 0; i < this.#dense; i++) this.#apart.push(i);
      this.#apart.push(at);
    }
  }

  /** How many there are, from 0 on without a gap; 0 where there is one. */
  get dense() {
    return this.#apart ? 0 : this.#dense;
  }

  /** @param {Float64Array} counted  0, 1, 2 …, as many as the longest column without a gap has */
  take(counted) {
    return this.#apart ? this.#apart.take() : counted.subarray(0, this.#dense);
  }
}

/** Names beyond these are taken for noise, such as numbers in free text, but for those that say what they are. */
const NAMES_MAX = 400;
const NAMES_KNOWN_MAX = 800;

/** Columns as they grow. */
export class Columns {
  /** @type {Map<string, { at: Places, value: Numbers }>} */
  #byName = new Map();
  /** @type {Map<string, { at: Numbers, first: unknown, last: unknown }>} */
  #others = new Map();
  /** @type {Map<string, Numbers>} */
  #absent = new Map();

  get names() {
    return [...this.#byName.keys()];
  }

  /** @param {string} name @param {number} at @param {number} value */
  add(name, at, value) {
    let column = this.#byName.get(name);
    if (!column) {
      if (this.#byName.size >= (classify(name).kind === null ? NAMES_MAX : NAMES_KNOWN_MAX)) return;
      column = { at: new Places(), value: new Numbers() };
      this.#byName.set(name, column);
    }
    column.at.push(at);
    column.value.push(value);
  }

  /**
   * What stands where a number is looked for, and is none. A word that says that nothing is there is as good as nothing,
   * and so is the name itself, as where a file was written on with its header.
   *
   * @param {string} name @param {number} at @param {unknown} held
   */
  addOther(name, at, held) {
    let others = this.#others.get(name);
    // Words repeat, and what they say need not be asked again.
    const isKnown = others !== undefined && others.last === held;
    if (!isKnown && typeof held === 'string' && (held === '' || held === name || isMissing(held))) return;
    if (!others) {
      if (this.#others.size >= NAMES_MAX) return;
      others = { at: new Numbers(), first: held, last: held };
      this.#others.set(name, others);
    }
    others.last = held;
    others.at.push(at);
  }

  /** A word of a text that stands in the place of a number. @param {string} name @param {number} at @param {string} held */
  addWord(name, at, held) {
    if (held !== '' && !isMissing(held)) {
      this.addOther(name, at, held);
      return;
    }
    const absent = this.#absent.get(name) ?? new Numbers();
    absent.push(at);
    this.#absent.set(name, absent);
  }

  /** A cell in words: a number as logs write it, or something else. @param {string} name @param {number} at @param {string} text */
  addText(name, at, text) {
    const value = readValue(text);
    if (value === null) this.addOther(name, at, text);
    else this.add(name, at, value);
  }

  /** A member of a JSON object: a number, a text as a cell has it, or something else; null is nothing, as pandas writes it. @param {string} name @param {number} at @param {unknown} member */
  addMember(name, at, member) {
    if (typeof member === 'number') this.add(name, at, member);
    else if (typeof member === 'string') this.addText(name, at, member.trim());
    else if (member !== null) this.addOther(name, at, member);
  }

  /** Names under which only other things stand than numbers; to be asked after the columns were taken. @returns {Wordy[]} */
  takeWordy() {
    const wordy = [...this.#others].map(([name, others]) => ({ name, others: takeOthers(others) }));
    this.#others.clear();
    return wordy;
  }

  /** All of them, in the order in which they first came. @returns {Column[]} */
  take() {
    const most = [...this.#byName.values()].reduce((longest, { at }) => Math.max(longest, at.dense), 0);
    const counted = new Float64Array(most);
    for (let i = 0; i < most; i++) counted[i] = i;
    const columns = [...this.#byName].map(([name, { at, value }]) => {
      const others = this.#others.get(name);
      this.#others.delete(name);
      const absent = this.#absent.get(name)?.take();
      return {
        name,
        at: at.take(counted),
        value: value.take(),
        ...(others && { others: takeOthers(others) }),
        ...(absent && { absent }),
      };
    });
    this.#byName.clear();
    return columns;
  }
}

/** @param {{ at: Numbers, first: unknown }} others @returns {Others} */
function takeOthers({ at, first }) {
  return { at: at.take(), first };
}

/** A run without anything special. @param {string} name @param {string} source @param {Columns} columns @returns {RawRun} */
export function rawRun(name, source, columns) {
  const taken = columns.take();
  const wordy = columns.takeWordy();
  return {
    name,
    source,
    columns: taken,
    axis: 'row',
    planned: null,
    notes: [],
    facts: wordy.length > 0 ? { wordy } : {},
  };
}

/** On numbers that nothing says the place of. @param {number} numbers @param {string} missing @returns {string[]} */
export function noteUnplaced(numbers, missing) {
  return numbers > 0
    ? [`${plural(numbers, 'number')} without a ${missing} ${agree(numbers, 'was', 'were')} left aside.`]
    : [];
}

/** Words that stand for what is no number. @type {[RegExp, number][]} */
const WORDS = [
  [/^[+-]?(nan|#qnan|nan\(.*\)|1\.#(ind|qnan|snan)0*)$/i, Number.NaN],
  [/^\+?(inf|infinity|∞|1\.#inf0*)$/i, Infinity],
  [/^[-−](inf|infinity|∞|1\.#inf0*)$/i, -Infinity],
];

/** Fortran's: of a number with a point the exponent behind a D, with its sign, as no name and no code is written. */
const DOUBLE = /^([+-]?(?:\d+\.\d*|\.\d+))d([+-]\d{1,3})$/i;

/** Of "1.2k". */
const SCALED = /^([+-]?(?:\d+\.?\d*|\.\d+))([kKMB])$/;

/** What Python says of a number that is none of its own: "tensor(0.5, device='cuda:0')", "np.float32(nan)". */
const CALL = /^(?:\w+\.)?(?:tensor|array|float\d+|int\d+|Decimal)\(["']?\s*([-+.\w]+)["']?(?:,.*)?\)$/i;

/**
 * A number as logs write it, NaN and infinities included.
 *
 * @param {string} text  without blanks around
 * @returns {number | null}  null where it is none
 */
export function readValue(text) {
  if (text === '') return null;
  const value = Number(text);
  if (!Number.isNaN(value)) return value;
  for (const [pattern, meant] of WORDS) if (pattern.test(text)) return meant;
  const [, digits, power] = DOUBLE.exec(text) ?? [];
  if (digits !== undefined) return Number(`${digits}e${power}`);
  const [, scaled, scale] = SCALED.exec(text) ?? [];
  if (scaled !== undefined) return Number(scaled) * /** @type {number} */ (SCALES.get(scale.toUpperCase()));
  const [, held] = CALL.exec(text) ?? [];
  return held === undefined ? null : readValue(held);
}
