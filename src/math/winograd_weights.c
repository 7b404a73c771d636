/**
 * The gradient of a convolution's weights by Winograd's filtering, the adjoint of the pass forward:
 * Gᵀ[(A dy) ⊙ (Bᵀ x)]. Each point is a convolution of its own, of a kernel one tap wide over an
 * image as wide as there are groups; threads share out the points.
 */
#include "math/conv_winograd.h"
#include "math/image_weights.h"
#include "math/winograd.h"

/** The convolution that a point is. */
static tscope_conv point_of(const tscope_conv *conv) {
  const int groups = tscope_winograd_groups(conv->out_width);
  return (tscope_conv){.in_channels = conv->in_channels,
                       .in_height = conv->in_height,
                       .in_width = groups,
                       .out_channels = conv->out_channels,
                       .out_height = conv->out_height,
                       .out_width = groups,
                       .kernel_height = conv->kernel_height,
                       .kernel_width = 1,
                       .stride = 1};
}

/** What a point needs: its tiles' sums, its gradient, and a strip of its inputs and of its outputs'
 * gradients. */
typedef struct point_sizes {
  size_t sums, gradient, x, dy;
} point_sizes;

static point_sizes sizes_of(const tscope_conv *point, int blocks) {
  const tscope_strip most = tscope_strip_of(point, blocks);
  const int in_rows = most.rows + point->kernel_height - 1;
  const size_t taps = (size_t)tscope_conv_taps(point);
  return (point_sizes){
      .sums = (size_t)tscope_weight_tiles(point) * TILE_FLOATS,
      .gradient = ((size_t)point->out_channels * taps + 3) & ~(size_t)3,
      .x = (size_t)(most.blocks * in_rows * point->in_width * point->in_channels) * TSCOPE_LANES,
      .dy = (size_t)(most.blocks * most.rows * point->out_width * point->out_channels) *
            TSCOPE_LANES};
}

uint64_t tscope_winograd_workspace(const tscope_conv *conv, int blocks) {
  const tscope_conv point = point_of(conv);
  const point_sizes size = sizes_of(&point, blocks);
  return (uint64_t)tscope_winograd_points(conv->kernel_width) *
             (size.sums + size.gradient + size.x + size.dy) +
         (uint64_t)conv->out_channels * TSCOPE_LANES +
         (uint64_t)TSCOPE_THREADS_MAX * tscope_places_floats(&point, blocks);
}

/** All points of each, [point]. */
typedef struct point_places {
  float *sums, *gradients, *x, *dy;
  float *biases, *places; /* of all points: not [point] */
  point_sizes size;
} point_places;

static point_places places_of(const tscope_conv *point, int points, int blocks, float *workspace) {
  point_places at = {.size = sizes_of(point, blocks)};
  const size_t n = (size_t)points;
  at.gradients = workspace; /* what tscope_winograd_weights_taps reads */
  at.sums = at.gradients + n * at.size.gradient;
  at.x = at.sums + n * at.size.sums;
  at.dy = at.x + n * at.size.x;
  at.biases = at.dy + n * at.size.dy;
  at.places = at.biases + (size_t)point->out_channels * TSCOPE_LANES;
  return at;
}

/** Rows of an image that lie behind each other, at the points that are wanted. */
static void transform(void (*row_of)(float *, const float *, const tscope_winograd_row *),
                      float *planes, const float *x, int rows, const tscope_winograd_row *row) {
  const size_t from = (size_t)(row->width * row->channels) * TSCOPE_LANES;
  const size_t to = (size_t)(row->groups * row->channels) * TSCOPE_LANES;
  for (int y = 0; y < rows; y++, planes += to, x += from) row_of(planes, x, row);
}

void tscope_winograd_weights_points(float *dbias, const float *dy, const float *x,
                                    const tscope_conv *conv, int blocks, int accumulate,
                                    float *workspace, tscope_part part) {
  const tscope_conv point = point_of(conv);
  const int points = tscope_winograd_points(conv->kernel_width);
  const int begin = tscope_part_begin(part, points), end = tscope_part_end(part, points);
  const int outs = conv->out_channels, first_out = tscope_part_begin(part, outs);
  const int end_out = dbias ? tscope_part_end(part, outs) : first_out;
  if (begin == end && first_out == end_out) return;
  const point_places at = places_of(&point, points, blocks, workspace);
  const size_t in_row = (size_t)(conv->in_width * conv->in_channels) * TSCOPE_LANES;
  const size_t out_row = (size_t)(conv->out_width * conv->out_channels) * TSCOPE_LANES;
  const tscope_winograd_row in = {conv->kernel_width, conv->in_channels, conv->in_width, 0,
                                  point.in_width,     at.size.x,         begin,          end};
  const tscope_winograd_row out = {conv->kernel_width, conv->out_channels, conv->out_width, 0,
                                   point.out_width,    at.size.dy,         begin,           end};
  tscope_places places = tscope_places_in(
      at.places + (size_t)part.index * tscope_places_floats(&point, blocks), &point);
  const tscope_strip most = tscope_strip_of(&point, blocks);
  const int count = tscope_weight_tiles(&point);
  for (int b = 0; b < blocks; b += most.blocks) {
    for (int oy = 0; oy < conv->out_height; oy += most.rows) {
      const tscope_strip size = {at_most(blocks - b, most.blocks),
                                 at_most(conv->out_height - oy, most.rows)};
      /* Several blocks are whole, and so lie behind each other in x as well. */
      const int in_rows = (size.blocks - 1) * conv->in_height + size.rows + conv->kernel_height - 1;
      transform(tscope_winograd_input, at.x, x + (size_t)oy * in_row, in_rows, &in);
      transform(tscope_winograd_gradient, at.dy, dy, size.blocks * size.rows, &out);
      tscope_strip_add_biases(at.biases, dy, outs, size.blocks * size.rows * conv->out_width,
                              b == 0 && oy == 0, first_out, end_out);
      tscope_places_find(&places, &point, size);
      for (int p = begin; p < end; p++)
        tscope_strip_add(at.sums + (size_t)p * at.size.sums, at.dy + (size_t)p * at.size.dy,
                         at.x + (size_t)p * at.size.x, &places, b == 0 && oy == 0, &point, 0,
                         count);
      dy += (size_t)(size.blocks * size.rows) * out_row;
    }
    x += (size_t)(most.blocks * conv->in_height) * in_row;
  }
  for (int p = begin; p < end; p++)
    tscope_strip_finish(at.gradients + (size_t)p * at.size.gradient,
                        at.sums + (size_t)p * at.size.sums, &point, 0, 0, count);
  tscope_strip_finish_biases(dbias, at.biases, accumulate, first_out, end_out);
}

void tscope_winograd_weights_taps(float *dweight, const tscope_conv *conv, int blocks,
                                  int accumulate, float *workspace, tscope_part part) {
  const tscope_conv point = point_of(conv);
  const int points = tscope_winograd_points(conv->kernel_width), taps = conv->kernel_width;
  const point_places at = places_of(&point, points, blocks, workspace);
  const int count = conv->out_channels * tscope_conv_taps(&point);
  const int end = tscope_part_end(part, count);
  for (int i = tscope_part_begin(part, count); i < end; i++)
    tscope_winograd_taps(dweight + (size_t)i * (size_t)taps, at.gradients + i, at.size.gradient,
                         taps, accumulate);
}
