/** Root mean square normalization: layer normalization without the mean. */
#include "math/kernels.h"

static void put(float *to, float value, int accumulate) { *to = accumulate ? *to + value : value; }

void tscope_rmsnorm_forward(float *y, float *rates, const float *x, const float *gain, int pixels,
                            int channels, int blocks) {
  const size_t elements = (size_t)pixels * (size_t)channels;
  const float share = 1.0f / (float)elements;
  for (int b = 0; b < blocks; b++, rates += TSCOPE_LANES) {
    for (int half = 0; half < TSCOPE_LANES; half += 4) {
      const size_t at = (size_t)b * elements * TSCOPE_LANES + (size_t)half;
      f32x4 squares = tscope_splat(0);
      for (size_t i = 0; i < elements; i++) {
        const f32x4 v = tscope_load(x + at + i * TSCOPE_LANES);
        squares = tscope_madd(v, v, squares);
      }
      const f32x4 rate = 1.0f / tscope_sqrt4(squares * share + 1e-5f);
      tscope_store(rates + half, rate);
      for (size_t i = 0; i < elements; i++) {
        const f32x4 normal = tscope_load(x + at + i * TSCOPE_LANES) * rate;
        tscope_store(y + at + i * TSCOPE_LANES,
                     normal * tscope_load_splat(gain + i % (size_t)channels));
      }
    }
  }
}

void tscope_rmsnorm_backward_gain(float *dgain, const float *dy, const float *x, const float *rates,
                                  int pixels, int channels, int blocks, int accumulate,
                                  tscope_part part) {
  const size_t step = (size_t)channels * TSCOPE_LANES;
  const int end = tscope_part_end(part, channels);
  for (int c = tscope_part_begin(part, channels); c < end; c++) {
    f32x4 sum = tscope_splat(0);
    for (int b = 0; b < blocks; b++) {
      for (int half = 0; half < TSCOPE_LANES; half += 4) {
        size_t at = (size_t)b * (size_t)pixels * step + (size_t)(c * TSCOPE_LANES + half);
        const f32x4 rate = tscope_load(rates + b * TSCOPE_LANES + half);
        f32x4 here = tscope_splat(0);
        for (int p = 0; p < pixels; p++, at += step)
          here = tscope_madd(tscope_load(dy + at), tscope_load(x + at) * rate, here);
        sum += here;
      }
    }
    put(dgain + c, tscope_lane_sum(sum), accumulate);
  }
}

void tscope_rmsnorm_backward_input(float *dx, const float *dy, const float *x, const float *rates,
                                   const float *gain, int pixels, int channels, int blocks) {
  const size_t elements = (size_t)pixels * (size_t)channels;
  const float share = 1.0f / (float)elements;
  for (int b = 0; b < blocks; b++) {
    for (int half = 0; half < TSCOPE_LANES; half += 4) {
      const size_t at = (size_t)b * elements * TSCOPE_LANES + (size_t)half;
      const f32x4 rate = tscope_load(rates + b * TSCOPE_LANES + half);
      f32x4 along = tscope_splat(0);
      for (size_t i = 0; i < elements; i++) {
        const f32x4 d = tscope_load(dy + at + i * TSCOPE_LANES) * gain[i % (size_t)channels];
        along = tscope_madd(d, tscope_load(x + at + i * TSCOPE_LANES) * rate, along);
      }
      along *= share;
      for (size_t i = 0; i < elements; i++) {
        const f32x4 d = tscope_load(dy + at + i * TSCOPE_LANES) * gain[i % (size_t)channels];
        const f32x4 normal = tscope_load(x + at + i * TSCOPE_LANES) * rate;
        tscope_store(dx + at + i * TSCOPE_LANES, tscope_nmadd(normal, along, d) * rate);
      }
    }
  }
}
