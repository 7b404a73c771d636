/**
 * exp, log, log10, pow, sin, cos and sqrt in double precision, the same bits natively and in wasm.
 *
 * The C library's versions differ between platforms in the last bit, and one bit is enough to make
 * two runs part. These use only + - * / and the bits of a double, each of which IEEE 754 defines
 * exactly. Errors stay below 1 unit in the last place over the ranges given
 * (tests/native/test_elementary.c measures them).
 *
 * Source of reductions and polynomials: fdlibm 5.3 (Sun Microsystems, 1993; e_exp.c, e_log.c,
 * e_pow.c, k_sin.c, k_cos.c) and FreeBSD msun (e_log10.c, e_rem_pio2.c).
 */
#ifndef TRAINSCOPE_MATH_ELEMENTARY_H
#define TRAINSCOPE_MATH_ELEMENTARY_H

#define TSCOPE_PI 3.14159265358979323846

/** e^x. Overflows to infinity above 709.78, becomes subnormal below -708.4 and 0 below -745.14. */
double tscope_exp(double x);

/** e^x - 1, with all its digits where x is near 0. */
double tscope_expm1(double x);

/** Natural logarithm. log 0 = -infinity; NaN for x < 0. */
double tscope_log(double x);

/** Decimal logarithm; powers of ten that are exact in double give exact integers. */
double tscope_log10(double x);

/**
 * base^exponent for base >= 0; NaN for a negative base. 0^0 = 1^y = x^0 = 1, also where the other
 * argument is NaN, as in C.
 */
double tscope_pow(double base, double exponent);

/** Sine and cosine of x radians, |x| <= 1e6. Larger ones lose accuracy, infinite ones give NaN. */
double tscope_sin(double x);
double tscope_cos(double x);

/** Square root, correctly rounded on every target. */
static inline double tscope_sqrt(double x) { return __builtin_sqrt(x); }

static inline int tscope_is_finite(double x) { return x - x == 0; }

#endif
