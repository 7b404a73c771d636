/** What a step is in PyTorch: optimizer, learning rate, clipping, with what its own optimizers do otherwise put right. */

import { constantOf, movingMomentum } from '../experiment.js';
import { rename, toPython } from '../formula.js';
import { RULE_FORMULAS } from '../rules.js';
import { isConstant } from '../schedules.js';
import { indent, lines } from '../text.js';
import { makeMuon, muonClass } from './torch_muon.js';

/**
 * @typedef {import('../python.js').Steps} Steps
 * @typedef {{ make: string, note?: string }} Own  make: the arguments behind the parameters
 */

/**
 * The optimizers of PyTorch that are the rule to the bit, or can be made it by what is set before a step; the others are
 * written out.
 *
 * @type {Record<string, (config: import('../../config/config.js').Config) => string | null>}
 */
const OWN = {
  sgd: () => 'SGD',
  momentum: () => 'SGD',
  nesterov: () => 'SGD',
  adam: () => 'Adam',
  adamw: () => 'AdamW',
  adadelta: () => 'Adadelta',
};

/** @param {Steps} steps @returns {string | null}  the class; null where the rule is written out */
export function ownOptimizer({ config, rule }) {
  // PyTorch keeps no velocity while momentum is exactly 0.
  const reachesZero = movingMomentum(config, rule)?.name === 'momentum' && config.momentum_low === 0;
  return reachesZero ? null : (OWN[config.optimizer]?.(config) ?? null);
}

/** @param {Steps} steps @returns {string}  what the class takes besides the parameters */
function argumentsOf({ config, rule }) {
  const has = (/** @type {string} */ name) => rule.settings.includes(name);
  const isNesterov = config.optimizer === 'nesterov' && config.momentum > 0;
  return [
    'lr=LR',
    ...(has('momentum') ? ['momentum=MOMENTUM'] : []),
    ...(isNesterov ? ['nesterov=True'] : []),
    ...(has('rho') ? ['rho=RHO'] : []),
    ...(has('beta1') ? ['betas=(BETA1, BETA2)'] : []),
    ...(has('epsilon') ? ['eps=EPSILON'] : []),
    ...(rule.decoupled_decay ? ['weight_decay=0'] : []),
  ].join(', ');
}

/** The rule as a class, where PyTorch has none like it. @param {Steps} steps */
export function ruleClass(steps) {
  const { config, rule } = steps;
  if (rule.moves_matrices) return muonClass(steps);
  if (ownOptimizer(steps)) return '';
  const { keeps, numbers, steps: formulas } = RULE_FORMULAS[config.optimizer];
  const start = keeps.map(({ name, start: value }) => `${name}=torch.full_like(theta, ${value})`).join(', ');
  const tensors = { sqrt: 'torch.sqrt', sign: 'torch.sign' };
  const updates = formulas.map(({ name, is }) => {
    if (name === 'theta') return `theta.copy_(${rename(is, tensors)})`;
    return keeps.some((kept) => kept.name === name)
      ? `state["${name}"] = ${name} = ${rename(is, tensors)}`
      : `${name} = ${rename(is, tensors)}`;
  });
  const kept = keeps.map(({ name }) => `"${name}"`).join(', ');
  const settings = rule.settings;
  return `class ${className(config.optimizer)}(torch.optim.Optimizer):
    """${rule.formula.join('; ')}${rule.note ? `. ${rule.note}` : ''}"""

    def __init__(self, parameters, lr, ${settings.join(', ')}, weight_decay=0):
        defaults = dict(lr=lr, ${settings.map((name) => `${name}=${name}`).join(', ')}, weight_decay=weight_decay)
        super().__init__(parameters, defaults)

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            lr, weight_decay = group["lr"], group["weight_decay"]
            ${settings.map((name) => `${name}`).join(', ')} = ${settings.map((name) => `group["${name}"]`).join(', ')}
${indent(lines(numbers.length > 0 && 'group["t"] = t = group.get("t", 0) + 1', ...numbers.map(({ name, is }) => `${name} = ${toPython(is)}`)), 12)}${numbers.length > 0 ? '\n' : ''}            for theta in group["params"]:
                if theta.grad is None:
                    continue
                state = self.state[theta]
                if not state:
                    state.update(${start})
                ${listOfKept(kept, keeps)}
${indent(
  lines(
    rule.decoupled_decay
      ? 'g = theta.grad\ntheta.mul_(1 - lr * weight_decay)'
      : 'g = theta.grad + weight_decay * theta',
    ...updates,
  ),
  16,
)}`;
}

