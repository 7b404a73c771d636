/** Code for JAX with Optax. */

import { movingMomentum, programNames } from '../experiment.js';
import { rename, toPython } from '../formula.js';
import * as python from '../python.js';
import { RULE_FORMULAS } from '../rules.js';
import { indent, joinParts, lines } from '../text.js';
import { forward, helpers, initialization, loss } from './optax_model.js';

/**
 * @typedef {import('../experiment.js').Experiment} Experiment
 * @typedef {import('../python.js').Steps} Steps
 */

/** The rule as a transformation, and the numbers that a step is taken with. @param {Steps} steps */
function rule({ config, rule: row }) {
  const { keeps, numbers, steps } = RULE_FORMULAS[config.optimizer];
  const moving = movingMomentum(config, row)?.name;
  const tensors = { sqrt: 'jnp.sqrt', sign: 'jnp.sign' };
  const names = keeps.map(({ name }) => name);
  const given = ['lr', ...(moving ? [moving] : []), ...numbers.map(({ name }) => name)];
  const fixed = row.settings.filter((name) => name !== moving);
  const decays = config.weight_decay > 0;
  const values = lines(...fixed.map((name) => `${name} = ${name.toUpperCase()}`));
  return `def numbers(step):
    """What a step, counted from 0, is taken with: in double, and passed to the compiled step as arguments."""
${indent(
  lines(
    `lr = rate(step)`,
    moving && `${moving} = momentum_at(step)`,
    numbers.length > 0 && values,
    numbers.length > 0 && 't = step + 1',
    ...numbers.map(({ name, is }) => `${name} = ${toPython(is)}`),
    `return dict(${given.map((name) => `${name}=${name}`).join(', ')})`,
  ),
)}


def make_rule():
    """${row.formula.join('; ')}."""

    def init(params):
        leaves = jax.tree_util.tree_leaves(params)
        return {${keeps.map(({ name, start }) => `"${name}": [jnp.full_like(theta, ${start}) for theta in leaves]`).join(', ')}}

    def update(gradients, state, params, *, ${given.join(', ')}):
${indent(values, 8)}${values === '' ? '' : '\n'}        leaves, tree = jax.tree_util.tree_flatten(params)
        moves, kept = [], {${names.map((name) => `"${name}": []`).join(', ')}}
        for i, (before, g) in enumerate(zip(leaves, tree.flatten_up_to(gradients))):
            theta = before
${indent(
  lines(
    ...names.map((name) => `${name} = state["${name}"][i]`),
    decays && '# On weights only: biases, gains and scalars have one dimension.',
    decays && 'decay = WEIGHT_DECAY if theta.ndim > 1 else 0.0',
    decays && (row.decoupled_decay ? 'theta = theta * (1 - lr * decay)' : 'g = g + decay * theta'),
    ...steps.map(({ name, is }) => `${name} = ${rename(is, tensors)}`),
    'moves.append(theta - before)',
    ...names.map((name) => `kept["${name}"].append(${name})`),
  ),
  12,
)}
        return tree.unflatten(moves), kept

    return optax.GradientTransformationExtraArgs(init, update)`;
}

/** One step, compiled. @param {Steps} steps */
function takeStep({ config }) {
  const clipsUpdate = config.clip === 'update';
  const says = clipsUpdate
    ? 'A step that is no longer than limit; also what it was multiplied by'
    : 'A step along the gradient times scale';
  return `@jax.jit
def take_step(params, state, gradients, ${clipsUpdate ? 'limit' : 'scale'}, now):
    """${says}."""
${indent(
  lines(
    !clipsUpdate && 'gradients = jax.tree_util.tree_map(lambda g: scale * g, gradients)',
    'moves, state = RULE.update(gradients, state, params, **now)',
    clipsUpdate &&
      lines(
        'length = optax.global_norm(moves)',
        'scale = jnp.where(length > limit, limit / length, 1.0)',
        'moves = jax.tree_util.tree_map(lambda move: scale * move, moves)',
      ),
    `return optax.apply_updates(params, moves), state${clipsUpdate ? ', scale' : ''}`,
  ),
)}


RULE = make_rule()`;
}

