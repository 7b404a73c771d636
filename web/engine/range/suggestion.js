/** What the rules of an LR range test read off its curve. Nothing is smoothed here. */

import { describeValue, unknownName } from '../config/names.js';
import { argumentError, checkWhole, readNumbers, readOptions } from '../core/arguments.js';
import { readRecord, recordBytes } from '../core/record.js';
import { optionIndex, optionNames } from './range_options.js';

/**
 * @typedef {import('../core/wasm.js').Core} Core
 * @typedef {import('../core/record.js').Records['suggestion']} SuggestionRecord
 *
 * @typedef {object} Suggestion  learning rates, null where a rule has none
 * @property {number | null} steepest  the preset's own steepest descent
 * @property {number | null} valley
 * @property {number | null} slide
 * @property {number | null} minimum_tenth
 * @property {number | null} steep
 * @property {number | null} base  a range for cyclical rates
 * @property {number | null} max
 * @property {number | null} halfway  where half of the loss's drop is made
 * @property {number | null} steepest_index  into the arrays as given
 * @property {number | null} halfway_index
 * @property {boolean} is_halfway  whether steepest is half way down the slope: at most `rangeHalfwayFactor` from it
 * @property {number | null} minimum_index
 * @property {number} points  that steepest judged
 * @property {number} points_needed  the fewest points of a whole curve for which steepest is possible
 *
 * @typedef {object} SuggestOptions
 * @property {string} [preset]  sets window, derivative and rules; trainscope by default
 * @property {string} [mode]  how the rates rise, exponential by default: what trainscope differentiates by
 * @property {number} [skipBegin]  points, which override the preset's window
 * @property {number} [skipEnd]
 */

const OPTIONS = /** @type {const} */ (['preset', 'mode', 'skipBegin', 'skipEnd']);

/**
 * Every rule at once.
 *
 * @param {Core} core
 * @param {ArrayLike<number>} lr  rates, rising
 * @param {ArrayLike<number>} loss  the curve to judge; may contain NaN and Infinity
 * @param {SuggestOptions} [options]
 * @returns {Suggestion}
 * @throws {TrainerError} where the arrays differ in length or an option is wrong
 */
export function suggest(core, lr, loss, options) {
  return withSuggestion(core, lr, loss, options, ({ result }) =>
    readSuggestion(readRecord(core, result, 'suggestion')),
  );
}

/**
 * What every rule reads off a curve, while it still lies in C's memory.
 *
 * @template Result
 * @param {Core} core
 * @param {unknown} lrGiven  rates, an ArrayLike<number>
 * @param {unknown} lossGiven  the curve to judge
 * @param {unknown} options  SuggestOptions
 * @param {(at: { lr: number, result: number }) => Result} use  addresses of the rates and of the record
 * @returns {Result}
 * @throws {TrainerError}
 */
export function withSuggestion(core, lrGiven, lossGiven, options, use) {
  const { preset = 'trainscope', mode = 'exponential', skipBegin, skipEnd } = readOptions('suggest', options, OPTIONS);
  const [lr, loss] = [readNumbers('lr', lrGiven), readNumbers('loss', lossGiven)];
  if (lr.length !== loss.length) {
    throw argumentError('loss', `lr has ${lr.length} numbers, but loss has ${loss.length}.`);
  }
  const presetName = checkOption('preset', preset);
  const modeName = checkOption('mode', mode);
  const window = [judgeSkip('skipBegin', skipBegin), judgeSkip('skipEnd', skipEnd)];
  const n = lr.length;
  return core.withMemory(8 * (6 * n) + recordBytes('suggestion'), (pointer) => {
    const [lossAt, workspace, result] = [pointer + 8 * n, pointer + 16 * n, pointer + 48 * n];
    core.view(Float64Array, pointer, n).set(lr);
    core.view(Float64Array, lossAt, n).set(loss);
    const [judge, rise] = [optionIndex('preset', presetName), optionIndex('mode', modeName)];
    core.call.tscope_range_suggest(judge, rise, pointer, lossAt, n, window[0], window[1], workspace, result);
    return use({ lr: pointer, result });
  });
}

/** @param {string} name  of an option of the table @param {unknown} given @returns {string} */
function checkOption(name, given) {
  const names = optionNames(name);
  if (typeof given === 'string' && names.includes(given)) return given;
  const wrong = typeof given === 'string' ? unknownName(given, names) : `${describeValue(given)}.`;
  throw argumentError(name, `There is no ${name} ${wrong}`);
}

/** @param {string} name @param {unknown} points  undefined: the preset's, -1 in C */
function judgeSkip(name, points) {
  if (points === undefined || points === null) return -1;
  return Math.min(checkWhole(name, points, { max: Number.MAX_SAFE_INTEGER }), 2 ** 31 - 1);
}

/** C says NaN, or an index of -1, where a rule has no rate. @param {SuggestionRecord} found @returns {Suggestion} */
export function readSuggestion(found) {
  const missing = Object.entries(found).filter(([name, value]) =>
    name.endsWith('_index') ? value < 0 : Number.isNaN(value),
  );
  const nulls = Object.fromEntries(missing.map(([name]) => [name, null]));
  return { ...found, ...nulls, is_halfway: found.is_halfway === 1 };
}
