/**
 * The page's side of the protocol: a promise per question, a handle per run, and a worker that is replaced when it
 * no longer answers.
 *
 *     const client = new WorkerClient({ openPort: openWorker });
 *     const run = client.start({ config }, { progress: (message) => draw(message), finished: showResult });
 *     run.adjust('lr', 0.01);
 *     const { rates } = await client.preview({ config });
 *
 * Messages of runs that were discarded are dropped here, so a listener never hears of a run it gave up.
 */

import { TrainerError } from '../engine/core/errors.js';
import { onAbort } from '../engine/study/trial/abort.js';
import {
  makeAdjust,
  makeCancel,
  makeDiscard,
  makeFailed,
  makeFork,
  makeGlimpse,
  makeKeepData,
  makeLoadData,
  makeLook,
  makePause,
  makePreview,
  makeRangeTest,
  makeResume,
  makeSnapshot,
  makeSpeed,
  makeStart,
  makeStep,
  makeStop,
  makeTaken,
  makeTrial,
  makeUnloadData,
  makeWriteWeights,
  unreachable,
} from './protocol.js';

/**
 * @typedef {import('./protocol.js').PageMessage} PageMessage
 * @typedef {import('./protocol.js').WorkerMessage} WorkerMessage
 * @typedef {import('./protocol.js').GivenConfig} GivenConfig
 *
 * @typedef {object} Port  one end of a channel to a worker; see worker_port.js and thread_port.js
 * @property {(message: PageMessage, transfer?: ArrayBuffer[]) => void} send
 * @property {(receive: (message: WorkerMessage) => void) => void} listen
 * @property {(fail: (message: string) => void) => void} onBroken  the worker died, or could not be loaded
 * @property {() => void} close  ends the worker
 *
 * @typedef {object} RunListener  every member may be left out
 * @property {(message: import('./protocol.js').StartedMessage) => void} [started]
 * @property {(message: import('./protocol.js').ProgressMessage) => void | Promise<void>} [progress]
 *   the next one comes only after this has returned, or after the promise it returns has settled
 * @property {(message: import('./protocol.js').AdjustedMessage) => void} [adjusted]
 * @property {(message: import('./protocol.js').PausedMessage) => void} [paused]
 * @property {(message: import('./protocol.js').FinishedMessage) => void} [finished]
 * @property {(message: import('./protocol.js').RejectedMessage) => void} [rejected]  before `started`: there is no
 *   run; after it: a command was refused and the run goes on
 * @property {(message: import('./protocol.js').FailedMessage) => void} [failed]  the run is lost
 *
 * @typedef {{ resolve: (message: any) => void, reject: (error: Error) => void, progress?: (message: any) => void }} Question
 * @typedef {{ name: string, blob: Blob }} DataFile  a File of the page is its own blob: { name: file.name, blob: file }
 */

/** Silence after which a worker that owes an answer counts as stuck, in milliseconds. */
const STUCK_MS = 30_000;

export class WorkerClient {
  #openPort;
  #stuckMs;
  #onRestarted;
  #onUnusable;
  /** @type {Port} */
  #port;
  #nextId = 1;
  /** @type {Map<number, RunHandle>} */
  #runs = new Map();
  /** @type {Map<number, Question>} */
  #questions = new Map();
  /** What was loaded, to be sent again to a new worker. @type {Map<number, { files: DataFile[], config: GivenConfig }>} */
  #data = new Map();
  /** As #data, of files read already. @type {Map<number, { data: import('../engine/data/data_files.js').DataFiles, isShared: boolean }>} */
  #kept = new Map();
  /** Runs that owe an answer to pause, step or stop. @type {Set<number>} */
  #owing = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #watch;
  /** @type {() => void} */
  #resolveReady = () => {};
  #ready = Promise.resolve();
  #threads = 1;
  /** @type {Float64Array} */
  #normEdges = new Float64Array();
  /** Whether the present worker has said `ready`: one that never did is not worth replacing. */
  #isReady = false;
  /** Why there is no worker any more, and will be none. @type {string | null} */
  #closedBecause = null;

