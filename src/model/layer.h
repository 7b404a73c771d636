/**
 * What a unit of the model text is made of. Each kind of unit is a row of unit_fields.h, which says
 * its name and its arguments, and a const table of functions (tscope_layer) in a file of its own;
 * no list names it beside that row.
 */
#ifndef TRAINSCOPE_MODEL_LAYER_H
#define TRAINSCOPE_MODEL_LAYER_H

#include "base/arena.h"
#include "math/kernels.h"
#include "trainscope/dataset.h"
#include "trainscope/trainer.h"
#include "trainscope/unit_fields.h"

/** A sample's shape between units. A vector has channels = features and one pixel. A sequence has
 * height 1 and a pixel for each position; tokens are a sequence of one id each. */
typedef struct tscope_shape {
  int kind; /* TSCOPE_KIND_* */
  int channels, height, width;
} tscope_shape;

static inline int tscope_shape_pixels(tscope_shape shape) { return shape.height * shape.width; }
static inline size_t tscope_shape_elements(tscope_shape shape) {
  return (size_t)shape.channels * (size_t)tscope_shape_pixels(shape);
}

enum { TSCOPE_ARGUMENTS_MAX = 5 };

/** An argument in the text: positional or name=value. */
typedef struct tscope_argument {
  const char *name;
  int is_whole, is_required;
  const char *same_as; /* the argument whose value it has where it is left out, or NULL */
  double fallback;     /* otherwise */
  double min, max;
} tscope_argument;

/** What unit_fields.h says of a kind of unit. */
typedef struct tscope_unit_facts {
  const char *name;
  int role;                                            /* TSCOPE_ROLE_* */
  tscope_argument arguments[TSCOPE_ARGUMENTS_MAX + 1]; /* one without a name ends them */
} tscope_unit_facts;

/** By TSCOPE_UNIT_*. */
extern const tscope_unit_facts tscope_unit_table[TSCOPE_UNIT_COUNT];
#define TSCOPE_FACTS(id) &tscope_unit_table[TSCOPE_UNIT_##id]

static inline int tscope_argument_count(const tscope_unit_facts *facts) {
  int count = 0;
  while (facts->arguments[count].name) count++;
  return count;
}

/* How a parameter starts, and whether weight decay acts on it (weights only, which come first). */
enum {
  TSCOPE_START_WEIGHT,
  TSCOPE_START_ORTHOGONAL, /* square matrices on top of each other, likewise */
  TSCOPE_START_EMBEDDING,  /* N(0, gain² / fan_in), whatever the setting init says */
  TSCOPE_START_BIAS,
  TSCOPE_START_ONE,
  TSCOPE_START_ZERO
};

static inline int tscope_start_decays(int start) { return start <= TSCOPE_START_EMBEDDING; }

typedef struct tscope_parameter {
  const char *part; /* "weight", "shortcut.weight", … */
  int rank, shape[4];
  int start; /* TSCOPE_START_* */
  int fan_in, fan_out;
  double gain;
  size_t offset, count; /* floats, in the run's flat parameters; offsets are multiples of 4 */
} tscope_parameter;

enum { TSCOPE_UNIT_PARAMETERS_MAX = 4, TSCOPE_UNIT_PRODUCTS_MAX = 2 };

/** A weight of a unit with what it multiplies: a convolution, or a linear layer as one. */
typedef struct tscope_product {
  tscope_conv conv;
  tscope_shape in, out; /* in: before padding */
  int weight, bias;     /* places among the unit's parameters; bias -1: none */
  int wants_dx;         /* its input's gradient, also where nothing before the unit learns */
  int is_shared;        /* several calls of a pass read its packed weight */
  float *packed, *packed_backward; /* NULL: the kernels read the weight itself */
  int is_packed_as_used;           /* instead of packed_backward */
} tscope_product;

/* The numbers of what no text names: the last layer, and the embed that tokens begin with. */
enum { TSCOPE_NUMBER_LAST = -1, TSCOPE_NUMBER_FIRST = -2 };

typedef struct tscope_layer tscope_layer;

/** One unit of a network. plan() fills in what the layer decides; the network lays it out and links
 * it. */
