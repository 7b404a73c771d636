/** One axis of a plot: where values stand, and what is written at them. */

import { axisNumber } from '../../engine/words/numbers.js';

/**
 * @typedef {object} ScaleLook
 * @property {boolean} log
 * @property {(scale: Scale) => number[]} ticksOf  the values to name, by its range and its length in pixels
 * @property {(value: number) => string} [say]
 * @property {boolean} [thins]  names that would touch each other are left out, evenly
 */

export class Scale {
  #look;

  min = 0;
  max = 1;
  /** Its ends in pixels of the canvas: those of min and max. */
  start = 0;
  end = 1;
  /** The values that are named. @type {number[]} */
  ticks = [];

  /** @param {ScaleLook} look */
  constructor(look) {
    this.#look = look;
  }

  get log() {
    return this.#look.log;
  }

  get thins() {
    return this.#look.thins ?? false;
  }

  /** In pixels. */
  get length() {
    return Math.abs(this.end - this.start);
  }

  /** @param {number} value @returns {number} the pixel where it stands; NaN where the axis has no place for it */
  pixelOf(value) {
    const { min, max, start, end, log } = this;
    if (log && !(value > 0)) return Number.NaN;
    const share = log ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);
    return start + share * (end - start);
  }

  /** @param {number} pixel @returns {number} */
  valueOf(pixel) {
    const { min, max, start, end, log } = this;
    const share = (pixel - start) / (end - start);
    return log ? min * (max / min) ** share : min + share * (max - min);
  }

  /** Finds its ticks anew. */
  measure() {
    this.ticks = this.#look.ticksOf(this);
  }

  /** @param {number} value */
  say(value) {
    return (this.#look.say ?? axisNumber)(value);
  }
}
