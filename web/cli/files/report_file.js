/** The page that --report asks for. A fault costs the page, not the result, which is printed all the same. */

import { complaintOf } from '../complaints.js';
import { checkOutput, writeOutput } from './output_file.js';

/**
 * Finds out before long work whether the page can be written, not after it.
 *
 * @param {string | null} path  null: no page was asked for
 * @throws {import('../usage_error.js').UsageError}
 */
export async function checkReport(path) {
  if (path !== null) await checkOutput('--report', path);
}

/**
 * @param {string | null} path
 * @param {() => string | Promise<string>} format  makes the page
 * @returns {Promise<string | null>}  why there is none
 */
export async function leaveReport(path, format) {
  return path === null ? null : complaintOf(writeOutput('--report', path, await format()));
}
