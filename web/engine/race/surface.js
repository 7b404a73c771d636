/** Functions of two numbers, on which update rules can be watched: values, gradients and maps, all computed in C. */

import { parseOptions } from '../config/config.js';
import { SCHEMA } from '../config/schema.js';
import { argumentError, checkNumber, checkWhole, readNumbers, readObject, readPair } from '../core/arguments.js';
import { TrainerError } from '../core/errors.js';
import { readRecord, recordBytes, settingsBytes, writeRecord, writeSettings } from '../core/record.js';

/**
 * @typedef {import('../core/wasm.js').Core} Core
 * @typedef {import('../config/schema_text.js').SurfaceFacts} SurfaceFacts
 * @typedef {import('../config/config.js').SurfaceOptions} SurfaceOptions
 * @typedef {import('../core/record.js').Records['surface_point']} SurfacePoint
 */

/** The most places that one map may have. */
const PLACES_MAX = 2 ** 22;

/**
 * Complete options of a surface: the table's defaults, and what the user says instead.
 *
 * @param {import('../config/config.js').SomeSettings} input
 * @returns {SurfaceOptions}
 * @throws {TrainerError} naming the option
 */
export function parseSurfaceOptions(input) {
  const defaults = Object.fromEntries(SCHEMA.surface.map((field) => [field.name, field.default]));
  const { problems, options } = parseOptions(SCHEMA.surface, input, defaults);
  if (problems.length > 0) throw new TrainerError('setting', problems[0].field, problems[0].message);
  return /** @type {SurfaceOptions} */ (/** @type {unknown} */ (options));
}

export class Surface {
  #core;
  /** The options as C reads them, a point, and two doubles. */
  #block;
  #point;
  #pair;
  #disposed = false;

  /**
   * @param {Core} core
   * @param {SurfaceOptions} options  complete and valid
   */
  constructor(core, options) {
    this.#core = core;
    /** The options in force, by name. */
    this.options = Object.freeze({ ...options });
    /** What the table says of this surface. @type {SurfaceFacts} */
    this.facts = /** @type {SurfaceFacts} */ (SCHEMA.surfaces.find(({ name }) => name === options.surface));
    const bytes = Math.ceil(settingsBytes(SCHEMA.surface) / 8) * 8;
    this.#block = core.allocate(bytes + recordBytes('surface_point') + 16);
    this.#point = this.#block + bytes;
    this.#pair = this.#point + recordBytes('surface_point');
    writeSettings(core, this.#block, SCHEMA.surface, options);
  }

  /**
   * Value, gradient and Hessian at a place; not finite where the formula overflows.
   *
   * @param {number} x
   * @param {number} y
   * @returns {SurfacePoint}
   */
  measure(x, y) {
    this.#checkUsable();
    checkNumber('x', x);
    checkNumber('y', y);
    this.#core.call.tscope_surface_measure(this.#block, x, y, this.#point);
    return readRecord(this.#core, this.#point, 'surface_point');
  }

  /**
   * The largest eigenvalue of the Hessian at a point, or of D (H + added I) D for D = diag(scale).
   *
   * @param {SurfacePoint} point  what measure returned
   * @param {ArrayLike<number>} [scale]  what Optimizer.scale returned: the preconditioned sharpness
   * @param {number} [added]  Optimizer.addedCurvature
   * @returns {number}  NaN where the Hessian is not finite
   */
  sharpness(point, scale = [1, 1], added = 0) {
    this.#checkUsable();
    const given = readObject('point', point, 'point must be what measure returns');
    for (const { name } of SCHEMA.records.surface_point) checkNumber(`point.${name}`, given[name]);
    const [first, second] = pairOf('scale', scale);
    checkNumber('added', added);
    writeRecord(this.#core, this.#point, 'surface_point', given);
    return this.#core.call.tscope_surface_sharpness(this.#point, added, first, second);
  }

  /**
   * The noise that grad_noise adds to the gradient of a step.
   *
   * @param {number} step  from 0
   * @returns {[number, number]}
   */
  noise(step) {
    this.#checkUsable();
    checkWhole('step', step);
    this.#core.call.tscope_surface_noise(this.#block, step, this.#pair);
    const [x, y] = this.#core.view(Float64Array, this.#pair, 2);
    return [x, y];
  }

  /**
   * Values for a map, row after row from the lowest y, both ends of each range included.
   *
   * @param {{ x: [number, number], y: [number, number] }} region
   * @param {number} columns  at least 2
   * @param {number} rows  at least 2
   * @returns {Float32Array}  rows × columns numbers
   * @throws {TrainerError} where the map has too few places, or too many
   */
  grid(region, columns, rows) {
    this.#checkUsable();
    const ends = readObject('region', region, 'region must be an object { x, y } of two ends each');
    const [x, y] = [readPair('region.x', ends.x), readPair('region.y', ends.y)];
    for (const [name, count] of /** @type {[string, number][]} */ ([
      ['columns', columns],
      ['rows', rows],
    ])) {
      checkWhole(name, count, { min: 2, max: PLACES_MAX / 2 });
    }
    if (columns * rows > PLACES_MAX) throw argumentError('rows', `A map has at most ${PLACES_MAX} places.`);
    const core = this.#core;
    return core.withMemory(4 * columns * rows, (values) => {
      core.call.tscope_surface_grid(this.#block, x[0], x[1], y[0], y[1], columns, rows, values);
      return core.view(Float32Array, values, columns * rows).slice();
    });
  }

  /** Frees the memory; a second call does nothing. */
  dispose() {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#core.free(this.#block);
  }

  #checkUsable() {
    if (this.#disposed) throw new TrainerError('disposed', null, 'The surface has been disposed of.');
  }
}

/** The first two of some numbers. @param {string} name @param {unknown} given */
function pairOf(name, given) {
  const numbers = readNumbers(name, given);
  if (numbers.length >= 2) return [numbers[0], numbers[1]];
  throw argumentError(name, `${name} must be two numbers.`);
}
