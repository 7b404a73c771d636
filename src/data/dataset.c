#include "trainscope/dataset.h"

#include <string.h>

#include "base/arena.h"
#include "base/complain.h"
#include "base/rng.h"
#include "data/generators.h"
#include "math/elementary.h"

/* Samples of tokens, where the setting is 0. */
enum { TOKEN_SAMPLES = 20000 };

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

static tscope_status refuse_setting(tscope_problem *problem, int field, const char *sentence) {
  return tscope_refuse(problem, TSCOPE_ERROR_SETTING, field, sentence);
}

/* ---- generating ----------------------------------------------------------------------------- */

static size_t elements_of(const tscope_dataset *dataset) {
  const size_t numbers =
      (size_t)dataset->channels * (size_t)dataset->height * (size_t)dataset->width;
  return dataset->kind == TSCOPE_KIND_TOKENS ? numbers + 1 : numbers;
}

static size_t element_size(const tscope_dataset *dataset) {
  return dataset->format == TSCOPE_FORMAT_BYTES ? sizeof(uint8_t) : sizeof(float);
}

size_t tscope_dataset_elements(const tscope_dataset *dataset) { return elements_of(dataset); }

size_t tscope_dataset_stride(const tscope_dataset *dataset, int split) {
  if (dataset->kind == TSCOPE_KIND_TOKENS) return (size_t)dataset->split[split].stride;
  return elements_of(dataset) * element_size(dataset);
}

int tscope_dataset_scored(const tscope_dataset *dataset) {
  return dataset->kind == TSCOPE_KIND_TOKENS ? dataset->width - dataset->scored_from : 1;
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
  const tscope_token_task task = tscope_token_task_of(config);
  if (!row->make && !task.vocabulary) {
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
  const int own = task.vocabulary ? TOKEN_SAMPLES : row->samples;
  int train = config->samples ? config->samples : own;
  int val = config->val_samples;
  if (!val) val = val_share(train, config->val_fraction);
  if (task.vocabulary) {
    *dataset = (tscope_dataset){
        .generator = config->dataset,
        .kind = TSCOPE_KIND_TOKENS,
        .channels = 1,
        .height = 1,
        .width = task.length,
        .classes = task.vocabulary,
        .outputs = task.vocabulary,
        .scored_from = task.scored_from,
        .format = TSCOPE_FORMAT_BYTES,
        .data_seed = (uint32_t)config->data_seed,
        .deviation = 1,
        .split = {{.count = train, .stride = task.length + 1},
                  {.count = val, .stride = task.length + 1}},
    };
    return TSCOPE_OK;
  }
  *dataset = (tscope_dataset){
      .generator = config->dataset,
      .kind = row->height > 1 ? TSCOPE_KIND_IMAGE : TSCOPE_KIND_VECTOR,
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
  const int are_tokens = dataset->kind == TSCOPE_KIND_TOKENS;
  if (are_tokens) dataset->alphabet = tscope_arena_take(arena, (size_t)dataset->classes, 1);
  for (int i = 0; i < TSCOPE_SPLIT_COUNT; i++) {
    tscope_split *split = &dataset->split[i];
    size_t count = (size_t)split->count;
    split->inputs = tscope_arena_take(arena, count, elements_of(dataset) * element_size(dataset));
    if (are_tokens) continue;
    if (dataset->classes) {
      split->labels = tscope_arena_take(arena, count, sizeof(uint8_t));
    } else {
      split->targets = tscope_arena_take(arena, count, (size_t)dataset->outputs * sizeof(float));
    }
    if (dataset->kind == TSCOPE_KIND_IMAGE)
      split->made = tscope_arena_take(arena, count, sizeof(uint8_t));
  }
}

static int label_of(const tscope_dataset *dataset, int i) {
  return dataset->classes ? i % dataset->classes : 0;
}

static tscope_rng stream_of(const tscope_dataset *dataset, int split_index, int i) {
  /* The validation samples' indices begin where no training sample's can be. */
  uint64_t index = ((uint64_t)split_index << 32) + (uint64_t)i;
  return tscope_rng_stream(dataset->data_seed, TSCOPE_STREAM_SAMPLE, index);
}

static void make_tokens(tscope_dataset *dataset, const tscope_token_task *task) {
  memcpy((char *)dataset->alphabet, task->alphabet, (size_t)task->vocabulary);
  for (int s = 0; s < TSCOPE_SPLIT_COUNT; s++) {
    uint8_t *ids = (uint8_t *)dataset->split[s].inputs;
    for (int i = 0; i < dataset->split[s].count; i++, ids += dataset->split[s].stride) {
      tscope_rng rng = stream_of(dataset, s, i);
      tscope_make_tokens(&rng, dataset->generator, task, ids);
    }
  }
}

static void make_sample(const tscope_dataset *dataset, int split_index, int i, float noise) {
  tscope_rng rng = stream_of(dataset, split_index, i);
  const tscope_split *split = &dataset->split[split_index];
  size_t stride = elements_of(dataset) * element_size(dataset);
  uint8_t *input = (uint8_t *)split->inputs + (size_t)i * stride;
  float *target =
      split->targets ? (float *)split->targets + (size_t)i * (size_t)dataset->outputs : NULL;
  kGenerators[dataset->generator].make(&rng, label_of(dataset, i), noise, input, target);
}

tscope_status tscope_dataset_generate_size(const tscope_config *config, size_t *bytes,
                                           tscope_problem *problem) {
  tscope_dataset dataset = {0};
  tscope_status status = describe(config, &dataset, problem);
  if (status != TSCOPE_OK) return status;
  tscope_arena arena = {NULL, 0};
  lay_out(&dataset, &arena);
  if (arena.used > kBytesMax) {
    tscope_line line = tscope_complain(problem, TSCOPE_FIELD_samples);
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
    tscope_line line = tscope_complain(problem, TSCOPE_FIELD_samples);
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
  if (dataset->kind == TSCOPE_KIND_TOKENS) {
    const tscope_token_task task = tscope_token_task_of(config);
    make_tokens(dataset, &task);
    return TSCOPE_OK;
  }
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
