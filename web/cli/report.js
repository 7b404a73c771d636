/** Results for a reader: the same facts as --json, in a few lines. */

/**
 * @typedef {import('../engine/run_report.js').RunReport} RunReport
 * @typedef {import('../engine/session.js').Score} Score
 * @typedef {import('../engine/study/range_test.js').RangeResult} RangeResult
 */

/**
 * @param {RunReport} report
 * @param {string[]} notices  sentences about the run that the user should know
 */
export function formatRunReport(report, notices) {
  const { best, grad_norm: norm, episodes } = report;
  const lines = [
    ...notices,
    row('steps', `${report.steps}${report.diverged ? `, diverged at step ${report.diverged_at}` : ''}`),
    row('parameters', report.parameters.toLocaleString('en')),
    row('train', formatScore(report.train)),
    row('validation', report.val ? formatScore(report.val) : 'no validation data'),
    row('best', best ? `${formatScore(best)} at step ${best.step}` : 'none'),
    row(
      'gradient norm',
      `median ${figure(norm.p50)}, 90th percentile ${figure(norm.p90)}, largest ${figure(norm.max)}`,
    ),
    row('clipped', percent(report.clipped_fraction)),
    row('verdict', describeVerdict(report)),
    ...episodes.map((episode) =>
      row(
        '',
        `${episode.kind} instability from step ${episode.begin}, peak ${figure(episode.loss_peak)} at step ${episode.peak}, ${
          episode.recovered_at === null ? 'not recovered' : `recovered at step ${episode.recovered_at}`
        }`,
      ),
    ),
    row('speed', `${Math.round(report.samples_per_second).toLocaleString('en')} samples/s`),
    row('digest', report.digest),
  ];
  return lines.join('\n');
}

/** @param {RangeResult} result */
export function formatRangeReport(result) {
  const { suggestion, range, seeds, lr } = result;
  const count = seeds.length;
  const lines = [
    row('points', `${lr.length}, lr ${figure(lr[0])} … ${figure(lr[lr.length - 1])}, ${result.stop}`),
    ...seeds.flatMap(({ seed, message }) => (message ? [row(count > 1 ? `seed ${seed}` : '', message)] : [])),
    ...Object.entries(suggestion).map(([rule, rate]) =>
      row(rule.replace('minimum_tenth', 'minimum/10'), rate === null ? 'none' : figure(rate)),
    ),
    row(
      'cyclical range',
      range.base === null || range.max === null ? 'none' : `${figure(range.base)} … ${figure(range.max)}`,
    ),
  ];
  if (count > 1) {
    lines.push(row('seeds', `medians of ${count}; steepest of each: ${seeds.map(describeSeed).join(', ')}`));
  }
  lines.push(row('seconds', figure(result.seconds)));
  return lines.join('\n');
}

/** @param {import('../engine/study/range_test.js').SeedResult} result */
function describeSeed({ suggestion }) {
  return suggestion.steepest === null ? 'none' : figure(suggestion.steepest);
}

/** @param {RunReport} report */
function describeVerdict({ verdict, episodes }) {
  if (verdict === 'stable') return 'stable';
  return `${verdict} instability, ${episodes.length} episode${episodes.length === 1 ? '' : 's'}`;
}

/** @param {Score | null} score */
function formatScore(score) {
  if (!score) return 'none';
  return `loss ${figure(score.loss)}${score.accuracy === null ? '' : `, accuracy ${percent(score.accuracy)}`}`;
}

/** @param {string} label @param {string} text */
function row(label, text) {
  return `${label.padEnd(15)}${text}`;
}

/** @param {number} value */
function figure(value) {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value);
}

/** @param {number} share */
function percent(share) {
  return Number.isFinite(share) ? `${(100 * share).toFixed(2)} %` : String(share);
}
