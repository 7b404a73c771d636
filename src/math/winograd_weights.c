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

/* The blocks are summed in so many groups, whatever the number of threads: two threads have one
 * each, whose blocks the passes before have left in their own caches. Sums of a weight so large
 * would find room in no cache, and twice as many in hardly any memory: it has one group. */
enum { GROUPS = 2, SUMS_OF_GROUPS = 1 << 20 };

/** What a point of a group needs: its tiles' sums, and a strip of its inputs and of its outputs'
 * gradients; and the gradient of a point. */
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

static int groups_of(const point_sizes *size, int points, int blocks) {
  return size->sums * (size_t)points > SUMS_OF_GROUPS ? 1 : at_most(blocks, GROUPS);
}

uint64_t tscope_winograd_workspace(const tscope_conv *conv, int blocks) {
  const tscope_conv point = point_of(conv);
  const point_sizes size = sizes_of(&point, blocks);
  const int points = tscope_winograd_points(conv->kernel_width);
  const uint64_t groups = (uint64_t)groups_of(&size, points, blocks);
  return (uint64_t)points * size.gradient +
         groups * ((uint64_t)points * (size.sums + size.x + size.dy) +
                   (uint64_t)conv->out_channels * TSCOPE_LANES) +
         (uint64_t)TSCOPE_THREADS_MAX * tscope_places_floats(&point, blocks);
}

/** What a group works in: sums, x and dy are [point]. */
typedef struct group_places {
  float *sums, *biases, *x, *dy;
} group_places;

typedef struct point_places {
  point_sizes size;
  float *gradients; /* [point] */
  int groups;
  group_places group[GROUPS];
  float *places; /* [thread] */
} point_places;

static point_places places_of(const tscope_conv *point, int points, int blocks, float *workspace) {
  point_places at = {.size = sizes_of(point, blocks), .gradients = workspace};
  const size_t n = (size_t)points;
  at.groups = groups_of(&at.size, points, blocks);
  float *next = workspace + n * at.size.gradient;
  for (int g = 0; g < at.groups; g++) {
    group_places *group = &at.group[g];
    group->sums = next;
    group->biases = group->sums + n * at.size.sums;
    group->x = group->biases + (size_t)point->out_channels * TSCOPE_LANES;
    group->dy = group->x + n * at.size.x;
    next = group->dy + n * at.size.dy;
  }
  at.places = next;
  return at;
}

/** Rows of an image that lie behind each other, at the points that are wanted. */
static void transform(void (*row_of)(float *, const float *, const tscope_winograd_row *),
                      float *planes, const float *x, int rows, const tscope_winograd_row *row) {
  const size_t from = (size_t)(row->width * row->channels) * TSCOPE_LANES;
  const size_t to = (size_t)(row->groups * row->channels) * TSCOPE_LANES;
  for (int y = 0; y < rows; y++, planes += to, x += from) row_of(planes, x, row);
}

/** The sums of blocks [first, last) at points [begin, end), and of as large a share of the channels
 * their biases. */
static void sum_blocks(const group_places *at, const point_sizes *sizes, const float *dy,
                       const float *x, const tscope_conv *conv, int blocks, int first, int last,
                       int begin, int end, tscope_places *places) {
  const tscope_conv point = point_of(conv);
  const int points = tscope_winograd_points(conv->kernel_width), outs = conv->out_channels;
  const size_t in_row = (size_t)(conv->in_width * conv->in_channels) * TSCOPE_LANES;
  const size_t out_row = (size_t)(conv->out_width * outs) * TSCOPE_LANES;
  const tscope_winograd_row in = {conv->kernel_width, conv->in_channels, conv->in_width, 0,
                                  point.in_width,     sizes->x,          begin,          end};
  const tscope_winograd_row out = {conv->kernel_width, outs,      conv->out_width, 0,
                                   point.out_width,    sizes->dy, begin,           end};
  const tscope_strip most = tscope_strip_of(&point, blocks);
  const int count = tscope_weight_tiles(&point);
  dy += (size_t)(first * conv->out_height) * out_row;
  x += (size_t)(first * conv->in_height) * in_row;
  for (int b = first; b < last; b += most.blocks) {
    for (int oy = 0; oy < conv->out_height; oy += most.rows) {
      const tscope_strip size = {at_most(last - b, most.blocks),
                                 at_most(conv->out_height - oy, most.rows)};
      const int is_first = b == first && oy == 0;
      /* Several blocks are whole, and so lie behind each other in x as well. */
      const int in_rows = (size.blocks - 1) * conv->in_height + size.rows + conv->kernel_height - 1;
      transform(tscope_winograd_input, at->x, x + (size_t)oy * in_row, in_rows, &in);
      transform(tscope_winograd_gradient, at->dy, dy, size.blocks * size.rows, &out);
      tscope_strip_add_biases(at->biases, dy, outs, size.blocks * size.rows * conv->out_width,
                              is_first, outs * begin / points, outs * end / points);
      tscope_places_find(places, &point, size);
      for (int p = begin; p < end; p++)
        tscope_strip_add(at->sums + (size_t)p * sizes->sums, at->dy + (size_t)p * sizes->dy,
                         at->x + (size_t)p * sizes->x, places, is_first, &point, 0, count);
      dy += (size_t)(size.blocks * size.rows) * out_row;
    }
    x += (size_t)(most.blocks * conv->in_height) * in_row;
  }
}

