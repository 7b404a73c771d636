#include "trainscope/range_test.h"

#include <stdlib.h>

#include "math/elementary.h"

/* ---- presets -------------------------------------------------------------------------------- */

/* How the losses are smoothed. */
enum {
  SMOOTHING_EXACT,   /* exponential mean divided by 1 - β^t, t losses so far */
  SMOOTHING_SHIFTED, /* by 1 - β^(t+1), Lightning's slip since 1.6: a constant 1 begins at 0.505 */
  SMOOTHING_FROM_FIRST /* no correction, the mean begins at the first loss */
};

/* What steepest descent differentiates the loss by, and how. */
enum {
  SLOPE_PER_STEP,    /* by the step's index, central differences */
  SLOPE_PER_RATE,    /* by the rate, central differences of second order on an uneven grid */
  SLOPE_PER_DECADE,  /* by log10 of the rate, likewise */
  SLOPE_PER_LN_AHEAD /* by ln of the rate, difference to the next point */
};

/* clang-format off */
static const int kSmoothings[TSCOPE_RANGE_PRESET_COUNT] = {
    [TSCOPE_RANGE_PRESET_trainscope] = SMOOTHING_EXACT,
    [TSCOPE_RANGE_PRESET_lightning_09] = SMOOTHING_EXACT,
    [TSCOPE_RANGE_PRESET_lightning_26] = SMOOTHING_SHIFTED,
    [TSCOPE_RANGE_PRESET_fastai] = SMOOTHING_EXACT,
    [TSCOPE_RANGE_PRESET_torch_lr_finder] = SMOOTHING_FROM_FIRST,
};
/* clang-format on */

static int known_preset(int preset) {
  int known = preset >= 0 && preset < TSCOPE_RANGE_PRESET_COUNT;
  return known ? preset : TSCOPE_RANGE_PRESET_trainscope;
}

#define DEFAULT_REAL(group, name, value, ...) .name = (float)(value),
#define DEFAULT_NUMBER(group, name, value, ...) .name = value,
#define DEFAULT_ENUM(group, name, PREFIX, OPTIONS, id, ...) .name = TSCOPE_##PREFIX##_##id,
#define DEFAULT_TEXT(group, name, ...) .name = {.length = -1},

