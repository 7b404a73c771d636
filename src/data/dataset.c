#include "trainscope/dataset.h"

#include <string.h>

#include "base/arena.h"
#include "base/rng.h"
#include "base/text.h"
#include "data/generators.h"
#include "math/elementary.h"

enum {
  CLASSES_MAX = 256,     /* a label is a byte */
  ELEMENTS_MAX = 1 << 24 /* numbers per sample */
};

/* A page's memory ends here. What the page could not hold is refused natively too. */
static const uint64_t kBytesMax = (uint64_t)1 << 31;

/* ---- the table of generators ---------------------------------------------------------------- */

typedef struct generator {
  tscope_make_sample make;
  int32_t samples; /* where the setting is 0 */
  int32_t classes; /* 0: regression */
  int32_t outputs;
  int32_t channels, height, width;
  int32_t format, scaling;
  float mean, deviation; /* of the raw values, where scaling is GLOBAL */
} generator;

#define POINTS(make, classes, outputs) \
  { make, 1000, classes, outputs, 2, 1, 1, TSCOPE_FORMAT_FLOATS, TSCOPE_SCALING_NONE, 0, 1 }

/* clang-format off */
static const generator kGenerators[TSCOPE_DATASET_COUNT] = {
    [TSCOPE_DATASET_spiral] = POINTS(tscope_make_spiral, 2, 2),
    [TSCOPE_DATASET_circle] = POINTS(tscope_make_circle, 2, 2),
    [TSCOPE_DATASET_xor]    = POINTS(tscope_make_xor, 2, 2),
    [TSCOPE_DATASET_blobs]  = POINTS(tscope_make_blobs, 4, 4),
    [TSCOPE_DATASET_moons]  = POINTS(tscope_make_moons, 2, 2),
    [TSCOPE_DATASET_plane]  = POINTS(tscope_make_plane, 0, 1),
    [TSCOPE_DATASET_glyphs] = {tscope_make_glyph, 20000, TSCOPE_GLYPH_CLASSES, TSCOPE_GLYPH_CLASSES,
                               1, TSCOPE_GLYPH_SIZE, TSCOPE_GLYPH_SIZE,
                               TSCOPE_FORMAT_BYTES, TSCOPE_SCALING_GLOBAL,
                               TSCOPE_GLYPH_MEAN, TSCOPE_GLYPH_DEVIATION},
    [TSCOPE_DATASET_custom] = {.make = NULL},
};
/* clang-format on */

/* ---- sentences ------------------------------------------------------------------------------ */

static tscope_line complain(tscope_problem *problem, int field) {
  problem->field = field;
  problem->position = -1;
  return tscope_line_start(problem->message, sizeof problem->message);
}

static tscope_status refuse_setting(tscope_problem *problem, int field, const char *sentence) {
  tscope_line line = complain(problem, field);
  tscope_line_add(&line, sentence);
  return TSCOPE_ERROR_SETTING;
}

static tscope_status refuse_data(tscope_problem *problem, const char *sentence) {
  tscope_line line = complain(problem, -1);
  tscope_line_add(&line, sentence);
  return TSCOPE_ERROR_DATA;
}

/* "before 17 between 12 after" */
static tscope_status refuse_value(tscope_problem *problem, const char *before, int64_t first,
                                  const char *between, int64_t second, const char *after) {
  tscope_line line = complain(problem, -1);
  tscope_line_add(&line, before);
  tscope_line_add_int(&line, first);
  tscope_line_add(&line, between);
  tscope_line_add_int(&line, second);
  tscope_line_add(&line, after);
  return TSCOPE_ERROR_DATA;
}

/* ---- generating ----------------------------------------------------------------------------- */

static size_t elements_of(const tscope_dataset *dataset) {
  return (size_t)dataset->channels * (size_t)dataset->height * (size_t)dataset->width;
}

static size_t element_size(const tscope_dataset *dataset) {
  return dataset->format == TSCOPE_FORMAT_BYTES ? sizeof(uint8_t) : sizeof(float);
}

/* round(count * fraction), but at least one where fraction > 0. */
static int val_share(int count, float fraction) {
  int share = (int)((double)fraction * count + 0.5);
  return share < 1 && fraction > 0 ? 1 : share;
}

