/**
 * Instability of a run: what is suspicious in its batch losses, how high a loss may rise above its
 * minimum, and the episodes found. The definition is the contract's, "Loss instability"; watch.c
 * decides by it.
 */
#ifndef TRAINSCOPE_TRAIN_STABILITY_H
#define TRAINSCOPE_TRAIN_STABILITY_H

#include "optim/optim.h"
#include "train/smoothing.h"
#include "trainscope/trainer.h"

typedef struct tscope_stability {
  tscope_smoothing mean, recent; /* of the batch loss; recent: of a few */
  double smoothed, first_loss;
  double minimum;  /* running minimum of the smoothed loss */
  int32_t is_open; /* the last episode has not recovered */
  int32_t episode_count;
  tscope_episode episodes[TSCOPE_EPISODES_MAX]; /* of more, the last one is overwritten */
} tscope_stability;

/**
 * The loss from which a rise above the minimum is an instability:
 * max(minimum + 0.1 L0, min(2 minimum, halfway from minimum to L0)); 1.5 minimum instead of the
 * second where the minimum is not below L0.
 */
double tscope_rise_limit(double minimum, double baseline);

/**
 * Adds a step's finite batch loss. Returns whether it, or the smoothed loss, has risen so far that
 * the cause may be more than the noise of a batch: reason enough to look closer, and no more than
 * that.
 */
int tscope_stability_suspects(tscope_stability *stability, int step, double loss, double baseline);

/** An episode begins; its peak, and what comes after, are told by follow. */
void tscope_stability_open(tscope_stability *stability, const tscope_episode *episode);
/** The open episode at a step with this norm; loss: what was measured of it, or NaN. */
void tscope_stability_follow(tscope_stability *stability, int step, double loss, double norm);
/** The last episode has not ended after all. Returns whether there is one. */
int tscope_stability_reopen(tscope_stability *stability);
/** The open episode ends. */
void tscope_stability_close(tscope_stability *stability, int step);

/**
 * Mid if any episode is, else early if any is, else stable; episodes that were over within a small
 * share of the run's total steps count as recovered only, which weighs less than either.
 */
int tscope_stability_verdict(const tscope_stability *stability, int total_steps);

/** Whether that verdict is one of instability. */
int tscope_stability_is_unstable(const tscope_stability *stability, int total_steps);

#endif
