/**
 * The life of a run: size, init, advance, measure.
 *
 *     tscope_run_size size;
 *     if (tscope_trainer_size(&config, &dataset, &size, &problem) != TSCOPE_OK) fail(&problem);
 *     size_t bytes = ((size_t)(size.state + size.scratch) + 15) / 16 * 16;
 *     void *block = aligned_alloc(16, bytes);
 *     tscope_trainer *trainer;
 *     if (tscope_trainer_init(&config, &dataset, block, bytes, &trainer, &problem) != TSCOPE_OK)
 *       fail(&problem);
 *     tscope_metrics row;
 *     int events = 0;
 *     while (!(events & TSCOPE_EVENT_complete)) {
 *       events = tscope_trainer_advance(trainer, &row);
 *       if (events & TSCOPE_EVENT_step) plot(row.step, row.loss);
 *     }
 *
 * A run lives in one block that the caller owns, [state | scratch]. The state comes first and is
 * contiguous (settings, counters, norm histogram, parameters, moments, running statistics): copying
 * it is a snapshot, and copying it back resumes the run to the same bits. Nothing allocates,
 * nothing is global.
 */
#ifndef TRAINSCOPE_TRAINER_H
#define TRAINSCOPE_TRAINER_H

#include "trainscope/config.h"
#include "trainscope/dataset.h"
#include "trainscope/definition_fields.h"
#include "trainscope/metric_fields.h"
#include "trainscope/team.h"

TSCOPE_DECLARE

typedef struct tscope_trainer tscope_trainer;

/** Bytes of the two parts of a run's block. */
typedef TSCOPE_RECORD_STRUCT(TSCOPE_RUN_SIZE_FIELDS) tscope_run_size;

#define TSCOPE_MEMBER_METRIC(kind, name, ...) TSCOPE_METRIC_##kind name;
#define TSCOPE_METRIC_REAL float
#define TSCOPE_METRIC_INT int32_t
/** One step's measurements: the rows of metric_fields.h. */
typedef struct tscope_metrics {
  TSCOPE_METRIC_FIELDS(TSCOPE_MEMBER_METRIC)
} tscope_metrics;
#undef TSCOPE_MEMBER_METRIC
#undef TSCOPE_METRIC_REAL
#undef TSCOPE_METRIC_INT

/** What a call to tscope_trainer_advance did, TSCOPE_EVENT_diverged and so on; also the events
 * column of a row. */
#define TSCOPE_EVENT_CONSTANT(name, bit, help) TSCOPE_EVENT_##name = bit,
enum { TSCOPE_EVENTS(TSCOPE_EVENT_CONSTANT) };
#undef TSCOPE_EVENT_CONSTANT

/** What a run, or an episode of it, is judged to be: TSCOPE_VERDICT_early and so on. */
#define TSCOPE_VERDICT_CONSTANT(name, label, help) TSCOPE_VERDICT_##name,
enum { TSCOPE_VERDICTS(TSCOPE_VERDICT_CONSTANT) TSCOPE_VERDICT_COUNT };
#undef TSCOPE_VERDICT_CONSTANT

enum { TSCOPE_EPISODES_MAX = 64 };

/** A period in which the loss went up, not down (contract: Loss instability). */
typedef TSCOPE_RECORD_STRUCT(TSCOPE_EPISODE_FIELDS) tscope_episode;

/** Where a run stands. */
typedef TSCOPE_RECORD_STRUCT(TSCOPE_SUMMARY_FIELDS) tscope_summary;

/** The result of an evaluation. */
typedef TSCOPE_RECORD_STRUCT(TSCOPE_EVALUATION_FIELDS) tscope_evaluation;

/** One tensor of a run, in PyTorch's layout. */
typedef TSCOPE_RECORD_STRUCT(TSCOPE_TENSOR_FIELDS) tscope_tensor;

/** How large the signal is in one unit. */
typedef TSCOPE_RECORD_STRUCT(TSCOPE_UNIT_SIZE_FIELDS) tscope_unit_size;

/** What one layer of attention looks with. */
typedef TSCOPE_RECORD_STRUCT(TSCOPE_ATTENTION_MAP_FIELDS) tscope_attention_map;

