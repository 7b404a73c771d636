/* The LR range test's grids, smoothing and rules, against the algorithms of the libraries they come
 * from. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "check.h"
#include "math/elementary.h"
#include "trainscope/range_test.h"

enum { MANY = 2000 };

static double rates[MANY], losses[MANY], workspace[4 * MANY];

static tscope_suggestion suggest_in(int mode, int preset, int n, int skip_begin, int skip_end) {
  tscope_suggestion suggestion;
  memset(&suggestion, 0x55, sizeof suggestion);
  tscope_range_suggest(preset, mode, rates, losses, n, skip_begin, skip_end, workspace,
                       &suggestion);
  return suggestion;
}

static tscope_suggestion suggest(int preset, int n, int skip_begin, int skip_end) {
  return suggest_in(TSCOPE_RANGE_MODE_exponential, preset, n, skip_begin, skip_end);
}

static double uniform(tscope_rng *rng) { return (double)tscope_rng_uniform(rng); }

/* ---- grids and options ---------------------------------------------------------------------- */

/* Exact values are those of Python's float arithmetic; ours may differ from it by one rounding. */
static int within_ulps(double a, double b, int ulps) {
  return fabs(a - b) <= ulps * (nextafter(fabs(b), INFINITY) - fabs(b));
}

static void test_grids(void) {
  for (int preset = 0; preset <= TSCOPE_RANGE_PRESET_lightning_26; preset++) {
    tscope_range_grid(preset, TSCOPE_RANGE_MODE_exponential, 1e-8, 1, 100, rates);
    CHECK(rates[0] == 1e-8 && rates[99] == 1);
    CHECK(rates[81] == 0.036307805477010104);
    CHECK(within_ulps(rates[1], 1.4454397707459275e-08, 1));
    tscope_range_grid(preset, TSCOPE_RANGE_MODE_linear, 1e-8, 1, 100, rates);
    CHECK(rates[0] == 1e-8 && rates[99] == 1);
    CHECK(within_ulps(rates[1], 0.0200000098, 1));
  }
  tscope_range_grid(TSCOPE_RANGE_PRESET_fastai, TSCOPE_RANGE_MODE_exponential, 1e-7, 10, 100,
                    rates);
  CHECK(rates[0] == 1e-7 && within_ulps(rates[50], 1e-3, 2));
  CHECK_NEAR(rates[99], 8.317637711026709, 1e-12);
  tscope_range_grid(TSCOPE_RANGE_PRESET_torch_lr_finder, TSCOPE_RANGE_MODE_exponential, 1e-7, 10,
                    100, rates);
  CHECK(rates[0] == 1e-7 && rates[99] == 10);
  tscope_range_grid(TSCOPE_RANGE_PRESET_torch_lr_finder, TSCOPE_RANGE_MODE_linear, 1, 10, 10,
                    rates);
  for (int i = 0; i < 10; i++) CHECK_NEAR(rates[i], i + 1, 1e-14);

  /* No rate beyond the maximum, which Lightning once missed by eight decades, and none falls. */
  tscope_rng rng = tscope_rng_stream(1, TSCOPE_STREAM_PROBE, 0);
  for (int trial = 0; trial < 500; trial++) {
    double low = pow(10, -10 * uniform(&rng)), high = low * pow(10, 8 * uniform(&rng));
    int n = 2 + (int)tscope_rng_below(&rng, 300);
    for (int preset = 0; preset < TSCOPE_RANGE_PRESET_COUNT; preset++) {
      for (int mode = 0; mode < TSCOPE_RANGE_MODE_COUNT; mode++) {
        tscope_range_grid(preset, mode, low, high, n, rates);
        int fine = rates[0] == low;
        for (int i = 0; i < n; i++) fine &= rates[i] <= high && (!i || rates[i] >= rates[i - 1]);
        CHECK(fine);
      }
    }
  }
}

