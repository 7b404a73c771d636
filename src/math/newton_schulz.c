/**
 * Newton-Schulz: a matrix made orthogonal by five steps of a polynomial of degree five, without
 * decomposing it. X is the matrix, or its transpose where that has fewer rows, with zeros around it
 * up to whole tiles: they stay zero in every product.
 */
#include <assert.h>
#include <string.h>

#include "math/elementary.h"
#include "math/kernels.h"

enum { STEPS = 5, TILE_ROWS = 4, TILE_COLUMNS = 8 };

/* Chosen by Jordan et al. for the steepest slope at 0 of which five steps still stay near 1. */
static const float A = 3.4445f, B = -4.7750f, C = 2.0315f;
static const double NORM_EPSILON = 1e-7;

/** X and its products: [short_side][long_side] twice, [short_side][short_side] twice. */
typedef struct matrices {
  float *x, *next, *gram, *polynomial;
  int short_side, long_side; /* whole tiles */
} matrices;

static int up_to(int n, int tile) { return (n + tile - 1) / tile * tile; }

static matrices lay_out(int rows, int columns, float *workspace) {
  const int is_tall = rows > columns;
  const int m = up_to(is_tall ? columns : rows, TILE_ROWS);
  const int n = up_to(is_tall ? rows : columns, TILE_COLUMNS);
  const size_t whole = (size_t)m * (size_t)n, square = (size_t)m * (size_t)m;
  matrices a = {.short_side = m, .long_side = n};
  if (!workspace) return a; /* who only asks for sizes has none */
  a.x = workspace;
  a.next = a.x + whole;
  a.gram = a.next + whole;
  a.polynomial = a.gram + square;
  return a;
}

size_t tscope_newton_schulz_floats(int rows, int columns) {
  const matrices a = lay_out(rows, columns, NULL);
  return 2 * (size_t)a.short_side * (size_t)(a.long_side + a.short_side);
}

/** Of each step two products with X and one with its square. */
double tscope_newton_schulz_flops(int rows, int columns) {
  const matrices a = lay_out(rows, columns, NULL);
  const double m = a.short_side, n = a.long_side;
  return STEPS * 2 * m * m * (2 * n + m);
}

/** Rows [begin, end) of X. */
static void take_in(const matrices *a, const float *g, int rows, int columns, int begin, int end) {
  const int is_tall = rows > columns, last = is_tall ? columns : rows;
  const int length = is_tall ? rows : columns;
  for (int i = begin; i < end; i++) {
    float *x = a->x + (size_t)i * (size_t)a->long_side;
    memset(x, 0, (size_t)a->long_side * sizeof(float));
    if (i >= last) continue;
    if (!is_tall) memcpy(x, g + (size_t)i * (size_t)columns, (size_t)length * sizeof(float));
    for (int j = 0; is_tall && j < length; j++) x[j] = g[(size_t)j * (size_t)columns + (size_t)i];
  }
}

static void give_back(const matrices *a, float *theta, int rows, int columns, float rate, int begin,
                      int end) {
  const int is_tall = rows > columns, last = is_tall ? columns : rows;
  const int length = is_tall ? rows : columns;
  const size_t down = is_tall ? 1 : (size_t)columns, along = is_tall ? (size_t)columns : 1;
  for (int i = begin; i < end && i < last; i++) {
    const float *x = a->x + (size_t)i * (size_t)a->long_side;
    for (int j = 0; j < length; j++) theta[(size_t)i * down + (size_t)j * along] -= rate * x[j];
  }
}

/** Lane sums of four registers, in one. */
TSCOPE_INLINE f32x4 sums_of(f32x4 a, f32x4 b, f32x4 c, f32x4 d) {
  tscope_transpose4(&a, &b, &c, &d);
  return (a + b) + (c + d);
}

/** y = factor · a aᵀ + rest · a, the second where rest is not 0: then a is square. Rows of a are n
 * long. */
static void multiply_by_own(float *y, const float *a, int m, int n, float factor, float rest,
                            int begin, int end) {
  for (int i = begin; i < end; i += 2) {
    const float *p = a + (size_t)i * (size_t)n, *q = p + n;
    for (int j = 0; j < m; j += TILE_ROWS) {
      const float *r = a + (size_t)j * (size_t)n;
      f32x4 p0 = tscope_splat(0), p1 = p0, p2 = p0, p3 = p0, q0 = p0, q1 = p0, q2 = p0, q3 = p0;
      TSCOPE_KEEP_LOOP
      for (int k = 0; k < n; k += 4) {
        const f32x4 u = tscope_load(p + k), v = tscope_load(q + k);
        const f32x4 w0 = tscope_load(r + k), w1 = tscope_load(r + n + k);
        const f32x4 w2 = tscope_load(r + 2 * n + k), w3 = tscope_load(r + 3 * n + k);
        p0 = tscope_madd(u, w0, p0), q0 = tscope_madd(v, w0, q0);
        p1 = tscope_madd(u, w1, p1), q1 = tscope_madd(v, w1, q1);
        p2 = tscope_madd(u, w2, p2), q2 = tscope_madd(v, w2, q2);
        p3 = tscope_madd(u, w3, p3), q3 = tscope_madd(v, w3, q3);
      }
      f32x4 upper = factor * sums_of(p0, p1, p2, p3), lower = factor * sums_of(q0, q1, q2, q3);
      if (rest != 0) {
        upper = tscope_madd(tscope_splat(rest), tscope_load(p + j), upper);
        lower = tscope_madd(tscope_splat(rest), tscope_load(q + j), lower);
      }
      tscope_store(y + (size_t)i * (size_t)m + j, upper);
      tscope_store(y + (size_t)(i + 1) * (size_t)m + j, lower);
    }
  }
}

