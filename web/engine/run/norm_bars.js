/**
 * A run's histogram of gradient norms as bars: its bins are too fine to draw and too many to keep with every trial. The
 * edges of the bins are C's, one more than bins, as Engine.normEdges has them.
 */

/**
 * @typedef {{ edges: number[], counts: number[] }} NormHistogram  bars from the smallest norm to the largest; edges are
 *   one more than counts
 */

/** They are the same for all runs, and each is a power. @type {WeakMap<import('../core/wasm.js').Core, Float64Array>} */
const KNOWN_EDGES = new WeakMap();

/**
 * @param {import('../core/wasm.js').Core} core
 * @returns {Readonly<Float64Array>}  the lower edge of each bin of a run's histogram, and the upper edge of the last
 */
export function readNormEdges(core) {
  const known = KNOWN_EDGES.get(core);
  if (known) return known;
  const count = core.constants.NORM_BINS + 1;
  const edges = Float64Array.from({ length: count }, (_, bin) => core.call.tscope_norm_bin_edge(bin));
  KNOWN_EDGES.set(core, edges);
  return edges;
}

/** The most bars. */
const BARS_MAX = 48;

/**
 * Bars of equally many neighbouring bins: a power of two of them, so that bars of different runs lie on each other.
 *
 * @param {Uint32Array} bins
 * @param {ArrayLike<number>} edges
 * @returns {NormHistogram}
 */
export function mergeBins(bins, edges) {
  const first = bins.findIndex((count) => count > 0);
  if (first < 0) return { edges: [], counts: [] };
  const last = bins.findLastIndex((count) => count > 0);
  let width = 1;
  while (Math.floor(last / width) - Math.floor(first / width) + 1 > BARS_MAX) width *= 2;
  const from = Math.floor(first / width);
  const bars = Math.floor(last / width) - from + 1;
  return {
    edges: Array.from({ length: bars + 1 }, (_, bar) => edges[Math.min((from + bar) * width, bins.length)]),
    counts: Array.from({ length: bars }, (_, bar) =>
      bins.subarray((from + bar) * width, (from + bar + 1) * width).reduce((sum, count) => sum + count, 0),
    ),
  };
}

/**
 * The share of the counted norms that lie above a value, to the bin.
 *
 * @param {Uint32Array} bins
 * @param {ArrayLike<number>} edges
 * @param {number} value
 * @param {number} [tiny]  norms that are too small for a bin
 */
export function shareAbove(bins, edges, value, tiny = 0) {
  let above = 0;
  let all = tiny;
  for (let bin = 0; bin < bins.length; bin++) {
    all += bins[bin];
    if (edges[bin] >= value) above += bins[bin];
  }
  return all > 0 ? above / all : 0;
}

/**
 * The mean of min(1, λ / ‖g‖) over the counted norms, by which clipping at λ would have shortened these steps: each norm
 * counts as the geometric middle of its bin, within 1.9 % of itself.
 *
 * @param {Uint32Array} bins
 * @param {ArrayLike<number>} edges
 * @param {number} threshold  λ
 * @param {number} [tiny]  norms that are too small for a bin, which nothing shortens
 */
export function meanClipScale(bins, edges, threshold, tiny = 0) {
  let scales = tiny;
  let all = tiny;
  for (let bin = 0; bin < bins.length; bin++) {
    all += bins[bin];
    if (bins[bin] > 0) scales += bins[bin] * Math.min(1, threshold / Math.sqrt(edges[bin] * edges[bin + 1]));
  }
  return all > 0 ? scales / all : 1;
}
