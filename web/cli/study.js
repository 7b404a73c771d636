/** `trainscope probe`, `warmup` and `clip`: the playbook's procedures on their own, told as `diagnose` tells the whole. */

import { writeFile } from 'node:fs/promises';
import { runClipStudy } from '../engine/study/clip_study.js';
import { runProbeStudy } from '../engine/study/probe_study.js';
import { formatStudyReport, STUDY_TITLES } from '../engine/study/study_report.js';
import { runWarmupStudy } from '../engine/study/warmup_study.js';
import { plural } from '../engine/study/wording.js';
import { startProgress } from './progress.js';
import { formatStudy } from './report.js';
import { fileAccessError, readRunInput } from './run_input.js';
import { withStudyPool } from './study_pool.js';
import { now } from './timing.js';

/**
 * @typedef {import('../engine/engine.js').Engine} Engine
 * @typedef {import('../engine/study/procedure.js').ProcedureOptions} ProcedureOptions
 * @typedef {import('../engine/study/procedure.js').Outcome} Outcome
 */

/**
 * The command's own options, handed to its study.
 *
 * @type {Record<string, (how: ProcedureOptions, options: Record<string, any>) => Promise<Outcome>>}
 */
const STUDIES = {
  probe: (how, { best_lr }) => runProbeStudy({ ...how, lr_best: best_lr }),
  warmup: (how, { unstable_lr, multiple }) => runWarmupStudy({ ...how, lr_unstable: unstable_lr, multiple }),
  clip: (how, { thresholds, variants }) => runClipStudy({ ...how, thresholds, variants }),
};

/**
 * @param {Engine} engine
 * @param {import('./arguments.js').Arguments} args
 * @returns {Promise<{ result: import('../engine/study/procedure.js').Study, text: string, complaint?: string }>}
 */
export async function conductStudy(engine, args) {
  const { command, options } = args;
  const { budget, seeds, jobs, report } = options;
  const { config, dataset, data } = await readRunInput(engine, args);
  try {
    // What does not fit together is found before threads are started.
    engine.measureModel(config, dataset);
  } finally {
    dataset.dispose();
  }
  if (report !== null) await writeReport(report, '');
  const progress = startProgress(
    STUDY_TITLES[/** @type {import('../engine/study/procedure.js').ProcedureId} */ (command.name)],
    budget ?? 0,
  );
  const { study, curves } = await withStudyPool({ jobs, data }, (runner, signal) =>
    STUDIES[command.name](
      {
        runner,
        config,
        seeds,
        budget: budget ?? Infinity,
        now,
        signal,
        onProgress: ({ title, steps }) => progress.update(steps, title),
      },
      options,
    ).finally(() => progress.stop()),
  );
  if (report !== null) await writeReport(report, formatStudyReport(study, curves));
  return {
    result: study,
    text: formatStudy(study),
    complaint: study.interrupted ? `interrupted after ${plural(study.runs, 'run')}` : undefined,
  };
}

/** Called with nothing first: finds out before a long procedure, not after it. @param {string} path @param {string} text */
export async function writeReport(path, text) {
  await writeFile(path, text, { flag: text === '' ? 'a' : 'w' }).catch((error) => {
    throw fileAccessError('--report', path, error);
  });
}
