/**
 * Files of logs, whatever wrote them: unpacked, recognized by what is in them, and those put together that are of one run.
 * A file that is no log is told in one sentence for what it is.
 */

import { blankComments } from '../data/csv/comments.js';
import { findEncoding } from '../data/csv/encoding.js';
import { dataError, ownName } from '../data/data_error.js';
import { refuseForeign, refuseForeignZip } from '../data/foreign_files.js';
import { refuseOtherPackers } from '../data/packed/inflate.js';
import { isGzip } from '../data/packed/marks.js';
import { isZip, openZip } from '../data/packed/zip.js';
import { unpackStream } from '../data/streams.js';
import { count } from '../words/numbers.js';
import { list, plural } from '../words/sentences.js';
import { partByMode } from './cells/modes.js';
import { sayWordy } from './cells/odd_cells.js';
import { isEventFile, readEventFile } from './event_file.js';
import { gatherRuns } from './gather.js';
import { readJsonLines } from './json_lines.js';
import { readLongTable } from './long_table.js';
import { CUT, objectsIn, parseLoosely } from './loose_json.js';
import { isMetricFile, readMetricFile } from './metric_file.js';
import { classify } from './names.js';
import { CONFIG_BEGINS, readOwnRun } from './own_run.js';
import { readRangeJson, readRangeTable } from './range_file.js';
import { describeColumns } from './settle.js';
import { readOwnSweep, readSweepTable, TRIAL_BEGINS } from './sweep_file.js';
import { readLogTable } from './table.js';
import { readJsonLog, readScalarList, readScalarTable, readWandbChart } from './tables_of_runs.js';
import { ESCAPE, readTextLog } from './text_log.js';
import { isTrainerState, readTrainerState } from './trainer_state.js';

/**
 * @typedef {import('./columns.js').RawRun} RawRun
 * @typedef {import('./range_file.js').RangeFile} RangeFile
 * @typedef {import('./sweep_file.js').SweepFile} SweepFile
 * @typedef {{ name: string, bytes: Uint8Array }} NamedFile  name: a path with "/" between its parts
 *
 * @typedef {object} Logs
 * @property {RawRun[]} runs
 * @property {RangeFile[]} ranges
 * @property {SweepFile[]} sweeps
 * @property {string[]} skipped  of each file that is no log, a sentence
 */

/** Bytes that tell what a file is. */
const LOOKED_AT = 1 << 16;

/** Texts of more bytes fit into no string. */
const TEXT_MAX = 2 ** 29 - 64;

/** Parts of a zip file that are read at most. */
const PARTS_MAX = 1000;

/**
 * @param {Iterable<NamedFile> | AsyncIterable<NamedFile>} files  each is let go before the next is asked for
 * @param {string[]} [named]  columns that somebody gave a role: with one of them, anything is a log
 * @returns {Promise<Logs>}
 */
export async function readLogs(files, named = []) {
  /** @type {Logs} */
  const logs = { runs: [], ranges: [], sweeps: [], skipped: [] };
  for await (const file of files) {
    try {
      for await (const unpacked of unpack(file)) take(logs, unpacked, named);
    } catch (error) {
      logs.skipped.push(sentenceOf(file.name, error));
    }
  }
  logs.runs = gatherRuns(logs.runs);
  return logs;
}

/** What is wrong with a file, whoever found it. @param {string} name @param {unknown} error */
function sentenceOf(name, error) {
  if (error instanceof Error && error.name === 'TrainerError') return error.message;
  if (error instanceof RangeError) return `${name} is too large for the memory there is.`;
  throw error;
}

/** @param {Logs} logs @param {NamedFile} file @param {string[]} named */
function take(logs, file, named) {
  try {
    const { runs = [], range, sweep } = readLog(file, named);
    logs.runs.push(...runs);
    if (range) logs.ranges.push(range);
    if (sweep) logs.sweeps.push(sweep);
  } catch (error) {
    logs.skipped.push(sentenceOf(file.name, error));
  }
}

/** @param {NamedFile} file @returns {AsyncGenerator<NamedFile>} */
async function* unpack(file) {
  const { name, bytes } = file;
  if (isZip(bytes)) {
    const parts = openZip(file);
    refuseForeignZip(
      name,
      parts.map((part) => part.name),
    );
    for (const part of parts.slice(0, PARTS_MAX)) {
      if (part.name.split('/').some((piece) => /^(\..*|__MACOSX)$/.test(piece))) continue;
      yield* unpack({ name: `${name}/${part.name}`, bytes: await part.read() });
    }
    return;
  }
  if (!isGzip(bytes)) {
    yield file;
    return;
  }
  /** @type {Uint8Array[]} */
  const pieces = [];
  const stream = unpackStream(async function* () {
    yield bytes;
  }, name);
  for await (const piece of stream()) pieces.push(piece);
  yield { name: name.replace(/\.gz$/i, ''), bytes: join(pieces) };
}

