#include <assert.h>
#include <string.h>

#include "math/kernels.h"

/* Outputs are computed in tiles of four channels by eight samples: eight registers of sums, named
 * because an array that the compiler does not unroll whole would live in memory. Wider tiles spill
 * in V8. */
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

/* ---- packing -------------------------------------------------------------------------------- */

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
          size_t place =
              ((size_t)(c / TILE) * (size_t)kernel + (size_t)(ky * conv->kernel_width + kx));
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

/* ---- forward -------------------------------------------------------------------------------- */

/** One tile of outputs, each a single run of `length` inputs. */
TSCOPE_INLINE void tile_linear(int rows, float *y, const float *x, const float *w,
                               const float *bias, int length) {
  tile_store(y, tile_run(tile_start(rows, bias), rows, x, w, length), rows);
}

/* A linear layer's weights are the larger part. They are taken in groups of tiles that stay in the
 * second cache while all blocks pass; a block stays in the first cache while the group's tiles
 * pass. */
enum { LINEAR_GROUP = 16 * TILE };

/**
 * y [block][outs][8] = bias + w x for x [block][length][8], w packed [⌈outs/4⌉][length][4]. Both
 * passes of a linear layer are this: forward with the weights, backward with their transpose.
 */
static void multiply_linear(float *y, const float *x, const float *w, const float *bias, int outs,
                            int length, int blocks) {
  for (int group = 0; group < outs; group += LINEAR_GROUP) {
    const int end = outs - group < LINEAR_GROUP ? outs : group + LINEAR_GROUP;
    for (int b = 0; b < blocks; b++) {
      const float *in = x + (size_t)b * (size_t)length * TSCOPE_LANES;
      float *out = y + (size_t)b * (size_t)outs * TSCOPE_LANES;
      for (int o = group; o < end; o += TILE) {
        const float *weights = w + (size_t)o * (size_t)length, *start = bias ? bias + o : NULL;
        float *to = out + (size_t)o * TSCOPE_LANES;
        switch (end - o) {
          case 1:
            tile_linear(1, to, in, weights, start, length);
            break;
          case 2:
            tile_linear(2, to, in, weights, start, length);
            break;
          case 3:
            tile_linear(3, to, in, weights, start, length);
            break;
          default:
            tile_linear(4, to, in, weights, start, length);
            break;
        }
      }
    }
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
  const int taps = tscope_conv_taps(conv);
  if (is_linear(conv)) {
    multiply_linear(y, x, packed, bias, conv->out_channels, taps, blocks);
    return;
  }
  /* An image's block is the larger part, so all tiles of weights pass over it before the next
   * block. */
  for (int b = 0; b < blocks; b++, x += input_floats(conv), y += output_floats(conv)) {
    for (int o = 0; o < conv->out_channels; o += TILE) {
      const float *w = packed + (size_t)o * (size_t)taps, *start = bias ? bias + o : NULL;
      float *out = y + (size_t)o * TSCOPE_LANES;
      switch (conv->out_channels - o) {
        case 1:
          forward_image(1, out, x, w, start, conv);
          break;
        case 2:
          forward_image(2, out, x, w, start, conv);
          break;
        case 3:
          forward_image(3, out, x, w, start, conv);
          break;
        default:
          forward_image(4, out, x, w, start, conv);
          break;
      }
    }
  }
}

/* ---- gradient of the input ------------------------------------------------------------------ */

/* The taps k of [0, kernel) whose output (at + pad - k) / stride exists, for stride 1. */
static int first_tap(int at, int pad, int outs) {
  return at + pad - outs + 1 > 0 ? at + pad - outs + 1 : 0;
}
static int last_tap(int at, int pad, int kernel) {
  return at + pad < kernel - 1 ? at + pad : kernel - 1;
}

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
          const float *from =
              dy + (size_t)(oy * conv->out_width + ox) * (size_t)outs * TSCOPE_LANES;
          const float *weights =
              w + (size_t)(ky * kernel_width + kernel_width - 1 - x1) * (size_t)outs * TILE;
          sum = tile_run(sum, rows, from, weights, (x1 - x0 + 1) * outs);
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
  if (is_linear(conv)) {
    multiply_linear(dx, dy, packed, NULL, tscope_conv_taps(conv), conv->out_channels, blocks);
    return;
  }
  const int channels = conv->in_channels;
  const size_t block =
      image_floats(channels, conv->in_height - 2 * conv->pad, conv->in_width - 2 * conv->pad);
  const size_t per_channel =
      (size_t)conv->out_channels * (size_t)conv->kernel_height * (size_t)conv->kernel_width;
  for (int b = 0; b < blocks; b++, dx += block, dy += output_floats(conv)) {
    for (int c = 0; c < channels; c += TILE) {
      const float *w = packed + (size_t)c * per_channel;
      float *out = dx + (size_t)c * TSCOPE_LANES;
      switch (channels - c) {
        case 1:
          backward_image(1, out, dy, w, conv);
          break;
        case 2:
          backward_image(2, out, dy, w, conv);
          break;
        case 3:
          backward_image(3, out, dy, w, conv);
          break;
        default:
          backward_image(4, out, dy, w, conv);
          break;
      }
    }
  }
}