static void test_options(void) {
  tscope_range_options options = tscope_range_options_default(TSCOPE_RANGE_PRESET_trainscope);
  CHECK(options.lr_min == 1e-8f && options.lr_max == 1 && options.points == 100);
  CHECK(options.smoothing == 0.95f && options.stop_factor == 4 && options.seeds == 1);
  CHECK(options.mode == TSCOPE_RANGE_MODE_exponential && options.on == TSCOPE_RANGE_SPLIT_train);
  for (int preset = TSCOPE_RANGE_PRESET_lightning_09; preset <= TSCOPE_RANGE_PRESET_fastai;
       preset++) {
    CHECK(tscope_range_options_default(preset).smoothing == 0.98f);
  }
  options = tscope_range_options_default(TSCOPE_RANGE_PRESET_fastai);
  CHECK(options.lr_min == 1e-7f && options.lr_max == 10 && options.stop_factor == 4);
  CHECK(options.preset == TSCOPE_RANGE_PRESET_fastai);
  options = tscope_range_options_default(TSCOPE_RANGE_PRESET_torch_lr_finder);
  CHECK(options.smoothing == 0.95f && options.stop_factor == 5 && options.lr_max == 10);
  CHECK(options.skip_begin == 10 && options.skip_end == 5);
  int begin, end;
  tscope_range_window(TSCOPE_RANGE_PRESET_lightning_09, &begin, &end);
  CHECK(begin == 10 && end == 1);
  tscope_range_window(TSCOPE_RANGE_PRESET_fastai, &begin, &end);
  CHECK(begin == 10 && end == 5);
}

/* ---- smoothing ------------------------------------------------------------------------------ */

static void test_smoothing(void) {
  tscope_range_curve curve;
  double smoothed;
  for (int preset = 0; preset < TSCOPE_RANGE_PRESET_COUNT; preset++) {
    tscope_range_curve_begin(&curve, preset, 0.98, 4);
    for (int t = 1; t <= 300; t++) {
      CHECK(!tscope_range_curve_add(&curve, 2.3, &smoothed));
      double expected = 2.3;
      if (preset == TSCOPE_RANGE_PRESET_lightning_26) {
        expected *= (1 - pow(0.98, t)) / (1 - pow(0.98, t + 1));
      }
      CHECK_NEAR(smoothed, expected, 1e-12);
    }
  }
  /* The plain recursions, written out. */
  const double raw[] = {3, 2, 4, 1};
  double exact[4], plain[4], average = 0, previous = 3;
  for (int i = 0; i < 4; i++) {
    average = 0.9 * average + 0.1 * raw[i];
    exact[i] = average / (1 - pow(0.9, i + 1));
    previous = i ? 0.1 * raw[i] + 0.9 * previous : raw[0];
    plain[i] = previous;
  }
  tscope_range_curve_begin(&curve, TSCOPE_RANGE_PRESET_trainscope, 0.9, 4);
  for (int i = 0; i < 4; i++) {
    tscope_range_curve_add(&curve, raw[i], &smoothed);
    CHECK_NEAR(smoothed, exact[i], 1e-14);
  }
  tscope_range_curve_begin(&curve, TSCOPE_RANGE_PRESET_torch_lr_finder, 0.9, 5);
  for (int i = 0; i < 4; i++) {
    tscope_range_curve_add(&curve, raw[i], &smoothed);
    CHECK_NEAR(smoothed, plain[i], 1e-14);
  }
}

static void test_stopping(void) {
  tscope_range_curve curve;
  double smoothed;
  tscope_range_curve_begin(&curve, TSCOPE_RANGE_PRESET_trainscope, 0, 4);
  CHECK(!tscope_range_curve_add(&curve, 100, &smoothed) && smoothed == 100);
  CHECK(!tscope_range_curve_add(&curve, 1, &smoothed) && smoothed == 1);
  CHECK(!tscope_range_curve_add(&curve, 4, &smoothed)); /* not beyond 4 times the best */
  CHECK(tscope_range_curve_add(&curve, 4.0001, &smoothed) && smoothed == 4.0001);
  tscope_range_curve_begin(&curve, TSCOPE_RANGE_PRESET_trainscope, 0.98, 4);
  CHECK(!tscope_range_curve_add(&curve, 2, &smoothed));
  CHECK(tscope_range_curve_add(&curve, (double)NAN, &smoothed) && isnan(smoothed));
  tscope_range_curve_begin(&curve, TSCOPE_RANGE_PRESET_fastai, 0.98, 4);
  CHECK(tscope_range_curve_add(&curve, (double)INFINITY, &smoothed) && isinf(smoothed));
}

