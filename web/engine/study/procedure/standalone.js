/**
 * One of the playbook's procedures on its own: the probe, the warmup study, the clip study, a comparison. Each sweeps
 * the learning rate first where it must know lr* or the unstable rate, tells evidence as it goes, and ends with
 * sentences that say what was found.
 */

import { Procedure } from './procedure.js';
import { RateSweep } from './rate_sweep.js';

/**
 * @typedef {import('./procedure.js').Account} Account
 * @typedef {import('../trial/curve.js').Curve} Curve
 * @typedef {'probe' | 'warmup' | 'clip' | 'cyclical' | 'batch'} ProcedureId
 *
 * @typedef {object} Findings  so far
 * @property {string[]} says  the verdict first; empty until it is known
 * @property {'good' | 'bad' | 'soft'} tone  of the verdict
 * @property {number | null} lr_best  lr*; null where it was not looked for, or no rate is feasible
 * @property {number | null} lr_unstable
 * @property {number | null} lr_first_unstable  lower where training is unstable at lr* itself, or below; null where it was not looked for
 * @property {boolean | null} at_edge  null where it was not looked for
 * @property {number | null} lr_sensitivity  likewise
 * @property {{ label: string, settings: string } | null} offer  settings to go on with, as a permalink has them
 *
 * @typedef {Findings & Record<string, any>} Known  with what a procedure finds of its own
 * @typedef {{ procedure: ProcedureId } & Known & Account} Study
 * @typedef {{ study: Study, curves: Record<string, Curve> }} Outcome
 *
 * @typedef {import('./procedure.js').ProcedureOptions & {
 *   onStage?: (study: Study, curves: Record<string, Curve>) => void,
 * }} StandaloneOptions  onStage: what is known so far
 */

/**
 * @param {ProcedureId} id
 * @param {StandaloneOptions} options
 * @param {(procedure: Procedure, known: Known) => Promise<void>} work  fills in what it comes to know
 * @returns {Promise<Outcome>}  interrupted: what was known by then
 * @throws {import('../../core/errors.js').TrainerError} where the settings make no run, or the budget does not suffice for a
 *   single one; the signal's reason where nothing is known yet
 */
export async function runStandalone(id, { onStage = () => {}, ...options }, work) {
  /** @type {Known} */
  const known = {
    says: [],
    tone: 'soft',
    lr_best: null,
    lr_unstable: null,
    lr_first_unstable: null,
    at_edge: null,
    lr_sensitivity: null,
    offer: null,
  };
  const describe = () => ({ procedure: id, ...known, ...procedure.account() });
  const procedure = new Procedure(options, () => onStage(describe(), procedure.trainings.curves));
  try {
    await work(procedure, known);
  } catch (error) {
    procedure.endBy(error, procedure.evidence.length > 0);
  }
  if (known.says.length === 0) known.says = ['There is no verdict: not everything that it takes was done.'];
  return { study: describe(), curves: procedure.trainings.curves };
}

/**
 * The sweep, for a procedure that was not told the rate it needs.
 *
 * @param {Procedure} procedure
 * @param {Known} known
 */
export async function sweepFor(procedure, known) {
  const sweep = new RateSweep(procedure);
  sweep.fitBudget();
  await sweep.run();
  const { lr_best, lr_unstable, lr_first_unstable, at_edge, lr_sensitivity } = sweep.rates;
  Object.assign(known, { lr_best, lr_unstable, lr_first_unstable, at_edge, lr_sensitivity });
  return sweep;
}
