/* Logged learning rates and gradient norms: what trainscope/log.h says of its last two functions.
 */
#include <stdlib.h>

#include "math/elementary.h"
#include "train/definitions.h"
#include "trainscope/log.h"

/* Rates are rounded in logs: so near to the highest, or to each other, they are the same. */
static const double SAME = 1e-3, EXACT = 1e-9;

/* A drop at once by so much is a step; a fit is one whose errors are below this share of its range;
 * a ramp over so much of the run is the first half of a cycle. */
static const double DROP = 0.05, FIT = 0.02, CYCLE_SHARE = 0.15;

/* A cycle begins at no less than this share of its peak, a ramp at 0. Of fewer rows than these
 * neither can be told. */
static const double CYCLE_FROM = 0.004;
enum { CYCLE_ROWS = 8 };

/* Spans of a cosine are tried up to so many times what is seen of it. */
enum { SPANS = 40 };

static double not_a_number(void) { return (double)__builtin_nanf(""); }

static int is_same(double a, double b) {
  const double apart = a - b, size = a > b ? a : b;
  return apart <= SAME * size && -apart <= SAME * size;
}

/* ---- warmup --------------------------------------------------------------------------------- */

/* Where the ramp of the rows before meets the highest rate, no finer than rows can tell. */
static double meet_peak(const double *step, const double *lr, int row) {
  if (row < 2 || !(lr[row - 1] > lr[row - 2])) return step[row];
  const double gap = step[row] - step[row - 1];
  const double slope = (lr[row - 1] - lr[row - 2]) / (step[row - 1] - step[row - 2]);
  const double grain = gap > 10 ? gap / 10 : 1;
  const double met = step[row - 1] + (lr[row] - lr[row - 1]) / slope;
  const double rounded = grain * (double)(int64_t)(met / grain + 0.5);
  if (rounded > step[row]) return step[row];
  return rounded < step[row - 1] ? step[row - 1] : rounded;
}

/*
 * Where the ramp that the first rows show begins at 0, in steps; NaN where it does not begin there.
 * Programs log the rate of the step before or after, so that the first row alone does not tell.
 */
static double find_zero(const double *step, const double *lr, int zeros, int top) {
  if (zeros + 1 > top) return not_a_number();
  const double gap = step[zeros + 1] - step[zeros];
  const double slope = (lr[zeros + 1] - lr[zeros]) / gap;
  const double zero = step[zeros] - lr[zeros] / slope;
  const int is_near = zero >= step[zeros] - 1.5 * gap;
  const int follows = !zeros || zero <= step[zeros - 1] + 0.5 * gap;
  return slope > 0 && is_near && follows ? (double)(int64_t)(zero + 1000.5) - 1000 : not_a_number();
}

/* ---- the schedule's shape -------------------------------------------------------------------- */

/* What comes after the peak. */
typedef struct tail {
  const double *step, *lr;
  int n;
} tail;

static double square(double x) { return x * x; }

/* Mean square error of peak + a (shape(x) - shape(0)), a fitted, against what was logged. */
static double error_of(const tail *rates, double (*shape)(double x), double span, int in_logs) {
  double top = 0, below = 0, error = 0;
  const double first = in_logs ? tscope_log(rates->lr[0]) : rates->lr[0];
  for (int i = 0; i < rates->n; i++) {
    const double x = shape((rates->step[i] - rates->step[0]) / span) - shape(0);
    const double y = (in_logs ? tscope_log(rates->lr[i]) : rates->lr[i]) - first;
    top += x * y;
    below += x * x;
  }
  const double slope = below > 0 ? top / below : 0;
  for (int i = 0; i < rates->n; i++) {
    const double x = shape((rates->step[i] - rates->step[0]) / span) - shape(0);
    const double y = first + slope * x;
    error += square((in_logs ? tscope_exp(y) : y) - rates->lr[i]);
  }
  return error / rates->n;
}

static double straight(double x) { return x; }
static double half_cosine(double x) { return x < 1 ? tscope_cos(TSCOPE_PI * x) : -1; }

static double cosine_error(const tail *rates, double planned) {
  const double seen = rates->step[rates->n - 1] - rates->step[0];
  double best = error_of(rates, half_cosine, seen, 0);
  const double rest = planned - rates->step[0];
  if (rest > seen) {
    const double error = error_of(rates, half_cosine, rest, 0);
    return error < best ? error : best;
  }
  double span = seen;
  for (int i = 0; i < SPANS; i++) {
    span *= 1.08;
    const double error = error_of(rates, half_cosine, span, 0);
    if (error < best) best = error;
  }
  return best;
}

/* Plateaus with drops between them, how often the rate turns upwards, and over how many rows. */
static int count_drops(const tail *rates, int *others, int *rises, int *ascents) {
  int drops = 0;
  *others = *rises = *ascents = 0;
  for (int i = 1; i < rates->n; i++) {
    const double before = rates->lr[i - 1], now = rates->lr[i];
    if (before - now <= EXACT * before && now - before <= EXACT * before) continue;
    if (now > before) {
      (*ascents)++;
      *rises += i < 2 || rates->lr[i - 1] <= rates->lr[i - 2];
    } else if (now < (1 - DROP) * before)
      drops++;
    else
      (*others)++;
  }
  return drops;
}