/** Facts of a model's text, for a preview: needs the data's shape only. */
typedef TSCOPE_RECORD_STRUCT(TSCOPE_MODEL_FACTS_FIELDS) tscope_model_facts;

/** Judges a model text alone: names, arguments, brackets, limits. */
TSCOPE_CHECKED tscope_status tscope_model_check(const char *text, int32_t length,
                                                tscope_problem *problem);

/** Judges config's model against the data's shape, without laying a run out. */
TSCOPE_CHECKED tscope_status tscope_model_measure(const tscope_config *config,
                                                  const tscope_dataset *dataset,
                                                  tscope_model_facts *facts,
                                                  tscope_problem *problem);

/**
 * The arithmetic of this build on this machine, TSCOPE_ARITHMETIC_plain or _fused, found out by one
 * product whose two roundings differ: WebAssembly leaves it to the machine whether a relaxed
 * multiply-add rounds once. A config that asks for the other is refused by tscope_trainer_init.
 */
int tscope_arithmetic(void);

/** The bytes that a run needs. Every way in which config, model and data may not fit together is
 * found here. */
TSCOPE_CHECKED tscope_status tscope_trainer_size(const tscope_config *config,
                                                 const tscope_dataset *dataset,
                                                 tscope_run_size *size, tscope_problem *problem);

/** Lays a run out in memory (16-byte aligned) and initializes its parameters. The data set must
 * outlive it. */
TSCOPE_CHECKED tscope_status tscope_trainer_init(const tscope_config *config,
                                                 const tscope_dataset *dataset, void *memory,
                                                 size_t bytes, tscope_trainer **trainer,
                                                 tscope_problem *problem);

/** Lets a team's threads share the work, now and until another team, or NULL, is named. */
void tscope_trainer_use_team(tscope_trainer *trainer, tscope_team *team);

/**
 * One step; of a large batch only the next chunk of samples, so that a caller stays in command.
 * Returns event bits; with TSCOPE_EVENT_step a step was finished and row is filled in.
 */
int tscope_trainer_advance(tscope_trainer *trainer, tscope_metrics *row);

/** The state part of the block: copy it for a snapshot. Call tscope_trainer_restored after writing
 * it back, and after writing parameters: a step that was half done begins again. */
void *tscope_trainer_state(tscope_trainer *trainer);
void tscope_trainer_restored(tscope_trainer *trainer);

/**
 * Judges what is to be written back, which need not be aligned: whether it can be a state of this
 * run after so many steps. Only what stands before the parameters is read; behind that any bits are
 * numbers. Fails with TSCOPE_ERROR_DATA, and a part of a sentence on what is wrong.
 */
TSCOPE_CHECKED tscope_status tscope_trainer_judge_state(const tscope_trainer *trainer,
                                                        const void *state, int step,
                                                        tscope_problem *problem);

/** The settings in force, live changes included. Written only through tscope_trainer_set. */
const tscope_config *tscope_trainer_config(const tscope_trainer *trainer);
/** Changes a LIVE setting from the next step on. word: the value as config's member holds it, a
 * float's bits for a REAL. Fails for a field that is not LIVE, and for a value out of its range. */
TSCOPE_CHECKED tscope_status tscope_trainer_set(tscope_trainer *trainer, int field, uint32_t word,
                                                tscope_problem *problem);

/** The same by name and text, as tscope_config_set reads them. Only in the native library. */
TSCOPE_CHECKED tscope_status tscope_trainer_set_named(tscope_trainer *trainer, const char *name,
                                                      const char *value, tscope_problem *problem);

void tscope_trainer_summarize(const tscope_trainer *trainer, tscope_summary *summary);
const tscope_episode *tscope_trainer_episodes(const tscope_trainer *trainer);

/** Counts of the unclipped norms, 64 bins a decade from 1e-12 to 1e12. */
enum { TSCOPE_NORM_BINS = 64 * 24 };
const uint32_t *tscope_trainer_norm_bins(const tscope_trainer *trainer);
/** The lower edge of a bin, 0 to TSCOPE_NORM_BINS: the last one is the upper edge of the last bin.
 */
double tscope_norm_bin_edge(int bin);

