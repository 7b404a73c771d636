/**
 * The curve of a trial: every step's measurements, or a reduction of them that keeps what one looks for in a curve,
 * in memory that does not depend on the length of the run.
 */

import { METRICS_BYTES, metricAt, readMetrics } from '../../core/record.js';

/**
 * @typedef {'every' | 'curve' | 'none'} CurveDetail
 *
 * @typedef {object} Curve  columns of equal length, in the order of steps
 * @property {number[]} step
 * @property {number[]} loss  of the batch
 * @property {number[]} smoothed
 * @property {number[]} accuracy  of the batches, smoothed; not numbers for regression
 * @property {number[]} norm  of the gradient, unclipped
 * @property {number[]} lr
 * @property {number[]} [attention]  the largest score of the step, where the network attends
 *
 * @typedef {import('../../core/record.js').MetricsRow} MetricsRow
 * @typedef {{ low: MetricsRow, high: MetricsRow, steep: MetricsRow }} Stretch  the steps of a stretch with the lowest
 *   loss, the highest loss and the largest norm
 */

/** Three rows each, and the first and the last step: 400 points at most. */
const STRETCHES_MAX = 132;

/** The last steps whose mean loss is reported. */
const LAST_STEPS = 50;

const LOSS_AT = metricAt('loss');

export class CurveRecorder {
  #detail;
  /** @type {MetricsRow[]} */
  #rows = [];
  /** @type {Stretch[]} */
  #stretches = [];
  /** Steps per stretch, a power of two that doubles as the run grows. */
  #width = 1;
  #count = 0;
  /** Of the first step's batch. */
  #firstLoss = NaN;
  /** @type {MetricsRow | null} */
  #first = null;
  /** @type {MetricsRow | null} */
  #last = null;
  /** The newest losses, the oldest overwritten first. */
  #recent = new Float64Array(LAST_STEPS);

  /** @param {CurveDetail} detail  every: all steps; curve: at most 400; none: no curve */
  constructor(detail) {
    this.#detail = detail;
  }

  /** @param {ArrayBuffer} rows  packed metrics @param {number} count */
  add(rows, count) {
    const view = new DataView(rows);
    for (let at = 0; at < count * METRICS_BYTES; at += METRICS_BYTES) {
      // To read a whole row takes as long as some layers of a small network do.
      if (this.#detail !== 'none') this.#addRow(readMetrics(view, at));
      this.#addLoss(view.getFloat32(at + LOSS_AT, true));
    }
  }

  /** Loss of the first step's batch; NaN before it. */
  get firstLoss() {
    return this.#firstLoss;
  }

  /** Mean batch loss of the last 50 steps, or of all where there are fewer; NaN before the first. */
  get lastLoss() {
    const losses = this.#recent.subarray(0, Math.min(this.#count, LAST_STEPS));
    return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  }

  /** @returns {Curve | null}  null where none was asked for */
  get curve() {
    if (this.#detail === 'none') return null;
    const rows = this.#detail === 'every' ? this.#rows : this.#reducedRows();
    return {
      step: rows.map((row) => row.step),
      loss: rows.map((row) => row.loss),
      smoothed: rows.map((row) => row.smoothed_loss),
      accuracy: rows.map((row) => row.smoothed_accuracy),
      norm: rows.map((row) => row.grad_norm),
      lr: rows.map((row) => row.lr),
      ...(this.#first && this.#first.attention_max > 0 && { attention: rows.map((row) => row.attention_max) }),
    };
  }

  /** @param {MetricsRow} row */
  #addRow(row) {
    this.#first ??= row;
    this.#last = row;
    if (this.#detail === 'every') this.#rows.push(row);
    else this.#addToStretch(row);
  }

  /** After the step's row. @param {number} loss */
  #addLoss(loss) {
    if (this.#count === 0) this.#firstLoss = loss;
    this.#recent[this.#count++ % LAST_STEPS] = loss;
  }

  /** @param {MetricsRow} row */
  #addToStretch(row) {
    const index = Math.floor(this.#count / this.#width);
    const own = { low: row, high: row, steep: row };
    if (index < this.#stretches.length) this.#stretches[index] = joinStretches(this.#stretches[index], own);
    else if (index < STRETCHES_MAX) this.#stretches.push(own);
    else {
      this.#stretches = joinPairs(this.#stretches);
      this.#width *= 2;
      this.#addToStretch(row);
    }
  }

  #reducedRows() {
    const kept = this.#stretches.flatMap(({ low, high, steep }) => [low, high, steep]);
    const byStep = new Map([this.#first, this.#last, ...kept].map((row) => [row?.step, row]));
    byStep.delete(undefined);
    return /** @type {MetricsRow[]} */ ([...byStep.values()]).sort((a, b) => a.step - b.step);
  }
}

/** @param {Stretch[]} stretches  of even number */
function joinPairs(stretches) {
  return Array.from({ length: stretches.length / 2 }, (_, i) => joinStretches(stretches[2 * i], stretches[2 * i + 1]));
}

/** @param {Stretch} a @param {Stretch} b @returns {Stretch} */
function joinStretches(a, b) {
  return {
    low: b.low.loss < a.low.loss ? b.low : a.low,
    high: isAbove(b.high.loss, a.high.loss) ? b.high : a.high,
    steep: isAbove(b.steep.grad_norm, a.steep.grad_norm) ? b.steep : a.steep,
  };
}

/** Whatever is not a number is above every number. @param {number} a @param {number} b */
function isAbove(a, b) {
  return Number.isNaN(a) ? !Number.isNaN(b) : a > b;
}
