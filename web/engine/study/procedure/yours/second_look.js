/**
 * What the remedies say of the user's own settings: one that is clearly better than the fix is the fix, and where
 * nothing seemed to be wrong, or nothing helped, it tells what was.
 */

import { isClearlyBetter } from '../../judge/better.js';
import { confirmFix, isGainConfirmed } from './confirm.js';
import { bestOf } from './rate_climb.js';
import { mayHaveOutliers, suspectedModel } from './suspects.js';

/**
 * @typedef {import('../trainings.js').Point} Point
 * @typedef {import('../remedies.js').Remedy} Remedy
 * @typedef {import('./counterfactuals.js').Found} Found
 * @typedef {import('../../judge/causes.js').CauseId} CauseId
 */

/**
 * @param {object} known
 * @param {import('../procedure.js').Procedure} known.procedure
 * @param {Found} known.found
 * @param {Point} known.baseline  the user's own settings
 * @param {Remedy[]} known.remedies
 * @returns {Promise<Found>}
 */
export async function lookAgain({ procedure, found, baseline, remedies }) {
  if (found.causes[0] === 'not_optimization') return found;
  const { trainings, seeds } = procedure;
  /** @type {Map<Point, Remedy>} */
  const better = new Map();
  // Where nothing seemed to be wrong, only what anybody would change settings for tells that something is.
  const isStrict = found.causes[0] === 'none';
  // Another update rule takes no cause away: it is for what has none that is known.
  const telling = remedies.filter(({ kind }) => kind !== 'optimizer' || found.causes.length === 0);
  for (const remedy of telling) {
    for (const { changes, solved, aggressive } of remedy.tried) {
      const config = { ...baseline.config, ...changes };
      // It was trained when it was tried.
      if (!solved || aggressive || trainings.costOf([config], seeds) > 0) continue;
      const [point] = await trainings.train([config], seeds);
      if (isClearlyBetter(point, found.fix ?? baseline, { isStrict })) better.set(point, remedy);
    }
  }
  const best = bestOf([...better.keys()]);
  if (best === null) return found;
  const others = [...better.keys(), ...(found.fix ? [found.fix] : [])];
  const confirmed = await confirmFix(procedure, best, others, found.fix ? [found.fix] : []);
  if (confirmed.fix === found.fix) return found;
  if (found.fix !== null) return { ...found, ...confirmed };
  if (!(await isGainConfirmed(procedure, baseline, confirmed))) return found;
  const remedy = /** @type {Remedy} */ (better.get(confirmed.fix));
  const causes = remedy.kind === 'optimizer' ? [] : [causeOf(remedy, confirmed.fix, baseline)];
  return { ...found, ...confirmed, causes };
}

/** What was wrong where a remedy is what helps. @param {Remedy} remedy @param {Point} fix @param {Point} baseline @returns {CauseId} */
function causeOf({ kind }, fix, baseline) {
  if (kind === 'normalization') return suspectedModel(baseline.trials[0]);
  const isSameRate = fix.config.lr === baseline.config.lr;
  // Where there are none, some steps are too long for the surface, such as at the cliffs of a recurrent network.
  if (kind === 'clipping' && isSameRate && mayHaveOutliers(baseline.config, baseline.trials[0].config.model))
    return 'outliers';
  return fix.config.lr > baseline.config.lr ? 'rate_too_low' : 'rate_too_high';
}
