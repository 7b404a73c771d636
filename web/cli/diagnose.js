/** `trainscope diagnose`: the whole playbook procedure, its result as JSON, as text and as a page of its own. */

import { writeFile } from 'node:fs/promises';
import { diagnose } from '../engine/study/diagnose.js';
import { formatReport } from '../engine/study/report.js';
import { startProgress } from './progress.js';
import { formatDiagnosis } from './report.js';
import { fileAccessError, readRunInput } from './run_input.js';
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
    complaint: diagnosis.interrupted ? `interrupted after ${diagnosis.runs} runs` : undefined,
  };
}

/** Called with nothing first: finds out before a long procedure, not after it. @param {string} path @param {string} text */
async function writeReport(path, text) {
  await writeFile(path, text, { flag: text === '' ? 'a' : 'w' }).catch((error) => {
    throw fileAccessError('--report', path, error);
  });
}
