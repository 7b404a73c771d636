/** A slice through the loss surface: random directions, and the loss at a place of a plane. */
#include "trainscope/slice.h"

#include <string.h>

#include "base/rng.h"
#include "math/elementary.h"
#include "math/normal.h"
#include "train/run.h"

/* As the paper's own code has it, so that a filter that happens to be drawn as zeros stays zero. */
static const double NORM_OFFSET = 1e-10;

int tscope_slice_floats(const tscope_trainer *trainer) {
  return (int)trainer->network.parameter_floats;
}

/* ---- random directions ---------------------------------------------------------------------- */

/** √Σ v², in double and in order; filters have any length. */
static double length_of(const float *v, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += (double)v[i] * (double)v[i];
  return tscope_sqrt(sum);
}

/** Gives a drawn filter the length of the origin's. */
static void scale_filter(float *direction, const float *origin, size_t n) {
  const double scale = length_of(origin, n) / (length_of(direction, n) + NORM_OFFSET);
  for (size_t i = 0; i < n; i++) direction[i] = (float)((double)direction[i] * scale);
}

static void draw_weight(float *direction, const float *origin, const tscope_parameter *weight,
                        tscope_rng *rng) {
  const size_t filters = (size_t)weight->shape[0], size = weight->count / filters;
  for (size_t i = 0; i < weight->count; i++) direction[i] = tscope_rng_normal(rng);
  for (size_t f = 0; f < filters; f++) scale_filter(direction + f * size, origin + f * size, size);
}

void tscope_slice_draw(const tscope_trainer *trainer, float *plane, int seed) {
  const tscope_network *network = &trainer->network;
  const size_t n = network->parameter_floats;
  for (int which = 1; which <= 2; which++) {
    float *direction = plane + (size_t)which * n;
    tscope_rng rng = tscope_rng_stream((uint32_t)seed, TSCOPE_STREAM_SLICE, (uint64_t)which);
    memset(direction, 0, n * sizeof(float));
    for (int i = 0; i < network->count; i++) {
      const tscope_unit *unit = &network->units[i];
      for (int p = 0; p < unit->parameter_count; p++) {
        const tscope_parameter *parameter = &unit->parameters[p];
        if (parameter->rank < 2) continue;
        draw_weight(direction + parameter->offset, plane + parameter->offset, parameter, &rng);
      }
    }
  }
}

/* ---- the loss at a place -------------------------------------------------------------------- */

int tscope_slice_samples(const tscope_trainer *trainer, int wanted) {
  const int available = trainer->sampler.count[TSCOPE_SPLIT_TRAIN];
  const int samples = wanted < available ? wanted : available;
  /* Batch statistics belong to one pass. */
  const int is_bound = trainer->network.has_batchnorm && samples > trainer->rows_max;
  return is_bound ? trainer->rows_max : samples;
}

/** θ = origin + a first + b second, each number rounded once. */
static void place_probe(float *theta, const float *plane, size_t n, double a, double b) {
  const float *first = plane + n, *second = plane + 2 * n;
  for (size_t i = 0; i < n; i++) {
    theta[i] = (float)((double)plane[i] + (a * (double)first[i] + b * (double)second[i]));
  }
}

int tscope_slice_advance(tscope_trainer *trainer, const float *plane, double a, double b,
                         int samples, int first, double *sum) {
  const int left = samples - first;
  const int rows = left < trainer->rows_max ? left : trainer->rows_max;
  /* Of what a step that is half done needs, a pass without a gradient touches nothing, and this
   * vector is free between two calls. */
  float *theta = trainer->vectors[0];
  place_probe(theta, plane, trainer->network.parameter_floats, a, b);
  const tscope_samples shown = {TSCOPE_SPLIT_TRAIN, NULL, first, rows};
  tscope_pass pass = tscope_pass_begin(trainer, TSCOPE_PASS_MEASURE, rows, first);
  pass.parameters = theta;
  pass.is_forward_only = 1;
  pass.repack = 1; /* the vector may have held another place */
  *sum += tscope_pass_run(trainer, &pass, (tscope_task){.samples = &shown});
  if (rows == left) *sum /= samples;
  return first + rows;
}
