/** The life of a run: size, init, and one step: batch, forward, backward, clip, update, measure. */
#include <string.h>

#include "base/rng.h"
#include "base/text.h"
#include "math/elementary.h"
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

/* ---- layout --------------------------------------------------------------------------------- */

static tscope_shape input_shape(const tscope_sampler *sampler) {
  return (tscope_shape){sampler->dataset->is_image, sampler->dataset->channels, sampler->height,
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
  /* Whether batchnorm needs the whole batch at once is known only after a first reading of the
   * text. */
  tscope_arena measure = {0};
  status =
      tscope_network_build(network, config, shape, dataset->outputs, 1, &measure, NULL, problem);
  if (status != TSCOPE_OK) return status;
  const int batch = batch_rows(config, sampler->count[TSCOPE_SPLIT_TRAIN]);
  trainer->rows_max =
      network->has_batchnorm && batch > TSCOPE_CHUNK_ROWS ? batch : TSCOPE_CHUNK_ROWS;

  const size_t rows = ((size_t)trainer->rows_max + TSCOPE_LANES - 1) / TSCOPE_LANES * TSCOPE_LANES;
  trainer->inputs =
      tscope_arena_take(arena, (uint64_t)rows * tscope_shape_elements(shape), sizeof(float));
  trainer->labels = tscope_arena_take(arena, rows, 1);
  trainer->targets =
      tscope_arena_take(arena, (uint64_t)rows * (size_t)dataset->outputs, sizeof(float));
  trainer->indices = tscope_arena_take(arena, rows, sizeof(int32_t));
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
  if (tscope_rule_moments(config->optimizer) == 2) {
    trainer->inverse_root = tscope_arena_take(arena, network->parameter_floats, sizeof(float));
  }
  return TSCOPE_OK;
}

static void lay_out_state(tscope_trainer *trainer, const tscope_config *config,
                          tscope_arena *arena) {
  const size_t floats = trainer->network.parameter_floats;
  trainer->state = tscope_arena_take(arena, 1, sizeof(tscope_state));
  trainer->parameters = tscope_arena_take(arena, floats, sizeof(float));
  for (int i = 0; i < tscope_rule_moments(config->optimizer); i++) {
    trainer->moments[i] = tscope_arena_take(arena, floats, sizeof(float));
  }
  trainer->running = tscope_arena_take(arena, trainer->network.running_floats, sizeof(float));
  trainer->state_bytes = (size_t)arena->used;
}

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
    tscope_line line = tscope_line_start(problem->message, sizeof problem->message);
    tscope_line_add(&line, "model: this run needs more memory than any machine has");
    problem->field = TSCOPE_FIELD_model;
    problem->position = -1;
    return TSCOPE_ERROR_MEMORY;
  }
  size->state = (double)state.used;
  size->scratch = (double)scratch.used;
  return TSCOPE_OK;
}

static void init_state(tscope_trainer *trainer, const tscope_config *config) {
  tscope_state *state = trainer->state;
  memset(state, 0, trainer->state_bytes);
  state->config = *config;
  state->diverged_at = state->best_step = -1;
  state->best_loss = state->best_accuracy = (double)__builtin_nanf("");
  for (int i = 0; i < tscope_rule_moments(config->optimizer); i++) {
    const float start = tscope_rule_moment_start(config->optimizer, i);
    for (size_t k = 0; k < trainer->network.parameter_floats; k++) trainer->moments[i][k] = start;
  }
  tscope_network_init(&trainer->network, trainer->parameters, trainer->running, config->init,
                      (double)config->init_gain, (uint32_t)config->seed);
}

