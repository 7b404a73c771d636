/**
 * The published mistakes of the table in mistake_fields.h: for each that is in a step, that step as
 * the library takes it, and else as the rule in rules.c does. Apart from those, so that nothing
 * here touches the bits or the speed of a run without mistakes.
 */
#include "optim/rule_step.h"

/* ---- Adam ----------------------------------------------------------------------------------- */

typedef struct adam_means {
  decay beta1, beta2;
} adam_means;

static adam_means means_of(const moment *now) {
  return (adam_means){decay_by(beta1_at(now->config, now->step)),
                      decay_of_mean(now->config->beta2)};
}

/** The step that all placements of epsilon have in common: η · scale · m / (stretch √(v + inside) +
 * outside). */
static void adam_step(float *theta, const float *gradient, float *first, float *second, size_t n,
                      const moment *now, double scale, double stretch, double inside,
                      double outside) {
  const adam_means means = means_of(now);
  const f32x4 lr = tscope_splat((float)((double)now->lr * scale));
  const float in_root = (float)inside, beside = (float)outside, factor = (float)stretch;
  EACH {
    const f32x4 g = tscope_load(gradient + i);
    const f32x4 m = mean(&means.beta1, tscope_load(first + i), g);
    const f32x4 root = root_mean_square(&means.beta2, second + i, g, in_root, now->config->epsilon);
    tscope_store(first + i, m);
    tscope_store(theta + i, tscope_load(theta + i) - lr * m / (factor * root + beside));
  }
}

/** Both moments times what they should be divided by. */
static void mistaken_adam_multiplies(float *theta, const float *gradient, float *first,
                                     float *second, size_t n, const moment *now) {
  adam_step(theta, gradient, first, second, n, now, weight_of_first(now),
            tscope_sqrt(weight_of_second(now)), 0, (double)now->config->epsilon);
}

/** The paper's algorithm as it is printed first: epsilon is added to the corrected root. */
static void mistaken_adam_epsilon_corrected(float *theta, const float *gradient, float *first,
                                            float *second, size_t n, const moment *now) {
  adam_step(theta, gradient, first, second, n, now, 1 / weight_of_first(now),
            1 / tscope_sqrt(weight_of_second(now)), 0, (double)now->config->epsilon);
}

/** √(v / w + ε) is √(v + w ε) / √w, which a float holds for every v. */
static void mistaken_adam_epsilon_inside(float *theta, const float *gradient, float *first,
                                         float *second, size_t n, const moment *now) {
  const double weight = weight_of_second(now);
  adam_step(theta, gradient, first, second, n, now, 1 / weight_of_first(now),
            1 / tscope_sqrt(weight), weight * (double)now->config->epsilon, 0);
}

/** The step first, the moments after it; the correction is this step's. */
static void mistaken_adam_bias_lags(float *theta, const float *gradient, float *first,
                                    float *second, size_t n, const moment *now) {
  const adam_means means = means_of(now);
  const float epsilon = now->config->epsilon;
  const double b = tscope_sqrt(weight_of_second(now)) / weight_of_first(now);
  const f32x4 lr = tscope_splat((float)((double)now->lr * b));
  EACH {
    const f32x4 g = tscope_load(gradient + i), m = tscope_load(first + i);
    const f32x4 root = root_of_kept(second + i, 0);
    tscope_store(theta + i, tscope_load(theta + i) - lr * m / (root + epsilon));
    tscope_store(first + i, mean(&means.beta1, m, g));
    root_mean_square(&means.beta2, second + i, g, 0, epsilon);
  }
}

/* ---- the others ------------------------------------------------------------------------------ */

/** The rule's own step: the mistake is where the mean of squares starts. */
#define mistaken_rmsprop_from_zero NULL

