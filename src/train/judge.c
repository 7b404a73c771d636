/** Whether what was written down as a run's state can be one: all that the run's code relies on. */
#include <string.h>

#include "base/text.h"
#include "train/run.h"

static int is_in(int value, int low, int high) { return value >= low && value <= high; }

static int counts_agree(const tscope_norms *norms) {
  uint64_t sum = 0;
  for (int bin = 0; bin < TSCOPE_NORM_BINS; bin++) sum += norms->bins[bin];
  return sum == norms->count && norms->zeros <= norms->tiny && norms->tiny <= norms->bins[0];
}

static int episodes_agree(const tscope_stability *stability) {
  if (!is_in(stability->episode_count, 0, TSCOPE_EPISODES_MAX)) return 0;
  if (!is_in(stability->is_open, 0, stability->episode_count > 0)) return 0;
  for (int i = 0; i < stability->episode_count; i++) {
    const int kind = stability->episodes[i].kind;
    if (kind != TSCOPE_VERDICT_early && kind != TSCOPE_VERDICT_mid) return 0;
  }
  return 1;
}

/** Every batch moves the order on, but for the one that diverged. */
static int order_agrees(const tscope_trainer *trainer, const tscope_state *state) {
  const int samples = trainer->sampler.count[TSCOPE_SPLIT_TRAIN];
  if (!is_in(state->place, 0, samples - 1) || state->epoch < 0) return 0;
  return (int64_t)state->epoch * samples + state->place ==
         (int64_t)state->step * tscope_batch_rows(trainer);
}

static int steps_agree(const tscope_state *state) {
  const int steps = state->step;
  return is_in(steps, 0, tscope_total_steps(&state->config)) &&
         (state->diverged_at == -1 || state->diverged_at == steps) &&
         is_in(state->clippable_steps, 0, steps) && is_in(state->clipped_steps, 0, steps) &&
         is_in(state->best_step, -1, steps) && is_in(state->freeze.dead_at, -1, steps) &&
         state->freeze.still >= 0 && state->freeze.refusals >= 0 && state->freeze.stuck >= 0 &&
         state->freeze.doubts >= 0;
}

tscope_status tscope_trainer_judge_state(const tscope_trainer *trainer, const void *given, int step,
                                         tscope_problem *problem) {
  tscope_state state;
  memcpy(&state, given, sizeof state);
  if (!tscope_config_same_fixed(&trainer->state->config, &state.config)) {
    tscope_line line = tscope_line_start(problem->message, sizeof problem->message);
    tscope_line_add(&line, "it has other settings than this run");
  } else if (state.step != step) {
    tscope_line line = tscope_line_start(problem->message, sizeof problem->message);
    tscope_line_add(&line, "it says another step than its state does");
  } else if (tscope_config_validate(&state.config, problem) != TSCOPE_OK || !steps_agree(&state) ||
             !order_agrees(trainer, &state) || !episodes_agree(&state.stability) ||
             !counts_agree(&state.norms) || !counts_agree(&state.typical_norms) ||
             !counts_agree(&state.watch.typical_at_lowest)) {
    tscope_line line = tscope_line_start(problem->message, sizeof problem->message);
    tscope_line_add(&line, "its counters contradict each other");
  } else {
    return TSCOPE_OK;
  }
  problem->field = problem->position = -1;
  return TSCOPE_ERROR_DATA;
}
