/**
 * What attention gives each key, as a picture: the pass itself never has a whole row of it at once,
 * and keeps none.
 */
#include "math/elementary.h"
#include "math/kernels.h"

/** q · k of the first lane. */
static double product(const float *query, const float *key, int n) {
  double sum = 0;
  for (int d = 0; d < n; d++)
    sum += (double)query[d * TSCOPE_LANES] * (double)key[d * TSCOPE_LANES];
  return sum;
}

/** One query's row: its scores, then their softmax. */
static void weigh(float *row, const float *query, const float *keys, size_t step, int n, int seen) {
  const double scale = 1 / tscope_sqrt(n);
  double largest = 0, sum = 0;
  for (int j = 0; j < seen; j++) {
    const double score = product(query, keys + (size_t)j * step, n) * scale;
    if (j == 0 || score > largest) largest = score;
  }
  for (int j = 0; j < seen; j++)
    sum += tscope_exp(product(query, keys + (size_t)j * step, n) * scale - largest);
  for (int j = 0; j < seen; j++) {
    const double score = product(query, keys + (size_t)j * step, n) * scale;
    row[j] = (float)(tscope_exp(score - largest) / sum);
  }
}

void tscope_attention_weights(float *weights, const float *projected, const tscope_attention *a) {
  const int n = a->width / a->heads, length = a->length;
  const size_t step = (size_t)a->width * 3 * TSCOPE_LANES;
  for (int h = 0; h < a->heads; h++) {
    const float *queries = projected + (size_t)(h * n) * TSCOPE_LANES;
    const float *keys = queries + (size_t)a->width * TSCOPE_LANES;
    for (int i = 0; i < length; i++, weights += length) {
      const int seen = a->is_causal ? i + 1 : length;
      weigh(weights, queries + (size_t)i * step, keys, step, n, seen);
      for (int j = seen; j < length; j++) weights[j] = 0;
    }
  }
}
