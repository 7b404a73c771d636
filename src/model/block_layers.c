/**
 * residual(f) = x + f(x) and rezero(f) = x + α f(x), α = 0 at start (Bachlechner et al. 2020). A
 * block is two units: its begin remembers x, its end adds. Where f changes the shape, x takes a
 * shortcut: average pooling where f shrinks the image, then a bias-free 1×1 convolution (or linear
 * layer) where the channels or the width differ.
 */
#include <string.h>

#include "model/layer.h"

static tscope_status plan_begin(tscope_unit *unit, tscope_problem *problem) {
  (void)problem;
  unit->out = unit->in;
  return TSCOPE_OK;
}

/* The begin passes its input on: the network gives it y = x. */
static void begin_forward(tscope_unit *unit, const tscope_pass *pass) { (void)unit, (void)pass; }

static int ceil_divide(int a, int b) { return (a + b - 1) / b; }

/** The smallest s >= 2 that average-pools `from` to `to` in ceil mode, or 0. */
static int pooling_factor(tscope_shape from, tscope_shape to) {
  for (int s = 2; s <= from.height || s <= from.width; s++) {
    if (ceil_divide(from.height, s) == to.height && ceil_divide(from.width, s) == to.width)
      return s;
  }
  return 0;
}

/* On entry unit->in is f's output and partner->in is x. */
static tscope_status plan_shortcut(tscope_unit *unit, tscope_problem *problem) {
  tscope_shape x = unit->partner->in, to = unit->in;
  unit->out = to;
  const int is_image = x.kind == TSCOPE_KIND_IMAGE && to.kind == TSCOPE_KIND_IMAGE;
  const int is_sequence = x.kind == TSCOPE_KIND_SEQUENCE || to.kind == TSCOPE_KIND_SEQUENCE;
  if (is_sequence && (x.kind != to.kind || x.width != to.width)) {
    return tscope_unit_refuse(unit, problem, "changes what its positions are, so x has no place");
  }
  if (is_image && (x.height != to.height || x.width != to.width)) {
    const int s = pooling_factor(x, to);
    if (!s)
      return tscope_unit_refuse(
          unit, problem, "changes the image to a size that no average pooling of its input gives");
    unit->has_pool = 1;
    unit->pool = (tscope_pool){x.channels, x.height, x.width, to.height, to.width, s, s};
    x.height = to.height;
    x.width = to.width;
    unit->aux_per_block = tscope_shape_elements(x) * TSCOPE_LANES;
  }
  if (x.kind == to.kind && x.channels == to.channels) return TSCOPE_OK;
  unit->has_projection = 1;
  tscope_conv conv = tscope_conv_of_linear(x, to.channels);
  if (to.kind == TSCOPE_KIND_IMAGE) {
    conv.out_height = to.height;
    conv.out_width = to.width;
    conv.kernel_height = conv.kernel_width = 1;
  }
  const int rank = to.kind == TSCOPE_KIND_IMAGE ? 4 : 2;
  tscope_status status = tscope_unit_add_product(unit, "shortcut.weight", rank, &conv, 1, problem);
  if (status != TSCOPE_OK) return status;
  unit->flops = 2.0 * tscope_conv_taps(&conv) * to.channels * tscope_shape_pixels(to);
  return TSCOPE_OK;
}

static tscope_status plan_rezero(tscope_unit *unit, tscope_problem *problem) {
  const int one = 1;
  tscope_status status = plan_shortcut(unit, problem);
  if (status == TSCOPE_OK) tscope_unit_add_parameter(unit, "alpha", TSCOPE_START_ZERO, 1, &one);
  return status;
}

static int is_rezero(const tscope_unit *end) { return end->layer->plan == plan_rezero; }
static int alpha_index(const tscope_unit *end) { return end->parameter_count - 1; }

/** What the projection, or the sum, reads: x, pooled where f shrinks the image. */
static const float *shortcut_input(const tscope_unit *end) {
  return end->has_pool ? end->aux : end->partner->x;
}

