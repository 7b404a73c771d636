/** Convolutions by Winograd's filtering, forward and of the input's gradient. */
#include "math/conv_winograd.h"

#include "math/conv_images.h"
#include "math/tile.h"
#include "math/winograd.h"

/**
 * A correlation of stride 1. Forward it is the convolution, and of the gradient of the input that
 * of dy with the kernel turned round.
 */
typedef struct correlation {
  int channels, height, width; /* of what is read */
  int top, left;               /* rows and columns of zeros before it */
  int outs, out_height, out_width;
  int kernel_height, taps; /* taps: of a row of the kernel */
} correlation;

/* Rows of padding are zeros only, and are left out; columns lie in x. */
static correlation forward_of(const tscope_conv *conv) {
  return (correlation){.channels = conv->in_channels,
                       .height = conv->in_height - 2 * conv->pad,
                       .width = conv->in_width,
                       .top = conv->pad,
                       .outs = conv->out_channels,
                       .out_height = conv->out_height,
                       .out_width = conv->out_width,
                       .kernel_height = conv->kernel_height,
                       .taps = conv->kernel_width};
}

static correlation backward_of(const tscope_conv *conv) {
  return (correlation){.channels = conv->out_channels,
                       .height = conv->out_height,
                       .width = conv->out_width,
                       .top = conv->kernel_height - 1 - conv->pad,
                       .left = conv->kernel_width - 1 - conv->pad,
                       .outs = conv->in_channels,
                       .out_height = conv->in_height - 2 * conv->pad,
                       .out_width = conv->in_width - 2 * conv->pad,
                       .kernel_height = conv->kernel_height,
                       .taps = conv->kernel_width};
}

/* So few products at a point cost less than what they are made of. */
enum { FEWEST_PRODUCTS = 8 };

static int pays(const correlation *c) {
  return c->top >= 0 && c->left >= 0 && c->channels * c->kernel_height >= FEWEST_PRODUCTS &&
         tscope_winograd_pays(c->taps, c->out_width);
}

static int may_be_winograd(const tscope_conv *conv) {
  return conv->stride == 1 && conv->pad < conv->kernel_width && !tscope_conv_is_product(conv);
}

int tscope_conv_forward_is_winograd(const tscope_conv *conv) {
  const correlation c = forward_of(conv);
  return may_be_winograd(conv) && pays(&c);
}

int tscope_conv_input_is_winograd(const tscope_conv *conv) {
  const correlation c = backward_of(conv);
  return may_be_winograd(conv) && pays(&c);
}

int tscope_conv_weights_are_winograd(const tscope_conv *conv) {
  return may_be_winograd(conv) && tscope_winograd_pays(conv->kernel_width, conv->out_width);
}

/* ---- weights --------------------------------------------------------------------------------- */

/** Floats of the packed weights of a point. */
static size_t packed_point(const correlation *c) {
  return (size_t)tiles(c->outs) * TILE * (size_t)(c->kernel_height * c->channels);
}

static size_t packed_size(const correlation *c) {
  return (size_t)tscope_winograd_points(c->taps) * packed_point(c);
}

size_t tscope_winograd_forward_size(const tscope_conv *conv) {
  const correlation c = forward_of(conv);
  return packed_size(&c);
}

size_t tscope_winograd_backward_size(const tscope_conv *conv) {
  const correlation c = backward_of(conv);
  return packed_size(&c);
}

/** Where in the weight the kernel of an output and an input begins, and how far it is from one
 * output's to the next's, from one input's, from one row's and from one tap's. */
typedef struct weight_view {
  const float *from;
  ptrdiff_t out, in, row, tap;
} weight_view;

/** Parts share out outputs, with those that only fill the last tile up, and not tiles: few outputs
 * make but one. */
static void pack(float *packed, const weight_view *view, const correlation *c, tscope_part part) {
  const int count = tiles(c->outs) * TILE, end = tscope_part_end(part, count);
  const int points = tscope_winograd_points(c->taps), length = c->kernel_height * c->channels;
  const size_t plane = packed_point(c);
  for (int o = tscope_part_begin(part, count); o < end; o++) {
    float *to = packed + tile_place(o, length);
    for (int ky = 0; ky < c->kernel_height; ky++) {
      for (int j = 0; j < c->channels; j++, to += TILE) {
        float values[WINOGRAD_POINTS_MAX] = {0};
        if (o < c->outs)
          tscope_winograd_weights(values,
                                  view->from + o * view->out + j * view->in + ky * view->row,
                                  view->tap, c->taps);
        for (int p = 0; p < points; p++) to[(size_t)p * plane] = values[p];
      }
    }
  }
}

void tscope_winograd_pack_forward(float *packed, const float *weight, const tscope_conv *conv,
                                  tscope_part part) {
  const correlation c = forward_of(conv);
  const int kernel = c.kernel_height * c.taps;
  const weight_view view = {weight, (ptrdiff_t)kernel * c.channels, kernel, c.taps, 1};
  pack(packed, &view, &c, part);
}

void tscope_winograd_pack_backward(float *packed, const float *weight, const tscope_conv *conv,
                                   tscope_part part) {
  const correlation c = backward_of(conv);
  const int kernel = c.kernel_height * c.taps;
  const weight_view view = {weight + kernel - 1, kernel, (ptrdiff_t)kernel * c.outs, -c.taps, -1};
  pack(packed, &view, &c, part);
}

/* ---- rows ------------------------------------------------------------------------------------ */

