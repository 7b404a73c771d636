/** What code is printed of: settings that have been judged, the network in layers, and which numbers the code names. */

import { CHANGES, fieldApplies } from '../config/config.js';
import { defaultBeside } from '../config/rules.js';
import { FIELD_BY_NAME, RULE_BY_NAME, SCHEMA } from '../config/schema.js';
import { TrainerError } from '../core/errors.js';
import { traceNetwork } from './network.js';
import { RULE_FORMULAS } from './rules.js';
import { momentumFormula, rateFormula, SCHEDULES_KNOWN } from './schedules.js';

/**
 * @typedef {import('../config/config.js').Config} Config
 * @typedef {import('../config/schema_text.js').Rule} Rule
 * @typedef {import('./network.js').Layer} Layer
 * @typedef {import('./schedules.js').Formula} Formula
 *
 * @typedef {object} DataFacts  of what is trained on
 * @property {number[]} shape  of one input as the network is given it
 * @property {number} classes  0 for regression
 * @property {number} outputs
 * @property {{ length: number, scoredFrom: number } | null} tokens  of samples that are ids, `length` inputs and one more;
 *   the first `scoredFrom` predictions are not scored
 * @property {number} train  samples
 * @property {number} val  samples
 *
 * @typedef {{ kind: 'idx', folder: string } | { kind: 'material', path: string | null } |
 *   { kind: 'embedded', tensors: import('../run/tensors.js').Tensor[] }} DataSource
 *   where the code finds its samples: files that it reads itself; tensors that the engine wrote; in the code
 *
 * @typedef {object} Experiment
 * @property {Config} config
 * @property {Rule} rule
 * @property {DataFacts} data
 * @property {DataSource} source
 * @property {Layer[]} layers  the last one included
 * @property {string} command  that trains the same, in lines
 * @property {string[]} names  of the settings that the code names
 */

/**
 * What code needs to know of a run's data.
 *
 * @param {import('../run/trainer.js').Trainer} trainer
 * @returns {DataFacts}
 */
export function dataFactsOf({ inputShape, trainCount, valCount, dataset: { classes, outputs, tokens } }) {
  return { shape: inputShape, classes, outputs, tokens, train: trainCount, val: valCount };
}

/** Settings that code of the whole experiment takes part of, besides those of rules, schedules and clipping. */
const TRAINED = [
  'model',
  'init',
  'init_gain',
  'loss',
  'label_smoothing',
  'z_loss',
  'batch',
  'steps',
  'seed',
  'eval_every',
  'standardize',
  'downsample',
];

/** Settings of the loss that the code names where they are above 0. */
const OF_LOSS = ['label_smoothing', 'z_loss'];

/** Settings of the data, which the samples that the code reads already have behind them. */
const IN_SAMPLES = [
  'dataset',
  'data_seed',
  'samples',
  'val_samples',
  'val_fraction',
  'noise',
  'label_noise',
  'outliers',
  'outlier_scale',
  'length',
  'symbols',
  'delay',
  'context',
];

/** Settings of how the engine computes or looks, which change nothing that is trained. */
const ONLY_HERE = ['sharpness_every', 'arithmetic'];

/** Settings that a step is made of. */
const OF_STEPS = ['optimizer', 'lr', 'weight_decay', 'schedule', 'warmup_steps', 'cycle_momentum', 'momentum_low'];
const OF_CLIPPING = ['clip', 'clip_norm', 'clip_percentile', 'clip_in_warmup'];

const CYCLE_MOMENTUM = /** @type {import('../config/schema_text.js').Field} */ (FIELD_BY_NAME.get('cycle_momentum'));

/**
 * Refuses what no code says: a published mistake, live changes, and settings that are not known here.
 *
 * @param {Config} config  complete and valid
 * @throws {TrainerError} one sentence
 */
