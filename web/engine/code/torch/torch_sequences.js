/** Layers of sequences in PyTorch: its own where it has them, the others written out, and their first weights. */

import { flattenLayers, hasLayer } from '../network.js';
import { indent, lines, listInLines } from '../text.js';

/**
 * @typedef {import('../network.js').Layer} Layer
 * @typedef {import('../../config/config.js').Config} Config
 */

/** PyTorch's own, which return their last state too. @type {Record<string, string>} */
const RECURRENT = { rnn: 'nn.RNN', gru: 'nn.GRU', lstm: 'nn.LSTM' };

/** @param {Layer} layer */
const recurrent = ({ unit, from, to }) => `Recurrent(${RECURRENT[unit]}(${from[1]}, ${to[1]}, batch_first=True))`;

/** @type {Record<string, (layer: Layer) => string>} */
export const SEQUENCE_MODULES = {
  embed: ({ to, args }) => `nn.Embedding(${args.vocabulary}, ${to[1]})`,
  position: ({ to }) => `Position(${to[0]}, ${to[1]})`,
  sinusoid: ({ to }) => `Sinusoid(${to[0]}, ${to[1]})`,
  attention: ({ from, args: { heads, causal, qknorm, rope } }) =>
    `Attention(${from[1]}, ${heads}${causal ? ', causal=True' : ''}${qknorm ? ', qknorm=True' : ''}${rope ? ', rope=True' : ''})`,
  rmsnorm: ({ from }) => `RMSNorm(${from.length === 2 ? from[1] : from[0]}${from.length === 3 ? ', dims=3' : ''})`,
  rnn: recurrent,
  gru: recurrent,
  lstm: recurrent,
  patches: ({ args: { k } }) => `Patches(${k})`,
  mean: () => 'Mean()',
  last: () => 'Last()',
};

const POSITION = `class Position(nn.Module):
    """Adds learned numbers to each position."""

    def __init__(self, length, n):
        super().__init__()
        self.table = nn.Embedding(length, n)

    def forward(self, x):
        return x + self.table.weight`;

const SINUSOID = `class Sinusoid(nn.Module):
    """Adds sines and cosines of the position (Vaswani et al. 2017)."""

    def __init__(self, length, n):
        super().__init__()
        angles = torch.arange(length)[:, None] / 10000 ** (torch.arange(0, n, 2).double() / n)
        table = torch.stack((angles.sin(), angles.cos()), 2).flatten(1)[:, :n]
        self.table = table.float()

    def forward(self, x):
        return x + self.table`;

/** @param {{ causal: boolean, qknorm: boolean, rope: boolean }} has */
const ATTENTION = ({ causal, qknorm, rope }) => `class Attention(nn.Module):
    """Multi-head self-attention, with the parameters of nn.MultiheadAttention."""

    def __init__(self, n, heads${causal ? ', causal=False' : ''}${qknorm ? ', qknorm=False' : ''}${rope ? ', rope=False' : ''}):
        super().__init__()
        self.heads${causal ? ', self.causal' : ''}${qknorm ? ', self.qknorm' : ''}${rope ? ', self.rope' : ''} = heads${causal ? ', causal' : ''}${qknorm ? ', qknorm' : ''}${rope ? ', rope' : ''}
        self.in_proj = nn.Linear(n, 3 * n)
        self.out_proj = nn.Linear(n, n)

    def forward(self, x):
        parts = self.in_proj(x).chunk(3, -1)
        q, k, v = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in parts)
${indent(
  lines(
    qknorm && 'if self.qknorm:\n    q, k = (F.layer_norm(part, part.shape[-1:]) for part in (q, k))',
    rope && 'if self.rope:\n    q, k = turned(q), turned(k)',
    'scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])',
    causal &&
      'if self.causal:\n    future = torch.ones(scores.shape[-2:], dtype=torch.bool, device=x.device).triu(1)\n    scores = scores.masked_fill(future, -math.inf)',
    'return self.out_proj((scores.softmax(-1) @ v).transpose(1, 2).flatten(2))',
  ),
  8,
)}${
  rope
    ? `


