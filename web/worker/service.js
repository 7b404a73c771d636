/**
 * The worker's side of the protocol, for a Web Worker and a worker thread alike: one method per message, several runs
 * side by side, and one place where a throw becomes `rejected` or `failed`.
 */

import { TrainerError } from '../engine/core/errors.js';
import { createFileDataset } from '../engine/data/data_files.js';
import { readDataFiles } from '../engine/data/read_files.js';
import { writeSafetensors } from '../engine/run/safetensors.js';
import { runRangeTest } from '../engine/study/range_test.js';
import { LocalRunner } from '../engine/study/trial/runner.js';
import { runTrial } from '../engine/study/trial/trial.js';
import { LiveRun } from './live_run.js';
import {
  makeAdjusted,
  makeDataLoaded,
  makeFailed,
  makeGlimpsed,
  makeLooked,
  makePreviewed,
  makeRangeProgress,
  makeRangeTested,
  makeReady,
  makeRejected,
  makeSnapshotTaken,
  makeStarted,
  makeTrialProgress,
  makeTried,
  makeWeightsWritten,
  unreachable,
} from './protocol.js';
import { DataShelf } from './worker_data.js';

/**
 * @typedef {import('../engine/engine.js').Engine} Engine
 * @typedef {import('../engine/config/config.js').Config} Config
 * @typedef {import('./protocol.js').PageMessage} PageMessage
 * @typedef {import('./protocol.js').WorkerMessage} WorkerMessage
 *
 * @typedef {object} ServicePort  the worker's end of the channel
 * @property {(message: WorkerMessage, transfer?: ArrayBuffer[]) => void} send
 * @property {(receive: (message: PageMessage) => void) => void} listen
 * @property {(ms?: number) => Promise<void>} yieldNow  lets messages that have arrived be heard; resolves after at
 *   least ms
 */

/** Points of a previewed schedule. */
const PREVIEW_POINTS = 600;

/** The time between two messages about a range test, in milliseconds. */
const RANGE_PROGRESS_MS = 1000 / 30;

/** Ended runs whose snapshots are kept; of older ones only the network stays, and a fork replays from the start. */
const PASTS_KEPT = 8;

/**
 * Answers messages until the worker ends. Messages that come before the engine is loaded wait for it.
 *
 * @param {ServicePort} port
 * @param {() => Promise<Engine>} createEngine
 */
export function serve(port, createEngine) {
  const service = createEngine().then((engine) => {
    port.send(makeReady({ threads: engine.threads, normEdges: engine.normEdges }));
    return new Service(engine, port);
  });
  service.catch((error) => port.send(describeDefect(error, { fatal: true })));
  port.listen((message) => {
    service.then(
      (ready) => ready.receive(message),
      () => {}, // Said once already: the engine could not be loaded.
    );
  });
}

class Service {
  #engine;
  #send;
  #shelf;
  /** In order of their start. @type {Map<number, LiveRun>} */
  #runs = new Map();
  /** Range tests and trials, which can be cancelled, by requestId. @type {Map<number, AbortController>} */
  #cancellable = new Map();
  #yieldNow;
  #now = () => performance.now();

  /**
   * @param {Engine} engine
   * @param {ServicePort} port
   */
  constructor(engine, { send, yieldNow }) {
    this.#engine = engine;
    this.#send = send;
    this.#yieldNow = yieldNow;
    this.#shelf = new DataShelf(engine);
  }

  /** @param {PageMessage} message */
  async receive(message) {
    try {
      await this.#follow(message);
    } catch (error) {
      const { runId, requestId } = /** @type {{ runId?: number, requestId?: number }} */ (message);
      this.#send(describeFailure(error, requestId === undefined ? { runId } : { requestId }));
    }
  }

