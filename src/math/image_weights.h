/** Sums over pixels in strips, of which the gradients of an image's weights and biases are made,
 * for conv_weights.c. */
#ifndef TRAINSCOPE_MATH_IMAGE_WEIGHTS_H
#define TRAINSCOPE_MATH_IMAGE_WEIGHTS_H

#include "math/kernels.h"
#include "math/tile.h"

/** The outputs that a strip begins with and how many it has: rows of one block, or whole blocks. */
typedef struct tscope_strip {
  int blocks, rows;
} tscope_strip;

/** The largest strip of a gradient. */
tscope_strip tscope_strip_of(const tscope_conv *conv, int blocks);

/** Taps in a tile of so many outputs. */
static inline int tscope_tile_taps(int rows) { return rows > 2 ? 2 : 4; }

/** A tile of a weight: the outputs and the taps that it begins with. */
typedef struct tscope_weight_tile {
  int o, rows, tap;
} tscope_weight_tile;

/** Tiles of the whole weight, and one of them: of the same outputs those of the first taps first.
 */
int tscope_weight_tiles(const tscope_conv *conv);
tscope_weight_tile tscope_weight_tile_at(const tscope_conv *conv, int i);

/** Where in PyTorch's [out][in][ky][kx] the weight of a tile's row and tap stands. */
static inline size_t tscope_tile_weight(const tscope_weight_tile *at, const tscope_conv *conv,
                                        int row, int tap) {
  const int kernel = conv->kernel_height * conv->kernel_width, channels = conv->in_channels;
  const int place = (at->tap + tap) % channels * kernel + (at->tap + tap) / channels;
  return (size_t)(at->o + row) * (size_t)(kernel * channels) + (size_t)place;
}

/** Where a pixel of a strip, or four lanes of it, begins to read, from the first one, and where its
 * outputs are. */
typedef struct tscope_pixel_place {
  int32_t x, dy;
} tscope_pixel_place;

/** What a thread looks up: where every tap lies, from the first tap of its output, and a strip's
 * pixels, first four lanes of all, then the others. */
typedef struct tscope_places {
  int32_t *taps;
  tscope_pixel_place *pixels;
  int count;
} tscope_places;

/** Floats that a thread's places take. */
size_t tscope_places_floats(const tscope_conv *conv, int blocks);
/** Places in so many floats, none of a pixel found yet. */
tscope_places tscope_places_in(float *floats, const tscope_conv *conv);
void tscope_places_find(tscope_places *places, const tscope_conv *conv, tscope_strip size);

/** Adds a strip, the first of all or not, to the tiles [begin, end), whose sums rest between
 * strips: TILE_FLOATS of each. */
void tscope_strip_add(float *sums, const float *dy, const float *x, const tscope_places *places,
                      int is_first, const tscope_conv *conv, int begin, int end);
/** Adds sums of other blocks, of `count` floats. */
void tscope_strip_join(float *sums, const float *others, size_t count);
/** Writes the sums of the tiles [begin, end) to their places in PyTorch's [out][in][ky][kx]. */
void tscope_strip_finish(float *dweight, const float *sums, const tscope_conv *conv, int accumulate,
                         int begin, int end);

/** The same of biases, the sums of so many pixels of `outs` channels each: those of channels
 * [begin, end), of which each rests in TSCOPE_LANES floats. */
void tscope_strip_add_biases(float *sums, const float *dy, int outs, int pixels, int is_first,
                             int begin, int end);
void tscope_strip_finish_biases(float *dbias, const float *sums, int accumulate, int begin,
                                int end);

/** Floats of workspace that the gradient of an image's weights needs. */
uint64_t tscope_image_workspace(const tscope_conv *conv, int blocks);
/** As tscope_conv_backward_weights. */
void tscope_image_weights(float *dweight, float *dbias, const float *dy, const float *x,
                          const tscope_conv *conv, int blocks, int accumulate, float *workspace,
                          tscope_part part);

#endif
