/**
 * The playbook on logs of trainings that somebody else's program ran: what each shows, what it cannot show, and what to
 * try next. C judges; every sentence follows from its figures.
 */

import { findFramework } from '../../code/code.js';
import { argumentError } from '../../core/arguments.js';
import { settleRun } from '../../logs/settle.js';
import { inspectRange } from './range_inspection.js';
import { inspectRun } from './run_inspection.js';
import { inspectSweep } from './sweep_inspection.js';

/**
 * @typedef {import('../../engine.js').Engine} Engine
 * @typedef {import('../../logs/read_logs.js').Logs} Logs
 * @typedef {import('../../logs/roles.js').ChosenRoles} ChosenRoles
 * @typedef {import('../../logs/settle.js').LogRun} LogRun
 * @typedef {import('./findings.js').RunInspection} RunInspection
 *
 * @typedef {object} Inspection
 * @property {RunInspection[]} runs
 * @property {import('./range_inspection.js').RangeInspection | null} range_test  of the first curve
 * @property {import('./sweep_inspection.js').SweepInspection | null} sweep  of the first table of trials
 * @property {string[]} notes  on files that are no logs, and on further curves and tables
 */

/**
 * @param {Engine} engine
 * @param {Logs} logs
 * @param {{ roles?: ChosenRoles, classes?: number | null, framework?: string | null }} [how]  classes: of classes or
 *   tokens, so that guessing costs their logarithm; framework: for which what is advised is written as code
 * @returns {{ inspection: Inspection, runs: LogRun[] }}  runs: the series behind each
 * @throws {import('../../core/errors.js').TrainerError} where a role names a column that no log has
 */
export function inspectLogs(engine, logs, { roles = {}, classes = null, framework = null } = {}) {
  checkRoles(logs, roles);
  if (framework !== null) findFramework(framework);
  const runs = logs.runs.flatMap((raw) => settleRun(raw, roles));
  const baseline = classes === null ? null : Math.log(classes);
  const [range = null, ...ranges] = logs.ranges;
  const [sweep = null, ...sweeps] = logs.sweeps;
  const left = [...ranges, ...sweeps].map(({ name }) => `${name} was read, but not inspected: give it alone.`);
  return {
    runs,
    inspection: {
      runs: runs.map((run) => inspectRun(engine, run, { baseline: run.own ? null : baseline, framework })),
      range_test: range && inspectRange(engine, range, { baseline }),
      sweep: sweep && inspectSweep(sweep, { baseline }),
      notes: [...logs.skipped, ...left],
    },
  };
}

/** @param {Logs} logs @param {ChosenRoles} roles */
function checkRoles(logs, roles) {
  const names = new Set(logs.runs.flatMap((run) => run.columns.map((column) => column.name)));
  for (const [role, name] of Object.entries(roles)) {
    if (names.size === 0 || names.has(name)) continue;
    const known = [...names].slice(0, 12).join(', ');
    throw argumentError(
      'role',
      `role ${role}: there is no "${name}" in these logs, but ${known}${names.size > 12 ? ' …' : ''}.`,
    );
  }
}
