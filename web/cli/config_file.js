/** Settings from a file: `--config FILE`. */

import { readFile } from 'node:fs/promises';
import { findJsonFault } from '../engine/core/json_names.js';
import { readRunLog } from '../engine/run/run_log.js';
import { fileAccessError } from './file_access.js';
import { UsageError } from './usage_error.js';

/** @typedef {import('../engine/config/config.js').GivenConfig} GivenConfig */

/** A report of a command is nested, but not endlessly. */
const DEPTH_MAX = 64;

/**
 * The settings in a file: the first line of a RUN.jsonl, one JSON object (also what `train --json` prints), or the runs
 * that the page has saved, where it is one.
 *
 * @param {string} path
 * @returns {Promise<GivenConfig>}
 * @throws {UsageError} or a TrainerError, where it is none of these
 */
export async function readConfigFile(path) {
  const text = await readText(path);
  const whole = parseObject(text, path);
  const { type, ...config } = whole ? pickConfig(whole, path) : readRunLog(text, path).config;
  return config;
}

/** @param {Record<string, unknown>} whole @param {string} path @returns {GivenConfig} */
function pickConfig(whole, path) {
  if (Array.isArray(whole.runs)) {
    const [first, ...others] = whole.runs;
    if (others.length > 0) {
      throw new UsageError(`--config ${path} holds ${whole.runs.length} runs; keep the one whose settings are meant`);
    }
    return pickConfig(Object(first), path);
  }
  if (!Object.hasOwn(whole, 'config')) return /** @type {GivenConfig} */ (whole);
  if (isObject(whole.config)) return /** @type {GivenConfig} */ (whole.config);
  throw new UsageError(`--config ${path}: its "config" must be an object of settings`);
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @param {string} text @param {string} path @returns {Record<string, unknown> | null}  null where it is not one object */
function parseObject(text, path) {
  const fault = findJsonFault(text, DEPTH_MAX);
  if (fault?.kind === 'deep') throw new UsageError(`--config ${path} is nested too deep for settings`);
  try {
    const value = JSON.parse(text);
    if (!isObject(value)) return null;
    if (fault?.kind === 'twice') throw new UsageError(`--config ${path} says ${fault.name} twice`);
    return value;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    return null;
  }
}

/** A text file without its byte order mark; shells of Windows write UTF-16. @param {string} path */
async function readText(path) {
  const bytes = await readFile(path).catch((error) => {
    throw fileAccessError('--config', path, error);
  });
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(bytes);
}
