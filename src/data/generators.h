/**
 * The generators of data sets, one function each. A generator makes one sample at a time from the
 * sample's own stream of random numbers, so that sample i never depends on its neighbours. To add
 * one: a row of TSCOPE_DATASETS in config_fields.h, a row of kGenerators in dataset.c, and a
 * function here. One of tokens: a row of TSCOPE_DATASETS, one of task_fields.h, and tokens.c.
 */
#ifndef TRAINSCOPE_DATA_GENERATORS_H
#define TRAINSCOPE_DATA_GENERATORS_H

#include <stdint.h>

#include "base/rng.h"
#include "trainscope/config.h"

/**
 * Makes one sample of class label (0 for regression). noise: the setting, a standard deviation.
 * input: [elements], floats or bytes as the generator's row says. target: [outputs], regression
 * only.
 */
typedef void (*tscope_make_sample)(tscope_rng *rng, int label, float noise, void *input,
                                   float *target);

/* Points in the plane, two floats, mostly within [-1.2, 1.2] (points.c). */
void tscope_make_spiral(tscope_rng *rng, int label, float noise, void *input, float *target);
void tscope_make_circle(tscope_rng *rng, int label, float noise, void *input, float *target);
void tscope_make_xor(tscope_rng *rng, int label, float noise, void *input, float *target);
void tscope_make_blobs(tscope_rng *rng, int label, float noise, void *input, float *target);
void tscope_make_moons(tscope_rng *rng, int label, float noise, void *input, float *target);
void tscope_make_plane(tscope_rng *rng, int label, float noise, void *input, float *target);

/* The most symbols that tasks have names for; the bound of the setting. */
enum { TSCOPE_SYMBOLS_MAX = 62, TSCOPE_ALPHABET_MAX = TSCOPE_SYMBOLS_MAX + 2 };

/** What samples of tokens look like under these settings (tokens.c). */
typedef struct tscope_token_task {
  int length; /* T: a sample has T + 1 ids */
  int vocabulary, scored_from;
  char alphabet[TSCOPE_ALPHABET_MAX];
} tscope_token_task;

/** vocabulary 0: the data set is not one of tokens. */
tscope_token_task tscope_token_task_of(const tscope_config *config);
/** One sample. dataset: TSCOPE_DATASET_*; ids: [length + 1]. */
void tscope_make_tokens(tscope_rng *rng, int dataset, const tscope_token_task *task, uint8_t *ids);

/*
 * Images of 28 x 28 bytes: ring, C, square, pentagon, triangle, plus, T, S, Z, Y. They are made one
 * by one when first drawn, and noise is not used (glyphs.c).
 */
enum { TSCOPE_GLYPH_SIZE = 28, TSCOPE_GLYPH_CLASSES = 10 };
void tscope_make_glyph(tscope_rng *rng, int label, float noise, void *input, float *target);

/*
 * Mean and population deviation of the glyphs' bytes, measured over 20,000 images of each of 50
 * seeds, so that standardizing needs no image before it is drawn. tests/native/test_data.c holds
 * them to the generator.
 */
#define TSCOPE_GLYPH_MEAN 58.633f
#define TSCOPE_GLYPH_DEVIATION 70.371f

#endif
