/** The runs of a worker: several side by side, those that have ended among them, and what makes room for another. */

import { checkWhole } from '../engine/core/arguments.js';
import { TrainerError } from '../engine/core/errors.js';
import { LiveRun } from './live_run.js';
import { longestPieceMs } from './patience.js';
import { completeConfig } from './questions/complete_config.js';

/**
 * @typedef {import('../engine/engine.js').Engine} Engine
 * @typedef {import('../engine/config/config.js').Config} Config
 * @typedef {import('../engine/run/trainer.js').Trainer} Trainer
 * @typedef {import('./snapshot_ring.js').SnapshotRing<import('../engine/run/trainer.js').Snapshot>} SnapshotRing
 */

/** Ended runs whose snapshots are kept; of older ones only the network stays, and a fork replays from the start. */
const PASTS_KEPT = 8;

/** A visit to the past takes about so many milliseconds at most, for meanwhile nothing else is done; and the steps between
 * two looks at the clock. */
const VISIT_MS = 1500;
const VISIT_PIECE = 8;

export class Runs {
  #engine;
  #data;
  #tell;
  #now;
  #yieldNow;
  #mayTake;
  /** How weights are read; null until a run starts from a file. @type {typeof import('./weights_file.js') | null} */
  #weightsCode = null;
  /** In order of their start. @type {Map<number, LiveRun>} */
  #runs = new Map();

  /**
   * @param {object} parts
   * @param {Engine} parts.engine
   * @param {import('./worker_data.js').WorkerData} parts.data
   * @param {import('./messages.js').Tell} parts.tell
   * @param {() => number} parts.now
   * @param {(ms?: number) => Promise<void>} parts.yieldNow
   * @param {(ms: number) => void} parts.mayTake  hears, before it begins, how long a run's longest piece of work may take
   */
  constructor({ engine, data, tell, now, yieldNow, mayTake }) {
    this.#engine = engine;
    this.#data = data;
    this.#tell = tell;
    this.#now = now;
    this.#yieldNow = yieldNow;
    this.#mayTake = mayTake;
  }

  /** @param {number} runId */
  find(runId) {
    const run = this.#runs.get(runId);
    if (!run) throw new TrainerError('unknown-run', null, 'This run is no longer in memory.');
    return run;
  }

  /** A second run of a number would take the first one's place, and its memory with it. @param {number} runId */
  #checkNew(runId) {
    if (this.#runs.has(runId)) throw new TrainerError('message', null, `There is a run ${runId} already.`);
  }

