#include <assert.h>
#include <string.h>

#include "math/conv_images.h"
#include "math/conv_winograd.h"
#include "math/kernels.h"
#include "math/linear.h"
#include "math/tile.h"

int tscope_conv_taps(const tscope_conv *conv) {
  return conv->kernel_height * conv->kernel_width * conv->in_channels;
}

int tscope_conv_is_linear(const tscope_conv *conv) {
  return conv->out_height == 1 && conv->out_width == 1 && conv->pad == 0 &&
         conv->kernel_height == conv->in_height && conv->kernel_width == conv->in_width;
}

static size_t image_floats(int channels, int height, int width) {
  return (size_t)channels * (size_t)height * (size_t)width * TSCOPE_LANES;
}

static size_t output_floats(const tscope_conv *conv) {
  return image_floats(conv->out_channels, conv->out_height, conv->out_width);
}

void tscope_conv_pad(float *padded, const float *x, const tscope_conv *conv, int blocks) {
  const int pad = conv->pad, height = conv->in_height - 2 * pad, width = conv->in_width - 2 * pad;
  const size_t pixel = (size_t)conv->in_channels * TSCOPE_LANES;
  const size_t row = (size_t)conv->in_width * pixel, inner = (size_t)width * pixel;
  for (int b = 0; b < blocks; b++) {
    memset(padded, 0, (size_t)pad * row * sizeof(float));
    padded += (size_t)pad * row;
    for (int y = 0; y < height; y++, padded += row, x += inner) {
      memset(padded, 0, (size_t)pad * pixel * sizeof(float));
      memcpy(padded + (size_t)pad * pixel, x, inner * sizeof(float));
      memset(padded + (size_t)pad * pixel + inner, 0, (size_t)pad * pixel * sizeof(float));
    }
    memset(padded, 0, (size_t)pad * row * sizeof(float));
    padded += (size_t)pad * row;
  }
}

int tscope_conv_is_pointwise(const tscope_conv *conv) {
  return conv->kernel_height == 1 && conv->kernel_width == 1 && conv->stride == 1 && !conv->pad;
}

int tscope_conv_is_product(const tscope_conv *conv) {
  return tscope_conv_is_linear(conv) || tscope_conv_is_pointwise(conv);
}

/* ---- forward -------------------------------------------------------------------------------- */

/* Forward a product reads its weights where they are, each row of a tile from its own place: to
 * pack them takes longer than the places do, most of all where so many weights are in no cache. */
int tscope_conv_is_packed_forward(const tscope_conv *conv) {
  const int is_in_order =
      tscope_conv_is_pointwise(conv) || (tscope_conv_is_linear(conv) && conv->in_channels == 1);
  return !is_in_order;
}

/* Backward a tile's weights lie a row apart, and so they are read where they are only where the
 * first cache holds all. */
enum { DIRECT_WEIGHTS = 4096 };

int tscope_conv_is_packed_backward(const tscope_conv *conv) {
  return !tscope_conv_is_pointwise(conv) || conv->in_channels * conv->out_channels > DIRECT_WEIGHTS;
}

/* A copy of so many would be in no cache when it is multiplied: of these a tile is packed when it
 * is multiplied, where one for each thread is less than a copy, and where the second cache holds
 * what passes over each tile. */
enum { LARGE_WEIGHTS = 1 << 16, LARGE_INPUTS = TSCOPE_THREADS_MAX * TILE, PASSING = 1 << 18 };

int tscope_conv_is_packed_as_used(const tscope_conv *conv, int blocks) {
  const double ins = conv->in_channels, passing = (double)output_floats(conv) * blocks;
  return tscope_conv_is_pointwise(conv) && ins > LARGE_INPUTS && passing <= PASSING &&
         ins * conv->out_channels > LARGE_WEIGHTS;
}

/* Tables, because the optimizer would put a function that is called once into its caller, and V8
 * keeps the sums of so large a function in memory. */
typedef tscope_linear *multiply;
static const multiply multiply_forward[2] = {tscope_linear_rows, tscope_linear_packed};
static const multiply multiply_backward[2] = {tscope_linear_columns, tscope_linear_packed};

/** Whether the output is as large as the kernel and the stride make it. */
TSCOPE_ASSERTED int is_consistent(const tscope_conv *conv) {
  return conv->out_height == (conv->in_height - conv->kernel_height) / conv->stride + 1 &&
         conv->out_width == (conv->in_width - conv->kernel_width) / conv->stride + 1;
}

