#include <assert.h>
#include <string.h>

#include "math/kernels.h"

/* Outputs are computed in tiles of four channels by eight samples: eight registers of sums, named because an array
 * that the compiler does not unroll whole would live in memory. Wider tiles spill in V8. */
typedef struct tile {
  f32x4 a0, b0, a1, b1, a2, b2, a3, b3;
} tile;

enum { TILE = 4 };

static int tiles(int n) { return (n + TILE - 1) / TILE; }

/** sum[r] += Σ_i w[i][r] x[i], i < n, for r < rows; rows is a constant at every call. */
TSCOPE_INLINE tile tile_run(tile sum, int rows, const float *x, const float *w, int n) {
  for (int i = 0; i < n; i++, x += TSCOPE_LANES, w += TILE) {
    f32x4 xa = tscope_load(x), xb = tscope_load(x + 4);
    f32x4 w0 = tscope_load_splat(w);
    sum.a0 += w0 * xa;
    sum.b0 += w0 * xb;
    if (rows > 1) {
      f32x4 w1 = tscope_load_splat(w + 1);
      sum.a1 += w1 * xa;
      sum.b1 += w1 * xb;
    }
    if (rows > 2) {
      f32x4 w2 = tscope_load_splat(w + 2);
      sum.a2 += w2 * xa;
      sum.b2 += w2 * xb;
    }
    if (rows > 3) {
      f32x4 w3 = tscope_load_splat(w + 3);
      sum.a3 += w3 * xa;
      sum.b3 += w3 * xb;
    }
  }
  return sum;
}

TSCOPE_INLINE tile tile_start(int rows, const float *bias) {
  f32x4 zero = tscope_splat(0);
  tile sum = {zero, zero, zero, zero, zero, zero, zero, zero};
  if (bias) {
    sum.a0 = sum.b0 = tscope_splat(bias[0]);
    if (rows > 1) sum.a1 = sum.b1 = tscope_splat(bias[1]);
    if (rows > 2) sum.a2 = sum.b2 = tscope_splat(bias[2]);
    if (rows > 3) sum.a3 = sum.b3 = tscope_splat(bias[3]);
  }
  return sum;
}

TSCOPE_INLINE void tile_store(float *y, tile sum, int rows) {
  tscope_store(y, sum.a0);
  tscope_store(y + 4, sum.b0);
  if (rows > 1) {
    tscope_store(y + 8, sum.a1);
    tscope_store(y + 12, sum.b1);
  }
  if (rows > 2) {
    tscope_store(y + 16, sum.a2);
    tscope_store(y + 20, sum.b2);
  }
  if (rows > 3) {
    tscope_store(y + 24, sum.a3);
    tscope_store(y + 28, sum.b3);
  }
}

int tscope_conv_taps(const tscope_conv *conv) {
  return conv->kernel_height * conv->kernel_width * conv->in_channels;
}

/* One output pixel that sees the whole input: its taps are one run of memory. */
static int is_linear(const tscope_conv *conv) {
  return conv->out_height == 1 && conv->out_width == 1 && conv->pad == 0 &&
         conv->kernel_height == conv->in_height && conv->kernel_width == conv->in_width;
}

static size_t image_floats(int channels, int height, int width) {
  return (size_t)channels * (size_t)height * (size_t)width * TSCOPE_LANES;
}

static size_t input_floats(const tscope_conv *conv) {
  return image_floats(conv->in_channels, conv->in_height, conv->in_width);
}

static size_t output_floats(const tscope_conv *conv) {
  return image_floats(conv->out_channels, conv->out_height, conv->out_width);
}

/* ---- packing ------------------------------------------------------------------------------------------------------ */

size_t tscope_conv_packed_forward_size(const tscope_conv *conv) {
  return (size_t)tiles(conv->out_channels) * TILE * (size_t)tscope_conv_taps(conv);
}

size_t tscope_conv_packed_backward_size(const tscope_conv *conv) {
  if (is_linear(conv)) {
    return (size_t)tiles(tscope_conv_taps(conv)) * TILE * (size_t)conv->out_channels;
  }
  return (size_t)tiles(conv->in_channels) * TILE * (size_t)conv->kernel_height *
         (size_t)conv->kernel_width * (size_t)conv->out_channels;
}

