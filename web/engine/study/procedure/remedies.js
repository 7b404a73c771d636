/**
 * The playbook's remedies against instability, tried one after the other in its order: warmup, clipping, another
 * optimizer, residual connections and normalization, residual branches that start at 0, and a lower learning rate as
 * the last resort. Each is tried on the settings that are unstable, and compared with them by best checkpoint.
 */

import { totalSteps } from '../../config/config.js';
import { changeSettings, dividesByGradient, usesSetting } from '../../config/rules.js';
import { TrainerError } from '../../core/errors.js';
import { startBranchesAtZero } from '../../model_text/architecture_edits.js';
import { addQknorm, listNormalizations } from '../../model_text/normalizations.js';
import { number, percent } from '../../words/numbers.js';
import { capitalize, list, plural } from '../../words/sentences.js';
import { judgeRates } from '../judge/judge.js';
import { OTHER_RULES, remedyRow } from '../judge/playbook.js';
import { SHORT_BETA2, warmupShare } from '../judge/transformers.js';
import { isBetter, isCured, isFree } from '../judge/verdict.js';
import { medianOf } from '../trial/statistics.js';
import { creditWarmup } from './after_warmup.js';
import {
  equivalentRateOf,
  isAggressive,
  planClipVariants,
  planNormClips,
  readThreshold,
  sayAggressive,
  sayThreshold,
} from './clip_threshold.js';
import { sayBest } from './compared.js';
import { sayVariant } from './diagnosis_words.js';
import { changesBetween, medianTrial } from './trainings.js';
import { findWarmup, isLongWarmup, planWarmups, prependWarmup, sayLongWarmup, warmupSearchCost } from './warmup.js';

/**
 * @typedef {import('./trainings.js').Trainings} Trainings
 * @typedef {import('./trainings.js').Point} Point
 * @typedef {import('./trainings.js').Run} Run
 * @typedef {import('../../config/config.js').Config} Config
 * @typedef {import('../judge/playbook.js').RemedyKind} RemedyKind
 *
 * @typedef {object} Instability  what the remedies are tried on
 * @property {Config} config  unstable, complete
 * @property {Point} untreated  its runs
 * @property {Config} examined  the user's own settings: what changes are told against
 * @property {import('../../config/verdicts.js').Instability} kind
 * @property {import('../judge/judge.js').RateFigures} rates
 * @property {Point | null} atBest  the runs at lr*
 * @property {Point | null} atCalmest  those at the best rate that trains without instability
 * @property {number} seeds
 * @property {number} multiple  of lr_unstable that warmup is to reach
 * @property {boolean} isAttending  whether its network has attention
 *
 * @typedef {object} Variant  one way in which a remedy was tried
 * @property {string} label
 * @property {import('../../config/config.js').SomeSettings} changes
 * @property {import('../judge/judge.js').PointFigures} figures
 * @property {import('../trial/trial.js').TrialResult['val']} val  of the median trial, at its end
 * @property {import('../trial/trial.js').TrialResult['best']} best  of the median trial; after a warmup that it adds
 * @property {number} free  seeds that are feasible and free of the instability
 * @property {boolean} cured  more than half of them are
 * @property {boolean} better  the best checkpoint is better than the untreated runs'
 * @property {boolean} solved  both
 * @property {boolean} aggressive  more than half of the steps are clipped: a lower rate in disguise
 * @property {number} clipped_fraction  median of the seeds
 * @property {Run[]} runs
 *
 * @typedef {object} Remedy
 * @property {RemedyKind} kind
 * @property {string} label
 * @property {import('../../config/config.js').SomeSettings} changes  to the user's own settings
 * @property {{ loss: number, accuracy: number | null } | null} val  of the median trial, at its end
 * @property {{ step: number, loss: number, accuracy: number | null } | null} best  of the median trial
 * @property {boolean} solved
 * @property {number} free
 * @property {boolean} cured
 * @property {boolean} better
 * @property {boolean} aggressive
 * @property {number | null} median_best  over the seeds
 * @property {number | null} untreated_best  likewise, without the remedy
 * @property {Variant[]} tried  the one that is told above is among them
 * @property {string[]} says
 * @property {import('./remedy_sensitivity.js').Sensitivity} [lr_sensitivity]  before and after, where that was measured
 * @property {import('./warmup.js').WarmupSearch} [search]  of warmup
 * @property {string | null} [long_warmup]  of warmup: a sentence where it may need a longer run
 * @property {import('./clip_threshold.js').Threshold} [measured]  of clipping
 *
 * @typedef {{ remedy: Remedy } | { skipped: string }} Outcome  skipped: why it was not tried, as a sentence
 */

