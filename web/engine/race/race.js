/**
 * Update rules that start at the same place of a surface and step in lockstep: at step t each has seen t gradients,
 * and all of them the same noise.
 */

import { judgeValue } from '../config/config.js';
import { FIELD_BY_NAME, RULE_BY_NAME } from '../config/schema.js';
import { argumentError, checkWhole, readList, readOptions, readPair } from '../core/arguments.js';

/**
 * @typedef {import('./optimizer.js').Optimizer} Optimizer
 * @typedef {import('./surface.js').Surface} Surface
 * @typedef {{ rule: string, lr: number, settings?: import('../config/config.js').SomeSettings }} Entry
 *   settings: momentum, beta1 and so on
 *
 * @typedef {object} Standing  where a racer is
 * @property {number} x  the last finite place
 * @property {number} y
 * @property {number} excess  f − f* there
 * @property {number} sharpness  largest eigenvalue of the Hessian there, L2 decay included; preconditioned for the rules that are
 * @property {number} load  η times the sharpness: stable on a quadratic up to the limit
 * @property {number} limit  NaN where the rule has none
 */

export class Racer {
  /** Where it was at each step, the start first. @type {number[]} */
  xs = [];
  /** @type {number[]} */
  ys = [];
  /** f − f* there. @type {number[]} */
  excess = [];
  /** The step that left the finite numbers, or null. Nothing is recorded from it on. @type {number | null} */
  divergedAt = null;

  #surface;
  #optimizer;
  #theta = new Float32Array(2);
  #gradient = new Float32Array(2);

  /** @param {Surface} surface @param {Optimizer} optimizer @param {Entry} entry @param {[number, number]} start */
  constructor(surface, optimizer, { rule, lr }, start) {
    this.rule = rule;
    this.lr = lr;
    this.#surface = surface;
    this.#optimizer = optimizer;
    this.#theta.set(start);
    this.#record();
  }

  /** Steps taken that stayed finite. */
  get steps() {
    return this.xs.length - 1;
  }

  /** @returns {Standing} */
  get standing() {
    const last = this.steps;
    const [x, y] = [this.xs[last], this.ys[last]];
    const { stabilityLimit: limit, addedCurvature } = this.#optimizer;
    const sharpness = this.#surface.sharpness(this.#surface.measure(x, y), this.#optimizer.scale(), addedCurvature);
    return { x, y, excess: this.excess[last], sharpness, load: this.lr * sharpness, limit };
  }

  /** One step, with this noise on the gradient. @param {[number, number]} noise */
  step(noise) {
    const [noiseX, noiseY] = readPair('noise', noise);
    if (this.divergedAt !== null) return;
    const [theta, gradient] = [this.#theta, this.#gradient];
    const { gradient_x, gradient_y } = this.#surface.measure(theta[0], theta[1]);
    gradient[0] = gradient_x + noiseX;
    gradient[1] = gradient_y + noiseY;
    this.#optimizer.step(theta, gradient, this.lr);
    this.#record();
  }

  #record() {
    const [x, y] = this.#theta;
    const excess = this.#surface.measure(x, y).value - this.#surface.facts.lowest;
    if (!Number.isFinite(x) || !Number.isFinite(y) || !Number.isFinite(excess)) {
      this.divergedAt = this.xs.length;
      return;
    }
    this.xs.push(x);
    this.ys.push(y);
    this.excess.push(excess);
  }

  dispose() {
    this.#optimizer.dispose();
  }
}

export class Race {
  /** Steps taken. */
  steps = 0;

  /**
   * @param {Surface} surface  the race's to dispose of
   * @param {(entry: Entry) => Optimizer} createOptimizer  of two numbers
   * @param {Entry[]} entries  judged
   * @param {[number, number]} start
   */
  constructor(surface, createOptimizer, entries, start) {
    this.surface = surface;
    /** In the order of the entries. */
    this.racers = /** @type {Racer[]} */ ([]);
    try {
      for (const entry of entries) this.racers.push(new Racer(surface, createOptimizer(entry), entry, start));
      if (this.racers.some(({ divergedAt }) => divergedAt === 0)) {
        throw argumentError('start', `The surface has no finite value at the start (${start.join(', ')}).`);
      }
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** Whether every racer has left the finite numbers. */
  get isOver() {
    return this.racers.every(({ divergedAt }) => divergedAt !== null);
  }

  /** @param {number} [count] */
  advance(count = 1) {
    checkWhole('count', count);
    for (let i = 0; i < count; i++) {
      const noise = this.surface.noise(this.steps);
      for (const racer of this.racers) racer.step(noise);
      this.steps++;
    }
  }

  /** Frees the memory; a second call does nothing. Trails can still be read, standings cannot. */
  dispose() {
    for (const racer of this.racers) racer.dispose();
    this.surface.dispose();
  }
}

/**
 * A race as it was asked for.
 *
 * @param {unknown} given
 * @returns {{ surface: import('../config/config.js').SomeSettings | undefined, start: [number, number] | null,
 *   entries: Entry[] }}
 * @throws {import('../core/errors.js').TrainerError} where a member is missing or none of a race; surface and settings are not judged yet
 */
export function readRace(given) {
  const { surface, start, entries } = readOptions('createRace', given, ['surface', 'start', 'entries']);
  const list = readList('entries', entries, 'racers, such as { rule: "adam", lr: 0.01 }');
  return {
    surface: /** @type {any} */ (surface),
    start: start === undefined || start === null ? null : readPair('start', start),
    entries: list.map(readEntry),
  };
}

/** @param {unknown} given @returns {Entry} */
function readEntry(given) {
  const entry = readOptions('A racer', given ?? null, ['rule', 'lr', 'settings']);
  const rule = typeof entry.rule === 'string' ? RULE_BY_NAME.get(entry.rule) : null;
  if (rule?.moves_matrices) throw argumentError('rule', `${rule.name} moves whole matrices: two numbers are none.`);
  const rate = judgeValue(/** @type {import('../config/schema_text.js').Field} */ (FIELD_BY_NAME.get('lr')), entry.lr);
  if ('complaint' in rate) throw argumentError('lr', `lr ${rate.complaint}`);
  return /** @type {Entry} */ ({ ...entry, lr: rate.value });
}
