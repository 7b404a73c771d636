/**
 * What an LR range test says, in sentences: how it ended, why a rule suggests nothing and what to change, and whether
 * the suggestion stands where the slope is. C decides; every sentence follows from its check of the curve.
 */

import { SCHEMA } from '../config/schema.js';
import { number } from '../words/numbers.js';
import { RULE_NAMES, sayFailure } from '../words/range_rules.js';
import { capitalize, list, ofSeeds, plural } from '../words/sentences.js';
import { hasFall } from './range_result.js';
import { medianOf, spreadOf } from './trial/statistics.js';

/**
 * @typedef {import('../range/range_check.js').RangeCheck} RangeCheck
 * @typedef {import('../range/suggestion.js').Suggestion} Suggestion
 * @typedef {import('./range_result.js').RangeStop} RangeStop
 * @typedef {import('./range_result.js').Rule} Rule
 * @typedef {import('./range_result.js').SeedResult} SeedResult
 * @typedef {import('./range_result.js').RangeResult} RangeResult
 * @typedef {import('./range_result.js').Tried} Tried
 */

/**
 * What is the matter with a curve that has no descent, and what to change: in the options of the test, or where one has
 * none to change, in the settings of the run.
 *
 * @type {Record<string, { test: string, run: string }>}
 */
const ADVICE = {
  noise: { test: 'raise batch, or take more points', run: 'raise batch' },
  learned: {
    test: 'test it before it is trained, with fresh weights',
    run: 'start from fresh weights, or go on at a rate it has learned with',
  },
  breaks: {
    test: 'start from a lower lr_min, or look at what makes it break so early: init_gain, the scale of the data, missing normalization',
    run: 'look at what makes it break so early: init_gain, the scale of the data (standardize), missing normalization in model',
  },
  falling: { test: 'raise lr_max', run: 'look at model, init_gain and weight_decay: no common rate is high enough' },
  flat: {
    test: 'raise lr_max or points; if that changes nothing, the network does not learn at all, so look at model, init and init_gain',
    run: 'the network does not learn at any rate, so look at model, init and init_gain, and at the labels',
  },
};

/** No network is to be trained at rates above: one that breaks only there, and learns nowhere, does not break early. */
const HIGH_RATE = 1;

/** @param {RangeCheck} check @param {RangeStop} stop @param {number} lr_end @returns {keyof typeof ADVICE | null} */
function findFault(check, stop, lr_end) {
  if (hasFall(check)) return null;
  const { before, baseline, stands_out, is_deep, rises, still_falls } = check;
  if (!stands_out && is_deep) return 'noise';
  if (before < SCHEMA.definitions.range_learned * baseline) return 'learned';
  if ((stop !== 'completed' || rises) && lr_end < HIGH_RATE) return 'breaks';
  return still_falls && stands_out ? 'falling' : 'flat';
}

/**
 * Why the curve has no descent to read a rate off, and what to change; null where it has one.
 *
 * @param {RangeCheck} check
 * @param {RangeStop} stop
 * @param {number} lr_end  the last rate that was tested
 * @param {'test' | 'run'} [whose]  what can be changed
 * @returns {string | null}
 */
export function explainNoDescent(check, stop, lr_end, whose = 'test') {
  const fault = findFault(check, stop, lr_end);
  if (fault === null) return null;
  const { before, low, baseline, noise } = check;
  const fall =
    low < before
      ? `falls from ${number(before)} to ${number(low)} at best (averaged over a few steps)`
      : `never falls below the ${number(before)} it begins with (averaged over a few steps)`;
  const facts = {
    noise: `The loss ${fall}, which may be the noise of its batches, ${number(noise)} from step to step`,
    learned: `The network has learned already: the loss begins at ${number(before)}, where guessing gives ${number(baseline)}, and ${fall}`,
    breaks: `The loss ${fall}${sayGuessing(check)}, before it breaks at a rate of ${number(lr_end)}`,
    falling: `The loss ${fall}${sayGuessing(check)}, and still falls at the highest rate, ${number(lr_end)}`,
    flat: `The loss ${fall}${sayGuessing(check)}, up to a rate of ${number(lr_end)}`,
  };
  return `${facts[/** @type {keyof typeof facts} */ (fault)]}: ${ADVICE[fault][whose]}.`;
}

