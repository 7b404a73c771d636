#include "train/watch.h"

#include <string.h>

#include "math/elementary.h"
#include "train/definitions.h"
#include "train/run.h"

/* Early looks, whatever they cost: what breaks at once breaks in the first steps. */
static const int EARLY_LOOKS[] = {0, 1, 2, 3, 5, 8, 12, 18, 27, 40};
enum { EARLY_LOOK_COUNT = sizeof EARLY_LOOKS / sizeof *EARLY_LOOKS, EARLY_STEPS = 41 };

/* Suspicion by batch losses is looked into every so many steps at most: with small batches it is
 * the rule. */
static const int SUSPICION_STEPS = 3;

/* A rise so far over its limit, in L0, needs no more samples than these: quiet runs never came so
 * far; in the first steps so many times as far. */
static const double SURE_RISES[TSCOPE_PROBE_LEVELS] = {0.4, 0.1, 0};
static const double SURER_AT_FIRST = 2.5;

/* More samples confirm a rise of at least so much of the limit's: where the probe's was noise,
 * theirs is far smaller. Where they refute it, it counts less for a while, fading look by look. */
static const double CONFIRMED_SHARE = 0.85, REFUTED_FADES = 0.9;

/* A peak is measured anew where the probe has grown by so much since. */
static const double PEAK_GROWS = 1.1;

/* A loss so many times its episode's highest is above it, of few samples and of a small batch. */
static const double PEAK_EXCEEDED = 2, PEAK_EXCEEDED_SMALL = 10;

/* What may be spent on more samples than the probe's, in steps: at the beginning, with small
 * batches and others, saved up at most, and what an open episode leaves for those to come. It is
 * earned as the definitions say. */
static const double CREDIT_FIRST = 9, CREDIT_FIRST_LARGE = 4, CREDIT_MAX = 20, CREDIT_KEPT = 2;

/* Of packing and keeping one parameter, in time; of any step, and of any look. */
static const double FLOPS_OF_COPY = 4, FLOPS_OF_STEP = 4000, FLOPS_OF_LOOK = 1500;

static int is_small_batch(const tscope_trainer *trainer) {
  return tscope_batch_rows(trainer) < TSCOPE_DEFINITION_small_batch;
}

/* The probe, and how many are asked after it. */
static const int LEVEL_SAMPLES[TSCOPE_PROBE_LEVELS] = {16, 64, TSCOPE_WATCHED_SAMPLES};

static int level_count(const tscope_trainer *trainer, int level) {
  const int most = trainer->watched_count;
  return LEVEL_SAMPLES[level] < most ? LEVEL_SAMPLES[level] : most;
}

/* ---- cost ----------------------------------------------------------------------------------- */

/** Of a step, by the arithmetic alone, so that it is the same on every machine. */
static double step_cost(const tscope_trainer *trainer) {
  const int blocks = (tscope_batch_rows(trainer) + TSCOPE_LANES - 1) / TSCOPE_LANES;
  return 3 * trainer->network.flops * blocks * TSCOPE_LANES +
         TSCOPE_FLOPS_OF_UPDATE * (double)trainer->network.parameter_floats + FLOPS_OF_STEP;
}

/** Of a look at a level's samples, in steps. */
static double look_cost(const tscope_trainer *trainer, int level) {
  const double flops = trainer->network.flops * level_count(trainer, level) +
                       FLOPS_OF_COPY * (double)trainer->network.parameter_floats + FLOPS_OF_LOOK;
  return flops / step_cost(trainer);
}

/** Steps between regular looks, so that they cost no more than their share. */
static int steps_between_looks(const tscope_trainer *trainer) {
  const double share =
      is_small_batch(trainer) ? TSCOPE_DEFINITION_probe_share_small : TSCOPE_DEFINITION_probe_share;
  const double steps = look_cost(trainer, 0) / share;
  return 1 + (steps < 1e6 ? (int)steps : 1000000);
}

/* ---- looking -------------------------------------------------------------------------------- */

int tscope_watch_needs_probe(const tscope_trainer *trainer, int batch) {
  return batch < trainer->sampler.count[TSCOPE_SPLIT_TRAIN] || trainer->network.has_dropout;
}

