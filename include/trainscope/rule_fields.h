/**
 * The table of update rules: the only place where a rule exists besides the function that takes its
 * step (src/optim/rules.c).
 *
 * From these rows derive the option of the setting optimizer, which settings have an effect, what a
 * run keeps per weight, weight decay, the preconditioned sharpness, the edge of stability, and what
 * page and command line say of a rule. A new rule is one row here, its function, and its formula in
 * double in tests/engine/rule_formulas.js.
 *
 *   RULE(A, B, id, text, label, moments, first, second, decay, size, scope, preconditioner,
 *        settings, limit, limit_text, formula, note)
 *
 * A, B       whatever the reader of the table hands to its rows, or nothing.
 * id         makes the C constant TSCOPE_OPTIMIZER_<id>, and the step's function is update_<id>.
 * text       what users write; label: what they read. Names are public and are never reused.
 * moments    how many numbers it keeps per weight, 0 to 2; first, second: what they start at.
 * decay      L2: weight_decay · θ is added to the gradient. DECOUPLED: the weights shrink by
 *            η · weight_decay · θ before the step, which does not see it.
 * size       FOLLOWS: twice the gradient is twice the step. DIVIDES: the gradient is divided by
 *            its own size, so that a step is about η long however steep the loss is.
 *            DIVIDES_LATER: not in its first steps, which follow the gradient.
 * scope      ELEMENTS: each number moves by its own gradients alone. MATRICES: the weights of hidden
 *            layers move as whole matrices (src/train/matrices.c), and update_<id> takes all else; on a
 *            surface of two numbers there is nothing to race.
 * preconditioner
 *            precondition_<this> of rules.c makes P where the rule moves by P^-1 times a mean of
 *            gradients; none where there is no such P.
 * settings   which of the settings that say "rules that use it" in config_fields.h it uses. Behind
 *            a name, =0.99 is the rule's own default, where the table's does not suit it. It counts
 *            wherever a setting can be left out; a tscope_config in C is always complete.
 * limit      what η times the (preconditioned) sharpness may not exceed on a quadratic, in double,
 *            made of momentum and beta1; NONE where the theory knows no limit.
 * limit_text that limit over η, as it is printed; "" for NONE.
 * formula    a step as the tuning playbook prints it, in lines parted by "; ". Decay is told only
 *            where it is decoupled.
 * note       where it differs from what PyTorch calls by the same name, or "": somebody who
 *            compares should not have to find out by himself.
 *
 * On a quadratic with curvature λ each rule is a linear recurrence, stable while its roots lie in
 * the unit circle. sgd: 2. Heavy ball: 2 + 2γ (Polyak 1964). Nesterov: (2 + 2γ) / (1 + 2γ).
 * RMSProp's momentum is a heavy ball on the preconditioned gradient. Adam's first moment is a heavy
 * ball that weighs the gradient by 1 - β₁, so (2 + 2β₁) / (1 - β₁) (Cohen et al. 2022), and NAdam's
 * relates to it as Nesterov's to the heavy ball.
 *
 * Source: Godbole et al., Deep Learning Tuning Playbook, "What are the update rules for all the
 * popular optimization algorithms?"; AdamW: Loshchilov & Hutter 2019;
 * Adadelta: Zeiler 2012. RAdam: Liu et al. 2020, "On the Variance of the Adaptive Learning Rate and
 * Beyond", Algorithm 2; from ρ = 5 on, as in its authors' code (github.com/LiyuanLucasLiu/RAdam),
 * not 4, and with Adam's ε, which the paper leaves out. Lion: Chen et al. 2023, "Symbolic Discovery
 * of Optimization Algorithms", Algorithm 2. Muon: Jordan et al. 2024, muon.py of
 * github.com/KellerJordan/Muon, with its defaults, 0.0003 / 0.02 among them.
 */
#ifndef TRAINSCOPE_RULE_FIELDS_H
#define TRAINSCOPE_RULE_FIELDS_H

/* clang-format off */

