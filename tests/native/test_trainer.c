/** A run is a value: two runs do not meet, a copy of the state is the run, measuring moves nothing.
 */
#include <math.h>

#include "check.h"
#include "data/sampler.h"
#include "sample_run.h"
#include "train/run.h"

static const char *const kModel =
    "linear(12) batchnorm tanh dropout(0.2) residual(linear(12) relu layernorm) rezero(linear(12) "
    "tanh)";

static tscope_config busy_config(void) {
  tscope_config config = sample_config(kModel);
  config.optimizer = TSCOPE_OPTIMIZER_adam;
  config.lr = 0.01f;
  config.clip = TSCOPE_CLIP_adaptive;
  config.weight_decay = 0.01f;
  config.batch = 7;
  config.steps = 60;
  config.schedule = TSCOPE_SCHEDULE_cosine;
  config.warmup_steps = 5;
  return config;
}

static void digest_after(const tscope_config *config, const sample_data *data, int steps,
                         char digest[65]) {
  sample_run run = sample_run_start(config, data);
  sample_run_steps(&run, steps, NULL);
  tscope_trainer_digest(run.trainer, digest);
  sample_run_free(&run);
}

static void test_two_runs_do_not_meet(void) {
  sample_data data = sample_points(50, 5, 3), other = sample_points(33, 5, 3);
  tscope_config config = busy_config(), second = busy_config();
  second.optimizer = TSCOPE_OPTIMIZER_rmsprop;
  second.seed = 99;
  char alone[65], alone_second[65], together[65];
  digest_after(&config, &data, 40, alone);
  digest_after(&second, &other, 40, alone_second);
  CHECK(strcmp(alone, alone_second) != 0);

  sample_run a = sample_run_start(&config, &data), b = sample_run_start(&second, &other);
  for (int i = 0; i < 40; i++) {
    sample_run_steps(&a, 1, NULL);
    sample_run_steps(&b, 1, NULL);
    if (i == 20) tscope_trainer_sharpness(b.trainer, 16, 5, 0);
  }
  tscope_trainer_digest(a.trainer, together);
  CHECK_TEXT(together, alone);
  tscope_trainer_digest(b.trainer, together);
  CHECK_TEXT(together, alone_second);
  sample_run_free(&a);
  sample_run_free(&b);
  sample_data_free(&data);
  sample_data_free(&other);
}

static void test_snapshot(void) {
  sample_data data = sample_points(50, 5, 3);
  const tscope_config config = busy_config();
  sample_run run = sample_run_start(&config, &data), fork = sample_run_start(&config, &data);
  tscope_metrics rows[20], again[20];
  sample_run_steps(&run, 17, NULL);
  void *snapshot = malloc(run.state_bytes);
  memcpy(snapshot, tscope_trainer_state(run.trainer), run.state_bytes);
  for (int i = 0; i < 20; i++) sample_run_steps(&run, 1, &rows[i]);
  char first[65], second[65];
  tscope_trainer_digest(run.trainer, first);

  /* Judged before it is written back: counters that lead out of their arrays, or contradict. */
  tscope_problem problem;
  CHECK(tscope_trainer_judge_state(run.trainer, snapshot, 17, &problem) == TSCOPE_OK);
  CHECK(tscope_trainer_judge_state(run.trainer, snapshot, 18, &problem) == TSCOPE_ERROR_DATA);
  tscope_state *made_up = snapshot;
  int32_t *const counters[] = {&made_up->stability.episode_count,
                               &made_up->place,
                               &made_up->epoch,
                               &made_up->step,
                               &made_up->config.batch,
                               &made_up->diverged_at};
  const int32_t wrongs[] = {-2, 1 << 20, INT32_MAX, INT32_MIN};
  for (size_t i = 0; i < sizeof counters / sizeof *counters; i++) {
    for (size_t k = 0; k < sizeof wrongs / sizeof *wrongs; k++) {
      const int32_t right = *counters[i];
      *counters[i] = wrongs[k];
      CHECK(tscope_trainer_judge_state(run.trainer, snapshot, 17, &problem) == TSCOPE_ERROR_DATA);
      *counters[i] = right;
    }
  }

  /* Back in the same run, where scratch and order hold the future's leftovers. */
  memcpy(tscope_trainer_state(run.trainer), snapshot, run.state_bytes);
  tscope_trainer_restored(run.trainer);
  for (int i = 0; i < 20; i++) sample_run_steps(&run, 1, &again[i]);
  tscope_trainer_digest(run.trainer, second);
  CHECK_TEXT(second, first);
  CHECK(memcmp(rows, again, sizeof rows) == 0);

  /* And in another block, which has gone elsewhere before. */
  sample_run_steps(&fork, 3, NULL);
  memcpy(tscope_trainer_state(fork.trainer), snapshot, run.state_bytes);
  tscope_trainer_restored(fork.trainer);
  for (int i = 0; i < 20; i++) sample_run_steps(&fork, 1, &again[i]);
  CHECK(sample_runs_equal(&run, &fork));
  CHECK(memcmp(rows, again, sizeof rows) == 0);
  CHECK(memcmp(tscope_trainer_state(run.trainer), tscope_trainer_state(fork.trainer),
               run.state_bytes) == 0);
  free(snapshot);
  sample_run_free(&run);
  sample_run_free(&fork);
  sample_data_free(&data);
}