/** A remedy that gains less than this share of what another does leaves most of the harm as it is. */
const ENOUGH_GAIN = 0.5;

/** @type {Record<RemedyKind, (trainings: Trainings, instability: Instability) => Promise<Outcome>>} */
const TRIALS = {
  warmup: tryWarmup,
  clipping: tryClipping,
  optimizer: tryOptimizer,
  normalization: (trainings, instability) => tryModels(trainings, instability, 'normalization', listNormalizations),
  qknorm: (trainings, instability) => tryModels(trainings, instability, 'qknorm', (text) => [addQknorm(text)]),
  lower_beta2: tryBeta2,
  rezero: (trainings, instability) =>
    tryModels(trainings, instability, 'rezero', (text) => [startBranchesAtZero(text)]),
  lower_rate: tryLowerRate,
};

/**
 * @param {RemedyKind} kind
 * @param {Trainings} trainings
 * @param {Instability} instability
 * @returns {Promise<Outcome>}
 */
export function tryRemedy(kind, trainings, instability) {
  return TRIALS[kind](trainings, instability);
}

// ---- warmup ----------------------------------------------------------------------------------------------------------

/** @param {Trainings} trainings @param {Instability} instability @returns {Promise<Outcome>} */
async function tryWarmup(trainings, instability) {
  const { config, seeds, multiple, rates, isAttending } = instability;
  const lengths = planWarmups(config.steps, config.warmup_steps, isAttending);
  if (lengths.length === 0) {
    return {
      skipped: `Warmup was not tried: the run’s ${plural(config.steps, 'step')} allow no warmup of at most ${percent(warmupShare(isAttending))} that is longer than its own of ${config.warmup_steps}.`,
    };
  }
  const searched = planWarmups(config.steps, 0, isAttending);
  const cost =
    warmupSearchCost(config, seeds, multiple, searched) + seeds * 3 * (config.steps + lengths[lengths.length - 1]);
  if (cost > trainings.stepsLeft) return { skipped: sayTooMuch('warmup', cost, trainings) };

  const lr_unstable = rates.lr_unstable ?? config.lr;
  const search = await findWarmup({ trainings, config, lr_unstable, seeds, multiple, lengths: searched });
  // The shortest that the study found, and the longest allowed: what survives a short run may not survive a long one.
  const chosen = lengths.filter((length) => length === search.warmup_steps || length === lengths[lengths.length - 1]);
  const points = await trainings.train(
    chosen.map((length) => prependWarmup(config, length)),
    seeds,
  );
  const tried = points.map((point) =>
    judgeVariant(trainings, instability, point, `Warmup of ${plural(point.config.warmup_steps, 'step')}`),
  );
  if (search.base_lr !== null && search.warmup_steps !== null && search.base_lr > config.lr) {
    const reached = prependWarmup(config, Math.max(search.warmup_steps, config.warmup_steps), search.base_lr);
    const [point] = await trainings.train([reached], seeds);
    tried.push(
      judgeVariant(
        trainings,
        instability,
        point,
        `Warmup of ${plural(reached.warmup_steps, 'step')}, up to η ${number(search.base_lr)}`,
      ),
    );
  }
  const best = chooseVariant(tried);
  const warmup = Number(best.changes.warmup_steps ?? config.warmup_steps);
  const isLong = best.solved && isLongWarmup(warmup, config.steps);
  const long_warmup = isLong ? sayLongWarmup(warmup, config.steps) : null;
  return {
    remedy: {
      ...describeRemedy('warmup', instability, tried),
      search,
      long_warmup,
      says: [
        ...search.says,
        ...tried.map((variant) => sayVariant(variant, instability)),
        ...(long_warmup === null ? [] : [long_warmup]),
      ],
    },
  };
}