/** y = A x + p x; x: [m][n], p: [m][m]. */
static void apply_polynomial(float *y, const float *p, const float *x, int m, int n, int begin,
                             int end) {
  const f32x4 own = tscope_splat(A);
  const size_t row = (size_t)n, square = (size_t)m;
  for (int i = begin; i < end; i += TILE_ROWS) {
    const float *w = p + (size_t)i * square;
    for (int j = 0; j < n; j += TILE_COLUMNS) {
      const float *from = x + (size_t)i * row + j, *z = x + j;
      f32x4 a0 = own * tscope_load(from), b0 = own * tscope_load(from + 4);
      f32x4 a1 = own * tscope_load(from + row), b1 = own * tscope_load(from + row + 4);
      f32x4 a2 = own * tscope_load(from + 2 * row), b2 = own * tscope_load(from + 2 * row + 4);
      f32x4 a3 = own * tscope_load(from + 3 * row), b3 = own * tscope_load(from + 3 * row + 4);
      TSCOPE_KEEP_LOOP
      for (int k = 0; k < m; k++, z += row) {
        const f32x4 u = tscope_load(z), v = tscope_load(z + 4);
        const f32x4 w0 = tscope_load_splat(w + k), w1 = tscope_load_splat(w + square + k);
        a0 = tscope_madd(w0, u, a0), b0 = tscope_madd(w0, v, b0);
        a1 = tscope_madd(w1, u, a1), b1 = tscope_madd(w1, v, b1);
        const f32x4 w2 = tscope_load_splat(w + 2 * square + k);
        const f32x4 w3 = tscope_load_splat(w + 3 * square + k);
        a2 = tscope_madd(w2, u, a2), b2 = tscope_madd(w2, v, b2);
        a3 = tscope_madd(w3, u, a3), b3 = tscope_madd(w3, v, b3);
      }
      float *to = y + (size_t)i * row + j;
      tscope_store(to, a0), tscope_store(to + 4, b0);
      tscope_store(to + row, a1), tscope_store(to + row + 4, b1);
      tscope_store(to + 2 * row, a2), tscope_store(to + 2 * row + 4, b2);
      tscope_store(to + 3 * row, a3), tscope_store(to + 3 * row + 4, b3);
    }
  }
}

void tscope_newton_schulz(float *theta, const float *g, int rows, int columns, float rate,
                          float *workspace, tscope_part part, tscope_team *team) {
  matrices a = lay_out(rows, columns, workspace);
  const int m = a.short_side, n = a.long_side;
  const int begin = TILE_ROWS * tscope_part_begin(part, m / TILE_ROWS);
  const int end = TILE_ROWS * tscope_part_end(part, m / TILE_ROWS);
  const size_t whole = (size_t)m * (size_t)n;
  assert(tscope_is_aligned(workspace));
  take_in(&a, g, rows, columns, begin, end);
  tscope_team_barrier(team);
  /* Everybody computes the whole norm: it is little beside a product, and the same for all. */
  const double norm = tscope_sqrt(tscope_sum_squares(a.x, whole));
  tscope_team_barrier(team);
  tscope_scale_inplace(a.x + (size_t)begin * (size_t)n, (size_t)(end - begin) * (size_t)n,
                       (float)(1 / (norm + NORM_EPSILON)));
  tscope_team_barrier(team);
  for (int step = 0; step < STEPS; step++) {
    multiply_by_own(a.gram, a.x, m, n, 1, 0, begin, end);
    tscope_team_barrier(team);
    multiply_by_own(a.polynomial, a.gram, m, m, C, B, begin, end);
    tscope_team_barrier(team);
    apply_polynomial(a.next, a.polynomial, a.x, m, n, begin, end);
    tscope_team_barrier(team);
    float *const before = a.x;
    a.x = a.next;
    a.next = before;
  }
  give_back(&a, theta, rows, columns, rate, begin, end);
  tscope_team_barrier(team);
}
