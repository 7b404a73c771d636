/**
 * What can be said of a training of which only a log is left: rows that come at uneven steps, that
 * may be means of several, and of which some are missing. All take arrays and keep nothing.
 */
#ifndef TRAINSCOPE_LOG_H
#define TRAINSCOPE_LOG_H

#include "trainscope/config.h"

/** Of more episodes than these the last ones are not told. */
enum { TSCOPE_LOG_EPISODES_MAX = 200 };

typedef TSCOPE_RECORD_STRUCT(TSCOPE_LOG_FACTS_FIELDS) tscope_log_facts;
typedef TSCOPE_RECORD_STRUCT(TSCOPE_LOG_EPISODE_FIELDS) tscope_log_episode;
typedef TSCOPE_RECORD_STRUCT(TSCOPE_LOG_VERDICT_FIELDS) tscope_log_verdict;
typedef TSCOPE_RECORD_STRUCT(TSCOPE_LOG_RATE_FIELDS) tscope_log_rate;
typedef TSCOPE_RECORD_STRUCT(TSCOPE_LOG_NORMS_FIELDS) tscope_log_norms;

/**
 * Judges a log's losses by the definition of loss instability, carried over to logs.
 *
 *   - s is the bias-corrected mean by steps, not rows: a row d steps after the one before it has
 *     the weight 1 - smoothing^d. Where rows are summaries of epochs nothing is smoothed.
 *   - A rise over the limit counts if it stands out of the log's own noise: by log_noise standard
 *     deviations of log s from the level around its minimum. The noise is a high quantile of the
 *     second differences of log loss in the rows around, which neither a descent nor a single
 *     spike moves, while losses of single batches do, which jump all the time.
 *   - In the first steps a raw loss over the limit, or of early_spike times the first, must be
 * there in two rows.
 *   - begin is the last row, from where s was lowest since the last episode, at which the loss was
 *     no further above that than its noise: a loss may be level for long before it rises. The peak
 *     is the highest row;
 *     an episode ends where a mean of a few steps is back within half of the least rise that
 *     counts and a quarter of the loss before.
 *   - The run diverged where losses are not finite from some row to the end, or are 0 beside norms
 *     that are not finite: that is what is logged where non-finite losses are filtered.
 *
 * step, loss: [n], steps rising, losses finite or not. norm: [n], of the same rows; below 0 where
 * none was logged. smoothed: [n], s, NaN where the loss is not finite. workspace: [3 n].
 * episodes: [TSCOPE_LOG_EPISODES_MAX].
 */
void tscope_log_judge(const double *step, const double *loss, const double *norm, int n,
                      const tscope_log_facts *facts, double *workspace, double *smoothed,
                      tscope_log_episode *episodes, tscope_log_verdict *verdict);

/**
 * Warmup and the schedule's shape, from rates that were logged now and then. step, lr: [n], steps
 * rising. last: the last step of the log; planned: steps that the run was to take, or NaN.
 */
void tscope_log_read_rate(const double *step, const double *lr, int n, double last, double planned,
                          tscope_log_rate *rate);

/** Percentiles of logged norms, and what they tell of how they were logged. workspace: [n]. */
void tscope_log_read_norms(const double *norms, int n, double *workspace, tscope_log_norms *read);

#endif