/* Everything but the places in memory. */
static tscope_status describe(const tscope_config *config, tscope_dataset *dataset,
                              tscope_problem *problem) {
  if (config->dataset < 0 || config->dataset >= TSCOPE_DATASET_COUNT) {
    return refuse_setting(problem, TSCOPE_FIELD_dataset, "There is no such data set.");
  }
  const generator *row = &kGenerators[config->dataset];
  if (!row->make) {
    return refuse_setting(problem, TSCOPE_FIELD_dataset,
                          "The data set is custom, so the data must be given.");
  }
  if (config->samples < 0) {
    return refuse_setting(problem, TSCOPE_FIELD_samples, "samples must not be negative.");
  }
  if (config->val_samples < 0) {
    return refuse_setting(problem, TSCOPE_FIELD_val_samples, "val_samples must not be negative.");
  }
  if (!(config->val_fraction >= 0 && config->val_fraction < 1)) {
    return refuse_setting(problem, TSCOPE_FIELD_val_fraction,
                          "val_fraction must be at least 0 and less than 1.");
  }
  int train = config->samples ? config->samples : row->samples;
  int val = config->val_samples;
  if (!val) val = val_share(train, config->val_fraction);
  *dataset = (tscope_dataset){
      .generator = config->dataset,
      .is_image = row->height > 1,
      .channels = row->channels,
      .height = row->height,
      .width = row->width,
      .classes = row->classes,
      .outputs = row->outputs,
      .format = row->format,
      .scaling = row->scaling,
      .data_seed = (uint32_t)config->data_seed,
      .mean = row->mean,
      .deviation = row->deviation,
      .split = {[TSCOPE_SPLIT_TRAIN] = {.count = train}, [TSCOPE_SPLIT_VAL] = {.count = val}},
  };
  return TSCOPE_OK;
}

/* Lays the splits out in the arena, or measures them where it has no memory. */
static void lay_out(tscope_dataset *dataset, tscope_arena *arena) {
  for (int i = 0; i < TSCOPE_SPLIT_COUNT; i++) {
    tscope_split *split = &dataset->split[i];
    size_t count = (size_t)split->count;
    split->inputs = tscope_arena_take(arena, count, elements_of(dataset) * element_size(dataset));
    if (dataset->classes) {
      split->labels = tscope_arena_take(arena, count, sizeof(uint8_t));
    } else {
      split->targets = tscope_arena_take(arena, count, (size_t)dataset->outputs * sizeof(float));
    }
    if (dataset->is_image) split->made = tscope_arena_take(arena, count, sizeof(uint8_t));
  }
}

static int label_of(const tscope_dataset *dataset, int i) {
  return dataset->classes ? i % dataset->classes : 0;
}

static void make_sample(const tscope_dataset *dataset, int split_index, int i, float noise) {
  /* The validation samples' indices begin where no training sample's can be. */
  uint64_t index = ((uint64_t)split_index << 32) + (uint64_t)i;
  tscope_rng rng = tscope_rng_stream(dataset->data_seed, TSCOPE_STREAM_SAMPLE, index);
  const tscope_split *split = &dataset->split[split_index];
  size_t stride = elements_of(dataset) * element_size(dataset);
  uint8_t *input = (uint8_t *)split->inputs + (size_t)i * stride;
  float *target =
      split->targets ? (float *)split->targets + (size_t)i * (size_t)dataset->outputs : NULL;
  kGenerators[dataset->generator].make(&rng, label_of(dataset, i), noise, input, target);
}

tscope_status tscope_dataset_generate_size(const tscope_config *config, size_t *bytes,
                                           tscope_problem *problem) {
  tscope_dataset dataset;
  tscope_status status = describe(config, &dataset, problem);
  if (status != TSCOPE_OK) return status;
  tscope_arena arena = {NULL, 0};
  lay_out(&dataset, &arena);
  if (arena.used > kBytesMax) {
    tscope_line line = complain(problem, TSCOPE_FIELD_samples);
    tscope_line_add_int(&line, dataset.split[TSCOPE_SPLIT_TRAIN].count);
    tscope_line_add(&line, " training and ");
    tscope_line_add_int(&line, dataset.split[TSCOPE_SPLIT_VAL].count);
    tscope_line_add(&line, " validation samples need ");
    tscope_line_add_int(&line, (int64_t)((arena.used + 999999) / 1000000));
    tscope_line_add(&line, " MB, more than the 2147 MB there can be.");
    return TSCOPE_ERROR_MEMORY;
  }
  *bytes = (size_t)arena.used;
  return TSCOPE_OK;
}

