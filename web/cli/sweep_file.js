/**
 * The trials of sweeps as lines of JSON: each is appended as soon as it is finished, so that nothing that was computed
 * is lost, however a sweep ends. A line names its trial by its key; files of several sweeps, or of the shards of one,
 * can be joined by `cat`.
 */

import { closeSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { decodeJson, encodeJson } from '../engine/run/run_log.js';
import { fileAccessError } from './file_access.js';
import { UsageError } from './usage_error.js';

/** @typedef {import('../engine/study/sweep.js').SweepTrial} SweepTrial */

/** How every line begins. */
const LINE_BEGINS = '{"type":"trial","key":';

export class SweepFile {
  #path;
  #file;

  /**
   * @param {string} path
   * @param {number} file  open for appending, its last line whole
   * @param {Map<string, SweepTrial>} known
   */
  constructor(path, file, known) {
    this.#path = path;
    this.#file = file;
    /** The trials that were in the file, by key. */
    this.known = known;
  }

  /**
   * Opens a file, or makes it. A last line that was cut short is dropped.
   *
   * @param {string} path
   * @returns {SweepFile}
   * @throws {UsageError} where it cannot be written, or holds anything else
   */
  static open(path) {
    try {
      const file = openSync(path, 'a+');
      const text = readFileSync(file, 'utf8');
      const { known, cut, isOpenEnded } = readTrials(text, path);
      if (cut) truncateSync(path, Buffer.byteLength(text.slice(0, -cut.length)));
      if (isOpenEnded) writeSync(file, '\n');
      return new SweepFile(path, file, known);
    } catch (error) {
      throw error instanceof UsageError ? error : fileAccessError('--out', path, error);
    }
  }

  /** @param {string} key @param {SweepTrial} trial */
  add(key, trial) {
    try {
      writeSync(this.#file, `${encodeJson({ type: 'trial', key, ...trial })}\n`);
    } catch (error) {
      throw fileAccessError('--out', this.#path, error);
    }
  }

  close() {
    closeSync(this.#file);
  }
}

/**
 * @param {string} text
 * @param {string} path
 * @returns {{ known: Map<string, SweepTrial>, cut: string, isOpenEnded: boolean }}  cut: the beginning of a line at
 *   the end, to be dropped; isOpenEnded: the last line is whole, but for its end
 */
function readTrials(text, path) {
  /** @type {Map<string, SweepTrial>} */
  const known = new Map();
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  for (const [i, line] of lines.entries()) {
    if (line.trim() !== '' && !keepTrial(known, line)) {
      throw new UsageError(`--out ${path}: line ${i + 1} is not a trial of a sweep; name another file`);
    }
  }
  if (last === '' || keepTrial(known, last)) return { known, cut: '', isOpenEnded: last !== '' };
  if (!last.startsWith(LINE_BEGINS.slice(0, last.length))) {
    throw new UsageError(`--out ${path}: line ${lines.length + 1} is not a trial of a sweep; name another file`);
  }
  return { known, cut: last, isOpenEnded: false };
}

/** @param {Map<string, SweepTrial>} known @param {string} line @returns {boolean}  whether it is a trial */
function keepTrial(known, line) {
  try {
    const { type, key, ...trial } = /** @type {{ type?: unknown, key?: unknown } & SweepTrial} */ (decodeJson(line));
    if (type !== 'trial' || typeof key !== 'string' || typeof trial.seed !== 'number') return false;
    known.set(key, trial);
    return true;
  } catch {
    return false;
  }
}
