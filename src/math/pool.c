#include <string.h>

#include "math/kernels.h"

static size_t pixel_floats(const tscope_pool *pool) {
  return (size_t)pool->channels * TSCOPE_LANES;
}

static size_t in_floats(const tscope_pool *pool) {
  return (size_t)pool->in_height * (size_t)pool->in_width * pixel_floats(pool);
}

/** The part of the window of output (oy, ox) that lies inside the image. */
typedef struct window {
  int height, width;
  size_t start; /* float offset of its first pixel */
} window;

static window window_at(const tscope_pool *pool, int oy, int ox) {
  const int y = oy * pool->stride, x = ox * pool->stride;
  const int height = pool->in_height - y < pool->size ? pool->in_height - y : pool->size;
  const int width = pool->in_width - x < pool->size ? pool->in_width - x : pool->size;
  return (window){height, width, (size_t)(y * pool->in_width + x) * pixel_floats(pool)};
}

/* Each output pixel in turn: w its window, `out` the float offset of its channels in y. */
#define EACH_WINDOW(pool, blocks)                 \
  for (int b = 0, out_pixel = 0; b < blocks; b++) \
    for (int oy = 0; oy < pool->out_height; oy++) \
      for (int ox = 0; ox < pool->out_width; ox++, out_pixel++)

void tscope_maxpool_forward(float *y, int32_t *index, const float *x, const tscope_pool *pool,
                            int blocks) {
  const size_t pixel = pixel_floats(pool), row = (size_t)pool->in_width * pixel;
  EACH_WINDOW(pool, blocks) {
    const window w = window_at(pool, oy, ox);
    const float *from = x + (size_t)b * in_floats(pool) + w.start;
    const size_t out = (size_t)out_pixel * pixel;
    for (size_t i = 0; i < pixel; i += 4) {
      f32x4 best = tscope_load(from + i);
      i32x4 place = {0, 0, 0, 0};
      for (int ky = 0; ky < w.height; ky++) {
        for (int kx = 0; kx < w.width; kx++) {
          f32x4 value = tscope_load(from + i + (size_t)ky * row + (size_t)kx * pixel);
          /* A NaN wins, or a divergence would stay hidden behind its neighbours. */
          i32x4 wins = (i32x4)(value > best) | (i32x4)(value != value);
          best = tscope_select(wins, value, best);
          place = (wins & (ky * pool->size + kx)) | (~wins & place);
        }
      }
      tscope_store(y + out + i, best);
      *(i32x4 *)(index + out + i) = place;
    }
  }
}

void tscope_maxpool_backward(float *dx, const float *dy, const int32_t *index,
                             const tscope_pool *pool, int blocks) {
  const size_t pixel = pixel_floats(pool), row = (size_t)pool->in_width * pixel;
  const f32x4 zero = tscope_splat(0);
  memset(dx, 0, (size_t)blocks * in_floats(pool) * sizeof(float));
  EACH_WINDOW(pool, blocks) {
    const window w = window_at(pool, oy, ox);
    float *to = dx + (size_t)b * in_floats(pool) + w.start;
    const size_t out = (size_t)out_pixel * pixel;
    for (int ky = 0; ky < w.height; ky++) {
      for (int kx = 0; kx < w.width; kx++) {
        float *d = to + (size_t)ky * row + (size_t)kx * pixel;
        for (size_t i = 0; i < pixel; i += 4) {
          i32x4 here = (i32x4)(*(const i32x4 *)(index + out + i) == ky * pool->size + kx);
          tscope_store(d + i,
                       tscope_load(d + i) + tscope_select(here, tscope_load(dy + out + i), zero));
        }
      }
    }
  }
}

void tscope_avgpool_forward(float *y, const float *x, const tscope_pool *pool, int blocks) {
  const size_t pixel = pixel_floats(pool), row = (size_t)pool->in_width * pixel;
  EACH_WINDOW(pool, blocks) {
    const window w = window_at(pool, oy, ox);
    const float *from = x + (size_t)b * in_floats(pool) + w.start;
    const float share = 1.0f / (float)(w.height * w.width);
    for (size_t i = 0; i < pixel; i += 4) {
      f32x4 sum = tscope_splat(0);
      for (int ky = 0; ky < w.height; ky++) {
        for (int kx = 0; kx < w.width; kx++) {
          sum += tscope_load(from + i + (size_t)ky * row + (size_t)kx * pixel);
        }
      }
      tscope_store(y + (size_t)out_pixel * pixel + i, sum * share);
    }
  }
}

void tscope_avgpool_backward(float *dx, const float *dy, const tscope_pool *pool, int blocks,
                             int accumulate) {
  const size_t pixel = pixel_floats(pool), row = (size_t)pool->in_width * pixel;
  if (!accumulate) memset(dx, 0, (size_t)blocks * in_floats(pool) * sizeof(float));
  EACH_WINDOW(pool, blocks) {
    const window w = window_at(pool, oy, ox);
    float *to = dx + (size_t)b * in_floats(pool) + w.start;
    const float share = 1.0f / (float)(w.height * w.width);
    for (int ky = 0; ky < w.height; ky++) {
      for (int kx = 0; kx < w.width; kx++) {
        float *d = to + (size_t)ky * row + (size_t)kx * pixel;
        for (size_t i = 0; i < pixel; i += 4) {
          tscope_store(
              d + i, tscope_load(d + i) + tscope_load(dy + (size_t)out_pixel * pixel + i) * share);
        }
      }
    }
  }
}
