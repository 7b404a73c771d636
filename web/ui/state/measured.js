/**
 * What was measured of a run: nothing before its first step, and nothing again where a run is filled with what was kept.
 *
 * @typedef {import('../../worker/protocol.js').Evaluation} Evaluation
 * @typedef {import('../../worker/protocol.js').Sharpness} Sharpness
 * @typedef {import('../../engine/core/record.js').MetricsRow} MetricsRow
 * @typedef {import('../../charts/series.js').StepSeries} StepSeries
 * @typedef {typeof import('../../charts/series/series_maker.js').SERIES_MAKER} SeriesMaker
 * @typedef {import('../../charts/series/smoothed.js').SmoothedSeries} SmoothedSeries
 * @typedef {{ weight: number, start?: number, ceiling?: number }} Smoothing  see charts/series/smoothed.js
 */

import { SCHEMA } from '../../engine/config/schema.js';

/** Where each metric that has a curve stands in a row: every real number. */
export const CURVES = [...SCHEMA.metrics.entries()].flatMap(([column, { name, kind }]) =>
  kind === 'REAL' ? [{ column, name }] : [],
);

/** A curve for every metric that is a real number. @param {SeriesMaker} maker @param {number} first the step of their first value */
export function makeCurves(maker, first) {
  const curves = CURVES.map(({ name }) => [name, maker.createSteps(first)]);
  return /** @type {Record<keyof MetricsRow, StepSeries>} */ (Object.fromEntries(curves));
}

/** Rows kept for an export, at four bytes a metric. A longer run exports its first rows and says so. */
const ROWS_KEPT = 1 << 18;

/** A run whose sharpness was below this share of its limit once can rise to the edge. */
const BELOW_EDGE = 0.8;

/** Above so many times its limit it is not at the edge, but beyond it: nothing hovers there. */
export const BEYOND_EDGE = 1.25;

export class Measured {
  /** @type {Evaluation[]} */
  evaluations = [];
  /** Measured sharpness, in the order of steps. @type {Sharpness[]} */
  measured = [];
  /** The newest of them, with the rate in force and the value it must not exceed there; null where the rule has no limit.
   * @type {{ step: number, value: number, rate: number, edge: number | null } | null} */
  sharpest = null;
  /** Whether the sharpness has been well below its limit, and where it rose to it since. */
  wasBelowEdge = false;
  /** @type {{ step: number, edge: number } | null} */
  reachedEdge = null;
  /** Measurements whose step has not been taken yet, so that its rate is not known. @type {Sharpness[]} */
  unplaced = [];
  /** The newest step with a finite loss. @type {MetricsRow | null} */
  lastFinite = null;
  /** Batch losses of the newest steps. @type {number[]} */
  latestLosses = [];
  /** Packed rows as they came, for exports. @type {{ rows: ArrayBuffer, count: number }[]} */
  chunks = [];
  rowsKept = 0;
  /** Curves that were smoothed, and how. @type {Map<string, { raw: StepSeries, how: string, series: SmoothedSeries }>} */
  #smoothed = new Map();
  #makeSmoothed;

  /** @param {SeriesMaker} maker @param {number} [first] the step at which the curves begin */
  constructor(maker, first = 0) {
    this.#makeSmoothed = maker.createSmoothed;
    this.series = makeCurves(maker, first);
    this.valLoss = maker.createPoints();
    this.valAccuracy = maker.createPoints();
    this.sharpness = maker.createPoints();
    /** The rule's limit of stability over the rate: where the sharpness meets it, training is at the edge. Empty where
     * the rule has no limit. */
    this.edge = maker.createPoints();
  }

  /**
   * A curve, smoothed; made anew only where it is to be smoothed otherwise.
   * @param {keyof MetricsRow} name @param {Smoothing} smoothing
   */
  smoothed(name, smoothing) {
    const raw = this.series[name];
    const how = JSON.stringify(smoothing);
    const known = this.#smoothed.get(name);
    if (known?.raw === raw && known.how === how) return known.series;
    const series = this.#makeSmoothed(raw, smoothing);
    this.#smoothed.set(name, { raw, how, series });
    return series;
  }

  /** @param {Evaluation} evaluation */
  addEvaluation(evaluation) {
    this.evaluations.push(evaluation);
    if (evaluation.val_loss !== null) this.valLoss.append(evaluation.step, evaluation.val_loss);
    if (evaluation.val_accuracy !== null) this.valAccuracy.append(evaluation.step, evaluation.val_accuracy);
  }

  /** Draws the measurements whose rate is known by now. @param {boolean} [ended] no further step will tell a rate */
  placeSharpness(ended = false) {
    const waiting = this.unplaced;
    this.unplaced = [];
    for (const point of waiting) {
      const { step, value, limit } = point;
      const rate = this.series.lr.at(step) ?? (ended ? this.series.lr.at(step - 1) : null);
      if (rate === null) {
        this.unplaced.push(point);
        continue;
      }
      this.sharpness.append(step, value);
      if (!(rate > 0)) continue;
      const edge = Number.isFinite(limit) ? limit / rate : null;
      this.sharpest = { step, value, rate, edge };
      if (edge === null) continue;
      this.edge.append(step, edge);
      if (value < edge * BELOW_EDGE) this.wasBelowEdge = true;
      if (value >= edge && value <= BEYOND_EDGE * edge && this.wasBelowEdge) this.reachedEdge ??= { step, edge };
    }
  }

  /** Keeps the part of a chunk that there is room for: what is kept has no gap. @param {ArrayBuffer} rows @param {number} rowCount */
  keepRows(rows, rowCount) {
    const count = Math.min(rowCount, ROWS_KEPT - this.rowsKept);
    if (count === 0) return;
    this.chunks.push({ rows, count });
    this.rowsKept += count;
  }
}
