/**
 * The update rules of the table in rule_fields.h: for each row the step, exactly as its formula
 * says, and the preconditioner that it names.
 */
#include <assert.h>
#include <string.h>

#include "base/decimal.h"
#include "math/elementary.h"
#include "math/kernels.h"
#include "optim/optim.h"
#include "optim/rule_step.h"

/* ---- steps: update_<id> of each row -------------------------------------------------------- */

static void update_sgd(float *theta, const float *gradient, float *first, float *second, size_t n,
                       const moment *now) {
  const f32x4 lr = tscope_splat(now->lr);
  (void)first, (void)second;
  EACH tscope_store(theta + i, tscope_nmadd(lr, tscope_load(gradient + i), tscope_load(theta + i)));
}

static void update_momentum(float *theta, const float *gradient, float *first, float *second,
                            size_t n, const moment *now) {
  const f32x4 lr = tscope_splat(now->lr);
  const decay momentum = decay_of_momentum(now);
  (void)second;
  EACH {
    f32x4 v = velocity(&momentum, tscope_load(first + i), tscope_load(gradient + i));
    tscope_store(first + i, v);
    tscope_store(theta + i, tscope_nmadd(lr, v, tscope_load(theta + i)));
  }
}

static void update_nesterov(float *theta, const float *gradient, float *first, float *second,
                            size_t n, const moment *now) {
  const f32x4 lr = tscope_splat(now->lr);
  const decay momentum = decay_of_momentum(now);
  (void)second;
  EACH {
    f32x4 g = tscope_load(gradient + i);
    f32x4 v = velocity(&momentum, tscope_load(first + i), g);
    tscope_store(first + i, v);
    tscope_store(theta + i, tscope_nmadd(lr, velocity(&momentum, v, g), tscope_load(theta + i)));
  }
}

static void update_rmsprop(float *theta, const float *gradient, float *first, float *second,
                           size_t n, const moment *now) {
  const f32x4 lr = tscope_splat(now->lr);
  const float epsilon = now->config->epsilon;
  const decay momentum = decay_of_momentum(now), rho = decay_of_mean(now->config->rho);
  EACH {
    f32x4 g = tscope_load(gradient + i);
    f32x4 root = root_mean_square(&rho, first + i, g, epsilon, epsilon);
    f32x4 m = velocity(&momentum, tscope_load(second + i), lr * g / root);
    tscope_store(second + i, m);
    tscope_store(theta + i, tscope_load(theta + i) - m);
  }
}

/** Adam's correction for moments that start at 0: the b of its formula. */
static double bias_correction(const moment *now) {
  return tscope_sqrt(weight_of_second(now)) / weight_of_first(now);
}

/** What a step of Adam or of NAdam is made of. */
typedef struct adam {
  decay beta1, beta2;
  f32x4 lr;
  float epsilon;
  int looks_ahead;
} adam;

TSCOPE_INLINE void adam_four(float *theta, f32x4 g, float *first, f32x4 root, const adam *a) {
  const f32x4 m = mean(&a->beta1, tscope_load(first), g);
  const f32x4 direction = a->looks_ahead ? mean(&a->beta1, m, g) : m;
  tscope_store(first, m);
  tscope_store(theta, tscope_load(theta) - a->lr * direction / (root + a->epsilon));
}

static __attribute__((noinline)) void adam_any(float *theta, const float *gradient, float *first,
                                               float *second, size_t n, const adam *a) {
  EACH {
    const f32x4 g = tscope_load(gradient + i);
    const f32x4 root = root_mean_square(&a->beta2, second + i, g, 0, a->epsilon);
    adam_four(theta + i, g, first + i, root, a);
  }
}

/** As many as are stepped NEAR at a time, which is most; returns how many those are. */
TSCOPE_INLINE size_t adam_near(float *theta, const float *gradient, float *first, float *second,
                               size_t n, const adam *given, int looks_ahead) {
  /* Constants here, so that no number is asked. */
  adam a = *given;
  a.beta1.is_rounded = a.beta2.is_rounded = 1;
  a.looks_ahead = looks_ahead;
  for (size_t left = n; left >= NEAR; left -= NEAR) {
    TSCOPE_LONE(theta);
    TSCOPE_LONE(gradient);
    TSCOPE_LONE(first);
    TSCOPE_LONE(second);
    f32x4 v[NEAR_FOURS];
    if (near_mean_squares(v, &a.beta2, second, gradient, a.epsilon)) {
      for (int k = 0; k < NEAR_FOURS; k++) {
        tscope_store(second + 4 * k, v[k]);
        adam_four(theta + 4 * k, tscope_load(gradient + 4 * k), first + 4 * k, tscope_sqrt4(v[k]),
                  &a);
      }
    } else {
      adam_any(theta, gradient, first, second, NEAR, given);
    }
    theta += NEAR, gradient += NEAR, first += NEAR, second += NEAR;
  }
  return n / NEAR * NEAR;
}

