/**
 * The surfaces against central differences and published values, and the update rules' paths on the
 * quadratic against their closed forms: powers of a number or of a 2×2 matrix.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "check.h"
#include "trainscope/surface.h"
#include "trainscope/trainer.h"

static tscope_surface_options options_of(int surface) {
  tscope_surface_options options = tscope_surface_options_default();
  options.surface = surface;
  return options;
}

static tscope_surface_point measure(const tscope_surface_options *options, double x, double y) {
  tscope_surface_point point;
  tscope_surface_measure(options, x, y, &point);
  return point;
}

static void test_derivatives(void) {
  const double h = 1e-5;
  tscope_rng rng = tscope_rng_stream(5, TSCOPE_STREAM_PROBE, 0);
  for (int surface = 0; surface < TSCOPE_SURFACE_COUNT; surface++) {
    tscope_surface_options options = options_of(surface);
    for (int i = 0; i < 50; i++) {
      options.angle = 90 * tscope_rng_uniform(&rng);
      const double x = 4 * (double)tscope_rng_uniform(&rng) - 2;
      const double y = 4 * (double)tscope_rng_uniform(&rng) - 2;
      const tscope_surface_point here = measure(&options, x, y);
      const tscope_surface_point east = measure(&options, x + h, y),
                                 west = measure(&options, x - h, y);
      const tscope_surface_point north = measure(&options, x, y + h),
                                 south = measure(&options, x, y - h);
      /* The differences' own error: h² times third derivatives, and rounding by h. */
      const double tolerance = 1e-6 * (1 + fabs(here.value) + fabs(here.gradient_x) +
                                       fabs(here.gradient_y) + fabs(here.hessian_xx));
      CHECK_NEAR(here.gradient_x, (east.value - west.value) / (2 * h), tolerance);
      CHECK_NEAR(here.gradient_y, (north.value - south.value) / (2 * h), tolerance);
      CHECK_NEAR(here.hessian_xx, (east.gradient_x - west.gradient_x) / (2 * h), tolerance);
      CHECK_NEAR(here.hessian_yy, (north.gradient_y - south.gradient_y) / (2 * h), tolerance);
      CHECK_NEAR(here.hessian_xy, (east.gradient_y - west.gradient_y) / (2 * h), tolerance);
      CHECK_NEAR(here.hessian_xy, (north.gradient_x - south.gradient_x) / (2 * h), tolerance);
    }
  }
}

/* As the literature on test functions prints them. */
static void test_published_values(void) {
  tscope_surface_options options = options_of(TSCOPE_SURFACE_rosenbrock);
  CHECK_NEAR(measure(&options, -1.2, 1).value, 24.2, 1e-12);
  options = options_of(TSCOPE_SURFACE_beale);
  CHECK_NEAR(measure(&options, 0, 0).value, 14.203125, 0);
  CHECK_NEAR(measure(&options, 1, 1).value, 14.203125, 0);
  options = options_of(TSCOPE_SURFACE_himmelblau);
  CHECK_NEAR(measure(&options, 0, 0).value, 170, 0);
  CHECK_NEAR(measure(&options, -0.270845, -0.923039).value, 181.617, 1e-3);
  options = options_of(TSCOPE_SURFACE_saddle);
  CHECK_NEAR(measure(&options, 0, 0).value, 0, 0);
  CHECK(tscope_surface_sharpness(&(tscope_surface_point){.hessian_xx = 1, .hessian_yy = -1}, 0, 1,
                                 1) == 1);
  options = options_of(TSCOPE_SURFACE_quadratic);
  options.lambda1 = 2;
  options.lambda2 = 8;
  CHECK_NEAR(measure(&options, 3, 0.5).value, 10, 0);
}

typedef struct facts {
  const char *name, *minima;
  double lowest, x_low, x_high, y_low, y_high, start_x, start_y, lr, adaptive;
} facts;

#define FACTS_ROW(text, formula, lowest, minima, x_low, x_high, y_low, y_high, start_x, start_y, \
                  lr, adaptive, help)                                                            \
  {text, minima, lowest, x_low, x_high, y_low, y_high, start_x, start_y, lr, adaptive},
static const facts kFacts[] = {TSCOPE_SURFACE_FACTS(FACTS_ROW)};
#define NAME_ROW(PREFIX, id, text, label) text,
static const char *const kNames[] = {TSCOPE_SURFACES(NAME_ROW, SURFACE)};

/** Every row's minima are minima, inside the map; the start lies on it too, and the rate is below
 * the edge at the lowest minimum or, on the product, above it on purpose. */