tscope_status tscope_trainer_init(const tscope_config *config, const tscope_dataset *dataset,
                                  void *memory, size_t bytes, tscope_trainer **trainer,
                                  tscope_problem *problem) {
  tscope_run_size size;
  tscope_status status = tscope_trainer_size(config, dataset, &size, problem);
  if (status != TSCOPE_OK) return status;
  if (size.state + size.scratch > (double)bytes) {
    tscope_line line = tscope_line_start(problem->message, sizeof problem->message);
    tscope_line_add(&line, "the run does not fit into the memory offered");
    problem->field = problem->position = -1;
    return TSCOPE_ERROR_MEMORY;
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
  run->baseline = tscope_sampler_baseline(&run->sampler, run->loss);
  *trainer = run;
  return TSCOPE_OK;
}

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

/* ---- threads -------------------------------------------------------------------------------- */

/* Calling the team costs some microseconds, in which one thread computes about so much. */
static const double FLOPS_WORTH_A_TEAM = 1e6;
static const double FLOPS_OF_UPDATE = 20; /* of one parameter, in time: divisions and roots */

tscope_team *tscope_trainer_team(const tscope_trainer *trainer, double flops) {
  return flops >= FLOPS_WORTH_A_TEAM ? trainer->team : NULL;
}

/* ---- passes --------------------------------------------------------------------------------- */

tscope_pass tscope_pass_begin(tscope_trainer *trainer, int mode, int rows, int first) {
  const uint64_t key =
      ((uint64_t)(uint32_t)trainer->state->config.seed << 32) | (uint32_t)trainer->state->step;
  return (tscope_pass){
      .mode = mode,
      .rows = rows,
      .blocks = (rows + TSCOPE_LANES - 1) / TSCOPE_LANES,
      .own_blocks = (rows + TSCOPE_LANES - 1) / TSCOPE_LANES,
      .part = TSCOPE_WHOLE,
      .first_row = first,
      .repack = first == 0,
      .accumulate = first > 0,
      .dropout_key = (uint32_t)tscope_hash(key ^ TSCOPE_STREAM_DROPOUT),
      .parameters = trainer->parameters,
      .gradient = trainer->gradient,
      .running = trainer->running,
  };
}

/** A pass as all threads see it. */
typedef struct shared_pass {
  tscope_trainer *trainer;
  tscope_pass pass;
  float scale;
  int32_t *correct;
  double loss;
} shared_pass;

static double measure_loss(const shared_pass *shared, float *d) {
  const tscope_trainer *trainer = shared->trainer;
  const tscope_dataset *dataset = trainer->sampler.dataset;
  const float *output = trainer->network.output;
  const int rows = shared->pass.rows;
  if (trainer->loss == TSCOPE_LOSS_cross_entropy) {
    return tscope_cross_entropy(d, shared->correct, output, trainer->labels, rows, dataset->outputs,
                                shared->scale);
  }
  return tscope_squared_error(
      d, shared->correct, output, dataset->classes ? NULL : trainer->targets,
      dataset->classes ? trainer->labels : NULL, rows, dataset->outputs, shared->scale);
}

static void run_part(void *context, tscope_part part) {
  shared_pass *shared = context;
  tscope_network *network = &shared->trainer->network;
  const int wants_gradient =
      shared->pass.mode != TSCOPE_PASS_EVALUATE && shared->pass.kinks != TSCOPE_KINKS_RECORD;
  tscope_pass pass = shared->pass;
  pass.part = part;
  pass.first_block = tscope_part_begin(part, pass.blocks);
  pass.own_blocks = tscope_part_end(part, pass.blocks) - pass.first_block;
  tscope_network_forward(network, &pass);
  /* The loss is one sum, and a small one. */
  tscope_team_barrier(pass.team);
  if (part.index == 0) {
    shared->loss = measure_loss(shared, wants_gradient ? network->gradient[0] : NULL);
  }
  if (!wants_gradient) return;
  tscope_team_barrier(pass.team);
  tscope_network_backward(network, &pass);
}

double tscope_pass_run(tscope_trainer *trainer, tscope_pass *pass, float scale, int32_t *correct) {
  pass->team = tscope_trainer_team(trainer, trainer->network.flops * pass->rows);
  shared_pass shared = {.trainer = trainer, .pass = *pass, .scale = scale, .correct = correct};
  /* Between two chunks of a batch other parameters may have been at work, or these have changed. */
  shared.pass.repack |= trainer->packed_from != pass->parameters;
  tscope_team_run(pass->team, run_part, &shared);
  trainer->packed_from = pass->parameters;
  return shared.loss;
}

/* ---- one step ------------------------------------------------------------------------------- */

static int has_ended(const tscope_state *state) {
  return state->diverged_at >= 0 || state->step >= tscope_total_steps(&state->config);
}

/** The indices of the next `rows` samples of the order. A batch that reaches the end goes on into
 * the next epoch. */
static void draw_indices(tscope_trainer *trainer, int first, int rows) {
  const int samples = trainer->sampler.count[TSCOPE_SPLIT_TRAIN];
  const tscope_state *state = trainer->state;
  for (int i = 0; i < rows; i++) {
    const int64_t at = (int64_t)state->place + first + i;
    trainer->indices[i] = tscope_sampler_index(
        &trainer->sampler, state->epoch + (int)(at / samples), (int)(at % samples));
  }
}

/** Adds the next chunk of the batch to loss and gradient. Returns 1 when the batch is complete. */
static int run_chunk(tscope_trainer *trainer, int batch) {
  const int first = trainer->chunk_first, left = batch - first;
  const int rows = left < trainer->rows_max ? left : trainer->rows_max;
  const int is_full_batch = batch == trainer->sampler.count[TSCOPE_SPLIT_TRAIN];
  if (first == 0) {
    trainer->chunk_loss = 0;
    trainer->chunk_correct = 0;
    memcpy(trainer->running_before, trainer->running,
           trainer->network.running_floats * sizeof(float));
  }
  /* The order of a full batch would change nothing but the rounding. */
  if (!is_full_batch) draw_indices(trainer, first, rows);
  tscope_sampler_fill(&trainer->sampler, TSCOPE_SPLIT_TRAIN,
                      is_full_batch ? NULL : trainer->indices, first, rows, trainer->inputs,
                      trainer->labels, trainer->targets);
  tscope_pass pass = tscope_pass_begin(trainer, TSCOPE_PASS_TRAIN, rows, first);
  trainer->chunk_loss +=
      tscope_pass_run(trainer, &pass, 1.0f / (float)batch, &trainer->chunk_correct);
  trainer->chunk_first = rows < left ? first + rows : 0;
  return rows == left;
}

/** The threshold in force at this step, or 0. norms already counts this step's. */
static double clip_threshold(const tscope_state *state) {
  const tscope_config *config = &state->config;
  if (state->step < config->warmup_steps && !config->clip_in_warmup) return 0;
  switch (config->clip) {
    case TSCOPE_CLIP_norm:
    case TSCOPE_CLIP_update:
      return (double)config->clip_norm;
    case TSCOPE_CLIP_adaptive:
      /* AutoClip: Seetharaman et al. 2020. */
      if (state->norms.count < TSCOPE_DEFINITION_adaptive_norms) return 0;
      return tscope_norms_percentile(&state->norms, (double)config->clip_percentile);
    default:
      return 0;
  }
}

/** g' = λ g / ‖g‖ where ‖g‖ > λ. Returns what a norm is multiplied by. */
static float clip_scale(double norm, double threshold) {
  return threshold > 0 && norm > threshold ? (float)(threshold / norm) : 1.0f;
}

/** Weight decay of parameters [begin, end), on weights only: biases, gains and scalars are left
 * alone. */
static void decay_weights(const tscope_trainer *trainer, size_t begin, size_t end, float lr) {
  const tscope_config *config = &trainer->state->config;
  const int decoupled = config->optimizer == TSCOPE_OPTIMIZER_adamw;
  if (config->weight_decay <= 0) return;
  for (int i = 0; i < trainer->network.count; i++) {
    const tscope_unit *unit = &trainer->network.units[i];
    for (int p = 0; p < unit->parameter_count; p++) {
      const tscope_parameter *parameter = &unit->parameters[p];
      if (parameter->start != TSCOPE_START_WEIGHT) continue;
      const size_t last = parameter->offset + ((parameter->count + 3) & ~(size_t)3);
      const size_t from = parameter->offset > begin ? parameter->offset : begin;
      const size_t to = last < end ? last : end;
      if (from >= to) continue;
      float *theta = trainer->parameters + from, *gradient = trainer->gradient + from;
      if (decoupled) {
        tscope_axpy(theta, theta, to - from, -lr * config->weight_decay);
      } else {
        tscope_axpy(gradient, theta, to - from, config->weight_decay);
      }
    }
  }
}

/** An update as all threads see it. */
typedef struct shared_update {
  tscope_trainer *trainer;
  float scale, lr; /* scale: of the gradient */
  int keeps_before;
} shared_update;

static void update_part(void *context, tscope_part part) {
  const shared_update *update = context;
  const tscope_trainer *trainer = update->trainer;
  const tscope_state *state = trainer->state;
  const int vectors = (int)(trainer->network.parameter_floats / 4);
  const size_t begin = (size_t)tscope_part_begin(part, vectors) * 4;
  const size_t end = (size_t)tscope_part_end(part, vectors) * 4, n = end - begin;
  float *theta = trainer->parameters + begin, *gradient = trainer->gradient + begin;
  float *moments[2] = {NULL, NULL};
  for (int i = 0; i < tscope_rule_moments(state->config.optimizer); i++) {
    moments[i] = trainer->moments[i] + begin;
  }
  if (update->scale < 1) tscope_scale_inplace(gradient, n, update->scale);
  if (update->keeps_before) memcpy(trainer->vectors[0] + begin, theta, n * sizeof(float));
  decay_weights(trainer, begin, end, update->lr);
  tscope_rule_apply(&state->config, theta, gradient, moments, n, state->step, update->lr);
}

/** Takes the step; returns what clipping multiplied the gradient, or the update, by. */
static float update_parameters(tscope_trainer *trainer, double norm, double threshold, float lr) {
  const size_t n = trainer->network.parameter_floats;
  const int clips_update = trainer->state->config.clip == TSCOPE_CLIP_update && threshold > 0;
  float scale = clips_update ? 1.0f : clip_scale(norm, threshold);
  trainer->packed_from = NULL;
  shared_update update = {trainer, scale, lr, clips_update};
  tscope_team_run(tscope_trainer_team(trainer, FLOPS_OF_UPDATE * (double)n), update_part, &update);
  if (clips_update) {
    float *before = trainer->vectors[0], *moved = trainer->vectors[1];
    tscope_add_scaled(moved, trainer->parameters, before, n, -1);
    scale = clip_scale(tscope_sqrt(tscope_sum_squares(moved, n)), threshold);
    if (scale < 1) tscope_add_scaled(trainer->parameters, before, moved, n, scale);
  }
  return scale;
}

/* ---- the gradient's norm -------------------------------------------------------------------- */

static void square_part(void *context, tscope_part part) {
  const tscope_trainer *trainer = context;
  tscope_block_squares(trainer->squares, trainer->gradient, trainer->network.parameter_floats,
                       part);
}

static double gradient_norm(tscope_trainer *trainer) {
  const size_t n = trainer->network.parameter_floats;
  tscope_team_run(tscope_trainer_team(trainer, 2.0 * (double)n), square_part, trainer);
  double sum = 0;
  for (int b = 0; b < tscope_block_count(n); b++) sum += trainer->squares[b];
  return tscope_sqrt(sum);
}

static void advance_order(tscope_state *state, int batch, int samples) {
  const int64_t at = (int64_t)state->place + batch;
  state->epoch += (int)(at / samples);
  state->place = (int)(at % samples);
}

/** Fills in the accuracy of a batch with a finite loss. Regression has none. */
static void measure_accuracy(tscope_trainer *trainer, int batch, tscope_metrics *row) {
  if (!trainer->sampler.dataset->classes) return;
  const double share = (double)trainer->chunk_correct / batch;
  row->accuracy = (float)share;
  row->smoothed_accuracy = (float)tscope_smoothing_add(&trainer->state->accuracy, share);
}

int tscope_trainer_advance(tscope_trainer *trainer, tscope_metrics *row) {
  tscope_state *state = trainer->state;
  if (has_ended(state)) return TSCOPE_EVENT_complete;
  const int batch = tscope_batch_rows(trainer),
            samples = trainer->sampler.count[TSCOPE_SPLIT_TRAIN];
  if (!run_chunk(trainer, batch)) return 0;

  const double loss = trainer->chunk_loss / batch;
  const double norm = gradient_norm(trainer);
  const int total = tscope_total_steps(&state->config);
  int events = state->place == 0 || state->place + batch > samples ? TSCOPE_EVENT_epoch : 0;
  /* As they are recorded: what a float cannot hold is not finite. */
  const int is_finite =
      tscope_is_finite((double)(float)loss) && tscope_is_finite((double)(float)norm);
  const double watched = is_finite ? loss : (double)__builtin_nanf("");
  events |= tscope_stability_add(&state->stability, state->step, total, watched, norm,
                                 trainer->baseline, &state->norms);
  *row = (tscope_metrics){
      .step = state->step,
      .lr = (float)tscope_schedule_rate(&state->config, state->step),
      .loss = (float)loss,
      .smoothed_loss = (float)state->stability.smoothed,
      .accuracy = __builtin_nanf(""),
      .smoothed_accuracy = __builtin_nanf(""),
      .grad_norm = (float)norm,
      .clip_scale = 1,
  };
  if (tscope_is_finite((double)row->loss)) measure_accuracy(trainer, batch, row);
  if (is_finite) {
    tscope_norms_add(&state->norms, norm);
    const double threshold = clip_threshold(state);
    row->clip_threshold = (float)threshold;
    row->clip_scale = update_parameters(trainer, norm, threshold, row->lr);
    if (row->clip_scale < 1) {
      events |= TSCOPE_EVENT_clipped;
      state->clipped_steps++;
    }
    state->step++;
    advance_order(state, batch, samples);
  } else {
    /* Recorded, not applied: parameters and running statistics keep their last values. */
    memcpy(trainer->running, trainer->running_before,
           trainer->network.running_floats * sizeof(float));
    state->diverged_at = state->step;
    events |= TSCOPE_EVENT_diverged;
  }
  if (has_ended(state)) events |= TSCOPE_EVENT_complete;
  row->events = events;
  return events | TSCOPE_EVENT_step;
}
