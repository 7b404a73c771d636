/** A pass: chunks of samples go through the network, forward and back, on one thread or several. */
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
    const tscope_config *config = &trainer->state->config;
    const double loss = tscope_cross_entropy(d, shared->correct, output, trainer->labels, rows,
                                             dataset->outputs, shared->scale);
    if (config->label_smoothing == 0 && config->z_loss == 0) return loss;
    return loss + tscope_cross_entropy_extras(d, output, trainer->labels, rows, dataset->outputs,
                                              shared->scale, config->label_smoothing,
                                              config->z_loss);
  }
  return tscope_squared_error(
      d, shared->correct, output, dataset->classes ? NULL : trainer->targets,
      dataset->classes ? trainer->labels : NULL, rows, dataset->outputs, shared->scale);
}

static void run_part(void *context, tscope_part part) {
  shared_pass *shared = context;
  tscope_network *network = &shared->trainer->network;
  const int wants_gradient = shared->pass.mode != TSCOPE_PASS_EVALUATE &&
                             !shared->pass.is_forward_only &&
                             shared->pass.kinks != TSCOPE_KINKS_RECORD;
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
