/**
 * The page's side of the protocol: a promise per question, a handle per run, and a worker that is replaced when it
 * no longer answers.
 *
 *     const client = new WorkerClient({ openPort: openWorker });
 *     const run = client.start({ config }, { progress: (message) => draw(message), finished: showResult });
 *     run.adjust('lr', 0.01);
 *     const { rates } = await client.ask('preview', { config });
 *
 * Messages of runs that were discarded are dropped here, so a listener never hears of a run it gave up.
 */

import { TrainerError } from '../engine/core/errors.js';
import { onAbort } from '../engine/study/trial/abort.js';
import { makeOrder, makeQuestion } from './messages.js';
import { NEWS, ORDERS, QUESTIONS } from './protocol.js';
import { RunHandle } from './run_handle.js';

/**
 * @typedef {import('./protocol.js').GivenConfig} GivenConfig
 * @typedef {import('./protocol.js').DataFiles} DataFiles
 * @typedef {import('./protocol.js').DataLoaded} DataLoaded
 * @typedef {import('./messages.js').OrderType} OrderType
 * @typedef {import('./messages.js').QuestionType} QuestionType
 * @typedef {import('./messages.js').PageMessage} PageMessage
 * @typedef {import('./messages.js').WorkerMessage} WorkerMessage
 * @typedef {import('./messages.js').ReplyMessage} ReplyMessage
 * @typedef {import('./messages.js').RejectedMessage | import('./messages.js').FailedMessage} Problem
 * @typedef {import('./run_handle.js').RunListener} RunListener
 *
 * @typedef {object} Port  one end of a channel to a worker; see worker_port.js and thread_port.js
 * @property {(message: PageMessage, transfer?: ArrayBuffer[]) => void} send
 * @property {(receive: (message: WorkerMessage) => void) => void} listen
 * @property {(fail: (message: string) => void) => void} onBroken  the worker died, or could not be loaded
 * @property {() => void} close  ends the worker
 * @property {boolean} [keepsQueue]  whether trials that it is sent together are computed one after the other, each without
 *   waiting for a word from here; where it does not say so, all at once
 *
 * @typedef {object} AskedQuestion  one that waits for its answer
 * @property {(answer: ReplyMessage) => void} resolve
 * @property {(error: Error) => void} reject
 * @property {((told: ReplyMessage) => void) | undefined} progress
 *
 * @typedef {import('./protocol.js').DataFile} DataFile  a File of the page is its own blob: { name: file.name, blob: file }
 */

/** Messages that answer a question, and those that come before the answer. */
const ANSWERS = new Set(Object.values(QUESTIONS).map(({ answer }) => answer));
const PROGRESS = new Set(Object.values(QUESTIONS).map(({ progress }) => progress));

/** Silence after which a worker that owes an answer counts as stuck, unless it said that it may be at work for longer. */
const STUCK_MS = 30_000;

/** A worker's silence is counted in so many parts. */
const WATCH_PARTS = 10;

/** The longest time that a timer can be set to. */
const TIMER_MAX_MS = 2 ** 31 - 1;

