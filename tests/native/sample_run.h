/** Small data sets and runs for the native tests, in malloc'd blocks so that ASan guards their
 * ends. */
#ifndef TRAINSCOPE_TESTS_NATIVE_SAMPLE_RUN_H
#define TRAINSCOPE_TESTS_NATIVE_SAMPLE_RUN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "trainscope/trainer.h"

typedef struct sample_data {
  tscope_dataset dataset;
  float *inputs, *targets;
  uint8_t *labels;
} sample_data;

/** Normal-ish inputs (sums of uniforms). outputs: classes, or -targets for regression. val: samples
 * of each split. */
static inline sample_data sample_data_make(int count, int kind, int channels, int height, int width,
                                           int outputs, uint32_t seed) {
  sample_data data = {0};
  const int elements = channels * height * width, targets = outputs < 0 ? -outputs : outputs;
  tscope_rng rng = tscope_rng_stream(seed, TSCOPE_STREAM_SAMPLE, 0);
  data.inputs = malloc((size_t)(count * elements) * sizeof(float));
  for (int i = 0; i < count * elements; i++) {
    float sum = -2;
    for (int k = 0; k < 4; k++) sum += tscope_rng_uniform(&rng);
    data.inputs[i] = sum * 1.7f;
  }
  data.dataset = (tscope_dataset){.generator = TSCOPE_DATASET_custom,
                                  .kind = kind,
                                  .channels = channels,
                                  .height = height,
                                  .width = width,
                                  .classes = outputs < 0 ? 0 : outputs,
                                  .outputs = targets,
                                  .format = TSCOPE_FORMAT_FLOATS,
                                  .data_seed = 1};
  if (outputs < 0) {
    data.targets = malloc((size_t)(count * targets) * sizeof(float));
    for (int i = 0; i < count * targets; i++) data.targets[i] = tscope_rng_uniform(&rng) * 2 - 1;
  } else {
    data.labels = malloc((size_t)count);
    for (int i = 0; i < count; i++)
      data.labels[i] = (uint8_t)tscope_rng_below(&rng, (uint32_t)outputs);
  }
  const tscope_split split = {
      .count = count, .inputs = data.inputs, .labels = data.labels, .targets = data.targets};
  data.dataset.split[TSCOPE_SPLIT_TRAIN] = split;
  data.dataset.split[TSCOPE_SPLIT_VAL] = split;
  return data;
}

static inline sample_data sample_points(int count, int features, int outputs) {
  return sample_data_make(count, 0, features, 1, 1, outputs, 7);
}

/** Sequences of numbers with a class each. */
static inline sample_data sample_sequences(int count, int positions, int numbers, int outputs) {
  return sample_data_make(count, TSCOPE_KIND_SEQUENCE, numbers, 1, positions, outputs, 7);
}

/** Samples of length + 1 ids, of which the predictions from `scored_from` on are scored. */
static inline sample_data sample_tokens(int count, int length, int vocabulary, int scored_from) {
  sample_data data = {0};
  const size_t ids = (size_t)(count * (length + 1));
  tscope_rng rng = tscope_rng_stream(3, TSCOPE_STREAM_SAMPLE, 0);
  data.labels = malloc(ids);
  for (size_t i = 0; i < ids; i++)
    data.labels[i] = (uint8_t)tscope_rng_below(&rng, (uint32_t)vocabulary);
  data.dataset = (tscope_dataset){.generator = TSCOPE_DATASET_custom,
                                  .kind = TSCOPE_KIND_TOKENS,
                                  .channels = 1,
                                  .height = 1,
                                  .width = length,
                                  .classes = vocabulary,
                                  .outputs = vocabulary,
                                  .scored_from = scored_from,
                                  .format = TSCOPE_FORMAT_BYTES,
                                  .data_seed = 1};
  const tscope_split split = {.count = count, .inputs = data.labels, .stride = length + 1};
  data.dataset.split[TSCOPE_SPLIT_TRAIN] = split;
  data.dataset.split[TSCOPE_SPLIT_VAL] = split;
  return data;
}

static inline void sample_data_free(sample_data *data) {
  free(data->inputs);
  free(data->targets);
  free(data->labels);
}

static inline tscope_config sample_config(const char *model) {
  tscope_config config = tscope_config_default();
  config.dataset = TSCOPE_DATASET_custom;
  config.model.length = (int32_t)strlen(model);
  memcpy(config.model.bytes, model, strlen(model));
  return config;
}

typedef struct sample_run {
  tscope_trainer *trainer; /* NULL: refused, see problem */
  void *block;
  size_t state_bytes;
  tscope_problem problem;
} sample_run;

/** Whether a run of these settings on these data can be made. */
static inline int sample_run_fits(const tscope_config *config, const sample_data *data) {
  tscope_run_size size;
  tscope_problem problem;
  return tscope_trainer_size(config, &data->dataset, &size, &problem) == TSCOPE_OK;
}

static inline sample_run sample_run_start(const tscope_config *config, const sample_data *data) {
  sample_run run = {0};
  tscope_run_size size;
  if (tscope_trainer_size(config, &data->dataset, &size, &run.problem)) {
    printf("    %s\n", run.problem.message);
    return run;
  }
  run.state_bytes = (size_t)size.state;
  const size_t bytes = (size_t)(size.state + size.scratch);
  run.block = aligned_alloc(16, bytes);
  /* A run must not depend on what its memory held. */
  memset(run.block, 0xA5, bytes);
  if (tscope_trainer_init(config, &data->dataset, run.block, bytes, &run.trainer, &run.problem)) {
    run.trainer = NULL;
  }
  return run;
}

static inline void sample_run_free(sample_run *run) { free(run->block); }

/** Takes whole steps, at most `steps`; returns the event bits of the last. */
static inline int sample_run_steps(sample_run *run, int steps, tscope_metrics *row) {
  tscope_metrics own;
  int events = 0;
  for (int i = 0; i < steps && !(events & TSCOPE_EVENT_complete); i++) {
    do {
      events = tscope_trainer_advance(run->trainer, row ? row : &own);
    } while (!(events & (TSCOPE_EVENT_step | TSCOPE_EVENT_complete)));
  }
  return events;
}

static inline tscope_evaluation sample_run_evaluate(sample_run *run, int split) {
  tscope_evaluation evaluation;
  tscope_trainer_evaluate_begin(run->trainer, split, 0);
  while (!tscope_trainer_evaluate_advance(run->trainer, &evaluation)) continue;
  return evaluation;
}

/** Whether two runs have the same parameters, told by their digests. */
static inline int sample_runs_equal(const sample_run *a, const sample_run *b) {
  char digest_a[65], digest_b[65];
  tscope_trainer_digest(a->trainer, digest_a);
  tscope_trainer_digest(b->trainer, digest_b);
  return strcmp(digest_a, digest_b) == 0;
}

#endif
