/* Logs of other programs: episodes and divergence of logged losses, warmup and schedule of logged
 * rates, and norms. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "check.h"
#include "train/definitions.h"
#include "trainscope/log.h"
#include "trainscope/trainer.h"

enum { ROWS = 2000 };

static double step[ROWS], loss[ROWS], norm[ROWS], workspace[3 * ROWS], smoothed[ROWS];
static tscope_log_episode episodes[TSCOPE_LOG_EPISODES_MAX];

static double uniform(tscope_rng *rng) { return (double)tscope_rng_uniform(rng); }

/* A loss that falls from 2.5 to 0.5, a row every so many steps. */
static void fall(int n, int every) {
  for (int i = 0; i < n; i++) {
    step[i] = (i + 1) * every;
    loss[i] = 0.5 + 2 * exp(-5.0 * i / n);
    norm[i] = -1;
  }
}

static tscope_log_verdict judge_as(int n, tscope_log_facts facts) {
  tscope_log_verdict verdict;
  memset(&verdict, 0x55, sizeof verdict);
  tscope_log_judge(step, loss, norm, n, &facts, workspace, smoothed, episodes, &verdict);
  return verdict;
}

static tscope_log_verdict judge(int n) {
  return judge_as(n, (tscope_log_facts){.baseline = NAN, .planned = NAN});
}

static void test_smoothing_counts_steps(void) {
  const double beta = TSCOPE_DEFINITION_smoothing;
  fall(50, 7);
  judge(50);
  double average = 0, left = 1;
  for (int i = 0; i < 50; i++) {
    average = average * pow(beta, 7) + (1 - pow(beta, 7)) * loss[i];
    left *= pow(beta, 7);
    CHECK(fabs(smoothed[i] - average / (1 - left)) < 1e-12);
  }
  judge_as(50, (tscope_log_facts){.baseline = NAN, .planned = NAN, .is_summary = 1});
  for (int i = 0; i < 50; i++) CHECK(smoothed[i] == loss[i]);
}

static void test_spike(void) {
  for (int every = 1; every <= 100; every *= 10) {
    fall(400, every);
    for (int i = 200; i < 215; i++) loss[i] = 4 - 0.2 * (i - 200);
    tscope_log_verdict verdict = judge(400);
    CHECK(verdict.episode_count == 1);
    CHECK(episodes[0].kind == TSCOPE_VERDICT_mid && verdict.verdict == TSCOPE_VERDICT_mid);
    CHECK(episodes[0].begin == step[199] && episodes[0].peak == step[200]);
    CHECK(episodes[0].loss_peak == 4);
    CHECK(episodes[0].recovered_at > step[212] && episodes[0].recovered_at < step[230]);
  }
}

static void test_early_needs_two_rows(void) {
  fall(400, 1);
  loss[4] = 6;
  CHECK(judge(400).episode_count == 0);
  loss[5] = 6;
  CHECK(judge(400).verdict != TSCOPE_VERDICT_stable);
  CHECK(episodes[0].kind == TSCOPE_VERDICT_early && episodes[0].begin <= step[3]);
  /* What does not begin where the run did says nothing of its beginning. */
  const tscope_log_facts cut = {.baseline = NAN, .planned = NAN, .is_cut = 1};
  const int count = judge_as(400, cut).episode_count;
  for (int i = 0; i < count; i++) CHECK(episodes[i].kind == TSCOPE_VERDICT_mid);
}

/* Of a few rows far apart nobody knows the noise: only what is far above the first loss, and stays
 * there, is a rise. */
static void test_few_rows(void) {
  static const double calm[] = {0.6, 0.03, 0.38, 0.01}, wild[] = {2.3, 1.9, 60, 80};
  fall(4, 100);
  memcpy(loss, calm, sizeof calm);
  tscope_log_verdict verdict = judge(4);
  CHECK(verdict.episode_count == 0 && verdict.is_noisy && verdict.least_rise > 100);
  memcpy(loss, wild, sizeof wild);
  CHECK(judge(4).verdict != TSCOPE_VERDICT_stable);
}

/* A lucky first batch is no level that the next ones have risen from. */
static void test_first_rows_are_few(void) {
  tscope_rng rng = tscope_rng_stream(5, 1, 0);
  for (int trial = 0; trial < 50; trial++) {
    fall(400, 1);
    for (int i = 0; i < 400; i++) loss[i] = 0.72 * (1 + 0.14 * (uniform(&rng) - 0.5) * 3);
    loss[0] = 0.64, loss[1] = 0.6;
    CHECK(judge(400).episode_count == 0);
  }
}

/* Running means turn more rarely than losses of batches do. */
static void test_smooth(void) {
  tscope_rng rng = tscope_rng_stream(6, 1, 0);
  fall(1000, 1);
  for (int i = 0; i < 1000; i++) loss[i] *= 1 + 0.1 * (uniform(&rng) - 0.5);
  CHECK(!judge(1000).is_smooth);
  for (int i = 1; i < 1000; i++) loss[i] = 0.95 * loss[i - 1] + 0.05 * loss[i];
  CHECK(judge(1000).is_smooth);
}

