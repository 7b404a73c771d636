/**
 * Suggested learning rates, tried: a short training with each, and what each costs against the best.
 *
 * A range test says where the loss falls fastest while the rate rises. Whether a training at that rate ends well is
 * another question, and the honest answer is a training. Around the best suggestion the search goes on, up and down by
 * a factor, until both neighbours are worse: rules err together, most of them downwards.
 */

import { totalSteps } from '../config/config.js';
import { significant } from '../words/numbers.js';
import { RULES } from './range_result.js';
import { explainTry, sayCounting, sayMiddle, sayNoneLearns } from './range_words.js';

/**
 * @typedef {import('../config/config.js').Config} Config
 * @typedef {import('./range_result.js').Rule} Rule
 * @typedef {import('./trial/runner.js').TrialRunner} TrialRunner
 * @typedef {import('./trial/abort.js').Signal} Signal
 * @typedef {import('./trial/trial.js').TrialResult} TrialResult
 * @typedef {import('./range_result.js').Tried} Tried
 * @typedef {import('./range_result.js').Tries} Tries
 * @typedef {import('./range_result.js').TriedResult} TriedResult
 * @typedef {import('./range_result.js').RangeResult} RangeResult
 * @typedef {Map<number, TrialResult[]>} Trained  tries of one run, by rate: none is trained twice
 */

/**
 * A try lasts as long as this share of the run that it is for, within the bounds: up to the lower one it is the run itself,
 * since what is best in half of a few hundred steps is often a rate too low for all of them.
 */
const TRY_SHARE = 1 / 2;
const TRY_STEPS_MIN = 300;
const TRY_STEPS_MAX = 1000;
/** A try is evaluated as often as the run, up to so many times: the lowest is its result, and more of them find lower ones. */
const TRY_EVALUATIONS = 20;
/** All evaluations of a try together look at no more samples than its steps do, each at so many at least. */
const TRY_VAL_SAMPLES_MIN = 1000;

/** Trainings of a try, with seed and seed + 1: of one seed alone the best rate is too often luck. */
const TRY_SEEDS = 2;

/** The search goes up and down by this factor: half a decade. */
const STRIDE = Math.sqrt(10);
/** Rates nearer than this count as the same. */
const SAME = 1.5;
/** Good rates have a neighbour on either side within this factor. */
const NEIGHBOUR = 2;
/** A loss that is so many times the best is no longer luck, where both are more than a share of L₀ that nobody sees. */
const CLEARLY_WORSE = 1.25;
const UNSEEN_SHARE = 1e-3;
/** A rate within this factor of the one that is chosen is as good. */
const AS_GOOD = 3;
/** And so is one with a loss of so many times the best. */
const HARDLY_WORSE = 1.1;
/** How fast a higher loss loses weight in the choice: one a tenth higher has a third of it left. */
const WEIGHT_POWER = 12;
/** Losses below this are nothing; it keeps their ratio finite. */
const TINY = 1e-9;
/** Trainings at most. */
const TRIES_MAX = 16;

/**
 * How long a try of this run is, warmup apart.
 *
 * @param {Config} config
 */
export function trySteps({ steps }) {
  return Math.min(steps, Math.max(TRY_STEPS_MIN, Math.min(TRY_STEPS_MAX, Math.round(steps * TRY_SHARE))));
}

/**
 * What there is to try: all that the rules read, the headline first. A try is the better check, so it is open to a rate
 * that the curve speaks against.
 *
 * @param {RangeResult} test
 */
export function suggestionsOf({ read, headline }) {
  return [headline, ...RULES.filter((rule) => rule !== headline)].flatMap((rule) => {
    const lr = read[rule];
    return lr === null ? [] : [{ rule, lr }];
  });
}

/**
 * @param {object} question
 * @param {TrialRunner} question.runner
 * @param {Config} question.config  of the run that a rate is wanted for
 * @param {{ rule: Rule, lr: number }[]} question.suggestions
 * @param {Trained} [question.trained]  what was tried before; what is tried now is added
 * @param {Signal} [question.signal]
 * @param {(tried: Tried[]) => void} [question.onTry]
 * @returns {Promise<Tries>}
 */
