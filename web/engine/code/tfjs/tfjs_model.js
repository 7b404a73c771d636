/** A network in TensorFlow.js, its first weights and its loss. Images are [n, height, width, channels]. */

import { flattenLayers, hasLayer } from '../network.js';
import { drawOf } from '../start.js';
import { indent, javaScriptText, joinParts, lines } from '../text.js';

/**
 * @typedef {import('../network.js').Layer} Layer
 * @typedef {import('../experiment.js').Experiment} Experiment
 */

/** A weight by its name. @param {string} name */
const weight = (name) => `w[${javaScriptText(name)}]`;

/** @param {number[]} shape */
const elements = (shape) => shape.reduce((product, side) => product * side, 1);

/** @param {number[]} from  of an image */
const flatten = (from) => `x.transpose([0, 3, 1, 2]).reshape([-1, ${elements(from)}])`;

/** What becomes of x, as statements. @type {Record<string, (layer: Layer) => string>} */
const STATEMENTS = {
  linear: ({ from, flattens, parameters: [matrix, bias] }) =>
    lines(flattens && `x = ${flatten(from)};`, `x = x.matMul(${weight(matrix)}).add(${weight(bias)});`),
  conv: ({ args: { stride, pad }, parameters: [filter, bias] }) =>
    `x = tf.conv2d(x, ${weight(filter)}, ${stride}, ${pad === 0 ? "'valid'" : pad}).add(${weight(bias)});`,
  maxpool: ({ args: { k, stride } }) => `x = tf.maxPool(x, ${k}, ${stride}, 'valid');`,
  avgpool: ({ args: { k, stride } }) => `x = tf.avgPool(x, ${k}, ${stride}, 'valid');`,
  relu: () => 'x = x.relu();',
  leakyrelu: ({ args }) => `x = x.leakyRelu(${args.slope});`,
  tanh: () => 'x = x.tanh();',
  sigmoid: () => 'x = x.sigmoid();',
  gelu: () => 'x = gelu(x);',
  layernorm: ({ parameters: [gain, bias] }) => `x = layerNorm(x, ${weight(gain)}, ${weight(bias)});`,
  batchnorm: ({ parameters: [gain, bias] }) => {
    const prefix = gain.replace(/weight$/, '');
    return `x = batchNorm(x, ${weight(gain)}, ${weight(bias)}, ${weight(`${prefix}running_mean`)}, ${weight(`${prefix}running_var`)}, training);`;
  },
  dropout: ({ args: { p } }) => `if (training) x = ${p < 1 ? `tf.dropout(x, ${p})` : 'tf.zerosLike(x)'};`,
};

/** @param {Layer[]} layers @param {{ count: number }} names  of what goes round branches @returns {string} */
function statements(layers, names) {
  return lines(
    ...layers.map((layer) => {
      if (layer.body.length === 0 && layer.unit !== 'residual' && layer.unit !== 'rezero')
        return STATEMENTS[layer.unit](layer);
      const name = `around${++names.count}`;
      const alpha = layer.unit === 'rezero' ? `.mul(${weight(layer.parameters.at(-1) ?? '')})` : '';
      return lines(
        `const ${name} = ${shortcutOf(layer)};`,
        statements(layer.body, names),
        `x = ${name}.add(x${alpha});`,
      );
    }),
  );
}

/** @param {Layer} layer */
function shortcutOf({ shortcut, from, to }) {
  const pooled = shortcut?.pool ? `avgPoolCeil(x, ${shortcut.pool})` : 'x';
  if (!shortcut?.projection) return pooled;
  const { name } = shortcut.projection;
  if (to.length === 3) return `tf.conv2d(${pooled}, ${weight(name)}, 1, 'valid')`;
  return `${from.length === 3 ? flatten(from) : 'x'}.matMul(${weight(name)})`;
}

/** The functions that a network needs besides TensorFlow's own. @param {Experiment} experiment */
export function helpers({ layers }) {
  const pools = flattenLayers(layers).some(({ shortcut }) => shortcut?.pool);
  return joinParts(
    [
      hasLayer(layers, 'gelu') &&
        `function gelu(x) {
  const inner = x.add(x.pow(3).mul(0.044715)).mul(Math.sqrt(2 / Math.PI));
  return x.mul(0.5).mul(inner.tanh().add(1));
}`,
      hasLayer(layers, 'layernorm') &&
        `/** Over all features of a sample; a gain and a bias per channel. */
function layerNorm(x, gain, bias) {
  const { mean, variance } = tf.moments(x, x.shape.slice(1).map((_, i) => i + 1), true);
  return x.sub(mean).div(variance.add(1e-5).sqrt()).mul(gain).add(bias);
}`,
      hasLayer(layers, 'batchnorm') &&
        `/** Over the batch while training, by running statistics otherwise. */
function batchNorm(x, gain, bias, runningMean, runningVariance, training) {
  if (!training) return x.sub(runningMean).div(runningVariance.add(1e-5).sqrt()).mul(gain).add(bias);
  const { mean, variance } = tf.moments(x, x.shape.slice(0, -1).map((_, i) => i));
  const count = x.size / mean.size;
  runningMean.assign(runningMean.mul(0.9).add(mean.mul(0.1)));
  runningVariance.assign(runningVariance.mul(0.9).add(variance.mul((0.1 * count) / (count - 1))));
  return x.sub(mean).div(variance.add(1e-5).sqrt()).mul(gain).add(bias);
}`,
      pools &&
        `/** Averages windows; those that reach over the border, over what they cover. */
function avgPoolCeil(x, side) {
  const more = [0, 1, 2, 3].map((axis) => [0, axis === 1 || axis === 2 ? -x.shape[axis] % side + side : 0].map((n) => n % side));
  const covered = tf.avgPool(tf.onesLike(x).pad(more), side, side, 'valid');
  return tf.avgPool(x.pad(more), side, side, 'valid').div(covered);
}`,
    ],
    1,
  ).trimEnd();
}

