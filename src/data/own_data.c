/** The caller's own data: judged, and the scaling of its inputs measured. */
#include <string.h>

#include "base/complain.h"
#include "math/elementary.h"
#include "trainscope/dataset.h"

enum {
  CLASSES_MAX = 256,     /* a label is a byte */
  ELEMENTS_MAX = 1 << 24 /* numbers per sample */
};

static tscope_status refuse_data(tscope_problem *problem, const char *sentence) {
  return tscope_refuse(problem, TSCOPE_ERROR_DATA, -1, sentence);
}

static tscope_status refuse_value(tscope_problem *problem, const char *before, int64_t first,
                                  const char *between, int64_t second, const char *after) {
  return tscope_refuse_numbers(problem, TSCOPE_ERROR_DATA, before, first, between, second, after);
}

/* ---- judging -------------------------------------------------------------------------------- */

static tscope_status check_shape(const tscope_dataset *dataset, tscope_problem *problem) {
  if (dataset->channels < 1 || dataset->height < 1 || dataset->width < 1) {
    return refuse_data(problem, "Every dimension of a sample must be at least 1.");
  }
  uint64_t elements = (uint64_t)dataset->channels * (uint64_t)dataset->height;
  if (elements <= ELEMENTS_MAX) elements *= (uint64_t)dataset->width;
  if (elements > ELEMENTS_MAX) {
    return refuse_data(problem, "A sample must not have more than 16777216 numbers.");
  }
  const int is_vector = dataset->kind == TSCOPE_KIND_VECTOR;
  const int is_image = dataset->kind == TSCOPE_KIND_IMAGE;
  if ((!is_image && dataset->height != 1) || (is_vector && dataset->width != 1)) {
    return refuse_data(problem, "A sample that is not an image must have height and width 1.");
  }
  if (dataset->format != TSCOPE_FORMAT_BYTES && dataset->format != TSCOPE_FORMAT_FLOATS) {
    return refuse_data(problem, "Samples must be bytes or floats.");
  }
  return TSCOPE_OK;
}

/* Tokens beyond the vocabulary have no weights to be looked up in. */
static tscope_status check_tokens(const tscope_dataset *dataset, int split_index,
                                  tscope_problem *problem) {
  const tscope_split *split = &dataset->split[split_index];
  if (split->count == 0) return TSCOPE_OK;
  const uint8_t *ids = split->inputs;
  const size_t count =
      (size_t)(split->count - 1) * (size_t)split->stride + tscope_dataset_elements(dataset);
  for (size_t i = 0; i < count; i++) {
    if (ids[i] < dataset->classes) continue;
    return refuse_value(problem, "A token is ", ids[i], ", but the vocabulary ends at ",
                        dataset->classes - 1, ".");
  }
  return TSCOPE_OK;
}

static tscope_status check_token_layout(const tscope_dataset *dataset, tscope_problem *problem) {
  if (dataset->kind != TSCOPE_KIND_TOKENS) return TSCOPE_OK;
  if (dataset->channels != 1 || dataset->format != TSCOPE_FORMAT_BYTES || !dataset->classes) {
    return refuse_data(problem, "Tokens must be one byte a position, and need a vocabulary.");
  }
  if (dataset->scored_from < 0 || dataset->scored_from >= dataset->width) {
    return refuse_data(problem, "The first scored position must be one of a sample's.");
  }
  return TSCOPE_OK;
}

static tscope_status check_outputs(const tscope_dataset *dataset, tscope_problem *problem) {
  if (dataset->classes == 0) {
    if (dataset->outputs >= 1) return TSCOPE_OK;
    return refuse_data(problem, "Regression needs at least one target per sample.");
  }
  if (dataset->classes < 2 || dataset->classes > CLASSES_MAX) {
    return refuse_value(problem, "There must be 2 to ", CLASSES_MAX, " classes, not ",
                        dataset->classes, ".");
  }
  if (dataset->outputs != dataset->classes) {
    return refuse_data(problem, "A classifier must have as many outputs as classes.");
  }
  return TSCOPE_OK;
}

static tscope_status check_labels(const tscope_dataset *dataset, int split_index,
                                  tscope_problem *problem) {
  const tscope_split *split = &dataset->split[split_index];
  const char *before = split_index == TSCOPE_SPLIT_TRAIN ? "Training label " : "Validation label ";
  for (int i = 0; i < split->count; i++) {
    if (split->labels[i] < dataset->classes) continue;
    refuse_value(problem, before, i, " is ", split->labels[i], ", but the largest class is ");
    tscope_line line = {problem->message, sizeof problem->message, strlen(problem->message)};
    tscope_line_add_int(&line, dataset->classes - 1);
    tscope_line_add(&line, " (both counted from 0).");
    return TSCOPE_ERROR_DATA;
  }
  return TSCOPE_OK;
}

static tscope_status check_targets(const tscope_dataset *dataset, int split_index,
                                   tscope_problem *problem) {
  const tscope_split *split = &dataset->split[split_index];
  const char *after = split_index == TSCOPE_SPLIT_TRAIN
                          ? " is not a finite number (both counted from 0)."
                          : " of the validation set is not a finite number (both counted from 0).";
  for (int i = 0; i < split->count; i++) {
    for (int j = 0; j < dataset->outputs; j++) {
      size_t at = (size_t)i * (size_t)dataset->outputs + (size_t)j;
      if (tscope_is_finite((double)split->targets[at])) continue;
      return refuse_value(problem, "Target ", j, " of sample ", i, after);
    }
  }
  return TSCOPE_OK;
}