/* Every reading call, between any two calls of advance, even in the middle of a step of several
 * chunks. */
static void test_measuring_moves_nothing(void) {
  sample_data data = sample_points(300, 5, 3);
  const char *models[] = {kModel, "linear(12) tanh dropout(0.3)"};
  for (int m = 0; m < 2; m++) {
    tscope_config config = sample_config(models[m]);
    config.batch = 0;
    config.steps = 6;
    sample_run quiet = sample_run_start(&config, &data), watched = sample_run_start(&config, &data);
    sample_run_steps(&quiet, 6, NULL);
    tscope_metrics row;
    tscope_evaluation evaluation;
    const int32_t indices[] = {3, 1, 299};
    float outputs[3 * 3];
    char digest[65];
    for (int i = 0, events = 0; !(events & TSCOPE_EVENT_complete) && i < 1000; i++) {
      events = tscope_trainer_advance(watched.trainer, &row);
      switch (i % 5) {
        case 0:
          sample_run_evaluate(&watched, TSCOPE_SPLIT_VAL);
          break;
        case 1:
          tscope_trainer_measure_gradient(watched.trainer, indices, 3);
          break;
        case 2:
          tscope_trainer_sharpness(watched.trainer, 20, 4, 1);
          break;
        case 3:
          tscope_trainer_predict(watched.trainer, TSCOPE_SPLIT_TRAIN, indices, 3, outputs);
          break;
        default:
          tscope_trainer_predict_inputs(watched.trainer, data.inputs, 3, outputs);
      }
      tscope_trainer_digest(watched.trainer, digest);
    }
    CHECK(sample_runs_equal(&quiet, &watched));
    CHECK(memcmp(tscope_trainer_state(quiet.trainer), tscope_trainer_state(watched.trainer),
                 quiet.state_bytes) == 0);

    /* An evaluation that other readings interrupt. */
    const tscope_evaluation whole = sample_run_evaluate(&quiet, TSCOPE_SPLIT_TRAIN);
    tscope_trainer_evaluate_begin(quiet.trainer, TSCOPE_SPLIT_TRAIN, 0);
    int parts = 1;
    for (; !tscope_trainer_evaluate_advance(quiet.trainer, &evaluation); parts++) {
      tscope_trainer_predict(quiet.trainer, TSCOPE_SPLIT_TRAIN, indices, 3, outputs);
      tscope_trainer_sharpness(quiet.trainer, 20, 4, 0);
    }
    CHECK(parts > 1);
    CHECK(evaluation.loss == whole.loss && evaluation.accuracy == whole.accuracy &&
          evaluation.count == 300);
    sample_run_free(&quiet);
    sample_run_free(&watched);
  }
  sample_data_free(&data);
}

