/**
 * The update rules, exactly as the tuning playbook prints them, for every element:
 *
 *   sgd       θ ← θ - η g
 *   momentum  v ← γ v + g;  θ ← θ - η v
 *   nesterov  v ← γ v + g;  θ ← θ - η (γ v + g)         v already updated
 *   rmsprop   v ← ρ v + (1-ρ) g²;  m ← γ m + η g / √(v + ε);  θ ← θ - m
 *   adam      m ← β₁ m + (1-β₁) g;  v ← β₂ v + (1-β₂) g²
 *             b = √(1-β₂^(t+1)) / (1-β₁^(t+1));  θ ← θ - η b m / (√v + ε)
 *   nadam     m, v, b as adam;  θ ← θ - η b (β₁ m + (1-β₁) g) / (√v + ε)
 *   adamw     θ ← θ - η·decay·θ by the caller, then adam  Loshchilov & Hutter 2019
 *
 * Where they differ from PyTorch: RMSProp's v starts at 1, its ε is inside the root and η inside
 * the momentum; the Adams' ε is outside the root and not bias-corrected; PyTorch's NAdam has a
 * momentum schedule of its own.
 *
 * Source: Godbole et al., Deep Learning Tuning Playbook, "What are the update rules for all the
 * popular optimization algorithms?"
 */
#include <assert.h>
#include <string.h>

#include "math/elementary.h"
#include "math/simd.h"
#include "optim/optim.h"

/** The constants of one step, rounded to float once. */
typedef struct coefficients {
  f32x4 lr, momentum, rho, one_minus_rho, beta1, one_minus_beta1, beta2, one_minus_beta2, epsilon;
} coefficients;

typedef struct rule {
  int moments;
  float start[2];
  void (*update)(float *theta, const float *gradient, float *first, float *second, size_t n,
                 const coefficients *c);
} rule;

#define EACH for (size_t i = 0; i < n; i += 4)

static void sgd(float *theta, const float *gradient, float *first, float *second, size_t n,
                const coefficients *c) {
  (void)first, (void)second;
  EACH tscope_store(theta + i, tscope_load(theta + i) - c->lr * tscope_load(gradient + i));
}

static void momentum(float *theta, const float *gradient, float *first, float *second, size_t n,
                     const coefficients *c) {
  (void)second;
  EACH {
    f32x4 v = c->momentum * tscope_load(first + i) + tscope_load(gradient + i);
    tscope_store(first + i, v);
    tscope_store(theta + i, tscope_load(theta + i) - c->lr * v);
  }
}

static void nesterov(float *theta, const float *gradient, float *first, float *second, size_t n,
                     const coefficients *c) {
  (void)second;
  EACH {
    f32x4 g = tscope_load(gradient + i);
    f32x4 v = c->momentum * tscope_load(first + i) + g;
    tscope_store(first + i, v);
    tscope_store(theta + i, tscope_load(theta + i) - c->lr * (c->momentum * v + g));
  }
}

static void rmsprop(float *theta, const float *gradient, float *first, float *second, size_t n,
                    const coefficients *c) {
  EACH {
    f32x4 g = tscope_load(gradient + i);
    f32x4 v = c->rho * tscope_load(first + i) + c->one_minus_rho * g * g;
    f32x4 m = c->momentum * tscope_load(second + i) + c->lr * g / tscope_sqrt4(v + c->epsilon);
    tscope_store(first + i, v);
    tscope_store(second + i, m);
    tscope_store(theta + i, tscope_load(theta + i) - m);
  }
}

/* lr already holds η b. */
TSCOPE_INLINE void adam_or_nadam(float *theta, const float *gradient, float *first, float *second,
                                 size_t n, const coefficients *c, int looks_ahead) {
  EACH {
    f32x4 g = tscope_load(gradient + i);
    f32x4 m = c->beta1 * tscope_load(first + i) + c->one_minus_beta1 * g;
    f32x4 v = c->beta2 * tscope_load(second + i) + c->one_minus_beta2 * g * g;
    f32x4 direction = m;
    if (looks_ahead) direction = c->beta1 * m + c->one_minus_beta1 * g;
    tscope_store(first + i, m);
    tscope_store(second + i, v);
    tscope_store(theta + i,
                 tscope_load(theta + i) - c->lr * direction / (tscope_sqrt4(v) + c->epsilon));
  }
}

static void adam(float *theta, const float *gradient, float *first, float *second, size_t n,
                 const coefficients *c) {
  adam_or_nadam(theta, gradient, first, second, n, c, 0);
}

static void nadam(float *theta, const float *gradient, float *first, float *second, size_t n,
                  const coefficients *c) {
  adam_or_nadam(theta, gradient, first, second, n, c, 1);
}

static const rule RULES[TSCOPE_OPTIMIZER_COUNT] = {
    [TSCOPE_OPTIMIZER_sgd] = {0, {0, 0}, sgd},
    [TSCOPE_OPTIMIZER_momentum] = {1, {0, 0}, momentum},
    [TSCOPE_OPTIMIZER_nesterov] = {1, {0, 0}, nesterov},
    [TSCOPE_OPTIMIZER_rmsprop] = {2, {1, 0}, rmsprop},
    [TSCOPE_OPTIMIZER_adam] = {2, {0, 0}, adam},
    [TSCOPE_OPTIMIZER_nadam] = {2, {0, 0}, nadam},
    [TSCOPE_OPTIMIZER_adamw] = {2, {0, 0}, adam},
};

