/**
 * The table of published mistakes: what libraries did, or do, otherwise than the rule that they
 * name. One of them can be switched on (the setting mistake), to see what it does to a training.
 *
 * From these rows derive the options of that setting, which update rules each belongs to, and what
 * page and command line say of it. A new mistake is one row here, and mistaken_<id> in
 * src/optim/mistakes.c, which is NULL where its step is the rule's; with a step of its own also
 * that step in double (tests/fixtures/make_figures.py), which tests/engine/mistakes.test.js holds
 * it to. Its words in the museum are an entry of web/ui/museum/exhibits.js, which
 * tests/web/museum.test.js asks for.
 *
 *   MISTAKE(A, B, id, text, label, where, rules, acts, first, formula)
 *
 * A, B       whatever the reader of the table hands to its rows, or nothing.
 * id         makes the C constant TSCOPE_MISTAKE_<id>.
 * text       what users write; label: what they read. Names are public and are never reused.
 * where      who does so, with the version in which it was seen.
 * rules      the update rules that it is a mistake in, parted by blanks; with others it is refused.
 *            "" for all.
 * acts       STEP: all numbers take mistaken_<id> as their step. BIASES: all but weights do. DECAY:
 *            on the L2 penalty. LOG: only on what is recorded.
 * first      what the rule's first moment starts at, or AS_RULE.
 * formula    what differs of the rule's formula, or of what is recorded.
 *
 * Each changes one thing only: an epsilon that stands elsewhere in that library as well stays where
 * the rule has it.
 */
#ifndef TRAINSCOPE_MISTAKE_FIELDS_H
#define TRAINSCOPE_MISTAKE_FIELDS_H

/* clang-format off */

#define TSCOPE_MISTAKE_ROWS(MISTAKE, A, B) \
  MISTAKE(A, B, adam_multiplies, "adam_multiplies", "Adam multiplies by its bias correction", "ConvNetJS, master on GitHub", \
          "adam adamw", STEP, AS_RULE, \
          "θ ← θ − η m (1−β₁ᵗ⁺¹) / (√(v (1−β₂ᵗ⁺¹)) + ε)") \
  MISTAKE(A, B, adam_bias_lags, "adam_bias_lags", "Adam moves biases by the moments of the step before", "brain.js 2.0.0-beta.24", \
          "adam adamw", BIASES, AS_RULE, \
          "biases: θ ← θ − η b m / (√v + ε) with m and v of the step before, b of this step") \
  MISTAKE(A, B, adam_epsilon_corrected, "adam_epsilon_corrected", "Adam’s ε stands beside the corrected root", "PyTorch 1.13", \
          "adam adamw", STEP, AS_RULE, \
          "θ ← θ − η m / (1−β₁ᵗ⁺¹) / (√(v / (1−β₂ᵗ⁺¹)) + ε)") \
  MISTAKE(A, B, adam_epsilon_inside, "adam_epsilon_inside", "Adam’s ε stands inside the root", "tiny-dnn, master on GitHub", \
          "adam adamw", STEP, AS_RULE, \
          "θ ← θ − η m / (1−β₁ᵗ⁺¹) / √(v / (1−β₂ᵗ⁺¹) + ε)") \
  MISTAKE(A, B, rmsprop_from_zero, "rmsprop_from_zero", "RMSProp’s v starts at 0", "TensorFlow.js 4.22.0, PyTorch 1.13", \
          "rmsprop", STEP, 0, \
          "v₀ = 0") \
  MISTAKE(A, B, rmsprop_epsilon_outside, "rmsprop_epsilon_outside", "RMSProp’s ε stands beside the root", "PyTorch 1.13", \
          "rmsprop", STEP, AS_RULE, \
          "m ← γ m + η g / (√v + ε)") \
  MISTAKE(A, B, adadelta_is_sgd, "adadelta_is_sgd", "Adadelta divides by the mean from before the gradient", "TensorFlow.js 4.22.0", \
          "adadelta", STEP, AS_RULE, \
          "Δ = g √(u + ε) / √(v + ε) with v from before g was taken in") \
  MISTAKE(A, B, momentum_spares_biases, "momentum_spares_biases", "Momentum acts on weights only", "brain.js 2.0.0-beta.24", \
          "momentum", BIASES, AS_RULE, \
          "biases: θ ← θ − η g") \
  MISTAKE(A, B, l2_over_batch, "l2_over_batch", "The L2 penalty is divided by the batch size", "scikit-learn 1.2.1", \
          "momentum sgd nesterov adam", DECAY, AS_RULE, \
          "g ← g + decay / batch · θ") \
  MISTAKE(A, B, norm_after_clipping, "norm_after_clipping", "The gradient norm is recorded after clipping", "loops that measure it after clip_grad_norm_", \
          "", LOG, AS_RULE, \
          "recorded: min(‖g‖, λ)")

/* clang-format on */

/* The mistakes as options of the setting mistake (config_fields.h). */
#define TSCOPE_MISTAKES(OPTION, P) \
  OPTION(P, none, "none", "None")  \
  TSCOPE_MISTAKE_ROWS(TSCOPE_MISTAKE_AS_OPTION, OPTION, P)
#define TSCOPE_MISTAKE_AS_OPTION(OPTION, P, id, text, label, ...) OPTION(P, id, text, label)

#endif
