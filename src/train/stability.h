/** Watches the loss for instability: the definition is the contract's, "Loss instability". */
#ifndef TRAINSCOPE_TRAIN_STABILITY_H
#define TRAINSCOPE_TRAIN_STABILITY_H

#include "optim/optim.h"
#include "train/smoothing.h"
#include "trainscope/trainer.h"

typedef struct tscope_stability {
  tscope_smoothing mean; /* of the batch loss */
  double smoothed, first_smoothed, first_loss;
  double minimum; /* running minimum of the smoothed loss */
  int32_t minimum_step;
  int32_t is_open;     /* the last episode has not recovered */
  double open_minimum; /* what it has to come back to */
  int32_t episode_count;
  tscope_episode episodes[TSCOPE_EPISODES_MAX]; /* of more, the last one is overwritten */
} tscope_stability;

/**
 * Adds a step's batch loss and unclipped norm. baseline is L0; norms those
 * before this step. Returns TSCOPE_EVENT_unstable where an episode is detected,
 * TSCOPE_EVENT_recovered where one ends, or 0. A loss that is not finite counts as unstable.
 */
int tscope_stability_add(tscope_stability *stability, int step, int total_steps, double loss,
                         double norm, double baseline, const tscope_norms *norms);

/** Mid if any episode is, else early if any is, else stable. */
int tscope_stability_verdict(const tscope_stability *stability);

#endif