typedef struct tscope_unit {
  const tscope_layer *layer;
  double arguments[TSCOPE_ARGUMENTS_MAX];
  const char *text; /* the model's, while it is built */
  int position;     /* byte offset into it */
  int number;       /* place in the model after repeats; blocks count once; or TSCOPE_NUMBER_* */
  tscope_shape in, out;
  int vocabulary; /* of the data, where it is tokens */

  /* Decided by plan(). Sizes in floats; those per block are multiplied by the run's blocks of eight
   * samples. */
  tscope_parameter parameters[TSCOPE_UNIT_PARAMETERS_MAX];
  int parameter_count;
  int running_channels; /* running mean and variance of so many channels */
  tscope_product products[TSCOPE_UNIT_PRODUCTS_MAX];
  int product_count;
  tscope_pool pool;
  int has_pool, has_projection; /* of a block's shortcut */
  uint64_t padded_per_block, aux_per_block, aux_fixed;
  uint64_t scratch_per_block; /* that is nobody's when the unit is done: all units share it */
  int is_given[TSCOPE_ARGUMENTS_MAX]; /* whether the text says an argument */
  uint64_t sides_per_block; /* bytes: of a rectifier, on which side of its kink each input was */
  double flops;

  /* Filled in by the network. */
  struct tscope_unit *partner; /* a block's other end */
  int depth;                   /* nesting, for the shortcut's gradient */
  int wants_dx;                /* something before this unit learns */
  size_t running_offset;
  const float *x;
  float *y;
  float *padded, *aux;
  uint8_t *sides;
} tscope_unit;

/* What a pass over the network is for. */
enum {
  TSCOPE_PASS_TRAIN,    /* batch statistics, dropout, running statistics move */
  TSCOPE_PASS_MEASURE,  /* batch statistics, no dropout, nothing moves */
  TSCOPE_PASS_EVALUATE, /* running statistics, no dropout */
};

/* What a pass does about kinks, where rectifiers and maxima change from one branch to another. The
 * loss has no curvature there but almost nowhere, so a difference of two gradients must not cross
 * them: it takes the branches of the point between. */
enum {
  TSCOPE_KINKS_FREE,
  TSCOPE_KINKS_RECORD, /* forward only: keeps which branch each value takes */
  TSCOPE_KINKS_HELD,   /* takes the branches kept, for these samples */
};

/**
 * One thread's view of a pass. Samples do not meet on their way through most layers, so each thread
 * takes its own blocks through all of them; where they do meet (the gradient of weights,
 * batchnorm's statistics) the threads wait for each other and share out the outputs instead.
 */
typedef struct tscope_pass {
  int mode, kinks;
  int rows, blocks;            /* samples of this chunk, and blocks of eight that hold them */
  int first_block, own_blocks; /* those of this thread */
  tscope_part part;
  tscope_team *team;   /* NULL: one thread */
  int first_row;       /* place of the chunk's first sample in its batch */
  int repack;          /* other parameters are packed, or none */
  int is_forward_only; /* the loss is wanted, no gradient */
  int accumulate;      /* a later chunk of the same batch: add to the gradient */
  uint32_t dropout_key;
  const float *parameters;
  float *gradient, *running, *workspace;
  float *scratch;       /* this thread's own */
  float *block_scratch; /* of its first block: see scratch_per_block */
  float *spare;         /* a gradient buffer that is free during this unit's backward() */
  float *skip[TSCOPE_NESTING_MAX]; /* gradients waiting for a block's begin, by depth */
} tscope_pass;

/** Whether a pass backwards may follow. */
static inline int tscope_pass_has_backward(const tscope_pass *pass) {
  return pass->mode != TSCOPE_PASS_EVALUATE && !pass->is_forward_only;
}

struct tscope_layer {
  const tscope_unit_facts *facts; /* TSCOPE_FACTS(linear) */
  int is_in_place;                /* may write its output over its input, and its dx over dy */
  int is_gradient_in_place;
  int reads_output; /* backward() needs y, so the next unit may not overwrite it */
  int has_kinks;    /* see TSCOPE_KINKS_RECORD */
  const tscope_layer
      *end; /* of a branch, which takes a model: what stands at its closing bracket */
  /** Judges the input shape and fills in the unit's plan. Fails with a sentence at the unit's
   * position. */
  tscope_status (*plan)(tscope_unit *unit, tscope_problem *problem);
  /** Fills in what stays the same for the whole run, in aux; NULL: nothing does. */
  void (*prepare)(tscope_unit *unit);
  /** Reads and writes the pass's own blocks only, or has a barrier before and after. */
  void (*forward)(tscope_unit *unit, const tscope_pass *pass);
  /** Writes parameter gradients and, where unit->wants_dx, dx. dx is dy where is_gradient_in_place;
   * elsewhere every block of dy is there. Barriers as in forward(). */
  void (*backward)(tscope_unit *unit, const tscope_pass *pass, float *dy, float *dx);
  /** The largest |score| of the last forward pass, which had so many rows; NULL: it has none. */
  float (*peak)(const tscope_unit *unit, int rows);
  /** Where the first sample of the last forward pass looked, a pass of one block:
   * [heads][query][key], or with weights NULL only what that would be; NULL: the layer looks
   * nowhere. */
  void (*attend)(const tscope_unit *unit, tscope_attention_map *map, float *weights);
};

