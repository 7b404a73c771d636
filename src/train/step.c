/** One step: batch, forward, backward, clip, update, measure. */
#include <string.h>

#include "math/elementary.h"
#include "train/run.h"

static int has_ended(const tscope_state *state) {
  return state->diverged_at >= 0 || state->step >= tscope_total_steps(&state->config);
}

/** The indices of the next `rows` samples of the order. A batch that reaches the end goes on into
 * the next epoch. */
static void draw_indices(tscope_trainer *trainer, int first, int rows) {
  const int samples = trainer->sampler.count[TSCOPE_SPLIT_TRAIN];
  const int64_t at = (int64_t)trainer->state->place + first;
  tscope_sampler_draw(&trainer->sampler, trainer->state->epoch + (int)(at / samples),
                      (int)(at % samples), rows, trainer->indices);
}

/** Adds the next chunk of the batch to loss and gradient. Returns 1 when the batch is complete. */
static int run_chunk(tscope_trainer *trainer, int batch) {
  const int first = trainer->chunk_first, left = batch - first;
  const int rows = left < trainer->rows_max ? left : trainer->rows_max;
  const int is_full_batch = batch == trainer->sampler.count[TSCOPE_SPLIT_TRAIN];
  if (first == 0) {
    trainer->chunk_loss = 0;
    trainer->chunk_hits = (tscope_hits){0};
    trainer->chunk_peak = 0;
    memcpy(trainer->running_before, trainer->running,
           trainer->network.running_floats * sizeof(float));
  }
  /* The order of a full batch would change nothing but the rounding. */
  if (!is_full_batch) draw_indices(trainer, first, rows);
  const tscope_samples samples = {TSCOPE_SPLIT_TRAIN, is_full_batch ? NULL : trainer->indices,
                                  first, rows};
  tscope_pass pass = tscope_pass_begin(trainer, TSCOPE_PASS_TRAIN, rows, first);
  const tscope_task task = {&samples, 1.0f / (float)batch, &trainer->chunk_hits, rows == left};
  trainer->chunk_loss += tscope_pass_run(trainer, &pass, task);
  const float peak = tscope_network_peak(&trainer->network, rows);
  if (!(peak <= trainer->chunk_peak)) trainer->chunk_peak = peak;
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
  const int decoupled = tscope_rule_decouples_decay(config->optimizer);
  const float decay = tscope_mistake_weight_decay(config, tscope_batch_rows(trainer));
  if (decay <= 0) return;
  for (int i = 0; i < trainer->network.count; i++) {
    const tscope_unit *unit = &trainer->network.units[i];
    for (int p = 0; p < unit->parameter_count; p++) {
      const tscope_parameter *parameter = &unit->parameters[p];
      const tscope_span span = tscope_parameter_within(parameter, begin, end);
      if (!tscope_start_decays(parameter->start) || !span.n) continue;
      float *theta = trainer->parameters + span.begin;
      if (decoupled) {
        const int is_matrix = tscope_is_hidden_matrix(unit, parameter);
        tscope_axpy(theta, theta, span.n, -tscope_rule_rate(config, is_matrix, lr) * decay);
      } else {
        tscope_axpy(trainer->gradient + span.begin, theta, span.n, decay);
      }
    }
  }
}