/** @param {RangeCheck} check */
function sayGuessing({ learns, baseline }) {
  return learns ? '' : `, no lower than guessing, which gives ${number(baseline)},`.replace(/,$/, '');
}

/**
 * Why a rule's rate does not count although the loss falls; null where it counts.
 *
 * @param {Rule} rule
 * @param {RangeCheck} check
 * @param {Suggestion} suggestion
 * @returns {string | null}
 */
export function explainRule(rule, check, suggestion) {
  const rate = suggestion[rule];
  if (rate === null) return `The rule ${RULE_NAMES[rule]} finds no rate in this curve.`;
  if (check[rule]) return null;
  if (rule === 'steepest' || rule === 'steep') {
    const { halfway } = suggestion;
    if (halfway === null) return 'The smoothed loss falls nowhere before its lowest point.';
    const times = number(Math.max(rate / halfway, halfway / rate));
    return `${capitalize(RULE_NAMES[rule])} reads ${number(rate)}, ${times} times ${rate < halfway ? 'lower' : 'higher'} than where half of the drop was made, ${number(halfway)}, where up to ${number(SCHEMA.definitions.range_far)} times would count: it stands on noise or on a slope of its own. Take more seeds or points, or try the suggestions.`;
  }
  return `The rule ${RULE_NAMES[rule]} reads ${number(rate)}, which is not where the loss falls.`;
}

/**
 * @param {number} points
 * @param {number} needed
 * @param {{ nonFinite: boolean, exceeded: boolean }} end  how the test ended
 */
export function explainTooFew(points, needed, { nonFinite, exceeded }) {
  const advice = nonFinite
    ? 'the loss blew up at once, so start from a lower lr_min'
    : exceeded
      ? 'the smoothed loss soon exceeded its best by the stop factor, so start from a lower lr_min, or raise stop_factor'
      : 'take more points';
  return `The test has ${plural(points, 'point')}, but a suggestion needs at least ${needed}: ${advice}.`;
}

/** Why a rule's rate does not count once it was tried. @param {Rule} rule @param {Tried} tried */
export function explainTry(rule, { lr, steps, verdict }) {
  return `${capitalize(RULE_NAMES[rule])} reads ${number(lr)}, but a training of ${plural(steps, 'step')} with it ${sayFailure(verdict)}.`;
}

/** @param {Tried[]} tried  by rising rate; none learns */
export function sayNoneLearns(tried) {
  const [lowest, highest] = [tried[0], tried[tried.length - 1]].map(({ lr }) => number(lr));
  return `Of ${plural(tried.length, 'rate')} tried, from ${lowest} to ${highest}, none learns in ${plural(tried[0].steps, 'step')}.`;
}

/**
 * Why this rate of all that were tried.
 *
 * @param {RangeResult} test
 * @param {{ tried: Tried[], chosen: Tried | null }} tries
 */
export function sayChoice({ read, headline }, { tried, chosen }) {
  if (!chosen) return sayNoneLearns(tried);
  const { rules, steps, seeds, split, val } = chosen;
  const names = list(rules.map((rule) => RULE_NAMES[rule]));
  const where =
    rules.length > 0
      ? `what ${names} ${rules.length === 1 ? 'reads' : 'read'} off a range test`
      : 'found beside what the rules read off a range test';
  const result = `of ${plural(tried.length, 'rate')} tried it stands in the middle of those that train well, with a ${split} loss of ${number(val)} in ${plural(steps, 'step')} (mean of ${plural(seeds, 'seed')})`;
  const own = tried.find((one) => one.rules.includes(headline));
  if (!own || own === chosen) return `${where}; ${result}`;
  const instead = own.learns ? `gives ${number(own.val)}` : sayFailure(own.verdict);
  return `${where}; ${result}; ${RULE_NAMES[headline]}, ${number(read[headline])}, ${instead}`;
}

/**
 * Why the headline is trained with: "steepest descent; tried for 100 steps, it gives 0.12, and 0.17, in the middle of the
 * rates that train well, 0.11 (mean of 2 seeds)".
 *
 * @param {RangeResult} test
 * @param {{ tried: Tried[], chosen: Tried | null }} tries
 */
