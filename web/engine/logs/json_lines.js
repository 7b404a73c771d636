/** Logs that are lines of JSON: W&B's history, OpenMMLab's `.log.json`, and whatever else logs an object a line. */

import { prefixOf } from './cells/modes.js';
import { Columns, rawRun } from './columns.js';
import { isRecord, parseLoosely } from './loose_json.js';
import { linesOf } from './text_log.js';

/**
 * @param {string} name
 * @param {Uint8Array} bytes
 * @returns {import('./columns.js').RawRun | null}  null where its lines are no objects
 */
export function readJsonLines(name, bytes) {
  const columns = new Columns();
  let row = 0;
  let foreign = 0;
  /** @type {Set<string>} */
  const objects = new Set();
  for (const line of linesOf(bytes)) {
    const value = parseLoosely(line);
    if (!isRecord(value)) {
      if (line.trim() !== '') foreign++;
      if (foreign > 10 + row) return null;
      continue;
    }
    addMembers(columns, row, value, { prefix: prefixOf(value), objects, depth: 0 });
    row++;
  }
  if (row === 0) return null;
  const run = rawRun(name, 'JSON lines', columns);
  if (objects.size > 0) {
    run.notes.push(`What is no number was left aside: ${[...objects].slice(0, 5).join(', ')}.`);
  }
  // One that a cut or a crash left half.
  if (foreign > 0) run.notes.push(`${foreign === 1 ? 'A line was' : `${foreign} lines were`} no JSON and left aside.`);
  return run;
}

/** Counters of a row mean the same in any mode. */
export const COUNTERS = /^_?(epoch|iter|step|global_step)$/;

/**
 * @param {Columns} columns
 * @param {number} row
 * @param {Record<string, unknown>} record
 * @param {{ prefix: string, objects: Set<string>, depth: number }} how
 */
function addMembers(columns, row, record, { prefix, objects, depth }) {
  for (const [key, value] of Object.entries(record)) {
    const name = COUNTERS.test(key) ? key : prefix + key;
    if (isRecord(value)) {
      // {"train": {"loss": 1}}, but no video and no histogram.
      if (depth === 0 && !('_type' in value) && !('path' in value)) {
        addMembers(columns, row, value, { prefix: `${name}/`, objects, depth: 1 });
      } else objects.add(name);
    } else columns.addMember(name, row, value);
  }
}