static void test_facts(void) {
  CHECK(sizeof kFacts / sizeof *kFacts == TSCOPE_SURFACE_COUNT);
  for (int surface = 0; surface < TSCOPE_SURFACE_COUNT; surface++) {
    const facts *row = &kFacts[surface];
    const tscope_surface_options options = options_of(surface);
    CHECK_TEXT(row->name, kNames[surface]);
    int count = 0;
    for (const char *at = row->minima; *at; at++, count++) {
      char *end;
      const double x = strtod(at, &end), y = strtod(end, &end);
      at = end;
      CHECK(*at == ';');
      const tscope_surface_point point = measure(&options, x, y);
      CHECK_NEAR(point.value, row->lowest, 1e-12);
      CHECK_NEAR(point.gradient_x, 0, 1e-6);
      CHECK_NEAR(point.gradient_y, 0, 1e-6);
      CHECK(point.hessian_xx > 0 && point.hessian_yy > 0);
      CHECK(point.hessian_xx * point.hessian_yy >= point.hessian_xy * point.hessian_xy);
      CHECK(x >= row->x_low && x <= row->x_high && y >= row->y_low && y <= row->y_high);
      CHECK(row->lr * tscope_surface_sharpness(&point, 0, 1, 1) < 2);
    }
    CHECK(count > 0);
    CHECK(row->start_x > row->x_low && row->start_x < row->x_high);
    CHECK(row->start_y > row->y_low && row->start_y < row->y_high);
    CHECK(measure(&options, row->start_x, row->start_y).value > row->lowest + 0.01);
    CHECK(row->lr > 0 && row->adaptive > 0);
  }
}

static void test_grid(void) {
  tscope_surface_options options = options_of(TSCOPE_SURFACE_himmelblau);
  float values[3 * 5];
  tscope_surface_grid(&options, -2, 2, 0, 3, 5, 3, values);
  for (int row = 0; row < 3; row++) {
    for (int column = 0; column < 5; column++) {
      CHECK(values[5 * row + column] == (float)measure(&options, column - 2, 1.5 * row).value);
    }
  }
}

static void test_sharpness(void) {
  tscope_surface_options options = options_of(TSCOPE_SURFACE_quadratic);
  options.lambda1 = 3;
  options.lambda2 = 40;
  for (int angle = 0; angle <= 90; angle += 15) {
    options.angle = (float)angle;
    const tscope_surface_point point = measure(&options, 0.3, -0.7);
    CHECK_NEAR(tscope_surface_sharpness(&point, 0, 1, 1), 40, 1e-12);
    CHECK_NEAR(tscope_surface_sharpness(&point, 0, 2, 2), 160, 1e-12);
  }
  options.angle = 0;
  const tscope_surface_point point = measure(&options, 1, 1);
  CHECK_NEAR(tscope_surface_sharpness(&point, 0, 10, 1), 300, 1e-12);
  CHECK_NEAR(tscope_surface_sharpness(&point, 0.5, 10, 1), 350, 1e-12);
  options = options_of(TSCOPE_SURFACE_product);
  const tscope_surface_point in_valley = measure(&options, 0.5, 2);
  CHECK_NEAR(tscope_surface_sharpness(&in_valley, 0, 1, 1), 4.25, 1e-12);
}

static void test_noise(void) {
  tscope_surface_options options = options_of(TSCOPE_SURFACE_quadratic);
  double noise[2], again[2], sum = 0, squares = 0, cross = 0;
  tscope_surface_noise(&options, 3, noise);
  CHECK(noise[0] == 0 && noise[1] == 0);
  options.grad_noise = 2;
  enum { STEPS = 20000 };
  for (int step = 0; step < STEPS; step++) {
    tscope_surface_noise(&options, step, noise);
    sum += noise[0] + noise[1];
    squares += noise[0] * noise[0] + noise[1] * noise[1];
    cross += noise[0] * noise[1];
  }
  /* Five standard errors of each estimate. */
  CHECK_NEAR(sum / (2 * STEPS), 0, 5 * 2 / sqrt(2.0 * STEPS));
  CHECK_NEAR(squares / (2 * STEPS), 4, 5 * 4 * sqrt(2 / (2.0 * STEPS)));
  CHECK_NEAR(cross / STEPS, 0, 5 * 4 / sqrt((double)STEPS));
  tscope_surface_noise(&options, 7, noise);
  tscope_surface_noise(&options, 7, again);
  CHECK(noise[0] == again[0] && noise[1] == again[1]);
  options.noise_seed = 2;
  tscope_surface_noise(&options, 7, again);
  CHECK(noise[0] != again[0]);
}

/* ---- paths ---------------------------------------------------------------------------------- */

typedef struct walker {
  tscope_config config;
  _Alignas(16) float theta[4];
  _Alignas(16) float moments[8];
  int steps;
} walker;

