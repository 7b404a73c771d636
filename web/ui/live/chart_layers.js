/**
 * What the live charts draw: the run in focus in its quantities' colours, in front of it; behind it the runs that it grew
 * out of, and faint the earlier ones.
 *
 * @typedef {import('../../charts/line/scene.js').Layer} Layer
 * @typedef {import('../../charts/line/scene.js').Series} Series
 * @typedef {import('../state/lab.js').Lab} Lab
 * @typedef {import('../state/run.js').Run} Run
 * @typedef {{ alpha: number, width: number }} Ink
 */
import { normInWords } from '../../engine/words/norms.js';
import { number } from '../../engine/words/numbers.js';
import { ancestorsOf } from '../runs/ancestors.js';
import { sharpnessLayersOf } from './edge.js';

/** How an earlier run is drawn: faint and nameless, unless it stands out. @param {Lab} lab @param {Run} other @param {Ink} ink */
export function behind(lab, other, { alpha, width }) {
  const strong = lab.runs.standsOut(other);
  return {
    label: other === lab.runs.baseline ? 'baseline' : other.name,
    color: other.color,
    alpha: strong ? 1 : alpha,
    width: strong ? 1.25 * width : width,
    legend: strong && /** @type {const} */ ('last'),
  };
}

/**
 * The colour of the run in focus: among others its own, which it keeps; by itself that of the quantity, for then there is
 * nothing to tell it from.
 * @param {Lab} lab @param {Run} run @param {string} quantity
 */
export function colorOf(lab, run, quantity) {
  return lab.runs.overlays.length > 0 ? run.color : quantity;
}

/** One curve of each earlier run; they do not stretch the y axis. @param {Lab} lab @param {(run: Run) => Series} seriesOf @returns {Layer[]} */
export function earlierCurves(lab, seriesOf) {
  return lab.runs.overlays.map((other) => ({
    ...behind(lab, other, { alpha: 0.4, width: 1.2 }),
    series: seriesOf(other),
    context: true,
    quiet: true,
  }));
}

/** One curve of the run, and of what it grew out of. @param {Lab} lab @param {Run} run @param {(run: Run) => Series} seriesOf @param {{ label: string, color: string }} name @returns {Layer[]} */
export function ownCurves(lab, run, seriesOf, { label, color: quantity }) {
  const color = colorOf(lab, run, quantity);
  const before = { label: 'before', color, alpha: 0.6, width: 2, legend: false };
  return [
    ...ancestorsOf(lab, run).map(({ run: parent, until }) => ({ ...before, series: seriesOf(parent), until })),
    { label, color, series: seriesOf(run), width: 2 },
  ];
}

/** The sharpness as far as it was measured, and the edge where the rule has one. @param {Run} run @param {{ lab: Lab }} view @param {string} color @returns {Layer[]} */
export function sharpnessLayers(run, { lab }, color) {
  const earlier = lab.runs.overlays.filter((other) => other.sharpness.length > 0);
  const faint = earlier.map((other) => ({
    ...behind(lab, other, { alpha: 0.5, width: 1.2 }),
    series: other.sharpness,
    context: true,
  }));
  return [...faint, ...sharpnessLayersOf(run, ancestorsOf(lab, run), colorOf(lab, run, color))];
}

/** The norms before clipping, λ where it moves, and the steps that were clipped. @param {Run} run @param {{ lab: Lab }} view @param {string} quantity */
export function normLayers(run, { lab }, quantity) {
  const color = colorOf(lab, run, quantity);
  /** @type {Layer[]} */
  const layers = lab.runs.overlays.slice(-2).map((other) => ({
    ...behind(lab, other, { alpha: 0.28, width: 1 }),
    series: other.series.grad_norm,
    context: other.status === 'diverged',
  }));
  for (const { run: parent, until } of ancestorsOf(lab, run)) {
    const before = { label: 'before', color, alpha: 0.5, width: 1, legend: false };
    layers.push({ ...before, series: parent.series.grad_norm, until });
  }
  layers.push({ label: 'unclipped', color, series: run.series.grad_norm, width: 1, alpha: 0.85 });
  if (run.inForce.clip === 'adaptive') {
    layers.push({
      label: 'λ',
      color: 'ink',
      series: run.series.clip_threshold,
      width: 1.2,
      alpha: 0.7,
      dash: [6, 4],
      quiet: true,
    });
  }
  if ((run.summary?.clipped_steps ?? 0) > 0) {
    layers.push({ label: 'clipped', color, series: run.series.clip_scale, kind: 'ticks' });
  }
  return layers;
}

/**
 * λ in force, or the one just above the typical norm; and the one that is too aggressive, because it would clip half of
 * the steps: the playbook's Figure 9.
 *
 * @param {Run} run
 * @param {{ held: number | null }} view  held: λ while it is dragged
 * @returns {import('../../charts/line/scene.js').Horizontal[]}
 */
export function thresholdLines({ inForce: config, summary }, { held }) {
  if (config.clip === 'norm') {
    const threshold = held ?? Number(config.clip_norm);
    return [{ y: threshold, label: `λ = ${number(threshold)}`, color: 'norm' }];
  }
  if (!(summary && summary.norm_suggested > 0)) return [];
  const { norm_suggested: suggested, typical_p50: median } = summary;
  return [
    { y: suggested, label: `just above typical: ${number(suggested)}`, color: 'validation' },
    { y: median, label: `too aggressive: ${normInWords(median)}`, color: 'instability', below: true },
  ];
}

/** The rate, and what the schedule has to come. @param {Run} run @param {{ lab: Lab }} view @param {string} quantity @returns {Layer[]} */
export function rateLayers(run, { lab }, quantity) {
  const color = colorOf(lab, run, quantity);
  const rateOf = (/** @type {Run} */ one) => one.series.lr;
  const { preview } = lab.draft;
  const isForetold =
    preview && run === lab.liveRun && preview.totalSteps === run.totalSteps && lab.draft.pending.length === 0;
  /** @type {Layer[]} */
  const planned = isForetold
    ? [
        {
          label: 'to come',
          color,
          series: plannedSeries(preview, run.step),
          width: 1.2,
          alpha: 0.55,
          dash: [3, 4],
          legend: false,
        },
      ]
    : [];
  return [...earlierCurves(lab, rateOf), ...planned, ...ownCurves(lab, run, rateOf, { label: 'η', color: quantity })];
}

/**
 * The rates that the engine foretells, as a series from the present step on.
 * @param {import('../state/draft.js').Preview} preview @param {number} step @returns {Series}
 */
function plannedSeries({ steps, rates }, step) {
  return {
    at: () => null,
    reduce: () => {
      const points = [...rates].flatMap((y, i) => (steps[i] >= step - 1 ? [{ x: steps[i], y }] : []));
      return { points, marks: [] };
    },
  };
}
