/**
 * The surfaces' formulas: value, gradient and Hessian in closed form.
 *
 * Sources: Rosenbrock 1960, "An automatic method for finding the greatest or least value of a
 * function"; Beale 1958, "On an iterative method for finding a local minimum of a function of more
 * than one variable"; Himmelblau 1972, "Applied Nonlinear Programming"; product: the one-neuron
 * linear network of Lewkowycz et al. 2020, "The large learning rate phase of deep learning".
 */
#include "base/rng.h"
#include "math/elementary.h"
#include "math/normal.h"
#include "trainscope/surface.h"

/* clang-format off */
#define DEFAULT_NUMBER(group, name, value, ...) .name = (value),
#define DEFAULT_FLAG(group, name, value, ...) .name = (value),
#define DEFAULT_ENUM(group, name, PREFIX, OPTIONS, id, ...) .name = TSCOPE_##PREFIX##_##id,
#define DEFAULT_TEXT(group, name, ...) .name = {-1, {0}},
/* clang-format on */

tscope_surface_options tscope_surface_options_default(void) {
  return (tscope_surface_options){TSCOPE_SURFACE_FIELDS(DEFAULT_NUMBER, DEFAULT_NUMBER,
                                                        DEFAULT_FLAG, DEFAULT_ENUM, DEFAULT_TEXT)};
}

/* With c = cos φ and s = sin φ, u = c x + s y and v = c y - s x. */
static tscope_surface_point quadratic(const tscope_surface_options *options, double x, double y) {
  const double radians = (double)options->angle * (TSCOPE_PI / 180);
  const int is_straight = options->angle == 0;
  const double c = is_straight ? 1 : tscope_cos(radians);
  const double s = is_straight ? 0 : tscope_sin(radians);
  const double first = (double)options->lambda1, second = (double)options->lambda2;
  const double u = c * x + s * y, v = c * y - s * x;
  return (tscope_surface_point){
      .value = 0.5 * (first * u * u + second * v * v),
      .gradient_x = first * u * c - second * v * s,
      .gradient_y = first * u * s + second * v * c,
      .hessian_xx = first * c * c + second * s * s,
      .hessian_xy = (first - second) * c * s,
      .hessian_yy = first * s * s + second * c * c,
  };
}

static tscope_surface_point rosenbrock(double x, double y) {
  const double a = 1 - x, b = y - x * x;
  return (tscope_surface_point){
      .value = a * a + 100 * b * b,
      .gradient_x = -2 * a - 400 * x * b,
      .gradient_y = 200 * b,
      .hessian_xx = 2 + 1200 * x * x - 400 * y,
      .hessian_xy = -400 * x,
      .hessian_yy = 200,
  };
}

/** Adds r² for a residual r with its derivatives: f = r², ∇f = 2 r ∇r, H = 2 (∇r ∇rᵀ + r ∇²r). */
static void add_square(tscope_surface_point *sum, double r, double rx, double ry, double rxx,
                       double rxy, double ryy) {
  sum->value += r * r;
  sum->gradient_x += 2 * r * rx;
  sum->gradient_y += 2 * r * ry;
  sum->hessian_xx += 2 * (rx * rx + r * rxx);
  sum->hessian_xy += 2 * (rx * ry + r * rxy);
  sum->hessian_yy += 2 * (ry * ry + r * ryy);
}

static tscope_surface_point beale(double x, double y) {
  tscope_surface_point sum = {0};
  add_square(&sum, 1.5 - x + x * y, y - 1, x, 0, 1, 0);
  add_square(&sum, 2.25 - x + x * y * y, y * y - 1, 2 * x * y, 0, 2 * y, 2 * x);
  add_square(&sum, 2.625 - x + x * y * y * y, y * y * y - 1, 3 * x * y * y, 0, 3 * y * y,
             6 * x * y);
  return sum;
}

static tscope_surface_point himmelblau(double x, double y) {
  tscope_surface_point sum = {0};
  add_square(&sum, x * x + y - 11, 2 * x, 1, 2, 0, 0);
  add_square(&sum, x + y * y - 7, 1, 2 * y, 0, 0, 2);
  return sum;
}

static tscope_surface_point saddle(double x, double y) {
  return (tscope_surface_point){
      .value = 0.5 * x * x - 0.5 * y * y + 0.25 * y * y * y * y,
      .gradient_x = x,
      .gradient_y = y * y * y - y,
      .hessian_xx = 1,
      .hessian_xy = 0,
      .hessian_yy = 3 * y * y - 1,
  };
}

static tscope_surface_point product(double x, double y) {
  const double error = x * y - 1;
  return (tscope_surface_point){
      .value = 0.5 * error * error,
      .gradient_x = error * y,
      .gradient_y = error * x,
      .hessian_xx = y * y,
      .hessian_xy = 2 * x * y - 1,
      .hessian_yy = x * x,
  };
}

void tscope_surface_measure(const tscope_surface_options *options, double x, double y,
                            tscope_surface_point *point) {
  switch (options->surface) {
    case TSCOPE_SURFACE_rosenbrock:
      *point = rosenbrock(x, y);
      break;
    case TSCOPE_SURFACE_beale:
      *point = beale(x, y);
      break;
    case TSCOPE_SURFACE_himmelblau:
      *point = himmelblau(x, y);
      break;
    case TSCOPE_SURFACE_saddle:
      *point = saddle(x, y);
      break;
    case TSCOPE_SURFACE_product:
      *point = product(x, y);
      break;
    default:
      *point = quadratic(options, x, y);
  }
}

double tscope_surface_sharpness(const tscope_surface_point *point, double added, double scale_x,
                                double scale_y) {
  const double a = scale_x * scale_x * (point->hessian_xx + added);
  const double b = scale_x * scale_y * point->hessian_xy;
  const double c = scale_y * scale_y * (point->hessian_yy + added);
  const double half = 0.5 * (a - c);
  return 0.5 * (a + c) + tscope_sqrt(half * half + b * b);
}

void tscope_surface_noise(const tscope_surface_options *options, int step, double noise[2]) {
  noise[0] = noise[1] = 0;
  if (!(options->grad_noise > 0)) return;
  tscope_rng rng = tscope_rng_stream((uint32_t)options->noise_seed, TSCOPE_STREAM_SURFACE,
                                     (uint64_t)(uint32_t)step);
  for (int i = 0; i < 2; i++) {
    noise[i] = (double)options->grad_noise * (double)tscope_rng_normal(&rng);
  }
}

void tscope_surface_grid(const tscope_surface_options *options, double x_low, double x_high,
                         double y_low, double y_high, int columns, int rows, float *values) {
  for (int row = 0; row < rows; row++) {
    const double y = y_low + (y_high - y_low) * row / (rows - 1);
    for (int column = 0; column < columns; column++) {
      tscope_surface_point point;
      tscope_surface_measure(options, x_low + (x_high - x_low) * column / (columns - 1), y, &point);
      *values++ = (float)point.value;
    }
  }
}
