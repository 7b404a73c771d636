/**
 * Data of tokens as callers give them: samples of T + 1 ids each, or a text, whose characters are the tokens and whose
 * windows are the samples.
 */

import { describeValue, isList } from '../config/names.js';
import { isArrayOf, readList } from '../core/arguments.js';
import { TrainerError } from '../core/errors.js';

/**
 * @typedef {object} TokenSamples
 * @property {Uint8Array} tokens  [samples][length + 1] ids: the first `length` of a sample are its inputs, the last its
 *   targets
 *
 * @typedef {object} TokenInput
 * @property {Uint8Array} tokens
 * @property {number} length  T, inputs of a sample
 * @property {number} vocabulary  2 … 256 ids, from 0
 * @property {number} [scoredFrom]  the first of the T positions whose prediction is scored; 0, all, where it is left out
 * @property {string[]} [symbols]  how each id is written
 * @property {TokenSamples | null} [validation]
 *
 * @typedef {object} TextInput
 * @property {string} text  whose distinct characters are the vocabulary, 2 … 256
 * @property {number} context  characters of a window; every position is scored
 * @property {{ text: string } | null} [validation]
 *
 * @typedef {object} TokenData  judged
 * @property {number} length
 * @property {number} vocabulary
 * @property {number} scoredFrom
 * @property {string[] | null} symbols
 * @property {{ train: number, val: number }} stride  from one sample to the next
 * @property {{ ids: Uint8Array, count: number }} train
 * @property {{ ids: Uint8Array, count: number } | null} val
 */

const VOCABULARY_MAX = 256;
const LENGTH_MAX = 1 << 16;

/** @param {string} field @param {string} message */
function refuse(field, message) {
  return new TrainerError('data', field, message);
}

/** Whether what a caller gave is tokens or a text. @param {object} input @returns {input is TokenInput | TextInput} */
export function isTokenInput(input) {
  return 'tokens' in input || 'text' in input;
}

/**
 * @param {TokenInput | TextInput} input
 * @returns {TokenData}
 * @throws {TrainerError} where anything does not fit together
 */
export function judgeTokens(input) {
  return 'text' in input ? judgeText(input) : judgeIds(input);
}

/** @param {TokenInput} input @returns {TokenData} */
function judgeIds(input) {
  const { tokens, length, vocabulary, scoredFrom = 0, symbols, validation } = input;
  judgeWhole('length', length, 1, LENGTH_MAX);
  judgeWhole('vocabulary', vocabulary, 2, VOCABULARY_MAX);
  judgeWhole('scoredFrom', scoredFrom, 0, length - 1);
  return {
    length,
    vocabulary,
    scoredFrom,
    symbols: judgeSymbols(symbols, vocabulary),
    stride: { train: length + 1, val: length + 1 },
    train: judgeSamples(tokens, 'tokens', { length, vocabulary }),
    val: validation ? judgeSamples(validation.tokens, 'validation.tokens', { length, vocabulary }) : null,
  };
}

/** @param {unknown} tokens @param {string} name @param {{ length: number, vocabulary: number }} layout */
function judgeSamples(tokens, name, { length, vocabulary }) {
  if (!isArrayOf(tokens, Uint8Array)) throw refuse(name, `${name} must be a Uint8Array.`);
  const each = length + 1;
  if (tokens.length === 0 || tokens.length % each !== 0) {
    const wanted = `a multiple of ${each}: a sample is length + 1 ids`;
    throw refuse(name, `${name} has ${tokens.length} ids, but needs ${wanted}.`);
  }
  const wrong = tokens.findIndex((id) => id >= vocabulary);
  if (wrong >= 0) {
    const range = `with a vocabulary of ${vocabulary} ids run from 0 to ${vocabulary - 1}`;
    throw refuse(name, `${name}[${wrong}] is ${tokens[wrong]}, but ${range}.`);
  }
  return { ids: tokens, count: tokens.length / each };
}

