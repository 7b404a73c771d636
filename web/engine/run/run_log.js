/**
 * RUN.jsonl: a run as lines of JSON, so that any tool can read it while it grows and a config line can replay it.
 *
 *     {"type":"config",…}   first: the complete settings, `changes` included as far as they were known
 *     {"type":"step","step","lr","loss","grad_norm","clip_scale"}
 *     {"type":"eval","step","train_loss","val_loss","val_accuracy"}
 *     {"type":"event","step","kind",…}   change, unstable, recovered, dead, diverged, sharpness
 *     {"type":"summary",…}  last: what `train --json` prints
 *
 * JSON has no NaN and no Infinity; they are the texts "NaN", "Infinity" and "-Infinity".
 */

import { TrainerError } from '../core/errors.js';
import { significant } from '../words/numbers.js';

/**
 * @typedef {{ [name: string]: unknown }} Line
 * @typedef {{ config: import('../config/config.js').GivenConfig, steps: Line[], evaluations: Line[], events: Line[], summary: Line | null }} RunLog
 */

/** The texts that stand for numbers which JSON lacks. @type {Set<unknown>} */
const NON_FINITE = new Set(['NaN', 'Infinity', '-Infinity']);

/** The columns of a step line. */
const STEP_COLUMNS = ['step', 'lr', 'loss', 'grad_norm', 'clip_scale'];

/** One JSON text without line breaks, non-finite numbers as texts. @param {unknown} value */
export function encodeJson(value) {
  return JSON.stringify(value, (_key, member) =>
    typeof member === 'number' && !Number.isFinite(member) ? String(member) : member,
  );
}

/** The inverse: texts that stand for numbers are numbers again. @param {string} text @returns {unknown} */
export function decodeJson(text) {
  return JSON.parse(text, (_key, member) => (NON_FINITE.has(member) ? Number(member) : member));
}

/** The inverse of encodeJson for a member that must be a number. @param {unknown} member @returns {number} */
export function decodeNumber(member) {
  return member === null ? NaN : Number(member);
}

/** @param {Line} config */
export function configLine(config) {
  return encodeJson({ type: 'config', ...config });
}

/** @param {Record<string, number>} row  a metrics row */
export function stepLine(row) {
  return encodeJson({
    type: 'step',
    ...Object.fromEntries(STEP_COLUMNS.map((name) => [name, shortestFloat(row[name])])),
  });
}

/** @param {import('./session.js').Evaluation} evaluation */
export function evaluationLine({ step, train_loss, val_loss, val_accuracy }) {
  return encodeJson({ type: 'eval', step, train_loss: shortestFloat(train_loss), val_loss, val_accuracy });
}

/** @param {{ step: number, kind: string } & Line} event */
export function eventLine(event) {
  return encodeJson({ type: 'event', ...event });
}

/** @param {Line} summary */
export function summaryLine(summary) {
  return encodeJson({ type: 'summary', ...summary });
}

/**
 * The shortest decimal that reads back as the same float32: 0.02, not 0.019999999552965164.
 *
 * @param {number} value  a float32's value
 */
export function shortestFloat(value) {
  if (!Number.isFinite(value) || Number.isInteger(value)) return value;
  for (let digits = 6; digits < 9; digits++) {
    const short = significant(value, digits);
    if (Math.fround(short) === value) return short;
  }
  return value;
}

/**
 * Reads a log back. A log without its last lines (a run that was interrupted) is read as far as it goes; a last line
 * that is cut short is dropped.
 *
 * @param {string} text
 * @param {string} fileName  for the sentence of an error
 * @returns {RunLog}
 * @throws {TrainerError} where a line is not JSON, or the first is not the config
 */
export function readRunLog(text, fileName) {
  const lines = text.split('\n');
  /** @type {RunLog} */
  const log = { config: {}, steps: [], evaluations: [], events: [], summary: null };
  let hasConfig = false;
  for (let i = 0; i < lines.length; i++) {
    if (lines[i].trim() === '') continue;
    const line = parseLine(lines[i]);
    if (!line) {
      if (i > 0 && i === lines.length - 1) break;
      throw logError(fileName, i, 'is not a line of a run log, each of which is one JSON object');
    }
    const { type, ...members } = line;
    if (!hasConfig && type !== 'config') throw logError(fileName, i, 'is not the run’s settings');
    if (type === 'config') {
      if (hasConfig) throw logError(fileName, i, 'begins a second run; a file holds one');
      hasConfig = true;
      log.config = /** @type {RunLog['config']} */ (members);
    } else if (type === 'step') log.steps.push(members);
    else if (type === 'eval') log.evaluations.push(members);
    else if (type === 'event') log.events.push(members);
    else if (type === 'summary') log.summary = members;
    else throw logError(fileName, i, `has the unknown type ${JSON.stringify(type)}`);
  }
  if (text.trim() === '') throw new TrainerError('data', 'config', `${fileName} is empty.`);
  return log;
}

/** @param {string} text @returns {Line | null} */
function parseLine(text) {
  try {
    const value = JSON.parse(text);
    return value && typeof value === 'object' && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** @param {string} fileName @param {number} i @param {string} what */
function logError(fileName, i, what) {
  return new TrainerError('data', 'config', `${fileName}, line ${i + 1} ${what}.`);
}
