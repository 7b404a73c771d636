/**
 * Work that several threads share. Everybody runs the same function on a part of its outputs and
 * waits for the others at barriers. A team of one, or none (NULL), is the caller alone and costs
 * nothing.
 */
#ifndef TRAINSCOPE_BASE_TEAM_H
#define TRAINSCOPE_BASE_TEAM_H

#include "trainscope/team.h"

/** One thread's part of `count` parts. */
typedef struct tscope_part {
  int index, count;
} tscope_part;

static const tscope_part TSCOPE_WHOLE = {0, 1};

/** This part's share of n things: [begin, end). */
static inline int tscope_part_begin(tscope_part part, int n) {
  if (part.index == 0) return 0; /* a thread alone need not divide */
  return (int)((int64_t)n * part.index / part.count);
}
static inline int tscope_part_end(tscope_part part, int n) {
  if (part.index + 1 == part.count) return n;
  return (int)((int64_t)n * (part.index + 1) / part.count);
}

typedef void tscope_work(void *context, tscope_part part);

/** Runs work on every thread, the caller as part 0; returns when all have finished. */
void tscope_team_run(tscope_team *team, tscope_work *work, void *context);

/** Inside work: waits until every thread has come here. */
void tscope_team_barrier(tscope_team *team);

#endif
