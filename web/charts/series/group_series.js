/**
 * What several runs of the same settings have in common: at each step the middle of their values, or the lowest or the
 * highest; or of two runs, by how much the first is above the second. It reaches as far as all of them do: a middle of
 * those that are left would be one of survivors.
 *
 * @typedef {{ at: (step: number) => number | null }} Member
 * @typedef {'median' | 'mean' | 'low' | 'high' | 'difference'} Statistic
 */

/** @type {Record<Statistic, (values: number[]) => number>} */
const STATISTICS = {
  mean: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  median: (values) => {
    const rising = [...values].sort((a, b) => a - b);
    const middle = rising.length >> 1;
    return rising.length % 2 ? rising[middle] : (rising[middle - 1] + rising[middle]) / 2;
  },
  low: (values) => Math.min(...values),
  high: (values) => Math.max(...values),
  difference: ([first, second]) => first - second,
};

export class GroupSeries {
  #members;
  #of;
  #places;

  /** @param {Member[]} members @param {Statistic} statistic @param {number[]} [places]  the steps that there are values of; all, where none are given */
  constructor(members, statistic, places) {
    this.#members = members;
    this.#of = STATISTICS[statistic];
    this.#places = places;
  }

  /** @param {number} step */
  at(step) {
    const values = [];
    for (const member of this.#members) {
      const value = member.at(step);
      if (value === null || !Number.isFinite(value)) return null;
      values.push(value);
    }
    return this.#of(values);
  }

  /** @param {import('../series.js').Window} view @returns {import('../series.js').Reduced} */
  reduce(view) {
    /** @type {import('../series.js').Point[]} */
    const points = [];
    /** @type {import('../series.js').EdgeMark[]} */
    const marks = [];
    for (const x of this.#places?.filter((place) => place >= view.from && place <= view.to) ?? stepsOf(view)) {
      const y = this.at(x);
      if (y === null) continue;
      if (view.logY && y <= 0) marks.push({ x, edge: 'bottom', what: 'not positive' });
      else points.push({ x, y });
    }
    return { points, marks };
  }
}

/** A step for each pixel column, each step once. @param {import('../series.js').Window} view */
function* stepsOf({ from, to, columns, logX = false }) {
  let last = Number.NEGATIVE_INFINITY;
  const first = Math.max(0, from);
  for (let column = 0; column <= columns; column++) {
    const share = column / columns;
    const place = logX ? (first + 1) * ((to + 1) / (first + 1)) ** share - 1 : first + share * (to - first);
    const step = Math.round(place);
    if (step > last) yield step;
    last = step;
  }
}
