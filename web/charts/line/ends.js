/** Names at the ends of curves, so that no legend has to be asked which is which. */

/**
 * @typedef {import('./scene.js').Layer} Layer
 * @typedef {import('../series.js').Reduced} Reduced
 */

/** The margin for the names takes at most this share of a chart, and a narrower chart than this has none. */
const MARGIN_SHARE = 0.16;
const LEAST_WIDTH = 340;

/** What the ticks of the y axis take of a chart, at most. */
const AXIS_SHARE = 0.15;

/** Air on both sides of a name, in pixels. */
const AIR = 14;

/**
 * Where the named curves end in sight. @param {Map<Layer, Reduced>} curves @param {import('./scene.js').Range} range
 */
export function endsOf(curves, range) {
  return [...curves].flatMap(([{ end, color }, { points }]) => {
    const last = points.findLast(({ y }) => Number.isFinite(y));
    if (!end || !last) return [];
    return [{ label: end, color, x: last.x, y: Math.min(Math.max(last.y, range.min), range.max) }];
  });
}

/**
 * Up to which share of the axis named curves reach.
 * @param {ReturnType<typeof endsOf>} ends @param {Pick<import('../plot/plot.js').Plot, 'area' | 'x'>} chart @param {number} shift  of the axis
 */
export function reachesOf(ends, { area, x: across }, shift) {
  return ends.map(({ label, x }) => {
    const share = (across.pixelOf(x + shift) - area.left) / Math.max(1, area.right - area.left);
    return { label, share: Math.min(1, Math.max(0, share)) };
  });
}

/**
 * The width that the names want at the right of the curves; 0 where all curves end so early that their names stand
 * behind them, null where there is no room for any.
 *
 * @param {{ label: string, share: number }[]} ends  share: of the axis, up to where the curve reaches
 * @param {number} width of the chart @param {(text: string) => number} measure
 */
export function marginOf(ends, width, measure) {
  if (width < LEAST_WIDTH) return null;
  if (ends.length === 0) return 0;
  const wanted = ends.map(({ label, share }) => ({
    length: measure(label) + AIR,
    rest: (1 - share) * width * (1 - AXIS_SHARE),
  }));
  if (wanted.every(({ length, rest }) => rest >= length)) return 0;
  return Math.min(Math.max(...wanted.map(({ length }) => length)), width * MARGIN_SHARE);
}

/** A name cut to a width. @param {string} name @param {number} width @param {(text: string) => number} measure */
export function cutName(name, width, measure) {
  if (measure(name) <= width) return name;
  let length = name.length - 1;
  while (length > 1 && measure(`${name.slice(0, length)}…`) > width) length--;
  return `${name.slice(0, length).trimEnd()}…`;
}
