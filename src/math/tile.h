/**
 * The register tile that convolutions and linear layers are made of: so many outputs by eight
 * samples, or by eight taps. Its sums are named because an array that the compiler does not unroll
 * whole would live in memory.
 */
#ifndef TRAINSCOPE_MATH_TILE_H
#define TRAINSCOPE_MATH_TILE_H

#include <stddef.h>
#include <string.h>

#include "math/simd.h"

/**
 * The outputs of a tile. Plain, eight sums keep the machine as busy as more would. Fused, a sum
 * waits four steps for itself and two are added in each, so that eight never have one to spare;
 * twelve, two factors and a third are the fifteen registers that V8 has, in a function whose only
 * loop is the tile's.
 */
#ifdef TSCOPE_FUSED
enum { TILE = 6, TILE_IS_ALONE = 1 };
#else
enum { TILE = 4, TILE_IS_ALONE = 0 };
#endif

typedef struct tile {
  f32x4 a0, b0, a1, b1, a2, b2, a3, b3, a4, b4, a5, b5;
} tile;

enum { TILE_FLOATS = 2 * 4 * TILE };

/* Of a tile among other loops: there V8 has registers for no more. */
enum { SMALL_TILE = 4 };

static inline int tiles(int n) { return (n + TILE - 1) / TILE; }

static inline int at_most(int n, int limit) { return n < limit ? n : limit; }

/** Where a row's weights begin that are packed in tiles, each [n][TILE]. */
static inline size_t tile_place(int row, int n) {
  return (size_t)(row / TILE * TILE) * (size_t)n + (size_t)(row % TILE);
}

/** The rows of a small tile from `row` on, of so many: it reaches into no other packed tile. */
static inline int small_tile_at(int row, int rows) {
  return at_most(at_most(rows - row, SMALL_TILE), TILE - row % TILE);
}

/** Where the weights of a tile's rows are. */
typedef struct tile_rows {
  const float *w0, *w1, *w2, *w3, *w4, *w5;
} tile_rows;

/** Of rows that lie `row` floats apart. */
TSCOPE_INLINE tile_rows tile_rows_apart(const float *w, size_t row) {
  return (tile_rows){w, w + row, w + 2 * row, w + 3 * row, w + 4 * row, w + 5 * row};
}

/** sum[r] += w[r] x for r < rows; rows is a constant at every call. */
TSCOPE_INLINE tile tile_add_rows(tile sum, int rows, const float *x, tile_rows w) {
  f32x4 xa = tscope_load(x), xb = tscope_load(x + 4);
  f32x4 w0 = tscope_load_splat(w.w0);
  sum.a0 = tscope_madd(w0, xa, sum.a0);
  sum.b0 = tscope_madd(w0, xb, sum.b0);
  if (rows > 1) {
    f32x4 w1 = tscope_load_splat(w.w1);
    sum.a1 = tscope_madd(w1, xa, sum.a1);
    sum.b1 = tscope_madd(w1, xb, sum.b1);
  }
  if (rows > 2) {
    f32x4 w2 = tscope_load_splat(w.w2);
    sum.a2 = tscope_madd(w2, xa, sum.a2);
    sum.b2 = tscope_madd(w2, xb, sum.b2);
  }
  if (rows > 3) {
    f32x4 w3 = tscope_load_splat(w.w3);
    sum.a3 = tscope_madd(w3, xa, sum.a3);
    sum.b3 = tscope_madd(w3, xb, sum.b3);
  }
  if (rows > 4) {
    f32x4 w4 = tscope_load_splat(w.w4);
    sum.a4 = tscope_madd(w4, xa, sum.a4);
    sum.b4 = tscope_madd(w4, xb, sum.b4);
  }
  if (rows > 5) {
    f32x4 w5 = tscope_load_splat(w.w5);
    sum.a5 = tscope_madd(w5, xa, sum.a5);
    sum.b5 = tscope_madd(w5, xb, sum.b5);
  }
  return sum;
}

/** The same of rows that lie `row` floats apart in w. */
TSCOPE_INLINE tile tile_add(tile sum, int rows, const float *x, const float *w, size_t row) {
  return tile_add_rows(sum, rows, x, tile_rows_apart(w, row));
}

/** The same of n inputs, whose weights follow each other in each row. Each row has its own place:
 * places that are made of each other V8 makes first, and loads all of their weights before the
 * first sum. */
TSCOPE_INLINE tile tile_run_rows(tile sum, int rows, const float *x, const float *w, size_t row,
                                 int n) {
  tile_rows at = tile_rows_apart(w, row);
  TSCOPE_KEEP_LOOP
  for (int i = 0; i < n; i++, x += TSCOPE_LANES) {
    TSCOPE_LONE(at.w0);
    if (rows > 1) TSCOPE_LONE(at.w1);
    if (rows > 2) TSCOPE_LONE(at.w2);
    if (rows > 3) TSCOPE_LONE(at.w3);
    if (rows > 4) TSCOPE_LONE(at.w4);
    if (rows > 5) TSCOPE_LONE(at.w5);
    sum = tile_add_rows(sum, rows, x, at);
    at.w0++, at.w1++, at.w2++, at.w3++, at.w4++, at.w5++;
  }
  return sum;
}

