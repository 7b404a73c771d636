/**
 * A model text as layers with their shapes, for code that builds the same network elsewhere. What a text means is the
 * engine's to judge; this follows one that it has accepted.
 */

import { TrainerError } from '../core/errors.js';
import { isBranch, parseModel } from '../model_text/model_text.js';
import { UNITS } from '../model_text/units.js';

/**
 * @typedef {import('../model_text/model_text.js').Node} Node
 * @typedef {number[]} Shape  of one sample: [features], [channels, height, width] or [positions, numbers]; of ids [positions]
 *
 * @typedef {object} Layer
 * @property {string} unit  its name in the table of units
 * @property {Record<string, number>} args  all of them, by name; of embed also the vocabulary
 * @property {Shape} from
 * @property {Shape} to
 * @property {boolean} flattens  a linear layer on an image, which it reads in the order channel, row, column
 * @property {number} gain  of its initial weights
 * @property {boolean} isLast  the layer to the data's outputs, which no text writes
 * @property {string[]} parameters  their names, as the engine calls them, weights before biases
 * @property {Layer[]} body  of a branch; otherwise empty
 * @property {Shortcut | null} shortcut  of a branch that changes the shape
 *
 * @typedef {object} Shortcut  what a branch's input passes on its way round it
 * @property {number | null} pool  averages windows of that side, those at the border over what they cover
 * @property {{ from: number, to: number, name: string } | null} projection  bias-free, over the channels or features
 */

/** @typedef {(layer: { from: Shape, args: Record<string, number> }) => Shape} ShapeOf */

/** @type {ShapeOf} */
const same = ({ from }) => from;

/** At each position of a sequence, or all of another sample at once. @type {ShapeOf} */
const numbers = ({ from, args }) => (from.length === 2 ? [from[0], args.n] : [args.n]);

/** @type {ShapeOf} */
const vector = ({ from }) => [from[1]];

/** Layers whose shapes are known here. */
const SHAPES = new Map(
  /** @type {[string, ShapeOf][]} */ ([
    ['linear', numbers],
    ['embed', ({ from, args }) => [from[0], args.n]],
    ['rnn', numbers],
    ['gru', numbers],
    ['lstm', numbers],
    ['mean', vector],
    ['last', vector],
    [
      'patches',
      ({ from: [channels, ...sides], args: { k } }) => [
        sides.reduce((product, side) => product * Math.floor(side / k), 1),
        channels * k * k,
      ],
    ],
    [
      'conv',
      ({ from, args: { n, k, stride, pad } }) => [
        n,
        ...from.slice(1).map((side) => windows(side + 2 * pad, k, stride)),
      ],
    ],
    ['maxpool', ({ from, args }) => pooled(from, args)],
    ['avgpool', ({ from, args }) => pooled(from, args)],
    ...[
      ...['relu', 'leakyrelu', 'tanh', 'sigmoid', 'gelu', 'layernorm', 'rmsnorm', 'batchnorm', 'dropout'],
      ...['position', 'sinusoid', 'attention'],
    ].map((name) => /** @type {[string, ShapeOf]} */ ([name, same])),
  ]),
);

const WEIGHT_AND_BIAS = ['weight', 'bias'];
const OF_STATE = ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'];

/** What layers learn, in the order of the engine. @type {Record<string, string[]>} */
const LEARNED = {
  linear: WEIGHT_AND_BIAS,
  conv: WEIGHT_AND_BIAS,
  layernorm: WEIGHT_AND_BIAS,
  batchnorm: WEIGHT_AND_BIAS,
  rmsnorm: ['weight'],
  embed: ['weight'],
  position: ['weight'],
  attention: ['in_proj.weight', 'in_proj.bias', 'out_proj.weight', 'out_proj.bias'],
  rnn: OF_STATE,
  gru: OF_STATE,
  lstm: OF_STATE,
};

/** Numbers of each token where the text says no embed. */
const IMPLIED_EMBED = 64;

/** Of an image, a vector, or each position. @param {Shape} shape */
const channelsOf = (shape) => (shape.length === 2 ? shape[1] : shape[0]);

/** @param {number} side @param {number} k @param {number} stride */
const windows = (side, k, stride) => Math.floor((side - k) / stride) + 1;

/** @param {Shape} from @param {Record<string, number>} args @returns {Shape} */
const pooled = ([channels, ...sides], { k, stride }) => [channels, ...sides.map((side) => windows(side, k, stride))];

/**
 * @param {string} text  that the engine has accepted
 * @param {{ shape: Shape, outputs: number, tokens: object | null }} data  tokens: where it is ids
 * @returns {Layer[]}  the last one included, and on ids the first
 * @throws {TrainerError} where a layer is not known here
 */
