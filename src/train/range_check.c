/*
 * Whether a range test's curve has a descent at all, and whether a rule read its rate off that
 * descent or off something else: noise, the far side of the explosion, a slope of its own.
 *
 * The descent is judged on the losses as measured. Smoothed ones hide what a test is about: their
 * noise is no longer independent from point to point, and what they show comes late.
 */
#include "math/elementary.h"
#include "train/definitions.h"
#include "trainscope/range_test.h"

/* A stretch of a curve and the mean of its losses. */
typedef struct stretch {
  int begin, count;
  double mean;
} stretch;

static stretch mean_of(const double *loss, int begin, int count) {
  double sum = 0;
  for (int i = begin; i < begin + count; i++) sum += loss[i];
  return (stretch){begin, count, sum / count};
}

/* The lowest of all stretches of so many points; the first on ties. */
static stretch lowest_stretch(const double *loss, int n, int count) {
  stretch low = mean_of(loss, 0, count);
  for (int begin = 1; begin + count <= n; begin++) {
    stretch here = mean_of(loss, begin, count);
    if (here.mean < low.mean) low = here;
  }
  return low;
}

/*
 * The noise's standard deviation from the squares of successive differences (von Neumann), which a
 * slow descent hardly touches. Squares, not medians: at a batch of one or two a trained network's
 * losses are mostly nothing and now and then large, and those few are the noise.
 */
static double noise_of(const double *loss, int n) {
  if (n < 2) return 0;
  double sum = 0;
  for (int i = 1; i < n; i++) {
    double difference = loss[i] - loss[i - 1];
    sum += difference * difference;
  }
  return tscope_sqrt(sum / (2.0 * (n - 1)));
}

static double louder(double a, double b) { return a > b ? a : b; }

/* Whether one stretch is above another by more than the noise of the one and the other. */
static int exceeds_noise(stretch high, double high_noise, stretch low, double low_noise) {
  double a = high_noise * high_noise / high.count, b = low_noise * low_noise / low.count;
  return high.mean - low.mean > TSCOPE_DEFINITION_range_noise * tscope_sqrt(a + b);
}

static int smaller(int a, int b) { return a < b ? a : b; }
static int larger(int a, int b) { return a > b ? a : b; }

/* The whole of a curve's finite part: it ends at the first loss that is not. */
static int finite_points(const double *loss, int n) {
  int finite = 0;
  while (finite < n && tscope_is_finite(loss[finite])) finite++;
  return finite;
}

enum { FAIR_SAMPLES = 16 };

/*
 * How many neighbours are averaged where a curve is lowest, and where it ends: with more points
 * the same stretch of rates has more of them, and its mean less noise. The end is shorter, because
 * an explosion is.
 */
static int low_points(int n, int batch) {
  /* A few samples in a row are of one class by chance, and a dead network's biases please them. */
  const int fair = batch > 0 ? (FAIR_SAMPLES + batch - 1) / batch : 1;
  return smaller(larger(larger(5, n / 20), fair), n / 4);
}
static int end_points(int n) { return smaller(larger(3, n / 33), n / 4); }

/*
 * What the loss falls from: its first quarter, which is still flat on an exponential grid; where
 * the rate rises linearly the first few points, because there the first steps already learn.
 */
static stretch beginning(const double *loss, int quarter, int few) {
  const stretch whole = mean_of(loss, 0, quarter), first = mean_of(loss, 0, few);
  return first.mean > whole.mean ? first : whole;
}

/*
 * Whether the loss has risen again at the end. Noise grows with the rate, so the end is held
 * against that of the points just before it; of ends of several lengths, since where the loss broke
 * a little earlier these have risen themselves.
 */
static int has_risen_again(const double *loss, int n, stretch low, double noise, double depth) {
  const int last = end_points(n);
  for (int count = last; count <= 3 * last && n - count >= low.begin + low.count; count += last) {
    const stretch end = mean_of(loss, n - count, count);
    const int first = larger(end.begin - 3 * low.count, 0);
    const double own = louder(noise, noise_of(loss + first, end.begin - first));
    if (exceeds_noise(end, own, low, noise) && end.mean - low.mean >= depth) return 1;
  }
  return 0;
}

