/* Measures src/math/elementary.c against the C library in long double, over many points of each
 * range. */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/rng.h"
#include "check.h"
#include "math/elementary.h"
#include "math/normal.h"

enum { POINTS = 200000 };

/* The error of `got` in units in the last place of the exact value. */
static double ulps(double got, long double exact) {
  double rounded = (double)exact;
  if (got == rounded || (isnan(got) && isnan(rounded))) return 0;
  if (!isfinite(rounded) || !isfinite(got)) return INFINITY;
  double next = nextafter(fabs(rounded), INFINITY);
  return (double)(fabsl((long double)got - exact) /
                  ((long double)next - fabsl((long double)rounded)));
}

static double uniform(tscope_rng *rng, double low, double high) {
  uint64_t bits = ((uint64_t)tscope_rng_next(rng) << 21) ^ tscope_rng_next(rng);
  return low + (high - low) * ((double)(bits & 0x1fffffffffffffu) * 0x1p-53);
}

/* A double of any exponent in [2^low, 2^high). */
static double any_magnitude(tscope_rng *rng, int low, int high) {
  return ldexp(uniform(rng, 1, 2), low + (int)tscope_rng_below(rng, (uint32_t)(high - low)));
}

typedef double (*function)(double);
typedef long double (*exact_function)(long double);

/* Prints and returns the largest error over [low, high], uniformly and, for positive ranges, over
 * all magnitudes. */
static double worst(const char *name, function f, exact_function exact, double low, double high) {
  tscope_rng rng = tscope_rng_stream(1, TSCOPE_STREAM_PROBE, 0);
  double largest = 0, where = 0;
  for (int i = 0; i < POINTS; i++) {
    double x = uniform(&rng, low, high);
    double error = ulps(f(x), exact(x));
    if (error > largest) largest = error, where = x;
  }
  printf("  %-6s [%g, %g]: %.3f ulp at %.17g\n", name, low, high, largest, where);
  return largest;
}

static double worst_magnitudes(const char *name, function f, exact_function exact) {
  tscope_rng rng = tscope_rng_stream(2, TSCOPE_STREAM_PROBE, 0);
  double largest = 0, where = 0;
  for (int i = 0; i < POINTS; i++) {
    double x = any_magnitude(&rng, -1022, 1024);
    double error = ulps(f(x), exact(x));
    if (error > largest) largest = error, where = x;
  }
  printf("  %-6s all magnitudes: %.3f ulp at %.17g\n", name, largest, where);
  return largest;
}

static void test_accuracy(void) {
  /* Where long double is no wider than double, the reference itself is half a unit off. */
  double limit = LDBL_MANT_DIG > DBL_MANT_DIG ? 1.0 : 2.0;
  CHECK(worst("exp", tscope_exp, expl, -745, 709.7) < limit);
  CHECK(worst("exp", tscope_exp, expl, -1, 1) < limit);
  CHECK(worst("expm1", tscope_expm1, expm1l, -0.34, 0.34) < limit);
  CHECK(worst("expm1", tscope_expm1, expm1l, 1e-9, 1e-6) < limit);
  CHECK(worst("expm1", tscope_expm1, expm1l, -30, 30) < 4 * limit);
  CHECK(worst("log", tscope_log, logl, 0.5, 2) < limit);
  CHECK(worst("log", tscope_log, logl, 0.99, 1.01) < limit);
  CHECK(worst_magnitudes("log", tscope_log, logl) < limit);
  CHECK(worst("log10", tscope_log10, log10l, 0.5, 2) < limit);
  CHECK(worst_magnitudes("log10", tscope_log10, log10l) < limit);
  CHECK(worst("sin", tscope_sin, sinl, -7, 7) < limit);
  CHECK(worst("sin", tscope_sin, sinl, -1e6, 1e6) < limit);
  CHECK(worst("cos", tscope_cos, cosl, -7, 7) < limit);
  CHECK(worst("cos", tscope_cos, cosl, -1e6, 1e6) < limit);

  tscope_rng rng = tscope_rng_stream(3, TSCOPE_STREAM_PROBE, 0);
  double largest = 0;
  for (int i = 0; i < POINTS; i++) {
    double base = i % 2 ? any_magnitude(&rng, -60, 60) : uniform(&rng, 0.5, 2);
    double reach = 1000 / (fabs(log2(base)) + 1e-9);
    double exponent = uniform(&rng, -reach, reach);
    double error = ulps(tscope_pow(base, exponent), powl(base, exponent));
    if (error > largest) largest = error;
  }
  printf("  pow    results 2^-1000 … 2^1000: %.3f ulp\n", largest);
  CHECK(largest < limit);
}

static void test_multiples_of_half_pi(void) {
  if (LDBL_MANT_DIG < 64) return;
  double largest = 0;
  for (int n = 1; n < 636000; n += 1) {
    double x = n * (TSCOPE_PI / 2);
    double error = ulps(tscope_sin(x), sinl(x)), other = ulps(tscope_cos(x), cosl(x));
    if (error > largest) largest = error;
    if (other > largest) largest = other;
  }
  printf("  sin and cos next to multiples of half pi: %.3f ulp\n", largest);
  CHECK(largest < 1);
}

