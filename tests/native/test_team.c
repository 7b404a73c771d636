/** Runs that several threads train together: the same bits as one thread's. */
#include <pthread.h>

#include "base/team.h"
#include "check.h"
#include "sample_run.h"
#include "sample_units.h"

/* Enough for every part of the work to be shared out, and for a difference to spread. */
enum { STEPS = 4, THREADS_MOST = 4, SHARPNESS_SAMPLES = 40, SHARPNESS_ITERATIONS = 3 };

typedef struct server {
  tscope_team *team;
  int index;
  pthread_t thread;
} server;

static void *serve(void *server_of) {
  const server *s = server_of;
  tscope_team_serve(s->team, s->index);
  return NULL;
}

typedef struct thread_crew {
  tscope_team *team;
  int count;
  server servers[THREADS_MOST];
} thread_crew;

static void crew_start(thread_crew *crew, int count) {
  crew->team = malloc((size_t)tscope_team_bytes());
  crew->count = count;
  tscope_team_init(crew->team, count);
  for (int i = 1; i < count; i++) {
    crew->servers[i] = (server){.team = crew->team, .index = i};
    pthread_create(&crew->servers[i].thread, NULL, serve, &crew->servers[i]);
  }
}

static void crew_stop(thread_crew *crew) {
  tscope_team_dismiss(crew->team);
  for (int i = 1; i < crew->count; i++) pthread_join(crew->servers[i].thread, NULL);
  free(crew->team);
}

/** Counts how often each thread came by between barriers; nobody may be a round ahead. */
typedef struct rounds {
  tscope_team *team;
  int done[THREADS_MOST], ahead;
} rounds;

static void count_rounds(void *context, tscope_part part) {
  rounds *r = context;
  for (int round = 1; round <= 1000; round++) {
    r->done[part.index] = round;
    tscope_team_barrier(r->team);
    if (part.index == 0) {
      for (int i = 0; i < part.count; i++) r->ahead += r->done[i] != round;
    }
    tscope_team_barrier(r->team);
  }
}

static void test_barrier(void) {
  for (int count = 1; count <= THREADS_MOST; count++) {
    thread_crew crew;
    crew_start(&crew, count);
    rounds r = {.team = crew.team};
    for (int call = 0; call < 3; call++) tscope_team_run(crew.team, count_rounds, &r);
    CHECK(r.ahead == 0);
    for (int i = 0; i < count; i++) CHECK(r.done[i] == 1000);
    crew_stop(&crew);
  }
}

/** What a run has become: parameters, an evaluation, a sharpness. */
typedef struct run_outcome {
  char digest[65];
  double loss, sharpness;
} run_outcome;

static run_outcome train(const tscope_config *config, const sample_data *data, tscope_team *team) {
  run_outcome outcome;
  sample_run run = sample_run_start(config, data);
  tscope_trainer_use_team(run.trainer, team);
  sample_run_steps(&run, STEPS, NULL);
  tscope_trainer_digest(run.trainer, outcome.digest);
  outcome.loss = sample_run_evaluate(&run, TSCOPE_SPLIT_VAL).loss;
  outcome.sharpness =
      tscope_trainer_sharpness(run.trainer, SHARPNESS_SAMPLES, SHARPNESS_ITERATIONS, 0);
  sample_run_free(&run);
  return outcome;
}

static void check_crew(const tscope_config *config, const sample_data *data, int count,
                       const run_outcome *alone) {
  thread_crew crew;
  crew_start(&crew, count);
  const run_outcome together = train(config, data, crew.team);
  CHECK_TEXT(together.digest, alone->digest);
  CHECK(together.loss == alone->loss);
  CHECK(together.sharpness == alone->sharpness);
  crew_stop(&crew);
}

static void check_threads(const tscope_config *config, const sample_data *data) {
  const run_outcome alone = train(config, data, NULL);
  for (int count = 2; count <= THREADS_MOST; count += count) {
    check_crew(config, data, count, &alone);
  }
}