/** The training sample at a place of an epoch. */
static int draw_one(tscope_sampler *sampler, int epoch, int place) {
  int32_t index;
  tscope_sampler_draw(sampler, epoch, place, 1, &index);
  return index;
}

static void test_batches(void) {
  sample_data data = sample_points(10, 5, 3);
  for (int batch = 1; batch <= 9; batch++) {
    tscope_config config = sample_config("linear(6) tanh");
    config.batch = batch;
    config.steps = 30;
    config.lr = 0.01f;
    sample_run run = sample_run_start(&config, &data);
    tscope_sampler sampler;
    tscope_problem problem;
    uint8_t memory[4096] __attribute__((aligned(16)));
    tscope_arena arena = {.base = memory};
    CHECK(tscope_sampler_build(&sampler, &config, &data.dataset, &arena, &problem) == TSCOPE_OK);
    for (int step = 0; step < 30; step++) {
      /* The order that the contract promises: permutations of (seed, epoch), laid end to end. */
      int32_t drawn[10];
      for (int i = 0; i < batch; i++) {
        const int at = step * batch + i;
        drawn[i] = draw_one(&sampler, at / 10, at % 10);
      }
      const double expected = tscope_trainer_measure_gradient(run.trainer, drawn, batch);
      tscope_metrics row;
      const int events = sample_run_steps(&run, 1, &row);
      CHECK_NEAR((double)row.loss, expected, 1e-6 * expected);
      CHECK(row.step == step);
      int begins_epoch = 0;
      for (int i = 0; i < batch; i++) begins_epoch |= (step * batch + i) % 10 == 0;
      CHECK(!!(events & TSCOPE_EVENT_epoch) == begins_epoch);
      CHECK(!!(events & TSCOPE_EVENT_complete) == (step == 29));
      CHECK(row.events == (events & ~TSCOPE_EVENT_step));
    }
    tscope_metrics row;
    CHECK(tscope_trainer_advance(run.trainer, &row) == TSCOPE_EVENT_complete);
    sample_run_free(&run);
  }
  sample_data_free(&data);
}

/* An epoch visits every sample once, in an order of its own; the same seed always makes the same.
 */
static void test_permutations(void) {
  sample_data data = sample_points(10, 5, 3);
  tscope_config config = sample_config("");
  uint8_t memory[4096] __attribute__((aligned(16)));
  tscope_sampler sampler;
  tscope_problem problem;
  tscope_arena arena = {.base = memory};
  CHECK(tscope_sampler_build(&sampler, &config, &data.dataset, &arena, &problem) == TSCOPE_OK);
  int orders[3][10], changed = 0;
  for (int epoch = 0; epoch < 3; epoch++) {
    int seen = 0;
    for (int i = 0; i < 10; i++) seen |= 1 << (orders[epoch][i] = draw_one(&sampler, epoch, i));
    CHECK(seen == 1023);
    if (epoch) changed += memcmp(orders[epoch], orders[0], sizeof orders[0]) != 0;
  }
  CHECK(changed == 2);
  for (int i = 9; i >= 0; i--) CHECK(draw_one(&sampler, 1, i) == orders[1][i]);
  sample_data_free(&data);
}

static void test_batch_larger_than_data(void) {
  sample_data data = sample_points(21, 5, 3);
  tscope_config config = busy_config();
  char full[65], larger[65], equal[65];
  config.batch = 0;
  digest_after(&config, &data, 20, full);
  config.batch = 1000;
  digest_after(&config, &data, 20, larger);
  config.batch = 21;
  digest_after(&config, &data, 20, equal);
  CHECK_TEXT(larger, full);
  CHECK_TEXT(equal, full);
  sample_data_free(&data);
}

