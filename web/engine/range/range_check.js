/** Whether an LR range test's curve has a descent to read a rate off, and which rules stand on it: C judges both. */

import { argumentError, checkNumber, checkWhole, readNumbers, readObject } from '../core/arguments.js';
import { readRecord, recordBytes } from '../core/record.js';
import { readSuggestion, withSuggestion } from './suggestion.js';

/**
 * @typedef {import('../core/wasm.js').Core} Core
 * @typedef {import('../core/record.js').Records['range_check']} RangeCheck  as record_fields.h has it; flags are 0 or 1
 * @typedef {import('./suggestion.js').Suggestion} Suggestion
 * @typedef {import('./suggestion.js').SuggestOptions} SuggestOptions
 *
 * @typedef {object} CurveToJudge
 * @property {ArrayLike<number>} lr  rates, rising
 * @property {ArrayLike<number>} loss  as measured
 * @property {ArrayLike<number>} smoothed  what the rules read
 * @property {number} [batch]  samples that each loss is the mean of; 0, the default, where they are many
 * @property {number} [baseline]  L₀, the loss of guessing, where it is known
 */

/**
 * @param {Core} core
 * @param {CurveToJudge} curve
 * @param {SuggestOptions} [options]
 * @returns {{ suggestion: Suggestion, check: RangeCheck }}
 * @throws {import('../core/errors.js').TrainerError} where the arrays differ in length or an option is wrong
 */
export function judgeCurve(core, curve, options) {
  const given = readObject('curve', curve, 'judgeCurve takes an object of lr, loss and smoothed');
  const { lr, smoothed, batch = 0, baseline = Number.NaN } = given;
  const [loss, rates] = [readNumbers('loss', given.loss), readNumbers('lr', lr)];
  if (loss.length !== rates.length) {
    throw argumentError('loss', `lr has ${rates.length} numbers, but loss has ${loss.length}.`);
  }
  const samples = checkWhole('batch', batch);
  const guessing = checkNumber('baseline', baseline);
  return withSuggestion(core, rates, smoothed, options, (at) =>
    core.withMemory(8 * loss.length + recordBytes('range_check'), (pointer) => {
      const checkAt = pointer + 8 * loss.length;
      core.view(Float64Array, pointer, loss.length).set(loss);
      core.call.tscope_range_judge(at.lr, pointer, loss.length, samples, guessing, at.result, checkAt);
      return {
        suggestion: readSuggestion(readRecord(core, at.result, 'suggestion')),
        check: readRecord(core, checkAt, 'range_check'),
      };
    }),
  );
}
