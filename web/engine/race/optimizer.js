/** The update rules on bare vectors: the same C that trains networks, one step at a time. */

import { fieldApplies } from '../config/config.js';
import { describeValue } from '../config/names.js';
import { FIELD_BY_NAME, SCHEMA } from '../config/schema.js';
import { argumentError, checkWhole, isArrayOf, readObject } from '../core/arguments.js';
import { TrainerError } from '../core/errors.js';
import { settingsBytes, writeSettings } from '../core/record.js';

/**
 * @typedef {import('../core/wasm.js').Core} Core
 * @typedef {import('../config/config.js').Config} Config
 */

/** The most numbers that one vector may have. */
const LENGTH_MAX = 2 ** 27;

/**
 * Those of some settings that a rule uses, and what is no setting, to be refused by whoever knows them.
 *
 * @param {unknown} name  of the rule
 * @param {unknown} settings
 */
export function settingsOfRule(name, settings) {
  const rule = typeof name === 'string' ? name : '';
  const given = readObject('settings', settings ?? {}, 'settings must be an object such as { beta1: 0.9 }');
  const own = Object.entries(given).filter(([key]) => {
    const field = FIELD_BY_NAME.get(key);
    return !field || fieldApplies(field, { optimizer: rule });
  });
  return Object.fromEntries(own);
}

export class Optimizer {
  #core;
  #length;
  /** n rounded up: the kernels take four numbers at a time. The rest stays zero. */
  #padded;
  #config;
  /** theta, gradient and moments, one after the other. */
  #block;
  #disposed = false;

  /** Steps taken: the t of bias corrections. */
  stepsTaken = 0;

  /**
   * @param {Core} core
   * @param {Config} config  complete and valid
   * @param {number} n  numbers in the vector
   */
  constructor(core, config, n) {
    checkWhole('n', n, { min: 1, max: LENGTH_MAX });
    this.#core = core;
    this.#length = n;
    this.#padded = Math.ceil(n / 4) * 4;
    this.#config = core.allocate(settingsBytes(SCHEMA.fields));
    writeSettings(core, this.#config, SCHEMA.fields, config);
    const rule = indexOfRule(config.optimizer);
    const moments = core.call.tscope_rule_moments(rule);
    try {
      this.#block = core.allocate(4 * this.#padded * (2 + moments), 'The optimizer');
    } catch (error) {
      core.free(this.#config);
      throw error;
    }
    this.#vector(0).fill(0);
    this.#vector(1).fill(0);
    for (let i = 0; i < moments; i++) this.#vector(2 + i).fill(core.call.tscope_rule_moment_start(this.#config, i));
  }

  /**
   * One update of theta, in place. The gradient is left as it is.
   *
   * @param {Float32Array} theta  n numbers
   * @param {Float32Array} gradient  n numbers
   * @param {number} lr  the learning rate of this step
   * @throws {TrainerError} where theta or gradient is not a Float32Array of n numbers, or lr is not a number
   */
  step(theta, gradient, lr) {
    this.#checkUsable();
    this.#check('theta', theta);
    this.#check('gradient', gradient);
    if (!(typeof lr === 'number' && lr >= 0 && lr < Infinity)) {
      throw argumentError('lr', `lr must be a finite number from 0, not ${describeValue(lr)}.`);
    }
    const [inside, insideGradient] = [this.#vector(0), this.#vector(1)];
    inside.set(theta);
    insideGradient.set(gradient);
    this.#core.call.tscope_rule_step(
      this.#config,
      inside.byteOffset,
      insideGradient.byteOffset,
      this.#vector(2).byteOffset,
      this.#padded,
      this.stepsTaken,
      lr,
    );
    this.stepsTaken++;
    theta.set(inside.subarray(0, this.#length));
  }

  /** η times the (preconditioned) sharpness may reach this on a quadratic before the rule turns unstable; NaN where
   * the theory knows no limit. */
  get stabilityLimit() {
    this.#checkUsable();
    return this.#core.call.tscope_rule_stability_limit(this.#config, this.stepsTaken);
  }

  /** What L2 weight decay adds to every eigenvalue of the Hessian; 0 where the decay is decoupled. */
  get addedCurvature() {
    this.#checkUsable();
    return this.#core.call.tscope_rule_added_curvature(this.#config);
  }

  /**
   * 1/√P for every number, where the rule divides the mean of gradients by P: the largest eigenvalue of the Hessian,
   * scaled by it from both sides, is what stabilityLimit speaks of. Ones for rules that do not divide, and before the
   * first step.
   *
   * @returns {Float32Array}  n numbers
   */
  scale() {
    this.#checkUsable();
    const core = this.#core;
    return core.withMemory(4 * this.#padded, (scale) => {
      const moments = this.#vector(2).byteOffset;
      core.call.tscope_rule_scale(this.#config, scale, moments, this.#padded, this.stepsTaken);
      return core.view(Float32Array, scale, this.#length).slice();
    });
  }

  /** Frees the memory; a second call does nothing. */
  dispose() {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#core.free(this.#block);
    this.#core.free(this.#config);
  }

  /** Vector i of the block: theta, gradient, then the moments. @param {number} i */
  #vector(i) {
    return this.#core.view(Float32Array, this.#block + 4 * this.#padded * i, this.#padded);
  }

  #checkUsable() {
    if (this.#disposed) throw new TrainerError('disposed', null, 'The optimizer has been disposed of.');
  }

  /** @param {string} name @param {unknown} vector */
  #check(name, vector) {
    if (!isArrayOf(vector, Float32Array)) {
      throw argumentError(name, `${name} must be a Float32Array of ${this.#length} numbers.`);
    }
    if (vector.length !== this.#length) {
      throw argumentError(name, `${name} has ${vector.length} numbers; the optimizer was made for ${this.#length}.`);
    }
  }
}

/** @param {string} name */
function indexOfRule(name) {
  const field = SCHEMA.fields.find((row) => row.name === 'optimizer');
  return /** @type {import('../config/schema_text.js').Field} */ (field).options.findIndex(
    (option) => option.name === name,
  );
}
