/** A run in wasm memory: the bytes that it needs, and where they lie. */

import { TrainerError } from '../core/errors.js';
import { callChecked } from '../core/problem.js';
import { askRecord, METRICS_BYTES, withConfig } from '../core/record.js';

/**
 * @typedef {import('../core/wasm.js').Core} Core
 * @typedef {import('../data/dataset.js').Dataset} Dataset
 * @typedef {import('../config/config.js').Config} Config
 * @typedef {import('../core/team_use.js').TeamUse} TeamUse
 *
 * @typedef {import('../core/record.js').Records['model_facts'] & { memory: number }} ModelFacts  memory: bytes that a
 *   run takes, its data apart
 */

/** Rows of metrics that there is room for. */
export const ROWS_MAX = 1024;

/**
 * The bytes that a run needs, known before there is one.
 *
 * @param {Core} core
 * @param {Config} config  complete
 * @param {Dataset} dataset
 * @returns {import('../core/record.js').Records['run_size']}
 * @throws {TrainerError} where config, model and data do not fit together
 */
export function measureRun(core, config, dataset) {
  return withConfig(core, config, (settings) =>
    askRecord(core, 'run_size', (size) =>
      callChecked(
        core,
        (problem) => core.call.tscope_trainer_size(settings, dataset.pointer, size, problem),
        config.model,
      ),
    ),
  );
}

/**
 * Facts of a model for its data, and of the run that would train it.
 *
 * @param {Core} core
 * @param {Config} config  complete, as a run on this data has it
 * @param {Dataset} dataset
 * @returns {ModelFacts}
 * @throws {TrainerError} where they do not fit together
 */
export function measureModel(core, config, dataset) {
  const facts = withConfig(core, config, (settings) =>
    askRecord(core, 'model_facts', (pointer) =>
      callChecked(
        core,
        (problem) => core.call.tscope_model_measure(settings, dataset.pointer, pointer, problem),
        config.model,
      ),
    ),
  );
  const { state, scratch } = measureRun(core, config, dataset);
  return { ...facts, memory: state + scratch };
}

export class Layout {
  #core;
  #dataset;
  #block;
  /** The address of the team that helps; 0: none does. */
  #helper = 0;
  /** @type {{ step?: TeamUse, evaluation?: TeamUse }} */
  #uses = {};

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
    this.#useTeam(core.team?.address ?? 0);
    dataset.retain();
    /** Bytes of the part that a snapshot copies. */
    this.stateBytes = state;
    /** Bytes of the state and of what the run computes with. */
    this.bytes = bytes;
  }

  /**
   * Does a piece of work on the run, with the help of the engine's threads where that is worth having. They may have
   * joined the engine since the last piece.
   *
   * @template T
   * @param {'step' | 'evaluation'} kind  pieces of a kind take about the same time
   * @param {() => T} work
   * @returns {T}
   */
  work(kind, work) {
    const { team } = this.#core;
    if (!team) return work();
    this.#uses[kind] ??= team.newUse();
    const use = this.#uses[kind];
    if (use.isIdle) return work();
    this.#useTeam(use.pays ? team.address : 0);
    const start = performance.now();
    const result = work();
    use.took(performance.now() - start);
    return result;
  }

  /** @param {number} team  its address; 0: none */
  #useTeam(team) {
    if (team === this.#helper) return;
    this.#helper = team;
    this.#core.call.tscope_trainer_use_team(this.handle, team);
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
      return core.data.getUint32(handle, true);
    }),
  );
}
