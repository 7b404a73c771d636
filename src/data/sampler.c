#include "data/sampler.h"

#include <string.h>

#include "base/complain.h"
#include "base/rng.h"
#include "math/elementary.h"
#include "math/simd.h"

static tscope_status refuse(tscope_problem *problem, int field, const char *sentence) {
  return tscope_refuse(problem, TSCOPE_ERROR_SETTING, field, sentence);
}

static int limited(int count, int limit) { return limit > 0 && limit < count ? limit : count; }

/** Chooses exactly round(count * share) samples by a seeded permutation, using order as working
 * space. */
static int choose(const tscope_sampler *sampler, float share, uint32_t purpose) {
  tscope_rng rng = tscope_rng_stream(sampler->data_seed, purpose, 0);
  tscope_rng_permutation(&rng, sampler->order, sampler->count[TSCOPE_SPLIT_TRAIN]);
  return (int)((double)sampler->count[TSCOPE_SPLIT_TRAIN] * (double)share + 0.5);
}

static void mark_outliers(tscope_sampler *sampler, float share) {
  const int chosen = choose(sampler, share, TSCOPE_STREAM_OUTLIERS);
  memset(sampler->is_outlier, 0, (size_t)sampler->count[TSCOPE_SPLIT_TRAIN]);
  for (int i = 0; i < chosen; i++) sampler->is_outlier[sampler->order[i]] = 1;
}

/** A wrong label is one of the other classes, each as likely. */
static void scramble_labels(tscope_sampler *sampler, float share) {
  const tscope_dataset *dataset = sampler->dataset;
  const int chosen = choose(sampler, share, TSCOPE_STREAM_LABELS);
  tscope_rng rng = tscope_rng_stream(sampler->data_seed, TSCOPE_STREAM_LABELS, 1);
  memcpy(sampler->labels, dataset->split[TSCOPE_SPLIT_TRAIN].labels,
         (size_t)sampler->count[TSCOPE_SPLIT_TRAIN]);
  for (int i = 0; i < chosen; i++) {
    uint8_t *label = &sampler->labels[sampler->order[i]];
    const uint32_t shift = 1 + tscope_rng_below(&rng, (uint32_t)dataset->classes - 1);
    *label = (uint8_t)((*label + shift) % (uint32_t)dataset->classes);
  }
}

tscope_status tscope_sampler_build(tscope_sampler *sampler, const tscope_config *config,
                                   const tscope_dataset *dataset, tscope_arena *arena,
                                   tscope_problem *problem) {
  const int factor = config->downsample == TSCOPE_DOWNSAMPLE_4   ? 4
                     : config->downsample == TSCOPE_DOWNSAMPLE_2 ? 2
                                                                 : 1;
  *sampler = (tscope_sampler){
      .dataset = dataset,
      .count = {limited(dataset->split[TSCOPE_SPLIT_TRAIN].count, config->samples),
                limited(dataset->split[TSCOPE_SPLIT_VAL].count, config->val_samples)},
      .downsample = dataset->kind == TSCOPE_KIND_IMAGE ? factor : 1,
      .scaling = config->standardize ? dataset->scaling : TSCOPE_SCALING_NONE,
      .outlier_scale = config->outlier_scale,
      .seed = (uint32_t)config->seed,
      .data_seed = (uint32_t)config->data_seed,
      .ordered_epoch = -1,
  };
  sampler->height = dataset->height / sampler->downsample;
  sampler->width = dataset->width / sampler->downsample;
  if (sampler->count[TSCOPE_SPLIT_TRAIN] < 1) {
    return refuse(problem, TSCOPE_FIELD_samples, "samples: the data set has no training samples");
  }
  if (sampler->height < 1 || sampler->width < 1) {
    return refuse(problem, TSCOPE_FIELD_downsample,
                  "downsample: the images are smaller than one pooling window");
  }
  const size_t n = (size_t)sampler->count[TSCOPE_SPLIT_TRAIN];
  sampler->order = tscope_arena_take(arena, n, sizeof(int32_t));
  /* A token is input and target at once, and no number to be scaled. */
  const int are_tokens = dataset->kind == TSCOPE_KIND_TOKENS;
  const int has_outliers = config->outliers > 0 && !are_tokens;
  const int has_noise = config->label_noise > 0 && dataset->classes > 1 && !are_tokens;
  if (has_outliers) sampler->is_outlier = tscope_arena_take(arena, n, 1);
  if (has_noise) sampler->labels = tscope_arena_take(arena, n, 1);
  if (arena->base && has_outliers) mark_outliers(sampler, config->outliers);
  if (arena->base && has_noise) scramble_labels(sampler, config->label_noise);
  return TSCOPE_OK;
}