export function traceNetwork(text, { shape: input, outputs, tokens }) {
  let number = 0;
  /** @param {Node[]} nodes @param {Shape} shape @returns {{ layers: Layer[], shape: Shape }} */
  const follow = (nodes, shape) => {
    /** @type {Layer[]} */
    const layers = [];
    for (const node of nodes) {
      for (let i = 0; i < node.count; i++) {
        if (node.name === '') {
          const group = follow(node.body ?? [], shape);
          layers.push(...group.layers);
          shape = group.shape;
          continue;
        }
        const layer = isBranch(node) ? branch(node, shape) : plain(node, shape);
        layers.push(layer);
        shape = layer.to;
      }
    }
    return { layers, shape };
  };
  /** @param {Node} node @param {Shape} from @returns {Layer} */
  const plain = (node, from) => {
    const args = readArguments(node);
    // What comes next must not be seen where it is to be predicted.
    if (node.name === 'attention' && !readWritten(node).has('causal')) args.causal = tokens ? 1 : 0;
    if (node.name === 'embed') args.vocabulary = outputs;
    return makeLayer({ unit: node.name, args, from, prefix: `${number++}.${node.name}` });
  };
  /** @param {Node} node @param {Shape} from @returns {Layer} */
  const branch = (node, from) => {
    const prefix = `${number++}.${node.name}`;
    const { layers: body, shape: to } = follow(node.body ?? [], from);
    const shortcut = findShortcut(from, to, prefix);
    const parameters = [
      ...(shortcut?.projection ? [shortcut.projection.name] : []),
      ...(node.name === 'rezero' ? [`${prefix}.alpha`] : []),
    ];
    return { ...blank(node.name, from, to), body, shortcut, parameters };
  };
  const nodes = parseModel(text);
  const first =
    tokens && firstUnit(nodes) !== 'embed'
      ? [
          makeLayer({
            unit: 'embed',
            args: { n: IMPLIED_EMBED, gain: 1, vocabulary: outputs },
            from: input,
            prefix: 'embed',
          }),
        ]
      : [];
  const { layers, shape } = follow(nodes, first[0]?.to ?? input);
  const last = makeLayer({ unit: 'linear', args: { n: outputs, gain: 1 }, from: shape, prefix: 'out' });
  return [...first, ...layers, { ...last, isLast: true }];
}

/** The first unit of a text, in however many groups; undefined where there is none. @param {Node[]} nodes @returns {string | undefined} */
function firstUnit([node]) {
  return node?.name === '' ? firstUnit(node.body ?? []) : node?.name;
}

/** Every layer, those within branches before the branch itself: the order of the parameters. @param {Layer[]} layers @returns {Layer[]} */
export function flattenLayers(layers) {
  return layers.flatMap((layer) => [...flattenLayers(layer.body), layer]);
}

/** The names of all parameters in the order of the model. @param {Layer[]} layers */
export function listParameters(layers) {
  return flattenLayers(layers).flatMap(({ parameters }) => parameters);
}

/** The names of all running statistics, likewise. @param {Layer[]} layers */
export function listStatistics(layers) {
  const norms = flattenLayers(layers).filter(({ unit }) => unit === 'batchnorm');
  const prefixes = norms.map(({ parameters }) => parameters[0].replace(/weight$/, ''));
  return prefixes.flatMap((prefix) => [`${prefix}running_mean`, `${prefix}running_var`]);
}

/** Whether one of the layers is of a kind. @param {Layer[]} layers @param {...string} units */
export function hasLayer(layers, ...units) {
  return flattenLayers(layers).some(({ unit }) => units.includes(unit));
}

/** @param {string} unit @param {Shape} from @param {Shape} to @returns {Layer} */
function blank(unit, from, to) {
  return {
    unit,
    args: {},
    from,
    to,
    flattens: false,
    gain: 1,
    isLast: false,
    parameters: [],
    body: [],
    shortcut: null,
  };
}

/** @param {{ unit: string, args: Record<string, number>, from: Shape, prefix: string }} layer @returns {Layer} */
function makeLayer({ unit, args, from, prefix }) {
  const shapeOf = SHAPES.get(unit);
  if (!shapeOf) throw new TrainerError('setting', 'model', `model: the layer ${unit} cannot be exported as code yet.`);
  return {
    ...blank(unit, from, shapeOf({ from, args })),
    args,
    flattens: unit === 'linear' && from.length === 3,
    gain: args.gain ?? 1,
    parameters: (LEARNED[unit] ?? []).map((part) => `${prefix}.${part}`),
  };
}

/** The arguments that a text says. @param {Node} node @returns {Map<string, number>} */
function readWritten({ name, args }) {
  const unit = UNITS.find((other) => other.name === name);
  const written = (args ?? '').split(',').filter((part) => part.trim() !== '');
  return new Map(
    written.map((part, i) => {
      const [value, key] = part.split('=').reverse();
      return [key?.trim() ?? String(unit?.arguments[i].name), Number(value)];
    }),
  );
}

/** The arguments of a unit, those that are left out too. @param {Node} node @returns {Record<string, number>} */
function readArguments(node) {
  const values = Object.fromEntries(readWritten(node));
  for (const argument of UNITS.find(({ name }) => name === node.name)?.arguments ?? []) {
    const { name: key, same_as, default: otherwise } = argument;
    values[key] ??= same_as ? values[same_as] : Number(otherwise);
  }
  return values;
}

/** @param {Shape} from @param {Shape} to @param {string} prefix @returns {Shortcut | null} */
function findShortcut(from, to, prefix) {
  const shrinks = from.length === 3 && to.length === 3 && (from[1] !== to[1] || from[2] !== to[2]);
  const isWider = from.length !== to.length || channelsOf(from) !== channelsOf(to);
  if (!shrinks && !isWider) return null;
  const isFlat = from.length === 3 && to.length === 1;
  const width = isFlat ? from.reduce((product, side) => product * side, 1) : channelsOf(from);
  return {
    pool: shrinks ? poolingFactor(from, to) : null,
    projection: isWider ? { from: width, to: channelsOf(to), name: `${prefix}.shortcut.weight` } : null,
  };
}

/** The smallest side of windows that pools one image to the other. @param {Shape} from @param {Shape} to */
function poolingFactor([, height, width], [, toHeight, toWidth]) {
  let s = 2;
  while (Math.ceil(height / s) !== toHeight || Math.ceil(width / s) !== toWidth) s++;
  return s;
}
