/** Where positions come from, what is added to them, and what becomes of them. */
#include <string.h>

#include "math/elementary.h"
#include "model/layer.h"

static size_t numbers_of(tscope_shape shape) { return tscope_shape_elements(shape); }

/* ---- position: a learned number for each of a position's ------------------------------------- */

static tscope_status plan_position(tscope_unit *unit, tscope_problem *problem) {
  const int shape[2] = {unit->in.width, unit->in.channels};
  const tscope_status status = tscope_unit_need(unit, problem, TSCOPE_KIND_SEQUENCE);
  if (status != TSCOPE_OK) return status;
  if ((double)shape[0] * shape[1] > TSCOPE_PARAMETERS_MAX)
    return tscope_unit_refuse_parameters(unit, problem);
  tscope_parameter *weight =
      tscope_unit_add_parameter(unit, "weight", TSCOPE_START_EMBEDDING, 2, shape);
  weight->fan_in = unit->in.channels;
  weight->gain = unit->arguments[0];
  unit->out = unit->in;
  return TSCOPE_OK;
}

static void add_table(const tscope_unit *unit, const tscope_pass *pass, const float *table) {
  const size_t at = tscope_own_start(unit->in, pass);
  tscope_table_add(unit->y + at, unit->x + at, table, numbers_of(unit->in), pass->own_blocks);
}

static void position_forward(tscope_unit *unit, const tscope_pass *pass) {
  add_table(unit, pass, tscope_unit_values(unit, pass, 0));
}

/* The input's gradient is the output's. */
static void position_backward(tscope_unit *unit, const tscope_pass *pass, float *dy, float *dx) {
  (void)dx;
  tscope_team_barrier(pass->team);
  tscope_table_backward(tscope_unit_gradient(unit, pass, 0), dy, numbers_of(unit->in), pass->blocks,
                        pass->accumulate, pass->part);
  tscope_team_barrier(pass->team);
}

const tscope_layer tscope_position_layer = {
    .facts = TSCOPE_FACTS(position),
    .is_in_place = 1,
    .is_gradient_in_place = 1,
    .plan = plan_position,
    .forward = position_forward,
    .backward = position_backward,
};

/* ---- sinusoid: the fixed table of Vaswani et al. 2017 ---------------------------------------- */

static tscope_status plan_sinusoid(tscope_unit *unit, tscope_problem *problem) {
  unit->out = unit->in;
  unit->aux_fixed = numbers_of(unit->in);
  return tscope_unit_need(unit, problem, TSCOPE_KIND_SEQUENCE);
}

static void prepare_sinusoid(tscope_unit *unit) {
  const int n = unit->in.channels;
  for (int t = 0; t < unit->in.width; t++) {
    for (int c = 0; c < n; c++) {
      const double angle = t * tscope_pow(10000, -(double)(c - c % 2) / n);
      unit->aux[(size_t)t * (size_t)n + (size_t)c] =
          (float)(c % 2 ? tscope_cos(angle) : tscope_sin(angle));
    }
  }
}

static void sinusoid_forward(tscope_unit *unit, const tscope_pass *pass) {
  add_table(unit, pass, unit->aux);
}

static void sinusoid_backward(tscope_unit *unit, const tscope_pass *pass, float *dy, float *dx) {
  (void)unit, (void)pass, (void)dy, (void)dx;
}

const tscope_layer tscope_sinusoid_layer = {
    .facts = TSCOPE_FACTS(sinusoid),
    .is_in_place = 1,
    .is_gradient_in_place = 1,
    .plan = plan_sinusoid,
    .prepare = prepare_sinusoid,
    .forward = sinusoid_forward,
    .backward = sinusoid_backward,
};

/* ---- patches -------------------------------------------------------------------------------- */

static tscope_patches patches_of(const tscope_unit *unit) {
  return (tscope_patches){unit->in.channels, unit->in.height, unit->in.width,
                          (int)unit->arguments[0]};
}

