/** A network in JAX, its first weights and its loss: plain functions over named arrays, in PyTorch's layout. */

import { flattenLayers, hasLayer } from '../network.js';
import { drawOf } from '../start.js';
import { indent, joinParts, lines, pythonText } from '../text.js';

/**
 * @typedef {import('../network.js').Layer} Layer
 * @typedef {import('../experiment.js').Experiment} Experiment
 */

/** @param {string} name */
const weight = (name) => `w[${pythonText(name)}]`;

/** What becomes of x, as statements. @type {Record<string, (layer: Layer) => string>} */
const STATEMENTS = {
  linear: ({ flattens, parameters: [matrix, bias] }) =>
    lines(flattens && 'x = x.reshape(len(x), -1)', `x = x @ ${weight(matrix)}.T + ${weight(bias)}`),
  conv: ({ args: { stride, pad }, parameters: [filters, bias] }) =>
    `x = conv(x, ${weight(filters)}, ${stride}, ${pad}) + ${weight(bias)}[:, None, None]`,
  maxpool: ({ args: { k, stride } }) =>
    `x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 1, ${k}, ${k}), (1, 1, ${stride}, ${stride}), "VALID")`,
  avgpool: ({ args: { k, stride } }) =>
    `x = jax.lax.reduce_window(x, 0.0, jax.lax.add, (1, 1, ${k}, ${k}), (1, 1, ${stride}, ${stride}), "VALID") / ${k * k}`,
  relu: () => 'x = jax.nn.relu(x)',
  leakyrelu: ({ args }) => `x = jax.nn.leaky_relu(x, ${args.slope})`,
  tanh: () => 'x = jnp.tanh(x)',
  sigmoid: () => 'x = jax.nn.sigmoid(x)',
  gelu: () => 'x = jax.nn.gelu(x, approximate=True)',
  layernorm: ({ parameters: [gain, bias] }) =>
    `x = normalize(x, tuple(range(1, x.ndim)), ${weight(gain)}, ${weight(bias)})`,
  batchnorm: ({ parameters: [gain] }) => {
    const prefix = pythonText(gain.replace(/weight$/, ''));
    return `x = batch_norm(x, ${prefix}, w, statistics, training)`;
  },
  dropout: ({ args: { p } }) =>
    lines(
      'if training:',
      '    key, own = jax.random.split(key)',
      `    x = jnp.where(jax.random.bernoulli(own, ${1 - p}, x.shape), x / ${Math.max(1 - p, 1e-30)}, 0)`,
    ),
};

/** @param {Layer[]} layers @param {{ count: number }} names @returns {string} */
function statements(layers, names) {
  return lines(
    ...layers.map((layer) => {
      if (layer.unit !== 'residual' && layer.unit !== 'rezero') return STATEMENTS[layer.unit](layer);
      const name = `around${++names.count}`;
      const alpha = layer.unit === 'rezero' ? `${weight(layer.parameters.at(-1) ?? '')} * ` : '';
      return lines(`${name} = ${shortcutOf(layer)}`, statements(layer.body, names), `x = ${name} + ${alpha}x`);
    }),
  );
}

/** @param {Layer} layer */
function shortcutOf({ shortcut, from, to }) {
  const pooled = shortcut?.pool ? `avg_pool_ceil(x, ${shortcut.pool})` : 'x';
  if (!shortcut?.projection) return pooled;
  const { name } = shortcut.projection;
  if (to.length === 3) return `conv(${pooled}, ${weight(name)}, 1, 0)`;
  return `${from.length === 3 ? 'x.reshape(len(x), -1)' : 'x'} @ ${weight(name)}.T`;
}

/** The functions that a network needs besides JAX's own. @param {Experiment} experiment */
export function helpers({ layers }) {
  const all = flattenLayers(layers);
  const convolves = all.some(({ unit, shortcut, to }) => unit === 'conv' || (shortcut?.projection && to.length === 3));
  return joinParts([
    convolves &&
      `def conv(x, filters, stride, pad):
    """[n, channels, height, width] with [out, in, k, k], as PyTorch has them."""
    names = ("NCHW", "OIHW", "NCHW")
    return jax.lax.conv_general_dilated(x, filters, (stride, stride), [(pad, pad)] * 2, dimension_numbers=names)`,
    hasLayer(layers, 'layernorm', 'batchnorm') &&
      `def normalize(x, axes, gain, bias, mean=None, variance=None):
    """To mean 0 and variance 1 over these axes, or by the statistics given; then a gain and a bias per channel."""
    mean = x.mean(axes, keepdims=True) if mean is None else mean
    variance = x.var(axes, keepdims=True) if variance is None else variance
    shape = (1, -1) + (1,) * (x.ndim - 2)
    return (x - mean) / jnp.sqrt(variance + 1e-5) * gain.reshape(shape) + bias.reshape(shape)`,
    hasLayer(layers, 'batchnorm') &&
      `def batch_norm(x, prefix, w, statistics, training):
    """Over the batch while training, which moves the running statistics; by these otherwise."""
    axes, shape = (0, *range(2, x.ndim)), (1, -1) + (1,) * (x.ndim - 2)
    gain, bias = w[prefix + "weight"], w[prefix + "bias"]
    mean, variance = (statistics[prefix + name] for name in ("running_mean", "running_var"))
    if not training:
        return normalize(x, axes, gain, bias, mean.reshape(shape), variance.reshape(shape))
    count = x.size / x.shape[1]
    statistics[prefix + "running_mean"] = 0.9 * mean + 0.1 * x.mean(axes)
    statistics[prefix + "running_var"] = 0.9 * variance + 0.1 * x.var(axes) * count / (count - 1)
    return normalize(x, axes, gain, bias)`,
    all.some(({ shortcut }) => shortcut?.pool) &&
      `def avg_pool_ceil(x, side):
    """Averages windows; those that reach over the border, over what they cover."""
    more = [(0, 0), (0, 0), (0, -x.shape[2] % side), (0, -x.shape[3] % side)]
    window = (1, 1, side, side)
    add = lambda values: jax.lax.reduce_window(values, 0.0, jax.lax.add, window, window, more)
    return add(x) / add(jnp.ones_like(x))`,
  ]).trimEnd();
}

