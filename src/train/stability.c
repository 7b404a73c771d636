#include "train/stability.h"

#include "math/elementary.h"
#include "train/definitions.h"

double tscope_rise_limit(double minimum, double baseline) {
  const double half_way = minimum + 0.5 * (baseline - minimum);
  const double least = minimum + TSCOPE_DEFINITION_rise_in_baseline * baseline;
  double limit = TSCOPE_DEFINITION_rise_above_baseline * minimum;
  if (minimum < baseline) limit = 2 * minimum < half_way ? 2 * minimum : half_way;
  return limit < least ? least : limit;
}

int tscope_stability_suspects(tscope_stability *s, int step, double loss, double baseline) {
  if (!s->mean.count) s->first_loss = s->minimum = loss;
  s->smoothed = tscope_smoothing_add(&s->mean, loss);
  const int is_spike = step < TSCOPE_DEFINITION_early_spike_steps && loss > s->first_loss &&
                       loss >= TSCOPE_DEFINITION_early_spike * s->first_loss;
  const double recent =
      tscope_smoothing_add_with(&s->recent, loss, TSCOPE_DEFINITION_recent_smoothing);
  const double highest = recent > s->smoothed ? recent : s->smoothed;
  const int is_rise = highest > s->minimum && highest >= tscope_rise_limit(s->minimum, baseline);
  if (s->smoothed < s->minimum) s->minimum = s->smoothed;
  return is_spike || is_rise;
}

void tscope_stability_open(tscope_stability *s, const tscope_episode *episode) {
  if (s->episode_count < TSCOPE_EPISODES_MAX) s->episode_count++;
  s->is_open = 1;
  s->episodes[s->episode_count - 1] = *episode;
}

void tscope_stability_follow(tscope_stability *s, int step, double loss, double norm) {
  tscope_episode *episode = &s->episodes[s->episode_count - 1];
  /* What no float holds is the divergence's, not the peak's. */
  if (tscope_is_finite((double)(float)loss) && (float)loss > episode->loss_peak) {
    episode->loss_peak = (float)loss;
    episode->peak = step;
  }
  if (norm > (double)episode->norm_peak) episode->norm_peak = (float)norm;
}

void tscope_stability_close(tscope_stability *s, int step) {
  s->is_open = 0;
  s->episodes[s->episode_count - 1].recovered_at = step;
}

int tscope_stability_reopen(tscope_stability *s) {
  if (!s->episode_count) return 0;
  s->is_open = 1;
  s->episodes[s->episode_count - 1].recovered_at = -1;
  return 1;
}

static int is_bump(const tscope_episode *episode, int total_steps) {
  return episode->recovered_at >= 0 &&
         episode->recovered_at - episode->begin <= TSCOPE_DEFINITION_recovered_share * total_steps;
}

int tscope_stability_verdict(const tscope_stability *s, int total_steps) {
  int verdict = s->episode_count ? TSCOPE_VERDICT_recovered : TSCOPE_VERDICT_stable;
  for (int i = 0; i < s->episode_count; i++) {
    const int kind = s->episodes[i].kind;
    if (is_bump(&s->episodes[i], total_steps)) continue;
    if (kind == TSCOPE_VERDICT_mid || verdict != TSCOPE_VERDICT_mid) verdict = kind;
  }
  return verdict;
}

int tscope_stability_is_unstable(const tscope_stability *s, int total_steps) {
  const int verdict = tscope_stability_verdict(s, total_steps);
  return verdict == TSCOPE_VERDICT_early || verdict == TSCOPE_VERDICT_mid;
}
