/** What all norms share: of layers, of root mean squares, of batches, of queries and keys. */
#ifndef TRAINSCOPE_MATH_NORM_PARTS_H
#define TRAINSCOPE_MATH_NORM_PARTS_H

#include "math/simd.h"

/** Added to a variance or a mean square, as PyTorch's default. */
#define VARIANCE_EPSILON 1e-5f

/** By which what is normalized is multiplied, in four lanes. */
TSCOPE_INLINE f32x4 norm_rate(f32x4 variance) {
  return 1.0f / tscope_sqrt4(variance + VARIANCE_EPSILON);
}

/** A gradient's element, written or added to what is there. */
TSCOPE_INLINE void norm_put(float *to, float value, int accumulate) {
  *to = accumulate ? *to + value : value;
}

#endif
