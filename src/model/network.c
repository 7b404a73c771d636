#include "model/network.h"

#include <string.h>

#include "base/text.h"
#include "model/text.h"

/* Samples of one shape that memory could never hold are refused before sizes can overflow. */
static const double ELEMENTS_MAX = 1 << 28;

/* ---- building ------------------------------------------------------------------------------- */

/* A block whose end has not been read yet. */
typedef struct frame {
  tscope_unit begin; /* a copy, for when units are not stored */
  tscope_unit *stored;
} frame;

typedef struct builder {
  tscope_network *network;
  tscope_arena *arena;
  int blocks;
  tscope_shape shape;
  int vocabulary; /* of tokens, 0 of other data */
  const float *x;
  float *y_before; /* the unit's output buffer before this one, if it may be overwritten */
  int learns;      /* a unit before this one has parameters */
  /* 64 bits: where size_t has 32, as in wasm, a buffer may be too large for it. */
  uint64_t gradient_floats, workspace, scratch, block_scratch, skip_floats[TSCOPE_NESTING_MAX];
  int depth;
  frame frames[TSCOPE_NESTING_MAX];
  int has_waiting;
  tscope_item waiting; /* a relu, until the next unit is known: see take_item() */
} builder;

static double shape_size(tscope_shape shape) {
  return (double)shape.channels * shape.height * shape.width;
}

static uint64_t larger(uint64_t a, uint64_t b) { return a > b ? a : b; }

int tscope_is_hidden_matrix(const tscope_unit *unit, const tscope_parameter *parameter) {
  const int is_weight =
      parameter->start == TSCOPE_START_WEIGHT || parameter->start == TSCOPE_START_ORTHOGONAL;
  return is_weight && parameter->rank >= 2 && unit->number >= 0;
}

static void count_matrix(tscope_network *network, const tscope_parameter *matrix) {
  const int rows = tscope_matrix_rows(matrix), columns = tscope_matrix_columns(matrix);
  const size_t floats = tscope_newton_schulz_floats(rows, columns);
  if (floats > network->matrix_floats) network->matrix_floats = floats;
  network->matrix_flops += tscope_newton_schulz_flops(rows, columns);
}

static void place_parameters(tscope_network *network, tscope_unit *unit) {
  for (int p = 0; p < unit->parameter_count; p++) {
    tscope_parameter *parameter = &unit->parameters[p];
    parameter->offset = network->parameter_floats;
    network->parameters += parameter->count;
    network->parameter_floats += (parameter->count + 3) & ~(size_t)3;
    if (tscope_is_hidden_matrix(unit, parameter)) count_matrix(network, parameter);
  }
  if (unit->running_channels) {
    network->has_batchnorm = 1;
    unit->running_offset = network->running_floats;
    network->running_floats += ((size_t)unit->running_channels * 2 + 3) & ~(size_t)3;
  }
}

static void place_buffers(builder *b, tscope_unit *unit) {
  const uint64_t blocks = (uint64_t)b->blocks;
  const uint64_t output = tscope_shape_elements(unit->out) * TSCOPE_LANES * blocks;
  unit->x = b->x;
  if (unit->layer->end) {
    unit->y = (float *)b->x; /* never written: the begin's forward does nothing */
  } else if (unit->layer->is_in_place && b->y_before) {
    unit->y = b->y_before;
  } else {
    unit->y = tscope_arena_take(b->arena, output, sizeof(float));
  }
  unit->padded = tscope_arena_take(b->arena, unit->padded_per_block * blocks, sizeof(float));
  unit->aux =
      tscope_arena_take(b->arena, unit->aux_per_block * blocks + unit->aux_fixed, sizeof(float));
  b->block_scratch = larger(b->block_scratch, unit->scratch_per_block);
  unit->sides = tscope_arena_take(b->arena, unit->sides_per_block * blocks, 1);
  for (int i = 0; i < unit->product_count; i++) {
    tscope_product *product = &unit->products[i];
    const tscope_conv *conv = &product->conv;
    tscope_product_place(product, unit, b->blocks, b->arena);
    b->scratch = larger(b->scratch, tscope_conv_scratch_size(conv));
    b->workspace = larger(b->workspace, tscope_conv_workspace_size(conv, b->blocks));
  }
  const uint64_t input = tscope_shape_elements(unit->in) * TSCOPE_LANES * blocks;
  b->gradient_floats = larger(b->gradient_floats, larger(output, input));
}

