/** Threads for a study's trials, which load their code while the command loads its own. */

import { availableParallelism } from 'node:os';
import { prepareTrialThreads } from '../../platform/node/thread_port.js';
import { STUDIES } from '../command_fields.js';

/** Threads that are started before it is known how many trainings there will be: fewer than four are rare. */
const PREPARED_MAX = 3;

/** With these words there may be no use for other threads, which is known only when all have been read. */
const LATER = /^(gallery|--(jobs|merge|help))\b/;

/**
 * For a program that has just begun, and has not read its words yet. Where they turn out to be wrong, the threads end with
 * it.
 *
 * @param {string[]} words  what follows the program's name
 */
export function startThreadsEarly(words) {
  if (STUDIES.includes(words[0]) && !words.some((word) => LATER.test(word))) startThreadsAhead(null);
}

/** @param {number | null} jobs  trials at once, as asked for; there may be threads already */
export function startThreadsAhead(jobs) {
  const others = Math.min((jobs ?? availableParallelism()) - 1, PREPARED_MAX);
  if (others > 0) prepareTrialThreads(others);
}
