#include "math/eight.h"
#include "math/elementary.h"
#include "math/kernels.h"
#include "math/norm_parts.h"

static float inverse_root(double variance) {
  return (float)(1.0 / tscope_sqrt(variance + (double)VARIANCE_EPSILON));
}

/* ---- layer normalization -------------------------------------------------------------------- */

/* Long sums of one lane are taken in stretches, so that rounding grows with the stretch and not
 * with the whole. */
enum { STRETCH = 64 };

/** Σ over a sample's elements of (x - shift)^power; power is 1 or 2. */
TSCOPE_INLINE eight sum_elements(const float *x, size_t elements, eight shift, int power) {
  eight total = {tscope_splat(0), tscope_splat(0)};
  for (size_t start = 0; start < elements; start += STRETCH) {
    const size_t end = elements - start < STRETCH ? elements : start + STRETCH;
    f32x4 low = tscope_splat(0), high = low;
    for (size_t i = start; i < end; i++) {
      const f32x4 u = tscope_load(x + i * TSCOPE_LANES) - shift.low;
      const f32x4 v = tscope_load(x + i * TSCOPE_LANES + 4) - shift.high;
      low = power == 2 ? tscope_madd(u, u, low) : (f32x4)(low + u);
      high = power == 2 ? tscope_madd(v, v, high) : (f32x4)(high + v);
    }
    total.low += low;
    total.high += high;
  }
  return total;
}

void tscope_layernorm_forward(float *y, float *moments, const float *x, const float *gain,
                              const float *bias, int pixels, int channels, int blocks) {
  const size_t elements = (size_t)pixels * (size_t)channels;
  const float share = 1.0f / (float)elements;
  const eight zero = {tscope_splat(0), tscope_splat(0)};
  for (int b = 0; b < blocks; b++, moments += 2 * TSCOPE_LANES) {
    const eight mean = eight_scale(sum_elements(x, elements, zero, 1), share);
    const eight squares = sum_elements(x, elements, mean, 2);
    const eight rate = {norm_rate(squares.low * share), norm_rate(squares.high * share)};
    eight_store(moments, mean);
    eight_store(moments + TSCOPE_LANES, rate);
    for (int p = 0; p < pixels; p++) {
      for (int c = 0; c < channels; c++, x += TSCOPE_LANES, y += TSCOPE_LANES) {
        const f32x4 factor = tscope_load_splat(gain + c), shift = tscope_load_splat(bias + c);
        const f32x4 low = (tscope_load(x) - mean.low) * rate.low;
        const f32x4 high = (tscope_load(x + 4) - mean.high) * rate.high;
        tscope_store(y, tscope_madd(low, factor, shift));
        tscope_store(y + 4, tscope_madd(high, factor, shift));
      }
    }
  }
}

/** Of so many channels, one or two, a constant at every call: what a line of memory has. */
TSCOPE_INLINE void affine_channels(float *dgain, float *dbias, const float *dy, const float *x,
                                   const float *moments, int pixels, int channels, int blocks,
                                   int accumulate, int count) {
  const size_t step = (size_t)channels * TSCOPE_LANES;
  const f32x4 zero = tscope_splat(0);
  f32x4 gain0 = zero, bias0 = zero, gain1 = zero, bias1 = zero;
  for (int b = 0; b < blocks; b++, moments += 2 * TSCOPE_LANES) {
    for (int half = 0; half < TSCOPE_LANES; half += 4) {
      const f32x4 mean = tscope_load(moments + half);
      const f32x4 rate = tscope_load(moments + TSCOPE_LANES + half);
      size_t at = (size_t)b * (size_t)pixels * step + (size_t)half;
      f32x4 g0 = zero, b0 = zero, g1 = zero, b1 = zero;
      for (int p = 0; p < pixels; p++, at += step) {
        const f32x4 d0 = tscope_load(dy + at);
        g0 = tscope_madd(d0, (tscope_load(x + at) - mean) * rate, g0);
        b0 += d0;
        if (count == 1) continue;
        const f32x4 d1 = tscope_load(dy + at + TSCOPE_LANES);
        g1 = tscope_madd(d1, (tscope_load(x + at + TSCOPE_LANES) - mean) * rate, g1);
        b1 += d1;
      }
      gain0 += g0;
      bias0 += b0;
      gain1 += g1;
      bias1 += b1;
    }
  }
  norm_put(dgain, tscope_lane_sum(gain0), accumulate);
  norm_put(dbias, tscope_lane_sum(bias0), accumulate);
  if (count == 1) return;
  norm_put(dgain + 1, tscope_lane_sum(gain1), accumulate);
  norm_put(dbias + 1, tscope_lane_sum(bias1), accumulate);
}

