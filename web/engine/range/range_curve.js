/** The curve of an LR range test: smoothed as it grows, and stopped where the loss has exploded. */

import { checkNumber } from '../core/arguments.js';
import { optionIndex, parseRangeOptions } from './range_options.js';

/**
 * @typedef {import('../core/wasm.js').Core} Core
 * @typedef {import('../config/config.js').RangeOptions} RangeOptions
 */

export class RangeCurve {
  #core;
  /** A tscope_range_curve: between calls it is kept here, so that nobody has to free it. */
  #state;

  /**
   * @param {Core} core
   * @param {RangeOptions} options
   */
  constructor(core, options) {
    const { preset, smoothing, stop_factor } = parseRangeOptions(options);
    this.#core = core;
    const bytes = core.constants.RANGE_CURVE_BYTES;
    this.#state = core.withMemory(bytes, (pointer) => {
      core.call.tscope_range_curve_begin(pointer, optionIndex('preset', preset), smoothing, stop_factor);
      return core.bytes(pointer, bytes).slice();
    });
  }

  /**
   * @param {number} loss  raw
   * @returns {{ smoothed: number, stop: boolean }}  stop: the test should end after this point
   */
  add(loss) {
    checkNumber('loss', loss);
    const core = this.#core;
    const bytes = this.#state.length;
    return core.withMemory(bytes + 8, (pointer) => {
      core.bytes(pointer, bytes).set(this.#state);
      const stop = core.call.tscope_range_curve_add(pointer, loss, pointer + bytes) !== 0;
      this.#state.set(core.bytes(pointer, bytes));
      return { smoothed: core.data.getFloat64(pointer + bytes, true), stop };
    });
  }
}
