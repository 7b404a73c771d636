/** Code for Keras on TensorFlow. */

import { movingMomentum, programNames } from '../experiment.js';
import { rename, toPython } from '../formula.js';
import { hasLayer } from '../network.js';
import * as python from '../python.js';
import { RULE_FORMULAS } from '../rules.js';
import { indent, joinParts, lines, listInLines, pythonText } from '../text.js';
import { loss, model, weightNames } from './keras_model.js';

/**
 * @typedef {import('../experiment.js').Experiment} Experiment
 * @typedef {import('../python.js').Steps} Steps
 */

/** The rule, over the variables of a model. @param {Steps} steps */
function rule({ config, rule: row }) {
  const { keeps, numbers, steps } = RULE_FORMULAS[config.optimizer];
  const moving = movingMomentum(config, row)?.name;
  const tensors = { sqrt: 'tf.sqrt', sign: 'tf.sign' };
  const names = keeps.map(({ name }) => name);
  const decays = config.weight_decay > 0;
  const isKept = (/** @type {string} */ name) => names.includes(name) || name === 'theta';
  return `class Rule:
    """${row.formula.join('; ')}."""

    def __init__(self, variables):
        self.variables = list(variables)
${keeps.map(({ name, start }) => `        self.${name} = [tf.Variable(tf.fill(theta.shape, ${start}.0)) for theta in self.variables]\n`).join('')}
    def step(self, gradients, step):
        """One step; steps are counted from 0."""
        lr = rate(step)
${indent(
  lines(
    ...row.settings.map((name) => `${name} = ${name === moving ? 'momentum_at(step)' : name.toUpperCase()}`),
    numbers.length > 0 && 't = step + 1',
    ...numbers.map(({ name, is }) => `${name} = ${toPython(is)}`),
    `for i, (theta, g) in enumerate(zip(self.variables, gradients)):`,
    indent(
      lines(
        ...names.map((name) => `${name} = self.${name}[i]`),
        decays && '# On weights only: biases, gains and scalars have one dimension.',
        decays && 'decay = WEIGHT_DECAY if len(theta.shape) > 1 else 0.0',
        decays && (row.decoupled_decay ? 'theta.assign(theta * (1 - lr * decay))' : 'g = g + decay * theta'),
        ...steps.map(({ name, is }) =>
          isKept(name) ? `${name}.assign(${rename(is, tensors)})` : `${name} = ${rename(is, tensors)}`,
        ),
      ),
    ),
  ),
  8,
)}`;
}

/** @param {Steps} steps */
function clipping({ config }) {
  const norm = `def norm_of(tensors):
    """The length of a list of tensors as one vector: of the gradients before clipping, the figure to log."""
    return math.sqrt(sum(float(tf.reduce_sum(tf.square(part))) for part in tensors))`;
  if (config.clip !== 'update') return norm;
  return `${norm}


def clip_update(variables, before, limit):
    """Shortens a step that was longer than limit; returns what it was multiplied by."""
    moves = [theta - old for theta, old in zip(variables, before)]
    length = norm_of(moves)
    scale = limit / length if length > limit else 1.0
    if scale < 1:
        for theta, old, move in zip(variables, before, moves):
            theta.assign(old + scale * move)
    return scale`;
}

/** @param {Steps} steps */
function takeStep({ config }) {
  if (config.clip === 'off') return 'scale = 1.0\nrule.step(gradients, step)';
  if (config.clip === 'update') {
    return lines(
      'before = [tf.identity(theta) for theta in rule.variables]',
      'rule.step(gradients, step)',
      'scale = clip_update(rule.variables, before, threshold(step))',
    );
  }
  return lines(
    config.clip === 'adaptive' && 'norms.add(norm)',
    `limit = ${config.clip === 'adaptive' ? 'norms.threshold(step)' : 'threshold(step)'}`,
    'scale = limit / norm if norm > limit else 1.0',
    'rule.step([scale * g for g in gradients], step)',
  );
}

