/** The gradient of a layer that is linear at every position or pixel, for conv_weights.c. */
#ifndef TRAINSCOPE_MATH_POSITION_WEIGHTS_H
#define TRAINSCOPE_MATH_POSITION_WEIGHTS_H

#include "math/tile.h"

/**
 * The order in which positions are summed up. They are taken in strips, which do not reach from one
 * section into the next; of a strip four lanes of all positions, then the other four. A position's
 * four lanes are a piece.
 */
typedef struct tscope_pieces {
  int section, strip; /* positions of each; the last strip of a section may have fewer */
  int sections;
} tscope_pieces;

/** A weight's shape, and how many taps its tiles have. */
typedef struct tscope_tiling {
  int outs, taps;
  int taps_of_whole; /* of a whole tile of outputs */
  int taps_of_rest;  /* of a tile of the outputs that are left over */
} tscope_tiling;

/** Floats that a thread packs into. */
size_t tscope_position_workspace(int taps, const tscope_pieces *pieces);

/**
 * All sums of the tiles [begin, end), each TILE_FLOATS of `sums`. Those of whole tiles of outputs
 * come first, and of the same outputs those of the first taps.
 */
void tscope_position_sums(float *sums, const float *dy, const float *x, const tscope_tiling *tiling,
                          const tscope_pieces *pieces, float *workspace, int begin, int end);

#endif
