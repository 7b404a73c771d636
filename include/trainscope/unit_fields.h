/* clang-format off */
/**
 * The table of the model text's units: the only place where a layer's name, its arguments and what
 * they may be are written down.
 *
 * From these rows derive the parser of the model text and its complaints (src/model/text.c), the
 * register of layers (src/model/layers.c), the schema, the command `layers`, the list and the
 * colours of the page's model field, and what the editing of model texts takes for a norm, an
 * activation, a weight (web/engine/model_text). A new layer is one row here and a C file that
 * defines tscope_<name>_layer: see ARCHITECTURE.md.
 *
 *   UNIT(name, role, arguments, help)      in the order in which the units are listed
 *     role        one of TSCOPE_ROLE_* below
 *     arguments   of INT and REAL rows, or TSCOPE_NO_ARGUMENTS; at most TSCOPE_ARGUMENTS_MAX (layer.h)
 *   INT (name, otherwise, min, max, help)  a whole number; positional, or name=value
 *   REAL(name, otherwise, min, max, help)  any number
 *     otherwise   what it is where the text leaves it out: REQUIRED, it must be written;
 *                 DEFAULT(number), inside the range; SAME_AS(argument), one before it
 *     min, max    both included
 *
 * Literals must be valid both in C and in JS: they are pasted into both. Names are public and are
 * never reused.
 */
#ifndef TRAINSCOPE_UNIT_FIELDS_H
#define TRAINSCOPE_UNIT_FIELDS_H

/* What a unit is for: what an editor of model texts has to know of it. */
enum {
  TSCOPE_ROLE_weight,         /* has a weight matrix and a bias */
  TSCOPE_ROLE_embedding,      /* looks numbers up, or adds some: learned, but no product */
  TSCOPE_ROLE_recurrent,      /* carries a state from position to position of a sequence */
  TSCOPE_ROLE_attention,      /* mixes positions; keeps the shape */
  TSCOPE_ROLE_shape,          /* makes a sequence of an image, or a vector of a sequence */
  TSCOPE_ROLE_pool,           /* makes an image smaller */
  TSCOPE_ROLE_activation,     /* bends every number by itself; keeps the shape */
  TSCOPE_ROLE_norm,           /* brings its input to a size of its own choosing; keeps the shape */
  TSCOPE_ROLE_regularization, /* acts in training only; keeps the shape */
  TSCOPE_ROLE_branch,         /* takes a model in brackets, and adds what that makes to something */
};

#define TSCOPE_NO_ARGUMENTS
#define TSCOPE_GAIN_ARGUMENT(REAL) \
  REAL(gain, DEFAULT(1), -1000000, 1000000, "multiplies the initial weights")
#define TSCOPE_POOL_ARGUMENTS(INT) \
  INT(k, REQUIRED, 1, 1024, "side of the window") \
  INT(stride, SAME_AS(k), 1, 1024, "pixels from window to window")

