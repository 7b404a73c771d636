/**
 * Convolutions of stride 1 by fewer products: Winograd's minimal filtering F(4, r) along each row
 * (Winograd 1980, Arithmetic Complexity of Computations; Lavin and Gray 2016, Fast Algorithms for
 * Convolutional Neural Networks). Four outputs of a kernel of r taps are polynomials multiplied at
 * r + 3 points, Aᵀ[(G w) ⊙ (Bᵀ x)]: r + 3 products instead of 4 r. Along columns nothing changes,
 * so a rounding error is hardly twice the usual one (along both it would be squared).
 */
#ifndef TRAINSCOPE_MATH_WINOGRAD_H
#define TRAINSCOPE_MATH_WINOGRAD_H

#include "math/kernels.h"

enum { WINOGRAD_OUTPUTS = 4, WINOGRAD_POINTS_MAX = 8 };

/** The points of a kernel of so many taps in a row: 0, some pairs of p and −p, infinity. */
static inline int tscope_winograd_points(int taps) { return taps + WINOGRAD_OUTPUTS - 1; }

/** Groups of four outputs in a row of so many; the last may have fewer. */
static inline int tscope_winograd_groups(int width) {
  return (width + WINOGRAD_OUTPUTS - 1) / WINOGRAD_OUTPUTS;
}

/** Whether a row of so many outputs takes less this way: kernels of three and of five taps do. */
int tscope_winograd_pays(int taps, int width);

/** Rows of pixels, each of channels × 8 floats, and what becomes of them: `points` planes of a row
 * of groups, each `plane` floats from the one before. */
typedef struct tscope_winograd_row {
  int taps, channels;
  int width; /* pixels of the image's row */
  int left;  /* zeros before it, which the first group begins with */
  int groups;
  size_t plane;
  int begin, end; /* the points that are wanted */
} tscope_winograd_row;

/** Bᵀ x: of each group the pixels that its four outputs see. */
void tscope_winograd_input(float *planes, const float *x, const tscope_winograd_row *row);

/** A dy: of each group the gradients of its four outputs. */
void tscope_winograd_gradient(float *planes, const float *dy, const tscope_winograd_row *row);

/** y = bias + Aᵀ planes, all points of them; bias may be NULL. */
void tscope_winograd_output(float *y, const float *planes, const float *bias,
                            const tscope_winograd_row *row);

/** G w of a row of the kernel, whose taps lie `step` floats apart; a negative one reads it
 * backwards. */
void tscope_winograd_weights(float points[WINOGRAD_POINTS_MAX], const float *weight, ptrdiff_t step,
                             int taps);

/** Gᵀ of a gradient at each point, `plane` floats apart: that of the taps. */
void tscope_winograd_taps(float *dweight, const float *points, size_t plane, int taps,
                          int accumulate);

#endif
