/** Draws batches: order, labels as this run sees them, and conversion of raw samples to the
 * network's input layout. */
#ifndef TRAINSCOPE_DATA_SAMPLER_H
#define TRAINSCOPE_DATA_SAMPLER_H

#include "base/arena.h"
#include "base/team.h"
#include "trainscope/dataset.h"

typedef struct tscope_sampler {
  const tscope_dataset *dataset;
  int count[TSCOPE_SPLIT_COUNT]; /* after the settings samples and val_samples */
  int downsample, height, width; /* of the network's input */
  int scaling;
  float outlier_scale;
  uint32_t seed, data_seed;
  uint8_t *is_outlier; /* [train count], NULL where there are none */
  uint8_t *labels;     /* [train count] with label noise, NULL where there is none */
  int32_t *order;      /* [train count] the permutation of ordered_epoch */
  int32_t ordered_epoch;
} tscope_sampler;

/** Judges the settings against the data and lays the sampler out. With a measuring arena nothing is
 * written. */
TSCOPE_CHECKED tscope_status tscope_sampler_build(tscope_sampler *sampler,
                                                  const tscope_config *config,
                                                  const tscope_dataset *dataset,
                                                  tscope_arena *arena, tscope_problem *problem);

/** The training samples from `place` on of the epoch's permutation, which is (seed, epoch)'s alone,
 * and on into the next ones. */
void tscope_sampler_draw(tscope_sampler *sampler, int epoch, int place, int count,
                         int32_t *indices);

/** Samples of a split: `rows` that indices name, or where it is NULL first, first + 1, …. */
typedef struct tscope_samples {
  int split;
  const int32_t *indices;
  int first, rows;
} tscope_samples;

/** Makes those that are made when they are first asked for: before threads share out a fill. */
void tscope_sampler_make(const tscope_sampler *sampler, const tscope_samples *samples);

/**
 * Writes samples that are made to inputs [block][y][x][channel][8], zero in dead lanes, their
 * labels to labels [rows] and targets to targets [rows][outputs] where the data has them: this
 * part's blocks. Of tokens the inputs are ids, and labels are [block][scored position][8].
 */
void tscope_sampler_fill(const tscope_sampler *sampler, const tscope_samples *samples,
                         float *inputs, uint8_t *labels, float *targets, tscope_part part);

/** Writes inputs given in the data's own units: from [rows][channels][height][width] in the
 * network's resolution. */
void tscope_sampler_fill_raw(const tscope_sampler *sampler, const float *from, int rows,
                             float *inputs);

/** L0: the loss of predicting the class frequencies, or the constant mean, on this run's training
 * data. */
double tscope_sampler_baseline(const tscope_sampler *sampler, int loss, double smoothing);
/** The loss of knowing every label: 0, but for labels that are smoothed their entropy. */
double tscope_sampler_floor(const tscope_sampler *sampler, int loss, double smoothing);

#endif
