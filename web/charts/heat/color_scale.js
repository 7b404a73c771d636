/**
 * Numbers as colours: viridis (van der Walt & Smith 2015, matplotlib), which rises in lightness all the way, so that it is
 * read in grey and with any kind of colour vision.
 */

/** Eleven of its colours, evenly spread. */
const VIRIDIS = [
  [68, 1, 84],
  [72, 36, 117],
  [65, 68, 135],
  [53, 95, 141],
  [42, 120, 142],
  [33, 145, 140],
  [34, 168, 132],
  [68, 191, 112],
  [122, 209, 81],
  [189, 223, 38],
  [253, 231, 37],
];

/** @param {number} share  0 to 1; beyond, the ends @returns {[number, number, number]} */
export function colorAt(share) {
  const at = Math.min(1, Math.max(0, share)) * (VIRIDIS.length - 1);
  const i = Math.min(VIRIDIS.length - 2, Math.floor(at));
  const [from, to] = [VIRIDIS[i], VIRIDIS[i + 1]];
  return /** @type {[number, number, number]} */ (from.map((part, k) => Math.round(part + (at - i) * (to[k] - part))));
}

/** The whole scale as a style sheet's background, from left to right. */
export function scaleGradient() {
  return `linear-gradient(to right, ${VIRIDIS.map((color) => `rgb(${color.join(' ')})`).join(', ')})`;
}

/**
 * The ends of a logarithmic scale of losses: from the lowest to the highest, or to so many times the lowest, for far out a
 * loss may have any size.
 *
 * @param {ArrayLike<number>} values  those that are not finite have no colour
 * @returns {{ low: number, high: number, isCut: boolean } | null}  isCut: some are higher; null where none is finite
 */
export function scaleOf(values) {
  let low = Number.POSITIVE_INFINITY;
  let highest = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > highest) highest = value;
  }
  if (low === Number.POSITIVE_INFINITY) return null;
  // A loss of exactly 0 has no logarithm.
  low = Math.max(low, highest * 1e-9, Number.MIN_VALUE);
  const high = Math.min(Math.max(highest, low * 1.0001), low * 10_000);
  return { low, high, isCut: highest > high };
}