TSCOPE_INLINE void adam_or_nadam(float *theta, const float *gradient, float *first, float *second,
                                 size_t n, const moment *now, int looks_ahead) {
  const tscope_config *config = now->config;
  const adam a = {
      .beta1 = decay_by(beta1_at(config, now->step)),
      .beta2 = decay_of_mean(config->beta2),
      .lr = tscope_splat((float)((double)now->lr * bias_correction(now))),
      .epsilon = config->epsilon,
      .looks_ahead = looks_ahead,
  };
  const int is_usual = a.beta1.is_rounded && a.beta2.is_rounded;
  const size_t done = is_usual ? adam_near(theta, gradient, first, second, n, &a, looks_ahead) : 0;
  if (done < n) adam_any(theta + done, gradient + done, first + done, second + done, n - done, &a);
}

static void update_adam(float *theta, const float *gradient, float *first, float *second, size_t n,
                        const moment *now) {
  adam_or_nadam(theta, gradient, first, second, n, now, 0);
}

static void update_nadam(float *theta, const float *gradient, float *first, float *second, size_t n,
                         const moment *now) {
  adam_or_nadam(theta, gradient, first, second, n, now, 1);
}

/* The decay is the caller's. */
static void update_adamw(float *theta, const float *gradient, float *first, float *second, size_t n,
                         const moment *now) {
  update_adam(theta, gradient, first, second, n, now);
}

static void update_adadelta(float *theta, const float *gradient, float *first, float *second,
                            size_t n, const moment *now) {
  const f32x4 lr = tscope_splat(now->lr);
  const float epsilon = now->config->epsilon;
  const decay rho = decay_of_mean(now->config->rho);
  EACH {
    f32x4 g = tscope_load(gradient + i);
    f32x4 root = root_mean_square(&rho, first + i, g, epsilon, epsilon);
    f32x4 step = g / root * root_of_kept(second + i, epsilon);
    root_mean_square(&rho, second + i, step, epsilon, epsilon);
    tscope_store(theta + i, tscope_nmadd(lr, step, tscope_load(theta + i)));
  }
}

/** The length of the mean that v is, as Liu et al. approximate it, at this step and in the end; and
 * what they rectify the step by, 0 while there is too little of v to divide by. */
static double rectification(const moment *now) {
  const double beta2 = tscope_decimal(now->config->beta2);
  const int t = now->step + 1;
  const double in_the_end = 2 / (1 - beta2) - 1;
  /* β₂ᵗ / (1 - β₂ᵗ), which powers would leave no digits of beside that where β₂ is near 1. */
  const double length = in_the_end - 2.0 * t / tscope_expm1(-t * tscope_log(beta2));
  if (!(length > 5)) return 0;
  return tscope_sqrt((length - 4) * (length - 2) * in_the_end /
                     ((in_the_end - 4) * (in_the_end - 2) * length));
}

static void update_radam(float *theta, const float *gradient, float *first, float *second, size_t n,
                         const moment *now) {
  const tscope_config *config = now->config;
  const float epsilon = config->epsilon;
  const decay beta1 = decay_by(beta1_at(config, now->step)), beta2 = decay_of_mean(config->beta2);
  const double r = rectification(now);
  const int divides = r > 0;
  const double factor = divides ? r * bias_correction(now) : 1 / weight_of_first(now);
  const f32x4 lr = tscope_splat((float)((double)now->lr * factor));
  EACH {
    f32x4 g = tscope_load(gradient + i);
    f32x4 m = mean(&beta1, tscope_load(first + i), g);
    f32x4 root = root_mean_square(&beta2, second + i, g, 0, epsilon);
    f32x4 step = divides ? (f32x4)(lr * m / (root + epsilon)) : (f32x4)(lr * m);
    tscope_store(first + i, m);
    tscope_store(theta + i, tscope_load(theta + i) - step);
  }
}

