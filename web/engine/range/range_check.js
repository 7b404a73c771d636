/** Whether an LR range test's curve has a descent to read a rate off, and which rules stand on it: C judges both. */

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
 * @param {SuggestOptions} options
 * @returns {{ suggestion: Suggestion, check: RangeCheck }}
 * @throws {import('../core/errors.js').TrainerError} where the arrays differ in length or an option is wrong
 */
export function judgeCurve(core, { lr, loss, smoothed, batch = 0, baseline = Number.NaN }, options) {
  return withSuggestion(core, lr, smoothed, options, (at) =>
    core.withMemory(8 * loss.length + recordBytes('range_check'), (pointer) => {
      const checkAt = pointer + 8 * loss.length;
      core.view(Float64Array, pointer, loss.length).set(loss);
      core.call.tscope_range_judge(at.lr, pointer, loss.length, batch, baseline, at.result, checkAt);
      return {
        suggestion: readSuggestion(readRecord(core, at.result, 'suggestion')),
        check: readRecord(core, checkAt, 'range_check'),
      };
    }),
  );
}
