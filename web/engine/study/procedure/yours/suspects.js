/**
 * What of some settings may be a cause of trouble, and the same settings without it. Nothing here says that it is one:
 * that is found by training without it (counterfactuals.js). A suspect is *odd* where it is so far from what anybody sets that it
 * is to blame rather than a rate which happens to make up for it.
 */

import { dividesByGradient, ownDefaults, usesSetting } from '../../../config/rules.js';
import { FIELD_BY_NAME, RULE_BY_NAME } from '../../../config/schema.js';
import { addNormalization, addResiduals, normalizeResiduals } from '../../../model_text/architecture_edits.js';
import { BATCHNORM } from '../../../model_text/model_text.js';
import {
  countLayers,
  hasNormalization,
  isNormalizedBehind,
  layernormForBatchnorm,
  normalizeBefore,
  normalizeBeforeAndLast,
  resetGains,
  strongestDropout,
  usesUnits,
  withoutDropout,
} from '../../../model_text/repairs.js';
import { significant } from '../../../words/numbers.js';
import { causeRow } from '../../judge/causes.js';
import { medianOf } from '../../trial/statistics.js';
import { equivalentRateOf } from '../clip_threshold.js';

/**
 * @typedef {import('../trainings.js').Point} Point
 * @typedef {import('../../trial/trial.js').TrialResult} TrialResult
 * @typedef {import('../../../config/config.js').Config} Config
 * @typedef {import('../../../config/config.js').SomeSettings} SomeSettings
 * @typedef {import('../../judge/causes.js').CauseId} CauseId
 *
 * @typedef {object} Suspect
 * @property {CauseId} cause
 * @property {string} noun  what may be to blame; no two have the same
 * @property {boolean} isOdd
 * @property {boolean} [isGiven]  it lies in the data: what goes without it only shows that it is to blame
 * @property {SomeSettings[]} without  changes that take it away, each on its own
 * @property {import('../../../model_text/architecture_edits.js').Edit[]} [edits]  of the model that are among them, in words
 * @property {SomeSettings} [proof]  where what goes without it sees more samples, which helps anything: settings that do not
 *
 * @typedef {object} Patient  what suspects are looked for in
 * @property {Config} config
 * @property {string | null} model  as a text; null where it is not known
 * @property {TrialResult[]} trials  of these settings
 */

// Between these nobody would look twice; beyond them a setting is odd.
const USUAL = {
  momentum: { most: 0.98 },
  epsilon: { least: 1e-14, most: 5e-4 },
  beta2: { least: 0.95, most: 0.9999 },
  rho: { least: 0.5, most: 0.999 },
  weight_decay: { most: 0.03 },
  decoupled_decay: { most: 0.3 },
  init_gain: { least: 0.4, most: 2.5 },
  label_noise: { most: 0.1 },
  dropout: { most: 0.6 },
};

/** Weight decay that is seldom too strong. */
const USUAL_DECAY = 0.01;

/** A batch of at most so many samples may be too noisy, or too small for batch normalization; so small it is odd. */
const SMALL_BATCH = 8;
const TINY_BATCH = 4;

/** The larger batches that are tried. */
const LARGER_BATCHES = [64, 256];

/** How many times larger the batch is that sees as many samples in fewer steps. */
const FEWER_STEPS = 8;

/** Clipping is odd where the threshold is below this share of the typical norm, or so many of the steps are clipped. */
const LOW_THRESHOLD = 0.1;
const MOST_CLIPPED = 0.9;

/** A schedule is odd whose mean rate is below this share of its peak. */
const LOW_MEAN_RATE = 0.25;

/** A network needs normalization from so many layers on, if at all. */
const DEEP = 3;

/** Where activations are 0 on one side, weights must be larger for the signal to keep its size. */
const ONE_SIDED = ['relu', 'leakyrelu', 'gelu'];

/** @typedef {Omit<Suspect, 'noun'> & { noun?: string }} Suspected  noun: where it is not the cause's own */

