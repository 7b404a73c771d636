/** What logs show, as a page of its own like every report: verdicts, figures, curves, what to try. */

import { logVerdictInWords } from '../../config/log_verdicts.js';
import { SCHEMA } from '../../config/schema.js';
import { verdictInWords } from '../../config/verdicts.js';
import { count, number, numberOrNaN, percent } from '../../words/numbers.js';
import { capitalize, plural } from '../../words/sentences.js';
import { drawChart, escapeHtml } from './report_chart.js';
import { formatList, formatPage, formatTerm } from './report_page.js';

/**
 * @typedef {import('../inspect/inspect.js').Inspection} Inspection
 * @typedef {import('../inspect/findings.js').RunInspection} RunInspection
 * @typedef {import('../../logs/settle.js').LogRun} LogRun
 * @typedef {import('../../logs/settle.js').Series} Series
 * @typedef {import('./report_chart.js').Point} Point
 */

/** Points of a curve that a page of this width can show. */
const POINTS_MAX = 1200;

const ROLE_NAMES = /** @type {Record<string, { label: string, tone: string }>} */ ({
  loss: { label: 'training loss', tone: 'loss' },
  val_loss: { label: 'validation loss', tone: 'val' },
  lr: { label: 'learning rate', tone: 'rate' },
  grad_norm: { label: 'gradient norm', tone: 'norm' },
  reward: { label: 'reward', tone: 'val' },
});

const SAID = SCHEMA.definitions;

/** How a log is judged. */
const DEFINITIONS = [
  `s is the mean of the logged loss by steps: a row d steps after the one before it has weight 1 − ${SAID.smoothing}^d; summaries of epochs are not smoothed. m is its running minimum, L₀ its first value, or that of guessing where the number of classes is given.`,
  `Unstable where s ≥ max(m + ${SAID.rise_in_baseline} L₀, T), T = min(2m, m + ½(L₀ − m)) where m < L₀ and ${SAID.rise_above_baseline} m elsewhere, if that stands out of the log’s own noise by ${SAID.log_noise} standard deviations.`,
  `Early: in the first ${percent(SAID.early_share)} of the run, or before s fell by ${percent(1 - SAID.early_fall)}. Diverged: from some row to the end nothing is finite.`,
];

/**
 * @param {Inspection} inspection
 * @param {LogRun[]} runs  the series behind its runs
 * @returns {string}  a whole HTML document
 */
export function formatLogReport(inspection, runs) {
  const title = sayTitle(inspection);
  const body = [
    `<h1>${escapeHtml(title)}</h1>`,
    ...(inspection.notes.length > 0 ? [formatList('ul', inspection.notes)] : []),
    ...inspection.runs.map((run, i) => formatRun(run, runs[i])),
    ...(inspection.range_test ? [formatRange(inspection.range_test)] : []),
    ...(inspection.sweep ? [formatSweep(inspection.sweep)] : []),
    '<h2>How it was decided</h2>',
    formatList('ul', DEFINITIONS),
  ];
  return formatPage(`Trainscope: ${title}`, body);
}

/** @param {Inspection} inspection */
function sayTitle({ runs, range_test, sweep }) {
  if (runs.length === 1) return `${runs[0].name}: ${logVerdictInWords(runs[0])}`;
  if (runs.length > 1) return plural(runs.length, 'run');
  return range_test?.name ?? sweep?.name ?? 'Logs';
}

/** @param {RunInspection} run @param {LogRun} log */
function formatRun(run, log) {
  const { norms, warmup, best, rehearsal, unit } = run;
  return [
    `<h2>${escapeHtml(`${run.name}: ${logVerdictInWords(run)}`)}</h2>`,
    `<p class="quiet">${escapeHtml(`${run.source}, up to ${unit} ${count(run.steps)}`)}</p>`,
    ...(run.advice.length > 0 ? ['<h3>What to try next</h3>', formatList('ol', run.advice)] : []),
    ...drawRun(run, log),
    formatEpisodes(run),
    '<dl>',
    ...Object.entries(run.series).map(([role, { name, points }]) =>
      formatTerm(ROLE_NAMES[role]?.label ?? role, `${name} (${plural(points, 'point')})`),
    ),
    ...(norms
      ? [
          formatTerm(
            'norms',
            `median ${number(norms.p50)}, 90th percentile ${number(norms.p90)}, largest ${number(norms.max)}`,
          ),
        ]
      : []),
    ...(warmup
      ? [
          formatTerm(
            'warmup',
            `${plural(warmup.steps, unit)}${warmup.share === null ? '' : `, ${percent(warmup.share)}`}`,
          ),
        ]
      : []),
    ...(run.schedule ? [formatTerm('schedule', run.schedule)] : []),
    ...(best ? [formatTerm('best', `${number(best.loss)} at ${unit} ${count(best.step)}`)] : []),
    ...(rehearsal ? [formatTerm('rehearse it', rehearsal.command, 'code')] : []),
    '</dl>',
    ...(run.code ? [formatCode(run.code)] : []),
    '<h3>What it shows, and what it cannot</h3>',
    formatList('ul', run.notes),
  ].join('\n');
}

/** @param {NonNullable<RunInspection['code']>} code */
function formatCode({ label, command, text }) {
  return `<details><summary>${escapeHtml(`What is advised, as code for ${label}`)}</summary><pre><code>${escapeHtml(text)}</code></pre><p class="quiet">${escapeHtml(`${command} prints it.`)}</p></details>`;
}

