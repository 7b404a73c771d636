/** Small logs read back: their runs, and whether these are what was written. */

import assert from 'node:assert/strict';
import { readLogs } from '../../web/engine/logs/read_logs.js';
import { settleRun } from '../../web/engine/logs/settle.js';
import { bytesOf, makeRows } from './log_writers.js';

/** @typedef {import('../../web/engine/logs/roles.js').ChosenRoles} ChosenRoles */

export const ROWS = makeRows(40);

/** @param {Record<string, string | Uint8Array>} files */
export function read(files) {
  return readLogs(
    Object.entries(files).map(([name, held]) => ({ name, bytes: typeof held === 'string' ? bytesOf(held) : held })),
  );
}

/** The runs of files, settled. @param {Record<string, string | Uint8Array>} files @param {ChosenRoles} [roles] */
export async function runsOf(files, roles) {
  const { runs, skipped } = await read(files);
  assert.deepEqual(skipped, []);
  return runs.flatMap((run) => settleRun(run, roles));
}

/** @param {string | Uint8Array} held @param {string} [name] */
export async function runOf(held, name = 'log.txt') {
  const runs = await runsOf({ [name]: held });
  assert.equal(runs.length, 1, `${name} holds one run`);
  return runs[0];
}

/** @param {import('../../web/engine/logs/settle.js').LogRun} run @param {import('../../web/engine/logs/roles.js').Role} role */
export function pointsOf({ series }, role) {
  const found = series[role];
  assert.ok(found, `has ${role}`);
  return Array.from(found.step, (step, i) => [step, found.value[i]]);
}

/**
 * Every role of a run is what was written.
 *
 * @param {import('../../web/engine/logs/settle.js').LogRun} run
 * @param {{ rows?: typeof ROWS, roles?: ('loss' | 'lr' | 'grad_norm')[], apart?: number }} [how]
 */
export function assertRows(run, { rows = ROWS, roles = ['loss', 'lr', 'grad_norm'], apart = 1e-6 } = {}) {
  for (const role of roles) {
    const points = pointsOf(run, role);
    assert.deepEqual(
      points.map(([step]) => step),
      rows.map(({ step }) => step),
      `steps of ${role}`,
    );
    for (const [i, [, value]] of points.entries())
      assert.ok(Math.abs(value - rows[i][role]) <= apart * Math.max(1, Math.abs(value)), `${role} ${i}: ${value}`);
  }
}
