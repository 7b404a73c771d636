/** The register of layers, made of the table of units, and what their plan() functions share. */
#include <string.h>

#include "base/text.h"
#include "model/layer.h"

/* clang-format off */
#define ONE_MORE(name, ...) +1
#define ARGUMENTS_FIT(id, role, arguments, help) \
  _Static_assert((0 arguments) <= TSCOPE_ARGUMENTS_MAX, #id " has too many arguments");
TSCOPE_UNITS(ARGUMENTS_FIT, ONE_MORE, ONE_MORE)

/* An argument that must be written has no fallback; one that is another's has that one's value. */
#define FALLBACK_REQUIRED .is_required = 1
#define FALLBACK_DEFAULT(value) .fallback = (value)
#define FALLBACK_SAME_AS(other) .same_as = #other
#define ARGUMENT(id, whole, otherwise, low, high) \
  {.name = #id, .is_whole = whole, .min = (low), .max = (high), FALLBACK_##otherwise},
#define INT(id, otherwise, low, high, help) ARGUMENT(id, 1, otherwise, low, high)
#define REAL(id, otherwise, low, high, help) ARGUMENT(id, 0, otherwise, low, high)
#define FACTS(id, its_role, its_arguments, help) \
  {.name = #id, .role = TSCOPE_ROLE_##its_role, .arguments = {its_arguments {0}}},
const tscope_unit_facts tscope_unit_table[TSCOPE_UNIT_COUNT] = {TSCOPE_UNITS(FACTS, INT, REAL)};

#define DECLARATION(id, ...) extern const tscope_layer tscope_##id##_layer;
TSCOPE_UNITS(DECLARATION, , )
#define ADDRESS(id, ...) &tscope_##id##_layer,
const tscope_layer *const tscope_layers[TSCOPE_UNIT_COUNT] = {TSCOPE_UNITS(ADDRESS, , )};
/* clang-format on */

int tscope_text_character(const char *text, int position) {
  int character = 1;
  for (int i = 0; i < position; i++) character += (text[i] & 0xC0) != 0x80;
  return character;
}

tscope_status tscope_unit_refuse(const tscope_unit *unit, tscope_problem *problem,
                                 const char *complaint) {
  tscope_line line = tscope_line_start(problem->message, sizeof problem->message);
  tscope_line_add(&line, "model: ");
  tscope_line_add(&line, unit->number == TSCOPE_NUMBER_LAST    ? "the implied last layer"
                         : unit->number == TSCOPE_NUMBER_FIRST ? "the implied embed"
                                                               : unit->layer->facts->name);
  tscope_line_add(&line, " ");
  tscope_line_add(&line, complaint);
  if (unit->number >= 0) {
    tscope_line_add(&line, " (at character ");
    tscope_line_add_int(&line, tscope_text_character(unit->text, unit->position));
    tscope_line_add(&line, ")");
  }
  problem->field = TSCOPE_FIELD_model;
  problem->position = unit->position;
  return TSCOPE_ERROR_MODEL;
}

static const char *describe_kind(int kind) {
  switch (kind) {
    case TSCOPE_KIND_IMAGE:
      return "an image";
    case TSCOPE_KIND_SEQUENCE:
      return "a sequence";
    case TSCOPE_KIND_TOKENS:
      return "tokens";
    default:
      return "a vector";
  }
}

tscope_status tscope_unit_need(const tscope_unit *unit, tscope_problem *problem, int kind) {
  if (unit->in.kind == kind) return TSCOPE_OK;
  char complaint[96];
  tscope_line line = tscope_line_start(complaint, sizeof complaint);
  tscope_line_add(&line, "needs ");
  tscope_line_add(&line, describe_kind(kind));
  tscope_line_add(&line, ", but its input is ");
  tscope_line_add(&line, describe_kind(unit->in.kind));
  return tscope_unit_refuse(unit, problem, complaint);
}

tscope_status tscope_unit_refuse_parameters(const tscope_unit *unit, tscope_problem *problem) {
  return tscope_unit_refuse(unit, problem, "brings the model above 134,217,728 parameters");
}

tscope_parameter *tscope_unit_add_parameter(tscope_unit *unit, const char *part, int start,
                                            int rank, const int *shape) {
  tscope_parameter *parameter = &unit->parameters[unit->parameter_count++];
  *parameter =
      (tscope_parameter){.part = part, .rank = rank, .start = start, .gain = 1, .count = 1};
  for (int i = 0; i < 4; i++) {
    parameter->shape[i] = i < rank ? shape[i] : 1;
    parameter->count *= (size_t)parameter->shape[i];
  }
  return parameter;
}

tscope_status tscope_unit_add_product(tscope_unit *unit, const char *part, int rank,
                                      const tscope_conv *conv, double gain,
                                      tscope_problem *problem) {
  const double weights =
      (double)conv->out_channels * conv->in_channels * conv->kernel_height * conv->kernel_width;
  if (weights > TSCOPE_PARAMETERS_MAX) return tscope_unit_refuse_parameters(unit, problem);
  const int kernel = conv->kernel_height * conv->kernel_width;
  const int as_conv[4] = {conv->out_channels, conv->in_channels, conv->kernel_height,
                          conv->kernel_width};
  const int as_linear[2] = {conv->out_channels, tscope_conv_taps(conv)};
  tscope_parameter *weight = tscope_unit_add_parameter(unit, part, TSCOPE_START_WEIGHT, rank,
                                                       rank == 4 ? as_conv : as_linear);
  weight->fan_in = tscope_conv_taps(conv);
  weight->fan_out = conv->out_channels * (rank == 4 ? kernel : 1);
  weight->gain = gain;
  const int kind = rank == 4                     ? TSCOPE_KIND_IMAGE
                   : tscope_conv_is_linear(conv) ? TSCOPE_KIND_VECTOR
                                                 : TSCOPE_KIND_SEQUENCE;
  unit->products[unit->product_count++] = (tscope_product){
      .conv = *conv,
      .in = {kind, conv->in_channels, conv->in_height - 2 * conv->pad,
             conv->in_width - 2 * conv->pad},
      .out = {kind, conv->out_channels, conv->out_height, conv->out_width},
      .weight = unit->parameter_count - 1,
      .bias = -1,
  };
  return TSCOPE_OK;
}

void tscope_unit_add_bias(tscope_unit *unit, const char *part) {
  tscope_product *product = &unit->products[unit->product_count - 1];
  const int count = product->conv.out_channels;
  product->bias = unit->parameter_count;
  tscope_unit_add_parameter(unit, part, TSCOPE_START_BIAS, 1, &count)->fan_in =
      tscope_conv_taps(&product->conv);
}

void tscope_product_place(tscope_product *product, const tscope_unit *unit, int blocks,
                          tscope_arena *arena) {
  const tscope_conv *conv = &product->conv;
  if (tscope_conv_is_packed_forward(conv)) {
    const size_t floats = tscope_conv_packed_forward_size(conv);
    product->packed = tscope_arena_take(arena, floats, sizeof(float));
  }
  if (!unit->wants_dx && !product->wants_dx) return;
  product->is_packed_as_used = !product->is_shared && tscope_conv_is_packed_as_used(conv, blocks);
  if (!product->is_packed_as_used && tscope_conv_is_packed_backward(conv)) {
    const size_t floats = tscope_conv_packed_backward_size(conv);
    product->packed_backward = tscope_arena_take(arena, floats, sizeof(float));
  }
}

static void pack_product(const tscope_unit *unit, const tscope_product *product,
                         const tscope_pass *pass) {
  const float *weight = tscope_unit_values(unit, pass, product->weight);
  if (product->packed)
    tscope_conv_pack_forward(product->packed, weight, &product->conv, pass->part);
  if (product->packed_backward && tscope_pass_has_backward(pass))
    tscope_conv_pack_backward(product->packed_backward, weight, &product->conv, pass->part);
}

static void leave_product(const tscope_unit *unit, const tscope_product *product,
                          const tscope_pass *pass) {
  (void)unit, (void)product, (void)pass;
}

typedef void (*pack)(const tscope_unit *unit, const tscope_product *product,
                     const tscope_pass *pass);

/* A table, so that V8 compiles how weights are packed only where some are. */
static const pack packers[2] = {leave_product, pack_product};

void tscope_unit_pack(tscope_unit *unit, const tscope_pass *pass) {
  for (int i = 0; i < unit->product_count; i++) {
    const tscope_product *product = &unit->products[i];
    packers[product->packed || product->packed_backward](unit, product, pass);
  }
}

void tscope_product_forward(const tscope_unit *unit, int product, const tscope_pass *pass, float *y,
                            const float *x) {
  const tscope_product *p = &unit->products[product];
  tscope_conv_forward(y + tscope_own_start(p->out, pass), x + tscope_own_start(p->in, pass),
                      tscope_product_weights(unit, product, pass, p->packed),
                      p->bias < 0 ? NULL : tscope_unit_values(unit, pass, p->bias), &p->conv,
                      pass->own_blocks, pass->scratch);
}

void tscope_product_backward(const tscope_unit *unit, int product, const tscope_pass *pass,
                             const float *dy, const float *x, float *dx) {
  const tscope_product *p = &unit->products[product];
  const tscope_conv *conv = &p->conv;
  float *dbias = p->bias < 0 ? NULL : tscope_unit_gradient(unit, pass, p->bias);
  /* Whoever used the workspace before has met the others since: what asks for a product's gradients
   * meets them first, because they are made of all blocks. */
  if (tscope_conv_is_linear(conv)) {
    tscope_conv_prepare_weights(dy, x, conv, pass->rows, pass->workspace, pass->part);
    tscope_team_barrier(pass->team);
  }
  tscope_conv_backward_weights(tscope_unit_gradient(unit, pass, p->weight), dbias, dy, x, conv,
                               pass->rows, pass->accumulate, pass->workspace, pass->part);
  if (dx) {
    float *to = dx + tscope_own_start(p->in, pass);
    const float *from = dy + tscope_own_start(p->out, pass);
    const float *weights = tscope_product_weights(unit, product, pass, p->packed_backward);
    (p->is_packed_as_used ? tscope_conv_backward_input_as_used : tscope_conv_backward_input)(
        to, from, weights, conv, pass->own_blocks, pass->scratch);
  }
  if (tscope_conv_weights_are_winograd(conv)) {
    tscope_team_barrier(pass->team);
    tscope_conv_finish_weights(tscope_unit_gradient(unit, pass, p->weight), dbias, conv, pass->rows,
                               pass->accumulate, pass->workspace, pass->part);
  }
}

tscope_conv tscope_conv_of_linear(tscope_shape in, int n) {
  if (in.kind == TSCOPE_KIND_SEQUENCE) {
    return (tscope_conv){
        .in_channels = in.channels,
        .in_height = 1,
        .in_width = in.width,
        .out_channels = n,
        .out_height = 1,
        .out_width = in.width,
        .kernel_height = 1,
        .kernel_width = 1,
        .stride = 1,
    };
  }
  return (tscope_conv){
      .in_channels = in.channels,
      .in_height = in.height,
      .in_width = in.width,
      .out_channels = n,
      .out_height = 1,
      .out_width = 1,
      .kernel_height = in.height,
      .kernel_width = in.width,
      .stride = 1,
  };
}