/** The layers by TSCOPE_UNIT_*. */
extern const tscope_layer *const tscope_layers[TSCOPE_UNIT_COUNT];
/** The implied last layer. */
extern const tscope_layer tscope_linear_layer;
/** What tokens begin with. */
extern const tscope_layer tscope_embed_layer;
/** Two that may change places. */
extern const tscope_layer tscope_relu_layer, tscope_maxpool_layer;
/** What makes a loss noisy even over all samples. */
extern const tscope_layer tscope_dropout_layer;

/* ---- helpers that plan() functions share ---------------------------------------------------- */

/** The number, from 1, of the character that begins at a byte of a text in UTF-8. */
int tscope_text_character(const char *text, int position);
/** Fails at the unit with "<name> <complaint>" and the character position, counted from 1. */
TSCOPE_CHECKED tscope_status tscope_unit_refuse(const tscope_unit *unit, tscope_problem *problem,
                                                const char *complaint);
/** Fails with "<name> needs an image, but its input is a vector" and the like where it is not of
 * this TSCOPE_KIND_*. */
TSCOPE_CHECKED tscope_status tscope_unit_need(const tscope_unit *unit, tscope_problem *problem,
                                              int kind);
tscope_parameter *tscope_unit_add_parameter(tscope_unit *unit, const char *part, int start,
                                            int rank, const int *shape);

/**
 * A product with its weight [out, in(, k, k)], which is the next parameter, and without a bias.
 * Fails where that alone is more than a model may have: below, its sizes fit 32 bits, so this comes
 * before anything is computed of them.
 */
TSCOPE_CHECKED tscope_status tscope_unit_add_product(tscope_unit *unit, const char *part, int rank,
                                                     const tscope_conv *conv, double gain,
                                                     tscope_problem *problem);
/** A bias for the product added last: the next parameter. */
void tscope_unit_add_bias(tscope_unit *unit, const char *part);
/** Fails for more than TSCOPE_PARAMETERS_MAX. */
TSCOPE_CHECKED tscope_status tscope_unit_refuse_parameters(const tscope_unit *unit,
                                                           tscope_problem *problem);
/** Places what the kernels of a product read instead of its weight. */
void tscope_product_place(tscope_product *product, const tscope_unit *unit, int blocks,
                          tscope_arena *arena);
/** Packs this part of the weights of the unit's products. */
void tscope_unit_pack(tscope_unit *unit, const tscope_pass *pass);
/** y of the pass's own blocks, from their x, both the whole buffers. */
void tscope_product_forward(const tscope_unit *unit, int product, const tscope_pass *pass, float *y,
                            const float *x);
/** A product's weight gradient, and its bias gradient where it has one, from every block of dy and
 * x, which must be there; dx of the pass's own blocks (NULL: not wanted). Ends when dy may be
 * overwritten. */
void tscope_product_backward(const tscope_unit *unit, int product, const tscope_pass *pass,
                             const float *dy, const float *x, float *dx);
/** The convolution that a linear layer of n outputs on this shape is: over the whole of an image,
 * at each position of a sequence. */
tscope_conv tscope_conv_of_linear(tscope_shape in, int n);

static inline const float *tscope_unit_values(const tscope_unit *unit, const tscope_pass *pass,
                                              int p) {
  return pass->parameters + unit->parameters[p].offset;
}
/** What a product's kernels read its weight from: the packed copy, or the weight. */
static inline const float *tscope_product_weights(const tscope_unit *unit, int product,
                                                  const tscope_pass *pass, const float *packed) {
  const tscope_product *p = &unit->products[product];
  return packed ? packed : tscope_unit_values(unit, pass, p->weight);
}
static inline float *tscope_unit_gradient(const tscope_unit *unit, const tscope_pass *pass, int p) {
  return pass->gradient + unit->parameters[p].offset;
}
/** Floats of the pass's own blocks of activations. */
static inline size_t tscope_own_floats(tscope_shape shape, const tscope_pass *pass) {
  return tscope_shape_elements(shape) * (size_t)pass->own_blocks * TSCOPE_LANES;
}
/** Of those, the floats of blocks in which more than the first four lanes are samples: all of them,
 * or all but the batch's last. */
static inline size_t tscope_full_floats(tscope_shape shape, const tscope_pass *pass) {
  const int last = pass->rows - (pass->blocks - 1) * TSCOPE_LANES;
  const int has_last = pass->own_blocks > 0 && pass->first_block + pass->own_blocks == pass->blocks;
  const int full = pass->own_blocks - (has_last && last <= TSCOPE_LANES / 2);
  return tscope_shape_elements(shape) * (size_t)full * TSCOPE_LANES;
}
/** Where its own blocks begin. */
static inline size_t tscope_own_start(tscope_shape shape, const tscope_pass *pass) {
  return tscope_shape_elements(shape) * (size_t)pass->first_block * TSCOPE_LANES;
}

#endif
