/**
 * The update rules as the tuning playbook prints them, and where they differ from what PyTorch calls by the same name:
 * somebody who compares should not have to find out by himself. limit: the sharpness above which the rule is unstable.
 *
 * @type {Record<string, { rule: string, limit: string, note?: string }>}
 */
export const FORMULAS = {
  sgd: { rule: 'θ ← θ − η g', limit: '2/η' },
  momentum: { rule: 'v ← γ v + g;  θ ← θ − η v', limit: '(2+2γ)/η' },
  nesterov: { rule: 'v ← γ v + g;  θ ← θ − η (γ v + g)', limit: '(2+2γ)/(1+2γ)η' },
  rmsprop: {
    rule: 'v ← ρ v + (1−ρ) g²;  m ← γ m + η g / √(v + ε);  θ ← θ − m',
    limit: '(2+2γ)/η',
    note: 'v starts at 1, ε is inside the root and η inside the momentum; PyTorch differs in all three.',
  },
  adam: {
    rule: 'm ← β₁ m + (1−β₁) g;  v ← β₂ v + (1−β₂) g²;  θ ← θ − η b m / (√v + ε),  b = √(1−β₂ᵗ⁺¹) / (1−β₁ᵗ⁺¹)',
    limit: '(2+2β₁)/(1−β₁)η',
    note: 'ε is not bias-corrected; in PyTorch it is.',
  },
  nadam: {
    rule: 'm, v, b as Adam;  θ ← θ − η b (β₁ m + (1−β₁) g) / (√v + ε)',
    limit: '(2+2β₁)/(1+2β₁)(1−β₁)η',
    note: 'PyTorch’s NAdam also schedules β₁.',
  },
  adamw: {
    rule: 'as Adam, and θ ← θ − η · decay · θ apart from the gradient',
    limit: '(2+2β₁)/(1−β₁)η',
  },
};
