/** What there is one of for each of eight samples: both halves at once, so that neither waits for
 * its own sums. */
#ifndef TRAINSCOPE_MATH_EIGHT_H
#define TRAINSCOPE_MATH_EIGHT_H

#include "math/simd.h"

typedef struct eight {
  f32x4 low, high;
} eight;

TSCOPE_INLINE eight eight_load(const float *p) {
  return (eight){tscope_load(p), tscope_load(p + 4)};
}

TSCOPE_INLINE void eight_store(float *p, eight v) {
  tscope_store(p, v.low);
  tscope_store(p + 4, v.high);
}

TSCOPE_INLINE eight eight_scale(eight v, float factor) {
  return (eight){v.low * factor, v.high * factor};
}

#endif
