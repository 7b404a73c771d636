/**
 * The worker's side of the protocol, for a Web Worker and a worker thread alike: a handler for each row of its table,
 * several runs side by side, and one place where a throw becomes `rejected` or `failed`.
 */

import { TrainerError } from '../../engine/core/errors.js';
import { checkMessage, isQuestion, originOf } from '../messages.js';
import { Opening } from '../opening.js';
import { orders } from '../orders.js';
import { NEWS, QUESTIONS } from '../protocol.js';
import { lookQuestions } from '../questions/look.js';
import { previewQuestions } from '../questions/preview.js';
import { sequenceQuestions } from '../questions/sequences.js';
import { snapshotQuestions } from '../questions/snapshot.js';
import { Runs } from '../runs.js';
import { WorkerData } from '../worker_data.js';
import { describeFailure, Heart, serveWith } from './serving.js';

/**
 * @typedef {import('../../engine/engine.js').Engine} Engine
 * @typedef {import('../handlers.js').WorkerParts} WorkerParts
 * @typedef {import('../messages.js').PageMessage} PageMessage
 * @typedef {import('../messages.js').WorkerMessage} WorkerMessage
 * @typedef {import('./serving.js').ServicePort} ServicePort
 *
 * @typedef {object} BeginsWith
 * @property {string} digest  of the config that the engine can train
 * @property {(engine: Engine) => Promise<void>} complete  makes it one that can do everything
 */

/**
 * A run needs some of the code at once; the rest is fetched when it is asked for.
 *
 * @type {import('../handlers.js').QuestionHandlers}
 */
const QUESTION_HANDLERS = {
  ...previewQuestions,
  ...lookQuestions,
  ...sequenceQuestions,
  ...snapshotQuestions,
  loadData: later(async () => (await import('../questions/data.js')).dataQuestions.loadData),
  rangeTest: later(async () => (await import('../questions/range_test.js')).rangeTestQuestions.rangeTest),
  tryRates: later(async () => (await import('../questions/range_test.js')).rangeTestQuestions.tryRates),
  trial: later(async () => (await import('../questions/trial.js')).trialQuestions.trial),
  slice: later(async () => (await import('../questions/slice.js')).sliceQuestions.slice),
  inspectLogs: later(async () => (await import('../questions/logs.js')).logQuestions.inspectLogs),
  writeWeights: later(async () => (await import('../questions/weights.js')).weightsQuestions.writeWeights),
};

/**
 * @template Question, How, Answer
 * @param {() => Promise<(question: Question, parts: WorkerParts, how: How) => Answer | Promise<Answer>>} fetchHandler
 * @returns {(question: Question, parts: WorkerParts, how: How) => Promise<Answer>}
 */
function later(fetchHandler) {
  return async (question, parts, how) => (await fetchHandler())(question, parts, how);
}

/**
 * Answers messages until the worker ends.
 *
 * @param {ServicePort} port
 * @param {() => Promise<Engine>} createEngine
 * @param {BeginsWith | null} [opening]  where the engine is one that can only begin
 */
export function serve(port, createEngine, opening = null) {
  serveWith(port, createEngine, (engine, sayReady) => {
    const begun = opening && new Opening(opening.digest, () => opening.complete(engine).then(sayReady));
    return new Service(engine, port, begun);
  });
}

class Service {
  #send;
  /** @type {WorkerParts} */
  #parts;
  /** Questions that are being answered and can be cancelled, by requestId. @type {Map<number, AbortController>} */
  #cancellable = new Map();
  /** While the engine can only begin. @type {Opening | null} */
  #opening;
  /** Code that an order waits for, and all that came after it. @type {Promise<void> | null} */
  #code = null;
  #heart;

  /**
   * @param {Engine} engine
   * @param {ServicePort} port
   * @param {Opening | null} opening
   */
  constructor(engine, { send, yieldNow }, opening) {
    this.#send = send;
    this.#opening = opening;
    this.#heart = new Heart(send);
    const now = () => performance.now();
    const data = new WorkerData(engine);
    const runs = new Runs({
      engine,
      data,
      tell: (type, news) => this.#tell(type, news),
      now,
      yieldNow,
      mayTake: (ms) => this.#heart.mayTake(ms),
    });
    this.#parts = { engine, data, runs, now, yieldNow, cancel: (requestId) => this.#cancel(requestId) };
  }

  /** Whatever it is, it ends neither the worker nor a run that it does not name. @param {unknown} message */
  async receive(message) {
    try {
      const checked = checkMessage(message);
      if (checked.type === 'taken') this.#opening?.completeSoon();
      const code = this.#fetchFor(checked);
      if (code) {
        this.#code = code;
        await code;
      }
      // What came meanwhile keeps its place behind it, and says nothing about its code.
      else if (this.#code) await this.#code.catch(() => {});
      await this.#follow(checked);
    } catch (error) {
      this.#send(describeFailure(error, originOf(message)));
    }
  }

  /** What a message has to wait for. @param {PageMessage} message @returns {Promise<void> | null}  null where all is there */
  #fetchFor(message) {
    const rest = this.#opening?.fetchFor(message);
    if (!rest) return this.#parts.runs.fetchCodeFor(message);
    return rest.then(() => {
      this.#opening = null;
      return this.#parts.runs.fetchCodeFor(message) ?? undefined;
    });
  }

  /** @param {PageMessage} message @returns {void | Promise<void>} */
  #follow(message) {
    if (isQuestion(message.type))
      return this.#answer(/** @type {import('../messages.js').QuestionMessage} */ (message));
    const handle = /** @type {(order: PageMessage, parts: WorkerParts) => void | Promise<void>} */ (
      orders[message.type]
    );
    return handle(message, this.#parts);
  }

  /** @param {import('../messages.js').QuestionMessage} message */
  async #answer({ type, requestId, ...question }) {
    const row = /** @type {import('../protocol.js').Question<unknown, object, object>} */ (QUESTIONS[type]);
    const handle = /** @type {(question: object, parts: WorkerParts, how: object) => object | Promise<object>} */ (
      QUESTION_HANDLERS[type]
    );
    const controller = new AbortController();
    const tell = (/** @type {object} */ told) => this.#send({ type: row.progress ?? '', requestId, ...told });
    if (row.isCancellable) this.#cancellable.set(requestId, controller);
    const heartbeat = this.#heart.beat();
    try {
      const given = handle(question, this.#parts, { signal: controller.signal, tell });
      // What is known at once is said at once, before the next message is heard.
      const answer = given instanceof Promise ? await given : given;
      this.#send({ type: row.answer, requestId, ...answer }, row.takes?.(answer));
    } finally {
      clearInterval(heartbeat);
      this.#cancellable.delete(requestId);
    }
  }

  /**
   * @template {import('../messages.js').NewsType} T
   * @param {T} type
   * @param {import('../messages.js').News<T>} news
   */
  #tell(type, news) {
    const { takes } = /** @type {import('../protocol.js').News<unknown>} */ (NEWS[type]);
    const members = /** @type {object} */ (news);
    this.#send(/** @type {WorkerMessage} */ ({ type, ...members }), takes?.(news));
  }

  /** @param {number} requestId */
  #cancel(requestId) {
    const reason = new TrainerError('cancelled', null, 'The study was given up.');
    this.#cancellable.get(requestId)?.abort(reason);
  }
}
