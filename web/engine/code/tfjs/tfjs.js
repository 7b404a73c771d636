/** Code for TensorFlow.js: plain JavaScript for Node. */

import { movingMomentum, programNames } from '../experiment.js';
import { toJavaScript, toTensorMethods } from '../formula.js';
import * as js from '../javascript.js';
import { hasLayer } from '../network.js';
import { RULE_FORMULAS } from '../rules.js';
import { comment, indent, joinParts, lines } from '../text.js';
import { forward, helpers, initialization, loss } from './tfjs_model.js';

/**
 * @typedef {import('../experiment.js').Experiment} Experiment
 * @typedef {import('../python.js').Steps} Steps
 */

/** The rule, on a list of weights. @param {Steps} steps */
function rule({ config, rule: row }) {
  const { keeps, numbers, steps } = RULE_FORMULAS[config.optimizer];
  const moving = movingMomentum(config, row)?.name;
  const values = row.settings.map((name) =>
    name === moving ? `const ${name} = momentumAt(step);` : `const ${name} = ${name.toUpperCase()};`,
  );
  const tensors = ['theta', 'g', ...keeps.map(({ name }) => name), ...steps.map(({ name }) => name)];
  const decays = config.weight_decay > 0;
  const updates = steps.map(({ name, is }) => {
    const value = toTensorMethods(is, tensors);
    if (name === 'theta') return `theta.assign(${value});`;
    const isKept = keeps.some((kept) => kept.name === name);
    return isKept ? `${name}.assign(${value});` : `const ${name} = ${value};`;
  });
  return `${
    keeps.length === 0
      ? ''
      : `/** What the rule keeps for each weight. */
function makeState(variables) {
  return variables.map((theta) => ({
${keeps.map(({ name, start }) => `    ${name}: tf.variable(tf.fill(theta.shape, ${start}), false),`).join('\n')}
  }));
}

`
  }/** A step of every weight: ${row.formula.join('; ')}. */
function update(variables, gradients, state, step) {
  const lr = rate(step);
${indent(lines(...values, numbers.length > 0 && 'const t = step + 1;', ...numbers.map(({ name, is }) => `const ${name} = ${toJavaScript(is)};`)), 2)}${values.length + numbers.length > 0 ? '\n' : ''}  tf.tidy(() => {
    for (const [i, theta] of variables.entries()) {
${indent(
  lines(
    keeps.length > 0 && `const { ${keeps.map(({ name }) => name).join(', ')} } = state[i];`,
    decays &&
      '// On weights only: biases, gains and scalars have one dimension.\nconst decay = theta.rank > 1 ? WEIGHT_DECAY : 0;',
    decays && row.decoupled_decay && 'theta.assign(theta.mul(1 - lr * decay));',
    `const g = gradients[i]${decays && !row.decoupled_decay ? '.add(theta.mul(decay))' : ''};`,
    ...updates,
  ),
  6,
)}
    }
  });
}`;
}

/** @param {Steps} steps */
function clipping({ config }) {
  const norm = `/** The length of a list of tensors as one vector. */
function normOf(tensors) {
  return Math.sqrt(tensors.reduce((sum, part) => sum + tf.tidy(() => part.square().sum().dataSync()[0]), 0));
}`;
  if (config.clip !== 'update') return norm;
  return `${norm}

/** Shortens a step that was longer than limit; returns what it was multiplied by. */
function clipUpdate(variables, before, limit) {
  return tf.tidy(() => {
    const moves = variables.map((theta, i) => theta.sub(before[i]));
    const length = normOf(moves);
    const scale = length > limit ? limit / length : 1;
    if (scale < 1) for (const [i, theta] of variables.entries()) theta.assign(before[i].add(moves[i].mul(scale)));
    return scale;
  });
}`;
}

/** What one step does with the gradients. @param {Steps} steps */
function takeStep({ config }) {
  const keeps = RULE_FORMULAS[config.optimizer].keeps.length > 0;
  const step = (/** @type {string} */ gradients) =>
    `update(variables, ${gradients}, ${keeps ? 'state' : 'null'}, step);`;
  if (config.clip === 'off') return lines('const scale = 1;', step('gradients'));
  if (config.clip === 'update') {
    return lines(
      'const before = variables.map((theta) => theta.clone());',
      step('gradients'),
      'const scale = clipUpdate(variables, before, threshold(step));',
      'tf.dispose(before);',
    );
  }
  return lines(
    config.clip === 'adaptive' && 'addNorm(norm);',
    'const limit = threshold(step);',
    'const scale = norm > limit ? limit / norm : 1;',
    'const clipped = gradients.map((g) => g.mul(scale));',
    step('clipped'),
    'tf.dispose(clipped);',
  );
}