static tscope_status add_unit(void *context, const tscope_item *item, tscope_problem *problem) {
  builder *b = context;
  tscope_network *network = b->network;
  tscope_unit unit = {.layer = item->layer,
                      .text = item->text,
                      .position = item->position,
                      .number = item->number,
                      .in = b->shape,
                      .vocabulary = b->vocabulary};
  memcpy(unit.arguments, item->arguments, sizeof unit.arguments);
  memcpy(unit.is_given, item->is_given, sizeof unit.is_given);
  tscope_unit *stored = network->units ? &network->units[network->count] : NULL;
  const int is_begin = unit.layer->end != NULL;
  const int is_end = b->depth > 0 && b->frames[b->depth - 1].begin.layer->end == unit.layer;
  unit.wants_dx = b->learns;
  if (is_end) {
    const frame *open = &b->frames[--b->depth];
    unit.partner = open->stored ? open->stored : (tscope_unit *)&open->begin;
  }
  unit.depth = b->depth;

  tscope_status status = unit.layer->plan(&unit, problem);
  if (status != TSCOPE_OK) return status;
  if (shape_size(unit.out) > ELEMENTS_MAX)
    return tscope_unit_refuse(&unit, problem, "makes too large an output");
  place_parameters(network, &unit);
  if (network->parameters > TSCOPE_PARAMETERS_MAX)
    return tscope_unit_refuse_parameters(&unit, problem);
  place_buffers(b, &unit);
  network->flops += unit.flops;
  network->has_kinks |= unit.layer->has_kinks;
  network->has_dropout |= unit.layer == &tscope_dropout_layer;
  network->count++;
  if (stored) *stored = unit;
  if (is_end) {
    const uint64_t floats = tscope_shape_elements(unit.out) * TSCOPE_LANES * (uint64_t)b->blocks;
    b->skip_floats[unit.depth] = larger(b->skip_floats[unit.depth], floats);
    if (stored) stored->partner->partner = stored;
  }
  if (is_begin) b->frames[b->depth++] = (frame){unit, stored};

  b->shape = unit.out;
  b->x = unit.y;
  b->y_before = unit.layer->reads_output ? NULL : unit.y;
  b->learns |= unit.parameter_count > 0;
  return TSCOPE_OK;
}

/** What tokens begin with where the text does not say it. */
static tscope_status add_embed(builder *b, const char *text, int position,
                               tscope_problem *problem) {
  const tscope_item embed = {.layer = &tscope_embed_layer,
                             .arguments = {TSCOPE_IMPLIED_EMBED, 1},
                             .text = text,
                             .position = position,
                             .number = TSCOPE_NUMBER_FIRST};
  return add_unit(b, &embed, problem);
}

static tscope_status flush(builder *b, tscope_problem *problem) {
  if (!b->has_waiting) return TSCOPE_OK;
  b->has_waiting = 0;
  return add_unit(b, &b->waiting, problem);
}

/**
 * The units in the order of the text, except that a relu before a maxpool is computed after it, on
 * fewer values: the largest of the rectified is the largest, rectified, and so are the gradients,
 * bit for bit. Neither has parameters, so nobody can tell.
 */
static tscope_status take_item(void *context, const tscope_item *item, tscope_problem *problem) {
  builder *b = context;
  if (b->shape.kind == TSCOPE_KIND_TOKENS && item->layer != &tscope_embed_layer) {
    tscope_status status = add_embed(b, item->text, item->position, problem);
    if (status != TSCOPE_OK) return status;
  }
  if (item->layer == &tscope_maxpool_layer && b->has_waiting) {
    tscope_status status = add_unit(b, item, problem);
    return status == TSCOPE_OK ? flush(b, problem) : status;
  }
  tscope_status status = flush(b, problem);
  if (status != TSCOPE_OK || item->layer != &tscope_relu_layer) {
    return status == TSCOPE_OK ? add_unit(b, item, problem) : status;
  }
  b->waiting = *item;
  b->has_waiting = 1;
  return TSCOPE_OK;
}

static tscope_status count_unit(void *context, const tscope_item *item, tscope_problem *problem) {
  (void)item, (void)problem;
  ++*(int *)context;
  return TSCOPE_OK;
}

/** Tokens are predicted position by position, other data once. */
static tscope_status judge_positions(const builder *b, tscope_shape input,
                                     tscope_problem *problem) {
  const tscope_unit last = {.layer = &tscope_linear_layer, .number = TSCOPE_NUMBER_LAST};
  const int is_sequence = b->shape.kind == TSCOPE_KIND_SEQUENCE;
  b->network->positions = tscope_shape_pixels(b->shape);
  if (is_sequence && input.kind != TSCOPE_KIND_TOKENS) {
    return tscope_unit_refuse(&last, problem,
                              "needs a vector, but its input is a sequence: end with mean or last");
  }
  if (!is_sequence && input.kind == TSCOPE_KIND_TOKENS) {
    return tscope_unit_refuse(&last, problem,
                              "needs a sequence, but its input is a vector: every position's next "
                              "token is predicted");
  }
  if (is_sequence && b->shape.width != input.width) {
    return tscope_unit_refuse(&last, problem, "needs as many positions as there are tokens");
  }
  return TSCOPE_OK;
}

