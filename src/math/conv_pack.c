/** The orders in which tiles read their operands; nothing here computes. */
#include "math/conv_images.h"
#include "math/conv_winograd.h"
#include "math/linear.h"
#include "math/tile.h"

static size_t packed_forward(const tscope_conv *conv) {
  return (size_t)tiles(conv->out_channels) * TILE * (size_t)tscope_conv_taps(conv);
}

/** Whether the places of a window's taps lie behind the weights. */
static int has_offsets(const tscope_conv *conv) {
  return TILE_IS_ALONE && !tscope_conv_is_product(conv);
}

size_t tscope_conv_packed_forward_size(const tscope_conv *conv) {
  if (tscope_conv_forward_is_winograd(conv)) return tscope_winograd_forward_size(conv);
  return packed_forward(conv) + (has_offsets(conv) ? (size_t)tscope_conv_taps(conv) : 0);
}

const int32_t *tscope_conv_offsets(const float *packed, const tscope_conv *conv) {
  return (const int32_t *)(packed + packed_forward(conv));
}

void tscope_conv_find_taps(int32_t *offsets, const tscope_conv *conv) {
  const int run = conv->kernel_width * conv->in_channels;
  for (int ky = 0; ky < conv->kernel_height; ky++) {
    for (int i = 0; i < run; i++)
      *offsets++ = (ky * conv->in_width * conv->in_channels + i) * TSCOPE_LANES;
  }
}

size_t tscope_conv_packed_backward_size(const tscope_conv *conv) {
  if (tscope_conv_input_is_winograd(conv)) return tscope_winograd_backward_size(conv);
  if (tscope_conv_is_linear(conv)) {
    return (size_t)tiles(tscope_conv_taps(conv)) * TILE * (size_t)conv->out_channels;
  }
  return (size_t)tiles(conv->in_channels) * TILE * (size_t)conv->kernel_height *
         (size_t)conv->kernel_width * (size_t)conv->out_channels;
}

/** The same place of two rows, side by side. */
TSCOPE_INLINE void store_pair(float *to, float a, float b) {
  to[0] = a;
  to[1] = b;
}

/**
 * A tile's rows of n floats, `apart` floats from each other, become n columns, `step` floats from
 * each other. Rows from `rows` on are missing: zeros.
 */
static void interleave_rows(float *to, size_t step, const float *from, size_t apart, int rows,
                            int n) {
  int i = 0;
  for (; i + 4 <= n && rows == TILE; i += 4, from += 4) {
    f32x4 a = tscope_load_unaligned(from), b = tscope_load_unaligned(from + apart);
    f32x4 c = tscope_load_unaligned(from + 2 * apart), d = tscope_load_unaligned(from + 3 * apart);
    tscope_transpose4(&a, &b, &c, &d);
    tscope_store_unaligned(to, a);
    tscope_store_unaligned(to + step, b);
    tscope_store_unaligned(to + 2 * step, c);
    tscope_store_unaligned(to + 3 * step, d);
    if (TILE == 6) {
      const f32x4 e = tscope_load_unaligned(from + 4 * apart);
      const f32x4 f = tscope_load_unaligned(from + 5 * apart);
      for (int t = 0; t < 4; t++) store_pair(to + (size_t)t * step + 4, e[t], f[t]);
    }
    to += 4 * step;
  }
  for (; i < n; i++, from++, to += step) {
    for (int r = 0; r < TILE; r++) to[r] = r < rows ? from[(size_t)r * apart] : 0;
  }
}

void tscope_conv_pack_forward(float *packed, const float *weight, const tscope_conv *conv,
                              tscope_part part) {
  const int kernel = conv->kernel_height * conv->kernel_width, channels = conv->in_channels;
  const size_t taps = (size_t)tscope_conv_taps(conv);
  if (tscope_conv_forward_is_winograd(conv)) {
    tscope_winograd_pack_forward(packed, weight, conv, part);
    return;
  }
  if (has_offsets(conv) && part.index == 0)
    tscope_conv_find_taps((int32_t *)(packed + packed_forward(conv)), conv);
  const int count = tiles(conv->out_channels), end = tscope_part_end(part, count);
  for (int i = tscope_part_begin(part, count); i < end; i++) {
    const int o = i * TILE, rows = at_most(conv->out_channels - o, TILE);
    float *out = packed + (size_t)o * taps;
    const float *from = weight + (size_t)o * taps;
    if (kernel == 1) { /* the channels of a vector, or of a 1×1 convolution, are in order already */
      interleave_rows(out, TILE, from, taps, rows, channels);
      continue;
    }
    for (int c = 0; c < channels; c++) {
      interleave_rows(out + c * TILE, (size_t)channels * TILE, from + c * kernel, taps, rows,
                      kernel);
    }
  }
}

