/** What a step is made of, for the rules of the table (rules.c) and for their mistakes
 * (mistakes.c). */
#ifndef TRAINSCOPE_OPTIM_RULE_STEP_H
#define TRAINSCOPE_OPTIM_RULE_STEP_H

#include "optim/optim.h"
#include "optim/running_means.h"

/** One step of a rule, which makes its own constants of it: rounded to float once, and kept in
 * registers, which what it is handed is not. */
typedef struct moment {
  const tscope_config *config;
  float lr;
  int step; /* counts from 0 */
} moment;

/** theta, gradient and the moments: [n], in place. */
typedef void rule_update(float *theta, const float *gradient, float *first, float *second, size_t n,
                         const moment *now);

#define EACH for (size_t i = 0; i < n; i += 4)

/** γ and β₁ at a step: with a schedule that moves them, PyTorch's Adam corrects by β₁ of now, too.
 */
static inline double momentum_at(const tscope_config *config, int step) {
  return tscope_schedule_momentum(config, tscope_decimal(config->momentum), step);
}
static inline double beta1_at(const tscope_config *config, int step) {
  return tscope_schedule_momentum(config, tscope_decimal(config->beta1), step);
}

static inline decay decay_of_momentum(const moment *m) {
  return tscope_schedule_cycles_momentum(m->config) ? decay_by(momentum_at(m->config, m->step))
                                                    : decay_of_velocity(m->config->momentum);
}

/** beta^t; exact 0 for beta 0, so that the correction is 1. */
static inline double power(double beta, int t) { return beta > 0 ? tscope_pow(beta, t) : 0; }

/** What the means of a step that counts from 0 have of their weight: 1 - β^(step + 1). */
static inline double weight_of_first(const moment *m) {
  return 1 - power(beta1_at(m->config, m->step), m->step + 1);
}
static inline double weight_of_second(const moment *m) {
  return 1 - power(tscope_decimal(m->config->beta2), m->step + 1);
}

#endif
