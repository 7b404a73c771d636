/** Tables that hold runs as somebody exported them: TensorBoard's own CSV and JSON, W&B's charts. */

import { prefixOf } from './cells/modes.js';
import { Columns, noteUnplaced, rawRun } from './columns.js';
import { COUNTERS } from './json_lines.js';
import { isRecord } from './loose_json.js';

/** @typedef {import('./columns.js').RawRun} RawRun @typedef {import('./table.js').LogTable} LogTable */

/** As TensorBoard names what it lets one download: run-RUN-tag-TAG.csv. */
const DOWNLOAD = /(?:^|\/)run-(.+?)-tag-(.+?)(?: ?\(\d+\))?\.(?:csv|json)$/i;

/** What a download says by its name, or the name itself. @param {string} name */
export function partsOfDownload(name) {
  const [, run, tag] = DOWNLOAD.exec(name) ?? [];
  if (tag === undefined) return { run: null, tag: name.replace(/^.*\//, '').replace(/\.[^.]*$/, '') };
  return { run: run === '.' ? 'run' : run, tag };
}

/**
 * `Wall time,Step,Value`: one metric a file, whose name stands in that of the file.
 *
 * @param {string} name @param {LogTable} table
 * @returns {RawRun | null}
 */
export function readScalarTable(name, { names, columns, words }) {
  const plain = names.map((each) => each.toLowerCase().replaceAll('_', ' '));
  if (names.length !== 3 || plain[0] !== 'wall time' || plain[1] !== 'step' || plain[2] !== 'value') return null;
  const [, step, value] = names.map((wanted) => columns.find((column) => column.name === wanted));
  if (!step || !value) return null;
  const { tag } = partsOfDownload(name);
  const ofRow = new Map(Array.from(step.at, (at, i) => [at, step.value[i]]));
  const scalars = new Columns();
  let unplaced = 0;
  for (let i = 0; i < value.at.length; i++) {
    const at = ofRow.get(value.at[i]);
    if (at !== undefined) scalars.add(tag, at, value.value[i]);
    else unplaced++;
  }
  const others = words.get(value.name);
  for (const [i, row] of others?.at.entries() ?? []) {
    const at = ofRow.get(row);
    if (at !== undefined) scalars.addOther(tag, at, others?.text[i]);
  }
  const run = rawRun(name, 'TensorBoard’s CSV', scalars);
  return { ...run, axis: 'step', notes: noteUnplaced(unplaced, 'step') };
}

/** `[[wall time, step, value], …]`. @param {string} name @param {unknown} value @returns {RawRun | null} */
export function readScalarList(name, value) {
  if (!Array.isArray(value) || value.length === 0) return null;
  const scalars = new Columns();
  const { tag } = partsOfDownload(name);
  for (const row of value) {
    if (!Array.isArray(row) || row.length !== 3 || typeof row[1] !== 'number') return null;
    scalars.addMember(tag, row[1], row[2]);
  }
  return { ...rawRun(name, 'TensorBoard’s JSON', scalars), axis: 'step' };
}

/** What W&B puts beside a column of a run. */
const BOUNDS = /__(MIN|MAX)$/;

/**
 * A chart of W&B as CSV: `NAME - METRIC` for each run, with `__MIN` and `__MAX` beside it.
 *
 * @param {LogTable} table
 * @returns {RawRun[] | null}  one for each run
 */
export function readWandbChart({ names, columns }) {
  const isChart = names.some((each) => BOUNDS.test(each)) || names.slice(1).every((each) => each.includes(' - '));
  const kept = columns.filter((column) => !BOUNDS.test(column.name) && column.name.includes(' - '));
  if (!isChart || kept.length === 0) return null;
  const counter = columns.find((column) => !column.name.includes(' - '));
  /** @type {Map<string, { metric: string, column: import('./columns.js').Column }[]>} */
  const byRun = new Map();
  for (const column of kept) {
    const cut = column.name.lastIndexOf(' - ');
    const run = column.name.slice(0, cut);
    const metric = column.name.slice(cut + 3).replace(/ \(\d+\)$/, '');
    const same = byRun.get(run) ?? [];
    // Names of runs repeat.
    let unique = run;
    for (let n = 2; same.length > 0 && byRun.get(unique)?.some((other) => other.metric === metric); n++)
      unique = `${run} (${n})`;
    byRun.set(unique, [...(byRun.get(unique) ?? []), { metric, column }]);
  }
  return [...byRun].map(([run, parts]) => ({
    name: run,
    source: 'W&B’s chart',
    columns: [...(counter ? [counter] : []), ...parts.map(({ metric, column }) => ({ ...column, name: metric }))],
    axis: /** @type {const} */ ('row'),
    planned: null,
    notes: [],
    facts: {},
  }));
}

/**
 * A JSON value that holds a log: a list of objects, or lists by their names.
 *
 * @param {string} name @param {unknown} value
 * @returns {RawRun | null}
 */
export function readJsonLog(name, value) {
  const columns = new Columns();
  if (Array.isArray(value)) {
    for (const [row, entry] of value.entries()) {
      if (!isRecord(entry)) return null;
      const prefix = prefixOf(entry);
      for (const [key, member] of Object.entries(entry)) {
        columns.addMember(COUNTERS.test(key) ? key : prefix + key, row, member);
      }
    }
    return columns.names.length > 0 ? rawRun(name, 'JSON', columns) : null;
  }
  if (!isRecord(value)) return null;
  const lists = Object.entries(value).filter(([, member]) => Array.isArray(member) || isIndexed(member));
  for (const [key, member] of lists) {
    const numbers = Array.isArray(member) ? member : Object.values(/** @type {object} */ (member));
    for (const [row, each] of numbers.entries()) {
      columns.addMember(key, row, each);
    }
  }
  if (columns.names.length === 0) {
    // {"history": {"loss": […]}}
    const inner = Object.values(value).filter((member) => isRecord(member) || Array.isArray(member));
    return inner.length === 1 && isRecord(inner[0]) ? readJsonLog(name, inner[0]) : null;
  }
  const run = rawRun(name, 'JSON', columns);
  // What Keras's history holds: a number for each epoch.
  run.facts.isRowPerEpoch = lists.some(([key]) => key.startsWith('val_'));
  return run;
}

/** {"0": 1.2, "1": 1.1}, as pandas writes a column. @param {unknown} member */
function isIndexed(member) {
  return isRecord(member) && Object.keys(member).length > 1 && Object.keys(member).every((key) => /^\d+$/.test(key));
}