void tscope_conv_pack_forward(float *packed, const float *weight, const tscope_conv *conv) {
  const int kernel = conv->kernel_height * conv->kernel_width, channels = conv->in_channels;
  const size_t taps = (size_t)tscope_conv_taps(conv);
  for (int o = 0; o < conv->out_channels; o += TILE) {
    float *out = packed + (size_t)o * taps;
    for (int r = 0; r < TILE; r++) {
      if (o + r >= conv->out_channels) {
        for (size_t tap = 0; tap < taps; tap++) out[tap * TILE + (size_t)r] = 0;
        continue;
      }
      const float *w = weight + (size_t)(o + r) * taps;
      for (int c = 0; c < channels; c++) {
        float *to = out + c * TILE + r;
        for (int k = 0; k < kernel; k++, to += channels * TILE) *to = *w++;
      }
    }
  }
}

void tscope_conv_pack_backward(float *packed, const float *weight, const tscope_conv *conv) {
  const int kernel = conv->kernel_height * conv->kernel_width, channels = conv->in_channels;
  const int outs = conv->out_channels;
  memset(packed, 0, tscope_conv_packed_backward_size(conv) * sizeof(float));
  const int linear = is_linear(conv);
  for (int o = 0; o < outs; o++) {
    const float *w = weight + (size_t)o * (size_t)tscope_conv_taps(conv);
    for (int c = 0; c < channels; c++) {
      for (int k = 0; k < kernel; k++) {
        size_t to;
        if (linear) {
          size_t tap = (size_t)k * (size_t)channels + (size_t)c;
          to = ((tap / TILE) * (size_t)outs + (size_t)o) * TILE + tap % TILE;
        } else {
          /* kx runs backwards, so that a run of taps meets a run of outputs. */
          int ky = k / conv->kernel_width, kx = conv->kernel_width - 1 - k % conv->kernel_width;
          size_t place = ((size_t)(c / TILE) * (size_t)kernel + (size_t)(ky * conv->kernel_width + kx));
          to = (place * (size_t)outs + (size_t)o) * TILE + (size_t)(c % TILE);
        }
        packed[to] = *w++;
      }
    }
  }
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

/* ---- forward ------------------------------------------------------------------------------------------------------ */

TSCOPE_INLINE void forward_linear(int rows, float *y, const float *x, const float *w,
                                  const float *bias, const tscope_conv *conv, int blocks) {
  const int taps = tscope_conv_taps(conv);
  for (int b = 0; b < blocks; b++) {
    tile sum = tile_run(tile_start(rows, bias), rows, x + (size_t)b * input_floats(conv), w, taps);
    tile_store(y + (size_t)b * output_floats(conv), sum, rows);
  }
}

TSCOPE_INLINE void forward_image(int rows, float *y, const float *x, const float *w,
                                 const float *bias, const tscope_conv *conv) {
  const int run = conv->kernel_width * conv->in_channels;
  const size_t in_row = (size_t)conv->in_width * (size_t)conv->in_channels * TSCOPE_LANES;
  const size_t in_step = (size_t)conv->stride * (size_t)conv->in_channels * TSCOPE_LANES;
  const size_t out_step = (size_t)conv->out_channels * TSCOPE_LANES;
  const tile start = tile_start(rows, bias);
  for (int oy = 0; oy < conv->out_height; oy++) {
    const float *from = x + (size_t)oy * (size_t)conv->stride * in_row;
    for (int ox = 0; ox < conv->out_width; ox++, from += in_step, y += out_step) {
      tile sum = start;
      const float *taps = from, *weights = w;
      for (int ky = 0; ky < conv->kernel_height; ky++, taps += in_row, weights += run * TILE) {
        sum = tile_run(sum, rows, taps, weights, run);
      }
      tile_store(y, sum, rows);
    }
  }
}

void tscope_conv_forward(float *y, const float *x, const float *packed, const float *bias,
                         const tscope_conv *conv, int blocks) {
  const size_t taps = (size_t)tscope_conv_taps(conv);
  const int linear = is_linear(conv);
  /* A linear layer's weights are the larger part, so each tile of them meets all blocks before the next. An image's
   * block is the larger part, so all tiles pass over it before the next block. */
  const int outer = linear ? 1 : blocks;
  for (int b = 0; b < outer; b++) {
    const float *in = x + (size_t)b * input_floats(conv);
    for (int o = 0; o < conv->out_channels; o += TILE) {
      const float *w = packed + (size_t)o * taps, *start = bias ? bias + o : NULL;
      float *out = y + (size_t)b * output_floats(conv) + (size_t)o * TSCOPE_LANES;
#define FORWARD(rows)                                            \
  if (linear) {                                                  \
    forward_linear(rows, out, in, w, start, conv, blocks);       \
  } else {                                                       \
    forward_image(rows, out, in, w, start, conv);                \
  }
      switch (conv->out_channels - o) {
        case 1: FORWARD(1) break;
        case 2: FORWARD(2) break;
        case 3: FORWARD(3) break;
        default: FORWARD(4) break;
      }
#undef FORWARD
    }
  }
}

/* ---- gradient of the input ---------------------------------------------------------------------------------------- */

TSCOPE_INLINE void backward_linear(int rows, float *dx, const float *dy, const float *w,
                                   const tscope_conv *conv, int blocks) {
  for (int b = 0; b < blocks; b++) {
    tile sum = tile_run(tile_start(rows, NULL), rows, dy + (size_t)b * output_floats(conv), w,
                        conv->out_channels);
    tile_store(dx + (size_t)b * input_floats(conv), sum, rows);
  }
}

/* The taps k of [0, kernel) whose output (at + pad - k) / stride exists, for stride 1. */
static int first_tap(int at, int pad, int outs) { return at + pad - outs + 1 > 0 ? at + pad - outs + 1 : 0; }
static int last_tap(int at, int pad, int kernel) { return at + pad < kernel - 1 ? at + pad : kernel - 1; }

TSCOPE_INLINE void backward_image(int rows, float *dx, const float *dy, const float *w,
                                  const tscope_conv *conv) {
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
          const float *from = dy + (size_t)(oy * conv->out_width + ox) * (size_t)outs * TSCOPE_LANES;
          const float *weights =
              w + (size_t)(ky * kernel_width + kernel_width - 1 - x1) * (size_t)outs * TILE;
          sum = tile_run(sum, rows, from, weights, (x1 - x0 + 1) * outs);
        }
      } else {
        for (int ky = (iy + pad) % stride; ky < conv->kernel_height && ky <= iy + pad; ky += stride) {
          const int oy = (iy + pad - ky) / stride;
          if (oy >= conv->out_height) continue;
          for (int kx = (ix + pad) % stride; kx < kernel_width && kx <= ix + pad; kx += stride) {
            const int ox = (ix + pad - kx) / stride;
            if (ox >= conv->out_width) continue;
            const float *from = dy + (size_t)(oy * conv->out_width + ox) * (size_t)outs * TSCOPE_LANES;
            const float *weights =
                w + (size_t)(ky * kernel_width + kernel_width - 1 - kx) * (size_t)outs * TILE;
            sum = tile_run(sum, rows, from, weights, outs);
          }
        }
      }
      tile_store(dx, sum, rows);
    }
  }
}