static tscope_status plan_patches(tscope_unit *unit, tscope_problem *problem) {
  const tscope_status status = tscope_unit_need(unit, problem, TSCOPE_KIND_IMAGE);
  if (status != TSCOPE_OK) return status;
  const int k = (int)unit->arguments[0];
  if (k > unit->in.height || k > unit->in.width)
    return tscope_unit_refuse(unit, problem, "has patches larger than its input");
  const int positions = unit->in.height / k * (unit->in.width / k);
  unit->out = (tscope_shape){TSCOPE_KIND_SEQUENCE, unit->in.channels * k * k, 1, positions};
  return TSCOPE_OK;
}

static void patches_forward(tscope_unit *unit, const tscope_pass *pass) {
  const tscope_patches patches = patches_of(unit);
  tscope_patches_forward(unit->y + tscope_own_start(unit->out, pass),
                         unit->x + tscope_own_start(unit->in, pass), &patches, pass->own_blocks);
}

static void patches_backward(tscope_unit *unit, const tscope_pass *pass, float *dy, float *dx) {
  const tscope_patches patches = patches_of(unit);
  if (!unit->wants_dx) return;
  tscope_patches_backward(dx + tscope_own_start(unit->in, pass),
                          dy + tscope_own_start(unit->out, pass), &patches, pass->own_blocks);
}

const tscope_layer tscope_patches_layer = {
    .facts = TSCOPE_FACTS(patches),
    .plan = plan_patches,
    .forward = patches_forward,
    .backward = patches_backward,
};

/* ---- mean and last: a vector of a sequence --------------------------------------------------- */

static tscope_status plan_vector(tscope_unit *unit, tscope_problem *problem) {
  unit->out = (tscope_shape){TSCOPE_KIND_VECTOR, unit->in.channels, 1, 1};
  return tscope_unit_need(unit, problem, TSCOPE_KIND_SEQUENCE);
}

static void mean_forward(tscope_unit *unit, const tscope_pass *pass) {
  tscope_mean_forward(unit->y + tscope_own_start(unit->out, pass),
                      unit->x + tscope_own_start(unit->in, pass), unit->in.width, unit->in.channels,
                      pass->own_blocks);
}

static void mean_backward(tscope_unit *unit, const tscope_pass *pass, float *dy, float *dx) {
  if (!unit->wants_dx) return;
  tscope_mean_backward(dx + tscope_own_start(unit->in, pass),
                       dy + tscope_own_start(unit->out, pass), unit->in.width, unit->in.channels,
                       pass->own_blocks);
}

const tscope_layer tscope_mean_layer = {
    .facts = TSCOPE_FACTS(mean),
    .plan = plan_vector,
    .forward = mean_forward,
    .backward = mean_backward,
};

/** Floats of one block, and where its last position begins. */
static size_t block_floats(tscope_shape shape) {
  return tscope_shape_elements(shape) * TSCOPE_LANES;
}

static void last_forward(tscope_unit *unit, const tscope_pass *pass) {
  const size_t in = block_floats(unit->in), out = block_floats(unit->out);
  const float *x = unit->x + tscope_own_start(unit->in, pass);
  float *y = unit->y + tscope_own_start(unit->out, pass);
  for (int b = 0; b < pass->own_blocks; b++, x += in, y += out) {
    memcpy(y, x + in - out, out * sizeof(float));
  }
}

static void last_backward(tscope_unit *unit, const tscope_pass *pass, float *dy, float *dx) {
  const size_t in = block_floats(unit->in), out = block_floats(unit->out);
  if (!unit->wants_dx) return;
  dy += tscope_own_start(unit->out, pass);
  dx += tscope_own_start(unit->in, pass);
  for (int b = 0; b < pass->own_blocks; b++, dy += out, dx += in) {
    memset(dx, 0, (in - out) * sizeof(float));
    memcpy(dx + in - out, dy, out * sizeof(float));
  }
}

const tscope_layer tscope_last_layer = {
    .facts = TSCOPE_FACTS(last),
    .plan = plan_vector,
    .forward = last_forward,
    .backward = last_backward,
};