static tscope_status build(tscope_network *network, const char *text, int length,
                           tscope_shape input, int outputs, int rows, tscope_arena *arena,
                           const float *samples, tscope_problem *problem) {
  int count = 0;
  tscope_status status = tscope_text_read(text, length, count_unit, &count, problem);
  if (status != TSCOPE_OK) return status;
  *network = (tscope_network){.outputs = outputs};
  network->units = tscope_arena_take(arena, (size_t)count + 2, sizeof(tscope_unit));

  builder b = {
      .network = network,
      .arena = arena,
      .blocks = (rows + TSCOPE_LANES - 1) / TSCOPE_LANES,
      .shape = input,
      .vocabulary = input.kind == TSCOPE_KIND_TOKENS ? outputs : 0,
      .x = samples,
  };
  status = tscope_text_read(text, length, take_item, &b, problem);
  if (status == TSCOPE_OK) status = flush(&b, problem);
  if (status != TSCOPE_OK) return status;
  if (b.shape.kind == TSCOPE_KIND_TOKENS) status = add_embed(&b, text, length, problem);
  if (status != TSCOPE_OK) return status;
  tscope_item last = {.layer = &tscope_linear_layer,
                      .arguments = {outputs, 1},
                      .text = text,
                      .position = length,
                      .number = TSCOPE_NUMBER_LAST};
  status = add_unit(&b, &last, problem);
  if (status == TSCOPE_OK) status = judge_positions(&b, input, problem);
  if (status != TSCOPE_OK) return status;

  for (int i = 0; i < 2; i++)
    network->gradient[i] = tscope_arena_take(arena, b.gradient_floats, sizeof(float));
  for (int i = 0; i < TSCOPE_NESTING_MAX; i++) {
    network->skip[i] = tscope_arena_take(arena, b.skip_floats[i], sizeof(float));
  }
  network->workspace = tscope_arena_take(arena, b.workspace, sizeof(float));
  network->scratch_floats = (size_t)((b.scratch + 3) & ~(uint64_t)3);
  network->scratch = tscope_arena_take(
      arena, (uint64_t)network->scratch_floats * TSCOPE_THREADS_MAX, sizeof(float));
  network->block_scratch_floats = (size_t)b.block_scratch;
  network->block_scratch =
      tscope_arena_take(arena, b.block_scratch * (uint64_t)b.blocks, sizeof(float));
  network->output = b.x;
  return TSCOPE_OK;
}

tscope_status tscope_network_build(tscope_network *network, const tscope_config *config,
                                   tscope_shape input, int outputs, int rows, tscope_arena *arena,
                                   const float *samples, tscope_problem *problem) {
  const tscope_text *own = &config->model;
  if (own->length >= 0)
    return build(network, own->bytes, own->length, input, outputs, rows, arena, samples, problem);
  const int are_tokens = input.kind == TSCOPE_KIND_TOKENS || input.kind == TSCOPE_KIND_SEQUENCE;
  const char *text = input.kind == TSCOPE_KIND_IMAGE ? TSCOPE_MODEL_FOR_IMAGES
                     : are_tokens                    ? TSCOPE_MODEL_FOR_TOKENS
                                                     : TSCOPE_MODEL_FOR_POINTS;
  const tscope_status status =
      build(network, text, (int)strlen(text), input, outputs, rows, arena, samples, problem);
  if (status == TSCOPE_ERROR_MODEL) {
    /* Nobody has written the character that the default fails at. */
    tscope_line line = tscope_line_start(problem->message, sizeof problem->message);
    tscope_line_add(&line, "model: it was left out, and the default for images is too large for ");
    tscope_line_add_int(&line, input.width);
    tscope_line_add(&line, " × ");
    tscope_line_add_int(&line, input.height);
    tscope_line_add(&line, " pixels: name one that fits, such as linear(32) tanh");
    problem->position = -1;
  }
  return status;
}

/* ---- passes --------------------------------------------------------------------------------- */

void tscope_network_forward(tscope_network *network, tscope_pass *pass) {
  pass->workspace = network->workspace;
  pass->scratch = network->scratch + (size_t)pass->part.index * network->scratch_floats;
  pass->block_scratch =
      network->block_scratch + (size_t)pass->first_block * network->block_scratch_floats;
  if (pass->repack) {
    for (int i = 0; i < network->count; i++) {
      tscope_unit_pack(&network->units[i], pass);
    }
    tscope_team_barrier(pass->team);
  }
  for (int i = 0; i < network->count; i++) {
    tscope_unit *unit = &network->units[i];
    unit->layer->forward(unit, pass);
  }
}

float tscope_network_peak(const tscope_network *network, int rows) {
  float largest = 0;
  for (int i = 0; i < network->count; i++) {
    const tscope_unit *unit = &network->units[i];
    const float peak = unit->layer->peak ? unit->layer->peak(unit, rows) : 0;
    if (!(peak <= largest)) largest = peak;
  }
  return largest;
}

void tscope_network_backward(tscope_network *network, tscope_pass *pass) {
  float *dy = network->gradient[0], *other = network->gradient[1];
  memcpy(pass->skip, network->skip, sizeof pass->skip);
  for (int i = network->count - 1; i >= 0; i--) {
    tscope_unit *unit = &network->units[i];
    pass->spare = other;
    if (unit->layer->is_gradient_in_place) {
      unit->layer->backward(unit, pass, dy, dy);
    } else {
      /* A block lies elsewhere in a buffer of another shape: all must be done with both. */
      tscope_team_barrier(pass->team);
      unit->layer->backward(unit, pass, dy, other);
      float *swap = dy;
      dy = other;
      other = swap;
    }
  }
}
