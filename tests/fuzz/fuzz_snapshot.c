/**
 * A run's state with bytes changed: two for a place, one for what is changed of it, again and
 * again; the first two are the step that it claims. What is judged to be a state trains on.
 */
#include <stdint.h>

#include "../native/sample_run.h"

enum { EDIT_BYTES = 3, STEPS = 3 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  static sample_data points;
  static sample_run run;
  static uint8_t *kept, *edited;
  if (!kept) {
    points = sample_points(8, 3, 2);
    tscope_config config = sample_config("linear(2) batchnorm tanh dropout(0.5)");
    config.optimizer = TSCOPE_OPTIMIZER_adam;
    config.clip = TSCOPE_CLIP_adaptive;
    config.steps = 1000;
    config.batch = 3;
    run = sample_run_start(&config, &points);
    sample_run_steps(&run, 30, NULL);
    kept = malloc(run.state_bytes);
    edited = malloc(run.state_bytes);
    memcpy(kept, tscope_trainer_state(run.trainer), run.state_bytes);
  }
  if (size < 2) return 0;
  const int step = bytes[0] % 64;
  memcpy(edited, kept, run.state_bytes);
  for (bytes += 2, size -= 2; size >= EDIT_BYTES; bytes += EDIT_BYTES, size -= EDIT_BYTES) {
    edited[(bytes[0] | (size_t)bytes[1] << 8) % run.state_bytes] ^= bytes[2];
  }
  tscope_problem problem = {0};
  if (tscope_trainer_judge_state(run.trainer, edited, step, &problem)) return 0;
  memcpy(tscope_trainer_state(run.trainer), edited, run.state_bytes);
  tscope_trainer_restored(run.trainer);
  sample_run_steps(&run, STEPS, NULL);
  tscope_summary summary;
  tscope_trainer_summarize(run.trainer, &summary);
  return 0;
}