static void mistaken_rmsprop_epsilon_outside(float *theta, const float *gradient, float *first,
                                             float *second, size_t n, const moment *now) {
  const f32x4 lr = tscope_splat(now->lr);
  const float epsilon = now->config->epsilon;
  const decay momentum = decay_of_momentum(now), rho = decay_of_mean(now->config->rho);
  EACH {
    const f32x4 g = tscope_load(gradient + i);
    const f32x4 root = root_mean_square(&rho, first + i, g, 0, epsilon);
    const f32x4 m = velocity(&momentum, tscope_load(second + i), lr * g / (root + epsilon));
    tscope_store(second + i, m);
    tscope_store(theta + i, tscope_load(theta + i) - m);
  }
}

/** Both means start at 0 and, as long as the quotient of their roots is 1, take in the same square:
 * so it stays 1, exactly, and the step is the gradient. */
static void mistaken_adadelta_is_sgd(float *theta, const float *gradient, float *first,
                                     float *second, size_t n, const moment *now) {
  const f32x4 lr = tscope_splat(now->lr);
  const float epsilon = now->config->epsilon;
  const decay rho = decay_of_mean(now->config->rho);
  EACH {
    const f32x4 g = tscope_load(gradient + i);
    const f32x4 step = g * (root_of_kept(second + i, epsilon) / root_of_kept(first + i, epsilon));
    root_mean_square(&rho, first + i, g, epsilon, epsilon);
    root_mean_square(&rho, second + i, step, epsilon, epsilon);
    tscope_store(theta + i, tscope_nmadd(lr, step, tscope_load(theta + i)));
  }
}

/** Plain SGD, and the velocity stays 0. */
static void mistaken_momentum_spares_biases(float *theta, const float *gradient, float *first,
                                            float *second, size_t n, const moment *now) {
  const f32x4 lr = tscope_splat(now->lr);
  (void)first, (void)second;
  EACH tscope_store(theta + i, tscope_nmadd(lr, tscope_load(gradient + i), tscope_load(theta + i)));
}

/* In none of them is the step another. */
#define mistaken_l2_over_batch NULL
#define mistaken_norm_after_clipping NULL

/* ---- the table ------------------------------------------------------------------------------ */

enum { NOTHING, STEP, BIASES, DECAY, LOG };

/* No moment starts below 0. */
#define AS_RULE -1

typedef struct mistake {
  int acts;
  float first;
  rule_update *update; /* NULL: as the rule */
} mistake;

#define MISTAKE_ROW(A, B, id, text, label, where, rules, acts, first, ...) \
  {acts, first, mistaken_##id},
static const mistake kMistakes[TSCOPE_MISTAKE_COUNT] = {
    [TSCOPE_MISTAKE_none] = {NOTHING, AS_RULE, NULL}, TSCOPE_MISTAKE_ROWS(MISTAKE_ROW, , )};

static int acts_on(const tscope_config *config, int what) {
  return kMistakes[config->mistake].acts == what;
}

int tscope_mistake_changes_step(const tscope_config *config) {
  return acts_on(config, STEP) || acts_on(config, BIASES);
}

int tscope_mistake_spares_weights(const tscope_config *config) { return acts_on(config, BIASES); }

float tscope_mistake_moment_start(const tscope_config *config, int i, float start) {
  const float first = kMistakes[config->mistake].first;
  return i == 0 && first >= 0 ? first : start;
}

float tscope_mistake_weight_decay(const tscope_config *config, int batch) {
  return acts_on(config, DECAY) ? config->weight_decay / (float)batch : config->weight_decay;
}

int tscope_mistake_logs_clipped(const tscope_config *config) {
  const int clips_gradient =
      config->clip == TSCOPE_CLIP_norm || config->clip == TSCOPE_CLIP_adaptive;
  return acts_on(config, LOG) && clips_gradient;
}

void tscope_mistake_apply(const tscope_config *config, float *theta, const float *gradient,
                          float *const moments[2], size_t n, int step, float lr) {
  rule_update *update = kMistakes[config->mistake].update;
  if (update)
    update(theta, gradient, moments[0], moments[1], n, &(moment){config, lr, step});
  else
    tscope_rule_apply(config, theta, gradient, moments, n, step, lr);
}
