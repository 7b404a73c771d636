/** What a diagnosis is worth: arithmetic alone, so that it can be tested without a training. */

import { FAILED } from './diagnosis.js';
import { WELL } from './roll.js';

/**
 * @typedef {import('./diagnosis.js').Yours} Yours
 *
 * @typedef {object} Row  one of the ward, diagnosed
 * @property {string} id
 * @property {string} key  of its settings
 * @property {string} disease
 * @property {string} done
 * @property {string} verdict
 * @property {string} first  the first cause; `none` where nothing is said to be wrong
 * @property {string[]} causes
 * @property {Yours['fix']} fix
 * @property {string | null} broken  what the fix says of itself that training it does not confirm
 * @property {number} before  loss
 * @property {number} after  loss with the fix; the same where there is none
 * @property {number} best  loss of the best known
 * @property {number} share  of the best known result that is reached after the fix
 * @property {number} share_accuracy  the same by accuracy alone (of a regression, by what is explained)
 * @property {number} seconds
 *
 * @typedef {object} Totals
 * @property {number} patients
 * @property {number} right  whose first cause is their disease
 * @property {number} named  whose disease is among the causes
 * @property {number} cured  whose fix reaches `CURED`
 * @property {number} cured_accuracy  by accuracy alone
 * @property {number} healthy
 * @property {number} alarms  of the healthy: something is said to be wrong
 * @property {number} broken  fixes whose loss is not the one said
 * @property {number} failed  diagnoses that came to none
 * @property {number} seconds  the slowest diagnosis
 */

/** The share of the best known result that a fix is to reach. */
export const CURED = 0.95;

/** What may be said of settings that nothing is wrong with. */
const CALM = ['stable', 'recovered'];

/** Two losses are the same training's. */
const SAME = 1e-6;

/** @param {Yours} yours */
export function firstCause({ causes }) {
  return causes[0] ?? WELL;
}

/** @param {Row} row  of a healthy one */
export function isAlarm({ first, causes, verdict }) {
  return first !== WELL || causes.length > 1 || !CALM.includes(verdict);
}

/** @param {Row[]} rows @returns {Totals} */
export function countTotals(rows) {
  const patients = rows.filter(({ disease }) => disease !== WELL);
  const healthy = rows.filter(({ disease }) => disease === WELL);
  return {
    patients: patients.length,
    right: patients.filter(({ first, disease }) => first === disease).length,
    named: patients.filter(({ causes, disease }) => causes.includes(disease)).length,
    cured: patients.filter(({ share }) => share >= CURED).length,
    cured_accuracy: patients.filter((row) => row.share_accuracy >= CURED).length,
    healthy: healthy.length,
    alarms: healthy.filter(isAlarm).length,
    broken: rows.filter(({ broken, verdict }) => broken !== null && verdict !== FAILED).length,
    failed: rows.filter(({ verdict }) => verdict === FAILED).length,
    seconds: Math.max(0, ...rows.map(({ seconds }) => seconds)),
  };
}

/**
 * How often each disease was called what.
 *
 * @param {Row[]} rows
 * @returns {Map<string, Map<string, number>>}  disease, first cause, how many
 */
export function confusionOf(rows) {
  /** @type {Map<string, Map<string, number>>} */
  const table = new Map();
  for (const { disease, first } of rows) {
    const row = table.get(disease) ?? new Map();
    row.set(first, (row.get(first) ?? 0) + 1);
    table.set(disease, row);
  }
  return table;
}

/**
 * What of the fix's own figure training does not confirm, as a sentence; null where it is so.
 *
 * @param {Yours['fix']} fix
 * @param {number | null} end  the loss on validation data at the end, trained with the seeds of the diagnosis
 */
export function judgeFigure(fix, end) {
  if (!fix || end === null) return null;
  const said = fix.val?.loss ?? NaN;
  return Math.abs(said - end) <= SAME * Math.abs(end) ? null : `the fix is said to reach ${said}, and reaches ${end}`;
}
