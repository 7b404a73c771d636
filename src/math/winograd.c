/** The transforms of Winograd's minimal filtering; what lies between them is conv_winograd.c. */
#include "math/winograd.h"

#include <string.h>

/* ---- weights --------------------------------------------------------------------------------- */

/* Row p of G is p⁰ p¹ p² … over the product of p's differences from the other points. A pair of
 * points shares it but for signs. */
typedef struct point_pair {
  double point, scale;
} point_pair;

typedef struct point_set {
  double zero; /* scale of the point 0 */
  int pairs;
  point_pair pair[3];
} point_set;

static const point_set sets[] = {
    {1.0 / 4, 2, {{1, -1.0 / 6}, {2, 1.0 / 24}}},
    {1.0, 3, {{1, -2.0 / 9}, {2, 1.0 / 90}, {0.5, 32.0 / 45}}},
};

enum { FEW_TAPS = 3, MANY_TAPS = 5 };

static const point_set *set_of(int taps) { return &sets[taps == MANY_TAPS]; }

int tscope_winograd_pays(int taps, int width) {
  return (taps == FEW_TAPS || taps == MANY_TAPS) &&
         4 * tscope_winograd_points(taps) * tscope_winograd_groups(width) <= 3 * taps * width;
}

void tscope_winograd_weights(float points[WINOGRAD_POINTS_MAX], const float *weight, ptrdiff_t step,
                             int taps) {
  const point_set *set = set_of(taps);
  *points++ = (float)(set->zero * (double)weight[0]);
  for (int i = 0; i < set->pairs; i++) {
    const double p = set->pair[i].point, scale = set->pair[i].scale;
    double sum[2] = {0, 0}, power = 1;
    for (int t = 0; t < taps; t++, power *= p) sum[t % 2] += power * (double)weight[t * step];
    *points++ = (float)(scale * (sum[0] + sum[1]));
    *points++ = (float)(scale * (sum[0] - sum[1]));
  }
  *points = weight[(taps - 1) * step];
}

void tscope_winograd_taps(float *dweight, const float *points, size_t plane, int taps,
                          int accumulate) {
  const point_set *set = set_of(taps);
  double sums[MANY_TAPS] = {set->zero * (double)*points};
  points += plane;
  for (int i = 0; i < set->pairs; i++, points += 2 * plane) {
    const double above = (double)points[0], below = (double)points[plane];
    double scaled = set->pair[i].scale;
    for (int t = 0; t < taps; t++, scaled *= set->pair[i].point)
      sums[t] += scaled * (t % 2 ? above - below : above + below);
  }
  sums[taps - 1] += (double)*points;
  for (int t = 0; t < taps; t++) {
    const float value = (float)sums[t];
    dweight[t] = accumulate ? dweight[t] + value : value;
  }
}

/* ---- pixels ---------------------------------------------------------------------------------- */

/** Where the values of a group go, those of points that are wanted. */
typedef struct target {
  float *to;
  size_t plane;
  int begin, end;
} target;

TSCOPE_INLINE int wants(const target *t, int first, int last) {
  return t->begin <= last && first < t->end;
}

TSCOPE_INLINE void give(const target *t, int point, f32x4 value) {
  if (wants(t, point, point)) tscope_store(t->to + (size_t)point * t->plane, value);
}

/** even + odd at a point, even − odd at the next. */
TSCOPE_INLINE void give_pair(const target *t, int point, f32x4 even, f32x4 odd) {
  give(t, point, even + odd);
  give(t, point + 1, even - odd);
}

TSCOPE_INLINE f32x4 times_add(float a, f32x4 b, f32x4 c) {
  return tscope_madd(tscope_splat(a), b, c);
}
TSCOPE_INLINE f32x4 times_from(float a, f32x4 b, f32x4 c) {
  return tscope_nmadd(tscope_splat(a), b, c);
}

/** Row p of Bᵀ is the polynomial that is zero at all points but p. */
TSCOPE_INLINE void input_of_few(const target *t, const f32x4 x[WINOGRAD_POINTS_MAX]) {
  if (wants(t, 0, 0)) give(t, 0, times_add(4, x[0], times_from(5, x[2], x[4])));
  if (wants(t, 1, 2)) give_pair(t, 1, times_from(4, x[2], x[4]), times_from(4, x[1], x[3]));
  if (wants(t, 3, 4)) {
    const f32x4 half = x[3] - x[1];
    give_pair(t, 3, x[4] - x[2], half + half);
  }
  if (wants(t, 5, 5)) give(t, 5, times_add(4, x[1], times_from(5, x[3], x[5])));
}

