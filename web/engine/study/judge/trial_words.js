/** What trials show, in sentences. */

import { countFates, FATES } from '../../config/fate.js';
import { INSTABILITIES, isInstability, kindOfRun, whenInWords } from '../../config/verdicts.js';
import { whichTypical } from '../../words/norms.js';
import { count, number, numberOrNaN } from '../../words/numbers.js';
import { agree, list, ofSeeds, plural } from '../../words/sentences.js';
import { medianOf } from '../trial/statistics.js';

/** @typedef {import('../trial/trial.js').TrialResult} TrialResult */

/** Episodes that are told of at most. */
const EPISODES_TOLD = 3;

/**
 * What became of trials.
 *
 * @param {import('../../config/fate.js').Ended[]} trials
 */
export function countStates(trials) {
  const count = trials.length;
  const ends = countFates(trials).filter(({ fate }) => FATES[fate].tone === 'bad');
  // An instability is told of those that end badly as well.
  const unstable = INSTABILITIES.map((kind) => ({
    fate: kind,
    count: trials.filter((trial) => kindOfRun(trial) === kind).length,
  }));
  const states = [...ends, ...unstable]
    .map(({ fate, count: of }) => ({ ...FATES[fate], of }))
    .filter((state) => state.of > 0);
  if (states.length === 0)
    return `${ofSeeds(count, count)} ${agree(count, 'trains', 'train')} without ${trials.some(({ verdict }) => verdict === 'recovered') ? 'an instability that lasts' : 'an episode of instability'}`;
  return list(states.map(({ one, many, of }) => `${ofSeeds(of, count)} ${agree(of, one, many)}`));
}

/** The most telling episodes, one per seed. @param {TrialResult[]} trials @returns {string[]} */
export function sayEpisodes(trials) {
  return trials
    .filter(({ episodes }) => episodes.length > 0)
    .slice(0, EPISODES_TOLD)
    .map(({ seed, episodes, baseline_loss, verdict }) => {
      const weightiest = kindOfRun({ verdict, episodes });
      const own = weightiest ? episodes.filter(({ kind }) => kind === weightiest) : episodes;
      const { begin, detected_at, peak, loss_before, loss_peak, norm_peak, norm_typical, recovered_at, kind } =
        own.reduce((worst, episode) => (episode.loss_peak > worst.loss_peak ? episode : worst));
      const end = recovered_at === null ? 'and does not recover' : `and recovers at step ${count(recovered_at)}`;
      const norm =
        norm_typical !== null && norm_typical > 0 && norm_peak > 2 * norm_typical
          ? ` The gradient norm reaches ${number(norm_peak)}, ${number(norm_peak / norm_typical)} × its 90th percentile before.`
          : '';
      return `Seed ${seed}, ${plural(episodes.length, 'episode')}: ${whenInWords(kind)} the loss rises from ${number(loss_before)} at step ${count(begin)} to ${numberOrNaN(loss_peak)} at step ${count(peak)} (noticed at step ${count(detected_at)}; guessing costs ${number(baseline_loss)}) ${end}.${norm}`;
    });
}

/** Which of the trials' norms are typical, in words; '' where all are. @param {TrialResult[]} trials */
export function whichNormsOf(trials) {
  const partly = trials.filter(({ grad_norm }) => grad_norm.untypical > 0);
  if (partly.length === 0) return '';
  return whichTypical({
    lasts: partly.some(
      ({ episodes, verdict }) => verdict === 'dead' || episodes.some(({ recovered_at }) => recovered_at === null),
    ),
    isBump: !partly.some(({ verdict }) => isInstability(verdict)),
  });
}

/**
 * The trials whose norms are worth a percentile: a threshold is read off these, and so is whatever is told beside it.
 *
 * @param {TrialResult[]} trials
 */
export function healthyOf(trials) {
  return trials.filter(
    ({ diverged, infeasible, grad_norm: { suggested } }) =>
      !diverged && !infeasible && suggested > 0 && suggested < Infinity,
  );
}

/** The healthy ones, or all where none is. @param {TrialResult[]} trials */
function measuredOf(trials) {
  const healthy = healthyOf(trials);
  return healthy.length > 0 ? healthy : trials;
}

/** Their unclipped norms, over the seeds: percentiles of the typical ones, null where no seed has enough. @param {TrialResult[]} trials */
export function describeNorms(trials) {
  const norms = measuredOf(trials).map(({ grad_norm }) => grad_norm);
  const medianOfKnown = (/** @type {number[]} */ values) => medianOf(values.filter((value) => Number.isFinite(value)));
  return {
    norm_p50: medianOfKnown(norms.map(({ typical_p50 }) => typical_p50)),
    norm_p90: medianOfKnown(norms.map(({ typical }) => typical)),
    norm_max: Math.max(...trials.map(({ grad_norm }) => grad_norm.max)),
  };
}

/** Outliers of the gradient norm, where there are any. @param {TrialResult[]} trials @returns {string[]} */
export function sayNorms(trials) {
  const { norm_p50, norm_p90, norm_max } = describeNorms(trials);
  const measured = measuredOf(trials);
  const which = whichNormsOf(measured);
  const whose =
    measured.length < trials.length ? ` (${ofSeeds(measured.length, trials.length)}, those that learn)` : '';
  if (norm_p50 === null || norm_p90 === null) {
    return which
      ? [
          `The largest unclipped gradient norm is ${number(norm_max)}; there are too few ${which} for a percentile that means anything.`,
        ]
      : [];
  }
  const [when, all] = which || whose ? [`${which && ` ${which}`}${whose}`, ' of all'] : ['', ''];
  return [
    `The unclipped gradient norm has median ${number(norm_p50)} and 90th percentile ${number(norm_p90)}${when}; its largest value${all} is ${number(norm_max)}, ${number(norm_max / norm_p90)} × that percentile.`,
  ];
}
