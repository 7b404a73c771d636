/** embed: where tokens become numbers. */
#include "model/layer.h"

static tscope_status plan_embed(tscope_unit *unit, tscope_problem *problem) {
  const int n = (int)unit->arguments[0];
  const int shape[2] = {unit->vocabulary, n};
  tscope_status status = tscope_unit_need(unit, problem, TSCOPE_KIND_TOKENS);
  if (status != TSCOPE_OK) return status;
  tscope_parameter *weight =
      tscope_unit_add_parameter(unit, "weight", TSCOPE_START_EMBEDDING, 2, shape);
  weight->fan_in = n;
  weight->gain = unit->arguments[1];
  unit->out = (tscope_shape){TSCOPE_KIND_SEQUENCE, n, 1, unit->in.width};
  return TSCOPE_OK;
}

static void embed_forward(tscope_unit *unit, const tscope_pass *pass) {
  tscope_embed_forward(unit->y + tscope_own_start(unit->out, pass),
                       unit->x + tscope_own_start(unit->in, pass),
                       tscope_unit_values(unit, pass, 0), unit->out.channels, unit->vocabulary,
                       pass->own_blocks * unit->in.width);
}

static void embed_backward(tscope_unit *unit, const tscope_pass *pass, float *dy, float *dx) {
  (void)dx;
  tscope_team_barrier(pass->team);
  tscope_embed_backward(tscope_unit_gradient(unit, pass, 0), dy, unit->x, unit->out.channels,
                        unit->vocabulary, pass->blocks * unit->in.width, pass->accumulate,
                        pass->part);
}

const tscope_layer tscope_embed_layer = {
    .facts = TSCOPE_FACTS(embed),
    .plan = plan_embed,
    .forward = embed_forward,
    .backward = embed_backward,
};
