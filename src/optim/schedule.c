#include "base/decimal.h"
#include "math/elementary.h"
#include "optim/optim.h"
#include "trainscope/range_test.h"

/** Half a cosine wave from `from` to `to` while x goes from 0 to 1. */
static double cosine(double from, double to, double x) {
  return to + (from - to) * 0.5 * (1.0 + tscope_cos(TSCOPE_PI * x));
}

/* 1cycle: Smith & Topin 2019 with PyTorch's shape and constants (OneCycleLR). Momentum, where it
 * takes part, runs the other way (Smith 2018, "A disciplined approach to neural network
 * hyper-parameters"). */
static const double ONECYCLE_RISE = 0.3, ONECYCLE_START = 25, ONECYCLE_END = 1e5;

/** From `start` to `top` while x rises to ONECYCLE_RISE, then to `end`. */
static double one_cycle(double start, double top, double end, double x) {
  if (x < ONECYCLE_RISE) return cosine(start, top, x / ONECYCLE_RISE);
  return cosine(top, end, (x - ONECYCLE_RISE) / (1.0 - ONECYCLE_RISE));
}

/** Up and down in straight lines, by the schedule's policy for the height. Source: Smith 2017,
 * "Cyclical Learning Rates for Training Neural Networks". */
static double triangular(const tscope_config *config, int t) {
  const double low = config->lr_min, high = config->lr;
  const int cycle = config->cycle_steps;
  const double x = 2.0 * (t % cycle) / cycle;
  double height = high - low;
  if (config->schedule == TSCOPE_SCHEDULE_triangular2) height *= tscope_pow(0.5, t / cycle);
  if (config->schedule == TSCOPE_SCHEDULE_exp_range)
    height *= tscope_pow(tscope_decimal(config->cycle_gamma), t);
  return low + height * (x <= 1 ? x : 2 - x);
}

/** How far along its steps the run is, 0 to 1, at the schedule's own clock. */
static double progress_at(const tscope_config *config, int t) {
  const double total = config->steps > 0 ? config->steps : 1;
  return t < total ? t / total : 1;
}

/** The schedule's own clock: t = 0 is the first step after warmup. */
static double rate_after_warmup(const tscope_config *config, int t) {
  const double lr = config->lr, low = config->lr_min;
  const double x = progress_at(config, t);
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
    case TSCOPE_SCHEDULE_triangular2:
    case TSCOPE_SCHEDULE_exp_range:
      return triangular(config, t);
    case TSCOPE_SCHEDULE_onecycle:
      return one_cycle(lr / ONECYCLE_START, lr, lr / ONECYCLE_END, x);
    case TSCOPE_SCHEDULE_range_linear:
    case TSCOPE_SCHEDULE_range_exponential: {
      const int mode = config->schedule == TSCOPE_SCHEDULE_range_linear
                           ? TSCOPE_RANGE_MODE_linear
                           : TSCOPE_RANGE_MODE_exponential;
      return tscope_range_rate(TSCOPE_RANGE_PRESET_trainscope, mode, low, lr, t,
                               config->steps > 0 ? config->steps : 1);
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

int tscope_schedule_cycles_momentum(const tscope_config *config) {
  return config->schedule == TSCOPE_SCHEDULE_onecycle && config->cycle_momentum;
}

double tscope_schedule_momentum(const tscope_config *config, double momentum, int step) {
  const int t = step - config->warmup_steps;
  const double low = tscope_decimal(config->momentum_low);
  if (!tscope_schedule_cycles_momentum(config) || t < 0 || momentum < low) return momentum;
  return one_cycle(momentum, low, momentum, progress_at(config, t));
}

void tscope_schedule_rates(const tscope_config *config, int from, int count, float *rates) {
  for (int i = 0; i < count; i++) rates[i] = (float)tscope_schedule_rate(config, from + i);
}