// ---- clipping --------------------------------------------------------------------------------------------------------

/** @param {Trainings} trainings @param {Instability} instability @returns {Promise<Outcome>} */
async function tryClipping(trainings, instability) {
  const { config, untreated, atBest, seeds } = instability;
  const measured = readThreshold(untreated.trials) ?? (atBest && readThreshold(atBest.trials));
  /** @type {Config} */
  const unclipped = { ...config, clip: 'off' };
  /** @type {Variant[]} */
  const tried = [];
  /** @type {string[]} */
  const says = [
    measured
      ? sayThreshold(measured, config.clip_percentile)
      : 'No run is healthy enough for a percentile of its gradient norms to mean anything, so round thresholds were tried.',
  ];
  /** @param {import('./clip_threshold.js').ClipPlan} planned */
  const tryClip = async ({ config: clipped, label }) => {
    const cost = trainings.costOf([clipped], seeds);
    if (cost > trainings.stepsLeft) {
      says.push(sayTooMuch(label.toLowerCase(), cost, trainings));
      return false;
    }
    const [point] = await trainings.train([clipped], seeds);
    const variant = judgeVariant(trainings, instability, point, label);
    tried.push(variant);
    says.push(sayVariant(variant, instability));
    if (isAggressive(point.trials)) says.push(...(await tryTwin(trainings, instability, point)));
    return variant.solved;
  };
  let solved = false;
  for (const [i, planned] of planNormClips(unclipped, measured?.threshold ?? null).entries()) {
    if (i === 1) says.push('That does not solve it, so smaller thresholds were tried.');
    solved = await tryClip(planned);
    if (solved) break;
  }
  if (!solved && measured)
    for (const planned of planClipVariants(unclipped, measured.threshold)) await tryClip(planned);
  if (tried.length === 0) return { skipped: says[says.length - 1] };
  return { remedy: { ...describeRemedy('clipping', instability, tried), ...(measured && { measured }), says } };
}

/**
 * The over-aggressive warning, with the unclipped run at the equivalent lower rate beside it.
 *
 * @param {Trainings} trainings
 * @param {Instability} instability
 * @param {Point} point  clipped at more than half of its steps
 * @returns {Promise<string[]>}
 */
async function tryTwin(trainings, { seeds }, { config, trials, figures }) {
  const lr = equivalentRateOf(config, trials);
  const says = [sayAggressive(config, trials)];
  if (lr === null) return says;
  /** @type {Config} */
  const twin = { ...config, clip: 'off', lr };
  if (!trainings.canAfford([twin], seeds)) return says;
  const [point] = await trainings.train([twin], seeds);
  return [
    ...says,
    `Without clipping, at η ${number(lr)}, ${sayBest(point.figures.loss)}; with it, ${number(figures.loss)}.`,
  ];
}

// ---- another optimizer -----------------------------------------------------------------------------------------------

/** @param {Trainings} trainings @param {Instability} instability @returns {Promise<Outcome>} */
async function tryOptimizer(trainings, instability) {
  const { config, seeds } = instability;
  const { optimizer, rates } = OTHER_RULES[dividesByGradient(config.optimizer) ? 'dividing' : 'plain'];
  const configs = rates.map((lr) => changeSettings(config, { optimizer, lr }));
  const cost = trainings.costOf(configs, 1) + (seeds - 1) * totalSteps(config);
  if (cost > trainings.stepsLeft) return { skipped: sayTooMuch(optimizer, cost, trainings) };
  // It has rates of its own: one seed finds which, all seeds judge it.
  const found = await trainings.train(configs, 1);
  const { lr_best } = judgeRates(found.map((point) => ({ lr: point.config.lr, trials: point.trials })));
  const lr = lr_best ?? rates[0];
  const [point] = await trainings.train([changeSettings(config, { optimizer, lr })], seeds);
  const variant = judgeVariant(trainings, instability, point, `${capitalize(optimizer)} at η ${number(lr)}`);
  const others = found.map((one) => `${number(one.figures.loss)} at η ${number(one.config.lr)}`);
  return {
    remedy: {
      ...describeRemedy('optimizer', instability, [variant]),
      says: [
        `${capitalize(optimizer)} was given a small sweep of its own, with one seed; its best checkpoints are ${list(others)}.`,
        sayVariant(variant, instability),
      ],
    },
  };
}

