/* Generators, IDX headers, the checks on the caller's own data, and the split. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "check.h"
#include "data/generators.h"
#include "trainscope/dataset.h"

static tscope_problem problem;

/* Generates into fresh memory, which the caller frees. */
static void *generate(const tscope_config *config, tscope_dataset *dataset) {
  size_t bytes = 0;
  if (tscope_dataset_generate_size(config, &bytes, &problem) != TSCOPE_OK) return NULL;
  void *memory = aligned_alloc(16, bytes ? bytes : 16);
  memset(memory, 0xa5, bytes); /* what was there before must not matter */
  CHECK(tscope_dataset_generate(config, memory, bytes, dataset, &problem) == TSCOPE_OK);
  return memory;
}

static tscope_config with_dataset(int dataset) {
  tscope_config config = tscope_config_default();
  config.dataset = dataset;
  return config;
}

static const void *sample(const tscope_dataset *dataset, int split, int i) {
  tscope_dataset_make(dataset, split, i);
  size_t elements = (size_t)(dataset->channels * dataset->height * dataset->width);
  size_t size = elements * (dataset->format == TSCOPE_FORMAT_BYTES ? 1 : 4);
  return (const uint8_t *)dataset->split[split].inputs + (size_t)i * size;
}

static size_t sample_size(const tscope_dataset *dataset) {
  size_t elements = (size_t)(dataset->channels * dataset->height * dataset->width);
  return elements * (dataset->format == TSCOPE_FORMAT_BYTES ? 1 : 4);
}

/* ---- generators ----------------------------------------------------------------------------- */

static void test_shapes(void) {
  static const struct {
    int dataset, samples, classes, outputs, elements, is_image, format, scaling;
  } expected[] = {
      {TSCOPE_DATASET_spiral, 1000, 2, 2, 2, 0, TSCOPE_FORMAT_FLOATS, TSCOPE_SCALING_NONE},
      {TSCOPE_DATASET_circle, 1000, 2, 2, 2, 0, TSCOPE_FORMAT_FLOATS, TSCOPE_SCALING_NONE},
      {TSCOPE_DATASET_xor, 1000, 2, 2, 2, 0, TSCOPE_FORMAT_FLOATS, TSCOPE_SCALING_NONE},
      {TSCOPE_DATASET_blobs, 1000, 4, 4, 2, 0, TSCOPE_FORMAT_FLOATS, TSCOPE_SCALING_NONE},
      {TSCOPE_DATASET_moons, 1000, 2, 2, 2, 0, TSCOPE_FORMAT_FLOATS, TSCOPE_SCALING_NONE},
      {TSCOPE_DATASET_plane, 1000, 0, 1, 2, 0, TSCOPE_FORMAT_FLOATS, TSCOPE_SCALING_NONE},
      {TSCOPE_DATASET_glyphs, 20000, 10, 10, 784, 1, TSCOPE_FORMAT_BYTES, TSCOPE_SCALING_GLOBAL},
  };
  for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
    tscope_config config = with_dataset(expected[i].dataset);
    tscope_dataset dataset;
    void *memory = generate(&config, &dataset);
    CHECK(dataset.generator == expected[i].dataset);
    CHECK(dataset.channels * dataset.height * dataset.width == expected[i].elements);
    CHECK(dataset.kind == expected[i].is_image && dataset.format == expected[i].format);
    CHECK(dataset.scaling == expected[i].scaling);
    CHECK(dataset.classes == expected[i].classes && dataset.outputs == expected[i].outputs);
    CHECK(dataset.split[TSCOPE_SPLIT_TRAIN].count == expected[i].samples);
    CHECK(dataset.split[TSCOPE_SPLIT_VAL].count == expected[i].samples / 5);
    for (int s = 0; s < TSCOPE_SPLIT_COUNT; s++) {
      const tscope_split *split = &dataset.split[s];
      CHECK(!split->labels == !dataset.classes && !split->targets == !!dataset.classes);
      CHECK(!split->made == !dataset.kind);
      int per_class[256] = {0};
      for (int j = 0; j < split->count && split->labels; j++) per_class[split->labels[j]]++;
      for (int j = 0; j < dataset.classes; j++) {
        CHECK(per_class[j] == split->count / dataset.classes);
      }
    }
    free(memory);
  }
}