static int shape_of(const tail *rates, double planned) {
  int others, rises, ascents;
  const int drops = count_drops(rates, &others, &rises, &ascents);
  double low = rates->lr[0], high = rates->lr[0];
  for (int i = 1; i < rates->n; i++) {
    if (rates->lr[i] < low) low = rates->lr[i];
    if (rates->lr[i] > high) high = rates->lr[i];
  }
  if (is_same(low, high)) return TSCOPE_SCHEDULE_constant;
  /* A triangle rises as long as it falls; a restart is there at once. */
  const int is_even = 3 * ascents >= 2 * (drops + others);
  if (rises > 1) return is_even && is_same(high, rates->lr[0]) ? TSCOPE_SCHEDULE_triangular : -1;
  if (rates->n < 4) return -1;
  if (!others && !rises && drops * 3 <= rates->n) return TSCOPE_SCHEDULE_step;
  const double span = rates->step[rates->n - 1] - rates->step[0];
  const double linear = error_of(rates, straight, span, 0);
  const double cosine = cosine_error(rates, planned);
  const double exponential = low > 0 ? error_of(rates, straight, span, 1) : linear + cosine;
  const double allowed = square(FIT * (high - low));
  /* A cosine bends to anything that is nearly straight, so it must do better by far. */
  if (linear <= allowed && linear <= 4 * cosine && linear <= exponential)
    return TSCOPE_SCHEDULE_linear;
  if (cosine <= allowed && cosine <= exponential) return TSCOPE_SCHEDULE_cosine;
  return exponential <= allowed ? TSCOPE_SCHEDULE_exponential : -1;
}

void tscope_log_read_rate(const double *step, const double *lr, int n, double last, double planned,
                          tscope_log_rate *rate) {
  *rate = (tscope_log_rate){
      .peak = not_a_number(),
      .peak_at = not_a_number(),
      .warmup_steps = not_a_number(),
      .warmup_share = not_a_number(),
      .warmup_from = not_a_number(),
      .last = not_a_number(),
      .schedule = -1,
  };
  double peak = 0;
  int below = 0;
  for (int i = 0; i < n; i++) {
    if (tscope_is_finite(lr[i]) && lr[i] > peak) peak = lr[i];
    below += lr[i] < 0;
  }
  if (n < 1 || !(peak > 0)) return;
  int top = 0, zeros = 0;
  while (!is_same(lr[top], peak)) top++;
  while (lr[zeros] == 0) zeros++;
  const double met = meet_peak(step, lr, top);
  const double total = planned > last ? planned : last + (step[0] == 0);
  rate->peak = peak;
  rate->peak_at = met;
  rate->last = lr[n - 1];
  /* One row of 0 may be a rounded ramp; where it stands still, updates were skipped. */
  rate->skipped = zeros > 1 ? step[zeros - 1] : 0;
  const double zero = find_zero(step, lr, zeros, top);
  if (top > 0) {
    const int begins_at_zero = tscope_is_finite(zero);
    rate->warmup_steps = met - (begins_at_zero ? zero : rate->skipped - (step[0] == 0));
    rate->warmup_share = total > 0 ? rate->warmup_steps / total : not_a_number();
    rate->warmup_from = lr[0];
  }
  const tail rates = {step + top, lr + top, n - top};
  if (n < 2) return;
  /* What still rises at the end of the log may go on in any way. */
  const double seen = step[n - 1] - step[top];
  const int is_rising = top > 0 && seen < FIT * (step[n - 1] - step[0]);
  rate->schedule = is_rising ? -1 : shape_of(&rates, planned);
  const double first = lr[0] - (n > 1 ? (lr[1] - lr[0]) / (step[1] - step[0]) * (step[0] + 1) : 0);
  if (rate->warmup_share >= CYCLE_SHARE && n >= CYCLE_ROWS && first > CYCLE_FROM * peak &&
      rate->schedule != TSCOPE_SCHEDULE_constant && rates.n > 1)
    rate->schedule = TSCOPE_SCHEDULE_onecycle;
  /* No schedule goes there. */
  if (below > 0) rate->schedule = -1;
}

/* ---- norms ---------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double percentile_of(const double *sorted, int n, double percentile) {
  const double at = (n - 1) * percentile / 100;
  const int low = (int)at;
  const double share = at - low;
  return share > 0 ? sorted[low] + share * (sorted[low + 1] - sorted[low]) : sorted[low];
}

/* A norm that was scaled to a threshold is it but for rounding. */
static const double AT_THRESHOLD = 1e-4;
enum { AT_THRESHOLD_MIN = 5 };

void tscope_log_read_norms(const double *norms, int n, double *workspace, tscope_log_norms *read) {
  *read = (tscope_log_norms){
      .p50 = not_a_number(), .p90 = not_a_number(), .max = not_a_number(), .above_one = 0};
  int above = 0, at_most = 0;
  for (int i = 0; i < n; i++) {
    read->trailing = tscope_is_finite(norms[i]) ? 0 : read->trailing + 1;
    if (tscope_is_finite(norms[i]))
      workspace[read->finite++] = norms[i];
    else
      read->non_finite++;
  }
  const int finite = read->finite;
  if (finite == 0) return;
  qsort(workspace, (size_t)finite, sizeof *workspace, compare);
  read->p50 = percentile_of(workspace, finite, 50);
  read->p90 = percentile_of(workspace, finite, 90);
  read->max = workspace[finite - 1];
  for (int i = 0; i < finite; i++) {
    above += workspace[i] > 1;
    at_most += workspace[i] >= (1 - AT_THRESHOLD) * read->max;
  }
  read->above_one = (double)above / finite;
  const int is_spread = workspace[0] < (1 - AT_THRESHOLD) * read->max;
  read->after_clipping =
      is_spread && at_most >= AT_THRESHOLD_MIN && at_most >= TSCOPE_DEFINITION_log_clipped * finite;
  read->scaled = read->p50 >= TSCOPE_DEFINITION_log_scaled;
}
