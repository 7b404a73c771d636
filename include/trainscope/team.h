/**
 * Threads that train one run together. They share out outputs, never sums, so their number changes
 * no bit. The threads come from the caller: pthreads, or instances of the WebAssembly module on one
 * shared memory, each with a stack of its own.
 */
#ifndef TRAINSCOPE_TEAM_H
#define TRAINSCOPE_TEAM_H

#include <stdint.h>

#include "trainscope/declare.h"

TSCOPE_DECLARE

/** At most so many threads in a team. */
enum { TSCOPE_THREADS_MAX = 16 };

typedef struct tscope_team tscope_team;

/** Bytes of memory for a team, 16-byte aligned, the caller's. */
int32_t tscope_team_bytes(void);

/** Before any thread serves. count: 1 to TSCOPE_THREADS_MAX, the thread that will train included.
 */
void tscope_team_init(tscope_team *team, int32_t count);

/** The life of thread `index` (1 to count - 1): it works whenever a run of the team does, and
 * returns after tscope_team_dismiss(). */
void tscope_team_serve(tscope_team *team, int32_t index);

/** Sends the threads home. Between steps; runs of the team go on with one thread. */
void tscope_team_dismiss(tscope_team *team);

TSCOPE_DECLARED

#endif
