/* The losses of a log: what trainscope/log.h says of its first function. */
#include <string.h>

#include "math/elementary.h"
#include "train/definitions.h"
#include "train/stability.h"
#include "trainscope/log.h"

/* Rows to either side that noise is measured in, and rows that share a measurement. */
enum { NOISE_ROWS = 60, NOISE_BLOCK = 16, NOISE_ROWS_MIN = 5 };

/* The quantile of absolute second differences, and what it is for a normal noise of deviation 1. */
static const double NOISE_QUANTILE = 0.9,
                    NOISE_OF_QUANTILE = 1.6448536269514722 * 2.449489742783178;

/* Rows to either side of the minimum whose median is the level that a rise is measured from: of
 * many noisy values the lowest is far below what is usual. */
enum { LEVEL_ROWS = 7 };

/* In the first steps, when a mean is one of few, a rise must be there in so many rows. */
enum { SPIKE_ROWS = 2 };

/* Those rows must also stand out of the noise by so many of its standard deviations: two in a row
 * do so by chance less than once in a million logs. */
static const double SPIKE_NOISE = 5;

/* A loss is calm up to so many standard deviations of the noise above its lowest mean. */
static const double CALM_NOISE = 2;

/* Where rows are too few to tell their noise, a rise counts that reaches so many times the first
 * loss, in SPIKE_ROWS rows. */
static const double FAR_ABOVE = 10;

/* Noise that hides what the definition calls a rise, twice the minimum, is said. */
static const double NOISY = 2.01;

/* A diverged run that logs zeros does so for so many rows at least. */
enum { ZERO_ROWS = 2 };

static double not_a_number(void) { return (double)__builtin_nanf(""); }
static int smaller(int a, int b) { return a < b ? a : b; }
static int larger(int a, int b) { return a > b ? a : b; }
static double magnitude(double x) { return x < 0 ? -x : x; }

