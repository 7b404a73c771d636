#include <assert.h>

#include "math/kernels.h"

/* Sums run over blocks of this many elements, added in order: threads may share the blocks, never a
 * sum. */
enum { SUM_BLOCK = 4096 };

TSCOPE_ASSERTED int is_vector(const float *v, size_t n) {
  return n % 4 == 0 && tscope_is_aligned(v);
}

/** s += the squares of v[0] and v[1]. */
TSCOPE_INLINE f64x2 add_squares(f64x2 s, const float *v) {
  const f64x2 u = tscope_load_double(v);
  return s + u * u;
}

static double block_dot(const float *a, const float *b, size_t n) {
  f64x2 s0 = {0, 0}, s1 = s0;
  for (size_t i = 0; i < n; i += 4) {
    s0 += tscope_load_double(a + i) * tscope_load_double(b + i);
    s1 += tscope_load_double(a + i + 2) * tscope_load_double(b + i + 2);
  }
  f64x2 s = s0 + s1;
  return s[0] + s[1];
}

/** The squares of two whole blocks, one after the other in memory: a block alone waits for its own
 * sums. */
static void two_blocks_squares(double squares[2], const float *v) {
  f64x2 s0 = {0, 0}, s1 = s0, t0 = s0, t1 = s0;
  for (size_t i = 0; i < SUM_BLOCK; i += 4) {
    s0 = add_squares(s0, v + i);
    s1 = add_squares(s1, v + i + 2);
    t0 = add_squares(t0, v + SUM_BLOCK + i);
    t1 = add_squares(t1, v + SUM_BLOCK + i + 2);
  }
  f64x2 s = s0 + s1, t = t0 + t1;
  squares[0] = s[0] + s[1];
  squares[1] = t[0] + t[1];
}

static double block_squares(const float *v, size_t n) {
  f64x2 s0 = {0, 0}, s1 = s0;
  for (size_t i = 0; i < n; i += 4) {
    s0 = add_squares(s0, v + i);
    s1 = add_squares(s1, v + i + 2);
  }
  f64x2 s = s0 + s1;
  return s[0] + s[1];
}

double tscope_dot(const float *a, const float *b, size_t n) {
  assert(is_vector(a, n) && is_vector(b, n));
  double sum = 0;
  for (size_t i = 0; i < n; i += SUM_BLOCK) {
    sum += block_dot(a + i, b + i, n - i < SUM_BLOCK ? n - i : SUM_BLOCK);
  }
  return sum;
}

double tscope_sum_squares(const float *v, size_t n) { return tscope_dot(v, v, n); }

int tscope_block_count(size_t n) { return (int)((n + SUM_BLOCK - 1) / SUM_BLOCK); }

void tscope_block_squares(double *squares, const float *v, size_t n, tscope_part part) {
  assert(is_vector(v, n));
  const int count = tscope_block_count(n), end = tscope_part_end(part, count);
  int b = tscope_part_begin(part, count);
  for (; b + 2 <= end && (size_t)(b + 2) * SUM_BLOCK <= n; b += 2) {
    two_blocks_squares(squares + b, v + (size_t)b * SUM_BLOCK);
  }
  for (; b < end; b++) {
    const size_t i = (size_t)b * SUM_BLOCK;
    squares[b] = block_squares(v + i, n - i < SUM_BLOCK ? n - i : SUM_BLOCK);
  }
}

void tscope_scale_inplace(float *v, size_t n, float scale) {
  assert(is_vector(v, n));
  for (size_t i = 0; i < n; i += 4) tscope_store(v + i, tscope_load(v + i) * scale);
}

void tscope_flush_inplace(float *v, size_t n) {
  assert(is_vector(v, n));
  for (size_t i = 0; i < n; i += 4) tscope_store(v + i, tscope_flush(tscope_load(v + i)));
}

void tscope_multiply(float *y, const float *a, const float *b, size_t n) {
  assert(is_vector(y, n) && is_vector(a, n) && is_vector(b, n));
  for (size_t i = 0; i < n; i += 4) tscope_store(y + i, tscope_load(a + i) * tscope_load(b + i));
}

void tscope_axpy(float *y, const float *x, size_t n, float a) { tscope_add_scaled(y, y, x, n, a); }

void tscope_add_scaled(float *y, const float *a, const float *b, size_t n, float s) {
  assert(is_vector(y, n) && is_vector(a, n) && is_vector(b, n));
  const f32x4 factor = tscope_splat(s);
  for (size_t i = 0; i < n; i += 4)
    tscope_store(y + i, tscope_madd(factor, tscope_load(b + i), tscope_load(a + i)));
}
