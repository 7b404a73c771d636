/** The step of a rule that moves the weights of hidden layers as matrices, whole: Muon. */
#include "math/elementary.h"
#include "train/run.h"

#define EACH_PARAMETER(trainer, unit, parameter)                  \
  for (const tscope_unit *unit = (trainer)->network.units,        \
                         *end_ = unit + (trainer)->network.count; \
       unit < end_; unit++)                                       \
    for (const tscope_parameter *parameter = unit->parameters;    \
         parameter < unit->parameters + unit->parameter_count; parameter++)

void tscope_matrices_begin(const tscope_trainer *trainer, size_t begin, size_t end, float lr) {
  const tscope_config *config = &trainer->state->config;
  const int step = trainer->state->step;
  EACH_PARAMETER(trainer, unit, parameter) {
    const tscope_span span = tscope_parameter_within(parameter, begin, end);
    if (!span.n) continue;
    float *gradient = trainer->gradient + span.begin;
    float *moments[2] = {trainer->moments[0] + span.begin, trainer->moments[1] + span.begin};
    if (tscope_is_hidden_matrix(unit, parameter))
      tscope_rule_direct(config, gradient, moments[0], span.n, step);
    else
      tscope_rule_apply(config, trainer->parameters + span.begin, gradient, moments, span.n, step,
                        lr);
  }
}

typedef struct shared_move {
  const tscope_trainer *trainer;
  tscope_team *team;
  float lr;
} shared_move;

/** What the reference code multiplies the orthogonal matrix by. It reads the last two dimensions,
 * which of square filters are equal. */
static double stretch(const tscope_parameter *matrix) {
  const int rows = tscope_matrix_rows(matrix), columns = tscope_matrix_columns(matrix);
  return matrix->rank > 2 || rows <= columns ? 1 : tscope_sqrt((double)rows / columns);
}

static void move_part(void *context, tscope_part part) {
  const shared_move *move = context;
  const tscope_trainer *trainer = move->trainer;
  EACH_PARAMETER(trainer, unit, parameter) {
    if (!tscope_is_hidden_matrix(unit, parameter)) continue;
    const float rate = (float)((double)move->lr * stretch(parameter));
    tscope_newton_schulz(trainer->parameters + parameter->offset,
                         trainer->gradient + parameter->offset, tscope_matrix_rows(parameter),
                         tscope_matrix_columns(parameter), rate, trainer->matrices, part,
                         move->team);
  }
}

void tscope_matrices_move(tscope_trainer *trainer, float lr) {
  tscope_team *team = tscope_trainer_team(trainer, trainer->network.matrix_flops);
  tscope_team_run(team, move_part, &(shared_move){trainer, team, lr});
}
