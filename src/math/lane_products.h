/**
 * Products of matrices of which every sample has its own: each lane multiplies its own, the eight
 * samples of a block side by side, without a transpose and without a sum over lanes. Attention is
 * made of them.
 */
#ifndef TRAINSCOPE_MATH_LANE_PRODUCTS_H
#define TRAINSCOPE_MATH_LANE_PRODUCTS_H

#include <stddef.h>

#include "math/simd.h"

/** A matrix [row][column][8]: where it begins, and floats from row to row. */
typedef struct tscope_lanes {
  const float *at;
  size_t row;
} tscope_lanes;

/** c [rows][columns] = a b, each a sum over n terms in their order. */
void tscope_lanes_multiply(float *c, size_t c_row, tscope_lanes a, tscope_lanes b, int rows,
                           int columns, int n);

/** c [rows][columns] += aᵀ b, likewise. */
void tscope_lanes_gather(float *c, size_t c_row, tscope_lanes a, tscope_lanes b, int rows,
                         int columns, int n);

#endif
