/** The running means that update rules are made of, four numbers at a time. */
#ifndef TRAINSCOPE_OPTIM_RUNNING_MEANS_H
#define TRAINSCOPE_OPTIM_RUNNING_MEANS_H

#include "base/decimal.h"
#include "math/elementary.h"
#include "math/simd.h"

/** Of a mean or velocity that keeps a share of itself. */
typedef struct decay {
  f32x4 keep, take;   /* the share, and what it leaves of 1 */
  double share, left; /* likewise before they were rounded */
  int is_rounded;     /* The float misses the share, and most is kept: it moves by take alone. */
} decay;

static decay decay_by(double share) {
  const float keep = (float)share;
  const double left = 1 - share;
  const int is_rounded = share > 0.5 && share != (double)keep;
  return (decay){tscope_splat(keep), tscope_splat((float)left), share, left, is_rounded};
}

/* Of a mean, the error of keep would be in every square and never go away. */
static decay decay_of_mean(float share) { return decay_by(tscope_decimal(share)); }

static decay decay_of_velocity(float share) { return decay_by(tscope_share(share)); }

/** A velocity: takes all of what is new. */
TSCOPE_INLINE f32x4 velocity(const decay *d, f32x4 old, f32x4 added) {
  return d->is_rounded ? (f32x4)(old + tscope_nmadd(d->take, old, added))
                       : tscope_madd(d->keep, old, added);
}

TSCOPE_INLINE f32x4 mean(const decay *d, f32x4 old, f32x4 g) {
  return d->is_rounded ? tscope_madd(d->take, g - old, old)
                       : tscope_madd(d->keep, old, d->take * g);
}

TSCOPE_INLINE f32x4 mean_square(const decay *d, f32x4 old, f32x4 g) {
  return d->is_rounded ? tscope_nmadd(d->take, tscope_nmadd(g, g, old), old)
                       : tscope_madd(d->keep, old, d->take * g * g);
}

/*
 * A float holds gradients from 1e-38 to 1e38, and squares of only those from 1e-19 to 1e19. A mean
 * square beyond is kept as its root with the sign turned, which no square has, and computed in
 * double.
 */
static const float SQUARE_MAX = 0x1p126f, SQUARE_MIN = 0x1p-120f;

/* From such an epsilon on, what is below SQUARE_MIN is nothing beside it. */
static const float EPSILON_HIDES_SMALL = 1e-11f;

static double square_from(float kept) {
  return kept < 0 ? (double)kept * (double)kept : (double)kept;
}

static float square_to_keep(double square) {
  const int fits = square == 0 || (square >= (double)SQUARE_MIN && square <= (double)SQUARE_MAX);
  return fits ? (float)square : -(float)tscope_sqrt(square);
}

/** √(v + inside) of squares as they are kept. */
TSCOPE_INLINE f32x4 root_of_kept(const float *kept, float inside) {
  const f32x4 v = tscope_load(kept);
  if (!tscope_any((i32x4)(v < 0))) return tscope_sqrt4(v + inside);
  f32x4 root = v;
  for (int i = 0; i < 4; i++) {
    root[i] = (float)tscope_sqrt(square_from(kept[i]) + (double)inside);
  }
  return root;
}

/** Four mean squares of which one is beyond what a float holds, or was. */
static __attribute__((noinline)) f32x4 far_root(const decay *d, float *kept, f32x4 g,
                                                float inside) {
  for (int i = 0; i < 4; i++) {
    const double old = square_from(kept[i]), square = (double)g[i] * (double)g[i];
    kept[i] = square_to_keep(d->share * old + d->left * square);
  }
  return root_of_kept(kept, inside);
}

/** Which of four mean squares a float holds, before a step and after it. epsilon: what the rule
 * adds inside the root or beside it. */
TSCOPE_INLINE i32x4 near_squares(f32x4 old, f32x4 v, float epsilon) {
  const float least = epsilon < EPSILON_HIDES_SMALL ? SQUARE_MIN : 0;
  return (i32x4)(v <= SQUARE_MAX) & (i32x4)(v >= least) & (i32x4)(old >= 0);
}

/* What a rule steps at once where floats hold all of it: to ask of each four whether they do, and
 * to have another way open for them, takes as long as the step. */
enum { NEAR_FOURS = 4, NEAR = 4 * NEAR_FOURS };

/** Takes so many gradients into the means of their squares, v, which it keeps nowhere. Returns 0
 * where a float does not hold one of them. */
TSCOPE_INLINE int near_mean_squares(f32x4 v[NEAR_FOURS], const decay *d, const float *kept,
                                    const float *gradient, float epsilon) {
  i32x4 is_near = {-1, -1, -1, -1};
  for (int k = 0; k < NEAR_FOURS; k++) {
    const f32x4 old = tscope_load(kept + 4 * k);
    v[k] = mean_square(d, old, tscope_load(gradient + 4 * k));
    is_near &= near_squares(old, v[k], epsilon);
  }
  return tscope_all(is_near);
}

/** Takes four gradients into the mean of their squares, v; returns √(v + inside). */
TSCOPE_INLINE f32x4 root_mean_square(const decay *d, float *kept, f32x4 g, float inside,
                                     float epsilon) {
  const f32x4 old = tscope_load(kept), v = mean_square(d, old, g);
  const i32x4 is_near = near_squares(old, v, epsilon);
  if (!tscope_all(is_near)) {
    const i32x4 is_nothing = (i32x4)(g == 0) & (i32x4)(old == 0);
    if (!tscope_all(is_near | is_nothing)) return far_root(d, kept, g, inside);
  }
  tscope_store(kept, v);
  return tscope_sqrt4(v + inside);
}

#endif
