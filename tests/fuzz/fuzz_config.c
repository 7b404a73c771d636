/**
 * Any words in the settings' places: a field's number and four bytes, again and again. What is
 * valid trains some steps, where the run is small.
 */
#include <stdint.h>

#include "../native/sample_run.h"

enum { EDIT_BYTES = 5, BYTES_MAX = 1 << 16, STEPS = 2 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  static sample_data points;
  if (!points.inputs) points = sample_points(8, 3, 2);
  static const char MODEL[] = "linear(2) tanh";
  tscope_config config = sample_config(MODEL);
  const size_t settings = sizeof config / 4;
  for (; size >= EDIT_BYTES; bytes += EDIT_BYTES, size -= EDIT_BYTES) {
    /* The text's own bytes are the other target's. */
    const size_t word = bytes[0] % settings;
    uint8_t *at = (uint8_t *)&config + 4 * word;
    const uint8_t *text = (const uint8_t *)config.model.bytes;
    if (at >= text && at < text + sizeof config.model.bytes) continue;
    memcpy(at, bytes + 1, 4);
  }
  tscope_problem problem = {0};
  if (tscope_config_validate(&config, &problem)) return 0;
  config.dataset = TSCOPE_DATASET_custom;
  tscope_run_size run_size;
  if (tscope_trainer_size(&config, &points.dataset, &run_size, &problem)) return 0;
  if (run_size.state + run_size.scratch > BYTES_MAX) return 0;
  sample_run run = sample_run_start(&config, &points);
  if (run.trainer) sample_run_steps(&run, STEPS, NULL);
  sample_run_free(&run);
  return 0;
}
