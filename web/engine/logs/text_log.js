/**
 * Logs that are lines of text: whatever stands as a name before a number, in Python's dictionaries, between bars, behind
 * colons or equals signs. Lines of one program differ in their numbers only, so what stands between two numbers is taken
 * apart once and known from then on.
 */

import { Columns, rawRun, readValue } from './columns.js';
import { classify, isCounting, isSplitOf, readLead } from './names.js';
import { Blocks } from './text/blocks.js';
import { counterAtHead, isInner } from './text/counters.js';
import { numberEnd, scaleBehind, skipWord, unitLength } from './text/numbers.js';
import { OddWords } from './text/odd_words.js';
import { Tables } from './text/tables.js';

/**
 * @typedef {import('./text/odd_words.js').OddWord} OddWord
 * @typedef {import('./text/odd_words.js').Spot} Spot
 * @typedef {import('./names.js').Lead & { spot?: Spot | null }} Lead
 */

/** Texts between numbers that are kept; free text has ever new ones. */
const KNOWN_MAX = 20_000;

/** Bytes that are made text at a time. */
const PIECE = 1 << 22;

/** What a bar of Keras goes back by, to be drawn again. */
const BACK = 8;

/** A line of more letters is no line of a log. */
const LINE_MAX = 1 << 16;

/** Of terminals: colours, and what moves the cursor. */
export const ESCAPE = String.fromCharCode(27);
const ESCAPES = new RegExp(`${ESCAPE}\\[[0-9;?]*[A-Za-z]`, 'g');

/** OpenMMLab's first line. */
const EPOCHS = /\bmax: (\d+) epochs\b/;

