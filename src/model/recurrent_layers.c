/**
 * rnn, gru and lstm: one layer that carries a state from position to position, from zeros at the
 * first. Formulas, names and the order of gates are PyTorch's; rnn bends by tanh. Sources: Elman
 * 1990; Cho et al. 2014; Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000.
 *
 * What comes from the input is one product over all positions, what comes from the state one at
 * each; so are their gradients, but for that of the state's weight, which again is one product over
 * all positions.
 */
#include <string.h>

#include "model/layer.h"

enum { RNN = 1, GRU = 3, LSTM = 4 }; /* gates */
enum { FROM_INPUT, FROM_STATE };     /* products */

static int gates_of(const tscope_unit *unit) {
  return unit->products[FROM_INPUT].conv.out_channels / unit->out.channels;
}

/* ---- memory: of all blocks one thing after the other ------------------------------------------
 */

/**
 * gates: what each position makes of its input, then the gates, then their gradients. before: the
 * state that each position begins with. cells: what lstm keeps. recurrent: what a position makes of
 * that state, of gru at all positions, since it needs them again. scratch: gradients of the state.
 */
typedef struct places {
  float *gates, *before, *cells, *recurrent, *scratch;
} places;

/* Floats of a position, and of a block, of each. */
typedef struct strides {
  size_t state, gates, block_gates, block_state, block_cells, block_recurrent, block_scratch;
} strides;

static strides strides_of(const tscope_unit *unit, int gates) {
  const size_t length = (size_t)unit->out.width, count = (size_t)gates;
  const size_t state = (size_t)unit->out.channels * TSCOPE_LANES;
  return (strides){
      .state = state,
      .gates = count * state,
      .block_gates = length * count * state,
      .block_state = length * state,
      .block_cells = gates == LSTM ? length * state : 0,
      .block_recurrent = (gates == GRU ? length : 1) * count * state,
      .block_scratch = 3 * state,
  };
}

static places places_of(const tscope_unit *unit, const strides *s, int blocks) {
  const size_t n = (size_t)blocks;
  places at = {.gates = unit->aux};
  at.before = at.gates + n * s->block_gates;
  at.cells = at.before + n * s->block_state;
  at.recurrent = at.cells + n * s->block_cells;
  at.scratch = at.recurrent + n * s->block_recurrent;
  return at;
}

static places places_of_block(const places *all, const strides *s, int block) {
  const size_t b = (size_t)block;
  return (places){all->gates + b * s->block_gates, all->before + b * s->block_state,
                  all->cells + b * s->block_cells, all->recurrent + b * s->block_recurrent,
                  all->scratch + b * s->block_scratch};
}

/* ---- plan -------------------------------------------------------------------------------------
 */

static void add_bias(tscope_unit *unit, int product, const char *part) {
  const int count = unit->products[product].conv.out_channels;
  unit->products[product].bias = unit->parameter_count;
  tscope_unit_add_parameter(unit, part, TSCOPE_START_BIAS, 1, &count)->fan_in = unit->out.channels;
}

static tscope_status plan(tscope_unit *unit, tscope_problem *problem, int gates, double gain) {
  const int n = (int)unit->arguments[0];
  tscope_status status = tscope_unit_need(unit, problem, TSCOPE_KIND_SEQUENCE);
  if (status != TSCOPE_OK) return status;
  unit->out = (tscope_shape){TSCOPE_KIND_SEQUENCE, n, 1, unit->in.width};
  const tscope_conv from_input = tscope_conv_of_linear(unit->in, gates * n);
  const tscope_conv from_state = tscope_conv_of_linear(unit->out, gates * n);
  status = tscope_unit_add_product(unit, "weight_ih", 2, &from_input, 1, problem);
  if (status != TSCOPE_OK) return status;
  status = tscope_unit_add_product(unit, "weight_hh", 2, &from_state, gain, problem);
  if (status != TSCOPE_OK) return status;
  unit->parameters[unit->products[FROM_STATE].weight].start = TSCOPE_START_ORTHOGONAL;
  unit->products[FROM_STATE].wants_dx = unit->products[FROM_STATE].is_shared = 1;
  add_bias(unit, FROM_INPUT, "bias_ih");
  add_bias(unit, FROM_STATE, "bias_hh");
  const strides s = strides_of(unit, gates);
  unit->aux_per_block =
      s.block_gates + s.block_state + s.block_cells + s.block_recurrent + s.block_scratch;
  unit->flops = 2.0 * gates * n * (unit->in.channels + n) * unit->in.width;
  return TSCOPE_OK;
}

/* ---- passes -----------------------------------------------------------------------------------
 */

/** The state's product at one position: that of a vector. */
static tscope_conv conv_of_step(const tscope_unit *unit) {
  const tscope_shape state = {TSCOPE_KIND_VECTOR, unit->out.channels, 1, 1};
  return tscope_conv_of_linear(state, unit->products[FROM_STATE].conv.out_channels);
}

