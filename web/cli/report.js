/** Results for a reader: the same facts as --json, in a few lines. */

import { formatSettings } from '../engine/config/config_text.js';
import { sayInfeasible } from '../engine/config/fate.js';
import { instabilityInWords, isInstability, verdictInWords } from '../engine/config/verdicts.js';
import { clippedInWords, summaryNormsInWords } from '../engine/words/norms.js';
import { bytes, count, number, numberOrNaN, percent } from '../engine/words/numbers.js';
import { plural } from '../engine/words/sentences.js';
import { sayUnstableFrom } from '../engine/words/unstable_rates.js';

/**
 * @typedef {import('../engine/run/run_report.js').RunReport} RunReport
 * @typedef {import('../engine/run/session.js').Score} Score
 * @typedef {import('../engine/study/sweep.js').SweepResult} SweepResult
 * @typedef {import('../engine/study/sweep.js').SweepPoint} SweepPoint
 * @typedef {import('../engine/study/sweep.js').RateRow} RateRow
 */

/**
 * @param {RunReport} report
 * @param {{ remarks: string[], memoryBytes: number, summary: Record<string, number>, continuation: { prompt: string,
 *   text: string } | null }} run  remarks: sentences about the run that the user should know; summary: C's
 */
export function formatRunReport(report, { remarks, memoryBytes, summary, continuation }) {
  const { best, episodes } = report;
  const lines = [
    ...remarks,
    row('steps', `${count(report.steps)}${report.diverged ? `, diverged at step ${count(report.diverged_at)}` : ''}`),
    row('parameters', count(report.parameters)),
    row('memory', `${bytes(memoryBytes)}, the data apart`),
    row('train', formatScore(report.train)),
    row('validation', report.val ? formatScore(report.val) : 'no validation data'),
    row('best', best ? `${formatScore(best)} at step ${count(best.step)}` : 'none'),
    row('gradient norm', summaryNormsInWords(summary)),
    row('clipped', summary.clippable_steps > 0 ? clippedInWords(summary, (share) => percent(share, 2)) : 'nothing'),
    row('verdict', describeVerdict(report, summary)),
    ...episodes.map((episode) =>
      row(
        '',
        `${episode.kind} instability from step ${count(episode.begin)}, peak ${exact(episode.loss_peak)} at step ${count(episode.peak)}, ${
          episode.recovered_at === null ? 'not recovered' : `recovered at step ${count(episode.recovered_at)}`
        }`,
      ),
    ),
    row('speed', `${count(report.samples_per_second)} samples/s`),
    row('digest', report.digest),
    ...(continuation ? [row('prompt', continuation.prompt), row('goes on', continuation.text)] : []),
  ];
  return lines.join('\n');
}

/** @param {SweepResult} result @param {string[]} [missing]  names of trials that a reader should know to be missing */
export function formatSweepReport(result, missing = []) {
  const { points, best, leading, summary, notes, trials, size } = result;
  const names = points.map(({ changes }) => formatSettings(changes));
  const width = Math.max(0, ...names.map((name) => name.length));
  const lines = points.map((point, i) => `${names[i].padEnd(width)}  ${describePoint(point, best?.changes)}`);
  if (points.length > 0 && trials.length === size)
    lines.push(row('best', best ? formatSettings(best.changes) : 'no point is feasible'));
  else if (points.length > 0) {
    const lowest = leading ? `; the lowest of them is ${formatSettings(leading.changes)}` : '';
    lines.push(row('best', `not known from ${count(trials.length)} of ${plural(size, 'trial')}${lowest}`));
  }
  for (const rates of summary?.rows ?? []) lines.push(...describeRates(rates));
  lines.push(...notes.map((note) => row('note', note)));
  lines.push(...missing.map((trial) => row('missing', trial)));
  return lines.join('\n');
}

/** @param {SweepPoint} point @param {import('../engine/config/config.js').SomeSettings} [best]  the best point's changes */
function describePoint({ changes, loss, seeds, infeasible, unstable }, best) {
  /** @param {number} count */
  const share = (count) => (seeds === 1 ? '' : ` ${count} of ${seeds}`);
  return [
    `best loss ${loss === null ? 'none' : exact(loss)}`,
    ...(infeasible > 0 ? [`infeasible${share(infeasible)}`] : []),
    ...(unstable > 0 ? [`unstable${share(unstable)}`] : []),
    ...(changes === best ? ['★'] : []),
  ].join(', ');
}

/** @param {RateRow} rates */
function describeRates(rates) {
  const { changes, lr_best, at_edge, lr_sensitivity } = rates;
  const where = Object.keys(changes).length > 0 ? ` (${formatSettings(changes)})` : '';
  if (lr_best === null) return [row(`lr*${where}`, 'no rate is feasible')];
  return [
    row(`lr*${where}`, `${exact(lr_best)}${at_edge ? ', at the edge of instability' : ''}`),
    row(`unstable from${where}`, sayUnstableFrom(rates, exact)),
    ...(lr_sensitivity === null ? [] : [row(`LR sensitivity${where}`, number(lr_sensitivity))]),
  ];
}

/**
 * What is stable may have learned nothing, which no curve that stays where guessing is says of itself.
 *
 * @param {RunReport} report @param {Record<string, number>} summary  C's
 */
function describeVerdict(report, summary) {
  const { verdict, episodes, infeasible, diverged } = report;
  const { dead_at, baseline_loss, floor_loss } = summary;
  if (!isInstability(verdict)) {
    const bumps = episodes.length > 0 ? `, ${plural(episodes.length, 'bump')}` : '';
    const guesses = infeasible && !diverged ? `, but ${sayInfeasible({ ...report, baseline_loss, floor_loss })}` : '';
    return `${verdictInWords(verdict)}${bumps}${guesses}`;
  }
  const since = dead_at < 0 ? '' : ` since step ${count(dead_at)}`;
  return `${instabilityInWords(verdict)}${since}, ${plural(episodes.length, 'episode')}`;
}

/** @param {Score | null} score */
function formatScore(score) {
  if (!score) return 'none';
  const { loss, accuracy, exact: whole } = score;
  const right = accuracy === null ? '' : `, accuracy ${percent(accuracy, 2)}`;
  return `loss ${exact(loss)}${right}${typeof whole === 'number' ? `, all right in ${percent(whole, 2)}` : ''}`;
}

/** @param {string} label @param {string} text */
export function row(label, text) {
  return `${label.padEnd(14)} ${text}`;
}

/** A measurement with as many digits as tell two runs apart. @param {number} value */
export function exact(value) {
  return numberOrNaN(value, { digits: 4 });
}