export async function tryRates({ runner, config, suggestions, trained = new Map(), signal, onTry = () => {} }) {
  const plan = planTry(config);
  /** @type {Tried[]} */
  let tried = [];
  let unseen = 0;
  const add = async (/** @type {number} */ lr, /** @type {Rule[]} */ rules) => {
    const trials = await tryRate({ runner, plan, trained, signal }, lr);
    unseen = UNSEEN_SHARE * trials[0].baseline_loss;
    tried = compare([...tried, { lr, rules, regret: null, ...judgeTry(trials) }]);
    onTry(tried);
  };
  for (const { lr, rules } of mergeAlike(suggestions)) await add(lr, rules);
  while (tried.length < TRIES_MAX) {
    const lr = nextRate(tried, unseen);
    if (lr === null) break;
    await add(lr, []);
  }
  return { tried, chosen: chooseRate(tried) };
}

/**
 * One rate and its neighbours, half a decade above and below.
 *
 * @param {Omit<Parameters<typeof tryRates>[0], 'suggestions'>} question
 * @param {{ rule: Rule, lr: number }} suggestion
 * @returns {Promise<Tries>}  chosen: the rate, where it learns and no neighbour is more than a little better; else null
 */
export async function tryAlone({ runner, config, trained = new Map(), signal, onTry = () => {} }, { rule, lr }) {
  const plan = planTry(config);
  /** @type {Tried[]} */
  let tried = [];
  for (const rate of [lr, lr / STRIDE, lr * STRIDE]) {
    const trials = await tryRate({ runner, plan, trained, signal }, rate);
    tried = compare([...tried, { lr: rate, rules: rate === lr ? [rule] : [], regret: null, ...judgeTry(trials) }]);
    onTry(tried);
  }
  const own = tried[1];
  return { tried, chosen: isHardlyWorse(own, tried) ? own : null };
}

/**
 * The test's result once its suggestions were tried: a rule's own check is then its try.
 *
 * @param {RangeResult} test
 * @param {Tries} tries
 * @returns {TriedResult}
 */
export function judgeByTries(test, tries) {
  const { tried, chosen } = tries;
  const suggestion = { ...test.suggestion };
  const reasons = { ...test.seeds[0].reasons };
  for (const rule of RULES) {
    const own = tried.find(({ rules }) => rules.includes(rule));
    if (!own) continue;
    suggestion[rule] = own.learns ? test.read[rule] : null;
    reasons[rule] = own.learns ? null : explainTry(rule, own);
  }
  const message = chosen ? null : sayNoneLearns(tried);
  const judged = { clear: chosen !== null, suggestion };
  // Of several seeds each keeps what its own curve says: what was tried is their median.
  const seeds = test.seeds.length === 1 ? [{ ...test.seeds[0], ...judged, reasons, reason: message }] : test.seeds;
  const counting = { ...test.counting };
  for (const rule of RULES) counting[rule] = sayCounting(rule, test.seeds, true);
  const said = { message, doubt: test.message, counting, middle: sayMiddle(tries) };
  return { ...test, ...judged, ...said, seeds, tried, chosen };
}

/**
 * The same settings for a short run: its schedule as a whole, in fewer steps.
 *
 * @param {Config} config
 * @returns {Config}
 */
function planTry(config) {
  const steps = trySteps(config);
  const scale = steps / config.steps;
  return {
    ...config,
    steps,
    warmup_steps: Math.round(config.warmup_steps * scale),
    cycle_steps: Math.max(2, Math.round(config.cycle_steps * scale)),
    decay_steps: Math.max(1, Math.round(config.decay_steps * scale)),
    cycle_gamma: config.cycle_gamma ** (1 / scale),
    eval_every: Math.ceil(Math.max(config.eval_every * scale, steps / TRY_EVALUATIONS)),
    val_samples: tryValSamples(config, steps),
    sharpness_every: 0,
    changes: [],
  };
}

