/** Code for PyTorch. */

import { programNames } from '../experiment.js';
import { hasLayer } from '../network.js';
import * as python from '../python.js';
import { indent, joinParts, lines } from '../text.js';
import { initialization, loss, model, scoredOf } from './torch_model.js';
import { clipping, makeOptimizer, ruleClass, setStep } from './torch_steps.js';

/**
 * @typedef {import('../experiment.js').Experiment} Experiment
 * @typedef {import('../python.js').Steps} Steps
 */

/** What one step does between the gradient and the line that tells of it. @param {Steps} steps */
function takeStep({ config }) {
  const limit = config.clip === 'adaptive' ? 'norms.threshold(step)' : 'threshold(step)';
  return lines(
    config.clip === 'adaptive' && 'norms.add(norm)',
    'set_step(optimizer, step)',
    config.clip === 'off' && 'scale = 1.0\noptimizer.step()',
    config.clip === 'update' && `scale = clipped_step(optimizer, model, ${limit})`,
    (config.clip === 'norm' || config.clip === 'adaptive') && `scale = clip(model, norm, ${limit})\noptimizer.step()`,
  );
}

/** @param {Experiment} experiment */
function training(experiment) {
  const { data, layers } = experiment;
  const hasAccuracy = data.classes > 0;
  const switches = hasLayer(layers, 'batchnorm', 'dropout');
  return `def train(model, data, val_data, order, note):
    optimizer = make_optimizer(model)
    inputs, targets = data
${indent(
  python.stepLoop(experiment, {
    gradient: [
      'samples = torch.from_numpy(samples)',
      switches && 'model.train()',
      'loss = loss_of(model(inputs[samples]), targets[samples])',
      'optimizer.zero_grad()',
      'loss.backward()',
      'norm = gradient_norm(model)',
    ],
    loss: 'loss.item()',
    step: [takeStep(experiment)],
    report: ['print(f"step {step + 1}: loss {loss.item():.4f}, gradient norm {norm:.4g}{evaluate(model, val_data)}")'],
  }),
)}


@torch.no_grad()
def evaluate(model, val_data):
    """Loss${hasAccuracy ? ' and accuracy' : ''} on validation data, in words."""
    if not val_data:
        return ""
    inputs, targets = val_data
${indent(
  lines(
    switches && 'model.eval()',
    'outputs = torch.cat([model(part) for part in inputs.split(1000)])',
    hasAccuracy && accuracyOf(data),
    `return f", validation loss {loss_of(outputs, targets).item():.4f}${hasAccuracy ? ', accuracy {accuracy:.4f}' : ''}"`,
  ),
)}`;
}

/** Of tokens the share of scored positions. @param {Experiment['data']} data */
function accuracyOf({ tokens }) {
  const guesses = tokens ? `outputs${scoredOf(tokens)}.argmax(2)` : 'outputs.argmax(1)';
  return `accuracy = (${guesses} == targets).double().mean().item()`;
}

/** @param {Experiment} experiment */
function main(experiment) {
  const start = initialization(experiment) !== '';
  const hasStatistics = hasLayer(experiment.layers, 'batchnorm');
  return `def main():
${indent(
  lines(
    python.argumentsOf(experiment),
    'torch.manual_seed(SEED)',
    'model = make_model()',
    start && 'initialize(model)',
    'if weights:',
    '    with torch.no_grad():',
    '        for parameter, name in zip(model.parameters(), PARAMETERS):',
    '            parameter.copy_(torch.tensor(weights[name]))',
    hasStatistics &&
      lines(
        '        statistics = [buffer for buffer in model.buffers() if buffer.is_floating_point()]',
        '        for buffer, name in zip(statistics, STATISTICS):',
        '            buffer.copy_(torch.tensor(weights[name]))',
      ),
    'sets = [[torch.tensor(part) for part in data] for data in (train_data, *val_data)]',
    python.LOG,
    'train(model, sets[0], sets[1] if val_data else None, arrays.get("order"), note)',
  ),
)}


if __name__ == "__main__":
    main()`;
}

/** The whole experiment. @param {Experiment} experiment */
export function torchProgram(experiment) {
  const { config } = experiment;
  return joinParts([
    python.heading('Trains in PyTorch what this command trains in Trainscope:', experiment.command),
    lines(
      python.standardImports(experiment),
      'from pathlib import Path',
      '',
      'import numpy as np',
      'import torch',
      'import torch.nn.functional as F',
      'from torch import nn',
    ),
    python.constants(experiment, programNames(config)),
    model(experiment),
    initialization(experiment),
    loss(experiment),
    python.schedule(experiment),
    ruleClass(experiment),
    makeOptimizer(experiment),
    setStep(experiment),
    python.threshold(experiment),
    clipping(experiment),
    training(experiment),
    python.SAFETENSORS,
    python.reading(experiment),
    python.batches(experiment),
    python.parameterNames(experiment),
    python.embedded(experiment),
    main(experiment),
  ]);
}

/**
 * Optimizer, schedule and clipping, as parts of a file.
 *
 * @param {Steps} steps
 * @param {string[]} [imports]  of others
 */
export function torchParts(steps, imports = []) {
  return [
    lines(steps.config.clip === 'adaptive' && 'import bisect', 'import math', '', ...imports, 'import torch'),
    python.constants(steps),
    python.schedule(steps),
    ruleClass(steps),
    makeOptimizer(steps),
    setStep(steps),
    python.threshold(steps),
    clipping(steps),
  ];
}

/** The same for a model and a loop of one's own. @param {Steps} steps */
export function torchSteps(steps) {
  const { config } = steps;
  return joinParts([
    ...torchParts(steps),
    python.heading(
      'In the loop, after loss.backward():',
      lines(
        config.clip === 'adaptive' && '    norms = Norms()  # once, before the loop',
        '    norm = gradient_norm(model)  # to be logged',
        indent(takeStep(steps)),
      ),
    ),
  ]);
}
