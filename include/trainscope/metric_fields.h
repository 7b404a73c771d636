/**
 * The table of per-step measurements: the only place where one exists.
 *
 * From its rows derive the C row (tscope_metrics), the JS row and its type, a curve in every run of
 * the page for each REAL, and the columns of a run's CSV. A chart of one is a row of
 * web/ui/live/charts.js. The step lines of RUN.jsonl are a contract and take none by themselves.
 *
 *   METRIC(kind, name, scale, label, unit, help)      kind: REAL (float) or INT (int32); one 32-bit
 * word each; scale: linear or log, of the axis that it is drawn on
 */
#ifndef TRAINSCOPE_METRIC_FIELDS_H
#define TRAINSCOPE_METRIC_FIELDS_H

/* clang-format off */
#define TSCOPE_METRIC_FIELDS(METRIC) \
  METRIC(INT,  step, linear, "Step", "", "Steps taken before this one, so the first is 0") \
  METRIC(REAL, lr, log, "Learning rate", "η", "The rate this step used, warmup included") \
  METRIC(REAL, loss, log, "Loss", "", "Mean loss of this step’s batch, before the update") \
  METRIC(REAL, smoothed_loss, log, "Smoothed loss", "", "Bias-corrected exponential mean of the loss, β = 0.95") \
  METRIC(REAL, accuracy, linear, "Accuracy", "", "Share of this step’s batch whose largest output is its class, before the update; not a number for regression") \
  METRIC(REAL, smoothed_accuracy, linear, "Smoothed accuracy", "", "Bias-corrected exponential mean of the accuracy, β = 0.95") \
  METRIC(REAL, grad_norm, log, "Gradient norm", "", "L2 norm of the full gradient before clipping") \
  METRIC(REAL, clip_threshold, log, "Clip threshold", "λ", "Threshold in force at this step; 0 where nothing could be clipped") \
  METRIC(REAL, clip_scale, linear, "Clip scale", "×", "What the gradient, or the update, was multiplied by; 1 is untouched") \
  METRIC(REAL, momentum, linear, "Momentum", "", "The momentum this step used, or β₁ where the rule has that instead; not a number for a rule without") \
  METRIC(REAL, attention_max, log, "Attention scores", "|q·k|/√d", "The largest |q·k|/√d of this step’s batch, over all attention; 0 without any") \
  METRIC(INT,  events, linear, "Events", "", "Bits, as the table of events names them")
/* clang-format on */

#endif