/** @param {Experiment} experiment */
export function forward({ layers }) {
  const switches = hasLayer(layers, 'batchnorm', 'dropout');
  return `function forward(w, x${switches ? ', training' : ''}) {
${indent(statements(layers, { count: 0 }), 2)}
  return x;
}`;
}

/** The shape of a weight as TensorFlow has it. @param {Layer} layer @returns {number[]} */
function shapeOf({ unit, from, to, args }) {
  return unit === 'conv' ? [args.k, args.k, from[0], to[0]] : [elements(from), to[0]];
}

/** First weights by their formulas. @param {Experiment} experiment */
export function initialization({ config, layers }) {
  const rows = flattenLayers(layers).flatMap((layer) => {
    const { unit, parameters, shortcut, to } = layer;
    const row = (/** @type {string} */ name, /** @type {number[]} */ shape, /** @type {string} */ how) =>
      `${how.split('(')[0]}(${javaScriptText(name)}, [${shape.join(', ')}], ${how.split(/\((.*)/s)[1]};`;
    if (unit === 'linear' || unit === 'conv') {
      const { weight: how, bias } = drawOf(config, layer);
      return [row(parameters[0], shapeOf(layer), how), row(parameters[1], [to[0]], bias)];
    }
    if (unit === 'layernorm' || unit === 'batchnorm') {
      const prefix = parameters[0].replace(/weight$/, '');
      const statistics = [
        row(`${prefix}running_mean`, [to[0]], 'fill(0)'),
        row(`${prefix}running_var`, [to[0]], 'fill(1)'),
      ];
      return [
        row(parameters[0], [to[0]], 'fill(1)'),
        row(parameters[1], [to[0]], 'fill(0)'),
        ...(unit === 'batchnorm' ? statistics : []),
      ];
    }
    const projection = shortcut?.projection;
    const path =
      projection && (to.length === 3 ? [1, 1, projection.from, projection.to] : [projection.from, projection.to]);
    return [
      ...(projection && path
        ? [
            row(
              projection.name,
              path,
              drawOf(config, { ...layer, ...{ fans: [projection.from, projection.to] } }).weight,
            ),
          ]
        : []),
      ...(unit === 'rezero' ? [row(parameters.at(-1) ?? '', [1], 'fill(0)')] : []),
    ];
  });
  const body = rows.join('\n');
  const uses = (/** @type {string} */ name) => body.includes(`${name}("`);
  return `/** The first weights, by name. */
function makeWeights() {
  const w = {};
  const keep = (name, values) => {
    w[name] = tf.variable(values, true, name);
  };
${indent(
  lines(
    uses('normal') &&
      "const normal = (name, shape, deviation) =>\n  keep(name, tf.randomNormal(shape, 0, deviation, 'float32', SEED + Object.keys(w).length));",
    uses('uniform') &&
      "const uniform = (name, shape, bound) =>\n  keep(name, tf.randomUniform(shape, -bound, bound, 'float32', SEED + Object.keys(w).length));",
    uses('fill') && 'const fill = (name, shape, value) => keep(name, tf.fill(shape, value));',
    body,
    'return w;',
  ),
  2,
)}
}

/** A weight in PyTorch's layout in TensorFlow's. */
function toTensorFlow({ shape, data }) {
  const stored = tf.tensor(data, shape);
  if (shape.length === 4) return stored.transpose([2, 3, 1, 0]);
  return shape.length === 2 ? stored.transpose() : stored;
}`;
}

/** @param {Experiment} experiment */
export function loss({ config, data }) {
  if (config.loss === 'cross_entropy') {
    return `/** The mean over samples. */
function lossOf(outputs, targets) {
${indent(
  lines(
    `let shares = tf.oneHot(targets, ${data.outputs}).toFloat();`,
    config.label_smoothing > 0 && `shares = shares.mul(1 - LABEL_SMOOTHING).add(LABEL_SMOOTHING / ${data.outputs});`,
    `return tf.losses.softmaxCrossEntropy(shares, outputs)${config.z_loss > 0 ? '.add(outputs.logSumExp(1).square().mean().mul(Z_LOSS))' : ''};`,
  ),
  2,
)}
}`;
  }
  return `/** The mean over samples of ½ Σ (f − y)². */
function lossOf(outputs, targets) {
${data.classes > 0 ? `  targets = tf.oneHot(targets, ${data.outputs}).toFloat();\n` : ''}  return outputs.sub(targets).square().sum(1).mean().mul(0.5);
}`;
}
