/** A run in wasm memory: the bytes that it needs, and where they lie. */

import { SCHEMA } from '../config/schema.js';
import { TrainerError } from '../core/errors.js';
import { callChecked } from '../core/problem.js';
import { METRICS_BYTES, readRecord, recordBytes, withConfig } from '../core/record.js';

/**
 * @typedef {import('../core/wasm.js').Core} Core
 * @typedef {import('../data/dataset.js').Dataset} Dataset
 * @typedef {import('../config/config.js').Config} Config
 */

/** Rows of metrics that there is room for. */
export const ROWS_MAX = 1024;

/**
 * The bytes that a run needs, known before there is one.
 *
 * @param {Core} core
 * @param {Config} config  complete
 * @param {Dataset} dataset
 * @returns {{ state: number, scratch: number }}
 * @throws {TrainerError} where config, model and data do not fit together
 */
export function measureRun(core, config, dataset) {
  const members = SCHEMA.records.run_size;
  return withConfig(core, config, (settings) =>
    core.withMemory(recordBytes(members), (size) => {
      callChecked(
        core,
        (problem) => core.call.tscope_trainer_size(settings, dataset.pointer, size, problem),
        config.model,
      );
      return /** @type {{ state: number, scratch: number }} */ (readRecord(core, size, members));
    }),
  );
}

export class Layout {
  #core;
  #dataset;
  #block;

  /**
   * Lays a run out and initializes its parameters. The data set is kept alive until the layout is given up.
   *
   * @param {Core} core
   * @param {Config} config  complete and valid
   * @param {Dataset} dataset
   * @throws {TrainerError} where config, model and data do not fit together, or memory does not suffice
   */
  constructor(core, config, dataset) {
    this.#core = core;
    this.#dataset = dataset;
    const { state, scratch } = measureRun(core, config, dataset);
    const bytes = state + scratch;
    /** @type {number[]} */
    const taken = [];
    try {
      this.#block = core.allocate(bytes, 'This run');
      taken.push(this.#block);
      /** The address of ROWS_MAX packed rows of metrics. */
      this.rows = core.allocate(ROWS_MAX * METRICS_BYTES);
      taken.push(this.rows);
      /** The address of the tscope_trainer. */
      this.handle = initRun(core, config, dataset, { block: this.#block, bytes });
    } catch (error) {
      for (const block of taken) core.free(block);
      if (error instanceof TrainerError && error.code === 'memory') error.field ??= 'model';
      throw error;
    }
    dataset.retain();
    /** Bytes of the part that a snapshot copies. */
    this.stateBytes = state;
    /** Bytes of the state and of what the run computes with. */
    this.bytes = bytes;
  }

  /** Frees the memory; to be called once. */
  free() {
    this.#core.free(this.#block);
    this.#core.free(this.rows);
    this.#dataset.release();
  }
}

/**
 * @param {Core} core
 * @param {Config} config
 * @param {Dataset} dataset
 * @param {{ block: number, bytes: number }} memory
 * @returns {number}  the address of the tscope_trainer
 */
function initRun(core, config, dataset, { block, bytes }) {
  return withConfig(core, config, (settings) =>
    core.withMemory(4, (handle) => {
      callChecked(
        core,
        (problem) => core.call.tscope_trainer_init(settings, dataset.pointer, block, bytes, handle, problem),
        config.model,
      );
      const trainer = core.data.getUint32(handle, true);
      core.call.tscope_trainer_use_team(trainer, core.team);
      return trainer;
    }),
  );
}