void tscope_sampler_draw(tscope_sampler *sampler, int epoch, int place, int count,
                         int32_t *indices) {
  const int samples = sampler->count[TSCOPE_SPLIT_TRAIN];
  while (count > 0) {
    const int run = count < samples - place ? count : samples - place;
    if (sampler->ordered_epoch != epoch) {
      tscope_rng rng = tscope_rng_stream(sampler->seed, TSCOPE_STREAM_ORDER, (uint64_t)epoch);
      tscope_rng_permutation(&rng, sampler->order, samples);
      sampler->ordered_epoch = epoch;
    }
    memcpy(indices, sampler->order + place, (size_t)run * sizeof *indices);
    indices += run;
    count -= run;
    if (count > 0) epoch++, place = 0;
  }
}

/* ---- conversion ----------------------------------------------------------------------------- */

static float raw_value(const tscope_dataset *dataset, const void *sample, size_t i) {
  return dataset->format == TSCOPE_FORMAT_BYTES ? (float)((const uint8_t *)sample)[i]
                                                : ((const float *)sample)[i];
}

/** The affine map of one raw feature: (value - shift) * rate. */
typedef struct scaling {
  float shift, rate;
} scaling;

static scaling scaling_of(const tscope_sampler *sampler, size_t feature) {
  const tscope_dataset *dataset = sampler->dataset;
  switch (sampler->scaling) {
    case TSCOPE_SCALING_GLOBAL:
      return (scaling){dataset->mean, 1 / dataset->deviation};
    case TSCOPE_SCALING_PER_FEATURE:
      return (scaling){dataset->means[feature], 1 / dataset->deviations[feature]};
    default:
      return (scaling){0, 1};
  }
}

/** Where number c of pixel p is stored: a sequence is stored as the network reads it. */
static size_t place_of(const tscope_dataset *dataset, size_t c, size_t p, size_t pixels) {
  if (dataset->kind == TSCOPE_KIND_SEQUENCE) return p * (size_t)dataset->channels + c;
  return c * pixels + p;
}

/** Floats that are not pooled: four samples into four lanes of a block. */
static void fill_lanes_floats(const tscope_sampler *sampler, const uint8_t *const samples[4],
                              f32x4 gain, float *inputs) {
  const tscope_dataset *dataset = sampler->dataset;
  const size_t pixels = (size_t)sampler->height * (size_t)sampler->width;
  const size_t channels = (size_t)dataset->channels;
  const float *const from[4] = {
      (const float *)(const void *)samples[0], (const float *)(const void *)samples[1],
      (const float *)(const void *)samples[2], (const float *)(const void *)samples[3]};
  for (size_t c = 0; c < channels; c++) {
    for (size_t p = 0; p < pixels; p++) {
      const size_t at = place_of(dataset, c, p, pixels);
      const scaling s = scaling_of(sampler, at);
      const f32x4 values = {from[0][at], from[1][at], from[2][at], from[3][at]};
      tscope_store(inputs + (p * channels + c) * TSCOPE_LANES, (values - s.shift) * s.rate * gain);
    }
  }
}

/** One sample into one lane. Pooling averages standardized values, which is standardizing their
 * average. */
static void fill_lane(const tscope_sampler *sampler, const void *sample, float gain,
                      float *inputs) {
  const tscope_dataset *dataset = sampler->dataset;
  const int k = sampler->downsample, channels = dataset->channels;
  const size_t plane = (size_t)dataset->height * (size_t)dataset->width;
  const float share = 1.0f / (float)(k * k);
  for (int y = 0; y < sampler->height; y++) {
    for (int x = 0; x < sampler->width; x++) {
      for (int c = 0; c < channels; c++, inputs += TSCOPE_LANES) {
        const size_t first = (size_t)c * plane + (size_t)(y * k * dataset->width + x * k);
        float sum = 0;
        for (int dy = 0; dy < k; dy++) {
          for (int dx = 0; dx < k; dx++) {
            const size_t at = first + (size_t)(dy * dataset->width + dx);
            const scaling s = scaling_of(sampler, at);
            sum += (raw_value(dataset, sample, at) - s.shift) * s.rate;
          }
        }
        *inputs = sum * share * gain;
      }
    }
  }
}

