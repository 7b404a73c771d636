/**
 * Every layer's gradient against central differences of the loss, in tiny networks. What the layers
 * should compute in the first place is judged by tests/engine/figures.test.js; this holds forward
 * and backward passes to each other, in shapes and batch sizes that PyTorch's figures do not cover.
 */
#include <math.h>

#include "check.h"
#include "sample_run.h"
#include "sample_units.h"
#include "train/run.h"

enum { ROWS_MAX = 32 };

static double loss_of(sample_run *run, int rows) {
  int32_t indices[ROWS_MAX] = {0};
  for (int i = 0; i < rows; i++) indices[i] = i;
  return tscope_trainer_measure_gradient(run->trainer, indices, rows);
}

static void shake_parameters(sample_run *run) {
  /* Initial biases, gains and rezero scalars are 0 or 1, where some gradients vanish. */
  tscope_rng rng = tscope_rng_stream(11, TSCOPE_STREAM_PROBE, 0);
  float *parameters = tscope_trainer_parameters(run->trainer);
  for (int t = 0; t < tscope_trainer_tensor_count(run->trainer); t++) {
    tscope_tensor tensor;
    tscope_trainer_tensor(run->trainer, t, &tensor);
    if (tensor.is_running) continue;
    for (int i = 0; i < tensor.count; i++) {
      parameters[tensor.offset + i] += 0.4f * (tscope_rng_uniform(&rng) - 0.4f);
    }
  }
}

/** The central difference of the loss around *theta, where it is `loss`, and by how much the
 * differences to both sides disagree. */
static double slope_of(sample_run *run, int rows, double loss, float *theta, float step,
                       double *bend) {
  const float middle = *theta;
  *theta = middle + step;
  const double up = (double)*theta, loss_up = loss_of(run, rows);
  *theta = middle - step;
  const double down = (double)*theta, loss_down = loss_of(run, rows);
  *theta = middle;
  *bend =
      fabs((loss_up - loss) / (up - (double)middle) - (loss - loss_down) / ((double)middle - down));
  return (loss_up - loss_down) / (up - down);
}

static void check_gradients(const char *model, sample_data *data, int kind, int rows) {
  tscope_config config = sample_config(model);
  config.loss = kind;
  config.batch = rows;
  sample_run run = sample_run_start(&config, data);
  CHECK(run.trainer != NULL);
  if (!run.trainer) return;
  const tscope_network *network = &run.trainer->network;
  /* With many samples some relu or maximum is always about to change sides; PyTorch's figures judge
   * those. And one vector has no variance. */
  const int has_no_variance =
      network->has_batchnorm && data->dataset.kind == TSCOPE_KIND_VECTOR && rows < 3;
  if ((network->has_kinks && rows > 3) || has_no_variance) {
    sample_run_free(&run);
    return;
  }
  shake_parameters(&run);
  float *parameters = tscope_trainer_parameters(run.trainer);
  /* The parameters come back to these values after each difference, and so do loss and gradient. */
  const double loss = loss_of(&run, rows);
  const size_t bytes = network->parameter_floats * sizeof(float);
  float *gradient = malloc(bytes);
  memcpy(gradient, tscope_trainer_gradient(run.trainer), bytes);
  for (int t = 0; t < tscope_trainer_tensor_count(run.trainer); t++) {
    tscope_tensor tensor;
    tscope_trainer_tensor(run.trainer, t, &tensor);
    if (tensor.is_running) continue;
    double error = 0, size = 0;
    /* At most 24 numbers of a tensor, spread over it. */
    const int stride = tensor.count / 24 + 1;
    int judged = 0, at_kinks = 0;
    for (int i = 0; i < tensor.count; i += stride) {
      float *theta = &parameters[tensor.offset + i];
      double bend, bend_far;
      const double near = slope_of(&run, rows, loss, theta, 1.0f / 256, &bend);
      const double far = slope_of(&run, rows, loss, theta, 1.0f / 128, &bend_far);
      judged++;
      /* A relu or a maximum that changes sides here has no slope to compare with. */
      if (fabs(near - far) > 0.004 * fabs(near) + 2e-4 || bend > 0.1 * fabs(near) + 0.01) {
        at_kinks++;
        continue;
      }
      const double miss = near - (double)gradient[tensor.offset + i];
      error += miss * miss;
      size += near * near;
    }
    CHECK(at_kinks * 2 <= judged);
    const int passed = sqrt(error) <= 4e-3 * sqrt(size) + 2.1e-4;
    CHECK(passed);
    if (!passed) {
      printf("    %s, %d rows: %s: off by %g of %g\n", model, rows, tensor.name, sqrt(error),
             sqrt(size));
    }
  }
  free(gradient);
  sample_run_free(&run);
}