/* ---- steepest descent ----------------------------------------------------------------------- */

/* loss = sin(lr): the slope by lr is lowest at π, by log10 lr where x tan x = 1. */
static void test_sine(void) {
  const double turn = 6.283185307179586;
  for (int i = 0; i < 1000; i++) {
    rates[i] = turn * i / 999;
    losses[i] = sin(rates[i]);
  }
  CHECK_NEAR(suggest(TSCOPE_RANGE_PRESET_lightning_26, 1000, 2, 2).steepest, turn / 2, 0.01);
  CHECK_NEAR(suggest(TSCOPE_RANGE_PRESET_trainscope, 1000, 2, 2).steepest, 3.428, 0.001);
  CHECK_NEAR(suggest(TSCOPE_RANGE_PRESET_lightning_09, 1000, 2, 2).steepest, turn / 2, 0.01);
  /* On a linear grid the slope is by lr, where it is the user's own; a preset keeps its own. */
  for (int preset = 0; preset < TSCOPE_RANGE_PRESET_COUNT; preset++) {
    tscope_suggestion linear = suggest_in(TSCOPE_RANGE_MODE_linear, preset, 1000, 2, 2);
    if (preset == TSCOPE_RANGE_PRESET_trainscope) {
      CHECK_NEAR(linear.steepest, turn / 2, 0.01);
      CHECK(linear.steepest == suggest(TSCOPE_RANGE_PRESET_lightning_26, 1000, 2, 2).steepest);
    } else {
      CHECK(linear.steepest == suggest(preset, 1000, 2, 2).steepest);
    }
  }
  /* lr 0 has no logarithm and is dropped, nothing else is */
  tscope_suggestion all = suggest(TSCOPE_RANGE_PRESET_trainscope, 1000, 0, 0);
  CHECK_NEAR(all.steepest, 3.428, 0.001);
  CHECK(all.points == 999);
}

