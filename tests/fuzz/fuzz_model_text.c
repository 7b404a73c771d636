/** Any bytes as a model text: read, or refused in a sentence that points into it, and measured. */
#include <stdint.h>
#include <stdlib.h>

#include "../native/sample_run.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  static sample_data points, images;
  if (!points.inputs) {
    points = sample_points(8, 3, 2);
    images = sample_data_make(4, 1, 2, 7, 6, 3, 7);
  }
  tscope_config config = tscope_config_default();
  if (size > sizeof config.model.bytes) size = sizeof config.model.bytes;
  char *text = malloc(size + !size);
  memcpy(text, bytes, size);
  tscope_problem problem = {0};
  const tscope_status status = tscope_model_check(text, (int32_t)size, &problem);
  if (status) {
    const int is_inside = problem.position >= 0 && problem.position <= (int)size;
    if (!is_inside || problem.message[0] == 0) abort();
  } else {
    config.dataset = TSCOPE_DATASET_custom;
    config.model.length = (int32_t)size;
    memcpy(config.model.bytes, bytes, size);
    tscope_model_facts facts;
    const tscope_dataset *both[] = {&points.dataset, &images.dataset};
    for (int i = 0; i < 2; i++) {
      const tscope_status fits = tscope_model_measure(&config, both[i], &facts, &problem);
      if (fits == TSCOPE_OK && facts.parameters < 0) abort();
    }
  }
  free(text);
  return 0;
}