  /**
   * @param {object} options
   * @param {() => Port} options.openPort
   * @param {(reason: string) => void} [options.onRestarted]  the worker was lost and replaced; all runs are gone
   * @param {(message: string) => void} [options.onUnusable]  the worker's engine could not be loaded: from now on every
   *   question is rejected and every run fails, at once and with this message
   * @param {number} [options.stuckMs]
   */
  constructor({ openPort, onRestarted = () => {}, onUnusable = () => {}, stuckMs = STUCK_MS }) {
    this.#openPort = openPort;
    this.#onRestarted = onRestarted;
    this.#onUnusable = onUnusable;
    this.#stuckMs = stuckMs;
    this.#port = this.#open();
  }

  /** Resolves when the worker's engine is loaded. Nothing needs to wait for it: messages do. */
  get ready() {
    return this.#ready;
  }

  /** Threads that train a run together, known once the worker is ready. */
  get threads() {
    return this.#threads;
  }

  /** Edges of the bins that runs count their gradient norms in, known once the worker is ready. */
  get normEdges() {
    return this.#normEdges;
  }

  /** Ends the worker with everything in it. */
  dispose() {
    this.#closedBecause = 'The worker was closed.';
    clearTimeout(this.#watch);
    this.#port.close();
    this.#runs.clear();
    for (const { reject } of this.#questions.values()) reject(lostError(this.#closedBecause));
    this.#questions.clear();
  }

  /**
   * Starts a run. Several runs run side by side; `after` makes a run wait until another has ended.
   *
   * @param {{ config: GivenConfig, dataId?: number | null, paused?: boolean, stepsPerSecond?: number,
   *           after?: RunHandle | null }} what
   * @param {RunListener} [listener]
   * @returns {RunHandle}
   */
  start({ config, dataId, paused = false, stepsPerSecond, after = null }, listener = {}) {
    const run = this.#addRun(listener);
    const waits = after !== null && !after.ended;
    this.#port.send(makeStart({ runId: run.id, config, dataId, paused: paused || waits, stepsPerSecond }));
    if (after && waits && !paused) after.whenEnded.then(() => run.resume());
    return run;
  }

  /**
   * A new run that begins where `parent` was after `step` steps.
   *
   * @param {RunHandle} parent
   * @param {{ step: number, changes?: import('./protocol.js').Change[], paused?: boolean,
   *           stepsPerSecond?: number }} what
   * @param {RunListener} [listener]
   * @returns {RunHandle}
   */
  fork(parent, what, listener = {}) {
    const run = this.#addRun(listener);
    this.#port.send(makeFork({ runId: run.id, parentId: parent.id, ...what }));
    return run;
  }

  /**
   * Reads files in the worker; use the answer's dataId for runs.
   *
   * @param {DataFile[]} files
   * @param {GivenConfig} config
   * @returns {Promise<import('./protocol.js').DataLoadedMessage>}
   */
  async loadData(files, config) {
    const dataId = this.#nextId++;
    const loaded = await this.#sendData(dataId, files, config);
    this.#data.set(dataId, { files, config });
    return loaded;
  }

  /**
   * Gives the worker data that has been read already.
   *
   * @param {import('../engine/data/data_files.js').DataFiles} data
   * @param {{ isShared?: boolean }} [how]  isShared: the arrays lie in the memory that the worker's engine shares
   * @returns {number}  the dataId for runs
   */
  keepData(data, { isShared = false } = {}) {
    const dataId = this.#nextId++;
    this.#kept.set(dataId, { data, isShared });
    this.#port.send(makeKeepData({ dataId, data, isShared }));
    return dataId;
  }

  /** @param {number} dataId */
  unloadData(dataId) {
    this.#data.delete(dataId);
    this.#kept.delete(dataId);
    this.#port.send(makeUnloadData({ dataId }));
  }

  /**
   * @param {{ config: GivenConfig, dataId?: number | null }} what
   * @returns {Promise<import('./protocol.js').PreviewedMessage>}
   */
  preview(what) {
    return this.#ask((requestId) => makePreview({ requestId, ...what }));
  }

  /**
   * @param {{ config: GivenConfig, count: number }} what  a data set that is generated, and how many samples
   * @returns {Promise<import('./protocol.js').GlimpsedMessage>}
   */
  glimpse(what) {
    return this.#ask((requestId) => makeGlimpse({ requestId, ...what }));
  }

  /**
   * @param {{ config: GivenConfig, dataId?: number | null, options?: Record<string, string | number> }} what
   * @param {{ progress?: (message: import('./protocol.js').RangeProgressMessage) => void, signal?: AbortSignal }} [how]
   * @returns {Promise<import('./protocol.js').RangeTestedMessage>}  rejects with code "cancelled" after the signal
   */
  rangeTest(what, { progress, signal } = {}) {
    return this.#askLong((requestId) => makeRangeTest({ requestId, ...what }), progress, signal);
  }

  /**
   * @param {{ config: GivenConfig, dataId?: number | null,
   *           record?: import('../engine/study/trial/curve.js').CurveDetail }} what
   * @param {{ progress?: (message: import('./protocol.js').TrialProgressMessage) => void, signal?: AbortSignal }} [how]
   * @returns {Promise<import('./protocol.js').TriedMessage>}  rejects with code "cancelled" after the signal
   */
  trial(what, { progress, signal } = {}) {
    return this.#askLong((requestId) => makeTrial({ requestId, ...what }), progress, signal);
  }

  /** @param {RunListener} listener */
  #addRun(listener) {
    const run = new RunHandle(this.#nextId++, listener, {
      send: (message) => this.#sendForRun(message),
      ask: (make) => this.#ask(make),
      forget: (id) => this.#forget(id),
    });
    if (this.#closedBecause === null) this.#runs.set(run.id, run);
    // Not before the caller has its handle.
    else queueMicrotask(() => run.hear(makeLost(run.id, this.#closedBecause ?? '')));
    return run;
  }

  /** @param {number} id */
  #forget(id) {
    this.#runs.delete(id);
    this.#owing.delete(id);
  }

  /** @param {PageMessage} message */
  #sendForRun(message) {
    this.#port.send(message);
    if (message.type !== 'pause' && message.type !== 'stop') return;
    // A run that has ended has nothing more to say.
    if (this.#runs.get(message.runId)?.ended !== false) return;
    this.#owing.add(message.runId);
    this.#startWatch();
  }

  /**
   * A question that takes its time and can be cancelled.
   *
   * @param {(requestId: number) => PageMessage} make
   * @param {Question['progress']} [progress]
   * @param {AbortSignal} [signal]
   * @returns {Promise<any>}
   */
  async #askLong(make, progress, signal) {
    let id = 0;
    const answer = this.#ask((requestId) => {
      id = requestId;
      return make(requestId);
    }, progress);
    const forgetSignal = onAbort(signal, () => this.#port.send(makeCancel({ requestId: id })));
    try {
      return await answer;
    } finally {
      forgetSignal();
    }
  }

  /**
   * @param {(requestId: number) => PageMessage} make
   * @param {Question['progress']} [progress]
   * @returns {Promise<any>}
   */
  #ask(make, progress) {
    if (this.#closedBecause !== null) return Promise.reject(lostError(this.#closedBecause));
    const requestId = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#questions.set(requestId, { resolve, reject, progress });
      this.#port.send(make(requestId));
      this.#startWatch();
    });
  }

  /**
   * @param {number} dataId
   * @param {DataFile[]} files
   * @param {GivenConfig} config
   */
  async #sendData(dataId, files, config) {
    const named = await Promise.all(files.map(async ({ name, blob }) => ({ name, bytes: await blob.arrayBuffer() })));
    if (this.#closedBecause !== null) throw lostError(this.#closedBecause);
    const requestId = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#questions.set(requestId, { resolve, reject });
      this.#port.send(
        makeLoadData({ requestId, dataId, files: named, config }),
        named.map(({ bytes }) => bytes),
      );
      this.#startWatch();
    });
  }

  #open() {
    this.#isReady = false;
    const port = this.#openPort();
    this.#ready = new Promise((resolve) => {
      this.#resolveReady = () => resolve(undefined);
    });
    port.listen((message) => {
      if (port === this.#port) this.#receive(message);
    });
    port.onBroken((reason) => {
      if (port === this.#port) this.#lose(reason);
    });
    return port;
  }

  /** @param {WorkerMessage} message */
  #receive(message) {
    try {
      this.#follow(message);
    } finally {
      // Only now is what it answers no longer owed: a worker that owes nothing may be silent.
      this.#startWatch();
    }
  }

  /** @param {WorkerMessage} message */
  #follow(message) {
    switch (message.type) {
      case 'ready':
        this.#isReady = true;
        this.#threads = message.threads;
        this.#normEdges = message.normEdges;
        this.#resolveReady();
        return;
      case 'started':
      case 'adjusted':
        this.#runs.get(message.runId)?.hear(message);
        return;
      case 'paused':
      case 'finished':
        this.#owing.delete(message.runId);
        this.#runs.get(message.runId)?.hear(message);
        return;
      case 'progress':
        this.#takeProgress(message);
        return;
      case 'previewed':
      case 'glimpsed':
      case 'looked':
      case 'dataLoaded':
      case 'rangeTested':
      case 'tried':
      case 'snapshotTaken':
      case 'weightsWritten':
        this.#settle(message.requestId)?.resolve(message);
        return;
      case 'rangeProgress':
      case 'trialProgress':
        this.#questions.get(message.requestId)?.progress?.(message);
        return;
      case 'rejected':
      case 'failed':
        this.#receiveProblem(message);
        return;
      default:
        unreachable(message);
    }
  }

  /** @param {import('./protocol.js').ProgressMessage} message */
  async #takeProgress(message) {
    const run = this.#runs.get(message.runId);
    if (!run) return;
    try {
      await run.hear(message);
    } finally {
      if (this.#runs.has(message.runId)) this.#port.send(makeTaken({ runId: message.runId }));
    }
  }

  /** @param {import('./protocol.js').RejectedMessage | import('./protocol.js').FailedMessage} message */
  #receiveProblem(message) {
    if (message.requestId !== null) {
      const field = message.type === 'rejected' ? message.field : null;
      const error = new TrainerError(message.code, field, message.message);
      if (message.type === 'rejected') error.position = message.position;
      this.#settle(message.requestId)?.reject(error);
    }
    if (message.runId !== null) {
      this.#owing.delete(message.runId);
      this.#runs.get(message.runId)?.hear(message);
    }
    if (message.type === 'failed' && message.fatal) this.#lose(message.message);
  }

  /** @param {number} requestId */
  #settle(requestId) {
    const question = this.#questions.get(requestId);
    this.#questions.delete(requestId);
    return question;
  }

  /** Counts the worker's silence from now on, as long as it owes an answer. */
  #startWatch() {
    clearTimeout(this.#watch);
    if (this.#owing.size === 0 && this.#questions.size === 0) return;
    this.#watch = setTimeout(() => this.#lose('The worker did not answer.'), this.#stuckMs);
  }

  /** Ends the worker, and all that was asked of it. One that was ready once is replaced. @param {string} reason */
  #lose(reason) {
    clearTimeout(this.#watch);
    this.#port.close();
    const runs = [...this.#runs.values()];
    const questions = [...this.#questions.values()];
    this.#runs.clear();
    this.#questions.clear();
    this.#owing.clear();
    const tell = this.#isReady ? this.#onRestarted : this.#onUnusable;
    if (this.#isReady) this.#replace();
    else this.#closedBecause = reason;
    for (const { reject } of questions) reject(lostError(reason));
    for (const run of runs) run.hear(makeLost(run.id, reason));
    tell(reason);
  }

  /** Opens another worker, which is given the data that the last one had. */
  #replace() {
    this.#port = this.#open();
    for (const [dataId, { files, config }] of this.#data) {
      this.#sendData(dataId, files, config).catch(() => this.#data.delete(dataId));
    }
    for (const [dataId, kept] of this.#kept) this.#port.send(makeKeepData({ dataId, ...kept }));
  }
}

/** One run in the worker. */
export class RunHandle {
  #listener;
  #wire;
  #ended = false;
  /** @type {() => void} */
  #resolveEnded = () => {};

  /**
   * @param {number} id
   * @param {RunListener} listener
   * @param {{ send: (message: PageMessage) => void, ask: (make: (requestId: number) => PageMessage) => Promise<any>,
   *           forget: (id: number) => void }} wire
   */
  constructor(id, listener, wire) {
    this.id = id;
    this.#listener = listener;
    this.#wire = wire;
    /** Resolves when the run has finished, failed, never started, or was discarded. @type {Promise<void>} */
    this.whenEnded = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    this.started = false;
  }

  /** Whether nothing will happen to the run any more. */
  get ended() {
    return this.#ended;
  }

  /** @param {string} field @param {import('./protocol.js').SettingValue} value */
  adjust(field, value) {
    this.#wire.send(makeAdjust({ runId: this.id, field, value }));
  }

  pause() {
    this.#wire.send(makePause({ runId: this.id }));
  }

  resume() {
    this.#wire.send(makeResume({ runId: this.id }));
  }

  /** @param {number} count */
  step(count = 1) {
    this.#wire.send(makeStep({ runId: this.id, count }));
  }

  stop() {
    this.#wire.send(makeStop({ runId: this.id }));
  }

  /** @param {number} stepsPerSecond  0 is as fast as it goes */
  setSpeed(stepsPerSecond) {
    this.#wire.send(makeSpeed({ runId: this.id, stepsPerSecond }));
  }

  /** Frees the run's memory; nothing is heard of it any more. */
  discard() {
    this.#wire.send(makeDiscard({ runId: this.id }));
    this.#wire.forget(this.id);
    this.#end();
  }

  /**
   * @param {{ samples?: import('./protocol.js').SamplesWanted | null,
   *           surface?: import('./protocol.js').SurfaceWanted | null }} what
   * @returns {Promise<import('./protocol.js').LookedMessage>}
   */
  look(what) {
    return this.#wire.ask((requestId) => makeLook({ requestId, runId: this.id, ...what }));
  }

  /** @returns {Promise<import('./protocol.js').SnapshotTakenMessage>} */
  snapshot() {
    return this.#wire.ask((requestId) => makeSnapshot({ requestId, runId: this.id }));
  }

  /** @returns {Promise<import('./protocol.js').WeightsWrittenMessage>} */
  writeWeights() {
    return this.#wire.ask((requestId) => makeWriteWeights({ requestId, runId: this.id }));
  }

  /**
   * For the client: passes a message of this run on to its listener.
   *
   * @param {import('./protocol.js').StartedMessage | import('./protocol.js').ProgressMessage |
   *   import('./protocol.js').AdjustedMessage | import('./protocol.js').PausedMessage |
   *   import('./protocol.js').FinishedMessage | import('./protocol.js').RejectedMessage |
   *   import('./protocol.js').FailedMessage} message
   * @returns {void | Promise<void>}
   */
  hear(message) {
    const listener = this.#listener;
    switch (message.type) {
      case 'started':
        this.started = true;
        return listener.started?.(message);
      case 'progress':
        return listener.progress?.(message);
      case 'adjusted':
        return listener.adjusted?.(message);
      case 'paused':
        return listener.paused?.(message);
      case 'finished':
        this.#end();
        return listener.finished?.(message);
      case 'rejected':
        if (!this.started) this.#end();
        return listener.rejected?.(message);
      case 'failed':
        this.#end();
        return listener.failed?.(message);
      default:
        unreachable(message);
    }
  }

  #end() {
    this.#ended = true;
    this.#resolveEnded();
  }
}

/** @param {string} message */
function lostError(message) {
  return new TrainerError('worker-lost', null, message);
}

/** @param {number} runId @param {string} message */
function makeLost(runId, message) {
  return makeFailed({ runId, code: 'worker-lost', message });
}
