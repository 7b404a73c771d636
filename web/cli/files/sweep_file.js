/**
 * The trials of sweeps as lines of JSON: each is appended as soon as it is finished, so that nothing that was computed
 * is lost, however a sweep ends. A line names its trial by its key, and the sweep that it was computed for, which is how
 * `--merge` knows what is missing; files of several sweeps, or of the shards of one, can be joined by `cat`.
 */

import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { decodeJson, encodeJson } from '../../engine/run/run_log.js';
import { plural } from '../../engine/words/sentences.js';
import { describeAccess, fileAccessError } from '../file_access.js';
import { UsageError } from '../usage_error.js';
import { lockFile } from './file_lock.js';
import { findStandard, writeWhole } from './output_file.js';

/**
 * @typedef {import('../../engine/study/sweep.js').SweepTrial} SweepTrial
 *
 * @typedef {object} SweepNamed  what a sweep can be planned from again
 * @property {string} settings  what all trials share, as a link tells it
 * @property {string[]} over  as given
 * @property {number} seeds
 * @property {number} [sample]
 * @property {string} [data]  the fingerprint of data of one's own
 *
 * @typedef {{ key: string, trial: SweepTrial, sweep: SweepNamed | null }} TrialLine  sweep: null in files of 0.1
 */

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
      const { lines, cut, isOpenEnded } = readTrials(text, '--out', path);
      const known = new Map(lines.map(({ key, trial }) => [key, trial]));
      if (cut) truncateSync(path, Buffer.byteLength(text.slice(0, -cut.length)));
      if (isOpenEnded) writeWhole(file, '\n');
      return new SweepFile(path, { file, known, giveFree });
    } catch (error) {
      giveFree();
      throw error instanceof UsageError ? error : fileAccessError('--out', path, error);
    }
  }

  /**
   * Adds a trial. One that a full disk refuses waits for the next, or for the end.
   *
   * @param {string} key
   * @param {SweepTrial} trial
   * @param {SweepNamed} sweep  that it was computed for
   */
  add(key, trial, sweep) {
    this.#waiting.push(`${encodeJson({ type: 'trial', key, ...trial, sweep })}\n`);
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
 * @param {'--out' | '--merge'} flag  that named the file
 * @param {string} path
 * @returns {{ lines: TrialLine[], cut: string, isOpenEnded: boolean }}  cut: the beginning of a line at the end, to be
 *   dropped; isOpenEnded: the last line is whole, but for its end
 * @throws {UsageError} where it holds anything else
 */
export function readTrials(text, flag, path) {
  const texts = text.split('\n');
  const last = texts.pop() ?? '';
  /** @param {number} line */
  const noTrial = (line) =>
    new UsageError(`${flag} ${path}: line ${line} is not a trial of a sweep; name another file`);
  /** @type {TrialLine[]} */
  const lines = [];
  for (const [i, line] of texts.entries()) {
    if (line.trim() === '') continue;
    const read = readTrial(line);
    if (!read) throw noTrial(i + 1);
    lines.push(read);
  }
  if (last === '') return { lines, cut: '', isOpenEnded: false };
  const read = readTrial(last);
  if (read) return { lines: [...lines, read], cut: '', isOpenEnded: true };
  if (!last.startsWith(LINE_BEGINS.slice(0, last.length))) throw noTrial(texts.length + 1);
  return { lines, cut: last, isOpenEnded: false };
}

/** @param {string} line @returns {TrialLine | null}  null where it is no trial */
function readTrial(line) {
  try {
    const { type, key, sweep, ...trial } = /** @type {Record<string, unknown>} */ (decodeJson(line));
    if (type !== 'trial' || typeof key !== 'string' || typeof trial.seed !== 'number') return null;
    return {
      key,
      trial: /** @type {SweepTrial} */ (/** @type {unknown} */ (trial)),
      sweep: /** @type {SweepNamed | undefined} */ (sweep) ?? null,
    };
  } catch {
    return null;
  }
}
