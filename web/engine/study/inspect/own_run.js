/** A run of ours: what it found itself, not what its log would let one guess. */

import { inspectRun } from './run_inspection.js';

/**
 * @typedef {import('../../run/run_report.js').RunReport} RunReport
 * @typedef {import('./findings.js').RunInspection} RunInspection
 */

/**
 * @param {import('../../engine.js').Engine} engine
 * @param {import('../../logs/settle.js').LogRun} run
 * @param {import('../../run/run_log.js').RunLog} own
 * @returns {RunInspection}
 */
export function inspectOwnRun(engine, run, { summary }) {
  const read = inspectRun(engine, run, { baseline: null });
  if (!summary) {
    read.notes.push('The run did not end, so its own verdict is missing; what stands here was read off its log.');
    return read;
  }
  const { steps, verdict, diverged_at, episodes, grad_norm, best } = /** @type {RunReport} */ (
    /** @type {unknown} */ (summary)
  );
  return {
    ...read,
    steps,
    verdict,
    diverged_at,
    episodes: /** @type {RunInspection['episodes']} */ (/** @type {unknown} */ (episodes)),
    norms: read.norms && { ...read.norms, ...grad_norm },
    best: best && { ...best, last: read.best?.last ?? best.loss },
    notes: ['Verdict, episodes, percentiles and best checkpoint are those that the run found itself.', ...run.notes],
  };
}