/** @param {Steps} steps */
function callStep({ config }) {
  if (config.clip === 'update') {
    return 'params, state, scale = take_step(params, state, gradients, threshold(step), numbers(step))\nscale = float(scale)';
  }
  const limit = config.clip === 'adaptive' ? 'norms.threshold(step)' : 'threshold(step)';
  return lines(
    config.clip === 'adaptive' && 'norms.add(norm)',
    config.clip === 'off' ? 'scale = 1.0' : `limit = ${limit}\nscale = limit / norm if norm > limit else 1.0`,
    'params, state = take_step(params, state, gradients, scale, numbers(step))',
  );
}

/** @param {Experiment} experiment */
function training(experiment) {
  const classes = experiment.data.classes > 0;
  return `@jax.jit
def gradient_of(params, statistics, x, y, key):
    def measure(params):
        outputs, after = forward(params, statistics, x, True, key)
        return loss_of(outputs, y), after

    (loss, after), gradients = jax.value_and_grad(measure, has_aux=True)(params)
    return loss, gradients, after


def train(params, statistics, data, val_data, order, note):
    state, key = RULE.init(params), jax.random.PRNGKey(SEED)
    inputs, targets = data
${indent(
  python.stepLoop(experiment, {
    gradient: [
      'key, own = jax.random.split(key)',
      'loss, gradients, after = gradient_of(params, statistics, inputs[samples], targets[samples], own)',
      'loss, norm = float(loss), float(optax.global_norm(gradients))',
    ],
    loss: 'loss',
    step: ['statistics = after', callStep(experiment)],
    report: [
      'words = evaluate(params, statistics, val_data)',
      'print(f"step {step + 1}: loss {loss:.4f}, gradient norm {norm:.4g}{words}")',
    ],
  }),
)}


def evaluate(params, statistics, val_data):
    """Loss${classes ? ' and accuracy' : ''} on validation data, in words."""
    if not val_data:
        return ""
    inputs, targets = val_data[0]
    outputs, _ = forward(params, statistics, jnp.asarray(inputs), False, None)
${indent(
  lines(
    classes && 'accuracy = float((outputs.argmax(1) == targets).mean())',
    `return f", validation loss {float(loss_of(outputs, targets)):.4f}${classes ? ', accuracy {accuracy:.4f}' : ''}"`,
  ),
)}`;
}

/** @param {Experiment} experiment */
function main(experiment) {
  return `def main():
${indent(
  lines(
    python.argumentsOf(experiment),
    'params, statistics = make_weights(), make_statistics()',
    'if weights:',
    '    params = {name: jnp.asarray(weights[name]) for name in PARAMETERS}',
    '    statistics = {name: jnp.asarray(weights[name]) for name in statistics}',
    python.LOG,
    'train(params, statistics, train_data, val_data, arrays.get("order"), note)',
  ),
)}


if __name__ == "__main__":
    main()`;
}

/** The whole experiment. @param {Experiment} experiment */
export function optaxProgram(experiment) {
  const { config } = experiment;
  return joinParts([
    python.heading('Trains in JAX with Optax what this command trains in Trainscope:', experiment.command),
    lines(
      python.standardImports(experiment),
      'from pathlib import Path',
      '',
      'import jax',
      'import jax.numpy as jnp',
      'import numpy as np',
      'import optax',
    ),
    python.constants(experiment, programNames(config)),
    helpers(experiment),
    forward(experiment),
    initialization(experiment),
    loss(experiment),
    python.schedule(experiment),
    rule(experiment),
    takeStep(experiment),
    python.threshold(experiment),
    training(experiment),
    python.SAFETENSORS,
    python.reading(experiment),
    python.batches(experiment),
    python.parameterNames(experiment),
    python.embedded(experiment),
    main(experiment),
  ]);
}

/** Update rule, schedule and clipping, for a model and a loop of one's own. @param {Steps} steps */
export function optaxSteps(steps) {
  const { config } = steps;
  return joinParts([
    lines(
      config.clip === 'adaptive' && 'import bisect',
      'import math',
      '',
      'import jax',
      'import jax.numpy as jnp',
      'import optax',
    ),
    python.constants(steps),
    python.schedule(steps),
    rule(steps),
    takeStep(steps),
    python.threshold(steps),
    python.heading(
      'Once, before the loop:',
      lines(
        '',
        `    state = RULE.init(params)${config.clip === 'adaptive' ? '\n    norms = Norms()' : ''}`,
        '',
        'In the loop, after the gradients are there:',
        '',
        '    norm = float(optax.global_norm(gradients))  # to be logged',
        indent(callStep(steps)),
      ),
    ),
  ]);
}
