/**
 * What to try next, in the playbook's order, with the log's own numbers; and where the same can be rehearsed. What a step
 * rests on stands in its sentence.
 */

import { isBadVerdict } from '../../config/log_verdicts.js';
import { count, number, percent, significant } from '../../words/numbers.js';
import { AGGRESSIVE_SHARE, IN_DISGUISE, LAST_RESORT, LONGEST_SHARE, remedyRow } from '../judge/playbook.js';
import { adviseCheckpoint, overfits } from './checkpoints.js';
import { adviseOdd } from './odd_values.js';
import { rehearse } from './rehearsal.js';
import { sayPlace } from './run_notes.js';

/** @typedef {import('./findings.js').Findings} Findings */

/** A warmup that was there and too short is made so many times longer. */
const LONGER = 3;

/** Where there is none, the middle one of the lengths that are named. */
const FIRST_TRY = 100;

/** A threshold that did not suffice is divided by this. */
const CLIP_LOWER = 3;

/** The commonest threshold: what share it would clip is said of it. */
const COMMON_THRESHOLD = 1;

/**
 * @param {import('../../engine.js').Engine} engine
 * @param {Findings} found
 * @returns {{ advice: string[], rehearsal: import('./findings.js').Rehearsal | null }}
 */
export function adviseRun(engine, found) {
  const { figures } = found;
  const { verdict } = figures;
  const odd = adviseOdd(found);
  if (verdict === null)
    return {
      advice: [...odd, found.run.game ? GAMES[found.run.game] : LOG_IT],
      rehearsal: null,
    };
  const advice = isBadVerdict(figures)
    ? [...adviseWarmup(found), ...adviseClipping(found), ...adviseOptimizer(found), adviseLowerRate(found)]
    : adviseStable(found);
  // Where training goes on falling without any use, that comes before whatever would make it fall faster.
  const isFirst = !isBadVerdict(figures) && overfits(found);
  const kept = adviseCheckpoint(found);
  return {
    advice: [...odd, ...(isFirst ? [...kept, ...advice] : [...advice, ...kept])],
    rehearsal: rehearse(engine, found),
  };
}

/** Whether an episode begins where a warmup acts: at the start, or not far behind the top of the one that there is. @param {Findings} found */
function breaksNearStart(found) {
  const { episodes } = found.figures;
  return episodes.length === 0 || episodes.some(({ kind }) => kind === 'early') || findNearTop(found) !== undefined;
}

/** @param {Findings} found */
function findNearTop({ figures: { episodes }, rate }) {
  return rate?.warmup ? episodes.find(({ begin }) => begin < 1.5 * rate.peakAt + 10) : undefined;
}

/** Steps of warmup in the code of what is advised: as they are, where no sentence advises others. @param {Findings} found */
export function planWarmup(found) {
  const { warmup, planned, steps } = found.figures;
  if (!breaksNearStart(found)) return warmup?.steps ?? 0;
  const longest = longestWarmupOf(planned ?? steps);
  if (warmup) return lengthen(warmup.steps, longest);
  const lengths = lengthsUpTo(longest);
  return lengths.includes(FIRST_TRY) ? FIRST_TRY : (lengths.at(-1) ?? longest);
}

/** @param {number} steps @param {number} longest */
function lengthen(steps, longest) {
  return Math.min(Math.max(LONGER * steps, 1), Math.max(longest, steps));
}

/** Of what there is no verdict on. */
const LOG_IT = 'Log what falls while training works: the loss of every step, with rate and gradient norm.';
/** @type {Record<import('../../logs/roles.js').Game, string>} */
const GAMES = {
  adversarial:
    'Judge it by what the generator makes, or by a distance to the data such as FID, beside the gradient norm of either network.',
  reinforcement: 'Judge it by the reward, over several seeds, beside the gradient norm before clipping.',
};

/** @param {Findings} found @returns {string[]} */
function adviseWarmup(found) {
  const { figures, rate, run } = found;
  const { warmup, planned, steps, unit, episodes } = figures;
  if (!breaksNearStart(found)) return [];
  const longest = longestWarmupOf(planned ?? steps);
  if (!run.series.lr)
    return [
      `Warmup first: the run breaks near its start. The log does not say whether there is one; prepend ${sayLengths(longest)} ${unit}s of linear warmup, at most a tenth of the run.`,
    ];
  if (!warmup)
    return [
      `Warmup first: there is none, and the run breaks near its start. Prepend ${sayLengths(longest)} ${unit}s of linear warmup, at most a tenth of the run.`,
    ];
  const longer = lengthen(warmup.steps, longest);
  const at = findNearTop(found) ?? episodes[0];
  const where =
    at && at.lr !== null && rate
      ? ` (the loss rose from a rate of ${number(at.lr)}${sayPlace(at.begin, at.lr, rate)})`
      : '';
  return longer > 1.2 * warmup.steps
    ? [
        `Warmup first: ${count(warmup.steps)} ${unit}s are too few${where}; try ${count(longer)}, ${percent(longer / (planned ?? steps))} of the run.`,
      ]
    : [
        `Warmup of ${count(warmup.steps)} ${unit}s is already a tenth of the run or more${where}: a longer one is not the remedy.`,
      ];
}