#define TSCOPE_UNITS(UNIT, INT, REAL) \
  UNIT(linear, weight, \
       INT(n, REQUIRED, 1, 1048576, "outputs") \
       TSCOPE_GAIN_ARGUMENT(REAL), \
       "Fully connected: each output is a weighted sum of all inputs, plus a bias") \
  UNIT(embed, embedding, \
       INT(n, REQUIRED, 1, 65536, "numbers for each token") \
       TSCOPE_GAIN_ARGUMENT(REAL), \
       "A learned row of numbers for each token; first on data of tokens, and implied where the text has none") \
  UNIT(position, embedding, TSCOPE_GAIN_ARGUMENT(REAL), \
       "Adds learned numbers to each position of a sequence, its own") \
  UNIT(sinusoid, embedding, TSCOPE_NO_ARGUMENTS, \
       "Adds sines and cosines of the position, of wavelengths from 2π to 20,000π (Vaswani et al. 2017); nothing is learned") \
  UNIT(attention, attention, \
       INT(heads, REQUIRED, 1, 256, "that look for different things; they divide the width evenly") \
       INT(causal, DEFAULT(1), 0, 1, "1: a position sees none after it; where it is left out, 1 on tokens and 0 on other data") \
       INT(qknorm, DEFAULT(0), 0, 1, "1: queries and keys are normalized before they meet, which bounds their scores") \
       INT(rope, DEFAULT(0), 0, 1, "1: queries and keys are turned by their position") \
       TSCOPE_GAIN_ARGUMENT(REAL), \
       "Self-attention: each position takes up values of others, weighted by how well its query meets their keys") \
  UNIT(rnn, recurrent, \
       INT(n, REQUIRED, 1, 1024, "numbers of the state") \
       REAL(gain, DEFAULT(1), -1000000, 1000000, "multiplies the state’s initial weights, which are orthogonal"), \
       "Recurrent: a state of n numbers goes from position to position, tanh of weighted sums of the input and of itself") \
  UNIT(gru, recurrent, \
       INT(n, REQUIRED, 1, 1024, "numbers of the state"), \
       "Gated recurrent unit: what of the state stays, and what of it is seen, is decided at each position") \
  UNIT(lstm, recurrent, \
       INT(n, REQUIRED, 1, 1024, "numbers of the state"), \
       "Long short-term memory: gates decide what a cell takes up, keeps and shows at each position") \
  UNIT(patches, shape, \
       INT(k, REQUIRED, 1, 1024, "side of a patch"), \
       "An image as a sequence of square patches, in reading order") \
  UNIT(mean, shape, TSCOPE_NO_ARGUMENTS, "The mean of a sequence over its positions: a vector") \
  UNIT(last, shape, TSCOPE_NO_ARGUMENTS, "The last position of a sequence: a vector") \
  UNIT(conv, weight, \
       INT(n, REQUIRED, 1, 1048576, "output channels") \
       INT(k, REQUIRED, 1, 1024, "side of the kernel") \
       INT(stride, DEFAULT(1), 1, 1024, "pixels from window to window") \
       INT(pad, DEFAULT(0), 0, 1024, "zeros around the image") \
       TSCOPE_GAIN_ARGUMENT(REAL), \
       "Convolution of an image: each output is a weighted sum of a window, plus a bias") \
  UNIT(maxpool, pool, TSCOPE_POOL_ARGUMENTS(INT), "The largest value of each window of an image") \
  UNIT(avgpool, pool, TSCOPE_POOL_ARGUMENTS(INT), "The mean of each window of an image") \
  UNIT(relu, activation, TSCOPE_NO_ARGUMENTS, "x where it is positive, else 0") \
  UNIT(leakyrelu, activation, \
       REAL(slope, DEFAULT(0.01), 0, 1, "of the negative side"), \
       "x where it is positive, else slope · x") \
  UNIT(tanh, activation, TSCOPE_NO_ARGUMENTS, "Hyperbolic tangent: from −1 to 1") \
  UNIT(sigmoid, activation, TSCOPE_NO_ARGUMENTS, "1 / (1 + exp(−x)): from 0 to 1") \
  UNIT(gelu, activation, TSCOPE_NO_ARGUMENTS, "x times the normal distribution’s share below x, in the tanh form") \
  UNIT(layernorm, norm, TSCOPE_NO_ARGUMENTS, "Brings each sample, or each position of a sequence, to mean 0 and variance 1 over all its features; then a gain and a bias per channel") \
  UNIT(rmsnorm, norm, TSCOPE_NO_ARGUMENTS, "Brings each sample, or each position of a sequence, to mean square 1; then a gain per channel") \
  UNIT(batchnorm, norm, TSCOPE_NO_ARGUMENTS, "Brings each channel to mean 0 and variance 1 over the batch; then a gain and a bias per channel") \
  UNIT(dropout, regularization, \
       REAL(p, REQUIRED, 0, 1, "share of the values"), \
       "Sets values to 0 at random while training, and scales the others up") \
  UNIT(residual, branch, TSCOPE_NO_ARGUMENTS, "residual(f) is x + f(x); a projection of x is added where f changes the shape") \
  UNIT(rezero, branch, TSCOPE_NO_ARGUMENTS, "rezero(f) is x + α f(x), with a trained α that starts at 0")

/* TSCOPE_UNIT_linear and so on. */
#define TSCOPE_UNIT_CONSTANT(name, role, arguments, help) TSCOPE_UNIT_##name,
enum { TSCOPE_UNITS(TSCOPE_UNIT_CONSTANT, , ) TSCOPE_UNIT_COUNT };
#undef TSCOPE_UNIT_CONSTANT

#endif