/* Channels at once where each pixel is a sample: what is read of it lies together. */
enum { TOGETHER = 4 };

/** The same of so many channels of samples of one pixel. */
static void affine_together(float *dgain, float *dbias, const float *dy, const float *x,
                            const float *moments, int channels, int blocks, int accumulate) {
  const size_t step = (size_t)channels * TSCOPE_LANES;
  f32x4 gain[TOGETHER], bias[TOGETHER];
  for (int c = 0; c < TOGETHER; c++) gain[c] = bias[c] = tscope_splat(0);
  TSCOPE_KEEP_LOOP
  for (int b = 0; b < blocks; b++, moments += 2 * TSCOPE_LANES, dy += step, x += step) {
    const eight mean = eight_load(moments), rate = eight_load(moments + TSCOPE_LANES);
    for (int c = 0; c < TOGETHER; c++) {
      const eight d = eight_load(dy + c * TSCOPE_LANES), v = eight_load(x + c * TSCOPE_LANES);
      gain[c] += d.low * ((v.low - mean.low) * rate.low);
      gain[c] += d.high * ((v.high - mean.high) * rate.high);
      bias[c] += d.low;
      bias[c] += d.high;
    }
  }
  for (int c = 0; c < TOGETHER; c++) {
    norm_put(dgain + c, tscope_lane_sum(gain[c]), accumulate);
    norm_put(dbias + c, tscope_lane_sum(bias[c]), accumulate);
  }
}

void tscope_layernorm_backward_affine(float *dgain, float *dbias, const float *dy, const float *x,
                                      const float *moments, int pixels, int channels, int blocks,
                                      int accumulate, tscope_part part) {
  const int end = tscope_part_end(part, channels);
  int c = tscope_part_begin(part, channels);
  for (; pixels == 1 && c + TOGETHER <= end; c += TOGETHER) {
    affine_together(dgain + c, dbias + c, dy + c * TSCOPE_LANES, x + c * TSCOPE_LANES, moments,
                    channels, blocks, accumulate);
  }
  for (; c + 2 <= end; c += 2) {
    affine_channels(dgain + c, dbias + c, dy + c * TSCOPE_LANES, x + c * TSCOPE_LANES, moments,
                    pixels, channels, blocks, accumulate, 2);
  }
  if (c < end) {
    affine_channels(dgain + c, dbias + c, dy + c * TSCOPE_LANES, x + c * TSCOPE_LANES, moments,
                    pixels, channels, blocks, accumulate, 1);
  }
}

