/**
 * The largest eigenvalue of the loss Hessian: "sharpness" (Cohen et al. 2021, "Gradient Descent on
 * Neural Networks Typically Occurs at the Edge of Stability").
 *
 * Lanczos iteration (Lanczos 1950; Golub & Van Loan, section 10.1) finds it in far fewer products
 * than power iteration. Lost orthogonality repeats eigenvalues, which does not move the largest.
 * Each product with the Hessian is a central difference of two gradients, a chunk of samples at a
 * time. Both take the branches of rectifiers and maxima that θ itself takes: the Hessian knows
 * nothing of a kink that lies beside θ, and a difference across it would be mostly the kink.
 */
#include <string.h>

#include "base/rng.h"
#include "math/elementary.h"
#include "math/normal.h"
#include "train/run.h"

/* Length of the step of the central difference, relative to the parameters: far above their
 * rounding, far below the scale on which the curvature changes. */
static const double RELATIVE_STEP = 1e-3;

/* The value has settled when it moved less than this, relatively, so often in a row. */
static const double SETTLED = 1e-4;
enum { SETTLED_ITERATIONS = 2 };

/* ---- the tridiagonal matrix's largest eigenvalue -------------------------------------------- */

/** Eigenvalues below x of the tridiagonal matrix (diagonal a, off-diagonal b), by the signs of its
 * Sturm sequence. */
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

static double magnitude(double x) { return x < 0 ? -x : x; }