  /** @param {PageMessage} message @returns {void | Promise<void>} */
  #follow(message) {
    switch (message.type) {
      case 'start':
        return this.#start(message);
      case 'fork':
        return this.#fork(message);
      case 'adjust':
        return this.#adjust(message);
      case 'pause':
      case 'resume':
      case 'step':
      case 'stop':
      case 'speed':
        return this.#command(message);
      case 'taken':
        return this.#runs.get(message.runId)?.taken();
      case 'discard':
        return this.#discard(message.runId);
      case 'loadData':
        return this.#loadData(message);
      case 'keepData':
        return this.#keepData(message);
      case 'unloadData':
        return this.#shelf.forgetFiles(message.dataId);
      case 'preview':
        return this.#preview(message);
      case 'glimpse':
        return this.#glimpse(message);
      case 'look':
        return this.#look(message);
      case 'rangeTest':
        return this.#rangeTest(message);
      case 'trial':
        return this.#trial(message);
      case 'cancel':
        return this.#cancel(message.requestId);
      case 'snapshot':
        return this.#snapshot(message);
      case 'writeWeights':
        return this.#writeWeights(message);
      default:
        return unreachable(message);
    }
  }

  /**
   * @param {import('./protocol.js').PauseMessage | import('./protocol.js').ResumeMessage |
   *   import('./protocol.js').StepMessage | import('./protocol.js').StopMessage |
   *   import('./protocol.js').SpeedMessage} message
   */
  #command(message) {
    const run = this.#find(message.runId);
    switch (message.type) {
      case 'pause':
        return run.pause();
      case 'resume':
        return run.resume();
      case 'step':
        return run.step(message.count);
      case 'stop':
        return run.stop();
      case 'speed':
        return run.limitSpeed(message.stepsPerSecond);
      default:
        return unreachable(message);
    }
  }

  /** @param {number} runId */
  #find(runId) {
    const run = this.#runs.get(runId);
    if (!run) throw new TrainerError('unknown-run', null, 'This run is no longer in memory.');
    return run;
  }

  /** @param {import('./protocol.js').StartMessage} message */
  async #start({ runId, config, dataId, paused, stepsPerSecond }) {
    const complete = this.#parse(config);
    const trainer = this.#createTrainer(complete, dataId);
    const run = new LiveRun({
      runId,
      trainer,
      dataId,
      paused,
      stepsPerSecond,
      now: this.#now,
      yieldNow: this.#yieldNow,
      send: this.#send,
      onStarted: () => this.#sayStarted(run, { parentId: null, step: 0 }),
    });
    await this.#carry(run);
  }

  /** @param {import('./protocol.js').ForkMessage} message */
  async #fork({ runId, parentId, step, changes, paused, stepsPerSecond }) {
    const parent = this.#find(parentId);
    const { trainer: past } = parent;
    if (!(step >= 0 && step <= past.stepsTaken)) {
      const message = `The run has taken ${past.stepsTaken} steps; it cannot be forked at step ${step}.`;
      throw new TrainerError('setting', null, message);
    }
    if (changes.some((change) => change.step < step)) {
      throw new TrainerError('setting', 'changes', `A fork at step ${step} cannot change what came before it.`);
    }
    const inherited = past.config.changes.filter((change) => change.step < step);
    const config = this.#parse({ ...past.config, changes: [...inherited, ...changes] });
    const trainer = this.#goBack(parent, step, config);
    const run = new LiveRun({
      runId,
      trainer,
      dataId: parent.dataId,
      paused,
      stepsPerSecond,
      replayTo: step,
      known: parent.evaluations.filter((evaluation) => evaluation.step <= step),
      now: this.#now,
      yieldNow: this.#yieldNow,
      send: this.#send,
      onStarted: () => this.#sayStarted(run, { parentId, step }),
    });
    await this.#carry(run);
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
    if (!entry) return this.#createTrainer(config, parent.dataId);
    const trainer = this.#withRoom(() => parent.trainer.fork(), parent);
    trainer.restore(entry.snapshot, { changes: config.changes });
    return trainer;
  }

  /** @param {Config} config @param {number | null} dataId */
  #createTrainer(config, dataId) {
    return this.#withRoom(() => this.#engine.createTrainer(config, this.#shelf.find(config, dataId)));
  }

  /**
   * Makes something that may not fit beside what is there: ended runs make room for it, the oldest first. A run too
   * large for any room must not cost the others their lives, so this goes on only while memory is crowded.
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
        const { used, limit } = this.#engine.memory;
        const isCrowded = error instanceof TrainerError && error.code === 'memory' && used > limit / 2;
        const oldest = [...this.#runs.values()].find((run) => run.session.over && run !== needed);
        if (!isCrowded || !oldest) throw error;
        this.#discard(oldest.runId);
      }
    }
  }

  /** Keeps a run from its first step to its last. @param {LiveRun} run */
  async #carry(run) {
    this.#runs.set(run.runId, run);
    try {
      await run.run();
    } catch (error) {
      this.#discard(run.runId);
      throw error;
    }
    const ended = [...this.#runs.values()].filter(({ session }) => session.over);
    for (const { past } of ended.slice(0, -PASTS_KEPT)) past.clear();
  }

  /**
   * @param {LiveRun} run
   * @param {{ parentId: number | null, step: number }} origin
   */
  #sayStarted(run, { parentId, step }) {
    const { trainer } = run;
    const { dataset } = trainer;
    this.#send(
      makeStarted({
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
        notices: trainer.notices,
      }),
    );
  }

  /** @param {import('./protocol.js').AdjustMessage} message */
  async #adjust({ runId, field, value }) {
    const run = this.#find(runId);
    await run.begun;
    const change = run.session.adjust(field, value);
    this.#send(makeAdjusted({ runId, ...change }));
  }

  /** @param {number} runId */
  #discard(runId) {
    this.#runs.get(runId)?.discard();
    this.#runs.delete(runId);
  }

  /** @param {import('./protocol.js').LoadDataMessage} message */
  async #loadData({ requestId, dataId, files, config }) {
    const named = files.map(({ name, bytes }) => ({ name, bytes: new Uint8Array(bytes) }));
    const read = await readDataFiles(this.#engine, named);
    const shared = this.#engine.shareData(read);
    const data = shared ?? read;
    const complete = this.#parse({ ...config, dataset: 'custom' });
    const dataset = createFileDataset(this.#engine, data, complete);
    const { trainCount, valCount } = dataset;
    dataset.dispose();
    this.#shelf.keepFiles(dataId, data);
    const { name, shape, classes, classNames } = data;
    this.#send(makeDataLoaded({ requestId, dataId, name, shape, classes, classNames, trainCount, valCount, shared }));
  }

  /** @param {import('./protocol.js').KeepDataMessage} message */
  #keepData({ dataId, data, isShared }) {
    this.#shelf.keepFiles(dataId, isShared ? this.#engine.adoptData(data) : data);
  }

  /** @param {import('./protocol.js').GlimpseMessage} message */
  #glimpse({ requestId, config, count }) {
    const { config: complete } = this.#engine.parseConfig({ ...config, samples: count, val_samples: 1 });
    const dataset = this.#engine.generateDataset(complete);
    try {
      const indices = Array.from({ length: count }, (_, i) => i);
      this.#send(makeGlimpsed({ requestId, ...dataset.readSamples('train', indices) }));
    } finally {
      dataset.dispose();
    }
  }

  /** @param {import('./protocol.js').PreviewMessage} message */
  #preview({ requestId, config, dataId }) {
    const { config: complete, problems } = this.#engine.parseConfig(config);
    const totalSteps = complete.warmup_steps + complete.steps;
    const steps = spreadSteps(totalSteps);
    /** @type {import('./protocol.js').Problem | null} */
    let problem = problems.length > 0 ? describeProblem(problems[0]) : null;
    let facts = null;
    if (!problem) {
      try {
        facts = this.#engine.measureModel(complete, this.#shelf.find(complete, dataId));
      } catch (error) {
        if (!(error instanceof TrainerError)) throw error;
        problem = describeProblem(error);
      }
    }
    const rates = this.#engine.learningRatesAt(complete, steps);
    this.#send(makePreviewed({ requestId, steps, rates, totalSteps, facts, problem }), [
      /** @type {ArrayBuffer} */ (steps.buffer),
      /** @type {ArrayBuffer} */ (rates.buffer),
    ]);
  }

  /** @param {import('./protocol.js').LookMessage} message */
  #look({ requestId, runId, samples, surface }) {
    const { trainer } = this.#find(runId);
    this.#send(
      makeLooked({
        requestId,
        runId,
        step: trainer.stepsTaken,
        outputs: trainer.dataset.outputs,
        samples: samples && lookAtSamples(trainer, samples),
        surface: surface && lookAtSurface(trainer, surface),
      }),
    );
  }

  /** @param {import('./protocol.js').RangeTestMessage} message */
  async #rangeTest({ requestId, config, dataId, options }) {
    const complete = this.#parse(config);
    const controller = new AbortController();
    this.#cancellable.set(requestId, controller);
    const reporter = new RangeReporter(requestId, this.#send, this.#now);
    try {
      const result = await runRangeTest({
        engine: this.#engine,
        runner: new LocalRunner({
          // Asked for each time: meanwhile the shelf may have made room for another data set.
          createTrainer: (planned) => this.#createTrainer(planned, dataId),
          now: this.#now,
          yieldNow: this.#yieldNow,
        }),
        config: complete,
        options: this.#engine.parseRangeOptions(options),
        now: this.#now,
        signal: controller.signal,
        onPoint: (point) => reporter.add(point),
      });
      reporter.flush();
      this.#send(makeRangeTested({ requestId, result }));
    } finally {
      this.#cancellable.delete(requestId);
    }
  }

  /** @param {import('./protocol.js').TrialMessage} message */
  async #trial({ requestId, config, dataId, record }) {
    const complete = this.#parse(config);
    const controller = new AbortController();
    this.#cancellable.set(requestId, controller);
    try {
      const result = await runTrial({
        createTrainer: (planned) => this.#createTrainer(planned, dataId),
        config: complete,
        record,
        now: this.#now,
        yieldNow: this.#yieldNow,
        signal: controller.signal,
        onProgress: (progress) => this.#send(makeTrialProgress({ requestId, ...progress })),
      });
      this.#send(makeTried({ requestId, result, memory: this.#engine.memory.total }));
    } finally {
      this.#cancellable.delete(requestId);
    }
  }

  /** @param {number} requestId */
  #cancel(requestId) {
    const reason = new TrainerError('cancelled', null, 'The study was given up.');
    this.#cancellable.get(requestId)?.abort(reason);
  }

  /** @param {import('./protocol.js').SnapshotMessage} message */
  #snapshot({ requestId, runId }) {
    const step = this.#find(runId).keepSnapshot();
    this.#send(makeSnapshotTaken({ requestId, runId, step }));
  }

  /** @param {import('./protocol.js').WriteWeightsMessage} message */
  #writeWeights({ requestId, runId }) {
    const { trainer } = this.#find(runId);
    const bytes = writeSafetensors(trainer.tensors(), { format: 'pt' });
    const buffer = /** @type {ArrayBuffer} */ (bytes.buffer);
    this.#send(makeWeightsWritten({ requestId, runId, step: trainer.stepsTaken, bytes: buffer }), [buffer]);
  }

  /** A complete config, or a throw with the first problem. @param {import('./protocol.js').GivenConfig} config */
  #parse(config) {
    const { config: complete, problems } = this.#engine.parseConfig(config);
    if (problems.length > 0) {
      const { field, message, position = null } = problems[0];
      const error = new TrainerError('setting', field, message);
      error.position = position;
      throw error;
    }
    return complete;
  }
}

