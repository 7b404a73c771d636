/** Statistics of any list of gradient norms, exact: a run keeps its own in bins (norm_bars.js). */

import { describeValue } from '../config/names.js';
import { argumentError, checkWhole, readNumbers, readOptions } from '../core/arguments.js';

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
 * @param {unknown} given  unclipped norms, an ArrayLike<number>
 * @param {unknown} [options]  { percentile?: number, bins?: number };  percentile: 0 … 100, by linear interpolation between the
 *   sorted norms; bins: of the histogram
 * @returns {NormStats}
 */
export function gradientNormStats(core, given, options) {
  const norms = readNumbers('norms', given);
  const read = readOptions('gradientNormStats', options, ['percentile', 'bins']);
  const { percentile = 90 } = read;
  if (!(typeof percentile === 'number' && percentile >= 0 && percentile <= 100)) {
    throw argumentError('percentile', `percentile must be between 0 and 100, not ${describeValue(percentile)}.`);
  }
  const bins = checkWhole('bins', read.bins ?? HISTOGRAM_BINS, { min: 1, max: BINS_MAX });
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