static void forward_products(float *y, const float *x, const float *weights, const float *bias,
                             const tscope_conv *conv, int blocks, float *scratch) {
  (void)scratch;
  const int pixels = conv->out_height * conv->out_width;
  multiply_forward[tscope_conv_is_packed_forward(conv)](y, x, weights, bias, conv->out_channels,
                                                        tscope_conv_taps(conv), blocks * pixels);
}

typedef void (*convolve)(float *y, const float *x, const float *weights, const float *bias,
                         const tscope_conv *conv, int blocks, float *scratch);

/* Tables here, too: a network without images has V8 compile nothing that only images need, and that
 * takes it longer than a thousand steps of a small one. */
enum { IMAGES, PRODUCTS, WINOGRAD, KINDS };
static const convolve forward_kinds[KINDS] = {tscope_conv_forward_images, forward_products,
                                              tscope_winograd_forward};

static int kind_of(const tscope_conv *conv, int is_winograd) {
  if (tscope_conv_is_product(conv)) return PRODUCTS;
  return is_winograd ? WINOGRAD : IMAGES;
}

uint64_t tscope_conv_scratch_size(const tscope_conv *conv) {
  return tscope_conv_is_packed_as_used(conv, 1) ? tscope_linear_room(conv->out_channels)
                                                : tscope_winograd_scratch_size(conv);
}

void tscope_conv_forward(float *y, const float *x, const float *weights, const float *bias,
                         const tscope_conv *conv, int blocks, float *scratch) {
  assert(is_consistent(conv) && blocks >= 0);
  assert(tscope_is_aligned(y) && tscope_is_aligned(x) && tscope_is_aligned(weights));
  const int kind = kind_of(conv, tscope_conv_forward_is_winograd(conv));
  forward_kinds[kind](y, x, weights, bias, conv, blocks, scratch);
}

/* ---- gradient of the input ------------------------------------------------------------------ */

/* The taps k of [0, kernel) whose output (at + pad - k) / stride exists, for stride 1. */
static int first_tap(int at, int pad, int outs) {
  return at + pad - outs + 1 > 0 ? at + pad - outs + 1 : 0;
}
static int last_tap(int at, int pad, int kernel) {
  return at + pad < kernel - 1 ? at + pad : kernel - 1;
}

/** One run of taps; of tiles of one or two rows two blocks' at once, or the tile would wait for its
 * own sums. apart: floats from one block's dy to the other's, 0 for a block alone. */
TSCOPE_INLINE tile backward_run(int rows, tile sum, const float *dy, size_t apart, const float *w,
                                int run) {
  return rows <= 2 && apart ? tile_run_twice(sum, rows, dy, apart, w, run)
                            : tile_run(sum, rows, dy, w, run);
}

/** One block's dx, or that of two where they are so many floats apart. */
TSCOPE_INLINE void backward_image(int rows, float *dx, size_t dx_apart, const float *dy,
                                  size_t dy_apart, const float *w, const tscope_conv *conv) {
  const int outs = conv->out_channels, pad = conv->pad, stride = conv->stride;
  const int height = conv->in_height - 2 * pad, width = conv->in_width - 2 * pad;
  const int kernel_width = conv->kernel_width;
  const size_t step = (size_t)conv->in_channels * TSCOPE_LANES;
  for (int iy = 0; iy < height; iy++) {
    for (int ix = 0; ix < width; ix++, dx += step) {
      tile sum = tile_start(rows, NULL);
      if (stride == 1) {
        const int x0 = first_tap(ix, pad, conv->out_width), x1 = last_tap(ix, pad, kernel_width);
        const int y1 = last_tap(iy, pad, conv->kernel_height);
        for (int ky = first_tap(iy, pad, conv->out_height); ky <= y1 && x0 <= x1; ky++) {
          const int oy = iy + pad - ky, ox = ix + pad - x1;
          const float *from =
              dy + (size_t)(oy * conv->out_width + ox) * (size_t)outs * TSCOPE_LANES;
          const float *weights =
              w + (size_t)(ky * kernel_width + kernel_width - 1 - x1) * (size_t)outs * TILE;
          sum = backward_run(rows, sum, from, dy_apart, weights, (x1 - x0 + 1) * outs);
        }
      } else {
        for (int ky = (iy + pad) % stride; ky < conv->kernel_height && ky <= iy + pad;
             ky += stride) {
          const int oy = (iy + pad - ky) / stride;
          if (oy >= conv->out_height) continue;
          for (int kx = (ix + pad) % stride; kx < kernel_width && kx <= ix + pad; kx += stride) {
            const int ox = (ix + pad - kx) / stride;
            if (ox >= conv->out_width) continue;
            const float *from =
                dy + (size_t)(oy * conv->out_width + ox) * (size_t)outs * TSCOPE_LANES;
            const float *weights =
                w + (size_t)(ky * kernel_width + kernel_width - 1 - kx) * (size_t)outs * TILE;
            sum = backward_run(rows, sum, from, dy_apart, weights, outs);
          }
        }
      }
      tile_store(dx, sum, rows);
      if (rows <= 2 && dy_apart) tile_store(dx + dx_apart, tile_second(sum), rows);
    }
  }
}

