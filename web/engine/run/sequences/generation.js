/** Text in, text out: a network that reads tokens goes on with a prompt. */

import { argumentError, checkNumber, checkWhole, readOptions } from '../../core/arguments.js';
import { callChecked } from '../../core/problem.js';

/**
 * @typedef {import('../../core/wasm.js').Core} Core
 * @typedef {import('../../data/dataset.js').Tokens} Tokens
 * @typedef {import('../run_facts.js').RunFacts} RunFacts
 *
 * @typedef {object} GenerationOptions
 * @property {number} [maxNewTokens]  that follow: 64 by default; of a task never more than its answer
 * @property {number} [temperature]  0, the default, takes the likeliest token; above 0 one is drawn from
 *   softmax(outputs / temperature)
 * @property {number} [seed]  of the random numbers that it is drawn with; the run's own by default
 *
 * @typedef {object} Generated
 * @property {string[]} prompt  as tokens
 * @property {string[]} tokens  that follow
 * @property {number[]} probabilities  of each of them, at temperature 1; its output where the loss makes no probabilities
 */

/** Tokens that follow, where nobody says how many. */
export const NEW_TOKENS = 64;

/** Each costs a pass. */
export const NEW_TOKENS_MAX = 10_000;

/** How a line break is written where it would break the line, and a blank where it would not be seen. */
const BREAK = '↵';
const BLANK = '␣';

/**
 * @param {Core} core
 * @param {number} handle  the tscope_trainer's address
 * @param {RunFacts} facts
 * @param {unknown} prompt
 * @param {unknown} options  GenerationOptions
 * @returns {Generated}
 * @throws {import('../../core/errors.js').TrainerError} where the network cannot, or a character is none that it knows
 */
export function generate(core, handle, { dataset, config }, prompt, options) {
  const how = readOptions('generate', options, ['maxNewTokens', 'temperature', 'seed']);
  const wanted = checkWhole('maxNewTokens', how.maxNewTokens ?? NEW_TOKENS, { min: 1, max: NEW_TOKENS_MAX });
  const temperature = checkTemperature(how.temperature ?? 0);
  const seed = checkWhole('seed', how.seed ?? config.seed);
  if (typeof prompt !== 'string') throw argumentError('prompt', 'prompt must be a text.');
  const { tokens } = dataset;
  // C has the sentence for other data.
  const given = tokens ? encodePrompt(prompt, tokens) : [0];
  const room = tokens && tokens.scoredFrom > 0 ? Math.max(tokens.length + 1 - given.length, 0) : wanted;
  const count = given.length + Math.min(wanted, room);
  const sharesAt = (count + 3) & ~3;
  return core.withMemory(sharesAt + 4 * (count - given.length), (pointer) => {
    core.bytes(pointer, given.length).set(given);
    callChecked(core, (problem) =>
      core.call.tscope_trainer_generate(
        handle,
        pointer,
        pointer + sharesAt,
        given.length,
        count,
        temperature,
        seed,
        problem,
      ),
    );
    const write = (/** @type {number} */ id) => /** @type {Tokens} */ (tokens).symbols[id];
    return {
      prompt: Array.from(given, write),
      tokens: Array.from(core.bytes(pointer + given.length, count - given.length), write),
      probabilities: [...core.view(Float32Array, pointer + sharesAt, count - given.length)],
    };
  });
}

/** @param {unknown} given @returns {number} */
function checkTemperature(given) {
  const temperature = checkNumber('temperature', given);
  if (temperature >= 0 && temperature < Infinity) return temperature;
  throw argumentError('temperature', `temperature must be 0 or more, not ${temperature}.`);
}

/**
 * The ids of a prompt's tokens: its characters, or where some symbols have several, the words between its blanks.
 *
 * @param {string} prompt
 * @param {Tokens} tokens
 * @returns {number[]}
 * @throws {import('../../core/errors.js').TrainerError} naming the first that is none of them
 */
function encodePrompt(prompt, { symbols }) {
  const isByCharacter = symbols.every((symbol) => [...symbol].length === 1);
  const ids = new Map(symbols.map((symbol, id) => [symbol, id]));
  const line = ids.get('\n');
  if (line !== undefined && !ids.has(BREAK)) ids.set(BREAK, line);
  const parts = isByCharacter ? [...prompt] : prompt.split(/\s+/).filter((word) => word !== '');
  return parts.map((part) => {
    const id = ids.get(part);
    if (id !== undefined) return id;
    const what = isByCharacter ? 'The character' : 'The word';
    const known = `${isByCharacter ? 'characters' : 'words'} that this network reads: ${listSymbols(symbols)}`;
    throw argumentError('prompt', `${what} ${nameSymbol(part)} is none of the ${symbols.length} ${known}.`);
  });
}

/** A list that stays readable. @param {string[]} symbols */
function listSymbols(symbols) {
  const shown = 80;
  const written = symbols.map((symbol) => (symbol === ' ' ? BLANK : symbol === '\n' ? BREAK : symbol));
  return `${written.slice(0, shown).join(' ')}${written.length > shown ? ' …' : ''}`;
}

/** @param {string} part */
function nameSymbol(part) {
  if (part === ' ') return `${BLANK}, a blank,`;
  const code = part.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
  // What shows nothing is told by its number.
  return /^[\p{L}\p{N}\p{P}\p{S}]+$/u.test(part) ? `“${part}”` : `U+${code}`;
}