TSCOPE_INLINE void input_of_many(const target *t, const f32x4 x[WINOGRAD_POINTS_MAX]) {
  if (wants(t, 0, 0)) give(t, 0, times_add(5.25f, x[4] - x[2], x[0] - x[6]));
  if (wants(t, 1, 2))
    give_pair(t, 1, times_from(4.25f, x[4], x[2] + x[6]), times_from(4.25f, x[3], x[1] + x[5]));
  if (wants(t, 3, 4))
    give_pair(t, 3, times_add(0.25f, x[2], times_from(1.25f, x[4], x[6])),
              times_add(0.5f, x[1], times_from(2.5f, x[3], x[5] + x[5])));
  if (wants(t, 5, 6))
    give_pair(t, 5, times_add(4, x[2], times_from(5, x[4], x[6])),
              times_add(2, x[1], times_from(2.5f, x[3], tscope_splat(0.5f) * x[5])));
  if (wants(t, 7, 7)) give(t, 7, times_add(5.25f, x[3] - x[5], x[7] - x[1]));
}

/** Row p of A is p⁰ p¹ p² p³. */
TSCOPE_INLINE void gradient_of(int taps, const target *t, const f32x4 d[WINOGRAD_OUTPUTS]) {
  give(t, 0, d[0]);
  if (wants(t, 1, 2)) give_pair(t, 1, d[0] + d[2], d[1] + d[3]);
  if (wants(t, 3, 4)) {
    const f32x4 half = times_add(4, d[3], d[1]);
    give_pair(t, 3, times_add(4, d[2], d[0]), half + half);
  }
  if (taps == MANY_TAPS && wants(t, 5, 6))
    give_pair(t, 5, times_add(0.25f, d[2], d[0]),
              tscope_splat(0.5f) * times_add(0.25f, d[3], d[1]));
  give(t, tscope_winograd_points(taps) - 1, d[3]);
}

TSCOPE_INLINE void transform_group(int taps, int is_gradient, target t, const float *x,
                                   size_t pixel) {
  const int count = is_gradient ? WINOGRAD_OUTPUTS : tscope_winograd_points(taps);
  TSCOPE_KEEP_LOOP
  for (size_t i = 0; i < pixel; i += 4, t.to += 4, x += 4) {
    f32x4 v[WINOGRAD_POINTS_MAX];
    for (int j = 0; j < count; j++) v[j] = tscope_load(x + (size_t)j * pixel);
    if (is_gradient)
      gradient_of(taps, &t, v);
    else if (taps == FEW_TAPS)
      input_of_few(&t, v);
    else
      input_of_many(&t, v);
  }
}

/** Groups [first, last) of a row, all of whose pixels are there, at points [begin, end): where
 * those are constants, it is known what each point asks for. */
TSCOPE_INLINE void transform_span(int taps, int is_gradient, int begin, int end, float *planes,
                                  const float *x, const tscope_winograd_row *row, int first,
                                  int last) {
  const size_t pixel = (size_t)row->channels * TSCOPE_LANES;
  planes += (size_t)first * pixel;
  x += (size_t)(first * WINOGRAD_OUTPUTS - row->left) * pixel;
  for (; first < last; first++, planes += pixel, x += WINOGRAD_OUTPUTS * pixel)
    transform_group(taps, is_gradient, (target){planes, row->plane, begin, end}, x, pixel);
}

typedef void (*transform_groups)(float *planes, const float *x, const tscope_winograd_row *row,
                                 int first, int last);

#define TRANSFORM(name, taps, is_gradient, begin, end)                                       \
  static void name(float *planes, const float *x, const tscope_winograd_row *row, int first, \
                   int last) {                                                               \
    transform_span(taps, is_gradient, begin, end, planes, x, row, first, last);              \
  }
