/**
 * Whether the hand on the controls brought an instability about: of the live changes shortly before it, those that let
 * longer steps through.
 *
 * @typedef {import('../state/run.js').Run} Run
 * @typedef {import('../state/run.js').Change} Change
 * @typedef {import('../state/run.js').Episode} Episode
 * @typedef {import('../../engine/config/config.js').SettingValue} SettingValue
 * @typedef {{ change: Change, back: SettingValue, since: number }} LiveCause
 *   change: the last of them; back: the field's value before the first, which came at step since
 */

import { count } from '../../engine/words/numbers.js';
import { settingInSentence } from '../../engine/words/settings.js';

/** A change counts up to so many steps before the loss began to rise; what has gone well for longer is not to blame. */
const STEPS_TO_BLAME = 50;

/** Causes that were looked for: what a run's changes up to a step have brought about stays so. @type {WeakMap<Run, Map<string, LiveCause | null>>} */
const KNOWN = new WeakMap();

/**
 * @param {Run} run
 * @param {number} begin  the last step at which the loss was at its minimum
 * @param {number} noticed  the step at which the instability showed, or training diverged
 * @returns {LiveCause | null}
 */
function liveCause(run, begin, noticed) {
  const known = KNOWN.get(run) ?? new Map();
  const key = `${begin} ${noticed}`;
  // An episode is told again with every progress, and a run may have thousands of changes.
  if (!known.has(key)) known.set(key, findCause(run, begin, noticed));
  KNOWN.set(run, known);
  return known.get(key) ?? null;
}

/** @param {Run} run @param {number} begin @param {number} noticed @returns {LiveCause | null} */
function findCause(run, begin, noticed) {
  /** @type {import('../../engine/config/config.js').GivenConfig} */
  const inForce = { ...run.config };
  /** Of one field. @type {LiveCause[]} */
  let pulls = [];
  for (const change of run.changes) {
    if (change.step > noticed) break;
    const { field, step, value } = change;
    const back = /** @type {SettingValue} */ (inForce[field]);
    inForce[field] = value;
    if (step < begin - STEPS_TO_BLAME || !loosens(change, back, inForce.clip)) continue;
    // A rate that is turned up in several pulls goes back to where the hand took hold of it.
    const earlier = pulls.filter((pull) => pull.change.field === field);
    pulls = [...earlier, { change, back, since: step }];
  }
  const last = pulls[pulls.length - 1];
  if (!last || inForce[last.change.field] !== last.change.value) return null;
  return { ...pulls[0], change: last.change };
}

/** What brought an episode about, if it was the hand. @param {Run} run @param {Episode} episode */
export function causeOfEpisode(run, { begin, detected_at }) {
  return liveCause(run, begin, detected_at);
}

/**
 * The step at which an episode began, as it is shown: where the loss was at its minimum last, but not before the change
 * that brought it about.
 * @param {Run} run @param {Episode} episode
 */
export function beginOfEpisode(run, episode) {
  return Math.max(episode.begin, causeOfEpisode(run, episode)?.change.step ?? 0);
}

/** The cause of the instability that a run has not come back from, if it is one. @param {Run} run */
export function causeOfEnd(run) {
  const last = run.episodes[run.episodes.length - 1];
  const diverged = run.summary?.diverged_at ?? -1;
  if (last && last.recovered_at < 0) return liveCause(run, last.begin, Math.max(last.detected_at, diverged));
  return diverged < 0 ? null : liveCause(run, diverged, diverged);
}

/** "you set η to 10 at step 84". @param {LiveCause} cause */
export function causeInWords({ change }) {
  return `you set ${settingInSentence(change.field, change.value, ' to ')} at step ${count(change.step)}`;
}

/** Whether longer steps pass than before. @param {Change} change @param {SettingValue} was @param {unknown} clip in force */
function loosens({ field, value }, was, clip) {
  switch (field) {
    case 'clip':
      return value === 'off';
    case 'clip_norm':
      return (clip === 'norm' || clip === 'update') && Number(value) > Number(was);
    case 'clip_percentile':
      return clip === 'adaptive' && Number(value) > Number(was);
    default:
      return ['lr', 'momentum'].includes(field) && Number(value) > Number(was);
  }
}
