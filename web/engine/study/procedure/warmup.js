/**
 * The warmup study, as the playbook describes it: the shortest warmup that makes a learning rate far above the
 * unstable one trainable, prepended to the baseline's schedule and compared with the baseline by best checkpoint.
 *
 * base_lr is 10 × lr_unstable by default. For each warmup_steps of a few orders of magnitude, none above 10 % of the
 * run's steps: ramp from 0 to base_lr, then a constant rate for 2 × warmup_steps. A small network is often out of
 * reach at 10 ×, however long the warmup; then smaller multiples are tried, and the study says so.
 */

import { figure, list, ofSeeds, percent, plural } from '../../words/wording.js';
import { doesNotBlowUp } from '../judge/judge.js';
import { LONG_SHARE, LONGEST_SHARE, WARMUP_MULTIPLE } from '../judge/playbook.js';

/**
 * @typedef {import('./workbench.js').Bench} Bench
 * @typedef {import('./workbench.js').Cell} Cell
 * @typedef {import('../../config/config.js').Config} Config
 *
 * @typedef {object} WarmupAttempt
 * @property {number} multiple  of lr_unstable
 * @property {number} base_lr
 * @property {number} warmup_steps
 * @property {number} post_warmup_steps
 * @property {number} survived  seeds that are feasible and have no episode
 * @property {number} seeds
 * @property {boolean} blew_up  not survived by more than half of the seeds
 *
 * @typedef {object} WarmupSearch
 * @property {number} lr_unstable
 * @property {number} asked_multiple
 * @property {number | null} multiple  the largest at which a warmup within the limit does not blow up
 * @property {number | null} base_lr
 * @property {number | null} warmup_steps  the shortest there
 * @property {number} longest  warmup steps that the limit allows
 * @property {WarmupAttempt[]} tried
 * @property {string[]} says
 */

/** How long the rate is held after the ramp, in lengths of the ramp. */
export const POST_WARMUP = 2;

/** What is tried where base_lr is out of reach, as multiples of lr_unstable. */
const LOWER_MULTIPLES = [10, 5, 3, 2, 1];

/**
 * The lengths to try: powers of ten, and the longest that is allowed.
 *
 * @param {number} steps  of the run, without warmup
 * @param {number} [least]  lengths up to this are not tried: the run has such a warmup already
 * @returns {number[]}  rising
 */
export function planWarmups(steps, least = 0) {
  const longest = Math.floor(LONGEST_SHARE * steps);
  const lengths = longest > 0 ? [longest] : [];
  for (let length = 10; length < longest; length *= 10) lengths.push(length);
  return lengths.filter((length) => length > least).sort((a, b) => a - b);
}

/**
 * Finds the largest multiple of lr_unstable, from the one asked for downwards, at which a warmup within the limit does
 * not blow up, and the shortest such warmup.
 *
 * @param {object} study
 * @param {Bench} study.bench
 * @param {Config} study.config  the baseline, complete
 * @param {number} study.lr_unstable
 * @param {number} study.seeds
 * @param {number} [study.multiple]  WARMUP_MULTIPLE by default
 * @param {(cells: Cell[]) => void} [study.onCells]  what was trained for a multiple
 * @returns {Promise<WarmupSearch>}
 */
export async function findWarmup({
  bench,
  config,
  lr_unstable,
  seeds,
  multiple = WARMUP_MULTIPLE,
  onCells = () => {},
}) {
  const lengths = planWarmups(config.steps);
  const longest = Math.floor(LONGEST_SHARE * config.steps);
  const multiples = [multiple, ...LOWER_MULTIPLES.filter((lower) => lower < multiple)];
  /** @type {WarmupAttempt[]} */
  const tried = [];
  /** @type {number[]} */
  let left = [];
  for (const [i, factor] of lengths.length === 0 ? [] : multiples.entries()) {
    const base_lr = Number((factor * lr_unstable).toPrecision(6));
    const configs = lengths.map((length) => studyConfig(config, base_lr, length));
    if (!bench.canAfford(configs, seeds)) {
      left = multiples.slice(i);
      break;
    }
    const cells = await bench.train(configs, seeds);
    onCells(cells);
    const attempts = cells.map((cell, at) => judgeAttempt(cell, { factor, base_lr, warmup_steps: lengths[at], seeds }));
    tried.push(...attempts);
    const shortest = attempts.find(({ blew_up }) => !blew_up);
    if (shortest) return describeSearch({ lr_unstable, asked: multiple, longest, tried, left, found: shortest });
  }
  return describeSearch({ lr_unstable, asked: multiple, longest, tried, left, found: null });
}

/**
 * Steps that findWarmup may take at most.
 *
 * @param {Config} config
 * @param {number} seeds
 * @param {number} [multiple]
 */
