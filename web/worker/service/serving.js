/** What every worker's service has in common: it begins when its engine is there, shows life, and says what went wrong. */

import { TrainerError } from '../../engine/core/errors.js';

/**
 * @typedef {import('../../engine/engine.js').Engine} Engine
 * @typedef {import('../messages.js').WorkerMessage} WorkerMessage
 *
 * @typedef {object} ServicePort  the worker's end of the channel
 * @property {(message: WorkerMessage, transfer?: ArrayBuffer[]) => void} send
 * @property {(receive: (message: unknown) => void) => void} listen
 * @property {import('../handlers.js').WorkerParts['yieldNow']} yieldNow
 */

/** The time between two signs of life while a question is answered, in milliseconds: a large file takes minutes. */
const HEARTBEAT_MS = 1000;

/** Says that the worker lives, and how long the longest piece of work may take that was begun in it. */
export class Heart {
  #send;
  /** In milliseconds. */
  #pieceMs = 0;

  /** @param {ServicePort['send']} send */
  constructor(send) {
    this.#send = send;
  }

  /** While something is answered; to be cleared as an interval. */
  beat() {
    return setInterval(() => this.#sayAlive(), HEARTBEAT_MS);
  }

  /** Says so before the worker is silent for long. @param {number} ms */
  mayTake(ms) {
    if (ms <= this.#pieceMs) return;
    this.#pieceMs = ms;
    if (ms > HEARTBEAT_MS) this.#sayAlive();
  }

  #sayAlive() {
    this.#send({ type: 'alive', pieceMs: this.#pieceMs });
  }
}

/**
 * Messages that come before the engine is loaded wait for it.
 *
 * @param {ServicePort} port
 * @param {() => Promise<Engine>} createEngine
 * @param {(engine: Engine, sayReady: () => void) => { receive: (message: unknown) => unknown }} makeService
 */
export function serveWith(port, createEngine, makeService) {
  const service = createEngine().then((engine) => {
    const sayReady = () => port.send({ type: 'ready', threads: engine.threads, normEdges: engine.normEdges });
    sayReady();
    return makeService(engine, sayReady);
  });
  service.catch((error) => port.send(describeDefect(error, { fatal: true })));
  port.listen((message) => {
    service.then(
      (ready) => ready.receive(message),
      () => {}, // Said once already: the engine could not be loaded.
    );
  });
}

/**
 * @param {unknown} error
 * @param {{ runId?: number, requestId?: number }} origin
 * @returns {WorkerMessage}
 */
export function describeFailure(error, { runId, requestId }) {
  if (error instanceof TrainerError) {
    const { field, position = null, code, message } = error;
    return { type: 'rejected', runId: runId ?? null, requestId: requestId ?? null, field, position, code, message };
  }
  // After a trap the module's memory cannot be trusted any more.
  const isTrap = error instanceof Error && error.name === 'RuntimeError';
  return describeDefect(error, { runId, requestId, fatal: isTrap });
}

/**
 * @param {unknown} error
 * @param {{ runId?: number, requestId?: number, fatal: boolean }} how
 * @returns {WorkerMessage}
 */
function describeDefect(error, { runId, requestId, fatal }) {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const code = error instanceof TrainerError ? error.code : name;
  return { type: 'failed', runId: runId ?? null, requestId: requestId ?? null, code, message, fatal };
}
