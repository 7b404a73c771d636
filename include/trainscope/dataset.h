/**
 * A data set: a read-only view that any number of runs share.
 *
 * Samples are vectors [features], images [channels][height][width], sequences [positions][numbers]
 * or token ids. Bytes stay bytes: conversion and normalization happen when a batch is drawn.
 * Generated images are made when they are first drawn.
 */
#ifndef TRAINSCOPE_DATASET_H
#define TRAINSCOPE_DATASET_H

#include "trainscope/config.h"

TSCOPE_DECLARE

enum { TSCOPE_SPLIT_TRAIN = 0, TSCOPE_SPLIT_VAL = 1, TSCOPE_SPLIT_COUNT = 2 };

/* What a sample is. Of tokens, T + 1 ids: the first T are the inputs, the last T the targets. */
enum {
  TSCOPE_KIND_VECTOR = 0,
  TSCOPE_KIND_IMAGE = 1,
  TSCOPE_KIND_SEQUENCE = 2,
  TSCOPE_KIND_TOKENS = 3
};

enum { TSCOPE_FORMAT_BYTES = 0, TSCOPE_FORMAT_FLOATS = 1 };

/* How raw values become inputs: as they are, by one mean and deviation for all, or by a pair per
 * feature. */
enum { TSCOPE_SCALING_NONE = 0, TSCOPE_SCALING_GLOBAL = 1, TSCOPE_SCALING_PER_FEATURE = 2 };

/** The samples of one split. Labels and targets may be NULL where the other is given. */
typedef struct tscope_split {
  int32_t count;
  const void *inputs;    /* [count][elements], bytes or floats; of tokens [count][T + 1] bytes */
  const uint8_t *labels; /* [count] class numbers, or NULL for regression and for tokens */
  const float *targets;  /* [count][outputs], or NULL for classification */
  uint8_t *made;         /* [count] 1 where a generated image exists; NULL where all exist */
  int32_t stride; /* of tokens: bytes from one sample to the next; windows of a text overlap */
} tscope_split;

typedef struct tscope_dataset {
  int32_t generator; /* TSCOPE_DATASET_*; custom for the caller's own data */
  int32_t kind;      /* TSCOPE_KIND_* */
  /* A vector has channels = features, height = width = 1. A sequence has width positions of
   * channels numbers, and height 1; tokens have width = T inputs, and channels = height = 1. */
  int32_t channels, height, width;
  int32_t classes;     /* 0 for regression; of tokens the vocabulary */
  int32_t outputs;     /* classes, or the targets per sample */
  int32_t scored_from; /* of tokens: the first of the T positions whose prediction is scored */
  int32_t format;      /* TSCOPE_FORMAT_* */
  int32_t
      scaling; /* TSCOPE_SCALING_*; the setting standardize can switch GLOBAL and PER_FEATURE off */
  uint32_t data_seed;
  float mean, deviation;   /* GLOBAL */
  const float *means;      /* PER_FEATURE, [elements] */
  const float *deviations; /* PER_FEATURE, [elements] */
  const char *alphabet;    /* [classes] the character of each generated token, or NULL */
  tscope_split split[TSCOPE_SPLIT_COUNT];
} tscope_dataset;

/**
 * Bytes that tscope_dataset_generate needs for config's generator and counts. Fails for custom, and
 * where the counts make no sense.
 */
TSCOPE_CHECKED tscope_status tscope_dataset_generate_size(const tscope_config *config,
                                                          size_t *bytes, tscope_problem *problem);

/**
 * Lays a generated data set out in memory (16-byte aligned, from generate_size). Points are made at
 * once, images when first drawn. Sample i depends only on (data_seed, i) and noise; validation
 * samples have indices of their own, so `samples` does not change them.
 */
TSCOPE_CHECKED tscope_status tscope_dataset_generate(const tscope_config *config, void *memory,
                                                     size_t bytes, tscope_dataset *dataset,
                                                     tscope_problem *problem);

/**
 * Checks the caller's own data (every member but the scaling is filled in; inputs stay the
 * caller's) and measures the scaling of byte inputs: mean and population deviation over all
 * training data, in full resolution. Labels must be below classes, targets finite.
 */
TSCOPE_CHECKED tscope_status tscope_dataset_check(tscope_dataset *dataset, tscope_problem *problem);

/**
 * Measures mean and deviation of each feature over float training inputs, for data whose columns
 * have units of their own (CSV), and switches the data set to them. means and deviations:
 * [elements], the caller's.
 */
void tscope_dataset_scale_features(tscope_dataset *dataset, float *means, float *deviations);

/**
 * Measures one mean and deviation over all float training inputs, for data whose numbers are all of
 * one kind (the pixels of images), and switches the data set to them.
 */
void tscope_dataset_scale_together(tscope_dataset *dataset);

/** Numbers of a sample as it is stored. */
size_t tscope_dataset_elements(const tscope_dataset *dataset);
/** Bytes from one stored sample to the next. */
size_t tscope_dataset_stride(const tscope_dataset *dataset, int split);
/** Predictions of one sample that are scored: 1, but of tokens the last so many positions. */
int tscope_dataset_scored(const tscope_dataset *dataset);

/** Makes sure that sample i of a generated split exists. */
void tscope_dataset_make(const tscope_dataset *dataset, int split, int i);

/** The header of an IDX file (MNIST's format). Source: yann.lecun.com/exdb/mnist. */
typedef struct tscope_idx {
  int32_t rank;
  int32_t shape[4];
  int32_t offset;  /* of the first data byte */
  int32_t type;    /* of the numbers, TSCOPE_IDX_*; they are big-endian */
  int32_t element; /* bytes of a number */
} tscope_idx;

/* The format's own codes. */
enum {
  TSCOPE_IDX_UNSIGNED_BYTES = 0x08,
  TSCOPE_IDX_SIGNED_BYTES = 0x09,
  TSCOPE_IDX_SHORTS = 0x0b,
  TSCOPE_IDX_INTS = 0x0c,
  TSCOPE_IDX_FLOATS = 0x0d,
  TSCOPE_IDX_DOUBLES = 0x0e
};

/**
 * Reads and checks the header of an IDX file of rank 1 to 4. bytes: the file's first, as many as
 * a header can have or all there are. problem's sentence says what is wrong, without the file's
 * name.
 */
TSCOPE_CHECKED tscope_status tscope_idx_header(const uint8_t *bytes, size_t size, tscope_idx *idx,
                                               tscope_problem *problem);

/** The same of a whole file of `size` bytes: the data must fill it exactly. */
TSCOPE_CHECKED tscope_status tscope_idx_parse(const uint8_t *bytes, size_t size, tscope_idx *idx,
                                              tscope_problem *problem);

/**
 * Chooses round(count * fraction) validation samples, at least one where fraction > 0, by a seeded
 * permutation. order: [count]; afterwards the training samples' indices come first, then the
 * validation samples', each part ascending. Returns the number of training samples.
 */
int tscope_dataset_split(int count, float fraction, uint32_t data_seed, int32_t *order);

TSCOPE_DECLARED

#endif