static tscope_status check_split(const tscope_dataset *dataset, int split_index,
                                 tscope_problem *problem) {
  const tscope_split *split = &dataset->split[split_index];
  if (split->count < 0) return refuse_data(problem, "A number of samples must not be negative.");
  if (split->count == 0) return TSCOPE_OK;
  if (!split->inputs) return refuse_data(problem, "The samples are missing.");
  if (dataset->kind == TSCOPE_KIND_TOKENS) {
    if (split->stride < 1) return refuse_data(problem, "Samples of tokens need a stride.");
    return check_tokens(dataset, split_index, problem);
  }
  if (dataset->classes) {
    if (!split->labels) return refuse_data(problem, "The labels are missing.");
    return check_labels(dataset, split_index, problem);
  }
  if (!split->targets) return refuse_data(problem, "The targets are missing.");
  return check_targets(dataset, split_index, problem);
}

/* ---- scaling -------------------------------------------------------------------------------- */

/* By way of a histogram: integer counts do not depend on an order, and nothing is rounded twice. */
static void measure_bytes(tscope_dataset *dataset) {
  const tscope_split *train = &dataset->split[TSCOPE_SPLIT_TRAIN];
  const uint8_t *bytes = train->inputs;
  size_t count = (size_t)train->count * tscope_dataset_elements(dataset);
  uint64_t histogram[256] = {0};
  for (size_t i = 0; i < count; i++) histogram[bytes[i]]++;
  double sum = 0, squares = 0;
  for (int v = 0; v < 256; v++) sum += (double)histogram[v] * v;
  double mean = sum / (double)count;
  for (int v = 0; v < 256; v++) squares += (double)histogram[v] * (v - mean) * (v - mean);
  double deviation = tscope_sqrt(squares / (double)count);
  dataset->scaling = TSCOPE_SCALING_GLOBAL;
  dataset->mean = (float)mean;
  dataset->deviation = deviation > 0 ? (float)deviation : 1;
}

tscope_status tscope_dataset_check(tscope_dataset *dataset, tscope_problem *problem) {
  tscope_status status = check_shape(dataset, problem);
  if (status == TSCOPE_OK) status = check_outputs(dataset, problem);
  if (status == TSCOPE_OK) status = check_token_layout(dataset, problem);
  if (status == TSCOPE_OK && dataset->split[TSCOPE_SPLIT_TRAIN].count == 0) {
    status = refuse_data(problem, "There are no training samples.");
  }
  for (int i = 0; i < TSCOPE_SPLIT_COUNT && status == TSCOPE_OK; i++) {
    status = check_split(dataset, i, problem);
  }
  if (status != TSCOPE_OK) return status;
  dataset->scaling = TSCOPE_SCALING_NONE;
  dataset->mean = 0;
  dataset->deviation = 1;
  const int are_tokens = dataset->kind == TSCOPE_KIND_TOKENS;
  if (dataset->format == TSCOPE_FORMAT_BYTES && !are_tokens) measure_bytes(dataset);
  return TSCOPE_OK;
}

void tscope_dataset_scale_features(tscope_dataset *dataset, float *means, float *deviations) {
  const tscope_split *train = &dataset->split[TSCOPE_SPLIT_TRAIN];
  const float *inputs = train->inputs;
  size_t features = tscope_dataset_elements(dataset);
  for (size_t j = 0; j < features; j++) {
    double sum = 0, squares = 0;
    for (int i = 0; i < train->count; i++) sum += (double)inputs[(size_t)i * features + j];
    double mean = sum / train->count;
    for (int i = 0; i < train->count; i++) {
      double distance = (double)inputs[(size_t)i * features + j] - mean;
      squares += distance * distance;
    }
    double deviation = tscope_sqrt(squares / train->count);
    means[j] = (float)mean;
    deviations[j] = deviation > 0 ? (float)deviation : 1; /* a constant column becomes 0 */
  }
  dataset->scaling = TSCOPE_SCALING_PER_FEATURE;
  dataset->means = means;
  dataset->deviations = deviations;
}

void tscope_dataset_scale_together(tscope_dataset *dataset) {
  const tscope_split *train = &dataset->split[TSCOPE_SPLIT_TRAIN];
  const float *inputs = train->inputs;
  size_t count = (size_t)train->count * tscope_dataset_elements(dataset);
  double sum = 0, squares = 0;
  for (size_t i = 0; i < count; i++) sum += (double)inputs[i];
  double mean = sum / (double)count;
  for (size_t i = 0; i < count; i++) {
    double distance = (double)inputs[i] - mean;
    squares += distance * distance;
  }
  double deviation = tscope_sqrt(squares / (double)count);
  dataset->scaling = TSCOPE_SCALING_GLOBAL;
  dataset->mean = (float)mean;
  dataset->deviation = (float)deviation > 0 ? (float)deviation : 1;
}