/* A step of 300 samples comes in chunks, and is the mean over all 300. */
static void test_full_batch_in_chunks(void) {
  sample_data data = sample_points(300, 5, 3);
  tscope_config config = sample_config("linear(6) tanh");
  config.batch = 0;
  config.steps = 3;
  sample_run run = sample_run_start(&config, &data);
  int32_t indices[300];
  for (int i = 0; i < 300; i++) indices[i] = i;
  for (int step = 0; step < 3; step++) {
    const double expected = tscope_trainer_measure_gradient(run.trainer, indices, 300);
    tscope_metrics row;
    int calls = 1;
    while (!(tscope_trainer_advance(run.trainer, &row) & TSCOPE_EVENT_step)) calls++;
    CHECK(calls > 1);
    CHECK_NEAR((double)row.loss, expected, 1e-6);
  }
  /* A snapshot that is restored in the middle of a step begins the step anew. */
  sample_run other = sample_run_start(&config, &data);
  tscope_metrics row;
  tscope_trainer_advance(other.trainer, &row);
  void *snapshot = malloc(other.state_bytes);
  memcpy(snapshot, tscope_trainer_state(other.trainer), other.state_bytes);
  tscope_trainer_advance(other.trainer, &row);
  memcpy(tscope_trainer_state(other.trainer), snapshot, other.state_bytes);
  tscope_trainer_restored(other.trainer);
  sample_run_steps(&other, 3, NULL);
  CHECK(sample_runs_equal(&run, &other));
  free(snapshot);
  sample_run_free(&run);
  sample_run_free(&other);
  sample_data_free(&data);
}

/* A batch's accuracy is that of the parameters before its update, over all its chunks: a full batch
 * has the one that an evaluation of the training data finds. Its mean is the one of the loss. */
static void test_accuracy(void) {
  for (int loss = 0; loss < TSCOPE_LOSS_COUNT; loss++) {
    sample_data data = sample_points(300, 5, 3);
    tscope_config config = sample_config("linear(6) tanh");
    config.loss = loss;
    config.batch = 0;
    config.steps = 20;
    sample_run run = sample_run_start(&config, &data);
    double mean = 0, lowest = 1, highest = 0;
    for (int step = 0; step < 20; step++) {
      const double expected = sample_run_evaluate(&run, TSCOPE_SPLIT_TRAIN).accuracy;
      tscope_metrics row;
      sample_run_steps(&run, 1, &row);
      CHECK(row.accuracy == (float)expected);
      mean = 0.95 * mean + 0.05 * expected;
      CHECK_NEAR((double)row.smoothed_accuracy, mean / (1 - pow(0.95, step + 1)), 1e-6);
      if (expected < lowest) lowest = expected;
      if (expected > highest) highest = expected;
    }
    CHECK(lowest < highest);
    sample_run_free(&run);
    sample_data_free(&data);
  }
  sample_data targets = sample_points(30, 5, -2);
  tscope_config config = sample_config("");
  sample_run run = sample_run_start(&config, &targets);
  tscope_metrics row;
  sample_run_steps(&run, 1, &row);
  CHECK(isfinite(row.loss) && isnan(row.accuracy) && isnan(row.smoothed_accuracy));
  sample_run_free(&run);
  sample_data_free(&targets);
}