/* The decay is the caller's. */
static void update_lion(float *theta, const float *gradient, float *first, float *second, size_t n,
                        const moment *now) {
  const tscope_config *config = now->config;
  const decay beta1 = decay_by(beta1_at(config, now->step)), beta2 = decay_of_mean(config->beta2);
  const f32x4 lr = tscope_splat(now->lr), zero = tscope_splat(0);
  (void)second;
  EACH {
    f32x4 g = tscope_load(gradient + i), m = tscope_load(first + i);
    f32x4 c = mean(&beta1, m, g);
    f32x4 down = tscope_select((i32x4)(c > 0), lr, zero),
          up = tscope_select((i32x4)(c < 0), lr, zero);
    tscope_store(first + i, mean(&beta2, m, g));
    tscope_store(theta + i, tscope_load(theta + i) - down + up);
  }
}

/* Of what is no matrix of a hidden layer: train/matrices.c has those. The decay is the caller's. */
static void update_muon(float *theta, const float *gradient, float *first, float *second, size_t n,
                        const moment *now) {
  const moment slower = {now->config, tscope_rule_rate(now->config, 0, now->lr), now->step};
  update_adam(theta, gradient, first, second, n, &slower);
}

/* Nesterov's momentum of a mean. */
void tscope_rule_direct(const tscope_config *config, float *gradient, float *first, size_t n,
                        int step) {
  const decay momentum = decay_by(momentum_at(config, step));
  EACH {
    const f32x4 g = tscope_load(gradient + i), m = mean(&momentum, tscope_load(first + i), g);
    tscope_store(first + i, m);
    tscope_store(gradient + i, mean(&momentum, m, g));
  }
}

/* ---- preconditioners: precondition_<name> as the rows say -------------------------------- */

#define precondition_none NULL

/** P = √(v + ε), of the first moment. */
static void precondition_inside_root(const tscope_config *config, float *inverse_root,
                                     float *const moments[2], size_t n, int steps) {
  (void)steps;
  EACH {
    const f32x4 divisor = root_of_kept(moments[0] + i, config->epsilon);
    tscope_store(inverse_root + i, tscope_sqrt4(1.0f / divisor));
  }
}

/** With Adam's correction for the start of the means, P = (1 - β₁^t) (√(v / (1 - β₂^t)) + ε), v
 * being the second moment; ours scales ε too. Source: Cohen et al. 2022, "Adaptive Gradient Methods
 * at the Edge of Stability". */
static void precondition_outside_root(const tscope_config *config, float *inverse_root,
                                      float *const moments[2], size_t n, int steps) {
  const float b = (float)bias_correction(&(moment){.config = config, .step = steps - 1});
  EACH {
    const f32x4 divisor = root_of_kept(moments[1] + i, 0) + config->epsilon;
    tscope_store(inverse_root + i, tscope_sqrt4(b / divisor));
  }
}

/** RAdam's: Adam's P over the rectification, and without a division what corrects the mean. */
static void precondition_rectified(const tscope_config *config, float *inverse_root,
                                   float *const moments[2], size_t n, int steps) {
  const moment last = {.config = config, .step = steps - 1};
  const double r = rectification(&last);
  const float b = (float)(r * bias_correction(&last));
  const f32x4 undivided = tscope_splat((float)(1 / weight_of_first(&last)));
  EACH {
    const f32x4 divisor = root_of_kept(moments[1] + i, 0) + config->epsilon;
    tscope_store(inverse_root + i, tscope_sqrt4(r > 0 ? (f32x4)(b / divisor) : undivided));
  }
}

/* ---- the table ------------------------------------------------------------------------------ */

enum { L2, DECOUPLED };
enum { ELEMENTS, MATRICES };

typedef struct rule {
  int moments;
  float start[2];
  int decay, scope;
  rule_update *update;
  /* NULL: P = 1. */
  void (*precondition)(const tscope_config *config, float *inverse_root, float *const moments[2],
                       size_t n, int steps);
} rule;

