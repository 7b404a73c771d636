#include <assert.h>

#include "math/elementary.h"
#include "math/kernels.h"
#include "math/simd_math.h"

static int lanes_used(int rows, int first) {
  return rows - first < TSCOPE_LANES ? rows - first : TSCOPE_LANES;
}

/** The first largest output of each lane, four lanes at a time. */
static i32x4 largest_output(const float *outputs, int count) {
  f32x4 best = tscope_load(outputs);
  i32x4 place = {0, 0, 0, 0};
  for (int o = 1; o < count; o++) {
    f32x4 value = tscope_load(outputs + o * TSCOPE_LANES);
    i32x4 wins = (i32x4)(value > best);
    best = tscope_select(wins, value, best);
    place = (wins & o) | (~wins & place);
  }
  return place;
}

static int count_correct(const float *outputs, const uint8_t *labels, int used, int count) {
  int correct = 0;
  for (int half = 0; half < TSCOPE_LANES && half < used; half += 4) {
    i32x4 guess = largest_output(outputs + half, count);
    for (int lane = 0; lane < 4 && half + lane < used; lane++) {
      correct += guess[lane] == labels[half + lane];
    }
  }
  return correct;
}

int tscope_correct_lanes(const float *outputs, const uint8_t *labels, int used, int count) {
  int lanes = 0;
  for (int half = 0; half < TSCOPE_LANES && half < used; half += 4) {
    i32x4 guess = largest_output(outputs + half, count);
    for (int lane = 0; lane < 4 && half + lane < used; lane++) {
      lanes |= (guess[lane] == labels[half + lane]) << (half + lane);
    }
  }
  return lanes;
}

/** exponentials of two classes: of one of them it is exp(0) = 1, so one is computed. */
TSCOPE_INLINE f32x4 two_exponentials(float *to, const float *logits, f32x4 *top) {
  const f32x4 first = tscope_load(logits), second = tscope_load(logits + TSCOPE_LANES);
  const f32x4 max = tscope_max(first, second), one = tscope_splat(1);
  const f32x4 d = first - max, e = second - max;
  const f32x4 other = tscope_exp4(d + e); /* one of them is 0, or neither is a number */
  const f32x4 of_first = tscope_select((i32x4)(d == 0), one, other);
  const f32x4 of_second = tscope_select((i32x4)(e == 0), one, other);
  tscope_store(to, of_first);
  tscope_store(to + TSCOPE_LANES, of_second);
  *top = max;
  return of_first + of_second;
}

/** Four lanes' softmax: writes exp(logit - max), returns the sum, leaves the maximum in *top. */
static f32x4 exponentials(float *to, const float *logits, int classes, f32x4 *top) {
  if (classes == 2) return two_exponentials(to, logits, top);
  f32x4 max = tscope_load(logits), sum = tscope_splat(0);
  for (int c = 1; c < classes; c++) max = tscope_max(max, tscope_load(logits + c * TSCOPE_LANES));
  for (int c = 0; c < classes; c++) {
    f32x4 e = tscope_exp4(tscope_load(logits + c * TSCOPE_LANES) - max);
    tscope_store(to + c * TSCOPE_LANES, e);
    sum += e;
  }
  *top = max;
  return sum;
}

/** Σ exp(logit - max) without keeping the terms. */
static f32x4 sum_exponentials(const float *logits, int classes, f32x4 *top) {
  f32x4 max = tscope_load(logits), sum = tscope_splat(0);
  for (int c = 1; c < classes; c++) max = tscope_max(max, tscope_load(logits + c * TSCOPE_LANES));
  for (int c = 0; c < classes; c++)
    sum += tscope_exp4(tscope_load(logits + c * TSCOPE_LANES) - max);
  *top = max;
  return sum;
}

double tscope_cross_entropy(float *dlogits, int32_t *correct, const float *logits,
                            const uint8_t *labels, int rows, int classes, float scale) {
  assert(rows > 0 && classes > 0 && labels);
  const size_t block = (size_t)classes * TSCOPE_LANES;
  double loss = 0;
  for (int first = 0; first < rows; first += TSCOPE_LANES, logits += block) {
    const int used = lanes_used(rows, first);
    double sums = 1; /* Σ log is log Π: eight sums of 256 exponentials at most fit a double */
    if (correct) *correct += count_correct(logits, labels + first, used, classes);
    for (int half = 0; half < TSCOPE_LANES; half += 4) {
      const float *in = logits + half;
      f32x4 top, sum;
      if (half >= used) {
        for (int c = 0; dlogits && c < classes; c++) {
          tscope_store(dlogits + half + c * TSCOPE_LANES, tscope_splat(0));
        }
        break;
      }
      if (dlogits) {
        float *d = dlogits + half;
        sum = exponentials(d, in, classes, &top);
        const i32x4 is_used = (i32x4){0, 1, 2, 3} < used - half;
        const f32x4 factor = tscope_select(is_used, scale / sum, tscope_splat(0));
        for (int c = 0; c < classes; c++) {
          tscope_store(d + c * TSCOPE_LANES, tscope_load(d + c * TSCOPE_LANES) * factor);
        }
      } else {
        sum = sum_exponentials(in, classes, &top);
      }
      for (int lane = 0; lane < 4 && half + lane < used; lane++) {
        const int place = labels[first + half + lane] * TSCOPE_LANES + lane;
        sums *= (double)sum[lane];
        loss += (double)top[lane] - (double)in[place];
        if (dlogits) dlogits[half + place] -= scale;
      }
    }
    loss += tscope_log(sums);
    if (dlogits) dlogits += block;
  }
  return loss;
}

