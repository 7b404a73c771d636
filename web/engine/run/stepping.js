/** A run in steps: it takes them, makes the live changes that fall due between them, and goes back to a snapshot. */

import { fixedValues, judgeLiveValue, parseChanges } from '../config/config.js';
import { LiveChanges } from '../config/live_changes.js';
import { isList } from '../config/names.js';
import { FIELD_BY_NAME, fieldIndex, SCHEMA } from '../config/schema.js';
import { argumentError, checkCallback, checkWhole, isArrayOf, readGiven, readObject } from '../core/arguments.js';
import { TrainerError } from '../core/errors.js';
import { callChecked, findProblem } from '../core/problem.js';
import { BLANK_METRICS, fillMetrics, METRICS_BYTES, settingWord } from '../core/record.js';
import { ROWS_MAX } from './layout.js';
import { checksumOf } from './snapshot_checksum.js';
import { canonicalizeNaN } from './tensors.js';

/**
 * @typedef {import('../core/wasm.js').Core} Core
 * @typedef {import('../data/dataset.js').Dataset} Dataset
 * @typedef {import('../config/config.js').Change} Change
 * @typedef {import('../config/config.js').Config} Config
 * @typedef {import('../config/config.js').SettingValue} SettingValue
 * @typedef {import('../config/config.js').SomeSettings} SomeSettings
 * @typedef {import('../config/schema_text.js').Field} Field
 * @typedef {import('./layout.js').Layout} Layout
 *
 * @typedef {import('../core/record.js').MetricsRow & { diverged: boolean }} Row  one step's measurements;
 *   diverged: loss or norm is not finite, so that the step was not applied and the run has ended
 *
 * @typedef {{ step?: number, field: string, value: SettingValue }} ForkChange  step: from stepsTaken, the default
 *
 * @typedef {object} Snapshot  a plain object: it survives structured cloning
 * @property {number} step  steps taken
 * @property {Change[]} changes
 * @property {string} belongsTo  the fixed settings and the data's shape, which a trainer must share to take it
 * @property {string} checksum  of all of it; see snapshot_checksum.js
 * @property {Uint8Array} state
 */

/** @type {Row} */
const BLANK_ROW = { ...BLANK_METRICS, diverged: false };

export class Stepping {
  #core;
  #layout;
  #config;
  #dataset;
  #changes;

  /** Steps taken; a step that diverged does not count. */
  stepsTaken = 0;
  /** Whether a large batch is in the middle of a step. */
  midStep = false;

  /**
   * @param {Core} core
   * @param {Layout} layout
   * @param {object} run
   * @param {Config} run.config  whose `changes` are replaced where there are new ones
   * @param {Dataset} run.dataset
   * @param {Change[] | null} run.callersChanges  a list that is to stay equal to config.changes
   */
  constructor(core, layout, { config, dataset, callersChanges }) {
    this.#core = core;
    this.#layout = layout;
    this.#config = config;
    this.#dataset = dataset;
    this.#changes = new LiveChanges(config, callersChanges);
    /** The settings that the last step was taken with; before the first, those that the run began with. @type {Config} */
    this.lastSettings = config;
    this.#makeDueChanges();
  }

  /** The settings in force for the next step. */
  get settings() {
    return this.#changes.settingsAfter(this.stepsTaken);
  }

  /** The steps taken at the next recorded change; Infinity where none is to come. */
  get nextChangeStep() {
    return this.#changes.nextStep(this.stepsTaken);
  }

  // ---- steps -------------------------------------------------------------------------------------------------------

  /**
   * Takes up to maxSteps steps, and of a large batch at least a chunk, until shouldStop says so. Their rows can be read
   * until the next call.
   *
   * @param {number} maxSteps
   * @param {() => boolean} [shouldStop]  asked after every step, and after every chunk of a large batch
   * @returns {{ rowCount: number, diverged: boolean, ended: boolean }}  rowCount: at most ROWS_MAX; ended: no step is left
   */
  advance(maxSteps, shouldStop) {
    checkWhole('maxSteps', maxSteps, { orInfinity: true });
    checkCallback('shouldStop', shouldStop);
    const { handle, rows } = this.#layout;
    const { step, diverged: fatal, complete } = SCHEMA.events;
    const advance = this.#core.call.tscope_trainer_advance;
    const most = Math.min(maxSteps, ROWS_MAX);
    let rowCount = 0;
    let diverged = false;
    let ended = false;
    const take = () => advance(handle, rows + rowCount * METRICS_BYTES);
    while (rowCount < most && !ended) {
      if (!this.midStep) this.#makeDueChanges();
      const events = this.#layout.work('step', take);
      this.midStep = (events & (step | complete)) === 0;
      ended = (events & complete) !== 0;
      if (events & step) {
        rowCount++;
        diverged = (events & fatal) !== 0;
        if (!diverged) {
          this.lastSettings = this.#changes.settings;
          this.stepsTaken++;
        }
      }
      if (shouldStop?.()) break;
    }
    return { rowCount, diverged, ended };
  }

