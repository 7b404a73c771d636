/**
 * A series as it was read, for a chart: its numbers stay where they are, and what a screen can show of them is looked up
 * among them. Fifty runs of forty thousand rows are too many to make a point of each.
 *
 * @typedef {import('../../charts/series.js').Window} Window
 * @typedef {import('../../charts/series.js').Reduced} Reduced
 */

/** Of values that no axis holds, so many are marked. */
const MARKS_MAX = 400;

export class LogSeries {
  #step;
  #value;
  /** What was asked for last; a chart is drawn again for much that moves no curve. */
  #last = { of: '', reduced: /** @type {Reduced} */ ({ points: [], marks: [] }) };

  /** That a value stands for. */
  pixels = 1;

  /** @param {{ step: Float64Array, value: Float64Array }} series  steps rising */
  constructor({ step, value }) {
    this.#step = step;
    this.#value = value;
  }

  /** The first row whose step is not below. @param {number} step @param {number} [from] */
  #rowOf(step, from = 0) {
    let low = from;
    let high = this.#step.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#step[middle] < step) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The last finite value up to a step, or null. @param {number} step */
  at(step) {
    let row = this.#rowOf(step);
    if (!(this.#step[row] === step)) row--;
    while (row >= 0 && !Number.isFinite(this.#value[row])) row--;
    return row < 0 ? null : this.#value[row];
  }

  /** Of each column of pixels its lowest and its highest value. @param {Window} view @returns {Reduced} */
  reduce(view) {
    const columns = Math.ceil(view.columns / this.pixels);
    const of = JSON.stringify([view, columns]);
    if (this.#last.of !== of) this.#last = { of, reduced: this.#look({ ...view, columns }) };
    return this.#last.reduced;
  }

  /** @param {Window} view @returns {Reduced} */
  #look({ from, to, columns, logX = false, logY = false }) {
    /** @type {Reduced} */
    const reduced = { points: [], marks: [] };
    const left = logX ? Math.log(Math.max(from, 0) + 1) : from;
    const width = ((logX ? Math.log(to + 1) : to) - left) / Math.max(1, columns);
    const last = this.#rowOf(to + 1e-9);
    let row = this.#rowOf(from);
    for (let column = 1; row < last; column++) {
      const edge = left + column * width;
      const stop = column > columns ? last : Math.min(last, this.#rowOf(logX ? Math.exp(edge) - 1 : edge, row));
      if (stop > row) this.#takeColumn(reduced, { row, stop, isPositive: logY });
      row = Math.max(row, stop);
    }
    return reduced;
  }

  /** @param {Reduced} reduced @param {{ row: number, stop: number, isPositive: boolean }} column */
  #takeColumn({ points, marks }, { row, stop, isPositive }) {
    const value = this.#value;
    let low = -1;
    let high = -1;
    for (let i = row; i < stop; i++) {
      const y = value[i];
      if (!Number.isFinite(y) || (isPositive && y <= 0)) {
        if (marks.length < MARKS_MAX) marks.push(this.#markOf(i));
      } else if (low < 0) low = high = i;
      else if (y < value[low]) low = i;
      else if (y > value[high]) high = i;
    }
    if (low < 0) return;
    const [first, second] = low < high ? [low, high] : [high, low];
    points.push({ x: this.#step[first], y: value[first] });
    if (second !== first) points.push({ x: this.#step[second], y: value[second] });
  }

  /** @param {number} row @returns {Reduced['marks'][number]} */
  #markOf(row) {
    const y = this.#value[row];
    const edge = Number.isFinite(y) || y === Number.NEGATIVE_INFINITY ? 'bottom' : 'top';
    return { x: this.#step[row], edge, what: Number.isFinite(y) ? 'not positive' : String(y) };
  }
}