export function sayConfirmed({ headline }, { tried, chosen }) {
  const own = tried.find((one) => one.rules.includes(headline));
  if (!own || !chosen) return RULE_NAMES[headline];
  const other =
    own === chosen
      ? `, and stands in the middle of the ${plural(tried.length, 'rate')} tried that train well`
      : `, and ${number(chosen.lr)}, in the middle of those that train well, ${number(chosen.val)}`;
  return `${RULE_NAMES[headline]}; tried for ${plural(own.steps, 'step')}, it gives a validation loss of ${number(own.val)}${other} (mean of ${plural(own.seeds, 'seed')})`;
}

/**
 * Why what is chosen is not the rate with the lowest loss; null where it is.
 *
 * @param {{ tried: Tried[], chosen: Tried | null }} tries
 */
export function sayMiddle({ tried, chosen }) {
  const lowest = tried.find(({ regret }) => regret === 0);
  if (!chosen || !lowest || lowest.lr === chosen.lr) return null;
  return `The lowest, ${number(lowest.val)}, is that of ${number(lowest.lr)}. Of rates whose losses are near to each other, the lowest in ${plural(lowest.seeds, 'short training')} is often so by luck: chosen is the one in the middle of those that train well, each weighed by its loss.`;
}

/** Of a rate that learns with some seeds only, and better than any that learns with all. @param {Tried} fickle */
export function sayFickle({ lr, val, seeds }) {
  return `At a rate of ${number(lr)} the validation loss falls to ${number(val)} with one seed, lower than at any that trains with every seed, but one of ${plural(seeds, 'seed')} does not train with it: what is best lies at the edge of what trains.`;
}

/** What to set instead of what a range test cannot tell. @param {Tried} chosen */
export function sayWhatTriesFind({ lr, val, steps }) {
  return `Set lr to ${number(lr)}, which gives a validation loss of ${number(val)} in ${plural(steps, 'step')}, or let tries choose: --auto-lr tried.`;
}

/**
 * How a seed's test ended.
 *
 * @param {Pick<SeedResult, 'stop' | 'check' | 'lr_end' | 'drawn'>} test
 */
function sayStop({ stop, check, lr_end, drawn }) {
  const at = number(lr_end);
  switch (stop) {
    case 'diverged':
      return `stopped at ${at}, where the smoothed loss exceeded its best by the stop factor: ${check.rises ? 'higher rates are unstable' : 'it may be no more than the noise of its batches'}`;
    case 'non-finite':
      return `stopped at ${at}, at the first loss that was not a finite number: higher rates blow up at once`;
    case 'too-few-points':
      return `ended at ${at}, after too few points to judge its curve`;
    default:
      return sayEnd(check, drawn, at);
  }
}

/**
 * Of a test that went through to its highest rate. The losses as measured decide; what is said first is what the smoothed
 * curve shows, since that is the one that is drawn.
 *
 * @param {RangeCheck} check @param {import('./range_result.js').Drawn} drawn @param {string} at
 */
function sayEnd({ rises, still_falls, low, low_lr, end }, drawn, at) {
  const through = `went through to its highest rate, ${at}`;
  const further = 'a test up to a higher rate would show where training breaks';
  const isDrawnRising = drawn.low !== null && drawn.end !== null && number(drawn.end) !== number(drawn.low);
  if (rises && isDrawnRising) {
    return `${through}; the smoothed loss was lowest at ${number(drawn.low_lr)}, where it was ${number(drawn.low)}, and has risen again to ${number(drawn.end)}, though not by the stop factor`;
  }
  if (rises) {
    return `${through}, where the smoothed loss was lowest; but before smoothing the last points are at ${number(end)}, those near ${number(low_lr)} at ${number(low)}: the smoothed curve lags behind, and training has begun to break`;
  }
  if (still_falls && !isDrawnRising) return `${through}, where the loss was lowest: ${further}`;
  return `${through}, and the loss did not rise again by more than its noise: ${further}`;
}

/**
 * How the tests of all seeds ended: one sentence, which says so of each kind of end.
 *
 * @param {SeedResult[]} seeds
 */