static void test_counts(void) {
  tscope_config config = with_dataset(TSCOPE_DATASET_moons);
  tscope_dataset dataset;
  config.samples = 7;
  void *memory = generate(&config, &dataset);
  CHECK(dataset.split[TSCOPE_SPLIT_TRAIN].count == 7 && dataset.split[TSCOPE_SPLIT_VAL].count == 1);
  free(memory);
  config.samples = 1; /* even of one sample a share above 0 gives one for validation */
  memory = generate(&config, &dataset);
  CHECK(dataset.split[TSCOPE_SPLIT_VAL].count == 1);
  free(memory);
  config.val_samples = 30;
  memory = generate(&config, &dataset);
  CHECK(dataset.split[TSCOPE_SPLIT_VAL].count == 30);
  free(memory);
  config.val_samples = 0;
  config.val_fraction = 0;
  memory = generate(&config, &dataset);
  CHECK(dataset.split[TSCOPE_SPLIT_VAL].count == 0);
  free(memory);
}

static void check_refused(const tscope_config *config, tscope_status status, int field,
                          const char *sentence) {
  size_t bytes;
  CHECK(tscope_dataset_generate_size(config, &bytes, &problem) == status);
  CHECK(problem.field == field && problem.position == -1);
  CHECK_TEXT(problem.message, sentence);
}

static void test_generate_refuses(void) {
  tscope_config config = with_dataset(TSCOPE_DATASET_custom);
  check_refused(&config, TSCOPE_ERROR_SETTING, TSCOPE_FIELD_dataset,
                "The data set is custom, so the data must be given.");
  config.dataset = TSCOPE_DATASET_COUNT;
  check_refused(&config, TSCOPE_ERROR_SETTING, TSCOPE_FIELD_dataset, "There is no such data set.");
  config = with_dataset(TSCOPE_DATASET_glyphs);
  config.samples = -1;
  check_refused(&config, TSCOPE_ERROR_SETTING, TSCOPE_FIELD_samples,
                "samples must not be negative.");
  config.samples = 0;
  config.val_samples = -1;
  check_refused(&config, TSCOPE_ERROR_SETTING, TSCOPE_FIELD_val_samples,
                "val_samples must not be negative.");
  config.val_samples = 0;
  config.val_fraction = (float)NAN;
  check_refused(&config, TSCOPE_ERROR_SETTING, TSCOPE_FIELD_val_fraction,
                "val_fraction must be at least 0 and less than 1.");
  config.val_fraction = 0.2f;
  config.samples = 10000000;
  check_refused(
      &config, TSCOPE_ERROR_MEMORY, TSCOPE_FIELD_samples,
      "10000000 training and 2000000 validation samples need 9432 MB, more than the 2147 MB "
      "there can be.");
  config.samples = 10;
  size_t bytes;
  CHECK(tscope_dataset_generate_size(&config, &bytes, &problem) == TSCOPE_OK);
  tscope_dataset dataset;
  CHECK(tscope_dataset_generate(&config, NULL, bytes - 1, &dataset, &problem) ==
        TSCOPE_ERROR_MEMORY);
}

/* Sample i is the same whatever the number of samples, the order of drawing and the split's size.
 */
