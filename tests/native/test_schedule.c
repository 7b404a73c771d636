/** Every schedule against its closed form in long double, warmup prepended; and the live learning
 * rate. */
#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "trainscope/trainer.h"

static const long double kPi = 3.141592653589793238462643383279502884L;

/* The contract's formulas, t counted after warmup. */
static long double closed_form(const tscope_config *c, int t) {
  const long double lr = c->lr, low = c->lr_min, total = c->steps, x = t / total;
  switch (c->schedule) {
    case TSCOPE_SCHEDULE_linear:
      return lr + (low - lr) * x;
    case TSCOPE_SCHEDULE_cosine:
      return low + (lr - low) * (1 + cosl(kPi * x)) / 2;
    case TSCOPE_SCHEDULE_step:
      return lr * powl(c->decay_rate, floorl((long double)t / c->decay_steps));
    case TSCOPE_SCHEDULE_exponential:
      return lr * powl(c->decay_rate, (long double)t / c->decay_steps);
    case TSCOPE_SCHEDULE_triangular: {
      const long double phase = fmodl(t, c->cycle_steps) / c->cycle_steps;
      return low + (lr - low) * (1 - fabsl(2 * phase - 1));
    }
    /* Smith 2017: the height halves after each cycle, or shrinks with every step. */
    case TSCOPE_SCHEDULE_triangular2: {
      const long double phase = fmodl(t, c->cycle_steps) / c->cycle_steps;
      const long double halvings = floorl((long double)t / c->cycle_steps);
      return low + (lr - low) * (1 - fabsl(2 * phase - 1)) / powl(2, halvings);
    }
    case TSCOPE_SCHEDULE_exp_range: {
      const long double phase = fmodl(t, c->cycle_steps) / c->cycle_steps;
      return low + (lr - low) * (1 - fabsl(2 * phase - 1)) * powl(0.9994L, t);
    }
    case TSCOPE_SCHEDULE_onecycle:
      if (x < 0.3L) return lr / 25 + (lr - lr / 25) * (1 - cosl(kPi * x / 0.3L)) / 2;
      return lr / 1e5L + (lr - lr / 1e5L) * (1 + cosl(kPi * (x - 0.3L) / 0.7L)) / 2;
    /* The grid of the range test: min for i = 0, then (i + 1) / n of the way. */
    case TSCOPE_SCHEDULE_range_linear:
      return t == 0 ? low : low + (lr - low) * (t + 1) / total;
    case TSCOPE_SCHEDULE_range_exponential:
      return t == 0 ? low : low * powl(lr / low, (t + 1) / total);
    default:
      return lr;
  }
}

static long double expected_rate(const tscope_config *c, int step) {
  if (step >= c->warmup_steps) return closed_form(c, step - c->warmup_steps);
  return closed_form(c, 0) * (step + 1) / c->warmup_steps;
}

static void test_against_closed_forms(void) {
  const int warmups[] = {0, 1, 7, 100};
  for (int schedule = 0; schedule < TSCOPE_SCHEDULE_COUNT; schedule++) {
    for (int w = 0; w < 4; w++) {
      tscope_config config = tscope_config_default();
      config.schedule = schedule;
      config.warmup_steps = warmups[w];
      config.steps = 1003;
      config.lr = 0.37f;
      config.lr_min = 0.003f;
      config.cycle_steps = 90;
      config.decay_steps = 170;
      config.decay_rate = 0.6f;
      const int total = config.steps + config.warmup_steps;
      float *rates = malloc((size_t)total * sizeof *rates);
      tscope_schedule_rates(&config, 0, total, rates);
      for (int step = 0; step < total; step++) {
        const double expected = (double)expected_rate(&config, step);
        CHECK_NEAR((double)rates[step], expected, 1.2e-7 * expected);
      }
      /* Any part of the curve is the same curve. */
      float part[10];
      tscope_schedule_rates(&config, 500, 10, part);
      CHECK(memcmp(part, rates + 500, sizeof part) == 0);
      free(rates);
    }
  }
}

static float rate_at(const tscope_config *config, int step) {
  float rate;
  tscope_schedule_rates(config, step, 1, &rate);
  return rate;
}

static void test_landmarks(void) {
  tscope_config config = tscope_config_default();
  config.lr = 0.1f;
  config.steps = 1000;
  config.warmup_steps = 100;
  CHECK_NEAR((double)rate_at(&config, 0), 0.001, 1e-9);
  CHECK_NEAR((double)rate_at(&config, 49), 0.05, 1e-8);
  CHECK(rate_at(&config, 99) == 0.1f);
  CHECK(rate_at(&config, 100) == 0.1f);
  CHECK(rate_at(&config, 1099) == 0.1f);

  config.warmup_steps = 0;
  config.schedule = TSCOPE_SCHEDULE_cosine;
  CHECK(rate_at(&config, 0) == 0.1f);
  CHECK_NEAR((double)rate_at(&config, 500), 0.05, 1e-8);
  config.schedule = TSCOPE_SCHEDULE_step;
  config.decay_steps = 100;
  CHECK(rate_at(&config, 99) == 0.1f);
  CHECK_NEAR((double)rate_at(&config, 100), 0.01, 1e-9);
  CHECK_NEAR((double)rate_at(&config, 299), 0.001, 1e-10);
  config.schedule = TSCOPE_SCHEDULE_triangular;
  config.cycle_steps = 200;
  config.lr_min = 0.02f;
  CHECK(rate_at(&config, 0) == 0.02f);
  CHECK(rate_at(&config, 100) == 0.1f);
  CHECK(rate_at(&config, 200) == 0.02f);
  config.schedule = TSCOPE_SCHEDULE_onecycle;
  CHECK_NEAR((double)rate_at(&config, 0), 0.004, 1e-9);
  CHECK_NEAR((double)rate_at(&config, 300), 0.1, 1e-8);
  config.schedule = TSCOPE_SCHEDULE_range_exponential;
  config.lr_min = 1e-8f;
  config.lr = 1;
  config.steps = 100;
  CHECK(rate_at(&config, 0) == 1e-8f);
  CHECK(rate_at(&config, 99) == 1);
}

/* A rate of a long run is finite and inside its bounds, whatever the settings. */
static void test_extremes(void) {
  for (int schedule = 0; schedule < TSCOPE_SCHEDULE_COUNT; schedule++) {
    for (int k = 0; k < 8; k++) {
      tscope_config config = tscope_config_default();
      config.schedule = schedule;
      config.steps = k & 1 ? 1 : 100000000;
      config.warmup_steps = k & 2 ? 10000000 : 0;
      config.lr = k & 4 ? 1000000 : 1e-6f;
      config.lr_min = 1e-7f;
      config.decay_rate = 0;
      config.cycle_steps = 1;
      const int total = config.steps + config.warmup_steps;
      const int steps[] = {0, total / 2, total - 1};
      for (int i = 0; i < 3; i++) {
        const float rate = rate_at(&config, steps[i]);
        CHECK(isfinite(rate) && rate >= 0 && rate <= config.lr);
      }
    }
  }
}

int main(void) {
  test_against_closed_forms();
  test_landmarks();
  test_extremes();
  return CHECK_REPORT();
}
