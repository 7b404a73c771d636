/**
 * The workers of a study: the command's own thread, which has loaded all code already and would only wait, and for more
 * trials at once others beside it.
 */

import { openOwnPort } from '../../platform/node/own_port.js';
import { openTrialThread } from '../../platform/node/thread_port.js';
import { SLICE_MS } from '../timing.js';

/**
 * What other workers say waits for the own thread's slice to end. They are at work meanwhile, at a trial that they were
 * given ahead; but for the last ones, and for trials that are shorter than this.
 */
const SHARED_SLICE_MS = 12;

/**
 * Ctrl-C is heard between two pieces of work of the own thread. One that is done within so many milliseconds for sure took
 * a third of a second at most where it was measured.
 */
const PIECE_MS_MAX = 1e5;

export class Crew {
  #sliceMs;
  #host;
  #openOther;
  /** Whether the next worker is to be the own thread. */
  #isOwnFree = true;

  /**
   * @param {number} jobs  trials at once
   * @param {object} [how]
   * @param {{ engine: import('../../engine/engine.js').Engine, common: object | null } | null} [how.host]  whose
   *   engine has nothing more to do than to train
   * @param {import('../../worker/pool.js').OpenPort} [how.openOther]  another thread
   */
  constructor(jobs, { host = null, openOther = openTrialThread } = {}) {
    this.#host = host;
    this.#openOther = openOther;
    this.#sliceMs = jobs === 1 ? SLICE_MS : SHARED_SLICE_MS;
  }

  /**
   * A worker for a pool. The first is the own thread, and whenever that was closed, the next; after a trap in it, which
   * may have more to do with the thread's engine than with the trial, none, nor after a trial that would have kept it from
   * hearing Ctrl-C.
   *
   * @type {import('../../worker/pool.js').OpenPort}
   */
  openPort(how) {
    if (!this.#isOwnFree) return this.#openOther(how);
    this.#isOwnFree = false;
    let isFit = true;
    return openOwnPort(how, {
      engine: this.#takeEngine(how),
      sliceMs: this.#sliceMs,
      takes: (pieceMs) => pieceMs <= PIECE_MS_MAX || isSpaceLimited(),
      onUnfit: () => {
        isFit = false;
      },
      onClosed: () => {
        this.#isOwnFree = isFit;
      },
    });
  }

  /**
   * The host's engine, if it is such a one: a second would take as much room again. Once: what a worker leaves in its
   * engine goes with that.
   *
   * @param {Parameters<import('../../worker/pool.js').OpenPort>[0]} how
   */
  #takeEngine({ common, arithmetic }) {
    const host = this.#host;
    if (host?.common !== common || host.engine.arithmetic !== arithmetic) return null;
    this.#host = null;
    return host.engine;
  }
}

/** Whether the process may have only so many addresses (`ulimit -v`): another engine may find none. */
function isSpaceLimited() {
  const { userLimits } = /** @type {{ userLimits?: Record<string, { soft: number | string }> }} */ (
    process.report.getReport()
  );
  return typeof userLimits?.virtual_memory_kbytes?.soft === 'number';
}