/** Whether a unit's outputs for two of the rows that went through last are the same. */
static int is_same(const tscope_unit *unit, int row, int other) {
  const size_t count = tscope_shape_elements(unit->out);
  const float *a = unit->y + (size_t)(row / TSCOPE_LANES) * count * TSCOPE_LANES;
  const float *b = unit->y + (size_t)(other / TSCOPE_LANES) * count * TSCOPE_LANES;
  for (size_t i = 0; i < count * TSCOPE_LANES; i += TSCOPE_LANES) {
    const double value = (double)a[i + (size_t)(row % TSCOPE_LANES)];
    const double size = value < 0 ? -value : value;
    const double most = TSCOPE_DEFINITION_same_answer * (size > 1 ? size : 1);
    const double apart = (double)b[i + (size_t)(other % TSCOPE_LANES)] - value;
    if (!(apart <= most && apart >= -most)) return 0;
  }
  return 1;
}

/** How many of these rows differ from one of them. */
static int count_others(const tscope_unit *unit, int rows, int row) {
  int others = 0;
  for (int other = 0; other < rows; other++) others += !is_same(unit, row, other);
  return others;
}

static int is_constant(const tscope_unit *unit, int rows) {
  for (int row = 1; row < rows; row++)
    if (!is_same(unit, 0, row)) return 0;
  return 1;
}

/* So many rows are asked whether theirs is the common answer; that all of them are odd is unlikely.
 */
enum { COMMON_CANDIDATES = 3 };

/** What the rows that went through last say, beside those before them. */
static void hear_answers(const tscope_network *network, int rows, tscope_answers *answers) {
  const int last = network->count - 1;
  int odd = rows;
  for (int row = 0; row < COMMON_CANDIDATES && row < rows; row++) {
    const int others = count_others(&network->units[last], rows, row);
    if (others < odd) odd = others;
  }
  answers->odd += odd;
  /* Within a block its shortcut goes past. */
  while (answers->cut < last &&
         (network->units[answers->cut].depth || !is_constant(&network->units[answers->cut], rows)))
    answers->cut++;
}

/** Sum of the losses of watched samples [from, count) with these parameters; answers, where it is
 * not NULL: what they say. */
static double sum_losses(tscope_trainer *trainer, int from, int count, const float *parameters,
                         float *running, tscope_answers *answers) {
  double sum = 0;
  for (int first = from; first < count; first += TSCOPE_CHUNK_ROWS) {
    const int rows = count - first < TSCOPE_CHUNK_ROWS ? count - first : TSCOPE_CHUNK_ROWS;
    const tscope_samples samples = {TSCOPE_SPLIT_TRAIN, trainer->watched + first, 0, rows};
    /* What training sees: with batchnorm, statistics of the samples themselves. */
    tscope_pass pass = tscope_pass_begin(trainer, TSCOPE_PASS_MEASURE, rows, first);
    pass.is_forward_only = 1;
    pass.repack = 0; /* unless other parameters are packed */
    pass.parameters = parameters;
    pass.running = running;
    sum += tscope_pass_run(trainer, &pass, (tscope_task){.samples = &samples});
    if (answers) hear_answers(&trainer->network, rows, answers);
  }
  return sum;
}

/** Looks beyond the probe cost credit. */
static void pay(tscope_trainer *trainer, int level) {
  tscope_watch *watch = &trainer->state->watch;
  const double cost = look_cost(trainer, level);
  watch->spent += cost;
  if (level > 0) watch->credit -= cost;
}

/**
 * Mean loss of a level's samples with these parameters. below: that of the level below, whose
 * samples are the first of this one's and need not be asked again, unless batchnorm makes a
 * sample's loss depend on the others.
 */
static double evaluate(tscope_trainer *trainer, int level, double below, const float *parameters,
                       float *running) {
  const int count = level_count(trainer, level);
  const int known =
      level > 0 && !trainer->network.has_batchnorm ? level_count(trainer, level - 1) : 0;
  const double sum = sum_losses(trainer, known, count, parameters, running, NULL);
  pay(trainer, level);
  return (known ? below * known + sum : sum) / count;
}

static double evaluate_now(tscope_trainer *trainer, int level, double below) {
  return evaluate(trainer, level, below, trainer->parameters, trainer->running);
}

/* All are asked: a sample that is not may be the one that brings a unit back. */
enum { ASKED_LEVEL = TSCOPE_PROBE_LEVELS - 1 };

