/**
 * A headless run in native C, for tests that hold native code and WebAssembly to the same bits.
 *
 *     trainscope-native optimizer=adam lr=0.001 steps=50
 *     trainscope-native dataset=custom --data data/fashion-mnist samples=2000 --change 20:lr=0.01
 *
 * The data folder holds uncompressed IDX files; t10k-* is the validation set. Prints one line of
 * JSON:
 * {"digest":…,"steps":…,"loss":…,"val_loss":…,"val_accuracy":…,"slice":…}, loss being that of the
 * last step's batch, slice that of a place of the run's first random plane, over all training
 * samples. Exits 0 also after a divergence, 2 on bad usage or input.
 */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trainscope/slice.h"
#include "trainscope/trainer.h"

enum { CHANGES_MAX = 64 };

typedef struct change {
  int step, field;
  uint32_t word;
} change;

static void fail(const char *what, const char *about) {
  fprintf(stderr, "trainscope-native: %s: %s\n", about, what);
  exit(2);
}

static void *allocate(size_t bytes) {
  void *memory = aligned_alloc(16, (bytes + 16) / 16 * 16);
  if (!memory) fail("out of memory", "run");
  return memory;
}

/* ---- settings from words -------------------------------------------------------------------- */

/* Reads "name=value" into config. Returns the field's index. */
static int read_setting(tscope_config *config, const char *setting) {
  char name[64];
  const char *equals = strchr(setting, '=');
  if (!equals || equals - setting >= (ptrdiff_t)sizeof name) fail("expected field=value", setting);
  snprintf(name, sizeof name, "%.*s", (int)(equals - setting), setting);
  tscope_problem problem;
  if (tscope_config_set(config, name, equals + 1, &problem)) fail(problem.message, "settings");
  return tscope_config_field(name);
}

/* Reads "step:field=value". */
static change read_change(const char *text) {
  char *rest;
  long step = strtol(text, &rest, 10);
  if (*rest != ':') fail("expected step:field=value", text);
  tscope_config scratch = tscope_config_default();
  const int field = read_setting(&scratch, rest + 1);
  return (change){(int)step, field, tscope_config_word(&scratch, field)};
}

/* ---- data ----------------------------------------------------------------------------------- */

/* Returns the file's bytes after its IDX header, or NULL where there is no such file. */
static const uint8_t *read_idx(const char *folder, const char *name, tscope_idx *idx) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "rb");
  if (!file) return NULL;
  fseek(file, 0, SEEK_END);
  long size = ftell(file);
  rewind(file);
  uint8_t *bytes = allocate((size_t)size);
  if (fread(bytes, 1, (size_t)size, file) != (size_t)size) fail("cannot be read", path);
  fclose(file);
  tscope_problem problem;
  if (tscope_idx_parse(bytes, (size_t)size, idx, &problem)) fail(problem.message, path);
  return bytes + idx->offset;
}

static void read_split(const char *folder, const char *prefix, tscope_dataset *data, int split) {
  char images_name[64], labels_name[64];
  snprintf(images_name, sizeof images_name, "%s-images-idx3-ubyte", prefix);
  snprintf(labels_name, sizeof labels_name, "%s-labels-idx1-ubyte", prefix);
  tscope_idx images = {0}, labels = {0};
  const uint8_t *pixels = read_idx(folder, images_name, &images);
  const uint8_t *classes = read_idx(folder, labels_name, &labels);
  if (!pixels || !classes) {
    if (split == TSCOPE_SPLIT_TRAIN) fail("missing", images_name);
    return;
  }
  if (images.type != TSCOPE_IDX_UNSIGNED_BYTES || labels.type != TSCOPE_IDX_UNSIGNED_BYTES ||
      images.rank != 3 || labels.rank != 1 || images.shape[0] != labels.shape[0]) {
    fail("images and labels do not match", folder);
  }
  data->height = images.shape[1];
  data->width = images.shape[2];
  data->split[split].count = images.shape[0];
  data->split[split].inputs = pixels;
  data->split[split].labels = classes;
  for (int i = 0; i < labels.shape[0]; i++) {
    if (classes[i] >= data->classes) data->classes = classes[i] + 1;
  }
}

