/** One run in the worker, as its owner on the page commands it and hears of it. */

import { NEWS } from './protocol.js';

/**
 * @typedef {import('./messages.js').OrderType} OrderType
 * @typedef {import('./messages.js').QuestionType} QuestionType
 * @typedef {import('./messages.js').NewsType} NewsType
 * @typedef {import('./messages.js').RejectedMessage} RejectedMessage
 * @typedef {import('./messages.js').FailedMessage} FailedMessage
 * @typedef {import('./messages.js').AnyNews | RejectedMessage | FailedMessage} RunMessage
 *
 * What a run's owner wants to hear; every member may be left out. The next progress comes only after the listener has
 * returned, or after the promise it returns has settled. rejected, before `started`: there is no run; after it: a
 * command was refused and the run goes on. failed: the run is lost.
 *
 * @typedef {{ [T in NewsType]?: (message: import('./messages.js').NewsMessage<T>) => void | Promise<void> } &
 *   { rejected?: (message: RejectedMessage) => void, failed?: (message: FailedMessage) => void }} RunListener
 *
 * @typedef {{ [T in QuestionType]: import('./messages.js').Given<T> extends { runId: number } ? T : never }[QuestionType]} RunQuestionType
 *   questions about a run
 *
 * @typedef {object} RunWire  the client's end of it
 * @property {<T extends OrderType>(type: T, order: import('./messages.js').Given<T>) => void} order
 * @property {<T extends QuestionType>(type: T, question: import('./messages.js').Given<T>,
 *     how?: import('./messages.js').AskHow<T>) => Promise<import('./messages.js').Answer<T>>} ask
 * @property {(runId: number) => void} forget
 */

export class RunHandle {
  #listener;
  #wire;
  #ended = false;
  /** @type {() => void} */
  #resolveEnded = () => {};

  /**
   * @param {number} id
   * @param {RunListener} listener
   * @param {RunWire} wire
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
    this.#wire.order('adjust', { runId: this.id, field, value });
  }

  pause() {
    this.#wire.order('pause', { runId: this.id });
  }

  resume() {
    this.#wire.order('resume', { runId: this.id });
  }

  /** @param {number} count */
  step(count = 1) {
    this.#wire.order('step', { runId: this.id, count });
  }

  stop() {
    this.#wire.order('stop', { runId: this.id });
  }

  /** @param {number} stepsPerSecond  0 is as fast as it goes */
  setSpeed(stepsPerSecond) {
    this.#wire.order('speed', { runId: this.id, stepsPerSecond });
  }

  /** Frees the run's memory; nothing is heard of it any more. */
  discard() {
    this.#wire.order('discard', { runId: this.id });
    this.#wire.forget(this.id);
    this.#end();
  }

  /**
   * Asks one of the questions of protocol.js that are about a run.
   *
   * @template {RunQuestionType} T
   * @param {T} type
   * @param {Omit<import('./messages.js').Given<T>, 'runId'>} [question]
   * @param {import('./messages.js').AskHow<T>} [how]
   * @returns {Promise<import('./messages.js').Answer<T>>}
   */
  ask(type, question, how) {
    const complete = /** @type {import('./messages.js').Given<T>} */ ({ ...question, runId: this.id });
    return this.#wire.ask(type, complete, how);
  }

  /**
   * For the client: passes a message of this run on to its listener.
   *
   * @param {RunMessage} message
   * @returns {void | Promise<void>}
   */
  hear(message) {
    // Whatever goes wrong afterwards, a run that has ended has its result.
    if (message.type === 'failed' && this.#ended) return;
    if (message.type === 'started') this.started = true;
    if (this.#isLast(message)) this.#end();
    const react = /** @type {((message: RunMessage) => void | Promise<void>) | undefined} */ (
      this.#listener[message.type]
    );
    return react?.call(this.#listener, message);
  }

  /** @param {RunMessage} message */
  #isLast({ type }) {
    if (type === 'rejected') return !this.started;
    if (type === 'failed') return true;
    return /** @type {import('./protocol.js').News<unknown>} */ (NEWS[type]).isLast === true;
  }

  #end() {
    this.#ended = true;
    this.#resolveEnded();
  }
}