export function warmupSearchCost(config, seeds, multiple = WARMUP_MULTIPLE) {
  const multiples = 1 + LOWER_MULTIPLES.filter((lower) => lower < multiple).length;
  const steps = planWarmups(config.steps).reduce((sum, length) => sum + (1 + POST_WARMUP) * length, 0);
  return multiples * seeds * steps;
}

/** @param {Config} config @param {number} lr @param {number} length */
function studyConfig(config, lr, length) {
  return { ...config, lr, schedule: 'constant', warmup_steps: length, steps: POST_WARMUP * length, changes: [] };
}

/**
 * @param {Cell} cell
 * @param {{ factor: number, base_lr: number, warmup_steps: number, seeds: number }} attempt
 * @returns {WarmupAttempt}
 */
function judgeAttempt({ trials }, { factor, base_lr, warmup_steps, seeds }) {
  const survived = trials.filter(doesNotBlowUp).length;
  return {
    multiple: factor,
    base_lr,
    warmup_steps,
    post_warmup_steps: POST_WARMUP * warmup_steps,
    survived,
    seeds,
    blew_up: 2 * survived <= seeds,
  };
}

/**
 * @typedef {{ lr_unstable: number, asked: number, longest: number, tried: WarmupAttempt[], left: number[],
 *             found: WarmupAttempt | null }} SearchEnd  left: multiples for which the budget did not suffice
 *
 * @param {SearchEnd} search
 * @returns {WarmupSearch}
 */
function describeSearch({ lr_unstable, asked, longest, tried, left, found }) {
  return {
    lr_unstable,
    asked_multiple: asked,
    multiple: found?.multiple ?? null,
    base_lr: found?.base_lr ?? null,
    warmup_steps: found?.warmup_steps ?? null,
    longest,
    tried,
    says: sayWhatWasFound({ lr_unstable, asked, longest, tried, left, found }),
  };
}

/** @param {SearchEnd} search */
function sayWhatWasFound({ lr_unstable, asked, longest, tried, left, found }) {
  const unpaid = `The budget did not suffice for a warmup up to ${list(left.map((multiple) => `${multiple} ×`))} the unstable rate ${figure(lr_unstable)}.`;
  if (tried.length === 0) {
    if (left.length > 0) return [unpaid];
    return [`No warmup was tried: 10 % of the run's steps are ${plural(longest, 'step')}.`];
  }
  const says = [];
  const out = [...new Set(tried.filter(({ blew_up }) => blew_up).map(({ multiple }) => multiple))].filter(
    (multiple) => multiple !== found?.multiple,
  );
  if (out.length > 0) {
    const rates = list(out.map((multiple) => `${multiple} × (${figure(multiple * lr_unstable)})`));
    says.push(
      `Even the longest warmup allowed, ${plural(longest, 'step')} or 10 % of the run, does not carry training to ${rates} the unstable rate ${figure(lr_unstable)}.`,
    );
  }
  if (!found) {
    says.push(left.length > 0 ? unpaid : 'No warmup within the limit makes the unstable rate or more stable.');
    return says;
  }
  const scaled = found.multiple < asked ? `, scaled down from ${asked} ×` : '';
  says.push(
    `The shortest warmup that does not blow up at ${figure(found.base_lr)}, ${found.multiple} × the unstable rate${scaled}, is ${plural(found.warmup_steps, 'step')}, held for ${found.post_warmup_steps} more (${ofSeeds(found.survived, found.seeds)}).`,
  );
  const shorter = tried.filter(
    ({ multiple, warmup_steps }) => multiple === found.multiple && warmup_steps < found.warmup_steps,
  );
  if (shorter.length > 0) {
    says.push(
      `Shorter ones blow up: ${list(shorter.map((one) => `${one.warmup_steps} steps (${ofSeeds(one.seeds - one.survived, one.seeds)})`))}.`,
    );
  }
  return says;
}

/**
 * Settings with a warmup prepended: the schedule's own clock starts after it.
 *
 * @param {Config} config
 * @param {number} warmup_steps
 * @param {number} [lr]
 * @returns {Config}
 */
export function prependWarmup(config, warmup_steps, lr = config.lr) {
  return { ...config, lr, warmup_steps };
}

/** Whether so long a warmup may need a longer run. @param {number} warmup_steps @param {number} steps */
export function isLongWarmup(warmup_steps, steps) {
  return warmup_steps > LONG_SHARE * steps;
}

/**
 * The playbook's advice on a long warmup.
 *
 * @param {number} warmup_steps
 * @param {number} steps
 */
export function sayLongWarmup(warmup_steps, steps) {
  return `A warmup of ${plural(warmup_steps, 'step')} is ${percent(warmup_steps / steps)} of the run's ${plural(steps, 'step')}, more than 5 %: the run may need more steps to make up for it.`;
}