/**
 * The common case, one pair of mean and deviation for bytes in one channel at full resolution: four
 * samples into four lanes of a block.
 */
static void fill_lanes_bytes(const tscope_sampler *sampler, const uint8_t *const samples[4],
                             f32x4 gain, float *inputs) {
  const scaling s = scaling_of(sampler, 0);
  const size_t pixels = (size_t)sampler->height * (size_t)sampler->width;
  size_t i = 0;
  for (; i + 16 <= pixels; i += 16) {
    f32x4 words[4]; /* sixteen pixels of each sample; after turning, four pixels of all samples */
    for (int lane = 0; lane < 4; lane++) {
      words[lane] = tscope_load_unaligned((const float *)(const void *)(samples[lane] + i));
    }
    tscope_transpose4(&words[0], &words[1], &words[2], &words[3]);
    for (int w = 0; w < 4; w++) {
      const i32x4 bytes = (i32x4)words[w];
      for (int k = 0; k < 4; k++, inputs += TSCOPE_LANES) {
        const f32x4 values = __builtin_convertvector((bytes >> (8 * k)) & 255, f32x4);
        tscope_store(inputs, (values - s.shift) * s.rate * gain);
      }
    }
  }
  for (; i < pixels; i++, inputs += TSCOPE_LANES) {
    f32x4 values;
    for (int lane = 0; lane < 4; lane++) values[lane] = (float)samples[lane][i];
    tscope_store(inputs, (values - s.shift) * s.rate * gain);
  }
}

/** Whatever it is, sample by sample. */
static void fill_lanes_singly(const tscope_sampler *sampler, const uint8_t *const samples[4],
                              f32x4 gain, float *inputs) {
  for (int lane = 0; lane < 4; lane++) fill_lane(sampler, samples[lane], gain[lane], inputs + lane);
}

typedef void fill_lanes(const tscope_sampler *sampler, const uint8_t *const samples[4], f32x4 gain,
                        float *inputs);

/** What fills four lanes. */
static fill_lanes *lanes_filler(const tscope_sampler *sampler) {
  if (sampler->downsample != 1) return fill_lanes_singly;
  if (sampler->dataset->format == TSCOPE_FORMAT_FLOATS) return fill_lanes_floats;
  const int is_plain =
      sampler->dataset->channels == 1 && sampler->scaling != TSCOPE_SCALING_PER_FEATURE;
  return is_plain ? fill_lanes_bytes : fill_lanes_singly;
}

static size_t input_elements(const tscope_sampler *sampler) {
  return (size_t)sampler->dataset->channels * (size_t)sampler->height * (size_t)sampler->width;
}

/** Where lane `row % 8` of its block begins. */
static float *lane_of(const tscope_sampler *sampler, float *inputs, int row) {
  return inputs + (size_t)(row / TSCOPE_LANES) * input_elements(sampler) * TSCOPE_LANES +
         row % TSCOPE_LANES;
}

static void clear_dead_lanes(const tscope_sampler *sampler, int rows, float *inputs) {
  for (int row = rows; row % TSCOPE_LANES; row++) {
    float *lane = lane_of(sampler, inputs, row);
    for (size_t i = 0; i < input_elements(sampler); i++) lane[i * TSCOPE_LANES] = 0;
  }
}

/** The sample of a row. */
static size_t sample_of(const tscope_samples *samples, int row) {
  return (size_t)(samples->indices ? samples->indices[row] : samples->first + row);
}

void tscope_sampler_make(const tscope_sampler *sampler, const tscope_samples *samples) {
  const uint8_t *made = sampler->dataset->split[samples->split].made;
  if (!made) return;
  for (int row = 0; row < samples->rows; row++) {
    const size_t i = sample_of(samples, row);
    if (!made[i]) tscope_dataset_make(sampler->dataset, samples->split, (int)i);
  }
}

/** Where samples go, and which of their rows: whole blocks, or up to the last. */
typedef struct target {
  float *inputs;
  uint8_t *labels;
  float *targets;
  int begin, end;
} target;