/** Collects a range test's points and sends them in bunches. */
class RangeReporter {
  #requestId;
  #send;
  #now;
  #sentAt = -Infinity;
  /** @type {import('../engine/study/range_test.js').RangePoint[]} */
  #points = [];

  /**
   * @param {number} requestId
   * @param {ServicePort['send']} send
   * @param {() => number} now
   */
  constructor(requestId, send, now) {
    this.#requestId = requestId;
    this.#send = send;
    this.#now = now;
  }

  /** @param {import('../engine/study/range_test.js').RangePoint} point */
  add(point) {
    if (this.#points.length > 0 && this.#points[0].seed !== point.seed) this.flush();
    this.#points.push(point);
    if (this.#now() - this.#sentAt >= RANGE_PROGRESS_MS) this.flush();
  }

  flush() {
    if (this.#points.length === 0) return;
    this.#sentAt = this.#now();
    this.#send(
      makeRangeProgress({
        requestId: this.#requestId,
        seed: this.#points[0].seed,
        lr: this.#points.map(({ lr }) => lr),
        loss: this.#points.map(({ loss }) => loss),
        smoothed: this.#points.map(({ smoothed }) => smoothed),
      }),
    );
    this.#points = [];
  }
}

/**
 * @param {import('../engine/run/trainer.js').Trainer} trainer
 * @param {import('./protocol.js').SamplesWanted} wanted
 * @returns {import('./protocol.js').SamplesSeen}
 */
function lookAtSamples(trainer, { split, indices }) {
  const { inputs, labels, targets, shape } = trainer.readSamples(split, indices);
  return { split, indices, shape, inputs, labels, targets, outputs: trainer.predict(split, indices) };
}

/**
 * @param {import('../engine/run/trainer.js').Trainer} trainer
 * @param {import('./protocol.js').SurfaceWanted} wanted
 * @returns {import('./protocol.js').SurfaceSeen}
 */
function lookAtSurface(trainer, { left, right, top, bottom, columns, rows }) {
  const inputs = new Float32Array(2 * columns * rows);
  let at = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      inputs[at++] = left + ((column + 0.5) / columns) * (right - left);
      inputs[at++] = top + ((row + 0.5) / rows) * (bottom - top);
    }
  }
  return { columns, rows, outputs: trainer.predictInputs(inputs) };
}

