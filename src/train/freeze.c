#include "train/freeze.h"

#include <string.h>

#include "math/elementary.h"
#include "math/kernels.h"
#include "math/simd.h"
#include "train/run.h"

/* Whether it is silent is asked again after so many steps, and twice as many each time; so is
 * whether it is stuck, where all watched samples denied it. */
enum { STEPS_TO_WAIT = 6, REFUSALS_MAX = 10, DOUBTS_MAX = 5 };

/* Of the probe's few samples the loss of guessing is so many times L0. */
static const double PROBE_GUESSES_FROM = 0.85, PROBE_GUESSES_TO = 1.3;

/** The largest float that is not above a limit from 0 on. */
static float float_below(double limit) {
  const float nearest = (float)limit;
  if ((double)nearest <= limit) return nearest;
  uint32_t bits;
  float below;
  memcpy(&bits, &nearest, sizeof bits);
  bits--;
  memcpy(&below, &bits, sizeof below);
  return below;
}

/** Whether no element of the gradient in [begin, end) is larger than limit. Both are where
 * parameters begin or end, so what lies before the next vector of four, and behind the last, is
 * padding, which is zero. */
static int is_silent(const float *gradient, size_t begin, size_t end, double limit) {
  const f32x4 most = tscope_splat(float_below(limit));
  for (size_t i = (begin + 3) & ~(size_t)3; i < end; i += 4) {
    const f32x4 g = tscope_load(gradient + i);
    /* Written so that what is not a number counts as large. */
    if (!tscope_all((i32x4)(g <= most) & (i32x4)(g >= -most))) return 0;
  }
  return 1;
}

/** The end of the parameters of the units up to this one; they come in the units' order. */
static size_t end_of(const tscope_network *network, int last) {
  for (int i = last; i >= 0; i--) {
    const tscope_unit *unit = &network->units[i];
    if (!unit->parameter_count) continue;
    const tscope_parameter *parameter = &unit->parameters[unit->parameter_count - 1];
    return parameter->offset + parameter->count;
  }
  return 0;
}

/** The last unit before the output's up to which the gradient is silent; -1 where none is. */
static int find_silent(const tscope_network *network, const float *gradient, double limit) {
  int silent = -1;
  size_t begin = 0;
  for (int i = 0; i < network->count - 1; i++) {
    if (!network->units[i].parameter_count) continue;
    const size_t end = end_of(network, i);
    if (!is_silent(gradient, begin, end, limit)) break;
    silent = i;
    begin = end;
  }
  return silent;
}

/** The output's bias comes last. */
static size_t output_bias(const tscope_network *network) {
  const tscope_unit *unit = &network->units[network->count - 1];
  return unit->parameters[unit->parameter_count - 1].offset;
}

/** Where the layers were before the update. */
static float *layers_before(const tscope_trainer *trainer) { return trainer->vectors[2]; }

static int is_guessing(const tscope_trainer *trainer) {
  const double loss = trainer->state->stability.smoothed;
  return !(loss < tscope_learned_below(trainer));
}

int tscope_freeze_listen(tscope_trainer *trainer, double norm) {
  tscope_state *state = trainer->state;
  tscope_freeze *freeze = &state->freeze;
  const tscope_network *network = &trainer->network;
  const int guesses = is_guessing(trainer);
  if (freeze->dead_at >= 0 && !guesses) freeze->dead_at = -1;
  if (network->has_batchnorm) return 0;
  trainer->silent_units =
      find_silent(network, trainer->gradient, TSCOPE_DEFINITION_still_gradient * norm);
  freeze->still = trainer->silent_units >= 0 ? freeze->still + 1 : 0;
  if (freeze->dead_at >= 0) return 0;
  if (!guesses || freeze->still < TSCOPE_DEFINITION_still_steps) return 0;
  if (!tscope_watch_may_ask(trainer)) return 0;
  memcpy(layers_before(trainer), trainer->parameters, network->parameter_floats * sizeof(float));
  return 1;
}

/** Whether the update moved a parameter. */
static int has_parameter_moved(const tscope_trainer *trainer, const tscope_parameter *parameter) {
  const float *before = layers_before(trainer) + parameter->offset;
  const float *now = trainer->parameters + parameter->offset;
  double moved = 0, size = 0;
  for (size_t i = 0; i < parameter->count; i++) {
    const double weight = (double)before[i], step = (double)now[i] - weight;
    if (!(step <= moved && step >= -moved)) moved = step < 0 ? -step : step;
    if (!(weight <= size && weight >= -size)) size = weight < 0 ? -weight : weight;
  }
  return !(moved <= TSCOPE_DEFINITION_still_motion * size);
}

/** Whether units up to this one still move: momentum goes on for a while, and so does weight decay.
 */
static int has_moved(const tscope_trainer *trainer, int last) {
  for (int i = 0; i <= last; i++) {
    const tscope_unit *unit = &trainer->network.units[i];
    for (int p = 0; p < unit->parameter_count; p++)
      if (has_parameter_moved(trainer, &unit->parameters[p])) return 1;
  }
  return 0;
}

