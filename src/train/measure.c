/** Everything that reads a run and changes nothing of it. */
#include <string.h>

#include "base/sha256.h"
#include "base/text.h"
#include "math/elementary.h"
#include "train/run.h"

/* ---- evaluation ----------------------------------------------------------------------------- */

void tscope_trainer_evaluate_begin(tscope_trainer *trainer, int split, int limit) {
  const int count = trainer->sampler.count[split];
  trainer->evaluation_split = split;
  trainer->evaluation_count = limit > 0 && limit < count ? limit : count;
  trainer->evaluation_first = 0;
  trainer->evaluation_loss = 0;
  trainer->evaluation_hits = (tscope_hits){0};
}

int tscope_trainer_evaluate_advance(tscope_trainer *trainer, tscope_evaluation *evaluation) {
  const int first = trainer->evaluation_first, left = trainer->evaluation_count - first;
  const int rows = left < TSCOPE_CHUNK_ROWS ? left : TSCOPE_CHUNK_ROWS;
  if (rows > 0) {
    const tscope_samples samples = {trainer->evaluation_split, NULL, first, rows};
    tscope_pass pass = tscope_pass_begin(trainer, TSCOPE_PASS_EVALUATE, rows, first);
    const tscope_task task = {.samples = &samples, .hits = &trainer->evaluation_hits};
    trainer->evaluation_loss += tscope_pass_run(trainer, &pass, task);
    trainer->evaluation_first += rows;
  }
  if (rows < left) return 0;
  const double count = trainer->evaluation_count;
  const double nan = (double)__builtin_nanf("");
  const double loss = count > 0 ? trainer->evaluation_loss / count : nan;
  /* Outputs that are no numbers guess nothing, whichever of them is the largest. */
  const int has_accuracy = tscope_is_finite(loss) && trainer->sampler.dataset->classes;
  const tscope_hits hits = trainer->evaluation_hits;
  const double scored = tscope_dataset_scored(trainer->sampler.dataset);
  const int is_task = trainer->sampler.dataset->scored_from > 0;
  *evaluation = (tscope_evaluation){
      .loss = loss,
      .accuracy = has_accuracy ? (double)hits.predictions / (count * scored) : nan,
      .exact = has_accuracy && is_task ? (double)hits.samples / count : nan,
      .count = trainer->evaluation_count,
  };
  return 1;
}

void tscope_trainer_record_best(tscope_trainer *trainer, double loss, double accuracy) {
  tscope_state *state = trainer->state;
  if (!tscope_is_finite(loss)) return;
  if (state->best_step >= 0 && !(loss < state->best_loss)) return;
  state->best_step = state->step;
  state->best_loss = loss;
  state->best_accuracy = accuracy;
}

/* ---- gradient ------------------------------------------------------------------------------- */

int tscope_trainer_rows_max(const tscope_trainer *trainer) { return trainer->rows_max; }

/** Adds the loss sum of samples [first, first + rows) of `count`, and their share of the mean's
 * gradient to trainer->gradient, which a chunk with first = 0 replaces. */
static double measure_chunk(tscope_trainer *trainer, const int32_t *indices, int first, int rows,
                            int count) {
  /* A step that was under way begins again: its gradient is overwritten. */
  trainer->chunk_first = 0;
  const tscope_samples samples = {TSCOPE_SPLIT_TRAIN, indices ? indices + first : NULL, first,
                                  rows};
  tscope_pass pass = tscope_pass_begin(trainer, TSCOPE_PASS_MEASURE, rows, first);
  return tscope_pass_run(trainer, &pass,
                         (tscope_task){.samples = &samples, .scale = 1.0f / (float)count});
}

double tscope_trainer_measure_gradient(tscope_trainer *trainer, const int32_t *indices, int count) {
  double loss = 0;
  for (int first = 0; first < count; first += trainer->rows_max) {
    const int rows = count - first < trainer->rows_max ? count - first : trainer->rows_max;
    loss += measure_chunk(trainer, indices, first, rows, count);
  }
  return loss / count;
}

/* ---- predictions ---------------------------------------------------------------------------- */

static size_t predictions_of(const tscope_network *network) {
  return (size_t)network->positions * (size_t)network->outputs;
}