int tscope_watch_may_ask(const tscope_trainer *trainer) {
  return !is_small_batch(trainer) || trainer->state->watch.credit > 0;
}

int tscope_are_alike(const tscope_answers *answers) {
  const double most = (1 - TSCOPE_DEFINITION_infeasible_share) * answers->count;
  return answers->odd <= (most < 1 ? 1 : most);
}

static double ask(tscope_trainer *trainer, int level, tscope_answers *answers) {
  const int count = level_count(trainer, level);
  *answers = (tscope_answers){.count = count};
  pay(trainer, level);
  return sum_losses(trainer, 0, count, trainer->parameters, trainer->running, answers) / count;
}

double tscope_watch_ask(tscope_trainer *trainer, tscope_answers *answers) {
  return ask(trainer, ASKED_LEVEL, answers);
}

int tscope_watch_probe_is_odd(tscope_trainer *trainer) {
  tscope_answers answers;
  if (trainer->lowest_parameters) return trainer->state->watch.probe_is_odd;
  ask(trainer, 0, &answers);
  return !tscope_are_alike(&answers);
}

/** The probe's loss; after an episode also whether it still tells its samples apart. */
static double look_at_probe(tscope_trainer *trainer) {
  tscope_watch *watch = &trainer->state->watch;
  const int hears = trainer->state->stability.episode_count > 0;
  const int count = level_count(trainer, 0);
  tscope_answers answers = {.count = count};
  const double sum =
      sum_losses(trainer, 0, count, trainer->parameters, trainer->running, hears ? &answers : NULL);
  pay(trainer, 0);
  watch->probe_is_odd = !hears || !tscope_are_alike(&answers);
  return sum / count;
}

void tscope_watch_measure_gradient(tscope_trainer *trainer) {
  tscope_watch *watch = &trainer->state->watch;
  const double cost = 3 * look_cost(trainer, ASKED_LEVEL);
  tscope_trainer_measure_gradient(trainer, trainer->watched, level_count(trainer, ASKED_LEVEL));
  watch->spent += cost;
  watch->credit -= cost;
}

/** Likewise at the parameters at which the probe was lowest; evaluated once. */
static double evaluate_lowest(tscope_trainer *trainer, int level) {
  double *lowest = trainer->state->watch.lowest;
  if (lowest[level] < 0)
    lowest[level] = evaluate(trainer, level, lowest[level - 1], trainer->lowest_parameters,
                             trainer->lowest_running);
  return lowest[level];
}

static void keep_lowest(tscope_trainer *trainer, double loss) {
  tscope_watch *watch = &trainer->state->watch;
  watch->lowest[0] = loss;
  for (int level = 1; level < TSCOPE_PROBE_LEVELS; level++) watch->lowest[level] = -1;
  watch->lowest_step = trainer->state->step;
  watch->typical_at_lowest = trainer->state->typical_norms;
  if (!trainer->lowest_parameters) return;
  if (trainer->packed_from == trainer->lowest_parameters) trainer->packed_from = NULL;
  memcpy(trainer->lowest_parameters, trainer->parameters,
         trainer->network.parameter_floats * sizeof(float));
  memcpy(trainer->lowest_running, trainer->running,
         trainer->network.running_floats * sizeof(float));
}

static int is_look_due(tscope_trainer *trainer, int is_suspicious) {
  tscope_watch *watch = &trainer->state->watch;
  const int step = trainer->state->step;
  int is_due = step >= watch->next_look || step == watch->pending;
  if (step < EARLY_STEPS)
    for (int i = 0; i < EARLY_LOOK_COUNT; i++) is_due |= step == EARLY_LOOKS[i];
  const int was_suspicious = watch->was_suspicious;
  watch->was_suspicious = is_suspicious;
  const int is_news = is_suspicious && !trainer->state->stability.is_open &&
                      (!was_suspicious || step >= watch->next_suspicion);
  if (!is_due && !is_news) return 0;
  const int between = steps_between_looks(trainer);
  if (is_news)
    watch->next_suspicion = step + (between > 3 * SUSPICION_STEPS ? between / 3 : SUSPICION_STEPS);
  watch->next_look = step + between;
  return 1;
}

/* ---- deciding ------------------------------------------------------------------------------- */

