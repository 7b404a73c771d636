/** The beginning of a run: its size, where its parts lie in the block, what they hold at first. */
#include <string.h>

#include "base/complain.h"
#include "base/decimal.h"
#include "train/run.h"

/* Above this nothing can hold a run; wasm's own limit is lower and is checked where memory is
 * taken. */
static const uint64_t BYTES_MAX = (uint64_t)1 << 40;

int tscope_total_steps(const tscope_config *config) { return config->warmup_steps + config->steps; }

static int batch_rows(const tscope_config *config, int samples) {
  return config->batch == 0 || config->batch > samples ? samples : config->batch;
}

int tscope_batch_rows(const tscope_trainer *trainer) {
  return batch_rows(&trainer->state->config, trainer->sampler.count[TSCOPE_SPLIT_TRAIN]);
}

int tscope_chunk_rows(const tscope_network *network, const tscope_config *config, int samples) {
  const int batch = batch_rows(config, samples);
  return network->has_batchnorm && batch > TSCOPE_CHUNK_ROWS ? batch : TSCOPE_CHUNK_ROWS;
}

/* ---- layout --------------------------------------------------------------------------------- */

static tscope_shape input_shape(const tscope_sampler *sampler) {
  return (tscope_shape){sampler->dataset->kind, sampler->dataset->channels, sampler->height,
                        sampler->width};
}

/** The scratch part. The network's size decides the state's, so it comes first. */
static tscope_status lay_out_scratch(tscope_trainer *trainer, const tscope_config *config,
                                     const tscope_dataset *dataset, tscope_arena *arena,
                                     tscope_problem *problem) {
  tscope_sampler *sampler = &trainer->sampler;
  tscope_network *network = &trainer->network;
  tscope_status status = tscope_sampler_build(sampler, config, dataset, arena, problem);
  if (status != TSCOPE_OK) return status;

  const tscope_shape shape = input_shape(sampler);
  const int samples = sampler->count[TSCOPE_SPLIT_TRAIN];
  trainer->rows_max = TSCOPE_CHUNK_ROWS;
  if (batch_rows(config, samples) > TSCOPE_CHUNK_ROWS) {
    /* Whether batchnorm needs all of it at once is known only after a first reading of the text. */
    tscope_arena measure = {0};
    status =
        tscope_network_build(network, config, shape, dataset->outputs, 1, &measure, NULL, problem);
    if (status != TSCOPE_OK) return status;
    trainer->rows_max = tscope_chunk_rows(network, config, samples);
  }

  const size_t rows = ((size_t)trainer->rows_max + TSCOPE_LANES - 1) / TSCOPE_LANES * TSCOPE_LANES;
  trainer->inputs =
      tscope_arena_take(arena, (uint64_t)rows * tscope_shape_elements(shape), sizeof(float));
  trainer->labels = tscope_arena_take(arena, rows * (size_t)tscope_dataset_scored(dataset), 1);
  trainer->targets =
      tscope_arena_take(arena, (uint64_t)rows * (size_t)dataset->outputs, sizeof(float));
  trainer->indices = tscope_arena_take(arena, rows, sizeof(int32_t));
  trainer->watched_count = samples < TSCOPE_WATCHED_SAMPLES ? samples : TSCOPE_WATCHED_SAMPLES;
  trainer->watched = tscope_arena_take(arena, (uint64_t)trainer->watched_count, sizeof(int32_t));
  status = tscope_network_build(network, config, shape, dataset->outputs, trainer->rows_max, arena,
                                trainer->inputs, problem);
  if (status != TSCOPE_OK) return status;
  trainer->gradient = tscope_arena_take(arena, network->parameter_floats, sizeof(float));
  trainer->squares = tscope_arena_take(
      arena, (uint64_t)tscope_block_count(network->parameter_floats), sizeof(double));
  trainer->running_before = tscope_arena_take(arena, network->running_floats, sizeof(float));
  for (int i = 0; i < 4; i++) {
    trainer->vectors[i] = tscope_arena_take(arena, network->parameter_floats, sizeof(float));
  }
  if (tscope_rule_has_preconditioner(config->optimizer)) {
    trainer->inverse_root = tscope_arena_take(arena, network->parameter_floats, sizeof(float));
  }
  if (tscope_rule_moves_matrices(config->optimizer))
    trainer->matrices = tscope_arena_take(arena, network->matrix_floats, sizeof(float));
  return TSCOPE_OK;
}

static void lay_out_state(tscope_trainer *trainer, const tscope_config *config,
                          tscope_arena *arena) {
  const size_t floats = trainer->network.parameter_floats;
  const int batch = batch_rows(config, trainer->sampler.count[TSCOPE_SPLIT_TRAIN]);
  const int needs_probe = tscope_watch_needs_probe(trainer, batch);
  trainer->state = tscope_arena_take(arena, 1, sizeof(tscope_state));
  trainer->parameters = tscope_arena_take(arena, floats, sizeof(float));
  for (int i = 0; i < tscope_rule_moments(config->optimizer); i++) {
    trainer->moments[i] = tscope_arena_take(arena, floats, sizeof(float));
  }
  trainer->running = tscope_arena_take(arena, trainer->network.running_floats, sizeof(float));
  if (needs_probe) {
    trainer->lowest_parameters = tscope_arena_take(arena, floats, sizeof(float));
    trainer->lowest_running =
        tscope_arena_take(arena, trainer->network.running_floats, sizeof(float));
  }
  trainer->state_bytes = (size_t)arena->used;
}

