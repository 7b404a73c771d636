/**
 * What the tuning playbook says about another batch size: tune rate, momentum and regularization for it, expect a
 * small one to be noisy and a large one to overfit, and adjust the number of steps.
 */
import { count } from '../../engine/words/numbers.js';

/**
 * @param {{ batch: number, steps: number }} draft  what the next run would have
 * @param {{ batch: number, steps: number }} now  what the last one has
 * @param {number} samples  of the training set: what batch 0 means
 * @returns {{ says: string, steps: number | null } | null}  steps: as many as see the same number of samples, where
 *   that is another number; null for the same batch size
 */
export function adviseBatch(draft, now, samples) {
  const next = draft.batch || samples;
  const last = now.batch || samples;
  if (!(next > 0 && last > 0) || next === last) return null;
  const noise =
    next < last
      ? 'A smaller batch has a noisier gradient, and the noise regularizes.'
      : 'A larger batch is less noisy, so it overfits more easily and may need more regularization.';
  const steps = Math.max(1, Math.round((now.steps * last) / next));
  return {
    says: `${noise} Tune rate, momentum and regularization anew before you compare the two.`,
    steps: steps === draft.steps ? null : steps,
  };
}

/** The button that adjusts the steps. @param {number} steps */
export function sayStepsFor(steps) {
  return `As many samples as before: ${count(steps)} steps`;
}
