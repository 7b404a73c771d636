/** The gradient of a linear layer's weights, for conv_weights.c: there the lanes are no samples. */
#ifndef TRAINSCOPE_MATH_LINEAR_WEIGHTS_H
#define TRAINSCOPE_MATH_LINEAR_WEIGHTS_H

#include "math/kernels.h"

static inline int blocks_of(int rows) { return (rows + TSCOPE_LANES - 1) / TSCOPE_LANES; }

static inline void put(float *to, float sum, int accumulate) { *to = accumulate ? *to + sum : sum; }

/* Each as the function of kernels.h that calls it where the convolution is a linear layer. */
uint64_t tscope_linear_workspace(const tscope_conv *conv, int blocks);
void tscope_linear_prepare(const float *dy, const float *x, const tscope_conv *conv, int samples,
                           float *workspace, tscope_part part);
void tscope_linear_weights(float *dweight, float *dbias, const float *dy, const float *x,
                           const tscope_conv *conv, int samples, int accumulate, float *workspace,
                           tscope_part part);

#endif
