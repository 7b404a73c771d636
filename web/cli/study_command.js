/**
 * What the commands of the playbook's procedures have in common: they read one run's input, spread trials over a pool,
 * and may leave a report.
 */

import { complaintOf } from './complaints.js';
import { checkOutput, writeOutput } from './files/output_file.js';
import { startProgress } from './progress.js';
import { readRunInput } from './run_input.js';
import { withStudyPool } from './study_pool.js';
import { now } from './timing.js';

/**
 * @typedef {import('../engine/engine.js').Engine} Engine
 * @typedef {import('../engine/study/procedure/procedure.js').ProcedureOptions} ProcedureOptions
 */

/**
 * @template Outcome
 * @param {Engine} engine
 * @param {import('./arguments.js').Arguments} args
 * @param {object} procedure
 * @param {string} procedure.title  of the progress bar
 * @param {(how: ProcedureOptions) => Promise<Outcome>} procedure.run
 * @param {(outcome: Outcome) => string} procedure.format  as the page that --report asks for
 * @returns {Promise<{ outcome: Outcome, unkept: string | null }>}  unkept: why there is no report
 */
export async function runStudyCommand(engine, args, { title, run, format }) {
  const { budget, seeds, jobs, report } = args.options;
  const { config, dataset, data } = await readRunInput(engine, args);
  try {
    // What does not fit together is found before threads are started.
    engine.measureModel(config, dataset);
  } finally {
    dataset.dispose();
  }
  // Whether the report can be written is found out before a long procedure, not after it.
  if (report !== null) await checkOutput('--report', report);
  args.sayNotes();
  const progress = startProgress(title, budget ?? 0);
  const outcome = await withStudyPool({ jobs, data }, (runner, signal) =>
    run({
      runner,
      config,
      seeds,
      budget: budget ?? Infinity,
      now,
      signal,
      onProgress: ({ title: part, steps }) => progress.update(steps, part),
    }).finally(() => progress.stop()),
  );
  const unkept = report === null ? null : await complaintOf(writeOutput('--report', report, format(outcome)));
  return { outcome, unkept };
}