/** @param {number} total  steps of the run */
function longestWarmupOf(total) {
  return Math.floor(LONGEST_SHARE * total);
}

/** @param {number} longest */
function lengthsUpTo(longest) {
  return [10, 100, 1000, 10_000].filter((length) => length <= longest);
}

/** "10, 100 or 1,000" up to the longest. @param {number} longest */
function sayLengths(longest) {
  const lengths = lengthsUpTo(longest).map(count);
  if (lengths.length === 0) return 'a few';
  return lengths.length === 1 ? lengths[0] : `${lengths.slice(0, -1).join(', ')} or ${lengths[lengths.length - 1]}`;
}

/**
 * The threshold in the code of what is advised, which a sentence names where the norms give one.
 *
 * @param {Pick<Findings, 'figures' | 'norms' | 'calm'>} found
 */
export function planThreshold({ figures, norms, calm }) {
  if (!norms || !figures.norms || norms.scaled) return COMMON_THRESHOLD;
  const { max } = figures.norms;
  if (norms.after_clipping && max) return significant(max / CLIP_LOWER, 2);
  return calm && calm.p90 > 0 ? significant(calm.p90, 3) : COMMON_THRESHOLD;
}

/** @param {Findings} found @returns {string[]} */
function adviseClipping({ figures, norms, calm }) {
  if (!norms || !figures.norms)
    return [
      'Clip the gradient norm. The log has none to read a threshold off: log the norm before clipping at every step, and clip at its 90th percentile; until then 1 is the usual guess.',
    ];
  const { p90, max } = figures.norms;
  if (norms.scaled)
    return [
      'Clip the gradient norm, after unscaling it: the logged norms still carry the loss scale, so no threshold can be read off them.',
    ];
  if (norms.after_clipping)
    return [
      `The gradient is clipped at ${number(max)} already, and it does not suffice: clip lower, at a third of it (${number(planThreshold({ figures, norms, calm }))}), once the norm before clipping is logged.`,
    ];
  if (p90 === null)
    return [
      'Clip the gradient norm; of the logged norms none is a finite number from 0, so 1 is the usual guess for a threshold.',
    ];
  if (!calm)
    return [
      `Clip the gradient norm; there are too few norms before the instability for a percentile that means anything, so ${COMMON_THRESHOLD} is the usual guess for a threshold.`,
    ];
  const share = calm.above_one;
  const common =
    share > AGGRESSIVE_SHARE
      ? ` A threshold of ${COMMON_THRESHOLD} would clip ${percent(share)} of the steps: ${IN_DISGUISE}.`
      : '';
  const peak = Math.max(...figures.episodes.map(({ norm_peak }) => norm_peak?.value ?? 0));
  const above =
    peak > calm.p90
      ? `; in the episodes it reached ${number(peak)}`
      : peak > 0
        ? `; the largest that is logged of the episodes, ${number(peak)}, is not above it`
        : '';
  return [
    `Clip the gradient norm at its 90th percentile, ${number(planThreshold({ figures, norms, calm }))}, which clips a tenth of the steps${above}. Where that does not suffice, at a third and a tenth of it.${common}`,
  ];
}

/** @param {Findings} found @returns {string[]} */
function adviseOptimizer({ run }) {
  const { label } = remedyRow('optimizer');
  const own = run.own?.config.optimizer;
  const isAdam = own === undefined ? run.names.some((name) => /adam/i.test(name)) : /adam/.test(String(own));
  if (own !== undefined && !isAdam) return [`${label}: Adam instead of ${own}.`];
  return [
    isAdam
      ? `${label}, or β₂ of 0.95 to 0.99: Adam’s second moment lags behind gradients that grow suddenly.`
      : `${label}: Adam where it is SGD with momentum, momentum where it is Adam. The log does not name it.`,
  ];
}