/** @param {Trainings} trainings @param {Instability} instability @returns {Promise<Outcome>} */
async function tryBeta2(trainings, instability) {
  const { config, seeds } = instability;
  const { label } = remedyRow('lower_beta2');
  if (!usesSetting(config.optimizer, 'beta2') || config.beta2 <= SHORT_BETA2)
    return { skipped: `${label} was not tried: the update rule has none that is longer.` };
  const planned = [{ ...config, beta2: SHORT_BETA2 }];
  const cost = trainings.costOf(planned, seeds);
  if (cost > trainings.stepsLeft) return { skipped: sayTooMuch(label.toLowerCase(), cost, trainings) };
  const [point] = await trainings.train(planned, seeds);
  const variant = judgeVariant(trainings, instability, point, `β₂ ${SHORT_BETA2}`);
  return {
    remedy: { ...describeRemedy('lower_beta2', instability, [variant]), says: [sayVariant(variant, instability)] },
  };
}

// ---- architecture ----------------------------------------------------------------------------------------------------

/**
 * @param {Trainings} trainings
 * @param {Instability} instability
 * @param {'normalization' | 'qknorm' | 'rezero'} kind
 * @param {(text: string) => (import('../../model_text/architecture_edits.js').Edit | null)[]} plan
 * @returns {Promise<Outcome>}
 */
async function tryModels(trainings, instability, kind, plan) {
  const { config, untreated, seeds } = instability;
  const text = untreated.trials[0].config.model;
  const edits = text === null ? [] : plan(text).filter((edit) => edit !== null);
  if (edits.length === 0) {
    return { skipped: `${remedyRow(kind).label} was not tried: ${NOTHING_TO_EDIT[kind]}.` };
  }
  const configs = edits.map(({ model }) => ({ ...config, model }));
  const cost = trainings.costOf(configs, seeds);
  if (cost > trainings.stepsLeft) return { skipped: sayTooMuch(remedyRow(kind).label.toLowerCase(), cost, trainings) };
  try {
    const points = await trainings.train(configs, seeds);
    const tried = points.map((point, i) => judgeVariant(trainings, instability, point, capitalize(edits[i].says)));
    return {
      remedy: {
        ...describeRemedy(kind, instability, tried),
        says: tried.map((variant) => sayVariant(variant, instability)),
      },
    };
  } catch (error) {
    // The edit is made on the text alone: shapes may forbid what it makes.
    if (!(error instanceof TrainerError)) throw error;
    return { skipped: `${remedyRow(kind).label} was not tried: the edited model cannot be trained. ${error.message}` };
  }
}

/** Why a model is left as it is. */
const NOTHING_TO_EDIT = {
  normalization: 'the model has normalization wherever an edit could add it',
  qknorm: 'queries and keys are normalized already',
  rezero: 'the model has no residual branch',
};

// ---- a lower rate ----------------------------------------------------------------------------------------------------