/** The same of n inputs, whose weights lie `next` floats apart. */
TSCOPE_INLINE tile tile_run_apart(tile sum, int rows, const float *x, const float *w, size_t row,
                                  size_t next, int n) {
  TSCOPE_KEEP_LOOP
  for (int i = 0; i < n; i++, x += TSCOPE_LANES, w += next) {
    TSCOPE_LONE(w);
    sum = tile_add(sum, rows, x, w, row);
  }
  return sum;
}

/** The same of packed weights, a tile's rows beside each other. */
TSCOPE_INLINE tile tile_run(tile sum, int rows, const float *x, const float *w, int n) {
  return tile_run_apart(sum, rows, x, w, 1, TILE, n);
}

/** tile_add for one or two rows of two inputs: the upper half of the tile is
 * that of y. A tile of two rows alone would wait for its own sums. */
TSCOPE_INLINE tile tile_add_twice(tile sum, int rows, const float *x, const float *y,
                                  const float *w, size_t row) {
  f32x4 xa = tscope_load(x), xb = tscope_load(x + 4);
  f32x4 ya = tscope_load(y), yb = tscope_load(y + 4);
  f32x4 w0 = tscope_load_splat(w);
  sum.a0 = tscope_madd(w0, xa, sum.a0);
  sum.b0 = tscope_madd(w0, xb, sum.b0);
  sum.a2 = tscope_madd(w0, ya, sum.a2);
  sum.b2 = tscope_madd(w0, yb, sum.b2);
  if (rows > 1) {
    f32x4 w1 = tscope_load_splat(w + row);
    sum.a1 = tscope_madd(w1, xa, sum.a1);
    sum.b1 = tscope_madd(w1, xb, sum.b1);
    sum.a3 = tscope_madd(w1, ya, sum.a3);
    sum.b3 = tscope_madd(w1, yb, sum.b3);
  }
  return sum;
}

/** Likewise of two runs of x that lie `apart` floats apart, and weights as tile_run_apart's. */
TSCOPE_INLINE tile tile_run_twice_apart(tile sum, int rows, const float *x, size_t apart,
                                        const float *w, size_t row, size_t next, int n) {
  TSCOPE_KEEP_LOOP
  for (int i = 0; i < n; i++, x += TSCOPE_LANES, w += next)
    sum = tile_add_twice(sum, rows, x, x + apart, w, row);
  return sum;
}

/** The same of packed weights. */
TSCOPE_INLINE tile tile_run_twice(tile sum, int rows, const float *x, size_t apart, const float *w,
                                  int n) {
  return tile_run_twice_apart(sum, rows, x, apart, w, 1, TILE, n);
}

/** For tile_add_twice: what a tile of one or two rows begins with, for both inputs. */
TSCOPE_INLINE tile tile_for_two(tile sum) {
  sum.a2 = sum.a0, sum.b2 = sum.b0, sum.a3 = sum.a1, sum.b3 = sum.b1;
  return sum;
}

/** Of tile_add_twice: the second input's sums, where those of a tile are. */
TSCOPE_INLINE tile tile_second(tile sum) {
  return (tile){.a0 = sum.a2, .b0 = sum.b2, .a1 = sum.a3, .b1 = sum.b3};
}

/**
 * sum[r][t] += d[r] x[t] in four lanes, where rows lie `step` floats apart in d. rows > 2: taps x0
 * and x1; else all four, the tile's upper half being the third and fourth. rows is a constant at
 * every call.
 */
TSCOPE_INLINE tile tile_taps_add(tile sum, int rows, const float *d, size_t step, const float *x0,
                                 const float *x1, const float *x2, const float *x3) {
  const f32x4 a = tscope_load(x0), b = tscope_load(x1);
  const f32x4 d0 = tscope_load(d);
  sum.a0 = tscope_madd(d0, a, sum.a0);
  sum.b0 = tscope_madd(d0, b, sum.b0);
  f32x4 d1 = d0;
  if (rows > 1) {
    d1 = tscope_load(d + step);
    sum.a1 = tscope_madd(d1, a, sum.a1);
    sum.b1 = tscope_madd(d1, b, sum.b1);
  }
  if (rows > 2) {
    const f32x4 d2 = tscope_load(d + 2 * step);
    sum.a2 = tscope_madd(d2, a, sum.a2);
    sum.b2 = tscope_madd(d2, b, sum.b2);
  } else {
    const f32x4 c = tscope_load(x2), e = tscope_load(x3);
    sum.a2 = tscope_madd(d0, c, sum.a2);
    sum.b2 = tscope_madd(d0, e, sum.b2);
    if (rows > 1) {
      sum.a3 = tscope_madd(d1, c, sum.a3);
      sum.b3 = tscope_madd(d1, e, sum.b3);
    }
  }
  if (rows > 3) {
    const f32x4 d3 = tscope_load(d + 3 * step);
    sum.a3 = tscope_madd(d3, a, sum.a3);
    sum.b3 = tscope_madd(d3, b, sum.b3);
  }
  if (rows > 4) {
    const f32x4 d4 = tscope_load(d + 4 * step);
    sum.a4 = tscope_madd(d4, a, sum.a4);
    sum.b4 = tscope_madd(d4, b, sum.b4);
  }
  if (rows > 5) {
    const f32x4 d5 = tscope_load(d + 5 * step);
    sum.a5 = tscope_madd(d5, a, sum.a5);
    sum.b5 = tscope_madd(d5, b, sum.b5);
  }
  return sum;
}

