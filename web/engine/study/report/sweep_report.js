/** A sweep as an HTML file that needs nothing else: what is best, axis plots, every point and what is missing. */

import { configToSearch, formatSettings } from '../../config/config_text.js';
import { FIELD_BY_NAME } from '../../config/schema.js';
import { count, number } from '../../words/numbers.js';
import { plural, seedsEach } from '../../words/sentences.js';
import { sayUnstableFrom } from '../../words/unstable_rates.js';
import { groupTrials } from '../judge/judge.js';
import { drawAxisPlot } from './axis_plot.js';
import { escapeHtml } from './report_chart.js';
import { DEFINITIONS, formatList, formatPage, formatTerm } from './report_page.js';

/**
 * @typedef {import('../sweep.js').SweepResult} SweepResult
 * @typedef {import('../sweep.js').SweepPoint} SweepPoint
 */

/** Plots that a page has; the table has all points. */
const PLOTS_MAX = 12;

/** Missing trials that are named; what the command prints as JSON has all. */
const MISSING_MAX = 200;

/** @param {SweepResult} result @returns {string}  a whole HTML document */
export function formatSweepPage(result) {
  const { config, best, leading, summary, points, seeds, trials, size, notes, missing } = result;
  const settings = configToSearch(config);
  const title = sayBest(result);
  return formatPage(`Trainscope sweep: ${title}`, [
    `<h1>${escapeHtml(title)}</h1>`,
    `<p class="quiet">${escapeHtml(`${plural(points.length, 'point')}, ${seedsEach(seeds)}; ${count(trials.length)} of ${plural(size, 'trial')} ${trials.length === size ? 'are' : 'is all that is'} here.`)}</p>`,
    ...notes.map((note) => `<p>${escapeHtml(note)}</p>`),
    '<dl>',
    ...(best
      ? [formatTerm('best', formatSettings(best.changes), 'code'), formatTerm('its loss', number(best.median))]
      : []),
    ...(summary
      ? [
          formatTerm('unstable from', sayUnstableFrom(summary)),
          formatTerm('at the edge', summary.at_edge ? 'yes' : 'no'),
          formatTerm('LR sensitivity', number(summary.lr_sensitivity)),
        ]
      : []),
    formatTerm('settings of all', settings === '' ? 'all at their defaults' : settings, 'code'),
    '</dl>',
    ...drawPlots(result),
    '<h2>Every point</h2>',
    formatPoints(points, (best ?? leading)?.changes),
    ...(missing.length > 0 ? ['<h2>Missing</h2>', formatList('ul', listMissing(missing))] : []),
    '<h2>How it was decided</h2>',
    formatList('ul', DEFINITIONS),
  ]);
}

/** @param {SweepResult} result */
function sayBest({ best, leading, trials, size }) {
  if (best) return `Best of all: ${formatSettings(best.changes)}`;
  if (trials.length === size) return 'No point is feasible';
  const lowest = leading ? `; the lowest of them is ${formatSettings(leading.changes)}` : '';
  return `The best is not known from ${count(trials.length)} of ${plural(size, 'trial')}${lowest}`;
}

/** Against the rate, or the first quantity, a plot for each of the other settings. @param {SweepResult} result */
function drawPlots({ over, trials, best, summary }) {
  const quantities = over.filter(({ field }) => ['real', 'int'].includes(FIELD_BY_NAME.get(field)?.kind ?? ''));
  const along = quantities.find(({ field }) => field === 'lr') ?? quantities[0];
  if (!along || along.values.length < 2) return [];
  const name = FIELD_BY_NAME.get(along.field)?.label ?? along.field;
  /** @param {import('../sweep.js').SweepTrial} trial */
  const othersOf = ({ changes }) =>
    Object.fromEntries(Object.entries(changes).filter(([field]) => field !== along.field));
  // Of points that were drawn, hardly two share their other settings.
  const groups = groupTrials(trials, othersOf).filter(
    (group) => new Set(group.map(({ changes }) => changes[along.field])).size > 1,
  );
  const plots = groups.slice(0, PLOTS_MAX).map((group) => {
    const others = othersOf(group[0]);
    const where = formatSettings(others);
    const row =
      along.field === 'lr' ? summary?.rows.find(({ changes }) => formatSettings(changes) === where) : undefined;
    const isBest = best !== null && formatSettings(othersOf(best)) === where;
    const starred = row ? row.lr_best : isBest ? Number(best.changes[along.field]) : null;
    return [
      where === '' ? '' : `<h3><code>${escapeHtml(where)}</code></h3>`,
      drawAxisPlot({
        title: `Best checkpoint against: ${name}${where === '' ? '' : `; ${where}`}`,
        xLabel: name,
        trials: group.map((trial) => ({ ...trial, at: Number(trial.changes[along.field]) })),
        best: starred,
        bestName: along.field === 'lr' ? 'lr*' : 'best',
        unstable: row?.lr_unstable ?? null,
      }),
    ].join('\n');
  });
  const left = groups.length - plots.length;
  return [
    ...plots,
    ...(left > 0 ? [`<p class="quiet">${plural(left, 'plot')} more would follow; the table has all points.</p>`] : []),
  ];
}

/** @param {SweepPoint[]} points @param {import('../sweep.js').Settings} [starred] */
function formatPoints(points, starred) {
  const mark = starred === undefined ? '' : formatSettings(starred);
  const rows = points.map(({ changes, loss, seeds, infeasible, unstable, feasible }) => {
    const name = formatSettings(changes);
    return `<tr><td><code>${escapeHtml(name)}</code>${name === mark ? ' ★' : ''}</td><td class="n">${escapeHtml(number(loss))}</td><td class="n ${feasible ? '' : 'failed'}">${infeasible}</td><td class="n">${unstable}</td><td class="n">${seeds}</td></tr>`;
  });
  return `<div class="scroll"><table><thead><tr><th>settings</th><th class="n">best loss</th><th class="n">infeasible</th><th class="n">unstable</th><th class="n">seeds</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

/** Names of trials that are missing, the first of many. @param {SweepResult['missing']} missing */
export function listMissing(missing, most = MISSING_MAX) {
  const named = missing.slice(0, most).map(({ changes, seed }) => `${formatSettings(changes)}, seed ${seed}`);
  const left = missing.length - named.length;
  return left > 0 ? [...named, `and ${count(left)} more`] : named;
}
