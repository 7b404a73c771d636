/*
 * Glyphs: ten shapes drawn with a brush, bent, turned, stretched, half hidden and buried in noise.
 * Hard enough that a network must generalize (LeNet gets 93 % after 4 epochs of 20,000), cheap
 * enough to be drawn when first needed (about 10 µs).
 */
#include "data/generators.h"
#include "math/elementary.h"
#include "math/normal.h"

enum { SIZE = TSCOPE_GLYPH_SIZE, PIXELS = SIZE * SIZE, WAVES = 4 };

/* ---- the ten shapes ------------------------------------------------------------------------- */

/* A control point: x to the right and y downwards, 102 is the edge of a canvas before scaling. */
typedef struct spot {
  int8_t x, y;
} spot;

enum { PEN_UP = 127, SPOTS_MAX = 17 };

typedef struct shape {
  int count;
  spot spots[SPOTS_MAX];
} shape;

/* clang-format off */
#define LIFT {PEN_UP, PEN_UP} /* the next spot begins a new line */

static const shape kShapes[TSCOPE_GLYPH_CLASSES] = {
    /* ring */
    {17, {{80, 0}, {74, 31}, {57, 57}, {31, 74}, {0, 80}, {-31, 74}, {-57, 57}, {-74, 31}, {-80, 0},
          {-74, -31}, {-57, -57}, {-31, -74}, {0, -80}, {31, -74}, {57, -57}, {74, -31}, {80, 0}}},
    /* C: the ring without its right quarter */
    {13, {{57, 57}, {31, 74}, {0, 80}, {-31, 74}, {-57, 57}, {-74, 31}, {-80, 0}, {-74, -31},
          {-57, -57}, {-31, -74}, {0, -80}, {31, -74}, {57, -57}}},
    /* square */
    {5, {{-70, -70}, {70, -70}, {70, 70}, {-70, 70}, {-70, -70}}},
    /* pentagon */
    {6, {{0, -80}, {76, -25}, {47, 65}, {-47, 65}, {-76, -25}, {0, -80}}},
    /* triangle */
    {4, {{0, -80}, {69, 40}, {-69, 40}, {0, -80}}},
    /* plus */
    {5, {{-80, 0}, {80, 0}, LIFT, {0, -80}, {0, 80}}},
    /* T */
    {5, {{-70, -70}, {70, -70}, LIFT, {0, -70}, {0, 80}}},
    /* S: three quarters of a small ring, and the same turned round */
    {15, {{50, -60}, {29, -74}, {0, -80}, {-29, -73}, {-47, -56}, {-47, -30}, {-29, -10}, {0, 0},
          {29, 10}, {47, 30}, {47, 56}, {29, 73}, {0, 80}, {-29, 74}, {-50, 60}}},
    /* Z */
    {4, {{-60, -70}, {60, -70}, {-60, 70}, {60, 70}}},
    /* Y */
    {6, {{-60, -75}, {0, 0}, {60, -75}, LIFT, {0, 0}, {0, 80}}},
};
/* clang-format on */

/* ---- random numbers ------------------------------------------------------------------------- */

/* Every draw is a statement of its own: C leaves the order within an expression open. */
static float between(tscope_rng *rng, float low, float high) {
  return low + (high - low) * tscope_rng_uniform(rng);
}

static float sine(float x) { return (float)tscope_sin((double)x); }
static float cosine(float x) { return (float)tscope_cos((double)x); }

/*
 * Nearly normal with deviation 1: the sum of eight bytes, for 784 of them must be cheap. Its
 * kurtosis is 2.85 and it ends at 4.9 deviations, which nobody sees in pixels.
 */
static float noise_sample(tscope_rng *rng) {
  const float inverse_deviation = 0.0047842274f; /* √(12 / (8 (256² - 1))) */
  uint32_t a = tscope_rng_next(rng);
  uint32_t b = tscope_rng_next(rng);
  uint32_t pairs =
      (a & 0xff00ffu) + ((a >> 8) & 0xff00ffu) + (b & 0xff00ffu) + ((b >> 8) & 0xff00ffu);
  int sum = (int)((pairs & 0xffffu) + (pairs >> 16));
  return (float)(sum - 1020) * inverse_deviation;
}

/* ---- drawing -------------------------------------------------------------------------------- */

typedef struct point {
  float x, y;
} point;

/* What turns a control point into a place on the canvas, whose sides are at ±1. */
typedef struct distortion {
  float frequency_x[WAVES], frequency_y[WAVES], phase[WAVES], bend[WAVES];
  float xx, xy, yx, yy, x, y;
} distortion;

static void draw_distortion(tscope_rng *rng, distortion *d) {
  const float pi = (float)TSCOPE_PI;
  for (int i = 0; i < WAVES; i++) {
    d->frequency_x[i] = between(rng, -pi, pi);
    d->frequency_y[i] = between(rng, -pi, pi);
    d->phase[i] = between(rng, -pi, pi);
    d->bend[i] = 0.12f * tscope_rng_normal(rng);
  }
  float angle = between(rng, -25 * pi / 180, 25 * pi / 180);
  float scale = between(rng, 0.6f, 0.95f);
  float aspect = between(rng, 0.8f, 1.25f);
  float shear = between(rng, -0.25f, 0.25f);
  d->x = between(rng, -0.18f, 0.18f);
  d->y = between(rng, -0.18f, 0.18f);
  /* rotation * shear * stretch */
  float c = scale * cosine(angle), s = scale * sine(angle);
  d->xx = c * aspect;
  d->xy = c * shear - s;
  d->yx = s * aspect;
  d->yy = s * shear + c;
}