/**
 * What a thread works in: the transformed rows that an output row sees, in a ring, and that row's
 * products, both [point][group][channel][8]; and where in the ring each of its inputs lies.
 */
typedef struct bench {
  float *ring, *products;
  int32_t *offsets;
  size_t ring_plane, ring_row, plane;
} bench;

static bench bench_of(const correlation *c, float *scratch) {
  const size_t groups = (size_t)tscope_winograd_groups(c->out_width);
  const size_t points = (size_t)tscope_winograd_points(c->taps);
  bench b = {.ring_plane = groups * (size_t)c->channels * TSCOPE_LANES,
             .plane = groups * (size_t)c->outs * TSCOPE_LANES};
  b.ring_row = points * b.ring_plane;
  if (!scratch) return b; /* who only asks for sizes has none */
  b.ring = scratch;
  b.products = b.ring + (size_t)c->kernel_height * b.ring_row;
  b.offsets = (int32_t *)(b.products + points * b.plane);
  return b;
}

static uint64_t bench_size(const correlation *c) {
  const bench b = bench_of(c, NULL);
  const uint64_t points = (uint64_t)tscope_winograd_points(c->taps);
  return (uint64_t)c->kernel_height * b.ring_row + points * b.plane +
         (uint64_t)(c->kernel_height * c->channels);
}

uint64_t tscope_winograd_scratch_size(const tscope_conv *conv) {
  const correlation forward = forward_of(conv), backward = backward_of(conv);
  const uint64_t a = tscope_conv_forward_is_winograd(conv) ? bench_size(&forward) : 0;
  const uint64_t b = tscope_conv_input_is_winograd(conv) ? bench_size(&backward) : 0;
  return a > b ? a : b;
}

/** The inputs of rows [first, end) of the kernel, upon the image from row iy on. */
static void find_inputs(const bench *b, const correlation *c, int iy, int first, int end) {
  int32_t *offset = b->offsets;
  for (int ky = first; ky < end; ky++) {
    const int32_t at = (iy + ky) % c->kernel_height * (int32_t)b->ring_row;
    for (int i = 0; i < c->channels; i++) *offset++ = at + i * TSCOPE_LANES;
  }
}

/** The products of one row of outputs, from rows [first, end) of the kernel. */
static void multiply_row(const bench *b, const correlation *c, const float *packed, int first,
                         int end) {
  const int points = tscope_winograd_points(c->taps), length = c->kernel_height * c->channels;
  const int groups = tscope_winograd_groups(c->out_width);
  tscope_windows v = {.offsets = b->offsets,
                      .taps = (end - first) * c->channels,
                      .next = (size_t)c->channels * TSCOPE_LANES,
                      .next_y = (size_t)c->outs * TSCOPE_LANES};
  for (int p = 0; p < points; p++) {
    v.x = b->ring + (size_t)p * b->ring_plane;
    for (int o = 0; o < c->outs; o += TILE) {
      v.w = packed + (size_t)p * packed_point(c) + (size_t)o * (size_t)length +
            (size_t)(first * c->channels) * TILE;
      tscope_conv_window_row(b->products + (size_t)p * b->plane + (size_t)o * TSCOPE_LANES, &v,
                             at_most(c->outs - o, TILE), groups);
    }
  }
}

static void correlate(float *y, const float *x, const float *packed, const float *bias,
                      const correlation *c, int blocks, float *scratch, size_t x_block) {
  const bench b = bench_of(c, scratch);
  const size_t x_row = (size_t)(c->width * c->channels) * TSCOPE_LANES;
  const size_t y_row = (size_t)(c->out_width * c->outs) * TSCOPE_LANES;
  const int groups = tscope_winograd_groups(c->out_width);
  const tscope_winograd_row in = {c->taps, c->channels,  c->width, c->left,
                                  groups,  b.ring_plane, 0,        tscope_winograd_points(c->taps)};
  const tscope_winograd_row out = {.taps = c->taps,
                                   .channels = c->outs,
                                   .width = c->out_width,
                                   .groups = groups,
                                   .plane = b.plane};
  for (int block = 0; block < blocks; block++, x += x_block) {
    int ready = 0; /* rows of x that have been transformed */
    for (int oy = 0; oy < c->out_height; oy++, y += y_row) {
      const int iy = oy - c->top, first = iy < 0 ? -iy : 0;
      const int end = at_most(c->height - iy, c->kernel_height);
      for (; ready < iy + end; ready++)
        tscope_winograd_input(b.ring + (size_t)(ready % c->kernel_height) * b.ring_row,
                              x + (size_t)ready * x_row, &in);
      find_inputs(&b, c, iy, first, end);
      multiply_row(&b, c, packed, first, end);
      tscope_winograd_output(y, b.products, bias, &out);
    }
  }
}

void tscope_winograd_forward(float *y, const float *x, const float *packed, const float *bias,
                             const tscope_conv *conv, int blocks, float *scratch) {
  const correlation c = forward_of(conv);
  const size_t row = (size_t)(conv->in_width * conv->in_channels) * TSCOPE_LANES;
  correlate(y, x + (size_t)conv->pad * row, packed, bias, &c, blocks, scratch,
            (size_t)conv->in_height * row);
}

void tscope_winograd_backward_input(float *dx, const float *dy, const float *packed,
                                    const tscope_conv *conv, int blocks, float *scratch) {
  const correlation c = backward_of(conv);
  correlate(dx, dy, packed, NULL, &c, blocks, scratch,
            (size_t)(c.height * c.width * c.channels) * TSCOPE_LANES);
}
