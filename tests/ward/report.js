/** The ward's table, for a reader. */

import { number } from '../../web/engine/words/numbers.js';
import { WELL } from './roll.js';
import { CURED, isAlarm } from './score.js';

/** @typedef {import('./score.js').Row} Row */

const HEAD = `A result is worth the share of the loss of guessing that training took away, 1 - loss / L0, by the best checkpoint on
validation data, in the median of nine seeds that did not choose the fix; with classes also their accuracy. The share
reached is that of the best known result, the lower of the two. A fix cures from ${CURED}.`;

/** @param {{ totals: import('./score.js').Totals, confusion: { disease: string, called: Record<string, number> }[],
 *            rows: Row[], left_out: { id: string, doubt: string | null }[] }} ward */
export function formatWard({ totals, confusion, rows, left_out: leftOut }) {
  return [
    HEAD,
    '',
    ...rows.map(formatRow),
    '',
    ...formatConfusion(confusion),
    ...(leftOut.length === 0 ? [] : ['', 'Left out, not being what they are said to be with these seeds:']),
    ...leftOut.map(({ id, doubt }) => `  ${id}: ${doubt}`),
    '',
    `right first cause ${totals.right} of ${totals.patients} (among the causes: ${totals.named})`,
    `fix within ${CURED} of the best known ${totals.cured} of ${totals.patients} (by accuracy alone: ${totals.cured_accuracy})`,
    `false alarms ${totals.alarms} of ${totals.healthy} healthy`,
    `fixes that are not what they say ${totals.broken}`,
    `slowest diagnosis ${number(totals.seconds, { digits: 3 })} s`,
  ].join('\n');
}

/**
 * Whether they are what they are said to be.
 *
 * @param {({ id: string, done: string } & import('./known.js').Known)[]} rows
 */
export function formatVerification(rows) {
  return rows
    .map(({ id, done, own, best, doubt, by_rate, rival }) => {
      const losses = `loss ${writeLoss(own.loss)}, best known ${writeLoss(best.loss)}`;
      const share =
        by_rate === null ? '' : `, the best rate gives back ${by_rate.toFixed(2)}, ${rival ?? 'nothing else'}`;
      return `${doubt ? 'DOUBT' : 'sound'} ${id.padEnd(44)} ${done.padEnd(34)} ${losses}${share}${doubt ? `: ${doubt}` : ''}`;
    })
    .join('\n');
}

/** One of the ward in one line. @param {Row} row */
export function formatRow(row) {
  const { id, disease, done, verdict, first, causes, fix, before, after, best, share, seconds, broken } = row;
  const isRight = disease === WELL ? !isAlarm(row) : first === disease;
  return [
    isRight ? 'right' : 'WRONG',
    share >= CURED ? 'cured' : 'ILL  ',
    id.padEnd(44),
    done.padEnd(34),
    verdict.padEnd(9),
    `${causes.join(', ') || WELL};`,
    `fix ${fix ? writeChanges(fix.changes) : 'none'};`,
    `${writeLoss(before)} → ${writeLoss(after)}, best ${writeLoss(best)}: ${share.toFixed(3)},`,
    `${seconds.toFixed(1)} s${broken ? `; ${broken}` : ''}`,
  ].join(' ');
}

/** @param {number} value */
function writeLoss(value) {
  return number(value, { digits: 3 });
}

/** @param {object} changes */
function writeChanges(changes) {
  return Object.entries(changes)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

/**
 * Diseases in rows, what they were called in columns.
 *
 * @param {{ disease: string, called: Record<string, number> }[]} confusion
 */
function formatConfusion(confusion) {
  const names = confusion.map(({ disease }) => disease);
  const called = [...new Set([...names, ...confusion.flatMap((row) => Object.keys(row.called))])];
  const letters = called.map((_, i) => String.fromCharCode(97 + i));
  const width = Math.max(...called.map((name) => name.length));
  return [
    `${'disease'.padEnd(width)}     ${letters.map((letter) => letter.padStart(3)).join('')}   called first`,
    ...called.map((disease, i) => {
      const counts = confusion.find((row) => row.disease === disease)?.called ?? {};
      const cells = called.map((name) => `${counts[name] ?? '·'}`.padStart(3));
      return `${disease.padEnd(width)}  ${letters[i]}  ${cells.join('')}`;
    }),
  ];
}
