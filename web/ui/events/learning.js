/** Whether a run learns, and the episode of instability that it has not come back from. */

import { SCHEMA } from '../../generated/schema.js';

/** @typedef {import('../state/run.js').Run} Run @typedef {import('../state/run.js').Episode} Episode */

/** Whether a smoothed loss is clearly below that of guessing: C's bound of feasible. @param {Run} run @param {number} loss */
export function isLearned({ summary }, loss) {
  return !!summary && loss < SCHEMA.definitions.infeasible_share * summary.baseline_loss;
}

/**
 * Whether a run learns, or did before the episode that goes on: the norms of a network that never learned, or died, are
 * far from those that training needs.
 * @param {Run} run
 */
export function hasLearned(run) {
  const { summary, status } = run;
  if (!summary || (!run.alive && status !== 'diverged' && summary.infeasible === 1)) return false;
  return isLearned(run, openEpisode(run)?.loss_before ?? summary.smoothed_loss);
}

/** The last episode, where the run has not recovered from it. @param {Run} run */
export function openEpisode({ episodes }) {
  const last = episodes[episodes.length - 1];
  return last && last.recovered_at < 0 ? last : null;
}