static void test_dismissed(void) {
  sample_data data = sample_points(64, 40, 3);
  const tscope_config config = sample_config("linear(128) tanh linear(128) tanh");
  sample_run run = sample_run_start(&config, &data), alone = sample_run_start(&config, &data);
  thread_crew crew;
  crew_start(&crew, 2);
  tscope_trainer_use_team(run.trainer, crew.team);
  sample_run_steps(&run, 3, NULL);
  tscope_team_dismiss(crew.team);
  pthread_join(crew.servers[1].thread, NULL);
  sample_run_steps(&run, 3, NULL);
  sample_run_steps(&alone, 6, NULL);
  CHECK(sample_runs_equal(&run, &alone));
  free(crew.team);
  sample_run_free(&run);
  sample_run_free(&alone);
  sample_data_free(&data);
}

/* Whatever the table of units has, in models large enough for a team to be called. */
static void test_every_unit(void) {
  sample_data points = sample_points(150, 40, 3);
  sample_data images = sample_data_make(60, 1, 3, 14, 14, 4, 3);
  sample_data tokens = sample_tokens(150, 11, 7, 4);
  sample_data sequences = sample_sequences(150, 9, 12, 3);
  const struct {
    const char *model;
    sample_data *data;
  } around[] = {
      {"linear(120) %s linear(70)", &points},        {"conv(6,5,pad=2) %s", &images},
      {"linear(40) %s mean linear(90)", &sequences}, {"%s linear(120) mean", &images},
      {"linear(60) %s linear(90)", &sequences},      {"%s linear(120) linear(70)", &tokens},
      {"linear(60) %s linear(70)", &tokens},
  };
  for (int i = 0; i < TSCOPE_UNIT_COUNT; i++) {
    const sample_unit unit = sample_unit_write(i);
    int accepted = 0;
    for (size_t k = 0; k < sizeof around / sizeof around[0]; k++) {
      sample_data *data = around[k].data;
      char model[256];
      snprintf(model, sizeof model, around[k].model, unit.text);
      tscope_config config = sample_config(model);
      config.batch = 43;
      if (!sample_run_fits(&config, data)) continue;
      accepted++;
      const run_outcome alone = train(&config, data, NULL);
      check_crew(&config, data, 3, &alone);
    }
    CHECK(accepted > 0);
  }
  sample_data_free(&points);
  sample_data_free(&images);
  sample_data_free(&sequences);
  sample_data_free(&tokens);
}

/* Several kinds of layer after one another, and each way to clip. */
static void test_vectors(void) {
  sample_data data = sample_points(150, 40, 3);
  tscope_config config = sample_config(
      "linear(90) layernorm tanh dropout(0.2) residual(linear(120) relu batchnorm) "
      "rezero(linear(120) gelu) residual(linear(120) sigmoid layernorm) linear(70) leakyrelu(0.1)");
  config.optimizer = TSCOPE_OPTIMIZER_adamw;
  config.weight_decay = 0.1f;
  config.batch = 67;
  check_threads(&config, &data);
  config.clip = TSCOPE_CLIP_update;
  config.clip_norm = 0.01f;
  config.batch = 0; /* several chunks */
  config.optimizer = TSCOPE_OPTIMIZER_nesterov;
  check_threads(&config, &data);
  sample_data_free(&data);
}

static void test_transformer(void) {
  sample_data data = sample_tokens(150, 11, 7, 4);
  tscope_config config = sample_config(
      "embed(24) position (residual(layernorm attention(4)) residual(rmsnorm linear(50) gelu "
      "linear(24)))*2 residual(attention(3,qknorm=1,rope=1)) layernorm");
  config.optimizer = TSCOPE_OPTIMIZER_adamw;
  config.batch = 43;
  check_threads(&config, &data);
  config.batch = 5;
  check_threads(&config, &data);
  sample_data_free(&data);
}

static void test_images(void) {
  sample_data data = sample_data_make(60, 1, 3, 14, 14, 4, 3);
  tscope_config config = sample_config(
      "conv(6,5,pad=2) relu maxpool(2) avgpool(2,1) residual(conv(10,3,stride=2,pad=1) batchnorm) "
      "maxpool(2,1) residual(conv(9,1) layernorm) tanh linear(50) relu");
  config.clip = TSCOPE_CLIP_norm;
  config.clip_norm = 0.1f;
  config.batch = 43;
  check_threads(&config, &data);
  config.batch = 5; /* fewer blocks of samples than threads */
  check_threads(&config, &data);
  sample_data_free(&data);
}

int main(void) {
  test_barrier();
  test_dismissed();
  test_every_unit();
  test_vectors();
  test_images();
  test_transformer();
  return CHECK_REPORT();
}
