/**
 * CSV files as data sets: a header row, numeric features, and one column that names the class.
 *
 * The class is the column called `label`, or the last one; it may be text. Fields are separated by commas, semicolons
 * or tabs, whichever the header has most of. Every complaint names file, line and column.
 */

import { parse } from 'csv-parse/browser/esm/sync';
import { defaultReading } from '../config/reading_fields.js';
import { TrainerError } from '../core/errors.js';

/** Labels are bytes. */
const CLASSES_MAX = 256;

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * @param {Uint8Array} bytes  a whole file, UTF-8
 * @param {string} fileName
 * @param {import('../config/reading_fields.js').Reading} [reading]
 * @returns {import('./data_files.js').DataFiles}
 * @throws {TrainerError} naming file, line and column
 */
export function readCsv(bytes, fileName, reading = defaultReading()) {
  const { columns, records } = readRecords(bytes, fileName);
  const classColumn = reading.target === null ? chooseTarget(columns) : findColumn(columns, reading.target, fileName);
  const ignored = reading.ignore.map((name) => findColumn(columns, name, fileName));
  const features = columns.map((_, column) => column).filter((i) => i !== classColumn && !ignored.includes(i));

  const images = new Float32Array(records.length * features.length);
  let at = 0;
  for (const { line, cells } of records) {
    for (const column of features) {
      images[at++] = readNumber(cells[column], { fileName, line, column: columns[column] });
    }
    if (cells[classColumn] === '') {
      throw cellError({ fileName, line, column: columns[classColumn] }, 'the class is missing');
    }
  }

  const about = { name: fileName, images, shape: [features.length], scalePerFeature: true, columns };
  const target = columns[classColumn];
  if (reading.task === 'regression') {
    const targets = Float32Array.from(records, ({ line, cells }) =>
      readNumber(cells[classColumn], { fileName, line, column: target }),
    );
    return { ...about, targets, scaleTargets: true, classes: 0, classNames: null, target, notes: [], validation: null };
  }

  const classNames = listClasses(records.map(({ cells }) => cells[classColumn]));
  if (classNames.length > CLASSES_MAX) {
    throw fileError(
      fileName,
      `has ${classNames.length} different values in its class column "${columns[classColumn]}"; at most ${CLASSES_MAX} are possible`,
    );
  }
  if (classNames.length < 2) {
    throw fileError(
      fileName,
      `has only one value, "${classNames[0]}", in its class column "${columns[classColumn]}"; learning needs two`,
    );
  }
  const number = new Map(classNames.map((name, i) => [name, i]));
  const labels = Uint8Array.from(records, ({ cells }) => number.get(cells[classColumn]) ?? 0);
  return { ...about, labels, classes: classNames.length, classNames, target, notes: [], validation: null };
}

/** @param {string[]} columns */
function chooseTarget(columns) {
  return columns.includes('label') ? columns.indexOf('label') : columns.length - 1;
}

/** @param {string[]} columns @param {string} name @param {string} fileName */
function findColumn(columns, name, fileName) {
  const column = columns.indexOf(name);
  if (column >= 0) return column;
  throw fileError(fileName, `has no column "${name}"; there are ${columns.join(', ')}`);
}

/**
 * @param {Uint8Array} bytes
 * @param {string} fileName
 * @returns {{ columns: string[], records: { line: number, cells: string[] }[] }}
 */
function readRecords(bytes, fileName) {
  const text = decodeText(bytes, fileName);
  /** @type {{ info: { lines: number }, record: string[] }[]} */
  let parsed;
  try {
    parsed = /** @type {any} */ (
      parse(text, {
        bom: true,
        delimiter: chooseDelimiter(text),
        info: true,
        relax_column_count: true,
        skip_empty_lines: true,
        trim: true,
      })
    );
  } catch (error) {
    const { lines, message } = /** @type {{ lines?: number, message: string }} */ (error);
    const where = lines ? `, line ${lines}` : '';
    throw new TrainerError('data', 'dataset', `${fileName}${where}: ${message}.`);
  }
  const [header, ...rows] = parsed;
  if (!header) throw fileError(fileName, 'is empty');
  const columns = header.record;
  if (columns.length < 2) {
    throw fileError(fileName, 'needs at least two columns: a number and the class');
  }
  if (columns.every((name) => NUMBER.test(name))) {
    throw new TrainerError('data', 'dataset', `${fileName}, line 1: the first line must name the columns.`);
  }
  if (rows.length === 0) throw fileError(fileName, 'has a header, but no rows');
  return {
    columns,
    records: rows.map(({ info, record }) => {
      if (record.length !== columns.length) {
        const message = `${fileName}, line ${info.lines}: ${record.length} fields, but the header names ${columns.length} columns.`;
        throw new TrainerError('data', 'dataset', message);
      }
      return { line: info.lines, cells: record };
    }),
  };
}

/** @param {Uint8Array} bytes @param {string} fileName */
function decodeText(bytes, fileName) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw fileError(fileName, 'is not UTF-8 text');
  }
}

/** @param {string} text */
function chooseDelimiter(text) {
  const end = text.search(/\r|\n/);
  const header = end < 0 ? text : text.slice(0, end);
  const counts = [',', ';', '\t'].map((mark) => ({ mark, count: header.split(mark).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).mark;
}

/**
 * @param {string} text
 * @param {{ fileName: string, line: number, column: string }} place
 */
function readNumber(text, place) {
  if (text === '') throw cellError(place, 'the number is missing');
  if (!NUMBER.test(text)) throw cellError(place, `"${text}" is not a number`);
  const value = Number(text);
  if (!Number.isFinite(Math.fround(value))) throw cellError(place, `${text} is too large`);
  return value;
}

/** The different values: in numeric order where all are numbers, else in text order. @param {string[]} values */
function listClasses(values) {
  const names = [...new Set(values)];
  if (names.every((name) => NUMBER.test(name))) return names.sort((a, b) => Number(a) - Number(b));
  return names.sort((a, b) => (a < b ? -1 : 1));
}

/**
 * @param {{ fileName: string, line: number, column: string }} place
 * @param {string} what
 */
function cellError({ fileName, line, column }, what) {
  return new TrainerError('data', 'dataset', `${fileName}, line ${line}, column "${column}": ${what}.`);
}

/** @param {string} fileName @param {string} what */
function fileError(fileName, what) {
  return new TrainerError('data', 'dataset', `${fileName} ${what}.`);
}
