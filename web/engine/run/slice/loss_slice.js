/**
 * A slice through the loss surface: the loss over a plane in the space of all parameters, computed in C
 * (include/trainscope/slice.h).
 *
 *     const path = [];
 *     for (let i = 0; i < 20; i++) {
 *       trainer.step(50);
 *       path.push({ step: trainer.stepsTaken, parameters: trainer.parameters });
 *     }
 *     const slice = trainer.slice({ path });              // the plane in which the path runs
 *     slice.geometry.explained;                           // the share of the path's variance that lies in it
 *     slice.path[0];                                      // { step, a, b, distance, length }
 *     slice.lossAt(0, 0);                                 // where the trainer stands
 *     slice.dispose();
 */

import { parseOptions } from '../../config/config.js';
import { describeValue } from '../../config/names.js';
import { SCHEMA } from '../../config/schema.js';
import { argumentError, checkNumber, checkWhole, readGiven, readList, readObject } from '../../core/arguments.js';
import { TrainerError } from '../../core/errors.js';
import { askRecord } from '../../core/record.js';

/**
 * @typedef {import('../../core/wasm.js').Core} Core
 * @typedef {import('../tensors.js').Tensor} Tensor
 * @typedef {import('../tensors.js').Tensors} Tensors
 * @typedef {import('../../config/config.js').SliceOptions} SliceOptions
 * @typedef {import('../../core/record.js').Records['slice_place']} SlicePlace  of a point of the space: the nearest
 *   place of the plane, and how far the point is from the plane and from the origin
 * @typedef {import('../../core/record.js').Records['slice_plane']} SliceGeometry
 * @typedef {{ step: number, parameters: { data: Float32Array | number[] }[] }} PathPoint  parameters: as
 *   Trainer.parameters gives them
 * @typedef {SlicePlace & { step: number }} PlacedPoint
 * @typedef {Partial<SliceOptions> & { path?: PathPoint[] }} GivenSlice
 */

/**
 * Complete options of a slice: the table's defaults, and what the user says instead.
 *
 * @param {import('../../config/config.js').SomeSettings} input
 * @returns {SliceOptions}
 * @throws {TrainerError} naming the option
 */
export function parseSliceOptions(input) {
  const defaults = Object.fromEntries(SCHEMA.slice.map((field) => [field.name, field.default]));
  const { problems, options } = parseOptions(SCHEMA.slice, input, defaults);
  if (problems.length > 0) throw new TrainerError('setting', problems[0].field, problems[0].message);
  return /** @type {SliceOptions} */ (/** @type {unknown} */ (options));
}

export class LossSlice {
  #core;
  #run;
  /** Origin, two directions and a vector to work with; then a double. */
  #block;
  #floats;
  /** The place that is being computed. @type {{ a: number, b: number, rows: number } | null} */
  #pending = null;
  #disposed = false;

