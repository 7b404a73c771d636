/** What a command trains: the config that the flags describe, and the data that they point at. */

import { CHANGES } from '../engine/config/config.js';
import { dataFactsOf } from '../engine/config/data_facts.js';
import { sayIdle } from '../engine/config/idle_settings.js';
import { READING_FIELDS, readingOf } from '../engine/config/reading_fields.js';
import { createFileDataset } from '../engine/data/data_files.js';
import { problemError } from './arguments.js';
import { UsageError } from './usage_error.js';

/**
 * @typedef {import('../engine/engine.js').Engine} Engine
 * @typedef {import('../engine/data/dataset.js').Dataset} Dataset
 * @typedef {import('../engine/data/data_files.js').DataFiles} DataFiles
 * @typedef {import('../engine/config/config.js').Config} Config
 * @typedef {import('../engine/config/config.js').GivenConfig} GivenConfig
 */

/**
 * The settings that the flags describe, judged; of data nothing is read.
 *
 * @param {Engine} engine
 * @param {import('./arguments.js').Arguments} args
 * @returns {Config}
 * @throws {UsageError}
 */
export function readConfig(engine, { options, settings, base }) {
  const inherited = base.changes ?? [];
  /** @type {GivenConfig} */
  const given = {
    ...base,
    ...settings,
    // What is no list stays as it is, for the engine to complain about.
    changes: Array.isArray(inherited) ? [...inherited, ...options.change] : inherited,
  };
  if (options.data) {
    if (settings.dataset !== undefined && settings.dataset !== 'custom') {
      throw new UsageError(`--data means your own data, but --dataset ${settings.dataset} was given too`);
    }
    given.dataset = 'custom';
  }
  const { config, problems } = engine.parseConfig(given);
  if (problems.length > 0) throw problemOf(problems[0], settings, options);
  const asked = READING_FIELDS.find(({ name }) => options[name] === true || options[name]?.length > 0);
  if (asked && !options.data) throw new UsageError(`--${asked.name} says how --data is read, and there is no --data`);
  return config;
}

/**
 * @param {Engine} engine
 * @param {import('./arguments.js').Arguments} args
 * @returns {Promise<{ config: Config, dataset: Dataset, data: DataFiles | null }>}  data: what --data holds, before the
 *   config chose from it
 * @throws {UsageError} or a TrainerError about the data
 */
export async function readRunInput(engine, args) {
  const { options, notes } = args;
  const config = readConfig(engine, args);
  if (config.dataset !== 'custom') {
    notes.push(...sayIdleOf(config, args));
    return { config, dataset: engine.generateDataset(config), data: null };
  }
  if (!options.data) throw new UsageError('--dataset custom needs --data PATH');
  // Half of all code is how files are read, and generated data needs none of it.
  const { readDataPath } = await import('./files/data_path.js');
  const data = await readDataPath(engine, options.data, readingOf(options));
  const dataset = createFileDataset(engine, data, config);
  const facts = dataFactsOf(dataset.isTokens ? [] : dataset.shape, dataset.classes);
  notes.push(...dataset.notes, ...sayIdleOf(config, args, facts));
  return { config, dataset, data };
}

/**
 * What was asked for and has no effect on these data, or beside these settings. What --over and --change set is not only
 * what it is at the start.
 *
 * @param {Config} config
 * @param {import('./arguments.js').Arguments} args
 * @param {{ kind?: string, targets?: string }} [facts]
 */
function sayIdleOf(config, { settings, base, options }, facts) {
  const axes = /** @type {string[]} */ (options.over ?? []).map((axis) => axis.split('=')[0].replaceAll('-', '_'));
  const varied = [...axes, ...config.changes.map(({ field }) => field)];
  return sayIdle(config, { given: { ...base, ...settings }, facts, varied });
}

/**
 * The data sets of what a command trains besides its run: where it validates on fewer samples they are chosen from the
 * files anew, so that the first of a file in the order of its classes hold them all.
 *
 * @param {Engine} engine
 * @param {{ config: Config, dataset: Dataset, data: DataFiles | null }} input
 * @returns {(planned: Config) => Dataset}
 */
export function datasetChooser(engine, { config, dataset, data }) {
  const chosen = new Map([[config.val_samples, dataset]]);
  return (planned) => {
    const known = data ? chosen.get(planned.val_samples) : dataset;
    if (known) return known;
    const made = createFileDataset(engine, /** @type {DataFiles} */ (data), planned);
    chosen.set(planned.val_samples, made);
    return made;
  };
}

/**
 * Where a wrong setting stands: in a flag, or in the file of settings.
 *
 * @param {import('../engine/config/config.js').Problem} problem
 * @param {Record<string, string>} settings  those of flags
 * @param {Record<string, any>} options
 */
function problemOf(problem, settings, { config: path, change }) {
  const { field, message } = problem;
  const isFlag = field !== null && (field === CHANGES ? change.length > 0 : Object.hasOwn(settings, field));
  return path === null || isFlag ? problemError(problem) : new UsageError(`--config ${path}: ${message}`);
}
