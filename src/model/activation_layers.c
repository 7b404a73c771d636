/** Activations and dropout: layers that keep the shape and have no parameters. */
#include <string.h>

#include "base/rng.h"
#include "model/layer.h"

static tscope_status plan(tscope_unit *unit, tscope_problem *problem) {
  (void)problem;
  unit->out = unit->in;
  return TSCOPE_OK;
}

/* An activation whose gradient follows from its output, so that it can run in place. */
#define ACTIVATION(id)                                                                          \
  static void id##_forward(tscope_unit *unit, const tscope_pass *pass) {                        \
    const size_t at = tscope_own_start(unit->in, pass), n = tscope_full_floats(unit->in, pass); \
    const float *x = unit->x + at;                                                              \
    float *y = unit->y + at;                                                                    \
    tscope_##id##_forward(y, x, n);                                                             \
    tscope_##id##_forward_half(y + n, x + n, tscope_own_floats(unit->in, pass) - n);            \
  }                                                                                             \
  static void id##_backward(tscope_unit *unit, const tscope_pass *pass, float *dy, float *dx) { \
    const size_t at = tscope_own_start(unit->in, pass);                                         \
    if (!unit->wants_dx) return;                                                                \
    tscope_##id##_backward(dx + at, dy + at, unit->y + at, tscope_own_floats(unit->in, pass));  \
  }                                                                                             \
  const tscope_layer tscope_##id##_layer = {                                                    \
      .facts = TSCOPE_FACTS(id),                                                                \
      .is_in_place = 1,                                                                         \
      .is_gradient_in_place = 1,                                                                \
      .reads_output = 1,                                                                        \
      .plan = plan,                                                                             \
      .forward = id##_forward,                                                                  \
      .backward = id##_backward,                                                                \
  };

ACTIVATION(tanh)
ACTIVATION(sigmoid)

/* ---- rectifiers: relu is a leakyrelu of slope 0 ---------------------------------------------- */

static tscope_status plan_rectifier(tscope_unit *unit, tscope_problem *problem) {
  unit->sides_per_block = tscope_shape_elements(unit->in);
  return plan(unit, problem);
}

static void rectifier_forward(tscope_unit *unit, const tscope_pass *pass) {
  const size_t at = tscope_own_start(unit->in, pass), n = tscope_own_floats(unit->in, pass);
  const float slope = (float)unit->arguments[0];
  uint8_t *sides = unit->sides + at / TSCOPE_LANES;
  if (pass->kinks == TSCOPE_KINKS_HELD) {
    tscope_sides_apply(unit->y + at, unit->x + at, sides, n, slope);
    return;
  }
  if (pass->kinks == TSCOPE_KINKS_RECORD) tscope_sides_record(sides, unit->x + at, n);
  if (slope > 0) {
    tscope_leakyrelu_forward(unit->y + at, unit->x + at, n, slope);
  } else {
    tscope_relu_forward(unit->y + at, unit->x + at, n);
  }
}

static void rectifier_backward(tscope_unit *unit, const tscope_pass *pass, float *dy, float *dx) {
  const size_t at = tscope_own_start(unit->in, pass), n = tscope_own_floats(unit->in, pass);
  const float slope = (float)unit->arguments[0];
  if (!unit->wants_dx) return;
  if (pass->kinks == TSCOPE_KINKS_HELD) {
    tscope_sides_apply(dx + at, dy + at, unit->sides + at / TSCOPE_LANES, n, slope);
  } else if (slope > 0) {
    tscope_leakyrelu_backward(dx + at, dy + at, unit->y + at, n, slope);
  } else {
    tscope_relu_backward(dx + at, dy + at, unit->y + at, n);
  }
}

#define RECTIFIER                                                                 \
  .is_in_place = 1, .is_gradient_in_place = 1, .reads_output = 1, .has_kinks = 1, \
  .plan = plan_rectifier, .forward = rectifier_forward, .backward = rectifier_backward

const tscope_layer tscope_relu_layer = {.facts = TSCOPE_FACTS(relu), RECTIFIER};

/* The table allows no negative slope: the output's sign must tell the input's. */
const tscope_layer tscope_leakyrelu_layer = {.facts = TSCOPE_FACTS(leakyrelu), RECTIFIER};

/* Of every input its slope is kept for the pass backwards. */
static tscope_status plan_gelu(tscope_unit *unit, tscope_problem *problem) {
  unit->aux_per_block = (uint64_t)tscope_shape_elements(unit->in) * TSCOPE_LANES;
  return plan(unit, problem);
}

static void gelu_forward(tscope_unit *unit, const tscope_pass *pass) {
  const size_t at = tscope_own_start(unit->in, pass), n = tscope_own_floats(unit->in, pass);
  if (tscope_pass_has_backward(pass)) {
    tscope_gelu_forward_slopes(unit->y + at, unit->aux + at, unit->x + at, n);
  } else {
    tscope_gelu_forward(unit->y + at, unit->x + at, n);
  }
}

static void gelu_backward(tscope_unit *unit, const tscope_pass *pass, float *dy, float *dx) {
  const size_t at = tscope_own_start(unit->in, pass);
  if (!unit->wants_dx) return;
  tscope_multiply(dx + at, dy + at, unit->aux + at, tscope_own_floats(unit->in, pass));
}

const tscope_layer tscope_gelu_layer = {
    .facts = TSCOPE_FACTS(gelu),
    .is_in_place = 1,
    .is_gradient_in_place = 1,
    .plan = plan_gelu,
    .forward = gelu_forward,
    .backward = gelu_backward,
};

/* The mask is a hash of (run's seed, step, unit, sample's place in the batch, element), so chunks
 * and passes agree. */
static void apply_mask(const tscope_unit *unit, const tscope_pass *pass, float *to,
                       const float *from) {
  const size_t elements = tscope_shape_elements(unit->in), at = tscope_own_start(unit->in, pass);
  const uint32_t key =
      (uint32_t)tscope_hash(((uint64_t)(uint32_t)unit->number << 32) | pass->dropout_key);
  tscope_dropout_apply(to + at, from + at, tscope_own_floats(unit->in, pass),
                       (float)unit->arguments[0], key,
                       (uint32_t)((size_t)pass->first_row * elements + at));
}

static void dropout_forward(tscope_unit *unit, const tscope_pass *pass) {
  if (pass->mode == TSCOPE_PASS_TRAIN) {
    apply_mask(unit, pass, unit->y, unit->x);
  } else if (unit->y != unit->x) {
    const size_t at = tscope_own_start(unit->in, pass);
    memcpy(unit->y + at, unit->x + at, tscope_own_floats(unit->in, pass) * sizeof(float));
  }
}

static void dropout_backward(tscope_unit *unit, const tscope_pass *pass, float *dy, float *dx) {
  if (unit->wants_dx && pass->mode == TSCOPE_PASS_TRAIN) apply_mask(unit, pass, dx, dy);
}

const tscope_layer tscope_dropout_layer = {
    .facts = TSCOPE_FACTS(dropout),
    .is_in_place = 1,
    .is_gradient_in_place = 1,
    .plan = plan,
    .forward = dropout_forward,
    .backward = dropout_backward,
};
