/** Convolutions by Winograd's filtering (winograd.h), for conv.c, conv_pack.c and conv_weights.c.
 */
#ifndef TRAINSCOPE_MATH_CONV_WINOGRAD_H
#define TRAINSCOPE_MATH_CONV_WINOGRAD_H

#include "math/kernels.h"

/* Which passes of a convolution are made so, by its shape alone. */
int tscope_conv_forward_is_winograd(const tscope_conv *conv);
int tscope_conv_input_is_winograd(const tscope_conv *conv);

/* Floats of packed weights, [point][⌈out/T⌉][ky][in][T]; backward in and out change places, and the
 * kernel is turned round. */
size_t tscope_winograd_forward_size(const tscope_conv *conv);
size_t tscope_winograd_backward_size(const tscope_conv *conv);
void tscope_winograd_pack_forward(float *packed, const float *weight, const tscope_conv *conv,
                                  tscope_part part);
void tscope_winograd_pack_backward(float *packed, const float *weight, const tscope_conv *conv,
                                   tscope_part part);

/** Floats that the two below need for themselves. */
uint64_t tscope_winograd_scratch_size(const tscope_conv *conv);
/** As tscope_conv_forward. */
void tscope_winograd_forward(float *y, const float *x, const float *packed, const float *bias,
                             const tscope_conv *conv, int blocks, float *scratch);
/** As tscope_conv_backward_input. */
void tscope_winograd_backward_input(float *dx, const float *dy, const float *packed,
                                    const tscope_conv *conv, int blocks, float *scratch);

/* ---- weights --------------------------------------------------------------------------------- */

/** Floats that the two below need. */
uint64_t tscope_winograd_workspace(const tscope_conv *conv, int blocks);
/** This part of the sums over pixels. */
void tscope_winograd_weights_points(const float *dy, const float *x, const tscope_conv *conv,
                                    int blocks, float *workspace, tscope_part part);
/** This part of the gradients, of all sums; dbias may be NULL. */
void tscope_winograd_weights_taps(float *dweight, float *dbias, const tscope_conv *conv, int blocks,
                                  int accumulate, float *workspace, tscope_part part);

#endif
