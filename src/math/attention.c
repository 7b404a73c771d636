/**
 * Self-attention. Every sample has scores of its own, so each lane multiplies its own matrices: the
 * eight samples of a block side by side, without a transpose and without a sum over lanes. Queries
 * are taken a few at a time, so that of the matrix of scores only so many rows are there at once;
 * the backward pass makes them again from each row's largest score and sum.
 */
#include <assert.h>
#include <string.h>

#include "math/kernels.h"
#include "math/lane_products.h"
#include "math/norm_parts.h"
#include "math/simd_math.h"

enum { QUERIES = 8 };

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

/* What does not change is asked before the loops: for all that the compiler knows, what they store
 * may be what it is computed from, and a head's width is a quotient. */
TSCOPE_INLINE void copy_positions(float *to, size_t to_step, const float *from, size_t from_step,
                                  size_t floats, int length) {
  for (int t = 0; t < length; t++, to += to_step, from += from_step) {
    TSCOPE_KEEP_LOOP
    for (size_t d = 0; d < floats; d += TSCOPE_LANES) {
      const f32x4 low = tscope_load(from + d), high = tscope_load(from + d + 4);
      tscope_store(to + d, low);
      tscope_store(to + d + 4, high);
    }
  }
}

static void copy_head(float *to, const float *from, const tscope_attention *a) {
  copy_positions(to, copy_step(a), from, projected_step(a), copy_step(a), a->length);
}

static void turn_head(float *to, const float *from, const tscope_attention *a) {
  const size_t floats = copy_step(a), step = projected_step(a), row = turned_step(a);
  const int length = a->length;
  for (int t = 0; t < length; t++, to += TSCOPE_LANES, from += step) {
    float *at = to;
    TSCOPE_KEEP_LOOP
    for (size_t d = 0; d < floats; d += TSCOPE_LANES, at += row) {
      const f32x4 low = tscope_load(from + d), high = tscope_load(from + d + 4);
      tscope_store(at, low);
      tscope_store(at + 4, high);
    }
  }
}

/* The pass backwards needs most: two times rows of scores, of turned keys and values, of their
 * gradients, and the keys. */
size_t tscope_attention_scratch(const tscope_attention *a) {
  const size_t rows = (size_t)QUERIES * (size_t)a->length * TSCOPE_LANES;
  return 2 * (rows + turned_floats(a)) + 3 * copy_floats(a);
}

/** Keys that a query sees, the first of so many. */
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

/* Queries are multiplied two at a time, as many as a tile has: of the keys that neither sees there
 * are many where attention is causal, and their zeros need not be added. */
static int one_or_two(int left) { return left < 2 ? 1 : 2; }

static size_t score_row(const tscope_attention *a) { return (size_t)a->length * TSCOPE_LANES; }

/** s [rows][length][8] = queries · keys, not yet scaled, of queries from `first` on. */
static void score(float *s, tscope_lanes queries, const float *turned_keys, int first, int rows,
                  const tscope_attention *a) {
  const tscope_lanes keys = {turned_keys, turned_step(a)};
  for (int r = 0; r < rows; r += 2, s += 2 * score_row(a), queries.at += 2 * queries.row) {
    const int own = one_or_two(rows - r), seen = keys_of_query(a, first + r + own - 1);
    const int in_tiles = (seen + 3) / 4 * 4;
    tscope_lanes_multiply(s, score_row(a), queries, keys, own,
                          in_tiles < a->length ? in_tiles : a->length, head_width(a));
  }
}

/** What those queries mix of rows of keys, [position][n][8], by their scores. */
static void mix(float *to, size_t step, const float *s, const float *rows_of_keys, int first,
                int rows, const tscope_attention *a) {
  const tscope_lanes keys = {rows_of_keys, copy_step(a)};
  for (int r = 0; r < rows; r += 2, s += 2 * score_row(a), to += 2 * step) {
    const int own = one_or_two(rows - r), seen = keys_of_query(a, first + r + own - 1);
    tscope_lanes_multiply(to, step, (tscope_lanes){s, score_row(a)}, keys, own, head_width(a),
                          seen);
  }
}