/** T ids into the lanes, and those that are to be predicted at the scored positions. */
static void fill_tokens(const tscope_sampler *sampler, const tscope_samples *samples,
                        const target *to) {
  const tscope_dataset *dataset = sampler->dataset;
  const int length = dataset->width, scored = tscope_dataset_scored(dataset);
  const size_t stride = tscope_dataset_stride(dataset, samples->split);
  const uint8_t *all = dataset->split[samples->split].inputs;
  for (int row = to->begin; row < to->end; row++) {
    const uint8_t *ids = all + sample_of(samples, row) * stride;
    float *lane = lane_of(sampler, to->inputs, row);
    for (int t = 0; t < length; t++) lane[t * TSCOPE_LANES] = ids[t];
    uint8_t *answer = to->labels + (size_t)(row / TSCOPE_LANES * scored) * TSCOPE_LANES;
    for (int t = 0; t < scored; t++) {
      answer[t * TSCOPE_LANES + row % TSCOPE_LANES] = ids[dataset->scored_from + t + 1];
    }
  }
}

/** Labels and targets, where the data have them. */
static void fill_answers(const tscope_sampler *sampler, const tscope_samples *samples,
                         const target *to) {
  const tscope_split *from = &sampler->dataset->split[samples->split];
  const size_t outputs = (size_t)sampler->dataset->outputs;
  const uint8_t *known =
      samples->split == TSCOPE_SPLIT_TRAIN && sampler->labels ? sampler->labels : from->labels;
  for (int row = to->begin; known && row < to->end; row++) {
    to->labels[row] = known[sample_of(samples, row)];
  }
  for (int row = to->begin; from->targets && row < to->end; row++) {
    memcpy(to->targets + (size_t)row * outputs, from->targets + sample_of(samples, row) * outputs,
           outputs * sizeof(float));
  }
}

static void fill_samples(const tscope_sampler *sampler, const tscope_samples *samples,
                         const target *to) {
  const tscope_dataset *dataset = sampler->dataset;
  const uint8_t *inputs = dataset->split[samples->split].inputs;
  const uint8_t *is_outlier = samples->split == TSCOPE_SPLIT_TRAIN ? sampler->is_outlier : NULL;
  fill_lanes *const fill = lanes_filler(sampler);
  const size_t elements =
      (size_t)dataset->channels * (size_t)dataset->height * (size_t)dataset->width;
  const size_t bytes = elements * (dataset->format == TSCOPE_FORMAT_BYTES ? 1 : sizeof(float));
  for (int four = to->begin; four < to->end; four += 4) {
    const uint8_t *of_lanes[4];
    f32x4 gains = tscope_splat(1);
    for (int lane = 0; lane < 4; lane++) {
      /* A lane that has no sample of its own repeats the last, and is cleared later. */
      const int row = four + lane < to->end ? four + lane : to->end - 1;
      const size_t i = sample_of(samples, row);
      of_lanes[lane] = inputs + i * bytes;
      if (is_outlier && is_outlier[i]) gains[lane] = sampler->outlier_scale;
    }
    fill(sampler, of_lanes, gains, lane_of(sampler, to->inputs, four));
  }
  fill_answers(sampler, samples, to);
}

/* A table, so that V8 compiles only what the data need. */
static void (*const fillers[2])(const tscope_sampler *sampler, const tscope_samples *samples,
                                const target *to) = {fill_samples, fill_tokens};

void tscope_sampler_fill(const tscope_sampler *sampler, const tscope_samples *samples,
                         float *inputs, uint8_t *labels, float *targets, tscope_part part) {
  const int rows = samples->rows, blocks = (rows + TSCOPE_LANES - 1) / TSCOPE_LANES;
  const int are_tokens = sampler->dataset->kind == TSCOPE_KIND_TOKENS;
  const int end = tscope_part_end(part, blocks) * TSCOPE_LANES;
  const target to = {inputs, labels, targets, tscope_part_begin(part, blocks) * TSCOPE_LANES,
                     end < rows ? end : rows};
  fillers[are_tokens](sampler, samples, &to);
  clear_dead_lanes(sampler, to.end, inputs);
}

void tscope_sampler_fill_raw(const tscope_sampler *sampler, const float *from, int rows,
                             float *inputs) {
  const int channels = sampler->dataset->channels;
  const size_t pixels = (size_t)sampler->height * (size_t)sampler->width;
  for (int row = 0; row < rows; row++, from += input_elements(sampler)) {
    float *lane = lane_of(sampler, inputs, row);
    for (size_t p = 0; p < pixels; p++) {
      for (int c = 0; c < channels; c++) {
        const size_t at = place_of(sampler->dataset, (size_t)c, p, pixels);
        const scaling s = scaling_of(sampler, at);
        lane[(p * (size_t)channels + (size_t)c) * TSCOPE_LANES] = (from[at] - s.shift) * s.rate;
      }
    }
  }
  clear_dead_lanes(sampler, rows, inputs);
}