/* The options that each preset starts from. */
static const struct {
  float lr_min, lr_max, smoothing, stop_factor;
  int32_t skip_begin, skip_end, slope;
} preset_defaults[TSCOPE_RANGE_PRESET_COUNT] = {
#define PRESET(id, text, from, to, decay, factor, begin, end, headline, slope)               \
  [TSCOPE_RANGE_PRESET_##id] = {(float)(from), (float)(to), (float)(decay), (float)(factor), \
                                begin,         end,         SLOPE_##slope},
    TSCOPE_RANGE_PRESET_DEFAULTS(PRESET)
#undef PRESET
};

tscope_range_options tscope_range_options_default(int preset) {
  tscope_range_options options = {TSCOPE_RANGE_TEST_FIELDS(
      DEFAULT_REAL, DEFAULT_NUMBER, DEFAULT_NUMBER, DEFAULT_ENUM, DEFAULT_TEXT)};
  options.preset = preset;
  if (preset >= 0 && preset < TSCOPE_RANGE_PRESET_COUNT) {
    options.lr_min = preset_defaults[preset].lr_min;
    options.lr_max = preset_defaults[preset].lr_max;
    options.smoothing = preset_defaults[preset].smoothing;
    options.stop_factor = preset_defaults[preset].stop_factor;
    options.skip_begin = preset_defaults[preset].skip_begin;
    options.skip_end = preset_defaults[preset].skip_end;
  }
  return options;
}

void tscope_range_window(int preset, int *skip_begin, int *skip_end) {
  tscope_range_options options = tscope_range_options_default(preset);
  *skip_begin = options.skip_begin;
  *skip_end = options.skip_end;
}

/* ---- smoothing and stopping ----------------------------------------------------------------- */

void tscope_range_curve_begin(tscope_range_curve *curve, int preset, double smoothing,
                              double stop_factor) {
  *curve =
      (tscope_range_curve){.preset = preset, .smoothing = smoothing, .stop_factor = stop_factor};
}

int tscope_range_curve_add(tscope_range_curve *curve, double loss, double *smoothed) {
  const int kind = kSmoothings[known_preset(curve->preset)];
  const double beta = curve->smoothing;
  const int is_first = curve->count++ == 0;
  double value;
  if (kind == SMOOTHING_FROM_FIRST) {
    value = curve->average = is_first ? loss : (1 - beta) * loss + beta * curve->average;
  } else {
    int weights = curve->count + (kind == SMOOTHING_SHIFTED);
    curve->average = beta * curve->average + (1 - beta) * loss;
    value = curve->average / (1 - tscope_pow(beta, weights));
  }
  *smoothed = value;
  if (!tscope_is_finite(value)) return 1;
  int stop = !is_first && value > curve->stop_factor * curve->best;
  if (is_first || value < curve->best) curve->best = value;
  return stop;
}

/* ---- reading a rate off a curve ------------------------------------------------------------- */

static double no_rate(void) { return __builtin_nan(""); }

/*
 * dy/dx at n >= 2 points: second order on an uneven grid inside, one-sided differences at the ends.
 * Source: numpy.gradient, whose terms and order of operations these are.
 */
static void differentiate(const double *x, const double *y, int n, double *slope) {
  slope[0] = (y[1] - y[0]) / (x[1] - x[0]);
  slope[n - 1] = (y[n - 1] - y[n - 2]) / (x[n - 1] - x[n - 2]);
  for (int i = 1; i < n - 1; i++) {
    double left = x[i] - x[i - 1], right = x[i + 1] - x[i];
    double a = -right / (left * (left + right));
    double b = (right - left) / (left * right);
    double c = left / (right * (left + right));
    slope[i] = a * y[i - 1] + b * y[i] + c * y[i + 1];
  }
}

/* (y[i+1] - y[i]) / (x[i+1] - x[i]) at the first n - 1 points. */
static void differentiate_ahead(const double *x, const double *y, int n, double *slope) {
  for (int i = 0; i < n - 1; i++) slope[i] = (y[i + 1] - y[i]) / (x[i + 1] - x[i]);
}

/* The first of the lowest finite values, or -1. Equal neighbouring rates have no finite slope. */
static int lowest(const double *values, int n) {
  int best = -1;
  for (int i = 0; i < n; i++) {
    if (!tscope_is_finite(values[i])) continue;
    if (best < 0 || values[i] < values[best]) best = i;
  }
  return best;
}

/* The curve within the window, and room for what is computed on it. */
typedef struct window {
  const double *lr, *loss;
  int n;
  double *x, *y, *slope, *position; /* [n] each */
} window;

/* Steepest descent over the finite points. Returns the point's index in the window, or -1. */
static int find_steepest(const window *w, int slope_kind, int *points) {
  int n = 0;
  for (int i = 0; i < w->n; i++) {
    double x = w->lr[i];
    if (slope_kind == SLOPE_PER_STEP) x = n;
    if (slope_kind == SLOPE_PER_DECADE) x = tscope_log10(w->lr[i]);
    if (slope_kind == SLOPE_PER_LN_AHEAD) x = tscope_log(w->lr[i]);
    /* A rate without a logarithm goes the way of a loss that is not finite. */
    if (!tscope_is_finite(w->lr[i]) || !tscope_is_finite(x)) continue;
    if (!tscope_is_finite(w->loss[i])) continue;
    w->x[n] = x;
    w->y[n] = w->loss[i];
    w->position[n++] = i;
  }
  *points = n;
  if (n < 2) return -1;
  int slopes = n;
  if (slope_kind == SLOPE_PER_LN_AHEAD) {
    differentiate_ahead(w->x, w->y, n, w->slope);
    slopes = n - 1;
  } else {
    differentiate(w->x, w->y, n, w->slope);
  }
  int at = lowest(w->slope, slopes);
  return at < 0 ? -1 : (int)w->position[at];
}

/*
 * fastai's valley: of the longest decreasing subsequence (the first of them to end), the point half
 * way through its middle third. lds lengths come from patience sorting instead of fastai's double
 * loop: last[k] is the highest loss at which a decreasing subsequence of k + 1 losses can end.
 */
static double find_valley(const window *w) {
  if (w->n < 1) return no_rate();
  double *last = w->x;
  int longest = 0, end = 0, start = 0;
  for (int i = 0; i < w->n; i++) {
    int low = 0, high = longest;
    while (low < high) {
      int middle = (low + high) / 2;
      if (last[middle] > w->loss[i]) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    last[low] = w->loss[i];
    if (low < longest) continue;
    longest = low + 1;
    end = i;
    if (i > 0) start = end - longest;
  }
  double third = (end - start) / 3.0;
  int at = start + (int)third + (int)(third / 2);
  return w->lr[at < 0 ? at + w->n : at]; /* fastai's index can be -1, which is Python's last */
}

/*
 * fastai's slide: from the right, as long as the slopes (per step) at two points 15 apart differ by
 * more than 0.005, move left; the rate at the left point.
 */
static double find_slide(const window *w) {
  const int apart = 15;
  const double threshold = 0.005;
  int right = w->n - 1, left = right - apart;
  if (left < 0) return no_rate();
  for (int i = 0; i < w->n; i++) w->x[i] = i;
  differentiate(w->x, w->loss, w->n, w->slope);
  double rate = w->lr[left];
  for (; left >= 0; left--, right--) {
    double change = w->slope[right] - w->slope[left];
    if (!(change > threshold || change < -threshold)) break;
    rate = w->lr[left];
  }
  return rate;
}

/* fastai's steep. */
static double find_steep(const window *w) {
  if (w->n < 2) return no_rate();
  for (int i = 0; i < w->n; i++) w->x[i] = tscope_log(w->lr[i]);
  differentiate_ahead(w->x, w->loss, w->n, w->slope);
  int at = lowest(w->slope, w->n - 1);
  return at < 0 ? no_rate() : w->lr[at];
}

/* The last point before the minimum at which the loss had not yet fallen below a level. */
static int last_above(const window *w, int minimum, double level) {
  int i = minimum - 1;
  while (i > 0 && w->loss[i] < level) i--;
  return i;
}

/* What the drop down to the minimum is divided at, as the header explains it. */
static void divide_drop(const window *w, int minimum, tscope_suggestion *suggestion) {
  if (minimum < 1) return;
  double high = w->loss[minimum], low = high;
  for (int i = 0; i < minimum; i++) {
    if (tscope_is_finite(w->loss[i]) && w->loss[i] > high) high = w->loss[i];
  }
  if (!(high > low)) return;
  int base = last_above(w, minimum, high - (high - low) / 5);
  int max = last_above(w, minimum, high - (high - low) * 2 / 3);
  if (max == base) max++; /* the whole drop between two points */
  suggestion->base = w->lr[base];
  suggestion->max = w->lr[max];
  int halfway = last_above(w, minimum, high - (high - low) / 2);
  suggestion->halfway = w->lr[halfway];
  suggestion->halfway_index = halfway;
}

/* Whether steepest is where halfway is: beyond the factor, a neighbouring point will do. */
static int is_halfway(const tscope_suggestion *suggestion) {
  if (suggestion->steepest_index < 0 || suggestion->halfway_index < 0) return 0;
  double a = suggestion->steepest, b = suggestion->halfway;
  int apart = suggestion->steepest_index - suggestion->halfway_index;
  if (apart >= -1 && apart <= 1) return 1;
  return a <= TSCOPE_RANGE_HALFWAY_FACTOR * b && b <= TSCOPE_RANGE_HALFWAY_FACTOR * a;
}

/*
 * On a linear grid trainscope's derivative is by the rate: there the points lie evenly in the rate,
 * and a derivative by its logarithm would weigh the high rates by what they are.
 */
static int slope_of(int preset, int mode) {
  int is_own = known_preset(preset) == TSCOPE_RANGE_PRESET_trainscope;
  if (is_own && mode == TSCOPE_RANGE_MODE_linear) return SLOPE_PER_RATE;
  return preset_defaults[known_preset(preset)].slope;
}

void tscope_range_suggest(int preset, int mode, const double *lr, const double *loss, int n,
                          int skip_begin, int skip_end, double *workspace,
                          tscope_suggestion *suggestion) {
  int own_begin, own_end;
  tscope_range_window(preset, &own_begin, &own_end);
  int64_t begin = skip_begin < 0 ? own_begin : skip_begin;
  int64_t end = skip_end < 0 ? own_end : skip_end;
  int64_t left = n - begin - end, needed = begin + end + 2;
  *suggestion = (tscope_suggestion){
      .steepest = no_rate(),
      .valley = no_rate(),
      .slide = no_rate(),
      .minimum_tenth = no_rate(),
      .steep = no_rate(),
      .base = no_rate(),
      .max = no_rate(),
      .halfway = no_rate(),
      .steepest_index = -1,
      .halfway_index = -1,
      .minimum_index = -1,
      .points_needed = needed < INT32_MAX ? (int32_t)needed : INT32_MAX,
  };
  if (left <= 0) return;
  window w = {lr + begin,
              loss + begin,
              (int)left,
              workspace,
              workspace + n,
              workspace + 2 * (size_t)n,
              workspace + 3 * (size_t)n};

  int steepest = find_steepest(&w, slope_of(preset, mode), &suggestion->points);
  if (steepest >= 0) {
    suggestion->steepest = w.lr[steepest];
    suggestion->steepest_index = (int32_t)begin + steepest;
  }

  /* fastai's rules see nothing from the first NaN on. */
  int until = 0;
  while (until < w.n && w.loss[until] == w.loss[until]) until++;
  w.n = until;
  suggestion->valley = find_valley(&w);
  suggestion->slide = find_slide(&w);
  suggestion->steep = find_steep(&w);
  int minimum = lowest(w.loss, w.n);
  if (minimum < 0) return;
  suggestion->minimum_tenth = w.lr[minimum] / 10;
  suggestion->minimum_index = (int32_t)begin + minimum;
  divide_drop(&w, minimum, suggestion);
  if (suggestion->halfway_index >= 0) suggestion->halfway_index += (int32_t)begin;
  suggestion->is_halfway = is_halfway(suggestion);
}

/* ---- norms ---------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* numpy's linear interpolation, which is exact at both ends. */
static double percentile_of(const double *sorted, int n, double percentile) {
  if (!(percentile > 0)) percentile = 0;
  if (percentile > 100) percentile = 100;
  double position = percentile / 100 * (n - 1);
  int below = (int)position, above = below + 1 < n ? below + 1 : below;
  double t = position - below, step = sorted[above] - sorted[below];
  return t < 0.5 ? sorted[below] + step * t : sorted[above] - step * (1 - t);
}

/* bins + 1 edges, logarithmic from low to high. */
static void spread_edges(double low, double high, int bins, double *edges) {
  for (int i = 0; i <= bins; i++) {
    double t = (double)i / bins;
    edges[i] = tscope_pow(low, 1 - t) * tscope_pow(high, t); /* high / low could overflow */
  }
  edges[0] = low;
  edges[bins] = high;
}

/* The bin with edges[bin] <= value < edges[bin + 1]; what lies outside belongs to the nearest. */
static int bin_of(double value, const double *edges, int bins) {
  int low = 0, high = bins;
  while (high - low > 1) {
    int middle = (low + high) / 2;
    *(edges[middle] <= value ? &low : &high) = middle;
  }
  return low;
}

double tscope_norm_statistics(const double *norms, int n, double percentile, int bins,
                              double *edges, uint32_t *counts, int32_t *non_finite,
                              double *workspace) {
  int finite = 0;
  for (int i = 0; i < n; i++) {
    if (tscope_is_finite(norms[i])) workspace[finite++] = norms[i];
  }
  *non_finite = n - finite;
  qsort(workspace, (size_t)finite, sizeof *workspace, compare);

  int zeros = 0;
  while (zeros < finite && !(workspace[zeros] > 0)) zeros++;
  double low = 1, high = 1; /* where no norm is positive, edges around 1 are as good as any */
  if (zeros < finite) low = workspace[zeros], high = workspace[finite - 1];
  if (low == high) low *= 0.5, high *= 2;
  spread_edges(low, high, bins, edges);
  for (int i = 0; i < bins; i++) counts[i] = 0;
  for (int i = 0; i < finite; i++) counts[bin_of(workspace[i], edges, bins)]++;
  return finite ? percentile_of(workspace, finite, percentile) : no_rate();
}
