/** maxpool and avgpool. */
#include "model/layer.h"

static tscope_status plan(tscope_unit *unit, tscope_problem *problem) {
  const int k = (int)unit->arguments[0], stride = (int)unit->arguments[1];
  const tscope_status status = tscope_unit_need(unit, problem, TSCOPE_KIND_IMAGE);
  if (status != TSCOPE_OK) return status;
  if (k > unit->in.height || k > unit->in.width) {
    return tscope_unit_refuse(unit, problem, "has a window larger than its input");
  }
  unit->out = (tscope_shape){TSCOPE_KIND_IMAGE, unit->in.channels,
                             (unit->in.height - k) / stride + 1, (unit->in.width - k) / stride + 1};
  unit->pool = (tscope_pool){unit->in.channels,
                             unit->in.height,
                             unit->in.width,
                             unit->out.height,
                             unit->out.width,
                             k,
                             stride};
  return TSCOPE_OK;
}

static tscope_status plan_max(tscope_unit *unit, tscope_problem *problem) {
  tscope_status status = plan(unit, problem);
  if (status == TSCOPE_OK) unit->aux_per_block = tscope_shape_elements(unit->out) * TSCOPE_LANES;
  return status;
}

static void max_forward(tscope_unit *unit, const tscope_pass *pass) {
  const size_t in = tscope_own_start(unit->in, pass), out = tscope_own_start(unit->out, pass);
  int32_t *index = (int32_t *)unit->aux + out;
  if (pass->kinks == TSCOPE_KINKS_HELD) {
    tscope_maxpool_gather(unit->y + out, index, unit->x + in, &unit->pool, pass->own_blocks);
  } else {
    tscope_maxpool_forward(unit->y + out, index, unit->x + in, &unit->pool, pass->own_blocks);
  }
}

static void max_backward(tscope_unit *unit, const tscope_pass *pass, float *dy, float *dx) {
  const size_t in = tscope_own_start(unit->in, pass), out = tscope_own_start(unit->out, pass);
  if (!unit->wants_dx) return;
  tscope_maxpool_backward(dx + in, dy + out, (const int32_t *)unit->aux + out, &unit->pool,
                          pass->own_blocks);
}

const tscope_layer tscope_maxpool_layer = {
    .facts = TSCOPE_FACTS(maxpool),
    .has_kinks = 1,
    .plan = plan_max,
    .forward = max_forward,
    .backward = max_backward,
};

static void avg_forward(tscope_unit *unit, const tscope_pass *pass) {
  tscope_avgpool_forward(unit->y + tscope_own_start(unit->out, pass),
                         unit->x + tscope_own_start(unit->in, pass), &unit->pool, pass->own_blocks);
}

static void avg_backward(tscope_unit *unit, const tscope_pass *pass, float *dy, float *dx) {
  if (!unit->wants_dx) return;
  tscope_avgpool_backward(dx + tscope_own_start(unit->in, pass),
                          dy + tscope_own_start(unit->out, pass), &unit->pool, pass->own_blocks, 0);
}

const tscope_layer tscope_avgpool_layer = {
    .facts = TSCOPE_FACTS(avgpool),
    .plan = plan,
    .forward = avg_forward,
    .backward = avg_backward,
};
