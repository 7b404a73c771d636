#if !defined(__wasm__) && !defined(_POSIX_C_SOURCE)
#define _POSIX_C_SOURCE 200809L /* sched_yield. NOLINT(bugprone-reserved-identifier) */
#endif

#include "base/team.h"

#include <stdatomic.h>
#include <stddef.h>
#ifndef __wasm__
#include <sched.h>
#endif

struct tscope_team {
  int32_t count;
  int32_t is_dismissed;
  tscope_work *work;
  void *context;
  _Atomic int32_t call;     /* how many times the leader has called */
  _Atomic int32_t arrived;  /* at the present barrier */
  _Atomic int32_t passed;   /* barriers passed by all */
  _Atomic int32_t sleepers; /* threads that have stopped to look and must be woken */
};

/* A thread looks this often before it sleeps: for some tenths of a millisecond, longer than the
 * parts of a step differ on a machine whose cores do not always run equally fast, because sleeping
 * and being woken costs as much. Where something else wants the core, looking costs more than it
 * gains, and who has a clock had better do without the team. */
#ifndef TSCOPE_TEAM_LOOKS
#define TSCOPE_TEAM_LOOKS 500000
#endif

/** Sleeps while *word is `value`, or returns early. */
static void sleep_while(tscope_team *team, _Atomic int32_t *word, int32_t value) {
#ifdef __wasm_atomics__
  atomic_fetch_add(&team->sleepers, 1);
  __builtin_wasm_memory_atomic_wait32((int32_t *)word, value, -1);
  atomic_fetch_sub(&team->sleepers, 1);
#elif defined(__wasm__)
  (void)team, (void)word, (void)value; /* one thread: never called */
#else
  (void)team, (void)word, (void)value;
  sched_yield();
#endif
}

static void wait_while(tscope_team *team, _Atomic int32_t *word, int32_t value) {
  for (int look = 0; look < TSCOPE_TEAM_LOOKS; look++) {
    if (atomic_load_explicit(word, memory_order_acquire) != value) return;
  }
  while (atomic_load(word) == value) sleep_while(team, word, value);
}

/** Changes *word, so that everybody who waits for that goes on. A thread counts itself among the
 * sleepers before it looks a last time, so either it sees the change or we see it. */
static void change(tscope_team *team, _Atomic int32_t *word) {
  atomic_fetch_add(word, 1);
#ifdef __wasm_atomics__
  if (atomic_load(&team->sleepers)) __builtin_wasm_memory_atomic_notify((int32_t *)word, -1u);
#else
  (void)team;
#endif
}

int32_t tscope_team_bytes(void) { return (int32_t)sizeof(tscope_team); }

void tscope_team_init(tscope_team *team, int32_t count) {
  team->count = count;
  team->is_dismissed = 0;
  team->work = NULL;
  team->context = NULL;
  atomic_init(&team->call, 0);
  atomic_init(&team->arrived, 0);
  atomic_init(&team->passed, 0);
  atomic_init(&team->sleepers, 0);
}

void tscope_team_barrier(tscope_team *team) {
  if (!team || team->count < 2) return;
  /* Read before arriving: when all have arrived the leader may dismiss the team, which changes it.
   */
  const int32_t count = team->count, passed = atomic_load(&team->passed);
  if (atomic_fetch_add(&team->arrived, 1) + 1 == count) {
    atomic_store(&team->arrived, 0);
    change(team, &team->passed);
  } else {
    wait_while(team, &team->passed, passed);
  }
}

void tscope_team_serve(tscope_team *team, int32_t index) {
  for (int32_t call = 0;; call++) {
    wait_while(team, &team->call, call);
    if (team->is_dismissed) return;
    team->work(team->context, (tscope_part){index, team->count});
    tscope_team_barrier(team);
  }
}

void tscope_team_dismiss(tscope_team *team) {
  team->is_dismissed = 1;
  team->count = 1;
  change(team, &team->call);
}

void tscope_team_run(tscope_team *team, tscope_work *work, void *context) {
  if (!team || team->count < 2) {
    work(context, TSCOPE_WHOLE);
    return;
  }
  team->work = work;
  team->context = context;
  change(team, &team->call);
  work(context, (tscope_part){0, team->count});
  tscope_team_barrier(team);
}