static point distort(const distortion *d, spot from) {
  float x = 0.0098f * (float)from.x, y = 0.0098f * (float)from.y, bent_x = x, bent_y = y;
  for (int i = 0; i < WAVES; i++) {
    float wave = sine(d->frequency_x[i] * x + d->frequency_y[i] * y + d->phase[i]);
    *(i % 2 ? &bent_x : &bent_y) += d->bend[i] * wave;
  }
  return (point){d->xx * bent_x + d->xy * bent_y + d->x, d->yx * bent_x + d->yy * bent_y + d->y};
}

static int clamp_pixel(float x) { return x < 0 ? 0 : x > SIZE ? SIZE : (int)x; }

/*
 * Lays a straight brush stroke over the ink: full within half_width of the line from a to b, fading
 * out over one pixel. Overlapping strokes do not add up.
 */
static void stroke(float *ink, point a, point b, float half_width, float strength) {
  const float pixels = SIZE / 2.0f; /* per unit of the canvas */
  float reach = half_width * pixels + 0.5f;
  float ax = (a.x + 1) * pixels - 0.5f, ay = (a.y + 1) * pixels - 0.5f;
  float dx = (b.x - a.x) * pixels, dy = (b.y - a.y) * pixels;
  float length_squared = dx * dx + dy * dy;
  float inverse = length_squared > 0 ? 1 / length_squared : 0;
  int left = clamp_pixel(ax + (dx < 0 ? dx : 0) - reach + 1);
  int right = clamp_pixel(ax + (dx > 0 ? dx : 0) + reach + 1);
  int top = clamp_pixel(ay + (dy < 0 ? dy : 0) - reach + 1);
  int bottom = clamp_pixel(ay + (dy > 0 ? dy : 0) + reach + 1);
  for (int y = top; y < bottom; y++) {
    for (int x = left; x < right; x++) {
      float px = (float)x - ax, py = (float)y - ay;
      float along = (px * dx + py * dy) * inverse;
      along = along < 0 ? 0 : along > 1 ? 1 : along;
      float ex = px - along * dx, ey = py - along * dy;
      float square = ex * ex + ey * ey;
      if (square >= reach * reach) continue;
      float cover = reach - __builtin_sqrtf(square);
      float value = strength * (cover > 1 ? 1 : cover);
      float *pixel = &ink[y * SIZE + x];
      if (value > *pixel) *pixel = value;
    }
  }
}

static void draw_shape(tscope_rng *rng, const shape *glyph, float strength, float *ink) {
  distortion bent;
  draw_distortion(rng, &bent);
  float half_width = between(rng, 0.07f, 0.15f);
  point last = {0, 0};
  int pen_down = 0;
  for (int i = 0; i < glyph->count; i++) {
    if (glyph->spots[i].x == PEN_UP) {
      pen_down = 0;
      continue;
    }
    point next = distort(&bent, glyph->spots[i]);
    if (pen_down) stroke(ink, last, next, half_width, strength);
    last = next;
    pen_down = 1;
  }
}

/* A short stroke somewhere that means nothing. */
static void draw_distractor(tscope_rng *rng, float strength, float *ink) {
  float x = between(rng, -1, 1);
  float y = between(rng, -1, 1);
  float angle = between(rng, 0, (float)TSCOPE_PI);
  float half_length = between(rng, 0.05f, 0.15f);
  float half_width = between(rng, 0.05f, 0.1f);
  float along_x = half_length * cosine(angle), along_y = half_length * sine(angle);
  stroke(ink, (point){x - along_x, y - along_y}, (point){x + along_x, y + along_y}, half_width,
         strength);
}

/* A bar from edge to edge, 2 to 5 pixels wide, that lets little of the ink through. */
static void draw_bar(tscope_rng *rng, float *ink) {
  int upright = (int)tscope_rng_below(rng, 2);
  int width = 2 + (int)tscope_rng_below(rng, 4);
  int begin = (int)tscope_rng_below(rng, (uint32_t)(SIZE - width + 1));
  float left_over = between(rng, 0, 0.3f);
  for (int i = begin; i < begin + width; i++) {
    for (int j = 0; j < SIZE; j++) ink[upright ? j * SIZE + i : i * SIZE + j] *= left_over;
  }
}

void tscope_make_glyph(tscope_rng *rng, int label, float noise, void *input, float *target) {
  (void)noise;
  (void)target;
  uint8_t *pixels = input;
  float ink[PIXELS] = {0};
  float contrast = between(rng, 0.5f, 1);
  draw_shape(rng, &kShapes[label], contrast, ink);
  for (int i = 0; i < 2; i++) draw_distractor(rng, 0.75f * contrast, ink);
  if (tscope_rng_below(rng, 2)) draw_bar(rng, ink);
  float background = between(rng, 0, 0.15f);
  for (int i = 0; i < PIXELS; i++) {
    float value = background + ink[i] + 0.15f * noise_sample(rng);
    value = value < 0 ? 0 : value > 1 ? 1 : value;
    pixels[i] = (uint8_t)(value * 255 + 0.5f);
  }
}
