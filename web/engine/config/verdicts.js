/** What C judged a run, or an episode of instability, to be: its numbers by their names in the table (definition_fields.h). */

import { SCHEMA } from '../../generated/schema.js';

/**
 * @typedef {import('./schema_text.js').Verdict} Verdict
 * @typedef {Exclude<Verdict, 'stable'>} Instability  what an episode can be
 */

/** @param {number} verdict  the member of a summary @returns {Verdict} */
export function nameVerdict(verdict) {
  return /** @type {Verdict} */ (SCHEMA.verdicts[verdict].name);
}

/** @param {Record<string, number>} episode  the schema's record @returns {Instability} */
export function kindOfEpisode({ kind }) {
  return /** @type {Instability} */ (nameVerdict(kind));
}

/** "early", "mid-training". @param {Verdict} name @returns {string} */
export function verdictInWords(name) {
  return SCHEMA.verdicts.find((verdict) => verdict.name === name)?.label ?? name;
}

/** "early instability", "mid-training instability". @param {Instability} name */
export function instabilityInWords(name) {
  return `${verdictInWords(name)} instability`;
}
