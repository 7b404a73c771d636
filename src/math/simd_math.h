/**
 * exp, tanh and the logistic function of four floats. Our own, because library versions differ
 * between machines.
 */
#ifndef TRAINSCOPE_MATH_SIMD_MATH_H
#define TRAINSCOPE_MATH_SIMD_MATH_H

#include "math/simd.h"

/** 2^n for n in [-126, 127], each lane. */
TSCOPE_INLINE f32x4 tscope_power_of_two(i32x4 n) { return (f32x4)((n + 127) << 23); }

/* Adding 1.5 · 2^23 rounds to the nearest integer, which then stands in the low bits. */
static const float ROUNDING = 12582912.0f;

/** e^x: 0 below -104, infinite above 89, NaN stays NaN. Source: Cephes (Moshier), expf.c; within
 * 2 ulp. */
TSCOPE_INLINE f32x4 tscope_exp4(f32x4 x) {
  const f32x4 round = tscope_splat(ROUNDING);
  x = tscope_min(tscope_max(x, tscope_splat(-104.0f)), tscope_splat(89.0f));
  f32x4 shifted = tscope_madd(x, tscope_splat(1.44269504088896341f), round);
  f32x4 n = shifted - round;
  f32x4 r = tscope_nmadd(n, tscope_splat(0.693359375f), x);
  r = tscope_nmadd(n, tscope_splat(-2.12194440e-4f), r);
  f32x4 p = tscope_madd(r, tscope_splat(1.9875691500e-4f), tscope_splat(1.3981999507e-3f));
  p = tscope_madd(p, r, tscope_splat(8.3334519073e-3f));
  p = tscope_madd(p, r, tscope_splat(4.1665795894e-2f));
  p = tscope_madd(p, r, tscope_splat(1.6666665459e-1f));
  p = tscope_madd(p, r, tscope_splat(5.0000001201e-1f));
  p = tscope_madd(p, r * r, r) + 1.0f;
  /* Two factors, because 2^n alone leaves the normal range before the product does. */
  const i32x4 exponent = (i32x4)shifted - (i32x4)round, half = exponent >> 1;
  return p * tscope_power_of_two(half) * tscope_power_of_two(exponent - half);
}

TSCOPE_INLINE f32x4 tscope_sigmoid4(f32x4 x) { return 1.0f / (1.0f + tscope_exp4(-x)); }

/**
 * A quotient of two polynomials in x², fitted by Remez' exchange so that the relative error is at
 * most 2.1e-8 up to x = 9.02, from where on tanh is 1 in float; within 6 ulp. By e^x it would be
 * within 2, and take three times as long, which is half the time of a small network.
 */
TSCOPE_INLINE f32x4 tscope_tanh4(f32x4 x) {
  const f32x4 one = tscope_splat(1.0f);
  const f32x4 z = tscope_min(x * x, tscope_splat(81.3f));
  f32x4 p = tscope_madd(z, tscope_splat(1.33189633e-8f), tscope_splat(2.05833860e-5f));
  p = tscope_madd(p, z, tscope_splat(3.49402795e-3f));
  p = tscope_madd(p, z, tscope_splat(1.33797121e-1f));
  p = tscope_madd(p, z, one);
  f32x4 q = tscope_madd(z, tscope_splat(7.76197018e-7f), tscope_splat(3.28308262e-4f));
  q = tscope_madd(q, z, tscope_splat(2.58710471e-2f));
  q = tscope_madd(q, z, tscope_splat(4.67130273e-1f));
  q = tscope_madd(q, z, one);
  /* Beyond the fit the quotient stays, and what it is multiplied by does not. */
  return tscope_min(tscope_max(x * p / q, -one), one);
}

#endif
