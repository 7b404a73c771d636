/** Data from files, whatever their format: read once, then made into a data set for each config that wants one. */

import { TrainerError } from '../core/errors.js';
import { noteClasses } from './class_notes.js';
import { drawFirst, noteDraw, SCORED_SAMPLES } from './draw.js';
import { gatherSamples } from './gather.js';
import { countElements } from './judging.js';

/**
 * @typedef {import('../config/config.js').Config} Config
 * @typedef {import('./dataset.js').Dataset} Dataset
 * @typedef {import('../config/reading_fields.js').Reading} Reading
 * @typedef {import('./judging.js').DataInput} DataInput
 *
 * @typedef {object} DatasetMaker  of an engine, what a data set of files needs
 * @property {(input: import('./judging.js').GivenData) => Dataset} createDataset
 * @property {<Given extends import('./judging.js').GivenData>(input: Given, config: Config) => Given} splitData
 *
 * @typedef {{ name: string, bytes: Uint8Array, reading?: Reading }} NamedFile  reading: what is asked of a table
 * @typedef {{ name: string, stream: import('./streams.js').ByteStream, reading?: Reading }} TableFile  one that need not
 *   lie in memory whole
 *
 * @typedef {object} DataFiles  what the files hold, before any config chose from it
 * @property {string} name
 * @property {string} [text]  of a file of prose, whose characters are the tokens; what else describes samples is empty then
 * @property {Uint8Array | Float32Array} images  [count][elements]
 * @property {Uint8Array} [labels]  [count] class numbers
 * @property {Float32Array} [targets]  [count], for regression, instead of labels
 * @property {number[]} shape  of one sample: [features] or [channels, height, width]
 * @property {number} classes  0 for regression
 * @property {string[] | null} classNames  in the order of the class numbers, where the files name them
 * @property {boolean} scalePerFeature  columns with units of their own: one mean and deviation each
 * @property {boolean} [scaleTogether]  floats that are pixels: one mean and deviation for all
 * @property {boolean} [scaleTargets]  targets in a unit of their own: standardized as features are
 * @property {string | null} target  the column that is learned, where the data has columns with names
 * @property {string[]} [columns]  the names of all columns, where there are any: what a reading may ask for
 * @property {string[]} notes  what the reader should know of how the files were read, a sentence each
 * @property {import('./judging.js').Samples | null} validation  null: split some off
 */

/**
 * @typedef {object} DataReport  what of files a run learns
 * @property {number} train  samples to train on
 * @property {number} val  samples to validate on
 * @property {number} features  numbers of a sample
 * @property {string | null} target
 * @property {number} classes  0 for regression
 * @property {string[]} notes
 */

/**
 * What a run learns, as a plain object.
 *
 * @param {Dataset} dataset
 * @param {DataFiles | null} data  null for generated data
 * @param {Config} config  complete
 * @returns {DataReport}
 */
export function reportData(dataset, data, config) {
  const { trainCount, valCount, shape, classes } = dataset;
  const limited = (/** @type {number} */ count, /** @type {number} */ limit) =>
    limit > 0 ? Math.min(count, limit) : count;
  return {
    train: limited(trainCount, config.samples),
    val: limited(valCount, config.val_samples),
    features: countElements(shape),
    target: data?.target ?? null,
    classes,
    notes: dataset.notes,
  };
}

/**
 * The data set that a config takes from files: the first `samples` and `val_samples`, drawn over the classes where the
 * first do not show them as they are, or `val_fraction` split off. What its reader should know is in its notes.
 *
 * @param {DatasetMaker} engine
 * @param {DataFiles} data
 * @param {import('../config/config.js').Config} config
 * @returns {Dataset}
 */
export function createFileDataset(engine, data, config) {
  if (data.text !== undefined) return createTextDataset(engine, data.name, data.text, config);
  const input = { ...data, scaleTargets: data.scaleTargets && config.standardize };
  const whole = data.validation ? input : engine.splitData(input, config);
  const train = chooseFirst(whole, data, { setting: 'samples', first: config.samples, scored: SCORED_SAMPLES });
  const val = whole.validation
    ? chooseFirst(whole.validation, data, { setting: 'val_samples', first: config.val_samples })
    : null;
  const dataset = engine.createDataset({ ...whole, ...train.samples, validation: val?.samples ?? null });
  const { classes, classNames } = data;
  const seen = train.seen ? noteClasses({ train: train.seen, val: val?.seen ?? null, classes, classNames }) : [];
  dataset.notes = [...data.notes, ...train.notes, ...(val?.notes ?? []), ...seen];
  return dataset;
}

/** @param {DatasetMaker} engine @param {string} name @param {string} text @param {Config} config @returns {Dataset} */
function createTextDataset(engine, name, text, config) {
  try {
    return engine.createDataset(engine.splitData({ text, context: config.context }, config));
  } catch (error) {
    if (!(error instanceof TrainerError) || error.code !== 'data') throw error;
    throw new TrainerError('data', error.field, `${name}: ${error.message}`);
  }
}

/**
 * @param {import('./judging.js').Samples} samples
 * @param {DataFiles} data
 * @param {{ setting: 'samples' | 'val_samples', first: number, scored?: number }} what  first: 0 for all; scored: how many
 *   the figures of a run are of
 * @returns {{ samples: import('./judging.js').Samples, seen: Uint8Array | undefined, notes: string[] }}
 */
function chooseFirst({ images, labels, targets, rows }, { shape, classes }, { setting, first, scored = Infinity }) {
  /** @type {import('./judging.js').Samples} */
  let samples = { images, labels, targets, rows };
  /** @type {string[]} */
  const notes = [];
  if (!labels) return { samples, seen: labels, notes };
  const all = labels.length;
  const limit = first > 0 && first < all ? first : all;
  for (const count of new Set([limit, Math.min(limit, scored)])) {
    const order = drawFirst(labels, count, classes);
    if (!order) continue;
    samples = gatherSamples(samples, order, countElements(shape));
    notes.push(noteDraw({ setting, first: count, all, isLimit: count === limit }));
    break;
  }
  return { samples, seen: samples.labels?.subarray(0, limit), notes };
}