void tscope_winograd_weights_points(const float *dy, const float *x, const tscope_conv *conv,
                                    int blocks, float *workspace, tscope_part part) {
  const tscope_conv point = point_of(conv);
  const int points = tscope_winograd_points(conv->kernel_width);
  const point_places at = places_of(&point, points, blocks, workspace);
  const int groups = at.groups;
  tscope_places places = tscope_places_in(
      at.places + (size_t)part.index * tscope_places_floats(&point, blocks), &point);
  const int first = tscope_part_begin(part, groups * points);
  const int last = tscope_part_end(part, groups * points);
  for (int g = first / points; g * points < last; g++) {
    const int begin = g * points < first ? first - g * points : 0;
    const tscope_part blocks_of_group = {g, groups};
    group_places own = at.group[g];
    if (part.count == 1) own.x = at.group[0].x, own.dy = at.group[0].dy;
    sum_blocks(&own, &at.size, dy, x, conv, blocks, tscope_part_begin(blocks_of_group, blocks),
               tscope_part_end(blocks_of_group, blocks), begin, at_most(last - g * points, points),
               &places);
  }
}

void tscope_winograd_weights_taps(float *dweight, float *dbias, const tscope_conv *conv, int blocks,
                                  int accumulate, float *workspace, tscope_part part) {
  const tscope_conv point = point_of(conv);
  const int points = tscope_winograd_points(conv->kernel_width), taps = conv->kernel_width;
  const point_places at = places_of(&point, points, blocks, workspace);
  const int tile_count = tscope_weight_tiles(&point), outs = conv->out_channels;
  const int begin = tscope_part_begin(part, tile_count), end = tscope_part_end(part, tile_count);
  const int first_out = tscope_part_begin(part, outs), end_out = tscope_part_end(part, outs);
  for (int p = 0; p < points; p++) {
    float *sums = at.group[0].sums + (size_t)p * at.size.sums;
    const size_t from = (size_t)begin * TILE_FLOATS, n = (size_t)(end - begin) * TILE_FLOATS;
    for (int g = 1; g < at.groups; g++)
      tscope_strip_join(sums + from, at.group[g].sums + (size_t)p * at.size.sums + from, n);
    tscope_strip_finish(at.gradients + (size_t)p * at.size.gradient, sums, &point, 0, begin, end);
  }
  for (int i = begin; i < end; i++) {
    const tscope_weight_tile of = tscope_weight_tile_at(&point, i);
    const int most = tscope_conv_taps(&point) - of.tap;
    for (int t = 0; t < at_most(tscope_tile_taps(of.rows), most); t++) {
      for (int r = 0; r < of.rows; r++) {
        const size_t w = tscope_tile_weight(&of, &point, r, t);
        tscope_winograd_taps(dweight + w * (size_t)taps, at.gradients + w, at.size.gradient, taps,
                             accumulate);
      }
    }
  }
  if (!dbias) return;
  float *biases = at.group[0].biases + (size_t)first_out * TSCOPE_LANES;
  for (int g = 1; g < at.groups; g++)
    tscope_strip_join(biases, at.group[g].biases + (size_t)first_out * TSCOPE_LANES,
                      (size_t)(end_out - first_out) * TSCOPE_LANES);
  tscope_strip_finish_biases(dbias, at.group[0].biases, accumulate, first_out, end_out);
}
