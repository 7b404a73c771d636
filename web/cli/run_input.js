/** What a command trains: the config that the flags describe, and the data that they point at. */

import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { READING_FIELDS, readingOf } from '../engine/config/reading_fields.js';
import { createFileDataset } from '../engine/data/data_files.js';
import { chooseIdxFiles } from '../engine/data/idx.js';
import { readDataFiles } from '../engine/data/read_files.js';
import { readRunLog } from '../engine/run/run_log.js';
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
 * @param {Engine} engine
 * @param {import('./arguments.js').Arguments} args
 * @returns {Promise<{ config: Config, dataset: Dataset, data: DataFiles | null }>}  data: what --data holds, before the
 *   config chose from it
 * @throws {UsageError} or a TrainerError about the data
 */
export async function readRunInput(engine, { options, settings, tell }) {
  const base = options.config ? await readConfigFile(options.config) : {};
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
  if (problems.length > 0) throw problemError(problems[0]);
  const asked = READING_FIELDS.find(({ name }) => options[name]?.length > 0);
  if (asked && !options.data) throw new UsageError(`--${asked.name} says how --data is read, and there is no --data`);
  if (config.dataset !== 'custom') return { config, dataset: engine.generateDataset(config), data: null };
  if (!options.data) throw new UsageError('--dataset custom needs --data PATH');
  const data = await readDataPath(engine, options.data, readingOf(options));
  for (const note of data.notes) tell(note);
  return { config, dataset: createFileDataset(engine, data, config), data };
}

/**
 * What --data points at.
 *
 * @param {Engine} engine
 * @param {string} path  a folder with IDX files, or a CSV file
 * @param {import('../engine/config/reading_fields.js').Reading} [reading]
 * @returns {Promise<DataFiles>}
 * @throws {UsageError} or a TrainerError about the data
 */
export async function readDataPath(engine, path, reading) {
  const files = await readFiles(path);
  return readDataFiles(engine, reading ? files.map((file) => ({ ...file, reading })) : files, basename(path));
}

/** @param {string} path  a folder with IDX files, or a CSV file @returns {Promise<import('../engine/data/idx.js').NamedFile[]>} */
async function readFiles(path) {
  const refuse = (/** @type {unknown} */ error) => {
    throw fileAccessError('--data', path, error);
  };
  const facts = await stat(path).catch(refuse);
  if (!facts.isDirectory()) return [await readDataFile(path)];
  const names = chooseIdxFiles(await readdir(path).catch(refuse));
  if (names.length === 0) {
    throw new UsageError(`--data: the folder ${path} has no IDX files (train-images-idx3-ubyte …)`);
  }
  return Promise.all(names.map((name) => readDataFile(join(path, name))));
}

/** @param {string} path @returns {Promise<import('../engine/data/idx.js').NamedFile>} */
async function readDataFile(path) {
  const bytes = await readFile(path).catch((error) => {
    throw fileAccessError('--data', path, error);
  });
  return { name: path, bytes };
}

/**
 * The settings in a file: the first line of a RUN.jsonl, or one JSON object (also what `train --json` prints).
 *
 * @param {string} path
 * @returns {Promise<GivenConfig>}
 */
async function readConfigFile(path) {
  const text = await readTextFile(path, '--config');
  const whole = parseObject(text);
  if (!whole) return readRunLog(text, path).config;
  const { type, ...config } = whole.config ?? whole;
  return config;
}

/** @param {string} text @returns {{ config?: GivenConfig } & GivenConfig | null} */
function parseObject(text) {
  try {
    const value = JSON.parse(text);
    return value && typeof value === 'object' && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} path
 * @param {string} flag
 */
async function readTextFile(path, flag) {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw fileAccessError(flag, path, error);
  }
}

/**
 * A file that cannot be read or written, as a sentence.
 *
 * @param {string} flag
 * @param {string} path
 * @param {unknown} error
 */
export function fileAccessError(flag, path, error) {
  const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
  const reasons = new Map([
    ['ENOENT', 'no such file or folder'],
    ['EISDIR', 'this is a folder'],
    ['ENOTDIR', 'a part of the path is not a folder'],
    ['EACCES', 'access is not permitted'],
    ['EPERM', 'access is not permitted'],
    ['EROFS', 'the disk is read-only'],
    ['ENOSPC', 'the disk is full'],
    ['ELOOP', 'the links go in a circle'],
    ['ERR_FS_FILE_TOO_LARGE', 'this file is larger than 2 GiB'],
  ]);
  return new UsageError(`${flag} ${path}: ${reasons.get(code ?? '') ?? message}`);
}