/** A tile of one or two rows: so many blocks, two at a time. */
TSCOPE_INLINE void backward_few_rows(int rows, float *dx, size_t dx_block, const float *dy,
                                     size_t dy_block, const float *w, const tscope_conv *conv,
                                     int blocks) {
  int b = 0;
  for (; b + 2 <= blocks; b += 2, dx += 2 * dx_block, dy += 2 * dy_block) {
    backward_image(rows, dx, dx_block, dy, dy_block, w, conv);
  }
  if (b < blocks) backward_image(rows, dx, 0, dy, 0, w, conv);
}

static void backward_products(float *dx, const float *dy, const float *weights,
                              const tscope_conv *conv, int blocks, float *scratch) {
  (void)scratch;
  const int pixels = conv->out_height * conv->out_width;
  multiply_backward[tscope_conv_is_packed_backward(conv)](
      dx, dy, weights, NULL, tscope_conv_taps(conv), conv->out_channels, blocks * pixels);
}

void tscope_conv_backward_input_as_used(float *dx, const float *dy, const float *weight,
                                        const tscope_conv *conv, int blocks, float *scratch) {
  assert(tscope_conv_is_packed_as_used(conv, blocks) && blocks >= 0);
  assert(tscope_is_aligned(dx) && tscope_is_aligned(dy) && tscope_is_aligned(scratch));
  const int pixels = conv->out_height * conv->out_width;
  tscope_linear_as_used(dx, dy, weight, conv->in_channels, conv->out_channels, blocks * pixels,
                        scratch);
}

static void backward_images(float *dx, const float *dy, const float *weights,
                            const tscope_conv *conv, int blocks, float *scratch) {
  (void)scratch;
  const int channels = conv->in_channels;
  const size_t block =
      image_floats(channels, conv->in_height - 2 * conv->pad, conv->in_width - 2 * conv->pad);
  const int per_channel = conv->out_channels * conv->kernel_height * conv->kernel_width;
  const size_t dy_block = output_floats(conv);
  for (int c = 0, rows; c < channels; c += rows) {
    const float *w = weights + tile_place(c, per_channel);
    float *to = dx + (size_t)c * TSCOPE_LANES;
    rows = small_tile_at(c, channels);
    if (rows == 1) backward_few_rows(1, to, block, dy, dy_block, w, conv, blocks);
    if (rows == 2) backward_few_rows(2, to, block, dy, dy_block, w, conv, blocks);
  }
  for (int b = 0; b < blocks; b++, dx += block, dy += dy_block) {
    for (int c = 0, rows; c < channels; c += rows) {
      const float *w = weights + tile_place(c, per_channel);
      float *to = dx + (size_t)c * TSCOPE_LANES;
      rows = small_tile_at(c, channels);
      if (rows == 3) backward_image(3, to, 0, dy, 0, w, conv);
      if (rows == 4) backward_image(4, to, 0, dy, 0, w, conv);
    }
  }
}

typedef void (*convolve_back)(float *dx, const float *dy, const float *weights,
                              const tscope_conv *conv, int blocks, float *scratch);

static const convolve_back backward_kinds[KINDS] = {backward_images, backward_products,
                                                    tscope_winograd_backward_input};

void tscope_conv_backward_input(float *dx, const float *dy, const float *weights,
                                const tscope_conv *conv, int blocks, float *scratch) {
  assert(is_consistent(conv) && blocks >= 0);
  assert(tscope_is_aligned(dx) && tscope_is_aligned(dy) && tscope_is_aligned(weights));
  const int kind = kind_of(conv, tscope_conv_input_is_winograd(conv));
  backward_kinds[kind](dx, dy, weights, conv, blocks, scratch);
}
