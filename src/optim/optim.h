/** Learning-rate schedules, update rules and the running statistics of gradient norms. */
#ifndef TRAINSCOPE_OPTIM_OPTIM_H
#define TRAINSCOPE_OPTIM_OPTIM_H

#include <stddef.h>
#include <stdint.h>

#include "trainscope/config.h"
#include "trainscope/trainer.h"

/** η at `step`, counted from 0, warmup included. See schedule.c for the formulas. */
double tscope_schedule_rate(const tscope_config *config, int step);

/** Whether momentum is a matter of the step. */
int tscope_schedule_cycles_momentum(const tscope_config *config);
/** What a rule's momentum is at `step`, be it γ or β₁: down from the setting while the rate rises
 * and back, where the schedule says so. A setting below the cycle's lowest, which only a live
 * change can bring, stays. */
double tscope_schedule_momentum(const tscope_config *config, double momentum, int step);

/** The momentum of config's rule at `step`, γ or β₁; NaN for a rule that has neither. */
double tscope_rule_momentum(const tscope_config *config, int step);

/**
 * One update of a flat vector by config's rule, in place. No weight decay: the caller adds L2 to
 * the gradient, or shrinks the weights before the step where the rule decouples the two. theta,
 * gradient, moments[0], moments[1]: [n], n a multiple of 4, 16-byte aligned. step counts from 0.
 */
void tscope_rule_apply(const tscope_config *config, float *theta, const float *gradient,
                       float *const moments[2], size_t n, int step, float lr);

/** Before a step: every so many steps, what is smaller than any normal float in the moments becomes
 * 0. */
void tscope_rule_flush(const tscope_config *config, float *const moments[2], size_t n, int step);

/**
 * 1/√P for every element, where the rule moves by P^-1 times a mean of gradients: what turns the
 * Hessian into the matrix whose largest eigenvalue meets tscope_rule_stability_limit. steps: taken
 * so far, at least 1. Returns 0, and writes nothing, for rules with P = 1.
 */
int tscope_rule_preconditioner(const tscope_config *config, float *inverse_root,
                               float *const moments[2], size_t n, int steps);

/** Whether weight decay shrinks the weights apart from the gradient, instead of being L2. */
int tscope_rule_decouples_decay(int optimizer);
/** Whether the rule moves the weights of hidden layers as matrices, whole; tscope_rule_apply takes
 * all else. */
int tscope_rule_moves_matrices(int optimizer);
/** Of numbers of such a matrix: takes the gradient into the first moment, and makes of it what the
 * matrix is to move along, once tscope_newton_schulz has made that orthogonal. */
void tscope_rule_direct(const tscope_config *config, float *gradient, float *first, size_t n,
                        int step);
/** The rate of such matrices, and of all else, where a step's rate is lr. */
float tscope_rule_rate(const tscope_config *config, int is_matrix, float lr);
/** Whether the rule has a P other than 1: whether tscope_rule_preconditioner writes. */
int tscope_rule_has_preconditioner(int optimizer);

/* ---- published mistakes: mistake_fields.h. Where the setting is none, each says what is right ---
 */

/** As tscope_rule_apply, with the step of config's mistake. Of one that spares weights, of what is
 * no weight: the caller tells them apart. */
void tscope_mistake_apply(const tscope_config *config, float *theta, const float *gradient,
                          float *const moments[2], size_t n, int step, float lr);
/** Whether steps are other than the rule's: what theory says of the rule does not hold then. */
int tscope_mistake_changes_step(const tscope_config *config);
/** Whether weights move as the rule says, and only the others are mistaken. */
int tscope_mistake_spares_weights(const tscope_config *config);
/** Where moment i starts, `start` being the rule's own. */
float tscope_mistake_moment_start(const tscope_config *config, int i, float start);
/** The weight decay that acts, with batches of so many samples. */
float tscope_mistake_weight_decay(const tscope_config *config, int batch);
/** Whether the gradient's norm is recorded as clipping left it. */
int tscope_mistake_logs_clipped(const tscope_config *config);

/** A histogram of norms on a logarithmic grid: 64 bins a decade from 1e-12 to 1e12; what lies
 * outside is clamped. */
typedef struct tscope_norms {
  uint32_t bins[TSCOPE_NORM_BINS];
  uint32_t count;
  uint32_t zeros, tiny; /* of those in the first bin: exactly 0, and below all bins, 0 included */
  float max;
} tscope_norms;

/** Counts a finite norm. */
void tscope_norms_add(tscope_norms *norms, double norm);
/** The percentile (0 … 100), within 2 %, linear between order statistics. NaN while empty. */
double tscope_norms_percentile(const tscope_norms *norms, double percentile);
/** The same as it is told: 0 where it is one, the lowest bin's edge where it is below that, and
 * never above the largest. Thresholds keep the bin's. */
double tscope_norms_told(const tscope_norms *norms, double percentile);

#endif
