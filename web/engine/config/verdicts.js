/** What C judged a run, or an episode of instability, to be: its numbers by their names in the table (definition_fields.h). */

import { SCHEMA } from '../../generated/schema.js';

/**
 * @typedef {import('./schema_text.js').Verdict} Verdict
 * @typedef {Extract<Verdict, 'early' | 'mid'>} Instability  what an episode can be
 * @typedef {Exclude<Verdict, 'recovered' | 'dead'>} Diagnosed  what settings can be
 */

/** What an episode can be, in the order of their weight. */
export const INSTABILITIES = /** @type {Instability[]} */ (
  SCHEMA.verdicts.map(({ name }) => name).filter((name) => name === 'early' || name === 'mid')
);

/** @param {number} verdict  the member of a summary @returns {Verdict} */
export function nameVerdict(verdict) {
  return /** @type {Verdict} */ (SCHEMA.verdicts[verdict].name);
}

/**
 * Whether a run judged so is unstable: a bump that it recovered from at once is told, and costs nothing.
 *
 * @param {Verdict} verdict
 * @returns {verdict is Instability | 'dead'}
 */
export function isInstability(verdict) {
  return verdict === 'early' || verdict === 'mid' || verdict === 'dead';
}

/**
 * Of which kind a run's instability is, null where it has none: of a dead one, what its weightiest episode was.
 *
 * @param {{ verdict: Verdict, episodes: { kind: Instability }[] }} run
 * @returns {Instability | null}
 */
export function kindOfRun({ verdict, episodes }) {
  if (verdict === 'dead') return episodes.some(({ kind }) => kind === 'mid') ? 'mid' : 'early';
  return isInstability(verdict) ? verdict : null;
}

/** @param {Record<string, number>} episode  the schema's record @returns {Instability} */
export function kindOfEpisode({ kind }) {
  return /** @type {Instability} */ (nameVerdict(kind));
}

/** "early", "mid-training". @param {Verdict} name @returns {string} */
export function verdictInWords(name) {
  return SCHEMA.verdicts.find((verdict) => verdict.name === name)?.label ?? name;
}

/** "early instability", "mid-training instability", "dead". @param {Instability | 'dead'} name */
export function instabilityInWords(name) {
  return name === 'dead' ? verdictInWords(name) : `${verdictInWords(name)} instability`;
}

/** When training is unstable: "at the start", "in the middle of training". @param {Instability} kind */
export function whenInWords(kind) {
  return { early: 'at the start', mid: 'in the middle of training' }[kind];
}

/** What was found, within a sentence: "no instability", "instability in the middle of training". @param {Diagnosed} name */
export function findingInWords(name) {
  if (name === 'stable') return 'no instability';
  return name === 'mid' ? `instability ${whenInWords(name)}` : instabilityInWords(name);
}

/**
 * Whether runs fail without any instability: they learn nothing, and no loss rises. An instability that was not there
 * cannot be gone.
 *
 * @param {(Parameters<typeof kindOfRun>[0] & { diverged_at: number | null })[]} runs  that fail
 */
export function failsQuietly(runs) {
  return runs.length > 0 && runs.every((run) => kindOfRun(run) === null && run.diverged_at === null);
}

/**
 * The same in a list of findings, behind "Instability": "none that matters", "in mid-training".
 *
 * @param {Diagnosed} name
 * @param {{ isQuiet?: boolean }} [how]  isQuiet: the runs that were found sick fail to learn, and no loss rises
 */
export function findingInShort(name, { isQuiet = false } = {}) {
  if (isQuiet) return 'none, but nothing is learned';
  if (name === 'stable') return 'none that matters';
  return name === 'mid' ? `in ${verdictInWords(name)}` : verdictInWords(name);
}
