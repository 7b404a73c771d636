/** Normalization and residual connections as they can be given to a model: what is tried against instability. */

import { addNormalization, addResiduals, normalizeResiduals } from './architecture_edits.js';
import { attends, normalizeQueries, toPreNorm } from './attention_edits.js';
import { formatModel, parseModel } from './model_text.js';
import { placementOf } from './norm_placement.js';

/** @typedef {import('./architecture_edits.js').Edit} Edit */

/** Of queries and keys; null where there is none to add. @param {string} text @returns {Edit | null} */
export function addQknorm(text) {
  const model = normalizeQueries(text);
  return model === formatModel(parseModel(text)) ? null : { model, says: 'normalized queries and keys (qknorm)' };
}

/** Wherever it can stand. @param {string} text @returns {(Edit | null)[]} */
export function listNormalizations(text) {
  const model = toPreNorm(text);
  if (model) return [{ model, says: 'residual blocks as x + f(Norm(x)), normalized once more behind them' }];
  // A transformer whose norms stand first has them where they should be.
  if (attends(text) && placementOf(text)?.id === 'first') return [];
  const residual = normalizeResiduals(text);
  return residual ? [residual] : [addNormalization(text), addResiduals(text)];
}
