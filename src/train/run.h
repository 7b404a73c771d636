/** The inside of a run, shared by the files of this folder. */
#ifndef TRAINSCOPE_TRAIN_RUN_H
#define TRAINSCOPE_TRAIN_RUN_H

#include "data/sampler.h"
#include "model/network.h"
#include "optim/optim.h"
#include "train/definitions.h"
#include "train/freeze.h"
#include "train/stability.h"
#include "train/watch.h"
#include "trainscope/trainer.h"

/* A pass takes at most this many samples, unless batchnorm needs its whole batch at once. */
enum { TSCOPE_CHUNK_ROWS = 128 };

/**
 * The head of the state; parameters, moments and running statistics follow it in the block. No
 * pointers: a copy of the state means the same in any memory.
 */
typedef struct tscope_state {
  tscope_config config; /* live changes included */
  int32_t step;         /* steps taken */
  int32_t epoch, place; /* the next sample of the order */
  int32_t diverged_at;
  int32_t clipped_steps, clippable_steps; /* the second: with a threshold in force */
  int32_t best_step;
  double clip_scales; /* sum over the clippable steps of what clipping multiplied by */
  double best_loss, best_accuracy;
  tscope_stability stability;
  tscope_watch watch;
  tscope_freeze freeze;
  tscope_smoothing accuracy;  /* of the batches */
  tscope_norms norms;         /* of all steps */
  tscope_norms typical_norms; /* of a network that is well; see tscope_watch_norm */
} tscope_state;

/* Of updating one parameter, in time: divisions and roots. */
enum { TSCOPE_FLOPS_OF_UPDATE = 20 };

enum { TSCOPE_LANCZOS_MAX = 100 };

/** Lanczos' iteration between two chunks of samples. */
typedef struct tscope_lanczos {
  int samples, iterations, k;
  int first; /* the next chunk's first sample */
  int is_preconditioned;
  double epsilon, beta, value;
  int settled; /* iterations in a row that hardly moved the value */
  float *v, *before, *w;
  double diagonal[TSCOPE_LANCZOS_MAX], beside[TSCOPE_LANCZOS_MAX];
} tscope_lanczos;

/** What was right: predictions, and samples with all of theirs. */
typedef struct tscope_hits {
  int64_t predictions, samples;
} tscope_hits;

struct tscope_trainer {
  /* The state part. */
  tscope_state *state;
  float *parameters;
  float *moments[2];
  float *running;
  float *lowest_parameters, *lowest_running; /* where the probe was lowest; see watch.h */
  size_t state_bytes;

  /* The scratch part, which any pass may overwrite. */
  tscope_network network;
  tscope_sampler sampler;
  float *gradient;       /* [parameter_floats], the padding always zero */
  float *running_before; /* running statistics before a step, in case it diverges */
  float *vectors[4];     /* [parameter_floats] each: the update's two, or the sharpness' four */
  float *inverse_root; /* [parameter_floats], of the preconditioner; NULL where the rule has none */
  float *inputs;       /* [blocks][elements][8] */
  uint8_t *labels;     /* [rows], of tokens [block][scored position][8] */
  float *targets;      /* [rows][outputs] */
  int32_t *indices;    /* [rows] */
  int32_t *watched;    /* [watched_count] fixed training samples; see watch.h */
  int watched_count;
  int rows_max;             /* of one pass */
  int loss;                 /* TSCOPE_LOSS_*: regression is always squared error */
  double baseline, floor;   /* the loss of guessing, and of knowing every label */
  int silent_units;         /* up to this one no gradient came in the last step; see freeze.h */
  const float *packed_from; /* the parameters whose weights are packed; NULL: none's */
  tscope_team *team;        /* threads that share the work; NULL: the caller's alone */
  float *matrices;          /* workspace for moving them; NULL where the rule moves none */
  double *squares;          /* [⌈parameter_floats / 4096⌉], the parts of a squared norm */

  /* A step whose batch takes several chunks. */
  int chunk_first;
  double chunk_loss;
  tscope_hits chunk_hits;
  float chunk_peak; /* the largest score of attention */

  /* An evaluation in progress. */
  int evaluation_split, evaluation_count, evaluation_first;
  double evaluation_loss;
  tscope_hits evaluation_hits;

  /* A measurement of sharpness in progress; see sharpness.c. */
  tscope_lanczos lanczos;
};

/** Parameters [begin, begin + n), whole vectors of four. */
typedef struct tscope_span {
  size_t begin, n;
} tscope_span;

/** What of a parameter, with the padding behind it, lies in [begin, end). */
static inline tscope_span tscope_parameter_within(const tscope_parameter *parameter, size_t begin,
                                                  size_t end) {
  const size_t last = parameter->offset + ((parameter->count + 3) & ~(size_t)3);
  const size_t from = parameter->offset > begin ? parameter->offset : begin;
  const size_t to = last < end ? last : end;
  return (tscope_span){from, from < to ? to - from : 0};
}

/** The update of parameters [begin, end), except matrices: their gradient becomes what they are to
 * move along. */
void tscope_matrices_begin(const tscope_trainer *trainer, size_t begin, size_t end, float lr);
/** Moves the matrices, when all of them have begun. */
void tscope_matrices_move(tscope_trainer *trainer, float lr);

/** The loss below which something is learned: 5 % of the way from guessing to knowing. */
static inline double tscope_learned_below(const tscope_trainer *trainer) {
  return trainer->floor + TSCOPE_DEFINITION_infeasible_share * (trainer->baseline - trainer->floor);
}

/** Samples per step: the batch, or all where the batch is 0 or no smaller than the data. */
int tscope_batch_rows(const tscope_trainer *trainer);
/** The most samples of a pass, of a network that is laid out for whatever number. */
int tscope_chunk_rows(const tscope_network *network, const tscope_config *config, int samples);
int tscope_total_steps(const tscope_config *config);

/** A pass for `rows` samples that starts at row `first` of its batch. */
tscope_pass tscope_pass_begin(tscope_trainer *trainer, int mode, int rows, int first);

/** The team, where so much arithmetic is worth calling it, else NULL. */
tscope_team *tscope_trainer_team(const tscope_trainer *trainer, double flops);

/** What a pass is asked for besides the sum of its losses. */
typedef struct tscope_task {
  const tscope_samples *samples; /* whose pass it is; NULL: of those that are filled in */
  float scale;                   /* of the gradient: 1 / samples of the batch */
  tscope_hits *hits;             /* += what was right; NULL: not wanted */
  int wants_squares;             /* of the gradient, in trainer->squares */
} tscope_task;

/** Puts samples into inputs, labels and targets. */
void tscope_trainer_fill(tscope_trainer *trainer, const tscope_samples *samples);

/** Loss sum and, unless the mode is TSCOPE_PASS_EVALUATE, gradient of the task's samples; of tokens
 * a sample's loss is the mean over its scored positions. */
double tscope_pass_run(tscope_trainer *trainer, tscope_pass *pass, tscope_task task);

/** Runs `rows` samples in trainer->inputs in evaluation mode, on one thread; network.output has
 * what the network says. */
tscope_pass tscope_pass_look(tscope_trainer *trainer, int rows);

#endif
