/**
 * A command line that trains, as text in lines: `trainscope train`, then a flag a line. A shell takes what is written
 * here, and what a shell takes is read here, with the line of whatever is wrong.
 */

import { CHANGES, parseChanges, parseSettings } from './config.js';
import { flagOf } from './config_text.js';
import { plainText, shorten, unknownName } from './names.js';
import { READING_FIELDS } from './reading_fields.js';
import { readingFromParts } from './reading_text.js';
import { FIELD_BY_NAME } from './schema.js';

/**
 * @typedef {import('./config.js').Config} Config
 * @typedef {import('./reading_fields.js').Reading} Reading
 * @typedef {{ line: number, field: string | null, message: string }} LineProblem
 * @typedef {{ text: string, line: number }} Word
 *
 * @typedef {object} Experiment
 * @property {Config} config
 * @property {Reading} reading
 * @property {string | null} data  what --data names
 * @property {string | null} weights  what --weights names
 * @property {Map<string, number>} lines  of settings and the other flags that are written, by name
 * @property {LineProblem[]} problems
 */

/** What the command is called, on the way from a shell or a checkout. */
const COMMAND = [/^(\S*\/)?node(\.exe)?$/, /^(\S*\/)?(npx|trainscope|cli\.js)$/, /^train$/];

/** Flags beside the settings that say what is trained. */
const NAMES = ['data', 'weights'];

/** The command in lines, of which a shell makes one. @param {string[]} flags  "--lr 0.1" each */
export function joinFlags(flags) {
  return ['trainscope train', ...flags].join(' \\\n  ');
}

/**
 * The words of a text as a shell parts them.
 *
 * @param {string} text
 * @returns {{ words: Word[], problem: LineProblem | null }}
 */
function splitWords(text) {
  /** @type {Word[]} */
  const words = [];
  const token = /\\\r?\n|\s+|#[^\n]*|((?:[^\s\\'"]|\\(?!\r?\n)[\s\S]?|'[^']*'|"(?:[^"\\]|\\[\s\S])*")+)|['"]/gu;
  let line = 1;
  for (const [part, word] of text.matchAll(token)) {
    if (word !== undefined) words.push({ text: unquote(word), line });
    else if (part === "'" || part === '"') {
      const message = `A ${part} opens here and is never closed.`;
      return { words, problem: { line, field: null, message } };
    }
    line += part.split('\n').length - 1;
  }
  return { words, problem: null };
}

/** @param {string} word  with its quotes and backslashes */
function unquote(word) {
  return word.replace(/\\([\s\S]?)|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"/g, (_, escaped, single, double) =>
    single !== undefined ? single : double !== undefined ? double.replace(/\\([\s\S])/g, '$1') : escaped,
  );
}

/**
 * What a command trains. Every line is judged, and what is wrong stands in `problems`, the first line first; rules
 * between settings and the model's text are the engine's to judge.
 *
 * @param {string} text
 * @returns {Experiment}
 */
export function readExperiment(text) {
  const { words, problem } = splitWords(text);
  /** @type {LineProblem[]} */
  const problems = [];
  /** @type {Map<string, number>} */
  const lines = new Map();
  /** @type {Record<string, string>} */
  const named = {};
  /** @type {Record<string, string>} */
  const settings = {};
  /** @type {string[]} */
  const parts = [];
  /** @type {string[]} */
  const changes = [];
  while (words.length > 0 && COMMAND.some((name) => name.test(words[0].text))) words.shift();
  while (words.length > 0) {
    const { text: word, line } = /** @type {Word} */ (words.shift());
    const complain = (/** @type {string | null} */ field, /** @type {string} */ message) =>
      problems.push({ line, field, message });
    if (!word.startsWith('--')) {
      complain(null, `“${shorten(word)}” stands alone: a flag begins with two dashes, such as ${flagOf('lr')} 0.1.`);
      continue;
    }
    const [, flag, given] = /** @type {RegExpExecArray} */ (/^--([^=]*)(?:=([\s\S]*))?$/.exec(word));
    const name = flag.replaceAll('-', '_').toLowerCase();
    const field = FIELD_BY_NAME.get(name);
    const reading = READING_FIELDS.find((row) => row.name === name);
    if (!field && !reading && name !== 'change' && !NAMES.includes(name)) {
      const known = [...FIELD_BY_NAME.keys(), ...READING_FIELDS.map((row) => row.name), ...NAMES, 'change'];
      complain(null, `There is no flag ${unknownName(word, known.map(flagOf))}`);
      if (given === undefined && words.length > 0 && !words[0].text.startsWith('--')) words.shift();
      continue;
    }
    const isSwitch = field?.kind === 'flag' || reading?.kind === 'flag';
    const value = given ?? takeValue(words, isSwitch);
    if (value === null) {
      complain(name, `${flagOf(name)} needs a value.`);
      continue;
    }
    lines.set(name === 'change' ? CHANGES : name, line);
    /** @type {import('./config.js').Problem[]} */
    let found = [];
    if (field) {
      found = parseSettings({ [name]: value }).problems;
      settings[name] = value;
    } else if (name === 'change') {
      const change = value.replace(/:([^=]*)/, (_, setting) => `:${setting.replaceAll('-', '_')}`);
      parseChanges([change], found);
      changes.push(change);
    } else if (reading) {
      const values = reading.kind === 'columns' ? [value, ...takeWords(words)] : [value];
      const written = values.map((one) => `${name}=${encodeURIComponent(one)}`);
      if (readingFromParts(written).refused.length > 0)
        complain(name, `${flagOf(name)} cannot be “${shorten(value)}”.`);
      parts.push(`${name}=${encodeURIComponent(values.join(','))}`);
    } else named[name] = value;
    for (const { field: about, message } of found) complain(about, message);
  }
  if (problem) problems.unshift(problem);
  if (named.data !== undefined && (settings.dataset ?? 'custom') !== 'custom') {
    const message = `--data means data of your own, and --dataset ${shorten(settings.dataset)} stands there too.`;
    problems.push({ line: lines.get('data') ?? 1, field: 'dataset', message });
  }
  const whole = named.data === undefined ? settings : { ...settings, dataset: 'custom' };
  const { config } = parseSettings(problems.length > 0 ? {} : { ...whole, changes });
  return {
    config,
    reading: readingFromParts(parts).reading,
    data: named.data === undefined ? null : plainText(named.data),
    weights: named.weights === undefined ? null : plainText(named.weights),
    lines,
    problems: problems.sort((a, b) => a.line - b.line),
  };
}

/** The value after a flag; a switch may stand alone. @param {Word[]} words @param {boolean} isSwitch @returns {string | null} */
function takeValue(words, isSwitch) {
  const [next] = words;
  const isValue = next !== undefined && !next.text.startsWith('--');
  if (isSwitch && !(isValue && /^(on|off|true|false|1|0)$/.test(next.text))) return 'on';
  if (!isValue) return null;
  words.shift();
  return next.text;
}

/** The words up to the next flag. @param {Word[]} words @returns {string[]} */
function takeWords(words) {
  const end = words.findIndex(({ text }) => text.startsWith('--'));
  return words.splice(0, end < 0 ? words.length : end).map(({ text }) => text);
}
