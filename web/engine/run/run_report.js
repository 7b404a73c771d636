/** How a run went, as one plain object: what `train --json` prints and RUN.jsonl ends with. */

import { kindOfEpisode, nameVerdict } from '../config/verdicts.js';

/**
 * @typedef {import('./session.js').Score} Score
 *
 * @typedef {object} EpisodeReport
 * @property {number} begin  the step at which the watched loss was last at its minimum
 * @property {number} peak  the step of the largest loss looked at in it
 * @property {import('../config/verdicts.js').Instability} kind
 * @property {number | null} recovered_at  the step at which the loss was seen back; null where it was not
 * @property {number} detected_at  the step at which it was recognized
 * @property {number} loss_before  there, of the samples that decided
 * @property {number} loss_peak  likewise at the peak
 * @property {number} norm_peak  the largest unclipped gradient norm in it
 * @property {number | null} norm_typical  90th percentile of the typical norms before it; null where there were too few
 *
 * @typedef {object} RunReport
 * @property {import('../config/config.js').Config} config
 * @property {number} steps  steps taken
 * @property {number} parameters  how many trainable numbers
 * @property {boolean} diverged  a loss or gradient norm was not finite
 * @property {number | null} diverged_at  the step at which it was, and the run ended
 * @property {number | null} dead_at  the step at which the network was found dead
 * @property {boolean} infeasible  diverged, or the smoothed loss did not end below that of guessing
 * @property {Score | null} train  first 10,000 training samples, at the end
 * @property {Score | null} val  all validation data, at the end; null without
 * @property {{ step: number, loss: number, accuracy: number | null } | null} best  lowest
 *   validation loss of the evaluations, earliest on ties; training loss without validation data
 * @property {{ p50: number, p90: number, max: number }} grad_norm  unclipped, over all steps
 * @property {number} clipped_fraction  of the steps that had a threshold in force
 * @property {import('../config/verdicts.js').Verdict} verdict  of the table of verdicts
 * @property {EpisodeReport[]} episodes  of instability
 * @property {number} samples_per_second
 * @property {string} digest  SHA-256 of all parameters as little-endian float32, in PyTorch's layout and the model's order
 */

/**
 * @param {import('./trainer.js').Trainer} trainer
 * @param {import('./session.js').RunEnd} end
 * @param {{ samplesPerSecond: number }} speed
 * @returns {RunReport}
 */
export function reportRun(trainer, end, speed) {
  const summary = trainer.summary();
  return {
    config: trainer.reportedConfig,
    steps: summary.steps,
    parameters: trainer.parameterCount,
    diverged: summary.diverged_at >= 0,
    diverged_at: noneIfNegative(summary.diverged_at),
    dead_at: noneIfNegative(summary.dead_at),
    infeasible: summary.infeasible === 1,
    train: end.train,
    val: end.val,
    best:
      summary.best_step < 0
        ? null
        : {
            step: summary.best_step,
            loss: summary.best_loss,
            accuracy: Number.isNaN(summary.best_accuracy) ? null : summary.best_accuracy,
          },
    grad_norm: { p50: summary.norm_p50, p90: summary.norm_p90, max: summary.norm_max },
    clipped_fraction: summary.clipped_fraction,
    verdict: nameVerdict(summary.verdict),
    episodes: trainer.episodes().map(reportEpisode),
    samples_per_second: speed.samplesPerSecond,
    digest: trainer.digest(),
  };
}

/** @param {Record<string, number>} episode  the schema's record @returns {EpisodeReport} */
export function reportEpisode({ begin, peak, kind, recovered_at, detected_at, ...measured }) {
  return {
    begin,
    peak,
    kind: kindOfEpisode({ kind }),
    recovered_at: noneIfNegative(recovered_at),
    detected_at,
    loss_before: measured.loss_before,
    loss_peak: measured.loss_peak,
    norm_peak: measured.norm_peak,
    norm_typical: Number.isNaN(measured.norm_typical) ? null : measured.norm_typical,
  };
}

/** @param {number} value */
function noneIfNegative(value) {
  return value < 0 ? null : value;
}