/* Losses of single batches jump all the time; the level is where it was. */
static void test_noise_is_none(void) {
  for (int seed = 1; seed <= 20; seed++) {
    tscope_rng rng = tscope_rng_stream((uint32_t)seed, 1, 0);
    fall(1000, 50);
    for (int i = 0; i < 1000; i++) {
      double normal = 0;
      for (int k = 0; k < 12; k++) normal += uniform(&rng) - 0.5;
      loss[i] *= exp(0.7 * normal);
    }
    tscope_log_verdict verdict = judge(1000);
    CHECK(verdict.episode_count == 0);
    CHECK(verdict.doubted > 0);
  }
}

static void test_divergence(void) {
  fall(200, 10);
  for (int i = 150; i < 200; i++) loss[i] = NAN;
  tscope_log_verdict verdict = judge(200);
  CHECK(verdict.diverged_at == step[150]);
  CHECK(verdict.episode_count == 1 && isnan(episodes[0].loss_peak));
  CHECK(episodes[0].begin == step[149] && isnan(episodes[0].recovered_at));
  CHECK(isnan(smoothed[150]) && !isnan(smoothed[149]));
  loss[150] = INFINITY;
  judge(200);
  CHECK(isinf(episodes[0].loss_peak));
  /* Skipped updates in between are none. */
  fall(200, 10);
  loss[60] = loss[61] = NAN;
  norm[0] = norm[1] = norm[7] = NAN;
  verdict = judge(200);
  CHECK(isnan(verdict.diverged_at) && verdict.episode_count == 0);
  /* Zeros beside norms that are not finite, to the end. */
  for (int i = 100; i < 200; i++) loss[i] = 0, norm[i] = NAN;
  CHECK(judge(200).diverged_at == step[100]);
  norm[199] = 0.1;
  CHECK(isnan(judge(200).diverged_at));
}

static void test_no_ratio_without_positive_losses(void) {
  fall(100, 1);
  for (int i = 0; i < 100; i++) loss[i] = 0;
  CHECK(!judge(100).is_judged);
  fall(100, 1);
  loss[50] = -0.1;
  CHECK(!judge(100).is_judged);
  CHECK(!judge(0).is_judged && !judge(1).is_judged);
}

static tscope_log_rate read_rate(int n, double planned) {
  tscope_log_rate rate;
  memset(&rate, 0x55, sizeof rate);
  tscope_log_read_rate(step, loss, n, n ? step[n - 1] : 0, planned, &rate);
  return rate;
}

/* Every schedule that a run of ours has, with a warmup, as it is logged every so many steps. */
static void test_schedules(void) {
  static const int SHAPES[] = {TSCOPE_SCHEDULE_constant, TSCOPE_SCHEDULE_linear,
                               TSCOPE_SCHEDULE_cosine, TSCOPE_SCHEDULE_step,
                               TSCOPE_SCHEDULE_exponential};
  static float rates[1100];
  for (int i = 0; i < (int)(sizeof SHAPES / sizeof *SHAPES); i++) {
    for (int every = 1; every <= 10; every += 9) {
      tscope_config config = tscope_config_default();
      config.schedule = SHAPES[i];
      config.lr = 0.01f;
      config.warmup_steps = 100;
      config.steps = 1000;
      config.decay_steps = 250;
      tscope_schedule_rates(&config, 0, 1100, rates);
      int n = 0;
      for (int k = every - 1; k < 1100; k += every) {
        step[n] = k;
        loss[n++] = (double)rates[k];
      }
      const tscope_log_rate rate = read_rate(n, 1100);
      CHECK(rate.schedule == SHAPES[i]);
      CHECK(fabs(rate.warmup_steps - 100) <= 1);
      CHECK(fabs(rate.peak - 0.01) < 1e-6);
    }
  }
}

static void test_norms(void) {
  tscope_log_norms read;
  for (int i = 0; i < 100; i++) norm[i] = i + 1;
  norm[7] = NAN;
  norm[98] = norm[99] = INFINITY;
  tscope_log_read_norms(norm, 100, workspace, &read);
  CHECK(read.finite == 97 && read.non_finite == 3 && read.trailing == 2);
  CHECK(read.max == 98 && !read.after_clipping && !read.scaled);
  for (int i = 0; i < 100; i++) norm[i] = i < 60 ? 0.01 * i : 0.5;
  tscope_log_read_norms(norm, 100, workspace, &read);
  CHECK(!read.after_clipping);
  for (int i = 0; i < 100; i++) norm[i] = i < 80 ? 0.01 * i : 0.8 + 1e-7 * i;
  tscope_log_read_norms(norm, 100, workspace, &read);
  CHECK(read.after_clipping && read.above_one == 0);
  for (int i = 0; i < 5; i++) norm[i] = 65536 * (i + 1);
  tscope_log_read_norms(norm, 5, workspace, &read);
  CHECK(read.scaled && read.p50 == 65536 * 3.0 && read.above_one == 1);
  tscope_log_read_norms(norm, 0, workspace, &read);
  CHECK(isnan(read.p90) && read.finite == 0);
}

int main(void) {
  test_smoothing_counts_steps();
  test_spike();
  test_early_needs_two_rows();
  test_few_rows();
  test_first_rows_are_few();
  test_smooth();
  test_noise_is_none();
  test_divergence();
  test_no_ratio_without_positive_losses();
  test_schedules();
  test_norms();
  return CHECK_REPORT();
}
