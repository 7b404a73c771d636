/** A pass: chunks of samples go through the network, forward and back, on one thread or several. */
#include <string.h>

#include "base/rng.h"
#include "train/run.h"

/* ---- threads -------------------------------------------------------------------------------- */

/* Calling the team costs some microseconds, in which one thread computes about so much. */
static const double FLOPS_WORTH_A_TEAM = 1e6;

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

static void fill_part(tscope_trainer *trainer, const tscope_samples *samples, tscope_part part) {
  tscope_sampler_fill(&trainer->sampler, samples, trainer->inputs, trainer->labels,
                      trainer->targets, part);
}

void tscope_trainer_fill(tscope_trainer *trainer, const tscope_samples *samples) {
  tscope_sampler_make(&trainer->sampler, samples);
  fill_part(trainer, samples, TSCOPE_WHOLE);
}

/** A pass as all threads see it. */
typedef struct shared_pass {
  tscope_trainer *trainer;
  tscope_pass pass;
  tscope_task task;
  double loss;
} shared_pass;

/** The loss of so many rows of predictions, which begin at these places. */
static double loss_of_rows(const tscope_trainer *trainer, float *d, int32_t *correct,
                           const float *output, const uint8_t *labels, int rows, float scale) {
  const tscope_dataset *dataset = trainer->sampler.dataset;
  if (trainer->loss == TSCOPE_LOSS_cross_entropy) {
    const tscope_config *config = &trainer->state->config;
    const double loss =
        tscope_cross_entropy(d, correct, output, labels, rows, dataset->outputs, scale);
    if (config->label_smoothing == 0 && config->z_loss == 0) return loss;
    return loss + tscope_cross_entropy_extras(d, output, labels, rows, dataset->outputs, scale,
                                              config->label_smoothing, config->z_loss);
  }
  return tscope_squared_error(d, correct, output, dataset->classes ? NULL : trainer->targets,
                              dataset->classes ? labels : NULL, rows, dataset->outputs, scale);
}

/** Of a block of samples of tokens, position by position. */
static double loss_of_block(const shared_pass *shared, float *d, const float *output,
                            const uint8_t *labels, int used) {
  const tscope_trainer *trainer = shared->trainer;
  const tscope_dataset *dataset = trainer->sampler.dataset;
  const int scored = tscope_dataset_scored(dataset);
  const size_t position = (size_t)dataset->outputs * TSCOPE_LANES;
  const size_t silent = (size_t)dataset->scored_from * position;
  double loss = 0;
  int all_right = (1 << used) - 1;
  if (d) memset(d, 0, silent * sizeof(float));
  output += silent;
  for (int t = 0; t < scored; t++, output += position, labels += TSCOPE_LANES) {
    float *here = d ? d + silent + (size_t)t * position : NULL;
    loss +=
        loss_of_rows(trainer, here, NULL, output, labels, used, shared->task.scale / (float)scored);
    if (!shared->task.hits) continue;
    const int right = tscope_correct_lanes(output, labels, used, dataset->outputs);
    shared->task.hits->predictions += __builtin_popcount((unsigned)right);
    all_right &= right;
  }
  if (shared->task.hits) shared->task.hits->samples += __builtin_popcount((unsigned)all_right);
  return loss / scored;
}

static double measure_loss(const shared_pass *shared, float *d) {
  const tscope_trainer *trainer = shared->trainer;
  const tscope_dataset *dataset = trainer->sampler.dataset;
  const float *output = trainer->network.output;
  const int rows = shared->pass.rows;
  double loss = 0;
  if (dataset->kind != TSCOPE_KIND_TOKENS) {
    int32_t correct = 0;
    loss = loss_of_rows(trainer, d, shared->task.hits ? &correct : NULL, output, trainer->labels,
                        rows, shared->task.scale);
    if (shared->task.hits) shared->task.hits->predictions += correct;
    return loss;
  }
  const size_t block = (size_t)(dataset->width * dataset->outputs) * TSCOPE_LANES;
  const size_t labels = (size_t)tscope_dataset_scored(dataset) * TSCOPE_LANES;
  for (int b = 0; b < shared->pass.blocks; b++) {
    const int left = rows - b * TSCOPE_LANES, used = left < TSCOPE_LANES ? left : TSCOPE_LANES;
    loss += loss_of_block(shared, d ? d + (size_t)b * block : NULL, output + (size_t)b * block,
                          trainer->labels + (size_t)b * labels, used);
  }
  return loss;
}

static void run_part(void *context, tscope_part part) {
  shared_pass *shared = context;
  tscope_trainer *trainer = shared->trainer;
  tscope_network *network = &trainer->network;
  const int wants_gradient =
      tscope_pass_has_backward(&shared->pass) && shared->pass.kinks != TSCOPE_KINKS_RECORD;
  tscope_pass pass = shared->pass;
  pass.part = part;
  pass.first_block = tscope_part_begin(part, pass.blocks);
  pass.own_blocks = tscope_part_end(part, pass.blocks) - pass.first_block;
  if (shared->task.samples) fill_part(trainer, shared->task.samples, part);
  tscope_network_forward(network, &pass);
  /* The loss is one sum, and a small one. */
  tscope_team_barrier(pass.team);
  if (part.index == 0) {
    shared->loss = measure_loss(shared, wants_gradient ? network->gradient[0] : NULL);
  }
  if (!wants_gradient) return;
  tscope_team_barrier(pass.team);
  tscope_network_backward(network, &pass);
  if (!shared->task.wants_squares) return;
  tscope_team_barrier(pass.team);
  tscope_block_squares(trainer->squares, trainer->gradient, network->parameter_floats, part);
}

double tscope_pass_run(tscope_trainer *trainer, tscope_pass *pass, tscope_task task) {
  pass->team = tscope_trainer_team(trainer, trainer->network.flops * pass->rows);
  shared_pass shared = {.trainer = trainer, .pass = *pass, .task = task};
  /* Between two chunks of a batch other parameters may have been at work, or these have changed. */
  shared.pass.repack |= trainer->packed_from != pass->parameters;
  if (task.samples) tscope_sampler_make(&trainer->sampler, task.samples);
  tscope_team_run(pass->team, run_part, &shared);
  trainer->packed_from = pass->parameters;
  return shared.loss;
}

tscope_pass tscope_pass_look(tscope_trainer *trainer, int rows) {
  tscope_pass pass = tscope_pass_begin(trainer, TSCOPE_PASS_EVALUATE, rows, 0);
  tscope_network_forward(&trainer->network, &pass);
  trainer->packed_from = pass.parameters;
  return pass;
}
