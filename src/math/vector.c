#include <assert.h>

#include "math/kernels.h"

/* Sums run over blocks of this many elements, added in order: threads may share the blocks, never a
 * sum. */
enum { SUM_BLOCK = 4096 };

/* Squares that are summed in floats before their sum goes into a double. */
enum { SQUARES_GROUP = 128 };

/* Beside this sum, what a block's squares lose below the smallest normal float, 2^-126 each, is
 * less than 2^-44. */
static const double SQUARES_LEAST = 0x1p-70;

TSCOPE_ASSERTED int is_vector(const float *v, size_t n) {
  return n % 4 == 0 && tscope_is_aligned(v);
}

/* Once in the binary: a page fetches it before it can begin. */
static __attribute__((noinline)) double block_dot(const float *a, const float *b, size_t n) {
  f64x2 s0 = {0, 0}, s1 = s0;
  for (size_t i = 0; i < n; i += 4) {
    s0 += tscope_load_double(a + i) * tscope_load_double(b + i);
    s1 += tscope_load_double(a + i + 2) * tscope_load_double(b + i + 2);
  }
  f64x2 s = s0 + s1;
  return s[0] + s[1];
}

/** Of SQUARES_GROUP floats, in floats: eight squares to a sum. */
static f64x2 group_squares(const float *v) {
  f32x4 s0 = tscope_splat(0), s1 = s0, s2 = s0, s3 = s0;
  TSCOPE_KEEP_LOOP
  for (size_t i = 0; i < SQUARES_GROUP; i += 16) {
    const f32x4 a = tscope_load(v + i), b = tscope_load(v + i + 4);
    const f32x4 c = tscope_load(v + i + 8), d = tscope_load(v + i + 12);
    s0 = tscope_madd(a, a, s0);
    s1 = tscope_madd(b, b, s1);
    s2 = tscope_madd(c, c, s2);
    s3 = tscope_madd(d, d, s3);
  }
  const f32x4 s = (s0 + s1) + (s2 + s3);
  return tscope_low_double(s) + tscope_high_double(s);
}

/**
 * A third of the time that doubles take, within 1e-6. Where a square was beyond a float, or all are
 * so small that those below one may count, it is summed again.
 */
static double block_squares(const float *v, size_t n) {
  f64x2 s = {0, 0};
  size_t i = 0;
  for (; i + SQUARES_GROUP <= n; i += SQUARES_GROUP) s += group_squares(v + i);
  const double sum = s[0] + s[1] + block_dot(v + i, v + i, n - i);
  const int is_sure = sum >= SQUARES_LEAST && sum < (double)__builtin_inff();
  return is_sure ? sum : block_dot(v, v, n);
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
  for (int b = tscope_part_begin(part, count); b < end; b++) {
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
