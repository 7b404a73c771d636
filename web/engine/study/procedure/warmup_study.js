/**
 * The warmup study on its own: the unstable rate from a sweep, the shortest warmup that carries training far above it,
 * and that warmup prepended to the user's schedule and compared with the baseline by best checkpoint.
 */

import { configToSearch } from '../../config/config.js';
import { figure, list, medianOver, percent, plural } from '../../words/wording.js';
import { LONG_SHARE, LONGEST_SHARE, WARMUP_MULTIPLE } from '../judge/playbook.js';
import { BETTER_SHARE, isBetter } from '../judge/verdict.js';
import { lowest } from './compared.js';
import { conduct, sweepFor } from './procedure.js';
import { findWarmup, isLongWarmup, POST_WARMUP, planWarmups, prependWarmup, sayLongWarmup } from './warmup.js';

/**
 * @typedef {import('./workbench.js').Cell} Cell
 * @typedef {import('./compared.js').Compared} Compared
 * @typedef {import('./inquiry.js').Inquiry} Inquiry
 * @typedef {import('./procedure.js').Known} Known
 * @typedef {import('./warmup.js').WarmupSearch} WarmupSearch
 */

/**
 * @param {import('./procedure.js').ProcedureOptions & { lr_unstable?: number | null, multiple?: number }} options
 *   lr_unstable: where it is known, no sweep is made; multiple: of it that warmup is to reach: 10 or, as the text
 *   allows, 100
 * @returns {Promise<import('./procedure.js').Outcome>}  of the study's own: base_lr, multiple and warmup_steps, null
 *   where no warmup was found; search: every attempt; compared: by best checkpoint; needs_more_steps: the warmup takes
 *   more than 5 % of the run's steps
 */
