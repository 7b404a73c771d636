/** `trainscope diagnose`: the whole playbook procedure, its result as JSON, as text and as a page of its own. */

import { diagnose } from '../../engine/study/procedure/diagnose.js';
import { formatReport } from '../../engine/study/report/report.js';
import { runStudyCommand } from '../study/study_command.js';
import { formatDiagnosis } from '../study/study_text.js';

/**
 * @param {import('../../engine/engine.js').Engine} engine
 * @param {import('../arguments.js').Arguments} args
 */
export function diagnoseRun(engine, args) {
  const { multiple } = args.options;
  return runStudyCommand(engine, args, {
    title: 'Diagnosis',
    run: (how) => diagnose({ ...how, multiple }),
    tell: ({ diagnosis }) => ({ result: diagnosis, text: formatDiagnosis(diagnosis) }),
    format: ({ diagnosis, curves }) => formatReport(diagnosis, curves),
  });
}
