/**
 * What happens, told to the event log: data and forks, live changes, instability as it begins and as it passes, too much
 * clipping, and how a run ended; each with buttons for what helps.
 *
 * @typedef {import('../state/lab.js').Lab} Lab
 * @typedef {import('../state/run.js').Run} Run
 * @typedef {import('./offers.js').Offer} Offer
 */

import { configToSearch } from '../../engine/config/config_text.js';
import { dataFactsOf } from '../../engine/config/data_facts.js';
import { fateOf, sayInfeasible } from '../../engine/config/fate.js';
import { changeSettings, trainedRule } from '../../engine/config/rules.js';
import { nameVerdict } from '../../engine/config/verdicts.js';
import { AGGRESSIVE_SHARE, adviseOnAggressive } from '../../engine/study/judge/playbook.js';
import { count, number, percent } from '../../engine/words/numbers.js';
import { plural } from '../../engine/words/sentences.js';
import { changeInWords, settingInWords } from '../../engine/words/settings.js';
import { VERSION } from '../../generated/schema.js';
import { clipEffect } from './clip_line.js';
import { deathInWords, divergenceInWords, episodeInWords } from './instability_words.js';
import { endOf, isLearned } from './learning.js';
import { beginOfEpisode, causeInWords, causeOfEnd } from './live_cause.js';
import { gentler, offersFor, offersForEpisode } from './offers.js';

/** So many steps after an episode, a loss that is still the one of guessing is said to stay there. */
const STEPS_OF_GUESSING = 100;

/** Steps before the share of clipped updates means anything. */
const STEPS_BEFORE_SHARE = 50;

/** Who tells a lab's log what happens. @param {Lab} lab @returns {import('../state/log.js').Narrator} */
export function createNarrator(lab) {
  return {
    started: (run, notices) => {
      for (const notice of notices) lab.log.note(run, 'warn', notice);
    },
    progressed: (run) => tellProgress(lab, run),
    adjusted: (run, change, was) => tellChange(lab, run, change, was),
    ended: (run) => {
      tellEnd(lab, run);
      tellBits(lab, run);
    },
    forked: (run, fork) => tellFork(lab, run, fork),
    loaded: (data) => tellData(lab, data),
  };
}

/** @param {Lab} lab @param {Run} run @param {Offer[]} offers @returns {import('../state/log.js').Action[]} */
function buttonsFor(lab, run, offers) {
  return offers.map((offer) => ({ label: offer.label, why: offer.why, act: () => accept(lab, run, offer) }));
}

/** An offer's button: a fork, or live changes, or a new run. @param {Lab} lab @param {Run} run @param {Offer} offer */
function accept(lab, run, { changes, forkAt }) {
  if (forkAt !== undefined) lab.runs.fork(run, forkAt, changes);
  else if (run === lab.liveRun && Object.keys(changes).every((name) => lab.field(name).live)) lab.draft.change(changes);
  else {
    lab.weights.choose(run.weights);
    lab.draft.take(changeSettings({ ...run.inForce, changes: [] }, changes));
    lab.runs.start();
  }
}

/** @param {Lab} lab @param {import('../state/data_sets.js').LoadedData} data */
function tellData(lab, { name, trainCount, valCount, shape, classes, notes }) {
  const { kind, targets } = dataFactsOf(shape, classes);
  const size = shape.length === 1 ? plural(shape[0], 'feature') : shape.join(' × ');
  const meant = targets === 'numbers' ? 'targets for regression' : `${classes} classes`;
  const what = kind === 'tokens' ? 'its characters' : `${size}, ${meant}`;
  const text = `Loaded ${name}: ${count(trainCount)} training and ${count(valCount)} validation samples of ${what}.`;
  lab.log.note(null, 'you', [text, ...notes].join(' '));
}

/** @param {Lab} lab @param {Run} run @param {import('../state/log.js').Fork} fork */
function tellFork(lab, run, { parent, step, changes, isPaused }) {
  const words = changes.map(({ field, value }) => settingInWords(field, value));
  const text = `Forked ${parent.name} at step ${count(step)}${words.length ? ` with ${words.join(', ')}` : ''}. Same weights, same batches from here on.${isPaused ? ' Turn what should be different, then run it.' : ''}`;
  lab.log.note(run, 'you', text, [], step);
}

