/**
 * How long a worker may work without a word. Messages are heard and sent between two pieces of work; how long the longest
 * piece takes is not known before, but what it costs is.
 */

import { fixedValues } from '../engine/config/config.js';

/** A thread that has other things to do refuses a trial whose pieces may take long: it is for another. */
export const MISPLACED = 'misplaced';

/**
 * What any machine gets done in a millisecond, busy with much else: floating point operations, and bytes written. A core
 * of a laptop that is free does some twenty times as much.
 */
const FLOPS_PER_MS = 2e5;
const BYTES_PER_MS = 2e4;

/**
 * The forward passes that the longest piece costs: the last samples of a batch go forward and back, and those that are
 * watched go forward.
 */
const PASSES = 8;

/**
 * Milliseconds within which a piece of work of a run is done for sure: to lay it out, to take a step's samples through
 * the network, to write a snapshot.
 *
 * @param {import('../engine/run/layout.js').ModelFacts} facts
 * @returns {number}
 */
export function longestPieceMs({ flops_per_sample, chunk_rows, memory }) {
  return (PASSES * flops_per_sample * chunk_rows) / FLOPS_PER_MS + memory / BYTES_PER_MS;
}

/**
 * The same of trials that differ in their seed, and in what can change while they run, at most: they take about as long.
 *
 * @param {import('../engine/config/config.js').Config} config
 */
export function kindOf(config) {
  return JSON.stringify(fixedValues({ ...config, seed: 0 }));
}
