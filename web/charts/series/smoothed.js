/**
 * A curve smoothed as it is drawn: the exponential moving average of its values, divided by 1 − βⁿ, so that it does not
 * begin at 0. What is off the chart counts as its edge, and where values stay far below the average it begins anew: one
 * that remembers a loss of 1e10 would hide for hundreds of steps what the network does now.
 */
import { StepSeries } from '../series.js';

/** Values that are caught up with at a time: of a long run the curve grows over a few frames. */
const AT_ONCE = 20_000;

/** So many times the ceiling is out of sight. */
const BEYOND = 1000;

/** So many values in a row that are off the chart take the curve with them; a single outlier is a bump in it. */
const GONE = 2;

/** So many values in a row below half of an average that lies above where training began show that it is out of date. */
const STALE = 10;

export class SmoothedSeries {
  #raw;
  #weight;
  #start;
  #own;
  #mean = 0;
  /** Values in the mean. */
  #count = 0;
  /** Values in a row that are off the chart. */
  #above = 0;
  /** Values in a row that lie far below the mean, and their sum. */
  #below = { count: 0, sum: 0 };

  /**
   * @param {StepSeries} raw
   * @param {{ weight: number, start?: number, ceiling?: number }} how  weight: β, of what was; start: the value that
   *   training began with; ceiling: values above it are off the chart, and count as it
   */
  constructor(raw, { weight, start = Number.POSITIVE_INFINITY, ceiling = Number.POSITIVE_INFINITY }) {
    this.#raw = raw;
    this.#weight = weight;
    this.#start = start;
    this.ceiling = ceiling;
    this.#own = new StepSeries(raw.firstStep);
  }

  get firstStep() {
    return this.#raw.firstStep;
  }

  get length() {
    return this.#raw.length;
  }

  get endStep() {
    return this.#raw.endStep;
  }

  /** Whether there are values that it has not caught up with: then it is to be drawn again. */
  get isBehind() {
    return this.#own.length < this.#raw.length;
  }

  /** The average up to a step; null where there is none, as where the value itself is off the chart. @param {number} step */
  at(step) {
    const value = this.#raw.at(step);
    if (value === null || value > this.ceiling) return null;
    this.#catchUp();
    return this.#own.at(step);
  }

  /** @param {import('../series.js').Window} view @returns {import('../series.js').Reduced} */
  reduce(view) {
    this.#catchUp();
    return { points: this.#own.reduce(view).points, marks: [] };
  }

  #catchUp() {
    const end = Math.min(this.#raw.length, this.#own.length + AT_ONCE);
    while (this.#own.length < end) this.#own.append(this.#next(this.#raw.at(this.firstStep + this.#own.length)));
  }

  /** The average with the next value. @param {number | null} value  null: none that is finite */
  #next(value) {
    if (value === null || value > this.ceiling) {
      // A single batch that comes back says nothing yet: the average goes on from the edge that it left by.
      if (Number.isFinite(this.ceiling)) this.#take(this.ceiling);
      else {
        this.#count = 0;
        this.#mean = 0;
      }
      this.#below = { count: 0, sum: 0 };
      this.#above++;
      return this.#above < GONE && this.#count > 0 ? this.#average : this.ceiling * BEYOND;
    }
    this.#above = 0;
    const average = this.#take(value);
    const { count, sum } = this.#below;
    this.#below =
      value < average / 2 && average > 1.2 * this.#start
        ? { count: count + 1, sum: sum + value }
        : { count: 0, sum: 0 };
    if (this.#below.count < STALE) return average;
    this.#count = STALE;
    this.#mean = (this.#below.sum / STALE) * (1 - this.#weight ** STALE);
    this.#below = { count: 0, sum: 0 };
    return this.#average;
  }

  /** @param {number} value */
  #take(value) {
    this.#mean = this.#weight * this.#mean + (1 - this.#weight) * value;
    this.#count++;
    return this.#average;
  }

  get #average() {
    return this.#mean / (1 - this.#weight ** this.#count);
  }
}
