/** What studies count over the seeds of one setting. */

/**
 * @typedef {object} Spread  how far the seeds lie apart
 * @property {number} count
 * @property {number} min
 * @property {number} q25  the quartiles, by quantileOf
 * @property {number} median
 * @property {number} q75
 * @property {number} max
 *
 * @typedef {object} Band  curves of several seeds over one grid, point by point
 * @property {number[]} x
 * @property {number[]} low  the lower quartile
 * @property {number[]} median
 * @property {number[]} high  the upper quartile
 */

/** The median; of an even number of values, the mean of the middle two; null of none. @param {number[]} values  no NaN */
export function medianOf(values) {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * A quantile by linear interpolation between the sorted values, as numpy's default and C's percentiles; null of none.
 *
 * @param {number[]} values  no NaN
 * @param {number} share  0 … 1
 */
export function quantileOf(values, share) {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}

/** Null of none. @param {number[]} values  no NaN @returns {Spread | null} */
export function spreadOf(values) {
  if (values.length === 0) return null;
  return /** @type {Spread} */ ({
    count: values.length,
    min: Math.min(...values),
    q25: quantileOf(values, 0.25),
    median: medianOf(values),
    q75: quantileOf(values, 0.75),
    max: Math.max(...values),
  });
}

/**
 * Median and quartiles of several curves over the same grid. Curves may end early; the band goes as far as at least
 * half of them do, because beyond it the median would be that of the ones that survived.
 *
 * @param {number[]} grid
 * @param {number[][]} curves  each from the grid's first point on
 * @returns {Band}
 */
export function bandOf(grid, curves) {
  /** @type {Band} */
  const band = { x: [], low: [], median: [], high: [] };
  for (let i = 0; i < grid.length; i++) {
    const values = curves.map((curve) => curve[i]).filter(Number.isFinite);
    if (2 * values.length < curves.length || values.length === 0) break;
    band.x.push(grid[i]);
    band.low.push(/** @type {number} */ (quantileOf(values, 0.25)));
    band.median.push(/** @type {number} */ (medianOf(values)));
    band.high.push(/** @type {number} */ (quantileOf(values, 0.75)));
  }
  return band;
}
