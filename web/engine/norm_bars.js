/** A run's histogram of gradient norms as bars: its bins are too fine to draw and too many to keep with every trial. */

/**
 * @typedef {{ edges: number[], counts: number[] }} NormHistogram  bars from the smallest norm to the largest; edges are
 *   one more than counts
 */

/** The most bars. */
const BARS_MAX = 48;

/**
 * Bars of equally many neighbouring bins: a power of two of them, so that bars of different runs lie on each other.
 *
 * @param {Uint32Array} bins
 * @param {(bin: number) => number} edgeOf  the lower edge of a bin
 * @returns {NormHistogram}
 */
export function mergeBins(bins, edgeOf) {
  const first = bins.findIndex((count) => count > 0);
  if (first < 0) return { edges: [], counts: [] };
  const last = bins.findLastIndex((count) => count > 0);
  let width = 1;
  while (Math.floor(last / width) - Math.floor(first / width) + 1 > BARS_MAX) width *= 2;
  const from = Math.floor(first / width);
  const bars = Math.floor(last / width) - from + 1;
  return {
    edges: Array.from({ length: bars + 1 }, (_, bar) => edgeOf(Math.min((from + bar) * width, bins.length))),
    counts: Array.from({ length: bars }, (_, bar) =>
      bins.subarray((from + bar) * width, (from + bar + 1) * width).reduce((sum, count) => sum + count, 0),
    ),
  };
}
