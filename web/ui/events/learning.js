/** Whether a run learns, and the episode of instability that it has not come back from. */

import { learnedBelow } from '../../engine/config/fate.js';
import { isInstability, kindOfEpisode, nameVerdict } from '../../engine/config/verdicts.js';

/** @typedef {import('../state/run.js').Run} Run @typedef {import('../state/run.js').Episode} Episode */

/** Whether a smoothed loss is clearly below that of guessing: C's bound of feasible. @param {Run} run @param {number} loss */
export function isLearned({ summary }, loss) {
  return !!summary && loss < learnedBelow(/** @type {any} */ (summary));
}

/**
 * Whether a run learns, or did before it became unstable, after which no norm is typical: the norms of a network that
 * never learned are far from those that training needs.
 * @param {Run} run
 */
export function hasLearned(run) {
  const { summary, episodes } = run;
  if (!summary) return false;
  const [first] = isInstability(nameVerdict(summary.verdict)) ? episodes : [];
  return isLearned(run, first?.loss_before ?? summary.smoothed_loss);
}

/**
 * What decides what became of a run, told as a study tells it of its trainings.
 *
 * @param {Run} run
 * @param {NonNullable<Run['summary']>} summary  its own
 * @returns {import('../../engine/config/fate.js').Ended}
 */
export function endOf({ episodes, evaluations }, summary) {
  return {
    diverged_at: summary.diverged_at < 0 ? null : summary.diverged_at,
    infeasible: summary.infeasible === 1,
    verdict: nameVerdict(summary.verdict),
    episodes: episodes.map((episode) => ({
      kind: kindOfEpisode(episode),
      loss_before: episode.loss_before,
      begin: episode.begin,
    })),
    baseline_loss: summary.baseline_loss,
    floor_loss: summary.floor_loss,
    val: { accuracy: evaluations.at(-1)?.val_accuracy ?? null },
  };
}

/** What is wrong with a run as it stands: dead, or unstable where an episode is open; "" where nothing is. @param {Run} run */
export function troubleInWords(run) {
  if (run.summary && run.summary.dead_at >= 0) return 'dead';
  return openEpisode(run) ? 'unstable' : '';
}

/** The last episode, where the run has not recovered from it. @param {Run} run */
export function openEpisode({ episodes }) {
  const last = episodes[episodes.length - 1];
  return last && last.recovered_at < 0 ? last : null;
}
