/** A network in Keras, its first weights and its loss. Images are [n, height, width, channels]. */

import { TrainerError } from '../../core/errors.js';
import { flattenLayers, hasLayer } from '../network.js';
import { drawOf } from '../start.js';
import { indent, joinParts, lines, pythonText } from '../text.js';

/**
 * @typedef {import('../network.js').Layer} Layer
 * @typedef {import('../experiment.js').Experiment} Experiment
 * @typedef {import('../../config/config.js').Config} Config
 */

/** What first weights are drawn from, as an initializer. @param {string} draw  "normal(0.1)" */
function initializer(draw) {
  const [kind, value] = draw.replace(')', '').split('(');
  if (kind === 'normal') return `keras.initializers.RandomNormal(0, ${value})`;
  if (kind === 'uniform') return `keras.initializers.RandomUniform(-${value}, ${value})`;
  return '"zeros"';
}

/** The layer's name in the file of weights. @param {string} parameter */
const nameOf = (parameter) => pythonText(parameter.replace(/\.[^.]*$/, ''));

/** To a vector in the order channel, row, column. */
const FLATTEN = 'x = keras.layers.Flatten()(keras.layers.Permute((3, 1, 2))(x))';

/** What becomes of x, as statements. @type {Record<string, (layer: Layer, config: Config) => string>} */
const STATEMENTS = {
  linear: (layer, config) => {
    const { weight, bias } = drawOf(config, layer);
    return lines(
      layer.flattens && FLATTEN,
      `x = keras.layers.Dense(${layer.to[0]}, kernel_initializer=${initializer(weight)}, bias_initializer=${initializer(bias)}, name=${nameOf(layer.parameters[0])})(x)`,
    );
  },
  conv: (layer, config) => {
    const { weight, bias } = drawOf(config, layer);
    const { k, stride, pad } = layer.args;
    return lines(
      pad > 0 && `x = keras.layers.ZeroPadding2D(${pad})(x)`,
      `x = keras.layers.Conv2D(${layer.to[0]}, ${k}, strides=${stride}, kernel_initializer=${initializer(weight)}, bias_initializer=${initializer(bias)}, name=${nameOf(layer.parameters[0])})(x)`,
    );
  },
  maxpool: ({ args: { k, stride } }) => `x = keras.layers.MaxPooling2D(${k}, ${stride})(x)`,
  avgpool: ({ args: { k, stride } }) => `x = keras.layers.AveragePooling2D(${k}, ${stride})(x)`,
  relu: () => 'x = keras.layers.Activation("relu")(x)',
  leakyrelu: ({ args }) => `x = keras.layers.Activation(lambda v: tf.nn.leaky_relu(v, ${args.slope}))(x)`,
  tanh: () => 'x = keras.layers.Activation("tanh")(x)',
  sigmoid: () => 'x = keras.layers.Activation("sigmoid")(x)',
  gelu: () => 'x = keras.layers.Activation(lambda v: tf.nn.gelu(v, approximate=True))(x)',
  layernorm: ({ from, parameters }) =>
    from.length === 3
      ? `x = keras.layers.GroupNormalization(1, epsilon=1e-5, name=${nameOf(parameters[0])})(x)`
      : `x = keras.layers.LayerNormalization(epsilon=1e-5, name=${nameOf(parameters[0])})(x)`,
  batchnorm: ({ parameters }) =>
    `x = keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name=${nameOf(parameters[0])})(x)`,
  dropout: ({ args: { p } }) => `x = keras.layers.Dropout(${p})(x)`,
};

/** @param {Layer[]} layers @param {Config} config @param {{ count: number }} names @returns {string} */
function statements(layers, config, names) {
  return lines(
    ...layers.map((layer) => {
      if (layer.unit !== 'residual' && layer.unit !== 'rezero') return STATEMENTS[layer.unit](layer, config);
      const name = `around${++names.count}`;
      const alpha = layer.parameters.at(-1) ?? '';
      return lines(
        shortcutOf(layer, config, name),
        statements(layer.body, config, names),
        layer.unit === 'rezero' && `x = Scalar(name=${nameOf(alpha)})(x)`,
        `x = keras.layers.Add()([${name}, x])`,
      );
    }),
  );
}

