/** Sequences: tables that are added, and what turns images into them and them into vectors. */
#include <string.h>

#include "math/kernels.h"

void tscope_table_add(float *y, const float *x, const float *table, size_t numbers, int blocks) {
  for (int b = 0; b < blocks; b++) {
    for (size_t i = 0; i < numbers; i++, y += TSCOPE_LANES, x += TSCOPE_LANES) {
      const f32x4 entry = tscope_load_splat(table + i);
      tscope_store(y, tscope_load(x) + entry);
      tscope_store(y + 4, tscope_load(x + 4) + entry);
    }
  }
}

void tscope_table_backward(float *dtable, const float *dy, size_t numbers, int blocks,
                           int accumulate, tscope_part part) {
  const int end = tscope_part_end(part, (int)numbers);
  for (int i = tscope_part_begin(part, (int)numbers); i < end; i++) {
    f32x4 low = tscope_splat(0), high = low;
    const float *from = dy + (size_t)i * TSCOPE_LANES;
    for (int b = 0; b < blocks; b++, from += numbers * TSCOPE_LANES) {
      low += tscope_load(from);
      high += tscope_load(from + 4);
    }
    const float sum = tscope_lane_sum(low + high);
    dtable[i] = accumulate ? dtable[i] + sum : sum;
  }
}

void tscope_mean_forward(float *y, const float *x, int positions, int channels, int blocks) {
  const size_t step = (size_t)channels * TSCOPE_LANES;
  const float share = 1.0f / (float)positions;
  for (int b = 0; b < blocks; b++, x += (size_t)positions * step, y += step) {
    for (size_t i = 0; i < step; i += 4) {
      f32x4 sum = tscope_splat(0);
      for (int p = 0; p < positions; p++) sum += tscope_load(x + (size_t)p * step + i);
      tscope_store(y + i, sum * share);
    }
  }
}

void tscope_mean_backward(float *dx, const float *dy, int positions, int channels, int blocks) {
  const size_t step = (size_t)channels * TSCOPE_LANES;
  const float share = 1.0f / (float)positions;
  for (int b = 0; b < blocks; b++, dy += step) {
    for (int p = 0; p < positions; p++, dx += step) {
      for (size_t i = 0; i < step; i += 4) tscope_store(dx + i, tscope_load(dy + i) * share);
    }
  }
}

/** Calls body with `from`, where a number of the image lies, and `to`, where in the sequence. */
#define EACH_PATCH_NUMBER(patches, image, sequence, body)                                        \
  for (int py = 0; py < (patches)->height / (patches)->side; py++)                               \
    for (int px = 0; px < (patches)->width / (patches)->side; px++)                              \
      for (int c = 0; c < (patches)->channels; c++)                                              \
        for (int y = 0; y < (patches)->side; y++)                                                \
          for (int x = 0; x < (patches)->side; x++, (sequence) += TSCOPE_LANES) {                \
            const size_t pixel = (size_t)(py * (patches)->side + y) * (size_t)(patches)->width + \
                                 (size_t)(px * (patches)->side + x);                             \
            const size_t at = (pixel * (size_t)(patches)->channels + (size_t)c) * TSCOPE_LANES;  \
            body                                                                                 \
          }

void tscope_patches_forward(float *sequence, const float *image, const tscope_patches *patches,
                            int blocks) {
  const size_t step =
      (size_t)patches->channels * (size_t)patches->height * (size_t)patches->width * TSCOPE_LANES;
  for (int b = 0; b < blocks; b++, image += step) {
    EACH_PATCH_NUMBER(patches, image, sequence, {
      tscope_store(sequence, tscope_load(image + at));
      tscope_store(sequence + 4, tscope_load(image + at + 4));
    })
  }
}

void tscope_patches_backward(float *dimage, const float *dsequence, const tscope_patches *patches,
                             int blocks) {
  const size_t step =
      (size_t)patches->channels * (size_t)patches->height * (size_t)patches->width * TSCOPE_LANES;
  /* Pixels beyond the last patch are seen by none. */
  memset(dimage, 0, (size_t)blocks * step * sizeof(float));
  for (int b = 0; b < blocks; b++, dimage += step) {
    EACH_PATCH_NUMBER(patches, dimage, dsequence, {
      tscope_store(dimage + at, tscope_load(dsequence));
      tscope_store(dimage + at + 4, tscope_load(dsequence + 4));
    })
  }
}