/** @param {RunInspection} run */
function formatEpisodes({ episodes, unit }) {
  if (episodes.length === 0) return '';
  const rows = episodes.map(
    (episode) =>
      `<tr><td>${escapeHtml(verdictInWords(episode.kind))}</td>${[
        count(episode.begin),
        count(episode.peak),
        numberOrNaN(episode.loss_peak),
        episode.recovered_at === null ? 'not' : count(episode.recovered_at),
        number(episode.lr),
      ]
        .map((cell) => `<td class="n">${escapeHtml(cell)}</td>`)
        .join('')}</tr>`,
  );
  const heads = ['begin', 'peak', 'loss', 'recovered', 'rate'].map((head) => `<th class="n">${head}</th>`);
  return `<div class="scroll"><table><thead><tr><th>episode (${escapeHtml(unit)}s)</th>${heads.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

/** @param {RunInspection} run @param {LogRun | undefined} log */
function drawRun(run, log) {
  if (!log) return [];
  const { loss, val_loss, lr, grad_norm, reward } = log.series;
  const xLabel = run.unit;
  /** @param {string} role @param {Series | undefined} series */
  const line = (role, series) =>
    series ? [{ label: ROLE_NAMES[role].label, tone: ROLE_NAMES[role].tone, points: thin(series) }] : [];
  const losses = [...line('loss', loss), ...line('val_loss', val_loss), ...(loss ? [] : line('reward', reward))];
  const areAbove = losses.every(({ points }) => points.every(([, y]) => y > 0 || Number.isNaN(y)));
  const rules = run.episodes.slice(0, 8).map(({ begin, kind }) => ({
    axis: /** @type {const} */ ('x'),
    at: begin,
    label: verdictInWords(kind),
    tone: 'bad',
  }));
  return [
    ...(losses.length > 0
      ? [drawChart({ title: 'Loss', xLabel, yLabel: 'loss', yLog: areAbove, series: losses, rules })]
      : []),
    ...(grad_norm
      ? [
          drawChart({
            title: 'Gradient norm',
            xLabel,
            yLabel: 'norm',
            yLog: true,
            series: line('grad_norm', grad_norm),
            rules: run.norms?.p90 ? [{ axis: 'y', at: run.norms.p90, label: '90th percentile', tone: 'norm' }] : [],
          }),
        ]
      : []),
    ...(lr ? [drawChart({ title: 'Learning rate', xLabel, yLabel: 'rate', series: line('lr', lr) })] : []),
  ];
}

/** As many points as can be told apart: of each stretch its lowest and its highest. @param {Series} series @returns {Point[]} */
function thin({ step, value }) {
  if (step.length <= POINTS_MAX) return Array.from(step, (x, i) => [x, value[i]]);
  /** @type {Point[]} */
  const points = [];
  const stretch = Math.ceil((2 * step.length) / POINTS_MAX);
  for (let from = 0; from < step.length; from += stretch) {
    let low = from;
    let high = from;
    for (let i = from; i < Math.min(from + stretch, step.length); i++) {
      if (value[i] < value[low]) low = i;
      if (value[i] > value[high]) high = i;
    }
    for (const i of low === high ? [low] : [Math.min(low, high), Math.max(low, high)]) points.push([step[i], value[i]]);
  }
  return points;
}

/** @param {NonNullable<Inspection['range_test']>} test */
function formatRange(test) {
  const rows = Object.entries(test.presets).map(
    ([preset, { headline, lr }]) =>
      `<tr><td>${escapeHtml(preset)}</td><td>${escapeHtml(headline)}</td><td class="n">${escapeHtml(number(lr))}</td></tr>`,
  );
  return [
    `<h2>${escapeHtml(`${test.name}: ${test.clear ? 'a descent to read rates off' : 'no descent to read a rate off'}`)}</h2>`,
    formatList('ol', test.advice),
    `<div class="scroll"><table><thead><tr><th>as</th><th>rule</th><th class="n">rate</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`,
    formatList('ul', test.notes),
  ].join('\n');
}

/** @param {NonNullable<Inspection['sweep']>} sweep */
function formatSweep(sweep) {
  const groups = sweep.rates.length > 0 ? sweep.rates : sweep.points;
  const rows = groups.map(
    ({ label, trials, median, low, infeasible }) =>
      `<tr><td>${escapeHtml(label)}</td>${[count(trials), number(median), number(low), count(infeasible)].map((cell) => `<td class="n">${escapeHtml(cell)}</td>`).join('')}</tr>`,
  );
  const plotted = sweep.rates.filter(({ median, from }) => median !== null && from !== null);
  return [
    `<h2>${escapeHtml(`${sweep.name}: ${plural(sweep.trials, 'trial')}`)}</h2>`,
    formatList('ol', sweep.advice),
    ...(plotted.length > 1
      ? [
          drawChart({
            title: capitalize(sweep.metric),
            xLabel: sweep.rate ?? '',
            yLabel: sweep.metric,
            xLog: true,
            yLog: true,
            series: [
              {
                label: 'median',
                tone: 'val',
                points: plotted.map(({ from, to, median }) => [Math.sqrt(Number(from) * Number(to)), Number(median)]),
              },
            ],
            marks:
              sweep.lr_best === null || !sweep.best
                ? []
                : [{ x: sweep.lr_best, y: sweep.best.result, shape: 'star', label: `lr* = ${number(sweep.lr_best)}` }],
          }),
        ]
      : []),
    `<div class="scroll"><table><thead><tr><th>${escapeHtml(sweep.rate ?? 'settings')}</th><th class="n">trials</th><th class="n">median</th><th class="n">lowest</th><th class="n">failed</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`,
    formatList('ul', sweep.notes),
  ].join('\n');
}
