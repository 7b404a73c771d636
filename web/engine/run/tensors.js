/** The tensors of a run, in PyTorch's layout: read as copies, written after they have been judged. */

import { describeValue, isList, shorten } from '../config/names.js';
import { argumentError, isArrayOf, readGiven, readList } from '../core/arguments.js';
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
    return this.copyFrom(this.#core.call.tscope_trainer_gradient(this.#handle));
  }

  /** A vector that is laid out as the parameters are. @param {number} base  its address @returns {Tensor[]} */
  copyFrom(base) {
    return this.#parameters.map((place) => this.#copy(place, base));
  }

  /**
   * Writes the parameters, in their order; all or none.
   *
   * @param {{ data: Float32Array | number[], shape?: number[] }[]} given
   * @throws {TrainerError} where their number, a length or a shape is wrong
   */
  writeParameters(given) {
    this.writeTo(this.#core.call.tscope_trainer_parameters(this.#handle), given);
  }

  /**
   * Writes tensors like the parameters to a vector that is laid out as they are; all or none.
   *
   * @param {number} base  its address
   * @param {{ data: Float32Array | number[], shape?: number[] }[]} given
   * @throws {TrainerError} where their number, a length or a shape is wrong
   */
  writeTo(base, given) {
    const own = this.#parameters;
    const tensors = isList(given) ? readTensors('parameters', given) : null;
    if (tensors?.length !== own.length) {
      const count = tensors ? tensors.length : describeValue(given);
      throw argumentError('parameters', `The model has ${own.length} tensors of parameters, not ${count}.`);
    }
    const judged = own.map((place, i) => ({ place, data: judgeTensor(tensors[i], place) }));
    for (const { place, data } of judged) this.#write(data, place, base);
  }

  /**
   * Writes parameters and running statistics by their names; all or none.
   *
   * @param {Tensor[]} given  every parameter; running statistics may be missing
   * @throws {TrainerError} naming the tensor that is missing, unknown or of another shape
   */
  writeNamed(given) {
    const tensors = readTensors('tensors', given);
    const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
    /** @type {{ place: TensorPlace, data: ArrayLike<number> }[]} */
    const judged = [];
    for (const own of this.#places) {
      const tensor = byName.get(own.name);
      if (tensor) judged.push({ place: own, data: judgeTensor(tensor, own) });
      else if (!own.is_running) throw new TrainerError('data', 'weights', `The weights lack the tensor ${own.name}.`);
    }
    const known = new Set(this.#places.map(({ name }) => name));
    const unknown = tensors.find(({ name }) => !known.has(/** @type {string} */ (name)));
    if (unknown) throw new TrainerError('data', 'weights', `The model has no tensor ${nameOf(unknown)}.`);
    for (const { place, data } of judged) this.#write(data, place, this.#baseOf(place));
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

  /** @param {ArrayLike<number>} data  judged @param {TensorPlace} place @param {number} base */
  #write(data, place, base) {
    this.#core.view(Float32Array, base + 4 * place.offset, place.count).set(data);
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
 * A list of tensors, read once; what is none has no data.
 *
 * @param {string} name  of the argument
 * @param {unknown} given
 * @returns {{ name?: unknown, data?: unknown, shape?: unknown }[]}
 */
function readTensors(name, given) {
  return readList(name, given, 'tensors').map((tensor) =>
    readGiven(name, () => ({ .../** @type {object} */ (tensor) })),
  );
}

/** @param {{ name?: unknown }} tensor */
function nameOf({ name }) {
  return typeof name === 'string' ? shorten(name) : describeValue(name);
}

/**
 * @param {{ data?: unknown, shape?: unknown }} tensor
 * @param {TensorPlace} own
 * @returns {ArrayLike<number>}  its data
 */
function judgeTensor({ data: given, shape: givenShape }, { name, shape, count }) {
  const data = isList(given) ? readList(name, given) : isArrayOf(given, Float32Array) ? given : null;
  if (!data || (Array.isArray(data) && !data.every((value) => typeof value === 'number'))) {
    throw argumentError(name, `${name} must have data, a Float32Array.`);
  }
  if (data.length !== count) {
    throw argumentError(name, `${name} has ${count} numbers (${shape.join(' × ')}), not ${data.length}.`);
  }
  if (givenShape !== undefined) {
    const sizes = readList(`The shape of ${name}`, givenShape, 'numbers').slice(0, 8).map(describeValue);
    if (sizes.join() !== shape.join()) {
      throw argumentError(name, `${name} has the shape ${shape.join(' × ')}, not ${sizes.join(' × ')}.`);
    }
  }
  return /** @type {ArrayLike<number>} */ (data);
}

/** @param {Uint32Array} words  float32 bits, changed in place */
export function canonicalizeNaN(words) {
  for (let i = 0; i < words.length; i++) if ((words[i] & 0x7fffffff) > 0x7f800000) words[i] = NAN_BITS;
}
