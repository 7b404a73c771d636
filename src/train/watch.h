/**
 * Watches a run for instability by looking at what has no noise: the loss of the same few training
 * samples.
 *
 * A loss of a small batch rises and falls with its samples, and no statistic of batch losses alone
 * tells that from an instability. So every so often the probe, a few fixed training samples, is
 * evaluated, and wherever the batch losses look as if the loss had risen; where it has risen too,
 * more samples are evaluated at the parameters of now and at those at which the probe was lowest,
 * which are kept. Only if their loss has risen as well is it an instability. A look changes
 * nothing in the run: no random number, no running statistics.
 *
 * Where a batch is all there is to train on, its own loss is as free of noise, and costs nothing.
 */
#ifndef TRAINSCOPE_TRAIN_WATCH_H
#define TRAINSCOPE_TRAIN_WATCH_H

#include <stdint.h>

#include "optim/optim.h"

/* At most so many samples are watched, in levels of which the first is the probe. */
enum { TSCOPE_WATCHED_SAMPLES = 256, TSCOPE_PROBE_LEVELS = 3 };

struct tscope_trainer;

/** The part of it in the state. */
typedef struct tscope_watch {
  double probe;                       /* the probe's loss at the last look */
  double first;                       /* the probe's loss before the first step */
  double lowest[TSCOPE_PROBE_LEVELS]; /* at the parameters kept; < 0: not evaluated */
  double refuted; /* how far over its limit the probe was when more samples refuted it, fading */
  double credit;  /* that may be spent on more samples than the probe's, in steps */
  double spent;   /* on looks so far, in steps */
  double open_probe, open_loss,
      open_peak;        /* of the open episode: before it, and the probe's peak */
  int32_t looked_at;    /* the step of that look */
  int32_t probe_is_odd; /* its samples got different answers; heard after an episode only */
  int32_t lowest_step;
  int32_t next_look, next_suspicion; /* not before these steps */
  int32_t was_suspicious;
  int32_t pending;                /* a step at which an early rise must still be there */
  tscope_norms typical_at_lowest; /* the typical norms when the probe was lowest */
} tscope_watch;

/** Whether looks need samples of their own; elsewhere the batch's loss is exact. Before that:
 * sampler and network. */
int tscope_watch_needs_probe(const struct tscope_trainer *trainer, int batch);

/** Chooses the samples; for a run whose state was just made. */
void tscope_watch_init(struct tscope_trainer *trainer);

/**
 * After a step's batch went through and before its update: loss, the batch's, NaN where loss or
 * norm is not finite. Returns TSCOPE_EVENT_unstable where an episode is detected,
 * TSCOPE_EVENT_recovered where one ends, or 0.
 */
int tscope_watch_step(struct tscope_trainer *trainer, double loss, double norm);

/**
 * Counts a step's finite norm, after tscope_watch_step: among the typical ones only if the network
 * is well. An episode's are not, from the step at which the loss was last at its minimum until it
 * is back there: then the network does again what it did before, and its norms are typical again.
 */
void tscope_watch_norm(struct tscope_trainer *trainer, double norm);

/** A percentile of the typical norms; NaN where there are too few for it to mean something. */
double tscope_watch_typical(const struct tscope_trainer *trainer, double percentile);

/** Their percentile clip_percentile as a threshold: NaN also where it is too small to be known. */
double tscope_watch_threshold(const struct tscope_trainer *trainer);

/** What a network says to watched samples. */
typedef struct tscope_answers {
  int count;
  int cut; /* the first unit whose output is the same for all of them; the output's own is the last
            */
  int odd; /* so many get another answer than most */
} tscope_answers;

/** Whether the cost of asking all can be borne now: where batches are not small, always. */
int tscope_watch_may_ask(const struct tscope_trainer *trainer);
/** Mean loss of watched samples now. */
double tscope_watch_ask(struct tscope_trainer *trainer, tscope_answers *answers);
/** Whether the probe's few samples got different answers at the last look, more than one of them.
 */
int tscope_watch_probe_is_odd(struct tscope_trainer *trainer);
/** Whether the answers are the same for nearly all: of a few, one may differ. */
int tscope_are_alike(const tscope_answers *answers);
/** The gradient of their mean loss, into trainer->gradient. */
void tscope_watch_measure_gradient(struct tscope_trainer *trainer);

#endif
