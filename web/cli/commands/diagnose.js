/** `trainscope diagnose`: the whole playbook procedure, its result as JSON, as text and as a page of its own. */

import { diagnose } from '../../engine/study/procedure/diagnose.js';
import { formatReport } from '../../engine/study/report/report.js';
import { plural } from '../../engine/words/sentences.js';
import { joinComplaints } from '../complaints.js';
import { formatDiagnosis } from '../report.js';
import { runStudyCommand } from '../study_command.js';

/**
 * @param {import('../../engine/engine.js').Engine} engine
 * @param {import('../arguments.js').Arguments} args
 * @returns {Promise<{ result: import('../../engine/study/procedure/diagnose.js').Diagnosis, text: string, complaint?: string }>}
 */
export async function diagnoseRun(engine, args) {
  const { multiple } = args.options;
  const { outcome, unkept } = await runStudyCommand(engine, args, {
    title: 'Diagnosis',
    run: (how) => diagnose({ ...how, multiple }),
    format: ({ diagnosis, curves }) => formatReport(diagnosis, curves),
  });
  const { diagnosis } = outcome;
  return {
    result: diagnosis,
    text: formatDiagnosis(diagnosis),
    complaint: joinComplaints([
      diagnosis.interrupted ? `interrupted after ${plural(diagnosis.runs, 'run')}` : null,
      unkept,
    ]),
  };
}
