/** The gallery for a reader: its list, what happened in an entry's cells, and how a check went. */

import { countFates, FATES } from '../engine/config/fate.js';
import { finalAccuracy, finalLoss, span, writePercent } from '../engine/study/gallery/judging.js';
import { number } from '../engine/words/numbers.js';

/**
 * @typedef {import('../engine/study/gallery/index.js').Entry} Entry
 * @typedef {import('../engine/study/gallery/entry.js').Cell} Cell
 * @typedef {import('../engine/study/gallery/entry.js').CellTrial} CellTrial
 * @typedef {import('../engine/study/gallery/check.js').EntryRun} EntryRun
 * @typedef {import('../engine/study/gallery/check.js').CheckResult} CheckResult
 */

const NEEDS = { glyphs: 'generated', tokens: 'generated', 'fashion-mnist': 'Fashion-MNIST' };

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
  // A range test is no training that could go well: it has its rates to tell, and no more.
  if (trials[0]?.range) return [label, '', '', '', describeSuggestions(trials)];
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
    describeEnds(trials),
  ];
}

/** @param {CellTrial[]} trials */
function describeSuggestions(trials) {
  return `suggests ${trials.map(({ range }) => number(range?.suggestion.steepest)).join(' ')}`;
}

/** How many runs ended in which way. @param {CellTrial[]} trials */
function describeEnds(trials) {
  return countFates(trials)
    .map(({ fate, count: times }) => (trials.length > 1 ? `${times} × ${FATES[fate].short}` : FATES[fate].short))
    .join(', ');
}

/** @param {string[]} texts */
function widest(texts) {
  return Math.max(0, ...texts.map((text) => text.length));
}