/** @param {Uint8Array[]} pieces */
function join(pieces) {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/**
 * One file, unpacked.
 *
 * @param {NamedFile} file
 * @param {string[]} [named]
 * @returns {{ runs?: RawRun[], range?: RangeFile, sweep?: SweepFile }}
 * @throws {import('../core/errors.js').TrainerError} a sentence on what it is instead
 */
export function readLog({ name, bytes: given }, named = []) {
  if (given.length === 0) throw dataError(`${name} is empty.`);
  if (isEventFile(given)) return { runs: [readEventFile(name, given)] };
  refuseOtherPackers({ name, bytes: given });
  const { bytes, notes } = toText(name, given);
  const head = decodeHead(bytes);
  if (head.trim() === '') throw dataError(`${name} holds nothing but blanks.`);
  if (isMetricFile(head)) return { runs: [readMetricFile(name, bytes)] };
  if (!/^\s*[[{]/.test(head)) refuseForeign(name, bytes);
  const found = readAsJson(name, bytes, head) ?? readAsTable(name, bytes, named) ?? readAsText(name, bytes);
  if (!found) throw dataError(sayForeign(name, bytes, head));
  for (const run of found.runs ?? []) run.notes.unshift(...notes);
  return found;
}

/** Without zero bytes at its head, and as UTF-8. @param {string} name @param {Uint8Array} given */
function toText(name, given) {
  let zeros = 0;
  while (zeros < given.length && given[zeros] === 0) zeros++;
  const isHole = zeros > 16;
  const rest = isHole ? given.subarray(zeros) : given;
  if (rest.length === 0) throw dataError(`${name} holds nothing but zero bytes.`);
  const notes = isHole
    ? [
        `It begins with ${count(zeros)} zero bytes, as a file does that was cut short and then written on: what stood there is lost.`,
      ]
    : [];
  const { encoding, mark } = findEncoding(rest.subarray(0, 4096), name);
  if (encoding === 'utf-8') return { bytes: rest.subarray(mark), notes };
  return { bytes: new TextEncoder().encode(new TextDecoder(encoding).decode(rest)), notes };
}

/** @param {string} name @param {Uint8Array} bytes @param {string} head */
function readAsJson(name, bytes, head) {
  if (!/^\s*[[{]/.test(head)) return null;
  if (CONFIG_BEGINS.test(head)) return { runs: [readOwnRun(name, decode(name, bytes))] };
  if (TRIAL_BEGINS.test(head)) {
    const sweep = readOwnSweep(name, bytes);
    return sweep && { sweep };
  }
  const [first, second = ''] = head.trimStart().split(/\r?\n/, 2);
  const isLines = head[0] === '{' && typeof parseLoosely(first) === 'object' && (second === '' || second[0] === '{');
  const ofFinder = isLines ? readRangeJson(name, parseLoosely(first)) : null;
  if (ofFinder) return { range: ofFinder };
  if (isLines && second !== '') {
    const run = readJsonLines(name, bytes);
    return run && { runs: [run] };
  }
  const text = decode(name, bytes);
  if (isTrainerState(head) || (bytes.length > LOOKED_AT && isTrainerState(text))) {
    return { runs: [readTrainerState(name, text)] };
  }
  const whole = parseLoosely(text);
  const value = whole ?? readCut(text);
  if (value === undefined) return null;
  const range = readRangeJson(name, value);
  if (range) return { range };
  const run = readScalarList(name, value) ?? readJsonLog(name, value);
  if (run && whole === undefined) run.notes.push(CUT);
  if (run && isOfTraining(run)) return { runs: [run] };
  throw dataError(`${name} is JSON, but no log of a training: ${sayJson(value)}.`);
}

/** What a list of objects held before it was cut. @param {string} text */
function readCut(text) {
  if (!/^\s*\[\s*\{/.test(text)) return undefined;
  const objects = [...objectsIn(text, text.indexOf('[') + 1)];
  return objects.length > 0 ? objects : undefined;
}

/** @param {string} name @param {Uint8Array} given @param {string[]} named */
function readAsTable(name, given, named) {
  const bytes = withoutComments(given);
  const [line, next = ''] = decodeHead(bytes).trimStart().split(/\r?\n/, 2);
  const isParted = /[,;\t|]|\S {2,}\S/.test(line) || areNamesAndNumbers(line, next);
  // YOLOv5 has a column "metrics/mAP_0.5:0.95".
  const isNamed = /[=:]\s*[-\d.]+/.test(line.replace(/\d\.\d+:\d\.\d+/, ''));
  // What is coloured was printed, and is read as such.
  const isPrinted = !/[,;\t|]/.test(line) && decodeHead(given).includes(ESCAPE);
  if (!isParted || isNamed || isPrinted) return null;
  const table = readLogTable(name, bytes);
  if (!table || table.cut > 1 + 0.1 * table.rows) return null;
  const found = takeTable(name, table, named);
  for (const { notes } of [...(found?.runs ?? []), found?.range, found?.sweep].filter((each) => each !== undefined))
    notes.push(...table.notes);
  return found;
}

/** Names with one blank between, and as many numbers below. @param {string} line @param {string} next */
function areNamesAndNumbers(line, next) {
  const [names, numbers] = [line, next].map((each) => each.trim().split(/\s+/));
  const areNumbers = numbers.every((each) => /^[-+]?(\d|\.\d|nan|inf)/i.test(each));
  return (
    names.length > 1 && names.length === numbers.length && areNumbers && names.every((each) => /^[a-z_]/i.test(each))
  );
}

/** With blanks in place of lines at the head that begin with "#". @param {Uint8Array} bytes */
function withoutComments(bytes) {
  const head = bytes.subarray(0, LOOKED_AT);
  const blanked = blankComments(head).head;
  if (blanked === head) return bytes;
  const whole = bytes.slice();
  whole.set(blanked);
  return whole;
}

/** @param {Uint8Array} bytes */
function decodeHead(bytes) {
  return new TextDecoder().decode(bytes.subarray(0, LOOKED_AT));
}

/** @param {string} name @param {import('./table.js').LogTable} table @param {string[]} named @returns {ReturnType<typeof readLog> | null} */
function takeTable(name, table, named) {
  const scalars = readScalarTable(name, table);
  if (scalars) return { runs: [scalars] };
  const runs = readLongTable(name, table) ?? readWandbChart(table);
  if (runs) return { runs };
  const range = readRangeTable(name, table);
  if (range) return { range };
  const sweep = readSweepTable(name, table);
  if (sweep) return { sweep };
  /** @type {RawRun} */
  const run = { name, source: 'table', columns: partByMode(table), axis: 'row', planned: null, notes: [], facts: {} };
  run.facts.wordy = table.wordy;
  const isNamed = table.columns.some((column) => named.includes(column.name));
  return isNamed || isOfTraining(run) ? { runs: [run] } : null;
}

/** @param {string} name @param {Uint8Array} bytes */
function readAsText(name, bytes) {
  const run = readTextLog(name, bytes);
  return run && isOfTraining(run) ? { runs: [run] } : null;
}

/** Whether anything in it is a quantity of a training, or at least counted by its steps. @param {RawRun} run */
function isOfTraining({ columns }) {
  const kinds = columns.map((column) => classify(column.name).kind);
  const isMeasured = kinds.some(
    (kind) => kind === 'loss' || kind === 'lr' || kind === 'grad_norm' || kind === 'reward' || kind === 'perplexity',
  );
  return isMeasured || (kinds.includes('step') && columns.length > 1);
}

/** @param {string} name @param {Uint8Array} bytes */
function decode(name, bytes) {
  if (bytes.length > TEXT_MAX)
    throw dataError(`${name} is one JSON text of ${count(bytes.length >> 20)} MB, more than can be read at once.`);
  return new TextDecoder().decode(bytes);
}

// ---- what is no log ------------------------------------------------------------------------------------------------

/** @param {unknown} value */
function sayJson(value) {
  if (Array.isArray(value)) return `a list of ${count(value.length)}`;
  const keys = Object.keys(/** @type {object} */ (value ?? {}));
  return keys.length === 0
    ? 'it is empty'
    : `its members are ${keys.slice(0, 6).join(', ')}${keys.length > 6 ? ' …' : ''}`;
}

/** @param {string} name @param {Uint8Array} bytes @param {string} head */
function sayForeign(name, bytes, head) {
  const start = head.trimStart();
  if (/^[[{]/.test(start)) return `${name} begins like JSON, but is none, and no line of it is.`;
  const table = readLogTable(name, bytes.subarray(0, LOOKED_AT));
  if (table && table.cut === 0 && table.columns.length > 0 && table.rows > 1) {
    const wordy = sayWordy(name, table.wordy);
    if (wordy !== null) return wordy;
    const columns = { columns: table.columns };
    return `${name} is a table of ${describeColumns(/** @type {RawRun} */ (/** @type {unknown} */ (columns)))}, none of which is a loss, a learning rate or a gradient norm by its name.`;
  }
  if (/^(import|from|def|class|#!|"""|#include)\b/.test(start) || /\.(py|js|c|sh)$/.test(ownName(name)))
    return `${name} is a program’s source, and no line of it is one of a log.`;
  const [first, ...others] = head.replace(/(\r?\n)+$/, '').split(/\r?\n/);
  const names = first.split(/[,;\t]/).map((cell) => cell.trim());
  if (others.length === 0 && names.length > 1 && names.some((cell) => classify(cell).kind !== null))
    return `${name} is the header of a table (${list(names.slice(0, 8).map((cell) => `"${cell}"`))}) without a row.`;
  const lines = others.length + 1;
  return `${name} is text (${plural(lines, 'line')}${bytes.length > LOOKED_AT ? ' and more' : ''}), but in none stands a loss, a learning rate or a gradient norm with its number.`;
}