const BAR = /(\d+)%[^\d]*?(\d+)\/(\d+)\s*\[/;
/** The same, which may be in thousands; beside a loss only, as downloads have such bars. */
const SCALED_BAR = /\d%[^\d]*?([\d.]+[kM]?)\/([\d.]+[kM]?)\s*\[/;

/** Keras's: "150/1875 [===>....] - ETA: 2s - loss: 0.4" and "150/1875 ━━━━ 2s 3ms/step - loss: 0.4". */
const KERAS_BAR = /^\s*(\d+)\/(\d+|Unknown) (?:\[[=>.]+\]|[━╸ ]*━|-|\d+s)/;

/** @type {OddWord[]} */
const NONE = [];

/** What plays a role. @type {Set<import('./names.js').Kind>} */
const ROLES = new Set(['loss', 'lr', 'grad_norm', 'perplexity', 'reward']);

/** Darknet's line, which names numbers behind them. */
const DARKNET = /^\s*(\d+): (-?[\d.]+|-?nan|inf), (-?[\d.]+|-?nan|inf) avg(?: loss)?, ([\d.]+) rate,/;

/** The line behind "Test Error:" is of a validation, and all that stand between PaddlePaddle's "Eval begin..." and "Eval samples". */
const HEADING = /^\s*(?:test|testing|eval|evaluation|validation)(?: \w+)?:\s*$/i;
const EVAL_BEGINS = /^Eval begin\.\.\./;
const EVAL_ENDS = /^(?:Eval samples|Epoch)\b/;

/** A line of a step, what it was measured on, and a number, as llm.c's scripts and build-nanogpt write them. */
const BARE = /^(\d+) (train|val) ([-+.\de]+|-?nan|-?inf)$/i;

/** "0,5" and "0.5" behind a name: how a text writes its numbers. */
const DECIMAL_COMMA = /[\s=:]-?0,\d+(?![\d.,])/;
const DECIMAL_POINT = /[\s=:]-?\d+\.\d/;
const COMMA_WITHIN = /(\d),(?=\d)/g;

/**
 * @param {string} name
 * @param {Uint8Array} bytes
 * @returns {import('./columns.js').RawRun | null}  null where no line holds anything that belongs to a training
 */
export function readTextLog(name, bytes) {
  const head = new TextDecoder().decode(bytes.subarray(0, LINE_MAX));
  const reader = new LineReader(DECIMAL_COMMA.test(head) && !DECIMAL_POINT.test(head));
  for (const line of linesOf(bytes)) reader.read(line);
  reader.end();
  if (reader.rows === 0) return null;
  const run = rawRun(name, 'text', reader.columns);
  Object.assign(run.facts, reader.facts());
  if (reader.planned > 0) run.planned = reader.planned;
  if (reader.isBare)
    run.notes.push('Its lines are a step, "train" or "val" and a number without a name, which was taken for the loss.');
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
  #isRounded = false;
  /** Measured names since a line that named a counter among other things. @type {Set<string>} */
  #sinceCarried = new Set();
  #isCarriedOnce = false;
  #blocks = new Blocks();
  /** @type {Map<string, Lead>} */
  #leads = new Map();
  /** Of a line that names counters and nothing else, for lines that name none. @type {[string, number][]} */
  #carried = [];
  #names = /** @type {string[]} */ ([]);
  #values = /** @type {number[]} */ ([]);
  #odd = new OddWords();
  #tables = new Tables();
  /** Whether lines are of a validation, as one before them says. */
  #isEval = false;
  #isBelowHeading = false;
  /** Losses came without a name. */
  isBare = false;
  /** The last end of a line in which no word stands in such a place. */
  #plainTail = '';
  /** Of the line: what stands in the places of numbers. @type {OddWord[]} */
  #words = NONE;

  /** @param {boolean} hasCommas  decimals stand behind them */
  constructor(hasCommas) {
    this.#hasCommas = hasCommas;
  }

  /** @param {string} given */
  read(given) {
    if (given.length > LINE_MAX) return;
    const plain = given.includes(ESCAPE) ? given.replace(ESCAPES, '') : given;
    const line = this.#hasCommas ? plain.replace(COMMA_WITHIN, '$1.') : plain;
    if (this.#takeBlock(line) || this.#takeTable(line)) return;
    if (this.#isEval && EVAL_ENDS.test(line)) this.#isEval = false;
    let count = this.#takeBare(line) || this.#takeNumbers(line);
    this.#isBelowHeading = count === 0 && HEADING.test(line);
    if (count === 0 && EVAL_BEGINS.test(line)) this.#isEval = true;
    if (line.includes('%')) count = this.#takeBar(line, count);
    else if (line.includes('/')) count = this.#takeKerasBar(line, count);
    else if (line.includes(' rate,')) count = this.#takeDarknet(line, count);
    else if (this.rows === 0 && line.includes(' epochs')) this.#epochs = Number(EPOCHS.exec(line)?.[1] ?? this.#epochs);
    this.#takeRow(count);
  }

  /** What is known only now that no line follows. */
  end() {
    this.#takeTableRows(true);
  }

  /** @param {string} line @returns {boolean}  whether it belongs to a table with blanks between its columns */
  #takeTable(line) {
    const isIts = this.#tables.take(line);
    this.#takeTableRows(false);
    return isIts;
  }

  /** @param {boolean} isEnd */
  #takeTableRows(isEnd) {
    for (const row of this.#tables.takeRows(isEnd)) this.#takeNamed(row, NONE);
    this.#epochs = Math.max(this.#epochs, this.#tables.epochs);
  }

  /** A row that several lines made, or one of a table. @param {[string, number][]} named @param {OddWord[]} words */
  #takeNamed(named, words) {
    this.#names = named.map(([name]) => name);
    this.#values = named.map(([, value]) => value);
    this.#words = words;
    this.#takeRow(named.length);
  }

  /** @param {string} line @returns {number}  of names */
  #takeBare(line) {
    const [, step, split, said] = BARE.exec(line) ?? [];
    const value = step === undefined ? null : readValue(said);
    if (value === null) return 0;
    this.#names.length = 0;
    this.#words = NONE;
    this.isBare = true;
    return this.#put(this.#put(0, 'step', Number(step)), `${split} loss`, value);
  }

  /** What a line, or a block of lines, has named. @param {number} count */
  #takeRow(count) {
    if (count === 0 && this.#words.length === 0) return;
    const kinds = this.#names.map((name) => classify(name).kind);
    if (this.#names.includes('train_runtime')) return this.#endRun();
    const isMeasured =
      this.#words.length > 0 || kinds.some((kind) => kind !== null && !isCounting(kind) && kind !== 'time');
    const isCounter = kinds.map(isCounting);
    if (!isMeasured) return this.#carry(isCounter);
    if (!isCounter.includes(true)) this.#addCarried(kinds);
    else this.#renewCarried(kinds);
    for (let i = 0; i < count; i++) this.columns.add(this.#names[i], this.rows, this.#values[i]);
    for (const { name, held } of this.#words) this.columns.addWord(name, this.rows, held);
    this.rows++;
  }

  /** What is known besides the columns. @returns {Partial<import('./columns.js').LogFacts>} */
  facts() {
    return {
      ...(this.#starts.length > 0 && { starts: Float64Array.from(this.#starts) }),
      ...(this.#bars.length > 0 && { bars: this.#bars }),
      ...(this.#ends.length > 0 && { ends: this.#ends }),
      ...(this.#hasEpochBars && { hasEpochBars: true }),
      ...(this.#isRounded && { isRounded: true }),
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

  /** @param {string} line @returns {boolean}  whether it belongs to a block */
  #takeBlock(line) {
    const isIts = this.#blocks.take(line);
    const block = this.#blocks.done;
    if (!block) return isIts;
    this.#blocks.done = null;
    this.#takeNamed(block.named, block.words);
    return isIts;
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

  /**
   * A line that names its own step is behind the one that was carried, and within the epoch.
   *
   * @param {import('./names.js').Classified['kind'][]} kinds
   */
  #renewCarried(kinds) {
    const at = kinds.indexOf('step');
    if (at < 0) return;
    for (const counter of this.#carried) {
      const { kind } = classify(counter[0]);
      if (kind === 'step') counter[1] = this.#values[at];
      // "Epochs: 10" is a setting.
      else if (!this.#isCarriedOnce && !kinds.includes('epoch') && !/epochs/i.test(counter[0]))
        this.columns.add(counter[0], this.rows, counter[1]);
    }
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
    const kinds = this.#names.slice(0, count).map((name) => classify(name).kind);
    if (kinds.includes('loss') && !kinds.includes('step')) {
      const [, said = '', of = ''] = SCALED_BAR.exec(line) ?? [];
      const [done, total] = [readValue(said), readValue(of)];
      if (done === null || total === null) return count;
      this.#isRounded ||= /[kM]/.test(said);
      if (!kinds.includes('epoch')) this.planned = Math.max(this.planned, total);
      return this.#put(count, 'step', done);
    }
    const [, , done, total] = BAR.exec(line) ?? [];
    if (total === undefined) return count;
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
    let validation = this.#isEval || this.#isBelowHeading;
    /** What the number before was. */
    let before = '';
    this.#words = NONE;
    /** The place of the number before, if that plays a role. @type {Spot | null} */
    let spot = null;
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
      const text = line.slice(between, at);
      const { length } = this.#words;
      /** @type {Lead} */
      const lead = counterAtHead(line, at, end) ?? this.#leadOf(text, between === 0);
      const { validation: said, place } = lead;
      const name =
        before === 'loss' && lead.name !== null && isSplitOf(lead.name, this.#names[count - 1])
          ? `${lead.name} loss`
          : lead.name;
      if (this.#words.length === length) spot?.follow(text);
      spot = null;
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
          const scale = kind === null || kind === 'time' ? 1 : scaleBehind(line, end);
          if (scale > 1 && kind === 'step') this.#isRounded = true;
          this.#values[count++] = value * scale;
          if (kind !== null && ROLES.has(kind)) {
            spot = lead.spot === undefined ? this.#openSpot(lead, text, between === 0) : lead.spot;
            if (spot) spot.name = this.#names[count - 1];
          }
        }
      } else if (isInner(line, end, { place, text, before, names: this.#names })) {
        before = 'inner';
        count = this.#put(count, 'iter', value);
      } else if (place === 'total') {
        const total = value * scaleBehind(line, end);
        if (before === 'step' && !validation) this.planned = Math.max(this.planned, total);
        else if (before === 'inner' && !validation) this.#perEpoch = Math.max(this.#perEpoch, total);
        else if (before === 'epoch') this.#epochs = Math.max(this.#epochs, total);
        before = before === 'epoch' ? 'epochs' : '';
      } else before = '';
      at = end;
      between = end + unitLength(line, end);
    }
    const tail = line.slice(between);
    if (tail === '' || tail === this.#plainTail || !this.#readTail(tail, between === 0)) spot?.end(tail);
    return count;
  }

  /** @param {string} text @param {boolean} isStart  the line begins so @returns {Lead} */
  #leadOf(text, isStart) {
    const known = this.#leads.get(text);
    if (known) return known;
    const odd = this.#odd.find(text, { isStart, isEnd: false });
    if (odd) {
      this.#words = [...this.#words, ...odd.words];
      return { ...readLead(odd.rest), spot: null };
    }
    const lead = readLead(text);
    if (this.#leads.size < KNOWN_MAX) this.#leads.set(text, lead);
    return lead;
  }

  /** @param {string} tail  behind the last number @param {boolean} isStart  there is none @returns {boolean}  whether a word stands in it */
  #readTail(tail, isStart) {
    const odd = this.#odd.find(tail, { isStart, isEnd: true });
    if (odd) this.#words = [...this.#words, ...odd.words];
    else this.#plainTail = tail;
    return odd !== null;
  }

  /** @param {Lead} lead @param {string} text  that it was read from @param {boolean} isStart */
  #openSpot(lead, text, isStart) {
    const { spot, isNew } = this.#odd.spotOf(text, isStart);
    lead.spot = spot;
    // What was read before may hold a word that stands there.
    if (isNew) {
      this.#leads.clear();
      this.#plainTail = '';
    }
    return spot;
  }
}