/* batchnorm cannot be split into chunks: its statistics are the whole batch's. */
static void test_large_batchnorm_batch(void) {
  sample_data data = sample_points(300, 5, 3);
  tscope_config config = sample_config("linear(6) batchnorm");
  config.batch = 300;
  config.steps = 1;
  sample_run run = sample_run_start(&config, &data);
  CHECK(tscope_trainer_rows_max(run.trainer) >= 300);
  float *running = tscope_trainer_running(run.trainer);
  float *parameters = tscope_trainer_parameters(run.trainer);
  /* The batch's mean of the first feature, by hand. */
  double mean = 0, square = 0;
  tscope_tensor bias;
  tscope_trainer_tensor(run.trainer, 1, &bias);
  for (int i = 0; i < 300; i++) {
    double y = (double)parameters[bias.offset];
    for (int k = 0; k < 5; k++) y += (double)parameters[k] * (double)data.inputs[i * 5 + k];
    mean += y / 300;
    square += y * y / 300;
  }
  const double variance = (square - mean * mean) * 300 / 299;
  sample_run_steps(&run, 1, NULL);
  for (int t = 0; t < tscope_trainer_tensor_count(run.trainer); t++) {
    tscope_tensor tensor;
    tscope_trainer_tensor(run.trainer, t, &tensor);
    if (!tensor.is_running || tensor.count != 6) continue;
    const int is_mean = strstr(tensor.name, "mean") != NULL;
    CHECK_NEAR((double)running[tensor.offset], is_mean ? 0.1 * mean : 0.9 + 0.1 * variance, 1e-5);
  }
  sample_run_free(&run);
  sample_data_free(&data);
}

/* Column size of the update rules' table. */
enum { FOLLOWS, DIVIDES, DIVIDES_LATER };
#define SIZE_OF(A, B, id, text, label, moments, first, second, decay, size, ...) size,
static const int kSizes[] = {TSCOPE_RULES(SIZE_OF, , )};

static void test_divergence(void) {
  sample_data data = sample_points(40, 5, 3);
  for (int optimizer = 0; optimizer < TSCOPE_OPTIMIZER_COUNT; optimizer++) {
    tscope_config config = sample_config("linear(8) batchnorm relu linear(8) linear(8) linear(8)");
    config.optimizer = optimizer;
    config.loss = TSCOPE_LOSS_squared_error;
    config.lr = 1000000;
    config.steps = 100000;
    config.batch = 8;
    sample_run run = sample_run_start(&config, &data);
    float *parameters = tscope_trainer_parameters(run.trainer),
          *running = tscope_trainer_running(run.trainer);
    tscope_summary summary;
    tscope_metrics row;
    float before[1024], running_before[16];
    tscope_tensor last;
    int floats = 0;
    for (int t = 0; t < tscope_trainer_tensor_count(run.trainer); t++) {
      tscope_trainer_tensor(run.trainer, t, &last);
      if (!last.is_running && last.offset + last.count > floats) floats = last.offset + last.count;
    }
    int events = 0, step = 0;
    for (; step < 5000 && !(events & TSCOPE_EVENT_complete); step++) {
      memcpy(before, parameters, (size_t)floats * sizeof(float));
      memcpy(running_before, running, sizeof running_before);
      events = sample_run_steps(&run, 1, &row);
    }
    tscope_trainer_summarize(run.trainer, &summary);
    /* A step that divides by the gradient has the size of lr whatever the loss: a run may survive
     * 5,000 of them. */
    if (kSizes[optimizer] == FOLLOWS) CHECK(events & TSCOPE_EVENT_diverged);
    if (events & TSCOPE_EVENT_diverged) {
      CHECK(events & TSCOPE_EVENT_complete);
      CHECK(row.step == step - 1 && summary.diverged_at == row.step && summary.steps == row.step);
      CHECK(!isfinite(row.loss) || !isfinite(row.grad_norm));
      CHECK(memcmp(before, parameters, (size_t)floats * sizeof(float)) == 0);
      CHECK(memcmp(running_before, running, sizeof running_before) == 0);
      CHECK(summary.infeasible == 1);
      char digest[65], later[65];
      tscope_trainer_digest(run.trainer, digest);
      CHECK(tscope_trainer_advance(run.trainer, &row) == TSCOPE_EVENT_complete);
      tscope_trainer_digest(run.trainer, later);
      CHECK_TEXT(later, digest);
    }
    sample_run_free(&run);
  }
  sample_data_free(&data);
}

