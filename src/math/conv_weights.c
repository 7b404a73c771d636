/** The gradient of the weights of convolutions and linear layers. */
#include <string.h>

#include "math/conv_images.h"
#include "math/linear_weights.h"
#include "math/position_weights.h"

/* ---- images --------------------------------------------------------------------------------- */

/* Here the lanes are samples, and are summed last: a tile is its rows of outputs by two taps, or
 * two by four, each register holding four partial sums. Images are summed strip by strip, a few
 * rows of one block, or a few small blocks, that stay in the first cache while all tiles pass over
 * them; between strips the tiles' partial sums rest in the workspace. */
enum { STRIP_BYTES = 32 << 10 };

/** The outputs that a strip begins with and how many it has: rows of one block, or whole blocks. */
typedef struct strip {
  int blocks, rows;
} strip;

static strip strip_of(const tscope_conv *conv, int blocks) {
  const int in_row = conv->in_width * conv->in_channels * conv->stride;
  const int out_row = conv->out_width * conv->out_channels;
  const int rows = STRIP_BYTES / ((in_row + out_row) * TSCOPE_LANES * (int)sizeof(float));
  const int whole = rows / conv->out_height;
  return (strip){whole < 1 ? 1 : at_most(whole, blocks),
                 rows < 1 ? 1 : at_most(rows, conv->out_height)};
}

/** Outputs of the largest strip. */
static int strip_pixels(const tscope_conv *conv, int blocks) {
  const strip most = strip_of(conv, blocks);
  return most.blocks * most.rows * conv->out_width;
}

/** Taps in a tile of so many outputs. */
static int tile_taps(int rows) { return rows > 2 ? 2 : 4; }

static int tap_groups(const tscope_conv *conv, int rows) {
  return (tscope_conv_taps(conv) + tile_taps(rows) - 1) / tile_taps(rows);
}

/** Tiles of the whole weight. */
static int image_tiles(const tscope_conv *conv) {
  const int outs = conv->out_channels, rest = outs % TILE;
  return outs / TILE * tap_groups(conv, TILE) + (rest ? tap_groups(conv, rest) : 0);
}

/** Behind the place where the tiles' sums rest, for each thread: where every tap lies, from the
 * first tap of its output. */
static int32_t *tap_offsets(const tscope_conv *conv, float *workspace, tscope_part part) {
  return (int32_t *)(workspace + (size_t)image_tiles(conv) * TILE_FLOATS +
                     (size_t)(part.index * tscope_conv_taps(conv)));
}

/** Where a pixel of a strip, or four lanes of it, begins to read, from the first one, and where its
 * outputs are. */
typedef struct pixel_place {
  int32_t x, dy;
} pixel_place;

/** Behind them, likewise: the places of a strip's pixels, first four lanes of all, then the others.
 */
static pixel_place *pixel_places(const tscope_conv *conv, float *workspace, int blocks,
                                 tscope_part part) {
  float *behind = workspace + (size_t)image_tiles(conv) * TILE_FLOATS +
                  (size_t)TSCOPE_THREADS_MAX * (size_t)tscope_conv_taps(conv);
  return (pixel_place *)behind + (size_t)(part.index * 2 * strip_pixels(conv, blocks));
}

static void find_pixels(pixel_place *places, const tscope_conv *conv, strip size) {
  const int in_row = conv->in_width * conv->in_channels * TSCOPE_LANES;
  for (int half = 0; half < TSCOPE_LANES; half += 4) {
    int32_t dy = half;
    for (int b = 0; b < size.blocks; b++) {
      for (int oy = 0; oy < size.rows; oy++) {
        const int row = (b * conv->in_height + oy * conv->stride) * in_row + half;
        for (int ox = 0; ox < conv->out_width; ox++, dy += conv->out_channels * TSCOPE_LANES)
          *places++ = (pixel_place){row + ox * conv->stride * conv->in_channels * TSCOPE_LANES, dy};
      }
    }
  }
}

