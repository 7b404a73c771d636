/**
 * Series of measurements, kept in bounded memory and reduced to what a canvas can show.
 *
 * A run of a million steps must cost no more to keep and to draw than a screen of pixels can show, and no spike may
 * vanish on the way: so values are kept as minimum and maximum per bucket, and each pixel column draws both.
 * Chart.js never meets a value that its axis cannot hold: NaN, infinities and, on a logarithmic axis, values that are
 * not positive leave here as marks at the chart's edge instead of points.
 *
 * @typedef {{ x: number, y: number }} Point
 * @typedef {{ x: number, edge: 'top' | 'bottom', what: string }} EdgeMark
 * @typedef {{ points: Point[], marks: EdgeMark[] }} Reduced
 * @typedef {{ levels: { width: number, low: Float32Array, high: Float32Array }[], length: number,
 *             first?: number | null, odd: { step: number, value: number }[], nonFinite: number }} KeptSeries
 * @typedef {{ from: number, to: number, columns: number, logX?: boolean, logY?: boolean }} Window
 *     from, to: first and last step shown; columns: pixel columns between them
 */

/** Buckets of the finest level. When they are full, pairs merge and a bucket covers twice the steps. */
const CAPACITY = 65536;

/** How many non-finite values are remembered one by one; beyond it they are only counted. */
const MARK_CAPACITY = 256;

/** One level of the pyramid: minimum and maximum of `width` consecutive steps per bucket. */
class Level {
  low = new Float32Array(1024);
  high = new Float32Array(1024);
  count = 0;

  /** @param {number} width steps per bucket */
  constructor(width) {
    this.width = width;
  }

  /** @param {number} bucket @param {number} value @returns {boolean} whether anything changed */
  include(bucket, value) {
    let changed = false;
    if (bucket >= this.count) {
      if (bucket >= this.low.length) this.#grow();
      this.low[bucket] = Number.POSITIVE_INFINITY;
      this.high[bucket] = Number.NEGATIVE_INFINITY;
      this.count = bucket + 1;
      changed = true;
    }
    if (value < this.low[bucket]) {
      this.low[bucket] = value;
      changed = true;
    }
    if (value > this.high[bucket]) {
      this.high[bucket] = value;
      changed = true;
    }
    return changed;
  }

  #grow() {
    const low = new Float32Array(this.low.length * 2);
    const high = new Float32Array(this.low.length * 2);
    low.set(this.low);
    high.set(this.high);
    this.low = low;
    this.high = high;
  }
}

/** One value per step, for consecutive steps. */
export class StepSeries {
  /** @type {Level[]} finest first, each twice as coarse as the one before */
  #levels = [new Level(1)];
  #length = 0;
  /** @type {{ step: number, value: number }[]} */
  #odd = [];
  /** By the first value axes are measured: it stays what it was, however long the run. @type {number | null | undefined} */
  #first;

  /** Non-finite values met so far, remembered or not. */
  nonFinite = 0;

  /** @param {number} firstStep the step of the first value: above 0 where a fork begins */
  constructor(firstStep = 0, capacity = CAPACITY) {
    this.firstStep = firstStep;
    this.capacity = capacity;
  }

  get length() {
    return this.#length;
  }

  /** The step after the last one. */
  get endStep() {
    return this.firstStep + this.#length;
  }

  /** Buckets held at present, over all levels: what bounds the memory. */
  get buckets() {
    return this.#levels.reduce((sum, level) => sum + level.count, 0);
  }

  /** Appends the value of the next step. @param {number} value */
  append(value) {
    const index = this.#length++;
    const finite = Number.isFinite(value);
    if (!index) this.#first = finite ? Math.fround(value) : null;
    if (!finite) {
      this.nonFinite++;
      if (this.#odd.length < MARK_CAPACITY) this.#odd.push({ step: this.firstStep + index, value });
    }
    const levels = this.#levels;
    if (levels[levels.length - 1].count >= 512) this.#coarsen(levels[levels.length - 1]);
    for (let i = 0; i < levels.length; i++) {
      const level = levels[i];
      // What lies within a bucket's range lies within those of the coarser ones.
      if (!level.include(Math.floor(index / level.width), finite ? value : Number.NaN)) break;
    }
    if (levels[0].count >= this.capacity && levels.length > 1) levels.shift();
  }

  /**
   * Appends a column of packed rows.
   * @param {Float32Array} rows @param {number} column @param {number} words of a row @param {number} count of rows
   */
  appendColumn(rows, column, words, count) {
    for (let row = 0, at = column; row < count; row++, at += words) this.append(rows[at]);
  }

  /** Builds the next coarser level from the coarsest one. @param {Level} fine */
  #coarsen(fine) {
    const level = new Level(fine.width * 2);
    for (let i = 0; i < fine.count; i++) {
      level.include(i >> 1, fine.low[i]);
      level.include(i >> 1, fine.high[i]);
    }
    this.#levels.push(level);
    return level;
  }

