/** The verdict on a log in words. A log that shows no instability is stable only as far as it can show any. */

import { count } from '../words/numbers.js';
import { capitalize, endSentence, list, plural } from '../words/sentences.js';
import { verdictInWords } from './verdicts.js';

/**
 * @typedef {'start' | 'short' | 'noise' | 'height' | 'gaps' | 'holes' | 'rest'} Untold  start: instability of the first steps. short: what
 *   lasts less than from one row to the next. noise: a rise that is no larger than what rows differ by. height: how high a
 *   spike was, or a short one at all, where losses are smoothed. gaps: the rows whose loss is missing or no finite number.
 *   holes: steps that no row stands for. rest: the steps after the last row.
 *
 * @typedef {object} LogVerdictTold
 * @property {import('./verdicts.js').Verdict | 'diverged' | null} verdict  null: its losses tell nothing
 * @property {Untold[]} untold  what the log cannot show, however it is read
 * @property {number | null} diverged_at
 * @property {{ kind: string }[]} episodes
 * @property {'step' | 'epoch' | 'row'} unit
 */

/** What each is called behind "cannot be told:". @type {Record<Untold, string>} */
const UNTOLD = {
  start: 'instability at the start',
  short: 'spikes between rows',
  noise: 'rises within the noise',
  height: 'spikes that smoothing flattened',
  gaps: 'the rows whose loss is missing or no finite number',
  holes: 'the steps without a row',
  rest: 'the rest of the run',
};

/** Whether it is to be read as a warning: a bump that was soon over is none. @param {Pick<LogVerdictTold, 'verdict'>} run */
export function isBadVerdict({ verdict }) {
  return verdict !== null && verdict !== 'stable' && verdict !== 'recovered';
}

/** "mid-training", "stable as logged", for a list. @param {LogVerdictTold} run */
export function logVerdictInShort({ verdict, untold }) {
  if (verdict === null) return 'no verdict';
  if (verdict === 'diverged') return 'diverged';
  return `${verdictInWords(verdict)}${verdict === 'stable' && untold.length > 0 ? ' as logged' : ''}`;
}

/** "mid-training, 2 episodes", "diverged at step 300", "stable as logged; cannot be told: spikes between rows". @param {LogVerdictTold} run */
export function logVerdictInWords(run) {
  const { verdict, diverged_at, episodes, unit } = run;
  if (verdict === 'diverged') return `diverged at ${unit} ${count(diverged_at)}`;
  const found = verdict !== null && episodes.length > 0 ? `, ${plural(episodes.length, 'episode')}` : '';
  return `${logVerdictInShort(run)}${found}${sayUntold(run, '; cannot be told: ')}`;
}

/** The same in sentences. @param {LogVerdictTold} run */
export function logVerdictInSentences(run) {
  const { verdict, episodes } = run;
  if (verdict === null) return 'No verdict: its losses tell nothing.';
  if (verdict === 'diverged') return `${capitalize(logVerdictInWords(run))}.`;
  if (episodes.length === 0)
    return endSentence(
      `${capitalize(logVerdictInShort(run))}: no episode of instability.${sayUntold(run, ' Cannot be told: ')}`,
    );
  const kind = verdict === 'recovered' ? 'A bump, soon over' : `Unstable, ${verdictInWords(verdict)}`;
  return `${kind}: ${plural(episodes.length, 'episode')}.`;
}

/** @param {LogVerdictTold} run @param {string} lead */
function sayUntold({ verdict, untold }, lead) {
  return verdict === 'stable' && untold.length > 0 ? `${lead}${list(untold.map((each) => UNTOLD[each]))}` : '';
}
