/**
 * exp, tanh and the logistic function of four floats. Our own, because library versions differ
 * between machines. Source: Cephes (Moshier), expf.c and tanhf.c; within 2 ulp.
 */
#ifndef TRAINSCOPE_MATH_SIMD_MATH_H
#define TRAINSCOPE_MATH_SIMD_MATH_H

#include "math/simd.h"

/** 2^n for n in [-126, 127], each lane. */
TSCOPE_INLINE f32x4 tscope_power_of_two(i32x4 n) { return (f32x4)((n + 127) << 23); }

/* Adding 1.5 · 2^23 rounds to the nearest integer, which then stands in the low bits. */
static const float ROUNDING = 12582912.0f;

/** e^x without the power of two in it, whose exponent is left in *exponent. */
TSCOPE_INLINE f32x4 tscope_exp_parts(f32x4 x, i32x4 *exponent) {
  const f32x4 round = tscope_splat(ROUNDING);
  f32x4 shifted = tscope_madd(x, tscope_splat(1.44269504088896341f), round);
  f32x4 n = shifted - round;
  f32x4 r = tscope_nmadd(n, tscope_splat(0.693359375f), x);
  r = tscope_nmadd(n, tscope_splat(-2.12194440e-4f), r);
  f32x4 p = tscope_madd(r, tscope_splat(1.9875691500e-4f), tscope_splat(1.3981999507e-3f));
  p = tscope_madd(p, r, tscope_splat(8.3334519073e-3f));
  p = tscope_madd(p, r, tscope_splat(4.1665795894e-2f));
  p = tscope_madd(p, r, tscope_splat(1.6666665459e-1f));
  p = tscope_madd(p, r, tscope_splat(5.0000001201e-1f));
  *exponent = (i32x4)shifted - (i32x4)round;
  return tscope_madd(p, r * r, r) + 1.0f;
}

/** e^x: 0 below -104, infinite above 89, NaN stays NaN. */
TSCOPE_INLINE f32x4 tscope_exp4(f32x4 x) {
  i32x4 exponent;
  const f32x4 p = tscope_exp_parts(
      tscope_min(tscope_max(x, tscope_splat(-104.0f)), tscope_splat(89.0f)), &exponent);
  /* Two factors, because 2^n alone leaves the normal range before the product does. */
  i32x4 half = exponent >> 1;
  return p * tscope_power_of_two(half) * tscope_power_of_two(exponent - half);
}

TSCOPE_INLINE f32x4 tscope_sigmoid4(f32x4 x) { return 1.0f / (1.0f + tscope_exp4(-x)); }

TSCOPE_INLINE f32x4 tscope_tanh4(f32x4 x) {
  const i32x4 sign_bit = (i32x4){0, 0, 0, 0} + (int32_t)0x80000000;
  i32x4 sign = (i32x4)x & sign_bit;
  f32x4 magnitude = (f32x4)((i32x4)x & ~sign_bit);
  /* From 10 on the result is 1, and up to there one factor is enough. */
  i32x4 exponent;
  const f32x4 doubled = tscope_min(magnitude + magnitude, tscope_splat(20.0f));
  const f32x4 p_large = tscope_exp_parts(doubled, &exponent) * tscope_power_of_two(exponent);
  f32x4 large = 1.0f - 2.0f / (p_large + 1.0f);
  f32x4 z = x * x;
  f32x4 p = tscope_madd(z, tscope_splat(-5.70498872745e-3f), tscope_splat(2.06390887954e-2f));
  p = tscope_madd(p, z, tscope_splat(-5.37397155531e-2f));
  p = tscope_madd(p, z, tscope_splat(1.33314422036e-1f));
  p = tscope_madd(p, z, tscope_splat(-3.33332819422e-1f));
  f32x4 small = tscope_madd(p * z, x, x);
  i32x4 is_small = (i32x4)(magnitude < 0.625f);
  return tscope_select(is_small, small, (f32x4)((i32x4)large | sign));
}

#endif