/** @param {string} kept @param {{ name: string }[]} keeps */
function listOfKept(kept, keeps) {
  const names = keeps.map(({ name }) => name).join(', ');
  return keeps.length === 1 ? `${names} = state[${kept}]` : `${names} = (state[name] for name in (${kept}))`;
}

/** @param {string} optimizer */
function className(optimizer) {
  return (
    { rmsprop: 'RMSProp', nadam: 'NAdam', radam: 'RAdam' }[optimizer] ??
    `${optimizer[0].toUpperCase()}${optimizer.slice(1)}`
  );
}

/** @param {Steps} steps */
export function makeOptimizer(steps) {
  const { config, rule } = steps;
  if (rule.moves_matrices) return makeMuon(steps);
  const own = ownOptimizer(steps);
  const name = own ? `torch.optim.${own}` : className(config.optimizer);
  const args = own
    ? argumentsOf(steps)
    : ['lr=LR', ...rule.settings.map((setting) => `${setting}=${constantOf(setting)}`)].join(', ');
  if (!(config.weight_decay > 0)) {
    return `def make_optimizer(model):\n    return ${name}(model.parameters(), ${args})`;
  }
  return `def make_optimizer(model):
    """Weight decay acts on weights only: biases, gains and scalars have one dimension."""
    weights = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": weights, "weight_decay": WEIGHT_DECAY}, {"params": others, "weight_decay": 0}]
    return ${name}(groups, ${args})`;
}

/** Whether anything is set before a step. @param {Steps} steps */
export function setsBeforeStep({ config, rule }) {
  return !isConstant(config) || correctsEpsilon({ config, rule }) || movingMomentum(config, rule) !== null;
}

/** Whether epsilon is brought to what PyTorch divides by. @param {Pick<Steps, 'config' | 'rule'>} steps */
function correctsEpsilon({ config }) {
  return ['Adam', 'AdamW'].includes(OWN[config.optimizer]?.(config) ?? '') && config.epsilon > 0;
}

/** @param {Steps} steps */
export function setStep(steps) {
  const { config, rule } = steps;
  const moving = movingMomentum(config, rule);
  const isOwn = ownOptimizer(steps) !== null;
  const isTuple = moving?.name === 'beta1' && isOwn;
  return `def set_step(optimizer, step):
    """Sets what changes from step to step; to be called before optimizer.step()."""
    for group in optimizer.param_groups:
${indent(
  lines(
    'group["lr"] = rate(step)',
    moving && (isTuple ? 'group["betas"] = (momentum_at(step), BETA2)' : `group["${moving.name}"] = momentum_at(step)`),
    correctsEpsilon(steps) &&
      '# ε is added to √v as it is; PyTorch adds it to √v divided by the correction.\ngroup["eps"] = EPSILON / math.sqrt(1 - BETA2 ** (step + 1))',
  ),
  8,
)}`;
}

/** The unclipped norm, and clipping. @param {Steps} steps */
export function clipping({ config }) {
  const norm = `def gradient_norm(model):
    """Of the whole gradient, before clipping: the figure to log."""
    squares = [p.grad.double().square().sum() for p in model.parameters() if p.grad is not None]
    return math.sqrt(sum(squares).item())`;
  if (config.clip === 'off') return norm;
  if (config.clip === 'update') {
    return `${norm}


@torch.no_grad()
def clipped_step(optimizer, model, limit):
    """A step that is no longer than limit; returns what it was multiplied by."""
    before = [p.clone() for p in model.parameters()]
    optimizer.step()
    moves = [p - old for p, old in zip(model.parameters(), before)]
    length = math.sqrt(sum(move.double().square().sum() for move in moves).item())
    scale = limit / length if length > limit else 1.0
    if scale < 1:
        for p, old, move in zip(model.parameters(), before, moves):
            p.copy_(old + scale * move)
    return scale`;
  }
  return `${norm}


def clip(model, norm, limit):
    """λ g / ‖g‖ where ‖g‖ > λ, exactly; clip_grad_norm_ divides by ‖g‖ + 1e-6. Returns the factor."""
    scale = limit / norm if norm > limit else 1.0
    if scale < 1:
        for p in model.parameters():
            if p.grad is not None:
                p.grad.mul_(scale)
    return scale`;
}