/** Of four lanes, of which `used` hold samples. */
static double extras_of_lanes(float *d, const float *logits, const uint8_t *labels, int used,
                              int classes, float scale, float smoothing, float z) {
  f32x4 top, sum = sum_exponentials(logits, classes, &top), total = tscope_splat(0);
  f32x4 even = tscope_splat(0), towards_one = even;
  double loss = 0;
  for (int c = 0; c < classes; c++) total += tscope_load(logits + c * TSCOPE_LANES);
  for (int lane = 0; lane < 4 && lane < used; lane++) {
    const float label = logits[labels[lane] * TSCOPE_LANES + lane];
    const double log_sum = (double)top[lane] + tscope_log((double)sum[lane]);
    loss += (double)smoothing * ((double)label - (double)total[lane] / classes);
    loss += (double)z * log_sum * log_sum;
    even[lane] = smoothing * scale / (float)classes;
    towards_one[lane] = (float)(2 * (double)z * log_sum * (double)scale / (double)sum[lane]);
  }
  for (int c = 0; d && c < classes; c++) {
    const f32x4 e = tscope_exp4(tscope_load(logits + c * TSCOPE_LANES) - top);
    float *at = d + c * TSCOPE_LANES;
    tscope_store(at, tscope_madd(towards_one, e, tscope_load(at) - even));
  }
  for (int lane = 0; d && lane < 4 && lane < used; lane++)
    d[labels[lane] * TSCOPE_LANES + lane] += smoothing * scale;
  return loss;
}

double tscope_cross_entropy_extras(float *dlogits, const float *logits, const uint8_t *labels,
                                   int rows, int classes, float scale, float smoothing, float z) {
  const size_t block = (size_t)classes * TSCOPE_LANES;
  double loss = 0;
  for (int first = 0; first < rows; first += TSCOPE_LANES, logits += block) {
    const int used = lanes_used(rows, first);
    for (int half = 0; half < used; half += 4)
      loss += extras_of_lanes(dlogits ? dlogits + half : NULL, logits + half, labels + first + half,
                              used - half, classes, scale, smoothing, z);
    if (dlogits) dlogits += block;
  }
  return loss;
}

double tscope_squared_error(float *d, int32_t *correct, const float *outputs, const float *targets,
                            const uint8_t *labels, int rows, int count, float scale) {
  assert(rows > 0 && count > 0 && (targets || labels));
  const size_t block = (size_t)count * TSCOPE_LANES;
  double loss = 0;
  for (int first = 0; first < rows; first += TSCOPE_LANES, outputs += block) {
    const int used = lanes_used(rows, first);
    if (correct && labels) *correct += count_correct(outputs, labels + first, used, count);
    for (int lane = 0; lane < TSCOPE_LANES; lane++) {
      const int row = first + lane;
      for (int o = 0; o < count; o++) {
        const int place = o * TSCOPE_LANES + lane;
        if (lane >= used) {
          if (d) d[place] = 0;
          continue;
        }
        const float target =
            targets ? targets[(size_t)row * (size_t)count + (size_t)o] : (float)(labels[row] == o);
        const float miss = outputs[place] - target;
        loss += 0.5 * (double)miss * (double)miss;
        if (d) d[place] = miss * scale;
      }
    }
    if (d) d += block;
  }
  return loss;
}

void tscope_softmax_inplace(float *logits, int classes, int blocks) {
  for (int b = 0; b < blocks; b++, logits += (size_t)classes * TSCOPE_LANES) {
    for (int half = 0; half < TSCOPE_LANES; half += 4) {
      f32x4 top, sum = exponentials(logits + half, logits + half, classes, &top);
      for (int c = 0; c < classes; c++) {
        float *p = logits + half + c * TSCOPE_LANES;
        tscope_store(p, tscope_load(p) / sum);
      }
    }
  }
}