/** @param {Findings} found */
function adviseLowerRate({ figures, rate }) {
  const first = figures.episodes[0];
  if (!rate) return 'At last a lower learning rate, ten times; the log does not say which it was.';
  const at = first?.lr ?? rate.peak;
  const lower = significant(rate.peak / LAST_RESORT, 2);
  const below = first && at < rate.peak ? `below ${number(at)}, at which the first episode began` : '';
  // A tenth of the peak may be above the rate at which it broke.
  const peaks = [...(below && at <= lower ? [] : [`at ${number(lower)}`]), ...(below ? [below] : [])];
  return `At last a lower rate: peak ${peaks.join(', or ')}. What is lost by it, the remedies before may save.`;
}

/** What to do about the rate of a calm run. @param {Findings} found */
function adviseRate(found) {
  const { figures, rate, norms, calm, run, rises, level, climb, turns } = found;
  const still = found.vanished ?? found.still;
  const none = figures.untold.length > 0 ? 'No instability shows in what is logged' : 'No instability that matters';
  if (level) {
    const rates = rate
      ? `the rates ${number(significant(rate.peak / 10, 2))} and ${number(significant(10 * rate.peak, 2))} tell`
      : 'rates ten times lower and higher tell';
    return `Nothing is learned yet. First let the network learn one batch by heart, which shows whether data, labels, loss and gradient belong together; then ${rates} on which side of the useful ones this is.`;
  }
  if (still)
    return `Before a higher rate is tried, find out why nothing moves from ${figures.unit} ${count(still.from)} on: units that died, a rate of 0 and weights that are not updated do so, and so do decimals that are cut in the log.`;
  if (climb)
    return `Before a higher rate is tried, find out why the loss rises from ${figures.unit} ${count(climb.at)} on: harder data, as of a curriculum, do so; else train on from there at ${rate ? `a tenth of the rate, ${number(significant(rate.peak / 10, 2))}` : 'a tenth of the rate'}, and see whether it falls.`;
  const [first] = [...rises, ...figures.episodes];
  if (first) {
    const threshold =
      norms && !norms.scaled && !norms.after_clipping
        ? ` at its 90th percentile, ${number(planThreshold({ figures, norms, calm }))},`
        : '';
    const longer = figures.episodes.length > 0 && breaksNearStart(found) ? 'warm up over more steps, and ' : '';
    return `Before a higher rate is tried: ${longer}clip the gradient norm${threshold} against rises like that at ${figures.unit} ${count(first.peak)}, and look at the data of these ${figures.unit}s.`;
  }
  if (turns !== null)
    return `Before a higher rate is tried, train at half of ${rate ? number(rate.peak) : 'this one'}: where the loss no longer goes up and down in turn, its steps overshot.`;
  return rate
    ? `${none}: the peak rate of ${number(rate.peak)} may be below the best. Try ${number(significant(3 * rate.peak, 2))} and ${number(significant(10 * rate.peak, 2))}; the best rate is often just below the one that breaks.`
    : `${none}. The log has no rate${run.series.lr ? ' above 0' : ''}; a sweep over rates, up to the one that breaks, tells whether this is the best.`;
}

/** @param {Findings} found @returns {string[]} */
function adviseStable(found) {
  const { figures, norms, run } = found;
  const { untold } = figures;
  const isBlind = untold.includes('start');
  const advice = [
    ...(isBlind
      ? [
          'Log the loss and the norm before clipping of every step, at least of the first thousand: only then is it known whether the start is calm.',
        ]
      : untold.includes('height')
        ? ['Log the loss of each step as it is, beside one that is smoothed: only then would a short spike show.']
        : []),
    adviseRate(found),
  ];
  if (run.blank)
    return [
      `Find out what the loss is after ${figures.unit} ${count(figures.steps)}: where it is NaN the run diverged, and no higher rate is to be tried.`,
    ];
  if (figures.verdict === 'recovered') {
    const { length } = figures.episodes;
    const often = length === 1 ? 'once' : `${count(length)} times`;
    advice.unshift(`The loss rose ${often} and was soon back: watch it, and change nothing for it.`);
  }
  if (norms && norms.above_one > AGGRESSIVE_SHARE && !norms.scaled && !norms.after_clipping)
    advice.push(
      `If it is clipped at ${COMMON_THRESHOLD}, that clips ${percent(norms.above_one)} of the steps: ${IN_DISGUISE}. Its 90th percentile is ${number(norms.p90)}.`,
    );
  if (!run.series.grad_norm && !isBlind)
    advice.push('Log the gradient norm before clipping: it rises before the loss does.');
  return advice;
}