#define RULE_ROW(A, B, id, text, label, moments, first, second, decay, size, scope, \
                 preconditioner, ...)                                               \
  {moments, {first, second}, decay, scope, update_##id, precondition_##preconditioner},

/* The constants of the rules are made of the same rows, so they count them. */
static const rule kRules[TSCOPE_OPTIMIZER_COUNT] = {TSCOPE_RULES(RULE_ROW, , )};

int tscope_rule_moments(int optimizer) { return kRules[optimizer].moments; }
float tscope_rule_moment_start(const tscope_config *config, int i) {
  return tscope_mistake_moment_start(config, i, kRules[config->optimizer].start[i]);
}
int tscope_rule_decouples_decay(int optimizer) { return kRules[optimizer].decay == DECOUPLED; }
int tscope_rule_moves_matrices(int optimizer) { return kRules[optimizer].scope == MATRICES; }

float tscope_rule_rate(const tscope_config *config, int is_matrix, float lr) {
  if (is_matrix || !tscope_rule_moves_matrices(config->optimizer)) return lr;
  return (float)((double)lr * tscope_decimal(config->adamw_ratio));
}

int tscope_rule_has_preconditioner(int optimizer) { return kRules[optimizer].precondition != NULL; }

void tscope_rule_apply(const tscope_config *config, float *theta, const float *gradient,
                       float *const moments[2], size_t n, int step, float lr) {
  kRules[config->optimizer].update(theta, gradient, moments[0], moments[1], n,
                                   &(moment){config, lr, step});
}

/*
 * Where gradients stay 0, as in a network that died, a mean decays until its float is so small that
 * the share which is kept rounds to all of it, and would stay there; and a processor may take a
 * hundred times as long for each such float. To look at every step would make Adam's update a
 * quarter to a half longer. PyTorch does the like, wherever it computes, after
 * torch.set_flush_denormal(True).
 */
enum { STEPS_BETWEEN_FLUSHES = 16 };

void tscope_rule_flush(const tscope_config *config, float *const moments[2], size_t n, int step) {
  if (step % STEPS_BETWEEN_FLUSHES) return;
  for (int i = 0; i < kRules[config->optimizer].moments; i++) tscope_flush_inplace(moments[i], n);
}

int tscope_rule_preconditioner(const tscope_config *config, float *inverse_root,
                               float *const moments[2], size_t n, int steps) {
  if (!tscope_rule_has_preconditioner(config->optimizer) || tscope_mistake_changes_step(config))
    return 0;
  kRules[config->optimizer].precondition(config, inverse_root, moments, n, steps);
  return 1;
}

#define NONE (double)__builtin_nanf("")
#define RULE_LIMIT(A, B, id, text, label, moments, first, second, decay, size, scope, \
                   preconditioner, settings, limit, ...)                              \
  case TSCOPE_OPTIMIZER_##id:                                                         \
    return limit;

double tscope_rule_stability_limit(const tscope_config *config, int step) {
  if (tscope_mistake_changes_step(config)) return NONE;
  /* What the rows' expressions may name. */
  const double momentum = momentum_at(config, step), beta1 = beta1_at(config, step);
  switch (config->optimizer) {
    TSCOPE_RULES(RULE_LIMIT, , )
    default:
      return NONE;
  }
}

#define RULE_MOMENTUM(A, B, id, text, label, moments, first, second, decay, size, scope, \
                      preconditioner, settings, ...)                                     \
  case TSCOPE_OPTIMIZER_##id:                                                            \
    if (strstr(settings, "momentum"))                                                    \
      return is_moving ? momentum_at(config, step) : (double)config->momentum;           \
    if (strstr(settings, "beta1"))                                                       \
      return is_moving ? beta1_at(config, step) : (double)config->beta1;                 \
    return NONE;

double tscope_rule_momentum(const tscope_config *config, int step) {
  const int is_moving = tscope_schedule_cycles_momentum(config);
  switch (config->optimizer) {
    TSCOPE_RULES(RULE_MOMENTUM, , )
    default:
      return NONE;
  }
}

void tscope_rule_step(const tscope_config *config, float *theta, float *gradient, float *moments,
                      int n, int step, float lr) {
  assert(n % 4 == 0 && step >= 0);
  assert(tscope_is_aligned(theta) && tscope_is_aligned(gradient) && tscope_is_aligned(moments));
  const float weight_decay = config->weight_decay;
  const int decoupled = tscope_rule_decouples_decay(config->optimizer);
  float *const both[2] = {moments, moments + n};
  tscope_rule_flush(config, both, (size_t)n, step);
  if (weight_decay > 0 && decoupled)
    tscope_axpy(theta, theta, (size_t)n, -tscope_rule_rate(config, 0, lr) * weight_decay);
  else if (weight_decay > 0)
    tscope_axpy(gradient, theta, (size_t)n, weight_decay);
  (config->mistake ? tscope_mistake_apply : tscope_rule_apply)(config, theta, gradient, both,
                                                               (size_t)n, step, lr);
}

void tscope_rule_scale(const tscope_config *config, float *scale, float *moments, int n,
                       int steps) {
  float *const both[2] = {moments, moments + n};
  if (steps > 0 && tscope_rule_preconditioner(config, scale, both, (size_t)n, steps)) return;
  for (int i = 0; i < n; i++) scale[i] = 1;
}

double tscope_rule_added_curvature(const tscope_config *config) {
  return tscope_rule_decouples_decay(config->optimizer) ? 0 : (double)config->weight_decay;
}