/** At most PREVIEW_POINTS steps of a run, evenly spread, first and last included. @param {number} totalSteps */
function spreadSteps(totalSteps) {
  const count = Math.min(totalSteps, PREVIEW_POINTS);
  return Uint32Array.from({ length: count }, (_, i) =>
    count === 1 ? 0 : Math.round((i * (totalSteps - 1)) / (count - 1)),
  );
}

/** @param {{ field?: string | null, message: string, position?: number | null }} problem */
function describeProblem({ field = null, message, position = null }) {
  return { field, position, message };
}

/**
 * @param {unknown} error
 * @param {{ runId?: number, requestId?: number }} origin
 */
function describeFailure(error, { runId, requestId }) {
  if (error instanceof TrainerError) {
    const { field, position = null, code, message } = error;
    return makeRejected({ runId, requestId, field, position, code, message });
  }
  // After a trap the module's memory cannot be trusted any more.
  const isTrap = error instanceof Error && error.name === 'RuntimeError';
  return describeDefect(error, { runId, requestId, fatal: isTrap || (runId === undefined && requestId === undefined) });
}

/**
 * @param {unknown} error
 * @param {{ runId?: number, requestId?: number, fatal: boolean }} how
 */
function describeDefect(error, how) {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return makeFailed({ ...how, code: error instanceof TrainerError ? error.code : name, message });
}