#define TRANSFORMS(name, taps, is_gradient)                                       \
  TRANSFORM(name##_all, taps, is_gradient, 0, tscope_winograd_points(taps))       \
  TRANSFORM(name##_lower, taps, is_gradient, 0, tscope_winograd_points(taps) / 2) \
  TRANSFORM(name##_upper, taps, is_gradient, tscope_winograd_points(taps) / 2,    \
            tscope_winograd_points(taps))                                         \
  TRANSFORM(name##_any, taps, is_gradient, row->begin, row->end)

TRANSFORMS(few_inputs, FEW_TAPS, 0)
TRANSFORMS(many_inputs, MANY_TAPS, 0)
TRANSFORMS(few_gradients, FEW_TAPS, 1)
TRANSFORMS(many_gradients, MANY_TAPS, 1)

/* What is wanted of a row: all points of one thread, half of them of each of several that share a
 * group of blocks, or fewer. A table, so that V8 compiles only what a run needs. */
enum { ALL, LOWER, UPPER, ANY, CHOICES };
#define ROW_OF(name) \
  { name##_all, name##_lower, name##_upper, name##_any }
static const transform_groups transforms[2][2][CHOICES] = {
    {ROW_OF(few_inputs), ROW_OF(many_inputs)}, {ROW_OF(few_gradients), ROW_OF(many_gradients)}};

/** Group g of which pixels are missing: it is whole with zeros in their place. sees: pixels. */
static void transform_edge(transform_groups whole, float *planes, const float *x,
                           const tscope_winograd_row *row, int g, int sees) {
  enum { FLOATS = 256 };
  float pixels[WINOGRAD_POINTS_MAX * FLOATS] __attribute__((aligned(16)));
  const size_t pixel = (size_t)row->channels * TSCOPE_LANES;
  const int at = g * WINOGRAD_OUTPUTS - row->left;
  planes += (size_t)g * pixel;
  for (size_t c = 0; c < pixel; c += FLOATS) {
    const size_t n = pixel - c < FLOATS ? pixel - c : FLOATS;
    float *to = pixels;
    for (int j = at; j < at + sees; j++) {
      if (j >= 0 && j < row->width)
        memcpy(to, x + (size_t)j * pixel + c, n * sizeof *to);
      else
        memset(to, 0, n * sizeof *to);
      to += n;
    }
    const tscope_winograd_row own = {
        .taps = row->taps,
        .channels = (int)(n / TSCOPE_LANES),
        .width = sees,
        .groups = 1,
        .plane = row->plane,
        .begin = row->begin,
        .end = row->end,
    };
    whole(planes + c, pixels, &own, 0, 1);
  }
}

static void transform_row(int is_gradient, float *planes, const float *x,
                          const tscope_winograd_row *row) {
  const int points = tscope_winograd_points(row->taps);
  const int is_lowest = row->begin == 0, is_highest = row->end == points;
  const int is_half = row->end - row->begin == points / 2;
  const int choice = is_lowest && is_highest ? ALL
                     : is_half && is_lowest  ? LOWER
                     : is_half && is_highest ? UPPER
                                             : ANY;
  const transform_groups transform = transforms[is_gradient][row->taps == MANY_TAPS][choice];
  /* Groups [first, last) are whole. */
  const int sees = is_gradient ? WINOGRAD_OUTPUTS : points;
  const int left = tscope_winograd_groups(row->left);
  const int room = row->width + row->left - sees;
  const int whole = room < 0 ? 0 : room / WINOGRAD_OUTPUTS + 1;
  const int first = left < row->groups ? left : row->groups;
  const int last = whole < first ? first : whole < row->groups ? whole : row->groups;
  for (int g = 0; g < first; g++) transform_edge(transform, planes, x, row, g, sees);
  if (last > first) transform(planes, x, row, first, last);
  for (int g = last; g < row->groups; g++) transform_edge(transform, planes, x, row, g, sees);
}

void tscope_winograd_input(float *planes, const float *x, const tscope_winograd_row *row) {
  transform_row(0, planes, x, row);
}

void tscope_winograd_gradient(float *planes, const float *dy, const tscope_winograd_row *row) {
  transform_row(1, planes, dy, row);
}

/* ---- outputs --------------------------------------------------------------------------------- */

TSCOPE_INLINE void output_row(int taps, float *y, const float *planes, const float *bias,
                              const tscope_winograd_row *row) {
  const size_t pixel = (size_t)row->channels * TSCOPE_LANES, plane = row->plane;
  for (int g = 0; g < row->groups; g++, y += (WINOGRAD_OUTPUTS - 1) * pixel) {
    const int count = row->width - g * WINOGRAD_OUTPUTS;
    TSCOPE_KEEP_LOOP
    for (size_t i = 0; i < pixel; i += 4, planes += 4, y += 4) {
      const f32x4 start = bias ? tscope_load_splat(bias + i / TSCOPE_LANES) : tscope_splat(0);
      const f32x4 a = tscope_load(planes + plane), b = tscope_load(planes + 2 * plane);
      const f32x4 c = tscope_load(planes + 3 * plane), d = tscope_load(planes + 4 * plane);
      const f32x4 even1 = a + b, odd1 = a - b, even2 = c + d, odd2 = c - d;
      f32x4 y0 = (start + tscope_load(planes)) + (even1 + even2);
      f32x4 y1 = times_add(2, odd2, start + odd1);
      f32x4 y2 = times_add(4, even2, start + even1);
      f32x4 y3 = times_add(8, odd2, start + odd1);
      if (taps == MANY_TAPS) {
        const f32x4 e = tscope_load(planes + 5 * plane), f = tscope_load(planes + 6 * plane);
        const f32x4 even3 = e + f, odd3 = e - f;
        y0 = y0 + even3;
        y1 = times_add(0.5f, odd3, y1);
        y2 = times_add(0.25f, even3, y2);
        y3 = times_add(0.125f, odd3, y3);
      }
      tscope_store(y, y0);
      if (count > 1) tscope_store(y + pixel, y1);
      if (count > 2) tscope_store(y + 2 * pixel, y2);
      if (count > 3)
        tscope_store(y + 3 * pixel,
                     y3 + tscope_load(planes + (size_t)(tscope_winograd_points(taps) - 1) * plane));
    }
  }
}

void tscope_winograd_output(float *y, const float *planes, const float *bias,
                            const tscope_winograd_row *row) {
  if (row->taps == FEW_TAPS)
    output_row(FEW_TAPS, y, planes, bias, row);
  else
    output_row(MANY_TAPS, y, planes, bias, row);
}