/** By bisection between Gershgorin's bounds. */
static double largest_eigenvalue(const double *a, const double *b, int n) {
  enum { BISECTIONS = 60 };
  double low = a[0], high = a[0];
  for (int i = 0; i < n; i++) {
    const double radius = (i ? magnitude(b[i - 1]) : 0) + (i < n - 1 ? magnitude(b[i]) : 0);
    if (a[i] + radius > high) high = a[i] + radius;
    if (a[i] - radius < low) low = a[i] - radius;
  }
  for (int i = 0; i < BISECTIONS && high > low; i++) {
    const double middle = 0.5 * (low + high);
    if (count_below(a, b, n, middle) < n) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return high;
}

/* ---- the iteration -------------------------------------------------------------------------- */

static size_t vector_floats(const tscope_trainer *trainer) {
  return trainer->network.parameter_floats;
}

/** A vector of unit length, the same for every measurement of a run, zero in the tensors' padding.
 */
static void start_vector(const tscope_trainer *trainer, float *v) {
  const size_t n = vector_floats(trainer);
  tscope_rng rng = tscope_rng_stream((uint32_t)trainer->state->config.seed, TSCOPE_STREAM_PROBE, 0);
  memset(v, 0, n * sizeof(float));
  for (int i = 0; i < trainer->network.count; i++) {
    const tscope_unit *unit = &trainer->network.units[i];
    for (int p = 0; p < unit->parameter_count; p++) {
      float *values = v + unit->parameters[p].offset;
      for (size_t k = 0; k < unit->parameters[p].count; k++) values[k] = tscope_rng_normal(&rng);
    }
  }
  tscope_scale_inplace(v, n, (float)(1 / tscope_sqrt(tscope_sum_squares(v, n))));
}

/** Places the point at which a gradient is taken: θ + step v, or θ + step P^-1/2 v. */
static void place_probe(tscope_trainer *trainer, float step) {
  const tscope_lanczos *lanczos = &trainer->lanczos;
  const size_t n = vector_floats(trainer);
  float *probe = trainer->vectors[0];
  if (lanczos->is_preconditioned) {
    tscope_multiply(probe, lanczos->v, trainer->inverse_root, n);
    tscope_add_scaled(probe, trainer->parameters, probe, n, step);
  } else {
    tscope_add_scaled(probe, trainer->parameters, lanczos->v, n, step);
  }
}

void tscope_trainer_sharpness_begin(tscope_trainer *trainer, int samples, int iterations,
                                    int preconditioned) {
  const size_t n = vector_floats(trainer);
  const tscope_state *state = trainer->state;
  const int available = trainer->sampler.count[TSCOPE_SPLIT_TRAIN];
  tscope_lanczos *lanczos = &trainer->lanczos;
  *lanczos = (tscope_lanczos){
      .samples = samples <= 0 || samples > available ? available : samples,
      .iterations = iterations < 1                    ? 1
                    : iterations > TSCOPE_LANCZOS_MAX ? TSCOPE_LANCZOS_MAX
                                                      : iterations,
      .v = trainer->vectors[1],
      .before = trainer->vectors[2],
      .w = trainer->vectors[3],
      .epsilon = RELATIVE_STEP * (1 + tscope_sqrt(tscope_sum_squares(trainer->parameters, n))),
  };
  /* Batch statistics belong to one pass. */
  if (trainer->network.has_batchnorm && lanczos->samples > trainer->rows_max)
    lanczos->samples = trainer->rows_max;
  /* Before the first step there is no preconditioner yet. */
  if (preconditioned && state->step > 0) {
    lanczos->is_preconditioned = tscope_rule_preconditioner(&state->config, trainer->inverse_root,
                                                            trainer->moments, n, state->step);
  }
  start_vector(trainer, lanczos->v);
  if (lanczos->is_preconditioned) {
    /* The step is relative to θ's length, so the probed direction must have unit length again. */
    float *direction = trainer->vectors[0];
    tscope_multiply(direction, lanczos->v, trainer->inverse_root, n);
    lanczos->epsilon /= tscope_sqrt(tscope_sum_squares(direction, n));
  }
  memset(lanczos->before, 0, n * sizeof(float));
}

/** The three-term recurrence, with w = H v. Returns 1 when the value is found. */
static int iterate(tscope_trainer *trainer) {
  tscope_lanczos *lanczos = &trainer->lanczos;
  const size_t n = vector_floats(trainer);
  float *w = lanczos->w;
  const double alpha = tscope_dot(w, lanczos->v, n);
  tscope_axpy(w, lanczos->v, n, (float)-alpha);
  tscope_axpy(w, lanczos->before, n, (float)-lanczos->beta);
  lanczos->beta = tscope_sqrt(tscope_sum_squares(w, n));
  lanczos->diagonal[lanczos->k] = alpha;
  lanczos->beside[lanczos->k] = lanczos->beta;
  lanczos->k++;
  if (!tscope_is_finite(lanczos->beta) || !tscope_is_finite(alpha)) {
    lanczos->value = (double)__builtin_nanf("");
    return 1;
  }
  const double value = largest_eigenvalue(lanczos->diagonal, lanczos->beside, lanczos->k);
  const int moved = magnitude(value - lanczos->value) > SETTLED * magnitude(value);
  lanczos->settled = moved ? 0 : lanczos->settled + 1;
  lanczos->value = value;
  if (lanczos->k >= lanczos->iterations || lanczos->settled >= SETTLED_ITERATIONS) return 1;
  if (lanczos->beta < 1e-9 * (1 + magnitude(alpha)))
    return 1; /* an invariant subspace: nothing left to find */
  tscope_scale_inplace(w, n, (float)(1 / lanczos->beta));
  lanczos->w = lanczos->before;
  lanczos->before = lanczos->v;
  lanczos->v = w;
  return 0;
}

/** A pass over the chunk that is filled in. */
static void pass_over(tscope_trainer *trainer, const float *parameters, int kinks, int rows) {
  tscope_pass pass = tscope_pass_begin(trainer, TSCOPE_PASS_MEASURE, rows, 0);
  pass.parameters = parameters;
  pass.kinks = kinks;
  tscope_pass_run(trainer, &pass, (tscope_task){.scale = 1.0f / (float)trainer->lanczos.samples});
}

/** Adds this chunk's part of the difference between the gradients on both sides of θ to w. */
static void add_difference(tscope_trainer *trainer, int first, int rows) {
  const tscope_lanczos *lanczos = &trainer->lanczos;
  const size_t n = vector_floats(trainer);
  /* A step that was under way begins again: its gradient is overwritten. */
  trainer->chunk_first = 0;
  tscope_trainer_fill(trainer, &(tscope_samples){TSCOPE_SPLIT_TRAIN, NULL, first, rows});
  const int has_kinks = trainer->network.has_kinks;
  if (has_kinks) pass_over(trainer, trainer->parameters, TSCOPE_KINKS_RECORD, rows);
  for (int sign = 1; sign >= -1; sign -= 2) {
    place_probe(trainer, (float)(sign * lanczos->epsilon));
    pass_over(trainer, trainer->vectors[0], has_kinks ? TSCOPE_KINKS_HELD : TSCOPE_KINKS_FREE,
              rows);
    tscope_axpy(lanczos->w, trainer->gradient, n, (float)sign);
  }
}

int tscope_trainer_sharpness_advance(tscope_trainer *trainer, double *sharpness) {
  tscope_lanczos *lanczos = &trainer->lanczos;
  const size_t n = vector_floats(trainer);
  const int left = lanczos->samples - lanczos->first;
  const int rows = left < trainer->rows_max ? left : trainer->rows_max;
  if (lanczos->first == 0) memset(lanczos->w, 0, n * sizeof(float));
  add_difference(trainer, lanczos->first, rows);
  lanczos->first = rows < left ? lanczos->first + rows : 0;
  if (rows < left) return 0;
  tscope_scale_inplace(lanczos->w, n, (float)(0.5 / lanczos->epsilon));
  if (lanczos->is_preconditioned) tscope_multiply(lanczos->w, lanczos->w, trainer->inverse_root, n);
  if (!iterate(trainer)) return 0;
  *sharpness = lanczos->value;
  return 1;
}

double tscope_trainer_sharpness(tscope_trainer *trainer, int samples, int iterations,
                                int preconditioned) {
  double sharpness;
  tscope_trainer_sharpness_begin(trainer, samples, iterations, preconditioned);
  while (!tscope_trainer_sharpness_advance(trainer, &sharpness)) continue;
  return sharpness;
}