export function judgeSettings(config) {
  const refuse = (/** @type {string} */ field, /** @type {string} */ sentence) => {
    throw new TrainerError('setting', field, `${field} ${sentence}`);
  };
  if (config.changes.length > 0) {
    refuse(CHANGES, 'cannot be exported: the code keeps the settings that it begins with.');
  }
  if (config.mistake !== 'none') {
    refuse('mistake', `${config.mistake} cannot be exported: code is printed of update rules without their mistakes.`);
  }
  const rule = RULE_BY_NAME.get(config.optimizer);
  if (!RULE_FORMULAS[config.optimizer] && !rule?.moves_matrices) {
    refuse('optimizer', `${config.optimizer} cannot be exported as code yet.`);
  }
  if (rule?.moves_matrices && config.cycle_momentum && fieldApplies(CYCLE_MOMENTUM, config)) {
    refuse('cycle_momentum', `cannot be exported with ${config.optimizer}, of which it moves two settings.`);
  }
  if (!SCHEDULES_KNOWN.includes(config.schedule))
    refuse('schedule', `${config.schedule} cannot be exported as code yet.`);
  const known = new Set([
    ...[TRAINED, IN_SAMPLES, ONLY_HERE, OF_STEPS, OF_CLIPPING].flat(),
    ...SCHEMA.rules.flatMap(({ settings }) => settings),
    ...SCHEDULES_KNOWN.flatMap(
      (schedule) => rateFormula({ ...config, schedule: /** @type {Config['schedule']} */ (schedule) }).settings,
    ),
    'mistake',
  ]);
  const unknown = SCHEMA.fields.find(
    (field) =>
      !known.has(field.name) && fieldApplies(field, config) && config[field.name] !== defaultBeside(field, config),
  );
  if (unknown) refuse(unknown.name, 'cannot be exported as code yet.');
}

/**
 * @param {Config} config  complete and valid
 * @param {DataFacts} data
 * @param {{ source: DataSource, command: string }} how
 * @returns {Experiment}
 * @throws {TrainerError} where something cannot be exported, in one sentence
 */
export function planExperiment(config, data, { source, command }) {
  return { ...planSteps(config), data, source, layers: layersOf(config, data), command };
}

/** The network, the last layer included. @param {Config} config @param {DataFacts} data */
export function layersOf({ model }, data) {
  const { images, points, tokens } = SCHEMA.models;
  return traceNetwork(model ?? (data.tokens ? tokens : data.shape.length === 3 ? images : points), data);
}

/** The part that stands for itself: update rule, schedule, clipping. @param {Config} config */
export function planSteps(config) {
  judgeSettings(config);
  const rule = /** @type {Rule} */ (RULE_BY_NAME.get(config.optimizer));
  return { config, rule, names: listNames(config, rule) };
}

/** The settings that the formulas name, in the order of the table. @param {Config} config @param {Rule} rule */
function listNames(config, rule) {
  const moving = movingMomentum(config, rule);
  const wanted = new Set([
    'lr',
    'warmup_steps',
    'steps',
    ...rule.settings,
    ...rateFormula(config).settings,
    ...(moving?.formula.settings ?? []),
    ...(config.weight_decay > 0 ? ['weight_decay'] : []),
    ...(config.clip === 'norm' || config.clip === 'update' ? ['clip_norm'] : []),
    ...(config.clip === 'adaptive' ? ['clip_percentile'] : []),
  ]);
  return SCHEMA.fields.map(({ name }) => name).filter((name) => wanted.has(name));
}

/**
 * The setting that a 1cycle moves against the rate, with its formula; null where nothing moves.
 *
 * @param {Config} config
 * @param {Rule} rule
 * @returns {{ name: 'momentum' | 'beta1', formula: Formula } | null}
 */
export function movingMomentum(config, rule) {
  const name = /** @type {const} */ (['momentum', 'beta1']).find((setting) => rule.settings.includes(setting));
  const formula = name ? momentumFormula(config, name) : null;
  return name && formula ? { name, formula } : null;
}

/** The settings that code of the whole experiment names besides those of a step. @param {Config} config */
export function programNames(config) {
  const isSmoothed = config.loss === 'cross_entropy';
  return [
    'batch',
    'seed',
    ...(config.eval_every > 0 ? ['eval_every'] : []),
    ...OF_LOSS.filter((name) => isSmoothed && Number(config[name]) > 0),
  ];
}

/** A setting's name as a constant of the code. @param {string} name */
export function constantOf(name) {
  return name.toUpperCase();
}

/** What a setting is called, as a comment behind its constant. @param {string} name */
export function labelOf(name) {
  const field = FIELD_BY_NAME.get(name);
  return field ? `${field.label.toLowerCase()}${field.unit ? `, ${field.unit}` : ''}` : '';
}