void tscope_conv_backward_input(float *dx, const float *dy, const float *packed,
                                const tscope_conv *conv, int blocks) {
  const int linear = is_linear(conv);
  const int channels = linear ? tscope_conv_taps(conv) : conv->in_channels;
  const int outer = linear ? 1 : blocks;
  const int height = conv->in_height - 2 * conv->pad, width = conv->in_width - 2 * conv->pad;
  const size_t in_block = image_floats(conv->in_channels, height, width);
  const size_t per_channel = (size_t)conv->out_channels *
                             (linear ? 1 : (size_t)conv->kernel_height * (size_t)conv->kernel_width);
  for (int b = 0; b < outer; b++) {
    const float *in = dy + (size_t)b * output_floats(conv);
    for (int c = 0; c < channels; c += TILE) {
      const float *w = packed + (size_t)c * per_channel;
      float *out = dx + (size_t)b * in_block + (size_t)c * TSCOPE_LANES;
#define BACKWARD(rows)                                   \
  if (linear) {                                          \
    backward_linear(rows, out, in, w, conv, blocks);     \
  } else {                                               \
    backward_image(rows, out, in, w, conv);              \
  }
      switch (channels - c) {
        case 1: BACKWARD(1) break;
        case 2: BACKWARD(2) break;
        case 3: BACKWARD(3) break;
        default: BACKWARD(4) break;
      }
#undef BACKWARD
    }
  }
}

