/**
 * What all charts over steps share, whatever they draw: how far they reach, where warmup and instabilities lie, where
 * settings changed, and where a run ended.
 *
 * @typedef {import('./charts.js').StepChart} StepChart
 * @typedef {import('./charts.js').View} View
 * @typedef {import('../../charts/line/scene.js').Scene} Scene
 * @typedef {import('../state/run.js').Run} Run
 */
import { instabilityInWords, kindOfEpisode, nameVerdict } from '../../engine/config/verdicts.js';
import { count } from '../../engine/words/numbers.js';
import { uncapitalize } from '../../engine/words/sentences.js';
import { settingInWords } from '../../engine/words/settings.js';
import { beginOfEpisode } from '../events/live_cause.js';
import { reachOf } from '../opening/reach.js';

/** Marks of live changes nearer than this share of the run are one mark. */
const CLUSTER = 0.035;

/** Of episodes that are nearer to each other than this share of the run, the first is named. */
const NEAR = 0.25;

/** @param {StepChart} chart @param {View} view @returns {Scene} */
export function sceneOf(chart, view) {
  const { lab } = view;
  const { focus: run } = lab;
  const empty = `The ${uncapitalize(chart.heading)} of every step will stand here.`;
  if (!run) return { layers: [], from: 0, to: 1000, empty };
  const to = endOf(run, lab.runs.overlays);
  return {
    layers: chart.layers(run, view, chart.quantity),
    from: 0,
    to,
    regions: regionsOf(chart, run, to),
    marks: chart.ends && run.status === 'diverged' ? [endMark(chart, run)] : [],
    verticals: changeLines(chart, run, to, view),
    horizontals: chart.horizontals?.(run, view) ?? [],
    ceiling: chart.ceiling?.(run),
    empty: run.alive ? empty : '',
    summary: summaryOf(chart, run, view),
  };
}

/** The last step that is shown. @param {Run} run @param {Run[]} overlays */
function endOf(run, overlays) {
  // What diverged in its first steps is shown as large as it was short.
  if (run.status === 'diverged') return Math.max(10, Math.min(run.totalSteps, Math.max(12, run.step * 1.5)));
  // As long as it goes on, what it does now is what is to be seen.
  if (run.alive) return Math.max(10, reachOf(run.step, run.startStep, run.totalSteps));
  const behind = overlays.map((other) => Math.min(other.step, run.totalSteps * 3 || other.step));
  return Math.max(10, run.totalSteps, ...behind);
}

/** Warmup, and the episodes of instability. @param {StepChart} chart @param {Run} run @param {number} to */
function regionsOf({ names }, run, to) {
  const warmup = Number(run.inForce.warmup_steps);
  const regions =
    warmup > 0 ? [{ from: 0, to: warmup, color: 'lr', label: names.includes('warmup') ? 'warmup' : '' }] : [];
  let labelled = Number.NEGATIVE_INFINITY;
  const deadAt = run.summary?.dead_at ?? -1;
  // Of a run that is well, bumps that were soon over are no alarm.
  const isQuiet = run.summary !== null && nameVerdict(run.summary.verdict) === 'recovered';
  for (const episode of run.episodes) {
    const { recovered_at } = episode;
    const begin = beginOfEpisode(run, episode);
    const hasRoom = begin - labelled > to * NEAR && (deadAt < 0 || deadAt - begin > to * NEAR);
    const isNamed = names.includes('episodes') && run.status !== 'diverged' && hasRoom;
    if (isNamed) labelled = begin;
    const name = kindOfEpisode(episode) === 'early' ? instabilityInWords('early') : 'unstable';
    regions.push({
      from: begin,
      to: recovered_at >= 0 ? recovered_at : Math.max(run.step, begin + to / 100),
      color: isQuiet ? 'soft' : 'instability',
      label: isNamed ? (isQuiet ? 'recovered' : name) : '',
    });
  }
  if (deadAt >= 0) {
    const isNamed = names.includes('episodes') && run.status !== 'diverged';
    // The episode that it died in is shaded to the end; without one, its death is.
    const isShaded = run.episodes.length > 0;
    const end = Math.max(run.step, deadAt + 1);
    if (isNamed || !isShaded)
      regions.push({ from: deadAt, to: end, color: 'instability', label: isNamed ? 'dead' : '' });
  }
  return regions;
}

/** Where a run that diverged had its last finite loss. @param {StepChart} chart @param {Run} run @returns {import('../../charts/line/scene.js').Mark} */
function endMark({ names, series }, { lastFinite, step, summary }) {
  return {
    x: lastFinite?.step ?? step,
    y: lastFinite && series ? lastFinite[series] : null,
    kind: 'cross',
    color: 'instability',
    label: names.includes('end') ? `diverged at ${count(summary?.diverged_at ?? step)}` : '',
  };
}

/** Live changes and forks as vertical lines; near ones share a label. @param {StepChart} chart @param {Run} run @param {number} to @param {View} view */
function changeLines({ names }, run, to, { lab }) {
  const isNamed = names.includes('changes');
  /** @type {import('../../charts/line/scene.js').Vertical[]} */
  const lines = [];
  if (run.startStep > 0)
    lines.push({ x: run.startStep, label: isNamed ? `fork at ${run.startStep}` : '', color: 'soft' });
  /** @type {Map<string, import('../state/run.js').Change[]>} */
  const clusters = new Map();
  for (const change of run.changes) {
    if (change.step > run.step) continue;
    const list = clusters.get(change.field) ?? [];
    const last = list[list.length - 1];
    if (last && change.step - last.step < to * CLUSTER) list[list.length - 1] = change;
    else list.push(change);
    clusters.set(change.field, list);
  }
  for (const { step, field, value } of [...clusters.values()].flat().sort((a, b) => a.step - b.step)) {
    // The fork's own line stands there.
    if (step === run.startStep && run.startStep > 0 && !isNamed) continue;
    const label = isNamed ? settingInWords(field, value) : '';
    lines.push({ x: step, label, color: lab.field(field).quantity ?? 'soft' });
  }
  return lines;
}

/** What a listener should know of a chart. @param {StepChart} chart @param {Run} run @param {View} view */
function summaryOf({ ends, sentence }, run, view) {
  const { summary } = run;
  if (!summary) return 'No steps yet.';
  const end = ends && run.status === 'diverged' ? ` The run diverged at step ${count(summary.diverged_at)}.` : '';
  return `After ${count(run.step)} of ${count(run.totalSteps)} steps: ${sentence(run, summary, view)}.${end}`;
}
