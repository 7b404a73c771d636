#include <assert.h>

#include "base/decimal.h"
#include "math/kernels.h"
#include "math/simd_math.h"

/* f of four floats at a time over two arrays, written to a third. */
#define EACH(result, a, b, expression)                                           \
  assert(n % TSCOPE_LANES == 0 && tscope_is_aligned(a) && tscope_is_aligned(b)); \
  assert(tscope_is_aligned(result));                                             \
  for (size_t i = 0; i < n; i += 4) {                                            \
    f32x4 u = tscope_load(a + i);                                                \
    f32x4 v = tscope_load(b + i);                                                \
    (void)u, (void)v;                                                            \
    tscope_store(result + i, expression);                                        \
  }

/* The same of eight at a time, where the loop itself would be a part of the time. */
#define EACH_EIGHT(result, a, b, expression)                                     \
  assert(n % TSCOPE_LANES == 0 && tscope_is_aligned(a) && tscope_is_aligned(b)); \
  assert(tscope_is_aligned(result));                                             \
  for (size_t i = 0; i < n; i += TSCOPE_LANES) {                                 \
    f32x4 u = tscope_load(a + i), v = tscope_load(b + i);                        \
    const f32x4 low = expression;                                                \
    u = tscope_load(a + i + 4), v = tscope_load(b + i + 4);                      \
    (void)u, (void)v;                                                            \
    const f32x4 high = expression;                                               \
    tscope_store(result + i, low);                                               \
    tscope_store(result + i + 4, high);                                          \
  }

/* The same of the first four of every eight; the others become zeros. */
#define EACH_HALF(result, a, expression)                 \
  assert(n % TSCOPE_LANES == 0 && tscope_is_aligned(a)); \
  assert(tscope_is_aligned(result));                     \
  for (size_t i = 0; i < n; i += TSCOPE_LANES) {         \
    f32x4 u = tscope_load(a + i);                        \
    tscope_store(result + i, expression);                \
    tscope_store(result + i + 4, zero);                  \
  }

static const f32x4 zero = {0, 0, 0, 0}, one = {1, 1, 1, 1};

/* Not u > 0 ? u : 0, which would turn a NaN into a healthy 0 and hide a divergence. */
void tscope_relu_forward(float *y, const float *x, size_t n) {
  EACH_EIGHT(y, x, x, tscope_max(u, zero))
}

void tscope_relu_backward(float *dx, const float *dy, const float *y, size_t n) {
  EACH_EIGHT(dx, dy, y, tscope_select((i32x4)(v > zero), u, zero))
}

void tscope_leakyrelu_forward(float *y, const float *x, size_t n, float slope) {
  EACH(y, x, x, tscope_select((i32x4)(u < zero), u * slope, u))
}

void tscope_leakyrelu_backward(float *dx, const float *dy, const float *y, size_t n, float slope) {
  EACH(dx, dy, y, tscope_select((i32x4)(v > zero), u, u * slope))
}

void tscope_tanh_forward(float *y, const float *x, size_t n) {
  EACH_EIGHT(y, x, x, tscope_tanh4(u))
}

void tscope_tanh_forward_half(float *y, const float *x, size_t n) {
  EACH_HALF(y, x, tscope_tanh4(u))
}

void tscope_tanh_backward(float *dx, const float *dy, const float *y, size_t n) {
  EACH_EIGHT(dx, dy, y, u * tscope_nmadd(v, v, one))
}

void tscope_sigmoid_forward(float *y, const float *x, size_t n) {
  EACH(y, x, x, tscope_sigmoid4(u))
}

void tscope_sigmoid_forward_half(float *y, const float *x, size_t n) {
  EACH_HALF(y, x, tscope_sigmoid4(u))
}

void tscope_sigmoid_backward(float *dx, const float *dy, const float *y, size_t n) {
  EACH(dx, dy, y, u * (v * (1.0f - v)))
}

#define GELU_SCALE 1.5957691216057308f /* 2 √(2/π) */
#define GELU_CUBIC 0.044715f