/* ---- gradient of the weights ---------------------------------------------------------------- */

/* Here the lanes are what is summed: a tile is four outputs by two taps, each register holding four
 * partial sums. */
enum { TAPS = 2, TILE_FLOATS = TILE * TAPS * 4 };

/* Images are summed block by block, the tiles' partial sums resting in the workspace, so that a
 * block's activations stay in cache. With few pixels this would load and store more sums than it
 * adds: those go through all blocks at once. A linear layer's operands are first gathered, [output
 * or tap][block][8], in panels of taps that fit the first cache; where they lie, the blocks of one
 * tap are a power of two apart and evict each other. */
enum { PIXELS_FOR_BLOCKWISE = 16, PANEL = 64 };

static int is_blockwise(const tscope_conv *conv) {
  return conv->out_height * conv->out_width >= PIXELS_FOR_BLOCKWISE;
}

static int tap_pairs(const tscope_conv *conv) {
  return (conv->kernel_width * conv->in_channels + TAPS - 1) / TAPS;
}

uint64_t tscope_conv_workspace_size(const tscope_conv *conv, int blocks) {
  if (is_linear(conv))
    return (uint64_t)(conv->out_channels + PANEL) * (uint64_t)blocks * TSCOPE_LANES;
  if (!is_blockwise(conv)) return 0;
  return (uint64_t)tiles(conv->out_channels) * (size_t)conv->kernel_height *
         (size_t)tap_pairs(conv) * TILE_FLOATS;
}

/**
 * sum[r][t] += dy[r] · x[t] over eight lanes; rows and taps are constants at every call. step_y,
 * step_x: floats from one output, and from one tap, to the next.
 */
TSCOPE_INLINE tile tile_lanes(tile sum, int rows, int taps, const float *dy, size_t step_y,
                              const float *x, size_t step_x) {
  for (int half = 0; half < TSCOPE_LANES; half += 4) {
    f32x4 x0 = tscope_load(x + half), x1 = tscope_splat(0);
    if (taps > 1) x1 = tscope_load(x + step_x + half);
    f32x4 d0 = tscope_load(dy + half);
    sum.a0 += d0 * x0;
    if (taps > 1) sum.b0 += d0 * x1;
    if (rows > 1) {
      f32x4 d1 = tscope_load(dy + step_y + half);
      sum.a1 += d1 * x0;
      if (taps > 1) sum.b1 += d1 * x1;
    }
    if (rows > 2) {
      f32x4 d2 = tscope_load(dy + 2 * step_y + half);
      sum.a2 += d2 * x0;
      if (taps > 1) sum.b2 += d2 * x1;
    }
    if (rows > 3) {
      f32x4 d3 = tscope_load(dy + 3 * step_y + half);
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
        sum = tile_lanes(sum, rows, taps, dy, TSCOPE_LANES, from, TSCOPE_LANES);
      }
    }
  }
  return sum;
}

/** Both operands gathered: [.][block][8]. */
TSCOPE_INLINE tile tile_gathered(tile sum, int rows, int taps, const float *dy, const float *x,
                                 int blocks) {
  const size_t step = (size_t)blocks * TSCOPE_LANES;
  for (int b = 0; b < blocks; b++, dy += TSCOPE_LANES, x += TSCOPE_LANES) {
    sum = tile_lanes(sum, rows, taps, dy, step, x, step);
  }
  return sum;
}