static void test_points(void) {
  static const char *const models[] = {
      "",
      "linear(1)",
      "linear(5) tanh",
      "linear(9) sigmoid linear(17)",
      "linear(6) gelu",
      "linear(6) leakyrelu(0.3)",
      "linear(6) relu linear(5)",
      "tanh",
      "linear(6) layernorm tanh",
      "layernorm",
      "linear(5) batchnorm tanh",
      "residual(linear(3) tanh)",
      "residual(linear(7) tanh)",
      "residual(tanh)",
      "residual()",
      "rezero(linear(7) tanh layernorm)",
      "rezero()",
      "rezero(rezero(linear(4)) tanh)",
      "(residual(linear(6) tanh layernorm) rezero(linear(6) tanh))*2",
      "residual(linear(5) residual(tanh) residual(linear(4))) layernorm",
      "dropout(0.5) linear(4) tanh dropout(0.9)",
      "(linear(3) tanh)*12",
  };
  static const int row_counts[] = {1, 2, 7, 8, 9, 16, 31};
  sample_data data = sample_points(ROWS_MAX, 3, 4), plane = sample_points(ROWS_MAX, 3, -2);
  for (size_t m = 0; m < sizeof models / sizeof models[0]; m++) {
    for (size_t r = 0; r < sizeof row_counts / sizeof row_counts[0]; r++) {
      check_gradients(models[m], &data, TSCOPE_LOSS_cross_entropy, row_counts[r]);
    }
    check_gradients(models[m], &data, TSCOPE_LOSS_squared_error, 11);
    check_gradients(models[m], &plane, TSCOPE_LOSS_squared_error, 5);
  }
  sample_data_free(&data);
  sample_data_free(&plane);
}

static void test_tokens(void) {
  static const char *const models[] = {
      "",
      "linear(5) tanh",
      "embed(3) layernorm linear(6) gelu layernorm",
      "embed(5) residual(linear(9) gelu linear(5)) batchnorm",
      "embed(4) rezero(linear(6) tanh) dropout(0.3)",
      ("embed(6) position residual(layernorm attention(2)) "
       "residual(rmsnorm linear(7) gelu linear(6))"),
      "embed(5) sinusoid attention(5,causal=0,gain=2)",
      "embed(4) attention(2,qknorm=1,rope=1) layernorm attention(1,rope=1)",
  };
  static const int row_counts[] = {1, 3, 8, 13};
  for (int whole = 0; whole < 2; whole++) {
    sample_data data = whole ? sample_tokens(ROWS_MAX, 1, 3, 0) : sample_tokens(ROWS_MAX, 7, 5, 3);
    for (size_t m = 0; m < sizeof models / sizeof models[0]; m++) {
      for (size_t r = 0; r < sizeof row_counts / sizeof row_counts[0]; r++) {
        check_gradients(models[m], &data, TSCOPE_LOSS_cross_entropy, row_counts[r]);
      }
    }
    sample_data_free(&data);
  }
}

