/**
 * exp, tanh and the logistic function of four floats. Our own, because library versions differ
 * between machines.
 */
#ifndef TRAINSCOPE_MATH_SIMD_MATH_H
#define TRAINSCOPE_MATH_SIMD_MATH_H

#include "math/simd.h"

/* Adding 1.5 · 2^23 rounds to the nearest integer, which then stands in the low bits. */
static const float ROUNDING = 12582912.0f;

/** e^x = p 2^n for x in [-88, 89]: returns p, within √2 of 1, and ROUNDING + n. Source: Cephes
 * (Moshier), expf.c. */
TSCOPE_INLINE f32x4 tscope_exp_parts(f32x4 x, f32x4 *shifted) {
  const f32x4 round = tscope_splat(ROUNDING);
  *shifted = tscope_madd(x, tscope_splat(1.44269504088896341f), round);
  f32x4 n = *shifted - round;
  f32x4 r = tscope_nmadd(n, tscope_splat(0.693359375f), x);
  r = tscope_nmadd(n, tscope_splat(-2.12194440e-4f), r);
  f32x4 p = tscope_madd(r, tscope_splat(1.9875691500e-4f), tscope_splat(1.3981999507e-3f));
  p = tscope_madd(p, r, tscope_splat(8.3334519073e-3f));
  p = tscope_madd(p, r, tscope_splat(4.1665795894e-2f));
  p = tscope_madd(p, r, tscope_splat(1.6666665459e-1f));
  p = tscope_madd(p, r, tscope_splat(5.0000001201e-1f));
  return tscope_madd(p, r * r, r) + 1.0f;
}

/** e^x of x <= 0, such as a softmax takes; NaN stays NaN; within 2 ulp. Below -50 it is 0: beside
 * the largest, which is 1, e^-50 is nothing, and what the way back made of it would soon be smaller
 * than any normal float (tscope_flush says why that is to be avoided). */
TSCOPE_INLINE f32x4 tscope_exp4(f32x4 x) {
  const f32x4 least = tscope_splat(-50.0f);
  f32x4 shifted;
  const f32x4 p = tscope_exp_parts(tscope_max(x, least), &shifted);
  const f32x4 factor = (f32x4)(((u32x4)shifted << 23) + (127u << 23));
  return (f32x4)((i32x4)(p * factor) & ~(i32x4)(x < least));
}

/** 1 + e^-x. What e^-x is below 2^-124 changes nothing, and so it takes one factor; of 2 p, because
 * 2^128 is none. */
TSCOPE_INLINE f32x4 tscope_sigmoid_divisor4(f32x4 x) {
  f32x4 shifted;
  x = tscope_min(tscope_max(-x, tscope_splat(-86.0f)), tscope_splat(89.0f));
  const f32x4 p = tscope_exp_parts(x, &shifted);
  const f32x4 factor = (f32x4)(((u32x4)shifted << 23) + (126u << 23));
  return 1.0f + (p + p) * factor;
}

/** 1 / (1 + e^-x). */
TSCOPE_INLINE f32x4 tscope_sigmoid4(f32x4 x) { return 1.0f / tscope_sigmoid_divisor4(x); }

/**
 * A quotient of two polynomials in x², fitted so that the relative error is at most 4.8e-8 up to
 * x = 3 and 1.9e-7 up to 7.76, from where on the quotient stays and x soon makes it 1; within 6 ulp
 * up to 3, and 9. By e^x it would be within 2, and take three times as long, which is half the time
 * of a small network. Both are multiples of those that end in 1: so the first begins with x⁶
 * itself.
 */
TSCOPE_INLINE f32x4 tscope_tanh4(f32x4 x) {
  const f32x4 one = tscope_splat(1.0f);
  const f32x4 z = tscope_min(x * x, tscope_splat(60.2238579f));
  f32x4 p = z + tscope_splat(249.334946f);
  p = tscope_madd(p, z, tscope_splat(10747.7734f));
  p = tscope_madd(p, z, tscope_splat(82787.4297f));
  f32x4 q = tscope_madd(z, tscope_splat(0.0220711138f), tscope_splat(20.4668274f));
  q = tscope_madd(q, z, tscope_splat(1992.24048f));
  q = tscope_madd(q, z, tscope_splat(38343.5625f));
  q = tscope_madd(q, z, tscope_splat(82787.4297f));
  return tscope_min(tscope_max(x * p / q, -one), one);
}

#endif
