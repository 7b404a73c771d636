/** Convolutions that are no product of a matrix with each pixel, for conv.c. */
#ifndef TRAINSCOPE_MATH_CONV_IMAGES_H
#define TRAINSCOPE_MATH_CONV_IMAGES_H

#include "math/kernels.h"

/** Whether a product of a matrix with each pixel, or with each block's only one, is all there is.
 */
int tscope_conv_is_product(const tscope_conv *conv);

/** As tscope_conv_forward. */
void tscope_conv_forward_images(float *y, const float *x, const float *weights, const float *bias,
                                const tscope_conv *conv, int blocks, float *scratch);

/** What the windows of a row of outputs read. */
typedef struct tscope_windows {
  const float *x, *w, *bias; /* w: a tile's; bias: of its outputs, or NULL */
  const int32_t *offsets;    /* of the taps, from a window's place in x on */
  int taps;
  size_t next, next_y; /* floats from a window to the next one, and from its outputs */
} tscope_windows;

/** y = bias + w x of a row of so many windows, for the outputs of one tile. */
void tscope_conv_window_row(float *y, const tscope_windows *v, int rows, int count);

/* Where each tap of a window lies, in floats from the first; and those that lie behind the packed
 * weights of tiles that are alone. */
void tscope_conv_find_taps(int32_t *offsets, const tscope_conv *conv);
const int32_t *tscope_conv_offsets(const float *packed, const tscope_conv *conv);

#endif