static void test_special_values(void) {
  double nothing = (double)NAN, endless = (double)INFINITY;
  CHECK(tscope_exp(0) == 1);
  CHECK(tscope_exp(endless) == endless && tscope_exp(-endless) == 0);
  CHECK(tscope_exp(709.9) == endless && tscope_exp(-746) == 0);
  CHECK(tscope_exp(-745.13) == exp(-745.13) && tscope_exp(-740) == exp(-740));
  CHECK(isnan(tscope_exp(nothing)));

  CHECK(tscope_log(1) == 0 && !signbit(tscope_log(1)));
  CHECK(tscope_log(0) == -endless && tscope_log(-0.0) == -endless);
  CHECK(tscope_log(endless) == endless);
  CHECK(isnan(tscope_log(-1)) && isnan(tscope_log(-endless)) && isnan(tscope_log(nothing)));
  CHECK(ulps(tscope_log(0x1p-1074), logl(0x1p-1074L)) < 1);

  CHECK(tscope_log10(0) == -endless && isnan(tscope_log10(-1)) && tscope_log10(endless) == endless);
  double power = 1;
  for (int i = 0; i <= 22; i++, power *= 10) CHECK(tscope_log10(power) == i);
  CHECK(tscope_log10(1e-8) == -8 && tscope_log10(0.1) == -1);

  CHECK(tscope_pow(0, 0) == 1 && tscope_pow(nothing, 0) == 1 && tscope_pow(1, nothing) == 1);
  CHECK(tscope_pow(0, 2) == 0 && tscope_pow(0, -2) == endless);
  CHECK(tscope_pow(endless, 2) == endless && tscope_pow(endless, -2) == 0);
  CHECK(tscope_pow(0.5, endless) == 0 && tscope_pow(0.5, -endless) == endless);
  CHECK(tscope_pow(2, endless) == endless && tscope_pow(2, -endless) == 0);
  CHECK(tscope_pow(0, endless) == 0 && tscope_pow(0, -endless) == endless);
  CHECK(isnan(tscope_pow(-1, 2)) && isnan(tscope_pow(nothing, 1)) && isnan(tscope_pow(2, nothing)));
  CHECK(tscope_pow(3, 4) == 81 && tscope_pow(10, 3) == 1000 && tscope_pow(4, 0.5) == 2);
  CHECK(tscope_pow(2, 1024) == endless && tscope_pow(2, 1023) == 0x1p1023);
  CHECK(tscope_pow(2, -1074) == 0x1p-1074 && tscope_pow(2, -1076) == 0);
  CHECK(tscope_pow(1 + 0x1p-52, 1e300) == endless && tscope_pow(1 - 0x1p-53, 1e300) == 0);
  CHECK(tscope_pow(0x1p-1074, -0.5) == 0x1p537);
  CHECK(tscope_pow(1e8, 0.82) * 1e-8 == 0.036307805477010104);

  CHECK(tscope_sin(0) == 0 && tscope_cos(0) == 1);
  CHECK(isnan(tscope_sin(endless)) && isnan(tscope_cos(-endless)) && isnan(tscope_sin(nothing)));
  CHECK(isfinite(tscope_sin(1e300)) && isfinite(tscope_cos(-1e300)));
  CHECK(tscope_sqrt(2) == sqrt(2));
  CHECK(tscope_is_finite(1e308) && !tscope_is_finite(endless) && !tscope_is_finite(nothing));
}

/* A few results as bits: what every build on every machine must reproduce. */
static void test_golden_bits(void) {
  uint64_t sum = 0;
  tscope_rng rng = tscope_rng_stream(4, TSCOPE_STREAM_PROBE, 0);
  for (int i = 0; i < 10000; i++) {
    double x = uniform(&rng, 0, 20);
    double values[] = {tscope_exp(x),      tscope_log(x), tscope_log10(x),
                       tscope_pow(x, 1.7), tscope_sin(x), tscope_cos(x)};
    for (int j = 0; j < 6; j++) {
      uint64_t bits;
      memcpy(&bits, &values[j], sizeof bits);
      sum = tscope_hash(sum ^ bits);
    }
  }
  printf("  digest of 60,000 results: %016llx\n", (unsigned long long)sum);
  CHECK(sum == 0x2727a74109a13957u);
}

static void test_normal(void) {
  tscope_rng rng = tscope_rng_stream(5, TSCOPE_STREAM_PROBE, 0);
  enum { COUNT = 400000 };
  double sum = 0, squares = 0, fourths = 0;
  int beyond_two = 0;
  for (int i = 0; i < COUNT; i++) {
    double x = (double)tscope_rng_normal(&rng);
    sum += x, squares += x * x, fourths += x * x * x * x;
    beyond_two += fabs(x) > 2;
  }
  CHECK_NEAR(sum / COUNT, 0, 0.006);
  CHECK_NEAR(squares / COUNT, 1, 0.01);
  CHECK_NEAR(fourths / COUNT, 3, 0.08);
  CHECK_NEAR((double)beyond_two / COUNT, 0.0455, 0.0015);
}

int main(void) {
  test_accuracy();
  test_multiples_of_half_pi();
  test_special_values();
  test_golden_bits();
  test_normal();
  return CHECK_REPORT();
}