/** The update of parameters [begin, end) with a published mistake. */
static void apply_mistaken(const tscope_trainer *trainer, size_t begin, size_t end, float lr) {
  const tscope_state *state = trainer->state;
  const int spares_weights = tscope_mistake_spares_weights(&state->config);
  for (int i = 0; i < trainer->network.count; i++) {
    const tscope_unit *unit = &trainer->network.units[i];
    for (int p = 0; p < unit->parameter_count; p++) {
      const tscope_parameter *parameter = &unit->parameters[p];
      const tscope_span span = tscope_parameter_within(parameter, begin, end);
      if (!span.n) continue;
      float *moments[2] = {NULL, NULL};
      for (int m = 0; m < tscope_rule_moments(state->config.optimizer); m++)
        moments[m] = trainer->moments[m] + span.begin;
      const int is_right = spares_weights && tscope_start_decays(parameter->start);
      (is_right ? tscope_rule_apply : tscope_mistake_apply)(
          &state->config, trainer->parameters + span.begin, trainer->gradient + span.begin, moments,
          span.n, state->step, lr);
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
  tscope_rule_flush(&state->config, moments, n, state->step);
  decay_weights(trainer, begin, end, update->lr);
  if (state->config.mistake) {
    apply_mistaken(trainer, begin, end, update->lr);
    return;
  }
  if (tscope_rule_moves_matrices(state->config.optimizer)) {
    tscope_matrices_begin(trainer, begin, end, update->lr);
    return;
  }
  tscope_rule_apply(&state->config, theta, gradient, moments, n, state->step, update->lr);
}

/** Takes the step; returns what clipping multiplied the gradient, or the update, by. */
static float update_parameters(tscope_trainer *trainer, double norm, double threshold, float lr) {
  const size_t n = trainer->network.parameter_floats;
  const int clips_update = trainer->state->config.clip == TSCOPE_CLIP_update && threshold > 0;
  float scale = clips_update ? 1.0f : clip_scale(norm, threshold);
  trainer->packed_from = NULL;
  shared_update update = {trainer, scale, lr, clips_update};
  tscope_team_run(tscope_trainer_team(trainer, TSCOPE_FLOPS_OF_UPDATE * (double)n), update_part,
                  &update);
  if (tscope_rule_moves_matrices(trainer->state->config.optimizer))
    tscope_matrices_move(trainer, lr);
  if (clips_update) {
    float *before = trainer->vectors[0], *moved = trainer->vectors[1];
    tscope_add_scaled(moved, trainer->parameters, before, n, -1);
    scale = clip_scale(tscope_sqrt(tscope_sum_squares(moved, n)), threshold);
    if (scale < 1) tscope_add_scaled(trainer->parameters, before, moved, n, scale);
  }
  return scale;
}

/* ---- the gradient's norm -------------------------------------------------------------------- */

static double gradient_norm(const tscope_trainer *trainer) {
  double sum = 0;
  for (int b = 0; b < tscope_block_count(trainer->network.parameter_floats); b++)
    sum += trainer->squares[b];
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
  const double scored = tscope_dataset_scored(trainer->sampler.dataset);
  const double share = (double)trainer->chunk_hits.predictions / (batch * scored);
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
  int events = state->place == 0 || state->place + batch > samples ? TSCOPE_EVENT_epoch : 0;
  /* As they are recorded: what a float cannot hold is not finite. */
  const int is_finite =
      tscope_is_finite((double)(float)loss) && tscope_is_finite((double)(float)norm);
  const double watched = is_finite ? loss : (double)__builtin_nanf("");
  events |= tscope_watch_step(trainer, watched, norm);
  const int may_be_silent = is_finite && tscope_freeze_listen(trainer, norm);
  *row = (tscope_metrics){
      .step = state->step,
      .lr = (float)tscope_schedule_rate(&state->config, state->step),
      .loss = (float)loss,
      .smoothed_loss = (float)state->stability.smoothed,
      .accuracy = __builtin_nanf(""),
      .smoothed_accuracy = __builtin_nanf(""),
      .grad_norm = (float)norm,
      .clip_scale = 1,
      .attention_max = trainer->chunk_peak,
      .momentum = (float)tscope_rule_momentum(&state->config, state->step),
  };
  if (tscope_is_finite((double)row->loss)) measure_accuracy(trainer, batch, row);
  if (is_finite) {
    const int logs_clipped = tscope_mistake_logs_clipped(&state->config);
    if (!logs_clipped) tscope_watch_norm(trainer, norm);
    const double threshold = clip_threshold(state);
    row->clip_threshold = (float)threshold;
    row->clip_scale = update_parameters(trainer, norm, threshold, row->lr);
    if (logs_clipped) {
      row->grad_norm = (float)(norm * (double)row->clip_scale);
      tscope_watch_norm(trainer, (double)row->grad_norm);
    }
    if (threshold > 0) {
      state->clippable_steps++;
      state->clip_scales += (double)row->clip_scale;
    }
    if (row->clip_scale < 1) {
      events |= TSCOPE_EVENT_clipped;
      state->clipped_steps++;
    }
    state->step++;
    events |= tscope_freeze_judge(trainer, may_be_silent);
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
