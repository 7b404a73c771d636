#include "train/stability.h"

#include "math/elementary.h"
#include "train/definitions.h"

/* A loss that has not risen is not unstable, also where every limit is 0. */
static int is_unstable(const tscope_stability *s, int step, double loss, double baseline) {
  if (!tscope_is_finite(loss)) return 1;
  if (step < TSCOPE_DEFINITION_early_spike_steps && loss > s->first_loss &&
      loss >= TSCOPE_DEFINITION_early_spike * s->first_loss)
    return 1;
  const double m = s->minimum, half_way = m + 0.5 * (baseline - m);
  double limit = m < baseline ? (2 * m < half_way ? 2 * m : half_way)
                              : TSCOPE_DEFINITION_rise_above_baseline * m;
  if (limit < m + TSCOPE_DEFINITION_rise_in_baseline * baseline)
    limit = m + TSCOPE_DEFINITION_rise_in_baseline * baseline;
  return s->smoothed > m && s->smoothed >= limit;
}

static void open_episode(tscope_stability *s, int step, int total_steps,
                         const tscope_norms *norms) {
  const int is_early = s->minimum_step < TSCOPE_DEFINITION_early_share * total_steps ||
                       s->minimum > TSCOPE_DEFINITION_early_fall * s->first_smoothed;
  if (s->episode_count < TSCOPE_EPISODES_MAX) s->episode_count++;
  s->is_open = 1;
  s->open_minimum = s->minimum;
  s->episodes[s->episode_count - 1] = (tscope_episode){
      .begin = s->minimum_step,
      .detected_at = step,
      .peak = step,
      .kind = is_early ? TSCOPE_VERDICT_early : TSCOPE_VERDICT_mid,
      .recovered_at = -1,
      .loss_before = (float)s->minimum,
      .loss_peak = (float)s->smoothed,
      .norm_typical = (float)tscope_norms_percentile(norms, 90),
  };
}

static void follow_episode(tscope_stability *s, int step, double norm) {
  tscope_episode *episode = &s->episodes[s->episode_count - 1];
  if ((float)s->smoothed > episode->loss_peak) {
    episode->loss_peak = (float)s->smoothed;
    episode->peak = step;
  }
  if (norm > (double)episode->norm_peak) episode->norm_peak = (float)norm;
}

int tscope_stability_add(tscope_stability *s, int step, int total_steps, double loss, double norm,
                         double baseline, const tscope_norms *norms) {
  if (!s->mean.count) {
    s->first_loss = s->first_smoothed = s->minimum = s->smoothed = loss;
    s->minimum_step = step;
  }
  /* The curve ends at a loss that is not finite; its last value stays. */
  if (tscope_is_finite(loss)) s->smoothed = tscope_smoothing_add(&s->mean, loss);
  int event = 0;
  if (s->is_open && s->smoothed <= s->open_minimum) {
    s->is_open = 0;
    s->episodes[s->episode_count - 1].recovered_at = step;
    event = TSCOPE_EVENT_recovered;
  } else if (!s->is_open && is_unstable(s, step, loss, baseline)) {
    open_episode(s, step, total_steps, norms);
    event = TSCOPE_EVENT_unstable;
  }
  if (s->is_open) follow_episode(s, step, norm);
  if (s->smoothed <= s->minimum) {
    s->minimum = s->smoothed;
    s->minimum_step = step;
  }
  return event;
}

int tscope_stability_verdict(const tscope_stability *s) {
  int verdict = TSCOPE_VERDICT_stable;
  for (int i = 0; i < s->episode_count; i++) {
    if (s->episodes[i].kind > verdict) verdict = s->episodes[i].kind;
  }
  return verdict;
}
