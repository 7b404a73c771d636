/**
 * What long work has finished, as lines of JSON: each is appended as soon as it is there, so that nothing that was
 * computed is lost, however the work ends. A line names what it holds by its key; files of several machines can be joined
 * by `cat`. Of a sweep it says as well for which sweep a trial was computed, which is how `--merge` knows what is missing.
 */

import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { decodeJson, encodeJson } from '../../engine/run/run_log.js';
import { plural } from '../../engine/words/sentences.js';
import { describeAccess, fileAccessError } from '../file_access.js';
import { UsageError } from '../usage_error.js';
import { lockFile } from './file_lock.js';
import { findStandard, writeWhole } from './output_file.js';

/**
 * @typedef {object} KeptKind  what a file's lines hold
 * @property {string} type  as every line says
 * @property {string} noun  in sentences
 * @property {string} origin  where such files come from, in sentences
 * @property {string} member  that every one has
 *
 * @typedef {object} SweepNamed  what a sweep can be planned from again
 * @property {string} settings  what all trials share, as a link tells it
 * @property {string[]} over  as given
 * @property {number} seeds
 * @property {number} [sample]
 * @property {string} [data]  the fingerprint of data of one's own
 *
 * @typedef {import('../../engine/study/sweep.js').SweepTrial & { sweep?: SweepNamed }} KeptTrial  sweep: that it was
 *   computed for; files of 0.1 do not say it
 */

/** @type {KeptKind} */
export const TRIALS = { type: 'trial', noun: 'trial', origin: 'a sweep', member: 'changes' };

/** Whole trainings of the playbook's procedures, with their curves. @type {KeptKind} */
export const TRAININGS = { type: 'training', noun: 'training', origin: 'a procedure', member: 'config' };

/** The loss against the rate, of one seed. @type {KeptKind} */
export const CURVES = { type: 'curve', noun: 'curve', origin: 'an LR range test', member: 'smoothed' };

/** @template T */
export class KeptFile {
  #path;
  #file;
  #kind;
  #giveFree;
  /** Lines that the disk did not take yet. @type {string[]} */
  #waiting = [];
  /** Why it did not. @type {unknown} */
  #error = null;

  /**
   * @param {string} path
   * @param {KeptKind} kind
   * @param {object} opened
   * @param {number} opened.file  open for appending, its last line whole
   * @param {Map<string, T>} opened.known
   * @param {() => void} opened.giveFree  what keeps others from writing
   */
  constructor(path, kind, { file, known, giveFree }) {
    this.#path = path;
    this.#kind = kind;
    this.#file = file;
    this.#giveFree = giveFree;
    /** What was in the file, by key, and what was added. */
    this.known = known;
  }

  /**
   * Opens a file, or makes it. A last line that was cut short is dropped.
   *
   * @template T
   * @param {string} path
   * @param {KeptKind} kind
   * @returns {KeptFile<T>}
   * @throws {UsageError} where it cannot be written, holds anything else, or is written by another command
   */
  static open(path, kind) {
    let giveFree = () => {};
    try {
      const facts = statSync(path, { throwIfNoEntry: false });
      const standard = facts?.isFile() ? findStandard(facts) : null;
      // What a pipe or a device holds cannot be known.
      const isStream = standard !== null || facts?.isFile() === false;
      const file = standard ?? openSync(path, isStream ? 'a' : 'a+');
      if (isStream) return new KeptFile(path, kind, { file, known: new Map(), giveFree });
      giveFree = lockFile('--out', path);
      const text = readFileSync(file, 'utf8');
      const { lines, cut, isOpenEnded } = readKept(text, kind, `--out ${path}`);
      const known = new Map(lines.map(({ key, value }) => [key, /** @type {T} */ (value)]));
      if (cut) truncateSync(path, Buffer.byteLength(text.slice(0, -cut.length)));
      if (isOpenEnded) writeWhole(file, '\n');
      return new KeptFile(path, kind, { file, known, giveFree });
    } catch (error) {
      giveFree();
      throw error instanceof UsageError ? error : fileAccessError('--out', path, error);
    }
  }

  /**
   * Adds a line. One that a full disk refuses waits for the next, or for the end.
   *
   * @param {string} key
   * @param {T} value
   */
  add(key, value) {
    this.known.set(key, value);
    this.#waiting.push(`${encodeJson({ type: this.#kind.type, key, ...value })}\n`);
    this.#writeWaiting();
  }

  /** Tries a last time what is not written. @returns {string | null}  what is missing, and why */
  finish() {
    this.#writeWaiting();
    if (this.#waiting.length === 0) return null;
    return `${describeAccess(`--out ${this.#path}`, this.#error)}; ${plural(this.#waiting.length, this.#kind.noun)} could not be kept`;
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
 * @param {KeptKind} kind
 * @param {string} where  flag and path, for sentences
 * @returns {{ lines: { key: string, value: unknown }[], cut: string, isOpenEnded: boolean }}  cut: the beginning of a
 *   line at the end, to be dropped; isOpenEnded: the last line is whole, but for its end
 * @throws {UsageError} where it holds anything else
 */
export function readKept(text, kind, where) {
  const texts = text.split('\n');
  const last = texts.pop() ?? '';
  /** @param {number} line */
  const notKept = (line) =>
    new UsageError(`${where}: line ${line} is not a ${kind.noun} of ${kind.origin}; name another file`);
  /** @type {{ key: string, value: unknown }[]} */
  const lines = [];
  for (const [i, line] of texts.entries()) {
    if (line.trim() === '') continue;
    const read = readLine(line, kind);
    if (!read) throw notKept(i + 1);
    lines.push(read);
  }
  if (last === '') return { lines, cut: '', isOpenEnded: false };
  const read = readLine(last, kind);
  if (read) return { lines: [...lines, read], cut: '', isOpenEnded: true };
  const begins = `{"type":"${kind.type}","key":`;
  if (!last.startsWith(begins.slice(0, last.length))) throw notKept(texts.length + 1);
  return { lines, cut: last, isOpenEnded: false };
}

/** @param {string} line @param {KeptKind} kind  null where it is none */
function readLine(line, kind) {
  try {
    const { type, key, ...value } = /** @type {Record<string, unknown>} */ (decodeJson(line));
    return type === kind.type && typeof key === 'string' && Object.hasOwn(value, kind.member) ? { key, value } : null;
  } catch {
    return null;
  }
}