  /**
   * Fetches what a run that starts from a file needs beyond others. Nothing else is to be heard until it is there: orders
   * about that run would come before it.
   *
   * @param {import('./messages.js').PageMessage} message
   * @returns {Promise<void> | null}  null where all is there
   */
  fetchCodeFor(message) {
    if (message.type !== 'start' || !message.weights || this.#weightsCode) return null;
    return import('./weights_file.js').then((code) => {
      this.#weightsCode = code;
    });
  }

  /** Resolves when the run has ended. @param {import('./messages.js').Received<'start'>} order */
  async start({ runId, config, dataId, weights: file, past, paused, stepsPerSecond }) {
    this.#checkNew(runId);
    const complete = completeConfig(this.#engine, config);
    const weights = file && this.#readingWeights.readSafetensors(new Uint8Array(file.bytes), file.name);
    const trainer = this.createTrainer(complete, dataId);
    const says = weights ? this.#startOrDispose(trainer, weights, file.name) : [];
    if (past) restoreOrDispose(trainer, past.snapshot, complete.changes);
    const step = trainer.stepsTaken;
    const run = new LiveRun({
      runId,
      trainer,
      dataId,
      weights,
      paused,
      stepsPerSecond,
      known: past?.evaluations,
      now: this.#now,
      yieldNow: this.#yieldNow,
      tell: this.#tell,
      onStarted: () => this.#sayStarted(run, { parentId: null, step, says: past ? [] : says }),
    });
    await this.#carry(run);
  }

  /** Resolves when the run has ended. @param {import('./messages.js').Received<'fork'>} order */
  async fork({ runId, parentId, step, changes, paused, stepsPerSecond }) {
    this.#checkNew(runId);
    const parent = this.find(parentId);
    const { trainer: past } = parent;
    if (!(step >= 0 && step <= past.stepsTaken)) {
      const message = `The run has taken ${past.stepsTaken} steps; it cannot be forked at step ${step}.`;
      throw new TrainerError('setting', null, message);
    }
    if (changes.some((change) => change.step < step)) {
      throw new TrainerError('setting', 'changes', `A fork at step ${step} cannot change what came before it.`);
    }
    const inherited = past.config.changes.filter((change) => change.step < step);
    const config = completeConfig(this.#engine, { ...past.config, changes: [...inherited, ...changes] });
    const trainer = this.#goBack(parent, step, config);
    const run = new LiveRun({
      runId,
      trainer,
      dataId: parent.dataId,
      weights: parent.weights,
      paused,
      stepsPerSecond,
      replayTo: step,
      known: parent.evaluations.filter((evaluation) => evaluation.step <= step),
      now: this.#now,
      yieldNow: this.#yieldNow,
      tell: this.#tell,
      onStarted: () => this.#sayStarted(run, { parentId, step, says: [] }),
    });
    await this.#carry(run);
  }

  /**
   * A run as it stands now, and a trainer of its own that is at its start, to train its past again with.
   *
   * @param {number} runId
   * @returns {Promise<{ trainer: Trainer, present: import('../engine/run/trainer.js').Snapshot, past: SnapshotRing }>}
   *   trainer: the caller's to dispose of
   */
  async recall(runId) {
    const run = this.find(runId);
    await run.begun;
    const present = run.trainer.snapshot();
    return { trainer: this.#goBack(run, 0, run.trainer.config), present, past: run.past };
  }

  /**
   * Looks at a run's past without touching it: at its state after each of some steps.
   *
   * @template T
   * @param {number} runId
   * @param {unknown[]} steps  in their order, taken
   * @param {(trainer: Trainer) => T} look
   * @returns {T[]}  none where the past is no longer near, or memory is short
   */
  visit(runId, steps, look) {
    const run = this.find(runId);
    const places = readPlaces(steps, run.trainer.stepsTaken);
    const { used, limit } = this.#engine.memory;
    // No other run shall make room for a look.
    if (!run.past.nearest(places[0]) || used > limit / 2) return [];
    const trainer = this.#goBack(run, places[0], run.trainer.config);
    const end = this.#now() + VISIT_MS;
    /** @type {T[]} */
    const seen = [];
    try {
      for (const step of places) {
        while (trainer.stepsTaken < step) {
          if (this.#now() > end) return [];
          trainer.step(Math.min(VISIT_PIECE, step - trainer.stepsTaken));
        }
        seen.push(look(trainer));
      }
      return seen;
    } finally {
      trainer.dispose();
    }
  }

  /** @param {import('./messages.js').Received<'adjust'>} order */
  async adjust({ runId, field, value }) {
    const run = this.find(runId);
    await run.begun;
    const change = run.session.adjust(field, value);
    this.#tell('adjusted', { runId, ...change });
    run.sayAdjusted();
  }

  /** The page has drawn the last progress, maybe of a run that it has discarded since. @param {number} runId */
  taken(runId) {
    this.#runs.get(runId)?.taken();
  }

  /** @param {number} runId */
  discard(runId) {
    this.#runs.get(runId)?.discard();
    this.#runs.delete(runId);
  }

  /** Bytes that a run could have if there were no others. */
  roomWithout() {
    const { used, limit } = this.#engine.memory;
    const taken = [...this.#runs.values()].reduce((sum, { trainer }) => sum + trainer.memoryBytes, 0);
    return limit - (used - taken);
  }

  /** @param {Config} config @param {number | null} dataId @returns {Trainer} */
  createTrainer(config, dataId) {
    return this.#withRoom(() => {
      const dataset = this.#data.find(config, dataId);
      this.#mayTake(longestPieceMs(this.#engine.measureModel(config, dataset)));
      return this.#engine.createTrainer(config, dataset);
    });
  }

  /**
   * A trainer with these settings, in a state of the parent's at or before a step.
   *
   * @param {LiveRun} parent
   * @param {number} step
   * @param {Config} config  the parent's but for changes from that step on
   */
  #goBack(parent, step, config) {
    const entry = parent.past.nearest(step);
    if (!entry) {
      const anew = this.createTrainer(config, parent.dataId);
      if (parent.weights) this.#startOrDispose(anew, parent.weights, '');
      return anew;
    }
    const trainer = this.#withRoom(() => parent.trainer.fork(), parent);
    trainer.restore(entry.snapshot, { changes: config.changes });
    return trainer;
  }

  /**
   * Makes something that may not fit beside what is there: ended runs make room for it, the oldest first. What is too
   * large for any room must not cost the others their lives: they stay where it would not fit without them either, and
   * go only while memory is crowded.
   *
   * @template T
   * @param {() => T} make
   * @param {LiveRun} [needed]  a run that must stay
   * @returns {T}
   */
  #withRoom(make, needed) {
    for (;;) {
      try {
        return make();
      } catch (error) {
        if (!(error instanceof TrainerError && error.code === 'memory')) throw error;
        const { used, limit } = this.#engine.memory;
        const isEnded = (/** @type {LiveRun} */ run) => run.session.over && run !== needed;
        const oldest = [...this.#runs.values()].find(isEnded);
        const staying = [...this.#runs.values()].filter((run) => !isEnded(run));
        const room = limit - staying.reduce((sum, { trainer }) => sum + trainer.memoryBytes, 0);
        if (!oldest || used <= limit / 2 || (error.bytes ?? 0) > room) throw error;
        this.discard(oldest.runId);
      }
    }
  }

  /** There, since fetchCodeFor is asked before a run starts. */
  get #readingWeights() {
    return /** @type {typeof import('./weights_file.js')} */ (this.#weightsCode);
  }

  /**
   * @param {Trainer} trainer  freed where the weights are not of its model
   * @param {import('../engine/run/safetensors.js').Weights} weights
   * @param {string} fileName
   * @returns {string[]}  what was read, in sentences
   */
  #startOrDispose(trainer, weights, fileName) {
    try {
      return this.#readingWeights.startFromWeights(trainer, weights, fileName).says;
    } catch (error) {
      trainer.dispose();
      throw error;
    }
  }

  /** Keeps a run from its first step to its last. @param {LiveRun} run */
  async #carry(run) {
    this.#runs.set(run.runId, run);
    try {
      await run.run();
    } catch (error) {
      this.discard(run.runId);
      throw error;
    }
    const ended = [...this.#runs.values()].filter(({ session }) => session.over);
    for (const { past } of ended.slice(0, -PASTS_KEPT)) past.clear();
  }

  /**
   * @param {LiveRun} run
   * @param {{ parentId: number | null, step: number, says: string[] }} origin  says: of the weights it starts from
   */
  #sayStarted(run, { parentId, step, says }) {
    const { trainer } = run;
    const { dataset } = trainer;
    this.#tell('started', {
      runId: run.runId,
      parentId,
      step,
      config: trainer.config,
      parameters: trainer.parameterCount,
      totalSteps: trainer.totalSteps,
      shape: trainer.inputShape,
      classes: dataset.classes,
      outputs: dataset.outputs,
      trainCount: trainer.trainCount,
      valCount: trainer.valCount,
      evaluations: run.evaluations,
      notices: [...says, ...trainer.notices],
    });
  }
}

/** Steps to visit, of so many taken. @param {unknown[]} steps @param {number} taken */
function readPlaces(steps, taken) {
  const places = steps.map((step) => checkWhole('steps', step, { max: taken }));
  if (places.length > 0 && places.every((step, i) => i === 0 || step > places[i - 1])) return places;
  throw new TrainerError('message', null, 'steps must be a list of steps taken, in their order.');
}

/**
 * @param {Trainer} trainer  freed where the snapshot is of another run, or damaged
 * @param {import('../engine/run/trainer.js').Snapshot} snapshot
 * @param {import('../engine/config/config.js').Change[]} changes  of the run, those that came after the snapshot included
 */
function restoreOrDispose(trainer, snapshot, changes) {
  try {
    trainer.restore(snapshot, { changes });
  } catch (error) {
    trainer.dispose();
    throw error;
  }
}
