/**
 * How well runs learn, in one figure: of the one in focus each batch's value faint, their smoothed mean and the
 * evaluations; of the others the smoothed mean and the evaluations; each run in its own colour. Runs that repeat each
 * other may be drawn as one: their middle, and from the lowest to the highest of them as a band.
 *
 * @typedef {import('../../charts/line/scene.js').Layer} Layer
 * @typedef {import('../state/lab.js').Lab} Lab
 * @typedef {import('../state/run.js').Run} Run
 * @typedef {{ batch: 'loss' | 'accuracy', validation: 'valLoss' | 'valAccuracy' }} Quantity
 */
import { plural } from '../../engine/words/sentences.js';
import { lossCeiling } from '../shared/ceilings.js';
import { ancestorsOf } from './ancestors.js';

/** Runs in the background: their smoothed means, and their evaluations. */
const BEHIND = { alpha: 0.6, width: 1.5, dots: 2.5 };

/** Of a group each run is a thin line behind the group's own. */
const MEMBER = { alpha: 0.35, width: 1 };

/** @param {Quantity} quantity */
export function learningLayers(quantity) {
  return (/** @type {Run} */ run, /** @type {{ lab: Lab }} */ { lab }) => {
    const { overlays } = lab.runs;
    const groups = lab.compare.groupsOf([...overlays, run]);
    return [
      ...groups.filter(({ runs }) => runs.length > 1).flatMap(({ runs }) => groupLayers(lab, runs, quantity)),
      ...overlays.filter((other) => isAlone(groups, other)).flatMap((other) => earlierLayers(lab, other, quantity)),
      ...focusLayers(lab, run, quantity, { isAmong: overlays.length > 0, isMember: !isAlone(groups, run) }),
    ];
  };
}

/** @param {import('../state/comparison.js').Group[]} groups @param {Run} run */
function isAlone(groups, run) {
  return groups.some(({ runs }) => runs.length === 1 && runs[0] === run);
}

/** A run's curve, as smooth as the page's slider says. @param {Lab} lab @param {Run} run @param {Quantity['batch']} batch */
export function smoothedOf(lab, run, batch) {
  const weight = lab.compare.smoothing;
  // Only a loss leaves its chart.
  const ceiling = batch === 'loss' ? lossCeiling(run) : undefined;
  const start = batch === 'loss' ? (run.series.loss.at(run.startStep) ?? undefined) : undefined;
  return run.smoothed(batch, { weight, start, ceiling });
}

/** @param {Lab} lab @param {Run} other @param {Quantity} quantity @returns {Layer[]} */
function earlierLayers(lab, other, { batch, validation }) {
  const isStrong = lab.runs.standsOut(other);
  // What was lost above does not hide how low it had come.
  const context = other.status === 'diverged' ? /** @type {const} */ ('down') : false;
  const look = {
    label: other === lab.runs.baseline ? 'baseline' : other.name,
    color: other.color,
    alpha: isStrong ? 1 : BEHIND.alpha,
    context,
  };
  const scale = isStrong ? 1.25 : 1;
  return [
    {
      ...look,
      series: smoothedOf(lab, other, batch),
      width: scale * BEHIND.width,
      end: other.name,
      legend: isStrong && 'last',
    },
    { ...look, series: other[validation], width: scale * BEHIND.dots, kind: 'dots', legend: false },
  ];
}

/** @param {Lab} lab @param {Run} run @param {Quantity} quantity @param {{ isAmong: boolean, isMember: boolean }} place  among other runs; a member of a group @returns {Layer[]} */
function focusLayers(lab, run, { batch, validation }, { isAmong, isMember }) {
  const { color } = run;
  /** @type {Layer[]} */
  const layers = ancestorsOf(lab, run).flatMap(({ run: parent, until }) => {
    const before = { label: 'before', color: parent.color, until, legend: false };
    return [
      { ...before, series: parent.series[batch], alpha: 0.18, width: 1 },
      { ...before, series: smoothedOf(lab, parent, batch), alpha: 0.6, width: 2 },
    ];
  });
  layers.push({ label: 'batch', color, series: run.series[batch], alpha: 0.3, width: 1, legend: false });
  layers.push({
    label: 'training',
    color,
    series: smoothedOf(lab, run, batch),
    width: isMember ? 1.2 : 2,
    ...(isAmong && !isMember && { end: run.name }),
  });
  if (run.valCount) {
    const dots = isAmong ? color : 'validation';
    layers.push({ label: 'validation', color: dots, series: run[validation], kind: 'dots', width: 3.5 });
  }
  return layers;
}

/** Runs that repeat each other. @param {Lab} lab @param {Run[]} runs @param {Quantity} quantity @returns {Layer[]} */
function groupLayers(lab, runs, { batch, validation }) {
  const { createGroup } = lab.seriesMaker;
  const middle = lab.compare.grouping === 'mean' ? 'mean' : 'median';
  const [{ color, name }] = runs;
  const curves = runs.map((run) => smoothedOf(lab, run, batch));
  const evaluated = runs.map((run) => run[validation]);
  const steps = runs[0].evaluations.map(({ step }) => step);
  const label = `${middle} of ${plural(runs.length, 'seed')}`;
  return [
    {
      label: 'lowest to highest',
      color,
      kind: 'band',
      series: createGroup(curves, 'high'),
      floor: createGroup(curves, 'low'),
      legend: false,
    },
    ...runs.map((run, i) => ({ label: run.name, color, series: curves[i], legend: false, ...MEMBER })),
    {
      label: `${label}: ${name}`,
      end: `${name} × ${runs.length}`,
      color,
      series: createGroup(curves, middle),
      width: 2.4,
      legend: 'last',
    },
    { label, color, series: createGroup(evaluated, middle, steps), kind: 'dots', width: 3.5, legend: false },
  ];
}
