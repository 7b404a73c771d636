#include "math/lane_products.h"

/**
 * A tile of two rows by four columns, of four lanes: c (+)= Σ_k a[row][k] b[k][column]. Of a, rows
 * and what is summed over lie so many floats apart. rows and columns are constants at every call,
 * and so is one of the distances: what is added to an address is then part of an instruction. Eight
 * sums and six factors are what registers hold.
 */
TSCOPE_INLINE void lane_tile(float *c, size_t c_row, const float *a, size_t a_row, size_t a_next,
                             tscope_lanes b, int rows, int columns, int n, int accumulate) {
  enum { SECOND = TSCOPE_LANES, THIRD = 2 * TSCOPE_LANES, FOURTH = 3 * TSCOPE_LANES };
  const f32x4 zero = tscope_splat(0);
  f32x4 s00 = zero, s01 = zero, s02 = zero, s03 = zero;
  f32x4 s10 = zero, s11 = zero, s12 = zero, s13 = zero;
  float *d = c + (rows > 1 ? c_row : 0);
  if (accumulate) {
    s00 = tscope_load(c);
    if (columns > 1) s01 = tscope_load(c + SECOND);
    if (columns > 2) s02 = tscope_load(c + THIRD);
    if (columns > 3) s03 = tscope_load(c + FOURTH);
    if (rows > 1) {
      s10 = tscope_load(d);
      if (columns > 1) s11 = tscope_load(d + SECOND);
      if (columns > 2) s12 = tscope_load(d + THIRD);
      if (columns > 3) s13 = tscope_load(d + FOURTH);
    }
  }
  TSCOPE_KEEP_LOOP
  for (int k = 0; k < n; k++, a += a_next, b.at += b.row) {
    TSCOPE_LONE(a);
    TSCOPE_LONE(b.at);
    const f32x4 x0 = tscope_load(a), x1 = rows > 1 ? tscope_load(a + a_row) : zero;
    const f32x4 y0 = tscope_load(b.at);
    s00 = tscope_madd(x0, y0, s00);
    if (rows > 1) s10 = tscope_madd(x1, y0, s10);
    if (columns > 1) {
      const f32x4 y1 = tscope_load(b.at + SECOND);
      s01 = tscope_madd(x0, y1, s01);
      if (rows > 1) s11 = tscope_madd(x1, y1, s11);
    }
    if (columns > 2) {
      const f32x4 y2 = tscope_load(b.at + THIRD);
      s02 = tscope_madd(x0, y2, s02);
      if (rows > 1) s12 = tscope_madd(x1, y2, s12);
    }
    if (columns > 3) {
      const f32x4 y3 = tscope_load(b.at + FOURTH);
      s03 = tscope_madd(x0, y3, s03);
      if (rows > 1) s13 = tscope_madd(x1, y3, s13);
    }
  }
  tscope_store(c, s00);
  if (columns > 1) tscope_store(c + SECOND, s01);
  if (columns > 2) tscope_store(c + THIRD, s02);
  if (columns > 3) tscope_store(c + FOURTH, s03);
  if (rows > 1) {
    tscope_store(d, s10);
    if (columns > 1) tscope_store(d + SECOND, s11);
    if (columns > 2) tscope_store(d + THIRD, s12);
    if (columns > 3) tscope_store(d + FOURTH, s13);
  }
}

TSCOPE_INLINE void lane_row(float *c, size_t c_row, const float *a, size_t a_row, size_t a_next,
                            tscope_lanes b, int rows, int columns, int n, int accumulate) {
  int j = 0;
  TSCOPE_KEEP_LOOP
  for (; j + 4 <= columns; j += 4, c += 4 * TSCOPE_LANES, b.at += 4 * TSCOPE_LANES)
    lane_tile(c, c_row, a, a_row, a_next, b, rows, 4, n, accumulate);
  /* Tiles of their own for two and three columns would only be more to fetch. */
  TSCOPE_KEEP_LOOP
  for (; j < columns; j++, c += TSCOPE_LANES, b.at += TSCOPE_LANES)
    lane_tile(c, c_row, a, a_row, a_next, b, rows, 1, n, accumulate);
}

TSCOPE_INLINE void lane_rows(float *c, size_t c_row, const float *a, size_t a_row, size_t a_next,
                             tscope_lanes b, int rows, int columns, int n, int accumulate) {
  TSCOPE_KEEP_LOOP
  for (int half = 0; half < TSCOPE_LANES; half += 4) {
    const tscope_lanes own = {b.at + half, b.row};
    const float *from = a + half;
    float *to = c + half;
    int i = 0;
    TSCOPE_KEEP_LOOP
    for (; i + 2 <= rows; i += 2, from += 2 * a_row, to += 2 * c_row)
      lane_row(to, c_row, from, a_row, a_next, own, 2, columns, n, accumulate);
    if (i < rows) lane_row(to, c_row, from, a_row, a_next, own, 1, columns, n, accumulate);
  }
}

/** c [rows][columns] = a b in all eight lanes, the sum over n terms in their order. */
void tscope_lanes_multiply(float *c, size_t c_row, tscope_lanes a, tscope_lanes b, int rows,
                           int columns, int n) {
  lane_rows(c, c_row, a.at, a.row, TSCOPE_LANES, b, rows, columns, n, 0);
}

/** c [rows][columns] += aᵀ b, likewise. */
void tscope_lanes_gather(float *c, size_t c_row, tscope_lanes a, tscope_lanes b, int rows,
                         int columns, int n) {
  lane_rows(c, c_row, a.at, TSCOPE_LANES, a.row, b, rows, columns, n, 1);
}
