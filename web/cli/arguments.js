/**
 * From words on the command line to options, settings and study options, by the tables alone.
 *
 * `--warmup-steps 100`, `--warmup-steps=100` and `--warmup_steps=100` are the same. Only the command's own options get
 * their values here; what a setting may be is the engine's to judge, so settings stay text.
 */

import { judgeValue } from '../engine/config/config.js';
import { flagOf } from '../engine/config/config_text.js';
import { nearestName } from '../engine/config/names.js';
import { COMMAND_FIELDS } from './command_fields.js';
import { OPTION_FIELDS } from './option_fields.js';
import { UsageError } from './usage_error.js';

/**
 * @typedef {import('../engine/config/schema_text.js').Schema} Schema
 * @typedef {import('../engine/config/schema_text.js').Field} Field
 * @typedef {import('./command_fields.js').CommandField} CommandField
 * @typedef {import('./option_field.js').OptionField} OptionField
 * @typedef {{ goesTo: 'options', field: OptionField } | { goesTo: 'settings' | 'study', field: Field }} Row
 *
 * @typedef {object} Arguments
 * @property {CommandField} command
 * @property {Record<string, any>} options  every option of the command, by name
 * @property {Record<string, string>} settings  the settings that were given, as text
 * @property {import('../engine/config/config.js').GivenConfig} base  those of the file of --config, once it was read
 * @property {Record<string, string>} study  the study's options that were given, as text
 * @property {string | null} argument  the positional argument
 * @property {string | null} subject  the one after it
 * @property {string[]} paths  of a command that takes any number of them
 * @property {string[]} notes  what the user should know of the input; filled as it is read
 * @property {() => void} sayNotes  says what is new of them on standard error: when all is judged, and work begins
 */

/** @param {string} name @returns {CommandField} */
export function findCommand(name) {
  const command = COMMAND_FIELDS.find((row) => row.name === name);
  if (command) return command;
  const names = COMMAND_FIELDS.map((row) => row.name);
  throw new UsageError(unknownName('command', name, names));
}

/**
 * @param {CommandField} command
 * @param {string[]} words  what follows the command's name
 * @param {Schema} schema
 * @param {(sentence: string) => void} [say]  on standard error
 * @returns {Arguments}
 * @throws {UsageError}
 */
export function parseArguments(command, words, schema, say = () => {}) {
  const rows = listRows(command, schema);
  /** @type {Arguments} */
  const result = {
    command,
    options: Object.fromEntries(
      listOptions(command).map(({ name, kind, default: value }) => [name, isRepeated(kind) ? [] : value]),
    ),
    settings: {},
    base: {},
    study: {},
    argument: null,
    subject: null,
    paths: [],
    notes: [],
    sayNotes: () => {
      for (const note of result.notes.splice(0)) say(note);
    },
  };
  const queue = [...words];
  /** @type {{ field: OptionField | Field, flag: string } | null} */
  let alone = null;
  while (queue.length > 0) {
    const word = /** @type {string} */ (queue.shift());
    if (!word.startsWith('--')) {
      takeArgument(result, word, alone);
      alone = null;
      continue;
    }
    const equals = word.indexOf('=');
    const flag = equals < 0 ? word : word.slice(0, equals);
    const name = flag.slice(2).replaceAll('-', '_');
    const row = rows.get(name);
    if (!row) throw new UsageError(unknownName('flag', flag, [...rows.keys()].map(flagOf)));
    const left = queue.length;
    const text = equals < 0 ? takeValue(row.field, flag, queue) : word.slice(equals + 1);
    alone = equals < 0 && queue.length === left ? { field: row.field, flag } : null;
    if (row.goesTo !== 'options') result[row.goesTo][name] = text;
    else if (row.field.kind === 'change') result.options[name].push(readChange(text));
    else if (row.field.kind === 'texts') result.options[name].push(text);
    else if (row.field.kind === 'columns' || row.field.kind === 'paths')
      result.options[name].push(text, ...takeWords(queue));
    else result.options[name] = readOption(row.field, text, flag);
  }
  return result;
}

/** @param {CommandField} command @returns {OptionField[]} */
export function listOptions(command) {
  return OPTION_FIELDS.filter(({ commands }) => commands.includes(command.name));
}

/**
 * A problem that the engine found, in the words of the command line: it names the setting, this names the flag.
 *
 * @param {{ field?: string | null, message: string }} problem
 */
export function problemError({ field, message }) {
  if (!field) return new UsageError(message);
  const flag = field === 'changes' ? '--change' : flagOf(field);
  const rest = message.startsWith(field) ? message.slice(field.length) : `: ${message}`;
  // A change names settings as such.
  if (field === 'changes') return new UsageError(`${flag}${rest}`);
  return new UsageError(`${flag}${rest.replace(/(?<=Did you mean .*)(\w+)=/g, (_, name) => `${flagOf(name)} `)}`);
}

