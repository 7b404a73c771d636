/** The gradient of the weights of a convolution of images. */
#include "math/image_weights.h"

#include <string.h>

#include "math/conv_images.h"
#include "math/linear_weights.h"

/* Here the lanes are samples, and are summed last: a tile is its rows of outputs by two taps, or
 * two by four, each register holding four partial sums. Images are summed strip by strip, a few
 * rows of one block, or a few small blocks, that stay in the first cache while all tiles pass over
 * them; between strips the tiles' partial sums rest in the workspace. */
enum { STRIP_BYTES = 32 << 10 };

tscope_strip tscope_strip_of(const tscope_conv *conv, int blocks) {
  const int in_row = conv->in_width * conv->in_channels * conv->stride;
  const int out_row = conv->out_width * conv->out_channels;
  const int rows = STRIP_BYTES / ((in_row + out_row) * TSCOPE_LANES * (int)sizeof(float));
  const int whole = rows / conv->out_height;
  return (tscope_strip){whole < 1 ? 1 : at_most(whole, blocks),
                        rows < 1 ? 1 : at_most(rows, conv->out_height)};
}

/* ---- tiles ----------------------------------------------------------------------------------- */

/** Tiles of so many outputs and of all taps. */
static int tap_groups(const tscope_conv *conv, int rows) {
  const int taps = tscope_tile_taps(rows);
  return (tscope_conv_taps(conv) + taps - 1) / taps;
}

int tscope_weight_tiles(const tscope_conv *conv) {
  const int outs = conv->out_channels, rest = outs % TILE;
  return outs / TILE * tap_groups(conv, TILE) + (rest ? tap_groups(conv, rest) : 0);
}

tscope_weight_tile tscope_weight_tile_at(const tscope_conv *conv, int i) {
  const int per_tile = tap_groups(conv, TILE);
  const int o = at_most(i / per_tile, conv->out_channels / TILE) * TILE;
  const int rows = at_most(conv->out_channels - o, TILE);
  return (tscope_weight_tile){o, rows, (i - o / TILE * per_tile) * tscope_tile_taps(rows)};
}

static void go_on(tscope_weight_tile *at, const tscope_conv *conv) {
  at->tap += tscope_tile_taps(at->rows);
  if (at->tap < tscope_conv_taps(conv)) return;
  at->tap = 0;
  at->o += TILE;
  at->rows = at_most(conv->out_channels - at->o, TILE);
}

/* ---- places ---------------------------------------------------------------------------------- */

size_t tscope_places_floats(const tscope_conv *conv, int blocks) {
  const tscope_strip most = tscope_strip_of(conv, blocks);
  return (size_t)(tscope_conv_taps(conv) + 4 * most.blocks * most.rows * conv->out_width);
}

tscope_places tscope_places_in(float *floats, const tscope_conv *conv) {
  int32_t *taps = (int32_t *)floats;
  tscope_conv_find_taps(taps, conv);
  return (tscope_places){taps, (tscope_pixel_place *)(taps + tscope_conv_taps(conv)), 0};
}

void tscope_places_find(tscope_places *places, const tscope_conv *conv, tscope_strip size) {
  const int count = 2 * size.blocks * size.rows * conv->out_width;
  if (places->count == count) return;
  places->count = count;
  const int in_row = conv->in_width * conv->in_channels * TSCOPE_LANES;
  tscope_pixel_place *place = places->pixels;
  for (int half = 0; half < TSCOPE_LANES; half += 4) {
    int32_t dy = half;
    for (int b = 0; b < size.blocks; b++) {
      for (int oy = 0; oy < size.rows; oy++) {
        const int row = (b * conv->in_height + oy * conv->stride) * in_row + half;
        for (int ox = 0; ox < conv->out_width; ox++, dy += conv->out_channels * TSCOPE_LANES)
          *place++ =
              (tscope_pixel_place){row + ox * conv->stride * conv->in_channels * TSCOPE_LANES, dy};
      }
    }
  }
}

/* ---- strips ---------------------------------------------------------------------------------- */