/* Of a few values, which are sorted. */
static double quantile_of(double *values, int n, double quantile) {
  for (int i = 1; i < n; i++) {
    const double value = values[i];
    int j = i;
    for (; j > 0 && values[j - 1] > value; j--) values[j] = values[j - 1];
    values[j] = value;
  }
  return values[(int)(quantile * (n - 1))];
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* The finite rows of a log, and what is known while they are gone through. */
typedef struct reading {
  const double *step, *loss, *smoothed; /* [n] */
  int n;
  double planned, beta, baseline;
  int is_cut;
  int noise_block; /* whose noise is kept, or -1 */
  double noise;
  int minimum_row, lowest_row; /* of s, in all, and since the last episode */
  double minimum, lowest;
  double minimum_weight; /* of the row at which s was at its minimum */
  int far;               /* rows in a row that are far above the first, where noise is unknown */
  int doubted;
} reading;

static double curvature(const reading *log, int i) {
  return magnitude(tscope_log(log->loss[i - 1]) - 2 * tscope_log(log->loss[i]) +
                   tscope_log(log->loss[i + 1]));
}

/* Standard deviation of the log loss from row to row, in the rows around one. */
static double noise_around(reading *log, int row) {
  double values[2 * NOISE_ROWS + NOISE_BLOCK];
  int count = 0;
  const int block = row / NOISE_BLOCK;
  if (block == log->noise_block) return log->noise;
  const int to = smaller(log->n - 2, block * NOISE_BLOCK + NOISE_BLOCK - 1 + NOISE_ROWS);
  for (int i = larger(1, block * NOISE_BLOCK - NOISE_ROWS); i <= to; i++) {
    const double value = curvature(log, i);
    if (tscope_is_finite(value)) values[count++] = value;
  }
  log->noise_block = block;
  log->noise =
      count < NOISE_ROWS_MIN ? 0 : quantile_of(values, count, NOISE_QUANTILE) / NOISE_OF_QUANTILE;
  return log->noise;
}

static double level_around_minimum(const reading *log, int row) {
  double values[2 * LEVEL_ROWS + 1];
  int count = 0;
  const int to = smaller(row - 1, log->minimum_row + LEVEL_ROWS);
  for (int i = larger(0, log->minimum_row - LEVEL_ROWS); i <= to; i++)
    values[count++] = log->smoothed[i];
  const double level = count ? quantile_of(values, count, 0.5) : log->minimum;
  return level > log->minimum ? level : log->minimum;
}

/* How much of a row's noise is left in a mean in which it has this weight. */
static double smoothed_share(double weight) { return tscope_sqrt(weight / (2 - weight)); }

/* Too few rows to tell their noise. */
static int is_noise_unknown(const reading *log) {
  return log->beta > 0 && log->n - 2 < NOISE_ROWS_MIN;
}

static int has_risen(reading *log, int row, double s, double weight) {
  if (s <= log->minimum || s < tscope_rise_limit(log->minimum, log->baseline)) return 0;
  if (is_noise_unknown(log)) {
    log->far = s >= FAR_ABOVE * log->baseline ? log->far + 1 : 0;
    log->doubted += log->far < SPIKE_ROWS;
    return log->far >= SPIKE_ROWS;
  }
  /* The mean of the first rows is one of few. */
  const double least = log->minimum_weight > weight ? log->minimum_weight : weight;
  const double noise = noise_around(log, row) * smoothed_share(least);
  const double rise = tscope_log(s / level_around_minimum(log, row));
  const int is_clear = !(rise < TSCOPE_DEFINITION_log_noise * noise);
  log->doubted += !is_clear;
  return is_clear;
}

/* A raw loss of the first steps. */
static int is_spike(reading *log, int row) {
  const double x = log->loss[row], first = log->loss[0];
  return x >= TSCOPE_DEFINITION_early_spike * first &&
         tscope_log(x / first) >= SPIKE_NOISE * noise_around(log, row);
}

/* ---- episodes ------------------------------------------------------------------------------- */

static double end_of(const reading *log) {
  const double last = log->step[log->n - 1];
  return log->planned > last ? log->planned : last;
}

/*
 * The last row at which the loss was still where it had been: of a loss that had long been level
 * the lowest is anywhere.
 */
static int last_calm_row(reading *log, int row) {
  const double level = log->lowest * tscope_exp(CALM_NOISE * noise_around(log, log->lowest_row));
  while (row > log->lowest_row && !(log->loss[row] <= level)) row--;
  return row;
}

static int kind_of(const reading *log, int begin) {
  const int is_early = log->step[begin] < TSCOPE_DEFINITION_early_share * end_of(log) ||
                       log->minimum > TSCOPE_DEFINITION_early_fall * log->baseline;
  return is_early && !log->is_cut ? TSCOPE_VERDICT_early : TSCOPE_VERDICT_mid;
}

static tscope_log_episode open_at(reading *log, int row) {
  const int begin = last_calm_row(log, row);
  int peak = row;
  for (int i = log->lowest_row + 1; i < row; i++)
    if (log->loss[i] > log->loss[peak]) peak = i;
  return (tscope_log_episode){
      .begin = log->step[begin],
      .detected_at = log->step[row],
      .peak = log->step[peak],
      .recovered_at = not_a_number(),
      .loss_before = log->lowest,
      .loss_peak = log->loss[peak],
      .kind = kind_of(log, begin),
  };
}

/* Whether a mean of a few steps is back where the loss was before. */
static int has_come_back(reading *log, int row, const tscope_log_episode *episode, double recent,
                         double kept) {
  const double least = 0.5 * TSCOPE_DEFINITION_rise_in_baseline * log->baseline;
  const double share = TSCOPE_DEFINITION_log_recovered * episode->loss_before;
  const double allowed = least < share ? least : share;
  double noise = noise_around(log, row) * smoothed_share(1 - kept) * episode->loss_before;
  if (noise > allowed) noise = allowed;
  return recent <= episode->loss_before + allowed + noise;
}

static int is_bump(const reading *log, const tscope_log_episode *episode) {
  const double took = episode->recovered_at - episode->begin;
  return took <= TSCOPE_DEFINITION_recovered_share * end_of(log) &&
         episode->loss_peak < TSCOPE_DEFINITION_log_bump * episode->loss_before;
}

static int verdict_of(const reading *log, const tscope_log_episode *episodes, int count) {
  int verdict = count ? TSCOPE_VERDICT_recovered : TSCOPE_VERDICT_stable;
  for (int i = 0; i < count; i++) {
    if (is_bump(log, &episodes[i])) continue;
    if (episodes[i].kind == TSCOPE_VERDICT_mid || verdict != TSCOPE_VERDICT_mid)
      verdict = episodes[i].kind;
  }
  return verdict;
}

/* Goes through the finite rows; returns how many episodes there are. */
static int find_episodes(reading *log, double *smoothed, tscope_log_episode *episodes) {
  double average = 0, left = 1, recent = 0;
  int count = 0, is_open = 0, spikes = 0, high = 0;
  for (int i = 0; i < log->n; i++) {
    const double x = log->loss[i];
    const double first_gap = log->n > 1 ? log->step[1] - log->step[0] : 1;
    const double gap = i ? log->step[i] - log->step[i - 1] : first_gap;
    const double beta = tscope_pow(log->beta, gap);
    average = average * beta + (1 - beta) * x;
    left *= beta;
    double s = average / (1 - left);
    const double weight = (1 - beta) / (1 - left);
    smoothed[i] = s;
    if (i == 0) {
      if (!tscope_is_finite(log->baseline)) log->baseline = s;
      log->minimum = log->lowest = s;
      log->minimum_weight = weight;
      continue;
    }
    const int is_first = log->step[i] < TSCOPE_DEFINITION_early_spike_steps && !log->is_cut;
    spikes = is_first && is_spike(log, i) ? spikes + 1 : 0;
    high = x >= tscope_rise_limit(log->minimum, log->baseline) ? high + 1 : 0;
    const int is_kept = !is_first || high >= SPIKE_ROWS;
    if (is_open) {
      tscope_log_episode *episode = &episodes[count - 1];
      const double kept = log->beta > 0 ? tscope_pow(TSCOPE_DEFINITION_recent_smoothing, gap) : 0;
      if (x > episode->loss_peak) {
        episode->loss_peak = recent = x;
        episode->peak = log->step[i];
      } else {
        recent = recent * kept + (1 - kept) * x;
        if (has_come_back(log, i, episode, recent, kept)) {
          episode->recovered_at = log->step[i];
          is_open = 0;
          /* What went before is no longer what the loss is compared with. */
          average = recent * (1 - left);
          smoothed[i] = s = recent;
          log->lowest = s;
          log->lowest_row = i;
        }
      }
    } else if (count < TSCOPE_LOG_EPISODES_MAX &&
               (spikes >= SPIKE_ROWS || (is_kept && has_risen(log, i, s, weight)))) {
      episodes[count++] = open_at(log, i);
      recent = x;
      is_open = 1;
    }
    if (is_open) continue;
    if (s < log->minimum) {
      log->minimum = s;
      log->minimum_weight = weight;
      log->minimum_row = i;
    }
    if (s < log->lowest) {
      log->lowest = s;
      log->lowest_row = i;
    }
  }
  return count;
}

/*
 * Whether losses are smoothed, running means, or of all data: independent ones turn from up to down
 * or back at two rows of three, such means at one of two or less.
 */
static int is_smooth(const double *loss, int n) {
  int turns = 0, moves = 0, before = 0;
  for (int i = 1; i < n; i++) {
    const int way = (loss[i] > loss[i - 1]) - (loss[i] < loss[i - 1]);
    if (!way) continue;
    turns += before && way != before;
    moves++;
    before = way;
  }
  return moves > TSCOPE_DEFINITION_log_turns_rows &&
         turns < TSCOPE_DEFINITION_log_turns * (moves - 1);
}

/* How high a rise at the end has to be to stand out of the noise, in multiples of the minimum. */
static double clear_rise(const reading *log, double noise) {
  const double gap = log->step[log->n - 1] - log->step[log->n - 2];
  const double share = smoothed_share(1 - tscope_pow(log->beta, gap));
  return is_noise_unknown(log) ? FAR_ABOVE * log->baseline / log->minimum
                               : tscope_exp(TSCOPE_DEFINITION_log_noise * noise * share);
}

/* ---- divergence ----------------------------------------------------------------------------- */

static int is_zero_beside_nan(const double *loss, const double *norm, int i) {
  return loss[i] == 0 && !tscope_is_finite(norm[i]);
}

/* The first of the rows up to the end of which none is alive; n where the last one is. */
static int first_dead(const double *loss, const double *norm, int n) {
  int from = n, has_non_finite = 0;
  for (int i = n - 1; i >= 0; i--) {
    const int is_finite = tscope_is_finite(loss[i]);
    if (is_finite && !is_zero_beside_nan(loss, norm, i)) break;
    has_non_finite |= !is_finite;
    from = i;
  }
  return has_non_finite || n - from >= ZERO_ROWS ? from : n;
}

void tscope_log_judge(const double *step, const double *loss, const double *norm, int n,
                      const tscope_log_facts *facts, double *workspace, double *smoothed,
                      tscope_log_episode *episodes, tscope_log_verdict *verdict) {
  double *steps = workspace, *losses = workspace + n, *means = workspace + 2 * n;
  const int alive = first_dead(loss, norm, n);
  int rows = 0, positive = 0, negative = 0;
  for (int i = 0; i < alive; i++) {
    if (!tscope_is_finite(loss[i])) continue;
    steps[rows] = step[i];
    losses[rows++] = loss[i];
    positive += loss[i] > 0;
    negative += loss[i] < 0;
  }
  *verdict = (tscope_log_verdict){
      .baseline = not_a_number(),
      .diverged_at = alive < n ? step[alive] : not_a_number(),
      .minimum = not_a_number(),
      .minimum_at = not_a_number(),
      .last = not_a_number(),
      .is_judged = rows > 1 && negative == 0 && positive > rows / 2,
      .verdict = TSCOPE_VERDICT_stable,
  };
  reading log = {
      .step = steps,
      .loss = losses,
      .smoothed = means,
      .n = rows,
      .planned = facts->planned > 0 ? facts->planned : step[n > 0 ? n - 1 : 0],
      .beta = facts->is_summary ? 0 : TSCOPE_DEFINITION_smoothing,
      .baseline = facts->baseline,
      .is_cut = facts->is_cut,
      .noise_block = -1,
  };
  for (int i = 0; i < n; i++) smoothed[i] = not_a_number();
  if (verdict->is_judged) {
    int count = find_episodes(&log, means, episodes);
    const int is_open = count && !tscope_is_finite(episodes[count - 1].recovered_at);
    /* What ends in nothing finite begins where the loss was last at its lowest. */
    if (alive < n && !is_open && count < TSCOPE_LOG_EPISODES_MAX) {
      log.lowest_row = rows - 1;
      episodes[count] = open_at(&log, rows - 1);
      episodes[count].loss_before = means[rows - 1];
      episodes[count].detected_at = episodes[count].peak = step[alive];
      count++;
    }
    if (alive < n) {
      /* Zeros beside norms that are none stand for losses that nobody wrote down. */
      const double dead = loss[alive];
      episodes[count - 1].loss_peak = tscope_is_finite(dead) ? not_a_number() : dead;
      episodes[count - 1].peak = step[alive];
    }
    verdict->episode_count = count;
    verdict->baseline = log.baseline;
    verdict->minimum = log.minimum;
    verdict->minimum_at = steps[log.minimum_row];
    verdict->last = means[rows - 1];
    verdict->noise = noise_around(&log, rows - 1);
    verdict->verdict = verdict_of(&log, episodes, count);
    verdict->doubted = log.doubted;
    /* In the second half, where no descent hides how it turns. */
    verdict->is_smooth = is_smooth(losses + rows / 2, rows - rows / 2);
    const double clear = clear_rise(&log, verdict->noise);
    const double limit = tscope_rise_limit(log.minimum, log.baseline) / log.minimum;
    verdict->least_rise = clear > limit ? clear : limit;
    verdict->is_noisy =
        verdict->doubted || is_noise_unknown(&log) || (clear > NOISY && clear > limit);
    for (int i = 0, row = 0; i < alive; i++)
      if (tscope_is_finite(loss[i])) smoothed[i] = means[row++];
  }
}