static void test_independence(void) {
  for (int generator = 0; generator <= TSCOPE_DATASET_glyphs; generator++) {
    tscope_config config = with_dataset(generator);
    tscope_dataset few, many, other;
    config.samples = 100;
    config.val_samples = 50;
    void *few_memory = generate(&config, &few);
    config.samples = 333;
    config.val_samples = 77;
    void *many_memory = generate(&config, &many);
    config.data_seed = 2;
    void *other_memory = generate(&config, &other);
    size_t size = sample_size(&few);
    int same = 1, same_other = 0, same_splits = 0;
    for (int s = 0; s < TSCOPE_SPLIT_COUNT; s++) {
      for (int i = few.split[s].count - 1; i >= 0; i--) {
        same &= !memcmp(sample(&few, s, i), sample(&many, s, i), size);
        same_other |= !memcmp(sample(&few, s, i), sample(&other, s, i), size);
        if (few.classes)
          same &= few.split[s].labels[i] == many.split[s].labels[i];
        else
          same &= few.split[s].targets[i] == many.split[s].targets[i];
      }
    }
    for (int i = 0; i < 50; i++)
      same_splits |= !memcmp(sample(&few, 0, i), sample(&few, 1, i), size);
    CHECK(same && !same_other && !same_splits);
    free(few_memory);
    free(many_memory);
    free(other_memory);
  }
}

static void test_points(void) {
  for (int generator = 0; generator < TSCOPE_DATASET_glyphs; generator++) {
    tscope_config config = with_dataset(generator);
    config.samples = 20000;
    tscope_dataset noisy, clean;
    void *noisy_memory = generate(&config, &noisy);
    config.noise = 0;
    void *clean_memory = generate(&config, &clean);
    const float *points = clean.split[TSCOPE_SPLIT_TRAIN].inputs;
    const float *moved = noisy.split[TSCOPE_SPLIT_TRAIN].inputs;
    const float *targets = clean.split[TSCOPE_SPLIT_TRAIN].targets;
    const float *moved_targets = noisy.split[TSCOPE_SPLIT_TRAIN].targets;
    double sum = 0, squares = 0, largest = 0, farthest = 0;
    for (int i = 0; i < 20000; i++) {
      double dx = (double)moved[2 * i] - (double)points[2 * i];
      if (targets) dx = (double)moved_targets[i] - (double)targets[i];
      sum += dx;
      squares += dx * dx;
      for (int j = 0; j < 2; j++) largest = fmax(largest, fabs((double)points[2 * i + j]));
      if (generator == TSCOPE_DATASET_circle) {
        farthest = fmax(farthest, hypot((double)points[2 * i], (double)points[2 * i + 1]));
      }
      if (generator == TSCOPE_DATASET_xor) {
        CHECK((points[2 * i] * points[2 * i + 1] < 0) == clean.split[0].labels[i]);
      }
      if (targets) {
        CHECK_NEAR((double)targets[i], 0.5 * ((double)points[2 * i] + (double)points[2 * i + 1]),
                   1e-6);
      }
    }
    CHECK_NEAR(sum / 20000, 0, 0.003);
    CHECK_NEAR(sqrt(squares / 20000), 0.1, 0.002);
    CHECK(largest < 1.2 && largest > 0.9);
    CHECK(farthest <= 1.1001);
    free(noisy_memory);
    free(clean_memory);
  }
}

static void test_glyph_statistics(void) {
  enum { COUNT = 5000 };
  tscope_config config = with_dataset(TSCOPE_DATASET_glyphs);
  config.samples = COUNT;
  tscope_dataset dataset;
  void *memory = generate(&config, &dataset);
  CHECK(dataset.mean == TSCOPE_GLYPH_MEAN && dataset.deviation == TSCOPE_GLYPH_DEVIATION);
  double sum = 0, squares = 0;
  for (int i = 0; i < COUNT; i++) {
    CHECK(dataset.split[TSCOPE_SPLIT_TRAIN].made[i] == 0);
    const uint8_t *pixels = sample(&dataset, TSCOPE_SPLIT_TRAIN, i);
    CHECK(dataset.split[TSCOPE_SPLIT_TRAIN].made[i] == 1);
    for (int j = 0; j < 784; j++) sum += pixels[j], squares += pixels[j] * pixels[j];
  }
  double mean = sum / (COUNT * 784.0), deviation = sqrt(squares / (COUNT * 784.0) - mean * mean);
  printf("  glyphs: mean %.3f, deviation %.3f\n", mean, deviation);
  CHECK_NEAR(mean / (double)TSCOPE_GLYPH_MEAN, 1, 0.02);
  CHECK_NEAR(deviation / (double)TSCOPE_GLYPH_DEVIATION, 1, 0.02);
  free(memory);
}