/** A strip: what goes in and the gradient of what comes out, and where its pixels are. */
typedef struct strip_view {
  const float *dy, *x;
  const pixel_place *places;
  int count, is_first;
} strip_view;

/** Adds four lanes of every pixel, then the other four, to the tile of outputs from o on and of the
 * taps at so many floats. One loop goes over all of them: rows are short, and each would begin a
 * loop of its own. */
TSCOPE_INLINE void tile_strip(int rows, float *sums, const strip_view *view, int o,
                              const int32_t at[4]) {
  const float *x0 = view->x + at[0], *x1 = view->x + at[1];
  const float *x2 = view->x + at[2], *x3 = view->x + at[3];
  const float *dy = view->dy + (size_t)o * TSCOPE_LANES;
  const pixel_place *place = view->places;
  tile sum = view->is_first ? tile_start(rows, NULL) : tile_load(TILE, sums);
  TSCOPE_KEEP_LOOP
  for (int i = 0; i < view->count; i++, place++) {
    sum = tile_taps_add(sum, rows, dy + place->dy, TSCOPE_LANES, x0 + place->x, x1 + place->x,
                        x2 + place->x, x3 + place->x);
  }
  tile_keep(sums, &sum);
}
TILE_BY_ROWS(tile_strip, (sums, view, o, at), float *sums, const strip_view *view, int o,
             const int32_t at[4])

/** Writes a tile's sums to their places in PyTorch's [out][in][ky][kx]. */
static void tile_finish(float *dweight, const float *rest, int o, int rows, int tap,
                        const tscope_conv *conv, int accumulate) {
  const int kernel = conv->kernel_height * conv->kernel_width, channels = conv->in_channels;
  const int taps = tscope_conv_taps(conv);
  f32x4 sums[2 * TILE]; /* [pair of taps][row][tap] where a tile has four taps, else [row][tap] */
  memcpy(sums, rest, sizeof sums);
  for (int t = 0; t < tile_taps(rows) && tap + t < taps; t++) {
    const int place = (tap + t) % channels * kernel + (tap + t) / channels;
    for (int r = 0; r < rows; r++) {
      const f32x4 lanes = t < 2 ? sums[2 * r + t] : sums[4 + 2 * r + t - 2];
      put(dweight + (size_t)(o + r) * (size_t)taps + place, tscope_lane_sum(lanes), accumulate);
    }
  }
}

static void bias_image(float *dbias, const float *dy, const tscope_conv *conv, int blocks,
                       int accumulate, tscope_part part) {
  const int outs = conv->out_channels, end = tscope_part_end(part, outs);
  const int pixels = blocks * conv->out_height * conv->out_width;
  const size_t step = (size_t)outs * TSCOPE_LANES;
  int o = tscope_part_begin(part, outs);
  for (; o + 4 <= end;
       o += 4) { /* a line of memory has two channels, and its neighbour is fetched */
    f32x4 low[4], high[4];
    for (int r = 0; r < 4; r++) low[r] = high[r] = tscope_splat(0);
    const float *from = dy + (size_t)o * TSCOPE_LANES;
    for (int p = 0; p < pixels; p++, from += step) {
      for (int r = 0; r < 4; r++) {
        low[r] += tscope_load(from + r * TSCOPE_LANES);
        high[r] += tscope_load(from + r * TSCOPE_LANES + 4);
      }
    }
    for (int r = 0; r < 4; r++) put(dbias + o + r, tscope_lane_sum(low[r] + high[r]), accumulate);
  }
  for (; o + 2 <= end; o += 2) {
    f32x4 a = tscope_splat(0), b = a, c = a, d = a;
    const float *from = dy + (size_t)o * TSCOPE_LANES;
    for (int p = 0; p < pixels; p++, from += step) {
      a += tscope_load(from);
      b += tscope_load(from + 4);
      c += tscope_load(from + 8);
      d += tscope_load(from + 12);
    }
    put(dbias + o, tscope_lane_sum(a + b), accumulate);
    put(dbias + o + 1, tscope_lane_sum(c + d), accumulate);
  }
  for (; o < end; o++) {
    f32x4 a = tscope_splat(0), b = a;
    const float *from = dy + (size_t)o * TSCOPE_LANES;
    for (int p = 0; p < pixels; p++, from += step) {
      a += tscope_load(from);
      b += tscope_load(from + 4);
    }
    put(dbias + o, tscope_lane_sum(a + b), accumulate);
  }
}

