/**
 * The largest eigenvalue of the loss Hessian: "sharpness" (Cohen et al. 2021, "Gradient Descent on Neural Networks
 * Typically Occurs at the Edge of Stability").
 */
#include <string.h>

#include "base/rng.h"
#include "math/elementary.h"
#include "math/normal.h"
#include "train/run.h"

enum { ITERATIONS_MAX = 100 };

/* Length of the step of the central difference, relative to the parameters: far above their rounding, far below the
 * scale on which the curvature changes. */
static const double RELATIVE_STEP = 1e-3;

/** hv = (∇L(θ + ε v) - ∇L(θ - ε v)) / 2ε over the first `samples` training samples; θ is put back from `theta`. */
static void multiply_by_hessian(tscope_trainer *trainer, float *hv, const float *v, const float *theta,
                                size_t n, int samples, double epsilon) {
  tscope_add_scaled(trainer->parameters, theta, v, n, (float)epsilon);
  tscope_measure_loss_and_gradient(trainer, NULL, samples);
  memcpy(hv, trainer->gradient, n * sizeof(float));
  tscope_add_scaled(trainer->parameters, theta, v, n, (float)-epsilon);
  tscope_measure_loss_and_gradient(trainer, NULL, samples);
  tscope_axpy(hv, trainer->gradient, n, -1);
  tscope_scale_inplace(hv, n, (float)(0.5 / epsilon));
  memcpy(trainer->parameters, theta, n * sizeof(float));
}

/** Eigenvalues below x of the tridiagonal matrix (diagonal a, off-diagonal b), by the signs of its Sturm sequence. */
static int count_below(const double *a, const double *b, int n, double x) {
  int count = 0;
  double q = 1;
  for (int i = 0; i < n; i++) {
    q = a[i] - x - (i ? b[i - 1] * b[i - 1] / q : 0);
    if (q == 0) q = 1e-300;
    count += q < 0;
  }
  return count;
}

/** The largest eigenvalue, by bisection between Gershgorin's bounds. */
static double largest_eigenvalue(const double *a, const double *b, int n) {
  double low = a[0], high = a[0];
  for (int i = 0; i < n; i++) {
    const double left = i ? b[i - 1] : 0, right = i < n - 1 ? b[i] : 0;
    const double radius = (left < 0 ? -left : left) + (right < 0 ? -right : right);
    if (a[i] + radius > high) high = a[i] + radius;
    if (a[i] - radius < low) low = a[i] - radius;
  }
  for (int i = 0; i < 100 && high > low; i++) {
    const double middle = 0.5 * (low + high);
    if (count_below(a, b, n, middle) < n) low = middle;
    else high = middle;
  }
  return high;
}

/** A start vector of unit length, the same for every measurement, zero in the tensors' padding. */
static void start_vector(const tscope_trainer *trainer, float *v, size_t n) {
  tscope_rng rng = tscope_rng_stream((uint32_t)trainer->state->config.seed, TSCOPE_STREAM_PROBE, 0);
  memset(v, 0, n * sizeof(float));
  for (int i = 0; i < trainer->network.count; i++) {
    const tscope_unit *unit = &trainer->network.units[i];
    for (int p = 0; p < unit->parameter_count; p++) {
      for (size_t k = 0; k < unit->parameters[p].count; k++) v[unit->parameters[p].offset + k] = tscope_rng_normal(&rng);
    }
  }
  tscope_scale_inplace(v, n, (float)(1 / tscope_sqrt(tscope_sum_squares(v, n))));
}

/**
 * Lanczos iteration (Lanczos 1950; Golub & Van Loan, section 10.1): it finds the largest eigenvalue in far fewer
 * products than power iteration. Lost orthogonality repeats eigenvalues, which does not move the largest.
 */
double tscope_trainer_sharpness(tscope_trainer *trainer, int samples, int iterations) {
  const size_t n = trainer->network.parameter_floats;
  const int available = trainer->sampler.count[TSCOPE_SPLIT_TRAIN];
  if (samples <= 0 || samples > available) samples = available;
  if (iterations > ITERATIONS_MAX) iterations = ITERATIONS_MAX;
  if (iterations < 1) iterations = 1;
  float *theta = trainer->vectors[0], *v = trainer->vectors[1], *before = trainer->vectors[2],
        *w = trainer->vectors[3];
  memcpy(theta, trainer->parameters, n * sizeof(float));
  start_vector(trainer, v, n);
  memset(before, 0, n * sizeof(float));
  const double epsilon = RELATIVE_STEP * (1 + tscope_sqrt(tscope_sum_squares(theta, n)));

  double diagonal[ITERATIONS_MAX], beside[ITERATIONS_MAX];
  double beta = 0;
  int k = 0;
  while (k < iterations) {
    multiply_by_hessian(trainer, w, v, theta, n, samples, epsilon);
    const double alpha = tscope_dot(w, v, n);
    diagonal[k] = alpha;
    tscope_axpy(w, v, n, (float)-alpha);
    tscope_axpy(w, before, n, (float)-beta);
    beta = tscope_sqrt(tscope_sum_squares(w, n));
    beside[k++] = beta;
    if (!tscope_is_finite(beta) || beta < 1e-9 * (1 + (alpha < 0 ? -alpha : alpha))) break;
    tscope_scale_inplace(w, n, (float)(1 / beta));
    float *free = before;
    before = v;
    v = w;
    w = free;
  }
  trainer->chunk_first = 0;
  return tscope_is_finite(diagonal[k - 1]) ? largest_eigenvalue(diagonal, beside, k) : (double)__builtin_nanf("");
}