static int open_episode(tscope_trainer *trainer, double before, double now) {
  tscope_state *state = trainer->state;
  tscope_watch *watch = &state->watch;
  const int total = tscope_total_steps(&state->config);
  const int is_early = watch->lowest_step < TSCOPE_DEFINITION_early_share * total ||
                       watch->lowest[0] > TSCOPE_DEFINITION_early_fall * watch->first;
  watch->open_probe = watch->lowest[0];
  watch->open_loss = before;
  watch->open_peak = -1;
  state->typical_norms = watch->typical_at_lowest;
  tscope_stability_open(&state->stability,
                        &(tscope_episode){
                            .begin = watch->lowest_step,
                            .detected_at = state->step,
                            .peak = state->step,
                            .kind = is_early ? TSCOPE_VERDICT_early : TSCOPE_VERDICT_mid,
                            .recovered_at = -1,
                            .loss_before = (float)before,
                            .loss_peak = (float)now,
                            .norm_typical = (float)tscope_watch_typical(trainer, 90),
                        });
  return TSCOPE_EVENT_unstable;
}

/** In the first steps losses jump from one to the next, and a rise must still be there a little
 * later. */
static int is_beginning(const tscope_trainer *trainer) {
  return trainer->state->step < TSCOPE_DEFINITION_early_spike_steps;
}

/**
 * Whether the loss has risen over its limit, asked of more and more samples: fewer are enough where
 * the rise is large (a few samples cannot mislead that far), and where there is none. Leaves the
 * loss before and now of the most samples that were asked.
 */
static int has_risen(tscope_trainer *trainer, double probe, double *before, double *now) {
  tscope_watch *watch = &trainer->state->watch;
  *now = probe;
  for (int level = 0;; level++) {
    *before = level ? evaluate_lowest(trainer, level) : watch->lowest[0];
    if (level) *now = evaluate_now(trainer, level, *now);
    const double limit = tscope_rise_limit(*before, trainer->baseline);
    if (*now == *before) return 0;
    const double least = *before + (level ? CONFIRMED_SHARE : 1) * (limit - *before);
    if (*now < least + (level ? 0 : watch->refuted)) {
      if (level) watch->refuted = probe - tscope_rise_limit(watch->lowest[0], trainer->baseline);
      return 0;
    }
    const int is_last = level + 1 == TSCOPE_PROBE_LEVELS || !trainer->lowest_parameters ||
                        level_count(trainer, level) == level_count(trainer, level + 1);
    const double sure = SURE_RISES[level] * (is_beginning(trainer) ? SURER_AT_FIRST : 1);
    const int is_sure = !(*now < limit + sure * trainer->baseline);
    if (is_last || is_sure) return 1;
    if (watch->credit <= 0) return 0;
  }
}

/** Back within half of the least rise that counts. */
static int has_come_back(const tscope_trainer *trainer, double loss, double before) {
  return loss <= before + 0.5 * TSCOPE_DEFINITION_rise_in_baseline * trainer->baseline;
}

/** Whether a loss of a few samples is so far above the open episode's peak that it is no noise. */
static int exceeds_peak(const tscope_trainer *trainer, double loss, double times) {
  const tscope_stability *stability = &trainer->state->stability;
  return loss > times * (double)stability->episodes[stability->episode_count - 1].loss_peak;
}

/** Between looks, as where a run diverges: where the batch's loss left the peak below it, the
 * probe's counts. */
static void follow_peak(tscope_trainer *trainer, double batch_loss) {
  const double times = is_small_batch(trainer) ? PEAK_EXCEEDED_SMALL : PEAK_EXCEEDED;
  if (!exceeds_peak(trainer, batch_loss, times)) return;
  const double probe = evaluate_now(trainer, 0, 0);
  tscope_stability_follow(&trainer->state->stability, trainer->state->step, probe, 0);
}

/** A look at an open episode: whether it is over, and how high it went. */
static int look_at_episode(tscope_trainer *trainer, double probe) {
  tscope_state *state = trainer->state;
  tscope_watch *watch = &state->watch;
  const int may_be_over = has_come_back(trainer, probe, watch->open_probe);
  const int is_peak = !(probe <= PEAK_GROWS * watch->open_peak);
  const int is_exact = !trainer->lowest_parameters;
  if (is_peak) watch->open_peak = probe;
  if (!may_be_over && !is_peak) return 0;
  if (!is_exact && watch->credit <= CREDIT_KEPT) {
    if (exceeds_peak(trainer, probe, PEAK_EXCEEDED))
      tscope_stability_follow(&state->stability, state->step, probe, 0);
    return 0;
  }
  const double loss = is_exact ? probe : evaluate_now(trainer, 1, probe);
  tscope_stability_follow(&state->stability, state->step, loss, 0);
  if (!may_be_over || !has_come_back(trainer, loss, watch->open_loss)) return 0;
  tscope_stability_close(&state->stability, state->step);
  return TSCOPE_EVENT_recovered;
}

