/**
 * The warmup study, as the playbook describes it: the shortest warmup that makes a learning rate far above the
 * unstable one trainable, prepended to the baseline's schedule and compared with the baseline by best checkpoint.
 *
 * base_lr is 10 × lr_unstable by default. For each warmup_steps of a few orders of magnitude, none above 10 % of the
 * run's steps: ramp from 0 to base_lr, then a constant rate for 2 × warmup_steps. A small network is often out of
 * reach at 10 ×, however long the warmup; then smaller multiples are tried, and the study says so. On its own the study
 * finds lr_unstable with a sweep; a diagnosis has it already and asks for the search alone.
 */

import { configToSearch } from '../../config/config_text.js';
import { number, percent, significant } from '../../words/numbers.js';
import { list, medianOver, ofSeeds, plural } from '../../words/sentences.js';
import { doesNotBlowUp } from '../judge/judge.js';
import { LONG_SHARE, LONGEST_SHARE, WARMUP_MULTIPLE } from '../judge/playbook.js';
import { warmupShare } from '../judge/transformers.js';
import { BETTER_SHARE, isBetter } from '../judge/verdict.js';
import { lowest } from './compared.js';
import { runStandalone, sweepFor } from './standalone.js';
import { isRate } from './trainings.js';

/**
 * @typedef {import('./trainings.js').Trainings} Trainings
 * @typedef {import('./trainings.js').Point} Point
 * @typedef {import('./compared.js').Compared} Compared
 * @typedef {import('./procedure.js').Procedure} Procedure
 * @typedef {import('./standalone.js').Known} Known
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
const POST_WARMUP = 2;

/** What is tried where base_lr is out of reach, as multiples of lr_unstable. */
const LOWER_MULTIPLES = [10, 5, 3, 2, 1];

/**
 * The lengths to try: powers of ten, and the longest that is allowed.
 *
 * @param {number} steps  of the run, without warmup
 * @param {number} [least]  lengths up to this are not tried: the run has such a warmup already
 * @param {boolean} [isAttending]  whether its network has attention, which allows longer ones
 * @returns {number[]}  rising
 */
export function planWarmups(steps, least = 0, isAttending = false) {
  const longest = Math.floor(warmupShare(isAttending) * steps);
  const lengths = longest > 0 ? [longest] : [];
  for (let length = 10; length < longest; length *= 10) lengths.push(length);
  return lengths.filter((length) => length > least).sort((a, b) => a - b);
}

/**
 * Finds the largest multiple of lr_unstable, from the one asked for downwards, at which a warmup within the limit does
 * not blow up, and the shortest such warmup.
 *
 * @param {object} study
 * @param {Trainings} study.trainings
 * @param {Config} study.config  the baseline, complete
 * @param {number} study.lr_unstable
 * @param {number} study.seeds
 * @param {number} [study.multiple]  WARMUP_MULTIPLE by default
 * @param {number[]} [study.lengths]  of the warmups to try, rising; those of planWarmups by default
 * @param {(points: Point[]) => void} [study.onPoints]  what was trained for a multiple
 * @returns {Promise<WarmupSearch>}
 */
