/** The gradient of the weights of convolutions and linear layers. */
#include "math/conv_winograd.h"
#include "math/image_weights.h"
#include "math/linear_weights.h"
#include "math/position_weights.h"

/* ---- linear layers at every position --------------------------------------------------------- */

/* The strips, and so the order of sums, are those of images. */
static tscope_pieces pieces_of(const tscope_conv *conv, int blocks) {
  const tscope_strip most = tscope_strip_of(conv, blocks);
  const int width = conv->out_width, block = conv->out_height * width;
  if (most.rows < conv->out_height) return (tscope_pieces){block, most.rows * width, blocks};
  return (tscope_pieces){blocks * block, most.blocks * block, 1};
}

static tscope_tiling tiling_of(const tscope_conv *conv) {
  const int rest = conv->out_channels % TILE;
  return (tscope_tiling){conv->out_channels, conv->in_channels, tscope_tile_taps(TILE),
                         tscope_tile_taps(rest)};
}

/** As tscope_strip_finish, of a whole tile of outputs and two taps that lie beside each other. */
static void tile_finish_whole(float *dweight, const float *sums, size_t row, int accumulate) {
  tile s = tile_load(TILE, sums);
  tscope_transpose4(&s.a0, &s.b0, &s.a1, &s.b1);
  tscope_transpose4(&s.a2, &s.b2, &s.a3, &s.b3);
  const f32x4 first = (s.a0 + s.b0) + (s.a1 + s.b1), second = (s.a2 + s.b2) + (s.a3 + s.b3);
  for (int i = 0; i < 4; i++, dweight += row) {
    const f32x4 both = i < 2 ? first : second;
    put(dweight, both[i % 2 * 2], accumulate);
    put(dweight + 1, both[i % 2 * 2 + 1], accumulate);
  }
  if (TILE < 6) return;
  tscope_transpose4(&s.a4, &s.b4, &s.a5, &s.b5);
  const f32x4 third = (s.a4 + s.b4) + (s.a5 + s.b5);
  for (int i = 0; i < 2; i++, dweight += row) {
    put(dweight, third[2 * i], accumulate);
    put(dweight + 1, third[2 * i + 1], accumulate);
  }
}

static void weights_positions(float *dweight, const float *dy, const float *x,
                              const tscope_conv *conv, int blocks, int accumulate, float *workspace,
                              tscope_part part) {
  const int count = tscope_weight_tiles(conv);
  const int begin = tscope_part_begin(part, count), end = tscope_part_end(part, count);
  const tscope_pieces pieces = pieces_of(conv, blocks);
  const tscope_tiling tiling = tiling_of(conv);
  float *own = workspace + (size_t)count * TILE_FLOATS + (size_t)conv->out_channels * TSCOPE_LANES +
               (size_t)part.index * tscope_position_workspace(tiling.taps, &pieces);
  tscope_position_sums(workspace, dy, x, &tiling, &pieces, own, begin, end);
  for (int i = begin; i < end; i++) {
    const tscope_weight_tile at = tscope_weight_tile_at(conv, i);
    if (at.rows == TILE && at.tap + 2 <= tiling.taps)
      tile_finish_whole(dweight + (size_t)at.o * (size_t)tiling.taps + at.tap,
                        workspace + (size_t)i * TILE_FLOATS, (size_t)tiling.taps, accumulate);
    else
      tscope_strip_finish(dweight, workspace, conv, accumulate, i, i + 1);
  }
}

/* ---- all ----------------------------------------------------------------------------------- */

uint64_t tscope_conv_workspace_size(const tscope_conv *conv, int blocks) {
  if (tscope_conv_is_linear(conv)) return tscope_linear_workspace(conv, blocks);
  if (tscope_conv_weights_are_winograd(conv)) return tscope_winograd_workspace(conv, blocks);
  if (tscope_conv_is_pointwise(conv)) {
    const tscope_pieces pieces = pieces_of(conv, blocks);
    return (uint64_t)tscope_weight_tiles(conv) * TILE_FLOATS +
           (uint64_t)conv->out_channels * TSCOPE_LANES +
           (uint64_t)TSCOPE_THREADS_MAX * tscope_position_workspace(conv->in_channels, &pieces);
  }
  return tscope_image_workspace(conv, blocks);
}

void tscope_conv_prepare_weights(const float *dy, const float *x, const tscope_conv *conv, int rows,
                                 float *workspace, tscope_part part) {
  if (tscope_conv_is_linear(conv)) tscope_linear_prepare(dy, x, conv, rows, workspace, part);
}

static void biases_positions(float *dbias, const float *dy, const tscope_conv *conv, int blocks,
                             int accumulate, float *workspace, tscope_part part) {
  const int outs = conv->out_channels, begin = tscope_part_begin(part, outs);
  const int end = tscope_part_end(part, outs);
  float *sums = workspace + (size_t)tscope_weight_tiles(conv) * TILE_FLOATS;
  tscope_strip_add_biases(sums, dy, outs, blocks * conv->out_height * conv->out_width, 1, begin,
                          end);
  tscope_strip_finish_biases(dbias, sums, accumulate, begin, end);
}

static void backward_positions(float *dweight, float *dbias, const float *dy, const float *x,
                               const tscope_conv *conv, int rows, int accumulate, float *workspace,
                               tscope_part part) {
  if (dbias) biases_positions(dbias, dy, conv, blocks_of(rows), accumulate, workspace, part);
  weights_positions(dweight, dy, x, conv, blocks_of(rows), accumulate, workspace, part);
}

static void backward_image(float *dweight, float *dbias, const float *dy, const float *x,
                           const tscope_conv *conv, int rows, int accumulate, float *workspace,
                           tscope_part part) {
  tscope_image_weights(dweight, dbias, dy, x, conv, blocks_of(rows), accumulate, workspace, part);
}

static void backward_winograd(float *dweight, float *dbias, const float *dy, const float *x,
                              const tscope_conv *conv, int rows, int accumulate, float *workspace,
                              tscope_part part) {
  (void)dweight, (void)dbias, (void)accumulate; /* tscope_conv_finish_weights writes them */
  tscope_winograd_weights_points(dy, x, conv, blocks_of(rows), workspace, part);
}

typedef void (*backward_weights)(float *dweight, float *dbias, const float *dy, const float *x,
                                 const tscope_conv *conv, int rows, int accumulate,
                                 float *workspace, tscope_part part);

/* A table, so that a network has V8 compile what its own kinds need. */
enum { LINEAR, POSITIONS, IMAGE, WINOGRAD, KINDS };
static const backward_weights backward_kinds[KINDS] = {tscope_linear_weights, backward_positions,
                                                       backward_image, backward_winograd};

void tscope_conv_backward_weights(float *dweight, float *dbias, const float *dy, const float *x,
                                  const tscope_conv *conv, int rows, int accumulate,
                                  float *workspace, tscope_part part) {
  const int kind = tscope_conv_is_linear(conv)              ? LINEAR
                   : tscope_conv_is_pointwise(conv)         ? POSITIONS
                   : tscope_conv_weights_are_winograd(conv) ? WINOGRAD
                                                            : IMAGE;
  backward_kinds[kind](dweight, dbias, dy, x, conv, rows, accumulate, workspace, part);
}

void tscope_conv_finish_weights(float *dweight, float *dbias, const tscope_conv *conv, int rows,
                                int accumulate, float *workspace, tscope_part part) {
  if (tscope_conv_weights_are_winograd(conv))
    tscope_winograd_weights_taps(dweight, dbias, conv, blocks_of(rows), accumulate, workspace,
                                 part);
}