/** @param {unknown} symbols @param {number} vocabulary */
function judgeSymbols(symbols, vocabulary) {
  if (symbols === undefined || symbols === null) return null;
  const list = isList(symbols) ? readList('symbols', symbols) : null;
  if (!list?.every((symbol) => typeof symbol === 'string')) throw refuse('symbols', 'symbols must be a list of texts.');
  if (list.length !== vocabulary) {
    throw refuse('symbols', `symbols has ${list.length} entries, but the vocabulary has ${vocabulary} ids.`);
  }
  return /** @type {string[]} */ (list);
}

/** @param {string} name @param {unknown} value @param {number} min @param {number} max */
function judgeWhole(name, value, min, max) {
  if (Number.isInteger(value) && Number(value) >= min && Number(value) <= max) return;
  throw refuse(name, `${name} must be a whole number between ${min} and ${max}, not ${describeValue(value)}.`);
}

// ---- text ----------------------------------------------------------------------------------------------------------

/**
 * Every window of the training text is a sample; those of the validation text lie end to end, so that each character is
 * predicted once.
 *
 * @param {TextInput} input
 * @returns {TokenData}
 */
function judgeText({ text, context, validation }) {
  judgeWhole('context', context, 1, LENGTH_MAX);
  const texts = validation ? [text, validation.text] : [text];
  const wrong = texts.findIndex((given) => typeof given !== 'string');
  if (wrong >= 0) throw refuse('text', `${wrong ? 'validation.text' : 'text'} must be a text.`);
  const symbols = findSymbols(texts);
  const ids = new Map(symbols.map((symbol, id) => [symbol, id]));
  const encode = (/** @type {string} */ of) => Uint8Array.from(of, (character) => Number(ids.get(character)));
  const [train, val] = texts.map(encode);
  const name = 'text';
  if (train.length <= context) {
    throw refuse(
      name,
      `text has ${train.length} characters, too few for a context of ${context} and the one after it.`,
    );
  }
  const valCount = val ? Math.floor((val.length - 1) / context) : 0;
  if (val && valCount < 1) {
    throw refuse(
      'validation',
      `The text to validate on has ${val.length} characters, too few for a context of ${context}.`,
    );
  }
  return {
    length: context,
    vocabulary: symbols.length,
    scoredFrom: 0,
    symbols,
    stride: { train: 1, val: context },
    train: { ids: train, count: train.length - context },
    val: val ? { ids: val, count: valCount } : null,
  };
}

/** The distinct characters of texts, in the order of their code points. @param {string[]} texts */
function findSymbols(texts) {
  const found = new Set();
  for (const text of texts) for (const character of text) found.add(character);
  if (found.size > VOCABULARY_MAX) {
    throw refuse('text', `The text has ${found.size} distinct characters; at most ${VOCABULARY_MAX} can be tokens.`);
  }
  if (found.size < 2) throw refuse('text', 'The text needs at least two distinct characters to predict.');
  return [...found].sort((a, b) => Number(a.codePointAt(0)) - Number(b.codePointAt(0)));
}

/**
 * Tokens without a validation set, with one: the last val_fraction of the samples, or of the text, is held back.
 *
 * @param {TokenInput | TextInput} input
 * @param {{ val_fraction: number }} config
 * @returns {TokenInput | TextInput}
 */
export function splitTokens(input, { val_fraction }) {
  if (!(val_fraction > 0)) return { ...input, validation: null };
  if ('text' in input) {
    const characters = [...input.text];
    const kept = Math.round(characters.length * (1 - val_fraction));
    const [text, held] = [characters.slice(0, kept).join(''), characters.slice(kept).join('')];
    return { ...input, text, validation: { text: held } };
  }
  const { train } = judgeIds({ ...input, validation: null });
  const each = input.length + 1;
  const held = Math.min(Math.max(Math.round(train.count * val_fraction), 1), train.count - 1);
  if (held < 1) throw refuse('val_fraction', 'One sample cannot be parted into training and validation.');
  const from = (train.count - held) * each;
  return { ...input, tokens: train.ids.slice(0, from), validation: { tokens: train.ids.slice(from) } };
}
