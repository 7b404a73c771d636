/** Tables with a row for each number: a column of names beside one of values, as dashboards and `melt` write them. */

import { Columns, noteUnplaced, rawRun } from './columns.js';
import { classify } from './names.js';

/** @typedef {import('./columns.js').RawRun} RawRun @typedef {import('./table.js').LogTable} LogTable */

const KEYS = /^(tag|metric|metric[_ ]name|key|name|variable|scalar|series)$/i;
const VALUES = /^(value|val|metric[_ ]value|y)$/i;
const RUNS = /^(run|run[_ ]?(id|name|uuid)|experiment|trial)$/i;

/**
 * @param {string} name @param {LogTable} table
 * @returns {RawRun[] | null}  one for each run that it names
 */
export function readLongTable(name, { names, columns, words }) {
  const key = names.find((each) => KEYS.test(each) && words.has(each));
  const value = columns.find((column) => VALUES.test(column.name));
  const step = ['step', 'epoch']
    .map((kind) => columns.find((column) => classify(column.name).kind === kind))
    .find((column) => column !== undefined);
  if (key === undefined || !value || !step || value === step) return null;
  const keyOf = cellsOf(words.get(key));
  const run = names.find((each) => RUNS.test(each) && each !== key);
  const runOf =
    run === undefined
      ? null
      : cellsOf(
          words.get(run),
          columns.find((column) => column.name === run),
        );
  const stepOf = new Map(Array.from(step.at, (at, i) => [at, step.value[i]]));
  /** @type {Map<string, Columns>} */
  const byRun = new Map();
  let unplaced = 0;
  for (const [i, row] of value.at.entries()) {
    const tag = keyOf.get(row);
    const at = stepOf.get(row);
    if (tag === undefined || at === undefined) {
      unplaced++;
      continue;
    }
    const of = runOf?.get(row) ?? name;
    const scalars = byRun.get(of) ?? new Columns();
    byRun.set(of, scalars);
    scalars.add(tag, at, value.value[i]);
  }
  const others = words.get(value.name);
  for (const [i, row] of others?.at.entries() ?? []) {
    const tag = keyOf.get(row);
    const at = stepOf.get(row);
    if (tag !== undefined && at !== undefined) byRun.get(runOf?.get(row) ?? name)?.addOther(tag, at, others?.text[i]);
  }
  return [...byRun].map(([of, scalars], i) => ({
    ...rawRun(of, 'table of names and values', scalars),
    axis: 'step',
    notes: i === 0 ? noteUnplaced(unplaced, 'step and a name') : [],
  }));
}

/**
 * @param {{ at: number[], text: string[] } | undefined} words
 * @param {import('./columns.js').Column} [numbers]
 * @returns {Map<number, string>}
 */
function cellsOf(words, numbers) {
  const cells = new Map((words?.at ?? []).map((row, i) => [row, words?.text[i] ?? '']));
  for (const [i, row] of numbers?.at.entries() ?? []) cells.set(row, String(numbers?.value[i]));
  return cells;
}