/** One tile of taps, [out][TILE]; a linear layer's taps are counted [y][x][channel]. */
static void pack_taps(float *to, const float *weight, const tscope_conv *conv, int tap) {
  const int kernel = conv->kernel_height * conv->kernel_width, channels = conv->in_channels;
  const int taps = tscope_conv_taps(conv), columns = at_most(taps - tap, TILE);
  size_t from[TILE] = {0};
  for (int t = 0; t < columns; t++) {
    from[t] = (size_t)((tap + t) % channels) * (size_t)kernel + (size_t)((tap + t) / channels);
  }
  for (int o = 0; o < conv->out_channels; o++, to += TILE, weight += taps) {
    for (int t = 0; t < TILE; t++) to[t] = t < columns ? weight[from[t]] : 0;
  }
}

/** A linear layer on an image whose channels fill tiles: a tile of channels at a time. */
static void pack_channels(float *packed, const float *weight, const tscope_conv *conv,
                          tscope_part part) {
  const int kernel = conv->kernel_height * conv->kernel_width, count = conv->in_channels / TILE;
  const int end = tscope_part_end(part, count);
  const size_t taps = (size_t)tscope_conv_taps(conv), outs = (size_t)conv->out_channels;
  for (int i = tscope_part_begin(part, count); i < end; i++) {
    for (size_t o = 0; o < outs; o++) {
      interleave_rows(packed + ((size_t)i * outs + o) * TILE, (size_t)count * outs * TILE,
                      weight + o * taps + (size_t)(i * TILE * kernel), (size_t)kernel, TILE,
                      kernel);
    }
  }
}

void tscope_pack_columns(float *to, const float *from, size_t apart, int columns, int n) {
  if (columns < TILE) {
    for (int i = 0; i < n; i++, from += apart, to += TILE) {
      for (int c = 0; c < TILE; c++) to[c] = c < columns ? from[c] : 0;
    }
    return;
  }
  for (int i = 0; i < n; i++, from += apart, to += TILE) {
    tscope_store_unaligned(to, tscope_load_unaligned(from));
    if (TILE == 6) store_pair(to + 4, from[4], from[5]);
  }
}

static void pack_backward_linear(float *packed, const float *weight, const tscope_conv *conv,
                                 tscope_part part) {
  const int kernel = conv->kernel_height * conv->kernel_width, channels = conv->in_channels;
  const int outs = conv->out_channels, taps = tscope_conv_taps(conv), count = tiles(taps);
  if (kernel > 1 && channels % TILE == 0) {
    pack_channels(packed, weight, conv, part);
    return;
  }
  const int begin = tscope_part_begin(part, count), end = tscope_part_end(part, count);
  for (int i = begin; i < end; i++) {
    float *to = packed + (size_t)i * TILE * (size_t)outs;
    if (kernel > 1)
      pack_taps(to, weight, conv, i * TILE);
    else
      tscope_pack_columns(to, weight + i * TILE, (size_t)channels, at_most(taps - i * TILE, TILE),
                          outs);
  }
}

/** kx runs backwards, so that a run of taps meets a run of outputs. */
static void pack_backward_image(float *packed, const float *weight, const tscope_conv *conv,
                                tscope_part part) {
  const int width = conv->kernel_width, kernel = conv->kernel_height * width;
  const int outs = conv->out_channels, channels = conv->in_channels, count = tiles(channels);
  const size_t taps = (size_t)tscope_conv_taps(conv);
  const int begin = tscope_part_begin(part, count), end = tscope_part_end(part, count);
  float *to = packed + (size_t)begin * TILE * (size_t)kernel * (size_t)outs;
  for (int i = begin; i < end; i++) {
    const int c = i * TILE, rows = at_most(channels - c, TILE);
    for (int k = 0; k < kernel; k++) {
      const int turned = k / width * width + width - 1 - k % width;
      const float *from = weight + c * kernel + turned;
      for (int o = 0; o < outs; o++, to += TILE, from += taps) {
        for (int r = 0; r < TILE; r++) to[r] = r < rows ? from[r * kernel] : 0;
      }
    }
  }
}

void tscope_conv_pack_backward(float *packed, const float *weight, const tscope_conv *conv,
                               tscope_part part) {
  if (tscope_conv_input_is_winograd(conv)) {
    tscope_winograd_pack_backward(packed, weight, conv, part);
  } else if (tscope_conv_is_linear(conv)) {
    pack_backward_linear(packed, weight, conv, part);
  } else {
    pack_backward_image(packed, weight, conv, part);
  }
}