/* The curve of Lightning's issue 21141. */
static void make_parabola(double noise, uint64_t seed) {
  tscope_rng rng = tscope_rng_stream(1, TSCOPE_STREAM_PROBE, seed);
  tscope_range_grid(TSCOPE_RANGE_PRESET_trainscope, TSCOPE_RANGE_MODE_exponential, 1e-8, 1, 100,
                    rates);
  for (int i = 0; i < 100; i++) {
    double x = -50 + 100.0 * i / 99;
    losses[i] = (-x * x - 30 * x + 4000) / 1000 + noise * (2 * uniform(&rng) - 1);
  }
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void test_parabola(void) {
  make_parabola(0, 0);
  CHECK_NEAR(suggest(TSCOPE_RANGE_PRESET_trainscope, 100, 10, 1).steepest, 0.832, 0.001);
  CHECK_NEAR(suggest(TSCOPE_RANGE_PRESET_lightning_26, 100, 10, 1).steepest, 1.9e-5, 0.01e-5);
  static double by_decade[500], by_rate[500];
  for (int i = 0; i < 500; i++) {
    make_parabola(0.1, (uint64_t)i);
    by_decade[i] = log10(suggest(TSCOPE_RANGE_PRESET_trainscope, 100, 10, 1).steepest);
    by_rate[i] = log10(suggest(TSCOPE_RANGE_PRESET_lightning_26, 100, 10, 1).steepest);
  }
  qsort(by_decade, 500, sizeof *by_decade, ascending);
  qsort(by_rate, 500, sizeof *by_rate, ascending);
  printf(
      "  noisy parabola, log10 of the suggestion: median %.2f (5 %% %.2f, 95 %% %.2f), by d/dlr "
      "%.2f\n",
      by_decade[250], by_decade[25], by_decade[475], by_rate[250]);
  CHECK_NEAR(by_decade[250], -0.4, 0.15);
  CHECK_NEAR(by_rate[250], -6.8, 0.3);
}

/* Rules written down naively, straight from their sources. */
static double naive_valley(const double *lr, const double *loss, int n) {
  static int lds[MANY];
  int start = 0, end = 0;
  if (n < 1) return (double)NAN;
  for (int i = 0; i < n; i++) lds[i] = 1;
  for (int i = 1; i < n; i++) {
    for (int j = 0; j < i; j++) {
      if (loss[i] < loss[j] && lds[i] < lds[j] + 1) lds[i] = lds[j] + 1;
      if (lds[end] < lds[i]) {
        end = i;
        start = end - lds[end];
      }
    }
  }
  double sections = (end - start) / 3.0;
  int at = start + (int)sections + (int)(sections / 2);
  return lr[at < 0 ? at + n : at];
}

static double naive_gradient(const double *loss, int n, int i) {
  if (i == 0) return loss[1] - loss[0];
  if (i == n - 1) return loss[n - 1] - loss[n - 2];
  return (loss[i + 1] - loss[i - 1]) / 2;
}

static double naive_slide(const double *lr, const double *loss, int n) {
  int r = n - 1, l = r - 15;
  if (l < 0) return (double)NAN;
  double rate = lr[l];
  while (l >= 0 && fabs(naive_gradient(loss, n, r) - naive_gradient(loss, n, l)) > 0.005) {
    rate = lr[l];
    r--, l--;
  }
  return rate;
}

static double naive_steep(const double *lr, const double *loss, int n) {
  int best = 0;
  double lowest = INFINITY;
  if (n < 2) return (double)NAN;
  for (int i = 0; i + 1 < n; i++) {
    double slope = (loss[i + 1] - loss[i]) / (tscope_log(lr[i + 1]) - tscope_log(lr[i]));
    if (slope < lowest) lowest = slope, best = i;
  }
  return lr[best];
}

static double naive_steepest_per_step(const double *lr, const double *loss, int n) {
  int best = 0;
  if (n < 2) return (double)NAN;
  for (int i = 1; i < n; i++) {
    if (naive_gradient(loss, n, i) < naive_gradient(loss, n, best)) best = i;
  }
  return lr[best];
}

static int same(double a, double b) { return a == b || (isnan(a) && isnan(b)); }

/* Random curves of every length and kind: plateau, fall, explosion, with noise and ties. */
static void test_against_naive(void) {
  tscope_rng rng = tscope_rng_stream(2, TSCOPE_STREAM_PROBE, 0);
  for (int trial = 0; trial < 2000; trial++) {
    int n = 1 + (int)tscope_rng_below(&rng, 130);
    double noise = pow(10, -4 * uniform(&rng)), fall = 0.9 * uniform(&rng);
    int coarse = tscope_rng_below(&rng, 4) == 0;
    for (int i = 0; i < n; i++) {
      double x = (double)i / n;
      rates[i] = 1e-7 * pow(1e8, x);
      losses[i] = 2.3 - fall / (1 + exp(-20 * (x - 0.6))) + (x > 0.9 ? 20 * (x - 0.9) : 0) +
                  noise * (uniform(&rng) - 0.5);
      if (coarse) losses[i] = floor(losses[i] * 10) / 10;
    }
    int begin = (int)tscope_rng_below(&rng, 12), end = (int)tscope_rng_below(&rng, 7);
    int left = n - begin - end > 0 ? n - begin - end : 0;
    const double *lr = rates + begin, *loss = losses + begin;
    tscope_suggestion s = suggest(TSCOPE_RANGE_PRESET_torch_lr_finder, n, begin, end);
    CHECK(same(s.valley, naive_valley(lr, loss, left)));
    CHECK(same(s.slide, naive_slide(lr, loss, left)));
    CHECK(same(s.steep, naive_steep(lr, loss, left)));
    CHECK(same(s.steepest, naive_steepest_per_step(lr, loss, left)));
    CHECK(s.points == left && s.points_needed == begin + end + 2);
    CHECK(isnan(s.steepest) ? s.steepest_index == -1 : rates[s.steepest_index] == s.steepest);
    if (left) {
      int minimum = 0;
      for (int i = 0; i < left; i++) minimum = loss[i] < loss[minimum] ? i : minimum;
      CHECK(s.minimum_tenth == lr[minimum] / 10 && s.minimum_index == begin + minimum);
      CHECK(isnan(s.base) == isnan(s.max));
      if (!isnan(s.max)) CHECK(s.base < s.max && s.max <= lr[minimum] && s.base >= lr[0]);
    } else {
      CHECK(isnan(s.minimum_tenth) && s.minimum_index == -1 && isnan(s.base));
    }
    CHECK(same(suggest(TSCOPE_RANGE_PRESET_fastai, n, begin, end).steepest, s.steep));
  }
}

static void test_falling_line(void) {
  for (int i = 0; i < 85; i++) {
    rates[i] = i + 1;
    losses[i] = 100 - i;
  }
  CHECK(suggest(TSCOPE_RANGE_PRESET_fastai, 85, 0, 0).valley == rates[41]);
  CHECK(suggest(TSCOPE_RANGE_PRESET_trainscope, 85, 0, 0).valley == rates[41]);
  for (int i = 85; i < 100; i++) {
    rates[i] = i + 1;
    losses[i] = 100 - i;
  }
  /* fastai's own window leaves the 85 points from 10 on */
  CHECK(suggest(TSCOPE_RANGE_PRESET_fastai, 100, -1, -1).valley == rates[51]);
}

static void test_too_few_points(void) {
  for (int i = 0; i < 13; i++) {
    rates[i] = pow(10, i - 13);
    losses[i] = 13 - i;
  }
  for (int preset = 0; preset < TSCOPE_RANGE_PRESET_COUNT; preset++) {
    tscope_suggestion s = suggest(preset, 11, 10, 1);
    CHECK(isnan(s.steepest) && s.steepest_index == -1 && s.points == 0 && s.points_needed == 13);
    CHECK(isnan(s.valley) && isnan(s.slide) && isnan(s.minimum_tenth) && isnan(s.steep));
    CHECK(isnan(s.base) && isnan(s.max) && s.minimum_index == -1);
    s = suggest(preset, 12, 10, 1);
    CHECK(isnan(s.steepest) && s.points == 1 && s.minimum_tenth == rates[10] / 10);
    s = suggest(preset, 13, 10, 1);
    CHECK(!isnan(s.steepest) && s.points == 2);
    CHECK(isnan(suggest(preset, 0, -1, -1).steepest));
    CHECK(isnan(suggest(preset, 13, INT32_MAX, INT32_MAX).steepest));
    CHECK(suggest(preset, 13, INT32_MAX, INT32_MAX).points_needed == INT32_MAX);
  }
}

/* skip_end 0 keeps the last point, where Python's [10:-0] would have dropped all. */
static void test_skip_end_zero(void) {
  for (int i = 0; i < 30; i++) {
    rates[i] = pow(10, -6 + 0.2 * i);
    losses[i] = 5 - 0.01 * i - (i == 29 ? 2 : 0);
  }
  CHECK(suggest(TSCOPE_RANGE_PRESET_trainscope, 30, 10, 0).steepest == rates[29]);
  CHECK(suggest(TSCOPE_RANGE_PRESET_trainscope, 30, 10, 0).points == 20);
  CHECK(suggest(TSCOPE_RANGE_PRESET_trainscope, 30, -1, -1).points == 19);
  CHECK(suggest(TSCOPE_RANGE_PRESET_fastai, 30, -1, 0).points == 20);
}

static void test_non_finite(void) {
  for (int i = 0; i < 60; i++) {
    rates[i] = pow(10, -6 + 0.1 * i);
    losses[i] = 5 - 3 / (1 + exp(-(i - 40) / 2.0));
  }
  tscope_suggestion clean = suggest(TSCOPE_RANGE_PRESET_trainscope, 60, 0, 0);
  CHECK(clean.steepest == rates[40] && clean.steepest_index == 40);
  /* Dropped together with its rate: the index still points at the rate. */
  losses[20] = (double)NAN;
  losses[25] = (double)INFINITY;
  for (int preset = 0; preset < TSCOPE_RANGE_PRESET_COUNT; preset++) {
    tscope_suggestion s = suggest(preset, 60, 0, 0);
    CHECK(s.points == 58 && rates[s.steepest_index] == s.steepest);
    CHECK(preset == TSCOPE_RANGE_PRESET_lightning_26 || fabs(log10(s.steepest / rates[40])) < 0.15);
    /* the rules of fastai see 20 points */
    CHECK(s.minimum_index == 19 && s.minimum_tenth == rates[19] / 10);
    CHECK(s.valley == naive_valley(rates, losses, 20));
    CHECK(s.slide == naive_slide(rates, losses, 20));
    CHECK(s.steep == naive_steep(rates, losses, 20));
  }
  for (int i = 0; i < 60; i++) losses[i] = (double)NAN;
  tscope_suggestion s = suggest(TSCOPE_RANGE_PRESET_trainscope, 60, 0, 0);
  CHECK(isnan(s.steepest) && s.points == 0 && isnan(s.valley) && isnan(s.base));
  /* Equal rates have no slope, but nothing is spoilt by them. */
  for (int i = 0; i < 60; i++) losses[i] = 60 - i, rates[i] = i < 30 ? 1 : i;
  CHECK(suggest(TSCOPE_RANGE_PRESET_lightning_26, 60, 0, 0).steepest >= 30);
  for (int i = 0; i < 60; i++) rates[i] = 1;
  CHECK(isnan(suggest(TSCOPE_RANGE_PRESET_trainscope, 60, 0, 0).steepest));
}

static void test_range(void) {
  for (int i = 0; i < 12; i++) rates[i] = i + 1;
  const double curve[] = {10, 10, 10.2, 9.5, 8, 6, 4, 2, 1, 0.2, 0.9, 40};
  memcpy(losses, curve, sizeof curve);
  /* from 10.2 to 0.2: a fifth of the drop is at 8.2, two thirds at 3.53 */
  tscope_suggestion s = suggest(TSCOPE_RANGE_PRESET_trainscope, 12, 0, 0);
  CHECK(s.base == 4 && s.max == 7);
  const double cliff[] = {3, 3, 3, 3, 3, 3, 1, 5};
  memcpy(losses, cliff, sizeof cliff);
  s = suggest(TSCOPE_RANGE_PRESET_trainscope, 8, 0, 0);
  CHECK(s.base == 6 && s.max == 7);
  const double rising[] = {1, 2, 3, 4, 5, 6, 7, 8};
  memcpy(losses, rising, sizeof rising);
  s = suggest(TSCOPE_RANGE_PRESET_trainscope, 8, 0, 0);
  CHECK(isnan(s.base) && isnan(s.max) && s.minimum_index == 0);
}

/* A slope that is straight in the logarithm has its half drop at the geometric middle of its ends.
 */
static void test_halfway(void) {
  for (int i = 0; i < 81; i++) {
    rates[i] = pow(10, -8 + 0.1 * i);
    double t = (i - 50) / 20.0; /* falls from 10^-3 to 10^-1 */
    losses[i] = 2.3 - 1.5 * (t < 0 ? 0 : t > 1 ? 1 : t);
  }
  tscope_suggestion s = suggest(TSCOPE_RANGE_PRESET_trainscope, 81, 10, 1);
  /* At 10^-2 itself half of the drop is made: the last rate before it, or it, by rounding. */
  CHECK(s.halfway_index == 59 || s.halfway_index == 60);
  CHECK(s.halfway == rates[s.halfway_index]);
  CHECK(s.base < s.halfway && s.halfway < s.max);
  CHECK(fabs(log10(s.halfway) + 2) < 0.1 + 1e-9);

  /* A sigmoid in the logarithm is steepest half way down, by its symmetry. */
  for (int i = 0; i < 81; i++) losses[i] = 2.3 - 1.5 / (1 + exp(-(i - 60) / 3.0));
  s = suggest(TSCOPE_RANGE_PRESET_trainscope, 81, 0, 0);
  CHECK(s.steepest_index == 60 && s.is_halfway);
  CHECK(s.halfway_index == 59 || s.halfway_index == 60);

  /* A quarter of the drop in a cliff near the end: steepest is there, half of the drop long before.
   */
  for (int i = 0; i < 81; i++) losses[i] = 4 - 0.03 * i - (i >= 70 ? 0.8 : 0);
  s = suggest(TSCOPE_RANGE_PRESET_trainscope, 81, 0, 0);
  CHECK(s.steepest_index == 69 || s.steepest_index == 70);
  CHECK(s.halfway == rates[53]); /* 4 - 0.03 i = 4 - 3.2 / 2 at i = 53.3 */
  CHECK(!s.is_halfway);

  /* On a coarse grid the neighbouring point counts, however far it is. */
  for (int i = 0; i < 9; i++) rates[i] = pow(10, i - 8);
  const double coarse[] = {4, 4, 4, 3.9, 3.8, 2.3, 1.1, 1, 9};
  memcpy(losses, coarse, sizeof coarse);
  s = suggest(TSCOPE_RANGE_PRESET_trainscope, 9, 0, 0);
  CHECK(s.steepest_index == 5 && s.halfway_index == 4 && s.is_halfway);

  /* Nothing falls, nothing is half way. */
  for (int i = 0; i < 9; i++) losses[i] = i;
  s = suggest(TSCOPE_RANGE_PRESET_trainscope, 9, 0, 0);
  CHECK(isnan(s.halfway) && s.halfway_index == -1 && !s.is_halfway);
}

/* ---- whether there is a descent ------------------------------------------------------------- */

/* A curve as measured, and what the rules read off it smoothed. */
static tscope_range_check judge(int n, double baseline) {
  static double raw[MANY];
  tscope_range_curve curve;
  tscope_range_check check;
  memcpy(raw, losses, (size_t)n * sizeof *raw);
  tscope_range_curve_begin(&curve, TSCOPE_RANGE_PRESET_trainscope, 0.95, 4);
  for (int i = 0; i < n; i++) tscope_range_curve_add(&curve, raw[i], &losses[i]);
  tscope_suggestion suggestion = suggest(TSCOPE_RANGE_PRESET_trainscope, n, -1, -1);
  memset(&check, 0x55, sizeof check);
  tscope_range_judge(rates, raw, n, 0, baseline, &suggestion, &check);
  return check;
}

/* A fall by so much around the 60th of 100 rates, under noise, that ends in an explosion or not. */
static void make_test(double start, double fall, double noise, int explodes, uint64_t seed) {
  tscope_rng rng = tscope_rng_stream(3, TSCOPE_STREAM_PROBE, seed);
  tscope_range_grid(TSCOPE_RANGE_PRESET_trainscope, TSCOPE_RANGE_MODE_exponential, 1e-8, 1, 100,
                    rates);
  for (int i = 0; i < 100; i++) {
    losses[i] = start - fall / (1 + exp(-(i - 60) / 4.0)) + noise * (2 * uniform(&rng) - 1);
    if (explodes && i >= 92) losses[i] += 0.5 * (i - 91);
  }
}

static void test_descent(void) {
  int found = 0, invented = 0, exploded = 0;
  for (uint64_t seed = 0; seed < 200; seed++) {
    make_test(2.3, 1, 0.1, 0, seed);
    tscope_range_check check = judge(100, 2.3);
    found += check.stands_out && check.is_deep && check.learns && !check.rises;
    /* uniform noise of half width a has the deviation a/√3 */
    CHECK_NEAR(check.noise, 0.1 / sqrt(3), 0.03);
    CHECK_NEAR(check.before, 2.3, 0.11);
    CHECK_NEAR(check.low, 1.3, 0.1);
    make_test(2.3, 0, 1, 0, seed);
    check = judge(100, 2.3);
    invented += check.stands_out;
    CHECK(!check.steepest && !check.valley && !check.slide && !check.minimum_tenth);
    make_test(2.3, 1, 0.1, 1, seed);
    exploded += judge(100, 2.3).rises;
  }
  printf("  of 200: found %d, invented %d, exploded %d\n", found, invented, exploded);
  CHECK(found == 200 && invented == 0 && exploded == 200);

  /* Beyond noise, but no more than a trained network's last bit, or than guessing. */
  make_test(0.05, 0.03, 0, 0, 0);
  tscope_range_check trained = judge(100, 2.3);
  CHECK(trained.stands_out && !trained.is_deep && !trained.steepest);
  make_test(3.3, 1, 0, 0, 0);
  tscope_range_check guessing = judge(100, 2.3);
  CHECK(guessing.stands_out && guessing.is_deep && !guessing.learns && !guessing.valley);
  make_test(3.3, 1, 0, 0, 0);
  CHECK(
      judge(100, (double)NAN).learns); /* where guessing is not known, it is not held against it */

  /* A second, steeper cliff two decades on: steepest stands there, half of the drop is here. */
  make_test(2.3, 1, 0, 0, 0);
  CHECK(judge(100, 2.3).steepest);
  for (int i = 0; i < 100; i++) losses[i] = 2.3 - (i >= 40 ? 0.03 * (i - 40) : 0);
  for (int i = 90; i < 100; i++) losses[i] -= 0.6;
  tscope_range_check cliff = judge(100, 2.3);
  CHECK(cliff.stands_out && cliff.apart > 4 && !cliff.steepest);

  /* The last batches' classes please a dead network's biases: louder where it is lowest. */
  make_test(0.7, 0, 0.001, 0, 2);
  const double last[] = {0.69, 0.75, 0.62, 0.81, 0.6, 0.9, 0.55, 0.5, 0.45, 0.4, 0.95, 0.5};
  memcpy(losses + 88, last, sizeof last);
  CHECK(!judge(100, 0.7).stands_out);

  /* An explosion that ends the test, a curve of few points, one of none. */
  make_test(2.3, 1, 0.1, 0, 1);
  losses[95] = (double)INFINITY;
  tscope_range_check blown = judge(96, 2.3);
  CHECK(blown.rises && blown.stands_out && !blown.still_falls);
  make_test(2.3, 1, 0.1, 0, 1);
  CHECK(!judge(3, 2.3).stands_out);
  losses[0] = (double)NAN;
  tscope_range_check none = judge(1, 2.3);
  CHECK(!none.stands_out && isnan(none.low) && isnan(none.before));
}

/* ---- norms ---------------------------------------------------------------------------------- */

static void test_norms(void) {
  double edges[11], values[200], room[200];
  uint32_t counts[10];
  int32_t non_finite;
  for (int i = 0; i < 100; i++) values[i] = (i * 37) % 100 + 1; /* 1 … 100 in disorder */
  CHECK_NEAR(tscope_norm_statistics(values, 100, 90, 10, edges, counts, &non_finite, room), 90.1,
             1e-12);
  CHECK(edges[0] == 1 && edges[10] == 100 && non_finite == 0);
  CHECK_NEAR(edges[5], 10, 1e-12);
  uint32_t sum = 0;
  for (int i = 0; i < 10; i++) sum += counts[i];
  CHECK(sum == 100 && counts[9] == 100 - 63 && counts[0] == 1);
  CHECK(tscope_norm_statistics(values, 100, 0, 10, edges, counts, &non_finite, room) == 1);
  CHECK(tscope_norm_statistics(values, 100, 100, 10, edges, counts, &non_finite, room) == 100);
  CHECK(tscope_norm_statistics(values, 100, 50, 10, edges, counts, &non_finite, room) == 50.5);

  values[3] = (double)NAN;
  values[4] = (double)INFINITY;
  values[5] = 0;
  tscope_norm_statistics(values, 100, 90, 10, edges, counts, &non_finite, room);
  sum = 0;
  for (int i = 0; i < 10; i++) sum += counts[i];
  CHECK(non_finite == 2 && sum == 98 && edges[0] == 1);

  values[0] = 7;
  CHECK(tscope_norm_statistics(values, 1, 90, 10, edges, counts, &non_finite, room) == 7);
  CHECK(edges[0] == 3.5 && edges[10] == 14 && non_finite == 0);
  CHECK(tscope_norm_statistics(values + 5, 1, 90, 10, edges, counts, &non_finite, room) == 0);
  CHECK(counts[0] == 1 && edges[0] < edges[10]);
  CHECK(isnan(tscope_norm_statistics(values + 3, 2, 90, 10, edges, counts, &non_finite, room)));
  CHECK(non_finite == 2);
  CHECK(isnan(tscope_norm_statistics(values, 0, 90, 10, edges, counts, &non_finite, room)));
  double extremes[] = {5e-324, 1.7e308};
  tscope_norm_statistics(extremes, 2, 90, 10, edges, counts, &non_finite, room);
  for (int i = 0; i <= 10; i++) CHECK(isfinite(edges[i]) && (!i || edges[i] > edges[i - 1]));
  CHECK(counts[0] == 1 && counts[9] == 1);
}

int main(void) {
  test_grids();
  test_options();
  test_smoothing();
  test_stopping();
  test_sine();
  test_parabola();
  test_against_naive();
  test_falling_line();
  test_too_few_points();
  test_skip_end_zero();
  test_non_finite();
  test_range();
  test_halfway();
  test_descent();
  test_norms();
  return CHECK_REPORT();
}