/** @param {Experiment} experiment */
function training(experiment) {
  const { config, layers, data } = experiment;
  const switches = hasLayer(layers, 'batchnorm', 'dropout');
  const keeps = RULE_FORMULAS[config.optimizer].keeps.length > 0;
  const classes = data.classes > 0;
  const saysLoss = classes
    ? lines(
        'const accuracy = outputs.argMax(1).equal(y).sum().dataSync()[0] / count;',
        `return \`, validation loss \${loss}, accuracy \${accuracy.toFixed(4)}\`;`,
      )
    : `return \`, validation loss \${loss}\`;`;
  const every = config.eval_every > 0 ? '(step + 1) % EVAL_EVERY === 0 || ' : '';
  return `/** Samples of a split by their numbers, as inputs [n, ${data.shape.length === 3 ? 'height, width, channels' : 'features'}] and targets. */
function pick(split, samples) {
  const inputs = tensors[\`\${split}.inputs\`];
  const targets = tensors[\`\${split}.targets\`];
  const gather = ({ shape, data }) => {
    const size = data.length / shape[0];
    const values = new Float32Array(samples.length * size);
    for (const [row, i] of samples.entries()) values.set(data.subarray(i * size, (i + 1) * size), row * size);
    return tf.tensor(values, [samples.length, ...shape.slice(1)]);
  };
  return [gather(inputs)${data.shape.length === 3 ? '.transpose([0, 2, 3, 1])' : ''}, gather(targets)${classes ? '.toInt()' : ''}];
}

/** Loss${classes ? ' and accuracy' : ''} on validation data, in words. */
function evaluate() {
  const inputs = tensors['val.inputs'];
  if (!inputs) return '';
  const count = inputs.shape[0];
  return tf.tidy(() => {
    const [x, y] = pick('val', Array.from({ length: count }, (_, i) => i));
    const outputs = forward(w, x${switches ? ', false' : ''});
    const loss = lossOf(outputs, y).dataSync()[0].toFixed(4);
${indent(saysLoss, 4)}
  });
}

const w = makeWeights();
for (const name of ${hasLayer(layers, 'batchnorm') ? '[...PARAMETERS, ...STATISTICS]' : 'PARAMETERS'}) if (weights[name]) w[name].assign(toTensorFlow(weights[name]));
const variables = PARAMETERS.map((name) => w[name]);
${keeps ? 'const state = makeState(variables);\n' : ''}const log = [];
let step = 0;
for (const samples of batches(tensors['train.inputs'].shape[0], material.order)) {
  if (step === WARMUP_STEPS + STEPS) break;
  const [x, y] = tf.tidy(() => pick('train', samples));
  const { value, grads } = tf.variableGrads(() => lossOf(forward(w, x${switches ? ', true' : ''}), y), variables);
  const loss = value.dataSync()[0];
  const gradients = variables.map(({ name }) => grads[name]);
  const norm = normOf(gradients);
  if (!Number.isFinite(loss) || !Number.isFinite(norm)) {
    log.push({ step, lr: rate(step), loss: String(loss), grad_norm: String(norm), clip_scale: 1 });
    console.log(\`diverged at step \${step}\`);
    break;
  }
${indent(takeStep(experiment), 2)}
  log.push({ step, lr: rate(step), loss, grad_norm: norm, clip_scale: scale });
  tf.dispose([x, y, value, grads]);
  if (${every}step + 1 === WARMUP_STEPS + STEPS)
    console.log(\`step \${step + 1}: loss \${loss.toFixed(4)}, gradient norm \${norm.toFixed(4)}\${evaluate()}\`);
  step++;
}
if (options.out) writeFileSync(options.out, log.map((row) => \`\${JSON.stringify(row)}\\n\`).join(''));`;
}

/** The whole experiment. @param {Experiment} experiment */
export function tfjsProgram(experiment) {
  const { config, source } = experiment;
  return joinParts(
    [
      comment(
        '//',
        `Trains in TensorFlow.js what this command trains in Trainscope:\n\n${experiment.command}\n\nnpm install @tensorflow/tfjs, then node FILE.mjs`,
      ),
      lines(
        `import { ${source.kind === 'idx' ? 'existsSync, ' : ''}readFileSync, writeFileSync } from 'node:fs';`,
        "import { parseArgs } from 'node:util';",
        source.kind === 'idx' && "import { gunzipSync } from 'node:zlib';",
        "import * as tf from '@tensorflow/tfjs';",
      ),
      js.constants(experiment, programNames(config)),
      js.parameterNames(experiment),
      initialization(experiment),
      helpers(experiment),
      forward(experiment),
      loss(experiment),
      js.schedule(experiment),
      rule(experiment),
      js.threshold(experiment),
      clipping(experiment),
      js.SAFETENSORS,
      js.reading(experiment),
      js.batches(experiment),
      js.embedded(experiment),
      js.argumentsOf(experiment),
      training(experiment),
    ],
    1,
  );
}

/** Update rule, schedule and clipping, for a model and a loop of one's own. @param {Steps} steps */
export function tfjsSteps(steps) {
  const keeps = RULE_FORMULAS[steps.config.optimizer].keeps.length > 0;
  return joinParts(
    [
      "import * as tf from '@tensorflow/tfjs';",
      js.constants(steps),
      js.schedule(steps),
      rule(steps),
      js.threshold(steps),
      clipping(steps),
      comment(
        '//',
        `Once, before the loop:\n\nconst variables = model.trainableWeights.map(({ val }) => val);${keeps ? '\nconst state = makeState(variables);' : ''}\n\nIn the loop, after const { value, grads } = tf.variableGrads(…, variables):\n\nconst gradients = variables.map(({ name }) => grads[name]);\nconst norm = normOf(gradients); // to be logged\n${takeStep(steps)}`,
      ),
    ],
    1,
  );
}
