/** What `inspect` says on a terminal. */

import { logVerdictInWords } from '../engine/config/log_verdicts.js';
import { verdictInWords } from '../engine/config/verdicts.js';
import { count, number, numberOrNaN, percent } from '../engine/words/numbers.js';
import { RULE_NAMES } from '../engine/words/range_rules.js';
import { plural } from '../engine/words/sentences.js';

/**
 * @typedef {import('../engine/study/inspect/inspect.js').Inspection} Inspection
 * @typedef {import('../engine/study/inspect/findings.js').RunInspection} RunInspection
 */

/** Settings of a table that are shown. */
const POINTS_SHOWN = 12;

/** @param {Inspection} inspection */
export function formatInspection({ runs, range_test, sweep, notes }) {
  return [
    ...runs.map(formatRun),
    ...(range_test ? [formatRange(range_test)] : []),
    ...(sweep ? [formatSweep(sweep)] : []),
    ...notes,
  ].join('\n\n');
}

/** @param {RunInspection} run */
function formatRun(run) {
  const { unit, norms, warmup, best, rehearsal } = run;
  const lines = [
    run.name,
    row(
      'read as',
      `${run.source}, ${unit}s up to ${count(run.steps)}${run.planned ? ` of ${count(run.planned)}` : ''}`,
    ),
    ...Object.entries(run.series).map(([role, { name, points }]) => row(role, `"${name}", ${plural(points, 'point')}`)),
    row('verdict', logVerdictInWords(run)),
    ...run.episodes.map((episode) =>
      row(
        '',
        `${verdictInWords(episode.kind)} from ${unit} ${count(episode.begin)}, peak ${numberOrNaN(episode.loss_peak)} at ${count(episode.peak)}, ${
          episode.recovered_at === null ? 'not recovered' : `recovered at ${count(episode.recovered_at)}`
        }`,
      ),
    ),
    ...(norms
      ? [
          row(
            'norms',
            `median ${number(norms.p50)}, 90th percentile ${number(norms.p90)}, largest ${number(norms.max)}`,
          ),
        ]
      : []),
    ...(warmup
      ? [row('warmup', `${plural(warmup.steps, unit)}${warmup.share === null ? '' : `, ${percent(warmup.share)}`}`)]
      : []),
    ...(run.schedule ? [row('schedule', run.schedule)] : []),
    ...(best ? [row('best', `${number(best.loss)} at ${unit} ${count(best.step)}`)] : []),
    ...run.notes.map((note) => row('note', note)),
    ...run.advice.map((advice, i) => row(i === 0 ? 'try next' : '', `${i + 1}. ${advice}`)),
    ...(run.code ? [row('as code', run.code.command)] : []),
    ...(rehearsal ? [row('rehearse', rehearsal.command)] : []),
  ];
  return lines.join('\n');
}

/** @param {NonNullable<Inspection['range_test']>} test */
function formatRange(test) {
  const rules = /** @type {[keyof typeof RULE_NAMES, number | null][]} */ (Object.entries(test.suggestion));
  return [
    test.name,
    row('curve', `${plural(test.points, 'rate')} from ${number(test.lr_min)} to ${number(test.lr_max)}`),
    row('clear', test.clear ? 'yes' : 'no'),
    ...rules.filter(([, lr]) => lr !== null).map(([rule, lr]) => row(RULE_NAMES[rule], number(lr))),
    ...Object.entries(test.presets).map(([preset, { headline, lr }]) =>
      row('', `${preset} would say ${number(lr)} (${headline})`),
    ),
    ...test.notes.map((note) => row('note', note)),
    ...test.advice.map((advice, i) => row(i === 0 ? 'try next' : '', `${i + 1}. ${advice}`)),
  ].join('\n');
}

/** @param {NonNullable<Inspection['sweep']>} sweep */
function formatSweep(sweep) {
  const groups = sweep.rates.length > 0 ? sweep.rates : sweep.points.slice(0, POINTS_SHOWN);
  return [
    sweep.name,
    row('read as', `${sweep.source}, ${plural(sweep.trials, 'trial')}, ${count(sweep.infeasible)} infeasible`),
    row('best', sweep.best ? `${number(sweep.best.result)} (${sweep.best.label})` : 'none'),
    ...(sweep.lr_best === null ? [] : [row('lr*', `${number(sweep.lr_best)}${sweep.at_edge ? ', at the edge' : ''}`)]),
    ...groups.map((group, i) =>
      row(
        i === 0 ? (sweep.rate ?? 'settings') : '',
        `${group.label}: median ${number(group.median)} of ${plural(group.trials, 'trial')}`,
      ),
    ),
    ...sweep.notes.map((note) => row('note', note)),
    ...sweep.advice.map((advice, i) => row(i === 0 ? 'try next' : '', `${i + 1}. ${advice}`)),
  ].join('\n');
}

/** @param {string} label @param {string} text */
function row(label, text) {
  return `  ${label.padEnd(16)} ${text}`;
}
