#include <assert.h>
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

/** Whether every window begins inside the image. */
TSCOPE_ASSERTED int is_covered(const tscope_pool *pool) {
  return (pool->out_height - 1) * pool->stride < pool->in_height &&
         (pool->out_width - 1) * pool->stride < pool->in_width;
}

/* Each output pixel in turn: w its window, `out` the float offset of its channels in y. */
#define EACH_WINDOW(pool, blocks)                 \
  for (int b = 0, out_pixel = 0; b < blocks; b++) \
    for (int oy = 0; oy < pool->out_height; oy++) \
      for (int ox = 0; ox < pool->out_width; ox++, out_pixel++)

/** One window's maximum for every channel; height and width are constants where they are usual. */
TSCOPE_INLINE void max_of_window(float *y, int32_t *index, const float *from, int height, int width,
                                 int size, size_t row, size_t pixel) {
  for (size_t i = 0; i < pixel; i += 4) {
    f32x4 best = tscope_load(from + i);
    i32x4 place = {0, 0, 0, 0}, no_number = (i32x4)(best != best);
    for (int ky = 0; ky < height; ky++) {
      for (int kx = ky == 0; kx < width; kx++) { /* the first pixel is there already */
        f32x4 value = tscope_load(from + i + (size_t)ky * row + (size_t)kx * pixel);
        i32x4 wins = (i32x4)(value > best);
        best = tscope_max(best, value);
        place = tscope_max_int(place, wins & (ky * size + kx)); /* they come in rising order */
        no_number |= (i32x4)(value != value);
      }
    }
    /* A NaN wins, or a divergence would stay hidden behind its neighbours. */
    tscope_store(y + i, (f32x4)((i32x4)best | no_number));
    *(i32x4 *)(index + i) = place;
  }
}

void tscope_maxpool_forward(float *y, int32_t *index, const float *x, const tscope_pool *pool,
                            int blocks) {
  assert(is_covered(pool) && tscope_is_aligned(y) && tscope_is_aligned(x));
  const size_t pixel = pixel_floats(pool), row = (size_t)pool->in_width * pixel;
  EACH_WINDOW(pool, blocks) {
    const window w = window_at(pool, oy, ox);
    const float *from = x + (size_t)b * in_floats(pool) + w.start;
    const size_t out = (size_t)out_pixel * pixel;
    if (w.height == 2 && w.width == 2) {
      max_of_window(y + out, index + out, from, 2, 2, pool->size, row, pixel);
    } else {
      max_of_window(y + out, index + out, from, w.height, w.width, pool->size, row, pixel);
    }
  }
}

void tscope_maxpool_gather(float *y, const int32_t *index, const float *x, const tscope_pool *pool,
                           int blocks) {
  assert(is_covered(pool) && tscope_is_aligned(y) && tscope_is_aligned(x));
  const size_t pixel = pixel_floats(pool), row = (size_t)pool->in_width * pixel;
  EACH_WINDOW(pool, blocks) {
    const float *from = x + (size_t)b * in_floats(pool) + window_at(pool, oy, ox).start;
    const size_t out = (size_t)out_pixel * pixel;
    for (size_t i = 0; i < pixel; i++) {
      const int place = index[out + i], ky = place / pool->size, kx = place % pool->size;
      y[out + i] = from[(size_t)ky * row + (size_t)kx * pixel + i];
    }
  }
}

/** Hands one window's dy to where its maximum was; adds: other windows may have the same pixel. */
TSCOPE_INLINE void scatter_window(float *to, const float *dy, const int32_t *index, int height,
                                  int width, int size, size_t row, size_t pixel, int adds) {
  for (size_t i = 0; i < pixel; i += 4) {
    const f32x4 d = tscope_load(dy + i);
    const i32x4 place = *(const i32x4 *)(index + i);
    for (int ky = 0; ky < height; ky++) {
      for (int kx = 0; kx < width; kx++) {
        float *dx = to + (size_t)ky * row + (size_t)kx * pixel + i;
        f32x4 here = (f32x4)((i32x4)d & (i32x4)(place == ky * size + kx));
        if (adds) here += tscope_load(dx);
        tscope_store(dx, here);
      }
    }
  }
}

/** Whether every pixel lies in exactly one window. */
static int is_tiling(const tscope_pool *pool) {
  return pool->stride == pool->size && pool->out_height * pool->size == pool->in_height &&
         pool->out_width * pool->size == pool->in_width;
}

void tscope_maxpool_backward(float *dx, const float *dy, const int32_t *index,
                             const tscope_pool *pool, int blocks) {
  const size_t pixel = pixel_floats(pool), row = (size_t)pool->in_width * pixel;
  const int tiles = is_tiling(pool);
  if (!tiles) memset(dx, 0, (size_t)blocks * in_floats(pool) * sizeof(float));
  EACH_WINDOW(pool, blocks) {
    const window w = window_at(pool, oy, ox);
    float *to = dx + (size_t)b * in_floats(pool) + w.start;
    const size_t out = (size_t)out_pixel * pixel;
    if (tiles && pool->size == 2) {
      scatter_window(to, dy + out, index + out, 2, 2, 2, row, pixel, 0);
    } else {
      scatter_window(to, dy + out, index + out, w.height, w.width, pool->size, row, pixel, !tiles);
    }
  }
}

void tscope_avgpool_forward(float *y, const float *x, const tscope_pool *pool, int blocks) {
  assert(is_covered(pool) && tscope_is_aligned(y) && tscope_is_aligned(x));
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
    const f32x4 share = tscope_splat(1.0f / (float)(w.height * w.width));
    for (int ky = 0; ky < w.height; ky++) {
      for (int kx = 0; kx < w.width; kx++) {
        float *d = to + (size_t)ky * row + (size_t)kx * pixel;
        for (size_t i = 0; i < pixel; i += 4) {
          tscope_store(d + i, tscope_madd(tscope_load(dy + (size_t)out_pixel * pixel + i), share,
                                          tscope_load(d + i)));
        }
      }
    }
  }
}
