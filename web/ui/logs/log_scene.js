/** What the charts of "Your runs" show: the same quantity of all runs, that in focus in front, with its episodes. */

import { LogSeries } from './log_series.js';

/**
 * @typedef {import('./your_logs.js').ShownRun} ShownRun
 * @typedef {import('../../charts/line/scene.js').Scene} Scene
 * @typedef {'loss' | 'val_loss' | 'lr' | 'grad_norm' | 'reward'} Role
 */

/** Colours of runs, which repeat. */
const COLORS = ['run-1', 'run-2', 'run-3', 'run-4', 'run-5', 'run-6'];

/** Of a run by its place in the list. @param {number} place */
export function colorOf(place) {
  return COLORS[place % COLORS.length];
}

/** Series of what was read, made once. @type {WeakMap<Float64Array, LogSeries>} */
const made = new WeakMap();

/** Of more runs than these, those behind are drawn as fine lines with a value for so many pixels. */
const MANY = 8;
const BEHIND = 3;

/** @param {{ step: Float64Array, value: Float64Array }} series @param {number} pixels  to a value */
function drawable(series, pixels) {
  let points = made.get(series.value);
  if (!points) {
    points = new LogSeries(series);
    made.set(series.value, points);
  }
  points.pixels = pixels;
  return points;
}

/** Whether any run has one of these quantities. @param {ShownRun[]} runs @param {Role[]} roles */
export function hasAny(runs, roles) {
  return runs.some(({ series }) => roles.some((role) => series[role]));
}

/**
 * @param {{ runs: ShownRun[], focus: ShownRun | null }} logs
 * @param {Role[]} roles  the first in full, others dotted
 * @returns {Scene}
 */
export function logScene({ runs, focus }, roles) {
  const shown = runs.filter((run) => !run.hidden);
  const ordered = [...shown.filter((run) => run !== focus), ...shown.filter((run) => run === focus)];
  const layers = ordered.flatMap((run) =>
    roles.flatMap((role, i) => {
      const series = run.series[role];
      if (!series) return [];
      const isFront = run === focus;
      return {
        label: roles.length > 1 ? `${run.found.name}, ${series.name}` : run.found.name,
        color: colorOf(runs.indexOf(run)),
        series: drawable(series, isFront || shown.length <= MANY ? 1 : BEHIND),
        width: isFront ? 2 : shown.length <= MANY ? 1.25 : 1,
        alpha: isFront || !focus ? 1 : 0.55,
        ...(i > 0 && { dash: [3, 3] }),
        legend: isFront || shown.length < 8,
      };
    }),
  );
  // All charts have one axis, whatever they show: what happens together stands below each other.
  const steps = shown.flatMap(({ series }) => Object.values(series).map(({ step }) => step));
  const ends = steps.map((step) => [step[0], step[step.length - 1]]).filter(([first]) => first !== undefined);
  const isOfLoss = roles.includes('loss');
  return {
    layers,
    from: Math.min(...ends.map(([first]) => first), 0),
    to: Math.max(...ends.map(([, last]) => last), 1),
    ...(isOfLoss && focus && !focus.hidden && { regions: regionsOf(focus) }),
    summary: `${shown.length} of ${runs.length} runs.`,
    empty: 'No run has it.',
  };
}

/** Episodes, from begin to recovery. @param {ShownRun} run @returns {Scene['regions']} */
function regionsOf({ found: { episodes, steps } }) {
  return episodes.map(({ begin, recovered_at, kind }) => ({
    from: begin,
    to: recovered_at ?? steps,
    color: 'instability',
    label: kind,
  }));
}
