/**
 * The one sentence and the one question at the top of the Live view: what is trained and what to try; and where it broke,
 * that, with the steps.
 *
 * @typedef {import('../state/lab.js').Lab} Lab
 * @typedef {import('../state/run.js').Run} Run
 * @typedef {{ says: string, asks: string, below: string, hint: string, tone: '' | 'bad' }} Headline  below: in smaller
 *   letters; hint: after it, what a hand can do
 */

import { fateOf } from '../../engine/config/fate.js';
import { isInstability, nameVerdict } from '../../engine/config/verdicts.js';
import { count, number, percent } from '../../engine/words/numbers.js';
import { plural } from '../../engine/words/sentences.js';
import { settingInSentence } from '../../engine/words/settings.js';
import { endOf, openEpisode } from '../events/learning.js';
import { beginOfEpisode, causeOfEnd } from '../events/live_cause.js';
import { cardOf } from './cards.js';
import { networkInWords, taskOf } from './subject.js';

/** What is asked of settings that no card asks a question about. */
const QUESTION = 'How far can you turn η up before it breaks?';

/** @param {Lab} lab @returns {Headline} */
export function headlineOf(lab) {
  const { focus: run } = lab;
  if (lab.engineProblem) return plain('Nothing can be trained here.', { below: lab.engineProblem });
  if (!run) return waiting(lab);
  if (!run.parameters) return plain('The network is being made …');
  if (run.status === 'failed') return plain('Training stopped by an error.');
  const breach = breachOf(run);
  if (breach) {
    const asks = causeOfEnd(run) ? '' : 'What would have saved it?';
    const hint =
      placeOfBreach(run) > 0
        ? 'Rewind to before it, or start again with what would have helped.'
        : 'Start again with what would have helped.';
    return { says: breach, asks, below: beforeInWords(run), hint, tone: 'bad' };
  }
  if (run.status === 'complete' && run.totalSteps === 0)
    return plain('Nothing was trained: no steps were asked for.', { below: networkInWords(lab, run) });
  if (run.status === 'complete') return { ...doneInWords(lab, run), below: networkInWords(lab, run), hint: '' };
  return {
    says: `This network learns ${taskOf(lab, run)}.`,
    asks: cardOf(lab, run.config)?.card?.asks ?? (wasUnstable(run) ? 'Would a smaller η keep it steady?' : QUESTION),
    below: `${networkInWords(lab, run)}.`,
    hint: 'Drag the rate while it trains.',
    tone: '',
  };
}

/** @param {string} says @param {{ below?: string, hint?: string }} [more] @returns {Headline} */
function plain(says, { below = '', hint = '' } = {}) {
  return { says, asks: '', below, hint, tone: '' };
}

/** Whether it has been unstable and come back from it, so that nobody need ask whether it breaks. @param {Run} run */
function wasUnstable({ summary }) {
  return summary !== null && isInstability(nameVerdict(summary.verdict));
}

/** Why nothing is trained yet. @param {Lab} lab */
function waiting({ draft, ready }) {
  if (!ready) return plain('The engine is being loaded …');
  if (draft.lacksData)
    return plain('What shall the network learn?', { hint: 'Drop a table, images or arrays on the page.' });
  if (draft.preview?.problem) return plain('These settings cannot be trained.');
  return plain('Press Run, and the network begins to learn.');
}

/**
 * That a training broke, at which step and by whose doing: "It broke at step 209, 4 steps after you set η to 0.18."; "" where
 * it did not. The step of an episode is the one from which charts shade it; when it was noticed stands in the log.
 *
 * @param {Run} run
 */
export function breachOf(run) {
  const { summary } = run;
  const at = placeOfBreach(run);
  if (!summary || at < 0) return '';
  const open = openEpisode(run);
  const [diverged, died] = [summary.diverged_at, summary.dead_at];
  // What goes on may yet come back.
  const isSlow = open !== null && causeOfEnd(run) === null && Math.max(diverged, died) > at;
  const verb = diverged < 0 && died < 0 ? 'It became unstable' : isSlow ? 'It began to break' : 'It broke';
  const then =
    diverged > at
      ? `, and diverged at ${count(diverged)}`
      : diverged < 0 && died > at
        ? `, and has been dead since ${count(died)}`
        : '';
  return `${verb} at step ${count(at)}${circumstances(run, at)}${then}.`;
}

/** The step at which a training broke; below 0 where it did not. @param {Run} run */
function placeOfBreach(run) {
  const { summary } = run;
  if (!summary) return -1;
  const open = openEpisode(run);
  if (open) return beginOfEpisode(run, open);
  return summary.diverged_at >= 0 ? summary.diverged_at : summary.dead_at;
}

/** After which change, or of how many steps. @param {Run} run @param {number} at */
function circumstances(run, at) {
  const cause = causeOfEnd(run);
  if (!cause) return ` of ${count(run.totalSteps)}`;
  const { field, value, step } = cause.change;
  const set = `you set ${settingInSentence(field, value, ' to ')}`;
  return at > step ? `, ${plural(at - step, 'step')} after ${set}` : `, when ${set}`;
}

/** How good it was before it broke, as far as that was measured. @param {Run} run */
function beforeInWords(run) {
  const { episodes, summary, series } = run;
  const first = episodes.at(-1);
  const at = first ? beginOfEpisode(run, first) : (summary?.diverged_at ?? 0) - 1;
  const right = run.classes > 0 ? series.smoothed_accuracy.at(at) : null;
  const isKnown = right !== null && Number.isFinite(right) && at > 0;
  return isKnown ? `At step ${count(at)} it was right about ${percent(right, 0)} of its training batches.` : '';
}

/** What a training that came to its end has learned. @param {Lab} lab @param {Run} run @returns {Pick<Headline, 'says' | 'asks' | 'tone'>} */
function doneInWords(lab, run) {
  const { summary, end } = run;
  const fate = summary ? fateOf(endOf(run, summary)) : 'stable';
  if (fate === 'lost') return { says: 'It lost what it had learned.', asks: '', tone: 'bad' };
  if (fate === 'unlearned')
    return { says: 'It learned next to nothing.', asks: 'Was η too small, or too large?', tone: 'bad' };
  const score = end?.val ?? end?.train;
  const whose = end?.val ? 'validation' : 'training';
  const result =
    run.classes > 0 && score?.accuracy !== null && score?.accuracy !== undefined
      ? `${percent(score.accuracy, 1)} of the ${whose} data right`
      : `${whose} loss ${number(score?.loss)}`;
  return {
    says: `It learned ${taskOf(lab, run)}: ${result}.`,
    asks: wasUnstable(run) ? 'Would a smaller η have kept it steady?' : 'Would a larger η have got there sooner?',
    tone: '',
  };
}