/* ---- size and init -------------------------------------------------------------------------- */

static int effective_loss(const tscope_config *config, const tscope_dataset *dataset) {
  return dataset->classes ? config->loss : TSCOPE_LOSS_squared_error;
}

tscope_status tscope_trainer_size(const tscope_config *config, const tscope_dataset *dataset,
                                  tscope_run_size *size, tscope_problem *problem) {
  tscope_trainer trainer = {0};
  tscope_arena scratch = {0}, state = {0};
  tscope_status status = tscope_config_validate(config, problem);
  if (status != TSCOPE_OK) return status;
  tscope_arena_take(&scratch, 1, sizeof trainer);
  status = lay_out_scratch(&trainer, config, dataset, &scratch, problem);
  if (status != TSCOPE_OK) return status;
  lay_out_state(&trainer, config, &state);
  if (scratch.used + state.used > BYTES_MAX) {
    return tscope_refuse(problem, TSCOPE_ERROR_MEMORY, TSCOPE_FIELD_model,
                         "model: this run needs more memory than any machine has");
  }
  size->state = (double)state.used;
  size->scratch = (double)scratch.used;
  return TSCOPE_OK;
}

static void init_state(tscope_trainer *trainer, const tscope_config *config) {
  tscope_state *state = trainer->state;
  memset(state, 0, trainer->state_bytes);
  state->config = *config;
  state->diverged_at = state->best_step = state->freeze.dead_at = -1;
  state->best_loss = state->best_accuracy = (double)__builtin_nanf("");
  /* Of nothing yet: a run may diverge in its first step. */
  state->stability.smoothed = state->watch.lowest[0] = (double)__builtin_nanf("");
  for (int i = 0; i < tscope_rule_moments(config->optimizer); i++) {
    const float start = tscope_rule_moment_start(config, i);
    if (start == 0) continue; /* as they are */
    for (size_t k = 0; k < trainer->network.parameter_floats; k++) trainer->moments[i][k] = start;
  }
  tscope_network_init(&trainer->network, trainer->parameters, trainer->running, config->init,
                      (double)config->init_gain, (uint32_t)config->seed);
}

int tscope_arithmetic(void) {
  return tscope_fuses() ? TSCOPE_ARITHMETIC_fused : TSCOPE_ARITHMETIC_plain;
}

static tscope_status judge_arithmetic(const tscope_config *config, tscope_problem *problem) {
  const int own = tscope_arithmetic();
  if (config->arithmetic == own) return TSCOPE_OK;
  return tscope_refuse(problem, TSCOPE_ERROR_SETTING, TSCOPE_FIELD_arithmetic,
                       own == TSCOPE_ARITHMETIC_plain
                           ? "arithmetic must be plain here: nothing is fused"
                           : "arithmetic must be fused here: every multiply-add is");
}

tscope_status tscope_trainer_init(const tscope_config *config, const tscope_dataset *dataset,
                                  void *memory, size_t bytes, tscope_trainer **trainer,
                                  tscope_problem *problem) {
  tscope_run_size size;
  tscope_status status = tscope_trainer_size(config, dataset, &size, problem);
  if (status == TSCOPE_OK) status = judge_arithmetic(config, problem);
  if (status != TSCOPE_OK) return status;
  if (size.state + size.scratch > (double)bytes) {
    return tscope_refuse(problem, TSCOPE_ERROR_MEMORY, -1,
                         "the run does not fit into the memory offered");
  }
  tscope_arena state = {.base = memory}, scratch = {.base = (uint8_t *)memory + (size_t)size.state};
  tscope_trainer *run = tscope_arena_take(&scratch, 1, sizeof *run);
  *run = (tscope_trainer){0};
  status = lay_out_scratch(run, config, dataset, &scratch, problem);
  if (status != TSCOPE_OK) return status;
  lay_out_state(run, config, &state);
  init_state(run, config);
  memset(run->gradient, 0, run->network.parameter_floats * sizeof(float));
  run->loss = effective_loss(config, dataset);
  const double smoothing = tscope_decimal(config->label_smoothing);
  run->baseline = tscope_sampler_baseline(&run->sampler, run->loss, smoothing);
  run->floor = tscope_sampler_floor(&run->sampler, run->loss, smoothing);
  tscope_watch_init(run);
  *trainer = run;
  return TSCOPE_OK;
}

/* ---- what others may see and change of a run ------------------------------------------------ */

void tscope_trainer_use_team(tscope_trainer *trainer, tscope_team *team) { trainer->team = team; }

void *tscope_trainer_state(tscope_trainer *trainer) { return trainer->state; }

void tscope_trainer_restored(tscope_trainer *trainer) {
  trainer->chunk_first = 0;
  trainer->packed_from = NULL;
}

const tscope_config *tscope_trainer_config(const tscope_trainer *trainer) {
  return &trainer->state->config;
}

tscope_status tscope_trainer_set(tscope_trainer *trainer, int field, uint32_t word,
                                 tscope_problem *problem) {
  return tscope_config_set_live(&trainer->state->config, field, word, problem);
}
