/**
 * Logs that are lines of text: whatever stands as a name before a number, in Python's dictionaries, between bars, behind
 * colons or equals signs. Lines of one program differ in their numbers only, so what stands between two numbers is taken
 * apart once and known from then on.
 */

import { Columns, rawRun, readValue } from './columns.js';
import { classify, isValidation } from './names.js';

/** Texts between numbers that are kept; free text has ever new ones. */
const KNOWN_MAX = 20_000;

/** Bytes that are made text at a time. */
const PIECE = 1 << 22;

/** A line of more letters is no line of a log. */
const LINE_MAX = 1 << 16;

/** Of terminals: colours, and what moves the cursor. */
const ESCAPE = String.fromCharCode(27);
const ESCAPES = new RegExp(`${ESCAPE}\\[[0-9;?]*[A-Za-z]`, 'g');

/** OpenMMLab's first line. */
const EPOCHS = /\bmax: (\d+) epochs\b/;

const BAR = /(\d+)%[^\d]*?(\d+)\/(\d+)\s*\[/;

/** "[12]" at the begin of a line. @type {Lead} */
const ROUND = { name: 'iter', validation: null, place: null };

/** What follows a number and is no part of a word. */
const UNIT = /^(ms|s|m|h|sec|secs|min|gb|mb|kb|g|k|b|x|it|gib|mib)\b/i;

/**
 * @typedef {object} Lead  what stands before a number
 * @property {string | null} name  the number's, where it has one
 * @property {boolean | null} validation  what the words before say, null where nothing
 * @property {'inner' | 'total' | null} place  without a name: within brackets behind an epoch, or behind a slash
 */

/**
 * @param {string} name
 * @param {Uint8Array} bytes
 * @returns {import('./columns.js').RawRun | null}  null where no line holds anything that belongs to a training
 */
export function readTextLog(name, bytes) {
  const reader = new LineReader();
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
    if (letter === 10 || letter === 13) return at;
  }
  return -1;
}

class LineReader {
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
  /** @type {Map<string, Lead>} */
  #leads = new Map();
  /** Of a line that names counters and nothing else, for lines that name none. @type {[string, number][]} */
  #carried = [];
  #names = /** @type {string[]} */ ([]);
  #values = /** @type {number[]} */ ([]);

  /** @param {string} given */
  read(given) {
    if (given.length > LINE_MAX) return;
    const line = given.includes(ESCAPE) ? given.replace(ESCAPES, '') : given;
    const count = this.#takeNumbers(line);
    if (line.includes('%')) this.#takeBar(line);
    else if (this.rows === 0 && line.includes(' epochs')) this.#epochs = Number(EPOCHS.exec(line)?.[1] ?? this.#epochs);
    if (count === 0) return;
    const kinds = this.#names.map((name) => classify(name).kind);
    if (this.#names.includes('train_runtime')) return this.#endRun();
    const isMeasured = kinds.some((kind) => kind !== null && !isCounting(kind) && kind !== 'time');
    const isCounter = kinds.map(isCounting);
    if (!isMeasured) {
      if (isCounter.every(Boolean)) this.#carried = this.#names.map((name, i) => [name, this.#values[i]]);
      return;
    }
    if (!isCounter.includes(true)) {
      for (const [name, value] of this.#carried) this.columns.add(name, this.rows, value);
    }
    for (let i = 0; i < count; i++) this.columns.add(this.#names[i], this.rows, this.#values[i]);
    this.rows++;
  }

  /** What is known besides the columns. @returns {Partial<import('./columns.js').LogFacts>} */
  facts() {
    return {
      ...(this.#starts.length > 0 && { starts: Float64Array.from(this.#starts) }),
      ...(this.#bars.length > 0 && { bars: this.#bars }),
      ...(this.#ends.length > 0 && { ends: this.#ends }),
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

  /** @param {string} line */
  #takeBar(line) {
    const [, , done, total] = BAR.exec(line) ?? [];
    if (total === undefined) return;
    const last = this.#bars[this.#bars.length - 1];
    if (last?.row === this.rows && last.total === Number(total)) last.done = Number(done);
    else this.#bars.push({ row: this.rows, done: Number(done), total: Number(total) });
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
      const value = readValue(line.slice(at, end));
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
        this.#names[count] = isBare ? `validation ${name}` : name;
        this.#values[count++] = value;
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

const NUMBER = /[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|nan(?:\(ind\))?|inf(?:inity)?)/iy;

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
  const end = at + found[0].length;
  const next = line.charCodeAt(end);
  // A time, a date, a version; a word that only begins so.
  if (next === 58 && isDigit(line.charCodeAt(end + 1)) && isDigit(letter)) return -1;
  if (next === 46 && isDigit(line.charCodeAt(end + 1))) return -1;
  if (next === 45 && isDigit(line.charCodeAt(end + 1)) && found[0].length === 4) return -1;
  if (isWordLetter(next) && !UNIT.test(line.slice(end, end + 5))) return -1;
  return end;
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

// ---- what stands before a number -----------------------------------------------------------------------------------

const ENDS = /["']?\s*[:=]*\s*["']?[[(]?\s*[<~]?$/;
const PARTS = /[,|;\t{}[\]<>]|\s-\s|:|=\s|\s{2,}(?=\S)/;
/** @param {import('./names.js').Classified['kind']} kind */
const isCounting = (kind) => kind === 'step' || kind === 'epoch';

/** A last word behind "at", or behind what a logger puts in front: a level, a module, glog's letter and date. */
const LED = /^(.*\b[Aa][Tt]|(?:[A-Z]{2,}|[A-Z]?\d+|\w+(?:\.\w+)+)(?: (?:[A-Z]{2,}|\w+(?:\.\w+)+))*) (\w+)$/;
/^(.*\bat|(?:[A-Z]{2,}|[A-Z]?\d+|\w+(?:\.\w+)+)(?: (?:[A-Z]{2,}|\w+(?:\.\w+)+))*) ([Ii]teration|[Ii]ter|[Ss]tep|[Ee]poch|global_step)$/;

/** @param {string} text @returns {Lead} */
export function readLead(text) {
  if (!/[A-Za-z]/.test(text)) {
    if (/^\s*\/\s*$/.test(text)) return { name: null, validation: null, place: 'total' };
    return { name: null, validation: null, place: /^\]?\s*[[(]\s*$/.test(text) ? 'inner' : null };
  }
  const isNamed = /["']?\s*[:=\s([]$/.test(text) || /[:=]\s*["']?[[(]?\s*$/.test(text);
  const body = text.replace(ENDS, '');
  const parts = body.split(PARTS).map((part) => part.replace(/^[\s"'`*>#:=(-]+|[\s"'`*]+$/g, ''));
  const key = parts.pop() ?? '';
  const lead = parts.join(' ');
  const [, where, last] = LED.exec(key) ?? [];
  const counter = last !== undefined && isCounting(classify(last).kind) ? last : null;
  const words = counter ? `${lead} ${where}` : lead;
  const validation = isValidation(words) ? true : /\btrain(ing)?\b/i.test(words) ? false : null;
  const name = counter ?? key;
  const isName = isNamed && /[A-Za-z]/.test(name) && name.length <= 60 && name.split(/\s+/).length <= 6;
  return { name: isName ? name : null, validation, place: null };
}
