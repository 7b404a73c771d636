/**
 * `trainscope probe`, `warmup`, `clip` and `compare`: the playbook's procedures on their own, told as `diagnose` tells
 * the whole.
 */

import { runBatchStudy } from '../../engine/study/procedure/batch.js';
import { runClipStudy } from '../../engine/study/procedure/clip.js';
import { runCyclicalStudy } from '../../engine/study/procedure/cyclical.js';
import { runProbeStudy } from '../../engine/study/procedure/probe.js';
import { runWarmupStudy } from '../../engine/study/procedure/warmup.js';
import { formatStudyReport, STUDY_TITLES } from '../../engine/study/report/study_report.js';
import { runStudyCommand } from '../study/study_command.js';
import { formatStudy } from '../study/study_text.js';
import { UsageError } from '../usage_error.js';

/**
 * @typedef {import('../../engine/engine.js').Engine} Engine
 * @typedef {import('../../engine/study/procedure/standalone.js').StandaloneOptions} StandaloneOptions
 * @typedef {import('../../engine/study/procedure/standalone.js').Outcome} Outcome
 */

/**
 * A procedure's own options, handed to its study.
 *
 * @type {Record<string, (how: StandaloneOptions & { engine: Engine }, options: Record<string, any>) => Promise<Outcome>>}
 */
const STUDIES = {
  probe: (how, { best_lr }) => runProbeStudy({ ...how, lr_best: best_lr }),
  warmup: (how, { unstable_lr, multiple, lengths }) =>
    runWarmupStudy({ ...how, lr_unstable: unstable_lr, multiple, lengths }),
  clip: (how, { thresholds, variants }) => runClipStudy({ ...how, thresholds, variants }),
  cyclical: (how, { range }) => runCyclicalStudy({ ...how, range }),
  batch: (how, { batches }) => runBatchStudy({ ...how, batches }),
};

/** What compare compares. */
const COMPARISONS = ['cyclical', 'batch'];

/**
 * @param {Engine} engine
 * @param {import('../arguments.js').Arguments} args
 */
export function conductStudy(engine, args) {
  const procedure = chooseProcedure(args);
  return runStudyCommand(engine, args, {
    title: STUDY_TITLES[procedure],
    run: (how) => STUDIES[procedure]({ ...how, engine }, args.options),
    tell: ({ study }) => ({ result: study, text: formatStudy(study) }),
    format: ({ study, curves }) => formatStudyReport(study, curves),
  });
}

/**
 * The procedure that a command means.
 *
 * @param {import('../arguments.js').Arguments} args
 * @returns {import('../../engine/study/procedure/standalone.js').ProcedureId}
 */
function chooseProcedure({ command, argument, options }) {
  const procedure = /** @type {import('../../engine/study/procedure/standalone.js').ProcedureId} */ (
    command.argument ? argument : command.name
  );
  if (options.lengths?.some((/** @type {number} */ length) => !Number.isInteger(length) || length < 1)) {
    throw new UsageError('--lengths must be whole numbers of steps from 1 on');
  }
  if (!command.argument) return procedure;
  if (!COMPARISONS.includes(procedure)) {
    const given = argument === null ? 'nothing was named' : `not "${argument}"`;
    throw new UsageError(`compare can compare ${COMPARISONS.join(' or ')}, ${given}`);
  }
  const { range, batches } = options;
  if (range.length > 0 && (procedure !== 'cyclical' || range.length !== 2 || range[0] === range[1])) {
    throw new UsageError('--range must be two different rates, for compare cyclical');
  }
  if (batches.length > 0 && (procedure !== 'batch' || batches.length < 2 || !batches.every(Number.isInteger))) {
    throw new UsageError('--batches must be at least two whole numbers, for compare batch');
  }
  return procedure;
}