/**
 * Every flag of a command. Later entries win: a study's option over a setting, the command's own over both.
 *
 * @param {CommandField} command
 * @param {Schema} schema
 * @returns {Map<string, Row>}
 */
function listRows(command, schema) {
  /** @type {Map<string, Row>} */
  const rows = new Map();
  if (command.settings) {
    for (const field of schema.fields) rows.set(field.name, { goesTo: 'settings', field });
  }
  if (command.table) {
    for (const field of schema[command.table]) rows.set(field.name, { goesTo: 'study', field });
  }
  for (const field of listOptions(command)) rows.set(field.name, { goesTo: 'options', field });
  return rows;
}

/**
 * @param {Arguments} result
 * @param {string} word
 * @param {{ field: OptionField | Field, flag: string } | null} alone  the flag before it, if it stood without a value: where
 *   the word is no argument, it was meant for that
 */
function takeArgument(result, word, alone) {
  if (word.startsWith('-') && word.length > 1) {
    throw new UsageError(`unknown flag ${word}: flags begin with two dashes`);
  }
  const { command } = result;
  if (command.paths) result.paths.push(word);
  else if (command.argument && result.argument === null) result.argument = word;
  else if (command.subject && result.subject === null) result.subject = word;
  else {
    if (alone) readOption(/** @type {OptionField} */ (alone.field), word, alone.flag);
    throw new UsageError(`"${word}" is one word too many: ${command.name} does not expect it`);
  }
}

/**
 * The value that follows a flag. A switch may stand alone, so it takes the next word only where that is on or off; a
 * choice likewise, only where it is one of its words.
 *
 * @param {{ kind: string, words?: string[] }} field
 * @param {string} flag
 * @param {string[]} queue
 * @returns {string}
 */
function takeValue({ kind, words }, flag, queue) {
  const [next] = queue;
  if (kind === 'flag' && (next === undefined || readSwitch(next) === undefined)) return 'on';
  if (kind === 'choice' && words && (next === undefined || !words.includes(next))) return words[0];
  if (next === undefined || next.startsWith('--')) throw new UsageError(`${flag} needs a value`);
  return /** @type {string} */ (queue.shift());
}

/** The words up to the next flag. @param {string[]} queue @returns {string[]} */
function takeWords(queue) {
  const end = queue.findIndex((word) => word.startsWith('--'));
  return queue.splice(0, end < 0 ? queue.length : end);
}

/**
 * @param {OptionField} field
 * @param {string} text
 * @param {string} flag
 */
function readOption({ kind, words, min = 0, max = Infinity }, text, flag) {
  if (kind === 'flag') {
    const value = readSwitch(text);
    if (value === undefined) throw new UsageError(`${flag} must be on or off, not "${text}"`);
    return value;
  }
  if (kind === 'int') {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    throw new UsageError(`${flag} must be a whole number between ${min} and ${max}, not "${text}"`);
  }
  if (words) {
    if (words.includes(text)) return text;
    const nearest = nearestName(text, words);
    const hint = nearest ? `. Did you mean ${nearest}?` : '';
    throw new UsageError(`${flag} must be one of ${words.join(', ')}, not "${text}"${hint}`);
  }
  if (text === '') throw new UsageError(`${flag} needs a value`);
  if (kind === 'real') return readReal(text, flag);
  if (kind === 'reals') return text.split(',').map((part) => readReal(part, flag));
  return text;
}

/** @param {string} text @param {string} flag */
function readReal(text, flag) {
  const value = text.trim() === '' ? NaN : Number(text);
  if (value > 0 && value < Infinity) return value;
  throw new UsageError(`${flag} must be a number above 0, not "${text}"`);
}

/** Words for on and off as settings have them. @param {string} text @returns {boolean | undefined} */
function readSwitch(text) {
  const judged = judgeValue(/** @type {Field} */ ({ kind: 'flag' }), text);
  return 'value' in judged ? /** @type {boolean} */ (judged.value) : undefined;
}

/** Whether an option may be given several times. @param {import('./option_field.js').OptionKind} kind */
export function isRepeated(kind) {
  return kind === 'change' || kind === 'texts' || kind === 'columns' || kind === 'paths';
}

/** A change with its setting's name as the engine knows it. @param {string} text  "400:clip-norm=2" */
function readChange(text) {
  const [, step, name, value] = /^([^:=]*):([^=]*)=(.*)$/s.exec(text) ?? [];
  return name === undefined ? text : { step, field: name.replaceAll('-', '_'), value };
}

/**
 * @param {string} kind
 * @param {string} name
 * @param {string[]} names
 */
function unknownName(kind, name, names) {
  const nearest = nearestName(name, names);
  return `unknown ${kind} ${name}${nearest ? `; did you mean ${nearest}?` : ''}`;
}