/* However few looks there are between the first steps and the last: a peak is no older than the
 * last losses that a float held. */
static void test_peak_of_divergence(void) {
  sample_data data = sample_points(400, 5, 3);
  for (int batch = 4; batch <= 64; batch *= 4) {
    tscope_config config = sample_config("linear(8) tanh linear(8) tanh");
    config.loss = TSCOPE_LOSS_squared_error;
    config.optimizer = TSCOPE_OPTIMIZER_momentum;
    config.lr = 2;
    config.steps = 1000;
    config.batch = batch;
    sample_run run = sample_run_start(&config, &data);
    tscope_metrics row;
    double highest = 0;
    int events = 0, highest_at = -1;
    while (!(events & TSCOPE_EVENT_complete)) {
      events = sample_run_steps(&run, 1, &row);
      if (isfinite(row.loss) && (double)row.loss > highest) {
        highest = (double)row.loss;
        highest_at = row.step;
      }
    }
    CHECK(events & TSCOPE_EVENT_diverged);
    tscope_summary summary;
    tscope_trainer_summarize(run.trainer, &summary);
    const tscope_episode *last = tscope_trainer_episodes(run.trainer) + summary.episode_count - 1;
    CHECK(last->recovered_at == -1 && isfinite(last->loss_peak));
    CHECK((double)last->loss_peak > highest / 20 && last->peak <= highest_at);
    sample_run_free(&run);
  }
  sample_data_free(&data);
}

/* A NaN among the inputs spoils the step that draws it, and no parameter. */
static void test_bad_sample(void) {
  sample_data data = sample_points(40, 5, 3);
  data.inputs[5 * 17 + 2] = NAN;
  tscope_config config = sample_config("linear(6) relu");
  config.batch = 1;
  sample_run run = sample_run_start(&config, &data);
  tscope_metrics row;
  sample_run_steps(&run, 1000, &row);
  CHECK(row.events & TSCOPE_EVENT_diverged);
  CHECK(row.step < 40);
  const float *parameters = tscope_trainer_parameters(run.trainer);
  for (int i = 0; i < 30; i++) CHECK(isfinite(parameters[i]));
  sample_run_free(&run);
  sample_data_free(&data);
}

static void test_ends(void) {
  sample_data data = sample_points(20, 5, 3);
  tscope_config config = sample_config("");
  config.steps = 0;
  sample_run run = sample_run_start(&config, &data);
  tscope_metrics row;
  CHECK(tscope_trainer_advance(run.trainer, &row) == TSCOPE_EVENT_complete);
  sample_run_free(&run);
  config.warmup_steps = 3;
  config.lr = 0.3f;
  run = sample_run_start(&config, &data);
  const float expected[] = {0.1f, 0.2f, 0.3f};
  for (int i = 0; i < 3; i++) {
    sample_run_steps(&run, 1, &row);
    CHECK_NEAR((double)row.lr, (double)expected[i], 3e-8);
  }
  CHECK(row.events & TSCOPE_EVENT_complete);
  sample_run_free(&run);
  sample_data_free(&data);
}

/* A block that is a byte too small is refused, and the sizes are what is used: ASan guards the
 * exact block. */
static void test_memory(void) {
  sample_data data = sample_points(20, 5, 3);
  const tscope_config config = busy_config();
  tscope_run_size size;
  tscope_problem problem;
  CHECK(tscope_trainer_size(&config, &data.dataset, &size, &problem) == TSCOPE_OK);
  CHECK((int64_t)size.state % 16 == 0);
  const size_t bytes = (size_t)(size.state + size.scratch);
  void *block = aligned_alloc(16, bytes);
  tscope_trainer *trainer;
  CHECK(tscope_trainer_init(&config, &data.dataset, block, bytes - 1, &trainer, &problem) ==
        TSCOPE_ERROR_MEMORY);
  free(block);
  sample_data_free(&data);

  tscope_config large = sample_config("linear(1000000) linear(1000000)");
  data = sample_points(20, 5, 3);
  CHECK(tscope_trainer_size(&large, &data.dataset, &size, &problem) != TSCOPE_OK);
  large = sample_config("linear(5000) linear(5000)*4");
  CHECK(tscope_trainer_size(&large, &data.dataset, &size, &problem) == TSCOPE_OK);
  large = sample_config("linear(5000) linear(5000)*6");
  CHECK(tscope_trainer_size(&large, &data.dataset, &size, &problem) != TSCOPE_OK);
  CHECK(problem.message[0] != 0);
  sample_data_free(&data);
}