/** A strip: what goes in and the gradient of what comes out, and where its pixels are. */
typedef struct strip_view {
  const float *dy, *x;
  const tscope_pixel_place *places;
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
  const tscope_pixel_place *place = view->places;
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

void tscope_strip_add(float *sums, const float *dy, const float *x, const tscope_places *places,
                      int is_first, const tscope_conv *conv, int begin, int end) {
  const strip_view view = {dy, x, places->pixels, places->count, is_first};
  const int taps = tscope_conv_taps(conv);
  tscope_weight_tile at = tscope_weight_tile_at(conv, begin);
  for (int i = begin; i < end; i++, go_on(&at, conv)) {
    int32_t lies[4];
    for (int t = 0; t < 4; t++) lies[t] = places->taps[at_most(at.tap + t, taps - 1)];
    tile_strip_by_rows[at.rows - 1](sums + (size_t)i * TILE_FLOATS, &view, at.o, lies);
  }
}

static void finish_tile(float *dweight, const float *rest, const tscope_weight_tile *at,
                        const tscope_conv *conv, int accumulate) {
  const int taps = tscope_conv_taps(conv), rows = at->rows;
  f32x4 sums[2 * TILE]; /* [pair of taps][row][tap] where a tile has four taps, else [row][tap] */
  memcpy(sums, rest, sizeof sums);
  for (int t = 0; t < tscope_tile_taps(rows) && at->tap + t < taps; t++) {
    for (int r = 0; r < rows; r++) {
      const f32x4 lanes = t < 2 ? sums[2 * r + t] : sums[4 + 2 * r + t - 2];
      put(dweight + tscope_tile_weight(at, conv, r, t), tscope_lane_sum(lanes), accumulate);
    }
  }
}

void tscope_strip_join(float *sums, const float *others, size_t count) {
  for (size_t i = 0; i < count; i += 4)
    tscope_store(sums + i, tscope_load(sums + i) + tscope_load(others + i));
}

void tscope_strip_finish(float *dweight, const float *sums, const tscope_conv *conv, int accumulate,
                         int begin, int end) {
  tscope_weight_tile at = tscope_weight_tile_at(conv, begin);
  for (int i = begin; i < end; i++, go_on(&at, conv))
    finish_tile(dweight, sums + (size_t)i * TILE_FLOATS, &at, conv, accumulate);
}

/* ---- biases ---------------------------------------------------------------------------------- */

/** Adds the pixels to `count` sums from `sums` on; count is a constant. */
TSCOPE_INLINE void add_biases(float *sums, const float *dy, int count, size_t pixel, int pixels,
                              int is_first) {
  f32x4 low[4], high[4];
  for (int o = 0; o < count; o++) {
    low[o] = is_first ? tscope_splat(0) : tscope_load(sums + o * TSCOPE_LANES);
    high[o] = is_first ? tscope_splat(0) : tscope_load(sums + o * TSCOPE_LANES + 4);
  }
  TSCOPE_KEEP_LOOP
  for (int p = 0; p < pixels; p++, dy += pixel) {
    for (int o = 0; o < count; o++) {
      low[o] += tscope_load(dy + o * TSCOPE_LANES);
      high[o] += tscope_load(dy + o * TSCOPE_LANES + 4);
    }
  }
  for (int o = 0; o < count; o++) {
    tscope_store(sums + o * TSCOPE_LANES, low[o]);
    tscope_store(sums + o * TSCOPE_LANES + 4, high[o]);
  }
}

void tscope_strip_add_biases(float *sums, const float *dy, int outs, int pixels, int is_first,
                             int begin, int end) {
  const size_t pixel = (size_t)outs * TSCOPE_LANES;
  int o = begin, count;
  for (; o < end; o += count) {
    float *to = sums + (size_t)o * TSCOPE_LANES;
    const float *from = dy + (size_t)o * TSCOPE_LANES;
    count = end - o >= 4 ? 4 : end - o >= 2 ? 2 : 1;
    if (count == 4) add_biases(to, from, 4, pixel, pixels, is_first);
    if (count == 2) add_biases(to, from, 2, pixel, pixels, is_first);
    if (count == 1) add_biases(to, from, 1, pixel, pixels, is_first);
  }
}

void tscope_strip_finish_biases(float *dbias, const float *sums, int accumulate, int begin,
                                int end) {
  for (int o = begin; o < end; o++) {
    const float *lanes = sums + (size_t)o * TSCOPE_LANES;
    put(dbias + o, tscope_lane_sum(tscope_load(lanes) + tscope_load(lanes + 4)), accumulate);
  }
}

/* ---- all ------------------------------------------------------------------------------------- */

uint64_t tscope_image_workspace(const tscope_conv *conv, int blocks) {
  return (uint64_t)tscope_weight_tiles(conv) * TILE_FLOATS +
         (uint64_t)conv->out_channels * TSCOPE_LANES +
         (uint64_t)TSCOPE_THREADS_MAX * tscope_places_floats(conv, blocks);
}

void tscope_image_weights(float *dweight, float *dbias, const float *dy, const float *x,
                          const tscope_conv *conv, int blocks, int accumulate, float *workspace,
                          tscope_part part) {
  const int tile_count = tscope_weight_tiles(conv);
  const tscope_strip most = tscope_strip_of(conv, blocks);
  const int begin = tscope_part_begin(part, tile_count);
  const int end = tscope_part_end(part, tile_count);
  const int outs = conv->out_channels, first_out = tscope_part_begin(part, outs);
  const int end_out = dbias ? tscope_part_end(part, outs) : first_out;
  float *biases = workspace + (size_t)tile_count * TILE_FLOATS;
  float *own = biases + (size_t)outs * TSCOPE_LANES +
               (size_t)part.index * tscope_places_floats(conv, blocks);
  tscope_places places = tscope_places_in(own, conv);
  const size_t in_row = (size_t)conv->in_width * (size_t)conv->in_channels * TSCOPE_LANES;
  const size_t out_row = (size_t)conv->out_width * (size_t)conv->out_channels * TSCOPE_LANES;
  for (int b = 0; b < blocks; b += most.blocks) {
    for (int oy = 0; oy < conv->out_height; oy += most.rows) {
      const tscope_strip size = {at_most(blocks - b, most.blocks),
                                 at_most(conv->out_height - oy, most.rows)};
      tscope_places_find(&places, conv, size);
      tscope_strip_add(workspace, dy, x + (size_t)(oy * conv->stride) * in_row, &places,
                       b == 0 && oy == 0, conv, begin, end);
      tscope_strip_add_biases(biases, dy, outs, size.blocks * size.rows * conv->out_width,
                              b == 0 && oy == 0, first_out, end_out);
      dy += (size_t)(size.blocks * size.rows) * out_row;
    }
    x += (size_t)(most.blocks * conv->in_height) * in_row;
  }
  tscope_strip_finish(dweight, workspace, conv, accumulate, begin, end);
  tscope_strip_finish_biases(dbias, biases, accumulate, first_out, end_out);
}