/* One digest of all generated data: every build on every machine must reproduce it. */
static void test_golden_bits(void) {
  uint64_t digest = 0;
  for (int generator = 0; generator <= TSCOPE_DATASET_glyphs; generator++) {
    tscope_config config = with_dataset(generator);
    config.samples = 500;
    tscope_dataset dataset;
    void *memory = generate(&config, &dataset);
    for (int s = 0; s < TSCOPE_SPLIT_COUNT; s++) {
      for (int i = 0; i < dataset.split[s].count; i++) {
        const uint8_t *bytes = sample(&dataset, s, i);
        for (size_t j = 0; j < sample_size(&dataset); j++) digest = tscope_hash(digest ^ bytes[j]);
        if (dataset.classes) continue;
        uint32_t target;
        memcpy(&target, &dataset.split[s].targets[i], sizeof target);
        digest = tscope_hash(digest ^ target);
      }
    }
    free(memory);
  }
  printf("  digest of generated data: %016llx\n", (unsigned long long)digest);
  CHECK(digest == 0x0d481d9c4fb0dad0u);
}

/* ---- the caller's own data ------------------------------------------------------------------ */

typedef struct own_data {
  tscope_dataset dataset;
  uint8_t pixels[2][4][6], labels[2][4];
  float features[2][4][6], targets[2][4][2];
} own_data;

static void fill(own_data *own) {
  *own = (own_data){.dataset = {.generator = TSCOPE_DATASET_custom,
                                .kind = 1,
                                .channels = 1,
                                .height = 2,
                                .width = 3,
                                .classes = 3,
                                .outputs = 3,
                                .format = TSCOPE_FORMAT_BYTES}};
  for (int s = 0; s < 2; s++) {
    own->dataset.split[s] =
        (tscope_split){.count = s ? 2 : 4, .inputs = own->pixels[s], .labels = own->labels[s]};
    for (int i = 0; i < 4; i++) {
      own->labels[s][i] = (uint8_t)(i % 3);
      for (int j = 0; j < 6; j++) own->pixels[s][i][j] = (uint8_t)(s ? 0 : 10 * i + j);
    }
  }
}

static void make_regression(own_data *own) {
  own->dataset.classes = 0;
  own->dataset.outputs = 2;
  own->dataset.format = TSCOPE_FORMAT_FLOATS;
  own->dataset.kind = 0;
  own->dataset.channels = 6;
  own->dataset.height = own->dataset.width = 1;
  for (int s = 0; s < 2; s++) {
    own->dataset.split[s].inputs = own->features[s];
    own->dataset.split[s].labels = NULL;
    own->dataset.split[s].targets = own->targets[s][0];
  }
}

static void check_data_refused(own_data *own, const char *sentence) {
  CHECK(tscope_dataset_check(&own->dataset, &problem) == TSCOPE_ERROR_DATA);
  CHECK(problem.field == -1 && problem.position == -1);
  CHECK_TEXT(problem.message, sentence);
}

static void test_check_accepts(void) {
  own_data own;
  fill(&own);
  CHECK(tscope_dataset_check(&own.dataset, &problem) == TSCOPE_OK);
  CHECK(own.dataset.scaling == TSCOPE_SCALING_GLOBAL);
  /* 10 i + j for i < 4, j < 6: variances 125 and 35 / 12; validation does not count */
  CHECK(own.dataset.mean == 17.5f);
  CHECK_NEAR((double)own.dataset.deviation, sqrt(125 + 35.0 / 12), 1e-5);

  memset(own.pixels, 9, sizeof own.pixels);
  CHECK(tscope_dataset_check(&own.dataset, &problem) == TSCOPE_OK);
  CHECK(own.dataset.mean == 9 && own.dataset.deviation == 1);

  own.dataset.split[TSCOPE_SPLIT_VAL] = (tscope_split){0};
  CHECK(tscope_dataset_check(&own.dataset, &problem) == TSCOPE_OK);

  fill(&own);
  make_regression(&own);
  CHECK(tscope_dataset_check(&own.dataset, &problem) == TSCOPE_OK);
  CHECK(own.dataset.scaling == TSCOPE_SCALING_NONE);
}