/** What keys gather of rows of those queries, by the same. */
static void gather(float *to, const float *s, tscope_lanes queries, int first, int rows,
                   const tscope_attention *a) {
  const int all = a->is_causal ? first : a->length, n = head_width(a);
  tscope_lanes scores = {s, score_row(a)};
  tscope_lanes_gather(to, copy_step(a), scores, queries, all, n, rows);
  to += (size_t)all * copy_step(a);
  scores.at += all * TSCOPE_LANES;
  /* Of the queries' own positions each is seen from itself on. */
  for (int r = 0; a->is_causal && r < rows; r += 2) {
    tscope_lanes_gather(to, copy_step(a), scores, queries, one_or_two(rows - r), n, rows - r);
    to += 2 * copy_step(a);
    scores.at += 2 * (score_row(a) + TSCOPE_LANES);
    queries.at += 2 * queries.row;
  }
}

/** A row of scores of four lanes becomes e^(s - largest), and 0 for the key that only the query
 * beside it may see; largest and 1 / sum go to `stats`, and the largest |s| to `peak`. */
static void weigh(float *s, float *stats, float *peak, int seen, int length, float scale) {
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
  if (seen < length) tscope_store(s + seen * TSCOPE_LANES, tscope_splat(0));
  tscope_store(stats, high);
  tscope_store(stats + TSCOPE_LANES, 1.0f / sum);
  tscope_store(peak, tscope_max(tscope_load(peak), tscope_max(high, -low)));
}

void tscope_attention_forward(float *mixed, float *stats, float *peaks, const float *projected,
                              float *scratch, const tscope_attention *a, int blocks) {
  const int n = head_width(a), length = a->length;
  const size_t step = projected_step(a), out_step = mixed_step(a);
  const size_t row = score_row(a);
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
        const int rows = length - i < QUERIES ? length - i : QUERIES;
        score(scratch, (tscope_lanes){queries + (size_t)i * step, step}, keys, i, rows, a);
        for (int r = 0; r < rows; r++) {
          float *own = stats + (size_t)(((b * length + i + r) * a->heads + h) * 2) * TSCOPE_LANES;
          for (int half = 0; half < TSCOPE_LANES; half += 4)
            weigh(scratch + (size_t)r * row + half, own + half, peaks + half,
                  keys_of_query(a, i + r), length, scale);
        }
        mix(to + (size_t)i * out_step, out_step, scratch, values, i, rows, a);
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
static void unweigh(float *s, float *dp, const float *stats, int seen, int length, float scale) {
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
  if (seen < length) {
    tscope_store(s + seen * TSCOPE_LANES, zero);
    tscope_store(dp + seen * TSCOPE_LANES, zero);
  }
}

/** The gradients of keys or values of one head, over what they are the gradients of. */
static void put_back(float *to, const float *from, const tscope_attention *a) {
  copy_positions(to, projected_step(a), from, copy_step(a), copy_step(a), a->length);
}

static void head_backward(float *queries, const float *dmixed, const float *stats, float *scratch,
                          const tscope_attention *a) {
  const int length = a->length;
  const size_t step = projected_step(a), out_step = mixed_step(a);
  const size_t row = score_row(a);
  const size_t stats_step = (size_t)a->heads * 2 * TSCOPE_LANES;
  float *dkeys = scratch, *dvalues = dkeys + copy_floats(a), *keys = dvalues + copy_floats(a);
  float *turned_keys = keys + copy_floats(a), *turned_values = turned_keys + turned_floats(a);
  float *p = turned_values + turned_floats(a), *ds = p + QUERIES * row;
  const float scale = inverse_scale(a);
  memset(dkeys, 0, 2 * copy_floats(a) * sizeof(float));
  copy_head(keys, queries + out_step, a);
  turn_head(turned_keys, queries + out_step, a);
  turn_head(turned_values, queries + 2 * out_step, a);
  for (int i = 0; i < length; i += QUERIES) {
    const int rows = length - i < QUERIES ? length - i : QUERIES;
    float *q = queries + (size_t)i * step;
    const tscope_lanes from = {q, step}, d = {dmixed + (size_t)i * out_step, out_step};
    score(p, from, turned_keys, i, rows, a);
    score(ds, d, turned_values, i, rows, a);
    for (int r = 0; r < rows; r++) {
      for (int half = 0; half < TSCOPE_LANES; half += 4)
        unweigh(p + (size_t)r * row + half, ds + (size_t)r * row + half,
                stats + (size_t)(i + r) * stats_step + half, keys_of_query(a, i + r), length,
                scale);
    }
    gather(dkeys, ds, from, i, rows, a);
    gather(dvalues, p, d, i, rows, a);
    /* These queries are used up. */
    mix(q, step, ds, keys, i, rows, a);
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
