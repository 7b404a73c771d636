/** Convolutions of images, forward. */
#include "math/conv_images.h"

#include "math/tile.h"

/* Of a kernel that is laid upon the image from the row `top` on, the rows [first, end) do not lie
 * in the padding, where they see zeros only. */
static int first_inside(const tscope_conv *conv, int top) {
  return top < conv->pad ? at_most(conv->pad - top, conv->kernel_height) : 0;
}
static int end_inside(const tscope_conv *conv, int top) {
  return at_most(conv->in_height - conv->pad - top, conv->kernel_height);
}

/* ---- tiles among other loops ----------------------------------------------------------------- */

/** One tile of outputs: so many runs of `run` inputs; run is a constant where it is short. */
TSCOPE_INLINE tile forward_pixel(int rows, tile sum, const float *x, size_t in_row, const float *w,
                                 int runs, int run) {
  for (int ky = 0; ky < runs; ky++, x += in_row, w += run * TILE) {
    sum = tile_run(sum, rows, x, w, run);
  }
  return sum;
}

/** The same for two outputs, for tiles of one or two rows. */
TSCOPE_INLINE tile forward_pixels(int rows, tile sum, const float *x, size_t in_row, size_t apart,
                                  const float *w, int runs, int run) {
  for (int ky = 0; ky < runs; ky++, x += in_row, w += run * TILE) {
    sum = tile_run_twice(sum, rows, x, apart, w, run);
  }
  return sum;
}

TSCOPE_INLINE void forward_image(int rows, float *y, const float *x, const float *w,
                                 const float *bias, const tscope_conv *conv, int run) {
  const size_t in_row = (size_t)conv->in_width * (size_t)conv->in_channels * TSCOPE_LANES;
  const size_t in_step = (size_t)conv->stride * (size_t)conv->in_channels * TSCOPE_LANES;
  const size_t out_step = (size_t)conv->out_channels * TSCOPE_LANES;
  const tile start = tile_start(rows, bias), twice = tile_for_two(start);
  for (int oy = 0; oy < conv->out_height; oy++) {
    const int top = oy * conv->stride;
    const int ky = first_inside(conv, top), height = end_inside(conv, top) - ky;
    const float *from = x + (size_t)(top + ky) * in_row, *weights = w + ky * run * TILE;
    int ox = 0;
    for (; rows <= 2 && ox + 1 < conv->out_width; ox += 2, from += 2 * in_step) {
      const tile sum = forward_pixels(rows, twice, from, in_row, in_step, weights, height, run);
      tile_store(y, sum, rows);
      tile_store(y + out_step, tile_second(sum), rows);
      y += 2 * out_step;
    }
    for (; ox < conv->out_width; ox++, from += in_step, y += out_step) {
      tile_store(y, forward_pixel(rows, start, from, in_row, weights, height, run), rows);
    }
  }
}

/* Runs of 3 and 5, a single channel's under the usual kernels, are unrolled: a loop so short costs
 * more than its sums. */
TSCOPE_INLINE void forward_rows(int rows, float *y, const float *x, const float *w,
                                const float *bias, const tscope_conv *conv) {
  const int run = conv->kernel_width * conv->in_channels;
  switch (run) {
    case 3:
      forward_image(rows, y, x, w, bias, conv, 3);
      break;
    case 5:
      forward_image(rows, y, x, w, bias, conv, 5);
      break;
    default:
      forward_image(rows, y, x, w, bias, conv, run);
      break;
  }
}

/* ---- tiles that are alone -------------------------------------------------------------------- */

/** A tile of the window at x + from; of one or two rows that of the next window too, where both are
 * wanted, or the tile would wait for its own sums. */
TSCOPE_INLINE void tile_window(int rows, float *y, const tscope_windows *v, size_t from, int both) {
  const float *x = v->x + from, *w = v->w;
  const int32_t *offset = v->offsets;
  const int taps = v->taps;
  tile sum = tile_start(rows, v->bias);
  if (rows <= 2 && both) {
    const float *next = x + v->next;
    sum = tile_for_two(sum);
    TSCOPE_KEEP_LOOP
    for (int i = 0; i < taps; i++, w += TILE)
      sum = tile_add_twice(sum, rows, x + offset[i], next + offset[i], w, 1);
    tile_store(y, sum, rows);
    tile_store(y + v->next_y, tile_second(sum), rows);
    return;
  }
  TSCOPE_KEEP_LOOP
  for (int i = 0; i < taps; i++, w += TILE) sum = tile_add(sum, rows, x + offset[i], w, 1);
  tile_store(y, sum, rows);
}
TILE_BY_ROWS(tile_window, (y, v, from, both), float *y, const tscope_windows *v, size_t from,
             int both)

void tscope_conv_window_row(float *y, const tscope_windows *v, int rows, int count) {
  const int together = rows <= 2 ? 2 : 1;
  for (int i = 0; i < count; i += together) {
    tile_window_by_rows[rows - 1](y, v, (size_t)i * v->next, i + 1 < count);
    y += v->next_y * (size_t)together;
  }
}

/** As forward_image, of rows that are no constant. */
static void forward_windows(int rows, float *y, const float *x, const float *w, const float *bias,
                            const int32_t *offsets, const tscope_conv *conv) {
  const int run = conv->kernel_width * conv->in_channels;
  const size_t in_row = (size_t)conv->in_width * (size_t)conv->in_channels * TSCOPE_LANES;
  tscope_windows v = {.bias = bias,
                      .next = (size_t)(conv->stride * conv->in_channels) * TSCOPE_LANES,
                      .next_y = (size_t)conv->out_channels * TSCOPE_LANES};
  for (int oy = 0; oy < conv->out_height; oy++) {
    const int top = oy * conv->stride;
    const int first = first_inside(conv, top) * run;
    v.x = x + (size_t)top * in_row;
    v.w = w + first * TILE;
    v.offsets = offsets + first;
    v.taps = end_inside(conv, top) * run - first;
    tscope_conv_window_row(y, &v, rows, conv->out_width);
    y += v.next_y * (size_t)conv->out_width;
  }
}

/* ---- all --------------------------------------------------------------------------------------
 */

void tscope_conv_forward_images(float *y, const float *x, const float *weights, const float *bias,
                                const tscope_conv *conv, int blocks, float *scratch) {
  (void)scratch;
  const int taps = tscope_conv_taps(conv);
  const size_t in_block =
      (size_t)(conv->in_channels * conv->in_height * conv->in_width) * TSCOPE_LANES;
  const size_t out_block =
      (size_t)(conv->out_channels * conv->out_height * conv->out_width) * TSCOPE_LANES;
  /* An image's block is the larger part, so all tiles of weights pass over it before the next
   * block. */
  for (int b = 0; b < blocks; b++, x += in_block, y += out_block) {
    for (int o = 0, rows; o < conv->out_channels; o += rows) {
      const float *w = weights + tile_place(o, taps), *start = bias ? bias + o : NULL;
      float *out = y + (size_t)o * TSCOPE_LANES;
      rows = at_most(conv->out_channels - o, TILE);
      if (TILE_IS_ALONE) {
        forward_windows(rows, out, x, w, start, tscope_conv_offsets(weights, conv), conv);
        continue;
      }
      switch (rows) {
        case 1:
          forward_rows(1, out, x, w, start, conv);
          break;
        case 2:
          forward_rows(2, out, x, w, start, conv);
          break;
        case 3:
          forward_rows(3, out, x, w, start, conv);
          break;
        default:
          forward_rows(4, out, x, w, start, conv);
          break;
      }
    }
  }
}