/* Dropout keeps its promise at both ends: 0 is the identity, 1 lets nothing through and stays
 * finite. */
/* Their products do not fit 32 bits. */
static void test_too_many_parameters(void) {
  static const char *const models[] = {
      "linear(65536) linear(65536)",
      "conv(1000000,1024,pad=1000)",
      "conv(1048576,1) conv(1048576,1)",
      "conv(64,1) residual(linear(1000000))",
  };
  sample_data data = sample_data_make(4, 1, 3, 8, 8, 3, 7);
  for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
    const tscope_config config = sample_config(models[i]);
    tscope_problem problem;
    tscope_model_facts facts;
    const tscope_status status = tscope_model_measure(&config, &data.dataset, &facts, &problem);
    CHECK(status == TSCOPE_ERROR_MODEL);
  }
  sample_data_free(&data);
}

static void test_dropout(void) {
  sample_data data = sample_points(50, 5, 3);
  char without[65], zero[65];
  tscope_config config = sample_config("linear(6) tanh");
  digest_after(&config, &data, 20, without);
  config = sample_config("linear(6) tanh dropout(0)");
  digest_after(&config, &data, 20, zero);
  CHECK_TEXT(zero, without);
  config = sample_config("linear(6) tanh dropout(1)");
  sample_run run = sample_run_start(&config, &data);
  float before[32], *parameters = tscope_trainer_parameters(run.trainer);
  memcpy(before, parameters, 30 * sizeof(float));
  tscope_metrics row;
  sample_run_steps(&run, 20, &row);
  CHECK(isfinite(row.loss) && row.step == 19);
  CHECK(memcmp(before, parameters, 30 * sizeof(float)) == 0);
  sample_run_free(&run);
  sample_data_free(&data);
}

/* Live changes act from the next step on, and leave the past alone. */
static void test_live_change(void) {
  sample_data data = sample_points(50, 5, 3);
  const tscope_config config = busy_config();
  sample_run run = sample_run_start(&config, &data);
  tscope_problem problem;
  tscope_metrics row;
  sample_run_steps(&run, 10, &row);
  const float lr = 0.002f, was = row.lr;
  uint32_t word;
  memcpy(&word, &lr, sizeof word);
  CHECK(tscope_trainer_set(run.trainer, TSCOPE_FIELD_lr, word, &problem) == TSCOPE_OK);
  CHECK(tscope_trainer_set(run.trainer, TSCOPE_FIELD_batch, 3, &problem) == TSCOPE_ERROR_SETTING);
  CHECK(tscope_trainer_config(run.trainer)->lr == lr);
  sample_run_steps(&run, 1, &row);
  CHECK(row.lr < was / 4 && row.lr > was / 6);
  sample_run_free(&run);
  sample_data_free(&data);
}

int main(void) {
  test_two_runs_do_not_meet();
  test_snapshot();
  test_measuring_moves_nothing();
  test_batches();
  test_permutations();
  test_batch_larger_than_data();
  test_full_batch_in_chunks();
  test_accuracy();
  test_large_batchnorm_batch();
  test_divergence();
  test_peak_of_divergence();
  test_bad_sample();
  test_ends();
  test_memory();
  test_too_many_parameters();
  test_dropout();
  test_live_change();
  return CHECK_REPORT();
}
