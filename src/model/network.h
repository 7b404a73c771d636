/** A network: the units of a model text, laid out in a run's scratch memory, and its passes. */
#ifndef TRAINSCOPE_MODEL_NETWORK_H
#define TRAINSCOPE_MODEL_NETWORK_H

#include "base/arena.h"
#include "model/layer.h"
#include "trainscope/trainer.h"

typedef struct tscope_network {
  tscope_unit *units;
  int count;
  int has_batchnorm, has_dropout, has_kinks;
  size_t parameters;       /* trainable numbers */
  size_t parameter_floats; /* with every tensor padded to a multiple of 4 */
  size_t running_floats;
  double flops;
  size_t matrix_floats; /* workspace for making the largest hidden matrix orthogonal */
  double matrix_flops;  /* of doing so with all */
  int outputs;
  int positions; /* predictions of a sample, each of so many outputs: 1, or the positions of tokens
                  */
  float *gradient[2]; /* two buffers that a backward pass swaps */
  float *skip[TSCOPE_NESTING_MAX];
  float *workspace, *scratch;
  size_t scratch_floats; /* of each thread */
  float *block_scratch;
  size_t block_scratch_floats; /* of each block */
  const float *output;         /* of the last forward pass: [block][positions][outputs][8] */
} tscope_network;

/** Whether a parameter is the weight of a hidden layer: filters are a matrix with a row for each
 * output. */
int tscope_is_hidden_matrix(const tscope_unit *unit, const tscope_parameter *parameter);
static inline int tscope_matrix_rows(const tscope_parameter *matrix) { return matrix->shape[0]; }
static inline int tscope_matrix_columns(const tscope_parameter *matrix) {
  return (int)(matrix->count / (size_t)matrix->shape[0]);
}

/**
 * Reads config's model, or the default for this shape where it was left out, checks every shape and
 * lays the network out for chunks of `rows` samples. With a measuring arena only the sizes are
 * found. samples: [blocks][elements][8] floats, where the network will read its inputs.
 */
TSCOPE_CHECKED tscope_status tscope_network_build(tscope_network *network,
                                                  const tscope_config *config, tscope_shape input,
                                                  int outputs, int rows, tscope_arena *arena,
                                                  const float *samples, tscope_problem *problem);

/** Draws the start values. Each tensor has a random stream of its own. parameters: zeroed,
 * [parameter_floats]. */
void tscope_network_init(const tscope_network *network, float *parameters, float *running, int init,
                         double init_gain, uint32_t seed);

/** The largest |score| of attention in the last forward pass, of so many rows; 0 without any. */
float tscope_network_peak(const tscope_network *network, int rows);

/** Runs the units; network->output is the last one's. */
void tscope_network_forward(tscope_network *network, tscope_pass *pass);

/**
 * Runs the units backwards from network->gradient[0], which holds d loss / d output, and leaves
 * every parameter's gradient in pass->gradient.
 */
void tscope_network_backward(tscope_network *network, tscope_pass *pass);

#endif
