/**
 * In which order frameworks keep the sizes of a weight. PyTorch: [out, in] and [out, in, height, width]. MLX keeps the
 * channels of a convolution last; TensorFlow, Keras and Flax turn both around. Where two layouts give a tensor the same
 * shape, as those of a square matrix, only what the file says of itself can tell them apart: its metadata's `format`.
 */

/**
 * @typedef {object} Layout
 * @property {string} name
 * @property {string[]} formats  what the metadata's `format` calls it
 * @property {number[]} matrix  where the sizes of PyTorch's [out, in] stand in a file's shape
 * @property {number[]} filter  likewise, those of [out, in, height, width]
 * @property {'chw' | 'hwc' | null} flattens  in which order its images become vectors; null: networks differ
 */

/** @type {Layout} */
export const PYTORCH = {
  name: 'PyTorch',
  formats: ['pt', 'pytorch', 'torch'],
  matrix: [0, 1],
  filter: [0, 1, 2, 3],
  flattens: 'chw',
};

/** @type {Layout} */
export const TENSORFLOW = {
  name: 'TensorFlow',
  formats: ['tf', 'tensorflow', 'keras', 'flax', 'jax'],
  matrix: [1, 0],
  filter: [3, 2, 0, 1],
  flattens: null,
};

/**
 * The metadata of MLX is written by converters as well, which turn convolutions and leave matrices alone.
 *
 * @type {Layout}
 */
const MLX = { name: 'MLX', formats: ['mlx'], matrix: [0, 1], filter: [0, 3, 1, 2], flattens: null };

export const LAYOUTS = [PYTORCH, MLX, TENSORFLOW];

/** The layout that a file says it has. @param {string | undefined} format @returns {Layout | null} */
export function layoutOf(format) {
  return LAYOUTS.find(({ formats }) => formats.includes(String(format).toLowerCase())) ?? null;
}

/** Where PyTorch's sizes stand in a file's shape. @param {Layout} layout @param {number} rank @returns {number[]} */
function orderOf({ matrix, filter }, rank) {
  if (rank === 4) return filter;
  return rank === 2 ? matrix : Array.from({ length: rank }, (_, i) => i);
}

/** A file's shape in PyTorch's order; a single number is a list of one here. @param {Layout} layout @param {number[]} shape */
export function turnShape(layout, shape) {
  return shape.length === 0 ? [1] : orderOf(layout, shape.length).map((i) => shape[i]);
}

/** Whether two layouts mean the same numbers in the same places: sizes of 1 may stand where they like. @param {Layout} a @param {Layout} b @param {number[]} shape  in the file */
export function agreeOn(a, b, shape) {
  const [one, other] = [a, b].map((layout) => orderOf(layout, shape.length).filter((i) => shape[i] > 1));
  return one.every((place, i) => place === other[i]);
}

/**
 * @param {Layout} layout
 * @param {{ shape: number[], data: Float32Array }} tensor  as the file has it
 * @returns {Float32Array}  in PyTorch's order
 */
export function turnNumbers(layout, { shape, data }) {
  if (agreeOn(layout, PYTORCH, shape)) return data;
  const order = orderOf(layout, shape.length);
  const strides = shape.map((_, i) => shape.slice(i + 1).reduce((product, n) => product * n, 1));
  const sizes = order.map((i) => shape[i]);
  const steps = order.map((i) => strides[i]);
  // As four loops, whatever the rank: the outer ones of a matrix run once.
  while (sizes.length < 4) {
    sizes.unshift(1);
    steps.unshift(0);
  }
  const turned = new Float32Array(data.length);
  let at = 0;
  for (let a = 0; a < sizes[0]; a++)
    for (let b = 0; b < sizes[1]; b++)
      for (let c = 0; c < sizes[2]; c++)
        for (let d = 0; d < sizes[3]; d++)
          turned[at++] = data[a * steps[0] + b * steps[1] + c * steps[2] + d * steps[3]];
  return turned;
}

/**
 * The weights of a linear layer on a flattened image, of which each row is an image with its channels last, with rows
 * whose channels come first.
 *
 * @param {Float32Array} data  row after row
 * @param {{ channels: number, pixels: number }} image
 */
export function putChannelsFirst(data, { channels, pixels }) {
  const turned = new Float32Array(data.length);
  const row = channels * pixels;
  for (let begin = 0; begin < data.length; begin += row)
    for (let c = 0; c < channels; c++)
      for (let p = 0; p < pixels; p++) turned[begin + c * pixels + p] = data[begin + p * channels + c];
  return turned;
}

/**
 * The weights that take an image as a vector, where in the vector the channels stand matters: by name, the image.
 *
 * @param {{ name: string, shape: number[] }[]} own  the model's tensors, in order
 * @param {number[]} inputShape  of a sample
 * @returns {Map<string, { channels: number, pixels: number }>}
 */
export function listFlattened(own, inputShape) {
  const first = own.findIndex(({ shape }) => shape.length === 2);
  if (first < 0 || inputShape.length !== 3) return new Map();
  const filters = own.slice(0, first).filter(({ shape }) => shape.length === 4);
  const channels = filters.length > 0 ? filters[filters.length - 1].shape[0] : inputShape[0];
  const { name, shape } = own[first];
  const pixels = shape[1] / channels;
  if (channels === 1 || pixels === 1) return new Map();
  // A block that begins before the layer takes the same image; so does its shortcut.
  const unit = Number.parseInt(name, 10);
  const beside = own.filter(
    (other) =>
      /^(\d+)\..*shortcut\.weight$/.test(other.name) &&
      Number.parseInt(other.name, 10) < unit &&
      other.shape.length === 2,
  );
  return new Map([own[first], ...beside].map((tensor) => [tensor.name, { channels, pixels }]));
}
