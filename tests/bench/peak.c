/**
 * What 128-bit SIMD can do on this machine at its best: a product of two panels that stay in the first-level cache, in
 * tiles of 4 × 8, whose eight accumulators just fit into registers. Every work's speed is given as a share of it.
 */
#include <wasm_simd128.h>

enum { DEPTH = 256 };

static float a[DEPTH][4], b[DEPTH][8], c[4][8];

/** Multiplications and additions of one repeat. */
double bench_peak_flops(void) { return 2.0 * 4 * 8 * DEPTH; }

/** Computes c += a'b, repeats times; returns a number of it, so that nothing is optimized away. */
float bench_peak_run(int repeats) {
  for (int k = 0; k < DEPTH; k++) {
    for (int i = 0; i < 4; i++) a[k][i] = 1e-3f * (float)(k + i);
    for (int j = 0; j < 8; j++) b[k][j] = 1e-3f * (float)(k - j);
  }
  for (int r = 0; r < repeats; r++) {
    v128_t c00 = wasm_v128_load(c[0]), c01 = wasm_v128_load(c[0] + 4);
    v128_t c10 = wasm_v128_load(c[1]), c11 = wasm_v128_load(c[1] + 4);
    v128_t c20 = wasm_v128_load(c[2]), c21 = wasm_v128_load(c[2] + 4);
    v128_t c30 = wasm_v128_load(c[3]), c31 = wasm_v128_load(c[3] + 4);
    for (int k = 0; k < DEPTH; k++) {
      v128_t b0 = wasm_v128_load(b[k]), b1 = wasm_v128_load(b[k] + 4);
      v128_t a0 = wasm_v128_load32_splat(a[k]), a1 = wasm_v128_load32_splat(a[k] + 1);
      v128_t a2 = wasm_v128_load32_splat(a[k] + 2), a3 = wasm_v128_load32_splat(a[k] + 3);
      c00 = wasm_f32x4_add(c00, wasm_f32x4_mul(a0, b0));
      c01 = wasm_f32x4_add(c01, wasm_f32x4_mul(a0, b1));
      c10 = wasm_f32x4_add(c10, wasm_f32x4_mul(a1, b0));
      c11 = wasm_f32x4_add(c11, wasm_f32x4_mul(a1, b1));
      c20 = wasm_f32x4_add(c20, wasm_f32x4_mul(a2, b0));
      c21 = wasm_f32x4_add(c21, wasm_f32x4_mul(a2, b1));
      c30 = wasm_f32x4_add(c30, wasm_f32x4_mul(a3, b0));
      c31 = wasm_f32x4_add(c31, wasm_f32x4_mul(a3, b1));
    }
    wasm_v128_store(c[0], c00), wasm_v128_store(c[0] + 4, c01);
    wasm_v128_store(c[1], c10), wasm_v128_store(c[1] + 4, c11);
    wasm_v128_store(c[2], c20), wasm_v128_store(c[2] + 4, c21);
    wasm_v128_store(c[3], c30), wasm_v128_store(c[3] + 4, c31);
  }
  return c[3][7];
}