/* x/2 (1 + tanh u) is x σ(2u), which loses nothing where tanh comes close to -1. This is 2u. */
static f32x4 gelu_argument(f32x4 x) {
  return tscope_madd(x * x * x, tscope_splat(GELU_CUBIC), x) * GELU_SCALE;
}

void tscope_gelu_forward(float *y, const float *x, size_t n) {
  EACH(y, x, x, u * tscope_sigmoid4(gelu_argument(u)))
}

/* Of so many floats first what σ divides by: what comes of one number waits for itself for long,
 * and half of it leaves room in the processor for twice as many others. */
enum { GELU_FLOATS = 512 };

void tscope_gelu_forward_slopes(float *y, float *slopes, const float *x, size_t n) {
  assert(n % TSCOPE_LANES == 0 && tscope_is_aligned(x));
  assert(tscope_is_aligned(y) && tscope_is_aligned(slopes));
  for (size_t first = 0, last; first < n; first = last) {
    last = n - first < GELU_FLOATS ? n : first + GELU_FLOATS;
    TSCOPE_KEEP_LOOP
    for (size_t i = first; i < last; i += 4)
      tscope_store(slopes + i, tscope_sigmoid_divisor4(gelu_argument(tscope_load(x + i))));
    TSCOPE_KEEP_LOOP
    for (size_t i = first; i < last; i += 4) {
      const f32x4 u = tscope_load(x + i), s = 1.0f / tscope_load(slopes + i);
      const f32x4 inner = tscope_madd(u * u, tscope_splat(3.0f * GELU_CUBIC), one) * GELU_SCALE;
      tscope_store(y + i, u * s);
      tscope_store(slopes + i, tscope_madd(u * s * (one - s), inner, s));
    }
  }
}

/** Scrambles each lane. Source: Wellons, "Prospecting for Hash Functions" (lowbias32). */
static u32x4 scramble(u32x4 x) {
  x ^= x >> 16;
  x *= 0x7feb352du;
  x ^= x >> 15;
  x *= 0x846ca68bu;
  return x ^ (x >> 16);
}

void tscope_dropout_apply(float *y, const float *x, size_t n, float p, uint32_t key,
                          uint32_t position) {
  /* 24 bits decide, so the comparison is between exact floats' worth of integers. */
  const uint32_t threshold = (uint32_t)(p * 0x1p24f);
  const float scale = p < 1.0f ? 1.0f / (float)(1 - tscope_share(p)) : 0.0f;
  for (size_t i = 0; i < n; i += 4) {
    uint32_t at = position + (uint32_t)i;
    u32x4 bits = scramble(scramble((u32x4){at, at + 1, at + 2, at + 3}) ^ key) >> 8;
    i32x4 keep = (i32x4)bits >= (int32_t)threshold;
    tscope_store(y + i, tscope_select(keep, tscope_load(x + i) * scale, zero));
  }
}

/* One bit for each lane of the two halves of eight floats. */
static const i32x4 side_bits[2] = {{1, 2, 4, 8}, {16, 32, 64, 128}};

void tscope_sides_record(uint8_t *sides, const float *x, size_t n) {
  assert(n % TSCOPE_LANES == 0 && tscope_is_aligned(x));
  for (size_t i = 0; i < n; i += TSCOPE_LANES) {
    i32x4 bits = ((i32x4)(tscope_load(x + i) > zero) & side_bits[0]) |
                 ((i32x4)(tscope_load(x + i + 4) > zero) & side_bits[1]);
    sides[i / TSCOPE_LANES] = (uint8_t)(bits[0] | bits[1] | bits[2] | bits[3]);
  }
}

void tscope_sides_apply(float *y, const float *x, const uint8_t *sides, size_t n, float slope) {
  assert(n % TSCOPE_LANES == 0 && tscope_is_aligned(x) && tscope_is_aligned(y));
  for (size_t i = 0; i < n; i += 4) {
    const i32x4 side = (i32x4){1, 1, 1, 1} * sides[i / TSCOPE_LANES];
    const f32x4 u = tscope_load(x + i);
    const i32x4 is_above = (side & side_bits[i / 4 % 2]) != 0;
    tscope_store(y + i, tscope_select(is_above, u, u * slope));
  }
}
