/** A run of ours: what it found itself, not what its log would let one guess. */

/** @typedef {import('../../run/run_report.js').RunReport} RunReport */

/** What a run of ours said at its end; null where it did not end, or is not ours. @param {import('../../run/run_log.js').RunLog | null} own */
export function reportOf(own) {
  return own?.summary ? /** @type {RunReport} */ (/** @type {unknown} */ (own.summary)) : null;
}

/**
 * What it found, in place of what was read off its log.
 *
 * @param {RunReport} report
 * @param {import('./findings.js').RunInspection} read
 */
export function figuresOfOwn({ steps, verdict, diverged_at, grad_norm, best }, read) {
  return {
    steps,
    verdict,
    diverged_at,
    norms: read.norms && { ...read.norms, ...grad_norm },
    best: best && { ...best, last: read.best?.last ?? best.loss },
  };
}

/** What is said of it. @param {RunReport | null} report */
export function noteOwn(report) {
  return report
    ? 'Verdict, episodes, percentiles and best checkpoint are those that the run found itself.'
    : 'The run did not end, so its own verdict is missing; what stands here was read off its log.';
}