/* ---- the loss of knowing only the targets' distribution ------------------------------------- */

/** How often each token stands at a scored position. Windows of a text overlap: the next position's
 * targets are this one's, less the first window's and with the one after the last. */
static void count_tokens(const tscope_sampler *sampler, double counts[256]) {
  const tscope_dataset *dataset = sampler->dataset;
  const size_t n = (size_t)sampler->count[TSCOPE_SPLIT_TRAIN];
  const size_t stride = tscope_dataset_stride(dataset, TSCOPE_SPLIT_TRAIN);
  const uint8_t *ids = dataset->split[TSCOPE_SPLIT_TRAIN].inputs;
  double here[256] = {0};
  for (int t = dataset->scored_from + 1; t <= dataset->width; t++) {
    const uint8_t *targets = ids + t;
    if (stride == 1 && t > dataset->scored_from + 1) {
      here[targets[-1]]--;
      here[targets[n - 1]]++;
    } else {
      memset(here, 0, sizeof here);
      for (size_t i = 0; i < n; i++) here[targets[i * stride]]++;
    }
    for (int c = 0; c < 256; c++) counts[c] += here[c];
  }
}

static void count_labels(const tscope_sampler *sampler, double counts[256]) {
  const uint8_t *labels =
      sampler->labels ? sampler->labels : sampler->dataset->split[TSCOPE_SPLIT_TRAIN].labels;
  for (int i = 0; i < sampler->count[TSCOPE_SPLIT_TRAIN]; i++) counts[labels[i]]++;
}

/* A table, as that of fillers. */
static void (*const counters[2])(const tscope_sampler *sampler, double counts[256]) = {
    count_labels, count_tokens};

/** Cross-entropy: the entropy of the class frequencies p, of labels as they are smoothed. Squared
 * error: ½ Σ p (1 - p). */
static double baseline_of_classes(const tscope_sampler *sampler, int loss, double smoothing) {
  const double n =
      (double)sampler->count[TSCOPE_SPLIT_TRAIN] * tscope_dataset_scored(sampler->dataset);
  double counts[256] = {0};
  double sum = 0;
  counters[sampler->dataset->kind == TSCOPE_KIND_TOKENS](sampler, counts);
  const int classes = sampler->dataset->classes;
  const int is_smoothed = loss == TSCOPE_LOSS_cross_entropy && smoothing > 0;
  for (int c = 0; c < classes; c++) {
    double p = counts[c] / n;
    if (is_smoothed) p = (1 - smoothing) * p + smoothing / classes;
    if (p > 0) sum += loss == TSCOPE_LOSS_cross_entropy ? -p * tscope_log(p) : 0.5 * p * (1 - p);
  }
  return sum;
}

/** ½ Σ over outputs of the targets' variance. */
static double baseline_of_targets(const tscope_sampler *sampler) {
  const float *targets = sampler->dataset->split[TSCOPE_SPLIT_TRAIN].targets;
  const int n = sampler->count[TSCOPE_SPLIT_TRAIN], outputs = sampler->dataset->outputs;
  double sum = 0;
  for (int o = 0; o < outputs; o++) {
    double mean = 0, squares = 0;
    for (int i = 0; i < n; i++) mean += (double)targets[(size_t)i * (size_t)outputs + (size_t)o];
    mean /= n;
    for (int i = 0; i < n; i++) {
      const double miss = (double)targets[(size_t)i * (size_t)outputs + (size_t)o] - mean;
      squares += miss * miss;
    }
    sum += 0.5 * squares / n;
  }
  return sum;
}

double tscope_sampler_floor(const tscope_sampler *sampler, int loss, double smoothing) {
  const int classes = sampler->dataset->classes;
  if (!classes || loss != TSCOPE_LOSS_cross_entropy || !(smoothing > 0)) return 0;
  const double other = smoothing / classes, right = 1 - smoothing + other;
  const double of_right = right > 0 ? -right * tscope_log(right) : 0;
  return of_right - (classes - 1) * other * tscope_log(other);
}

double tscope_sampler_baseline(const tscope_sampler *sampler, int loss, double smoothing) {
  return sampler->dataset->classes ? baseline_of_classes(sampler, loss, smoothing)
                                   : baseline_of_targets(sampler);
}
