/**
 * What 128-bit SIMD can do on this machine at its best: a product of two panels that stay in the
 * first-level cache, by the tile that the kernels are made of. Every work's speed is given as a
 * share of it, that of its arithmetic.
 */
#include "math/tile.h"

enum { DEPTH = 256 };

static _Alignas(16) float a[DEPTH][TILE], b[DEPTH][TSCOPE_LANES], c[TILE][TSCOPE_LANES];

/** Multiplications and additions of one repeat. */
double bench_peak_flops(void) { return 2.0 * TILE * TSCOPE_LANES * DEPTH; }

/** c += a'b, of so many rows. */
TSCOPE_INLINE void multiply(int rows, int depth) {
  tile_store(c[0], tile_run(tile_load(rows, c[0]), rows, b[0], a[0], depth), rows);
}
TILE_BY_ROWS(multiply, (depth), int depth)

/** A whole tile, so many times; returns a number of it, so that nothing is optimized away. */
float bench_peak_run(int repeats) {
  static volatile int rows = TILE; /* or the loop below would take the tile's into itself */
  for (int k = 0; k < DEPTH; k++) {
    for (int i = 0; i < TILE; i++) a[k][i] = 1e-3f * (float)(k + i);
    for (int j = 0; j < TSCOPE_LANES; j++) b[k][j] = 1e-3f * (float)(k - j);
  }
  for (int r = 0; r < repeats; r++) multiply_by_rows[rows - 1](DEPTH);
  return c[TILE - 1][7];
}