static tile tile_weights(tile sum, int rows, int taps, const float *dy, const float *x,
                         const tscope_conv *conv, int blocks) {
  const int gathered = is_linear(conv);
#define WEIGHTS(r, t) \
  gathered ? tile_gathered(sum, r, t, dy, x, blocks) : tile_pixels(sum, r, t, dy, x, conv, blocks)
  switch (rows * TAPS + taps - 1) {
    case 1 * TAPS:
      return WEIGHTS(1, 1);
    case 2 * TAPS:
      return WEIGHTS(2, 1);
    case 3 * TAPS:
      return WEIGHTS(3, 1);
    case 4 * TAPS:
      return WEIGHTS(4, 1);
    case 1 * TAPS + 1:
      return WEIGHTS(1, 2);
    case 2 * TAPS + 1:
      return WEIGHTS(2, 2);
    case 3 * TAPS + 1:
      return WEIGHTS(3, 2);
    default:
      return WEIGHTS(4, 2);
  }
#undef WEIGHTS
}

static void put(float *to, f32x4 lanes, int accumulate) {
  float sum = tscope_lane_sum(lanes);
  *to = accumulate ? *to + sum : sum;
}

/** Writes a tile's sums to their places in PyTorch's [out][in][ky][kx]. tap counts kx * in_channels
 * + c in row ky. */
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

/** to [count][block][8] = channels first … first + count of from [block][channels][8]. */
static void gather(float *to, const float *from, int first, int count, int channels, int blocks) {
  for (int c = first; c < first + count; c++) {
    const float *lanes = from + (size_t)c * TSCOPE_LANES;
    for (int b = 0; b < blocks; b++, to += TSCOPE_LANES, lanes += (size_t)channels * TSCOPE_LANES) {
      tscope_store(to, tscope_load(lanes));
      tscope_store(to + 4, tscope_load(lanes + 4));
    }
  }
}

static int at_most(int n, int limit) { return n < limit ? n : limit; }

static void backward_weights_linear(float *dweight, const float *dy, const float *x,
                                    const tscope_conv *conv, int blocks, int accumulate,
                                    float *workspace) {
  const int outs = conv->out_channels, taps = tscope_conv_taps(conv);
  const size_t row = (size_t)blocks * TSCOPE_LANES;
  float *d = workspace, *panel = workspace + (size_t)outs * row;
  gather(d, dy, 0, outs, outs, blocks);
  for (int first = 0; first < taps; first += PANEL) {
    const int count = at_most(taps - first, PANEL);
    gather(panel, x, first, count, taps, blocks);
    for (int o = 0; o < outs; o += TILE) {
      const int rows = at_most(outs - o, TILE);
      for (int t = 0; t < count; t += TAPS) {
        const int pair = at_most(count - t, TAPS);
        const tile sum = tile_weights(tile_start(rows, NULL), rows, pair, d + (size_t)o * row,
                                      panel + (size_t)t * row, conv, blocks);
        tile_finish(dweight, sum, rows, pair, o, 0, first + t, conv, accumulate);
      }
    }
  }
}

static void backward_weights_image(float *dweight, const float *dy, const float *x,
                                   const tscope_conv *conv, int blocks, int accumulate,
                                   float *workspace) {
  const int blockwise = is_blockwise(conv), group = blockwise ? 1 : blocks;
  const int taps = conv->kernel_width * conv->in_channels;
  const size_t in_row = (size_t)conv->in_width * (size_t)conv->in_channels * TSCOPE_LANES;
  for (int b = 0; b < blocks; b += group) {
    const int is_last = b + group >= blocks;
    float *rest = workspace;
    for (int o = 0; o < conv->out_channels; o += TILE) {
      const int rows = at_most(conv->out_channels - o, TILE);
      const float *d = dy + (size_t)b * output_floats(conv) + (size_t)o * TSCOPE_LANES;
      for (int ky = 0; ky < conv->kernel_height; ky++) {
        const float *row = x + (size_t)b * input_floats(conv) + (size_t)ky * in_row;
        for (int tap = 0; tap < taps; tap += TAPS, rest += blockwise ? TILE_FLOATS : 0) {
          const int pair = at_most(taps - tap, TAPS);
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

void tscope_conv_backward_weights(float *dweight, float *dbias, const float *dy, const float *x,
                                  const tscope_conv *conv, int blocks, int accumulate,
                                  float *workspace) {
  if (dbias) bias_gradient(dbias, dy, conv, blocks, accumulate);
  if (is_linear(conv)) {
    backward_weights_linear(dweight, dy, x, conv, blocks, accumulate, workspace);
  } else {
    backward_weights_image(dweight, dy, x, conv, blocks, accumulate, workspace);
  }
}
