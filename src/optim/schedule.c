#include "math/elementary.h"
#include "optim/optim.h"
#include "trainscope/range_test.h"

/** Half a cosine wave from `from` to `to` while x goes from 0 to 1. */
static double cosine(double from, double to, double x) {
  return to + (from - to) * 0.5 * (1.0 + tscope_cos(TSCOPE_PI * x));
}

/* 1cycle: Smith & Topin 2019 with PyTorch's shape and constants (OneCycleLR), momentum left alone.
 */
static const double ONECYCLE_RISE = 0.3, ONECYCLE_START = 25, ONECYCLE_END = 1e5;

static double onecycle(double lr, double x) {
  if (x < ONECYCLE_RISE) return cosine(lr / ONECYCLE_START, lr, x / ONECYCLE_RISE);
  return cosine(lr, lr / ONECYCLE_END, (x - ONECYCLE_RISE) / (1.0 - ONECYCLE_RISE));
}

/** Up and down in straight lines. Source: Smith, "Cyclical Learning Rates" (2015), policy
 * `triangular`. */
static double triangular(double low, double high, int t, int cycle) {
  const double x = 2.0 * (t % cycle) / cycle;
  return low + (high - low) * (x <= 1 ? x : 2 - x);
}

/** The schedule's own clock: t = 0 is the first step after warmup. */
static double rate_after_warmup(const tscope_config *config, int t) {
  const double lr = config->lr, low = config->lr_min;
  const double total = config->steps > 0 ? config->steps : 1, x = t < total ? t / total : 1;
  switch (config->schedule) {
    case TSCOPE_SCHEDULE_linear:
      return lr + (low - lr) * x;
    case TSCOPE_SCHEDULE_cosine:
      return cosine(lr, low, x);
    case TSCOPE_SCHEDULE_step: {
      const int drops = t / config->decay_steps;
      return drops ? lr * tscope_pow(config->decay_rate, drops) : lr;
    }
    case TSCOPE_SCHEDULE_exponential:
      return t ? lr * tscope_pow(config->decay_rate, (double)t / config->decay_steps) : lr;
    case TSCOPE_SCHEDULE_triangular:
      return triangular(low, lr, t, config->cycle_steps);
    case TSCOPE_SCHEDULE_onecycle:
      return onecycle(lr, x);
    case TSCOPE_SCHEDULE_range_linear:
    case TSCOPE_SCHEDULE_range_exponential: {
      const int mode = config->schedule == TSCOPE_SCHEDULE_range_linear
                           ? TSCOPE_RANGE_MODE_linear
                           : TSCOPE_RANGE_MODE_exponential;
      return tscope_range_rate(TSCOPE_RANGE_PRESET_trainscope, mode, low, lr, t, (int)total);
    }
    default:
      return lr;
  }
}

double tscope_schedule_rate(const tscope_config *config, int step) {
  const int warmup = config->warmup_steps;
  if (step >= warmup) return rate_after_warmup(config, step - warmup);
  return rate_after_warmup(config, 0) * ((double)(step + 1) / warmup);
}

void tscope_schedule_rates(const tscope_config *config, int from, int count, float *rates) {
  for (int i = 0; i < count; i++) rates[i] = (float)tscope_schedule_rate(config, from + i);
}
