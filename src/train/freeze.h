/**
 * Whether a network is dead: it answers the same whatever the input, no better than guessing, and
 * nothing brings it back. A step that was too long does that, where it drives units so far to the
 * side on which they are flat that no sample, or next to none, moves them any more.
 *
 * It shows in two ways. Silent: no gradient reaches what stands next to the inputs. Each step's own
 * gradient tells, at no cost while a network is alive; once it has been silent for a while, step
 * after step, the watched samples are asked for theirs and for their answers. Stuck: after an
 * episode of instability a few samples are still told apart, and their gradient is small but not
 * none. There the watched samples are asked, several times in a row, wherever the probe's loss is
 * that of guessing.
 *
 * Nothing is said of networks with batchnorm: an unlucky batch's statistics may wake their units
 * hundreds of steps later, one in ten of those that would be called dead.
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
  int32_t stuck;    /* how often in a row the watched samples said that it is stuck */
  int32_t doubts;   /* how often they denied it */
  int32_t next_ask; /* not before this step */
} tscope_freeze;

/** Of a step whose batch went through, before its update, with its norm. Returns whether the
 * network may be silent and must be judged after it. */
int tscope_freeze_listen(struct tscope_trainer *trainer, double norm);

/** After the update: TSCOPE_EVENT_dead where the network is found dead, or 0. */
int tscope_freeze_judge(struct tscope_trainer *trainer, int may_be_silent);

#endif
