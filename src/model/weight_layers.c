/** linear and conv: the layers with weights. */
#include "model/layer.h"

static void forward(tscope_unit *unit, const tscope_pass *pass) {
  const tscope_conv *conv = &unit->products[0].conv;
  if (!conv->pad) {
    tscope_product_forward(unit, 0, pass, unit->y, unit->x);
    return;
  }
  float *padded = unit->padded + (size_t)pass->first_block * unit->padded_per_block;
  tscope_conv_pad(padded, unit->x + tscope_own_start(unit->in, pass), conv, pass->own_blocks);
  tscope_conv_forward(unit->y + tscope_own_start(unit->out, pass), padded,
                      tscope_product_weights(unit, 0, pass, unit->products[0].packed),
                      tscope_unit_values(unit, pass, 1), conv, pass->own_blocks, pass->scratch);
}

static void backward(tscope_unit *unit, const tscope_pass *pass, float *dy, float *dx) {
  const float *x = unit->products[0].conv.pad ? unit->padded : unit->x;
  tscope_product_backward(unit, 0, pass, dy, x, unit->wants_dx ? dx : NULL);
}

static tscope_status plan_linear(tscope_unit *unit, tscope_problem *problem) {
  const int n = (int)unit->arguments[0];
  const tscope_conv conv = tscope_conv_of_linear(unit->in, n);
  unit->out = unit->in.kind == TSCOPE_KIND_SEQUENCE
                  ? (tscope_shape){TSCOPE_KIND_SEQUENCE, n, 1, unit->in.width}
                  : (tscope_shape){TSCOPE_KIND_VECTOR, n, 1, 1};
  tscope_status status =
      tscope_unit_add_product(unit, "weight", 2, &conv, unit->arguments[1], problem);
  if (status != TSCOPE_OK) return status;
  unit->flops = 2.0 * tscope_conv_taps(&conv) * n * tscope_shape_pixels(unit->out);
  tscope_unit_add_bias(unit, "bias");
  return TSCOPE_OK;
}

const tscope_layer tscope_linear_layer = {
    .facts = TSCOPE_FACTS(linear),
    .plan = plan_linear,
    .forward = forward,
    .backward = backward,
};

static tscope_status plan_conv(tscope_unit *unit, tscope_problem *problem) {
  const int n = (int)unit->arguments[0], k = (int)unit->arguments[1];
  const int stride = (int)unit->arguments[2], pad = (int)unit->arguments[3];
  tscope_status status = tscope_unit_need(unit, problem, TSCOPE_KIND_IMAGE);
  if (status != TSCOPE_OK) return status;
  const int height = unit->in.height + 2 * pad, width = unit->in.width + 2 * pad;
  if (k > height || k > width) {
    return tscope_unit_refuse(unit, problem, "has a kernel larger than its padded input");
  }
  const tscope_conv conv = {
      .in_channels = unit->in.channels,
      .in_height = height,
      .in_width = width,
      .out_channels = n,
      .out_height = (height - k) / stride + 1,
      .out_width = (width - k) / stride + 1,
      .kernel_height = k,
      .kernel_width = k,
      .stride = stride,
      .pad = pad,
  };
  unit->out = (tscope_shape){TSCOPE_KIND_IMAGE, n, conv.out_height, conv.out_width};
  if (pad) {
    unit->padded_per_block =
        (uint64_t)unit->in.channels * (size_t)height * (size_t)width * TSCOPE_LANES;
  }
  status = tscope_unit_add_product(unit, "weight", 4, &conv, unit->arguments[4], problem);
  if (status != TSCOPE_OK) return status;
  unit->flops = 2.0 * tscope_conv_taps(&conv) * n * tscope_shape_pixels(unit->out);
  tscope_unit_add_bias(unit, "bias");
  return TSCOPE_OK;
}

const tscope_layer tscope_conv_layer = {
    .facts = TSCOPE_FACTS(conv),
    .plan = plan_conv,
    .forward = forward,
    .backward = backward,
};