/**
 * Evaluation of the first `limit` samples of a split (0: all), a chunk per call of advance so that
 * it can be interrupted. advance returns 1 when done, with the result. It changes nothing of the
 * run. A caller that wants the evaluation to count for `best` passes it to record.
 */
void tscope_trainer_evaluate_begin(tscope_trainer *trainer, int split, int limit);
int tscope_trainer_evaluate_advance(tscope_trainer *trainer, tscope_evaluation *evaluation);
void tscope_trainer_record_best(tscope_trainer *trainer, double loss, double accuracy);

/**
 * Loss and gradient of the given training samples: training mode with this batch's statistics,
 * dropout off, unclipped, no weight decay. The gradient is left in tscope_trainer_gradient. Changes
 * nothing of the run. With batchnorm, count must not exceed tscope_trainer_rows_max.
 */
double tscope_trainer_measure_gradient(tscope_trainer *trainer, const int32_t *indices, int count);
/** Samples of one pass, at most: of larger batches the gradients of several passes are added. */
int tscope_trainer_rows_max(const tscope_trainer *trainer);

/**
 * How large the signal is in each unit: a pass forward and back over the first training samples, at
 * most so many and no more than one pass has, whose activations and gradient are then read unit by
 * unit. Batch statistics, no dropout, and nothing of the run changes. Returns the samples that were
 * taken; 0 while a step is half done, whose gradient would be lost. tscope_trainer_unit_size: of
 * unit i of model_facts.units, before anything else is measured or trained; samples: as returned.
 */
int tscope_trainer_measure_units(tscope_trainer *trainer, int samples);
void tscope_trainer_unit_size(const tscope_trainer *trainer, int i, int samples,
                              tscope_unit_size *size);
/** Units of the network after repeats, the implied last layer included. */
int tscope_trainer_unit_count(const tscope_trainer *trainer);

/**
 * Outputs for samples of a split (indices), or for inputs in the data's own units ([count][elements
 * after downsample]): softmax probabilities, or plain outputs for squared error. outputs:
 * [count][outputs]. Indices are the caller's to check: 0 … samples of the split - 1.
 */
void tscope_trainer_predict(tscope_trainer *trainer, int split, const int32_t *indices, int count,
                            float *outputs);
void tscope_trainer_predict_inputs(tscope_trainer *trainer, const float *inputs, int count,
                                   float *outputs);

/** Layers of attention in the network; what layer i is, from 0. */
int tscope_trainer_attention_count(const tscope_trainer *trainer);
void tscope_trainer_attention_map(const tscope_trainer *trainer, int i, tscope_attention_map *map);
/**
 * Where attention looks for one sample of a split, which is the caller's to check: of each layer
 * [heads][positions][positions], layer after layer, each row what a query gives to the keys. In
 * evaluation mode; changes nothing of the run.
 */
void tscope_trainer_read_attention(tscope_trainer *trainer, int split, int index, float *weights);

/**
 * Goes on with tokens, each chosen by what the network says of those before it: the likeliest where
 * temperature is 0, else one drawn from softmax(outputs / temperature) by random numbers of `seed`.
 * ids: [count], of which the first `given` are there. shares: [count - given], softmax of the
 * chosen one among the outputs, or with squared error its output.
 *
 * Of a text any number may follow, each said by as many of the last characters as a sample has. A
 * task's prompt is all that stands before its answer, and there is no more than the answer to it.
 * Fails with TSCOPE_ERROR_DATA where that does not fit, and with TSCOPE_ERROR_SETTING for a network
 * that reads no tokens or sees what is to come. Changes nothing of the run.
 */
TSCOPE_CHECKED tscope_status tscope_trainer_generate(tscope_trainer *trainer, uint8_t *ids,
                                                     float *shares, int given, int count,
                                                     double temperature, uint32_t seed,
                                                     tscope_problem *problem);

/**
 * Samples first, first + 1, … of a split as the network is given them: pooled, standardized,
 * outliers and wrong labels included. inputs: [count][channels][height][width]; targets: [count],
 * the class, or [count][outputs]. A step that is under way begins again.
 */
void tscope_trainer_read_samples(tscope_trainer *trainer, int split, int first, int count,
                                 float *inputs, float *targets);