tscope_status tscope_dataset_generate(const tscope_config *config, void *memory, size_t bytes,
                                      tscope_dataset *dataset, tscope_problem *problem) {
  size_t needed;
  tscope_status status = tscope_dataset_generate_size(config, &needed, problem);
  if (status != TSCOPE_OK) return status;
  if (bytes < needed) {
    tscope_line line = complain(problem, TSCOPE_FIELD_samples);
    tscope_line_add(&line, "The data set needs ");
    tscope_line_add_int(&line, (int64_t)needed);
    tscope_line_add(&line, " bytes, but only ");
    tscope_line_add_int(&line, (int64_t)bytes);
    tscope_line_add(&line, " are offered.");
    return TSCOPE_ERROR_MEMORY;
  }
  status = describe(config, dataset, problem);
  if (status != TSCOPE_OK) return status;
  tscope_arena arena = {memory, 0};
  lay_out(dataset, &arena);
  for (int s = 0; s < TSCOPE_SPLIT_COUNT; s++) {
    tscope_split *split = &dataset->split[s];
    uint8_t *labels = (uint8_t *)split->labels;
    for (int i = 0; labels && i < split->count; i++) labels[i] = (uint8_t)label_of(dataset, i);
    if (split->made) {
      memset(split->made, 0, (size_t)split->count);
    } else {
      for (int i = 0; i < split->count; i++) make_sample(dataset, s, i, config->noise);
    }
  }
  return TSCOPE_OK;
}

void tscope_dataset_make(const tscope_dataset *dataset, int split, int i) {
  uint8_t *made = dataset->split[split].made;
  if (!made || made[i]) return;
  make_sample(dataset, split, i, 0); /* images have no use for the noise of points */
  made[i] = 1;
}

/* ---- the caller's own data ------------------------------------------------------------------ */

static tscope_status check_shape(const tscope_dataset *dataset, tscope_problem *problem) {
  if (dataset->channels < 1 || dataset->height < 1 || dataset->width < 1) {
    return refuse_data(problem, "Every dimension of a sample must be at least 1.");
  }
  uint64_t elements = (uint64_t)dataset->channels * (uint64_t)dataset->height;
  if (elements <= ELEMENTS_MAX) elements *= (uint64_t)dataset->width;
  if (elements > ELEMENTS_MAX) {
    return refuse_data(problem, "A sample must not have more than 16777216 numbers.");
  }
  if (!dataset->is_image && (dataset->height != 1 || dataset->width != 1)) {
    return refuse_data(problem, "A sample that is not an image must have height and width 1.");
  }
  if (dataset->format != TSCOPE_FORMAT_BYTES && dataset->format != TSCOPE_FORMAT_FLOATS) {
    return refuse_data(problem, "Samples must be bytes or floats.");
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
  if (dataset->classes) {
    if (!split->labels) return refuse_data(problem, "The labels are missing.");
    return check_labels(dataset, split_index, problem);
  }
  if (!split->targets) return refuse_data(problem, "The targets are missing.");
  return check_targets(dataset, split_index, problem);
}

/* By way of a histogram: integer counts do not depend on an order, and nothing is rounded twice. */
static void measure_bytes(tscope_dataset *dataset) {
  const tscope_split *train = &dataset->split[TSCOPE_SPLIT_TRAIN];
  const uint8_t *bytes = train->inputs;
  size_t count = (size_t)train->count * elements_of(dataset);
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
  if (dataset->format == TSCOPE_FORMAT_BYTES) measure_bytes(dataset);
  return TSCOPE_OK;
}

void tscope_dataset_scale_features(tscope_dataset *dataset, float *means, float *deviations) {
  const tscope_split *train = &dataset->split[TSCOPE_SPLIT_TRAIN];
  const float *inputs = train->inputs;
  size_t features = elements_of(dataset);
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
  size_t count = (size_t)train->count * elements_of(dataset);
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

/* ---- splitting ------------------------------------------------------------------------------ */

int tscope_dataset_split(int count, float fraction, uint32_t data_seed, int32_t *order) {
  const int32_t chosen = INT32_MIN; /* the sign bit, which no index uses */
  int val = val_share(count, fraction);
  if (val >= count) val = count > 0 ? count - 1 : 0; /* something must be left to train on */
  int train = count - val;
  tscope_rng rng = tscope_rng_stream(data_seed, TSCOPE_STREAM_SPLIT, 0);
  tscope_rng_permutation(&rng, order, count);
  for (int i = 0; i < val; i++) order[order[i] & ~chosen] |= chosen;

  /* Training indices move to the front in ascending order; what they leave out fills the back. */
  int front = 0;
  for (int i = 0; i < count; i++) {
    if (!(order[i] & chosen)) order[front++] = i;
  }
  int back = count, next = train - 1;
  for (int i = count - 1; i >= 0; i--) {
    if (next >= 0 && order[next] == i) {
      next--;
    } else {
      order[--back] = i;
    }
  }
  return train;
}
