/**
 * A port to no other thread: trials are computed on the caller's own, which does all else between two slices of them. For
 * a WorkerPool it is a worker like any other.
 */

import { setImmediate as afterEvents, setTimeout as sleep } from 'node:timers/promises';
import { TrainerError } from '../../engine/core/errors.js';
import { MISPLACED } from '../../worker/patience.js';
import { serveTrials } from '../../worker/service/trial_service.js';
import { createEngine } from './index.js';

/**
 * @param {{ common: object | null, arithmetic: import('../../engine/core/arithmetic.js').Arithmetic }} options  of its engine
 * @param {object} how
 * @param {import('../../engine/engine.js').Engine | null} [how.engine]  its engine, where there is one already
 * @param {number} how.sliceMs  how long all else waits for it at most, in milliseconds
 * @param {() => void} how.onClosed  it is closed, and computes no more than the slice that it is at
 * @param {(pieceMs: number) => boolean} how.takes  whether a trial is for it of which a piece of work may take so long
 * @param {() => void} how.onUnfit  before that: it was given another trial, or its engine is not to be
 *   trusted any more, or could not be loaded
 * @returns {import('../../worker/client.js').Port}
 */
export function openOwnPort(options, { engine = null, sliceMs, takes, onClosed, onUnfit }) {
  let isClosed = false;
  /** @type {(message: import('../../worker/messages.js').WorkerMessage) => void} */
  let hear = () => {};
  /** @type {(message: unknown) => void} */
  let serveMessage = () => {};
  serveTrials(
    {
      send: (message) => {
        if (isClosed) return;
        if (isFatal(message) || isMisplaced(message)) onUnfit();
        // As from another thread: whoever hears it is not called by the work that it is about.
        queueMicrotask(() => {
          if (!isClosed) hear(message);
        });
      },
      listen: (receive) => {
        serveMessage = receive;
      },
      yieldNow: async (ms = 0) => {
        await (ms > 0 ? sleep(ms) : afterEvents());
        // A thread would have ended in the middle of it.
        if (isClosed) throw new TrainerError('disposed', null, 'The worker was closed.');
      },
      sliceMs,
      takes,
    },
    async () => engine ?? createEngine(options),
  );
  return {
    send: (message) => serveMessage(message),
    listen: (receive) => {
      hear = receive;
    },
    // It ends with the program.
    onBroken: () => {},
    close: () => {
      if (isClosed) return;
      isClosed = true;
      onClosed();
    },
  };
}

/** @param {import('../../worker/messages.js').WorkerMessage} message */
function isFatal(message) {
  return message.type === 'failed' && /** @type {import('../../worker/protocol.js').FailedMessage} */ (message).fatal;
}

/** @param {import('../../worker/messages.js').WorkerMessage} message */
function isMisplaced(message) {
  return (
    message.type === 'rejected' &&
    /** @type {import('../../worker/protocol.js').RejectedMessage} */ (message).code === MISPLACED
  );
}
