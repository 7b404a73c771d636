/** Runs that lie in several files: the event files of one folder, train/ beside validation/, a metric a download. */

import { ownName } from '../data/data_error.js';
import { partsOfMetric } from './metric_file.js';
import { isValidation } from './names.js';
import { partsOfDownload } from './tables_of_runs.js';

/** @typedef {import('./columns.js').RawRun} RawRun @typedef {import('./columns.js').Column} Column */

const SPLITS = /^(train|training|val|valid|validation|eval|evaluation|test|dev)$/i;

/**
 * @param {RawRun[]} runs  in the order in which they were read
 * @returns {RawRun[]}
 */
export function gatherRuns(runs) {
  /** @type {Map<RawRun | string, RawRun[]>} */
  const groups = new Map();
  for (const run of runs) {
    const key = keyOf(run);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups].map(([key, parts]) => (typeof key === 'string' ? joinRuns(key, parts) : parts[0]));
}

/** What the files of one run have in common. @param {RawRun} run @returns {string | RawRun} */
function keyOf(run) {
  const { name, source } = run;
  if (source === 'TensorBoard event file') {
    const folders = name.split('/').slice(0, -1);
    const last = folders[folders.length - 1] ?? '';
    // Keras's train/ and validation/, PyTorch's add_scalars.
    return `events ${SPLITS.test(last) ? folders.slice(0, -1).join('/') : folders.join('/')}`;
  }
  if (source === 'TensorBoard’s CSV' || source === 'TensorBoard’s JSON') {
    const { run: of } = partsOfDownload(name);
    return of === null ? run : `download ${name.slice(0, -ownName(name).length)}${of.replace(SPLITS, '')}`;
  }
  if (source === 'MLflow metric') return `metrics ${partsOfMetric(name).folder}`;
  return run;
}

/** @param {string} key @param {RawRun[]} parts @returns {RawRun} */
function joinRuns(key, parts) {
  if (parts.length === 1 && !splitOf(parts[0])) return parts[0];
  const sorted = parts.toSorted((a, b) => (timeOf(a.name) ?? 0) - (timeOf(b.name) ?? 0));
  /** @type {Map<string, Column>} */
  const columns = new Map();
  const notes = new Set(sorted.flatMap((part) => part.notes));
  for (const part of sorted) {
    const split = splitOf(part);
    for (const column of part.columns) {
      const name = split ? `${split}/${column.name}` : column.name;
      const known = columns.get(name);
      if (!known) columns.set(name, { ...column, name });
      else if (isSame(known, column)) notes.add(`${ownName(part.name)} holds again what another file holds.`);
      else
        columns.set(name, {
          name,
          at: append(known.at, column.at),
          value: append(known.value, column.value),
          others: joinOthers(known.others, column.others),
        });
    }
  }
  const [first] = sorted;
  const folder = columns.size > 1 ? key.replace(/^(events|download|metrics) /, '').replace(/\/+$/, '') : '';
  return { ...first, name: folder || first.name, columns: [...columns.values()], notes: [...notes] };
}

/** What the folder, or the run of a download, says its numbers were measured on. @param {RawRun} run */
function splitOf({ name, source }) {
  const where = source === 'TensorBoard event file' ? name.split('/').at(-2) : partsOfDownload(name).run;
  if (!where || !SPLITS.test(where)) return null;
  return isValidation(where) ? 'validation' : 'train';
}

/** The second in which an event file was begun, as its name says. @param {string} name */
function timeOf(name) {
  const [, time] = /tfevents\.(\d{9,})/.exec(name) ?? [];
  return time === undefined ? null : Number(time);
}

/** @param {Column} a @param {Column} b */
function isSame(a, b) {
  return (
    a.at.length === b.at.length &&
    a.at.every((at, i) => at === b.at[i]) &&
    a.value.every((value, i) => Object.is(value, b.value[i]) || Math.abs(value - b.value[i]) <= 1e-12 * Math.abs(value))
  );
}

/** @param {Column['others']} a @param {Column['others']} b */
function joinOthers(a, b) {
  return a && b ? { at: append(a.at, b.at), first: a.first } : (a ?? b);
}

/** @param {Float64Array} a @param {Float64Array} b */
function append(a, b) {
  const both = new Float64Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