/** @param {Lab} lab @param {Run} run @param {import('../state/run.js').Change} change @param {import('../../engine/config/config.js').SettingValue} was */
function tellChange(lab, run, { step, field, value }, was) {
  lab.log.note(run, 'you', changeInWords(field, was, value), [], step);
}

/** Whether something is told for the first time. @param {Run} run @param {string} what */
function isNews(run, what) {
  if (run.told.has(what)) return false;
  run.told.add(what);
  return true;
}

/** What the newest rows mean. @param {Lab} lab @param {Run} run */
export function tellProgress(lab, run) {
  run.episodes.forEach((episode, i) => {
    // What was over where a run forked was told of its parent.
    const { recovered_at } = episode;
    if (recovered_at >= 0 && recovered_at < run.startStep) return;
    const key = `episode-${run.id}-${i}`;
    const told = episodeInWords(run, episode);
    if (isNews(run, key)) {
      const buttons = buttonsFor(lab, run, offersForEpisode(run, episode, lab.modelText(run.inForce, run.shape)));
      lab.log.note(run, 'bad', told, buttons, episode.detected_at, key);
    } else {
      // The peak grows while the episode lasts, and what is said of it with it.
      const known = lab.log.entries.find((entry) => entry.key === key);
      if (known && run.alive) Object.assign(known, told);
      // Said in red while it lasts; a bump that was soon over makes no run unstable.
      if (known && run.summary && nameVerdict(run.summary.verdict) === 'recovered') known.tone = 'quiet';
    }
    if (recovered_at >= 0) tellRecovery(lab, run, episode, i);
  });
  tellDeath(lab, run);
  tellEdge(lab, run);
  const clipped = run.summary?.clipped_fraction ?? 0;
  const clippable = run.summary?.clippable_steps ?? 0;
  if (clipped > AGGRESSIVE_SHARE && clippable >= STEPS_BEFORE_SHARE && isNews(run, 'overclipped')) {
    const { clip, clip_norm } = run.inForce;
    const effect = clip === 'norm' ? clipEffect(run, lab.normEdges, Number(clip_norm)) : null;
    const lower = effect?.rate ?? gentler(run.inForce);
    lab.log.note(
      run,
      'warn',
      `${percent(clipped)} of the ${plural(clippable, 'step')} with λ in force were clipped. ${adviseOnAggressive(run.inForce)}`,
      [
        {
          label: `Fork without clipping, η ${number(lower)}`,
          act: () => lab.runs.fork(run, run.startStep, { clip: 'off', lr: lower }),
        },
      ],
      run.step,
    );
  }
}

/**
 * An episode is over when the loss is back at its old minimum. Early in a run that may be no better than guessing, and
 * a network whose units have died stays there: it has recovered only where it learns. Of what came after a later
 * episode, an earlier one says nothing.
 * @param {Lab} lab @param {Run} run @param {import('../state/run.js').Episode} episode @param {number} i
 */
function tellRecovery(lab, run, episode, i) {
  const { recovered_at } = episode;
  // A dead network's own entry says where its loss stays.
  if (run.summary && run.summary.dead_at >= 0) return;
  if (isLearned(run, run.latestLoss)) {
    if (!isNews(run, `recovered-${i}`)) return;
    const text = `Recovered: the loss is back at its old minimum, ${plural(recovered_at - beginOfEpisode(run, episode), 'step')} later.`;
    lab.log.note(run, 'good', text, [], recovered_at);
  } else if (i === run.episodes.length - 1 && run.step - recovered_at >= STEPS_OF_GUESSING && isNews(run, 'guesses')) {
    const guessing = number(run.summary?.baseline_loss);
    const text = `The loss came down to that of guessing, ${guessing}, and stays there.`;
    lab.log.note(run, 'quiet', text, [], run.step);
  }
}

