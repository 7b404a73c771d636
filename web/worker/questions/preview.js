/** Questions about a config that nothing runs yet. */

import { totalSteps } from '../../engine/config/config.js';
import { TrainerError } from '../../engine/core/errors.js';

/** Points of a previewed schedule. */
const PREVIEW_POINTS = 600;

/** @satisfies {Partial<import('../handlers.js').QuestionHandlers>} */
export const previewQuestions = {
  preview({ config, dataId }, { engine, data, runs }) {
    const { config: complete, problems } = engine.parseConfig(config);
    const total = totalSteps(complete);
    const steps = spreadSteps(total);
    let problem = problems.length > 0 ? describeProblem(problems[0]) : null;
    let facts = null;
    let fits = false;
    if (!problem) {
      try {
        facts = engine.measureModel(complete, data.find(complete, dataId));
        fits = facts.memory <= runs.roomWithout();
      } catch (error) {
        if (!(error instanceof TrainerError)) throw error;
        problem = describeProblem(error);
      }
    }
    return { steps, rates: engine.learningRatesAt(complete, steps), totalSteps: total, facts, fits, problem };
  },

  glimpse({ config, count }, { engine }) {
    const { config: complete } = engine.parseConfig({ ...config, samples: count, val_samples: 1 });
    const dataset = engine.generateDataset(complete);
    try {
      // A number of samples that no data set has leaves the setting as it is.
      const indices = Array.from({ length: Math.min(count, dataset.trainCount) }, (_, i) => i);
      return dataset.readSamples('train', indices);
    } finally {
      dataset.dispose();
    }
  },
};

/** At most PREVIEW_POINTS steps of a run, evenly spread, first and last included. @param {number} total */
function spreadSteps(total) {
  const count = Math.min(total, PREVIEW_POINTS);
  return Uint32Array.from({ length: count }, (_, i) => (count === 1 ? 0 : Math.round((i * (total - 1)) / (count - 1))));
}

/** @param {{ field?: string | null, message: string, position?: number | null }} problem */
function describeProblem({ field = null, message, position = null }) {
  return { field, position, message };
}