/** @type {((patient: Patient) => Suspected | null)[]} */
const LOOKS = [
  suspectScale,
  suspectOutliers,
  suspectBatchnorm,
  suspectInitialization,
  suspectPlacement,
  suspectEpsilon,
  suspectSquares,
  suspectMomentum,
  suspectDecay,
  suspectClipping,
  suspectSchedule,
  suspectNoise,
  suspectNoNorm,
  suspectDropout,
  suspectLabels,
];

/** @param {Patient} patient @returns {Suspect[]} */
export function listSuspects(patient) {
  return LOOKS.flatMap((look) => look(patient) ?? []).map((found) => ({ noun: causeRow(found.cause).noun, ...found }));
}

/** Which of the two causes that lie in a model's normalization it may be. @param {TrialResult} trial @returns {CauseId} */
export function suspectedModel(trial) {
  const { model } = trial.config;
  return model !== null && isNormalizedBehind(model) ? 'norm_placement' : 'no_normalization';
}

// ---- data ------------------------------------------------------------------------------------------------------------

/** @param {Patient} patient @returns {Suspected | null} */
function suspectScale({ config }) {
  if (config.standardize || !['glyphs', 'custom'].includes(config.dataset)) return null;
  return { cause: 'data_scale', isOdd: true, without: [{ standardize: true }] };
}

/** @param {Patient} patient @returns {Suspected | null} */
function suspectOutliers({ config, model, trials }) {
  const threshold = medianOf(trials.map(({ grad_norm }) => grad_norm.typical).filter((norm) => norm > 0));
  const clipped =
    config.clip === 'off' && threshold !== null ? [{ clip: 'norm', clip_norm: significant(threshold) }] : [];
  if (config.outliers > 0) return { cause: 'outliers', isOdd: true, without: [{ outliers: 0 }, ...clipped] };
  // Of the user's own data it shows in the gradients alone.
  const ratio = medianOf(trials.map(({ grad_norm }) => grad_norm.max / grad_norm.typical)) ?? 1;
  if (!mayHaveOutliers(config, model) || ratio < OUTLIER_RATIO || clipped.length === 0) return null;
  return { cause: 'outliers', isOdd: false, without: clipped };
}

/**
 * Whether there may be outliers among the inputs: they were put there, or the data are the user's own and no tokens, of
 * which none lies further out than another.
 *
 * @param {Config} config
 * @param {string | null} model
 */
export function mayHaveOutliers({ dataset, outliers }, model) {
  return outliers > 0 || (dataset === 'custom' && (model === null || !usesUnits(model, ['embed'])));
}

/** Gradients of the user's own data have outliers where the largest is so many times the typical one. */
const OUTLIER_RATIO = 20;

/** @param {Patient} patient @returns {Suspected | null} */
function suspectLabels({ config }) {
  if (config.label_noise <= 0) return null;
  return {
    cause: 'not_optimization',
    isOdd: config.label_noise >= USUAL.label_noise.most,
    isGiven: true,
    without: [{ label_noise: 0 }],
  };
}

// ---- model -----------------------------------------------------------------------------------------------------------

/** @param {Patient} patient @returns {Suspected | null} */
function suspectBatchnorm({ config, model }) {
  const edit = model === null ? null : layernormForBatchnorm(model);
  if (edit === null || config.batch === 0 || config.batch > SMALL_BATCH) return null;
  return {
    cause: 'batchnorm_batch',
    isOdd: config.batch <= TINY_BATCH,
    without: [{ batch: LARGER_BATCHES[0] }, { model: edit.model }],
    proof: { model: edit.model },
    edits: [edit],
  };
}