static void test_check_refuses(void) {
  own_data own;
  fill(&own);
  own.labels[0][2] = 3;
  check_data_refused(&own,
                     "Training label 2 is 3, but the largest class is 2 (both counted from 0).");
  fill(&own);
  own.labels[1][1] = 255;
  check_data_refused(
      &own, "Validation label 1 is 255, but the largest class is 2 (both counted from 0).");
  fill(&own);
  own.dataset.width = 0;
  check_data_refused(&own, "Every dimension of a sample must be at least 1.");
  fill(&own);
  own.dataset.channels = own.dataset.height = own.dataset.width = INT32_MAX;
  check_data_refused(&own, "A sample must not have more than 16777216 numbers.");
  fill(&own);
  own.dataset.kind = 0;
  check_data_refused(&own, "A sample that is not an image must have height and width 1.");
  fill(&own);
  own.dataset.format = 2;
  check_data_refused(&own, "Samples must be bytes or floats.");
  fill(&own);
  own.dataset.classes = own.dataset.outputs = 1;
  check_data_refused(&own, "There must be 2 to 256 classes, not 1.");
  fill(&own);
  own.dataset.classes = own.dataset.outputs = 257;
  check_data_refused(&own, "There must be 2 to 256 classes, not 257.");
  fill(&own);
  own.dataset.outputs = 4;
  check_data_refused(&own, "A classifier must have as many outputs as classes.");
  fill(&own);
  own.dataset.split[0].count = 0;
  check_data_refused(&own, "There are no training samples.");
  fill(&own);
  own.dataset.split[1].count = -1;
  check_data_refused(&own, "A number of samples must not be negative.");
  fill(&own);
  own.dataset.split[0].inputs = NULL;
  check_data_refused(&own, "The samples are missing.");
  fill(&own);
  own.dataset.split[0].labels = NULL;
  check_data_refused(&own, "The labels are missing.");

  fill(&own);
  make_regression(&own);
  own.dataset.split[0].targets = NULL;
  check_data_refused(&own, "The targets are missing.");
  fill(&own);
  make_regression(&own);
  own.dataset.outputs = 0;
  check_data_refused(&own, "Regression needs at least one target per sample.");
  fill(&own);
  make_regression(&own);
  own.targets[0][3][1] = (float)INFINITY;
  check_data_refused(&own, "Target 1 of sample 3 is not a finite number (both counted from 0).");
  fill(&own);
  make_regression(&own);
  own.targets[1][0][0] = (float)NAN;
  check_data_refused(
      &own,
      "Target 0 of sample 0 of the validation set is not a finite number (both counted from 0).");
}

static void test_scale_together(void) {
  const float inputs[] = {0, 2, 4, 6, 1, 3, 5, 3};
  const uint8_t labels[] = {0, 1};
  tscope_dataset dataset = {.kind = 1, .channels = 1, .height = 2, .width = 2};
  dataset.classes = dataset.outputs = 2;
  dataset.format = TSCOPE_FORMAT_FLOATS;
  dataset.split[TSCOPE_SPLIT_TRAIN] =
      (tscope_split){.count = 2, .inputs = inputs, .labels = labels};
  CHECK(tscope_dataset_check(&dataset, &problem) == TSCOPE_OK);
  CHECK(dataset.scaling == TSCOPE_SCALING_NONE);
  tscope_dataset_scale_together(&dataset);
  CHECK(dataset.scaling == TSCOPE_SCALING_GLOBAL);
  CHECK(dataset.mean == 3);
  CHECK_NEAR(dataset.deviation, 1.8708286933869707, 1e-6); /* sqrt(28 / 8) */
}

