/*
 * Points in the plane. Noise is drawn even where its deviation is 0, so that turning the setting
 * moves every point along its own direction and changes nothing else.
 */
#include "data/generators.h"
#include "math/elementary.h"
#include "math/normal.h"

static float uniform(tscope_rng *rng, float low, float high) {
  return low + (high - low) * tscope_rng_uniform(rng);
}

static void place(tscope_rng *rng, float x, float y, float noise, float *point) {
  point[0] = x + noise * tscope_rng_normal(rng);
  point[1] = y + noise * tscope_rng_normal(rng);
}

static void place_polar(tscope_rng *rng, float radius, double angle, float noise, float *point) {
  place(rng, radius * (float)tscope_cos(angle), radius * (float)tscope_sin(angle), noise, point);
}

/* Two arms of one and a quarter turns from the centre to radius 1.1. The root fills them evenly. */
void tscope_make_spiral(tscope_rng *rng, int label, float noise, void *input, float *target) {
  (void)target;
  double along = tscope_sqrt((double)tscope_rng_uniform(rng));
  double angle = (2.5 * along + label) * TSCOPE_PI;
  place_polar(rng, 0.1f + (float)along, angle, noise, input);
}

/* A disc of radius 0.5 within a ring from 0.8 to 1.1, both filled evenly. */
void tscope_make_circle(tscope_rng *rng, int label, float noise, void *input, float *target) {
  (void)target;
  float inner = label ? 0.8f : 0.0f, outer = label ? 1.1f : 0.5f;
  float area = uniform(rng, inner * inner, outer * outer);
  double angle = 2 * TSCOPE_PI * (double)tscope_rng_uniform(rng);
  place_polar(rng, __builtin_sqrtf(area), angle, noise, input);
}

/* Four squares of side 0.9 with a gap of 0.2; class 0 where the signs of x and y agree. */
void tscope_make_xor(tscope_rng *rng, int label, float noise, void *input, float *target) {
  (void)target;
  float x = uniform(rng, 0.1f, 1);
  float y = uniform(rng, 0.1f, 1);
  int left = (int)tscope_rng_below(rng, 2);
  int below = left ^ label;
  place(rng, left ? -x : x, below ? -y : y, noise, input);
}

/* Four normal clouds of deviation 0.12, one around the middle of each quadrant. */
void tscope_make_blobs(tscope_rng *rng, int label, float noise, void *input, float *target) {
  (void)target;
  float x = (label & 1 ? 0.6f : -0.6f) + 0.12f * tscope_rng_normal(rng);
  float y = (label & 2 ? 0.6f : -0.6f) + 0.12f * tscope_rng_normal(rng);
  place(rng, x, y, noise, input);
}

/* Two interleaving half circles: scikit-learn's make_moons, centred and scaled to |x| <= 1. */
void tscope_make_moons(tscope_rng *rng, int label, float noise, void *input, float *target) {
  (void)target;
  double angle = TSCOPE_PI * (double)tscope_rng_uniform(rng);
  float x = (float)tscope_cos(angle), y = (float)tscope_sin(angle);
  float side = label ? -1 : 1;
  place(rng, side * (x - 0.5f) / 1.5f, side * (y - 0.25f) / 1.5f, noise, input);
}

/* Regression: the mean of x and y over the square, noise on the target only. */
void tscope_make_plane(tscope_rng *rng, int label, float noise, void *input, float *target) {
  (void)label;
  float x = uniform(rng, -1, 1);
  float y = uniform(rng, -1, 1);
  place(rng, x, y, 0, input);
  *target = 0.5f * (x + y) + noise * tscope_rng_normal(rng);
}
