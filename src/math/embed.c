#include <assert.h>
#include <string.h>

#include "math/kernels.h"

/** The rows that eight lanes name. */
static void find_rows(int rows[TSCOPE_LANES], const float *tokens, int vocabulary) {
  for (int lane = 0; lane < TSCOPE_LANES; lane++) {
    const float token = tokens[lane];
    /* Written so that what is not a number is row 0. */
    const int last = vocabulary - 1;
    rows[lane] = token > 0 ? token < (float)last ? (int)token : last : 0;
  }
}

void tscope_embed_forward(float *y, const float *tokens, const float *weight, int n, int vocabulary,
                          int positions) {
  assert(tscope_is_aligned(y) && vocabulary > 0);
  for (int p = 0; p < positions; p++, tokens += TSCOPE_LANES) {
    int rows[TSCOPE_LANES];
    const float *from[TSCOPE_LANES];
    find_rows(rows, tokens, vocabulary);
    for (int lane = 0; lane < TSCOPE_LANES; lane++) {
      from[lane] = weight + (size_t)rows[lane] * (size_t)n;
    }
    for (int c = 0; c < n; c++, y += TSCOPE_LANES) {
      for (int lane = 0; lane < TSCOPE_LANES; lane++) y[lane] = from[lane][c];
    }
  }
}

void tscope_embed_backward(float *dweight, const float *dy, const float *tokens, int n,
                           int vocabulary, int positions, int accumulate, tscope_part part) {
  const int begin = tscope_part_begin(part, n), end = tscope_part_end(part, n);
  for (int v = 0; v < vocabulary && !accumulate; v++) {
    memset(dweight + (size_t)v * (size_t)n + begin, 0, (size_t)(end - begin) * sizeof(float));
  }
  for (int p = 0; p < positions; p++, tokens += TSCOPE_LANES, dy += (size_t)n * TSCOPE_LANES) {
    int rows[TSCOPE_LANES];
    find_rows(rows, tokens, vocabulary);
    /* Lanes one after the other: two may name the same row. Those without a sample add zeros. */
    for (int lane = 0; lane < TSCOPE_LANES; lane++) {
      float *to = dweight + (size_t)rows[lane] * (size_t)n;
      const float *from = dy + lane;
      for (int c = begin; c < end; c++) to[c] += from[c * TSCOPE_LANES];
    }
  }
}