def turned(x):
    """Rotary positions: the halves of a head are partners, as in GPT-NeoX."""
    length, n = x.shape[-2:]
    angles = torch.arange(length)[:, None] * 10000 ** (-2 * torch.arange(n // 2).double() / n)
    cosines, sines = (part.float().to(x.device).repeat(1, 2) for part in (angles.cos(), angles.sin()))
    first, second = x.chunk(2, -1)
    return x * cosines + torch.cat((-second, first), -1) * sines`
    : ''
}`;

/** @param {boolean} hasImages */
const RMSNORM = (hasImages) => `class RMSNorm(nn.Module):
    """x / √(mean x² + 1e-5), times a gain; the mean over ${hasImages ? 'the last dims of x' : 'each position, or each vector'}."""

    def __init__(self, channels${hasImages ? ', dims=1' : ''}):
        super().__init__()
${
  hasImages
    ? `        self.over = tuple(range(-dims, 0))
        self.along = (channels,) + (1,) * (dims - 1)
        self.weight = nn.Parameter(torch.ones(channels))

    def forward(self, x):
        return x * torch.rsqrt(x.square().mean(self.over, keepdim=True) + 1e-5) * self.weight.view(self.along)`
    : `        self.weight = nn.Parameter(torch.ones(channels))

    def forward(self, x):
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-5) * self.weight`
}`;

const RECURRENT_CLASS = `class Recurrent(nn.Module):
    """The states of a recurrent layer at all positions, without its last one apart."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x)[0]`;

const PATCHES = `class Patches(nn.Module):
    """An image as a sequence of patches, in reading order."""

    def __init__(self, k):
        super().__init__()
        self.k = k

    def forward(self, x):
        return F.unfold(x, self.k, stride=self.k).transpose(1, 2)`;

const CHANNELS_FIRST = `class ChannelsFirst(nn.Module):
    """Lets a layer see [batch, channels, positions]."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x.transpose(1, 2)).transpose(1, 2)`;

/** @param {string} name @param {string} says @param {string} is */
const toVector = (name, says, is) => `class ${name}(nn.Module):
    """${says}"""

    def forward(self, x):
        return ${is}`;

/** The classes that a network's layers need. @param {Layer[]} layers @returns {string[]} */
export function sequenceClasses(layers) {
  const all = flattenLayers(layers);
  const attentions = all.filter(({ unit }) => unit === 'attention');
  const uses = (/** @type {string} */ name) => attentions.some(({ args }) => args[name] > 0);
  const norms = all.filter(({ unit }) => unit === 'rmsnorm');
  return [
    ...(hasLayer(layers, 'position') ? [POSITION] : []),
    ...(hasLayer(layers, 'sinusoid') ? [SINUSOID] : []),
    ...(attentions.length > 0
      ? [ATTENTION({ causal: uses('causal'), qknorm: uses('qknorm'), rope: uses('rope') })]
      : []),
    ...(norms.length > 0 ? [RMSNORM(norms.some(({ from }) => from.length === 3))] : []),
    ...(hasLayer(layers, ...Object.keys(RECURRENT)) ? [RECURRENT_CLASS] : []),
    ...(hasLayer(layers, 'patches') ? [PATCHES] : []),
    ...(all.some(({ unit, from }) => unit === 'batchnorm' && from.length === 2) ? [CHANNELS_FIRST] : []),
    ...(hasLayer(layers, 'mean') ? [toVector('Mean', 'The mean over positions.', 'x.mean(1)')] : []),
    ...(hasLayer(layers, 'last') ? [toVector('Last', 'The last position.', 'x[:, -1]')] : []),
  ];
}

/**
 * First weights of embeddings and of recurrent layers, as they are drawn here.
 *
 * @param {Config} config
 * @param {Layer[]} layers
 * @param {(scale: string) => string[]} draw  a layer's weight, from its fan
 * @returns {{ says: string, code: string } | null}  null where the network has neither
 */
export function initializeSequences({ init, init_gain }, layers, draw) {
  const all = flattenLayers(layers);
  const tables = all.filter(({ unit }) => unit === 'embed' || unit === 'position');
  const states = all.filter(({ unit }) => unit in RECURRENT);
  if (tables.length + states.length === 0) return null;
  const scaled = (/** @type {Layer[]} */ of) => of.map(({ gain }) => String(gain * init_gain));
  const own = [
    tables.length > 0 && 'embeddings from N(0, 1/n)',
    states.length > 0 && 'weights of a state orthogonal',
  ].filter(Boolean);
  const drawn = draw(init_gain === 1 ? '' : `${init_gain} * `).map((line) =>
    line.replaceAll('layer.weight', 'weight').replace('(1 if layer is layers[-1] else 2)', '2'),
  );
  return {
    says: `; ${own.join('; ')}`,
    code: lines(
      tables.length > 0 &&
        `tables = [part.weight for part in model.modules() if isinstance(part, nn.Embedding)]
for table, gain in zip(tables, ${listInLines(scaled(tables))}):
    table.normal_(0, gain / math.sqrt(table.shape[1]))`,
      states.length > 0 &&
        `states = [part for part in model.modules() if isinstance(part, nn.RNNBase)]
for part, gain in zip(states, ${listInLines(scaled(states))}):
    weight, fan_in = part.weight_ih_l0, part.input_size
${indent(init === 'torch' ? drawTorch(init_gain) : lines(...drawn))}
    for gate in part.weight_hh_l0.split(part.hidden_size):
        nn.init.orthogonal_(gate, gain)
    for bias in (part.bias_ih_l0, part.bias_hh_l0):
        ${init === 'torch' ? 'bias.uniform_(-1 / math.sqrt(part.hidden_size), 1 / math.sqrt(part.hidden_size))' : 'bias.zero_()'}`,
    ),
  };
}

/** PyTorch draws it from the state's width. @param {number} gain */
function drawTorch(gain) {
  return `bound = ${gain === 1 ? '' : `${gain} * `}1 / math.sqrt(fan_in)\nweight.uniform_(-bound, bound)`;
}