/** @param {Patient} patient @returns {Suspected | null} */
function suspectInitialization({ config, model }) {
  const isGainOdd = isBeyond(config.init_gain, USUAL.init_gain);
  const edit = model === null ? null : resetGains(model);
  const reset = {
    ...(config.init_gain !== 1 && { init_gain: 1 }),
    ...(edit && { model: edit.model }),
  };
  // What keeps the size of a signal depends on the activations; normalization does it anyway.
  const isFree = model !== null && hasNormalization(model);
  const usual = model !== null && usesUnits(model, ONE_SIDED) ? ['he'] : ['he', 'xavier'];
  const kinds = isFree || config.init === 'he' ? [] : usual;
  const kind = kinds.filter((init) => init !== config.init).map((init) => ({ ...reset, init }));
  const without = [...(Object.keys(reset).length > 0 ? [reset] : []), ...kind];
  if (without.length === 0) return null;
  return { cause: 'initialization', isOdd: isGainOdd || edit !== null, without, edits: edit ? [edit] : [] };
}

/** @param {Patient} patient @returns {Suspected | null} */
function suspectPlacement({ model }) {
  if (model === null || !isNormalizedBehind(model)) return null;
  const edits = [normalizeBeforeAndLast(model), normalizeResiduals(model), normalizeBefore(model)].filter(
    (edit) => edit !== null,
  );
  return { cause: 'norm_placement', isOdd: true, without: edits.map((edit) => ({ model: edit.model })), edits };
}

/** @param {Patient} patient @returns {Suspected | null} */
function suspectNoNorm({ config: { batch }, model }) {
  if (model === null || hasNormalization(model) || countLayers(model) < DEEP) return null;
  const overBatch = batch === 0 || batch > SMALL_BATCH ? addNormalization(model, BATCHNORM) : null;
  // A branch that no activation follows has its normalization behind it.
  const branches = normalizeResiduals(model);
  const edits = [addNormalization(model), overBatch, addResiduals(model), branches].filter((edit) => edit !== null);
  if (edits.length === 0) return null;
  return { cause: 'no_normalization', isOdd: false, without: edits.map(({ model: text }) => ({ model: text })), edits };
}

/** @param {Patient} patient @returns {Suspected | null} */
function suspectDropout({ model }) {
  const edit = model === null ? null : withoutDropout(model);
  if (model === null || edit === null) return null;
  const isOdd = isBeyond(strongestDropout(model), USUAL.dropout);
  return { cause: 'not_optimization', noun: 'dropout', isOdd, without: [{ model: edit.model }], edits: [edit] };
}

// ---- update rule -----------------------------------------------------------------------------------------------------

/** @param {Patient} patient @returns {Suspected | null} */
function suspectEpsilon({ config }) {
  return suspectValue(config, 'epsilon', 'epsilon', isBeyond(config.epsilon, USUAL.epsilon));
}

/** @param {Patient} patient @returns {Suspected | null} */
function suspectSquares({ config }) {
  if (usesSetting(config.optimizer, 'rho'))
    return suspectValue(config, 'beta2', 'rho', isBeyond(config.rho, USUAL.rho));
  // Where the mean of the gradients reaches further back than that of their squares, Adam need not converge.
  const isShort = config.beta1 > Math.sqrt(config.beta2);
  const suspect = suspectValue(config, 'beta2', 'beta2', isShort || isBeyond(config.beta2, USUAL.beta2));
  const both = { beta1: defaultOf(config, 'beta1'), beta2: defaultOf(config, 'beta2') };
  return suspect && isShort ? { ...suspect, without: [...suspect.without, both] } : suspect;
}

/** @param {Patient} patient @returns {Suspected | null} */
function suspectMomentum({ config }) {
  const name = usesSetting(config.optimizer, 'momentum') ? 'momentum' : 'beta1';
  return suspectValue(config, 'momentum', name, isBeyond(config[name], USUAL.momentum));
}

