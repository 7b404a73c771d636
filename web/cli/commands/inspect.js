/** `trainscope inspect`: logs of other programs, read and judged; files, folders or standard input. */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { readLogs } from '../../engine/logs/read_logs.js';
import { parseRoles, ROLES } from '../../engine/logs/roles.js';
import { inspectLogs } from '../../engine/study/inspect/inspect.js';
import { formatLogReport } from '../../engine/study/report/log_report.js';
import { withoutStop } from '../../engine/words/sentences.js';
import { describeAccess } from '../file_access.js';
import { checkReport, leaveReport } from '../files/report_file.js';
import { formatInspection } from '../inspect_report.js';
import { UsageError } from '../usage_error.js';
import { letYoungSpaceGrow } from '../young_space.js';

/** Of a folder, what is looked at: no hidden files, no packages, and so many at most. */
const SKIPPED = /^(\..*|node_modules|__pycache__|__MACOSX)$/;
const FILES_MAX = 5000;

/** Standard input, as a path. */
const STDIN = '-';

/** Words behind --role that are roles too. */
const ROLE = new RegExp(`^(${Object.keys(ROLES).join('|')})=.`);

/**
 * @param {import('../../engine/engine.js').Engine} engine
 * @param {import('../arguments.js').Arguments} args
 * @returns {Promise<{ result: import('../../engine/study/inspect/inspect.js').Inspection, text: string, notices: string[], complaint?: string }>}
 */
export async function inspect(engine, { options, paths }) {
  const { report, classes, for: framework } = options;
  const more = paths.filter((path) => options.role.length > 0 && ROLE.test(path) && !exists(path));
  const roles = parseRoles([...options.role, ...more]);
  const chosen = paths.filter((path) => !more.includes(path));
  if (chosen.length === 0) throw new UsageError('inspect needs a log: a file, a folder, or - for standard input');
  await checkReport(report);
  letYoungSpaceGrow();
  const logs = await readLogs(readFiles(chosen), Object.values(roles));
  if (logs.runs.length + logs.ranges.length + logs.sweeps.length === 0)
    throw new UsageError(sayNothing(logs.skipped, chosen));
  const { inspection, runs } = inspectLogs(engine, logs, { roles, classes, framework });
  const complaint = await leaveReport(report, () => formatLogReport(inspection, runs));
  return {
    result: inspection,
    text: formatInspection(inspection),
    notices: inspection.notes,
    ...(complaint !== null && { complaint }),
  };
}

/** @param {string[]} paths */
function* readFiles(paths) {
  for (const path of paths) {
    if (path === STDIN) yield { name: 'standard input', bytes: read('standard input', 0) };
    else if (isFolder(path)) {
      for (const file of listFolder(path)) yield { name: file.split(sep).join('/'), bytes: read(file, file) };
    } else yield { name: path.split(sep).join('/'), bytes: read(path, path) };
  }
}

/** @param {string} path */
function exists(path) {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** @param {string} path */
function isFolder(path) {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw new UsageError(describeAccess(path, error));
  }
}

/** @param {string} what @param {string | number} file */
function read(what, file) {
  try {
    const bytes = readFileSync(file);
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ERR_FS_FILE_TOO_LARGE')
      throw new UsageError(`${what} is too large to be read at once`);
    throw new UsageError(describeAccess(what, error));
  }
}

/** @param {string} folder @returns {string[]} */
function listFolder(folder) {
  /** @type {string[]} */
  const files = [];
  const waiting = [folder];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    for (const entry of listEntries(next)) {
      if (SKIPPED.test(entry.name)) continue;
      const path = join(next, entry.name);
      if (entry.isDirectory()) waiting.push(path);
      else if (entry.isFile() || (entry.isSymbolicLink() && statSync(path, { throwIfNoEntry: false })?.isFile()))
        files.push(path);
    }
    if (files.length > FILES_MAX)
      throw new UsageError(`${folder} holds more than ${FILES_MAX} files: name those that are logs`);
  }
  return files.sort();
}

/** @param {string} folder */
function listEntries(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw new UsageError(describeAccess(folder, error));
  }
}

/** @param {string[]} skipped @param {string[]} paths */
function sayNothing(skipped, paths) {
  if (skipped.length === 0) return `${paths.join(', ')} holds no files`;
  const more =
    skipped.length > 1
      ? ` (and of ${skipped.length - 1} more ${skipped.length > 2 ? 'files none' : 'files, neither'} is a log)`
      : '';
  return `${withoutStop(skipped[0])}${more}`;
}