/** The network is dead: said once, and again where it had come back to life. @param {Lab} lab @param {Run} run */
function tellDeath(lab, run) {
  const at = run.summary?.dead_at ?? -1;
  if (at < 0 || !isNews(run, `dead-${at}`)) return;
  const episode = run.episodes.at(-1);
  // What is dead does not come back by what is changed now: only from before.
  const model = lab.modelText(run.inForce, run.shape);
  const offers = episode ? offersForEpisode(run, episode, model).filter(({ forkAt }) => forkAt !== undefined) : [];
  lab.log.note(run, 'bad', deathInWords(run), buttonsFor(lab, run, offers), at);
}

/**
 * The sharpness has risen to the rule's limit: from here on gradient descent holds it there by itself. A run that
 * began above its limit has fallen to it, which is another story; where the rule has no limit, nothing is reached.
 * @param {Lab} lab @param {Run} run
 */
function tellEdge(lab, run) {
  const { reachedEdge } = run;
  if (!reachedEdge || !isNews(run, 'at-edge')) return;
  const limit = trainedRule(run.inForce)?.limit;
  lab.log.note(
    run,
    'quiet',
    `The sharpness has reached ${limit} = ${number(reachedEdge.edge)}: this is the edge of stability. A quadratic would diverge from here; a network hovers.`,
    [],
    reachedEdge.step,
  );
}

/** Whether the run of an opened link came out as the link says. @param {Lab} lab @param {Run} run */
export function tellBits(lab, run) {
  const { promise } = lab.links;
  // Other weights to start from are another run.
  if (!promise || !run.end || run.weights || configToSearch(run.config) !== promise.settings) return;
  lab.links.promise = null;
  const { digest } = run.end;
  if (digest.startsWith(promise.digest)) {
    lab.log.note(
      run,
      'good',
      `The same bits as in the link: every parameter, digest ${promise.digest}….`,
      [],
      run.step,
    );
  } else {
    const text = `Other bits than the link says: digest ${digest.slice(0, 16)}… instead of ${promise.digest}…. ${whyOtherBits(promise.version)}`;
    lab.log.note(run, 'warn', text, [], run.step);
  }
}

/** Why the bits of a link may not come out. @param {string | null} version  of the page that it is from, where it tells */
function whyOtherBits(version) {
  if (version === null) return 'The data or the version of Trainscope differs.';
  if (version === VERSION) return `The link is of this version, ${VERSION}: its data or its text differ.`;
  return `The link is of Trainscope ${version}, and this is ${VERSION}: they need not compute the same.`;
}

/** How the run ended. @param {Lab} lab @param {Run} run */
export function tellEnd(lab, run) {
  const { summary, best } = run;
  if (!summary) return;
  const offers = () => buttonsFor(lab, run, offersFor(run, lab.modelText(run.inForce, run.shape)));
  if (run.status === 'diverged') {
    lab.log.note(run, 'bad', divergenceInWords(run), offers(), summary.diverged_at);
  } else if (run.status === 'complete' && run.totalSteps === 0) {
    lab.log.note(run, 'quiet', 'No steps were asked for.', [], run.step);
  } else if (run.status === 'complete' && summary.infeasible === 1) {
    const end = endOf(run, summary);
    const cause = fateOf(end) === 'lost' ? causeOfEnd(run) : null;
    const since = cause ? ` since ${causeInWords(cause)}` : '';
    const text = `Done, but ${sayInfeasible(end)}${since}: the training loss is ${number(run.end?.train?.loss ?? run.latestLoss)}, and guessing by class frequency gives ${number(summary.baseline_loss)}.`;
    lab.log.note(run, 'warn', text, offers(), run.step);
  } else if (run.status === 'complete') {
    const of = run.valCount ? 'validation loss' : 'training loss';
    const right = best && Number.isFinite(best.accuracy) ? ` with ${percent(best.accuracy, 1)} right` : '';
    lab.log.note(
      run,
      'good',
      `Done. Best ${of} ${number(best?.loss)}${right}, at step ${count(best?.step ?? run.step)}.`,
      [],
      run.step,
    );
  }
}