static walker path_from(int optimizer, float x, float y) {
  walker path = {.config = tscope_config_default(), .theta = {x, y}};
  path.config.optimizer = optimizer;
  for (int i = 0; i < 8; i++) path.moments[i] = tscope_rule_moment_start(&path.config, i / 4);
  return path;
}

static void advance(walker *path, const tscope_surface_options *options, float lr) {
  const tscope_surface_point point =
      measure(options, (double)path->theta[0], (double)path->theta[1]);
  _Alignas(16) float gradient[4] = {(float)point.gradient_x, (float)point.gradient_y};
  tscope_rule_step(&path->config, path->theta, gradient, path->moments, 4, path->steps++, lr);
}

/** One step of a rule along one axis as a matrix over (v, θ): its powers are the path. */
typedef struct matrix {
  long double a, b, c, d;
} matrix;

static matrix multiply(matrix p, matrix q) {
  return (matrix){p.a * q.a + p.b * q.c, p.a * q.b + p.b * q.d, p.c * q.a + p.d * q.c,
                  p.c * q.b + p.d * q.d};
}

static long double power_of(matrix step, int t) { /* θ_t / θ_0, starting with v = 0 */
  matrix result = {1, 0, 0, 1};
  for (; t > 0; t >>= 1, step = multiply(step, step)) {
    if (t & 1) result = multiply(result, step);
  }
  return result.d;
}

static matrix matrix_of(int optimizer, long double gamma, long double eta, long double lambda) {
  switch (optimizer) {
    case TSCOPE_OPTIMIZER_momentum:
      return (matrix){gamma, lambda, -eta * gamma, 1 - eta * lambda};
    case TSCOPE_OPTIMIZER_nesterov:
      return (matrix){gamma, lambda, -eta * gamma * gamma, 1 - eta * lambda * (1 + gamma)};
    default:
      return (matrix){0, 0, 0, 1 - eta * lambda};
  }
}

static const int kLinear[] = {TSCOPE_OPTIMIZER_sgd, TSCOPE_OPTIMIZER_momentum,
                              TSCOPE_OPTIMIZER_nesterov};

static void test_closed_forms(void) {
  tscope_surface_options options = options_of(TSCOPE_SURFACE_quadratic);
  options.lambda1 = 1.5f;
  options.lambda2 = 11;
  for (int k = 0; k < 3; k++) {
    for (int i = 1; i <= 11; i += 2) {
      walker path = path_from(kLinear[k], -3, 2);
      /* From well inside the stable zone to 10 % beyond its edge. */
      const float lr =
          (float)(0.1 * i * tscope_rule_stability_limit(&path.config, 0)) / options.lambda2;
      const long double gamma = path.config.momentum;
      const matrix first = matrix_of(kLinear[k], gamma, lr, options.lambda1);
      const matrix second = matrix_of(kLinear[k], gamma, lr, options.lambda2);
      long double largest[2] = {3, 2};
      for (int t = 1; t <= 60; t++) {
        advance(&path, &options, lr);
        const long double x = -3 * power_of(first, t), y = 2 * power_of(second, t);
        if (fabsl(x) > largest[0]) largest[0] = fabsl(x);
        if (fabsl(y) > largest[1]) largest[1] = fabsl(y);
        /* A few roundings to float per step, none of which a stable recurrence enlarges. */
        CHECK_NEAR((double)path.theta[0], (double)x, 1e-5 * (double)largest[0]);
        CHECK_NEAR((double)path.theta[1], (double)y, 1e-5 * (double)largest[1]);
      }
    }
  }
}

static int is_subnormal(float x) { return x != 0 && fabsf(x) < FLT_MIN; }

/** Where a gradient stays 0 the means decay to 0, and do not stay for long at floats that are too
 * small to decay; shares of which floats have all digits, and others; squares kept as roots, and
 * others. */
static void test_means_end_at_zero(void) {
  const float shares[] = {0.5f, 0.9f}, epsilons[] = {1e-8f, 1e-30f};
  for (int rule = 0; rule < TSCOPE_OPTIMIZER_COUNT; rule++) {
    for (int k = 0; k < 4; k++) {
      walker path = path_from(rule, 1, 1);
      const float share = shares[k % 2];
      path.config.momentum = path.config.rho = path.config.beta1 = path.config.beta2 = share;
      path.config.epsilon = epsilons[k / 2];
      int subnormals = 0, left = 0; /* subnormals: in how many steps there were some */
      for (int t = 0; t < 4000; t++) {
        _Alignas(16) float gradient[4] = {0};
        if (t < 3) memcpy(gradient, (float[4]){1, -1e10f, 1e-12f, -1e-30f}, sizeof gradient);
        tscope_rule_step(&path.config, path.theta, gradient, path.moments, 4, path.steps++, 0.1f);
        int some = 0;
        for (int i = 0; i < 8; i++) some |= is_subnormal(path.moments[i]);
        subnormals += some;
      }
      for (int i = 0; i < 4 * tscope_rule_moments(rule); i++) left += path.moments[i] != 0;
      CHECK(subnormals <= 8 * 64);
      CHECK(left == 0);
    }
  }
}