static void forward_block(const tscope_unit *unit, const tscope_pass *pass, const places *block,
                          float *y) {
  const tscope_product *product = &unit->products[FROM_STATE];
  const float *weights = tscope_product_weights(unit, FROM_STATE, pass, product->packed);
  const tscope_conv conv = conv_of_step(unit);
  const int n = unit->out.channels, gates = gates_of(unit), length = unit->out.width;
  const strides s = strides_of(unit, gates);
  memset(block->before, 0, s.state * sizeof(float));
  for (int t = 0; t < length; t++, y += s.state) {
    float *now = block->gates + (size_t)t * s.gates;
    float *before = block->before + (size_t)t * s.state;
    float *cell = block->cells + (size_t)t * s.state;
    float *recurrent = block->recurrent + (gates == GRU ? (size_t)t * s.gates : 0);
    tscope_conv_forward(recurrent, before, weights, tscope_unit_values(unit, pass, product->bias),
                        &conv, 1, pass->scratch);
    if (gates == RNN) tscope_rnn_forward(y, now, recurrent, n);
    if (gates == GRU) tscope_gru_forward(y, now, recurrent, before, n);
    if (gates == LSTM) tscope_lstm_forward(y, cell, now, recurrent, t ? cell - s.state : NULL, n);
    if (t + 1 < length) memcpy(before + s.state, y, s.state * sizeof(float));
  }
}

static void forward(tscope_unit *unit, const tscope_pass *pass) {
  const strides s = strides_of(unit, gates_of(unit));
  const places all = places_of(unit, &s, pass->blocks);
  tscope_product_forward(unit, FROM_INPUT, pass, all.gates, unit->x);
  for (int b = pass->first_block; b < pass->first_block + pass->own_blocks; b++) {
    const places block = places_of_block(&all, &s, b);
    forward_block(unit, pass, &block, unit->y + (size_t)b * s.block_state);
  }
}

/** Gradients take the place of the gates, and of what gru's made of the state. */
static void backward_block(const tscope_unit *unit, const tscope_pass *pass, const places *block,
                           const float *dy) {
  const float *weights =
      tscope_product_weights(unit, FROM_STATE, pass, unit->products[FROM_STATE].packed_backward);
  const tscope_conv conv = conv_of_step(unit);
  const int n = unit->out.channels, gates = gates_of(unit);
  const strides s = strides_of(unit, gates);
  float *dh = block->scratch, *dcell = dh + s.state, *through = dcell + s.state;
  memset(dh, 0, 2 * s.state * sizeof(float));
  for (int t = unit->out.width - 1; t >= 0; t--) {
    float *now = block->gates + (size_t)t * s.gates;
    float *recurrent = gates == GRU ? block->recurrent + (size_t)t * s.gates : now;
    const float *before = block->before + (size_t)t * s.state;
    const float *cell = block->cells + (size_t)t * s.state;
    tscope_axpy(dh, dy + (size_t)t * s.state, s.state, 1);
    if (gates == RNN) tscope_rnn_backward(now, dh, n);
    if (gates == GRU) tscope_gru_backward(now, recurrent, dh, before, n);
    if (gates == LSTM) tscope_lstm_backward(now, dh, dcell, cell, t ? cell - s.state : NULL, n);
    tscope_conv_backward_input(through, recurrent, weights, &conv, 1, pass->scratch);
    if (gates == GRU)
      tscope_axpy(dh, through, s.state, 1);
    else
      memcpy(dh, through, s.state * sizeof(float));
  }
}

static void backward(tscope_unit *unit, const tscope_pass *pass, float *dy, float *dx) {
  const int gates = gates_of(unit);
  const strides s = strides_of(unit, gates);
  const places all = places_of(unit, &s, pass->blocks);
  for (int b = pass->first_block; b < pass->first_block + pass->own_blocks; b++) {
    const places block = places_of_block(&all, &s, b);
    backward_block(unit, pass, &block, dy + (size_t)b * s.block_state);
  }
  tscope_team_barrier(pass->team);
  tscope_product_backward(unit, FROM_STATE, pass, gates == GRU ? all.recurrent : all.gates,
                          all.before, NULL);
  tscope_team_barrier(pass->team);
  tscope_product_backward(unit, FROM_INPUT, pass, all.gates, unit->x, unit->wants_dx ? dx : NULL);
}

static tscope_status plan_rnn(tscope_unit *unit, tscope_problem *problem) {
  return plan(unit, problem, RNN, unit->arguments[1]);
}
static tscope_status plan_gru(tscope_unit *unit, tscope_problem *problem) {
  return plan(unit, problem, GRU, 1);
}
static tscope_status plan_lstm(tscope_unit *unit, tscope_problem *problem) {
  return plan(unit, problem, LSTM, 1);
}

const tscope_layer tscope_rnn_layer = {
    .facts = TSCOPE_FACTS(rnn), .plan = plan_rnn, .forward = forward, .backward = backward};
const tscope_layer tscope_gru_layer = {
    .facts = TSCOPE_FACTS(gru), .plan = plan_gru, .forward = forward, .backward = backward};
const tscope_layer tscope_lstm_layer = {
    .facts = TSCOPE_FACTS(lstm), .plan = plan_lstm, .forward = forward, .backward = backward};
