/**
 * What 128-bit SIMD can do on this machine at its best: a product of two panels that stay in the first-level cache, in
 * tiles of 4 × 8, whose eight accumulators just fit into registers. Every work's speed is given as a share of it, that of
 * its arithmetic.
 */
#include "math/simd.h"

enum { DEPTH = 256 };

static _Alignas(16) float a[DEPTH][4], b[DEPTH][8], c[4][8];

/** Multiplications and additions of one repeat. */
double bench_peak_flops(void) { return 2.0 * 4 * 8 * DEPTH; }

/** Computes c += a'b, repeats times; returns a number of it, so that nothing is optimized away. */
float bench_peak_run(int repeats) {
  for (int k = 0; k < DEPTH; k++) {
    for (int i = 0; i < 4; i++) a[k][i] = 1e-3f * (float)(k + i);
    for (int j = 0; j < 8; j++) b[k][j] = 1e-3f * (float)(k - j);
  }
  for (int r = 0; r < repeats; r++) {
    f32x4 c00 = tscope_load(c[0]), c01 = tscope_load(c[0] + 4);
    f32x4 c10 = tscope_load(c[1]), c11 = tscope_load(c[1] + 4);
    f32x4 c20 = tscope_load(c[2]), c21 = tscope_load(c[2] + 4);
    f32x4 c30 = tscope_load(c[3]), c31 = tscope_load(c[3] + 4);
    for (int k = 0; k < DEPTH; k++) {
      f32x4 b0 = tscope_load(b[k]), b1 = tscope_load(b[k] + 4);
      f32x4 a0 = tscope_load_splat(a[k]), a1 = tscope_load_splat(a[k] + 1);
      f32x4 a2 = tscope_load_splat(a[k] + 2), a3 = tscope_load_splat(a[k] + 3);
      c00 = tscope_madd(a0, b0, c00);
      c01 = tscope_madd(a0, b1, c01);
      c10 = tscope_madd(a1, b0, c10);
      c11 = tscope_madd(a1, b1, c11);
      c20 = tscope_madd(a2, b0, c20);
      c21 = tscope_madd(a2, b1, c21);
      c30 = tscope_madd(a3, b0, c30);
      c31 = tscope_madd(a3, b1, c31);
    }
    tscope_store(c[0], c00), tscope_store(c[0] + 4, c01);
    tscope_store(c[1], c10), tscope_store(c[1] + 4, c11);
    tscope_store(c[2], c20), tscope_store(c[2] + 4, c21);
    tscope_store(c[3], c30), tscope_store(c[3] + 4, c31);
  }
  return c[3][7];
}
