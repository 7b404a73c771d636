/** A network in PyTorch, its first weights and its loss. */

import { flattenLayers, hasLayer } from '../network.js';
import { indent, lines, listInLines } from '../text.js';
import { initializeSequences, SEQUENCE_MODULES, sequenceClasses } from './torch_sequences.js';

/**
 * @typedef {import('../network.js').Layer} Layer
 * @typedef {import('../experiment.js').Experiment} Experiment
 */

/** @type {Record<string, (layer: Layer) => string>} */
const MODULES = {
  ...SEQUENCE_MODULES,
  linear: ({ from, to }) =>
    from.length === 2
      ? `nn.Linear(${from[1]}, ${to[1]})`
      : `nn.Linear(${from.reduce((product, side) => product * side, 1)}, ${to[0]})`,
  conv: ({ from, to, args: { k, stride, pad } }) =>
    `nn.Conv2d(${from[0]}, ${to[0]}, ${k}${stride === 1 ? '' : `, stride=${stride}`}${pad === 0 ? '' : `, padding=${pad}`})`,
  maxpool: ({ args }) => `nn.MaxPool2d(${windowOf(args)})`,
  avgpool: ({ args }) => `nn.AvgPool2d(${windowOf(args)})`,
  relu: () => 'nn.ReLU()',
  leakyrelu: ({ args }) => `nn.LeakyReLU(${args.slope})`,
  tanh: () => 'nn.Tanh()',
  sigmoid: () => 'nn.Sigmoid()',
  gelu: () => 'nn.GELU(approximate="tanh")',
  layernorm: ({ from }) =>
    from.length === 3 ? `nn.GroupNorm(1, ${from[0]})` : `nn.LayerNorm(${from[from.length - 1]})`,
  batchnorm: ({ from }) =>
    from.length === 2
      ? `ChannelsFirst(nn.BatchNorm1d(${from[1]}))`
      : `nn.BatchNorm${from.length === 3 ? '2d' : '1d'}(${from[0]})`,
  dropout: ({ args }) => `nn.Dropout(${args.p})`,
};

/** @param {Record<string, number>} args */
function windowOf({ k, stride }) {
  return stride === k ? `${k}` : `${k}, ${stride}`;
}

/** @param {Layer} layer @returns {string[]} */
function modulesOf(layer) {
  const { unit, body, flattens } = layer;
  if (unit === 'residual' || unit === 'rezero') {
    const shortcut = shortcutOf(layer);
    const extra = `${shortcut ? `, ${shortcut}` : ''}${unit === 'rezero' ? ', rezero=True' : ''}`;
    return [`Branch(\n${indent(sequence(body))}${extra === '' ? '' : `,\n${indent(extra.slice(2))}`},\n)`];
  }
  return [...(flattens ? ['nn.Flatten()'] : []), MODULES[unit](layer)];
}

/** @param {Layer} layer */
function shortcutOf({ shortcut, from, to }) {
  if (!shortcut) return '';
  const { pool, projection } = shortcut;
  const modules = [
    ...(pool ? [`nn.AvgPool2d(${pool}, ceil_mode=True, count_include_pad=False)`] : []),
    ...(projection && from.length === 3 && to.length === 1 ? ['nn.Flatten()'] : []),
    ...(projection && to.length === 3 ? [`nn.Conv2d(${projection.from}, ${projection.to}, 1, bias=False)`] : []),
    ...(projection && to.length !== 3 ? [`nn.Linear(${projection.from}, ${projection.to}, bias=False)`] : []),
  ];
  return `shortcut=nn.Sequential(${modules.join(', ')})`;
}

/** @param {Layer[]} layers */
function sequence(layers) {
  const modules = layers.flatMap(modulesOf);
  return `nn.Sequential(\n${indent(modules.map((module) => `${module},`).join('\n'))}\n)`;
}

const BRANCH = (/** @type {boolean} */ hasRezero) => `class Branch(nn.Module):
    """What comes in, plus what the body makes of it${hasRezero ? '; with rezero, times a trained scalar that starts at 0' : ''}."""

    def __init__(self, body, shortcut=None${hasRezero ? ', rezero=False' : ''}):
        super().__init__()
        self.body = body
        self.shortcut = shortcut or nn.Identity()
${
  hasRezero
    ? `        self.alpha = nn.ParameterList([nn.Parameter(torch.zeros(1))] if rezero else [])

    def forward(self, x):
        y = self.body(x)
        return self.shortcut(x) + (self.alpha[0] * y if len(self.alpha) else y)`
    : `
    def forward(self, x):
        return self.shortcut(x) + self.body(x)`
}`;

