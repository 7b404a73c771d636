/** Files that cannot be read or written, in words. */

import { UsageError } from './usage_error.js';

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
