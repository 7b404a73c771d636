/** The gallery for a reader: its list, what happened in an entry's cells, and how a check went. */

import { isInstability } from '../engine/config/verdicts.js';
import { finalAccuracy, finalLoss, span, writePercent } from '../engine/study/gallery/judging.js';
import { count, number } from '../engine/words/numbers.js';

/**
 * @typedef {import('../engine/study/gallery/index.js').Entry} Entry
 * @typedef {import('../engine/study/gallery/entry.js').Cell} Cell
 * @typedef {import('../engine/study/gallery/entry.js').CellTrial} CellTrial
 * @typedef {import('../engine/study/gallery/check.js').EntryRun} EntryRun
 * @typedef {import('../engine/study/gallery/check.js').CheckResult} CheckResult
 */

const NEEDS = { glyphs: 'generated', 'fashion-mnist': 'Fashion-MNIST' };

/** @param {Entry[]} entries */
export function formatGalleryList(entries) {
  const width = widest(entries.map(({ id }) => id));
  const indent = ' '.repeat(width + 2);
  return entries
    .flatMap(({ id, title, line, needs }) => [`${id.padEnd(width)}  ${title} (${NEEDS[needs]})`, `${indent}${line}`])
    .join('\n');
}

/** @param {EntryRun} run */
export function formatEntryRun({ entry, cells, results, judgement }) {
  const rows = [
    ['', 'final loss', 'accuracy', 'clipped', 'what happened'],
    ...cells.map((cell) => describeCell(cell, results[cell.id])),
  ];
  const widths = rows[0].map((_, column) => widest(rows.map((row) => row[column])));
  return [
    `${entry.title}. ${entry.line}`,
    '',
    ...rows.map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    ),
    '',
    `Criterion: ${entry.criterion}`,
    `${judgement.passed ? 'Shown' : 'Not shown'}: ${judgement.figure}`,
    '',
    `Look for: ${entry.text.look}`,
    `Why: ${entry.text.why}`,
    `Source: ${entry.text.source.label}${entry.text.source.url ? `, ${entry.text.source.url}` : ''}`,
  ].join('\n');
}

/** @param {CheckResult[]} results */
export function formatGalleryCheck(results) {
  const width = widest(results.map(({ id }) => id));
  const lines = results.flatMap(({ id, passed, figure: text, criterion }) => {
    const mark = passed === null ? '–' : passed ? '✓' : '✗';
    const line = `${mark} ${id.padEnd(width)}  ${text}`;
    return passed === false ? [line, `${' '.repeat(width + 4)}wanted: ${criterion}`] : [line];
  });
  const passed = results.filter((result) => result.passed).length;
  const skipped = results.filter((result) => result.skipped).length;
  const rest = skipped > 0 ? `, ${skipped} skipped` : '';
  return [...lines, `${passed} of ${results.length} shown${rest}`].join('\n');
}

/** @param {Cell} cell @param {CellTrial[]} trials */
function describeCell({ label }, trials) {
  const finished = trials.filter(({ diverged, val }) => !diverged && val);
  return [
    label,
    span(trials.map(finalLoss)),
    finished.length > 0 ? span(finished.map(finalAccuracy), writePercent) : '',
    trials.some(({ clipped_fraction }) => clipped_fraction > 0)
      ? span(
          trials.map(({ clipped_fraction }) => clipped_fraction),
          writePercent,
        )
      : '',
    trials[0]?.range ? describeSuggestions(trials) : describeEnds(trials),
  ];
}

/** @param {CellTrial[]} trials */
function describeSuggestions(trials) {
  return `suggests ${trials.map(({ range }) => number(range?.suggestion.steepest)).join(' ')}`;
}

/** How many runs diverged, were unstable or stable. @param {CellTrial[]} trials */
function describeEnds(trials) {
  /** @type {Map<string, number>} */
  const ends = new Map();
  for (const trial of trials) {
    const end = trial.diverged
      ? `diverged at step ${count(trial.diverged_at)}`
      : isInstability(trial.verdict)
        ? `${trial.verdict} instability`
        : trial.infeasible
          ? 'does not learn'
          : trial.verdict;
    ends.set(end, (ends.get(end) ?? 0) + 1);
  }
  return [...ends].map(([end, times]) => (trials.length > 1 ? `${times} × ${end}` : end)).join(', ');
}

/** @param {string[]} texts */
function widest(texts) {
  return Math.max(0, ...texts.map((text) => text.length));
}
