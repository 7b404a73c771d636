/** What logs of other programs show. */

import { readLogs } from '../../engine/logs/read_logs.js';
import { inspectLogs } from '../../engine/study/inspect/inspect.js';
import { formatLogReport } from '../../engine/study/report/log_report.js';

/** @satisfies {Partial<import('../handlers.js').QuestionHandlers>} */
export const logQuestions = {
  async inspectLogs({ files, roles, classes, report }, { engine }) {
    const { inspection, runs } = inspectLogs(engine, await readLogs(open(files)), { roles, classes });
    return {
      inspection,
      series: runs.map(({ series }) => series),
      names: runs.map(({ names }) => names),
      page: report ? formatLogReport(inspection, runs) : null,
    };
  },
};

/** @param {import('../log_question.js').LogFile[]} files */
async function* open(files) {
  for (const { name, blob } of files) yield { name, bytes: new Uint8Array(await blob.arrayBuffer()) };
}
