#include "math/elementary.h"

#include <stdint.h>
#include <string.h>

static uint64_t bits_of(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static double from_bits(uint64_t bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/* The constants, not expressions such as 0/0: the sign of a computed NaN depends on the machine. */
static double not_a_number(void) { return from_bits(0x7ff8000000000000u); }
static double infinity(void) { return from_bits(0x7ff0000000000000u); }

/* x with its lower 32 bits cleared, so that the product of two such halves is exact. */
static double upper_half(double x) { return from_bits(bits_of(x) & 0xffffffff00000000u); }

/* 2^k, -1022 <= k <= 1023. */
static double power_of_two(int k) { return from_bits((uint64_t)(k + 1023) << 52); }

/* x 2^k for x near 1. Only the last multiplication can round, also into the subnormals. */
static double scale(double x, int k) {
  if (k > 1023) return x * 0x1p1023 * power_of_two(k - 1023);
  if (k < -1022) return x * power_of_two(k + 969) * 0x1p-969;
  return x * power_of_two(k);
}

/* Splits a positive finite x into m 2^k with √½ <= m < √2. */
static double split(double x, int *k) {
  int exponent = 0;
  if (x < 0x1p-1022) {
    x *= 0x1p54;
    exponent = -54;
  }
  /* Adding the distance from √½ to 1 carries into the exponent where m would be √2 or more. */
  const uint64_t root_half = 0x3fe6a09e667f3bcdu, one = 0x3ff0000000000000u;
  uint64_t shifted = bits_of(x) + (one - root_half);
  *k = exponent + (int)(shifted >> 52) - 1023;
  return from_bits((shifted & 0x000fffffffffffffu) + root_half);
}

static const double ln2_high = 6.93147180369123816490e-01, ln2_low = 1.90821492927058770002e-10;

/* ---- exponential ---------------------------------------------------------------------------- */

/* The part of e^r that all callers share: r - r²(P1 + r²(P2 + …)), |r| <= ½ ln 2. */
static double exp_kernel(double r) {
  double z = r * r;
  return r - z * (1.66666666666666019037e-01 +
                  z * (-2.77777777770155933842e-03 +
                       z * (6.61375632143793436117e-05 +
                            z * (-1.65339022054652515390e-06 + z * 4.13813679705723846039e-08))));
}

double tscope_exp(double x) {
  if (x != x) return not_a_number();
  if (x > 709.782712893383973096) return infinity();
  if (x < -745.13321910194110842) return 0;
  int k = (int)(1.44269504088896338700 * x + (x < 0 ? -0.5 : 0.5));
  double high = x - k * ln2_high, low = k * ln2_low;
  double r = high - low;
  double c = exp_kernel(r);
  return scale(1 - ((low - (r * c) / (2 - c)) - high), k);
}

double tscope_expm1(double x) {
  const double half_ln2 = 0.34657359027997264;
  if (x < -half_ln2 || x > half_ln2 || x != x) return tscope_exp(x) - 1;
  const double c = exp_kernel(x);
  return x + x * c / (2 - c);
}

/* ---- logarithms ----------------------------------------------------------------------------- */

/* log(1 + f) - f + f²/2 = s (f²/2 + R(s²)), s = f / (2 + f), -0.2929 < f < 0.4143. */
static double log_kernel(double f) {
  double s = f / (2 + f), z = s * s, w = z * z;
  double odd = w * (3.999999999940941908e-01 +
                    w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
  double even = z * (6.666666666666735130e-01 +
                     w * (2.857142874366239149e-01 +
                          w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
  return s * (0.5 * f * f + (odd + even));
}

double tscope_log(double x) {
  if (x == 0) return -infinity();
  if (!(x > 0)) return not_a_number();
  if (x == infinity()) return x;
  int k;
  double f = split(x, &k) - 1;
  return ((log_kernel(f) + k * ln2_low) - 0.5 * f * f + f) + k * ln2_high;
}

double tscope_log10(double x) {
  const double inverse_ln10_high = 4.34294481878168880939e-01;
  const double inverse_ln10_low = 2.50829467116452752298e-11;
  const double log2_high = 3.01029995663611771306e-01, log2_low = 3.69423907715893078616e-13;
  if (x == 0) return -infinity();
  if (!(x > 0)) return not_a_number();
  if (x == infinity()) return x;
  int k;
  double f = split(x, &k) - 1, half_square = 0.5 * f * f;
  /* log(1 + f) as a sum of two, the first short enough that its product with the constant's high
   * half is exact. */
  double high = upper_half(f - half_square);
  double low = (f - high) - half_square + log_kernel(f);
  double whole = k * log2_high, fraction = high * inverse_ln10_high;
  double rest = k * log2_low + (low + high) * inverse_ln10_low + low * inverse_ln10_high;
  double sum = whole + fraction;
  rest += (whole - sum) + fraction;
  return rest + sum;
}

/* ---- power ---------------------------------------------------------------------------------- */

/*
 * log2(x) = high + low to about 70 bits, high having at most 21 of them, for a finite x > 0. The
 * mantissa is compared with 1 or 3/2, whichever is closer, so that s = (m - b) / (m + b) stays
 * below 0.11.
 */
static double log2_in_two(double x, double *low) {
  int n = 0;
  if (x < 0x1p-1022) {
    x *= 0x1p53;
    n = -53;
  }
  uint64_t bits = bits_of(x);
  n += (int)(bits >> 52) - 1023;
  uint64_t fraction = bits & 0x000fffffffffffffu;
  double m = from_bits(fraction | 0x3ff0000000000000u);
  int around_three_halves = 0;
  if (fraction >= 0x000bb67a00000000u) { /* above √3: half of it lies around 1 */
    n++;
    m *= 0.5;
  } else if (fraction > 0x0003988effffffffu) { /* above √(3/2) */
    around_three_halves = 1;
  }
  double b = around_three_halves ? 1.5 : 1.0;

  double numerator = m - b, inverse = 1 / (m + b);
  double s = numerator * inverse, s_high = upper_half(s);
  double t_high = upper_half(m + b), t_low = m - (t_high - b);
  double s_low = inverse * ((numerator - s_high * t_high) - s_high * t_low);

  double z = s * s;
  double r = z * z *
             (5.99999999999994648725e-01 +
              z * (4.28571428578550184252e-01 +
                   z * (3.33333329818377432918e-01 +
                        z * (2.72728123808534006489e-01 +
                             z * (2.30660745775561754067e-01 + z * 2.06975017800338417784e-01)))));
  r += s_low * (s_high + s);
  z = s_high * s_high;
  t_high = upper_half(3 + z + r);
  t_low = r - ((t_high - 3) - z);
  double u = s_high * t_high, v = s_low * t_high + t_low * s;
  double p_high = upper_half(u + v), p_low = v - (p_high - u);

  /* times 2 / (3 ln 2), plus log2 of b, plus n */
  double q_high = 9.61796700954437255859e-01 * p_high;
  double q_low = -7.02846165095275826516e-09 * p_high + p_low * 9.61796693925975554329e-01 +
                 (around_three_halves ? 1.35003920212974897128e-08 : 0.0);
  double b_log2 = around_three_halves ? 5.84962487220764160156e-01 : 0.0;
  double high = upper_half(((q_high + q_low) + b_log2) + n);
  *low = q_low - (((high - n) - b_log2) - q_high);
  return high;
}

/* 2^(high + low), |low| much smaller than |high|. */
static double exp2_of_two(double high, double low) {
  double sum = high + low;
  if (sum > 1024 || (sum == 1024 && low + 8.0085662595372944372e-17 > sum - high))
    return infinity();
  if (sum < -1076) return 0;
  int k = (int)(sum + (sum < 0 ? -0.5 : 0.5));
  high -= k;
  double t = upper_half(low + high);
  double u = t * 6.93147182464599609375e-01;
  double v = (low - (t - high)) * 6.93147180559945286227e-01 + t * -1.90465429995776804525e-09;
  double z = u + v, w = v - (z - u);
  double c = exp_kernel(z);
  double r = (z * c) / (c - 2) - (w + z * w);
  return scale(1 - (r - z), k);
}

double tscope_pow(double base, double exponent) {
  if (exponent == 0 || base == 1) return 1;
  if (base != base || exponent != exponent || base < 0) return not_a_number();
  if (exponent == 1) return base;
  int infinite = exponent - exponent != 0;
  if (infinite) return (base > 1) == (exponent > 0) ? infinity() : 0;
  if (base == 0) return exponent > 0 ? 0 : infinity();
  if (base == infinity()) return exponent > 0 ? base : 0;
  double low, high = log2_in_two(base, &low);
  /* Beyond these the result over- or underflows whatever the rest is, and halves could not be
   * multiplied exactly. */
  if (exponent > 0x1p64 || exponent < -0x1p64) {
    return ((high + low) > 0) == (exponent > 0) ? infinity() : 0;
  }
  double exponent_high = upper_half(exponent);
  double product_low = (exponent - exponent_high) * high + exponent * low;
  return exp2_of_two(exponent_high * high, product_low);
}

/* ---- sine and cosine ------------------------------------------------------------------------ */

/* sin(x + y), |x| <= π/4, y the tail of x. */
static double sin_kernel(double x, double y) {
  double z = x * x, v = z * x;
  double r = 8.33333333332248946124e-03 +
             z * (-1.98412698298579493134e-04 +
                  z * (2.75573137070700676789e-06 +
                       z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10)));
  return x - ((z * (0.5 * y - v * r) - y) - v * -1.66666666666666324348e-01);
}

/* cos(x + y), |x| <= π/4, y the tail of x. */
static double cos_kernel(double x, double y) {
  double z = x * x, w = z * z;
  double r = z * (4.16666666666666019037e-02 +
                  z * (-1.38888888888741095749e-03 + z * 2.48015872894767294178e-05)) +
             w * w *
                 (-2.75573143513906633035e-07 +
                  z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11));
  double half = 0.5 * z;
  w = 1 - half;
  return w + (((1 - w) - half) + (z * r - x * y));
}

/*
 * x - n π/2 = result + tail for the nearest n; returns n mod 4 through quadrant. π/2 is taken as
 * three parts of 33 bits and a rest (Cody and Waite), whose products with n < 2^20 are exact.
 */
static double reduce(double x, double *tail, int *quadrant) {
  const double part1 = 1.57079632673412561417e+00, part2 = 6.07710050630396597660e-11;
  const double part3 = 2.02226624871116645580e-21, rest = 8.47842766036889956997e-32;
  const double to_integer = 0x1.8p52; /* adding and subtracting it rounds to an integer */
  double n = (x * 6.36619772367581382433e-01 + to_integer) - to_integer;
  double a = x - n * part1;
  double w = n * part2, b = a - w;
  double lost = (a - b) - w;
  w = n * part3;
  double c = b - w;
  lost += (b - c) - w;
  w = n * rest - lost;
  double r = c - w;
  *tail = (c - r) - w;
  *quadrant = (int)((int64_t)n & 3);
  return r;
}

/* sin(x + quarters π/2). Beyond 2^51 the reduction has no correct digit left; 0 stands for the
 * angle there. */
static double sin_of_quarters(double x, int quarters) {
  if (!tscope_is_finite(x)) return not_a_number();
  if (x > 0x1p51 || x < -0x1p51) x = 0;
  double tail;
  int quadrant;
  double r = reduce(x, &tail, &quadrant);
  switch ((quadrant + quarters) & 3) {
    case 0:
      return sin_kernel(r, tail);
    case 1:
      return cos_kernel(r, tail);
    case 2:
      return -sin_kernel(r, tail);
    default:
      return -cos_kernel(r, tail);
  }
}

double tscope_sin(double x) { return sin_of_quarters(x, 0); }
double tscope_cos(double x) { return sin_of_quarters(x, 1); }
