/**
 * What JS needs besides the public C API, which it calls directly with addresses as numbers: struct
 * values through pointers, sizes, and a data set made from plain numbers. No logic.
 */
#include <stdint.h>

#include "trainscope/config.h"
#include "trainscope/dataset.h"
#include "trainscope/log.h"
#include "trainscope/range_test.h"
#include "trainscope/slice.h"
#include "trainscope/trainer.h"

/** A data set as plain numbers. Addresses are 32-bit, as they are in wasm. */
typedef TSCOPE_RECORD_STRUCT(TSCOPE_DATASET_FACTS_FIELDS) tscope_dataset_facts;

static const void *pointer(int32_t address) { return (const void *)(uintptr_t)(uint32_t)address; }
static int32_t address(const void *place) { return (int32_t)(uint32_t)(uintptr_t)place; }

/** Fills a data set from facts; every byte that facts do not name is zero. */
void tscope_wasm_dataset_write(tscope_dataset *dataset, const tscope_dataset_facts *facts) {
  *dataset = (tscope_dataset){
      .generator = facts->generator,
      .kind = facts->kind,
      .channels = facts->channels,
      .height = facts->height,
      .width = facts->width,
      .classes = facts->classes,
      .outputs = facts->outputs,
      .scored_from = facts->scored_from,
      .format = facts->format,
      .scaling = facts->scaling,
      .mean = facts->mean,
      .deviation = facts->deviation,
      .split = {{.count = facts->train_count,
                 .stride = facts->train_stride,
                 .inputs = pointer(facts->train_inputs),
                 .labels = pointer(facts->train_labels),
                 .targets = pointer(facts->train_targets)},
                {.count = facts->val_count,
                 .stride = facts->val_stride,
                 .inputs = pointer(facts->val_inputs),
                 .labels = pointer(facts->val_labels),
                 .targets = pointer(facts->val_targets)}},
  };
}

void tscope_wasm_dataset_read(const tscope_dataset *dataset, tscope_dataset_facts *facts) {
  const tscope_split *train = &dataset->split[TSCOPE_SPLIT_TRAIN];
  const tscope_split *val = &dataset->split[TSCOPE_SPLIT_VAL];
  *facts = (tscope_dataset_facts){
      .generator = dataset->generator,
      .kind = dataset->kind,
      .channels = dataset->channels,
      .height = dataset->height,
      .width = dataset->width,
      .classes = dataset->classes,
      .outputs = dataset->outputs,
      .scored_from = dataset->scored_from,
      .alphabet = address(dataset->alphabet),
      .format = dataset->format,
      .scaling = dataset->scaling,
      .mean = dataset->mean,
      .deviation = dataset->deviation,
      .train_count = train->count,
      .train_stride = (int32_t)tscope_dataset_stride(dataset, TSCOPE_SPLIT_TRAIN),
      .train_inputs = address(train->inputs),
      .train_labels = address(train->labels),
      .train_targets = address(train->targets),
      .val_count = val->count,
      .val_stride = (int32_t)tscope_dataset_stride(dataset, TSCOPE_SPLIT_VAL),
      .val_inputs = address(val->inputs),
      .val_labels = address(val->labels),
      .val_targets = address(val->targets),
  };
}

/* Constants that JS uses, by name: CONSTANT(name in JS, value). Sizes are in bytes. */
/* clang-format off */
#define CONSTANTS(CONSTANT) \
  CONSTANT(ERROR_SETTING, TSCOPE_ERROR_SETTING) \
  CONSTANT(ERROR_MODEL, TSCOPE_ERROR_MODEL) \
  CONSTANT(ERROR_DATA, TSCOPE_ERROR_DATA) \
  CONSTANT(ERROR_MEMORY, TSCOPE_ERROR_MEMORY) \
  CONSTANT(SPLIT_TRAIN, TSCOPE_SPLIT_TRAIN) \
  CONSTANT(SPLIT_VAL, TSCOPE_SPLIT_VAL) \
  CONSTANT(KIND_VECTOR, TSCOPE_KIND_VECTOR) \
  CONSTANT(KIND_IMAGE, TSCOPE_KIND_IMAGE) \
  CONSTANT(KIND_SEQUENCE, TSCOPE_KIND_SEQUENCE) \
  CONSTANT(KIND_TOKENS, TSCOPE_KIND_TOKENS) \
  CONSTANT(FORMAT_BYTES, TSCOPE_FORMAT_BYTES) \
  CONSTANT(FORMAT_FLOATS, TSCOPE_FORMAT_FLOATS) \
  CONSTANT(SCALING_NONE, TSCOPE_SCALING_NONE) \
  CONSTANT(SCALING_GLOBAL, TSCOPE_SCALING_GLOBAL) \
  CONSTANT(THREADS_MAX, TSCOPE_THREADS_MAX) \
  CONSTANT(NORM_BINS, TSCOPE_NORM_BINS) \
  CONSTANT(MODEL_TEXT_MAX, TSCOPE_MODEL_TEXT_MAX) \
  CONSTANT(DATASET_BYTES, sizeof(tscope_dataset)) \
  CONSTANT(IDX_BYTES, sizeof(tscope_idx)) \
  CONSTANT(IDX_UNSIGNED_BYTES, TSCOPE_IDX_UNSIGNED_BYTES) \
  CONSTANT(IDX_SIGNED_BYTES, TSCOPE_IDX_SIGNED_BYTES) \
  CONSTANT(IDX_SHORTS, TSCOPE_IDX_SHORTS) \
  CONSTANT(IDX_INTS, TSCOPE_IDX_INTS) \
  CONSTANT(IDX_FLOATS, TSCOPE_IDX_FLOATS) \
  CONSTANT(IDX_DOUBLES, TSCOPE_IDX_DOUBLES) \
  CONSTANT(LOG_EPISODES_MAX, TSCOPE_LOG_EPISODES_MAX) \
  CONSTANT(SLICE_POINTS_MAX, TSCOPE_SLICE_POINTS_MAX) \
  CONSTANT(RANGE_CURVE_BYTES, sizeof(tscope_range_curve)) \
  CONSTANT(RANGE_HALFWAY_FACTOR, TSCOPE_RANGE_HALFWAY_FACTOR)
/* clang-format on */

#define CONSTANT_NAME(name, value) #name " "
#define CONSTANT_VALUE(name, value) (int32_t)(value),
static const char kConstantNames[] = CONSTANTS(CONSTANT_NAME);
static const int32_t kConstantValues[] = {CONSTANTS(CONSTANT_VALUE)};

/** The constants' names, a blank after each. */
const char *tscope_wasm_constant_names(void) { return kConstantNames; }
/** The constants' values, in the order of their names. */
const int32_t *tscope_wasm_constant_values(void) { return kConstantValues; }
