/** Files that cannot be read or written, in words. */

import { UsageError } from './usage_error.js';

/** What the system's codes mean to who named the file. */
const REASONS = new Map([
  ['ENOENT', 'no such file or folder'],
  ['EISDIR', 'this is a folder'],
  ['ENOTDIR', 'a part of the path is not a folder'],
  ['EACCES', 'access is not permitted'],
  ['EPERM', 'access is not permitted'],
  ['EROFS', 'the disk is read-only'],
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EFBIG', 'the file would be larger than is permitted here'],
  ['EIO', 'the disk does not work'],
  ['ELOOP', 'the links go in a circle'],
  ['ENAMETOOLONG', 'the name is too long'],
  ['ETXTBSY', 'this is a program that is running'],
  ['EPIPE', 'nobody reads it any more'],
  ['ERR_FS_FILE_TOO_LARGE', 'this file is larger than 2 GiB'],
]);

/** Why a file cannot be read or written, behind what it is to the user. @param {string} what @param {unknown} error */
export function describeAccess(what, error) {
  const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
  return `${what}: ${REASONS.get(code ?? '') ?? message}`;
}

/**
 * A file that cannot be read or written, as the fault of who named it.
 *
 * @param {string} flag
 * @param {string} path
 * @param {unknown} error
 */
export function fileAccessError(flag, path, error) {
  return new UsageError(describeAccess(`${flag} ${path}`, error));
}
