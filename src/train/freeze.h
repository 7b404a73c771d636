/**
 * Whether a network is dead: no gradient reaches what stands next to its inputs, so that nothing
 * there moves any more, and what follows answers the same whatever the input, no better than
 * guessing. A step that was too long does that, where it drives units so far to the side on which
 * they are flat that no sample brings them back.
 *
 * Each step's own gradient tells, at no cost while a network is alive; once it has been silent for
 * a while, step after step, the watched samples are asked for theirs and for their answers.
 *
 * Nothing is said of networks with batchnorm: an unlucky batch's statistics may wake their units
 * hundreds of steps later.
 */
#ifndef TRAINSCOPE_TRAIN_FREEZE_H
#define TRAINSCOPE_TRAIN_FREEZE_H

#include <stdint.h>

struct tscope_trainer;

/** The part of it in the state. */
typedef struct tscope_freeze {
  int32_t still;    /* steps in a row whose gradient did not reach the first layer */
  int32_t refusals; /* how often the watched samples said no */
  int32_t dead_at;  /* the step at which it was found dead, or -1 */
} tscope_freeze;

/** Of a step whose batch went through, before its update, with its norm. Returns whether the
 * network must be judged after it. */
int tscope_freeze_listen(struct tscope_trainer *trainer, double norm);

/** After that update: TSCOPE_EVENT_dead where the network is found dead, or 0. */
int tscope_freeze_judge(struct tscope_trainer *trainer);

#endif
