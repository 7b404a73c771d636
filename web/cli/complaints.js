/** Why a command fails in spite of its result, which is printed first. */

/**
 * What stood against a work, as a sentence that can wait for the result.
 *
 * @param {Promise<unknown>} work
 * @returns {Promise<string | null>}
 */
export function complaintOf(work) {
  return work.then(
    () => null,
    (error) => (error instanceof Error ? error.message : String(error)),
  );
}

/** One line of them all. @param {(string | null | undefined)[]} complaints @returns {string | undefined} */
export function joinComplaints(complaints) {
  return complaints.filter((one) => one).join('; ') || undefined;
}

/**
 * That a study was interrupted, and how it goes on.
 *
 * @param {string} done  "3 of 20 trials"
 * @param {string | null} out  the file that keeps them
 */
export function sayInterruption(done, out) {
  return `interrupted after ${done}; ${out === null ? 'with --out FILE it can be continued' : `start it again to continue with ${out}`}`;
}