/** @param {Experiment} experiment */
export function forward({ layers }) {
  const says = hasLayer(layers, 'batchnorm')
    ? `    """What the network makes of x, and batchnorm's statistics after it."""\n    statistics = dict(statistics)\n`
    : '';
  return `def forward(w, statistics, x, training, key):
${says}${indent(statements(layers, { count: 0 }))}
    return x, statistics`;
}

/** @param {Experiment} experiment */
export function initialization({ config, layers }) {
  const shapes = flattenLayers(layers).flatMap((layer) => {
    const { unit, parameters, from, to, args, shortcut } = layer;
    const inputs = from.reduce((product, side) => product * side, 1);
    const row = (/** @type {string} */ name, /** @type {number[]} */ shape, /** @type {string} */ how) => {
      const [kind, rest] = how.split(/\((.*)/s);
      return `w[${pythonText(name)}] = ${kind}(${shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`}, ${rest}`;
    };
    if (unit === 'linear' || unit === 'conv') {
      const { weight: how, bias } = drawOf(config, layer);
      const shape = unit === 'conv' ? [to[0], from[0], args.k, args.k] : [to[0], inputs];
      return [row(parameters[0], shape, how), row(parameters[1], [to[0]], bias)];
    }
    if (unit === 'layernorm' || unit === 'batchnorm') {
      return [row(parameters[0], [to[0]], 'fill(1)'), row(parameters[1], [to[0]], 'fill(0)')];
    }
    const projection = shortcut?.projection;
    const fans = projection ? [projection.from, projection.to] : [];
    return [
      ...(projection
        ? [
            row(
              projection.name,
              to.length === 3 ? [projection.to, projection.from, 1, 1] : [projection.to, projection.from],
              drawOf(config, { ...layer, fans }).weight,
            ),
          ]
        : []),
      ...(unit === 'rezero' ? [row(parameters.at(-1) ?? '', [1], 'fill(0)')] : []),
    ];
  });
  const body = shapes.join('\n');
  const statistics = flattenLayers(layers).filter(({ unit }) => unit === 'batchnorm');
  return `def make_weights():
    """The first weights, by name."""
    generator = np.random.default_rng(SEED)
    w = {}
${indent(
  lines(
    body.includes(' normal(') &&
      'normal = lambda shape, deviation: jnp.float32(deviation * generator.standard_normal(shape))',
    body.includes(' uniform(') && 'uniform = lambda shape, bound: jnp.float32(generator.uniform(-bound, bound, shape))',
    body.includes(' fill(') && 'fill = lambda shape, value: jnp.full(shape, value, jnp.float32)',
    body,
    'return w',
  ),
)}


def make_statistics():
    """Batchnorm's running statistics, by name."""
    return {${statistics
      .flatMap(({ parameters: [gain], to }) => {
        const prefix = gain.replace(/weight$/, '');
        return [
          `${pythonText(`${prefix}running_mean`)}: jnp.zeros(${to[0]})`,
          `${pythonText(`${prefix}running_var`)}: jnp.ones(${to[0]})`,
        ];
      })
      .join(', ')}}`;
}

/** @param {Experiment} experiment */
export function loss({ config, data }) {
  const oneHot = `targets = jax.nn.one_hot(targets, ${data.outputs})`;
  const body =
    config.loss === 'cross_entropy'
      ? lines(
          oneHot,
          config.label_smoothing > 0 && `targets = (1 - LABEL_SMOOTHING) * targets + LABEL_SMOOTHING / ${data.outputs}`,
          `return -(targets * jax.nn.log_softmax(outputs)).sum(1).mean()${config.z_loss > 0 ? ' + Z_LOSS * jnp.square(jax.nn.logsumexp(outputs, 1)).mean()' : ''}`,
        )
      : lines(data.classes > 0 && oneHot, 'return 0.5 * jnp.square(outputs - targets).sum(1).mean()');
  const says = config.loss === 'cross_entropy' ? 'The mean over samples' : 'The mean over samples of ½ Σ (f − y)²';
  return `def loss_of(outputs, targets):\n    """${says}."""\n${indent(body)}`;
}
