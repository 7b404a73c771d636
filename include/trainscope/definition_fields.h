/**
 * The numbers that decide whether a training is unstable, infeasible or worth clipping, for the C
 * that decides and for the reports that say by what it was decided; what a run can be judged to
 * be; and the events that a step may bring.
 *
 *   DEFINITION(name, value, help)
 *   VERDICT(name, label, help)     on a run, or on an episode of instability (never stable)
 *   EVENT(name, bit, help)         a bit of the events column of a step's row
 */
#ifndef TRAINSCOPE_DEFINITION_FIELDS_H
#define TRAINSCOPE_DEFINITION_FIELDS_H

/* clang-format off */
#define TSCOPE_DEFINITIONS(DEFINITION) \
  DEFINITION(smoothing, 0.95, "β of s, the bias-corrected exponential mean of the batch loss") \
  DEFINITION(rise_in_baseline, 0.1, "A rise above the minimum by less than this share of L₀ is noise") \
  DEFINITION(rise_above_baseline, 1.5, "Unstable from so many times the minimum, where that is not below L₀") \
  DEFINITION(early_spike, 1.5, "A batch loss of the first steps is suspicious from so many times the first one") \
  DEFINITION(early_spike_steps, 20, "How many steps these are; in them a rise must still be there a little later") \
  DEFINITION(small_batch, 16, "Below so many samples a batch is small, and looks at the probe may cost more") \
  DEFINITION(probe_share_small, 0.15, "Regular looks at the probe cost at most this share of a step where the batch is small") \
  DEFINITION(probe_share, 0.01, "Elsewhere this share") \
  DEFINITION(verdict_share_small, 0.15, "Looks at more samples than the probe's are earned at this share of a step where the batch is small") \
  DEFINITION(verdict_share, 0.01, "Elsewhere this share") \
  DEFINITION(recent_smoothing, 0.6, "β of a shorter mean of the batch loss, which is suspicious sooner") \
  DEFINITION(early_fall, 0.9, "Before the probe's loss has fallen to this share of its first, training has not begun") \
  DEFINITION(early_share, 0.05, "An episode that begins in this share of the run is early") \
  DEFINITION(recovered_share, 0.05, "An episode that is over within this share of the run was a bump: alone, it makes no run unstable") \
  DEFINITION(still_gradient, 1e-9, "A gradient that nowhere reaches this share of the whole norm does not move a weight") \
  DEFINITION(still_motion, 3e-3, "Weights that move by no more than this share of their layer's largest stand still") \
  DEFINITION(still_steps, 15, "So many steps in a row without a gradient at the first layer make a network dead, where its answers are no better than guessing") \
  DEFINITION(stuck_asks, 3, "After an episode a network is also dead where its answers to the probe's samples are so many times in a row the same, but for one, and its loss is that of guessing") \
  DEFINITION(stuck_steps, 10, "The probe is asked so many steps apart; then up to 256 samples, nearly all of which must get the same answer") \
  DEFINITION(stuck_loss, 1.1, "Their loss is no more than so many times L₀") \
  DEFINITION(stuck_gradient, 0.3, "And the gradient of all but the output's bias no more than this share of the whole") \
  DEFINITION(same_answer, 1e-5, "Answers to different inputs are the same where they differ by no more") \
  DEFINITION(infeasible_share, 0.95, "A run is infeasible whose s does not end below this share of L₀, or of smoothed labels of the way from knowing them to L₀") \
  DEFINITION(adaptive_norms, 20, "Norms that adaptive clipping waits for; of fewer, no percentile is suggested as a threshold") \
  DEFINITION(log_noise, 8, "A rise in a log counts if it is so many standard deviations of the log's own noise") \
  DEFINITION(log_recovered, 0.25, "In a log a loss is back where it is no more than this share above the loss before, and within half of the least rise that counts") \
  DEFINITION(log_bump, 3, "An episode of a log that was soon over was a bump if it stayed below so many times the loss before") \
  DEFINITION(log_clipped, 0.05, "Norms of which this share is the largest were logged after clipping") \
  DEFINITION(log_scaled, 1e4, "A median norm from here on still carries the loss scale of 16-bit training") \
  DEFINITION(log_turns, 0.54, "A logged loss is smooth where it turns at less than this share of its rows; noise turns at two thirds of them") \
  DEFINITION(log_turns_rows, 200, "Of so many rows at least") \
  DEFINITION(range_noise, 5, "A range test's loss falls or rises where it does by so many standard errors of its own noise") \
  DEFINITION(range_depth, 0.05, "And by so large a share of L₀") \
  DEFINITION(range_learned, 0.5, "A range test that begins below this share of L₀ is one of a trained network") \
  DEFINITION(range_far, 4, "So many times apart, steepest descent and halfway do not stand on one slope")

/* A run is judged as the weightiest of its episodes: mid before early, and either before a bump; or as what has come
 * of them. */
#define TSCOPE_VERDICTS(VERDICT) \
  VERDICT(stable, "stable",       "no episode of instability") \
  VERDICT(early,  "early",        "at or near initialization") \
  VERDICT(mid, "mid-training", "sudden, in the middle of training") \
  VERDICT(recovered, "recovered", "a bump or several, each soon over") \
  VERDICT(dead, "dead", "nearly all training samples get the same answer, no better than guessing, and hardly any of the gradient reaches the weights that could change that")

#define TSCOPE_EVENTS(EVENT) \
  EVENT(diverged, 1, "loss or norm is not finite: this step was recorded, not applied, and training ends") \
  EVENT(complete, 2, "this was the last step, or the run had already ended") \
  EVENT(clipped, 4, "the gradient or the update was scaled down") \
  EVENT(unstable, 8, "an instability episode begins to show at this step") \
  EVENT(recovered, 16, "an episode ends: the loss is back at its minimum before it") \
  EVENT(epoch, 32, "this step drew the first sample of a new permutation") \
  EVENT(step, 64, "a step was finished and the row is valid; never in a row itself") \
  EVENT(dead, 128, "the network was found dead")
/* clang-format on */

#endif
