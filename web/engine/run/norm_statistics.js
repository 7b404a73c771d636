/** Statistics of any list of gradient norms, exact: a run keeps its own in bins (norm_bars.js). */

import { checkNumbers } from '../core/arguments.js';
import { TrainerError } from '../core/errors.js';

/**
 * @typedef {object} NormStats
 * @property {number | null} threshold  the percentile of the finite norms; null where there are none
 * @property {{ edges: number[], counts: number[] }} histogram  logarithmic bins; edges are one more than counts
 * @property {number} nonFinite  norms left out
 */

const HISTOGRAM_BINS = 48;
const BINS_MAX = 100_000;

/**
 * A threshold to clip at, and a histogram.
 *
 * @param {import('../core/wasm.js').Core} core
 * @param {ArrayLike<number>} norms  unclipped
 * @param {{ percentile?: number, bins?: number }} [options]  percentile: 0 … 100, by linear interpolation between the
 *   sorted norms; bins: of the histogram
 * @returns {NormStats}
 */
export function gradientNormStats(core, norms, { percentile = 90, bins = HISTOGRAM_BINS } = {}) {
  checkNumbers('norms', norms);
  if (!(typeof percentile === 'number' && percentile >= 0 && percentile <= 100)) {
    throw new TrainerError('argument', 'percentile', `percentile must be between 0 and 100, not ${percentile}.`);
  }
  if (!(Number.isInteger(bins) && bins >= 1 && bins <= BINS_MAX)) {
    throw new TrainerError('argument', 'bins', `bins must be a whole number between 1 and ${BINS_MAX}, not ${bins}.`);
  }
  const n = norms.length;
  return core.withMemory(8 * (2 * n + bins + 1) + 4 * (bins + 1), (pointer) => {
    const workspace = pointer + 8 * n;
    const edges = workspace + 8 * n;
    const counts = edges + 8 * (bins + 1);
    const nonFinite = counts + 4 * bins;
    core.view(Float64Array, pointer, n).set(norms);
    const threshold = core.call.tscope_norm_statistics(
      pointer,
      n,
      percentile,
      bins,
      edges,
      counts,
      nonFinite,
      workspace,
    );
    return {
      threshold: Number.isNaN(threshold) ? null : threshold,
      histogram: {
        edges: [...core.view(Float64Array, edges, bins + 1)],
        counts: [...core.view(Uint32Array, counts, bins)],
      },
      nonFinite: core.data.getInt32(nonFinite, true),
    };
  });
}
