/** `trainscope diagnose`: the whole playbook procedure, its result as JSON, as text and as a page of its own. */

import { diagnose } from '../engine/study/diagnose.js';
import { formatReport } from '../engine/study/report.js';
import { plural } from '../engine/study/wording.js';
import { startProgress } from './progress.js';
import { formatDiagnosis } from './report.js';
import { readRunInput } from './run_input.js';
import { writeReport } from './study.js';
import { withStudyPool } from './study_pool.js';
import { now } from './timing.js';

/**
 * @typedef {import('../engine/engine.js').Engine} Engine
 * @typedef {import('../engine/study/diagnose.js').Diagnosis} Diagnosis
 */

/**
 * @param {Engine} engine
 * @param {import('./arguments.js').Arguments} args
 * @returns {Promise<{ result: Diagnosis, text: string, complaint?: string }>}
 */
export async function diagnoseRun(engine, args) {
  const { budget, seeds, multiple, jobs, report } = args.options;
  const { config, dataset, data } = await readRunInput(engine, args);
  try {
    // What does not fit together is found before threads are started.
    engine.measureModel(config, dataset);
  } finally {
    dataset.dispose();
  }
  if (report !== null) await writeReport(report, '');
  const progress = startProgress('Diagnosis', budget ?? 0);
  const { diagnosis, curves } = await withStudyPool({ jobs, data }, async (runner, signal) => {
    try {
      return await diagnose({
        runner,
        config,
        seeds,
        budget: budget ?? Infinity,
        multiple,
        now,
        signal,
        onProgress: ({ title, steps }) => progress.update(steps, title),
      });
    } finally {
      progress.stop();
    }
  });
  if (report !== null) await writeReport(report, formatReport(diagnosis, curves));
  return {
    result: diagnosis,
    text: formatDiagnosis(diagnosis),
    complaint: diagnosis.interrupted ? `interrupted after ${plural(diagnosis.runs, 'run')}` : undefined,
  };
}
