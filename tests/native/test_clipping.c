/** Clipping and weight decay inside a run, by what they do to the parameters. */
#include <math.h>

#include "check.h"
#include "sample_run.h"

enum { FLOATS_MAX = 256 };

static int parameter_floats(const sample_run *run) {
  int floats = 0;
  for (int t = 0; t < tscope_trainer_tensor_count(run->trainer); t++) {
    tscope_tensor tensor;
    tscope_trainer_tensor(run->trainer, t, &tensor);
    if (!tensor.is_running && tensor.offset + tensor.count > floats)
      floats = tensor.offset + tensor.count;
  }
  return floats;
}

/** One step; how far the parameters moved. */
static double step_length(sample_run *run, tscope_metrics *row) {
  float before[FLOATS_MAX];
  const float *parameters = tscope_trainer_parameters(run->trainer);
  const int floats = parameter_floats(run);
  memcpy(before, parameters, (size_t)floats * sizeof(float));
  sample_run_steps(run, 1, row);
  double sum = 0;
  for (int i = 0; i < floats; i++) {
    const double moved = (double)parameters[i] - (double)before[i];
    sum += moved * moved;
  }
  return sqrt(sum);
}

static tscope_config clipped_config(int clip, float clip_norm) {
  tscope_config config = sample_config("linear(6) tanh");
  config.optimizer = TSCOPE_OPTIMIZER_sgd;
  config.lr = 0.5f;
  config.clip = clip;
  config.clip_norm = clip_norm;
  config.batch = 5;
  config.steps = 60;
  return config;
}

static void test_norm(sample_data *data) {
  const tscope_config config = clipped_config(TSCOPE_CLIP_norm, 0.6f);
  sample_run run = sample_run_start(&config, data);
  int clipped = 0;
  for (int step = 0; step < 60; step++) {
    tscope_metrics row;
    const double length = step_length(&run, &row);
    const double norm = (double)row.grad_norm, expected = norm > (double)0.6f ? (double)0.6f : norm;
    CHECK_NEAR(length, 0.5 * expected, 1e-6);
    CHECK_NEAR((double)row.clip_scale, expected / norm, 1e-6);
    CHECK(row.clip_threshold == 0.6f);
    CHECK(!!(row.events & TSCOPE_EVENT_clipped) == (row.clip_scale < 1));
    clipped += row.clip_scale < 1;
  }
  CHECK(clipped > 5 && clipped < 55);
  tscope_summary summary;
  tscope_trainer_summarize(run.trainer, &summary);
  CHECK(summary.clipped_steps == clipped);
  CHECK_NEAR((double)summary.clipped_fraction, clipped / 60.0, 1e-6);
  sample_run_free(&run);
}

/* The norm that is logged is the unclipped one, so a threshold that never acts changes nothing at
 * all. */
static void test_high_threshold(sample_data *data) {
  const tscope_config off = clipped_config(TSCOPE_CLIP_off, 1),
                      high = clipped_config(TSCOPE_CLIP_norm, 1e9f);
  sample_run a = sample_run_start(&off, data), b = sample_run_start(&high, data);
  sample_run_steps(&a, 60, NULL);
  sample_run_steps(&b, 60, NULL);
  CHECK(sample_runs_equal(&a, &b));
  sample_run_free(&a);
  sample_run_free(&b);
}

static void test_update(sample_data *data) {
  tscope_config config = clipped_config(TSCOPE_CLIP_update, 0.2f);
  config.optimizer = TSCOPE_OPTIMIZER_momentum;
  sample_run run = sample_run_start(&config, data);
  int clipped = 0;
  for (int step = 0; step < 60; step++) {
    tscope_metrics row;
    const double length = step_length(&run, &row);
    if (row.clip_scale < 1) CHECK_NEAR(length, 0.2, 1e-6);
    CHECK(length <= 0.2 + 1e-6);
    clipped += row.clip_scale < 1;
  }
  CHECK(clipped > 0);
  sample_run_free(&run);
}