int tscope_rule_moments(int optimizer) { return RULES[optimizer].moments; }
float tscope_rule_moment_start(int optimizer, int i) { return RULES[optimizer].start[i]; }

/** beta^t; exact 0 for beta 0, so that the correction is 1. */
static double power(double beta, int t) { return beta > 0 ? tscope_pow(beta, t) : 0; }

static double bias_correction(const tscope_config *config, int step) {
  return tscope_sqrt(1 - power(config->beta2, step + 1)) / (1 - power(config->beta1, step + 1));
}

static int is_adam_like(int optimizer) {
  return optimizer == TSCOPE_OPTIMIZER_adam || optimizer == TSCOPE_OPTIMIZER_nadam ||
         optimizer == TSCOPE_OPTIMIZER_adamw;
}

void tscope_rule_apply(const tscope_config *config, float *theta, const float *gradient,
                       float *const moments[2], size_t n, int step, float lr) {
  double rate = (double)lr;
  if (is_adam_like(config->optimizer)) rate *= bias_correction(config, step);
  const coefficients c = {
      .lr = tscope_splat((float)rate),
      .momentum = tscope_splat(config->momentum),
      .rho = tscope_splat(config->rho),
      .one_minus_rho = tscope_splat(1 - config->rho),
      .beta1 = tscope_splat(config->beta1),
      .one_minus_beta1 = tscope_splat(1 - config->beta1),
      .beta2 = tscope_splat(config->beta2),
      .one_minus_beta2 = tscope_splat(1 - config->beta2),
      .epsilon = tscope_splat(config->epsilon),
  };
  RULES[config->optimizer].update(theta, gradient, moments[0], moments[1], n, &c);
}

/* With Adam's correction for the start of the means, P = (1 - β₁^t) (√(v / (1 - β₂^t)) + ε); ours
 * scales ε too (see b above). Source: Cohen et al. 2022, "Adaptive Gradient Methods at the Edge of
 * Stability". */
int tscope_rule_preconditioner(const tscope_config *config, float *inverse_root,
                               float *const moments[2], size_t n, int steps) {
  const int is_rmsprop = config->optimizer == TSCOPE_OPTIMIZER_rmsprop;
  if (!is_rmsprop && !is_adam_like(config->optimizer)) return 0;
  const float epsilon = config->epsilon;
  const float scale = is_rmsprop ? 1.0f : (float)bias_correction(config, steps - 1);
  const float *squares = is_rmsprop ? moments[0] : moments[1];
  EACH {
    const f32x4 v = tscope_load(squares + i);
    f32x4 divisor = tscope_sqrt4(v) + epsilon;
    if (is_rmsprop) divisor = tscope_sqrt4(v + epsilon);
    tscope_store(inverse_root + i, tscope_sqrt4(scale / divisor));
  }
  return 1;
}

/**
 * On a quadratic with curvature λ each rule is a linear recurrence; it is stable while its roots
 * lie in the unit circle. sgd: 2. Heavy ball: 2 + 2γ (Polyak 1964). Nesterov: (2 + 2γ) / (1 + 2γ).
 * RMSProp's momentum is a heavy ball on the preconditioned gradient. Adam's first moment is a heavy
 * ball that weighs the gradient by 1 - β₁, so (2 + 2β₁) / (1 - β₁) (Cohen et al. 2022), and NAdam's
 * relates to it as Nesterov's to the heavy ball.
 */
double tscope_rule_stability_limit(const tscope_config *config) {
  const double gamma = (double)config->momentum, beta = (double)config->beta1;
  switch (config->optimizer) {
    case TSCOPE_OPTIMIZER_momentum:
    case TSCOPE_OPTIMIZER_rmsprop:
      return 2 + 2 * gamma;
    case TSCOPE_OPTIMIZER_nesterov:
      return (2 + 2 * gamma) / (1 + 2 * gamma);
    case TSCOPE_OPTIMIZER_adam:
    case TSCOPE_OPTIMIZER_adamw:
      return (2 + 2 * beta) / (1 - beta);
    case TSCOPE_OPTIMIZER_nadam:
      return (2 + 2 * beta) / ((1 + 2 * beta) * (1 - beta));
    default:
      return 2;
  }
}

void tscope_rule_step(const tscope_config *config, float *theta, float *gradient, float *moments,
                      int n, int step, float lr) {
  assert(n % 4 == 0 && step >= 0);
  assert(tscope_is_aligned(theta) && tscope_is_aligned(gradient) && tscope_is_aligned(moments));
  const float decay = config->weight_decay;
  const int decoupled = config->optimizer == TSCOPE_OPTIMIZER_adamw;
  float *const both[2] = {moments, moments + n};
  for (int i = 0; i < n && decay > 0; i++) {
    if (decoupled) {
      theta[i] -= lr * decay * theta[i];
    } else {
      gradient[i] += decay * theta[i];
    }
  }
  tscope_rule_apply(config, theta, gradient, both, (size_t)n, step, lr);
}

void tscope_rule_scale(const tscope_config *config, float *scale, float *moments, int n,
                       int steps) {
  float *const both[2] = {moments, moments + n};
  if (steps > 0 && tscope_rule_preconditioner(config, scale, both, (size_t)n, steps)) return;
  for (int i = 0; i < n; i++) scale[i] = 1;
}

double tscope_rule_added_curvature(const tscope_config *config) {
  return config->optimizer == TSCOPE_OPTIMIZER_adamw ? 0 : (double)config->weight_decay;
}