export class WorkerClient {
  #openPort;
  #stuckMs;
  #onRestarted;
  #onUnusable;
  #onSilent;
  /** How long the present worker may be at work without a word, as it says itself, in milliseconds. */
  #pieceMs = 0;
  /** @type {Port} */
  #port;
  #nextId = 1;
  /** @type {Map<number, RunHandle>} */
  #runs = new Map();
  /** @type {Map<number, AskedQuestion>} */
  #questions = new Map();
  /** What was loaded, to be sent again to a new worker. @type {Map<number, { files: DataFile[], config: GivenConfig }>} */
  #data = new Map();
  /** As #data, of files read already. @type {Map<number, { data: DataFiles, isShared: boolean }>} */
  #kept = new Map();
  /** Runs that owe a reaction to an urgent order. @type {Set<number>} */
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
   * @param {() => void} [options.onSilent]  the worker owes an answer for as long as one that is stuck does, but has said
   *   that its work may take longer: it is not replaced yet, unless `giveUp` is called
   * @param {number} [options.stuckMs]
   */
  constructor({ openPort, onRestarted = () => {}, onUnusable = () => {}, onSilent = () => {}, stuckMs = STUCK_MS }) {
    this.#openPort = openPort;
    this.#onRestarted = onRestarted;
    this.#onUnusable = onUnusable;
    this.#onSilent = onSilent;
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

  /** Ends what the worker is at, whatever it is: another takes its place. */
  giveUp() {
    if (this.#closedBecause === null) this.#lose('It was ended in the middle of its work.', 'given-up');
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
   * @param {{ config: GivenConfig, dataId?: number | null, weights?: import('./protocol.js').NamedBytes | null,
   *           past?: import('./protocol.js').Past | null,
   *           paused?: boolean, stepsPerSecond?: number, after?: RunHandle | null }} what
   * @param {RunListener} [listener]
   * @returns {RunHandle}
   */
  start({ config, dataId, weights, past, paused = false, stepsPerSecond, after = null }, listener = {}) {
    const run = this.#addRun(listener);
    const waits = after !== null && !after.ended;
    this.#order('start', { runId: run.id, config, dataId, weights, past, paused: paused || waits, stepsPerSecond });
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
    this.#order('fork', { runId: run.id, parentId: parent.id, ...what });
    return run;
  }

  /**
   * Reads files in the worker; use the answer's dataId for runs.
   *
   * @param {DataFile[]} files
   * @param {GivenConfig} config
   * @param {number} [dataId]  by which another worker has the same data
   * @returns {Promise<DataLoaded>}
   */
  async loadData(files, config, dataId = this.#nextId++) {
    const loaded = await this.#sendData(dataId, files, config);
    this.#data.set(dataId, { files, config });
    return loaded;
  }

  /**
   * Gives the worker data that has been read already.
   *
   * @param {DataFiles} data
   * @param {{ isShared?: boolean }} [how]  isShared: the arrays lie in the memory that the worker's engine shares
   * @returns {number}  the dataId for runs
   */
  keepData(data, { isShared = false } = {}) {
    const dataId = this.#nextId++;
    this.#kept.set(dataId, { data, isShared });
    this.#order('keepData', { dataId, data, isShared });
    return dataId;
  }

  /** @param {number} dataId */
  unloadData(dataId) {
    this.#data.delete(dataId);
    this.#kept.delete(dataId);
    this.#order('unloadData', { dataId });
  }

  /**
   * Asks one of the questions of protocol.js.
   *
   * @template {QuestionType} T
   * @param {T} type
   * @param {import('./messages.js').Given<T>} question
   * @param {import('./messages.js').AskHow<T>} [how]
   * @returns {Promise<import('./messages.js').Answer<T>>}
   * @throws {TrainerError} what the worker refuses; code "worker-lost" where it is lost over it
   */
  async ask(type, question, { progress, signal } = {}) {
    if (this.#closedBecause !== null) throw lostError(this.#closedBecause);
    const requestId = this.#nextId++;
    const answered = new Promise((resolve, reject) => {
      const told = /** @type {AskedQuestion['progress']} */ (progress);
      this.#questions.set(requestId, { resolve, reject, progress: told });
      this.#port.send(makeQuestion(type, requestId, question));
      this.#startWatch();
    });
    const forgetSignal = onAbort(signal, () => this.#order('cancel', { requestId }));
    try {
      return /** @type {import('./messages.js').Answer<T>} */ (await answered);
    } finally {
      forgetSignal();
    }
  }

  /** @param {RunListener} listener */
  #addRun(listener) {
    const run = new RunHandle(this.#nextId++, listener, {
      order: (type, order) => this.#order(type, order),
      ask: (type, question, how) => this.ask(type, question, how),
      forget: (id) => this.#forget(id),
    });
    if (this.#closedBecause === null) this.#runs.set(run.id, run);
    // Not before the caller has its handle.
    else queueMicrotask(() => run.hear(lossOf(run.id, this.#closedBecause ?? '')));
    return run;
  }

  /** @param {number} id */
  #forget(id) {
    this.#runs.delete(id);
    this.#owing.delete(id);
  }

  /**
   * @template {OrderType} T
   * @param {T} type
   * @param {import('./messages.js').Given<T>} order
   */
  #order(type, order) {
    this.#port.send(makeOrder(type, order));
    const { isUrgent } = /** @type {import('./protocol.js').Order<unknown>} */ (ORDERS[type]);
    if (!isUrgent) return;
    const { runId } = /** @type {{ runId: number }} */ (order);
    // A run that has ended has nothing more to say.
    if (this.#runs.get(runId)?.ended !== false) return;
    this.#owing.add(runId);
    this.#startWatch();
  }

  /**
   * @param {number} dataId
   * @param {DataFile[]} files
   * @param {GivenConfig} config
   */
  #sendData(dataId, files, config) {
    return this.ask('loadData', { dataId, files, config });
  }

  #open() {
    this.#isReady = false;
    this.#pieceMs = 0;
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
    const { type } = message;
    if (type === 'ready') this.#takeReady(/** @type {import('./protocol.js').ReadyMessage} */ (message));
    else if (type === 'alive') this.#pieceMs = /** @type {import('./protocol.js').AliveMessage} */ (message).pieceMs;
    else if (type === 'rejected' || type === 'failed') this.#takeProblem(/** @type {Problem} */ (message));
    else if (Object.hasOwn(NEWS, type)) this.#takeNews(/** @type {import('./messages.js').AnyNews} */ (message));
    else {
      const reply = /** @type {ReplyMessage} */ (message);
      if (ANSWERS.has(type)) this.#settle(reply.requestId)?.resolve(reply);
      else if (PROGRESS.has(type)) this.#questions.get(reply.requestId)?.progress?.(reply);
      else throw new Error(`unknown message type ${JSON.stringify(type)}`);
    }
  }

  /** @param {import('./protocol.js').ReadyMessage} message */
  #takeReady({ threads, normEdges }) {
    this.#isReady = true;
    this.#threads = threads;
    this.#normEdges = normEdges;
    this.#resolveReady();
  }

  /** @param {import('./messages.js').AnyNews} message */
  #takeNews(message) {
    const { isReaction } = /** @type {import('./protocol.js').News<unknown>} */ (NEWS[message.type]);
    if (isReaction) this.#owing.delete(message.runId);
    if (message.type === 'progress') this.#takeProgress(message);
    else this.#runs.get(message.runId)?.hear(message);
  }

  /** @param {import('./messages.js').NewsMessage<'progress'>} message */
  async #takeProgress(message) {
    const run = this.#runs.get(message.runId);
    if (!run) return;
    try {
      await run.hear(message);
    } finally {
      if (this.#runs.has(message.runId)) this.#order('taken', { runId: message.runId });
    }
  }

  /** @param {Problem} message */
  #takeProblem(message) {
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
    this.#watchFor(this.#stuckMs, () => {
      const lose = () => this.#lose('The worker did not answer.');
      const moreMs = this.#pieceMs - this.#stuckMs;
      if (moreMs <= 0) return lose();
      this.#watchFor(moreMs, lose);
      this.#onSilent();
    });
  }

  /**
   * A while passes in parts: one is all that passes while this thread is held up itself, at work or with the whole program,
   * and what the worker has said meanwhile is heard in the next.
   *
   * @param {number} ms
   * @param {() => void} then
   */
  #watchFor(ms, then, parts = WATCH_PARTS) {
    this.#watch = setTimeout(
      () => (parts > 1 ? this.#watchFor(ms, then, parts - 1) : then()),
      Math.min(ms / WATCH_PARTS, TIMER_MAX_MS),
    );
  }

  /**
   * Ends the worker, and all that was asked of it. One that was ready once is replaced, where that can be.
   *
   * @param {string} reason
   * @param {string} [code]
   */
  #lose(reason, code) {
    clearTimeout(this.#watch);
    this.#port.close();
    // What has ended has ended, and its listener has all of it.
    const runs = [...this.#runs.values()].filter(({ ended }) => !ended);
    const questions = [...this.#questions.values()];
    this.#runs.clear();
    this.#questions.clear();
    this.#owing.clear();
    const isReplaced = this.#isReady && this.#replace();
    const tell = isReplaced ? this.#onRestarted : this.#onUnusable;
    if (!isReplaced) this.#closedBecause = reason;
    for (const { reject } of questions) reject(lostError(reason));
    for (const run of runs) run.hear(lossOf(run.id, reason, code));
    tell(reason);
  }

  /** Opens another worker, which is given the data that the last one had. @returns {boolean}  whether there is one to be had */
  #replace() {
    try {
      this.#port = this.#open();
    } catch {
      return false;
    }
    for (const [dataId, { files, config }] of this.#data) {
      this.#sendData(dataId, files, config).catch(() => this.#data.delete(dataId));
    }
    for (const [dataId, kept] of this.#kept) this.#order('keepData', { dataId, ...kept });
    return true;
  }
}

/** @param {string} message */
function lostError(message) {
  return new TrainerError('worker-lost', null, message);
}

/** @param {number} runId @param {string} message @param {string} [code] @returns {import('./protocol.js').FailedMessage} */
function lossOf(runId, message, code = 'worker-lost') {
  return { type: 'failed', runId, requestId: null, code, message, fatal: false };
}
