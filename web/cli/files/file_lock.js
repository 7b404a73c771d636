/**
 * One writer for a file: a file beside it says who writes. It is made by linking, which only one of several programs can
 * do, and counts for nothing once its program has ended, however that ended.
 */

import { linkSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { UsageError } from '../usage_error.js';

/** Takeovers that are tried before another program is taken to have won. */
const TRIES_MAX = 5;

/**
 * @param {string} flag
 * @param {string} path  of a file that is there
 * @returns {() => void}  gives it free
 * @throws {UsageError} while another program writes it
 */
export function lockFile(flag, path) {
  const lock = `${realpathSync(path)}.lock`;
  const own = `${lock}.${crypto.randomUUID().slice(0, 8)}`;
  const claim = JSON.stringify(describeSelf());
  try {
    writeFileSync(own, claim, { flag: 'wx' });
  } catch {
    // Where no file can stand beside it, or the disk is full, the sweep is worth more than the lock.
    rmSync(own, { force: true });
    return () => {};
  }
  try {
    for (let i = 0; i < TRIES_MAX; i++) {
      if (link(own, lock)) return () => giveFree(lock, claim);
      const holder = readText(lock);
      if (holder === null) continue;
      if (isAlive(holder))
        throw new UsageError(`${flag} ${path}: ${sayHolder(holder, lock)}; name another file, or wait`);
      dropStale(lock, holder);
    }
    throw new UsageError(`${flag} ${path}: other programs begin to write it; name another file`);
  } finally {
    rmSync(own, { force: true });
  }
}

/** A process number is given out again: with the time of its start it says which process is meant. */
function describeSelf() {
  return { host: hostname(), pid: process.pid, started: startOf(process.pid) };
}

/** When a process started, as Linux counts; null elsewhere. @param {number} pid @returns {string | null} */
function startOf(pid) {
  try {
    // The name, in brackets, may hold blanks and brackets; the start is the 20th word behind it.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

/** @param {string} text  of a lock @returns {{ host?: unknown, pid?: unknown, started?: unknown }} */
function readHolder(text) {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

/** Whether who made the lock may still write; of another machine that cannot be known. @param {string} text */
function isAlive(text) {
  const { host, pid, started } = readHolder(text);
  if (typeof pid !== 'number' || !Number.isInteger(pid) || pid <= 0) return false;
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // It is there, but somebody else's.
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EPERM') return false;
  }
  const start = startOf(pid);
  return typeof started !== 'string' || start === null || start === started;
}

/** @param {string} text @param {string} lock */
function sayHolder(text, lock) {
  const { host, pid } = readHolder(text);
  if (host === hostname()) return `another sweep writes it, process ${pid}`;
  return `another sweep writes it, process ${pid} on ${host} (if that has ended, remove ${lock})`;
}

/**
 * Takes away a lock whose program has ended. Another program may have done so and linked its own in the meantime: what
 * was taken away is looked at, and put back where it is not the one that was judged.
 *
 * @param {string} lock
 * @param {string} judged
 */
function dropStale(lock, judged) {
  const aside = `${lock}.${crypto.randomUUID().slice(0, 8)}`;
  try {
    renameSync(lock, aside);
  } catch {
    return;
  }
  if (readText(aside) !== judged) link(aside, lock);
  rmSync(aside, { force: true });
}

/** @param {string} lock @param {string} claim */
function giveFree(lock, claim) {
  if (readText(lock) === claim) rmSync(lock, { force: true });
}

/** @param {string} from @param {string} to @returns {boolean}  false: it is there already */
function link(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    // Disks without links, as of memory cards: made exclusively, though not in one piece with its text.
    return copyExclusively(from, to);
  }
}

/** @param {string} from @param {string} to */
function copyExclusively(from, to) {
  try {
    writeFileSync(to, readFileSync(from), { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
}

/** @param {string} path @returns {string | null}  null: it is gone */
function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
