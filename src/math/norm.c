#include "math/elementary.h"
#include "math/kernels.h"

static const float EPSILON = 1e-5f;

static float inverse_root(double variance) {
  return (float)(1.0 / tscope_sqrt(variance + (double)EPSILON));
}

static void put(float *to, float value, int accumulate) { *to = accumulate ? *to + value : value; }

/* ---- layer normalization -------------------------------------------------------------------- */

/* Long sums of one lane are taken in stretches, so that rounding grows with the stretch and not
 * with the whole. */
enum { STRETCH = 64 };

/** Σ over a sample's elements of (x - shift)^power, four lanes; power is 1 or 2. */
TSCOPE_INLINE f32x4 sum_elements(const float *x, size_t elements, f32x4 shift, int power) {
  f32x4 total = tscope_splat(0);
  for (size_t start = 0; start < elements; start += STRETCH) {
    const size_t end = elements - start < STRETCH ? elements : start + STRETCH;
    f32x4 part = tscope_splat(0);
    for (size_t i = start; i < end; i++) {
      f32x4 v = tscope_load(x + i * TSCOPE_LANES) - shift;
      part = power == 2 ? tscope_madd(v, v, part) : (f32x4)(part + v);
    }
    total += part;
  }
  return total;
}

void tscope_layernorm_forward(float *y, float *moments, const float *x, const float *gain,
                              const float *bias, int pixels, int channels, int blocks) {
  const size_t elements = (size_t)pixels * (size_t)channels;
  const float share = 1.0f / (float)elements;
  for (int b = 0; b < blocks; b++, moments += 2 * TSCOPE_LANES) {
    for (int half = 0; half < TSCOPE_LANES; half += 4) {
      const float *in = x + (size_t)b * elements * TSCOPE_LANES + half;
      float *out = y + (size_t)b * elements * TSCOPE_LANES + half;
      const f32x4 mean = sum_elements(in, elements, tscope_splat(0), 1) * share;
      const f32x4 variance = sum_elements(in, elements, mean, 2) * share;
      const f32x4 rate = 1.0f / tscope_sqrt4(variance + EPSILON);
      tscope_store(moments + half, mean);
      tscope_store(moments + TSCOPE_LANES + half, rate);
      for (size_t i = 0; i < elements; i++) {
        const size_t c = i % (size_t)channels;
        f32x4 normal = (tscope_load(in + i * TSCOPE_LANES) - mean) * rate;
        tscope_store(out + i * TSCOPE_LANES,
                     tscope_madd(normal, tscope_load_splat(gain + c), tscope_load_splat(bias + c)));
      }
    }
  }
}

void tscope_layernorm_backward_affine(float *dgain, float *dbias, const float *dy, const float *x,
                                      const float *moments, int pixels, int channels, int blocks,
                                      int accumulate, tscope_part part) {
  const size_t elements = (size_t)pixels * (size_t)channels;
  const size_t step = (size_t)channels * TSCOPE_LANES;
  const int end = tscope_part_end(part, channels);
  for (int c = tscope_part_begin(part, channels); c < end; c++) {
    f32x4 sum_gain = tscope_splat(0), sum_bias = sum_gain;
    for (int b = 0; b < blocks; b++) {
      const float *m = moments + (size_t)b * 2 * TSCOPE_LANES;
      for (int half = 0; half < TSCOPE_LANES; half += 4) {
        const size_t start =
            (size_t)b * elements * TSCOPE_LANES + (size_t)(c * TSCOPE_LANES + half);
        const f32x4 mean = tscope_load(m + half), rate = tscope_load(m + TSCOPE_LANES + half);
        f32x4 part_gain = tscope_splat(0), part_bias = part_gain;
        for (int p = 0; p < pixels; p++) {
          f32x4 d = tscope_load(dy + start + (size_t)p * step);
          const f32x4 normal = (tscope_load(x + start + (size_t)p * step) - mean) * rate;
          part_gain = tscope_madd(d, normal, part_gain);
          part_bias += d;
        }
        sum_gain += part_gain;
        sum_bias += part_bias;
      }
    }
    put(dgain + c, tscope_lane_sum(sum_gain), accumulate);
    put(dbias + c, tscope_lane_sum(sum_bias), accumulate);
  }
}

void tscope_layernorm_backward_input(float *dx, const float *dy, const float *x,
                                     const float *moments, const float *gain, int pixels,
                                     int channels, int blocks) {
  const size_t elements = (size_t)pixels * (size_t)channels;
  const float share = 1.0f / (float)elements;
  for (int b = 0; b < blocks; b++) {
    const float *m = moments + (size_t)b * 2 * TSCOPE_LANES;
    for (int half = 0; half < TSCOPE_LANES; half += 4) {
      const size_t start = (size_t)b * elements * TSCOPE_LANES + (size_t)half;
      const f32x4 mean = tscope_load(m + half), rate = tscope_load(m + TSCOPE_LANES + half);
      f32x4 sum = tscope_splat(0), sum_normal = sum;
      for (size_t i = 0; i < elements; i++) {
        f32x4 d = tscope_load(dy + start + i * TSCOPE_LANES) * gain[i % (size_t)channels];
        sum += d;
        const f32x4 normal = (tscope_load(x + start + i * TSCOPE_LANES) - mean) * rate;
        sum_normal = tscope_madd(d, normal, sum_normal);
      }
      sum *= share;
      sum_normal *= share;
      for (size_t i = 0; i < elements; i++) {
        f32x4 d = tscope_load(dy + start + i * TSCOPE_LANES) * gain[i % (size_t)channels];
        f32x4 normal = (tscope_load(x + start + i * TSCOPE_LANES) - mean) * rate;
        tscope_store(dx + start + i * TSCOPE_LANES,
                     tscope_nmadd(normal, sum_normal, d - sum) * rate);
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
    put(dgain + c, (float)sum_normal, accumulate);
    put(dbias + c, (float)sum, accumulate);
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
