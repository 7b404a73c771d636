/** The tensors of a run, in PyTorch's layout: read as copies, written after they have been judged. */

import { TrainerError } from '../core/errors.js';
import { askRecord } from '../core/record.js';

/**
 * @typedef {import('../core/wasm.js').Core} Core
 * @typedef {{ name: string, shape: number[], data: Float32Array }} Tensor  in PyTorch's layout
 * @typedef {{ name: string, shape: number[], offset: number, count: number, is_running: number }} TensorPlace
 *   offset, count: in floats
 */

/** The one pattern that every NaN has in what leaves the engine. */
const NAN_BITS = 0x7fc00000;

export class Tensors {
  #core;
  #handle;
  /** All of them, in model order. */
  #places;
  /** Those without the running statistics. */
  #parameters;

  /** @param {Core} core @param {number} handle  the tscope_trainer's address */
  constructor(core, handle) {
    this.#core = core;
    this.#handle = handle;
    this.#places = readPlaces(core, handle);
    this.#parameters = this.#places.filter(({ is_running }) => !is_running);
    /** Trainable numbers. */
    this.parameterCount = this.#parameters.reduce((sum, { count }) => sum + count, 0);
  }

  /** Whether the model keeps running statistics: it has a batchnorm, whose statistics are those of one pass. */
  get hasRunning() {
    return this.#places.length > this.#parameters.length;
  }

  /** @returns {Tensor[]} */
  copyAll() {
    return this.#places.map((place) => this.#copy(place, this.#baseOf(place)));
  }

  /** @returns {Tensor[]} */
  copyParameters() {
    return this.#parameters.map((place) => this.#copy(place, this.#baseOf(place)));
  }

  /** What measuring a gradient left. @returns {Tensor[]}  in the order of the parameters */
  copyGradient() {
    const base = this.#core.call.tscope_trainer_gradient(this.#handle);
    return this.#parameters.map((place) => this.#copy(place, base));
  }

  /**
   * Writes the parameters, in their order; all or none.
   *
   * @param {{ data: Float32Array | number[], shape?: number[] }[]} tensors
   * @throws {TrainerError} where their number, a length or a shape is wrong
   */
  writeParameters(tensors) {
    const own = this.#parameters;
    if (!Array.isArray(tensors) || tensors.length !== own.length) {
      const count = Array.isArray(tensors) ? tensors.length : String(tensors);
      throw new TrainerError(
        'argument',
        'parameters',
        `The model has ${own.length} tensors of parameters, not ${count}.`,
      );
    }
    for (let i = 0; i < own.length; i++) checkTensor(tensors[i], own[i]);
    for (let i = 0; i < own.length; i++) this.#write(tensors[i], own[i]);
  }

  /**
   * Writes parameters and running statistics by their names; all or none.
   *
   * @param {Tensor[]} tensors  every parameter; running statistics may be missing
   * @throws {TrainerError} naming the tensor that is missing, unknown or of another shape
   */
  writeNamed(tensors) {
    const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
    for (const own of this.#places) {
      const given = byName.get(own.name);
      if (given) checkTensor(given, own);
      else if (!own.is_running) throw new TrainerError('data', 'weights', `The weights lack the tensor ${own.name}.`);
    }
    const known = new Set(this.#places.map(({ name }) => name));
    const unknown = tensors.find(({ name }) => !known.has(name));
    if (unknown) throw new TrainerError('data', 'weights', `The model has no tensor ${unknown.name}.`);
    for (const own of this.#places) {
      const given = byName.get(own.name);
      if (given) this.#write(given, own);
    }
  }

  /** @param {TensorPlace} place @returns {number}  the address that its offset counts from */
  #baseOf(place) {
    const { tscope_trainer_running, tscope_trainer_parameters } = this.#core.call;
    return place.is_running ? tscope_trainer_running(this.#handle) : tscope_trainer_parameters(this.#handle);
  }

  /** @param {TensorPlace} place @param {number} base @returns {Tensor} */
  #copy({ name, shape, offset, count }, base) {
    const data = this.#core.view(Float32Array, base + 4 * offset, count).slice();
    canonicalizeNaN(new Uint32Array(data.buffer));
    return { name, shape: [...shape], data };
  }

  /** @param {{ data: ArrayLike<number> }} tensor  judged @param {TensorPlace} place */
  #write({ data }, place) {
    this.#core.view(Float32Array, this.#baseOf(place) + 4 * place.offset, place.count).set(data);
  }
}

/** @param {Core} core @param {number} handle @returns {TensorPlace[]} */
function readPlaces(core, handle) {
  return Array.from({ length: core.call.tscope_trainer_tensor_count(handle) }, (_, i) => {
    const { rank, shape0, shape1, shape2, shape3, ...place } = askRecord(core, 'tensor', (pointer) =>
      core.call.tscope_trainer_tensor(handle, i, pointer),
    );
    return { ...place, shape: [shape0, shape1, shape2, shape3].slice(0, rank) };
  });
}

/**
 * @param {{ data: unknown, shape?: number[] }} tensor
 * @param {TensorPlace} own
 */
function checkTensor(tensor, { name, shape, count }) {
  const { data, shape: given } = tensor ?? {};
  const isVector =
    data instanceof Float32Array || (Array.isArray(data) && data.every((value) => typeof value === 'number'));
  if (!isVector) throw new TrainerError('argument', name, `${name} must have data, a Float32Array.`);
  if (data.length !== count) {
    throw new TrainerError(
      'argument',
      name,
      `${name} has ${count} numbers (${shape.join(' × ')}), not ${data.length}.`,
    );
  }
  if (given && (given.length !== shape.length || given.some((size, i) => size !== shape[i]))) {
    throw new TrainerError('argument', name, `${name} has the shape ${shape.join(' × ')}, not ${given.join(' × ')}.`);
  }
}

/** @param {Uint32Array} words  float32 bits, changed in place */
export function canonicalizeNaN(words) {
  for (let i = 0; i < words.length; i++) if ((words[i] & 0x7fffffff) > 0x7f800000) words[i] = NAN_BITS;
}
