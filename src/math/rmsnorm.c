/** Root mean square normalization: layer normalization without the mean. */
#include "math/eight.h"
#include "math/kernels.h"
#include "math/norm_parts.h"

void tscope_rmsnorm_forward(float *y, float *rates, const float *x, const float *gain, int pixels,
                            int channels, int blocks) {
  const size_t elements = (size_t)pixels * (size_t)channels;
  const float share = 1.0f / (float)elements;
  for (int b = 0; b < blocks; b++, rates += TSCOPE_LANES) {
    eight squares = {tscope_splat(0), tscope_splat(0)};
    for (size_t i = 0; i < elements; i++) {
      const eight v = eight_load(x + i * TSCOPE_LANES);
      squares.low = tscope_madd(v.low, v.low, squares.low);
      squares.high = tscope_madd(v.high, v.high, squares.high);
    }
    const eight rate = {norm_rate(squares.low * share), norm_rate(squares.high * share)};
    eight_store(rates, rate);
    for (int p = 0; p < pixels; p++) {
      for (int c = 0; c < channels; c++, x += TSCOPE_LANES, y += TSCOPE_LANES) {
        const f32x4 factor = tscope_load_splat(gain + c);
        tscope_store(y, tscope_load(x) * rate.low * factor);
        tscope_store(y + 4, tscope_load(x + 4) * rate.high * factor);
      }
    }
  }
}

/** Of so many channels, one or two, a constant at every call: what a line of memory has. */
TSCOPE_INLINE void gain_channels(float *dgain, const float *dy, const float *x, const float *rates,
                                 int pixels, int channels, int blocks, int accumulate, int count) {
  const size_t step = (size_t)channels * TSCOPE_LANES;
  const f32x4 zero = tscope_splat(0);
  f32x4 first = zero, second = zero;
  for (int b = 0; b < blocks; b++, rates += TSCOPE_LANES) {
    for (int half = 0; half < TSCOPE_LANES; half += 4) {
      const f32x4 rate = tscope_load(rates + half);
      size_t at = (size_t)b * (size_t)pixels * step + (size_t)half;
      f32x4 here = zero, beside = zero;
      for (int p = 0; p < pixels; p++, at += step) {
        here = tscope_madd(tscope_load(dy + at), tscope_load(x + at) * rate, here);
        if (count == 1) continue;
        beside = tscope_madd(tscope_load(dy + at + TSCOPE_LANES),
                             tscope_load(x + at + TSCOPE_LANES) * rate, beside);
      }
      first += here;
      second += beside;
    }
  }
  norm_put(dgain, tscope_lane_sum(first), accumulate);
  if (count > 1) norm_put(dgain + 1, tscope_lane_sum(second), accumulate);
}

void tscope_rmsnorm_backward_gain(float *dgain, const float *dy, const float *x, const float *rates,
                                  int pixels, int channels, int blocks, int accumulate,
                                  tscope_part part) {
  const int end = tscope_part_end(part, channels);
  int c = tscope_part_begin(part, channels);
  for (; c + 2 <= end; c += 2) {
    gain_channels(dgain + c, dy + c * TSCOPE_LANES, x + c * TSCOPE_LANES, rates, pixels, channels,
                  blocks, accumulate, 2);
  }
  if (c < end) {
    gain_channels(dgain + c, dy + c * TSCOPE_LANES, x + c * TSCOPE_LANES, rates, pixels, channels,
                  blocks, accumulate, 1);
  }
}

void tscope_rmsnorm_backward_input(float *dx, const float *dy, const float *x, const float *rates,
                                   const float *gain, int pixels, int channels, int blocks) {
  const size_t elements = (size_t)pixels * (size_t)channels, sample = elements * TSCOPE_LANES;
  const float share = 1.0f / (float)elements;
  for (int b = 0; b < blocks; b++, rates += TSCOPE_LANES, x += sample, dy += sample) {
    const eight rate = eight_load(rates);
    const float *from = x, *d = dy;
    eight along = {tscope_splat(0), tscope_splat(0)};
    for (int p = 0; p < pixels; p++) {
      for (int c = 0; c < channels; c++, from += TSCOPE_LANES, d += TSCOPE_LANES) {
        const f32x4 factor = tscope_load_splat(gain + c);
        along.low = tscope_madd(tscope_load(d) * factor, tscope_load(from) * rate.low, along.low);
        along.high =
            tscope_madd(tscope_load(d + 4) * factor, tscope_load(from + 4) * rate.high, along.high);
      }
    }
    along = eight_scale(along, share);
    from = x, d = dy;
    for (int p = 0; p < pixels; p++) {
      for (int c = 0; c < channels;
           c++, from += TSCOPE_LANES, d += TSCOPE_LANES, dx += TSCOPE_LANES) {
        const f32x4 factor = tscope_load_splat(gain + c);
        const f32x4 low = tscope_load(from) * rate.low, high = tscope_load(from + 4) * rate.high;
        const f32x4 d_low = tscope_load(d) * factor, d_high = tscope_load(d + 4) * factor;
        tscope_store(dx, tscope_nmadd(low, along.low, d_low) * rate.low);
        tscope_store(dx + 4, tscope_nmadd(high, along.high, d_high) * rate.high);
      }
    }
  }
}
