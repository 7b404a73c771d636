/**
 * The worker's side of a study where its data have been read already: of the protocol it knows trials and what belongs to
 * them, and needs half the code for it.
 */

import { TrainerError } from '../../engine/core/errors.js';
import { runTrial } from '../../engine/study/trial/trial.js';
import { kindOf, longestPieceMs, MISPLACED } from '../patience.js';
import { WorkerData } from '../worker_data.js';
import { describeFailure, Heart, serveWith } from './serving.js';

/**
 * @typedef {import('../../engine/engine.js').Engine} Engine
 * @typedef {import('../../engine/config/config.js').Config} Config
 * @typedef {import('../messages.js').OrderMessage} OrderMessage
 * @typedef {import('../messages.js').QuestionMessage} QuestionMessage
 *
 * @typedef {Extract<QuestionMessage, { type: 'trial' }>} TrialMessage
 * @typedef {TrialMessage | Extract<OrderMessage, { type: 'keepData' | 'cancel' }>} StudyMessage  what a pool sends
 *
 * @typedef {import('./serving.js').ServicePort & { sliceMs?: number, takes?: (pieceMs: number) => boolean }} TrialPort
 *   sliceMs: how long messages wait for a trial at most, as a session has it when left out; takes: whether a trial is for
 *   this thread of which a piece of work may take so long
 */

/**
 * Computes trials until the worker ends.
 *
 * @param {TrialPort} port
 * @param {() => Promise<Engine>} createEngine
 */
export function serveTrials(port, createEngine) {
  serveWith(port, createEngine, (engine) => new TrialService(engine, port));
}

class TrialService {
  #engine;
  #port;
  #data;
  /** Trials that were asked for, by requestId. @type {Map<number, AbortController>} */
  #asked = new Map();
  /** The one that was asked for last: the next one waits for it. @type {Promise<void>} */
  #newest = Promise.resolve();
  #heart;
  /** What was asked for already: the trials of a study are much alike. @type {Set<string>} */
  #measured = new Set();

  /** @param {Engine} engine @param {TrialPort} port */
  constructor(engine, port) {
    this.#engine = engine;
    this.#port = port;
    this.#heart = new Heart(port.send);
    this.#data = new WorkerData(engine);
  }

  /** @param {unknown} message  a WorkerPool's */
  receive(message) {
    const known = /** @type {StudyMessage} */ (message);
    if (known.type === 'trial') return this.#queue(known);
    if (known.type === 'cancel') return this.#asked.get(known.requestId)?.abort(cancelled());
    const { dataId, data, isShared } = known;
    this.#data.keepFiles(dataId, isShared ? this.#engine.adoptData(data) : data);
  }

  /** @param {TrialMessage} message */
  #queue(message) {
    const controller = new AbortController();
    this.#asked.set(message.requestId, controller);
    this.#newest = this.#newest.then(() => this.#answer(message, controller.signal));
  }

  /** @param {TrialMessage} message @param {AbortSignal} signal */
  async #answer({ requestId, config, dataId, record }, signal) {
    const { send, yieldNow, sliceMs } = this.#port;
    const heartbeat = this.#heart.beat();
    try {
      const result = await runTrial({
        createTrainer: (planned) => this.#createTrainer(planned, dataId),
        // A runner's are complete.
        config: /** @type {Config} */ (config),
        record,
        now: () => performance.now(),
        yieldNow,
        sliceMs,
        signal,
        onProgress: (progress) => this.#reply('trialProgress', requestId, progress),
      });
      this.#reply('tried', requestId, { result, memory: this.#engine.memory.total });
    } catch (error) {
      send(describeFailure(error, { requestId }));
    } finally {
      clearInterval(heartbeat);
      this.#asked.delete(requestId);
    }
  }

  /**
   * @param {'tried' | 'trialProgress'} type
   * @param {number} requestId
   * @param {import('../messages.js').Answer<'trial'> | import('../messages.js').Told<'trial'>} members
   */
  #reply(type, requestId, members) {
    this.#port.send({ type, requestId, ...members });
  }

  /** @param {Config} config @param {number | null} dataId */
  #createTrainer(config, dataId) {
    const dataset = this.#data.find(config, dataId);
    const kind = kindOf(config);
    if (!this.#measured.has(kind)) {
      const ms = longestPieceMs(this.#engine.measureModel(config, dataset));
      if (this.#port.takes?.(ms) === false) throw new TrainerError(MISPLACED, null, 'It is for another thread.');
      this.#measured.add(kind);
      this.#heart.mayTake(ms);
    }
    return this.#engine.createTrainer(config, dataset);
  }
}

function cancelled() {
  return new TrainerError('cancelled', null, 'The study was given up.');
}
