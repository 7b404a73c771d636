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
  norms->count++;
  if ((float)norm > norms->max) norms->max = (float)norm;
}

double tscope_norms_percentile(const tscope_norms *norms, double percentile) {
  if (!norms->count) return (double)__builtin_nanf("");
  /* The order statistic nearest to numpy's position (count - 1) p. */
  const double rank = (norms->count - 1) * percentile / 100;
  double below = 0;
  int bin = 0;
  for (; bin < TSCOPE_NORM_BINS - 1; bin++) {
    below += norms->bins[bin];
    if (below > rank + 0.5 - 1e-9 || below >= norms->count) break;
  }
  return tscope_pow(10, LOWEST_DECADE + (bin + 0.5) / BINS_PER_DECADE);
}