/** @param {Layer} layer @param {Config} config @param {string} name  of what goes round */
function shortcutOf(layer, config, name) {
  const { shortcut, from, to } = layer;
  if (!shortcut) return `${name} = x`;
  const { pool, projection } = shortcut;
  // "same" pads on both sides, where more than one row or column is missing.
  const uneven = pool && from.slice(1).some((side) => Math.ceil(side / pool) * pool - side > 1);
  if (uneven) {
    throw new TrainerError(
      'setting',
      'model',
      'model: a shortcut that pools over the border cannot be exported to Keras.',
    );
  }
  const fans = projection ? [projection.from, projection.to] : [];
  const start = projection ? initializer(drawOf(config, { ...layer, fans }).weight) : '';
  const path = projection ? nameOf(projection.name) : '';
  return lines(
    `${name} = ${pool ? `keras.layers.AveragePooling2D(${pool}, padding="same")(x)` : 'x'}`,
    projection &&
      to.length === 3 &&
      `${name} = keras.layers.Conv2D(${projection.to}, 1, use_bias=False, kernel_initializer=${start}, name=${path})(${name})`,
    projection &&
      to.length === 1 &&
      from.length === 3 &&
      `${name} = keras.layers.Flatten()(keras.layers.Permute((3, 1, 2))(${name}))`,
    projection &&
      to.length === 1 &&
      `${name} = keras.layers.Dense(${projection.to}, use_bias=False, kernel_initializer=${start}, name=${path})(${name})`,
  );
}

/** @param {Experiment} experiment */
export function model({ config, data, layers }) {
  const shape = data.shape.length === 3 ? [...data.shape.slice(1), data.shape[0]] : data.shape;
  return joinParts([
    hasLayer(layers, 'rezero') &&
      `class Scalar(keras.layers.Layer):
    """Times a trained scalar that starts at 0."""

    def build(self, shape):
        self.alpha = self.add_weight(shape=(1,), initializer="zeros", name="alpha")

    def call(self, x):
        return self.alpha * x`,
    `def make_model():
    inputs = x = keras.Input((${shape.join(', ')},))
${indent(statements(layers, config, { count: 0 }))}
    return keras.Model(inputs, x)`,
    `def load_weights(model, weights):
    """Weights in PyTorch's layout, by the names of their layers."""
    for layer in model.layers:
        names = [name for name in WEIGHTS if name.rpartition(".")[0] == layer.name and name in weights]
        arrays = [np.asarray(weights[name]) for name in names]
        arrays = [a.transpose(2, 3, 1, 0) if a.ndim == 4 else a.T if a.ndim == 2 else a for a in arrays]
        if arrays:
            layer.set_weights(arrays)`,
  ]).trimEnd();
}

/** Names of weights in a file, those of a layer in the order in which Keras keeps them. @param {Experiment} experiment */
export function weightNames({ layers }) {
  return flattenLayers(layers).flatMap(({ unit, parameters, shortcut }) => {
    if (unit === 'batchnorm') {
      const prefix = parameters[0].replace(/weight$/, '');
      return [...parameters, `${prefix}running_mean`, `${prefix}running_var`];
    }
    return shortcut?.projection
      ? [shortcut.projection.name, ...parameters.filter((name) => name.endsWith('alpha'))]
      : parameters;
  });
}

/** @param {Experiment} experiment */
export function loss({ config, data }) {
  const oneHot = `targets = tf.one_hot(targets, ${data.outputs})`;
  const body =
    config.loss === 'cross_entropy'
      ? lines(
          oneHot,
          config.label_smoothing > 0 && `targets = (1 - LABEL_SMOOTHING) * targets + LABEL_SMOOTHING / ${data.outputs}`,
          'losses = tf.nn.softmax_cross_entropy_with_logits(targets, outputs)',
          config.z_loss > 0 && 'losses = losses + Z_LOSS * tf.square(tf.reduce_logsumexp(outputs, 1))',
          'return tf.reduce_mean(losses)',
        )
      : lines(
          data.classes > 0 && oneHot,
          'return 0.5 * tf.reduce_mean(tf.reduce_sum(tf.square(outputs - targets), 1))',
        );
  const says = config.loss === 'cross_entropy' ? 'The mean over samples' : 'The mean over samples of ½ Σ (f − y)²';
  return `def loss_of(outputs, targets):\n    """${says}."""\n${indent(body)}`;
}
