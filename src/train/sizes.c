/** How large the signal is in each unit of the network: where a blow-up begins. */
#include "base/text.h"
#include "math/elementary.h"
#include "train/run.h"

int tscope_trainer_unit_count(const tscope_trainer *trainer) { return trainer->network.count; }

int tscope_trainer_measure_units(tscope_trainer *trainer, int samples) {
  const int available = trainer->sampler.count[TSCOPE_SPLIT_TRAIN];
  if (trainer->chunk_first > 0) return 0;
  int rows = samples < available ? samples : available;
  /* The activations of one pass are there, not those of the one before. */
  if (rows > trainer->rows_max) rows = trainer->rows_max;
  if (rows > 0) tscope_trainer_measure_gradient(trainer, NULL, rows);
  return rows;
}

/** Root mean square of a unit's outputs. The last block may have lanes without a sample. */
static double activation_of(const tscope_unit *unit, int samples) {
  const size_t elements = tscope_shape_elements(unit->out);
  double sum = 0;
  for (int first = 0; first < samples; first += TSCOPE_LANES) {
    const float *block = unit->y + (size_t)first * elements;
    const int lanes = samples - first < TSCOPE_LANES ? samples - first : TSCOPE_LANES;
    for (size_t e = 0; e < elements; e++) {
      for (int lane = 0; lane < lanes; lane++) {
        const double value = (double)block[e * TSCOPE_LANES + (size_t)lane];
        sum += value * value;
      }
    }
  }
  return tscope_sqrt(sum / ((double)samples * (double)elements));
}

/** The norm of a unit's part of a vector that is laid out as the parameters are. */
static double norm_of(const tscope_unit *unit, const float *vector) {
  double sum = 0;
  for (int p = 0; p < unit->parameter_count; p++) {
    const float *values = vector + unit->parameters[p].offset;
    for (size_t i = 0; i < unit->parameters[p].count; i++) {
      sum += (double)values[i] * (double)values[i];
    }
  }
  return tscope_sqrt(sum);
}

void tscope_trainer_unit_size(const tscope_trainer *trainer, int i, int samples,
                              tscope_unit_size *size) {
  const tscope_unit *unit = &trainer->network.units[i];
  int parameters = 0;
  for (int p = 0; p < unit->parameter_count; p++) parameters += (int)unit->parameters[p].count;
  *size = (tscope_unit_size){
      .activation = activation_of(unit, samples),
      .gradient = norm_of(unit, trainer->gradient),
      .weight = norm_of(unit, trainer->parameters),
      .number = unit->number,
      .depth = unit->depth,
      .branch = unit->layer->end ? 1
                : unit->partner  ? 2
                                 : 0,
      .parameters = parameters,
      .channels = unit->out.channels,
      .height = unit->out.height,
      .width = unit->out.width,
  };
  tscope_line line = tscope_line_start(size->name, sizeof size->name);
  tscope_line_add(&line, unit->layer->facts->name);
}