/**
 * The first validation samples, the same in every try: thousands of images, evaluated again and again, would take longer
 * than the training. Of generated data a setting of 0 is a share of the training samples, which stays.
 *
 * @param {Config} config @param {number} steps
 */
function tryValSamples({ dataset, batch, val_samples }, steps) {
  if (batch === 0 || (val_samples === 0 && dataset !== 'custom')) return val_samples;
  const enough = Math.max(TRY_VAL_SAMPLES_MIN, Math.ceil((batch * steps) / TRY_EVALUATIONS));
  return val_samples === 0 ? enough : Math.min(val_samples, enough);
}

/**
 * @param {{ runner: TrialRunner, plan: Config, trained: Trained, signal?: Signal }} question  plan: of the try, the
 *   rate apart
 * @param {number} lr @returns {Promise<TrialResult[]>}  one per seed
 */
async function tryRate({ runner, plan, trained, signal }, lr) {
  const known = trained.get(lr);
  if (known) return known;
  const seeds = Array.from({ length: TRY_SEEDS }, (_, i) => plan.seed + i);
  const trials = await Promise.all(
    seeds.map((seed) => runner.trial({ ...plan, lr, seed }, { record: 'none', signal })),
  );
  trained.set(lr, trials);
  return trials;
}

/** Rules that suggest nearly the same share a try. @param {{ rule: Rule, lr: number }[]} suggestions */
function mergeAlike(suggestions) {
  /** @type {{ lr: number, rules: Rule[] }[]} */
  const merged = [];
  for (const { rule, lr } of suggestions) {
    const alike = merged.find((other) => apart(other.lr, lr) <= SAME);
    if (alike) alike.rules.push(rule);
    else merged.push({ lr, rules: [rule] });
  }
  return merged;
}

/** A rate is as good as the mean of its seeds, and learns where all of them do. @param {TrialResult[]} trials */
function judgeTry(trials) {
  const losses = trials.map(({ best }) => best?.loss ?? Infinity);
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / trials.length;
  const worst = trials.find(({ diverged }) => diverged) ?? trials.find(({ infeasible }) => infeasible) ?? trials[0];
  const { diverged, infeasible, verdict } = worst;
  return {
    steps: totalSteps(trials[0].config),
    seeds: trials.length,
    split: trials[0].val === null ? /** @type {const} */ ('training') : /** @type {const} */ ('validation'),
    val: Number.isFinite(mean) ? mean : null,
    learns: Number.isFinite(mean) && !diverged && !infeasible,
    verdict: diverged ? /** @type {const} */ ('diverged') : infeasible ? /** @type {const} */ ('infeasible') : verdict,
  };
}

/** By rising rate, each held against the best that learns. @param {Tried[]} tried */
function compare(tried) {
  const best = bestOf(tried)?.val ?? null;
  return tried
    .map((one) => ({ ...one, regret: best === null || one.val === null || !one.learns ? null : one.val - best }))
    .sort((a, b) => a.lr - b.lr);
}

/** @param {Tried[]} tried @returns {Tried | null} */
function bestOf(tried) {
  const learned = tried.filter(({ learns }) => learns);
  if (learned.length === 0) return null;
  return learned.reduce((best, one) => (Number(one.val) < Number(best.val) ? one : best));
}

/**
 * The rate that the search asks for next: further out, until on both sides of the best a rate is clearly worse; then
 * between the good ones and their neighbours. Null where both are done. Where none learns it goes below the lowest.
 *
 * @param {Tried[]} tried  by rising rate
 * @param {number} unseen  a difference of loss that does not matter
 */
function nextRate(tried, unseen) {
  const best = bestOf(tried);
  if (!best) return tried.length > 0 && tried.length < TRIES_MAX / 2 ? significant(tried[0].lr / STRIDE) : null;
  const limit = CLEARLY_WORSE * Number(best.val) + unseen;
  const isWorse = (/** @type {Tried} */ one) => !one.learns || Number(one.val) > limit;
  const last = tried.length - 1;
  const isBoundedAbove = tried.some((one) => one.lr > best.lr && isWorse(one));
  if (!isBoundedAbove) return significant(tried[last].lr * STRIDE);
  const isBoundedBelow = tried.some((one) => one.lr < best.lr && isWorse(one));
  if (!isBoundedBelow) return significant(tried[0].lr / STRIDE);
  for (let i = 0; i < last; i++) {
    const [low, high] = [tried[i], tried[i + 1]];
    const isOfInterest = !isWorse(low) || !isWorse(high);
    if (!isOfInterest || apart(low.lr, high.lr) <= NEIGHBOUR) continue;
    return significant(betweenOf(low.lr, high.lr, isWorse(low)));
  }
  return null;
}

