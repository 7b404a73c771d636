/** The clock of runs on the command line, and how they yield. */

import { setImmediate as afterEvents, setTimeout as sleep } from 'node:timers/promises';

/** Nothing else waits for this thread but files and the progress bar. */
export const SLICE_MS = 50;

export function now() {
  return performance.now();
}

/** @param {number} [ms]  at least so long @returns {Promise<void>} */
export function yieldNow(ms = 0) {
  return ms > 0 ? sleep(ms) : afterEvents();
}
