/** Normally distributed numbers from a stream. */
#ifndef TRAINSCOPE_MATH_NORMAL_H
#define TRAINSCOPE_MATH_NORMAL_H

#include "base/rng.h"
#include "math/elementary.h"

/**
 * One number of N(0, 1) from two draws, at most 6.76 in magnitude. Source: Box and Muller 1958. The
 * radius' uniform lies in the middle of its 2^-32 cell, so it is never 0 and the result never
 * infinite.
 */
static inline float tscope_rng_normal(tscope_rng *rng) {
  double u = ((double)tscope_rng_next(rng) + 0.5) * 0x1p-32;
  double turn = (double)tscope_rng_next(rng) * 0x1p-32;
  return (float)(tscope_sqrt(-2 * tscope_log(u)) * tscope_cos(2 * TSCOPE_PI * turn));
}

#endif