/** A look: the probe's loss, where it is lower than ever the parameters, and an episode's begin or
 * end. */
static int look(tscope_trainer *trainer, double loss) {
  tscope_state *state = trainer->state;
  tscope_watch *watch = &state->watch;
  const double probe = trainer->lowest_parameters ? look_at_probe(trainer) : loss;
  double before, now;
  int event = 0;
  watch->probe = probe;
  watch->looked_at = state->step;
  if (state->step == 0) {
    watch->first = probe;
    watch->credit = is_small_batch(trainer) ? CREDIT_FIRST : CREDIT_FIRST_LARGE;
    keep_lowest(trainer, probe);
  }
  const int is_second =
      watch->pending > 0 && state->step >= watch->pending && state->step <= watch->pending + 2;
  if (state->stability.is_open) {
    event = look_at_episode(trainer, probe);
  } else if (has_risen(trainer, probe, &before, &now)) {
    const double sure = SURE_RISES[0] * SURER_AT_FIRST * trainer->baseline;
    const int is_sure = !(now < tscope_rise_limit(before, trainer->baseline) + sure);
    if (is_second || is_sure || !is_beginning(trainer))
      event = open_episode(trainer, before, now);
    else if (watch->pending + 2 < state->step || watch->pending <= 0)
      watch->pending = state->step + 2;
  }
  watch->refuted *= REFUTED_FADES;
  if (probe < watch->lowest[0]) keep_lowest(trainer, probe);
  return event;
}

int tscope_watch_step(tscope_trainer *trainer, double loss, double norm) {
  tscope_state *state = trainer->state;
  tscope_watch *watch = &state->watch;
  tscope_stability *stability = &state->stability;
  int event = 0;
  if (!tscope_is_finite(loss)) {
    if (!stability->is_open) event = open_episode(trainer, watch->lowest[0], watch->lowest[0]);
  } else {
    const int is_suspicious =
        tscope_stability_suspects(stability, state->step, loss, trainer->baseline);
    watch->credit += is_small_batch(trainer) ? TSCOPE_DEFINITION_verdict_share_small
                                             : TSCOPE_DEFINITION_verdict_share;
    if (watch->credit > CREDIT_MAX) watch->credit = CREDIT_MAX;
    /* What is dead needs no looks. */
    const int is_dead = state->freeze.dead_at >= 0;
    if (!is_dead && (!trainer->lowest_parameters || is_look_due(trainer, is_suspicious)))
      event = look(trainer, loss);
    if (!is_dead && stability->is_open && watch->looked_at < state->step)
      follow_peak(trainer, loss);
  }
  if (stability->is_open)
    tscope_stability_follow(stability, state->step, (double)__builtin_nanf(""), norm);
  return event;
}

void tscope_watch_norm(tscope_trainer *trainer, double norm) {
  tscope_state *state = trainer->state;
  tscope_norms_add(&state->norms, norm);
  const int is_well = state->freeze.dead_at < 0 && !state->stability.is_open;
  if (is_well) tscope_norms_add(&state->typical_norms, norm);
}

double tscope_watch_threshold(const tscope_trainer *trainer) {
  const double found =
      tscope_watch_typical(trainer, (double)trainer->state->config.clip_percentile);
  return found > tscope_norm_bin_edge(0) ? found : (double)__builtin_nanf("");
}

double tscope_watch_typical(const tscope_trainer *trainer, double percentile) {
  const tscope_norms *typical = &trainer->state->typical_norms;
  if (typical->count < TSCOPE_DEFINITION_adaptive_norms) return (double)__builtin_nanf("");
  return tscope_norms_told(typical, percentile);
}

void tscope_watch_init(tscope_trainer *trainer) {
  tscope_sampler_draw(&trainer->sampler, INT32_MAX, 0, trainer->watched_count, trainer->watched);
}
