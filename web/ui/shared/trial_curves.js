/**
 * Finished trials as the charts draw them: their columns as series, and layers of a scene made of those.
 *
 * @typedef {import('../../engine/study/trial/trial.js').TrialResult} TrialResult
 * @typedef {import('../../charts/series.js').PointSeries} PointSeries
 * @typedef {{ loss: PointSeries, smoothed: PointSeries, accuracy: PointSeries, norm: PointSeries, lr: PointSeries,
 *             attention: PointSeries, valLoss: PointSeries, valAccuracy: PointSeries, sharpness: PointSeries, edge: PointSeries }} TrialSeries
 *   edge: the sharpness above which the rule is unstable at the rate in force
 * @typedef {{ color: string, dash?: number[] }} LineStyle
 * @typedef {{ curve?: TrialResult['curve'], evaluations?: TrialResult['evaluations'],
 *             sharpness?: TrialResult['sharpness'] }} Recorded  what of a trial can be drawn; parts may be missing
 */

import { html } from 'lit';

/** @type {WeakMap<object, TrialSeries>} */
const known = new WeakMap();

/**
 * A trial's series, made once.
 * @param {Recorded} trial @param {() => PointSeries} makePoints
 */
export function seriesOf(trial, makePoints) {
  let series = known.get(trial);
  if (!series) {
    series = makeSeries(trial, makePoints);
    known.set(trial, series);
  }
  return series;
}

/** @param {Recorded} trial @param {() => PointSeries} makePoints @returns {TrialSeries} */
function makeSeries({ curve, evaluations, sharpness }, makePoints) {
  const column = (/** @type {number[]} */ values) => {
    const points = makePoints();
    for (const [i, step] of (curve?.step ?? []).entries()) points.append(step, plainNumber(values[i]));
    return points;
  };
  const valLoss = makePoints();
  const valAccuracy = makePoints();
  for (const { step, val_loss, val_accuracy } of evaluations ?? []) {
    if (val_loss !== null) valLoss.append(step, plainNumber(val_loss));
    if (val_accuracy !== null) valAccuracy.append(step, plainNumber(val_accuracy));
  }
  const measured = makePoints();
  const edge = makePoints();
  const rates = curve ? column(curve.lr) : null;
  for (const { step, value, limit } of sharpness ?? []) {
    measured.append(step, plainNumber(value));
    const rate = rates?.at(step);
    if (rate && Number.isFinite(limit)) edge.append(step, limit / rate);
  }
  return {
    loss: column(curve?.loss ?? []),
    smoothed: column(curve?.smoothed ?? []),
    accuracy: column(curve?.accuracy ?? []),
    norm: column(curve?.norm ?? []),
    lr: column(curve?.lr ?? []),
    attention: column(curve?.attention ?? []),
    valLoss,
    valAccuracy,
    sharpness: measured,
    edge,
  };
}

/** What is not finite may have been told as text or as null on its way. @param {number | string | null} value */
function plainNumber(value) {
  return typeof value === 'number' ? value : Number(value ?? Number.NaN);
}

/** Where the longest of the trials ends: its last step, or the evaluation after it. @param {Recorded[]} trials */
export function lastStep(trials) {
  const ends = trials.flatMap(({ curve, evaluations }) => [curve?.step.at(-1), evaluations?.at(-1)?.step]);
  return Math.max(10, ...ends.map((step) => step ?? 0));
}

/** Colours for lines that are laid over each other, by theme name; those of the quantities stay with the quantities. */
const COLORS = ['run-2', 'run-1', 'run-3', 'run-4', 'run-5'];
const DASHES = [null, [6, 3], [2, 3]];

/**
 * How the line of the i-th of several is drawn: no two of the first fifteen alike.
 * @param {number} i @returns {LineStyle}
 */
export function lineStyle(i) {
  const color = COLORS[i % COLORS.length];
  const dash = DASHES[Math.floor(i / COLORS.length) % DASHES.length];
  return dash ? { color, dash } : { color };
}

/** Where a trial that diverged was last seen, as a mark. @param {TrialResult} trial @param {'loss' | 'smoothed' | 'norm'} column @param {string} color */
export function divergenceMark(trial, column, color) {
  const { curve } = trial;
  if (!trial.diverged || !curve) return null;
  const values = curve[column].map(plainNumber);
  const last = values.findLastIndex((value) => Number.isFinite(value));
  return {
    x: last < 0 ? (trial.diverged_at ?? 0) : curve.step[last],
    y: last < 0 ? null : values[last],
    kind: /** @type {const} */ ('cross'),
    color,
  };
}

/**
 * The trial that stands for its seeds: the one whose best is their median; of an even number, the better of the two.
 * @param {TrialResult[]} trials
 */
export function medianTrial(trials) {
  const rising = [...trials].sort((a, b) => (a.best?.loss ?? Infinity) - (b.best?.loss ?? Infinity));
  return rising[(rising.length - 1) >> 1];
}

/** A line's sign beside its name. @param {LineStyle} style */
export function swatch({ color, dash = [] }) {
  return html`<svg class="swatch-line" viewBox="0 0 22 4" style=${`--swatch:var(--${color})`} aria-hidden="true"
    ><path d="M0 2h22" stroke-dasharray=${dash.join(' ')} /></svg>`;
}
