/**
 * Multi-head self-attention (Vaswani et al. 2017), with PyTorch's parameters: in_proj makes
 * queries, keys and values of every position, out_proj puts the heads together. qknorm: Dehghani et
 * al. 2023; rope: Su et al. 2021, halves paired as in GPT-NeoX.
 */
#include "math/elementary.h"
#include "model/layer.h"

enum { ARGUMENT_HEADS, ARGUMENT_CAUSAL, ARGUMENT_QKNORM, ARGUMENT_ROPE, ARGUMENT_GAIN };
enum { PRODUCT_IN, PRODUCT_OUT };

static tscope_attention attention_of(const tscope_unit *unit) {
  return (tscope_attention){
      .length = unit->in.width,
      .width = unit->in.channels,
      .heads = (int)unit->arguments[ARGUMENT_HEADS],
      .is_causal = (int)unit->arguments[ARGUMENT_CAUSAL],
      .normalizes = (int)unit->arguments[ARGUMENT_QKNORM],
      .rotates = (int)unit->arguments[ARGUMENT_ROPE],
  };
}

/* ---- memory: turns, then of all blocks one thing after the other ------------------------------
 */

typedef struct sections {
  size_t turns;                                         /* for all blocks */
  size_t peaks, projected, mixed, stats, rates, normal; /* of a block each */
} sections;

static sections sections_of(const tscope_attention *a) {
  const size_t length = (size_t)a->length, width = (size_t)a->width, heads = (size_t)a->heads;
  const size_t row = length * TSCOPE_LANES;
  return (sections){
      .turns = a->rotates ? length * (width / heads) : 0,
      .peaks = TSCOPE_LANES,
      .projected = row * 3 * width,
      .mixed = row * width,
      .stats = row * heads * 2,
      .rates = a->normalizes ? row * heads * 2 : 0,
      .normal = a->normalizes ? row * width * 2 : 0,
  };
}

/** Where everything lies in a pass of so many blocks. */
typedef struct places {
  float *turns, *peaks, *projected, *mixed, *stats, *rates, *normal;
} places;

static places places_of(const tscope_unit *unit, const tscope_attention *a, int blocks) {
  const sections s = sections_of(a);
  const size_t n = (size_t)blocks;
  places at = {.turns = unit->aux};
  at.peaks = at.turns + ((s.turns + 3) & ~(size_t)3);
  at.projected = at.peaks + n * s.peaks;
  at.mixed = at.projected + n * s.projected;
  at.stats = at.mixed + n * s.mixed;
  at.rates = at.stats + n * s.stats;
  at.normal = at.rates + n * s.rates;
  return at;
}

/* ---- plan ----------------------------------------------------------------------------------- */

static tscope_status refuse_widths(const tscope_unit *unit, const tscope_attention *a,
                                   tscope_problem *problem) {
  if (a->width % a->heads)
    return tscope_unit_refuse(unit, problem, "needs a width that its heads divide evenly");
  if (a->rotates && a->width / a->heads % 2)
    return tscope_unit_refuse(unit, problem, "with rope needs an even width of each head");
  return TSCOPE_OK;
}

static tscope_status plan(tscope_unit *unit, tscope_problem *problem) {
  tscope_status status = tscope_unit_need(unit, problem, TSCOPE_KIND_SEQUENCE);
  if (status != TSCOPE_OK) return status;
  /* What comes next must not be seen where it is to be predicted. */
  if (!unit->is_given[ARGUMENT_CAUSAL]) unit->arguments[ARGUMENT_CAUSAL] = unit->vocabulary > 0;
  const tscope_attention a = attention_of(unit);
  status = refuse_widths(unit, &a, problem);
  if (status != TSCOPE_OK) return status;
  const double gain = unit->arguments[ARGUMENT_GAIN];
  const tscope_conv in = tscope_conv_of_linear(unit->in, 3 * a.width);
  const tscope_conv out = tscope_conv_of_linear(unit->in, a.width);
  status = tscope_unit_add_product(unit, "in_proj.weight", 2, &in, gain, problem);
  if (status != TSCOPE_OK) return status;
  tscope_unit_add_bias(unit, "in_proj.bias");
  status = tscope_unit_add_product(unit, "out_proj.weight", 2, &out, gain, problem);
  if (status != TSCOPE_OK) return status;
  tscope_unit_add_bias(unit, "out_proj.bias");
  unit->products[PRODUCT_OUT].wants_dx = 1;
  unit->out = unit->in;
  const sections s = sections_of(&a);
  unit->aux_fixed = (s.turns + 3) & ~(size_t)3;
  unit->aux_per_block = s.peaks + s.projected + s.mixed + s.stats + s.rates + s.normal;
  unit->scratch_per_block = tscope_attention_scratch(&a);
  const double pairs = (double)a.length * (a.is_causal ? a.length + 1 : 2 * a.length) / 2;
  unit->flops = 8.0 * a.width * a.width * a.length + 4.0 * pairs * a.width;
  return TSCOPE_OK;
}

