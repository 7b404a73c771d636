/** layernorm, rmsnorm and batchnorm. */
#include "model/layer.h"

/* Of a sequence every position is normalized by itself, as a sample of its own. */
static int pixels_together(tscope_shape shape) {
  return shape.kind == TSCOPE_KIND_SEQUENCE ? 1 : tscope_shape_pixels(shape);
}
static int pixels_apart(tscope_shape shape) {
  return shape.kind == TSCOPE_KIND_SEQUENCE ? shape.width : 1;
}

static void plan_affine(tscope_unit *unit) {
  unit->out = unit->in;
  tscope_unit_add_parameter(unit, "weight", TSCOPE_START_ONE, 1, &unit->in.channels);
  tscope_unit_add_parameter(unit, "bias", TSCOPE_START_ZERO, 1, &unit->in.channels);
}

static tscope_status plan_layernorm(tscope_unit *unit, tscope_problem *problem) {
  (void)problem;
  plan_affine(unit);
  unit->aux_per_block = 2 * TSCOPE_LANES * (uint64_t)pixels_apart(unit->in);
  return TSCOPE_OK;
}

static void layernorm_forward(tscope_unit *unit, const tscope_pass *pass) {
  const size_t at = tscope_own_start(unit->in, pass);
  tscope_layernorm_forward(
      unit->y + at, unit->aux + (size_t)pass->first_block * unit->aux_per_block, unit->x + at,
      tscope_unit_values(unit, pass, 0), tscope_unit_values(unit, pass, 1),
      pixels_together(unit->in), unit->in.channels, pass->own_blocks * pixels_apart(unit->in));
}

static void layernorm_backward(tscope_unit *unit, const tscope_pass *pass, float *dy, float *dx) {
  const int pixels = pixels_together(unit->in), channels = unit->in.channels;
  const int apart = pixels_apart(unit->in);
  const size_t at = tscope_own_start(unit->in, pass);
  tscope_team_barrier(pass->team);
  tscope_layernorm_backward_affine(
      tscope_unit_gradient(unit, pass, 0), tscope_unit_gradient(unit, pass, 1), dy, unit->x,
      unit->aux, pixels, channels, pass->blocks * apart, pass->accumulate, pass->part);
  tscope_team_barrier(pass->team);
  if (!unit->wants_dx) return;
  tscope_layernorm_backward_input(
      dx + at, dy + at, unit->x + at, unit->aux + (size_t)pass->first_block * unit->aux_per_block,
      tscope_unit_values(unit, pass, 0), pixels, channels, pass->own_blocks * apart);
}

const tscope_layer tscope_layernorm_layer = {
    .facts = TSCOPE_FACTS(layernorm),
    .is_gradient_in_place = 1,
    .plan = plan_layernorm,
    .forward = layernorm_forward,
    .backward = layernorm_backward,
};

static tscope_status plan_rmsnorm(tscope_unit *unit, tscope_problem *problem) {
  (void)problem;
  unit->out = unit->in;
  tscope_unit_add_parameter(unit, "weight", TSCOPE_START_ONE, 1, &unit->in.channels);
  unit->aux_per_block = TSCOPE_LANES * (uint64_t)pixels_apart(unit->in);
  return TSCOPE_OK;
}

static void rmsnorm_forward(tscope_unit *unit, const tscope_pass *pass) {
  const size_t at = tscope_own_start(unit->in, pass);
  tscope_rmsnorm_forward(unit->y + at, unit->aux + (size_t)pass->first_block * unit->aux_per_block,
                         unit->x + at, tscope_unit_values(unit, pass, 0), pixels_together(unit->in),
                         unit->in.channels, pass->own_blocks * pixels_apart(unit->in));
}

static void rmsnorm_backward(tscope_unit *unit, const tscope_pass *pass, float *dy, float *dx) {
  const int pixels = pixels_together(unit->in), channels = unit->in.channels;
  const int apart = pixels_apart(unit->in);
  const size_t at = tscope_own_start(unit->in, pass);
  tscope_team_barrier(pass->team);
  tscope_rmsnorm_backward_gain(tscope_unit_gradient(unit, pass, 0), dy, unit->x, unit->aux, pixels,
                               channels, pass->blocks * apart, pass->accumulate, pass->part);
  tscope_team_barrier(pass->team);
  if (!unit->wants_dx) return;
  tscope_rmsnorm_backward_input(
      dx + at, dy + at, unit->x + at, unit->aux + (size_t)pass->first_block * unit->aux_per_block,
      tscope_unit_values(unit, pass, 0), pixels, channels, pass->own_blocks * apart);
}

const tscope_layer tscope_rmsnorm_layer = {
    .facts = TSCOPE_FACTS(rmsnorm),
    .is_gradient_in_place = 1,
    .plan = plan_rmsnorm,
    .forward = rmsnorm_forward,
    .backward = rmsnorm_backward,
};

static tscope_status plan_batchnorm(tscope_unit *unit, tscope_problem *problem) {
  (void)problem;
  plan_affine(unit);
  unit->running_channels = unit->in.channels;
  unit->aux_fixed = 2 * (size_t)unit->in.channels;
  return TSCOPE_OK;
}

static void batchnorm_forward(tscope_unit *unit, const tscope_pass *pass) {
  float *running = pass->running + unit->running_offset;
  const int pixels = tscope_shape_pixels(unit->in), channels = unit->in.channels;
  const size_t at = tscope_own_start(unit->in, pass);
  tscope_team_barrier(pass->team);
  if (pass->mode == TSCOPE_PASS_EVALUATE) {
    tscope_batchnorm_recall(unit->aux, running, channels, pass->part);
  } else {
    tscope_batchnorm_measure(unit->aux, pass->mode == TSCOPE_PASS_TRAIN ? running : NULL, unit->x,
                             pass->rows, pixels, channels, pass->part);
  }
  tscope_team_barrier(pass->team);
  tscope_batchnorm_forward(unit->y + at, unit->aux, unit->x + at, tscope_unit_values(unit, pass, 0),
                           tscope_unit_values(unit, pass, 1), pixels, channels, pass->own_blocks);
}

static void batchnorm_backward(tscope_unit *unit, const tscope_pass *pass, float *dy, float *dx) {
  tscope_team_barrier(pass->team);
  tscope_batchnorm_backward(unit->wants_dx ? dx : NULL, tscope_unit_gradient(unit, pass, 0),
                            tscope_unit_gradient(unit, pass, 1), dy, unit->x, unit->aux,
                            tscope_unit_values(unit, pass, 0), pass->rows,
                            tscope_shape_pixels(unit->in), unit->in.channels, pass->accumulate,
                            pass->part);
  tscope_team_barrier(pass->team);
}

const tscope_layer tscope_batchnorm_layer = {
    .facts = TSCOPE_FACTS(batchnorm),
    .is_gradient_in_place = 1,
    .plan = plan_batchnorm,
    .forward = batchnorm_forward,
    .backward = batchnorm_backward,
};