/** Rules turn unstable exactly where tscope_rule_stability_limit says: a thousandth below it the
 * path dies out, a thousandth above it grows without bound. */
static void test_edge_of_stability(void) {
  tscope_surface_options options = options_of(TSCOPE_SURFACE_quadratic);
  options.lambda1 = 1;
  options.lambda2 = 10;
  const float gammas[] = {0, 0.5f, 0.9f};
  for (int k = 0; k < 3; k++) {
    for (int g = 0; g < 3; g++) {
      for (int side = -1; side <= 1; side += 2) {
        walker path = path_from(kLinear[k], 1, 1);
        path.config.momentum = gammas[g];
        const double limit = tscope_rule_stability_limit(&path.config, 0);
        const float lr = (float)((1 + 0.001 * side) * limit / 10);
        for (int t = 0; t < 60000 && isfinite(path.theta[1]); t++) advance(&path, &options, lr);
        if (side < 0) CHECK(fabs((double)path.theta[1]) < 1e-3);
        if (side > 0) CHECK(!isfinite(path.theta[1]) || fabs((double)path.theta[1]) > 1e3);
      }
    }
  }
}

/** At the edge itself SGD jumps from wall to wall for ever, here without any rounding. */
static void test_at_the_edge(void) {
  tscope_surface_options options = options_of(TSCOPE_SURFACE_quadratic);
  options.lambda1 = 1;
  options.lambda2 = 8;
  walker path = path_from(TSCOPE_OPTIMIZER_sgd, 1, 0.75f);
  for (int t = 1; t <= 1000; t++) {
    advance(&path, &options, 0.25f);
    CHECK(path.theta[1] == (t % 2 ? -0.75f : 0.75f));
  }
}

/** L2 is curvature of its own: sgd's factor is 1 - η(λ + decay), and its edge comes nearer. */
static void test_weight_decay(void) {
  tscope_surface_options options = options_of(TSCOPE_SURFACE_quadratic);
  options.lambda1 = 1;
  options.lambda2 = 10;
  walker path = path_from(TSCOPE_OPTIMIZER_sgd, 1, 1);
  path.config.weight_decay = 0.75f;
  CHECK(tscope_rule_added_curvature(&path.config) == 0.75);
  for (int t = 1; t <= 40; t++) {
    advance(&path, &options, 0.19f); /* times 10 stable, times 10.75 not */
    CHECK_NEAR((double)path.theta[1] / pow(1 - 0.19f * 10.75, t), 1, 1e-5);
  }
  CHECK(fabsf(path.theta[1]) > 1);
  path.config.optimizer = TSCOPE_OPTIMIZER_adamw;
  CHECK(tscope_rule_added_curvature(&path.config) == 0);
}

/** P of the first step, by hand: Adam's v is (1-β₂) g², so √(v / (1-β₂)) = |g|. */
static void test_scale(void) {
  tscope_surface_options options = options_of(TSCOPE_SURFACE_quadratic);
  _Alignas(16) float scale[4];
  walker path = path_from(TSCOPE_OPTIMIZER_adam, 0.5f, 0.25f);
  tscope_rule_scale(&path.config, scale, path.moments, 4, 0);
  CHECK(scale[0] == 1 && scale[1] == 1);
  advance(&path, &options, 0.01f);
  tscope_rule_scale(&path.config, scale, path.moments, 4, path.steps);
  const double gradient[2] = {0.5, 3}; /* λ θ with λ = 1 and 12 */
  for (int i = 0; i < 2; i++) {
    const double p = (1 - (double)path.config.beta1) * gradient[i];
    CHECK_NEAR((double)scale[i] * (double)scale[i], 1 / p, 1e-5 / p);
  }
  path = path_from(TSCOPE_OPTIMIZER_momentum, 1, 1);
  advance(&path, &options, 0.01f);
  tscope_rule_scale(&path.config, scale, path.moments, 4, path.steps);
  CHECK(scale[0] == 1 && scale[1] == 1);
}

int main(void) {
  test_derivatives();
  test_published_values();
  test_facts();
  test_grid();
  test_sharpness();
  test_noise();
  test_closed_forms();
  test_means_end_at_zero();
  test_edge_of_stability();
  test_at_the_edge();
  test_weight_decay();
  test_scale();
  return CHECK_REPORT();
}
