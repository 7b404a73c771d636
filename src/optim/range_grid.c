#include "math/elementary.h"
#include "trainscope/range_test.h"

/** How far along the grid point i of n is, 0 at lr_min and 1 at lr_max. */
static double progress(int preset, int i, int n) {
  switch (preset) {
    case TSCOPE_RANGE_PRESET_fastai:
      return (double)i / n;
    case TSCOPE_RANGE_PRESET_torch_lr_finder:
      return n > 1 ? (double)i / (n - 1) : 0;
    default:
      return i ? (double)(i + 1) / n : 0; /* Lightning never uses 1/n */
  }
}

double tscope_range_rate(int preset, int mode, double lr_min, double lr_max, int i, int n) {
  const double x = progress(preset, i, n);
  /* fastai knows the exponential grid only. */
  const int linear = mode == TSCOPE_RANGE_MODE_linear && preset != TSCOPE_RANGE_PRESET_fastai;
  if (x <= 0) return lr_min;
  if (x >= 1) return lr_max;
  const double rate =
      linear ? lr_min + x * (lr_max - lr_min) : lr_min * tscope_pow(lr_max / lr_min, x);
  const double high = lr_max > lr_min ? lr_max : lr_min, low = lr_max > lr_min ? lr_min : lr_max;
  return rate > high ? high : rate < low ? low : rate;
}

void tscope_range_grid(int preset, int mode, double lr_min, double lr_max, int n, double *rates) {
  for (int i = 0; i < n; i++) rates[i] = tscope_range_rate(preset, mode, lr_min, lr_max, i, n);
}