static void judge_descent(const double *lr, const double *loss, int n, int batch, double baseline,
                          tscope_range_check *check) {
  const int finite = finite_points(loss, n);
  if (finite < 4) return;
  const stretch low = lowest_stretch(loss, finite, low_points(finite, batch));
  const stretch before = beginning(loss, finite / 4, low.count);
  const int last = end_points(finite);
  const stretch end = mean_of(loss, finite - last, last);
  const int is_known = tscope_is_finite(baseline) && baseline > 0;
  const double scale = is_known ? baseline : before.mean;
  const double depth = TSCOPE_DEFINITION_range_depth * scale;
  /* Of a curve that is lowest early, more: a few points say little about noise. */
  const int until = larger(low.begin + low.count, finite / 2);
  /* Near the lowest losses it may be more: a dead network's biases follow the last batches, whose
   * classes then decide the loss, and the higher the rate the more so. */
  const int near = larger(low.begin - 3 * low.count, 0);
  check->noise = louder(noise_of(loss, until), noise_of(loss + near, low.begin + low.count - near));
  check->before = before.mean;
  check->low = low.mean;
  check->end = end.mean;
  check->low_lr = lr[low.begin + low.count / 2];
  check->stands_out = exceeds_noise(before, noise_of(loss, finite / 4), low, check->noise);
  check->is_deep = before.mean - low.mean >= depth;
  check->learns = !is_known || low.mean < TSCOPE_DEFINITION_infeasible_share * baseline;
  check->rises = finite < n || has_risen_again(loss, finite, low, check->noise, depth);
  check->still_falls = !check->rises && low.begin + low.count + last >= finite;
}

/* How many times the one rate is the other, at least 1; NaN where one is missing. */
static double times_apart(double a, double b) { return a > b ? a / b : b / a; }

/*
 * A rule that looks for the slope's steepest point should find it half way down the drop. A point
 * far from there stands on another slope, or on noise; on a coarse grid a neighbouring point may be
 * far.
 */
static int is_on_slope(double rate, const double *lr, int n, const tscope_suggestion *suggestion) {
  if (times_apart(rate, suggestion->halfway) <= TSCOPE_DEFINITION_range_far) return 1;
  const int halfway = suggestion->halfway_index;
  if (halfway < 0) return 0;
  for (int i = halfway > 0 ? halfway - 1 : 0; i <= halfway + 1 && i < n; i++) {
    if (lr[i] == rate) return 1;
  }
  return 0;
}

/*
 * The other rules choose a careful rate: before the lowest loss, and no further than a decade
 * before the descent begins.
 */
static int is_before_low(double rate, const double *lr, const tscope_suggestion *suggestion) {
  const int minimum = suggestion->minimum_index;
  return minimum >= 0 && rate <= lr[minimum] && rate * 10 >= suggestion->base;
}

void tscope_range_judge(const double *lr, const double *loss, int n, int batch, double baseline,
                        const tscope_suggestion *suggestion, tscope_range_check *check) {
  const double missing = __builtin_nan("");
  *check = (tscope_range_check){
      .baseline = baseline,
      .noise = missing,
      .before = missing,
      .low = missing,
      .end = missing,
      .low_lr = missing,
      .apart = times_apart(suggestion->steepest, suggestion->halfway),
  };
  judge_descent(lr, loss, n, batch, baseline, check);
  const int is_clear = check->stands_out && check->is_deep && check->learns;
  check->steepest = is_clear && is_on_slope(suggestion->steepest, lr, n, suggestion);
  check->steep = is_clear && is_on_slope(suggestion->steep, lr, n, suggestion);
  check->valley = is_clear && is_before_low(suggestion->valley, lr, suggestion);
  check->slide = is_clear && is_before_low(suggestion->slide, lr, suggestion);
  check->minimum_tenth =
      is_clear && suggestion->minimum_index >= 0; /* a decade before the lowest, by its own rule */
}
