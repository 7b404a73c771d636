/**
 * Logs that are lines of text: whatever stands as a name before a number, in Python's dictionaries, between bars, behind
 * colons or equals signs. Lines of one program differ in their numbers only, so what stands between two numbers is taken
 * apart once and known from then on.
 */

import { Columns, rawRun, readValue } from './columns.js';
import { classify, isCounting, readLead } from './names.js';

/** @typedef {import('./names.js').Lead} Lead */

/** Texts between numbers that are kept; free text has ever new ones. */
const KNOWN_MAX = 20_000;

/** Bytes that are made text at a time. */
const PIECE = 1 << 22;

/** What a bar of Keras goes back by, to be drawn again. */
const BACK = 8;

/** A line of more letters is no line of a log. */
const LINE_MAX = 1 << 16;

/** Of terminals: colours, and what moves the cursor. */
const ESCAPE = String.fromCharCode(27);
const ESCAPES = new RegExp(`${ESCAPE}\\[[0-9;?]*[A-Za-z]`, 'g');

/** OpenMMLab's first line. */
const EPOCHS = /\bmax: (\d+) epochs\b/;

const BAR = /(\d+)%[^\d]*?(\d+)\/(\d+)\s*\[/;

/** Keras's: "150/1875 [===>....] - ETA: 2s - loss: 0.4" and "150/1875 ━━━━ 2s 3ms/step - loss: 0.4". */
const KERAS_BAR = /^\s*(\d+)\/(\d+|Unknown) (?:\[[=>.]+\]|[━╸ ]*━|-|\d+s)/;

/** Above and below a table of names and numbers, and a line of it. */
const RULE = /^-{12,}$/;
const BLOCK_ROW = /^\| {1,}(\S.*?) *\| *(\S*) *\|$/;

/** Darknet's line, which names numbers behind them. */
const DARKNET = /^\s*(\d+): (-?[\d.]+|-?nan|inf), (-?[\d.]+|-?nan|inf) avg(?: loss)?, ([\d.]+) rate,/;

/** "[12]" at the begin of a line. @type {Lead} */
const ROUND = { name: 'iter', validation: null, place: null };

/** "0,5" and "0.5" behind a name: how a text writes its numbers. */
const DECIMAL_COMMA = /[\s=:]-?0,\d+(?![\d.,])/;
const DECIMAL_POINT = /[\s=:]-?\d+\.\d/;
const COMMA_WITHIN = /(\d),(?=\d)/g;

const SCALES = new Map([
  ['K', 1e3],
  ['M', 1e6],
  ['B', 1e9],
]);

/** What follows a number and is no part of a word. */
const UNIT = /^(ms|s|m|h|sec|secs|min|gb|mb|kb|g|k|b|x|it|gib|mib|[mb])\b/i;

/**
 * @param {string} name
 * @param {Uint8Array} bytes
 * @returns {import('./columns.js').RawRun | null}  null where no line holds anything that belongs to a training
 */
export function readTextLog(name, bytes) {
  const head = new TextDecoder().decode(bytes.subarray(0, LINE_MAX));
  const reader = new LineReader(DECIMAL_COMMA.test(head) && !DECIMAL_POINT.test(head));
  for (const line of linesOf(bytes)) reader.read(line);
  if (reader.rows === 0) return null;
  const run = rawRun(name, 'text', reader.columns);
  Object.assign(run.facts, reader.facts());
  if (reader.planned > 0) run.planned = reader.planned;
  return run;
}

/** Lines, and what a carriage return overwrites. @param {Uint8Array} bytes @returns {Generator<string>} */
export function* linesOf(bytes) {
  const decoder = new TextDecoder();
  let rest = '';
  for (let at = 0; at < bytes.length; at += PIECE) {
    const text = rest + decoder.decode(bytes.subarray(at, at + PIECE), { stream: true });
    let begin = 0;
    for (let end = nextBreak(text, 0); end >= 0; end = nextBreak(text, begin)) {
      if (end > begin) yield text.slice(begin, end);
      begin = end + 1;
    }
    rest = text.slice(begin);
    if (rest.length > LINE_MAX) rest = '';
  }
  rest += decoder.decode();
  if (rest) yield rest;
}

/** @param {string} text @param {number} from */
function nextBreak(text, from) {
  for (let at = from; at < text.length; at++) {
    const letter = text.charCodeAt(at);
    if (letter === 10 || letter === 13 || letter === BACK) return at;
  }
  return -1;
}

class LineReader {
  #hasCommas;
  columns = new Columns();
  rows = 0;
  planned = 0;
  #perEpoch = 0;
  #epochs = 0;
  /** @type {number[]} */
  #starts = [];
  /** @type {import('./columns.js').LogFacts['bars']} */
  #bars = [];
  /** @type {import('./columns.js').LogFacts['ends']} */
  #ends = [];
  #hasEpochBars = false;
  /** Measured names since a line that named a counter among other things. @type {Set<string>} */
  #sinceCarried = new Set();
  #isCarriedOnce = false;
  /** A table that was begun. @type {{ section: string, named: [string, number][] } | null} */
  #block = null;
  /** @type {Map<string, Lead>} */
  #leads = new Map();
  /** Of a line that names counters and nothing else, for lines that name none. @type {[string, number][]} */
  #carried = [];
  #names = /** @type {string[]} */ ([]);
  #values = /** @type {number[]} */ ([]);

  /** @param {boolean} hasCommas  decimals stand behind them */
  constructor(hasCommas) {
    this.#hasCommas = hasCommas;
  }

  /** @param {string} given */
  read(given) {
    if (given.length > LINE_MAX) return;
    const plain = given.includes(ESCAPE) ? given.replace(ESCAPES, '') : given;
    const line = this.#hasCommas ? plain.replace(COMMA_WITHIN, '$1.') : plain;
    if (this.#takeBlock(line)) return;
    let count = this.#takeNumbers(line);
    if (line.includes('%')) count = this.#takeBar(line, count);
    else if (line.includes('/')) count = this.#takeKerasBar(line, count);
    else if (line.includes(' rate,')) count = this.#takeDarknet(line, count);
    else if (this.rows === 0 && line.includes(' epochs')) this.#epochs = Number(EPOCHS.exec(line)?.[1] ?? this.#epochs);
    this.#takeRow(count);
  }

  /** What a line, or a block of lines, has named. @param {number} count */
  #takeRow(count) {
    if (count === 0) return;
    const kinds = this.#names.map((name) => classify(name).kind);
    if (this.#names.includes('train_runtime')) return this.#endRun();
    const isMeasured = kinds.some((kind) => kind !== null && !isCounting(kind) && kind !== 'time');
    const isCounter = kinds.map(isCounting);
    if (!isMeasured) return this.#carry(isCounter);
    if (!isCounter.includes(true)) this.#addCarried(kinds);
    else this.#renewCarried(kinds);
    for (let i = 0; i < count; i++) this.columns.add(this.#names[i], this.rows, this.#values[i]);
    this.rows++;
  }

  /** What is known besides the columns. @returns {Partial<import('./columns.js').LogFacts>} */
  facts() {
    return {
      ...(this.#starts.length > 0 && { starts: Float64Array.from(this.#starts) }),
      ...(this.#bars.length > 0 && { bars: this.#bars }),
      ...(this.#ends.length > 0 && { ends: this.#ends }),
      ...(this.#hasEpochBars && { hasEpochBars: true }),
      ...(this.#perEpoch > 0 && { perEpoch: this.#perEpoch }),
      ...(this.#epochs > 0 && { epochs: this.#epochs }),
    };
  }

  /** The summary that Hugging Face prints behind a run. */
  #endRun() {
    const said = Object.fromEntries(this.#names.map((name, i) => [name, this.#values[i]]));
    const steps = Math.round(said.train_runtime * said.train_steps_per_second);
    if (said.epoch > 0 && steps > 0) this.#ends.push({ row: this.rows, epoch: said.epoch, steps });
    this.#starts.push(this.rows);
  }

  /**
   * A table of a name and a number a line between two rules, as Stable-Baselines3 prints it: all of it is one row.
   *
   * @param {string} line @returns {boolean}  whether the line belongs to one
   */
  #takeBlock(line) {
    if (!this.#block) {
      this.#block = RULE.test(line) ? { section: '', named: [] } : null;
      return this.#block !== null;
    }
    const [, name, number] = BLOCK_ROW.exec(line) ?? [];
    if (name === undefined) {
      const { named } = this.#block;
      this.#block = RULE.test(line) ? { section: '', named: [] } : null;
      this.#names = named.map(([each]) => each);
      this.#values = named.map(([, value]) => value);
      this.#takeRow(named.length);
      return RULE.test(line) && named.length > 0;
    }
    const value = readValue(number);
    if (name.endsWith('/')) this.#block.section = name;
    else if (value !== null) this.#block.named.push([`${this.#block.section}${name}`, value]);
    return true;
  }

  /** Counters of a line that measures nothing: the next lines' may be theirs. @param {boolean[]} isCounter */
  #carry(isCounter) {
    const named = this.#names.map((name, i) => /** @type {[string, number]} */ ([name, this.#values[i]]));
    const counters = named.filter((_, i) => isCounter[i]);
    const areAll = counters.length === named.length;
    if (!areAll && !counters.some(([name]) => classify(name).kind === 'step')) return;
    this.#carried = counters;
    this.#isCarriedOnce = !areAll;
    this.#sinceCarried.clear();
  }

  /** @param {import('./names.js').Classified['kind'][]} kinds */
  #addCarried(kinds) {
    if (this.#isCarriedOnce) {
      // A counter in a sentence is that of the lines behind it, until one comes again.
      if (this.#names.some((name, i) => kinds[i] !== null && this.#sinceCarried.has(name))) this.#carried = [];
      for (const name of this.#names) this.#sinceCarried.add(name);
    }
    for (const [name, value] of this.#carried) this.columns.add(name, this.rows, value);
  }

  /** A line that names its own step is behind the one that was carried. @param {import('./names.js').Classified['kind'][]} kinds */
  #renewCarried(kinds) {
    const at = kinds.indexOf('step');
    if (at < 0) return;
    for (const counter of this.#carried) if (classify(counter[0]).kind === 'step') counter[1] = this.#values[at];
  }

  /** Another name and number of the line. @param {number} count @param {string} name @param {number} value */
  #put(count, name, value) {
    this.#names[count] = name;
    this.#values[count] = value;
    return count + 1;
  }

  /** @param {string} line @param {number} count @returns {number}  of names */
  #takeKerasBar(line, count) {
    const [, done, total] = KERAS_BAR.exec(line) ?? [];
    const epoch = this.#carried.find(([name]) => classify(name).kind === 'epoch');
    if (total === undefined || !epoch) return count;
    if (done !== total) this.#hasEpochBars = true;
    return this.#put(this.#put(count, epoch[0], epoch[1]), 'iter', Number(done));
  }

  /** @param {string} line @param {number} count @returns {number}  of names */
  #takeDarknet(line, count) {
    const said = DARKNET.exec(line);
    if (!said) return count;
    this.#names.length = 0;
    const [step, loss, average, rate] = said.slice(1).map((text) => readValue(text) ?? Number.NaN);
    const named = { step, loss, 'avg loss': average, lr: rate };
    return Object.entries(named).reduce((n, [name, value]) => this.#put(n, name, value), 0);
  }

  /** @param {string} line @param {number} count @returns {number}  of names, one more where the bar stands in a row */
  #takeBar(line, count) {
    const [, , done, total] = BAR.exec(line) ?? [];
    if (total === undefined) return count;
    const kinds = this.#names.slice(0, count).map((name) => classify(name).kind);
    if (kinds.includes('loss') && !kinds.includes('step')) {
      if (!kinds.includes('epoch')) this.planned = Math.max(this.planned, Number(total));
      return this.#put(count, 'step', Number(done));
    }
    const last = this.#bars[this.#bars.length - 1];
    if (last?.row === this.rows && last.total === Number(total)) last.done = Number(done);
    else this.#bars.push({ row: this.rows, done: Number(done), total: Number(total) });
    return count;
  }

  /** The names and numbers of a line. @param {string} line @returns {number}  how many have a name */
  #takeNumbers(line) {
    this.#names.length = 0;
    this.#values.length = 0;
    let between = 0;
    let count = 0;
    let validation = false;
    /** What the number before was. */
    let before = '';
    for (let at = 0; at < line.length; ) {
      const end = numberEnd(line, at);
      if (end < 0) {
        at = skipWord(line, at);
        continue;
      }
      const written = line.slice(at, end);
      const value = readValue(written.includes(',') ? written.replaceAll(',', '') : written);
      if (value === null) {
        at = end;
        continue;
      }
      const isFirst = count === 0 && between === 0 && line[end] === ']' && line.slice(0, at).trim() === '[';
      const { name, validation: said, place } = isFirst ? ROUND : this.#leadOf(line.slice(between, at));
      // "Train: 3 [ 50/1251" names no epoch, but means it.
      if (place === 'inner' && count > 0 && /^train(ing)?$/i.test(this.#names[count - 1])) {
        this.#names[count - 1] = 'epoch';
        before = 'epoch';
      }
      if (said !== null) validation = said;
      if (name !== null) {
        const { kind, split } = classify(name);
        const isBare = validation && split === null && kind !== null && !isCounting(kind);
        before = kind ?? '';
        // "Steps: 20%|██" is a share of them.
        if (line[end] !== '%' || !isCounting(kind)) {
          this.#names[count] = isBare ? `validation ${name}` : name;
          this.#values[count++] = value * (kind === null || kind === 'time' ? 1 : scaleBehind(line, end));
        }
      } else if (place === 'inner' && before === 'epoch') {
        before = 'inner';
        this.#names[count] = 'iter';
        this.#values[count++] = value;
      } else if (place === 'total') {
        if (before === 'step' && !validation) this.planned = Math.max(this.planned, value);
        else if (before === 'inner' && !validation) this.#perEpoch = Math.max(this.#perEpoch, value);
        else if (before === 'epoch') this.#epochs = Math.max(this.#epochs, value);
        before = '';
      } else before = '';
      at = end;
      between = end + unitLength(line, end);
    }
    return count;
  }

  /** @param {string} text @returns {Lead} */
  #leadOf(text) {
    let lead = this.#leads.get(text);
    if (!lead) {
      lead = readLead(text);
      if (this.#leads.size < KNOWN_MAX) this.#leads.set(text, lead);
    }
    return lead;
  }
}

// ---- numbers -------------------------------------------------------------------------------------------------------

/** @param {number} letter */
function isWordLetter(letter) {
  return (
    (letter >= 97 && letter <= 122) || (letter >= 65 && letter <= 90) || (letter >= 48 && letter <= 57) || letter === 95
  );
}

const NUMBER =
  /[-+]?(?:\d{1,3}(?:,\d{3})+(?![\d,])(?:\.\d+)?|(?:\d+\.\d*|\.\d+)[dD][-+]\d+|\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|nan(?:\(ind\))?|inf(?:inity)?)/iy;

/**
 * Where a number that begins here ends; -1 where none does.
 *
 * @param {string} line @param {number} at
 */
function numberEnd(line, at) {
  const letter = line.charCodeAt(at);
  const isStart =
    (letter >= 48 && letter <= 57) ||
    letter === 45 ||
    letter === 43 ||
    letter === 46 ||
    (letter | 32) === 110 ||
    (letter | 32) === 105;
  if (!isStart) return -1;
  NUMBER.lastIndex = at;
  const found = NUMBER.exec(line);
  if (!found) return -1;
  // "[1,200]" is two numbers.
  const isPair = found[0].includes(',') && /[[(]/.test(line[at - 1] ?? '');
  const end = at + (isPair ? found[0].indexOf(',') : found[0].length);
  const next = line.charCodeAt(end);
  // A time, a date, a version; a word that only begins so.
  if (next === 58 && isDigit(line.charCodeAt(end + 1)) && isDigit(letter)) return -1;
  if (next === 46 && isDigit(line.charCodeAt(end + 1))) return -1;
  if (next === 45 && isDigit(line.charCodeAt(end + 1)) && found[0].length === 4) return -1;
  if (isWordLetter(next) && !UNIT.test(line.slice(end, end + 5))) return -1;
  return end;
}

/** Of "1.2K" and "3M". @param {string} line @param {number} end */
function scaleBehind(line, end) {
  const scale = SCALES.get(line[end]?.toUpperCase() ?? '');
  return scale !== undefined && !isWordLetter(line.charCodeAt(end + 1)) ? scale : 1;
}

/** Letters of the unit behind a number: they are no name of the next. @param {string} line @param {number} end */
function unitLength(line, end) {
  return isWordLetter(line.charCodeAt(end)) ? (UNIT.exec(line.slice(end, end + 5))?.[0].length ?? 0) : 0;
}

/** @param {number} letter */
function isDigit(letter) {
  return letter >= 48 && letter <= 57;
}

/** Past a word with all that hangs on it, so that no number is found within. @param {string} line @param {number} at */
function skipWord(line, at) {
  if (!isWordLetter(line.charCodeAt(at))) return at + 1;
  while (at < line.length) {
    const letter = line.charCodeAt(at);
    const next = line.charCodeAt(at + 1);
    const hangsOn =
      (letter === 46 || letter === 45 || letter === 43 || letter === 58 || letter === 47) && isWordLetter(next);
    // "s:0" is a name and its number, "12:03" a time.
    if (letter === 58 && !isDigit(line.charCodeAt(at - 1))) return at + 1;
    if (!isWordLetter(letter) && !hangsOn) return at;
    at++;
  }
  return at;
}