/** @param {Experiment} experiment */
function training(experiment) {
  const classes = experiment.data.classes > 0;
  return `def train(model, data, val_data, order, note):
    rule = Rule(model.trainable_variables)
    inputs, targets = data
${indent(
  python.stepLoop(experiment, {
    gradient: [
      'with tf.GradientTape() as tape:',
      '    value = loss_of(model(inputs[samples], training=True), targets[samples])',
      'gradients = tape.gradient(value, model.trainable_variables)',
      'loss, norm = float(value), norm_of(gradients)',
    ],
    loss: 'loss',
    step: [takeStep(experiment)],
    report: [
      'words = evaluate(model, val_data)',
      'print(f"step {step + 1}: loss {loss:.4f}, gradient norm {norm:.4g}{words}")',
    ],
  }),
)}


def evaluate(model, val_data):
    """Loss${classes ? ' and accuracy' : ''} on validation data, in words."""
    if not val_data:
        return ""
    inputs, targets = val_data[0]
    outputs = model(inputs, training=False)
${indent(
  lines(
    classes && 'accuracy = float(np.mean(np.argmax(outputs, 1) == targets))',
    `return f", validation loss {float(loss_of(outputs, targets)):.4f}${classes ? ', accuracy {accuracy:.4f}' : ''}"`,
  ),
)}`;
}

/** @param {Experiment} experiment */
function main(experiment) {
  const isImage = experiment.data.shape.length === 3;
  return `def main():
${indent(
  lines(
    python.argumentsOf(experiment),
    'keras.utils.set_random_seed(SEED)',
    'model = make_model()',
    'if weights:',
    '    load_weights(model, weights)',
    isImage && '# Images as Keras has them: [n, height, width, channels].',
    isImage && 'sets = [(x.transpose(0, 2, 3, 1), y) for x, y in (train_data, *val_data)]',
    !isImage && 'sets = [train_data, *val_data]',
    python.LOG,
    'train(model, sets[0], sets[1:], arrays.get("order"), note)',
  ),
)}


if __name__ == "__main__":
    main()`;
}

/** The whole experiment. @param {Experiment} experiment */
export function kerasProgram(experiment) {
  const { config, layers } = experiment;
  const average = hasLayer(layers, 'batchnorm');
  return joinParts([
    python.heading('Trains in Keras, on TensorFlow, what this command trains in Trainscope:', experiment.command),
    lines(
      python.standardImports(experiment),
      'import os',
      'from pathlib import Path',
      '',
      'os.environ.setdefault("KERAS_BACKEND", "tensorflow")',
      'import keras',
      'import numpy as np',
      'import tensorflow as tf',
    ),
    python.constants(experiment, programNames(config)),
    lines(
      average && "# Keras' running variance is that of the batch itself, Trainscope's and PyTorch's the unbiased one.",
      '# The names of the weights in a file, those of a layer in the order in which Keras keeps them.',
      `WEIGHTS = ${listInLines(weightNames(experiment).map(pythonText))}`,
    ),
    model(experiment),
    loss(experiment),
    python.schedule(experiment),
    rule(experiment),
    python.threshold(experiment),
    clipping(experiment),
    training(experiment),
    python.SAFETENSORS,
    python.reading(experiment),
    python.batches(experiment),
    python.embedded(experiment),
    main(experiment),
  ]);
}

/** Update rule, schedule and clipping, for a model and a loop of one's own. @param {Steps} steps */
export function kerasSteps(steps) {
  const { config } = steps;
  return joinParts([
    lines(config.clip === 'adaptive' && 'import bisect', 'import math', '', 'import tensorflow as tf'),
    python.constants(steps),
    python.schedule(steps),
    rule(steps),
    python.threshold(steps),
    clipping(steps),
    python.heading(
      'Once, before the loop:',
      lines(
        '',
        `    rule = Rule(model.trainable_variables)${config.clip === 'adaptive' ? '\n    norms = Norms()' : ''}`,
        '',
        'In the loop, after gradients = tape.gradient(loss, model.trainable_variables):',
        '',
        '    norm = norm_of(gradients)  # to be logged',
        indent(takeStep(steps)),
      ),
    ),
  ]);
}