static void test_scale_features(void) {
  own_data own;
  fill(&own);
  make_regression(&own);
  for (int i = 0; i < 4; i++) {
    own.features[0][i][0] = (float)i;
    own.features[0][i][1] = 1e6f + (float)i;
    own.features[0][i][2] = 5;
  }
  float means[6], deviations[6];
  tscope_dataset_scale_features(&own.dataset, means, deviations);
  CHECK(own.dataset.scaling == TSCOPE_SCALING_PER_FEATURE);
  CHECK(own.dataset.means == means && own.dataset.deviations == deviations);
  CHECK(means[0] == 1.5f && means[1] == 1000001.5f && means[2] == 5 && means[5] == 0);
  CHECK_NEAR((double)deviations[0], sqrt(1.25), 1e-6);
  CHECK_NEAR((double)deviations[1], sqrt(1.25), 1e-6);
  CHECK(deviations[2] == 1 && deviations[5] == 1);
}

/* ---- splitting ------------------------------------------------------------------------------ */

static void check_split(int count, float fraction, int expected_train) {
  int32_t *order = malloc((size_t)(count + 1) * sizeof *order);
  uint8_t *seen = calloc((size_t)count + 1, 1);
  CHECK(tscope_dataset_split(count, fraction, 1, order) == expected_train);
  for (int i = 0; i < count; i++) {
    CHECK(order[i] >= 0 && order[i] < count && !seen[order[i]]);
    seen[order[i]] = 1;
    if (i && i != expected_train) CHECK(order[i] > order[i - 1]);
  }
  free(order);
  free(seen);
}

static void test_split(void) {
  check_split(1000, 0.2f, 800);
  check_split(1000, 0, 1000);
  check_split(10, 0.25f, 7); /* 2.5 rounds up */
  check_split(10, 0.01f, 9); /* at least one */
  check_split(3, 0.9f, 1);   /* but something is left to train on */
  check_split(2, 0.5f, 1);
  check_split(1, 0.5f, 1);
  check_split(0, 0.5f, 0);

  /* Every sample is chosen about equally often over seeds, and seeds differ. */
  int chosen[20] = {0};
  for (uint32_t seed = 0; seed < 4000; seed++) {
    int32_t order[20];
    int train = tscope_dataset_split(20, 0.25f, seed, order);
    for (int i = train; i < 20; i++) chosen[order[i]]++;
  }
  for (int i = 0; i < 20; i++) CHECK_NEAR(chosen[i], 1000, 130);
}

/* ---- IDX ------------------------------------------------------------------------------------ */

static void check_idx_refused(const uint8_t *bytes, size_t size, const char *sentence) {
  tscope_idx idx;
  CHECK(tscope_idx_parse(bytes, size, &idx, &problem) == TSCOPE_ERROR_DATA);
  CHECK(problem.field == -1 && problem.position == -1);
  CHECK_TEXT(problem.message, sentence);
}