/** @param {Experiment} experiment */
export function model({ layers }) {
  const make = `def make_model():\n    return ${indent(sequence(layers)).trimStart()}`;
  return [
    ...(hasLayer(layers, 'residual', 'rezero') ? [BRANCH(hasLayer(layers, 'rezero'))] : []),
    ...sequenceClasses(layers),
    make,
  ].join('\n\n\n');
}

/** What initial weights are drawn from, with scale in front. @type {Record<string, { says: string, draw: (scale: string) => string[] }>} */
const DRAWS = {
  he: {
    says: 'He: N(0, 2/fan_in), and N(0, 1/fan_in) in the last layer; biases start at 0',
    draw: (scale) => [
      'variance = (1 if layer is layers[-1] else 2) / fan_in',
      `layer.weight.normal_(0, ${scale}math.sqrt(variance))`,
    ],
  },
  lecun: {
    says: 'LeCun: N(0, 1/fan_in); biases start at 0',
    draw: (scale) => [`layer.weight.normal_(0, ${scale}math.sqrt(1 / fan_in))`],
  },
  xavier: {
    says: 'Xavier: U(±√(6/(fan_in + fan_out))); biases start at 0',
    draw: (scale) => [
      'fan_out = layer.weight.shape[0] * layer.weight[0, 0].numel()',
      `bound = ${scale}math.sqrt(6 / (fan_in + fan_out))`,
      'layer.weight.uniform_(-bound, bound)',
    ],
  },
  torch: {
    says: "PyTorch's own, U(±1/√fan_in), biases too",
    draw: (scale) => (scale === '' ? [] : [`layer.weight.mul_(${scale.slice(0, -3)})`]),
  },
};

/** @param {Experiment} experiment */
export function initialization({ config, layers }) {
  const { init, init_gain } = config;
  const { says, draw } = DRAWS[init];
  // In the order of PyTorch's modules: a shortcut comes after the body that it goes round.
  const gains = flattenLayers(layers).flatMap(({ unit, gain, shortcut }) => [
    ...(unit === 'linear' || unit === 'conv' ? [gain * init_gain] : []),
    ...(unit === 'attention' ? [gain * init_gain, gain * init_gain] : []),
    ...(shortcut?.projection ? [init_gain] : []),
  ]);
  const more = initializeSequences(config, layers, draw);
  const isPlain = gains.every((gain) => gain === 1);
  const isEven = gains.every((gain) => gain === gains[0]);
  const scale = isPlain ? '' : isEven ? `${gains[0]} * ` : 'gain * ';
  if (init === 'torch' && isPlain && !more) return '';
  const needsFan = init !== 'torch';
  const drawn = lines(...draw(scale), needsFan && 'if layer.bias is not None:\n    layer.bias.zero_()');
  return lines(
    '@torch.no_grad()',
    'def initialize(model):',
    `    """${says}${more ? more.says : ''}."""`,
    drawn !== '' &&
      lines(
        '    layers = [part for part in model.modules() if isinstance(part, (nn.Conv2d, nn.Linear))]',
        isEven
          ? '    for layer in layers:'
          : `    gains = ${indent(listInLines(gains.map(String))).trimStart()}\n    for layer, gain in zip(layers, gains):`,
        needsFan && '        fan_in = layer.weight[0].numel()',
        indent(drawn, 8),
      ),
    more && indent(more.code),
  );
}

/** Where of a sample's predictions the scored ones are. @param {NonNullable<Experiment['data']['tokens']>} tokens */
export function scoredOf({ scoredFrom }) {
  return scoredFrom > 0 ? `[:, ${scoredFrom}:]` : '';
}

/** @param {Experiment} experiment */
export function loss({ config, data }) {
  const body =
    config.loss === 'cross_entropy'
      ? `return F.cross_entropy(outputs, targets${config.label_smoothing > 0 ? ', label_smoothing=LABEL_SMOOTHING' : ''})${config.z_loss > 0 ? ' + Z_LOSS * outputs.logsumexp(1).square().mean()' : ''}`
      : lines(
          data.classes > 0 && `targets = F.one_hot(targets, ${data.outputs})`,
          'return 0.5 * (outputs - targets).square().sum(1).mean()',
        );
  const over = data.tokens ? `${data.tokens.scoredFrom > 0 ? 'scored ' : ''}positions` : 'samples';
  const says = `The mean over ${over}${config.loss === 'cross_entropy' ? '' : ' of ½ Σ (f − y)²'}`;
  const flat = data.tokens && `outputs, targets = outputs${scoredOf(data.tokens)}.flatten(0, 1), targets.flatten()`;
  return `def loss_of(outputs, targets):\n    """${says}."""\n${indent(lines(flat, body))}`;
}
