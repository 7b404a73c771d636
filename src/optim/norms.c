#include "math/elementary.h"
#include "optim/optim.h"

enum { BINS_PER_DECADE = 64, LOWEST_DECADE = -12 };

double tscope_norm_bin_edge(int bin) {
  return tscope_pow(10, LOWEST_DECADE + (double)bin / BINS_PER_DECADE);
}

void tscope_norms_add(tscope_norms *norms, double norm) {
  double place = norm > 0 ? (tscope_log10(norm) - LOWEST_DECADE) * BINS_PER_DECADE : 0;
  int bin = place < 0 ? 0 : place >= TSCOPE_NORM_BINS ? TSCOPE_NORM_BINS - 1 : (int)place;
  norms->bins[bin]++;
  norms->zeros += norm == 0;
  norms->tiny += place < 0 || norm == 0;
  norms->count++;
  if ((float)norm > norms->max) norms->max = (float)norm;
}

/** The middle of the bin that the norm of this rank is in, counted from 0 upwards. */
static double norm_of_rank(const tscope_norms *norms, uint32_t rank) {
  uint32_t below = 0;
  int bin = 0;
  for (; bin < TSCOPE_NORM_BINS - 1; bin++) {
    below += norms->bins[bin];
    if (below > rank) break;
  }
  return tscope_pow(10, LOWEST_DECADE + (bin + 0.5) / BINS_PER_DECADE);
}

double tscope_norms_percentile(const tscope_norms *norms, double percentile) {
  if (!norms->count) return (double)__builtin_nanf("");
  /* Between two order statistics as numpy's default has it: each is known to half a bin. */
  const double at = (norms->count - 1) * percentile / 100;
  const uint32_t rank = (uint32_t)at;
  const double low = norm_of_rank(norms, rank), share = at - rank;
  return share > 0 ? low + share * (norm_of_rank(norms, rank + 1) - low) : low;
}

double tscope_norms_told(const tscope_norms *norms, double percentile) {
  const double at = (norms->count - 1.0) * percentile / 100;
  const double found = tscope_norms_percentile(norms, percentile);
  if (at + 1 <= norms->zeros) return 0;
  if (at + 1 <= norms->tiny) return tscope_norm_bin_edge(0);
  return found > (double)norms->max ? (double)norms->max : found;
}
