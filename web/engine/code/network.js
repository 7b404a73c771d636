/**
 * A model text as layers with their shapes, for code that builds the same network elsewhere. What a text means is the
 * engine's to judge; this follows one that it has accepted.
 */

import { TrainerError } from '../core/errors.js';
import { isBranch, parseModel } from '../model_text/model_text.js';
import { UNITS } from '../model_text/units.js';

/**
 * @typedef {import('../model_text/model_text.js').Node} Node
 * @typedef {number[]} Shape  of one sample: [features] or [channels, height, width]
 *
 * @typedef {object} Layer
 * @property {string} unit  its name in the table of units
 * @property {Record<string, number>} args  all of them, by name
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

/** Layers whose shapes and parameters are known here. */
const SHAPES = new Map(
  /** @type {[string, ShapeOf][]} */ ([
    ['linear', ({ args }) => [args.n]],
    [
      'conv',
      ({ from, args: { n, k, stride, pad } }) => [
        n,
        ...from.slice(1).map((side) => windows(side + 2 * pad, k, stride)),
      ],
    ],
    ['maxpool', ({ from, args }) => pooled(from, args)],
    ['avgpool', ({ from, args }) => pooled(from, args)],
    ...['relu', 'leakyrelu', 'tanh', 'sigmoid', 'gelu', 'layernorm', 'batchnorm', 'dropout'].map(
      (name) => /** @type {[string, ShapeOf]} */ ([name, same]),
    ),
  ]),
);

/** @param {number} side @param {number} k @param {number} stride */
const windows = (side, k, stride) => Math.floor((side - k) / stride) + 1;

/** @param {Shape} from @param {Record<string, number>} args @returns {Shape} */
const pooled = ([channels, ...sides], { k, stride }) => [channels, ...sides.map((side) => windows(side, k, stride))];

/**
 * @param {string} text  that the engine has accepted
 * @param {Shape} input
 * @param {number} outputs
 * @returns {Layer[]}  the last one included
 * @throws {TrainerError} where a layer is not known here
 */
export function traceNetwork(text, input, outputs) {
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
  const { layers, shape } = follow(parseModel(text), input);
  const last = makeLayer({ unit: 'linear', args: { n: outputs, gain: 1 }, from: shape, prefix: 'out' });
  return [...layers, { ...last, isLast: true }];
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
  const hasWeights = ['linear', 'conv', 'layernorm', 'batchnorm'].includes(unit);
  return {
    ...blank(unit, from, shapeOf({ from, args })),
    args,
    flattens: unit === 'linear' && from.length === 3,
    gain: args.gain ?? 1,
    parameters: hasWeights ? [`${prefix}.weight`, `${prefix}.bias`] : [],
  };
}

/** The arguments of a unit, those that are left out too. @param {Node} node @returns {Record<string, number>} */
function readArguments({ name, args }) {
  const unit = UNITS.find((other) => other.name === name);
  const written = (args ?? '').split(',').filter((part) => part.trim() !== '');
  /** @type {Record<string, number>} */
  const values = {};
  for (const [i, part] of written.entries()) {
    const [value, key] = part.split('=').reverse();
    values[key?.trim() ?? unit?.arguments[i].name] = Number(value);
  }
  for (const argument of unit?.arguments ?? []) {
    const { name: key, same_as, default: otherwise } = argument;
    values[key] ??= same_as ? values[same_as] : Number(otherwise);
  }
  return values;
}

/** @param {Shape} from @param {Shape} to @param {string} prefix @returns {Shortcut | null} */
function findShortcut(from, to, prefix) {
  const shrinks = from.length === 3 && to.length === 3 && (from[1] !== to[1] || from[2] !== to[2]);
  const isWider = from.length !== to.length || from[0] !== to[0];
  if (!shrinks && !isWider) return null;
  const flat = from.length === 3 && to.length === 1 ? from.reduce((product, side) => product * side, 1) : from[0];
  return {
    pool: shrinks ? poolingFactor(from, to) : null,
    projection: isWider ? { from: flat, to: to[0], name: `${prefix}.shortcut.weight` } : null,
  };
}

/** The smallest side of windows that pools one image to the other. @param {Shape} from @param {Shape} to */
function poolingFactor([, height, width], [, toHeight, toWidth]) {
  let s = 2;
  while (Math.ceil(height / s) !== toHeight || Math.ceil(width / s) !== toWidth) s++;
  return s;
}