/** Half way between two rates; of far ones no further from the good one than the search goes. @param {number} low @param {number} high @param {boolean} towardsHigh  the high one is good */
function betweenOf(low, high, towardsHigh) {
  const middle = Math.sqrt(low * high);
  return towardsHigh ? Math.max(middle, high / STRIDE) : Math.min(middle, low * STRIDE);
}

/**
 * The rate that the tries are for: the one in the middle of those that train well, each weighed by how well. One seed's
 * best is luck where several are nearly as good (tests/ward/auto_lr.js counts).
 *
 * @param {Tried[]} tried
 * @returns {Tried | null}
 */
function chooseRate(tried) {
  const learned = tried.filter(({ learns }) => learns);
  const best = bestOf(tried);
  if (!best) return null;
  let weights = 0;
  let logs = 0;
  for (const [i, { lr, val }] of learned.entries()) {
    const weight = ((Number(best.val) + TINY) / (Number(val) + TINY)) ** WEIGHT_POWER * stretchOf(learned, i);
    weights += weight;
    logs += weight * Math.log(lr);
  }
  const middle = Math.exp(logs / weights);
  return learned.reduce((near, one) => (apart(one.lr, middle) < apart(near.lr, middle) ? one : near));
}

/**
 * Whether the tries do not refute a rate: it learns, and it is near to the one that they choose, or hardly worse than the
 * best of them.
 *
 * @param {Tried} one @param {Tries} tries
 */
export function isConfirmed(one, { tried, chosen }) {
  if (!one.learns || !chosen) return false;
  return apart(one.lr, chosen.lr) <= AS_GOOD || isHardlyWorse(one, tried);
}

/**
 * A rate that with one of the seeds gives more than a little lower a loss than the best that trains with all, though with
 * another it does not train: what is best lies at the edge of what trains, and whether it is this rate is luck.
 *
 * @param {Tried[]} tried
 * @param {Trained} trained  their trainings
 * @returns {Tried & { val: number } | undefined}  val: with that seed
 */
export function findFickle(tried, trained) {
  const best = bestOf(tried);
  const ofBest = best ? (trained.get(best.lr) ?? []) : [];
  for (const one of tried) {
    const luck = one.learns ? undefined : trained.get(one.lr)?.find((trial, i) => isLuck(trial, ofBest[i]));
    if (luck?.best) return { ...one, val: luck.best.loss };
  }
  return undefined;
}

/** @param {TrialResult} trial @param {TrialResult | undefined} other  of the same seed, at the best rate */
function isLuck({ best, diverged, infeasible, baseline_loss }, other) {
  if (!best || !other?.best || diverged || infeasible) return false;
  return HARDLY_WORSE * best.loss + UNSEEN_SHARE * baseline_loss < other.best.loss;
}

/** @param {Tried} one @param {Tried[]} tried */
function isHardlyWorse({ learns, val }, tried) {
  return learns && Number(val) <= HARDLY_WORSE * Number(bestOf(tried)?.val);
}

/** The stretch of rates that one of several speaks for, in logarithms: half way to either neighbour. @param {Tried[]} tried @param {number} i */
function stretchOf(tried, i) {
  const half = (/** @type {number} */ j) =>
    tried[j] ? Math.min(Math.log(apart(tried[i].lr, tried[j].lr)), Math.log(STRIDE)) / 2 : Math.log(SAME) / 2;
  return half(i - 1) + half(i + 1);
}

/** How many times the one is the other. @param {number} a @param {number} b */
function apart(a, b) {
  return Math.max(a / b, b / a);
}