/** Runs the samples in trainer->inputs and writes their outputs row by row. */
static void predict_rows(tscope_trainer *trainer, int rows, float *outputs) {
  const int each = trainer->network.outputs, positions = trainer->network.positions;
  const int count = each * positions;
  const tscope_pass pass = tscope_pass_look(trainer, rows);
  float *values = trainer->network.gradient[0];
  memcpy(values, trainer->network.output,
         (size_t)pass.blocks * (size_t)count * TSCOPE_LANES * sizeof(float));
  if (trainer->loss == TSCOPE_LOSS_cross_entropy)
    tscope_softmax_inplace(values, each, pass.blocks * positions);
  for (int row = 0; row < rows; row++) {
    const float *lane =
        values + (size_t)(row / TSCOPE_LANES * count) * TSCOPE_LANES + row % TSCOPE_LANES;
    for (int o = 0; o < count; o++) *outputs++ = lane[o * TSCOPE_LANES];
  }
}

void tscope_trainer_predict(tscope_trainer *trainer, int split, const int32_t *indices, int count,
                            float *outputs) {
  for (int first = 0; first < count; first += TSCOPE_CHUNK_ROWS) {
    const int rows = count - first < TSCOPE_CHUNK_ROWS ? count - first : TSCOPE_CHUNK_ROWS;
    tscope_trainer_fill(trainer, &(tscope_samples){split, indices + first, 0, rows});
    predict_rows(trainer, rows, outputs + (size_t)first * predictions_of(&trainer->network));
  }
}

void tscope_trainer_predict_inputs(tscope_trainer *trainer, const float *inputs, int count,
                                   float *outputs) {
  const tscope_sampler *sampler = &trainer->sampler;
  const size_t elements =
      (size_t)sampler->dataset->channels * (size_t)(sampler->height * sampler->width);
  for (int first = 0; first < count; first += TSCOPE_CHUNK_ROWS) {
    const int rows = count - first < TSCOPE_CHUNK_ROWS ? count - first : TSCOPE_CHUNK_ROWS;
    tscope_sampler_fill_raw(sampler, inputs + (size_t)first * elements, rows, trainer->inputs);
    predict_rows(trainer, rows, outputs + (size_t)first * predictions_of(&trainer->network));
  }
}

/* ---- facts ---------------------------------------------------------------------------------- */

void tscope_trainer_summarize(const tscope_trainer *trainer, tscope_summary *summary) {
  const tscope_state *state = trainer->state;
  const tscope_norms *norms = &state->norms;
  const tscope_stability *stability = &state->stability;
  const double smoothed = stability->mean.count ? stability->smoothed : (double)__builtin_nanf("");
  *summary = (tscope_summary){
      .steps = state->step,
      .total_steps = tscope_total_steps(&state->config),
      .epoch = state->epoch,
      .diverged_at = state->diverged_at,
      .verdict = state->freeze.dead_at >= 0
                     ? TSCOPE_VERDICT_dead
                     : tscope_stability_verdict(stability, tscope_total_steps(&state->config)),
      .dead_at = state->freeze.dead_at,
      .episode_count = stability->episode_count,
      .in_episode = stability->is_open,
      .best_step = state->best_step,
      .infeasible = state->diverged_at >= 0 || !(smoothed < tscope_learned_below(trainer)),
      .clipped_steps = state->clipped_steps,
      .clippable_steps = state->clippable_steps,
      .tiny_norms = (int32_t)norms->tiny,
      .typical_count = (int32_t)state->typical_norms.count,
      .best_loss = state->best_loss,
      .best_accuracy = state->best_accuracy,
      .baseline_loss = trainer->baseline,
      .floor_loss = trainer->floor,
      .looking = state->watch.spent,
      .smoothed_loss = (float)smoothed,
      .norm_p50 = (float)tscope_norms_told(norms, 50),
      .norm_p90 = (float)tscope_norms_told(norms, 90),
      .norm_max = norms->max,
      .typical_p50 = (float)tscope_watch_typical(trainer, 50),
      .typical_p90 = (float)tscope_watch_typical(trainer, 90),
      .norm_suggested = (float)tscope_watch_threshold(trainer),
      .clip_scale =
          state->clippable_steps ? (float)(state->clip_scales / state->clippable_steps) : 1,
      .clipped_fraction =
          state->clippable_steps ? (double)state->clipped_steps / state->clippable_steps : 0,
  };
}

const tscope_episode *tscope_trainer_episodes(const tscope_trainer *trainer) {
  return trainer->state->stability.episodes;
}

const uint32_t *tscope_trainer_norm_bins(const tscope_trainer *trainer) {
  return trainer->state->norms.bins;
}