export function sayStops(seeds) {
  if (seeds.length === 1) return `The test ${sayStop(seeds[0])}.`;
  /** @type {Map<string, SeedResult[]>} */
  const kinds = new Map();
  for (const seed of seeds) {
    const kind = seed.stop === 'completed' && seed.check.rises ? 'rises' : seed.stop;
    kinds.set(kind, [...(kinds.get(kind) ?? []), seed]);
  }
  const sentences = [...kinds.values()].map((alike) => {
    if (alike.length === 1) return `Seed ${alike[0].seed} ${sayStop(alike[0])}.`;
    return `Seeds ${list(alike.map(({ seed }) => String(seed)))} ended alike; seed ${alike[0].seed} ${sayStop(alike[0])}.`;
  });
  return sentences.join(' ');
}

/**
 * Of several seeds, with how many a rule's rate counts, and how far they lie apart; null of one seed, or where none has a
 * rate. It is said of the same rates as the one that it stands beside.
 *
 * @param {Rule} rule
 * @param {SeedResult[]} seeds
 * @param {boolean} [isTried]  what the seeds read was tried, whatever their curves say
 */
export function sayCounting(rule, seeds, isTried = false) {
  if (seeds.length < 2) return null;
  const ratesOf = (/** @type {'read' | 'suggestion'} */ kind) => seeds.flatMap((seed) => seed[kind][rule] ?? []);
  const [read, counting] = [ratesOf('read'), ratesOf('suggestion')];
  if (read.length === 0) return null;
  if (isTried) return `Median of what ${ofSeeds(read.length, seeds.length)} read${sayApartOver(read)}.`;
  const own = ofSeeds(counting.length, seeds.length);
  if (2 * counting.length < seeds.length) {
    const some =
      counting.length === 0
        ? 'It counts with none of the seeds'
        : `It counts with no more than ${own}, fewer than half${sayApartOver(counting, ':')}`;
    return `${some}. As all of them read it, the median is ${number(medianOf(read))}.`;
  }
  const whose = counting.length === seeds.length ? plural(seeds.length, 'seed') : `the ${own} with which it counts`;
  return `Median of ${whose}${sayApartOver(counting)}.`;
}

/** @param {number[]} rates @param {string} [between] */
function sayApartOver(rates, between = ';') {
  const { count, min, q25, q75, max } = /** @type {import('./trial/statistics.js').Spread} */ (spreadOf(rates));
  if (count === 1) return `${between} ${number(min)}`;
  const half = count < 3 ? '' : ` the middle half ${number(q25)} … ${number(q75)},`;
  return `${between}${half} all ${number(min)} … ${number(max)}`;
}

/**
 * Whether the steepest descent is "halfway the sharpest downward slope", as the saying goes.
 *
 * @param {{ steepest: number, halfway: number, is_halfway: boolean }[]} tests  one per seed that has both
 * @param {number} factor  how far it may be off
 */
export function explainHalfway(tests, factor) {
  const off = tests.filter(({ is_halfway }) => !is_halfway);
  const within = `within a factor of ${factor} or a point of the grid`;
  const [first] = tests;
  if (tests.length === 1) {
    const half = `half of the loss’s drop was made at ${number(first.halfway)}`;
    if (first.is_halfway) return `The steepest descent is halfway the sharpest downward slope, ${within}: ${half}.`;
    return `The steepest descent is not halfway the sharpest downward slope, but off by more than a factor of ${factor}: ${half}, the steepest descent ${number(first.steepest)} is ${sayApart(first)}${timesApart(first) <= SCHEMA.definitions.range_far ? `, on one slope all the same: up to ${SCHEMA.definitions.range_far} times counts as that` : ''}.`;
  }
  if (off.length === 0)
    return `In all ${tests.length} seeds the steepest descent is halfway the sharpest downward slope, ${within}.`;
  const worst = off.reduce((a, b) => (timesApart(b) > timesApart(a) ? b : a));
  const where = off.length === 1 ? 'there' : 'in the worst of them';
  return `In ${ofSeeds(off.length, tests.length)} the steepest descent is not halfway the sharpest downward slope, but off by more than a factor of ${factor}: ${where} half of the loss’s drop was made at ${number(worst.halfway)}, the steepest descent ${number(worst.steepest)} is ${sayApart(worst)}.`;
}

/** @param {{ steepest: number, halfway: number }} test */
function timesApart({ steepest, halfway }) {
  return Math.max(steepest / halfway, halfway / steepest);
}

/** @param {{ steepest: number, halfway: number }} test */
function sayApart(test) {
  return `${number(timesApart(test))} times ${test.steepest < test.halfway ? 'lower' : 'higher'}`;
}