/* ---- gradient of the weights --------------------------------------------------------------------------------------- */

/* Here the lanes are what is summed: a tile is four outputs by two taps, each register holding four partial sums.
 * Images are summed block by block, the tiles' partial sums resting in the workspace, so that a block's activations
 * stay in cache; linear layers have few pixels and sum over all blocks at once. */
enum { TAPS = 2, TILE_FLOATS = TILE * TAPS * 4, PIXELS_FOR_BLOCKWISE = 16 };

static int is_blockwise(const tscope_conv *conv) {
  return conv->out_height * conv->out_width >= PIXELS_FOR_BLOCKWISE;
}

static int tap_pairs(const tscope_conv *conv) {
  return (conv->kernel_width * conv->in_channels + TAPS - 1) / TAPS;
}

/* A linear layer's taps are one run. */
static int tap_rows(const tscope_conv *conv) { return is_linear(conv) ? 1 : conv->kernel_height; }
static int taps_per_row(const tscope_conv *conv) { return tscope_conv_taps(conv) / tap_rows(conv); }

size_t tscope_conv_workspace_size(const tscope_conv *conv) {
  if (!is_blockwise(conv)) return 0;
  return (size_t)tiles(conv->out_channels) * (size_t)conv->kernel_height * (size_t)tap_pairs(conv) *
         TILE_FLOATS;
}

/** sum[r][t] += dy[r] · x[t] over eight lanes; rows and taps are constants at every call. */
TSCOPE_INLINE tile tile_lanes(tile sum, int rows, int taps, const float *dy, const float *x) {
  for (int half = 0; half < TSCOPE_LANES; half += 4) {
    f32x4 x0 = tscope_load(x + half), x1 = tscope_splat(0);
    if (taps > 1) x1 = tscope_load(x + TSCOPE_LANES + half);
    f32x4 d0 = tscope_load(dy + half);
    sum.a0 += d0 * x0;
    if (taps > 1) sum.b0 += d0 * x1;
    if (rows > 1) {
      f32x4 d1 = tscope_load(dy + 8 + half);
      sum.a1 += d1 * x0;
      if (taps > 1) sum.b1 += d1 * x1;
    }
    if (rows > 2) {
      f32x4 d2 = tscope_load(dy + 16 + half);
      sum.a2 += d2 * x0;
      if (taps > 1) sum.b2 += d2 * x1;
    }
    if (rows > 3) {
      f32x4 d3 = tscope_load(dy + 24 + half);
      sum.a3 += d3 * x0;
      if (taps > 1) sum.b3 += d3 * x1;
    }
  }
  return sum;
}

TSCOPE_INLINE tile tile_pixels(tile sum, int rows, int taps, const float *dy, const float *x,
                               const tscope_conv *conv, int blocks) {
  const size_t in_row = (size_t)conv->in_width * (size_t)conv->in_channels * TSCOPE_LANES;
  const size_t in_step = (size_t)conv->stride * (size_t)conv->in_channels * TSCOPE_LANES;
  const size_t out_step = (size_t)conv->out_channels * TSCOPE_LANES;
  for (int b = 0; b < blocks; b++, x += input_floats(conv)) {
    for (int oy = 0; oy < conv->out_height; oy++) {
      const float *from = x + (size_t)oy * (size_t)conv->stride * in_row;
      for (int ox = 0; ox < conv->out_width; ox++, from += in_step, dy += out_step) {
        sum = tile_lanes(sum, rows, taps, dy, from);
      }
    }
  }
  return sum;
}

