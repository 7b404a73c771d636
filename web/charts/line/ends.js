/** Names at the ends of curves, so that no legend has to be asked which is which. */

/**
 * @typedef {import('./scene.js').Layer} Layer
 * @typedef {import('../series.js').Reduced} Reduced
 */

/** The margin for the names takes at most this share of a chart, and a narrower chart than this has none. */
const MARGIN_SHARE = 0.3;
const LEAST_WIDTH = 340;

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
 * The width that the names want at the right of the curves; 0 where there is no room for it.
 * @param {Layer[]} layers @param {number} width of the chart @param {(text: string) => number} measure
 */
export function marginOf(layers, width, measure) {
  const names = layers.flatMap(({ end }) => end ?? []);
  if (names.length === 0 || width < LEAST_WIDTH) return 0;
  const widest = Math.max(...names.map(measure)) + AIR;
  return Math.min(widest, width * MARGIN_SHARE);
}

/** A name cut to a width. @param {string} name @param {number} width @param {(text: string) => number} measure */
export function cutName(name, width, measure) {
  if (measure(name) <= width) return name;
  let length = name.length - 1;
  while (length > 1 && measure(`${name.slice(0, length)}…`) > width) length--;
  return `${name.slice(0, length).trimEnd()}…`;
}