export function runWarmupStudy({ lr_unstable = null, multiple = WARMUP_MULTIPLE, ...options }) {
  return conduct('warmup', options, async (inquiry, known) => {
    Object.assign(known, { base_lr: null, multiple: null, warmup_steps: null, search: null, compared: [] });
    known.needs_more_steps = false;
    if (lr_unstable === null) await sweepFor(inquiry, known);
    else {
      inquiry.fitBudget(1, 'the runs that are compared');
      known.lr_unstable = lr_unstable;
    }
    if (known.lr_unstable === null) {
      known.says = [sayNoUnstableRate(known)];
      return;
    }
    const search = await searchWarmup(inquiry, known.lr_unstable, multiple);
    const { base_lr, warmup_steps } = search;
    Object.assign(known, { search, base_lr, warmup_steps, multiple: search.multiple });
    if (base_lr === null || warmup_steps === null) {
      known.says = [
        `No warmup was found that carries training beyond the unstable rate ${figure(search.lr_unstable)}.`,
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
    await compareWithBaseline(inquiry, known, search);
  });
}

/** @param {Known} known */
function sayNoUnstableRate({ lr_best }) {
  return lr_best === null
    ? 'There is no rate to warm up to: training works at no rate of the sweep.'
    : 'There is nothing for a warmup to do: no rate that was tried is unstable.';
}

/** @param {Inquiry} inquiry @param {number} lr_unstable @param {number} multiple @returns {Promise<WarmupSearch>} */
async function searchWarmup(inquiry, lr_unstable, multiple) {
  const { bench, config, seeds } = inquiry;
  inquiry.begin('Looking for the shortest warmup');
  /** @type {Cell[]} */
  const cells = [];
  const search = await findWarmup({
    bench,
    config,
    lr_unstable,
    seeds,
    multiple,
    onCells: (own) => cells.push(...own),
  });
  const { says, ...numbers } = search;
  const lengths = planWarmups(config.steps);
  const plan =
    lengths.length === 0
      ? []
      : [
          `unstable_base_learning_rate is ${figure(lr_unstable)}, and base_learning_rate is to be ${multiple} × that, ${figure(multiple * lr_unstable)}. Each warmup ramps from 0 to it and then holds it for post_warmup_steps = ${POST_WARMUP} × warmup_steps. Lengths tried: ${list(lengths.map(String))} steps, orders of magnitude up to ${percent(LONGEST_SHARE)} of the run's ${plural(config.steps, 'step')}; a longer one would be a large part of the training itself.`,
        ];
  inquiry.addEvidence({
    kind: 'search',
    title: 'The shortest warmup that does not blow up',
    says: [...plan, ...says],
    numbers: { ...numbers, lengths },
    thresholds: { longest_warmup_share: LONGEST_SHARE, post_warmup_factor: POST_WARMUP, surviving_seeds_share: 0.5 },
    cells,
  });
  return search;
}

/**
 * @param {Inquiry} inquiry
 * @param {Known} known
 * @param {WarmupSearch} search  that found a warmup
 */
async function compareWithBaseline(inquiry, known, search) {
  const { config, seeds } = inquiry;
  const base_lr = /** @type {number} */ (search.base_lr);
  // A warmup that the settings have already is not shortened.
  const length = Math.max(/** @type {number} */ (search.warmup_steps), config.warmup_steps);
  const rates = [...new Set([config.lr, search.lr_unstable, base_lr])];
  const contestants = [
    { id: 'baseline', label: 'Baseline', config },
    ...(known.lr_best !== null && known.lr_best !== config.lr
      ? [{ id: 'lr_best', label: `Best rate ${figure(known.lr_best)}`, config: { ...config, lr: known.lr_best } }]
      : []),
    ...rates.map((lr) => ({
      id: `warmup-${lr}`,
      label: `Warmup of ${plural(length, 'step')}${lr === config.lr ? '' : `, rate ${figure(lr)}`}`,
      config: prependWarmup(config, length, lr),
    })),
  ];
  known.needs_more_steps = isLongWarmup(length, config.steps);
  known.says = [sayFound(search)];
  known.tone = 'good';
  inquiry.begin('Comparing with the baseline by best checkpoint');
  const outcome = await inquiry.compare(contestants, 'The comparison with the baseline');
  if (!outcome) {
    known.says.push(...sayLong(length, config.steps));
    known.offer = { label: 'the warmup', settings: configToSearch(prependWarmup(config, length)) };
    return;
  }
  const { compared, cells } = outcome;
  known.compared = compared;
  const untreated = compared.filter(({ id }) => !id.startsWith('warmup'));
  const warmed = lowest(compared.filter(({ id }) => id.startsWith('warmup')));
  known.tone = isBetter(warmed.figures.loss, compared[0].figures.loss) ? 'good' : 'soft';
  known.says.push(sayComparison(warmed, untreated, seeds), ...sayLong(length, config.steps));
  known.offer = { label: warmed.label.toLowerCase(), settings: warmed.runs[0].settings };
  inquiry.addEvidence({
    kind: 'compared',
    title: 'The warmup prepended to the schedule',
    says: [
      `The schedule's own clock starts after the warmup: ${plural(length, 'step')} of warmup and the run's ${plural(config.steps, 'step')} are ${plural(length + config.steps, 'step')}. Runs are compared by their best checkpoint, not their last.`,
      ...sayLong(length, config.steps),
    ],
    numbers: { warmup_steps: length, total_steps: length + config.steps },
    thresholds: { better_share: BETTER_SHARE, long_warmup_share: LONG_SHARE },
    cells,
    compared,
  });
}

/** @param {WarmupSearch} search */
function sayFound({ base_lr, multiple, warmup_steps, lr_unstable }) {
  return `A warmup of ${plural(/** @type {number} */ (warmup_steps), 'step')} carries training to ${figure(base_lr)}, ${multiple} × the unstable rate ${figure(lr_unstable)}: it is the shortest that does not blow up.`;
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
    return `${than} ${figure(figures.loss)} without it (${label.toLowerCase()})`;
  });
  return `Its best checkpoint is ${figure(loss)} (${warmed.label.toLowerCase()}, ${medianOver(seeds)}): ${list(parts)}. Better means below ${BETTER_SHARE} × the other.`;
}
