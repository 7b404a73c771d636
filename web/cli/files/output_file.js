/**
 * Files that results are left in. What is written stands beside the file until it is whole, and then takes its name: a
 * full disk, a fault or a kill leaves the older file as it was. Pipes, terminals and devices have nothing to lose and
 * are written to as they are.
 */

import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  fsyncSync,
  openSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { describeAccess, fileAccessError } from '../file_access.js';

/** The descriptors that the program was started with and says things on. */
const STANDARD = [1, 2];

/** A folder that takes no new file may hold one that can be written. */
const NO_ROOM_BESIDE = ['EACCES', 'EPERM', 'EROFS'];

/** A file that is mounted by itself, or somebody else's in a folder for all, cannot be replaced, only written. */
const NOT_REPLACED = ['EBUSY', 'EXDEV', 'EPERM', 'EACCES'];

/** Bytes of a name that leave room for the ending, of the 255 that most disks take. */
const NAME_MAX = 200;

/** Links that are followed before they are taken for a circle, as many as Linux follows. */
const LINKS_MAX = 40;

export class OutputFile {
  #what;
  #target;
  /** The file beside it, until it has its name; null where the file itself is written. */
  #partial;
  /** Null: a descriptor that the program was started with. @type {import('node:fs/promises').FileHandle | null} */
  #handle;

  /**
   * @param {string} what  flag and path, for sentences
   * @param {{ target: string, partial: string | null, handle: import('node:fs/promises').FileHandle | null,
   *   descriptor: number }} opened
   */
  constructor(what, { target, partial, handle, descriptor }) {
    this.#what = what;
    this.#target = target;
    this.#partial = partial;
    this.#handle = handle;
    /** Where to write. */
    this.descriptor = descriptor;
  }

  /** Where it stands as long as it is not kept, or null where the file itself is written. */
  get partial() {
    return this.#partial;
  }

  /**
   * @param {string} flag
   * @param {string} path
   * @throws {import('../usage_error.js').UsageError} where it cannot be written
   */
  static async open(flag, path) {
    try {
      return new OutputFile(`${flag} ${path}`, await openOutput(path));
    } catch (error) {
      throw fileAccessError(flag, path, error);
    }
  }

  /** Gives what was written the file's name, once the disk has it. @throws {Error} a sentence; nothing is left then */
  async keep() {
    try {
      if (this.#partial === null) return await this.#handle?.close();
      flush(this.descriptor);
      await this.#handle?.close();
      replace(this.#partial, this.#target);
      this.#partial = null;
    } catch (error) {
      await this.discard();
      throw new Error(describeAccess(this.#what, error));
    }
  }

  /** Leaves the file as it was. */
  async discard() {
    await this.#handle?.close().catch(() => {});
    if (this.#partial !== null) rmSync(this.#partial, { force: true });
    this.#partial = null;
  }
}

/**
 * Writes a file whole or not at all.
 *
 * @param {string} flag
 * @param {string} path
 * @param {string | Uint8Array} content
 * @throws {Error} a sentence
 */
export async function writeOutput(flag, path, content) {
  const file = await OutputFile.open(flag, path);
  try {
    writeWhole(file.descriptor, content);
  } catch (error) {
    await file.discard();
    // Whoever reads a pipe may have seen enough.
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EPIPE') return;
    throw new Error(describeAccess(`${flag} ${path}`, error));
  }
  await file.keep();
}

/**
 * Whether a result can be kept is found out before a long computation, not after it.
 *
 * @param {string} flag
 * @param {string} path
 * @throws {import('../usage_error.js').UsageError}
 */
export async function checkOutput(flag, path) {
  // Whoever reads a pipe takes its first closing for the end.
  const facts = await stat(path).catch(() => null);
  if (facts?.isFIFO()) return;
  await (await OutputFile.open(flag, path)).discard();
}

/**
 * Writes all of it: a disk that fills up takes a part without an error, and refuses the next.
 *
 * @param {number} descriptor
 * @param {string | Uint8Array} content
 */
export function writeWhole(descriptor, content) {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at, bytes.length - at);
}

/** @param {string} path */
async function openOutput(path) {
  const facts = await stat(path).catch((error) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (facts?.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
  const target = followLinks(path);
  if (facts?.isFile()) {
    // > run.txt --out /dev/stdout: a file of that name would not be what the shell goes on writing to.
    const descriptor = findStandard(facts);
    if (descriptor !== null) return { target, partial: null, handle: null, descriptor };
    await access(path, constants.W_OK);
  } else if (facts) {
    const handle = await open(path, 'w');
    return { target, partial: null, handle, descriptor: handle.fd };
  }
  const { partial, handle } = await openBeside(target).catch((error) => {
    if (facts && NO_ROOM_BESIDE.includes(codeOf(error))) return openBeside(join(tmpdir(), basename(target)));
    throw error;
  });
  if (facts) resemble(partial, facts);
  return { target, partial, handle, descriptor: handle.fd };
}

/** @param {string} target */
async function openBeside(target) {
  const name = Buffer.byteLength(basename(target)) < NAME_MAX ? basename(target) : 'trainscope';
  const partial = join(dirname(target), `${name}.${crypto.randomUUID().slice(0, 8)}.part`);
  return { partial, handle: await open(partial, 'wx') };
}

/** What a chain of symbolic links ends at, whether or not there is a file. @param {string} path */
function followLinks(path) {
  let target = resolve(path);
  for (let i = 0; i < LINKS_MAX; i++) {
    try {
      target = resolve(dirname(target), readlinkSync(target));
    } catch {
      return target;
    }
  }
  throw Object.assign(new Error(), { code: 'ELOOP' });
}

/**
 * The descriptor, of those that the program was started with, that leads to this very file.
 *
 * @param {import('node:fs').Stats} facts
 * @returns {number | null}
 */
export function findStandard({ dev, ino }) {
  const isSame = (/** @type {number} */ descriptor) => {
    try {
      const own = fstatSync(descriptor);
      return own.dev === dev && own.ino === ino;
    } catch {
      return false;
    }
  };
  return STANDARD.find(isSame) ?? null;
}

/** Owner and permissions of the older file, as far as we may. @param {string} path @param {import('node:fs').Stats} facts */
function resemble(path, { uid, gid, mode }) {
  try {
    chownSync(path, uid, gid);
  } catch {
    // Only an administrator can give files away.
  }
  chmodSync(path, mode & 0o777);
}

/** The name must not be given before the content is safe. @param {number} descriptor */
function flush(descriptor) {
  try {
    fsyncSync(descriptor);
  } catch (error) {
    // Some disks, of networks for example, cannot be asked.
    if (!['EINVAL', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'].includes(codeOf(error))) throw error;
  }
}

/** @param {string} partial @param {string} target */
function replace(partial, target) {
  try {
    renameSync(partial, target);
  } catch (error) {
    if (!NOT_REPLACED.includes(codeOf(error))) throw error;
    copyFileSync(partial, target);
    rmSync(partial);
  }
  flushFolder(dirname(target));
}

/** The name itself, where folders can be asked for it. @param {string} folder */
function flushFolder(folder) {
  try {
    const descriptor = openSync(folder, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // The file is there; only a loss of power at this moment could bring the older one back.
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return /** @type {NodeJS.ErrnoException} */ (error).code ?? '';
}