static void test_images(void) {
  static const char *const models[] = {
      "",
      "linear(5) tanh",
      "conv(3,3) tanh",
      "conv(5,1) tanh conv(1,2)",
      "conv(4,3,pad=1) tanh conv(9,3,stride=2) tanh",
      "conv(2,2,stride=3,pad=2) tanh",
      "conv(2,6,pad=3) tanh",
      "conv(3,2) tanh maxpool(2)",
      "conv(3,2) tanh maxpool(3,stride=1)",
      "avgpool(2) conv(3,2) tanh",
      "conv(3,3,pad=1) avgpool(3,stride=2) tanh",
      "conv(3,2) layernorm tanh",
      "conv(3,2) batchnorm tanh",
      "layernorm batchnorm",
      "residual(conv(2,3,pad=1) tanh)",
      "residual(conv(5,3,pad=1) tanh)",
      "residual(conv(2,3,stride=2,pad=1) tanh)",
      "residual(conv(3,3,stride=2,pad=1) tanh conv(5,1))",
      "residual(avgpool(2)) rezero(conv(2,1)) tanh",
      "rezero(conv(3,3,stride=3,pad=1) tanh)",
      "residual(residual(conv(4,3,pad=1) batchnorm tanh)*2 conv(8,3,stride=2,pad=1)) linear(5)",
  };
  static const int row_counts[] = {1, 3, 8, 13};
  for (int shape = 0; shape < 2; shape++) {
    sample_data data = shape ? sample_data_make(ROWS_MAX, 1, 2, 5, 6, 3, 5)
                             : sample_data_make(ROWS_MAX, 1, 2, 6, 4, 3, 6);
    for (size_t m = 0; m < sizeof models / sizeof models[0]; m++) {
      /* 5 x 6 has no common stride to the 2 x 3 that floor pooling leaves of it. */
      if (shape && strstr(models[m], "avgpool(2))")) continue;
      for (size_t r = 0; r < sizeof row_counts / sizeof row_counts[0]; r++) {
        check_gradients(models[m], &data, TSCOPE_LOSS_cross_entropy, row_counts[r]);
      }
    }
    sample_data_free(&data);
  }
}

/* Whatever the table of units has: alone, and between others, on every kind of data. */
static void test_every_unit(void) {
  static const int row_counts[] = {2, 3, 8, 13};
  sample_data points = sample_points(ROWS_MAX, 6, 4);
  sample_data images = sample_data_make(ROWS_MAX, 1, 2, 5, 6, 3, 5);
  sample_data sequences = sample_sequences(ROWS_MAX, 5, 6, 3);
  sample_data tokens = sample_tokens(ROWS_MAX, 5, 4, 2);
  const struct {
    const char *model;
    sample_data *data;
  } around[] = {
      {"%s", &points},
      {"linear(6) %s tanh", &points},
      {"%s", &images},
      {"conv(3,2) %s tanh", &images},
      {"%s mean", &images},
      {"conv(3,2) %s last", &images},
      {"patches(2) linear(6) %s last", &images},
      {"%s", &sequences},
      {"linear(6) %s", &sequences},
      {"linear(6) %s mean", &sequences},
      {"%s", &tokens},
      {"%s linear(5) tanh", &tokens},
  };
  for (int i = 0; i < TSCOPE_UNIT_COUNT; i++) {
    const sample_unit unit = sample_unit_write(i);
    int accepted = 0;
    for (size_t k = 0; k < sizeof around / sizeof around[0]; k++) {
      sample_data *data = around[k].data;
      char model[256];
      snprintf(model, sizeof model, around[k].model, unit.text);
      const tscope_config config = sample_config(model);
      if (!sample_run_fits(&config, data)) continue;
      accepted++;
      for (size_t r = 0; r < sizeof row_counts / sizeof row_counts[0]; r++)
        check_gradients(model, data, TSCOPE_LOSS_cross_entropy, row_counts[r]);
    }
    CHECK(accepted >= 2);
    if (accepted < 2) printf("    %s\n", unit.text);
  }
  sample_data_free(&points);
  sample_data_free(&images);
  sample_data_free(&sequences);
  sample_data_free(&tokens);
}

/* Which samples, in which order and how often, makes a mean over exactly those. */
static void test_indices(void) {
  sample_data data = sample_points(ROWS_MAX, 3, 4);
  tscope_config config = sample_config("linear(6) tanh");
  sample_run run = sample_run_start(&config, &data);
  const int32_t first[] = {5}, second[] = {20}, both[] = {20, 5, 5, 20}, thrice[] = {5, 5, 20};
  const double a = tscope_trainer_measure_gradient(run.trainer, first, 1);
  const double b = tscope_trainer_measure_gradient(run.trainer, second, 1);
  CHECK_NEAR(tscope_trainer_measure_gradient(run.trainer, both, 4), (a + b) / 2, 1e-7);
  CHECK_NEAR(tscope_trainer_measure_gradient(run.trainer, thrice, 3), (2 * a + b) / 3, 1e-7);
  sample_run_free(&run);
  sample_data_free(&data);
}

int main(void) {
  test_points();
  test_images();
  test_tokens();
  test_every_unit();
  test_indices();
  return CHECK_REPORT();
}
