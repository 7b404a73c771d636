/**
 * The trials of sweeps as lines of JSON: each is appended as soon as it is finished, so that nothing that was computed
 * is lost, however a sweep ends. A line names its trial by its key; files of several sweeps, or of the shards of one,
 * can be joined by `cat`.
 */

import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { decodeJson, encodeJson } from '../../engine/run/run_log.js';
import { plural } from '../../engine/words/sentences.js';
import { describeAccess, fileAccessError } from '../file_access.js';
import { UsageError } from '../usage_error.js';
import { lockFile } from './file_lock.js';
import { findStandard, writeWhole } from './output_file.js';

/** @typedef {import('../../engine/study/sweep.js').SweepTrial} SweepTrial */

/** How every line begins. */
const LINE_BEGINS = '{"type":"trial","key":';

export class SweepFile {
  #path;
  #file;
  #giveFree;
  /** Lines that the disk did not take yet. @type {string[]} */
  #waiting = [];
  /** Why it did not. @type {unknown} */
  #error = null;

  /**
   * @param {string} path
   * @param {object} opened
   * @param {number} opened.file  open for appending, its last line whole
   * @param {Map<string, SweepTrial>} opened.known
   * @param {() => void} opened.giveFree  what keeps others from writing
   */
  constructor(path, { file, known, giveFree }) {
    this.#path = path;
    this.#file = file;
    this.#giveFree = giveFree;
    /** The trials that were in the file, by key. */
    this.known = known;
  }

  /**
   * Opens a file, or makes it. A last line that was cut short is dropped.
   *
   * @param {string} path
   * @returns {SweepFile}
   * @throws {UsageError} where it cannot be written, holds anything else, or is written by another sweep
   */
  static open(path) {
    let giveFree = () => {};
    try {
      const facts = statSync(path, { throwIfNoEntry: false });
      const standard = facts?.isFile() ? findStandard(facts) : null;
      // What a pipe or a device holds cannot be known.
      const isStream = standard !== null || facts?.isFile() === false;
      const file = standard ?? openSync(path, isStream ? 'a' : 'a+');
      if (isStream) return new SweepFile(path, { file, known: new Map(), giveFree });
      giveFree = lockFile('--out', path);
      const text = readFileSync(file, 'utf8');
      const { known, cut, isOpenEnded } = readTrials(text, path);
      if (cut) truncateSync(path, Buffer.byteLength(text.slice(0, -cut.length)));
      if (isOpenEnded) writeWhole(file, '\n');
      return new SweepFile(path, { file, known, giveFree });
    } catch (error) {
      giveFree();
      throw error instanceof UsageError ? error : fileAccessError('--out', path, error);
    }
  }

  /** Adds a trial. One that a full disk refuses waits for the next, or for the end. @param {string} key @param {SweepTrial} trial */
  add(key, trial) {
    this.#waiting.push(`${encodeJson({ type: 'trial', key, ...trial })}\n`);
    this.#writeWaiting();
  }

  /** Tries a last time what is not written. @returns {string | null}  what is missing, and why */
  finish() {
    this.#writeWaiting();
    if (this.#waiting.length === 0) return null;
    return `${describeAccess(`--out ${this.#path}`, this.#error)}; ${plural(this.#waiting.length, 'trial')} could not be kept`;
  }

  close() {
    if (this.#file > 2) closeSync(this.#file);
    this.#giveFree();
  }

  #writeWaiting() {
    while (this.#waiting.length > 0) {
      const facts = fstatSync(this.#file);
      try {
        writeWhole(this.#file, this.#waiting[0]);
      } catch (error) {
        // Whoever reads a pipe may have seen enough.
        if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EPIPE') this.#waiting = [];
        this.#error = error;
        // Half a line would spoil the next.
        if (facts.isFile()) ftruncateSync(this.#file, facts.size);
        return;
      }
      this.#waiting.shift();
    }
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
