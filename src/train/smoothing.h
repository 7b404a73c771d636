/** The bias-corrected exponential mean that a run's curves are read by. */
#ifndef TRAINSCOPE_TRAIN_SMOOTHING_H
#define TRAINSCOPE_TRAIN_SMOOTHING_H

#include <stdint.h>

#include "train/definitions.h"

typedef struct tscope_smoothing {
  double average, weight; /* β^t, for the bias correction */
  int32_t count;
} tscope_smoothing;

/** Adds a finite value to a mean that began as zeros; returns the mean. */
static inline double tscope_smoothing_add_with(tscope_smoothing *mean, double value, double beta) {
  mean->weight = mean->count++ ? mean->weight * beta : beta;
  mean->average = mean->average * beta + (1 - beta) * value;
  return mean->average / (1 - mean->weight);
}

/** Likewise, with the β that a run's curves are smoothed by. */
static inline double tscope_smoothing_add(tscope_smoothing *mean, double value) {
  return tscope_smoothing_add_with(mean, value, TSCOPE_DEFINITION_smoothing);
}

#endif