  /** The first rows of the last advance. @param {number} count @returns {Row[]} */
  readRows(count) {
    const view = this.#core.data;
    return Array.from({ length: count }, (_, i) => {
      const row = fillMetrics(view, this.#layout.rows + i * METRICS_BYTES, { ...BLANK_ROW });
      row.diverged = (row.events & SCHEMA.events.diverged) !== 0;
      return row;
    });
  }

  /**
   * The same, packed: a 32-bit word for each of the schema's metrics.
   *
   * @param {number} count
   * @param {ArrayBuffer | null} buffer  to put them into; null: a new one
   */
  copyRows(count, buffer) {
    const rows = this.#core.bytes(this.#layout.rows, count * METRICS_BYTES);
    if (!buffer) return rows.slice().buffer;
    new Uint8Array(buffer).set(rows);
    return buffer;
  }

  /** A measurement has used the memory of a step that was half done: that step begins again. */
  dropHalfStep() {
    this.midStep = false;
  }

  /** Parameters have been written: what was computed with others is no part of the next step. */
  beginStepAgain() {
    this.#core.call.tscope_trainer_restored(this.#layout.handle);
    this.midStep = false;
  }

  // ---- live changes ------------------------------------------------------------------------------------------------

  /**
   * Changes live settings from the next step on, and records it. All or none.
   *
   * @param {SomeSettings} settings
   * @returns {Change[]}  as recorded
   * @throws {TrainerError} where a setting is unknown or not live, or a value out of range
   */
  set(settings) {
    const step = this.stepsTaken;
    const given = readObject('settings', settings, 'set takes an object of live settings, such as { lr: 0.01 }');
    const changes = Object.entries(given).map(([field, value]) => ({ step, field, value: judgeLive(field, value) }));
    this.#changes.add(step, changes);
    this.#makeDueChanges();
    return changes;
  }

  /**
   * The changes of a run that goes on from here with some of its own.
   *
   * @param {unknown[]} added  a ForkChange each
   * @returns {Change[]}  sorted by step
   * @throws {TrainerError} as set, and where a step is of the past
   */
  forkChanges(added) {
    const now = this.stepsTaken;
    const own = added.map((entry) => {
      const {
        step: at = now,
        field,
        value: given,
      } = readGiven('changes', () => ({ .../** @type {ForkChange} */ (entry) }));
      const value = judgeLive(field, given);
      const step = checkWhole('step', at, { max: Number.MAX_SAFE_INTEGER });
      if (step < now) {
        throw new TrainerError('setting', 'changes', `A fork at step ${now} cannot change what came before it.`);
      }
      return { step, field, value };
    });
    return [...this.#config.changes, ...own].sort((a, b) => a.step - b.step);
  }

  /** Makes the changes that are due before the next step. */
  #makeDueChanges() {
    for (;;) {
      const change = this.#changes.takeDue(this.stepsTaken);
      if (!change) return;
      this.#write(change.field, change.value);
    }
  }

  /** @param {string} name  of a live setting @param {SettingValue} value  judged */
  #write(name, value) {
    const field = /** @type {Field} */ (FIELD_BY_NAME.get(name));
    callChecked(this.#core, (problem) =>
      this.#core.call.tscope_trainer_set(this.#layout.handle, fieldIndex(name), settingWord(field, value), problem),
    );
  }

  // ---- snapshots ---------------------------------------------------------------------------------------------------