static void test_idx(void) {
  uint8_t images[16 + 2 * 3 * 4] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4};
  tscope_idx idx;
  CHECK(tscope_idx_parse(images, sizeof images, &idx, &problem) == TSCOPE_OK);
  CHECK(idx.rank == 3 && idx.offset == 16);
  CHECK(idx.shape[0] == 2 && idx.shape[1] == 3 && idx.shape[2] == 4 && idx.shape[3] == 1);

  uint8_t labels[8 + 300] = {0, 0, 8, 1, 0, 0, 1, 44};
  CHECK(tscope_idx_parse(labels, sizeof labels, &idx, &problem) == TSCOPE_OK);
  CHECK(idx.rank == 1 && idx.offset == 8 && idx.shape[0] == 300 && idx.shape[1] == 1);

  check_idx_refused(images, 3, "The file is too short to be an IDX file.");
  check_idx_refused(images, 12, "The IDX file ends within its header.");
  check_idx_refused(images, sizeof images - 1,
                    "The IDX header promises 2 x 3 x 4 bytes of data, but 23 follow it.");
  check_idx_refused(images, 16,
                    "The IDX header promises 2 x 3 x 4 bytes of data, but 0 follow it.");
  check_idx_refused(labels, 4 + 4 + 299,
                    "The IDX header promises 300 bytes of data, but 299 follow it.");

  const uint8_t gzip[] = {0x1f, 0x8b, 8, 0, 0};
  check_idx_refused(gzip, sizeof gzip, "The file is still compressed with gzip.");
  const uint8_t text[] = "label,x,y\n";
  check_idx_refused(text, sizeof text,
                    "The file is not an IDX file: its first bytes are not 0, 0 and a type.");
  const uint8_t unknown[] = {0, 0, 7, 1, 0, 0, 0, 0};
  check_idx_refused(unknown, sizeof unknown,
                    "The file is not an IDX file: its first bytes are not 0, 0 and a type.");
  const uint8_t floats[] = {0, 0, 0x0d, 1, 0, 0, 0, 1, 0, 0, 0, 0};
  CHECK(tscope_idx_parse(floats, sizeof floats, &idx, &problem) == TSCOPE_OK);
  CHECK(idx.type == TSCOPE_IDX_FLOATS && idx.element == 4 && idx.shape[0] == 1);
  check_idx_refused(floats, sizeof floats - 1,
                    "The IDX header promises 1 x 4 bytes of data, but 3 follow it.");
  CHECK(tscope_idx_header(images, 16, &idx, &problem) == TSCOPE_OK);
  CHECK(idx.type == TSCOPE_IDX_UNSIGNED_BYTES && idx.element == 1 && idx.shape[2] == 4);
  const uint8_t types[][2] = {{9, 1}, {0x0b, 2}, {0x0c, 4}, {0x0e, 8}, {0x0a, 0}, {0x0f, 0}};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    const uint8_t one[] = {0, 0, types[i][0], 1, 0, 0, 0, 1};
    tscope_status status = tscope_idx_header(one, sizeof one, &idx, &problem);
    CHECK(types[i][1] ? status == TSCOPE_OK && idx.element == types[i][1]
                      : status == TSCOPE_ERROR_DATA);
  }
  const uint8_t scalar[] = {0, 0, 8, 0};
  check_idx_refused(scalar, sizeof scalar, "The IDX file has 0 dimensions; 1 to 4 are possible.");
  const uint8_t deep[24] = {0, 0, 8, 5};
  check_idx_refused(deep, sizeof deep, "The IDX file has 5 dimensions; 1 to 4 are possible.");
  const uint8_t empty[] = {0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 0};
  check_idx_refused(empty, sizeof empty, "Dimension 2 of the IDX file is 0.");
  const uint8_t huge[] = {0, 0, 8, 1, 0xff, 0xff, 0xff, 0xff};
  check_idx_refused(huge, sizeof huge, "Dimension 1 of the IDX file is 4294967295.");
  /* 2^30 to the fourth must not wrap round to a number that fits */
  uint8_t wrap[20 + 16] = {0, 0, 8, 4};
  for (int i = 0; i < 4; i++) wrap[4 + 4 * i] = 0x40;
  check_idx_refused(
      wrap, sizeof wrap,
      "The IDX header promises 1073741824 x 1073741824 x 1073741824 x 1073741824 bytes "
      "of data, but 16 follow it.");
}

int main(void) {
  test_shapes();
  test_counts();
  test_generate_refuses();
  test_independence();
  test_points();
  test_glyph_statistics();
  test_golden_bits();
  test_check_accepts();
  test_check_refuses();
  test_scale_features();
  test_scale_together();
  test_split();
  test_idx();
  return CHECK_REPORT();
}