static void end_forward(tscope_unit *unit, const tscope_pass *pass) {
  const size_t start = tscope_own_start(unit->out, pass);
  const float scale = is_rezero(unit) ? *tscope_unit_values(unit, pass, alpha_index(unit)) : 1.0f;
  float *y = unit->y + start;
  const float *shortcut = unit->partner->x + tscope_own_start(unit->partner->in, pass);
  if (unit->has_pool) {
    float *pooled = unit->aux + (size_t)pass->first_block * unit->aux_per_block;
    tscope_avgpool_forward(pooled, shortcut, &unit->pool, pass->own_blocks);
    shortcut = pooled;
  }
  if (unit->has_projection) {
    tscope_conv_forward(y, shortcut,
                        tscope_product_weights(unit, 0, pass, unit->products[0].packed), NULL,
                        &unit->products[0].conv, pass->own_blocks, pass->scratch);
    shortcut = y;
  }
  tscope_add_scaled(y, shortcut, unit->x + start, tscope_own_floats(unit->out, pass), scale);
}

/* dy is f's gradient, after scaling by α, and the shortcut's, which waits for the begin. */
static void end_backward(tscope_unit *unit, const tscope_pass *pass, float *dy, float *dx) {
  (void)dx;
  const size_t start = tscope_own_start(unit->out, pass), own = tscope_own_floats(unit->out, pass);
  /* Blocks of another shape at this depth may still be read by others. */
  tscope_team_barrier(pass->team);
  memcpy(pass->skip[unit->depth] + start, dy + start, own * sizeof(float));
  if (!is_rezero(unit)) return;
  tscope_team_barrier(pass->team);
  if (pass->part.index == 0) {
    const size_t n = tscope_shape_elements(unit->out) * (size_t)pass->blocks * TSCOPE_LANES;
    float *dalpha = tscope_unit_gradient(unit, pass, alpha_index(unit));
    const float sum = (float)tscope_dot(dy, unit->x, n);
    *dalpha = pass->accumulate ? *dalpha + sum : sum;
  }
  tscope_team_barrier(pass->team);
  tscope_scale_inplace(dy + start, own, *tscope_unit_values(unit, pass, alpha_index(unit)));
}

static void begin_backward(tscope_unit *unit, const tscope_pass *pass, float *dy, float *dx) {
  const tscope_unit *end = unit->partner;
  const float *d = pass->skip[end->depth];
  tscope_shape shape = end->out;
  if (end->has_projection) {
    float *spare = unit->wants_dx ? pass->spare : NULL;
    tscope_team_barrier(pass->team);
    tscope_product_backward(end, 0, pass, d, shortcut_input(end), spare);
    d = spare;
    shape = end->products[0].in;
  }
  if (!unit->wants_dx) return;
  d += tscope_own_start(shape, pass);
  dx += tscope_own_start(unit->in, pass);
  if (end->has_pool) {
    tscope_avgpool_backward(dx, d, &end->pool, pass->own_blocks, 1);
  } else {
    tscope_add_scaled(dx, dy + tscope_own_start(unit->in, pass), d,
                      tscope_own_floats(unit->in, pass), 1);
  }
}

static const tscope_layer residual_end = {
    .facts = TSCOPE_FACTS(residual),
    .is_gradient_in_place = 1,
    .plan = plan_shortcut,
    .forward = end_forward,
    .backward = end_backward,
};

static const tscope_layer rezero_end = {
    .facts = TSCOPE_FACTS(rezero),
    .is_gradient_in_place = 1,
    .plan = plan_rezero,
    .forward = end_forward,
    .backward = end_backward,
};

/* reads_output: the end still needs x after the units between have run, so none may overwrite it.
 */
#define BLOCK(id)                            \
  const tscope_layer tscope_##id##_layer = { \
      .facts = TSCOPE_FACTS(id),             \
      .is_gradient_in_place = 1,             \
      .reads_output = 1,                     \
      .end = &id##_end,                      \
      .plan = plan_begin,                    \
      .forward = begin_forward,              \
      .backward = begin_backward,            \
  };

BLOCK(residual)
BLOCK(rezero)