tscope_status tscope_model_measure(const tscope_config *config, const tscope_dataset *dataset,
                                   tscope_model_facts *facts, tscope_problem *problem) {
  tscope_arena arena = {0};
  tscope_sampler sampler;
  tscope_network network;
  tscope_status status = tscope_sampler_build(&sampler, config, dataset, &arena, problem);
  if (status != TSCOPE_OK) return status;
  const tscope_shape shape = {dataset->kind, dataset->channels, sampler.height, sampler.width};
  status =
      tscope_network_build(&network, config, shape, dataset->outputs, 1, &arena, NULL, problem);
  if (status != TSCOPE_OK) return status;
  *facts = (tscope_model_facts){
      .flops_per_sample = network.flops,
      .units = network.count,
      .parameters = (int32_t)network.parameters,
      .chunk_rows = tscope_chunk_rows(&network, config, sampler.count[TSCOPE_SPLIT_TRAIN]),
  };
  return TSCOPE_OK;
}

/* ---- tensors -------------------------------------------------------------------------------- */

float *tscope_trainer_parameters(tscope_trainer *trainer) { return trainer->parameters; }
float *tscope_trainer_running(tscope_trainer *trainer) { return trainer->running; }
const float *tscope_trainer_gradient(const tscope_trainer *trainer) { return trainer->gradient; }

static int tensors_of(const tscope_unit *unit) {
  return unit->parameter_count + (unit->running_channels ? 2 : 0);
}

int tscope_trainer_tensor_count(const tscope_trainer *trainer) {
  int count = 0;
  for (int i = 0; i < trainer->network.count; i++) count += tensors_of(&trainer->network.units[i]);
  return count;
}

/** "3.conv.weight", "out.weight" in the implied last layer, "embed.weight" in an implied first. */
static void name_tensor(tscope_tensor *tensor, const tscope_unit *unit, const char *part) {
  tscope_line line = tscope_line_start(tensor->name, sizeof tensor->name);
  if (unit->number == TSCOPE_NUMBER_LAST) {
    tscope_line_add(&line, "out");
  } else if (unit->number == TSCOPE_NUMBER_FIRST) {
    tscope_line_add(&line, unit->layer->facts->name);
  } else {
    tscope_line_add_int(&line, unit->number);
    tscope_line_add(&line, ".");
    tscope_line_add(&line, unit->layer->facts->name);
  }
  tscope_line_add(&line, ".");
  tscope_line_add(&line, part);
}

static void describe_tensor(const tscope_unit *unit, int k, tscope_tensor *tensor) {
  if (k < unit->parameter_count) {
    const tscope_parameter *p = &unit->parameters[k];
    *tensor = (tscope_tensor){
        .rank = p->rank,
        .shape0 = p->shape[0],
        .shape1 = p->shape[1],
        .shape2 = p->shape[2],
        .shape3 = p->shape[3],
        .offset = (int32_t)p->offset,
        .count = (int32_t)p->count,
    };
    name_tensor(tensor, unit, p->part);
    return;
  }
  const int is_variance = k - unit->parameter_count;
  *tensor = (tscope_tensor){
      .rank = 1,
      .shape0 = unit->running_channels,
      .shape1 = 1,
      .shape2 = 1,
      .shape3 = 1,
      .offset = (int32_t)unit->running_offset + is_variance * unit->running_channels,
      .count = unit->running_channels,
      .is_running = 1,
  };
  name_tensor(tensor, unit, is_variance ? "running_var" : "running_mean");
}

void tscope_trainer_tensor(const tscope_trainer *trainer, int i, tscope_tensor *tensor) {
  const tscope_unit *unit = trainer->network.units;
  for (; i >= tensors_of(unit); unit++) i -= tensors_of(unit);
  describe_tensor(unit, i, tensor);
}

void tscope_trainer_digest(const tscope_trainer *trainer, char hex[65]) {
  tscope_sha256 sha;
  tscope_sha256_begin(&sha);
  for (int i = 0; i < trainer->network.count; i++) {
    const tscope_unit *unit = &trainer->network.units[i];
    for (int p = 0; p < unit->parameter_count; p++) {
      const float *values = trainer->parameters + unit->parameters[p].offset;
      for (size_t k = 0; k < unit->parameters[p].count; k++) {
        /* One NaN for all machines: the processor chooses the sign and the payload. */
        uint32_t word = 0x7fc00000;
        if (values[k] == values[k]) memcpy(&word, &values[k], sizeof word);
        const uint8_t bytes[4] = {(uint8_t)word, (uint8_t)(word >> 8), (uint8_t)(word >> 16),
                                  (uint8_t)(word >> 24)};
        tscope_sha256_add(&sha, bytes, 4);
      }
    }
  }
  tscope_sha256_finish(&sha, hex);
}