static void prepare(tscope_unit *unit) {
  const tscope_attention a = attention_of(unit);
  const int n = a.width / a.heads, pairs = n / 2;
  for (int t = 0; a.rotates && t < a.length; t++) {
    for (int d = 0; d < pairs; d++) {
      const double angle = t * tscope_pow(10000, -2.0 * d / n);
      unit->aux[t * n + d] = (float)tscope_cos(angle);
      unit->aux[t * n + pairs + d] = (float)tscope_sin(angle);
    }
  }
}

/* ---- passes --------------------------------------------------------------------------------- */

static void forward(tscope_unit *unit, const tscope_pass *pass) {
  const tscope_attention a = attention_of(unit);
  const places at = places_of(unit, &a, pass->blocks);
  const sections s = sections_of(&a);
  const size_t first = (size_t)pass->first_block;
  float *projected = at.projected + first * s.projected;
  tscope_product_forward(unit, PRODUCT_IN, pass, at.projected, unit->x);
  tscope_attention_prepare(projected, at.normal + first * s.normal, at.rates + first * s.rates,
                           at.turns, &a, pass->own_blocks);
  tscope_attention_forward(at.mixed + first * s.mixed, at.stats + first * s.stats,
                           at.peaks + first * s.peaks, projected, pass->block_scratch, &a,
                           pass->own_blocks);
  tscope_product_forward(unit, PRODUCT_OUT, pass, unit->y, at.mixed);
}

/* Gradients take the place of queries, keys and values. */
static void backward(tscope_unit *unit, const tscope_pass *pass, float *dy, float *dx) {
  const tscope_attention a = attention_of(unit);
  const places at = places_of(unit, &a, pass->blocks);
  const sections s = sections_of(&a);
  const size_t first = (size_t)pass->first_block;
  float *projected = at.projected + first * s.projected;
  tscope_product_backward(unit, PRODUCT_OUT, pass, dy, at.mixed, dx);
  tscope_attention_backward(projected, dx + first * s.mixed, at.stats + first * s.stats,
                            pass->block_scratch, &a, pass->own_blocks);
  tscope_attention_unprepare(projected, at.normal + first * s.normal, at.rates + first * s.rates,
                             at.turns, &a, pass->own_blocks);
  tscope_team_barrier(pass->team);
  tscope_product_backward(unit, PRODUCT_IN, pass, at.projected, unit->x,
                          unit->wants_dx ? dx : NULL);
}

static float peak(const tscope_unit *unit, int rows) {
  const tscope_attention a = attention_of(unit);
  const places at = places_of(unit, &a, (rows + TSCOPE_LANES - 1) / TSCOPE_LANES);
  float largest = 0;
  /* Lanes without a sample hold scores too. */
  for (int row = 0; row < rows; row++) {
    if (!(at.peaks[row] <= largest)) largest = at.peaks[row];
  }
  return largest;
}

static void attend(const tscope_unit *unit, tscope_attention_map *map, float *weights) {
  const tscope_attention a = attention_of(unit);
  *map = (tscope_attention_map){
      .number = unit->number,
      .heads = a.heads,
      .positions = a.length,
      .is_causal = a.is_causal,
  };
  if (weights) tscope_attention_weights(weights, places_of(unit, &a, 1).projected, &a);
}

const tscope_layer tscope_attention_layer = {
    .facts = TSCOPE_FACTS(attention),
    .plan = plan,
    .prepare = prepare,
    .forward = forward,
    .backward = backward,
    .peak = peak,
    .attend = attend,
};