/** Adds a strip to the tiles [begin, end), whose sums rest between strips. */
static void add_strip(float *dweight, const strip_view *view, const tscope_conv *conv, int is_last,
                      int accumulate, float *workspace, const int32_t *offsets, int begin,
                      int end) {
  const int per_tile = tap_groups(conv, TILE), taps = tscope_conv_taps(conv);
  int o = at_most(begin / per_tile, conv->out_channels / TILE) * TILE;
  int rows = at_most(conv->out_channels - o, TILE);
  int tap = (begin - o / TILE * per_tile) * tile_taps(rows);
  for (int i = begin; i < end; i++) {
    int32_t at[4];
    for (int t = 0; t < 4; t++) at[t] = offsets[at_most(tap + t, taps - 1)];
    float *sums = workspace + (size_t)i * TILE_FLOATS;
    tile_strip_by_rows[rows - 1](sums, view, o, at);
    if (is_last) tile_finish(dweight, sums, o, rows, tap, conv, accumulate);
    tap += tile_taps(rows);
    if (tap >= taps) {
      tap = 0;
      o += TILE;
      rows = at_most(conv->out_channels - o, TILE);
    }
  }
}

static void weights_image(float *dweight, const float *dy, const float *x, const tscope_conv *conv,
                          int blocks, int accumulate, float *workspace, tscope_part part) {
  const int tile_count = image_tiles(conv);
  const strip most = strip_of(conv, blocks);
  const int begin = tscope_part_begin(part, tile_count);
  const int end = tscope_part_end(part, tile_count);
  int32_t *offsets = tap_offsets(conv, workspace, part);
  tscope_conv_find_taps(offsets, conv);
  pixel_place *places = pixel_places(conv, workspace, blocks, part);
  int found = 0;
  const size_t in_row = (size_t)conv->in_width * (size_t)conv->in_channels * TSCOPE_LANES;
  const size_t out_row = (size_t)conv->out_width * (size_t)conv->out_channels * TSCOPE_LANES;
  for (int b = 0; b < blocks; b += most.blocks) {
    for (int oy = 0; oy < conv->out_height; oy += most.rows) {
      const strip size = {at_most(blocks - b, most.blocks),
                          at_most(conv->out_height - oy, most.rows)};
      const int is_last = b + size.blocks == blocks && oy + size.rows == conv->out_height;
      const int count = 2 * size.blocks * size.rows * conv->out_width;
      if (count != found) find_pixels(places, conv, size);
      found = count;
      const strip_view view = {dy, x + (size_t)(oy * conv->stride) * in_row, places, count,
                               b == 0 && oy == 0};
      add_strip(dweight, &view, conv, is_last, accumulate, workspace, offsets, begin, end);
      dy += (size_t)(size.blocks * size.rows) * out_row;
    }
    x += (size_t)(most.blocks * conv->in_height) * in_row;
  }
}

/* ---- linear layers at every position --------------------------------------------------------- */

/* The strips, and so the order of sums, are those of images. */
static tscope_pieces pieces_of(const tscope_conv *conv, int blocks) {
  const strip most = strip_of(conv, blocks);
  const int width = conv->out_width, block = conv->out_height * width;
  if (most.rows < conv->out_height) return (tscope_pieces){block, most.rows * width, blocks};
  return (tscope_pieces){blocks * block, most.blocks * block, 1};
}

static tscope_tiling tiling_of(const tscope_conv *conv) {
  const int rest = conv->out_channels % TILE;
  return (tscope_tiling){conv->out_channels, conv->in_channels, tile_taps(TILE), tile_taps(rest)};
}