/** The order in which training samples are drawn, from a place of an epoch on, epoch after epoch.
 */
void tscope_trainer_read_order(tscope_trainer *trainer, int epoch, int place, int count,
                               int32_t *indices);

/** Tensors in model order, running statistics among them; tensor i, from 0. */
int tscope_trainer_tensor_count(const tscope_trainer *trainer);
void tscope_trainer_tensor(const tscope_trainer *trainer, int i, tscope_tensor *tensor);
/** What the tensors' offsets count from: all parameters, or (is_running) all running statistics.
 * Each tensor begins at a multiple of four floats; the padding between them stays zero. */
float *tscope_trainer_parameters(tscope_trainer *trainer);
float *tscope_trainer_running(tscope_trainer *trainer);
/** Laid out as the parameters are. That of the last tscope_trainer_measure_gradient, until the next
 * step or measurement; after a step it is that step's, clipped and with weight decay. */
const float *tscope_trainer_gradient(const tscope_trainer *trainer);

/** SHA-256, hexadecimal and zero-terminated, of all parameters as little-endian float32 in
 * PyTorch's layout. */
void tscope_trainer_digest(const tscope_trainer *trainer, char hex[65]);

/**
 * The largest eigenvalue of the loss Hessian over the first `samples` training samples (0: all), by
 * at most `iterations` (1 … 100) of Lanczos on Hessian-vector products from central differences of
 * the gradient. It ends earlier where the eigenvalue has settled to 1e-4. Changes nothing of the
 * run.
 *
 * preconditioned: of P^-1/2 H P^-1/2 instead, where the rule divides by P (rule_fields.h): what
 * meets its limit of stability. Other rules have P = 1.
 *
 * begin and advance do it a chunk of samples at a time: advance returns 1 when done and writes the
 * value. No step may be taken in between. tscope_trainer_sharpness does it at once.
 */
void tscope_trainer_sharpness_begin(tscope_trainer *trainer, int samples, int iterations,
                                    int preconditioned);
int tscope_trainer_sharpness_advance(tscope_trainer *trainer, double *sharpness);
double tscope_trainer_sharpness(tscope_trainer *trainer, int samples, int iterations,
                                int preconditioned);

/**
 * Where full-batch training by config's rule turns unstable on a quadratic: the (preconditioned)
 * sharpness times η may not exceed this at a step. 2 for SGD, 2 + 2γ for heavy ball; see
 * rule_fields.h for the others and their sources. NaN for a rule whose limit the theory does not
 * know.
 */
double tscope_rule_stability_limit(const tscope_config *config, int step);

/**
 * 1/√P for every element, where the rule moves by P^-1 times a mean of gradients: what turns the
 * Hessian into the matrix whose largest eigenvalue meets tscope_rule_stability_limit. moments as
 * for tscope_rule_step; steps: taken so far. Ones for rules with P = 1, and before the first step.
 */
void tscope_rule_scale(const tscope_config *config, float *scale, float *moments, int n, int steps);

/** What config's weight decay adds to every eigenvalue of the Hessian that the rule sees: itself as
 * L2, nothing where it is decoupled. */
double tscope_rule_added_curvature(const tscope_config *config);

/** η of steps [from, from + count) for these settings, warmup included. */
void tscope_schedule_rates(const tscope_config *config, int from, int count, float *rates);

/** Moments per weight that an update rule keeps: 0, 1 or 2. */
int tscope_rule_moments(int optimizer);
/** The start value of moment i of config's rule, as its row in rule_fields.h says, or its mistake's
 * in mistake_fields.h. */
float tscope_rule_moment_start(const tscope_config *config, int i);

/**
 * One update of a bare vector by config's rule, in place (with config's mistake, where it is one of
 * the step: of biases, if it spares weights); step counts from 0, lr is its rate.
 * theta, gradient: [n]; moments: [tscope_rule_moments][n]; all 16-byte aligned, n a multiple of 4,
 * no two overlapping. weight_decay acts on every element; as L2 it is added to gradient, which is
 * then no longer what it was.
 */
void tscope_rule_step(const tscope_config *config, float *theta, float *gradient, float *moments,
                      int n, int step, float lr);

TSCOPE_DECLARED

#endif