export async function findWarmup({
  trainings,
  config,
  lr_unstable,
  seeds,
  multiple = WARMUP_MULTIPLE,
  lengths = planWarmups(config.steps),
  onPoints = () => {},
}) {
  const longest = Math.max(0, ...lengths);
  const multiples = [multiple, ...LOWER_MULTIPLES.filter((lower) => lower < multiple)].filter((factor) =>
    isRate(factor * lr_unstable),
  );
  /** @type {WarmupAttempt[]} */
  const tried = [];
  /** @type {number[]} */
  let left = [];
  for (const [i, factor] of lengths.length === 0 ? [] : multiples.entries()) {
    const base_lr = significant(factor * lr_unstable, 6);
    const configs = lengths.map((length) => studyConfig(config, base_lr, length));
    if (!trainings.canAfford(configs, seeds)) {
      left = multiples.slice(i);
      break;
    }
    const points = await trainings.train(configs, seeds);
    onPoints(points);
    const attempts = points.map((point, at) =>
      judgeAttempt(point, { factor, base_lr, warmup_steps: lengths[at], seeds }),
    );
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
 * @param {number[]} [lengths]  of the warmups to try
 */
export function warmupSearchCost(config, seeds, multiple = WARMUP_MULTIPLE, lengths = planWarmups(config.steps)) {
  const multiples = 1 + LOWER_MULTIPLES.filter((lower) => lower < multiple).length;
  const steps = lengths.reduce((sum, length) => sum + (1 + POST_WARMUP) * length, 0);
  return multiples * seeds * steps;
}

/** @param {Config} config @param {number} lr @param {number} length @returns {Config} */
function studyConfig(config, lr, length) {
  return { ...config, lr, schedule: 'constant', warmup_steps: length, steps: POST_WARMUP * length, changes: [] };
}

/**
 * @param {Point} point
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
  const unpaid = `The budget did not suffice for a warmup up to ${list(left.map((multiple) => `${multiple} ×`))} the unstable rate ${number(lr_unstable)}.`;
  if (tried.length === 0) {
    if (left.length > 0) return [unpaid];
    return [`No warmup was tried: ${percent(LONGEST_SHARE)} of the run’s steps are less than one.`];
  }
  const says = [];
  const out = [...new Set(tried.filter(({ blew_up }) => blew_up).map(({ multiple }) => multiple))].filter(
    (multiple) => multiple !== found?.multiple,
  );
  if (out.length > 0) {
    const rates = list(out.map((multiple) => `${multiple} × (${number(multiple * lr_unstable)})`));
    says.push(
      `Even the longest warmup that was tried, ${plural(longest, 'step')}, does not carry training to ${rates} the unstable rate ${number(lr_unstable)}.`,
    );
  }
  if (!found) {
    says.push(left.length > 0 ? unpaid : 'No warmup that was tried makes the unstable rate or more stable.');
    return says;
  }
  const scaled = found.multiple < asked ? `, scaled down from ${asked} ×` : '';
  says.push(
    `The shortest warmup that does not blow up at ${number(found.base_lr)}, ${found.multiple} × the unstable rate${scaled}, is ${plural(found.warmup_steps, 'step')}, held for ${found.post_warmup_steps} more (${ofSeeds(found.survived, found.seeds)}).`,
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
  return `A warmup of ${plural(warmup_steps, 'step')} is ${percent(warmup_steps / steps)} of the run’s ${plural(steps, 'step')}, more than ${percent(LONG_SHARE)}: the run may need more steps to make up for it.`;
}

// ---- on its own ----------------------------------------------------------------------------------------------------

/**
 * @param {import('./standalone.js').StandaloneOptions & { lr_unstable?: number | null, multiple?: number,
 *   lengths?: number[] }} options  lr_unstable: where it is known, no sweep is made; multiple: of it that warmup is to
 *   reach: 10 or, as the text allows, 100; lengths: of the warmups to try, orders of magnitude where there are none
 * @returns {Promise<import('./standalone.js').Outcome>}  of the study's own: base_lr, multiple and warmup_steps, null
 *   where no warmup was found; search: every attempt; compared: by best checkpoint; needs_more_steps: the warmup takes
 *   more than 5 % of the run's steps
 */
export function runWarmupStudy({ lr_unstable = null, multiple = WARMUP_MULTIPLE, lengths = [], ...options }) {
  return runStandalone('warmup', options, async (procedure, known) => {
    Object.assign(known, { base_lr: null, multiple: null, warmup_steps: null, search: null, compared: [] });
    known.needs_more_steps = false;
    if (lr_unstable === null) await sweepFor(procedure, known);
    else {
      procedure.fitBudget(1, 'the runs that are compared');
      known.lr_unstable = lr_unstable;
    }
    if (known.lr_unstable === null) {
      known.says = [sayNoUnstableRate(known)];
      return;
    }
    const search = await searchWarmup(procedure, known.lr_unstable, multiple, lengths);
    const { base_lr, warmup_steps } = search;
    Object.assign(known, { search, base_lr, warmup_steps, multiple: search.multiple });
    if (base_lr === null || warmup_steps === null) {
      known.says = [
        `No warmup was found that carries training beyond the unstable rate ${number(search.lr_unstable)}.`,
        ...search.says,
        ...(search.tried.length > 0
          ? [
              'Try gradient clipping, another optimizer or normalization: here the instability is not one that warmup cures.',
            ]
          : []),
      ];
      known.tone = 'bad';
      return;
    }
    await compareWithBaseline(procedure, known, search);
  });
}

/** @param {Known} known */
function sayNoUnstableRate({ lr_best }) {
  return lr_best === null
    ? 'There is no rate to warm up to: training works at no rate of the sweep.'
    : 'There is nothing for a warmup to do: no rate that was tried is unstable.';
}

/**
 * @param {Procedure} procedure
 * @param {number} lr_unstable
 * @param {number} multiple
 * @param {number[]} chosen  lengths; none where they are to be planned
 * @returns {Promise<WarmupSearch>}
 */
async function searchWarmup(procedure, lr_unstable, multiple, chosen) {
  const { trainings, config, seeds } = procedure;
  procedure.begin('Looking for the shortest warmup');
  /** @type {Point[]} */
  const points = [];
  const lengths = chosen.length > 0 ? [...new Set(chosen)].sort((a, b) => a - b) : planWarmups(config.steps);
  const search = await findWarmup({
    trainings,
    config,
    lr_unstable,
    seeds,
    multiple,
    lengths,
    onPoints: (own) => points.push(...own),
  });
  const { says, ...numbers } = search;
  const plannedSo =
    chosen.length > 0
      ? 'as they were chosen'
      : `orders of magnitude up to ${percent(LONGEST_SHARE)} of the run’s ${plural(config.steps, 'step')}; a longer one would be a large part of the training itself`;
  const plan =
    lengths.length === 0
      ? []
      : [
          `unstable_base_learning_rate is ${number(lr_unstable)}, and base_learning_rate is to be ${multiple} × that, ${number(multiple * lr_unstable)}. Each warmup ramps from 0 to it and then holds it for post_warmup_steps = ${POST_WARMUP} × warmup_steps. Lengths tried: ${list(lengths.map(String))} steps, ${plannedSo}.`,
        ];
  procedure.addEvidence({
    kind: 'search',
    title: 'The shortest warmup that does not blow up',
    says: [...plan, ...says],
    numbers: { ...numbers, lengths },
    thresholds: {
      ...(chosen.length === 0 && { longest_warmup_share: LONGEST_SHARE }),
      post_warmup_factor: POST_WARMUP,
      surviving_seeds_share: 0.5,
    },
    points,
  });
  return search;
}

/**
 * @param {Procedure} procedure
 * @param {Known} known
 * @param {WarmupSearch} search  that found a warmup
 */
async function compareWithBaseline(procedure, known, search) {
  const { config, seeds } = procedure;
  const base_lr = /** @type {number} */ (search.base_lr);
  // A warmup that the settings have already is not shortened.
  const length = Math.max(/** @type {number} */ (search.warmup_steps), config.warmup_steps);
  const rates = [...new Set([config.lr, search.lr_unstable, base_lr])];
  const candidates = [
    { id: 'baseline', label: 'Baseline', config },
    ...(known.lr_best !== null && known.lr_best !== config.lr
      ? [{ id: 'lr_best', label: `Best rate ${number(known.lr_best)}`, config: { ...config, lr: known.lr_best } }]
      : []),
    ...rates.map((lr) => ({
      id: `warmup-${lr}`,
      label: `Warmup of ${plural(length, 'step')}${lr === config.lr ? '' : `, rate ${number(lr)}`}`,
      config: prependWarmup(config, length, lr),
    })),
  ];
  known.needs_more_steps = isLongWarmup(length, config.steps);
  known.says = [sayFound(search)];
  known.tone = 'good';
  procedure.begin('Comparing with the baseline by best checkpoint');
  const outcome = await procedure.compare(candidates, 'The comparison with the baseline');
  if (!outcome) {
    known.says.push(...sayLong(length, config.steps));
    known.offer = { label: 'the warmup', settings: configToSearch(prependWarmup(config, length)) };
    return;
  }
  const { compared, points } = outcome;
  known.compared = compared;
  const untreated = compared.filter(({ id }) => !id.startsWith('warmup'));
  const warmed = lowest(compared.filter(({ id }) => id.startsWith('warmup')));
  known.tone = isBetter(warmed.figures.loss, compared[0].figures.loss) ? 'good' : 'soft';
  known.says.push(sayComparison(warmed, untreated, seeds), ...sayLong(length, config.steps));
  known.offer = { label: warmed.label.toLowerCase(), settings: warmed.runs[0].settings };
  procedure.addEvidence({
    kind: 'compared',
    title: 'The warmup prepended to the schedule',
    says: [
      `The schedule’s own clock starts after the warmup: ${plural(length, 'step')} of warmup and the run’s ${plural(config.steps, 'step')} are ${plural(length + config.steps, 'step')}. Runs are compared by their best checkpoint, not their last.`,
      ...sayLong(length, config.steps),
    ],
    numbers: { warmup_steps: length, total_steps: length + config.steps },
    thresholds: { better_share: BETTER_SHARE, long_warmup_share: LONG_SHARE },
    points,
    compared,
  });
}

/** @param {WarmupSearch} search */
function sayFound({ base_lr, multiple, warmup_steps, lr_unstable }) {
  return `A warmup of ${plural(/** @type {number} */ (warmup_steps), 'step')} carries training to ${number(base_lr)}, ${multiple} × the unstable rate ${number(lr_unstable)}: it is the shortest that does not blow up.`;
}

/** @param {number} length @param {number} steps */
function sayLong(length, steps) {
  return isLongWarmup(length, steps) ? [sayLongWarmup(length, steps)] : [];
}

/** @param {Compared} warmed @param {Compared[]} untreated  the baseline first @param {number} seeds */
function sayComparison(warmed, untreated, seeds) {
  const { loss } = warmed.figures;
  const parts = untreated.map(({ label, figures }) => {
    const than = isBetter(loss, figures.loss) ? 'better than' : 'no better than';
    return `${than} ${number(figures.loss)} without it (${label.toLowerCase()})`;
  });
  return `Its best checkpoint is ${number(loss)} (${warmed.label.toLowerCase()}, ${medianOver(seeds)}): ${list(parts)}. Better means below ${BETTER_SHARE} × the other.`;
}