/** Whether these answers are no better than guessing, and the same for nearly all. */
static int are_a_guess(const tscope_trainer *trainer, double loss, const tscope_answers *answers) {
  return loss >= tscope_learned_below(trainer) &&
         loss <= TSCOPE_DEFINITION_stuck_loss * trainer->baseline && tscope_are_alike(answers);
}

/** Of the gradient as measured: whether hardly any is left but that of the output's bias, which
 * follows the batches. */
static int is_gradient_gone(const tscope_trainer *trainer) {
  const double all = tscope_sum_squares(trainer->gradient, trainer->network.parameter_floats);
  const double rest = tscope_sum_squares(trainer->gradient, output_bias(&trainer->network));
  return tscope_sqrt(rest) <= TSCOPE_DEFINITION_stuck_gradient * tscope_sqrt(all);
}

static int has_been_unstable(const tscope_trainer *trainer) {
  return trainer->state->stability.episode_count > 0;
}

/**
 * Whether the watched samples say so too: no better than guessing, and either the same for all of
 * them from some unit on, with no gradient up to there; or the same for nearly all, with no
 * gradient at all but for the output's bias, or, after an episode, hardly any.
 */
static int is_dead(tscope_trainer *trainer) {
  const tscope_network *network = &trainer->network;
  const int last = network->count - 1;
  tscope_answers answers;
  const double loss = tscope_watch_ask(trainer, &answers);
  if (loss < tscope_learned_below(trainer)) return 0;
  if (answers.cut == last && !tscope_are_alike(&answers)) return 0;
  tscope_watch_measure_gradient(trainer);
  const double squares = tscope_sum_squares(trainer->gradient, network->parameter_floats);
  const double limit = TSCOPE_DEFINITION_still_gradient * tscope_sqrt(squares);
  const size_t end = answers.cut < last ? end_of(network, answers.cut) : output_bias(network);
  if (is_silent(trainer->gradient, 0, end, limit)) return 1;
  return has_been_unstable(trainer) && are_a_guess(trainer, loss, &answers) &&
         is_gradient_gone(trainer);
}

static int is_silent_and_dead(tscope_trainer *trainer) {
  tscope_freeze *freeze = &trainer->state->freeze;
  if (has_moved(trainer, trainer->silent_units)) return 0;
  if (is_dead(trainer)) return 1;
  freeze->still -= STEPS_TO_WAIT << freeze->refusals;
  if (freeze->refusals < REFUSALS_MAX) freeze->refusals++;
  return 0;
}

static int may_be_stuck(const tscope_trainer *trainer) {
  const tscope_state *state = trainer->state;
  const double probe = state->watch.probe / trainer->baseline;
  if (!has_been_unstable(trainer) || !is_guessing(trainer)) return 0;
  if (!(probe >= PROBE_GUESSES_FROM && probe <= PROBE_GUESSES_TO)) return 0;
  if (state->watch.looked_at < state->freeze.next_ask) return 0;
  return !trainer->network.has_batchnorm;
}

/** Whether all watched samples say that it is stuck. */
static int do_all_say_stuck(tscope_trainer *trainer) {
  tscope_answers answers;
  const double loss = tscope_watch_ask(trainer, &answers);
  if (!are_a_guess(trainer, loss, &answers)) return 0;
  tscope_watch_measure_gradient(trainer);
  return is_gradient_gone(trainer);
}

/** The probe's samples say so first, several times in a row, and in the end all. */
static int is_stuck_and_dead(tscope_trainer *trainer) {
  tscope_freeze *freeze = &trainer->state->freeze;
  const int step = trainer->state->step;
  if (!may_be_stuck(trainer)) return 0;
  freeze->next_ask = step + (int32_t)TSCOPE_DEFINITION_stuck_steps;
  if (freeze->stuck < TSCOPE_DEFINITION_stuck_asks) {
    freeze->stuck = tscope_watch_probe_is_odd(trainer) ? 0 : freeze->stuck + 1;
    if (freeze->stuck < TSCOPE_DEFINITION_stuck_asks) return 0;
  }
  if (!tscope_watch_may_ask(trainer)) return 0;
  if (do_all_say_stuck(trainer)) return 1;
  freeze->stuck = 0;
  freeze->next_ask = step + ((int)TSCOPE_DEFINITION_stuck_steps << freeze->doubts);
  if (freeze->doubts < DOUBTS_MAX) freeze->doubts++;
  return 0;
}

int tscope_freeze_judge(tscope_trainer *trainer, int may_be_silent) {
  tscope_state *state = trainer->state;
  if (state->freeze.dead_at >= 0) return 0;
  if (!(may_be_silent && is_silent_and_dead(trainer)) && !is_stuck_and_dead(trainer)) return 0;
  state->freeze.dead_at = state->step - 1;
  state->freeze.stuck = 0;
  /* An episode that led here did not end, whatever it looked like. */
  if (tscope_stability_reopen(&state->stability))
    state->typical_norms = state->watch.typical_at_lowest;
  return TSCOPE_EVENT_dead;
}
