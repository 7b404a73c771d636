/**
 * The LR range test's formulas: the grid of learning rates, the smoothing, the stop rule and every
 * rule that reads a rate off the curve. The run itself is an ordinary run whose rate follows the
 * grid.
 *
 * Sources, per preset: Smith, "Cyclical Learning Rates" (2015); PyTorch Lightning 0.9 and 2.6
 * (lr_finder.py); fastai 2 (callback/schedule.py); davidtvs/pytorch-lr-finder. trainscope is the
 * mean of them that behaves: Lightning 0.9's grid and stop rule, exact bias correction, derivative
 * in log10 of the rate, and a smoothing short enough to show an explosion.
 */
#ifndef TRAINSCOPE_RANGE_TEST_H
#define TRAINSCOPE_RANGE_TEST_H

#include "trainscope/config.h"

TSCOPE_DECLARE

enum {
  TSCOPE_RANGE_STOP_completed = 0,
  TSCOPE_RANGE_STOP_diverged = 1,   /* the smoothed loss exceeded stop_factor times its best */
  TSCOPE_RANGE_STOP_non_finite = 2, /* the loss or the norm was not finite */
  TSCOPE_RANGE_STOP_too_few_points = 3,
};

/** The options that a preset starts from: its own grid ends, smoothing and stop factor. */
tscope_range_options tscope_range_options_default(int preset);

/** The preset's window: points dropped from the curve's begin and end before a rule looks at it. */
void tscope_range_window(int preset, int *skip_begin, int *skip_end);

/**
 * The rate of point i of n, i = 0 … n-1, on the preset's grid (src/optim/range_grid.c: schedules
 * use it too), exponential or linear:
 *
 *   trainscope, lightning  min for i = 0, then
 *                          min (max/min)^((i+1)/n)  or  min + (i+1)/n (max-min)
 *   fastai                 min (max/min)^(i/n); max itself is never reached
 *   torch-lr-finder        min (max/min)^(i/(n-1))  or  min + i/(n-1) (max-min)
 *
 * No rate exceeds max; the last of the grids that reach it is max exactly.
 */
double tscope_range_rate(int preset, int mode, double lr_min, double lr_max, int i, int n);

/** All n rates of the grid. */
void tscope_range_grid(int preset, int mode, double lr_min, double lr_max, int n, double *rates);

/** The running smoothing of a test, one loss at a time. */
typedef struct tscope_range_curve {
  double average, best;
  int32_t count, preset;
  double smoothing, stop_factor;
} tscope_range_curve;

void tscope_range_curve_begin(tscope_range_curve *curve, int preset, double smoothing,
                              double stop_factor);
/**
 * Adds a raw loss, writes the smoothed one, returns 1 where the test should stop after recording
 * this point: beyond stop_factor times the best smoothed loss before it, or at a loss that is not
 * finite.
 */
int tscope_range_curve_add(tscope_range_curve *curve, double loss, double *smoothed);

/** steepest counts as half way down the slope up to this factor from halfway, above or below. */
enum { TSCOPE_RANGE_HALFWAY_FACTOR = 2 };

/** Every rule's suggestion at once; NaN where a rule has none. */
typedef TSCOPE_RECORD_STRUCT(TSCOPE_SUGGESTION_FIELDS) tscope_suggestion;

/**
 * Judges a curve. lr, loss: [n] double; loss is the curve to judge and is never smoothed here.
 * skip_begin, skip_end: the window, or -1 for the preset's. workspace: [4 n] doubles. Never fails:
 * what is impossible is NaN.
 *
 * steepest is the lowest derivative over the window's finite points: by log10 of the rate
 * (trainscope; a rate <= 0 is dropped too; in linear mode by the rate itself), by the step's index
 * (lightning-0.9, torch-lr-finder),
 * by the rate (lightning-2.6), or towards the next point by ln of the rate (fastai, whose own rule
 * it is: steep). The other rules see the window up to its first NaN, whatever the preset. base and
 * max divide the drop from the highest loss before the minimum down to it: base is the last rate at
 * which the loss had not yet fallen by a fifth of the drop, max the last at which it had not yet
 * fallen by two thirds. Smith reads both off by eye (where accuracy begins to rise, where it
 * slows); the rate of the lowest smoothed loss itself lies in the unstable zone, because the
 * smoothing lags. In ten tests each of LeNet and an MLP on glyphs max came out as 0.019 to 0.067;
 * on LeNet, triangular cycles up to 0.06 beat the fixed rate 0.02, cycles up to 0.1 lost to it.
 *
 * halfway is the last rate at which the loss had not yet fallen by half of that drop. Lightning's
 * documentation says of its suggestion that the best rate lies "halfway of the sharpest downward
 * slope"; is_halfway says whether steepest does: at most RANGE_HALFWAY_FACTOR from halfway, or the
 * same or a neighbouring point, because a coarse grid cannot say more.
 */
void tscope_range_suggest(int preset, int mode, const double *lr, const double *loss, int n,
                          int skip_begin, int skip_end, double *workspace,
                          tscope_suggestion *suggestion);

typedef TSCOPE_RECORD_STRUCT(TSCOPE_RANGE_CHECK_FIELDS) tscope_range_check;

/**
 * Whether there is a descent to read a rate off, and whether each rule read its rate off that
 * (src/train/range_check.c). lr, loss: [n] double, the whole curve as measured, not smoothed.
 * batch: samples that each loss is the mean of, 0 where they are many. baseline: L0, the loss of
 * guessing, or NaN where it is not known. suggestion: what was read off the same curve, smoothed.
 */
void tscope_range_judge(const double *lr, const double *loss, int n, int batch, double baseline,
                        const tscope_suggestion *suggestion, tscope_range_check *check);

/**
 * Statistics of an array of norms. percentile in 0 … 100 by linear interpolation between order
 * statistics (numpy's default). Non-finite values are counted apart. edges: [bins + 1], logarithmic
 * from the smallest positive to the largest finite value (from half to twice it where they are
 * one); counts: [bins], zeros in the first. workspace: [n] doubles. Returns the threshold, NaN
 * where nothing is finite.
 */
double tscope_norm_statistics(const double *norms, int n, double percentile, int bins,
                              double *edges, uint32_t *counts, int32_t *non_finite,
                              double *workspace);

TSCOPE_DECLARED

#endif