  /** @returns {Snapshot} */
  snapshot() {
    const core = this.#core;
    const { handle, stateBytes } = this.#layout;
    const from = core.call.tscope_trainer_state(handle);
    const state = core.bytes(from, stateBytes).slice();
    // From the parameters on the state is floats to its end.
    const floats = core.call.tscope_trainer_parameters(handle) - from;
    canonicalizeNaN(new Uint32Array(state.buffer, floats));
    const snapshot = {
      step: this.stepsTaken,
      changes: this.#config.changes.map((/** @type {Change} */ change) => ({ ...change })),
      belongsTo: this.#describeFixed(),
      state,
    };
    return { ...snapshot, checksum: checksumOf(snapshot) };
  }

  /**
   * Judges all before it changes anything.
   *
   * @param {unknown} given  a Snapshot
   * @param {unknown} [changesGiven]  changes to go on with instead of the snapshot's
   * @throws {TrainerError} where the snapshot is another configuration's, or damaged, or a change is none
   */
  restore(given, changesGiven) {
    const { handle, stateBytes } = this.#layout;
    const snapshot = this.#judge(given);
    const changes = judgeChanges(changesGiven ?? snapshot.changes);
    const { step, state } = snapshot;
    const core = this.#core;
    core.bytes(core.call.tscope_trainer_state(handle), stateBytes).set(state);
    this.beginStepAgain();
    this.stepsTaken = step;
    // The values of the live settings follow from the list alone, so that both always agree.
    const settings = this.#changes.replace(this.#config, changes, step);
    for (const { name, live } of SCHEMA.fields)
      if (live) this.#write(name, /** @type {SettingValue} */ (settings[name]));
    this.lastSettings = settings;
    this.#makeDueChanges();
  }

  /** @param {unknown} given @returns {Snapshot} @throws {TrainerError} where it is none of a run like this */
  #judge(given) {
    const refuse = (/** @type {string} */ sentence) => argumentError('snapshot', sentence);
    const snapshot = /** @type {Snapshot} */ (readGiven('snapshot', () => ({ .../** @type {object} */ (given) })));
    if (!isArrayOf(snapshot.state, Uint8Array)) throw refuse('restore takes what snapshot() returned.');
    const { handle, stateBytes } = this.#layout;
    const { step, state, belongsTo, checksum } = snapshot;
    if (belongsTo !== this.#describeFixed() || state.length !== stateBytes) {
      throw refuse('The snapshot belongs to a run with other settings, model or data.');
    }
    if (checksum === undefined) {
      throw refuse('The snapshot has no checksum: it was taken by an older version, or a part of it was left out.');
    }
    if (!Number.isSafeInteger(step) || !isList(snapshot.changes) || checksumOrNull(snapshot) !== checksum) {
      throw refuse('The snapshot is damaged: its checksum is that of another content.');
    }
    const core = this.#core;
    const headBytes = core.call.tscope_trainer_parameters(handle) - core.call.tscope_trainer_state(handle);
    const found = core.withMemory(headBytes, (head) => {
      core.bytes(head, headBytes).set(state.subarray(0, headBytes));
      return findProblem(core, (problem) => core.call.tscope_trainer_judge_state(handle, head, step, problem));
    });
    if (found) throw refuse(`The snapshot cannot be restored: ${found.message}.`);
    return snapshot;
  }

  #describeFixed() {
    const settings = fixedValues(this.#config);
    const { name, shape, classes, outputs, trainCount, valCount } = this.#dataset;
    return JSON.stringify([settings, name, shape, classes, outputs, trainCount, valCount]);
  }
}

/** @param {Snapshot} snapshot @returns {string | null}  null where it holds what no text can say, such as itself */
function checksumOrNull(snapshot) {
  try {
    return checksumOf(snapshot);
  } catch {
    return null;
  }
}

/**
 * @param {unknown} list
 * @returns {Change[]}  in the order of their steps; copies
 * @throws {TrainerError} where one of them is none
 */
function judgeChanges(list) {
  /** @type {import('../config/config.js').Problem[]} */
  const problems = [];
  const changes = parseChanges(list, problems);
  if (problems.length > 0) throw new TrainerError('argument', 'changes', problems[0].message);
  return changes;
}

/**
 * @param {string} field
 * @param {unknown} value
 * @returns {SettingValue}  as the table has it
 * @throws {TrainerError} where the setting is unknown or not live, or the value out of range
 */
function judgeLive(field, value) {
  const judged = judgeLiveValue(field, value);
  if ('complaint' in judged) throw new TrainerError('setting', field, judged.complaint);
  return judged.value;
}