/** @param {Patient} patient @returns {Suspected | null} */
function suspectDecay({ config }) {
  if (config.weight_decay <= 0) return null;
  const isDecoupled = RULE_BY_NAME.get(config.optimizer)?.decoupled_decay ?? false;
  const isOdd = isBeyond(config.weight_decay, isDecoupled ? USUAL.decoupled_decay : USUAL.weight_decay);
  // A little of it may be what the data want.
  const less = config.weight_decay > USUAL_DECAY ? [{ weight_decay: USUAL_DECAY }] : [];
  return { cause: 'weight_decay', isOdd, without: [{ weight_decay: 0 }, ...less] };
}

// ---- schedule, clipping, batch ---------------------------------------------------------------------------------------

/** @param {Patient} patient @returns {Suspected | null} */
function suspectClipping({ config, trials }) {
  const clipped = medianOf(trials.map(({ clipped_fraction }) => clipped_fraction)) ?? 0;
  if (config.clip === 'off' || clipped === 0) return null;
  const norm = medianOf(trials.map(({ grad_norm }) => grad_norm.typical_p50)) ?? 0;
  const isLow =
    config.clip === 'norm' && !dividesByGradient(config.optimizer) && config.clip_norm < LOW_THRESHOLD * norm;
  // A high rate may have been set to make up for it: then the rate goes with it.
  const lr = equivalentRateOf(config, trials);
  /** @type {SomeSettings[]} */
  const without = [{ clip: 'off' }, ...(lr === null ? [] : [{ clip: 'off', lr }])];
  return { cause: 'clipping', isOdd: isLow || clipped > MOST_CLIPPED, without };
}

/** @param {Patient} patient @returns {Suspected | null} */
function suspectSchedule({ config, trials }) {
  const { schedule, warmup_steps, steps } = config;
  if (schedule === 'constant' && warmup_steps === 0) return null;
  const share = medianOf(trials.flatMap((trial) => meanRate(trial) ?? []));
  const isRange = schedule.startsWith('range_');
  const isOdd = isRange || warmup_steps > steps || (share !== null && share < LOW_MEAN_RATE * config.lr);
  // As many steps as before: warmup is prepended to them.
  const steady = { schedule: 'constant', warmup_steps: 0, steps: warmup_steps + steps };
  return { cause: 'schedule', isOdd, without: [steady, { ...steady, schedule: 'linear', lr_min: 0 }] };
}

/** @param {Patient} patient @returns {Suspected | null} */
function suspectNoise({ config }) {
  const { batch, steps } = config;
  if (batch === 0 || batch > SMALL_BATCH) return null;
  return {
    cause: 'batch_noise',
    isOdd: false,
    without: LARGER_BATCHES.map((larger) => ({ batch: larger })),
    proof: { batch: FEWER_STEPS * batch, steps: Math.ceil(steps / FEWER_STEPS) },
  };
}

// ---- parts -----------------------------------------------------------------------------------------------------------

/**
 * A setting of the update rule that is not at its default.
 *
 * @param {Config} config
 * @param {CauseId} cause
 * @param {string} name
 * @param {boolean} isOdd
 * @returns {Suspected | null}
 */
function suspectValue(config, cause, name, isOdd) {
  const usual = defaultOf(config, name);
  if (!usesSetting(config.optimizer, name) || config[name] === usual) return null;
  return { cause, isOdd, without: [{ [name]: usual }] };
}

/** @param {Config} config @param {string} name @returns {number} */
function defaultOf({ optimizer }, name) {
  return Number(ownDefaults({ optimizer })[name] ?? FIELD_BY_NAME.get(name)?.default);
}

/** @param {number} value @param {{ least?: number, most?: number }} usual */
function isBeyond(value, { least = -Infinity, most = Infinity }) {
  return value < least || value > most;
}

/** The mean rate over the steps of a run; null without a curve. @param {TrialResult} trial */
function meanRate({ curve }) {
  if (!curve || curve.step.length < 2) return null;
  const { step, lr } = curve;
  let sum = 0;
  for (let i = 1; i < step.length; i++) sum += ((lr[i] + lr[i - 1]) / 2) * (step[i] - step[i - 1]);
  return sum / (step[step.length - 1] - step[0]);
}
