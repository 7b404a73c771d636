/** What `lr-find` says to a reader: the same facts as --json, in a few lines. */

import { significant } from '../engine/words/numbers.js';
import { uncapitalize, withoutStop } from '../engine/words/sentences.js';
import { exact, row } from './report.js';

/**
 * @typedef {import('../engine/study/range_result.js').RangeResult} RangeResult
 * @typedef {import('../engine/study/range_result.js').TriedResult} TriedResult
 * @typedef {import('../engine/study/range_result.js').Rule} Rule
 */

/** @param {RangeResult | TriedResult} result */
export function formatRangeReport(result) {
  const { suggestion, counting, halfway, range, seeds, lr, headline, message } = result;
  const rate = ('chosen' in result ? result.chosen?.lr : null) ?? suggestion[headline];
  const lines = [
    row('points', `${lr.length}, lr ${exact(lr[0])} … ${exact(lr[lr.length - 1])}`),
    row('ended', result.ending),
    ...(message === null ? [] : [row('not clear', message)]),
    ...Object.entries(suggestion).map(([rule, rate]) =>
      row(
        nameRule(rule),
        `${rate === null ? 'none' : exact(rate)}${formatCounting(counting[/** @type {Rule} */ (rule)])}`,
      ),
    ),
    ...(halfway.says === null ? [] : [row('halfway', halfway.says)]),
    row(
      'cyclical range',
      range.base === null || range.max === null ? 'none' : `${exact(range.base)} … ${exact(range.max)}`,
    ),
    ...('tried' in result ? formatTries(result) : []),
  ];
  if (seeds.length > 1) {
    // What was tried is what they read, whatever their curves say.
    const kind = 'tried' in result ? 'read' : 'suggestion';
    const each = seeds.map(({ [kind]: { [headline]: rate } }) => (rate === null ? 'none' : exact(rate)));
    lines.push(row('seeds', `medians of ${seeds.length}; ${nameRule(headline)} of each: ${each.join(', ')}`));
  }
  lines.push(row('seconds', exact(result.seconds)));
  if (rate !== null) {
    lines.push(
      row(
        'to use it',
        `train --lr ${significant(rate)} with the same settings; train --auto-lr tests, tries and trains in one go`,
      ),
    );
  }
  return lines.join('\n');
}

/** A short training each. @param {TriedResult} result */
function formatTries({ tried, chosen, middle }) {
  const lines = tried.map((one, i) => {
    const who = one.rules.length > 0 ? ` (${one.rules.map(nameRule).join(', ')})` : '';
    const loss = one.val === null ? '' : `, ${one.split} loss ${exact(one.val)}`;
    const regret = one.regret === null ? '' : `, ${exact(one.regret)} above the lowest`;
    const verdict = one.learns ? '' : `, ${one.verdict}`;
    const label = i === 0 ? `tried ${one.seeds} × ${one.steps}` : '';
    return row(label, `lr ${exact(one.lr)}${who}${loss}${regret}${verdict}${one === chosen ? ' ★' : ''}`);
  });
  return middle === null ? lines : [...lines, row('★', middle)];
}

/** @param {string} rule */
function nameRule(rule) {
  return rule.replace('minimum_tenth', 'minimum/10');
}

/** How far the seeds lie apart, and with how many the rate counts; nothing where one stands alone. @param {string | null} said */
function formatCounting(said) {
  return said === null ? '' : `  (${withoutStop(uncapitalize(said))})`;
}