static int compare_floats(const void *a, const void *b) {
  const float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

static void test_adaptive(sample_data *data) {
  tscope_config config = clipped_config(TSCOPE_CLIP_adaptive, 1);
  config.clip_percentile = 50;
  sample_run run = sample_run_start(&config, data);
  float norms[60];
  for (int step = 0; step < 60; step++) {
    tscope_metrics row;
    step_length(&run, &row);
    norms[step] = row.grad_norm;
    if (step < 19) {
      CHECK(row.clip_scale == 1 && row.clip_threshold == 0);
      continue;
    }
    if (step == 19) continue; /* whether 20 norms are enough with or before this one */
    /* The median of the norms so far, this step's included or not, within 2 %. */
    float sorted[60];
    memcpy(sorted, norms, sizeof sorted);
    qsort(sorted, (size_t)step + 1, sizeof(float), compare_floats);
    const double low = (double)sorted[(step - 1) / 2], high = (double)sorted[step / 2 + 1];
    CHECK((double)row.clip_threshold >= 0.98 * low && (double)row.clip_threshold <= 1.02 * high);
  }
  tscope_summary summary;
  tscope_trainer_summarize(run.trainer, &summary);
  qsort(norms, 60, sizeof(float), compare_floats);
  CHECK_NEAR((double)summary.norm_p50, (double)norms[29],
             0.02 * (double)norms[29] + (double)(norms[30] - norms[29]));
  CHECK_NEAR((double)summary.norm_p90, (double)norms[53],
             0.02 * (double)norms[53] + (double)(norms[54] - norms[53]));
  CHECK(summary.norm_max == norms[59]);
  uint32_t counted = 0;
  for (int i = 0; i < TSCOPE_NORM_BINS; i++) counted += tscope_trainer_norm_bins(run.trainer)[i];
  CHECK(counted == 60);
  CHECK_NEAR(tscope_norm_bin_edge(0), 1e-12, 1e-24);
  CHECK_NEAR(tscope_norm_bin_edge(12 * 64), 1, 1e-12);
  CHECK_NEAR(tscope_norm_bin_edge(TSCOPE_NORM_BINS), 1e12, 1);
  sample_run_free(&run);
}

static void test_not_in_warmup(sample_data *data) {
  tscope_config config = clipped_config(TSCOPE_CLIP_norm, 1e-6f);
  config.warmup_steps = 10;
  config.clip_in_warmup = 0;
  sample_run run = sample_run_start(&config, data);
  for (int step = 0; step < 12; step++) {
    tscope_metrics row;
    sample_run_steps(&run, 1, &row);
    CHECK(!!(row.events & TSCOPE_EVENT_clipped) == (step >= 10));
  }
  sample_run_free(&run);
}

/** Two single steps that differ in weight decay only: what decay took off each number, by lr and
 * weight_decay. */
static void test_weight_decay(sample_data *data, int optimizer, int clip) {
  tscope_config config =
      sample_config("linear(6) layernorm rezero(linear(6) batchnorm) residual(linear(5))");
  config.optimizer = optimizer;
  config.lr = 0.01f;
  config.steps = 1;
  config.clip = clip;
  config.clip_norm = 1e-3f;
  sample_run plain = sample_run_start(&config, data);
  config.weight_decay = 0.5f;
  sample_run decayed = sample_run_start(&config, data);
  float start[FLOATS_MAX];
  memcpy(start, tscope_trainer_parameters(plain.trainer),
         (size_t)parameter_floats(&plain) * sizeof(float));
  tscope_metrics row, row_decayed;
  sample_run_steps(&plain, 1, &row);
  sample_run_steps(&decayed, 1, &row_decayed);
  /* The norm is measured before. */
  CHECK(row.grad_norm == row_decayed.grad_norm && row.loss == row_decayed.loss);
  const float *a = tscope_trainer_parameters(plain.trainer),
              *b = tscope_trainer_parameters(decayed.trainer);
  int weights = 0;
  for (int t = 0; t < tscope_trainer_tensor_count(plain.trainer); t++) {
    tscope_tensor tensor;
    tscope_trainer_tensor(plain.trainer, t, &tensor);
    if (tensor.is_running) continue;
    /* Gains are called weight too, but have one dimension. */
    const int is_weight = tensor.rank >= 2;
    weights += is_weight;
    for (int i = tensor.offset; i < tensor.offset + tensor.count; i++) {
      CHECK_NEAR((double)b[i] - (double)a[i], is_weight ? -0.01 * 0.5 * (double)start[i] : 0, 2e-7);
    }
  }
  /* Three linears, the shortcut's projection, the implied last layer. */
  CHECK(weights == 5);
  sample_run_free(&plain);
  sample_run_free(&decayed);
}

int main(void) {
  sample_data data = sample_points(50, 5, 3);
  test_norm(&data);
  test_high_threshold(&data);
  test_update(&data);
  test_adaptive(&data);
  test_not_in_warmup(&data);
  const int clips[] = {TSCOPE_CLIP_off, TSCOPE_CLIP_norm};
  for (int i = 0; i < 2; i++) {
    test_weight_decay(&data, TSCOPE_OPTIMIZER_sgd, clips[i]);
    test_weight_decay(&data, TSCOPE_OPTIMIZER_momentum, clips[i]);
    test_weight_decay(&data, TSCOPE_OPTIMIZER_adamw, clips[i]);
  }
  sample_data_free(&data);
  return CHECK_REPORT();
}