/** @param {Trainings} trainings @param {Instability} instability @returns {Promise<Outcome>} */
async function tryLowerRate(trainings, instability) {
  const { atBest, atCalmest, config, rates } = instability;
  if (!atBest || rates.lr_best === null) {
    return { skipped: `${remedyRow('lower_rate').label} was not found: no rate of the sweep is feasible.` };
  }
  if (rates.lr_best >= config.lr) {
    return {
      skipped: `${remedyRow('lower_rate').label} was not tried: no lower rate is better than ${number(rates.lr_best)}.`,
    };
  }
  const judge = (/** @type {Point} */ point) =>
    judgeVariant(trainings, instability, point, `η ${number(point.config.lr)}`);
  const tried = [judge(atBest)];
  // lr* is the best by its best checkpoint, and may be unstable itself: then a rate that is calm is the lower rate that is
  // meant.
  if (!tried[0].solved && atCalmest && atCalmest !== atBest && atCalmest.config.lr < config.lr) {
    tried.push(judge(atCalmest));
  }
  return {
    remedy: {
      ...describeRemedy('lower_rate', instability, tried),
      says: tried.map((variant) => sayVariant(variant, instability)),
    },
  };
}

// ---- judging ---------------------------------------------------------------------------------------------------------

/**
 * @param {Trainings} trainings
 * @param {Instability} instability
 * @param {Point} point
 * @param {string} label
 * @returns {Variant}
 */
function judgeVariant(trainings, { untreated, examined, kind }, point, label) {
  const cured = isCured(point.trials, kind);
  const credited = creditWarmup(point, untreated.config);
  const { figures } = credited;
  const better = isBetter(figures.loss, untreated.figures.loss);
  const { val, best } = medianTrial(credited);
  return {
    label,
    changes: changesBetween(examined, point.config),
    figures,
    val,
    best,
    free: point.trials.filter((trial) => isFree(trial, kind)).length,
    cured,
    better,
    solved: cured && better,
    aggressive: point.config.clip !== 'off' && isAggressive(point.trials),
    clipped_fraction: /** @type {number} */ (medianOf(point.trials.map((trial) => trial.clipped_fraction))),
    runs: point.trials.map((trial) => trainings.describeRun(trial, examined)),
  };
}

/** Of those that solved, or else of all, the one with the best checkpoint. @param {Variant[]} tried */
function chooseVariant(tried) {
  const solved = tried.filter((variant) => variant.solved);
  const byLoss = [...(solved.length > 0 ? solved : tried)];
  return byLoss.sort((a, b) => (a.figures.loss ?? Infinity) - (b.figures.loss ?? Infinity))[0];
}

/**
 * @param {RemedyKind} kind
 * @param {Instability} instability
 * @param {Variant[]} tried  at least one
 * @returns {Remedy}
 */
function describeRemedy(kind, { untreated }, tried) {
  const { label, changes, figures, val, best, free, cured, better, solved, aggressive } = chooseVariant(tried);
  return {
    kind,
    label,
    changes,
    val,
    best,
    solved,
    free,
    cured,
    better,
    aggressive,
    median_best: figures.loss,
    untreated_best: untreated.figures.loss,
    tried,
    says: [],
  };
}

/**
 * The remedy to begin with: the first in the playbook's order that solved, unless another gains more than twice as much.
 * Clipping most of the steps counts only where nothing else solved, because the playbook would rather have the rate
 * lowered.
 *
 * @param {Remedy[]} remedies  in the playbook's order
 * @returns {Remedy | null}
 */
export function chooseRemedy(remedies) {
  const solved = remedies.filter((remedy) => remedy.solved);
  const gentle = solved.filter(({ aggressive }) => !aggressive);
  const gainOf = (/** @type {Remedy} */ { median_best, untreated_best }) =>
    (untreated_best ?? Infinity) - (median_best ?? Infinity);
  const enough = ENOUGH_GAIN * Math.max(...gentle.map(gainOf));
  return gentle.find((remedy) => gainOf(remedy) >= enough) ?? gentle[0] ?? solved[0] ?? null;
}

/** @param {string} what @param {number} cost @param {Trainings} trainings */
function sayTooMuch(what, cost, trainings) {
  return `Skipped ${what}: it may take ${plural(cost, 'step')}, and ${plural(Math.max(0, trainings.stepsLeft), 'step')} are left of the budget.`;
}