#define TSCOPE_RULES(RULE, A, B) \
  RULE(A, B, momentum, "momentum", "Momentum", 1, 0, 0, L2, FOLLOWS, ELEMENTS, none, "momentum", \
       2 + 2 * momentum, "(2+2γ)/η", "v ← γ v + g; θ ← θ − η v", "") \
  RULE(A, B, sgd, "sgd", "SGD", 0, 0, 0, L2, FOLLOWS, ELEMENTS, none, "", \
       2, "2/η", "θ ← θ − η g", "") \
  RULE(A, B, nesterov, "nesterov", "Nesterov", 1, 0, 0, L2, FOLLOWS, ELEMENTS, none, "momentum", \
       (2 + 2 * momentum) / (1 + 2 * momentum), "(2+2γ)/(1+2γ)η", "v ← γ v + g; θ ← θ − η (γ v + g)", "") \
  RULE(A, B, rmsprop, "rmsprop", "RMSProp", 2, 1, 0, L2, DIVIDES, ELEMENTS, inside_root, "momentum rho epsilon", \
       2 + 2 * momentum, "(2+2γ)/η", "v ← ρ v + (1−ρ) g²; m ← γ m + η g / √(v + ε); θ ← θ − m", \
       "v starts at 1, ε is inside the root and η inside the momentum; PyTorch differs in all three.") \
  RULE(A, B, adam, "adam", "Adam", 2, 0, 0, L2, DIVIDES, ELEMENTS, outside_root, "beta1 beta2 epsilon", \
       (2 + 2 * beta1) / (1 - beta1), "(2+2β₁)/(1−β₁)η", \
       "m ← β₁ m + (1−β₁) g; v ← β₂ v + (1−β₂) g²; θ ← θ − η b m / (√v + ε),  b = √(1−β₂ᵗ⁺¹) / (1−β₁ᵗ⁺¹)", \
       "ε is not bias-corrected; in PyTorch it is.") \
  RULE(A, B, nadam, "nadam", "NAdam", 2, 0, 0, L2, DIVIDES, ELEMENTS, outside_root, "beta1 beta2 epsilon", \
       (2 + 2 * beta1) / ((1 + 2 * beta1) * (1 - beta1)), "(2+2β₁)/(1+2β₁)(1−β₁)η", \
       "m, v, b as Adam; θ ← θ − η b (β₁ m + (1−β₁) g) / (√v + ε)", \
       "PyTorch’s NAdam also schedules β₁.") \
  RULE(A, B, adamw, "adamw", "AdamW", 2, 0, 0, DECOUPLED, DIVIDES, ELEMENTS, outside_root, "beta1 beta2 epsilon", \
       (2 + 2 * beta1) / (1 - beta1), "(2+2β₁)/(1−β₁)η", \
       "as Adam, and θ ← θ − η · decay · θ apart from the gradient", "") \
  RULE(A, B, adadelta, "adadelta", "Adadelta", 2, 0, 0, L2, DIVIDES, ELEMENTS, none, "rho epsilon=1e-6", \
       NONE, "", "v ← ρ v + (1−ρ) g²; Δ = g √(u + ε) / √(v + ε); u ← ρ u + (1−ρ) Δ²; θ ← θ − η Δ", \
       "It measures its own steps: η is a factor to them, 1 in the paper.") \
  RULE(A, B, radam, "radam", "RAdam", 2, 0, 0, L2, DIVIDES_LATER, ELEMENTS, rectified, "beta1 beta2 epsilon", \
       (2 + 2 * beta1) / (1 - beta1), "(2+2β₁)/(1−β₁)η", \
       "m, v, b as Adam; ρ∞ = 2 / (1−β₂) − 1; ρ = ρ∞ − 2 t β₂ᵗ / (1−β₂ᵗ), t counted from 1; r = √((ρ−4) (ρ−2) ρ∞ / ((ρ∞−4) (ρ∞−2) ρ)); ρ > 5: θ ← θ − η r b m / (√v + ε); else: θ ← θ − η m / (1−β₁ᵗ)", \
       "While ρ is not above 5, in the first five steps or more, a step is as long as the gradient: the paper’s own warmup. ε is not bias-corrected, nor is it in PyTorch 1.13.") \
  RULE(A, B, lion, "lion", "Lion", 1, 0, 0, DECOUPLED, DIVIDES, ELEMENTS, none, "beta1 beta2=0.99", \
       NONE, "", "c = β₁ m + (1−β₁) g; θ ← θ − η (sign(c) + decay · θ); m ← β₂ m + (1−β₂) g", \
       "Every number moves by η, whatever its gradient; its rates are 3 to 10 times lower than AdamW’s, says the paper. PyTorch has no Lion.") \
  RULE(A, B, muon, "muon", "Muon", 2, 0, 0, DECOUPLED, DIVIDES, MATRICES, none, "momentum=0.95 beta1 beta2=0.95 epsilon=1e-10 adamw_ratio", \
       NONE, "", "weights of hidden layers, as matrices: m ← γ m + (1−γ) g; X = (1−γ) g + γ m, over ‖X‖ + 1e-7; five times: A = X Xᵀ, X ← 3.4445 X + (2.0315 A A − 4.775 A) X; θ ← θ − η √max(1, rows / columns) X, without that root for conv; all else: AdamW at η · ratio", \
       "Biases, gains, embeddings and the last layer move by AdamW. Newton-Schulz computes in float32; in PyTorch in bfloat16, and for matrices only.")

/* clang-format on */

/* The rules as options of the setting optimizer (config_fields.h). */
#define TSCOPE_OPTIMIZERS(OPTION, P) TSCOPE_RULES(TSCOPE_RULE_AS_OPTION, OPTION, P)
#define TSCOPE_RULE_AS_OPTION(OPTION, P, id, text, label, ...) OPTION(P, id, text, label)

#endif
