/** What a diagnosis answers first, and how large a gain is beside the seeds' own differences. */

import { failsQuietly, findingInWords, instabilityInWords, whenInWords } from '../../config/verdicts.js';
import { number } from '../../words/numbers.js';
import { agree, capitalize, ofSeeds } from '../../words/sentences.js';
import { atUnstableRates } from '../../words/unstable_rates.js';
import { medianOf } from '../trial/statistics.js';

/**
 * @typedef {object} Headline
 * @property {string} own  what is asked first: whether the examined settings are stable
 * @property {string} state  the same without its subject
 * @property {boolean} isStable  and nothing is wrong with them
 * @property {string | null} beyond  where instability appears elsewhere
 *
 * @typedef {Pick<import('./procedure.js').Account, 'config' | 'evidence'> & import('../../words/unstable_rates.js').UnstableRates & {
 *   verdict: import('../../config/verdicts.js').Diagnosed, where: import('../judge/verdict.js').Where | null,
 *   lr_treated: number | null, yours: import('./yours/yours.js').Yours | null }} Known  of a diagnosis
 */

/** The answer in a few words. @param {Known} known @returns {Headline} */
export function headlineOf({ config, evidence, verdict, where, lr_treated, yours, ...rates }) {
  const figures = /** @type {any} */ (evidence.find(({ kind }) => kind === 'baseline')?.numbers);
  const isStable = yours ? yours.causes[0] === 'none' : where !== 'baseline';
  const state = yours ? yours.state : stateOf({ verdict, where }, figures);
  const own = `Your settings (η ${number(config.lr)}): ${state}`;
  return { own, state, isStable, beyond: where === 'baseline' ? null : sayBeyond(where, rates, lr_treated) };
}

/** @param {Known['where']} where @param {import('../../words/unstable_rates.js').UnstableRates} rates @param {number | null} lr_treated */
function sayBeyond(where, rates, lr_treated) {
  if (where === 'probe') return `${capitalize(instabilityInWords('early'))} at η ${number(lr_treated)}`;
  const at = atUnstableRates(rates);
  return at === '' ? null : `Instability appears ${at}`;
}

/**
 * What settings are of which no more is known than how they trained: what is wrong with them was not found out, or not yet.
 *
 * @param {Pick<import('../judge/verdict.js').Finding, 'verdict' | 'where'>} finding
 * @param {{ feasible: boolean, unstable: number }} [figures]  over their seeds
 */
export function stateOf({ verdict, where }, { feasible, unstable } = { feasible: true, unstable: 0 }) {
  if (where === 'baseline') return unstable > 0 ? `unstable, ${findingInWords(verdict)}` : 'failing to learn';
  const stable = unstable > 0 ? 'mostly stable' : 'stable';
  return feasible ? stable : `${stable}, but too slow to learn`;
}

/**
 * Whether a gain in the median best checkpoint is larger than what the seeds differ by among themselves; null where
 * there is but one, which cannot tell.
 *
 * @param {{ best: { loss: number } | null }[]} runs
 * @param {{ best: { loss: number } | null }[]} others  what they are held against
 */
export function isBeyondSeeds(runs, others) {
  const [own, theirs] = [runs, others].map((some) => some.map(({ best }) => best?.loss ?? Infinity));
  if (own.length < 2 || theirs.length < 2) return null;
  const [spread, theirSpread] = [own, theirs].map((losses) => Math.max(...losses) - Math.min(...losses));
  const gain = Number(medianOf(theirs)) - Number(medianOf(own));
  // How far runs explode is no mere difference between seeds: where even the best of them is worse, the others' decides.
  const isApart = Math.max(...own) < Math.min(...theirs);
  return gain > (isApart || !Number.isFinite(theirSpread) ? spread : Math.max(spread, theirSpread));
}

/** The same in words, to stand behind the gain's numbers. @param {Parameters<typeof isBeyondSeeds>} runs */
export function sayGain(...runs) {
  const isBeyond = isBeyondSeeds(...runs);
  if (isBeyond === null) return ', of one seed each, which cannot tell a gain from chance';
  return isBeyond ? '' : ', a gain no larger than the difference between seeds';
}

/**
 * What a remedy did to runs that are unstable, or that only fail to learn.
 *
 * @param {{ label: string, changes: import('../../config/config.js').SomeSettings, figures: { loss: number | null },
 *   free: number, cured: boolean, better: boolean, runs: unknown[] }} variant  one way in which the remedy was tried
 * @param {{ untreated: import('./trainings.js').Point, kind: import('../../config/verdicts.js').Instability }} instability
 */
export function sayVariant({ label, changes, figures, free, cured, better, runs }, { untreated, kind }) {
  const bad = runs.length - free;
  const isQuiet = failsQuietly(untreated.trials);
  const but = bad === 0 ? '' : `, ${ofSeeds(bad, runs.length)} excepted`;
  const ill = isQuiet
    ? `still ${agree(bad, 'fails', 'fail')} to learn, or ${agree(bad, 'is', 'are')} unstable`
    : `${agree(bad, 'is', 'are')} still unstable${kind === 'mid' ? ` ${whenInWords(kind)}` : ''} or ${agree(bad, 'fails', 'fail')} to learn`;
  const state = cured ? `${sayCured(isQuiet)}${but}` : `${ofSeeds(bad, runs.length)} ${ill}`;
  const compared = better ? 'better than' : 'no better than';
  const after = changes.warmup_steps === undefined ? '' : ' after the warmup';
  const own =
    figures.loss === null
      ? `no checkpoint${after} with a finite loss`
      : `best checkpoint${after} ${number(figures.loss)}`;
  const other =
    untreated.figures.loss === null
      ? 'untreated there is none'
      : `${compared} the untreated ${number(untreated.figures.loss)}`;
  return `${label}: ${state}; ${own}, ${other}.`;
}

/** @param {boolean} isQuiet  there was no instability: nothing was learned */
export function sayCured(isQuiet) {
  return isQuiet ? 'it learns' : 'the instability is gone';
}
