/**
 * Self-attention. Every sample has scores of its own, so each lane multiplies its own matrices: the
 * eight samples of a block side by side, without a transpose and without a sum over lanes. Queries
 * are taken a few at a time, so that of the matrix of scores only so many rows are there at once;
 * the backward pass makes them again from each row's largest score and sum.
 */
#include <assert.h>
#include <string.h>

#include "math/kernels.h"
#include "math/norm_parts.h"
#include "math/simd_math.h"

enum { QUERIES = 8 };

/* ---- a product of two matrices in every lane ------------------------------------------------- */

/** A matrix: where it begins, and floats from row to row. A row's numbers lie beside each other. */
typedef struct matrix {
  const float *at;
  size_t row;
} matrix;

/**
 * A tile of two rows by four columns, of four lanes: c (+)= Σ_k a[row][k] b[k][column]. Of a, rows
 * and what is summed over lie so many floats apart. rows and columns are constants at every call,
 * and so is one of the distances: what is added to an address is then part of an instruction. Eight
 * sums and six factors are what registers hold.
 */
TSCOPE_INLINE void lane_tile(float *c, size_t c_row, const float *a, size_t a_row, size_t a_next,
                             matrix b, int rows, int columns, int n, int accumulate) {
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
                            matrix b, int rows, int columns, int n, int accumulate) {
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
                             matrix b, int rows, int columns, int n, int accumulate) {
  TSCOPE_KEEP_LOOP
  for (int half = 0; half < TSCOPE_LANES; half += 4) {
    const matrix own = {b.at + half, b.row};
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
static __attribute__((noinline)) void lane_multiply(float *c, size_t c_row, matrix a, matrix b,
                                                    int rows, int columns, int n) {
  lane_rows(c, c_row, a.at, a.row, TSCOPE_LANES, b, rows, columns, n, 0);
}

/** c [rows][columns] += aᵀ b, likewise. */
static __attribute__((noinline)) void lane_multiply_turned(float *c, size_t c_row, matrix a,
                                                           matrix b, int rows, int columns, int n) {
  lane_rows(c, c_row, a.at, TSCOPE_LANES, a.row, b, rows, columns, n, 1);
}

/* ---- layout --------------------------------------------------------------------------------- */

static int head_width(const tscope_attention *a) { return a->width / a->heads; }

/** Floats from position to position of [position][3 n][8], and of [position][n][8]. */
static size_t projected_step(const tscope_attention *a) {
  return (size_t)a->width * 3 * TSCOPE_LANES;
}
static size_t mixed_step(const tscope_attention *a) { return (size_t)a->width * TSCOPE_LANES; }

static float inverse_scale(const tscope_attention *a) {
  return 1.0f / __builtin_sqrtf((float)head_width(a));
}

/* Keys and values of one head, and their gradients. Those of a position lie far from those of the
 * next, and all in a few places of the first cache, so a head's are copied before they are
 * multiplied: [position][n][8], or turned, [n][position][8]. */
static size_t copy_step(const tscope_attention *a) { return (size_t)head_width(a) * TSCOPE_LANES; }
static size_t copy_floats(const tscope_attention *a) { return (size_t)a->length * copy_step(a); }

/** Not a power of two either. */
static size_t turned_step(const tscope_attention *a) {
  return (size_t)a->length * TSCOPE_LANES + 16;
}
static size_t turned_floats(const tscope_attention *a) {
  return (size_t)head_width(a) * turned_step(a);
}

static void copy_head(float *to, const float *from, const tscope_attention *a) {
  for (int t = 0; t < a->length; t++, to += copy_step(a), from += projected_step(a))
    memcpy(to, from, copy_step(a) * sizeof(float));
}

static void turn_head(float *to, const float *from, const tscope_attention *a) {
  for (int t = 0; t < a->length; t++, to += TSCOPE_LANES, from += projected_step(a)) {
    float *at = to;
    for (size_t d = 0; d < copy_step(a); d += TSCOPE_LANES, at += turned_step(a)) {
      tscope_store(at, tscope_load(from + d));
      tscope_store(at + 4, tscope_load(from + d + 4));
    }
  }
}

/* The pass backwards needs most: two times rows of scores, of turned keys and values, of their
 * gradients, and the keys. */
size_t tscope_attention_scratch(const tscope_attention *a) {
  const size_t rows = (size_t)QUERIES * (size_t)a->length * TSCOPE_LANES;
  return 2 * (rows + turned_floats(a)) + 3 * copy_floats(a);
}

/** Keys that queries [first, first + rows) see, or some of them. */
static int keys_of(const tscope_attention *a, int first, int rows) {
  return a->is_causal ? first + rows : a->length;
}
static int keys_of_query(const tscope_attention *a, int query) {
  return a->is_causal ? query + 1 : a->length;
}

/* ---- what is done to queries and keys before they meet ----------------------------------------
 */

/** A layer normalization without gain, of four lanes; returns 1 / √(var + ε). */
static f32x4 normalize(float *v, int n) {
  f32x4 sum = tscope_splat(0), squares = sum;
  TSCOPE_KEEP_LOOP
  for (int d = 0; d < n; d++) sum += tscope_load(v + d * TSCOPE_LANES);
  const f32x4 mean = sum * (1.0f / (float)n);
  TSCOPE_KEEP_LOOP
  for (int d = 0; d < n; d++) {
    const f32x4 x = tscope_load(v + d * TSCOPE_LANES) - mean;
    squares = tscope_madd(x, x, squares);
  }
  const f32x4 rate = norm_rate(squares * (1.0f / (float)n));
  TSCOPE_KEEP_LOOP
  for (int d = 0; d < n; d++) {
    float *at = v + d * TSCOPE_LANES;
    tscope_store(at, (tscope_load(at) - mean) * rate);
  }
  return rate;
}

/** Its gradient, in place: g ← rate (g - mean g - normal · mean(g normal)). */
static void denormalize(float *g, const float *normal, f32x4 rate, int n) {
  const float share = 1.0f / (float)n;
  f32x4 sum = tscope_splat(0), along = sum;
  TSCOPE_KEEP_LOOP
  for (int d = 0; d < n; d++) {
    const f32x4 x = tscope_load(g + d * TSCOPE_LANES);
    sum += x;
    along = tscope_madd(x, tscope_load(normal + d * TSCOPE_LANES), along);
  }
  sum *= share;
  along *= share;
  TSCOPE_KEEP_LOOP
  for (int d = 0; d < n; d++) {
    float *at = g + d * TSCOPE_LANES;
    const f32x4 own = tscope_load(normal + d * TSCOPE_LANES);
    tscope_store(at, tscope_nmadd(own, along, tscope_load(at) - sum) * rate);
  }
}

/** Turns the pairs (d, d + n/2) by their angles, cosines and sines in turns [n]; direction -1:
 * back.
 */
static void turn(float *v, const float *turns, int n, float direction) {
  const int pairs = n / 2;
  TSCOPE_KEEP_LOOP
  for (int d = 0; d < pairs; d++) {
    float *first = v + d * TSCOPE_LANES, *second = first + pairs * TSCOPE_LANES;
    const f32x4 cosine = tscope_splat(turns[d]), sine = tscope_splat(direction * turns[pairs + d]);
    const f32x4 x = tscope_load(first), y = tscope_load(second);
    tscope_store(first, tscope_nmadd(y, sine, x * cosine));
    tscope_store(second, tscope_madd(x, sine, y * cosine));
  }
}

/** Of a position's queries and keys the one at `part` (0 to 2 heads - 1). */
#define EACH_PART(a, p, part, half)                   \
  for (int p = 0; p < blocks * (a)->length; p++)      \
    for (int part = 0; part < 2 * (a)->heads; part++) \
      for (int half = 0; half < TSCOPE_LANES; half += 4)

void tscope_attention_prepare(float *projected, float *normal, float *rates, const float *turns,
                              const tscope_attention *a, int blocks) {
  const int n = head_width(a), parts = 2 * a->heads;
  EACH_PART(a, p, part, half) {
    const size_t own = (size_t)(part * n) * TSCOPE_LANES + (size_t)half;
    float *v = projected + (size_t)p * projected_step(a) + own;
    if (a->normalizes) {
      float *kept = normal + (size_t)p * 2 * mixed_step(a) + own;
      tscope_store(rates + (size_t)(p * parts + part) * TSCOPE_LANES + half, normalize(v, n));
      for (int d = 0; d < n; d++)
        tscope_store(kept + d * TSCOPE_LANES, tscope_load(v + d * TSCOPE_LANES));
    }
    if (a->rotates) turn(v, turns + (size_t)(p % a->length) * (size_t)n, n, 1);
  }
}

void tscope_attention_unprepare(float *dprojected, const float *normal, const float *rates,
                                const float *turns, const tscope_attention *a, int blocks) {
  const int n = head_width(a), parts = 2 * a->heads;
  EACH_PART(a, p, part, half) {
    const size_t own = (size_t)(part * n) * TSCOPE_LANES + (size_t)half;
    float *g = dprojected + (size_t)p * projected_step(a) + own;
    if (a->rotates) turn(g, turns + (size_t)(p % a->length) * (size_t)n, n, -1);
    if (a->normalizes) {
      const float *rate = rates + (size_t)(p * parts + part) * TSCOPE_LANES + half;
      denormalize(g, normal + (size_t)p * 2 * mixed_step(a) + own, tscope_load(rate), n);
    }
  }
}

/* ---- scores --------------------------------------------------------------------------------- */

/** s [rows][length][8] = queries · keys, not yet scaled. */
static void score(float *s, matrix queries, const float *turned_keys, int rows, int count,
                  const tscope_attention *a) {
  lane_multiply(s, (size_t)a->length * TSCOPE_LANES, queries, (matrix){turned_keys, turned_step(a)},
                rows, count, head_width(a));
}

/** A row of scores of four lanes becomes e^(s - largest), 0 beyond what the query sees; largest and
 * 1 / sum go to `stats`, and the largest |s| to `peak`. */
static void weigh(float *s, float *stats, float *peak, int seen, int count, float scale) {
  f32x4 high = tscope_load(s) * scale, low = high, sum = tscope_splat(0);
  TSCOPE_KEEP_LOOP
  for (int j = 1; j < seen; j++) {
    const f32x4 v = tscope_load(s + j * TSCOPE_LANES) * scale;
    high = tscope_max(high, v);
    low = tscope_min(low, v);
  }
  TSCOPE_KEEP_LOOP
  for (int j = 0; j < seen; j++) {
    float *at = s + j * TSCOPE_LANES;
    const f32x4 e = tscope_exp4(tscope_load(at) * scale - high);
    tscope_store(at, e);
    sum += e;
  }
  TSCOPE_KEEP_LOOP
  for (int j = seen; j < count; j++) tscope_store(s + j * TSCOPE_LANES, tscope_splat(0));
  tscope_store(stats, high);
  tscope_store(stats + TSCOPE_LANES, 1.0f / sum);
  tscope_store(peak, tscope_max(tscope_load(peak), tscope_max(high, -low)));
}

void tscope_attention_forward(float *mixed, float *stats, float *peaks, const float *projected,
                              float *scratch, const tscope_attention *a, int blocks) {
  const int n = head_width(a), length = a->length;
  const size_t step = projected_step(a), out_step = mixed_step(a);
  const size_t row = (size_t)length * TSCOPE_LANES;
  const float scale = inverse_scale(a);
  for (int b = 0; b < blocks; b++, peaks += TSCOPE_LANES) {
    memset(peaks, 0, TSCOPE_LANES * sizeof(float));
    for (int h = 0; h < a->heads; h++) {
      const float *queries =
          projected + (size_t)b * (size_t)length * step + (size_t)(h * n) * TSCOPE_LANES;
      float *keys = scratch + QUERIES * row, *values = keys + turned_floats(a);
      float *to = mixed + (size_t)b * (size_t)length * out_step + (size_t)(h * n) * TSCOPE_LANES;
      turn_head(keys, queries + out_step, a);
      copy_head(values, queries + 2 * out_step, a);
      for (int i = 0; i < length; i += QUERIES) {
        const int rows = length - i < QUERIES ? length - i : QUERIES, count = keys_of(a, i, rows);
        score(scratch, (matrix){queries + (size_t)i * step, step}, keys, rows, count, a);
        for (int r = 0; r < rows; r++) {
          float *own = stats + (size_t)(((b * length + i + r) * a->heads + h) * 2) * TSCOPE_LANES;
          for (int half = 0; half < TSCOPE_LANES; half += 4)
            weigh(scratch + (size_t)r * row + half, own + half, peaks + half,
                  keys_of_query(a, i + r), count, scale);
        }
        lane_multiply(to + (size_t)i * out_step, out_step, (matrix){scratch, row},
                      (matrix){values, copy_step(a)}, rows, n, count);
        for (int r = 0; r < rows; r++) {
          const float *own =
              stats + (size_t)(((b * length + i + r) * a->heads + h) * 2) * TSCOPE_LANES;
          float *at = to + (size_t)(i + r) * out_step;
          for (int d = 0; d < n * TSCOPE_LANES; d += 4)
            tscope_store(at + d,
                         tscope_load(at + d) * tscope_load(own + TSCOPE_LANES + d % TSCOPE_LANES));
        }
      }
    }
  }
}

/** A row of weights p, from its scores, in place, and of scores' gradients ds from dp, in place. */
static void unweigh(float *s, float *dp, const float *stats, int seen, int count, float scale) {
  const f32x4 high = tscope_load(stats), rate = tscope_load(stats + TSCOPE_LANES);
  const f32x4 zero = tscope_splat(0);
  f32x4 sum = zero;
  TSCOPE_KEEP_LOOP
  for (int j = 0; j < seen; j++) {
    float *at = s + j * TSCOPE_LANES;
    const f32x4 p = tscope_exp4(tscope_load(at) * scale - high) * rate;
    tscope_store(at, p);
    sum = tscope_madd(p, tscope_load(dp + j * TSCOPE_LANES), sum);
  }
  TSCOPE_KEEP_LOOP
  for (int j = 0; j < seen; j++) {
    float *at = dp + j * TSCOPE_LANES;
    tscope_store(at, tscope_load(s + j * TSCOPE_LANES) * (tscope_load(at) - sum) * scale);
  }
  TSCOPE_KEEP_LOOP
  for (int j = seen; j < count; j++) {
    tscope_store(s + j * TSCOPE_LANES, zero);
    tscope_store(dp + j * TSCOPE_LANES, zero);
  }
}

/** The gradients of keys or values of one head, over what they are the gradients of. */
static void put_back(float *to, const float *from, const tscope_attention *a) {
  for (int t = 0; t < a->length; t++, to += projected_step(a), from += copy_step(a))
    memcpy(to, from, copy_step(a) * sizeof(float));
}

static void head_backward(float *queries, const float *dmixed, const float *stats, float *scratch,
                          const tscope_attention *a) {
  const int n = head_width(a), length = a->length;
  const size_t step = projected_step(a), out_step = mixed_step(a);
  const size_t row = (size_t)length * TSCOPE_LANES;
  const size_t stats_step = (size_t)a->heads * 2 * TSCOPE_LANES;
  float *dkeys = scratch, *dvalues = dkeys + copy_floats(a), *keys = dvalues + copy_floats(a);
  float *turned_keys = keys + copy_floats(a), *turned_values = turned_keys + turned_floats(a);
  float *p = turned_values + turned_floats(a), *ds = p + QUERIES * row;
  memset(dkeys, 0, 2 * copy_floats(a) * sizeof(float));
  copy_head(keys, queries + out_step, a);
  turn_head(turned_keys, queries + out_step, a);
  turn_head(turned_values, queries + 2 * out_step, a);
  for (int i = 0; i < length; i += QUERIES) {
    const int rows = length - i < QUERIES ? length - i : QUERIES, count = keys_of(a, i, rows);
    float *q = queries + (size_t)i * step;
    const matrix from = {q, step}, d = {dmixed + (size_t)i * out_step, out_step};
    score(p, from, turned_keys, rows, count, a);
    score(ds, d, turned_values, rows, count, a);
    for (int r = 0; r < rows; r++) {
      for (int half = 0; half < TSCOPE_LANES; half += 4)
        unweigh(p + (size_t)r * row + half, ds + (size_t)r * row + half,
                stats + (size_t)(i + r) * stats_step + half, keys_of_query(a, i + r), count,
                inverse_scale(a));
    }
    lane_multiply_turned(dkeys, copy_step(a), (matrix){ds, row}, from, count, n, rows);
    lane_multiply_turned(dvalues, copy_step(a), (matrix){p, row}, d, count, n, rows);
    /* These queries are used up. */
    lane_multiply(q, step, (matrix){ds, row}, (matrix){keys, copy_step(a)}, rows, n, count);
  }
  put_back(queries + out_step, dkeys, a);
  put_back(queries + 2 * out_step, dvalues, a);
}

void tscope_attention_backward(float *projected, const float *dmixed, const float *stats,
                               float *scratch, const tscope_attention *a, int blocks) {
  const size_t length = (size_t)a->length, head = (size_t)head_width(a) * TSCOPE_LANES;
  for (int b = 0; b < blocks; b++) {
    for (int h = 0; h < a->heads; h++) {
      const size_t first = (size_t)b * length;
      head_backward(projected + first * projected_step(a) + (size_t)h * head,
                    dmixed + first * mixed_step(a) + (size_t)h * head,
                    stats + (first * (size_t)a->heads + (size_t)h) * 2 * TSCOPE_LANES, scratch, a);
    }
  }
}