TSCOPE_INLINE tile tile_start(int rows, const float *bias) {
  f32x4 zero = tscope_splat(0);
  tile sum = {zero, zero, zero, zero, zero, zero, zero, zero, zero, zero, zero, zero};
  if (bias) {
    sum.a0 = sum.b0 = tscope_splat(bias[0]);
    if (rows > 1) sum.a1 = sum.b1 = tscope_splat(bias[1]);
    if (rows > 2) sum.a2 = sum.b2 = tscope_splat(bias[2]);
    if (rows > 3) sum.a3 = sum.b3 = tscope_splat(bias[3]);
    if (rows > 4) sum.a4 = sum.b4 = tscope_splat(bias[4]);
    if (rows > 5) sum.a5 = sum.b5 = tscope_splat(bias[5]);
  }
  return sum;
}

TSCOPE_INLINE void tile_store(float *y, tile sum, int rows) {
  tscope_store(y, sum.a0);
  tscope_store(y + 4, sum.b0);
  if (rows > 1) {
    tscope_store(y + 8, sum.a1);
    tscope_store(y + 12, sum.b1);
  }
  if (rows > 2) {
    tscope_store(y + 16, sum.a2);
    tscope_store(y + 20, sum.b2);
  }
  if (rows > 3) {
    tscope_store(y + 24, sum.a3);
    tscope_store(y + 28, sum.b3);
  }
  if (rows > 4) {
    tscope_store(y + 32, sum.a4);
    tscope_store(y + 36, sum.b4);
  }
  if (rows > 5) {
    tscope_store(y + 40, sum.a5);
    tscope_store(y + 44, sum.b5);
  }
}

/** What tile_store wrote. */
TSCOPE_INLINE tile tile_load(int rows, const float *y) {
  tile sum = tile_start(rows, NULL);
  memcpy(&sum, y, (size_t)rows * TSCOPE_LANES * sizeof(float));
  return sum;
}

TSCOPE_INLINE void tile_keep(float *y, const tile *sum) {
  memcpy(y, sum, TILE_FLOATS * sizeof(float));
}

/**
 * Defines kernel_by_rows[rows - 1](...) of kernel(rows, ...), in which rows is a constant. Where
 * TILE_IS_ALONE the kernel has a tile's loop and no other: V8, of Node 20 at least, unrolls loops
 * within loops, and then loads all that a step multiplies before its first sum. That is late, and
 * of six rows more than registers hold. They are in a table, or the optimizer would put them back
 * where they are called. Addresses are best made in the kernel: those that a function is given V8
 * widens at every turn of its loop.
 */
#define TILE_LIST(...) __VA_ARGS__
#define TILE_FUNCTION(kernel, rows, arguments, ...) \
  static void kernel##_##rows(__VA_ARGS__) { kernel(rows, TILE_LIST arguments); }
#define TILE_BY_ROWS(kernel, arguments, ...)                   \
  TILE_FUNCTION(kernel, 1, arguments, __VA_ARGS__)             \
  TILE_FUNCTION(kernel, 2, arguments, __VA_ARGS__)             \
  TILE_FUNCTION(kernel, 3, arguments, __VA_ARGS__)             \
  TILE_FUNCTION(kernel, 4, arguments, __VA_ARGS__)             \
  TILE_MORE_ROWS(kernel, arguments, __VA_ARGS__)               \
  static void (*const kernel##_by_rows[TILE])(__VA_ARGS__) = { \
      kernel##_1, kernel##_2, kernel##_3, kernel##_4 TILE_MORE_ENTRIES(kernel)};
#ifdef TSCOPE_FUSED
#define TILE_MORE_ROWS(kernel, arguments, ...)     \
  TILE_FUNCTION(kernel, 5, arguments, __VA_ARGS__) \
  TILE_FUNCTION(kernel, 6, arguments, __VA_ARGS__)
#define TILE_MORE_ENTRIES(kernel) , kernel##_5, kernel##_6
#else
#define TILE_MORE_ROWS(kernel, arguments, ...)
#define TILE_MORE_ENTRIES(kernel)
#endif

#endif
