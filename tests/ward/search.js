/**
 * A broad search around a setting, one thing changed at a time, each at several learning rates. It is the ward's own
 * and knows nothing of how the diagnosis searches: it tells whether a setting is healthy (nothing around it is better),
 * whether an illness has one name (nothing but its own cause undoes it), and how good a result can be had at all.
 */

import { fieldApplies } from '../../web/engine/config/config.js';
import { defaultBeside } from '../../web/engine/config/rules.js';
import { FIELD_BY_NAME } from '../../web/engine/config/schema.js';
import { addNormalization } from '../../web/engine/model_text/architecture_edits.js';
import { attends } from '../../web/engine/model_text/attention_edits.js';
import { placementOf, placeNorms } from '../../web/engine/model_text/norm_placement.js';
import { addQknorm } from '../../web/engine/model_text/normalizations.js';

/**
 * @typedef {import('../../web/engine/config/config.js').Config} Config
 * @typedef {import('../../web/engine/config/config.js').SomeSettings} SomeSettings
 *
 * @typedef {object} Candidate
 * @property {string} family  what is changed, with the rate, unless it is `rate`: the name of what it would undo.
 *   `tuning` changes what has its usual value or adds warmup, `clip` adds clipping: they undo nothing
 * @property {SomeSettings} changes
 */

/** The rates tried alone: from a ten-thousandth to ten thousand times, by half decades and closer around the middle. */
const RATES_ALONE = [-4, -3.5, -3, -2.5, -2, -1.5, -1, -0.75, -0.5, -0.25, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 3.5, 4];

/** The rates that every other change is tried with. */
const RATES_BESIDE = [-1, -0.5, 0, 0.5, 1];

/** What is tried of each setting, beside what it has. @type {{ family: string, name: string, values: any[] }[]} */
const VALUES = [
  { family: 'weight_decay', name: 'weight_decay', values: [0, 1e-4, 1e-3, 1e-2] },
  { family: 'momentum', name: 'momentum', values: [0, 0.5, 0.8, 0.9, 0.95] },
  { family: 'momentum', name: 'beta1', values: [0, 0.5, 0.8, 0.9, 0.95] },
  { family: 'beta2', name: 'beta2', values: [0.9, 0.99, 0.999] },
  { family: 'beta2', name: 'rho', values: [0.9, 0.99] },
  { family: 'epsilon', name: 'epsilon', values: [1e-8, 1e-4, 1e-2] },
  { family: 'initialization', name: 'init', values: ['he', 'xavier', 'lecun', 'torch'] },
  { family: 'initialization', name: 'init_gain', values: [0.3, 1, 3] },
  { family: 'schedule', name: 'schedule', values: ['constant', 'linear', 'cosine', 'onecycle'] },
  { family: 'clipping', name: 'clip', values: ['off'] },
];

/** Schedules of which one is as good as another; a constant rate may be a fault. */
const DECAYS = ['linear', 'cosine', 'onecycle'];

/** Thresholds at which a gradient's norm is clipped, where it is not. */
const CLIP_NORMS = [0.1, 1];

/** Larger batches that are tried; a smaller one is no remedy for anything here. */
const BATCHES = [16, 64, 256];

/** @param {Config} config @returns {Candidate[]} */
export function listCandidates(config) {
  const rates = RATES_ALONE.map((e) => ({ family: 'rate', changes: rateChange(config, e) }));
  const others = listChanges(config).flatMap(({ family, changes }) =>
    RATES_BESIDE.map((e) => ({ family, changes: { ...changes, ...(e === 0 ? {} : rateChange(config, e)) } })),
  );
  return [...rates, ...others];
}

/** Every change apart from the rate. @param {Config} config @returns {Candidate[]} */
function listChanges(config) {
  /** @type {Candidate[]} */
  const found = [];
  const add = (/** @type {string} */ family, /** @type {SomeSettings} */ changes) => found.push({ family, changes });
  for (const { family, name, values } of VALUES) {
    if (!fieldApplies(fieldOf(name), config)) continue;
    const now = config[/** @type {keyof Config} */ (name)];
    const isUsual = name === 'schedule' ? DECAYS.includes(String(now)) : now === usualValue(config, name);
    const isMore = name === 'weight_decay' && Number(now) > 0;
    for (const value of values) {
      if (value !== now) add(isUsual || (isMore && value > Number(now)) ? 'tuning' : family, { [name]: value });
    }
  }
  add('tuning', { warmup_steps: config.warmup_steps > 0 ? 0 : Math.ceil(config.steps / 10) });
  if (config.clip === 'off') for (const norm of CLIP_NORMS) add('clip', { clip: 'norm', clip_norm: norm });
  // Transformers may want far longer warmups, and scores that cannot grow.
  const model = config.model ?? '';
  const qknorm = attends(model) ? addQknorm(model) : null;
  if (attends(model) && config.warmup_steps === 0) add('tuning', { warmup_steps: Math.ceil(config.steps / 3) });
  if (qknorm) add('tuning', { model: qknorm.model });
  const isSmall = config.batch < Number(usualValue(config, 'batch'));
  for (const batch of BATCHES) {
    if (config.batch > 0 && batch > config.batch) add(isSmall ? 'batch' : 'tuning', { batch });
  }
  if (config.outliers > 0) add('outliers', { outliers: 0 });
  if (!config.standardize) add('data_scale', { standardize: true });
  for (const { family, model: edited } of listModels(model)) add(family, { model: edited });
  return found;
}

/** @param {string} name */
function fieldOf(name) {
  const field = FIELD_BY_NAME.get(name);
  if (!field) throw new Error(`there is no setting ${name}`);
  return field;
}

/** What a setting is where nobody has said anything. @param {Config} config @param {string} name */
function usualValue(config, name) {
  return defaultBeside(fieldOf(name), config);
}

/** @param {string} model */
function listModels(model) {
  const placement = placementOf(model)?.id;
  const placed = placement === 'after' ? ['last', 'first', 'rezero'] : [];
  const normalized = addNormalization(model)?.model;
  return [
    ...placed.map((id) => ({
      family: 'norm_placement',
      model: placeNorms(model, /** @type {import('../../web/engine/model_text/norm_placement.js').PlacementId} */ (id)),
    })),
    ...(normalized ? [{ family: 'no_normalization', model: normalized }] : []),
  ];
}

/** The rate times a power of ten, within what a setting may be. @param {Config} config @param {number} exponent */
function rateChange({ lr }, exponent) {
  return { lr: Math.min(Number((lr * 10 ** exponent).toPrecision(3)), 1e6) };
}