static tile tile_weights(tile sum, int rows, int taps, const float *dy, const float *x,
                         const tscope_conv *conv, int blocks) {
#define WEIGHTS(r, t) tile_pixels(sum, r, t, dy, x, conv, blocks)
  if (taps > 1) {
    switch (rows) {
      case 1: return WEIGHTS(1, 2);
      case 2: return WEIGHTS(2, 2);
      case 3: return WEIGHTS(3, 2);
      default: return WEIGHTS(4, 2);
    }
  }
  switch (rows) {
    case 1: return WEIGHTS(1, 1);
    case 2: return WEIGHTS(2, 1);
    case 3: return WEIGHTS(3, 1);
    default: return WEIGHTS(4, 1);
  }
#undef WEIGHTS
}

static void put(float *to, f32x4 lanes, int accumulate) {
  float sum = tscope_lane_sum(lanes);
  *to = accumulate ? *to + sum : sum;
}

/** Writes a tile's sums to their places in PyTorch's [out][in][ky][kx]. tap counts kx * in_channels + c in row ky. */
static void tile_finish(float *dweight, tile sum, int rows, int taps, int o, int ky, int tap,
                        const tscope_conv *conv, int accumulate) {
  const int kernel = conv->kernel_height * conv->kernel_width, channels = conv->in_channels;
  const size_t stride = (size_t)tscope_conv_taps(conv);
  for (int t = 0; t < taps; t++) {
    const int k = ky * conv->kernel_width + (tap + t) / channels, c = (tap + t) % channels;
    float *to = dweight + (size_t)o * stride + (size_t)(c * kernel + k);
    put(to, t ? sum.b0 : sum.a0, accumulate);
    if (rows > 1) put(to + stride, t ? sum.b1 : sum.a1, accumulate);
    if (rows > 2) put(to + 2 * stride, t ? sum.b2 : sum.a2, accumulate);
    if (rows > 3) put(to + 3 * stride, t ? sum.b3 : sum.a3, accumulate);
  }
}

static void bias_gradient(float *dbias, const float *dy, const tscope_conv *conv, int blocks,
                          int accumulate) {
  const int outs = conv->out_channels;
  const int pixels = blocks * conv->out_height * conv->out_width;
  for (int o = 0; o < outs; o++) {
    f32x4 a = tscope_splat(0), b = a;
    const float *d = dy + (size_t)o * TSCOPE_LANES;
    for (int p = 0; p < pixels; p++, d += (size_t)outs * TSCOPE_LANES) {
      a += tscope_load(d);
      b += tscope_load(d + 4);
    }
    put(dbias + o, a + b, accumulate);
  }
}

void tscope_conv_backward_weights(float *dweight, float *dbias, const float *dy, const float *x,
                                  const tscope_conv *conv, int blocks, int accumulate,
                                  float *workspace) {
  const int blockwise = is_blockwise(conv), group = blockwise ? 1 : blocks;
  const int taps = taps_per_row(conv);
  const size_t in_row = (size_t)conv->in_width * (size_t)conv->in_channels * TSCOPE_LANES;
  if (dbias) bias_gradient(dbias, dy, conv, blocks, accumulate);
  for (int b = 0; b < blocks; b += group) {
    const int is_last = b + group >= blocks;
    float *rest = workspace;
    for (int o = 0; o < conv->out_channels; o += TILE) {
      const int rows = conv->out_channels - o < TILE ? conv->out_channels - o : TILE;
      const float *d = dy + (size_t)b * output_floats(conv) + (size_t)o * TSCOPE_LANES;
      for (int ky = 0; ky < tap_rows(conv); ky++) {
        const float *row = x + (size_t)b * input_floats(conv) + (size_t)ky * in_row;
        for (int tap = 0; tap < taps; tap += TAPS, rest += blockwise ? TILE_FLOATS : 0) {
          const int pair = taps - tap < TAPS ? 1 : TAPS;
          tile sum = tile_start(rows, NULL);
          if (b) memcpy(&sum, rest, sizeof sum);
          sum = tile_weights(sum, rows, pair, d, row + (size_t)tap * TSCOPE_LANES, conv, group);
          if (is_last) {
            tile_finish(dweight, sum, rows, pair, o, ky, tap, conv, accumulate);
          } else {
            memcpy(rest, &sum, sizeof sum);
          }
        }
      }
    }
  }
}