void tscope_layernorm_backward_input(float *dx, const float *dy, const float *x,
                                     const float *moments, const float *gain, int pixels,
                                     int channels, int blocks) {
  const size_t elements = (size_t)pixels * (size_t)channels, sample = elements * TSCOPE_LANES;
  const float share = 1.0f / (float)elements;
  for (int b = 0; b < blocks; b++, moments += 2 * TSCOPE_LANES, x += sample, dy += sample) {
    const eight mean = eight_load(moments), rate = eight_load(moments + TSCOPE_LANES);
    const float *from = x, *d = dy;
    eight sum = {tscope_splat(0), tscope_splat(0)}, along = sum;
    for (int p = 0; p < pixels; p++) {
      for (int c = 0; c < channels; c++, from += TSCOPE_LANES, d += TSCOPE_LANES) {
        const f32x4 factor = tscope_load_splat(gain + c);
        const f32x4 low = tscope_load(d) * factor, high = tscope_load(d + 4) * factor;
        sum.low += low;
        sum.high += high;
        along.low = tscope_madd(low, (tscope_load(from) - mean.low) * rate.low, along.low);
        along.high = tscope_madd(high, (tscope_load(from + 4) - mean.high) * rate.high, along.high);
      }
    }
    sum = eight_scale(sum, share);
    along = eight_scale(along, share);
    from = x, d = dy;
    for (int p = 0; p < pixels; p++) {
      for (int c = 0; c < channels;
           c++, from += TSCOPE_LANES, d += TSCOPE_LANES, dx += TSCOPE_LANES) {
        const f32x4 factor = tscope_load_splat(gain + c);
        const f32x4 low = (tscope_load(from) - mean.low) * rate.low;
        const f32x4 high = (tscope_load(from + 4) - mean.high) * rate.high;
        const f32x4 d_low = tscope_load(d) * factor - sum.low;
        const f32x4 d_high = tscope_load(d + 4) * factor - sum.high;
        tscope_store(dx, tscope_nmadd(low, along.low, d_low) * rate.low);
        tscope_store(dx + 4, tscope_nmadd(high, along.high, d_high) * rate.high);
      }
    }
  }
}

/* ---- batch normalization -------------------------------------------------------------------- */

/** Ones in the lanes of `half` that hold samples of a block with `used` samples. */
static f32x4 lane_mask(int used, int half) {
  f32x4 mask;
  for (int lane = 0; lane < 4; lane++) mask[lane] = half + lane < used ? 1.0f : 0.0f;
  return mask;
}

static int block_rows(int rows, int b) {
  const int left = rows - b * TSCOPE_LANES;
  return left < TSCOPE_LANES ? left : TSCOPE_LANES;
}

static int block_count(int rows) { return (rows + TSCOPE_LANES - 1) / TSCOPE_LANES; }

/**
 * Σ over samples and pixels of channel c of (x - shift)^power. A block's lanes are added in float,
 * blocks in double. Dead lanes are multiplied by 0, so they must hold finite numbers, as every
 * forward pass leaves them.
 */
static double sum_channel(const float *x, int c, int rows, int pixels, int channels, float shift,
                          int power) {
  const size_t step = (size_t)channels * TSCOPE_LANES;
  double total = 0;
  for (int b = 0; b < block_count(rows); b++) {
    const float *in =
        x + ((size_t)b * (size_t)pixels * (size_t)channels + (size_t)c) * TSCOPE_LANES;
    const int used = block_rows(rows, b);
    f32x4 low = tscope_splat(0), high = low;
    for (int p = 0; p < pixels; p++, in += step) {
      f32x4 u = tscope_load(in) - shift, v = tscope_load(in + 4) - shift;
      low = power == 2 ? tscope_madd(u, u, low) : (f32x4)(low + u);
      high = power == 2 ? tscope_madd(v, v, high) : (f32x4)(high + v);
    }
    if (used < TSCOPE_LANES) {
      low *= lane_mask(used, 0);
      high *= lane_mask(used, 4);
    }
    total += (double)tscope_lane_sum(low) + (double)tscope_lane_sum(high);
  }
  return total;
}

void tscope_batchnorm_measure(float *moments, float *running, const float *x, int rows, int pixels,
                              int channels, tscope_part part) {
  const double count = (double)rows * pixels;
  const double unbiased = count > 1 ? count / (count - 1) : 1;
  const int end = tscope_part_end(part, channels);
  for (int c = tscope_part_begin(part, channels); c < end; c++) {
    const float mean = (float)(sum_channel(x, c, rows, pixels, channels, 0, 1) / count);
    const double variance = sum_channel(x, c, rows, pixels, channels, mean, 2) / count;
    moments[c] = mean;
    moments[channels + c] = inverse_root(variance);
    if (running) {
      running[c] = 0.9f * running[c] + 0.1f * mean;
      running[channels + c] = 0.9f * running[channels + c] + 0.1f * (float)(variance * unbiased);
    }
  }
}

