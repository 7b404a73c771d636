/** What the rules of an LR range test read off its curve. Nothing is smoothed here. */

import { unknownName } from '../config/names.js';
import { checkNumbers } from '../core/arguments.js';
import { TrainerError } from '../core/errors.js';
import { readRecord, recordBytes } from '../core/record.js';
import { optionIndex, presetNames } from './range_options.js';

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
export function suggest(core, lr, loss, options = {}) {
  return withSuggestion(core, lr, loss, options, ({ result }) =>
    readSuggestion(readRecord(core, result, 'suggestion')),
  );
}

/**
 * What every rule reads off a curve, while it still lies in C's memory.
 *
 * @template Result
 * @param {Core} core
 * @param {ArrayLike<number>} lr
 * @param {ArrayLike<number>} loss  the curve to judge
 * @param {SuggestOptions} options
 * @param {(at: { lr: number, result: number }) => Result} use  addresses of the rates and of the record
 * @returns {Result}
 * @throws {TrainerError}
 */
export function withSuggestion(
  core,
  lr,
  loss,
  { preset = 'trainscope', mode = 'exponential', skipBegin, skipEnd },
  use,
) {
  checkNumbers('lr', lr);
  checkNumbers('loss', loss);
  if (lr.length !== loss.length) {
    throw new TrainerError('argument', 'loss', `lr has ${lr.length} numbers, but loss has ${loss.length}.`);
  }
  if (!presetNames().includes(preset)) {
    throw new TrainerError('argument', 'preset', `There is no preset ${unknownName(String(preset), presetNames())}`);
  }
  const window = [judgeSkip('skipBegin', skipBegin), judgeSkip('skipEnd', skipEnd)];
  const n = lr.length;
  return core.withMemory(8 * (6 * n) + recordBytes('suggestion'), (pointer) => {
    const [lossAt, workspace, result] = [pointer + 8 * n, pointer + 16 * n, pointer + 48 * n];
    core.view(Float64Array, pointer, n).set(lr);
    core.view(Float64Array, lossAt, n).set(loss);
    const [judge, rise] = [optionIndex('preset', preset), optionIndex('mode', mode)];
    core.call.tscope_range_suggest(judge, rise, pointer, lossAt, n, window[0], window[1], workspace, result);
    return use({ lr: pointer, result });
  });
}

/** @param {string} name @param {number | undefined} points  undefined: the preset's, -1 in C */
function judgeSkip(name, points) {
  if (points === undefined || points === null) return -1;
  if (Number.isInteger(points) && points >= 0) return Math.min(points, 2 ** 31 - 1);
  throw new TrainerError('argument', name, `${name} must be a whole number from 0, not ${points}.`);
}

/** C says NaN, or an index of -1, where a rule has no rate. @param {SuggestionRecord} found @returns {Suggestion} */
export function readSuggestion(found) {
  const missing = Object.entries(found).filter(([name, value]) =>
    name.endsWith('_index') ? value < 0 : Number.isNaN(value),
  );
  const nulls = Object.fromEntries(missing.map(([name]) => [name, null]));
  return { ...found, ...nulls, is_halfway: found.is_halfway === 1 };
}
