/** The bias-corrected exponential mean that a run's curves are read by. */
#ifndef TRAINSCOPE_TRAIN_SMOOTHING_H
#define TRAINSCOPE_TRAIN_SMOOTHING_H

#include <stdint.h>

typedef struct tscope_smoothing {
  double average, weight; /* 0.95^t, for the bias correction */
  int32_t count;
} tscope_smoothing;

/** Adds a finite value to a mean that began as zeros; returns the mean. */
static inline double tscope_smoothing_add(tscope_smoothing *mean, double value) {
  static const double BETA = 0.95;
  mean->weight = mean->count++ ? mean->weight * BETA : BETA;
  mean->average = mean->average * BETA + (1 - BETA) * value;
  return mean->average / (1 - mean->weight);
}

#endif