void tscope_batchnorm_recall(float *moments, const float *running, int channels, tscope_part part) {
  const int end = tscope_part_end(part, channels);
  for (int c = tscope_part_begin(part, channels); c < end; c++) {
    moments[c] = running[c];
    moments[channels + c] = inverse_root((double)running[channels + c]);
  }
}

void tscope_batchnorm_forward(float *y, const float *moments, const float *x, const float *gain,
                              const float *bias, int pixels, int channels, int blocks) {
  for (int p = 0; p < blocks * pixels; p++) {
    for (int c = 0; c < channels; c++, x += TSCOPE_LANES, y += TSCOPE_LANES) {
      const f32x4 mean = tscope_load_splat(moments + c), shift = tscope_load_splat(bias + c);
      const f32x4 rate = tscope_splat(moments[channels + c] * gain[c]);
      tscope_store(y, tscope_madd(tscope_load(x) - mean, rate, shift));
      tscope_store(y + 4, tscope_madd(tscope_load(x + 4) - mean, rate, shift));
    }
  }
}

void tscope_batchnorm_backward(float *dx, float *dgain, float *dbias, const float *dy,
                               const float *x, const float *moments, const float *gain, int rows,
                               int pixels, int channels, int accumulate, tscope_part part) {
  const size_t step = (size_t)channels * TSCOPE_LANES;
  const int blocks = block_count(rows);
  const double share = 1.0 / ((double)rows * pixels);
  const int end = tscope_part_end(part, channels);
  for (int c = tscope_part_begin(part, channels); c < end; c++) {
    const float mean = moments[c], rate = moments[channels + c];
    double sum = 0, sum_normal = 0;
    for (int b = 0; b < blocks; b++) {
      const size_t start =
          ((size_t)b * (size_t)pixels * (size_t)channels + (size_t)c) * TSCOPE_LANES;
      f32x4 sum_here = tscope_splat(0), normal_here = sum_here;
      for (int p = 0; p < pixels; p++) {
        for (int half = 0; half < TSCOPE_LANES; half += 4) {
          const size_t at = start + (size_t)p * step + (size_t)half;
          f32x4 d = tscope_load(dy + at);
          sum_here += d;
          normal_here = tscope_madd(d, (tscope_load(x + at) - mean) * rate, normal_here);
        }
      }
      sum += (double)tscope_lane_sum(sum_here);
      sum_normal += (double)tscope_lane_sum(normal_here);
    }
    norm_put(dgain + c, (float)sum_normal, accumulate);
    norm_put(dbias + c, (float)sum, accumulate);
    if (!dx) continue;
    const float mean_d = (float)(sum * share), mean_normal = (float)(sum_normal * share);
    const float factor = rate * gain[c];
    for (int b = 0; b < blocks; b++) {
      const size_t start =
          ((size_t)b * (size_t)pixels * (size_t)channels + (size_t)c) * TSCOPE_LANES;
      const int used = block_rows(rows, b);
      for (int p = 0; p < pixels; p++) {
        for (int half = 0; half < TSCOPE_LANES; half += 4) {
          const size_t at = start + (size_t)p * step + (size_t)half;
          f32x4 normal = (tscope_load(x + at) - mean) * rate;
          f32x4 d = tscope_nmadd(normal, tscope_splat(mean_normal), tscope_load(dy + at) - mean_d) *
                    factor;
          /* The statistics' own gradient reaches every lane; dead ones must stay zero. */
          if (used < TSCOPE_LANES) d *= lane_mask(used, half);
          tscope_store(dx + at, d);
        }
      }
    }
  }
}