  /**
   * Made by Trainer.slice.
   *
   * @param {Core} core
   * @param {{ handle: number, tensors: Tensors, check: () => void }} run  check: throws where the run is no more
   * @param {unknown} given  GivenSlice
   * @throws {TrainerError} where an option is wrong, the path spans no plane, or memory does not suffice
   */
  constructor(core, run, given) {
    this.#core = core;
    this.#run = run;
    const { path, ...rest } =
      given === undefined ? {} : readObject('options', given, 'The options of slice must be an object');
    /** The options in force, by name. @type {SliceOptions} */
    this.options = Object.freeze(parseSliceOptions(/** @type {any} */ (rest)));
    const { tscope_slice_floats, tscope_slice_samples } = core.call;
    this.#floats = tscope_slice_floats(run.handle);
    /** Training samples over which each loss is the mean: those asked for, or all that one can have. */
    this.samples = tscope_slice_samples(run.handle, this.options.loss_samples);
    const points = readPath(path ?? [], core.constants.SLICE_POINTS_MAX);
    this.#block = core.allocate(4 * 4 * this.#floats + 8, 'This slice');
    try {
      this.#layOut(points);
    } catch (error) {
      core.free(this.#block);
      throw error;
    }
  }

  /** @param {PathPoint[]} points */
  #layOut(points) {
    const core = this.#core;
    const { handle, tensors } = this.#run;
    const bytes = 4 * this.#floats;
    core.bytes(this.#block, 3 * bytes).fill(0);
    core.bytes(this.#block, bytes).set(core.bytes(core.call.tscope_trainer_parameters(handle), bytes));
    core.withMemory(points.length * bytes, (memory) => {
      core.bytes(memory, points.length * bytes).fill(0);
      for (const [i, { parameters }] of points.entries()) tensors.writeTo(memory + i * bytes, parameters);
      this.#choosePlane(memory, points);
      const [n, count] = [this.#floats, points.length];
      /** The directions' lengths and angle, and how much of the path's variance the plane holds. @type {SliceGeometry} */
      this.geometry = askRecord(core, 'slice_plane', (pointer) =>
        core.call.tscope_slice_measure(this.#block, memory, count, n, pointer),
      );
      /** Where the path's points lie as seen from the plane. @type {PlacedPoint[]} */
      this.path = points.map(({ step }, i) => ({ step, ...this.#project(memory + i * bytes) }));
    });
  }

  /** @param {number} memory  of the path's points @param {PathPoint[]} points */
  #choosePlane(memory, points) {
    const { call } = this.#core;
    const { plane, plane_seed } = this.options;
    if (plane === 'random') {
      call.tscope_slice_draw(this.#run.handle, this.#block, plane_seed);
      return;
    }
    const directions = call.tscope_slice_span(this.#block, memory, points.length, this.#floats);
    if (directions === 2) return;
    const why =
      points.length < 3
        ? `it takes at least 3 points, not ${points.length}`
        : directions === 1
          ? 'its points lie on a straight line'
          : 'its points are all the same, or not finite';
    throw argumentError('plane', `The path spans no plane: ${why}. A random plane needs no path.`);
  }

  /** @param {number} pointer @returns {SlicePlace} */
  #project(pointer) {
    const { call } = this.#core;
    return askRecord(this.#core, 'slice_place', (place) =>
      call.tscope_slice_project(this.#block, pointer, this.#floats, place),
    );
  }

  // ---- what it shows -----------------------------------------------------------------------------------------------

  /**
   * The mean loss at a place of the plane: what training minimizes, with this batch's statistics, dropout off and
   * without weight decay. Changes nothing of the run.
   *
   * @param {number} a  steps of the first direction from where the trainer stood
   * @param {number} b  of the second
   * @returns {number}  maybe not finite
   */
  lossAt(a, b) {
    this.begin(a, b);
    for (;;) {
      const loss = this.advance();
      if (loss !== null) return loss;
    }
  }

  /** Begins what advance() carries out, a chunk of samples per call. One place at a time. @param {number} a @param {number} b */
  begin(a, b) {
    this.#checkUsable();
    this.#pending = { a: checkNumber('a', a), b: checkNumber('b', b), rows: 0 };
    this.#core.view(Float64Array, this.#sum, 1)[0] = 0;
  }

  /** @returns {number | null}  null while it is not finished */
  advance() {
    this.#checkUsable();
    const pending = this.#pending;
    if (!pending) throw argumentError(null, 'There is no loss in progress.');
    const { a, b } = pending;
    const { handle } = this.#run;
    pending.rows = this.#core.call.tscope_slice_advance(
      handle,
      this.#block,
      a,
      b,
      this.samples,
      pending.rows,
      this.#sum,
    );
    if (pending.rows < this.samples) return null;
    this.#pending = null;
    return this.#core.view(Float64Array, this.#sum, 1)[0];
  }

  /**
   * Where parameters lie as seen from the plane.
   *
   * @param {PathPoint['parameters']} parameters  as Trainer.parameters gives them
   * @returns {SlicePlace}
   * @throws {TrainerError} where their number, a length or a shape is wrong
   */
  place(parameters) {
    this.#checkUsable();
    const vector = this.#block + 3 * 4 * this.#floats;
    this.#core.bytes(vector, 4 * this.#floats).fill(0);
    this.#run.tensors.writeTo(vector, parameters);
    return this.#project(vector);
  }

  /** The two directions. @returns {[Tensor[], Tensor[]]}  each in the order of Trainer.parameters */
  get directions() {
    this.#checkUsable();
    const { tensors } = this.#run;
    return [tensors.copyFrom(this.#block + 4 * this.#floats), tensors.copyFrom(this.#block + 8 * this.#floats)];
  }

  /** The address of the double that a loss is summed in. */
  get #sum() {
    return this.#block + 16 * this.#floats;
  }

  /** Frees the memory; a second call does nothing. */
  dispose() {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#core.free(this.#block);
  }

  #checkUsable() {
    if (this.#disposed) throw new TrainerError('disposed', null, 'The slice has been disposed of.');
    this.#run.check();
  }
}

/** @param {unknown} given @param {number} most @returns {PathPoint[]} */
function readPath(given, most) {
  const points = readList('path', given, 'points { step, parameters }');
  if (points.length > most) {
    throw argumentError('path', `A path has at most ${most} points, not ${points.length}.`);
  }
  return points.map((entry) => {
    const point = readGiven('path', () => ({ .../** @type {PathPoint} */ (entry) }));
    if (point.parameters === undefined) {
      throw argumentError('path', `A point of the path must be { step, parameters }, not ${describeValue(entry)}.`);
    }
    return { step: checkWhole('path.step', point.step), parameters: point.parameters };
  });
}