static void load_folder(const char *folder, const tscope_config *config, tscope_dataset *data) {
  *data = (tscope_dataset){.generator = TSCOPE_DATASET_custom,
                           .kind = 1,
                           .channels = 1,
                           .format = TSCOPE_FORMAT_BYTES,
                           .data_seed = (uint32_t)config->data_seed};
  read_split(folder, "train", data, TSCOPE_SPLIT_TRAIN);
  read_split(folder, "t10k", data, TSCOPE_SPLIT_VAL);
  data->outputs = data->classes;
  tscope_problem problem;
  if (tscope_dataset_check(data, &problem)) fail(problem.message, folder);
  /* Only now: the scaling is measured over all training data. */
  const int32_t limits[TSCOPE_SPLIT_COUNT] = {config->samples, config->val_samples};
  for (int i = 0; i < TSCOPE_SPLIT_COUNT; i++) {
    if (limits[i] && limits[i] < data->split[i].count) data->split[i].count = limits[i];
  }
}

static void generate(const tscope_config *config, tscope_dataset *data) {
  tscope_problem problem;
  size_t bytes;
  if (tscope_dataset_generate_size(config, &bytes, &problem)) fail(problem.message, "data");
  if (tscope_dataset_generate(config, allocate(bytes), bytes, data, &problem)) {
    fail(problem.message, "data");
  }
}

/* ---- a slice -------------------------------------------------------------------------------- */

static double slice_loss(tscope_trainer *trainer, double a, double b) {
  const size_t n = (size_t)tscope_slice_floats(trainer);
  const int samples = tscope_slice_samples(trainer, 1000000000);
  float *plane = allocate(3 * n * sizeof(float));
  memcpy(plane, tscope_trainer_parameters(trainer), n * sizeof(float));
  tscope_slice_draw(trainer, plane, 1);
  double loss = 0;
  for (int rows = 0; rows < samples;) {
    rows = tscope_slice_advance(trainer, plane, a, b, samples, rows, &loss);
  }
  free(plane);
  return loss;
}

/* ---- the run -------------------------------------------------------------------------------- */

int main(int argc, char **argv) {
  tscope_config config = tscope_config_default();
  const char *folder = NULL;
  change changes[CHANGES_MAX];
  int change_count = 0;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--data") == 0 && i + 1 < argc) {
      folder = argv[++i];
      config.dataset = TSCOPE_DATASET_custom;
    } else if (strcmp(argv[i], "--change") == 0 && i + 1 < argc && change_count < CHANGES_MAX) {
      changes[change_count++] = read_change(argv[++i]);
    } else {
      read_setting(&config, argv[i]);
    }
  }
  tscope_problem problem;
  if (tscope_config_validate(&config, &problem)) fail(problem.message, "settings");

  tscope_dataset data;
  if (folder) {
    load_folder(folder, &config, &data);
  } else {
    generate(&config, &data);
  }
  tscope_run_size size;
  if (tscope_trainer_size(&config, &data, &size, &problem)) fail(problem.message, "run");
  size_t bytes = (size_t)size.state + (size_t)size.scratch;
  tscope_trainer *trainer;
  if (tscope_trainer_init(&config, &data, allocate(bytes), bytes, &trainer, &problem)) {
    fail(problem.message, "run");
  }

  tscope_metrics row = {0};
  tscope_summary summary;
  int applied = 0, events;
  do {
    tscope_trainer_summarize(trainer, &summary);
    for (; applied < change_count && changes[applied].step <= summary.steps; applied++) {
      const change *next = &changes[applied];
      if (tscope_trainer_set(trainer, next->field, next->word, &problem)) {
        fail(problem.message, "--change");
      }
    }
    events = tscope_trainer_advance(trainer, &row);
  } while (!(events & (TSCOPE_EVENT_complete | TSCOPE_EVENT_diverged)));
  tscope_trainer_summarize(trainer, &summary);

  char digest[65];
  tscope_trainer_digest(trainer, digest);
  printf("{\"digest\":\"%s\",\"steps\":%d,\"loss\":", digest, (int)summary.steps);
  printf(isfinite(row.loss) ? "%.9g" : "\"%g\"", row.loss);
  if (data.split[TSCOPE_SPLIT_VAL].count > 0) {
    tscope_evaluation evaluation;
    tscope_trainer_evaluate_begin(trainer, TSCOPE_SPLIT_VAL, 0);
    while (!tscope_trainer_evaluate_advance(trainer, &evaluation)) continue;
    printf(isfinite(evaluation.loss) ? ",\"val_loss\":%.17g" : ",\"val_loss\":\"%g\"",
           evaluation.loss);
    if (isfinite(evaluation.accuracy))
      printf(",\"val_accuracy\":%.17g", evaluation.accuracy);
    else
      printf(",\"val_accuracy\":null");
  } else {
    printf(",\"val_loss\":null,\"val_accuracy\":null");
  }
  const double slice = slice_loss(trainer, 0.5, -0.25);
  printf(isfinite(slice) ? ",\"slice\":%.17g}\n" : ",\"slice\":\"%g\"}\n", slice);
  return 0;
}