  /**
   * Smallest and largest finite value of the steps [from, to), or null where there is none. May look up to a quarter
   * of the range beyond its ends.
   * @param {number} from @param {number} to
   * @returns {{ low: number, high: number } | null}
   */
  range(from, to) {
    const begin = Math.max(0, from - this.firstStep);
    const end = Math.min(this.#length, to - this.firstStep);
    if (end <= begin) return null;
    let level = this.#levels[0];
    for (const coarser of this.#levels) {
      if (coarser.width * 4 <= end - begin) level = coarser;
    }
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    const last = Math.min(level.count - 1, Math.floor((end - 1) / level.width));
    for (let i = Math.floor(begin / level.width); i <= last; i++) {
      if (level.low[i] < low) low = level.low[i];
      if (level.high[i] > high) high = level.high[i];
    }
    return low <= high ? { low, high } : null;
  }

  /** The value at a step, or the middle of its bucket in a very long run; null outside. @param {number} step */
  at(step) {
    if (step === this.firstStep && this.#first !== undefined) return this.#first;
    const found = this.range(step, step + 1);
    return found && (found.low + found.high) / 2;
  }

  /** Minimum and maximum per pixel column. @param {Window} view @returns {Reduced} */
  reduce(view) {
    const { logY = false } = view;
    /** @type {Point[]} */
    const points = [];
    /** @type {EdgeMark[]} */
    const marks = [];
    let previous = Number.NaN;
    for (const [from, to] of columnsOf(view, this.firstStep, this.endStep)) {
      const found = this.range(from, to);
      if (!found) continue;
      let { low } = found;
      const { high } = found;
      if (logY && low <= 0) {
        marks.push({ x: from, edge: 'bottom', what: 'not positive' });
        if (high <= 0) continue;
        low = high;
      }
      if (low === high) {
        points.push({ x: to - from > 1 ? (from + to - 1) / 2 : from, y: high });
        previous = high;
      } else {
        // The nearer end first, so that the line does not cross the column twice.
        const falling = Math.abs(previous - high) < Math.abs(previous - low);
        points.push({ x: from, y: falling ? high : low });
        points.push({ x: from + (to - from) / 2, y: falling ? low : high });
        previous = falling ? low : high;
      }
    }
    for (const { step, value } of this.#odd) {
      if (step < view.from || step > view.to) continue;
      marks.push({
        x: step,
        edge: value === Number.NEGATIVE_INFINITY ? 'bottom' : 'top',
        what: Number.isNaN(value) ? 'NaN' : String(value),
      });
    }
    return { points, marks };
  }

  /** What it holds, as a plain object. @returns {KeptSeries} */
  keep() {
    return {
      levels: this.#levels.map(keepLevel),
      length: this.#length,
      first: this.#first,
      odd: [...this.#odd],
      nonFinite: this.nonFinite,
    };
  }

  /**
   * Holds what another one kept, up to a step.
   * @param {KeptSeries} kept @param {number} end  the step after the last one
   */
  takeKept({ levels, length, first, odd, nonFinite }, end) {
    this.#length = Math.min(length, end - this.firstStep);
    this.#first = this.#length ? first : undefined;
    this.#levels = levels.map(({ width, low, high }) => {
      const level = new Level(width);
      level.count = Math.min(low.length, Math.ceil(this.#length / width));
      // Room to grow into, as a level has it that was filled step by step.
      const room = 2 ** Math.ceil(Math.log2(Math.max(1024, level.count)));
      level.low = new Float32Array(room);
      level.high = new Float32Array(room);
      level.low.set(low.subarray(0, level.count));
      level.high.set(high.subarray(0, level.count));
      return level;
    });
    this.#odd = odd.filter(({ step }) => step < end);
    this.nonFinite = this.#length === length ? nonFinite : this.#odd.length;
  }

  /** First step of each pixel column that holds a value below `limit`. @param {Window} view @param {number} limit */
  below(view, limit) {
    const steps = [];
    for (const [from, to] of columnsOf(view, this.firstStep, this.endStep)) {
      const found = this.range(from, to);
      if (found && found.low < limit) steps.push(from);
    }
    return steps;
  }
}

/** Buckets of a series that is kept. @param {Level} level */
function keepLevel({ width, low, high, count }) {
  return { width, low: low.slice(0, count), high: high.slice(0, count) };
}

/** Values at places of their own, ascending in x: evaluations, or losses against learning rates. */
export class PointSeries {
  /** @type {Point[]} */
  #points = [];
  /** @type {Point[]} */
  #odd = [];

  constructor(capacity = 16384) {
    this.capacity = capacity;
  }

  get length() {
    return this.#points.length;
  }

  /** @param {number} x @param {number} y */
  append(x, y) {
    if (!Number.isFinite(y)) {
      if (this.#odd.length < MARK_CAPACITY) this.#odd.push({ x, y });
      return;
    }
    this.#points.push({ x, y });
    if (this.#points.length >= this.capacity) this.#points = extremes(this.#points, 4);
  }

  /** The last point at or before x, or null. @param {number} x */
  at(x) {
    let low = 0;
    let high = this.#points.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#points[middle].x <= x) low = middle + 1;
      else high = middle;
    }
    return low > 0 ? this.#points[low - 1].y : null;
  }

  /** @param {Window} view @returns {Reduced} */
  reduce(view) {
    /** @type {EdgeMark[]} */
    const marks = [];
    /** @type {Point[]} */
    let points = [];
    for (const point of this.#points) {
      if (point.x < view.from || point.x > view.to) continue;
      if (view.logY && point.y <= 0) marks.push({ x: point.x, edge: 'bottom', what: 'not positive' });
      else points.push(point);
    }
    const per = Math.ceil((2 * points.length) / Math.max(1, view.columns));
    if (per > 2) points = extremes(points, per);
    for (const { x, y } of this.#odd) {
      if (x < view.from || x > view.to) continue;
      marks.push({
        x,
        edge: y === Number.NEGATIVE_INFINITY ? 'bottom' : 'top',
        what: Number.isNaN(y) ? 'NaN' : String(y),
      });
    }
    return { points, marks };
  }
}

/** The lowest and the highest of every `per` points, in their order. @param {Point[]} points @param {number} per */
function extremes(points, per) {
  const kept = [];
  for (let i = 0; i < points.length; i += per) {
    let low = points[i];
    let high = points[i];
    for (let j = i; j < Math.min(i + per, points.length); j++) {
      if (points[j].y < low.y) low = points[j];
      if (points[j].y > high.y) high = points[j];
    }
    if (low === high) kept.push(low);
    else kept.push(...(low.x < high.x ? [low, high] : [high, low]));
  }
  return kept;
}

/**
 * The steps [from, to) of every pixel column that holds at least one, and one column beyond either end of the view,
 * so that a line runs to the frame. On a logarithmic axis step s stands at s + 1, so step 0 has a place.
 * @param {Window} view @param {number} first @param {number} end
 * @returns {Generator<[number, number]>}
 */
function* columnsOf({ from, to, columns, logX = false }, first, end) {
  const place = logX ? (/** @type {number} */ s) => Math.log(s + 1) : (/** @type {number} */ s) => s;
  const step = logX ? (/** @type {number} */ x) => Math.exp(x) - 1 : (/** @type {number} */ x) => x;
  const left = place(Math.max(from, logX ? 0 : from));
  const width = (place(to) - left) / Math.max(1, columns);
  if (!(width > 0)) return;
  let begin = Math.max(first, Math.ceil(step(left - width) - 1e-6));
  for (let column = 0; column <= columns + 1; column++) {
    const stop = Math.min(end, Math.ceil(step(left + column * width) - 1e-6));
    if (stop > begin) {
      yield [begin, stop];
      begin = stop;
    }
    if (begin >= end) return;
  }
  if (begin < end) yield [begin, begin + 1];
}