/** As tile_finish, of a whole tile of outputs and two taps that lie beside each other. */
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
  const int count = image_tiles(conv), per_tile = tap_groups(conv, TILE);
  const int begin = tscope_part_begin(part, count), end = tscope_part_end(part, count);
  const tscope_pieces pieces = pieces_of(conv, blocks);
  const tscope_tiling tiling = tiling_of(conv);
  float *own = workspace + (size_t)count * TILE_FLOATS +
               (size_t)part.index * tscope_position_workspace(tiling.taps, &pieces);
  tscope_position_sums(workspace, dy, x, &tiling, &pieces, own, begin, end);
  for (int i = begin; i < end; i++) {
    const int o = at_most(i / per_tile, conv->out_channels / TILE) * TILE;
    const int rows = at_most(conv->out_channels - o, TILE);
    const int tap = (i - o / TILE * per_tile) * tile_taps(rows);
    const float *sums = workspace + (size_t)i * TILE_FLOATS;
    if (rows == TILE && tap + 2 <= tiling.taps)
      tile_finish_whole(dweight + (size_t)o * (size_t)tiling.taps + tap, sums, (size_t)tiling.taps,
                        accumulate);
    else
      tile_finish(dweight, sums, o, rows, tap, conv, accumulate);
  }
}

/* ---- all ----------------------------------------------------------------------------------- */

uint64_t tscope_conv_workspace_size(const tscope_conv *conv, int blocks) {
  if (tscope_conv_is_linear(conv)) {
    return tscope_linear_workspace(conv, blocks);
  }
  if (tscope_conv_is_pointwise(conv)) {
    const tscope_pieces pieces = pieces_of(conv, blocks);
    return (uint64_t)image_tiles(conv) * TILE_FLOATS +
           (uint64_t)TSCOPE_THREADS_MAX * tscope_position_workspace(conv->in_channels, &pieces);
  }
  return (uint64_t)image_tiles(conv) * TILE_FLOATS +
         (uint64_t)TSCOPE_THREADS_MAX *
             (uint64_t)(tscope_conv_taps(conv) + 4 * strip_pixels(conv, blocks));
}

void tscope_conv_prepare_weights(const float *dy, const float *x, const tscope_conv *conv, int rows,
                                 float *workspace, tscope_part part) {
  if (tscope_conv_is_linear(conv)) tscope_linear_prepare(dy, x, conv, rows, workspace, part);
}

static void backward_positions(float *dweight, float *dbias, const float *dy, const float *x,
                               const tscope_conv *conv, int rows, int accumulate, float *workspace,
                               tscope_part part) {
  if (dbias) bias_image(dbias, dy, conv, blocks_of(rows), accumulate, part);
  weights_positions(dweight, dy, x, conv, blocks_of(rows), accumulate, workspace, part);
}

static void backward_image(float *dweight, float *dbias, const float *dy, const float *x,
                           const tscope_conv *conv, int rows, int accumulate, float *workspace,
                           tscope_part part) {
  if (dbias) bias_image(dbias, dy, conv, blocks_of(rows), accumulate, part);
  weights_image(dweight, dy, x, conv, blocks_of(rows), accumulate, workspace, part);
}

typedef void (*backward_weights)(float *dweight, float *dbias, const float *dy, const float *x,
                                 const tscope_conv *conv, int rows, int accumulate,
                                 float *workspace, tscope_part part);

/* A table, so that a network has V8 compile what its own kinds need. */
enum { LINEAR, POSITIONS, IMAGE };
static const backward_weights backward_kinds[3] = {tscope_linear_weights, backward_positions,
                                                   backward_image};

void tscope_conv_backward_weights(float *dweight, float *dbias, const float *dy, const float *x,
                                  const tscope_conv *conv, int rows, int accumulate,
                                  float *workspace, tscope_part part) {
  const int kind = tscope_conv_is_linear(conv)      ? LINEAR
                   : tscope_conv_is_pointwise(conv) ? POSITIONS
                                                    : IMAGE;
  backward_kinds[kind](dweight, dbias, dy, x, conv, rows, accumulate, workspace, part);
}
